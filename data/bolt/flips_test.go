package bolt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

// TestCheckFindsFlips flips random bits: whatever Check lets pass reads as it was written, also after Renew.
func TestCheckFindsFlips(t *testing.T) {
	path := filled(t)
	good := used(t, path)
	rnd := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	refused := 0
	for i := range 500 {
		b := bytes.Clone(good)
		at, bit := rnd.IntN(len(b)), rnd.IntN(8)
		b[at] ^= 1 << bit
		broken := filepath.Join(dir, "broken.db")
		if err := os.WriteFile(broken, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(broken, fileSize(t, path)); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Check(broken); err != nil {
			refused++
			continue
		}
		fresh := filepath.Join(dir, fmt.Sprint("fresh", i))
		if err := bolt.Renew(broken, fresh, func(data.Tx) error { return nil }); err != nil {
			if _, there := os.Stat(fresh); there == nil {
				t.Fatalf("bit %d of byte %d: refused (%v), and something is there", bit, at, err)
			}
			refused++ // what Check cannot see, such as a length that no key may have, is refused when it is written anew
			continue
		}
		if n, err := readAll(fresh); n != 80 || err != nil {
			t.Fatalf("bit %d of byte %d passes Check and reads %d of 80 records: %v", bit, at, n, err)
		}
		os.Remove(fresh) //nolint:errcheck // the directory goes anyway
	}
	t.Logf("%d of 500 flips were refused", refused)
	if refused < 100 {
		t.Errorf("only %d of 500 flips were refused", refused)
	}
}
