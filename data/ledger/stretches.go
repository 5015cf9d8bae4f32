package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Stretch is time on end that outages take up, however many of them lie over each other: one that was measured and one that was
// declared of the same failure are one Stretch. A figure counts its time once, so that the seconds of all stretches of a month add
// up to the month's figure, exactly. Outages that touch in one instant only are two.
//
// What no figure counts (U8, U11) is joined among itself, so that a day that was merely slow joins no outages.
type Stretch struct {
	Start      time.Time   `json:"start" doc:"When the first of its outages began, be it before the month."`
	End        time.Time   `json:"end,omitzero" doc:"When the last of them ended, be it after the month; absent while one goes on."`
	Intervals  []int       `json:"intervals" doc:"The outages that it joins, by their places in intervals, from 0."`
	Components []string    `json:"components,omitempty" doc:"Which they concern; absent where one concerns all."`
	Cohorts    []string    `json:"cohorts,omitempty" doc:"Which they concern; absent where one concerns all customers."`
	Contract   int64       `json:"contract_seconds" doc:"Those of all stretches add up to the month's downtime."`
	Strict     int64       `json:"strict_seconds" doc:"Those of all stretches add up to the month's."`
	Observed   int64       `json:"observed_seconds" doc:"Those of all stretches add up to the month's."`
	Uncounted  []Uncounted `json:"uncounted" doc:"What the contract's figure does not count of it, and why, each second once; with contract_seconds this is all of its time in the month."`
}

// Reason is why the contract's figure does not count time of an outage.
type Reason string

// The reasons, from what explains a second first to what explains it last.
const (
	InMaintenance Reason = "maintenance"  // a window that was carried out takes it out (U4)
	NotKnown      Reason = "not_known"    // the provider did not know yet (U9)
	NotProvider   Reason = "not_provider" // the fault was not the provider's (U6-U8)
	OnlyDegraded  Reason = "degraded"     // it could be read and written (U3, U11)
	NobodyWatched Reason = "no_data"      // of time that is in no outage: nobody can say (U15)
)

// Uncounted is time [Start, End) within the month of which one reason is the reason.
type Uncounted struct {
	Start       time.Time  `json:"start" doc:"Within the month."`
	End         time.Time  `json:"end" doc:"Within the month, and not after as_of."`
	Seconds     int64      `json:"seconds" doc:"How many that are."`
	Reason      Reason     `json:"reason" doc:"maintenance: a window that was carried out. not_known: the provider did not know before known_at. not_provider: it was not the provider's fault. degraded: it could be read and written. no_data: nobody watched, so that it counts as neither up nor down."`
	Exclusion   *int       `json:"exclusion,omitempty" doc:"With maintenance: the window that it is given to, by its place in exclusions, from 0."`
	Maintenance string     `json:"maintenance,omitempty" doc:"With maintenance: the public ID of that window, where it is on record."`
	Known       time.Time  `json:"known_at,omitzero" doc:"With not_known: from when the provider knew of the first of the outages that count after it."`
	Cause       data.Cause `json:"cause,omitempty" doc:"With not_provider: whose fault it was."`
}

// Stretches joins what Entries lists: first what a figure may count, then what none does, each by its start.
func (f Facts) Stretches(sel Selection) ([]Stretch, error) {
	m, err := f.apart(sel)
	if err != nil {
		return nil, err
	}
	var counts, rest []int
	for i, o := range m.outages {
		if c := Observed.counted(o); c.a < c.b {
			counts = append(counts, i)
		} else {
			rest = append(rest, i)
		}
	}
	var out []Stretch
	for _, places := range slices.Concat(m.joined(counts), m.joined(rest)) {
		out = append(out, m.stretch(places))
	}
	return out, nil
}

// Unwatched is the time of the month in which nobody watched something of a selection. Its seconds add up to Report.Unobserved.
func (f Facts) Unwatched(sel Selection) ([]Uncounted, error) {
	m, err := f.apart(sel)
	if err != nil {
		return nil, err
	}
	var out []Uncounted
	for _, g := range m.all.unobserved {
		if s := m.cut(g); s.a < s.b {
			out = append(out, Uncounted{Start: time.Unix(s.a, 0).UTC(), End: time.Unix(s.b, 0).UTC(), Seconds: s.b - s.a, Reason: NobodyWatched})
		}
	}
	return out, nil
}

// joined groups outages that lie over each other.
func (m apart) joined(places []int) (groups [][]int) {
	slices.SortStableFunc(places, func(x, y int) int { return cmp.Compare(m.outages[x].a, m.outages[y].a) })
	var end int64
	for _, i := range places {
		o := m.outages[i]
		if n := len(groups); n > 0 && o.a < end {
			groups[n-1] = append(groups[n-1], i)
			end = max(end, o.b)
			continue
		}
		groups, end = append(groups, []int{i}), o.b
	}
	return groups
}

// stretch makes one of the outages at places, which come by their starts.
func (m apart) stretch(places []int) Stretch {
	s := Stretch{Start: m.rows[places[0]].Start, Intervals: slices.Sorted(slices.Values(places))}
	var outages []outage
	open := false
	for _, i := range places {
		row := m.rows[i]
		outages = append(outages, m.outages[i])
		open, s.End = open || row.End.IsZero(), later(s.End, row.End)
		s.Components, s.Cohorts = append(s.Components, name(row.Component)), append(s.Cohorts, name(row.Cohort))
	}
	if open {
		s.End = time.Time{}
	}
	s.Components, s.Cohorts = named(s.Components), named(s.Cohorts)
	g := m.group(outages)
	s.Contract, s.Strict, s.Observed, s.Uncounted = g.contract, g.strict, g.observed, m.uncounted(outages)
	return s
}

// named are the names among names, each once; none where one of them is for all.
func named(names []string) []string {
	if slices.Contains(names, "") {
		return nil
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sums are what the figures count of some outages.
type sums struct{ contract, strict, observed int64 }

func (m apart) group(outages []outage) sums {
	count := func(p Policy) int64 { return within(m.left(p, outages), m.all.from, m.all.to) }
	return sums{count(Contract), count(Strict), count(Observed)}
}

// unknown is the time of outages before the provider knew of them, and when he came to know of one after the other, in order. A
// second of it that no other outage makes count is followed by a moment of those: by that at which the first of them was known.
func unknown(outages []outage) (before []span, knew []int64) {
	for _, o := range outages {
		if c := Contract.counted(outage{span: o.span, aware: o.a, down: o.down, cause: o.cause}); c.a < c.b {
			knew = append(knew, max(o.a, o.aware))
			if o.aware > o.a {
				before = append(before, span{o.a, min(o.b, o.aware)})
			}
		}
	}
	slices.Sort(knew)
	return union(before), knew
}

// uncounted tells of all time of outages in the month that the contract's figure does not count why that is, in order of time.
func (m apart) uncounted(outages []outage) []Uncounted {
	out := []Uncounted{}
	var all []span
	for _, o := range outages {
		all = append(all, m.cut(o.span))
	}
	rest := subtract(union(all), m.left(Contract, outages))
	tell := func(why Uncounted, of ...span) {
		here := intersect(rest, union(of))
		for _, s := range here {
			why.Start, why.End, why.Seconds = time.Unix(s.a, 0).UTC(), time.Unix(s.b, 0).UTC(), s.b-s.a
			out = append(out, why)
		}
		rest = subtract(rest, here)
	}
	for i, t := range m.takings(Contract, outages) {
		tell(Uncounted{Reason: InMaintenance, Exclusion: &i, Maintenance: m.windows[i].of.ID}, t.own...)
	}
	unknown, knew := unknown(outages)
	for _, s := range intersect(rest, unknown) {
		n, _ := slices.BinarySearch(knew, s.b)
		tell(Uncounted{Reason: NotKnown, Known: time.Unix(knew[n], 0).UTC()}, s)
	}
	for _, o := range outages {
		if o.down {
			tell(Uncounted{Reason: NotProvider, Cause: o.cause}, o.span)
		}
	}
	tell(Uncounted{Reason: OnlyDegraded}, rest...)
	slices.SortFunc(out, func(a, b Uncounted) int { return a.Start.Compare(b.Start) })
	return out
}
