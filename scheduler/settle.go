package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/months"
)

// Settler settles each month when its time has come, see package months.
type Settler struct {
	Store data.Store
	Log   *slog.Logger
	Book  months.Book
}

// restless is how long it sleeps at most: a clock may jump.
const restless = time.Hour

// settled months stay: before the first one is, the probes have this long to say what they missed while the service was away.
const listening = 2 * time.Minute

// Run settles months until ctx ends, from two minutes after it began. Of all processes one does so at a time.
func (s *Settler) Run(ctx context.Context) error {
	err := s.Store.Exclusive(ctx, "months", s.run)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (s *Settler) run(ctx context.Context) error {
	timer := time.NewTimer(listening)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		next, err := s.settle(ctx, time.Now())
		if err != nil && ctx.Err() == nil {
			s.Log.Error("a month could not be settled; it is tried again", "error", err)
		}
		wait := restless
		if !next.IsZero() {
			wait = min(wait, max(retry, time.Until(next)))
		}
		timer.Reset(wait)
	}
}

// settle settles what is due at now, a month in a transaction, and returns when the next one will be.
func (s *Settler) settle(ctx context.Context, now time.Time) (next time.Time, err error) {
	for {
		var due []string
		err := s.Store.View(ctx, func(tx data.Tx) (err error) {
			due, next, err = s.Book.Due(tx, now)
			return err
		})
		if err != nil || len(due) == 0 {
			return next, err
		}
		var settled data.Month
		err = s.Store.Update(ctx, func(tx data.Tx) error {
			records, err := months.Records(tx, now)
			if err != nil {
				return err
			}
			settled, err = s.Book.Settle(tx, records, due[0], "statusd", now)
			return err
		})
		if err != nil {
			return next, fmt.Errorf("settling %s: %w", due[0], err)
		}
		s.Log.Info("a month is settled", "month", settled.Month, "hash", settled.Hash)
	}
}
