package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/plan"
)

// Ahead is how far occurrences are laid out.
const Ahead = 400 * 24 * time.Hour

// Options for New.
type Options struct {
	Store    data.Store
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// Scheduler plans and advances. Make one with New and call Run once.
type Scheduler struct {
	store data.Store
	log   *slog.Logger

	planned  prometheus.Gauge
	changes  *prometheus.CounterVec
	deadline prometheus.Gauge
}

// New returns a Scheduler that has registered its metrics.
func New(o Options) *Scheduler {
	s := &Scheduler{
		store: o.Store, log: o.Log.With("part", "scheduler"),
		planned: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_scheduler_occurrences", Help: "Occurrences that are not over.",
		}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_scheduler_phases_total", Help: "Occurrences that entered a phase.",
		}, []string{"phase"}),
		deadline: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_scheduler_next_deadline_timestamp_seconds", Help: "The next instant by which a notice must be seen; 0 means none.",
		}),
	}
	for _, p := range []data.Phase{data.Scheduled, data.InProgress, data.Completed, data.Cancelled, data.Withdrawn, data.Lapsed} {
		s.changes.WithLabelValues(string(p))
	}
	o.Registry.MustRegister(s.planned, s.changes, s.deadline)
	return s
}

// Run plans and advances until ctx ends. An error of the store is logged and tried again a little later: the promise of
// notice does not end with one bad write.
func (s *Scheduler) Run(ctx context.Context) error {
	err := s.store.Exclusive(ctx, "scheduler", s.run)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// retry is how long the loop waits after an error.
const retry = 5 * time.Second

func (s *Scheduler) run(ctx context.Context) error {
	plans := s.store.Watch(ctx, data.MaintenancesTable)
	changes := s.store.Watch(ctx, data.OccurrencesTable, data.ComponentsTable, data.OutagesTable)
	timer := time.NewTimer(0)
	defer timer.Stop()
	jumps := time.NewTicker(time.Minute)
	defer jumps.Stop()
	replan := true
	var lastDay string
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-plans:
			if !ok {
				return nil
			}
			replan = true
		case _, ok := <-changes:
			if !ok {
				return nil
			}
		case <-timer.C:
		case <-jumps.C:
			now := time.Now()
			jumped := now.Round(0).Sub(last.Round(0)) - now.Sub(last) // on the wall, beside the monotonic clock
			if last = now; jumped.Abs() < time.Second {
				continue
			}
			s.log.Info("the clock jumped", "by", jumped)
		}
		now := time.Now()
		if day := now.UTC().Format(time.DateOnly); day != lastDay {
			lastDay, replan = day, true // a new day at the far end
		}
		next, err := s.step(ctx, now, replan)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			s.log.Error("planning failed; it is tried again", "error", err, "retry", retry)
			timer.Reset(retry)
			lastDay = ""
			continue
		}
		replan = false
		timer.Reset(max(0, time.Until(next)))
	}
}

// step brings the store to where it should be at now, and returns when that changes by itself.
func (s *Scheduler) step(ctx context.Context, now time.Time, replan bool) (time.Time, error) {
	if replan {
		if err := s.Plan(ctx, now); err != nil {
			return time.Time{}, err
		}
	}
	return s.Advance(ctx, now)
}

// Plan lays out occurrences for Ahead from now and writes what differs, each with the bulletins it owes, in one
// transaction. What lies beyond, because a clock was ahead, is left alone. A plan that does not compile is logged and keeps what it had: configuration was checked before, so it
// comes from an older program.
func (s *Scheduler) Plan(ctx context.Context, now time.Time) error {
	var broken error
	err := s.store.Update(ctx, func(tx data.Tx) error {
		plans, err := data.All(tx.Maintenances().Range("", ""))
		if err != nil {
			return err
		}
		// A window that runs already was laid out before it began; on the first day it may not have been.
		var should plan.Layout
		should, broken = plan.Lay(plans, now.AddDate(0, 0, -8), now.Add(Ahead))
		is := map[data.OccurrenceKey]data.Occurrence{}
		for o, err := range tx.Occurrences().Range("", "") {
			if err != nil {
				return err
			}
			_, planned := should.Windows[o.Key()] // one that was moved ahead may be over before its own date
			if planned || o.Maintenance != data.AdHoc && o.Window.End.After(now) && o.Window.Start.Before(now.Add(Ahead)) {
				is[o.Key()] = o
			}
		}
		if broken != nil {
			for key, o := range is {
				_, planned := should.Windows[key]
				if _, withheld := should.Withheld[key]; !planned && !withheld {
					should.Windows[key] = o
				}
			}
		}
		for _, o := range Reconcile(is, should, now) {
			if err := data.PutOccurrence(tx, o, now); err != nil {
				return err
			}
		}
		return data.KeepDivisions(tx, now) // of cycles that began since, also where no configuration changes (M16)
	})
	if broken != nil {
		s.log.Error("a plan cannot be laid out and keeps what it had", "error", broken)
	}
	if err != nil {
		return fmt.Errorf("laying out occurrences: %w", err)
	}
	return nil
}
