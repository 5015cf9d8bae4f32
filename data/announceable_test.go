package data_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// TestAnnounceable: what plans under a standing notice made is left out, in whatever order their names come.
func TestAnnounceable(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer datatest.Invariants(t, s)
	err = s.Update(t.Context(), func(tx data.Tx) error {
		for n, slug := range []string{"a", "a-b", "ab", "m", "z"} {
			for version := range 2 {
				m := datatest.Maintenance(slug)
				m.ValidFrom = datatest.Start.AddDate(version, 0, 0)
				m.Standing = slug == "a" || slug == "a-b" && version == 1 || slug == "z" // one only since its second version
				if err := tx.Maintenances().Put(m); err != nil {
					return err
				}
			}
			for day := range 3 {
				if err := tx.Occurrences().Put(datatest.Occurrence(slug, datatest.Start.Add(time.Duration(24*day+n)*time.Hour))); err != nil {
					return err
				}
			}
		}
		return tx.Occurrences().Put(datatest.Occurrence("gone", datatest.Start)) // its plan is not there any more
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(tx data.Tx) error {
		var got []string
		for o, err := range data.Announceable(tx) {
			if err != nil {
				return err
			}
			got = append(got, o.Maintenance)
		}
		if want := []string{"a-b", "a-b", "a-b", "ab", "ab", "ab", "gone", "m", "m", "m"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for o := range data.Announceable(tx) { // it can be left early
			if o.Maintenance == "ab" {
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
