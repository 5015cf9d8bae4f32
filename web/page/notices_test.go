package page

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
)

// TestNoticesOfMonths: the page of the months says how the notices of each month's windows were kept, and a customer's page only
// of those that concern it (N4, N3).
func TestNoticesOfMonths(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	update := func(fn func(data.Tx) error) {
		t.Helper()
		if err := store.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx data.Tx) error {
		c := datatest.Component("login")
		c.Since = testNow.AddDate(0, -3, 0)
		return errors.Join(tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}), tx.Components().Put(c),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10}), tx.Cohorts().Put(data.Cohort{Slug: "rest", Rest: true}))
	})
	start := testNow.AddDate(0, 0, -3).Truncate(time.Hour)
	put := func(name, cohort string, lead time.Duration, change func(*data.Occurrence)) {
		t.Helper()
		o := datatest.Occurrence(name, start)
		o.Cohort, o.Phase, o.Began, o.Ended = cohort, data.Completed, start, start.Add(6*time.Hour)
		if change != nil {
			change(&o)
		}
		update(func(tx data.Tx) error {
			if err := data.PutOccurrence(tx, o, start.Add(-100*time.Hour)); err != nil {
				return err
			}
			for _, on := range data.Promised {
				if err := tx.Proofs().Put(data.Proof{Bulletin: o.Owed(start)[0].Key(), Surface: on, At: start.Add(-lead)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	put("system", data.AllCustomers, 48*time.Hour, nil)
	put("pilot", "pilot", 30*time.Hour, nil)
	put("patch", data.AllCustomers, 5*time.Hour, func(o *data.Occurrence) { o.Short = "a hole" })
	put("off", data.AllCustomers, 40*time.Hour, func(o *data.Occurrence) { o.Phase, o.Began, o.Ended = data.Cancelled, time.Time{}, time.Time{} })
	var s *State
	settings := Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998", Langs: []i18n.Lang{i18n.EN}}
	if err := store.View(t.Context(), func(tx data.Tx) (err error) { s, err = Read(tx, settings, testNow); return err }); err != nil {
		t.Fatal(err)
	}
	uptime := func(s *State) string {
		docs, err := Render(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes.ReplaceAll(docs[Place{Path: "/uptime", Lang: i18n.EN}].Body, []byte("\n"), []byte(" ")))
	}
	if got, want := uptime(s), "Announced at least 24 hours in advance: 2 · At short notice: 1 · Shortest notice: 5 hours"; !strings.Contains(got, want) {
		t.Errorf("the page lacks %q:\n%.3000s", want, got)
	}
	if got, want := uptime(s.For("rest")), "Announced at least 24 hours in advance: 1 · At short notice: 1"; !strings.Contains(got, want) {
		t.Errorf("the page of the rest lacks %q", want)
	}
}
