package scheduler_test

import (
	"context"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler/plan"
)

// builtIn is the built-in schedule, from 2016 on (M1 to M8).
func builtIn() []data.Maintenance {
	plan := func(slug string, c data.Category, rule, anchor, start, until string, change func(*data.Maintenance)) data.Maintenance {
		m := datatest.Maintenance(slug)
		m.Category = c
		m.Recurrence = data.Recurrence{Zone: "Europe/Oslo", Rule: rule, Anchor: anchor, Start: start, Until: until}
		if change != nil {
			change(&m)
		}
		return m
	}
	const third = "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"
	return []data.Maintenance{
		plan("system", data.System, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2016-01-01", "00:00", "06:00", nil),
		plan("application-pilot", data.Application, third, "2016-01-05", "22:00", "05:00", func(m *data.Maintenance) { m.Cohort = "pilot" }),
		plan("application-rest", data.Application, third, "2016-01-05", "22:00", "05:00", func(m *data.Maintenance) {
			m.Cohort, m.Follows, m.Recurrence.Shift = "rest", "application-pilot", 3
		}),
		plan("recycle", data.Recycle, "FREQ=DAILY", "2016-01-01", "02:00", "", func(m *data.Maintenance) {
			m.Standing, m.Recurrence.Length, m.Expected = true, 3*time.Second, 3*time.Second
		}),
		plan("microsoft", data.Microsoft, "FREQ=MONTHLY;BYDAY=2FR", "2016-01-08", "00:00", "06:00", nil),
		plan("infrastructure", data.Infrastructure, "FREQ=WEEKLY;BYDAY=SA", "2016-01-02", "20:00", "06:00", func(m *data.Maintenance) { m.Reserved = true }),
	}
}

// decade fills a store with the built-in schedule, and with so many years of it that are over.
func decade(b *testing.B, years int) (s data.Store, now time.Time) {
	b.Helper()
	s, now = open(b), datatest.Start
	past, err := plan.Lay(builtIn(), now.AddDate(-years, 0, 0), now)
	if err != nil {
		b.Fatal(err)
	}
	put(b, s, func(tx data.Tx) error {
		for _, m := range builtIn() {
			if err := tx.Maintenances().Put(m); err != nil {
				return err
			}
		}
		for _, c := range []string{"crm-read", "crm-write", "login"} {
			if err := tx.Components().Put(datatest.Component(c)); err != nil {
				return err
			}
		}
		for _, o := range past.Windows {
			if o.Phase == data.Reserved {
				o.Phase = data.Lapsed
			} else {
				o.Phase, o.Began, o.Ended = data.Completed, o.Window.Start, o.Window.End
			}
			if err := data.PutOccurrence(tx, o, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err := newScheduler(s).Plan(context.Background(), now); err != nil {
		b.Fatal(err)
	}
	return s, now
}

// floor reads the rows that planning reads, and compares each with itself: what no planner can do without.
func floor(b *testing.B, s data.Store) int {
	b.Helper()
	rows := 0
	err := s.View(context.Background(), func(tx data.Tx) error {
		rows = 0
		for _, err := range tx.Maintenances().Range("", "") {
			if rows++; err != nil {
				return err
			}
		}
		for o, err := range tx.Occurrences().Range("", "") {
			if rows++; err != nil || !o.Window.Equal(o.Window) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return rows
}

// BenchmarkPlanAfterChange plans after the hours of one rule changed, with 400 days laid out (DESIGN.md 13: at most 50 ms),
// against reading and comparing the same rows in the same run.
func BenchmarkPlanAfterChange(b *testing.B) {
	for name, years := range map[string]int{"new": 0, "ten-years": 10} {
		b.Run(name, func(b *testing.B) {
			s, now := decade(b, years)
			scheduler := newScheduler(s)
			changed := builtIn()[0]
			var ours, least time.Duration
			rows, turn := 0, 0
			for b.Loop() {
				turn++
				changed.Recurrence.Until = []string{"06:00", "05:00"}[turn%2]
				put(b, s, func(tx data.Tx) error { return tx.Maintenances().Put(changed) })
				began := time.Now()
				if err := scheduler.Plan(context.Background(), now); err != nil {
					b.Fatal(err)
				}
				planned := time.Now()
				rows = floor(b, s)
				ours, least = ours+planned.Sub(began), least+time.Since(planned)
			}
			b.ReportMetric(float64(rows), "rows")
			report(b, ours, least)
		})
	}
}

// BenchmarkAdvanceIdle looks what is due where nothing is, over ten years of windows that are over: the scheduler's idle cost,
// against reading the same rows.
func BenchmarkAdvanceIdle(b *testing.B) {
	for name, years := range map[string]int{"new": 0, "ten-years": 10} {
		b.Run(name, func(b *testing.B) {
			s, now := decade(b, years)
			scheduler := newScheduler(s)
			if _, err := scheduler.Advance(context.Background(), now); err != nil {
				b.Fatal(err)
			}
			var ours, least time.Duration
			rows := 0
			for b.Loop() {
				began := time.Now()
				next, err := scheduler.Advance(context.Background(), now)
				if err != nil || !next.After(now) {
					b.Fatalf("Advance = %s, %v; nothing should be due", next, err)
				}
				looked := time.Now()
				rows = floor(b, s)
				ours, least = ours+looked.Sub(began), least+time.Since(looked)
			}
			b.ReportMetric(float64(rows), "rows")
			report(b, ours, least)
		})
	}
}

func report(b *testing.B, ours, floor time.Duration) {
	b.Helper()
	b.ReportMetric(float64(ours)/float64(floor), "x-floor")
	b.ReportMetric(float64(ours.Nanoseconds())/1e6/float64(b.N), "ms/ours")
	b.ReportMetric(float64(floor.Nanoseconds())/1e6/float64(b.N), "ms/floor")
}
