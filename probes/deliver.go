package probes

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/superoffice/statusd/data"
)

// parcel is what another place saw of one probe, oldest first.
type parcel struct {
	place   string
	samples []data.Sample
	taken   func() // called once all are judged
}

// manyParcels is how many wait for one task before the next has to.
const manyParcels = 64

// deliver gives the tasks what other places saw, and lets those run that somebody asked for. A parcel is deleted in a transaction
// that comes with, or after, what it made; one that is delivered again says nothing new. Parcels for elsewhere are left alone.
func (r *Runner) deliver(ctx context.Context, tasks map[string]*task) error {
	var parcels []data.Parcel
	var asks []data.Ask
	err := r.o.Store.View(ctx, func(tx data.Tx) error {
		var errs [2]error
		if !r.o.Forward {
			parcels, errs[0] = data.All(tx.Parcels().Range("", ""))
		}
		asks, errs[1] = data.All(tx.Asks().Range("", ""))
		return errors.Join(errs[:]...)
	})
	if err != nil {
		return err
	}
	owners := map[string]*task{}
	for _, t := range tasks {
		for _, s := range t.sides {
			owners[s.probe.Name] = t
		}
	}
	delivered := map[data.ParcelKey]bool{}
	for _, p := range parcels {
		if delivered[p.Key()] = true; !r.delivered[p.Key()] && !r.hand(ctx, p, owners) {
			return nil
		}
	}
	r.delivered = delivered
	for _, a := range asks {
		if t := tasks[a.Probe]; t != nil {
			select {
			case t.asked <- struct{}{}:
			default: // one is to come anyway
			}
		}
		r.rec.answered(a.Probe)
	}
	return nil
}

// hand gives one parcel to those it concerns. It is false if ctx ended first.
func (r *Runner) hand(ctx context.Context, p data.Parcel, owners map[string]*task) bool {
	by := map[*task][]data.Sample{}
	for _, s := range p.Samples {
		if t := owners[s.Probe]; t != nil {
			by[t] = append(by[t], s)
		}
	}
	var left atomic.Int64
	left.Store(int64(len(by)) + 1)
	taken := func() {
		if left.Add(-1) == 0 {
			r.rec.judged(p.Key())
		}
	}
	for t, samples := range by {
		select {
		case t.mail <- parcel{p.Place, samples, taken}:
		case <-ctx.Done():
			return false
		}
	}
	taken()
	return true
}

// beatsIn finds heartbeats in a store.
func beatsIn(store data.Store) func(context.Context, string) (data.Beat, error) {
	return func(ctx context.Context, probe string) (b data.Beat, err error) {
		err = store.View(ctx, func(tx data.Tx) error {
			b, err = tx.Beats().Get(probe)
			return err
		})
		return b, err
	}
}
