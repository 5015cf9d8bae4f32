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
