package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
)

// Store is the contract of package data in one file. Make one with Open.
type Store struct {
	path    string
	options Options

	mu sync.RWMutex // guards db against being reopened under a transaction
	db *bbolt.DB

	watch sync.Mutex // guards what follows
	fault struct {
		at       time.Time // when a commit last failed; zero means never
		reopen   bool      // the file has not been opened again since
		readonly error     // set after a second failure, and by damage
	}
	state struct {
		revisions map[data.TableName]data.Revision
		watchers  map[*watcher]bool
		closed    bool
	}
	leases sync.Map // name → chan struct{} of one place
}

var _ data.Store = (*Store)(nil)

type watcher struct {
	tables []data.TableName // none means all
	out    chan data.Revision
}

func newStore(path string, o Options, db *bbolt.DB, revisions map[data.TableName]data.Revision) *Store {
	s := &Store{path: path, options: o, db: db}
	s.state.revisions = revisions
	s.state.watchers = map[*watcher]bool{}
	return s
}

// View implements data.Store.
func (s *Store) View(ctx context.Context, fn func(data.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a damaged file can point outside its memory map
	defer catch("reading "+s.path, &err)
	return s.db.View(func(b *bbolt.Tx) error { return fn(&tx{bolt: b}) })
}

// Update implements data.Store.
func (s *Store) Update(ctx context.Context, fn func(data.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.recover(); err != nil {
		return err
	}
	touched, err := s.update(fn)
	if err != nil {
		return err
	}
	s.raise(touched)
	return nil
}

func (s *Store) update(fn func(data.Tx) error) (touched map[data.TableName]data.Revision, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer catch("writing "+s.path, &err)
	b, err := s.db.Begin(true)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", s.path, err)
	}
	committing := false
	defer func() {
		if committing { // and it came to a panic
			s.stop()
		}
		_ = b.Rollback() // after a commit there is nothing left to do
	}()
	if err := s.stopped(); err != nil { // while this one waited
		return nil, err
	}
	t := &tx{bolt: b, touched: map[data.TableName]int{}}
	if err := fn(t); err != nil {
		return nil, err
	}
	if len(t.touched) == 0 {
		return nil, nil
	}
	if touched, err = bump(b, t.touched); err != nil {
		return nil, err
	}
	if err := recount(b, t.touched); err != nil {
		return nil, err
	}
	committing = true
	err = b.Commit()
	committing = false
	if err != nil {
		s.fail(err)
		return nil, fmt.Errorf("writing %s: %w: %w", s.path, data.ErrUnknown, err)
	}
	return touched, nil
}

// bump raises the revision of each touched table to one more than the greatest of all.
func bump(b *bbolt.Tx, names map[data.TableName]int) (map[data.TableName]data.Revision, error) {
	meta := b.Bucket(metaBucket)
	var newest data.Revision
	for _, name := range data.Tables {
		if v := meta.Get(append(slices.Clip(revisionKey), name...)); len(v) == 8 {
			newest = max(newest, data.Revision(binary.BigEndian.Uint64(v)))
		}
	}
	raised := map[data.TableName]data.Revision{}
	for name := range names {
		raised[name] = newest + 1
		if err := meta.Put(append(slices.Clip(revisionKey), name...), binary.BigEndian.AppendUint64(nil, uint64(newest+1))); err != nil {
			return nil, fmt.Errorf("raising the revision of %s: %w", name, err)
		}
	}
	return raised, nil
}

// doubtSpan is how soon after a failed commit another one makes the store read-only.
const doubtSpan = 10 * time.Minute

func (s *Store) fail(cause error) {
	s.watch.Lock()
	defer s.watch.Unlock()
	now := time.Now()
	again := !s.fault.at.IsZero() && now.Sub(s.fault.at) <= doubtSpan
	s.fault.at, s.fault.reopen = now, true
	if again && !errors.Is(cause, syscall.ENOSPC) { // a full disk does not lie about what it holds, and may have room again
		s.fault.readonly = fmt.Errorf("writing %s: %w: the disk failed twice (%w): nothing more is written until statusd is started again", s.path, data.ErrReadOnly, cause)
	}
}

// stop ends writing after a commit that came upon a damaged page: bbolt lost count of the pages that it had taken by then.
func (s *Store) stop() {
	s.watch.Lock()
	defer s.watch.Unlock()
	s.fault.readonly = fmt.Errorf("writing %s: %w: %w: a commit came upon a damaged page: put the newest backup in its place", s.path, data.ErrReadOnly, data.ErrDamaged)
}

// stopped is why nothing more is written; nil where something is.
func (s *Store) stopped() error {
	s.watch.Lock()
	defer s.watch.Unlock()
	return s.fault.readonly
}

// recover opens the file again after a failed commit, so that what is read next is what the disk holds.
func (s *Store) recover() error {
	s.watch.Lock()
	fault := s.fault
	s.watch.Unlock()
	if fault.readonly != nil {
		return fault.readonly
	}
	if !fault.reopen {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch.Lock()
	done := !s.fault.reopen // by another writer, while this one waited
	s.watch.Unlock()
	if done {
		return nil
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing %s after a failed write: %w", s.path, err)
	}
	db, revisions, err := openFile(s.path, s.options)
	if err != nil {
		return err
	}
	s.db = db
	s.watch.Lock()
	s.fault.reopen = false
	s.watch.Unlock()
	s.raise(revisions)
	return nil
}

// Watch implements data.Store.
func (s *Store) Watch(ctx context.Context, tables ...data.TableName) <-chan data.Revision {
	w := &watcher{tables: tables, out: make(chan data.Revision, 1)}
	s.watch.Lock()
	defer s.watch.Unlock()
	if s.state.closed {
		close(w.out)
		return w.out
	}
	s.state.watchers[w] = true
	w.out <- s.newest(tables)
	context.AfterFunc(ctx, func() {
		s.watch.Lock()
		defer s.watch.Unlock()
		if s.state.watchers[w] {
			delete(s.state.watchers, w)
			close(w.out)
		}
	})
	return w.out
}

// newest is the greatest revision of these tables; s.watch is held.
func (s *Store) newest(tables []data.TableName) data.Revision {
	if len(tables) == 0 {
		tables = data.Tables
	}
	var r data.Revision
	for _, name := range tables {
		r = max(r, s.state.revisions[name])
	}
	return r
}

// raise tells the watchers of these tables. A watcher that has not taken the last revision gets the newer one in its
// place.
func (s *Store) raise(touched map[data.TableName]data.Revision) {
	if len(touched) == 0 {
		return
	}
	s.watch.Lock()
	defer s.watch.Unlock()
	for name, r := range touched {
		s.state.revisions[name] = max(r, s.state.revisions[name])
	}
	for w := range s.state.watchers {
		if len(w.tables) > 0 && !slices.ContainsFunc(w.tables, func(n data.TableName) bool { _, ok := touched[n]; return ok }) {
			continue
		}
		select {
		case <-w.out:
		default:
		}
		w.out <- s.newest(w.tables)
	}
}

// Exclusive implements data.Store. A bbolt file has one process, so this only keeps goroutines apart; the fence never
// falls.
func (s *Store) Exclusive(ctx context.Context, name string, fn func(context.Context) error) error {
	v, _ := s.leases.LoadOrStore(name, make(chan struct{}, 1))
	lease := v.(chan struct{})
	select {
	case lease <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-lease }()
	return fn(ctx)
}

// Close waits for running transactions, closes the file and every Watch channel.
func (s *Store) Close() error {
	s.watch.Lock()
	for w := range s.state.watchers {
		close(w.out)
	}
	s.state.watchers = map[*watcher]bool{}
	s.state.closed = true
	s.watch.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", s.path, err)
	}
	return nil
}

// catch turns a panic that comes out of bbolt into an error, and a fault in its memory map into a panic first. Panics of
// anybody else go on.
func catch(doing string, err *error) {
	r := recover()
	if r == nil {
		return
	}
	if !fromBolt() {
		panic(r)
	}
	*err = errors.Join(*err, fmt.Errorf("%s: %w: %v: put the newest backup in its place", doing, data.ErrDamaged, r))
}

// fromBolt says whether the panic being recovered began in bbolt's code, or where this package reads its memory map. A
// panic of a function passed to View or Update, or of the body of a Range, did not.
func fromBolt() bool {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case !panicking:
		case strings.HasPrefix(f.Function, "go.etcd.io/bbolt"):
			return true
		case strings.Contains(f.Function, "superoffice/statusd/"):
			return strings.Contains(f.Function, "/data/bolt.")
		}
		if !more {
			return false
		}
	}
}
