package ledger

// Verdict says whether a month's target was met, as far as anybody can know (U1, U15).
type Verdict string

// The verdicts.
const (
	Met       Verdict = "met"      // whatever happened in the time that nobody watched
	NotMet    Verdict = "not_met"  // by the downtime that is on record alone
	Uncertain Verdict = "unknown"  // it depends on what happened while nobody watched
	NoVerdict Verdict = "no_data"  // nobody watched any of it
	Withheld  Verdict = "withheld" // the record of the settled month was changed: package months
)

// Known says whether there is a figure at all.
func (v Verdict) Known() bool { return v != NoVerdict && v != Withheld }

// verdict is the one rule for it. Time that nobody watched counts as neither up nor down (U15): the target was met only if it would be
// met with all of that time down too, and missed only if it was missed without.
func verdict(downtime, worst, allowance int64) Verdict {
	switch {
	case downtime > allowance:
		return NotMet
	case worst > allowance:
		return Uncertain
	}
	return Met
}

// Least is the contract's uptime of the month at the least: with all the time that nobody watched down. Percent with two decimals,
// cut like Result.Shown, which is what it was at the most. Errors are those of Report.
func (f Facts) Least(sel Selection) (string, error) {
	loc, err := zone(f.Zone)
	if err != nil {
		return "", err
	}
	from, to, err := Bounds(f.Month, loc)
	if err != nil {
		return "", err
	}
	until := to
	if !f.AsOf.IsZero() {
		until = earlier(f.AsOf, to)
	}
	worst := f.worst(f.Spans(from, until, sel), sel)
	return Figure{Uptime(worst, Contract).Downtime, to.Unix() - from.Unix()}.Percent(2), nil
}

// worst are the spans with an outage of the provider's in every gap of a counted component: what may have been at the most.
func (f Facts) worst(s Spans, sel Selection) Spans {
	s.outages = s.outages[:len(s.outages):len(s.outages)]
	sel = Selection{name(sel.Component), name(sel.Cohort)}
	for _, g := range f.Unobserved {
		if sel.component(g.Component) {
			s.outages = append(s.outages, newOutage(Outage{Start: g.Start, End: g.End, Component: g.Component}, sel))
		}
	}
	return s
}
