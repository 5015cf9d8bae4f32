package ledger

import (
	"slices"

	"github.com/superoffice/statusd/data"
)

// Entry is one outage and what each figure counts of it: seconds of the month, less what maintenance takes out. Where entries
// overlap, the month's figure counts the time once, so that their sum may be more: Stretches add up to it.
type Entry struct {
	Outage
	Contract  int64       `json:"contract_seconds"`
	Strict    int64       `json:"strict_seconds"`
	Observed  int64       `json:"observed_seconds"`
	Uncounted []Uncounted `json:"uncounted" doc:"What the contract's figure does not count of it, and why; with contract_seconds this is all of its time in the month."`
}

// Exclusion is one window that was carried out and how many seconds of outages it took out of the month's figure. A second is
// given to one window, however many lie over it, so that the sum over all windows is what maintenance took out of the month.
type Exclusion struct {
	Maintenance
	Contract int64 `json:"contract_seconds" doc:"Each second is given to one window: first to one that is for all that was out, then in order."`
	Strict   int64 `json:"strict_seconds"`
	Shared   int64 `json:"shared_seconds" doc:"Of outages within it, what another window was given under the contract."`
}

// Entries takes a month's figure apart: what each outage adds to it, and what each window that was carried out takes away, in
// the order of the facts. It is the arithmetic of Report on one outage at a time. Impact and cause are never empty.
func (f Facts) Entries(sel Selection) ([]Entry, []Exclusion, error) {
	m, err := f.apart(sel)
	if err != nil {
		return nil, nil, err
	}
	var entries []Entry
	for i, row := range m.rows {
		alone := m.outages[i : i+1]
		g := m.group(alone)
		e := Entry{Outage: row, Contract: g.contract, Strict: g.strict, Observed: g.observed, Uncounted: m.uncounted(alone)}
		e.Component, e.Cohort, e.Cause = name(row.Component), name(row.Cohort), alone[0].cause
		if e.Impact == "" {
			e.Impact = data.NoReadNoWrite
		}
		entries = append(entries, e)
	}
	var exclusions []Exclusion
	contract, strict := m.takings(Contract, m.outages), m.takings(Strict, m.outages)
	for i, w := range m.windows {
		x := Exclusion{
			Maintenance: w.of, Contract: within(contract[i].own, m.all.from, m.all.to), Strict: within(strict[i].own, m.all.from, m.all.to),
		}
		x.Shared = within(subtract(contract[i].lain, contract[i].own), m.all.from, m.all.to)
		exclusions = append(exclusions, x)
	}
	return entries, exclusions, nil
}

// apart is a month narrowed to a selection: the outages that touch it, as facts and as they are reckoned with, and the windows
// that were carried out, each in the order of the facts.
type apart struct {
	all     Spans
	rows    []Outage
	outages []outage
	windows []excluding
}

// excluding is a window and the row that it was made of.
type excluding struct {
	window
	of Maintenance
}

func (f Facts) apart(sel Selection) (apart, error) {
	loc, err := zone(f.Zone)
	if err != nil {
		return apart{}, err
	}
	from, to, err := Bounds(f.Month, loc)
	if err != nil {
		return apart{}, err
	}
	if !f.AsOf.IsZero() && f.AsOf.Before(to) {
		to = f.AsOf
	}
	named := Selection{name(sel.Component), name(sel.Cohort)}
	m := apart{all: f.Spans(from, to, sel)}
	for _, row := range f.Maintenance {
		w := newWindow(row, named)
		if w.carriedOut && named.components(row.Components) && named.cohort(row.Cohort) && touches(row.Start, row.End, from, to) {
			m.windows = append(m.windows, excluding{window: w, of: row})
		}
	}
	for _, row := range f.Outages {
		if named.component(row.Component) && named.cohort(row.Cohort) && touches(row.Start, row.End, from, to) {
			m.rows, m.outages = append(m.rows, row), append(m.outages, newOutage(row, named))
		}
	}
	return m, nil
}

// cut is s within the month.
func (m apart) cut(s span) span { return span{max(s.a, m.all.from), min(s.b, m.all.to)} }

// of is what a policy would count of outages if there were no maintenance.
func (m apart) of(p Policy, outages []outage) []span {
	var out []span
	for _, o := range outages {
		out = append(out, m.cut(p.counted(o)))
	}
	return union(out)
}

// left is what a policy counts of outages.
func (m apart) left(p Policy, outages []outage) []span {
	one := m.all
	one.outages = outages
	return one.left(p.counted, p.accepts)
}

// taking is what a window takes out of outages.
type taking struct {
	own  []span // given to it
	lain []span // all that was taken out and lies in it
}

// takings share the time that maintenance takes out of outages under a policy among the windows: each second once, first to the
// windows that account for it alone, then in order to those that do so together with others (each for a cohort of its own, say).
func (m apart) takings(p Policy, outages []outage) []taking {
	out := make([]taking, len(m.windows))
	taken := subtract(m.of(p, outages), m.left(p, outages))
	rest := taken
	for _, concerns := range []func(window, outage) bool{window.excuses, window.touches} {
		for i, w := range m.windows {
			if len(taken) == 0 || !p.accepts(w.window) {
				continue
			}
			var lain []span
			for _, o := range outages {
				if c := m.cut(p.counted(o)); c.a < c.b && concerns(w.window, o) {
					lain = append(lain, intersect([]span{c}, []span{w.span})...)
				}
			}
			lain = intersect(taken, union(lain))
			own := intersect(rest, lain)
			out[i] = taking{union(slices.Concat(out[i].own, own)), union(slices.Concat(out[i].lain, lain))}
			rest = subtract(rest, own)
		}
	}
	return out
}

// excuses says whether the window is for all that an outage concerns.
func (w window) excuses(o outage) bool {
	return (w.cohort == "" || w.cohort == o.cohort) && (len(w.components) == 0 || slices.Contains(w.components, o.component))
}

// touches says whether it is for some of that.
func (w window) touches(o outage) bool {
	return (w.cohort == "" || o.cohort == "" || w.cohort == o.cohort) &&
		(len(w.components) == 0 || o.component == "" || slices.Contains(w.components, o.component))
}
