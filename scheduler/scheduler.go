package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
)

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
	changes := s.store.Watch(ctx, data.OccurrencesTable, data.ComponentsTable)
	timer := time.NewTimer(0)
	defer timer.Stop()
	replan := true
	var lastDay string
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
// transaction. A plan that does not compile is logged and keeps what it had: configuration was checked before, so it
// comes from an older program.
func (s *Scheduler) Plan(ctx context.Context, now time.Time) error {
	var broken error
	err := s.store.Update(ctx, func(tx data.Tx) error {
		plans, err := data.All(tx.Maintenances().Range("", ""))
		if err != nil {
			return err
		}
		is := map[data.OccurrenceKey]data.Occurrence{}
		for o, err := range tx.Occurrences().Range("", "") {
			if err != nil {
				return err
			}
			if o.Window.End.After(now) && o.Maintenance != AdHoc {
				is[o.Key()] = o
			}
		}
		var should map[data.OccurrenceKey]data.Occurrence
		// A window that runs already was laid out before it began; on the first day it may not have been.
		if should, broken = Lay(plans, now.AddDate(0, 0, -8), now.Add(Ahead)); broken != nil {
			for key, o := range is {
				if _, ok := should[key]; !ok {
					should[key] = o
				}
			}
		}
		for _, o := range Reconcile(is, should, now) {
			if err := Put(tx, o, now); err != nil {
				return err
			}
		}
		return nil
	})
	if broken != nil {
		s.log.Error("a plan cannot be laid out and keeps what it had", "error", broken)
	}
	if err != nil {
		return fmt.Errorf("laying out occurrences: %w", err)
	}
	return nil
}

// AdHoc is the maintenance slug of occurrences that no plan makes.
const AdHoc = "ad-hoc"

// Put writes o and the bulletins it owes at now, in one transaction. A bulletin that is there keeps when it was told.
func Put(tx data.Tx, o data.Occurrence, now time.Time) error {
	if err := o.Validate(); err != nil {
		return fmt.Errorf("occurrence %s: %w", o.Key(), err)
	}
	if err := tx.Occurrences().Put(o); err != nil {
		return err
	}
	for _, b := range Owed(o, now) {
		old, err := tx.Bulletins().Get(b.Key())
		switch {
		case err == nil:
			b.Cursor, b.Fanned, b.Reached = old.Cursor, old.Fanned, old.Reached
			if b.Kind != data.TellPlanned {
				b.Moment, b.Banner = old.Moment, old.Banner
			}
		case !errors.Is(err, data.ErrNotFound):
			return err
		case b.Void:
			continue
		}
		if err := tx.Bulletins().Put(b); err != nil {
			return err
		}
	}
	return nil
}

// Advance moves every occurrence into the phase it belongs in at now, and returns when the next one is due; that is a
// day away at most, so that the far end of the plan is kept laid out.
func (s *Scheduler) Advance(ctx context.Context, now time.Time) (time.Time, error) {
	next := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	var due []data.Occurrence
	var deadline time.Time
	left := 0
	err := s.store.View(ctx, func(tx data.Tx) error {
		for o, err := range tx.Occurrences().Range("", "") {
			if err != nil {
				return err
			}
			if o.Over() {
				continue
			}
			left++
			if d := o.Deadline(); o.Phase == data.Scheduled && !o.Standing && d.After(now) && (deadline.IsZero() || d.Before(deadline)) {
				deadline = d
			}
			phase, at := o.Due(now)
			if phase != o.Phase {
				due = append(due, o)
			} else if !at.IsZero() && at.Before(next) {
				next = at
			}
		}
		return nil
	})
	if err != nil {
		return next, fmt.Errorf("looking what is due: %w", err)
	}
	for _, o := range due {
		if err := s.advance(ctx, o.Key(), now); err != nil {
			return next, fmt.Errorf("advancing %s: %w", o.Key(), err)
		}
		next = now // its new phase may end soon, or be over already
	}
	s.planned.Set(float64(left))
	if s.deadline.Set(0); !deadline.IsZero() {
		s.deadline.Set(float64(deadline.Unix()))
	}
	return next, nil
}

// advance moves one occurrence along, with its marks, in one transaction.
func (s *Scheduler) advance(ctx context.Context, key data.OccurrenceKey, now time.Time) error {
	var entered data.Phase
	err := s.store.Update(ctx, func(tx data.Tx) error {
		entered = ""
		o, err := tx.Occurrences().Get(key)
		if err != nil {
			return err
		}
		phase, _ := o.Due(now)
		if phase == o.Phase {
			return nil
		}
		was := o.Phase
		o.Phase, entered = phase, phase
		begin := was != data.InProgress && (phase == data.InProgress || phase == data.Completed)
		if begin {
			o.Began = o.Window.Start
			if err := mark(tx, o, o.Began, false); err != nil {
				return err
			}
		}
		if phase == data.Completed {
			o.Ended = o.Window.End
			if err := mark(tx, o, o.Ended, true); err != nil {
				return err
			}
		}
		return Put(tx, o, now)
	})
	if err == nil && entered != "" {
		s.changes.WithLabelValues(string(entered)).Inc()
		s.log.Info("occurrence entered a phase", "occurrence", string(key), "phase", string(entered))
	}
	return err
}

// mark writes that o's window begins or ends, for every component it concerns. Standing windows write no marks.
func mark(tx data.Tx, o data.Occurrence, at time.Time, off bool) error {
	if o.Standing {
		return nil
	}
	slugs := o.Components
	if len(slugs) == 0 {
		for c, err := range tx.Components().Range("", "") {
			if err != nil {
				return err
			}
			if c.Commitment == data.Committed && !c.Retired {
				slugs = append(slugs, c.Slug)
			}
		}
	}
	for _, slug := range slugs {
		m := data.Mark{
			Component: slug, Cohort: o.Cohort, Source: data.FromSchedule, By: string(o.Key()), At: at, Off: off, Cause: string(o.Category),
		}
		if err := tx.Marks().Put(m); err != nil {
			return err
		}
	}
	return nil
}
