package page

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/superoffice/statusd/data"
	packed "github.com/superoffice/statusd/data/history"
)

// DaySamples is what the samples of one component say of one day. Of several probes it shows the one that fares worst, for a
// mean would hide it: latency is that of the probe whose 95th percentile is the greatest, and the share that of the probe with
// the least.
type DaySamples struct {
	Start  time.Time     // local midnight
	Median time.Duration // with High: zero means that nothing was timed
	High   time.Duration // 95 of 100 answers took no longer
	Good   int           // samples that were not bad, of Seen
	Seen   int           // samples with data; zero means that nobody watched
	Until  time.Time     // of the day that runs: when this was read, to the minute; zero where the day is over
}

// add takes in another probe.
func (d *DaySamples) add(o DaySamples) {
	if o.High > d.High {
		d.Median, d.High = o.Median, o.High
	}
	if o.Seen > 0 && (d.Seen == 0 || int64(o.Good)*int64(d.Seen) < int64(d.Good)*int64(o.Seen)) {
		d.Good, d.Seen = o.Good, o.Seen
	}
}

// How often samples of the day that runs are read again, and those of days before it, for how long after their end: observers
// elsewhere send late what they kept.
const (
	samplesEvery = 10 * time.Minute
	samplesAgain = time.Hour
	samplesLate  = 48 * time.Hour
)

// sampler reads samples for the page, apart from everything else that it shows: a million of them must delay neither the first
// page nor any other. Days that are over are read once, or once an hour while samples of them may come late. It is for one goroutine.
type sampler struct {
	store data.Store
	zone  string
	over  map[string]map[string]dayOver // days that are over, by side and date
}

// dayOver is a day that is over as it was read, and from when it is to be read again; zero means never.
type dayOver struct {
	DaySamples
	again time.Time
}

// read sums up the last DaysShown days of every public component that was ever probed, oldest first. Each side has a View of its
// own, so that nobody waits for all.
func (r *sampler) read(ctx context.Context, zone *time.Location, now time.Time) (map[string][]DaySamples, error) {
	if r.over == nil || r.zone != zone.String() {
		r.over, r.zone = map[string]map[string]dayOver{}, zone.String()
	}
	var sides []data.Side
	err := r.store.View(ctx, func(tx data.Tx) error {
		sides = nil
		public := data.PublicIn(tx)
		for p, err := range tx.Probes().Range("", "") {
			if err != nil {
				return err
			}
			for _, s := range p.Sides() { // of retired ones too: what they saw was so
				if public(s.Component) {
					sides = append(sides, s)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the probes: %w", err)
	}
	y, m, d := now.In(zone).Date()
	bounds := packed.Days(time.Date(y, m, d-DaysShown+1, 0, 0, 0, 0, zone), DaysShown, zone)
	out := map[string][]DaySamples{}
	kept := map[string]map[string]dayOver{}
	for _, s := range sides {
		days, err := r.side(ctx, s.Name, bounds, now)
		if err != nil {
			return nil, fmt.Errorf("reading the samples of %s: %w", s.Name, err)
		}
		kept[s.Name] = r.over[s.Name]
		if out[s.Component] == nil {
			out[s.Component] = days
			continue
		}
		for i := range days {
			out[s.Component][i].add(days[i])
		}
	}
	r.over = kept
	return out, nil
}

// side sums up the days of one side: those that are not known to be over, from the first of them on.
func (r *sampler) side(ctx context.Context, side string, bounds []time.Time, now time.Time) ([]DaySamples, error) {
	before, over := r.over[side], map[string]dayOver{}
	days := make([]DaySamples, len(bounds)-1)
	first := len(days)
	for i := range days {
		day, ok := before[bounds[i].Format(time.DateOnly)]
		if !ok || !day.again.IsZero() && !now.Before(day.again) {
			first = i
			break
		}
		days[i], over[bounds[i].Format(time.DateOnly)] = day.DaySamples, day
	}
	if first < len(days) {
		var sums []packed.Summary
		err := r.store.View(ctx, func(tx data.Tx) (err error) {
			sums, err = packed.Sum(packed.Read(tx, side, "", bounds[first], bounds[len(days)]), bounds[first:])
			return err
		})
		if err != nil && !errors.Is(err, data.ErrDamaged) { // the rest is right
			return nil, err
		}
		for i := range sums {
			s, n := &sums[i], first+i
			days[n] = DaySamples{Start: bounds[n], Median: s.Latency(0.5), High: s.Latency(0.95), Good: s.Good + s.Degraded, Seen: s.Good + s.Degraded + s.Bad}
			switch end := bounds[n+1]; {
			case end.Add(samplesLate).Before(now):
				over[bounds[n].Format(time.DateOnly)] = dayOver{days[n], time.Time{}}
			case end.After(now):
				days[n].Until = now.Truncate(time.Minute)
			default:
				over[bounds[n].Format(time.DateOnly)] = dayOver{days[n], now.Add(samplesAgain)}
			}
		}
	}
	r.over[side] = over
	return days, nil
}

// follow reads samples at once and then every samplesEvery, or every Tick where that is longer, and wakes Run where they say something else. What cannot be read leaves what
// was.
func (p *Publisher) follow(ctx context.Context) {
	r := sampler{store: p.Store}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		zone := p.settings().Zone
		if zone == nil {
			zone = time.UTC
		}
		days, err := r.read(ctx, zone, time.Now())
		switch old := p.samples.Load(); {
		case ctx.Err() != nil:
			return
		case err != nil:
			p.Log.Error("samples cannot be read; the pages of components stay as they were", "error", err)
		case len(days) > 0 && (old == nil || !reflect.DeepEqual(*old, days)):
			p.samples.Store(&days)
			p.wake()
		}
		timer.Reset(max(samplesEvery, p.Tick))
	}
}
