package scheduler_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler"
)

func open(t testing.TB) data.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	return s
}

func put(t testing.TB, s data.Store, fn func(data.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func newScheduler(s data.Store) *scheduler.Scheduler {
	return scheduler.New(scheduler.Options{Store: s, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
}

// start fills the store with one fortnightly plan, one reserved weekly slot and one component.
func start(t testing.TB, s data.Store) {
	reserved := datatest.Maintenance("infrastructure")
	reserved.Category, reserved.Reserved = data.Infrastructure, true
	reserved.Recurrence.Rule, reserved.Recurrence.Anchor = "FREQ=WEEKLY;BYDAY=SA", "2000-01-08"
	reserved.Recurrence.Start, reserved.Recurrence.Until = "20:00", "06:00"
	system := datatest.Maintenance("system")
	system.Recurrence.Anchor = "2000-01-07"
	put(t, s, func(tx data.Tx) error {
		for _, m := range []data.Maintenance{system, reserved} {
			if err := tx.Maintenances().Put(m); err != nil {
				return err
			}
		}
		return tx.Components().Put(datatest.Component("crm-read"))
	})
}

// TestRun lets the loop live for ninety days: synctest begins on Saturday 2000-01-01.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		start(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- newScheduler(s).Run(ctx) }()
		time.Sleep(90 * 24 * time.Hour) // of the bubble
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		phases := map[data.Phase]int{}
		put(t, s, func(tx data.Tx) error {
			for o, err := range tx.Occurrences().Range("", "") {
				if err != nil {
					return err
				}
				phases[o.Phase]++
				if o.Phase == data.Completed && !(o.Began.Equal(o.Window.Start) && o.Ended.Equal(o.Window.End)) {
					t.Errorf("%s ran %v to %v, its window is %v", o.Key(), o.Began, o.Ended, o.Window)
				}
			}
			n := 0
			from, to := data.MarksOf("crm-read", data.FromSchedule)
			for m, err := range tx.Marks().Range(from, to) {
				if err != nil {
					return err
				}
				if n++; m.Off != (n%2 == 0) {
					t.Errorf("mark %d of the schedule: %+v", n, m)
				}
			}
			if n != 2*phases[data.Completed]+phases[data.InProgress] {
				t.Errorf("%d marks for %d windows", n, phases[data.Completed])
			}
			return nil
		})
		// Ninety days hold seven Fridays of the fortnight, the last of which runs, and the deadlines of twelve Saturdays;
		// 400 days lie ahead.
		if phases[data.Completed] != 6 || phases[data.InProgress] != 1 || phases[data.Lapsed] != 12 {
			t.Errorf("phases after ninety days: %v; want 6 completed, 1 in progress and 12 lapsed", phases)
		}
		if ahead := phases[data.Scheduled]; ahead < 27 || ahead > 29 {
			t.Errorf("%d windows scheduled, want about 400 days of every second Friday", ahead)
		}
	})
}

// TestAsleep stops the loop over a whole window: the next start writes the same phases and marks as if it had been there.
func TestAsleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		start(t, s)
		run := func(d time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			if err := newScheduler(s).Run(ctx); err != nil {
				t.Fatal(err)
			}
		}
		run(time.Hour)
		time.Sleep(20 * 24 * time.Hour)
		run(time.Minute)
		put(t, s, func(tx data.Tx) error {
			o, err := tx.Occurrences().Get("system|2000-01-07|all|0")
			if o.Phase != data.Completed || o.Short != "" || !o.Ended.Equal(o.Window.End) {
				t.Errorf("after sleeping over it: %+v", o)
			}
			return err
		})
	})
}

// TestRest checks that the loop comes to rest: without a change or a deadline nothing is written.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		start(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go newScheduler(s).Run(ctx) //nolint:errcheck // ends with ctx
		time.Sleep(time.Second)
		synctest.Wait()
		before := <-s.Watch(ctx)
		time.Sleep(5 * time.Hour)
		synctest.Wait()
		if after := <-s.Watch(ctx); after != before {
			t.Errorf("five idle hours raised the revision from %d to %d", before, after)
		}
		cancel()
		synctest.Wait()
	})
}

// TestChangedPlan changes the rule while the loop runs.
func TestChangedPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		start(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go newScheduler(s).Run(ctx)    //nolint:errcheck // ends with ctx
		time.Sleep(4*24*time.Hour + 1) // the window of 2000-01-07 was told
		put(t, s, func(tx data.Tx) error {
			m := datatest.Maintenance("system")
			m.Recurrence.Anchor, m.Recurrence.Until = "2000-01-07", "03:00"
			return tx.Maintenances().Put(m)
		})
		synctest.Wait()
		put(t, s, func(tx data.Tx) error {
			o, err := tx.Occurrences().Get("system|2000-01-07|all|0")
			if err != nil {
				return err
			}
			if o.Window.Duration() != 3*time.Hour || o.Revised != 1 || o.OldWindow.Duration() != 6*time.Hour {
				t.Errorf("the changed window is %+v", o)
			}
			var kinds []data.BulletinKind
			from, to := data.BulletinsOf(data.AboutOccurrence, string(o.Key()))
			for b, err := range tx.Bulletins().Range(from, to) {
				if err != nil {
					return err
				}
				kinds = append(kinds, b.Kind)
			}
			if len(kinds) != 2 || kinds[0] != data.TellChanged || kinds[1] != data.TellPlanned {
				t.Errorf("bulletins: %v, want changed and planned", kinds)
			}
			return nil
		})
		cancel()
		synctest.Wait()
	})
}
