package data_test

import (
	"path/filepath"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// TestHeldMarksOfSides finds what a probe says of every component that it speaks for.
func TestHeldMarksOfSides(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	p := datatest.Probe("crm", "crm-read")
	p.Kind = data.ProbeTransaction
	p.Steps = []data.ProbeStep{{Name: "read", URL: "/"}, {Name: "write", URL: "/", Component: "crm-write"}}
	mark := func(component, by string, level data.Level) data.Mark {
		m := datatest.Mark(component, datatest.Start, level)
		m.By = by
		return m
	}
	err = store.Update(t.Context(), func(tx data.Tx) error {
		for _, err := range []error{
			tx.Probes().Put(p), tx.Marks().Put(mark("crm-read", "crm", data.Operational)), tx.Marks().Put(mark("crm-write", "crm:crm-write", data.MajorOutage)),
		} {
			if err != nil {
				return err
			}
		}
		held, err := data.HeldMarks(tx)
		if err != nil {
			return err
		}
		for component, want := range map[string]data.Level{"crm-read": data.Operational, "crm-write": data.MajorOutage} {
			if got := data.Merge(held[component], hours(1)).Level; got != want {
				t.Errorf("%s stands at %s, want %s", component, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	datatest.Invariants(t, store)
}
