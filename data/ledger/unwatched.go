package ledger

import (
	"slices"

	"github.com/superoffice/statusd/data"
)

// Counts says whether a component's downtime is in the figure. Of facts that do not say what counted, everything's is.
func (f Facts) Counts(component string) bool {
	return f.Counted == nil || slices.Contains(f.Counted, component)
}

// NothingWatched says whether nobody watched any counted component of a selection in what has gone by of the month. Then there is no
// figure to speak of, whatever people said was down. It is false where month or zone are wrong.
func (f Facts) NothingWatched(sel Selection) bool {
	loc, err := zone(f.Zone)
	if err != nil {
		return false
	}
	from, to, err := Bounds(f.Month, loc)
	if err != nil {
		return false
	}
	if !f.AsOf.IsZero() {
		to = earlier(f.AsOf, to)
	}
	return f.unwatched(f.Spans(from, to, sel), sel)
}

// unwatched says whether nobody watched any counted component of a selection at any time of its spans. One that was watched for a
// second is enough for a figure, which then has its coverage beside it. Where nothing of the selection counted there was nothing to
// watch, and no figure either.
func (f Facts) unwatched(s Spans, sel Selection) bool {
	counted := f.counted()
	if only := name(sel.Component); only != "" {
		if !f.Counts(only) {
			return true
		}
		counted = []string{only}
	}
	if over := s.to - s.from; len(counted) > 0 && s.Unobserved() < over {
		return false // there was time in which all of them were watched
	}
	for _, c := range counted {
		var gaps []span
		for _, g := range f.Unobserved {
			if name(g.Component) == "" || g.Component == c {
				gaps = append(gaps, seconds(g.Start, g.End))
			}
		}
		if within(union(gaps), s.from, s.to) < s.to-s.from {
			return false
		}
	}
	return true
}

// counted are the components that count: those that the facts were told of, else those that their rows name. Where no row names
// any it is all of them as one, without a name.
func (f Facts) counted() []string {
	if f.Counted != nil {
		return f.Counted
	}
	var names []string
	for _, o := range f.Outages {
		names = append(names, o.Component)
	}
	for _, m := range f.Maintenance {
		names = append(names, m.Components...)
	}
	for _, g := range f.Unobserved {
		names = append(names, g.Component)
	}
	names = slices.DeleteFunc(names, func(s string) bool { return s == "" || s == data.AllCustomers })
	if slices.Sort(names); len(names) == 0 {
		return []string{""}
	}
	return slices.Compact(names)
}
