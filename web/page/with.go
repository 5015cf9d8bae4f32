package page

import (
	"cmp"
	"slices"

	"github.com/superoffice/statusd/data"
)

// With returns s as it would be with an incident as it stands now, and the components as their newest marks (data.HeldMarks) say: for a
// look at what a change would tell. s stays as it is.
func (s *State) With(i data.Incident, held map[string][]data.Mark) *State {
	next := *s
	known := map[string]bool{}
	next.Components = slices.Clone(s.Components)
	for n := range next.Components {
		c := &next.Components[n]
		known[c.Slug] = true
		if slices.ContainsFunc(i.Affected, func(a data.Affected) bool { return a.Component == c.Slug }) {
			c.Now = data.Merge(windowsForMany(held[c.Slug]), s.Now)
			c.standings = standings(held[c.Slug], s.Cohorts, s.Now)
		}
	}
	next.Headline = headline(next.Components)
	next.Incidents = slices.DeleteFunc(slices.Clone(s.Incidents), func(o data.Incident) bool { return o.ID == i.ID })
	if i, ok := shared(i, known); ok {
		n, _ := slices.BinarySearchFunc(next.Incidents, i, func(a, b data.Incident) int {
			return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
		})
		next.Incidents = slices.Insert(next.Incidents, n, i)
	}
	return &next
}
