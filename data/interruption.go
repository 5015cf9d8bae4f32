package data

import (
	"slices"
	"time"
)

// Interruption is how long the components that o concerns had really been out for its customers inside its window up to an
// instant, as a union, and whether one of them was then (M11). Degraded components are not out.
func Interruption(tx Tx, o Occurrence, at time.Time) (lasted time.Duration, out bool, err error) {
	slugs, err := ConcernedBy(tx, o)
	if err != nil {
		return 0, false, err
	}
	var spans []Window
	for _, slug := range slugs {
		for outage, err := range tx.Outages().Range(OutageKey(slug+"|"), OutageKey(slug+"}")) {
			if err != nil {
				return 0, false, err
			}
			c := outage.Corrected()
			if c.Void || c.Impact == Degradation || !Meets(c.Cohort, o.Cohort) {
				continue
			}
			w := Window{later(c.Started, o.Window.Start), earlier(at, o.Window.End)}
			if !c.Ended.IsZero() {
				w.End = earlier(w.End, c.Ended)
			}
			out = out || !c.Started.After(at) && (c.Ended.IsZero() || c.Ended.After(at))
			if w.Start.Before(w.End) {
				spans = append(spans, w)
			}
		}
	}
	slices.SortFunc(spans, func(a, b Window) int { return a.Start.Compare(b.Start) })
	var until time.Time
	for _, w := range spans {
		if w.Start = later(w.Start, until); w.Start.Before(w.End) {
			lasted += w.Duration()
			until = w.End
		}
	}
	return lasted, out, nil
}

// Meets says whether two cohorts have customers in common, as far as their names tell.
func Meets(a, b string) bool {
	all := func(c string) bool { return c == "" || c == AllCustomers }
	return a == b || all(a) || all(b)
}

// ConcernedBy returns the slugs of the components that o concerns: those it names, else every committed one.
func ConcernedBy(tx Tx, o Occurrence) ([]string, error) {
	if len(o.Components) > 0 {
		return o.Components, nil
	}
	var slugs []string
	for c, err := range tx.Components().Range("", "") {
		if err != nil {
			return nil, err
		}
		if c.Commitment == Committed && !c.Retired {
			slugs = append(slugs, c.Slug)
		}
	}
	return slugs, nil
}

// HiddenFrom says whether o concerns only components that the public does not know of: then it is told to nobody (C6).
func (o Occurrence) HiddenFrom(known func(component string) bool) bool {
	return len(o.Components) > 0 && !slices.ContainsFunc(o.Components, known)
}

// PublicIn says of a component's slug whether the public knows of it.
func PublicIn(tx Tx) func(component string) bool {
	return func(component string) bool {
		c, err := tx.Components().Get(component)
		return err == nil && c.Public()
	}
}
