package probes

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
)

// How the recorder writes.
const (
	badWait   = time.Second     // a bad sample is on disk so soon
	retryWait = 5 * time.Second // after an error of the store
	keepMost  = 720             // samples of one probe that wait while the store fails; then the oldest go
)

// change is what the recorder owes because of one verdict.
type change struct {
	mark  data.Mark      // an empty component means none
	open  *data.Outage   // to be opened; impact and cause come from its component
	close data.OutageKey // to be ended; empty means none
	ended time.Time
	last  time.Time // its last bad sample
	fill  *fill     // time that was unknown until now; nil means none
	late  *late     // what a place tells from now on comes late; nil means that it does not
}

// recorder gathers what the tasks found and writes it. Its methods may be called by many goroutines.
type recorder struct {
	store   data.Store
	forward bool // samples become parcels, and changes nothing
	restate func(tx data.Tx, from, now time.Time) error
	log     *slog.Logger
	metrics *metrics
	flush   time.Duration
	wake    chan struct{} // something is due sooner
	worries worries

	mu      sync.Mutex
	samples map[data.RecentKey][]data.Sample // by side and place
	changes []change
	writing []change                     // those of the batch that is being written
	lastBad map[data.OutageKey]time.Time // of outages that go on
	parcels []data.ParcelKey             // that were judged
	asks    []string                     // that were answered
	bad     bool                         // a bad sample waits
	since   time.Time                    // when the last batch was written or tried
	touched time.Time                    // when outages that go on were last written
	failed  bool                         // the last batch was not written
}

func newRecorder(o Options, log *slog.Logger, m *metrics) *recorder {
	r := &recorder{
		store: o.Store, forward: o.Forward, restate: o.Restate, log: log, metrics: m, flush: o.Flush, wake: make(chan struct{}, 1), since: time.Now(), touched: time.Now(),
		samples: map[data.RecentKey][]data.Sample{}, lastBad: map[data.OutageKey]time.Time{},
	}
	r.worries.rouse, r.worries.zone = r.rouse, o.Zone
	return r
}

// add takes one sample and what its verdict changes. going is the outage that the sample is part of; empty means none.
func (r *recorder) add(s data.Sample, going data.OutageKey, changes ...change) {
	r.mu.Lock()
	calm := !r.bad
	key := data.KeyOfRecent(s.Probe, s.Place)
	waiting := append(r.samples[key], s)
	if over := len(waiting) - keepMost; r.failed && over > 0 {
		waiting = slices.Delete(waiting, 0, over)
		r.metrics.dropped.Add(float64(over))
	}
	r.samples[key] = waiting
	r.changes = append(r.changes, changes...)
	if s.Bad() {
		r.bad = true
		if going != "" {
			r.lastBad[going] = s.At
		}
	}
	sooner := len(changes) > 0 || calm && r.bad
	r.mu.Unlock()
	if sooner {
		r.rouse()
	}
}

// owe takes changes that come without a sample.
func (r *recorder) owe(changes ...change) {
	if len(changes) == 0 {
		return
	}
	r.mu.Lock()
	r.changes = append(r.changes, changes...)
	r.mu.Unlock()
	r.rouse()
}

// owing is of whom something is not in the store yet that a verdict changed. Whoever is not among them stands there as he stood
// when this was asked.
func (r *recorder) owing() map[holder]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := map[holder]bool{}
	for _, c := range slices.Concat(r.writing, r.changes) {
		of[c.holder()] = true
	}
	return of
}

// judged takes the key of a parcel whose samples are here.
func (r *recorder) judged(key data.ParcelKey) {
	r.mu.Lock()
	r.parcels = append(r.parcels, key)
	r.mu.Unlock()
	r.rouse()
}

// answered takes the name of a probe that somebody asked for and that is about to run.
func (r *recorder) answered(probe string) {
	r.mu.Lock()
	r.asks = append(r.asks, probe)
	r.mu.Unlock()
	r.rouse()
}

// hasten has what waits written within a second: somebody wants to see it.
func (r *recorder) hasten() {
	r.mu.Lock()
	r.bad = true
	r.mu.Unlock()
	r.rouse()
}

func (r *recorder) rouse() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// due is when the next batch is to be written.
func (r *recorder) due() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.failed:
		return r.since.Add(retryWait)
	case len(r.changes) > 0 || r.worries.hasty():
		return r.since
	case r.bad || len(r.parcels)+len(r.asks) > 0:
		return r.since.Add(badWait)
	}
	at := r.since.Add(r.flush)
	if y, m, d := r.since.UTC().Date(); at.After(time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)) {
		at = time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
	}
	return at
}

// run writes batches until ctx ends; what waits then is for a last write.
func (r *recorder) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(time.Until(r.due()))
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-timer.C:
			_ = r.write(ctx, false) // it has logged and kept what it could not write
		}
	}
}

// batch is what one transaction writes.
type batch struct {
	samples map[data.RecentKey][]data.Sample
	changes []change
	lastBad map[data.OutageKey]time.Time
	parcels []data.ParcelKey
	asks    []string
	again   bool // the last one failed, so some of it may be there
}

// take empties the recorder. The last bad samples of outages that go on are written once a Flush, and with the last batch,
// because the page is made anew after each change of an outage.
func (r *recorder) take(last bool) batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := batch{samples: r.samples, changes: r.changes, parcels: r.parcels, asks: r.asks, again: r.failed}
	if now := time.Now(); last || now.Sub(r.touched) >= r.flush || now.Before(r.touched) {
		b.lastBad, r.lastBad = r.lastBad, map[data.OutageKey]time.Time{}
		r.touched = now
	}
	r.samples, r.changes, r.bad, r.writing = map[data.RecentKey][]data.Sample{}, nil, false, b.changes
	r.parcels, r.asks = nil, nil
	return b
}

// restore puts back what could not be written.
func (r *recorder) restore(b batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, samples := range b.samples {
		r.samples[key] = append(samples, r.samples[key]...)
	}
	r.changes = append(b.changes, r.changes...)
	r.parcels, r.asks = append(b.parcels, r.parcels...), append(b.asks, r.asks...)
	for key, at := range b.lastBad {
		if _, newer := r.lastBad[key]; !newer {
			r.lastBad[key] = at
		}
	}
}

// write stores everything that waits in one transaction. Doing it twice does no harm: marks and outages have keys of their
// own, and a block refuses samples that it holds.
func (r *recorder) write(ctx context.Context, last bool) error {
	b := r.take(last)
	now := time.Now()
	standing, alarmed := r.worries.standing(now)
	var err error
	if b.any() || !alarmed {
		var refused int
		var damage error
		err = r.store.Update(ctx, func(tx data.Tx) error {
			refused, damage = 0, nil
			if r.forward {
				return errors.Join(b.wrap(tx, now), b.forget(tx), set(tx, standing, now))
			}
			for _, key := range slices.Sorted(maps.Keys(b.samples)) {
				n, err := pack(tx, b.samples[key])
				refused, damage = refused+n, errors.Join(damage, err)
				if err := remember(tx, key, b.samples[key]); err != nil {
					return err
				}
			}
			for _, c := range b.changes {
				if err := c.apply(tx); err != nil {
					return err
				}
			}
			for key, at := range b.lastBad {
				if err := touch(tx, key, time.Time{}, at); err != nil {
					return err
				}
			}
			if from := b.past(); r.restate != nil && !from.IsZero() {
				if err := r.restate(tx, from, now); err != nil {
					return err
				}
			}
			return errors.Join(b.forget(tx), set(tx, standing, now))
		})
		switch {
		case err != nil:
			r.restore(b)
			if !b.again && ctx.Err() == nil {
				r.log.Error("samples and marks cannot be written; they are kept and tried again until they are", "error", err, "retry", retryWait)
			}
		case damage != nil:
			r.log.Error("samples were given up because their block cannot be read; it is kept", "error", damage)
			fallthrough
		default:
			r.metrics.flushes.Inc()
			r.worries.wrote(standing)
			if b.again {
				r.log.Info("samples and marks are written again")
			} else {
				r.metrics.dropped.Add(float64(refused))
			}
		}
	}
	r.mu.Lock()
	r.since, r.failed, r.writing = time.Now(), err != nil, nil
	r.mu.Unlock()
	return err
}

// pack appends samples of one probe to the blocks of their days. What a block does not take is given up: samples promise
// nothing, and must not keep a mark from being written. It returns how many were, and an error where a block cannot be
// read.
func pack(tx data.Tx, samples []data.Sample) (refused int, err error) {
	for len(samples) > 0 {
		day := data.BlockDay(samples[0].At)
		n := slices.IndexFunc(samples, func(s data.Sample) bool { return data.BlockDay(s.At) != day })
		if n < 0 {
			n = len(samples)
		}
		lost, e := packDay(tx, day, samples[:n])
		refused, err = refused+lost, errors.Join(err, e)
		samples = samples[n:]
	}
	return refused, err
}

func packDay(tx data.Tx, day string, samples []data.Sample) (refused int, err error) {
	s := samples[0]
	b, err := tx.Blocks().Get(data.KeyOfBlock(s.Probe, s.Place, day))
	if errors.Is(err, data.ErrNotFound) {
		b, err = data.Block{Probe: s.Probe, Place: s.Place, Day: day}, nil
	}
	if err != nil {
		return len(samples), err
	}
	if refused, err = b.AppendAll(samples); err != nil || refused == len(samples) {
		return refused, err
	}
	return refused, tx.Blocks().Put(b)
}

func (c change) apply(tx data.Tx) error {
	if c.close != "" {
		if err := touch(tx, c.close, c.ended, c.last); err != nil {
			return err
		}
	}
	if c.open != nil {
		if err := begin(tx, *c.open); err != nil {
			return err
		}
	}
	if c.late != nil {
		return c.late.apply(tx)
	}
	if c.fill != nil {
		return c.fill.apply(tx)
	}
	if c.mark.Component == "" {
		return nil
	}
	return tx.Marks().Put(c.mark)
}

// begin writes an outage that opened, with the impact and cause that its component has by default.
func begin(tx data.Tx, o data.Outage) error {
	if _, err := tx.Outages().Get(o.Key()); err == nil || !errors.Is(err, data.ErrNotFound) {
		return err // it is there: a repetition
	}
	component, err := tx.Components().Get(o.Component)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return err
	}
	if o.Impact = component.Impact; o.Impact == "" {
		o.Impact = data.NoReadNoWrite
	}
	if o.Cause = component.Cause; o.Cause == "" {
		o.Cause = data.ByProvider
	}
	return tx.Outages().Put(o)
}

// touch writes the end of an outage, if there is one, and its last bad sample. One that is gone stays gone.
func touch(tx data.Tx, key data.OutageKey, ended, last time.Time) error {
	o, err := tx.Outages().Get(key)
	if errors.Is(err, data.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !ended.IsZero() {
		o.Ended = ended
	}
	if last.After(o.LastBad) {
		o.LastBad = last
	}
	return tx.Outages().Put(o)
}
