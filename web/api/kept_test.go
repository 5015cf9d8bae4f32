package api

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/page"
)

// TestStatementIsTheBooks compares what is read of as much as touches a month with what is read of everything: they are the same
// facts, before and after a change, and so are the marks of any time.
func TestStatementIsTheBooks(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := &API{Store: s, Settings: page.Settings{ZoneName: "UTC", Zone: time.UTC, Target: "0.998"}}
	from, _, err := ledger.Bounds("2026-03", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	now := from.AddDate(0, 4, 3)
	instant := func(t *rapid.T, of string) time.Time {
		return from.Add(time.Duration(rapid.IntRange(-40*24*60, 100*24*60).Draw(t, of)) * time.Minute)
	}
	rapid.Check(t, func(t *rapid.T) {
		clear := func(tx data.Tx) error {
			for _, wipe := range []func() error{
				func() error { return wiped(tx.Outages()) }, func() error { return wiped(tx.Marks()) }, func() error { return wiped(tx.Occurrences()) },
				func() error { return wiped(tx.Components()) },
			} {
				if err := wipe(); err != nil {
					return err
				}
			}
			return nil
		}
		err := s.Update(context.Background(), func(tx data.Tx) error {
			if err := clear(tx); err != nil {
				return err
			}
			for _, slug := range []string{"crm", "mail"} {
				c := datatest.Component(slug)
				if c.Retired = rapid.Bool().Draw(t, slug+" is retired"); c.Retired && rapid.Bool().Draw(t, slug+" says since when") {
					c.RetiredAt = instant(t, "retired")
				}
				if err := tx.Components().Put(c); err != nil {
					return err
				}
				for n := range rapid.IntRange(0, 12).Draw(t, "marks") {
					m := datatest.Mark(slug, instant(t, "mark"), rapid.SampledFrom([]data.Level{data.NoData, data.Operational, data.Degraded, data.MajorOutage}).Draw(t, "level"))
					m.By, m.Off = fmt.Sprint("probe", n%3), rapid.IntRange(0, 5).Draw(t, "off") == 0
					if err := tx.Marks().Put(m); err != nil {
						return err
					}
				}
				for range rapid.IntRange(0, 4).Draw(t, "outages") {
					o := datatest.Outage(slug, instant(t, "outage"))
					if rapid.Bool().Draw(t, "ended") {
						o.Ended = o.Started.Add(time.Duration(rapid.IntRange(1, 60*24*60).Draw(t, "lasted")) * time.Minute)
					}
					if err := tx.Outages().Put(o); err != nil {
						return err
					}
				}
			}
			for range rapid.IntRange(0, 4).Draw(t, "windows") {
				o := datatest.Occurrence("system", instant(t, "window"))
				o.Window.End = o.Window.Start.Add(time.Duration(rapid.IntRange(1, 40*24*60).Draw(t, "window lasted")) * time.Minute)
				o.Standing = rapid.Bool().Draw(t, "standing")
				if err := tx.Occurrences().Put(o); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // read, and kept
			c := &Call{now: now, seen: a.see(context.Background())}
			err := s.View(context.Background(), func(tx data.Tx) error {
				for _, month := range []string{"2026-02", "2026-03", "2026-04"} {
					want, err := a.Settings.Book().Statement(tx, month, now)
					if err != nil {
						return err
					}
					got, err := a.statement(tx, c, month)
					if err != nil {
						return err
					}
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%s: %+v, want %+v", month, got, want)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// wiped deletes everything in a table.
func wiped[K ~string, V data.Keyed[K]](table data.Table[K, V]) error {
	all, err := data.All(table.Range("", ""))
	for _, v := range all {
		if err := table.Delete(v.Key()); err != nil {
			return err
		}
	}
	return err
}

// TestFindsOutageByID finds one that is kept, one that is new since, and none of another page.
func TestFindsOutageByID(t *testing.T) {
	var k outageKeys
	first, second := datatest.Outage("crm", datatest.Start), datatest.Outage("crm", datatest.Start.Add(time.Hour))
	find := func(page string, o data.Outage, list ...data.Outage) bool {
		key, known := k.find(page, outageID("abcdefghijkl", o.Key()), list)
		return known && key == o.Key()
	}
	if !find("abcdefghijkl", first, first) || find("abcdefghijkl", second, first) || !find("abcdefghijkl", second, first, second) || !find("abcdefghijkl", first) {
		t.Error("one that was looked at is not found, or one that was not is")
	}
	if find("mnopqrstuvwx", first, first) {
		t.Error("an ID of another page is found")
	}
}
