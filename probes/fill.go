package probes

import (
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// stretch is time [from, to) in which one place saw a target well, told after it was over.
type stretch struct{ from, to time.Time }

// backlog gathers what places tell late, each until it has caught up. What was good fills time in which nobody else watched. What
// one place alone saw go wrong stays unknown, for a person to judge (U6).
type backlog map[string]*told

// told is what one place has told late so far.
type told struct {
	good     []stretch
	from, to time.Time // of what was bad
	bad      int
}

// late takes one more sample of a place, and says whether it is the first.
func (b backlog) late(place string, s data.Sample, every time.Duration) (first bool) {
	t := b[place]
	if first = t == nil; first {
		t = &told{}
		b[place] = t
	}
	switch n := len(t.good); {
	case s.Bad():
		if t.bad++; t.from.IsZero() {
			t.from = s.At
		}
		t.to = s.At
	case s.Level == data.NoData:
	case n > 0 && !s.At.After(t.good[n-1].to.Add((data.Stalest-1)*every)):
		t.good[n-1].to = s.At.Add(every)
	default:
		t.good = append(t.good, stretch{s.At, s.At.Add(every)})
	}
	return first
}

// bad says when a place saw a target down, of what it told late; empty means never for long.
func (b backlog) bad(place string) string {
	t := b[place]
	if t == nil || t.bad < votes {
		return ""
	}
	return fmt.Sprintf("%d samples from %s to %s", t.bad, stamp(t.from, time.UTC), stamp(t.to, time.UTC))
}

// done gives what a place that has caught up saw well.
func (b backlog) done(place string) []stretch {
	t := b[place]
	if t == nil {
		return nil
	}
	delete(b, place)
	return t.good
}

// fill is what a place told late of one side, for time in which its marks say that nobody watched.
type fill struct {
	holder data.Mark // component, cohort, source and by
	place  string
	seen   []stretch
}

// apply writes the marks, and that nothing is owed any more. Time in which the side was down before and after stays down (DESIGN 8).
func (f fill) apply(tx data.Tx) error {
	if err := tx.Settings().Delete(lateName(f.holder, f.place)); err != nil {
		return err
	}
	outages, err := f.outages(tx)
	if err != nil {
		return err
	}
	for _, s := range f.seen {
		gaps, err := f.gaps(tx, s)
		if err != nil {
			return err
		}
		for _, gap := range gaps {
			from, to := later(s.from, gap.from.Add(time.Second)), earlier(s.to, gap.to)
			if !from.Before(to) || overlaps(outages, from, to) {
				continue
			}
			good, end := f.holder, f.holder
			good.At, good.Level, good.Cause = from, data.Operational, "seen from "+f.place
			end.At, end.Cause = to, "no place has reported"
			errs := []error{tx.Marks().Put(good)}
			if to.Before(gap.to) {
				errs = append(errs, tx.Marks().Put(end))
			}
			if err := errors.Join(errs...); err != nil {
				return err
			}
		}
	}
	return nil
}

// gaps are the times within s in which the holder's marks say that nobody watched, and that are over.
func (f fill) gaps(tx data.Tx, s stretch) ([]stretch, error) {
	at := f.holder
	at.At = s.from.Add(1)
	var gaps []stretch
	var since time.Time // of the gap that goes on
	first, err := tx.Marks().Last(at.Key())
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && !f.own(first):
		return nil, nil // nothing was known before
	case err != nil:
		return nil, err
	case first.Level == data.NoData && !first.Off:
		since = first.At
	}
	_, end := data.MarksOf(f.holder.Component, data.FromProbe)
	for m, err := range tx.Marks().Range(at.Key(), end) {
		if err != nil {
			return nil, err
		}
		if !f.own(m) {
			break
		}
		if !since.IsZero() {
			gaps = append(gaps, stretch{since, m.At})
			since = time.Time{}
		}
		if !m.At.Before(s.to) {
			break
		}
		if m.Level == data.NoData && !m.Off {
			since = m.At
		}
	}
	return gaps, nil
}

func (f fill) own(m data.Mark) bool {
	return m.Component == f.holder.Component && m.Source == f.holder.Source && m.Cohort == f.holder.Cohort && m.By == f.holder.By
}

// outages are those that the holder measured.
func (f fill) outages(tx data.Tx) (out []data.Outage, err error) {
	p := f.holder.Component + "|" + f.holder.Cohort
	for o, err := range tx.Outages().Range(data.OutageKey(p+"|"), data.OutageKey(p+"}")) {
		if err != nil {
			return nil, err
		}
		if o.By == f.holder.By {
			out = append(out, o)
		}
	}
	return out, nil
}

func overlaps(outages []data.Outage, from, to time.Time) bool {
	for _, o := range outages {
		if o.Started.Before(to) && (o.Ended.IsZero() || o.Ended.After(from)) {
			return true
		}
	}
	return false
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
