package ledger

import (
	"slices"

	"github.com/superoffice/statusd/data"
)

// Entry is one outage and what each figure counts of it: seconds of the month, less what maintenance takes out. Where entries
// overlap, the month's figure counts the time once, so that their sum may be more.
type Entry struct {
	Outage
	Contract int64 `json:"contract_seconds"`
	Strict   int64 `json:"strict_seconds"`
	Observed int64 `json:"observed_seconds"`
}

// Exclusion is one window that was carried out and how many seconds of outages lay in it and were therefore not counted. Where
// windows overlap, each is given the time.
type Exclusion struct {
	Maintenance
	Contract int64 `json:"contract_seconds"`
	Strict   int64 `json:"strict_seconds"`
}

// Entries takes a month's figure apart: what each outage adds to it, and what each window that was carried out takes away, in
// the order of the facts. It is the arithmetic of Report on one outage at a time. Impact and cause are never empty.
func (f Facts) Entries(sel Selection) ([]Entry, []Exclusion, error) {
	loc, err := zone(f.Zone)
	if err != nil {
		return nil, nil, err
	}
	from, to, err := Bounds(f.Month, loc)
	if err != nil {
		return nil, nil, err
	}
	if !f.AsOf.IsZero() && f.AsOf.Before(to) {
		to = f.AsOf
	}
	named := Selection{name(sel.Component), name(sel.Cohort)}
	all := f.Spans(from, to, sel)

	var windows []excluding
	for _, m := range f.Maintenance {
		w := newWindow(m, named)
		if w.carriedOut && named.components(m.Components) && named.cohort(m.Cohort) && touches(m.Start, m.End, from, to) {
			windows = append(windows, excluding{window: w, of: m})
		}
	}
	var entries []Entry
	for _, row := range f.Outages {
		if !named.component(row.Component) || !named.cohort(row.Cohort) || !touches(row.Start, row.End, from, to) {
			continue
		}
		o, one := newOutage(row, named), all
		one.outages = []outage{o}
		e := Entry{Outage: row, Observed: Uptime(one, Observed).Downtime}
		e.Component, e.Cohort, e.Cause = name(row.Component), name(row.Cohort), o.cause
		if e.Impact == "" {
			e.Impact = data.NoReadNoWrite
		}
		contract, taken := one.apart(o, Contract)
		for i := range windows {
			windows[i].contract = append(windows[i].contract, windows[i].takes(taken, o)...)
		}
		strict, taken := one.apart(o, Strict)
		for i := range windows {
			if Strict.accepts(windows[i].window) {
				windows[i].strict = append(windows[i].strict, windows[i].takes(taken, o)...)
			}
		}
		e.Contract, e.Strict = contract, strict
		entries = append(entries, e)
	}
	var exclusions []Exclusion
	for _, w := range windows {
		exclusions = append(exclusions, Exclusion{w.of, within(union(w.contract), all.from, all.to), within(union(w.strict), all.from, all.to)})
	}
	return entries, exclusions, nil
}

// excluding is a window and the time that it took out of outages.
type excluding struct {
	window
	of               Maintenance
	contract, strict []span
}

// takes is what of the time that was taken out of an outage lies in the window, if it concerns the outage.
func (w excluding) takes(taken []span, o outage) []span {
	if w.cohort != "" && o.cohort != "" && w.cohort != o.cohort ||
		len(w.components) > 0 && o.component != "" && !slices.Contains(w.components, o.component) {
		return nil
	}
	return intersect(taken, union([]span{w.span}))
}

// apart divides the one outage of s into the seconds that a policy counts and the time that maintenance takes out.
func (s Spans) apart(o outage, p Policy) (counted int64, taken []span) {
	left := s.left(p.counted, p.accepts)
	c := p.counted(o)
	c.a, c.b = max(c.a, s.from), min(c.b, s.to)
	return within(left, s.from, s.to), subtract(union([]span{c}), left)
}
