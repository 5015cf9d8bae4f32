package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
)

// revisionLeap is added to the revision of a database that was restored: it only grows, also past what the service counted
// that lived on after the copy was taken.
const revisionLeap = 1 << 24

// Renew makes a database at to, which must not be there, out of the copy at from, with what fn changes in it. It is written
// anew record by record, so that damage in the copy's list of free pages, which no checksum covers, does not come along, and
// in the schema of this program. When it returns, all of it is on the disk; after an error there is nothing at to. No marker
// is written beside it.
func Renew(from, to string, fn func(data.Tx) error) (err error) {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("restoring %s: %s is there already: remove it, or wait for whoever is writing it", from, to)
	}
	defer func() {
		if err != nil {
			os.Remove(to) //nolint:errcheck // it may not be there yet
			err = fmt.Errorf("restoring %s: %w", from, err)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer catchDamage(&err)
	dst, err := bbolt.Open(to, 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	err = inspect(from, func(b *bbolt.Tx) error { return bbolt.Compact(dst, b.DB(), 1<<20) })
	if err != nil {
		return err
	}
	err = dst.Update(func(b *bbolt.Tx) error {
		if err := upgrade(b); err != nil {
			return err
		}
		t := &tx{bolt: b, touched: map[data.TableName]int{}}
		if err := fn(t); err != nil {
			return err
		}
		return errors.Join(countAll(b), leap(b))
	})
	if err != nil {
		return err
	}
	return dst.Sync()
}

// leap raises the revision of every table far above what any of them had.
func leap(b *bbolt.Tx) error {
	meta := b.Bucket(metaBucket)
	var newest uint64
	key := func(name data.TableName) []byte { return append(slices.Clip(revisionKey), name...) }
	for _, name := range data.Tables {
		if v := meta.Get(key(name)); len(v) == 8 {
			newest = max(newest, binary.BigEndian.Uint64(v))
		}
	}
	for _, name := range data.Tables {
		if err := meta.Put(key(name), binary.BigEndian.AppendUint64(nil, newest+revisionLeap)); err != nil {
			return err
		}
	}
	return nil
}
