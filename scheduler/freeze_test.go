package scheduler_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/scheduler/plan"
)

// TestReconcileFreeze: a freeze that is added to a schedule which people know takes its windows back, or moves them, with a
// reason that names it, and is told (N11).
func TestReconcileFreeze(t *testing.T) {
	t.Parallel()
	lay := func(avoids ...data.Avoid) plan.Layout {
		m := datatest.Maintenance("system")
		m.Avoids = avoids
		got, err := plan.Lay([]data.Maintenance{m}, at(t, "2026-01-02 00:00"), at(t, "2026-01-28 00:00"))
		if err != nil {
			t.Fatal(err)
		}
		for key := range got.Windows {
			if key != jan16 {
				delete(got.Windows, key)
			}
		}
		return got
	}
	quiet := data.Avoid{Effect: data.EffectWithhold, Freeze: "quiet", From: "2026-01-16", Until: "2026-01-18"}
	later, earlier := quiet, quiet
	later.Effect, earlier.Effect, earlier.Earlier = data.EffectMove, data.EffectMove, true
	const days = "2026-01-16 lies in the freeze quiet (2026-01-16 to 2026-01-18)"
	for _, tt := range []struct {
		name       string
		is, should plan.Layout
		now        string
		want       string // phase, start, revised, what the last step says
	}{
		{"withheld before it was told", lay(), lay(quiet), "2026-01-05 00:00", "withdrawn 01-15 0 withheld: " + days},
		{"withheld after it was told", lay(), lay(quiet), "2026-01-14 00:00", "withdrawn 01-15 1 withheld: " + days},
		{"moved before it was told", lay(), lay(later), "2026-01-05 00:00", "scheduled 01-22 0 "},
		{"moved after it was told", lay(), lay(later), "2026-01-14 00:00", "scheduled 01-22 1 moved: " + days},
		{"moved earlier", lay(), lay(earlier), "2026-01-05 00:00", "scheduled 01-08 0 "},
		{"moved earlier than can be noticed", lay(), lay(earlier), "2026-01-08 00:00", "withdrawn 01-15 0 withheld: " + days + "; it cannot be noticed in time for Fri 2026-01-09 00:00 CET"},
		{"moved earlier than now", lay(), lay(earlier), "2026-01-14 00:00", "withdrawn 01-15 1 withheld: " + days + "; it cannot be noticed in time for Fri 2026-01-09 00:00 CET"},
		{"the freeze is taken away", lay(later), lay(), "2026-01-05 00:00", "scheduled 01-15 0 "},
		{"the freeze stays", lay(later), lay(later), "2026-01-20 00:00", ""},
		{"while it runs", lay(), lay(quiet), "2026-01-16 01:00", ""},
	} {
		got := scheduler.Reconcile(tt.is.Windows, tt.should, at(t, tt.now))
		text := ""
		for _, o := range got {
			why := ""
			if n := len(o.Steps); n > 0 {
				why = o.Steps[n-1].Why
			}
			text += strings.Join([]string{string(o.Phase), o.Window.Start.Format("01-02"), string(rune('0' + o.Revised)), why}, " ")
			is := map[data.OccurrenceKey]data.Occurrence{o.Key(): o}
			if again := scheduler.Reconcile(is, tt.should, at(t, tt.now)); len(again) > 0 {
				t.Errorf("%s: planning again writes %+v", tt.name, again)
			}
			if o.Phase == data.Withdrawn { // the freeze is taken away in time
				back := scheduler.Reconcile(is, lay(), at(t, tt.now))
				if len(back) != 1 || back[0].Phase != data.Scheduled || !back[0].Window.Start.Equal(at(t, "2026-01-15 23:00")) {
					t.Errorf("%s: without the freeze again: %+v", tt.name, back)
				}
			}
		}
		if text != tt.want {
			t.Errorf("%s: Reconcile = %q, want %q", tt.name, text, tt.want)
		}
	}
}

// TestPlanFreeze: a freeze that comes into a store in which an upgrade pair was told moves both, tells both, and holds neither; one
// that withholds takes both back; without it they come back. What was told is told once.
func TestPlanFreeze(t *testing.T) {
	t.Parallel()
	store := open(t)
	s := newScheduler(store)
	ctx := context.Background()
	pilot := datatest.Maintenance("pilot")
	pilot.Cohort = "pilot"
	pilot.Recurrence = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", Anchor: "2026-01-13", Start: "22:00", Until: "05:00"}
	rest := pilot
	rest.Slug, rest.Cohort, rest.Follows, rest.Recurrence.Shift = "rest", "rest", "pilot", 3
	version := func(from time.Time, avoids ...data.Avoid) {
		put(t, store, func(tx data.Tx) error {
			for _, m := range []data.Maintenance{pilot, rest} {
				m.ValidFrom, m.Avoids = from, avoids
				if err := tx.Maintenances().Put(m); err != nil {
					return err
				}
			}
			return tx.Components().Put(datatest.Component("crm-read"))
		})
	}
	step := func(now time.Time, want string) {
		t.Helper()
		for range 2 { // the second time nothing is left to do
			if err := s.Plan(ctx, now); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Advance(ctx, now); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		err := store.View(ctx, func(tx data.Tx) error {
			got = nil
			for _, key := range []data.OccurrenceKey{"pilot|2026-02-03|pilot|0", "rest|2026-02-06|rest|0"} {
				o, err := tx.Occurrences().Get(key)
				if err != nil {
					return err
				}
				bulletins := ""
				for _, b := range o.Owed(now) {
					if !b.Void {
						bulletins += " " + string(b.Kind)
					}
				}
				got = append(got, fmt.Sprintf("%s %s %d%s", o.Phase, o.Window.Start.Format("01-02 15:04"), o.Revised, bulletins))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("at %s: %s\nwant %s", now.Format("01-02 15:04"), text, want)
		}
		if rewritten(t, store, func() error { return s.Plan(ctx, now) }) {
			t.Errorf("at %s planning again wrote something", now.Format("01-02 15:04"))
		}
	}
	version(time.Time{})
	if !rewritten(t, store, func() error { return s.Plan(ctx, at(t, "2026-01-20 12:00")) }) {
		t.Error("the first plan wrote nothing")
	}
	step(at(t, "2026-01-20 12:00"), "scheduled 02-03 21:00 0 planned, scheduled 02-06 21:00 0 planned")
	quiet := data.Avoid{Effect: data.EffectMove, Freeze: "quiet", From: "2026-02-06", Until: "2026-02-06"}
	told := at(t, "2026-02-02 12:00") // of the Tuesday, and not yet of the Friday
	version(told, quiet)
	step(told, "scheduled 02-10 21:00 1 changed, scheduled 02-13 21:00 0 planned")
	quiet.Effect = data.EffectWithhold
	version(told.Add(time.Hour), quiet)
	step(told.Add(time.Hour), "withdrawn 02-10 21:00 2 cancelled, withdrawn 02-13 21:00 0")
	version(told.Add(2 * time.Hour))
	step(told.Add(2*time.Hour), "scheduled 02-03 21:00 3 changed, scheduled 02-06 21:00 0 planned")
}

// rewritten says whether what is done changes the occurrences of a store.
func rewritten(t *testing.T, s data.Store, do func() error) bool {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	before := <-s.Watch(ctx, data.OccurrencesTable)
	if err := do(); err != nil {
		t.Fatal(err)
	}
	return <-s.Watch(ctx, data.OccurrencesTable) != before
}
