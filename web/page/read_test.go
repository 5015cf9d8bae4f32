package page

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

// What was said in the same second counts at once, not from the next second's page on.
func TestReadSeesTheSameSecond(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	said := testNow.Add(300 * time.Millisecond)
	err = store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}),
			tx.Components().Put(datatest.Component("login")),
			tx.Marks().Put(data.Mark{Component: "login", Cohort: data.AllCustomers, Source: data.FromPerson, By: "i", At: said, Level: data.MajorOutage}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at   time.Duration
		want data.Level
	}{{-time.Millisecond, data.NoData}, {0, data.MajorOutage}, {time.Millisecond, data.MajorOutage}} {
		var s *State
		err := store.View(context.Background(), func(tx data.Tx) (err error) {
			s, err = Read(tx, Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998"}, said.Add(tt.at))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Components[0].Now.Level; got != tt.want {
			t.Errorf("%s from what was said: %s, want %s", tt.at, got, tt.want)
		}
	}
}

// Probes mark changes only: a level that never changed was still measured until nobody watched any more.
func TestReadMeasured(t *testing.T) {
	const up, none = data.Operational, data.NoData
	at := func(days int) time.Time { return testNow.AddDate(0, 0, -days) }
	mark := func(component, by string, days int, level data.Level) data.Mark {
		m := datatest.Mark(component, at(days), level)
		m.By = by
		return m
	}
	off := mark("login", "front", 3, none)
	off.Off = true
	outage := mark("login", "i", 1, data.MajorOutage)
	outage.Source = data.FromPerson
	retired := func(p *data.Probe) { p.Retired = true }
	same := func(*data.Probe) {}
	for _, tt := range []struct {
		name   string
		marks  []data.Mark
		change func(*data.Probe)
		want   time.Time
	}{
		{"never", nil, same, time.Time{}},
		{"up for 20 days", []data.Mark{mark("login", "front", 20, up)}, same, testNow},
		{"up, then blind", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 1, none)}, same, at(1)},
		{"up, blind, then off", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), off}, same, at(5)},
		{"up, then off", []data.Mark{mark("login", "front", 20, up), off}, same, at(3)},
		{"blind twice", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), mark("login", "front", 1, none)}, same, at(5)},
		{"blind, and back", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), mark("login", "front", 1, data.Degraded)}, same, testNow},
		{"one of two probes is blind", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), mark("login", "back", 20, up)}, same, testNow},
		{"both are", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), mark("login", "back", 20, up), mark("login", "back", 4, none)}, same, at(4)},
		{"blind, and a person spoke", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), outage}, same, at(5)},
		{"blind, and a hidden one is watched", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), mark("inner", "inside", 20, up)}, same, at(5)},
		{"another component is watched", []data.Mark{mark("login", "front", 20, up), mark("login", "front", 5, none), mark("mail", "post", 20, up)}, same, testNow},
		{"its probe was retired a moment ago", []data.Mark{mark("login", "front", 20, up)}, retired, at(20)},
		{"blind from tomorrow on", []data.Mark{mark("login", "front", 20, up), mark("login", "front", -1, none)}, same, testNow},
	} {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		hidden := datatest.Component("inner")
		hidden.Audience = data.ForOperators
		probe := datatest.Probe("front", "login")
		tt.change(&probe)
		err = store.Update(context.Background(), func(tx data.Tx) error {
			errs := []error{
				tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}),
				tx.Components().Put(datatest.Component("login")), tx.Components().Put(datatest.Component("mail")), tx.Components().Put(hidden),
				tx.Probes().Put(probe), tx.Probes().Put(datatest.Probe("post", "mail")), tx.Probes().Put(datatest.Probe("inside", "inner")),
			}
			for _, m := range tt.marks {
				errs = append(errs, tx.Marks().Put(m))
			}
			return errors.Join(errs...)
		})
		if err != nil {
			t.Fatal(err)
		}
		var s *State
		err = store.View(context.Background(), func(tx data.Tx) (err error) {
			s, err = Read(tx, Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998"}, testNow)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !s.Measured.Equal(tt.want) {
			t.Errorf("%s: measured until %v, want %v", tt.name, s.Measured, tt.want)
		}
	}
}
