package months

import (
	"math/big"
	"slices"
	"time"

	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/ledger"
)

// Claim is until when an outage that the contract's figure counts can be reported (C2).
type Claim struct {
	Start     time.Time  `json:"start"`
	Component string     `json:"component,omitempty"`
	Cohort    string     `json:"cohort,omitempty"`
	Days      []ClaimDay `json:"days"`

	reported time.Time
}

// ClaimDay is the last day in one territory.
type ClaimDay struct {
	Territory string        `json:"territory"`
	Last      calendar.Date `json:"last" doc:"The fifth working day after the day of the outage, which is not counted."`
	Before    time.Time     `json:"before" doc:"The end of that day on the territory's clock."`
	Handled   string        `json:"handled_by,omitempty" doc:"Where a customer's report is on record: 30 days after it. For information."`
}

// reduction is the indication of C1: the share of the month that was down, in percent, cut to four decimals. Empty where
// the target is met.
func reduction(r ledger.Report) string {
	if r.Contract.Verdict != ledger.NotMet || r.Seconds <= 0 {
		return ""
	}
	n := new(big.Int).Mul(big.NewInt(r.Contract.Downtime), big.NewInt(1_000_000))
	n.Quo(n, big.NewInt(r.Seconds)) // not negative, so this cuts
	return new(big.Rat).SetFrac(n, big.NewInt(10_000)).FloatString(4)
}

// MayClaim says whether a month may give a right to a reduction (C1): below the target, or not known not to be. Of a running month
// that is not known, and the days to report run.
func (s *Sheet) MayClaim() bool { return s.SoFar || s.Contract.Verdict != ledger.Met }

// claims are those of the outages that the contract's figure counts, whatever became of the month (C2), each once: two probes may have opened one each.
func claims(entries []ledger.Entry, territories []*calendar.Calendar) []Claim {
	var all []Claim
	for _, e := range entries {
		if e.Contract > 0 {
			all = append(all, claim(e, territories))
		}
	}
	return once(all)
}

// once leaves one claim of those that are of the same.
func once(all []Claim) []Claim {
	out := []Claim{}
	for _, c := range all {
		i := slices.IndexFunc(out, func(o Claim) bool {
			return o.Start.Equal(c.Start) && o.Component == c.Component && o.Cohort == c.Cohort
		})
		if i < 0 {
			out = append(out, c)
		} else if !c.reported.IsZero() && (out[i].reported.IsZero() || c.reported.Before(out[i].reported)) {
			out[i] = c // the first report is the one that is handled
		}
	}
	return out
}

// claim works out the last days for an outage: they go by when it began, whatever the figure is counted from (C2).
func claim(e ledger.Entry, territories []*calendar.Calendar) Claim {
	c := Claim{Start: e.Start, Component: e.Component, Cohort: e.Cohort, reported: e.Reported}
	for _, t := range territories {
		last, end := t.ClaimBy(e.Start)
		day := ClaimDay{Territory: t.Code, Last: last, Before: end}
		if !e.Reported.IsZero() {
			day.Handled = t.HandledBy(e.Reported).String()
		}
		c.Days = append(c.Days, day)
	}
	return c
}
