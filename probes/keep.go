package probes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
)

// settingParcelNext is the number of the next parcel that an observer leaves in its own store.
const settingParcelNext = "parcel_next"

// parcelSize is how many samples one parcel holds at most, so that it can be sent whole.
const parcelSize = 100

func (b batch) any() bool {
	return len(b.samples) > 0 || len(b.changes) > 0 || len(b.lastBad) > 0 || len(b.parcels) > 0 || len(b.asks) > 0
}

// past is the earliest instant that a change says something of; zero means that nothing changes.
func (b batch) past() (from time.Time) {
	note := func(at time.Time) {
		if !at.IsZero() && (from.IsZero() || at.Before(from)) {
			from = at
		}
	}
	for _, c := range b.changes {
		note(c.mark.At)
		note(c.ended)
		if c.open != nil {
			note(c.open.Started)
		}
		if c.fill != nil {
			for _, s := range c.fill.seen {
				note(s.from)
			}
		}
	}
	return from
}

// forget deletes the parcels that were judged and the asks that were answered.
func (b batch) forget(tx data.Tx) error {
	var errs []error
	for _, key := range b.parcels {
		errs = append(errs, tx.Parcels().Delete(key))
	}
	for _, probe := range b.asks {
		errs = append(errs, tx.Asks().Delete(probe))
	}
	return errors.Join(errs...)
}

// wrap leaves what was seen as parcels, what concerns one side in order. Each sample keeps its details: who judges shows them.
func (b batch) wrap(tx data.Tx, now time.Time) error {
	if len(b.samples) == 0 {
		return nil
	}
	next := uint64(1)
	switch s, err := tx.Settings().Get(settingParcelNext); {
	case err == nil:
		if next, err = strconv.ParseUint(s.Value, 10, 64); err != nil {
			return fmt.Errorf("the number of the next parcel: %w", data.ErrDamaged)
		}
	case !errors.Is(err, data.ErrNotFound):
		return err
	}
	var samples []data.Sample
	for _, key := range slices.Sorted(maps.Keys(b.samples)) {
		samples = append(samples, b.samples[key]...)
	}
	for some := range slices.Chunk(samples, parcelSize) {
		if err := tx.Parcels().Put(data.Parcel{Place: some[0].Place, Number: next, Received: now.UTC(), Samples: some}); err != nil {
			return err
		}
		next++
	}
	return tx.Settings().Put(data.Setting{Name: settingParcelNext, Value: strconv.FormatUint(next, 10)})
}

// remember keeps the newest runs of one side from one place whole.
func remember(tx data.Tx, key data.RecentKey, samples []data.Sample) error {
	r, err := tx.Recents().Get(key)
	if errors.Is(err, data.ErrNotFound) || errors.Is(err, data.ErrDamaged) { // it promises nothing
		r, err = data.Recent{Probe: samples[0].Probe, Place: samples[0].Place}, nil
	}
	if err != nil {
		return err
	}
	for _, s := range samples {
		if n := len(r.Runs); n == 0 || s.At.After(r.Runs[n-1].At) {
			r = r.Add(s)
		}
	}
	return tx.Recents().Put(r)
}
