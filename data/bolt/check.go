package bolt

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/superoffice/statusd/data"
)

// Summary is what a sound database holds.
type Summary struct {
	Bytes    int64                  `json:"bytes"`
	Schema   int                    `json:"schema"`
	Revision data.Revision          `json:"revision"` // the newest of any table
	PageID   string                 `json:"page_id"`  // empty where no service ever ran
	Newest   time.Time              `json:"newest,omitzero"`
	Records  map[data.TableName]int `json:"records"` // every table is in it
	Audit    AuditHead              `json:"audit"`
	Held     bool                   `json:"sending_held"`
}

// AuditHead is the newest entry of the audit log, whose chain was found whole.
type AuditHead struct {
	Seq  uint64    `json:"seq"` // zero where there is none
	Hash string    `json:"hash"`
	At   time.Time `json:"at,omitzero"`
}

// Check reads all of the database at path, which no running service may hold, and returns what is in it. Both headers, every
// record's checksum and the audit log's chain must be right; what is wrong is an error that names the way out. It changes
// nothing.
func Check(path string) (Summary, error) {
	s := Summary{Records: map[data.TableName]int{}}
	err := inspect(path, func(b *bbolt.Tx) error {
		s.Bytes = b.Size()
		meta := b.Bucket(metaBucket)
		s.Schema = int(binary.BigEndian.Uint32(meta.Get(schemaKey)))
		for _, name := range data.Tables {
			if v := meta.Get(append(revisionKey[:len(revisionKey):len(revisionKey)], name...)); len(v) == 8 {
				s.Revision = max(s.Revision, data.Revision(binary.BigEndian.Uint64(v)))
			}
			n, err := checkTable(b, name)
			if s.Records[name] = n; err != nil {
				return err
			}
			if s.Schema < 2 { // it keeps no numbers
				continue
			}
			switch want, err := counted(meta, name); {
			case err != nil:
				return fmt.Errorf("%s: %w: take an older copy", name, err)
			case n != want:
				return fmt.Errorf("%w: %s has %d records and should have %d: take an older copy", data.ErrDamaged, name, n, want)
			}
		}
		return s.read(&tx{bolt: b})
	})
	if err != nil {
		return Summary{}, fmt.Errorf("checking %s: %w", path, err)
	}
	return s, nil
}

// checkTable reads every record of a table. One that is missing is empty: the program that wrote the file did not know it.
func checkTable(b *bbolt.Tx, name data.TableName) (int, error) {
	bucket := b.Bucket([]byte(name))
	if bucket == nil {
		return 0, nil
	}
	n := 0
	return n, bucket.ForEach(func(k, v []byte) error {
		doc, err := unseal(name, string(k), v)
		if err == nil && !json.Valid(doc) {
			err = fmt.Errorf("%s %q: %w: it is no JSON", name, k, data.ErrDamaged)
		}
		if errors.Is(err, data.ErrDamaged) {
			return fmt.Errorf("%w: take an older copy", err)
		}
		n++
		return err
	})
}

func (s *Summary) read(tx data.Tx) error {
	page, err := tx.Settings().Get(data.SettingPageID)
	if s.PageID = page.Value; err != nil && !errors.Is(err, data.ErrNotFound) {
		return err
	}
	if _, err := data.VerifyAudit(tx); err != nil {
		return fmt.Errorf("%w: somebody changed this file: take an older copy", err)
	}
	switch last, err := tx.Audit().Last("\x7f"); {
	case err == nil:
		s.Audit = AuditHead{Seq: last.Seq, Hash: last.Hash, At: last.At}
	case !errors.Is(err, data.ErrNotFound):
		return err
	}
	hold, err := data.SendingHold(tx)
	if s.Held = hold.Held(); err != nil {
		return err
	}
	s.Newest, err = data.NewestTrace(tx, time.Now())
	return err
}

// Inspect runs fn on the database at path, which no running service may hold, without changing it. It checks what can be
// checked without reading all of it.
func Inspect(path string, fn func(data.Tx) error) error {
	if err := inspect(path, func(b *bbolt.Tx) error { return fn(&tx{bolt: b}) }); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// CopyFile writes the database at path to w, as Copy does while no service runs.
func CopyFile(path string, w io.Writer) (n int64, err error) {
	err = inspect(path, func(b *bbolt.Tx) (err error) { n, err = b.WriteTo(w); return err })
	if err != nil {
		return n, fmt.Errorf("copying %s: %w", path, err)
	}
	return n, nil
}

func inspect(path string, fn func(*bbolt.Tx) error) (err error) {
	if err := checkForm(path); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // as in View
	var file *os.File
	var db *bbolt.DB
	defer func() {
		switch {
		case db != nil:
			err = errors.Join(err, db.Close())
		case err != nil && file != nil:
			unlock(file)
		}
	}()
	defer catchDamage(&err)
	db, err = bbolt.Open(path, 0, &bbolt.Options{
		ReadOnly: true, Timeout: time.Second, FreelistType: bbolt.FreelistMapType,
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return errors.New("a service is using it: make a copy of it with `statusd backup`, or stop the service first")
	case err != nil:
		return err
	}
	if err := checkPages(file); err != nil {
		return fmt.Errorf("%w: take another copy", err)
	}
	return db.View(func(b *bbolt.Tx) error {
		if err := checkSchema(b); err != nil {
			return err
		}
		return fn(b)
	})
}

// checkForm says of a file that cannot be a whole database why.
func checkForm(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a directory: name the file in it")
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file: put the copy into one first")
	case info.Size() == 0:
		return errors.New("it is empty: take another copy")
	}
	size, first := readMeta(f, 0)
	if !first {
		size = int64(os.Getpagesize())
	}
	_, second := readMeta(f, size)
	switch {
	case first && second:
		return nil
	case first && info.Size() < 2*size:
		return fmt.Errorf("%w: it is cut short: it has only %d bytes: take another copy", data.ErrDamaged, info.Size())
	case !first && !second:
		return errors.New("it is no database of statusd, or has lost its first pages: name a copy that `statusd backup` made")
	}
	return fmt.Errorf("%w: one of its two headers does not fit its checksum: take another copy", data.ErrDamaged)
}

func checkSchema(b *bbolt.Tx) error {
	meta := b.Bucket(metaBucket)
	if meta == nil {
		if first, _ := b.Cursor().First(); first == nil {
			return fmt.Errorf("%w: there is nothing in it: take another copy", data.ErrDamaged)
		}
		return errors.New("it is a bbolt file of another program: name a copy that `statusd backup` made")
	}
	v := meta.Get(schemaKey)
	if len(v) != 4 {
		return fmt.Errorf("%w: its schema version is unreadable: take another copy", data.ErrDamaged)
	}
	if n := binary.BigEndian.Uint32(v); n > schemaVersion {
		return fmt.Errorf("it was written by a newer statusd (schema %d, this one knows %d): use that version, or a copy made before the upgrade", n, schemaVersion)
	}
	// What is neither table nor setting of ours breaks whoever goes over it.
	err := b.ForEach(func(name []byte, table *bbolt.Bucket) error {
		if table == nil {
			return fmt.Errorf("%w: %q is no table: take another copy", data.ErrDamaged, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return meta.ForEach(func(k, v []byte) error {
		if v == nil {
			return fmt.Errorf("%w: %q has no value: take another copy", data.ErrDamaged, k)
		}
		return nil
	})
}

// catchDamage is catch with words for a copy.
func catchDamage(err *error) {
	r := recover()
	if r == nil {
		return
	}
	if !fromBolt() {
		panic(r)
	}
	*err = errors.Join(*err, fmt.Errorf("%w: %v: take another copy", data.ErrDamaged, r))
}
