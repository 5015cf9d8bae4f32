package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/superoffice/statusd/data"
)

// TestFailedTwice: after a commit that failed the file is opened again and writing goes on; after a second one within ten minutes
// nothing more is written, and reading goes on (F6). A full disk is no such failure, however often (F4).
func TestFailedTwice(t *testing.T) {
	for _, tt := range []struct {
		cause error
		times int
		stops bool
	}{
		{syscall.EIO, 1, false},
		{syscall.EIO, 2, true},
		{fmt.Errorf("write statusd.db: %w", syscall.ENOSPC), 5, false},
	} {
		s, err := Open(filepath.Join(t.TempDir(), "statusd.db"), Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		put := func(name string) error {
			return s.Update(t.Context(), func(tx data.Tx) error { return tx.Settings().Put(data.Setting{Name: name, Value: "x"}) })
		}
		if err := put("before"); err != nil {
			t.Fatal(err)
		}
		for n := range tt.times {
			s.fail(tt.cause)
			err := put(fmt.Sprint("after-", n))
			if stops := n+1 == tt.times && tt.stops; stops != errors.Is(err, data.ErrReadOnly) || !stops && err != nil {
				t.Errorf("%v, %d times: writing says %v", tt.cause, n+1, err)
			}
		}
		err = s.View(t.Context(), func(tx data.Tx) error { _, err := tx.Settings().Get("before"); return err })
		if err != nil {
			t.Errorf("%v: reading says %v", tt.cause, err)
		}
	}
}
