package probes_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/probes"
)

func TestPrune(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := datatest.Start
	err = s.Update(context.Background(), func(tx data.Tx) error {
		for _, probe := range []string{"a", "a-b", "b"} {
			for day := range 700 {
				at := now.AddDate(0, 0, -day).Truncate(24 * time.Hour)
				if err := tx.Blocks().Put(datatest.Block(data.Sample{Probe: probe, Place: "local", At: at, Level: data.Operational})); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{3 * 299, 0} {
		if n, err := probes.Prune(t.Context(), s, now); n != want || err != nil {
			t.Errorf("Prune %d = %d, %v; want %d", i, n, err, want)
		}
	}
	left := map[string]int{}
	err = s.View(t.Context(), func(tx data.Tx) error {
		for b, err := range tx.Blocks().Range("", "") {
			if err != nil {
				return err
			}
			if left[b.Probe]++; b.Day < data.BlockDay(now.Add(-probes.KeepSamples)) {
				t.Errorf("%s is still there", b.Key())
			}
		}
		return nil
	})
	if fmt.Sprint(left) != "map[a:401 a-b:401 b:401]" || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

// counting is a store that says how many blocks each transaction deleted.
type counting struct {
	data.Store
	t       *testing.T
	deleted []int
}

func (c *counting) blocks() (n int) {
	c.t.Helper()
	err := c.View(c.t.Context(), func(tx data.Tx) error {
		for _, err := range tx.Blocks().Range("", "") {
			if n++; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

func (c *counting) Update(ctx context.Context, fn func(data.Tx) error) error {
	before := c.blocks()
	err := c.Store.Update(ctx, fn)
	c.deleted = append(c.deleted, before-c.blocks())
	return err
}

// TestPruneBlocksNobody: after a long sleep there is much to delete, and no transaction takes more of it than the next, so a
// verdict waits for 200 deletions at most.
func TestPruneBlocksNobody(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := datatest.Start
	err = s.Update(t.Context(), func(tx data.Tx) error {
		for day := range 1050 {
			at := now.AddDate(0, 0, -401-day).Truncate(24 * time.Hour)
			if err := tx.Blocks().Put(datatest.Block(data.Sample{Probe: "a", Place: "local", At: at, Level: data.Operational})); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &counting{Store: s, t: t}
	if n, err := probes.Prune(t.Context(), c, now); n != 1050 || err != nil {
		t.Errorf("Prune = %d, %v; want 1050", n, err)
	}
	if fmt.Sprint(c.deleted) != "[200 200 200 200 200 50]" {
		t.Errorf("transactions deleted %v blocks", c.deleted)
	}
}
