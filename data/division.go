package data

import (
	"cmp"
	"slices"
	"time"
)

// Division is who belongs where throughout one cycle of an upgrade (M16): list, percentage and salt of each cohort, as they
// were when the cycle's first window was told of. The members are not kept; Cohorts.Of gives them.
type Division struct {
	Cycle   OccurrenceKey `json:"cycle"` // of the window that leads
	Span    Window        `json:"span"`  // from when the first window is told of until the last one is over
	Cohorts Cohorts       `json:"cohorts"`
}

// Cycle is one round of an upgrade: the window of those who go first, and those that follow it (M3).
type Cycle struct {
	Lead Occurrence
	Rest []Occurrence
}

// Span is the time in which nobody may move between the cohorts of the cycle: from the first moment at which one of its
// windows is told of, until the last of them ends.
func (c Cycle) Span() Window {
	var w Window
	for _, o := range append([]Occurrence{c.Lead}, c.Rest...) {
		told := o.Window.Start
		if old := o.OldWindow.Start; !old.IsZero() && old.Before(told) {
			told = old
		}
		if told = told.Add(-o.Notice.WithDefaults().Page); w.Start.IsZero() || told.Before(w.Start) {
			w.Start = told
		}
		if o.Window.End.After(w.End) {
			w.End = o.Window.End
		}
	}
	return w
}

// Divide returns kept with what has to be kept at now: a cycle that has begun and is not over gets the division that
// is in force, once; one that is kept already follows its windows when they move, and never changes its cohorts.
//
// Call it with the division as it was before configured changes, in the transaction that changes it, and whenever a
// cycle begins. The result is sorted by begin; where nothing is new it equals kept.
func Divide(kept []Division, configured Cohorts, cycles []Cycle, now time.Time) []Division {
	out := slices.Clone(kept)
	cycles = slices.Clone(cycles)
	slices.SortFunc(cycles, func(a, b Cycle) int {
		return cmp.Or(a.Span().Start.Compare(b.Span().Start), cmp.Compare(a.Lead.Key(), b.Lead.Key()))
	})
	for _, c := range cycles {
		span := c.Span()
		if n := slices.IndexFunc(out, func(d Division) bool { return d.Cycle == c.Lead.Key() }); n >= 0 {
			out[n].Span.End = span.End // its begin has been told
			continue
		}
		if span.Contains(now) {
			out = append(out, Division{Cycle: c.Lead.Key(), Span: span, Cohorts: slices.Clone(InForce(out, configured, now))})
		}
	}
	slices.SortFunc(out, func(a, b Division) int {
		return cmp.Or(a.Span.Start.Compare(b.Span.Start), cmp.Compare(a.Cycle, b.Cycle))
	})
	return out
}

// InForce is the division that holds at an instant: that of the cycle under way which began first, else the configured one.
// Names are always those of today.
func InForce(kept []Division, configured Cohorts, at time.Time) Cohorts {
	var first *Division
	for i, d := range kept {
		if d.Span.Contains(at) && (first == nil || d.Span.Start.Before(first.Span.Start)) {
			first = &kept[i]
		}
	}
	if first == nil {
		return configured
	}
	out := slices.Clone(first.Cohorts)
	for i := range out {
		if n := slices.IndexFunc(configured, func(c Cohort) bool { return c.Slug == out[i].Slug }); n >= 0 {
			out[i].Name = configured[n].Name
		}
	}
	return out
}
