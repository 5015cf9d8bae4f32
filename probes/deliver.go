package probes

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

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

// manyAtOnce is how many parcels are taken from the store in one go: after a long time without a way there may be very many.
const manyAtOnce = 200

// waitForOwner is how long a parcel waits for a probe that is there and cannot be put to work.
const waitForOwner = 10 * time.Minute

// deliver gives the tasks what other places saw, and lets those run that somebody asked for. A parcel is deleted in a transaction
// that comes with, or after, what it made, and that wakes this again; one that is delivered twice says nothing new. Parcels for
// elsewhere are left alone. It is called only once the tasks are what the store says.
func (r *Runner) deliver(ctx context.Context, tasks map[string]*task) error {
	owners := map[string]*task{}
	for _, t := range tasks {
		for _, s := range t.sides {
			owners[s.probe.Name] = t
		}
	}
	var parcels []data.Parcel
	var asks []data.Ask
	delivered := map[data.ParcelKey]bool{}
	err := r.o.Store.View(ctx, func(tx data.Tx) (err error) {
		parcels = nil
		clear(delivered)
		if asks, err = data.All(tx.Asks().Range("", "")); err != nil || r.o.Forward {
			return err
		}
		parcels, err = r.waiting(tx, owners, delivered)
		return err
	})
	if err != nil {
		return err
	}
	r.delivered = delivered
	for _, p := range parcels {
		if delivered[p.Key()] = true; !r.hand(ctx, p, owners) {
			return nil
		}
	}
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

// waiting are the first parcels that were not delivered yet, those of each place in order; it notes those that were.
func (r *Runner) waiting(tx data.Tx, owners map[string]*task, delivered map[data.ParcelKey]bool) (parcels []data.Parcel, err error) {
	sides := map[string]data.Probe{}
	for p, err := range tx.Probes().Range("", "") {
		if err != nil {
			return nil, err
		}
		for _, s := range p.Sides() {
			sides[s.Name] = p
		}
	}
	early := map[string]bool{} // places of which a parcel has to wait: those behind it wait too
	for p, err := range tx.Parcels().Range("", "") {
		if err != nil {
			return nil, err
		}
		switch key := p.Key(); {
		case r.delivered[key]:
			delivered[key] = true
		case early[p.Place]:
		case len(parcels) == manyAtOnce:
			return parcels, nil
		default:
			if p.Samples, early[p.Place] = concerning(p, sides, owners); !early[p.Place] {
				parcels = append(parcels, p)
			}
		}
	}
	return parcels, nil
}

// concerning are the samples of a parcel that are to be judged: of probes that are there and that its place runs. Early says that
// one of them cannot be judged yet.
func concerning(p data.Parcel, sides map[string]data.Probe, owners map[string]*task) (mine []data.Sample, early bool) {
	for _, s := range p.Samples {
		probe, known := sides[s.Probe]
		if !known || probe.Retired || probe.Kind == data.ProbeHeartbeat || len(probe.Places) > 0 && !slices.Contains(probe.Places, p.Place) {
			continue
		}
		if owners[s.Probe] == nil && time.Since(p.Received) < waitForOwner {
			return nil, true
		}
		mine = append(mine, s)
	}
	return mine, false
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
