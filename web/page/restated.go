package page

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// restated is one revision of a settled month that changed its figures.
type restated struct {
	ISO, Date     string
	Revision      string
	Before, After version
	Reasons       []string // what was corrected
}

// version is what a month said. One that nobody watched said nothing (U15).
type version struct {
	Known              bool
	Contract, Observed figure
}

// restated lists what revisions changed. What an operator wrote about a correction is for the record and never public; the
// reason shown is what was corrected, which follows from the facts themselves.
func (m maker) restated(r Month, s months.Sheet) []restated {
	var out []restated
	for _, n := range s.Restated {
		row := restated{
			ISO: iso(n.At), Date: m.dayOf(n.At), Revision: m.T("ui.revision", "n", number(n.Revision)),
			Before: m.version(n.Before), After: m.version(n.After),
		}
		if before, after, ok := revised(r.kept, n.Revision); ok {
			for _, c := range changes(before, after, m.s.counted()) {
				if reason := m.change(c); !slices.Contains(row.Reasons, reason) {
					row.Reasons = append(row.Reasons, reason)
				}
			}
		}
		out = append(out, row)
	}
	return out
}

func (m maker) version(f months.Figures) version {
	v := version{f.Contract.Verdict.Known(), m.figure(f.Contract, month{}), m.figure(f.Observed, month{})}
	v.Contract.Downtime, v.Observed.Downtime = m.downtime(f.Contract.Downtime), m.downtime(f.Observed.Downtime)
	v.Observed.Met, v.Observed.Breach, v.Observed.Open = "", false, false // the target is the contract's
	return v
}

// revised are the facts that a revision took the place of, and its own.
func revised(k *months.Kept, revision int) (before, after ledger.Facts, ok bool) {
	if k == nil || revision < 2 || revision > len(k.Before)+1 {
		return before, after, false
	}
	if revision <= len(k.Before) {
		return k.Before[revision-2].Facts, k.Before[revision-1].Facts, true
	}
	return k.Before[revision-2].Facts, k.Facts, true
}

// change is one thing that a revision corrected. Of an interruption it has the component and when it began.
type change struct {
	Kind      string // key of its words: ui.change_ and this
	Component string
	Start     time.Time
}

// changes tells two versions of a month apart, for one selection: interruptions that were withdrawn, added or corrected, in the
// order of the facts, then whether maintenance was corrected. Where all of these are the same, it says that something else was.
func changes(before, after ledger.Facts, sel ledger.Selection) (out []change) {
	concerns := func(o ledger.Outage) bool {
		return sel.Cohort == "" || o.Cohort == "" || o.Cohort == sel.Cohort
	}
	was := slices.DeleteFunc(slices.Clone(before.Outages), func(o ledger.Outage) bool { return !concerns(o) })
	is := slices.DeleteFunc(slices.Clone(after.Outages), func(o ledger.Outage) bool { return !concerns(o) })
	for i := 0; i < len(was); i++ { // what stayed as it was is no change
		if n := slices.IndexFunc(is, func(o ledger.Outage) bool { return same(o, was[i]) }); n >= 0 {
			was, is = slices.Delete(was, i, i+1), slices.Delete(is, n, n+1)
			i--
		}
	}
	for _, old := range was {
		n := slices.IndexFunc(is, func(o ledger.Outage) bool {
			return o.Component == old.Component && o.Cohort == old.Cohort && meet(o, old)
		})
		if n < 0 {
			out = append(out, change{"withdrawn", old.Component, old.Start})
			continue
		}
		kind := "times"
		switch {
		case is[n].Cause != old.Cause:
			kind = "cause"
		case is[n].Impact != old.Impact:
			kind = "impact"
		}
		out = append(out, change{kind, old.Component, is[n].Start})
		is = slices.Delete(is, n, n+1)
	}
	for _, o := range is {
		out = append(out, change{"added", o.Component, o.Start})
	}
	if !slices.EqualFunc(before.Maintenance, after.Maintenance, sameWindow) {
		out = append(out, change{Kind: "maintenance"})
	}
	if len(out) == 0 {
		out = append(out, change{Kind: "other"})
	}
	return out
}

// same says whether two rows are of one interruption that was not corrected.
func same(a, b ledger.Outage) bool {
	return a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Aware.Equal(b.Aware) && a.Reported.Equal(b.Reported) &&
		a.Impact == b.Impact && a.Cause == b.Cause && a.Component == b.Component && a.Cohort == b.Cohort
}

// sameWindow compares what counts of windows. What they are for counts for nothing.
func sameWindow(a, b ledger.Maintenance) bool {
	return a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Announced.Equal(b.Announced) && a.Declared.Equal(b.Declared) &&
		a.Phase == b.Phase && a.Cohort == b.Cohort && slices.Equal(a.Components, b.Components)
}

// meet says whether two intervals have time in common or touch.
func meet(a, b ledger.Outage) bool {
	return (b.End.IsZero() || !a.Start.After(b.End)) && (a.End.IsZero() || !b.Start.After(a.End))
}

func (m maker) change(c change) string {
	words := m.T("ui.change_" + c.Kind)
	if c.Start.IsZero() {
		return i18n.Capital(words)
	}
	return m.componentName(c.Component) + ", " + m.dayOf(c.Start) + ": " + words
}
