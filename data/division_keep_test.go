package data_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// A configuration that changes between Tuesday and Friday moves nobody before the cycle is over, and what was in force stays
// on record.
func TestDivisionsAreKept(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	tuesday := time.Date(2026, 1, 13, 21, 0, 0, 0, time.UTC)
	lead := datatest.Occurrence("application-pilot", tuesday)
	lead.Cohort = "pilot"
	friday := datatest.Occurrence("application-rest", tuesday.AddDate(0, 0, 3))
	friday.Cohort, friday.Follows = "rest", lead.Key()
	update := func(fn func(data.Tx) error) {
		t.Helper()
		if err := store.Update(context.Background(), fn); err != nil {
			t.Fatal(err)
		}
	}
	configure := func(now time.Time, percent int) {
		t.Helper()
		update(func(tx data.Tx) error {
			return errors.Join(
				data.KeepDivisions(tx, now), tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: percent}),
				tx.Cohorts().Put(data.Cohort{Slug: "rest", Rest: true}), tx.Cohorts().Put(data.Cohort{Slug: "was", Percent: 50, Retired: true}),
			)
		})
	}
	percent := func(at time.Time) (p int) {
		t.Helper()
		update(func(tx data.Tx) error {
			cs, err := data.CohortsAt(tx, at)
			if len(cs) != 2 {
				t.Fatalf("%d cohorts at %v, want the two that are configured", len(cs), at)
			}
			p = cs[0].Percent
			return err
		})
		return p
	}
	update(func(tx data.Tx) error { return errors.Join(tx.Occurrences().Put(lead), tx.Occurrences().Put(friday)) })
	configure(tuesday.AddDate(0, 0, -10), 10)
	wednesday, over := tuesday.AddDate(0, 0, 1), friday.Window.End
	if got := percent(wednesday); got != 10 {
		t.Fatalf("as configured: %d percent", got)
	}
	configure(wednesday, 50)
	configure(wednesday.Add(time.Hour), 30)
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{wednesday.Add(2 * time.Hour), 10}, {over.Add(-time.Second), 10}, {over, 30}} {
		if got := percent(tt.at); got != tt.want {
			t.Errorf("in force at %v: %d percent, want %d", tt.at, got, tt.want)
		}
	}
	update(func(tx data.Tx) error {
		all, err := data.All(tx.Settings().Range(data.SettingDivision, data.SettingDivision+"}"))
		if len(all) != 1 {
			t.Errorf("%d divisions are on record, want 1", len(all))
		}
		return err
	})
	datatest.Invariants(t, store)
}

func TestCycles(t *testing.T) {
	t.Parallel()
	tuesday := time.Date(2026, 1, 13, 21, 0, 0, 0, time.UTC)
	occurrence := func(slug, cohort string, days int, follows data.OccurrenceKey, p data.Phase) data.Occurrence {
		o := datatest.Occurrence(slug, tuesday.AddDate(0, 0, days))
		o.Cohort, o.Follows, o.Phase = cohort, follows, p
		return o
	}
	first := occurrence("pilot", "pilot", 0, "", data.Completed)
	second := occurrence("pilot", "pilot", 21, "", data.Scheduled)
	got := data.Cycles([]data.Occurrence{
		first, second, occurrence("system", "all", 1, "", data.Scheduled),
		occurrence("rest", "rest", 3, first.Key(), data.Scheduled),
		occurrence("rest", "rest", 24, second.Key(), data.Cancelled), // nobody follows any more
	})
	if len(got) != 1 || got[0].Lead.Key() != first.Key() || len(got[0].Rest) != 1 {
		t.Errorf("cycles: %+v", got)
	}
}
