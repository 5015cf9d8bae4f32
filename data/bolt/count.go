package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
)

// bbolt's pages say how many records they hold and have no checksum: one flipped bit there hides records without an error.
// So the number of records of each table is kept beside the revisions, in the transaction that changes it, and compared at
// the start.

var countKey = []byte("count/")

func keyOfCount(name data.TableName) []byte { return append(slices.Clip(countKey), name...) }

// recount adds what a transaction changed.
func recount(b *bbolt.Tx, gained map[data.TableName]int) error {
	meta := b.Bucket(metaBucket)
	for name, n := range gained {
		if n == 0 {
			continue
		}
		kept, err := counted(meta, name)
		if err == nil {
			err = meta.Put(keyOfCount(name), binary.BigEndian.AppendUint64(nil, uint64(kept+n)))
		}
		if err != nil {
			return fmt.Errorf("counting %s: %w", name, err)
		}
	}
	return nil
}

func counted(meta *bbolt.Bucket, name data.TableName) (int, error) {
	switch v := meta.Get(keyOfCount(name)); len(v) {
	case 0:
		return 0, nil
	case 8:
		return int(binary.BigEndian.Uint64(v)), nil
	}
	return 0, fmt.Errorf("%w: the number of its records is unreadable", data.ErrDamaged)
}

// checkCounts compares every table with its number of records. A table that is not there has none.
func checkCounts(path string, tx *bbolt.Tx) error {
	meta := tx.Bucket(metaBucket)
	for _, name := range data.Tables {
		want, err := counted(meta, name)
		if err != nil {
			return fmt.Errorf("opening %s: %s: %w: put the newest backup in its place", path, name, err)
		}
		if n := count(tx, name); n != want {
			return fmt.Errorf("opening %s: %w: %s has %d records and should have %d: put the newest backup in its place", path, data.ErrDamaged, name, n, want)
		}
	}
	return nil
}

// countAll writes the numbers of a file that has none yet.
func countAll(tx *bbolt.Tx) error {
	for _, name := range data.Tables {
		n := count(tx, name)
		if err := tx.Bucket(metaBucket).Put(keyOfCount(name), binary.BigEndian.AppendUint64(nil, uint64(n))); err != nil {
			return fmt.Errorf("counting %s: %w", name, err)
		}
	}
	return nil
}

func count(tx *bbolt.Tx, name data.TableName) int {
	b := tx.Bucket([]byte(name))
	if b == nil {
		return 0
	}
	n, c := 0, b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	return n
}
