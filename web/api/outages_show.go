package api

import (
	"errors"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/history"
)

// OutageWhole is an outage with everything around it.
type OutageWhole struct {
	Outage    OutageRow     `json:"outage" doc:"As recorded, and as it counts now."`
	Zone      string        `json:"zone" doc:"Of the months."`
	From      time.Time     `json:"from" doc:"A quarter of an hour before it began, as recorded or as it counts."`
	To        time.Time     `json:"to" doc:"A quarter of an hour after it ended, or now."`
	Places    []OutagePlace `json:"places" doc:"The samples around it, by probe and place: of the probe that opened it, else of all that speak for the component."`
	Columns   []SampleSum   `json:"columns" doc:"The same samples in 240 equal spans."`
	Damaged   bool          `json:"damaged,omitempty" doc:"Some of the samples cannot be read; they are left out."`
	Marks     []ProbeMoment `json:"marks" doc:"What those probes said of the component."`
	Outages   []ProbeMoment `json:"outages" doc:"The component's, as corrected, this one among them."`
	Windows   []ProbeMoment `json:"windows" doc:"Of maintenance that concerns the component."`
	Incidents []ProbeMoment `json:"incidents" doc:"Those that held the component at a level."`
	Months    []OutageMonth `json:"months" doc:"Every month that it touches: before is without it, after is with it."`
	Trail     []Act         `json:"trail" doc:"Who did what to it, newest first."`
	Can       []string      `json:"can" doc:"What can be done with it: correct, split, join, void, restore."`
}

// OutagePlace holds the samples of one probe from one place.
type OutagePlace struct {
	Side    string        `json:"side" doc:"The probe, or probe:component."`
	Place   string        `json:"place" doc:"From where it looked."`
	Samples []ProbeSample `json:"samples" doc:"Oldest first: those around its beginning and its end, and what fits between."`
	LeftOut int           `json:"left_out" doc:"How many in the middle are not listed."`
}

const (
	aroundOutage  = 15 * time.Minute
	outageColumns = 240
	outageSides   = 6
	sampleEdge    = 200 // samples listed at each end
)

func (a *API) wholeOutage(tx data.Tx, c *Call) (v OutageWhole, err error) {
	o, err := a.outage(tx, c.ID)
	if err != nil {
		return v, err
	}
	is := o.Corrected()
	rows, err := a.outageRows(tx, c, []data.Outage{o})
	if err != nil {
		return v, err
	}
	v = OutageWhole{
		Outage: rows[0], Zone: a.zone().String(), Places: []OutagePlace{}, Columns: []SampleSum{}, Marks: []ProbeMoment{}, Trail: []Act{}, Can: outageCan(is),
	}
	v.From, v.To = spanAround(o, is, c.now)
	sides, err := sidesOf(tx, o)
	if err != nil {
		return v, err
	}
	if err := v.readSamples(tx, sides); err != nil {
		return v, err
	}
	if err := a.readMoments(tx, c, &v, o, sides); err != nil {
		return v, err
	}
	if v.Months, err = a.withAndWithout(tx, c, o, is); err != nil {
		return v, err
	}
	for e, err := range data.Trail(tx, string(o.Key())) {
		if err != nil {
			return v, err
		}
		v.Trail = append(v.Trail, actOf(e))
		if len(v.Trail) == trailShown {
			break
		}
	}
	return v, nil
}

func outageCan(is data.Outage) []string {
	switch {
	case is.Void:
		return []string{"restore"}
	case is.Ended.IsZero():
		return []string{"correct", "void"}
	}
	return []string{"correct", "split", "join", "void"}
}

// spanAround is what is looked at: as recorded and as it counts, with a quarter of an hour on either side, never beyond now.
func spanAround(o, is data.Outage, now time.Time) (from, to time.Time) {
	from, to = o.Started, o.Ended
	if is.Started.Before(from) {
		from = is.Started
	}
	if is.Ended.After(to) {
		to = is.Ended
	}
	if to = to.Add(aroundOutage); o.Ended.IsZero() || is.Ended.IsZero() || to.After(now) {
		to = now
	}
	if from = from.Add(-aroundOutage); !to.After(from) {
		to = from.Add(aroundOutage)
	}
	return from.UTC(), to.UTC()
}

// sidesOf are the probes to look at: the one that opened the outage, or the one it was cut off; else all that speak for the component.
func sidesOf(tx data.Tx, o data.Outage) ([]data.Side, error) {
	opener := o.By
	for range 8 { // a part of a part of a part
		if o.Of == "" {
			break
		}
		whole, err := tx.Outages().Get(o.Of)
		if errors.Is(err, data.ErrNotFound) {
			break
		} else if err != nil {
			return nil, err
		}
		opener, o = whole.By, whole
	}
	var all []data.Side
	for p, err := range tx.Probes().Range("", "") {
		if err != nil {
			return nil, err
		}
		for _, s := range p.Sides() {
			if s.Component != o.Component {
				continue
			}
			if s.Name == opener {
				return []data.Side{s}, nil
			}
			all = append(all, s)
		}
	}
	return all[:min(len(all), outageSides)], nil
}

func (v *OutageWhole) readSamples(tx data.Tx, sides []data.Side) error {
	bounds := history.Even(v.From, v.To, outageColumns)
	sums := make([]history.Summary, outageColumns)
	for _, s := range sides {
		more, err := history.Sum(history.Read(tx, s.Name, "", v.From, v.To), bounds)
		if errors.Is(err, data.ErrDamaged) {
			v.Damaged, err = true, nil
		}
		if err != nil {
			return err
		}
		for i := range more {
			sums[i].Merge(&more[i])
		}
		for place, err := range history.Places(tx, s.Name) {
			if err != nil {
				return err
			}
			p, err := v.samplesFrom(tx, s.Name, place)
			if err != nil {
				return err
			}
			if len(p.Samples) > 0 {
				v.Places = append(v.Places, p)
			}
		}
	}
	if len(v.Places) > 0 {
		for i := range sums {
			v.Columns = append(v.Columns, sampleSum(bounds[i], &sums[i]))
		}
	}
	return nil
}

// samplesFrom lists the samples of a place, at most so many from either end.
func (v *OutageWhole) samplesFrom(tx data.Tx, side, place string) (OutagePlace, error) {
	p := OutagePlace{Side: side, Place: place, Samples: []ProbeSample{}}
	var last []ProbeSample
	for b, err := range history.Read(tx, side, place, v.From, v.To) {
		if err != nil {
			return p, err
		}
		samples, err := b.Samples()
		if err != nil && !errors.Is(err, data.ErrDamaged) {
			return p, err
		}
		v.Damaged = v.Damaged || err != nil
		for _, s := range samples {
			switch one := (ProbeSample{s.At, b.Place, s.Level, s.Reason, ms(s.Latency)}); {
			case s.At.Before(v.From) || s.At.After(v.To):
			case len(p.Samples) < sampleEdge:
				p.Samples = append(p.Samples, one)
			default:
				last = append(last, one)
			}
		}
		if over := len(last) - sampleEdge; over > 0 {
			p.LeftOut += over
			last = slices.Delete(last, 0, over)
		}
	}
	p.Samples = append(p.Samples, last...)
	return p, nil
}

// readMoments reads what else fell into the span.
func (a *API) readMoments(tx data.Tx, c *Call, v *OutageWhole, o data.Outage, sides []data.Side) error {
	var day ProbeDay
	d := probeDay{side: data.Side{Component: o.Component}, start: v.From, end: v.To}
	if err := errors.Join(d.outages(a, tx, c, &day), d.windows(a, tx, c, &day), d.incidents(tx, &day)); err != nil {
		return err
	}
	v.Outages, v.Windows, v.Incidents = day.Outages, day.Windows, day.Incidents
	for _, s := range sides {
		d.side = s
		if err := d.marks(tx, &day); err != nil {
			return err
		}
		v.Marks = append(v.Marks, day.Marks...)
	}
	slices.SortStableFunc(v.Marks, func(a, b ProbeMoment) int { return a.Start.Compare(b.Start) })
	return nil
}

// withAndWithout are the months that an outage touches, before being without it.
func (a *API) withAndWithout(tx data.Tx, c *Call, o, is data.Outage) ([]OutageMonth, error) {
	out := []OutageMonth{}
	counts := o
	counts.Started, counts.Ended, counts.Corrections = is.Started, is.Ended, nil
	for _, month := range monthsOf([]data.Outage{counts}, a.zone(), c.now) {
		with, err := a.statement(tx, c, month)
		if errors.Is(err, data.ErrDamaged) {
			continue // the month is withheld, as its own page says; the outage is not
		}
		if err != nil {
			return nil, err
		}
		none := with
		if !is.Void {
			none.Facts = without(with.Facts, is)
		}
		m, err := compared(tx, month, o.Component, selections(o.Component, []data.Outage{counts, is}), none, with)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
