package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/history"
)

// ProbeDay is one day of one side of a probe, summed up, with everything that fell into it.
type ProbeDay struct {
	Side      string        `json:"side" doc:"Its name."`
	Component string        `json:"component"`
	Date      string        `json:"date" doc:"The day, on the clock of the zone."`
	Zone      string        `json:"zone"`
	Start     time.Time     `json:"start" doc:"When the day begins."`
	End       time.Time     `json:"end" doc:"When it ends: 23 to 25 hours later."`
	Place     string        `json:"place,omitempty" doc:"From where; absent: from everywhere."`
	Places    []string      `json:"places" doc:"From where it was ever looked at."`
	Damaged   bool          `json:"damaged,omitempty" doc:"Some of the samples cannot be read; they are left out."`
	Sum       SampleSum     `json:"sum" doc:"The whole day."`
	Hours     []SampleSum   `json:"hours" doc:"Hour by hour."`
	Columns   []SampleSum   `json:"columns,omitempty" doc:"As many equal spans as were asked for."`
	Marks     []ProbeMoment `json:"marks" doc:"What the probe said of the component."`
	Outages   []ProbeMoment `json:"outages" doc:"The component's, as corrected."`
	Windows   []ProbeMoment `json:"windows" doc:"Of maintenance that concerns the component."`
	Incidents []ProbeMoment `json:"incidents" doc:"Those that held the component at a level."`
}

// SampleSum counts the samples of a span.
type SampleSum struct {
	Start    time.Time `json:"start" doc:"When the span begins."`
	Count    int       `json:"count" doc:"How many samples there are, those without data included."`
	Good     int       `json:"good" doc:"Operational."`
	Degraded int       `json:"degraded" doc:"Right, but too slow, or only partly."`
	Bad      int       `json:"bad" doc:"Partial or major outage."`
	NoData   int       `json:"no_data" doc:"The observer saw nothing."`
	Answered string    `json:"answered_percent,omitempty" doc:"Good and degraded among those with data, four decimals, cut; absent where there are none."`
	Min      float64   `json:"min_ms" doc:"The least latency of an answer; 0 where nothing was timed."`
	P50      float64   `json:"p50_ms" doc:"Half of the answers took no longer."`
	P95      float64   `json:"p95_ms" doc:"95 of 100 answers took no longer."`
	P99      float64   `json:"p99_ms" doc:"99 of 100 answers took no longer."`
	Max      float64   `json:"max_ms" doc:"The greatest."`
}

// ProbeMoment is something that began, and may have ended.
type ProbeMoment struct {
	Start time.Time  `json:"start" doc:"When it began."`
	End   *time.Time `json:"end" doc:"When it ended; null while it goes on."`
	Level data.Level `json:"level" doc:"How bad it is; no_data of a window."`
	Text  string     `json:"text" doc:"What it is, in a few words."`
	ID    string     `json:"id,omitempty" doc:"Of the incident or window."`
}

// ProbeSamples are the samples of a day, one by one.
type ProbeSamples struct {
	Side    string        `json:"side" doc:"Its name."`
	Date    string        `json:"date" doc:"The day, on the clock of the zone."`
	Zone    string        `json:"zone"`
	Damaged bool          `json:"damaged,omitempty" doc:"Some of the samples cannot be read; they are left out."`
	Samples []ProbeSample `json:"samples" doc:"By place, each oldest first."`
}

// ProbeSample is one of them.
type ProbeSample struct {
	At      time.Time   `json:"at" doc:"The moment it was due for."`
	Place   string      `json:"place" doc:"From where it looked."`
	Level   data.Level  `json:"level"`
	Reason  data.Reason `json:"reason,omitempty" doc:"Why it is not good, from a closed set."`
	Latency float64     `json:"latency_ms" doc:"Within 5 %; 0 where nothing was timed."`
}

// mostColumns is how many columns of a day can be asked for.
const mostColumns = 1440

func probeDayOps() []Op {
	which := []Param{{"date", "the day, such as 2026-04-10, in the zone of the schedule, or today or yesterday; without it today"}, {"place", "one place; without it all"}}
	return []Op{
		{
			Name: "probe.day", Method: http.MethodGet, Path: probePath + "/day", Need: data.Viewer, Out: ProbeDay{},
			Summary: "Sum up a day of a probe, with its marks, and the outages, windows and incidents of its component.",
			Query:   append(which, Param{"columns", "0 to 1440 equal spans besides; without it none"}),
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				d, err := a.probeDay(tx, c)
				if err != nil {
					return nil, err
				}
				return d.sumUp(a, tx, c)
			},
		},
		{
			Name: "probe.samples", Method: http.MethodGet, Path: probePath + "/samples", Need: data.Viewer, Out: ProbeSamples{},
			Summary: "Give every sample of a day of a probe.",
			Query:   which,
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				d, err := a.probeDay(tx, c)
				if err != nil {
					return nil, err
				}
				return d.samples(tx)
			},
		},
	}
}

// probeDay is the day that a call is about.
type probeDay struct {
	probe      data.Probe
	side       data.Side
	zone       *time.Location
	start, end time.Time
	place      string
}

func (a *API) probeDay(tx data.Tx, c *Call) (d probeDay, err error) {
	if d.probe, d.side, err = side(tx, c.ID); err != nil {
		return d, err
	}
	if d.zone = a.Settings.Zone; d.zone == nil {
		d.zone = time.UTC
	}
	day := c.now.In(d.zone)
	switch text := c.Query["date"]; text {
	case "", "today":
	case "yesterday":
		day = day.AddDate(0, 0, -1)
	default:
		if day, err = time.ParseInLocation(time.DateOnly, text, d.zone); err != nil {
			return d, data.Invalid("date", fmt.Sprintf("%.40q is no day: write it as 2026-04-10, or say today or yesterday", text))
		}
	}
	bounds := history.Days(day, 1, d.zone)
	d.start, d.end, d.place = bounds[0], bounds[1], c.Query["place"]
	return d, nil
}

func (d probeDay) samples(tx data.Tx) (ProbeSamples, error) {
	v := ProbeSamples{Side: d.side.Name, Date: d.start.Format(time.DateOnly), Zone: d.zone.String(), Samples: []ProbeSample{}}
	for b, err := range history.Read(tx, d.side.Name, d.place, d.start, d.end) {
		if err != nil {
			return v, err
		}
		samples, err := b.Samples()
		if err != nil && !errors.Is(err, data.ErrDamaged) {
			return v, err
		}
		v.Damaged = v.Damaged || err != nil
		for _, s := range samples {
			if !s.At.Before(d.start) && s.At.Before(d.end) {
				v.Samples = append(v.Samples, ProbeSample{s.At, b.Place, s.Level, s.Reason, ms(s.Latency)})
			}
		}
	}
	return v, nil
}

func (d probeDay) sumUp(a *API, tx data.Tx, c *Call) (ProbeDay, error) {
	v := ProbeDay{
		Side: d.side.Name, Component: d.side.Component, Date: d.start.Format(time.DateOnly), Zone: d.zone.String(), Start: d.start.UTC(), End: d.end.UTC(), Place: d.place,
		Places: []string{}, Hours: []SampleSum{},
	}
	n, err := c.number("columns", 0, 0, mostColumns)
	if err != nil {
		return v, err
	}
	for place, err := range history.Places(tx, d.side.Name) {
		if err != nil {
			return v, err
		}
		v.Places = append(v.Places, place)
	}
	sum := func(bounds []time.Time) ([]history.Summary, error) {
		sums, err := history.Sum(history.Read(tx, d.side.Name, d.place, d.start, d.end), bounds)
		if errors.Is(err, data.ErrDamaged) {
			v.Damaged, err = true, nil
		}
		return sums, err
	}
	hours := history.Hours(d.start, d.end)
	sums, err := sum(hours)
	if err != nil {
		return v, err
	}
	var whole history.Summary
	for i := range sums {
		whole.Merge(&sums[i])
		v.Hours = append(v.Hours, sampleSum(hours[i], &sums[i]))
	}
	v.Sum = sampleSum(d.start, &whole)
	if n > 0 {
		bounds := history.Even(d.start, d.end, n)
		if sums, err = sum(bounds); err != nil {
			return v, err
		}
		for i := range sums {
			v.Columns = append(v.Columns, sampleSum(bounds[i], &sums[i]))
		}
	}
	return v, errors.Join(d.marks(tx, &v), d.outages(a, tx, c, &v), d.windows(a, tx, c, &v), d.incidents(tx, &v))
}

func sampleSum(start time.Time, s *history.Summary) SampleSum {
	v := SampleSum{
		Start: start.UTC(), Count: s.Samples(), Good: s.Good, Degraded: s.Degraded, Bad: s.Bad, NoData: s.NoData,
		Min: ms(s.Latency(0)), P50: ms(s.Latency(0.5)), P95: ms(s.Latency(0.95)), P99: ms(s.Latency(0.99)), Max: ms(s.Latency(1)),
	}
	if seen := s.Good + s.Degraded + s.Bad; seen > 0 {
		v.Answered = percentOf(s.Good+s.Degraded, seen)
	}
	return v
}

// percentOf is a share in percent with four decimals, cut: 100 only where nothing is missing.
func percentOf(part, of int) string {
	n := int64(part) * 1_000_000 / int64(of)
	return strconv.FormatInt(n/10_000, 10) + "." + fmt.Sprintf("%04d", n%10_000)
}

// within says whether something that began and ended falls into the day; a zero end goes on.
func (d probeDay) within(from, to time.Time) bool {
	return from.Before(d.end) && (to.IsZero() || to.After(d.start))
}

func moment(from, to time.Time, level data.Level, text, id string) ProbeMoment {
	m := ProbeMoment{Start: from.UTC(), Level: level, Text: text, ID: id}
	if !to.IsZero() {
		to = to.UTC()
		m.End = &to
	}
	return m
}

// marks are what the probe said: each holds until its next one.
func (d probeDay) marks(tx data.Tx, v *ProbeDay) error {
	v.Marks = []ProbeMoment{}
	spans, err := d.held(tx, data.FromProbe, func(m data.Mark) bool { return m.By == d.side.Name })
	for _, s := range spans {
		text := ReasonName(s.mark.Cause)
		if text == "" {
			text = "good"
			if s.mark.Level == data.NoData {
				text = "nobody watched"
			}
		}
		v.Marks = append(v.Marks, moment(s.mark.At, s.until, s.mark.Level, text, ""))
	}
	return err
}

// heldSpan is a mark and when its holder's next one came.
type heldSpan struct {
	mark  data.Mark
	until time.Time
}

// held are the spans of the component's marks of one source that fall into the day.
func (d probeDay) held(tx data.Tx, source data.Source, which func(data.Mark) bool) ([]heldSpan, error) {
	var out []heldSpan
	open := map[string]int{} // index in out by holder
	var marks []data.Mark
	var err error
	if source == data.FromProbe { // few hold much
		marks, err = marksAround(tx, d.side.Component, d.start, d.end)
	} else {
		marks, err = data.All(tx.Marks().Range(data.MarksOf(d.side.Component, source)))
	}
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		if !which(m) {
			continue
		}
		holder := m.Cohort + "|" + m.By
		if n, ok := open[holder]; ok {
			out[n].until = m.At
			delete(open, holder)
		}
		if !m.Off {
			open[holder] = len(out)
			out = append(out, heldSpan{mark: m})
		}
	}
	out = slices.DeleteFunc(out, func(s heldSpan) bool { return !d.within(s.mark.At, s.until) })
	slices.SortStableFunc(out, func(a, b heldSpan) int { return a.mark.At.Compare(b.mark.At) })
	return out, nil
}

func (d probeDay) outages(a *API, tx data.Tx, c *Call, v *ProbeDay) error {
	v.Outages = []ProbeMoment{}
	all, err := a.allOutages(tx, c)
	if err != nil {
		return err
	}
	for _, recorded := range all {
		o := recorded.Corrected()
		if o.Component != d.side.Component || o.Void || !d.within(o.Started, o.Ended) {
			continue
		}
		text := ImpactNames[cmp.Or(o.Impact, data.NoReadNoWrite)] + ", " + CauseNames[cmp.Or(o.Cause, data.ByProvider)]
		if o.Reason != "" {
			text += ": " + ReasonName(o.Reason)
		}
		level := data.MajorOutage
		if !recorded.Seen() {
			level = data.Degraded
		}
		v.Outages = append(v.Outages, moment(o.Started, o.Ended, level, text, ""))
	}
	slices.SortStableFunc(v.Outages, func(a, b ProbeMoment) int { return a.Start.Compare(b.Start) })
	return nil
}

func (d probeDay) windows(a *API, tx data.Tx, c *Call, v *ProbeDay) error {
	v.Windows = []ProbeMoment{}
	page, err := pageID(tx)
	if err != nil {
		return err
	}
	all, err := a.allOccurrences(tx, c)
	if err != nil {
		return err
	}
	for _, o := range all {
		if len(o.Components) > 0 && !slices.Contains(o.Components, d.side.Component) {
			continue
		}
		o.Phase, _ = o.Due(c.now)
		from, to, ok := span(o)
		if !ok || !d.within(from, to) {
			continue
		}
		v.Windows = append(v.Windows, moment(from, to, data.NoData, o.Named(), data.PublicID(page, "occurrence", string(o.Key()))))
	}
	slices.SortStableFunc(v.Windows, func(a, b ProbeMoment) int { return a.Start.Compare(b.Start) })
	return nil
}

// incidents are those by which a person held the component at a level.
func (d probeDay) incidents(tx data.Tx, v *ProbeDay) error {
	v.Incidents = []ProbeMoment{}
	spans, err := d.held(tx, data.FromPerson, func(data.Mark) bool { return true })
	if err != nil {
		return err
	}
	for _, s := range spans {
		i, err := tx.Incidents().Get(s.mark.By)
		if errors.Is(err, data.ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		v.Incidents = append(v.Incidents, moment(s.mark.At, s.until, s.mark.Level, i.Title, i.ID))
	}
	return nil
}
