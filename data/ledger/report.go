package ledger

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"time"

	"github.com/superoffice/statusd/data"
)

// Report is a month's result in the fixed shape of DESIGN.md 12.
type Report struct {
	Month      string    `json:"month"`
	Zone       string    `json:"zone"`
	Target     string    `json:"target"`
	Component  string    `json:"component,omitempty"` // empty means the headline over all
	Cohort     string    `json:"cohort,omitempty"`
	Seconds    int64     `json:"month_seconds"`
	Allowance  int64     `json:"allowance_seconds"` // downtime that still meets the target, cut
	Unobserved int64     `json:"unobserved_seconds"`
	Coverage   string    `json:"coverage_percent"` // watched share of the month, with SoFar of what is over of it; six decimals, cut
	SoFar      bool      `json:"so_far,omitempty"` // the month is not over
	AsOf       time.Time `json:"as_of,omitzero"`   // with SoFar
	Left       *int64    `json:"allowance_left_seconds,omitempty"`
	Contract   Result    `json:"contract"`
	Strict     Result    `json:"strict"`
	Observed   Result    `json:"observed"`
	NoData     bool      `json:"no_data,omitempty" doc:"Nobody watched any of it: the results say nothing."` // U15

	Declared []Declared `json:"declared_afterwards,omitempty"` // in order of their starts
}

// Declared is time that was said afterwards to have been maintenance, which takes it out of the contract's figure.
type Declared struct {
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Declared time.Time `json:"declared"`
}

// Result is what one policy says of the month.
type Result struct {
	Downtime int64   `json:"downtime_seconds"`
	Uptime   string  `json:"uptime_percent,omitempty" doc:"Six decimals, cut: 99.799961. Absent where there is no figure."`
	Shown    string  `json:"uptime_shown,omitempty" doc:"Two decimals, cut: 99.79. Absent where there is no figure."`
	Met      bool    `json:"met,omitempty" doc:"Not below the target by the downtime on record, compared exactly; verdict says whether that is known. Absent where there is no figure."`
	Verdict  Verdict `json:"verdict" doc:"met: whatever happened while nobody watched. not_met. unknown: it depends on what happened while nobody watched. no_data: nobody watched any of it. withheld: the record of the settled month was changed. Of the last two there is no figure."`
}

// MarshalJSON leaves out of a month without a figure what nobody can say of it (U15), and else writes all members.
func (r Result) MarshalJSON() ([]byte, error) {
	if !r.Verdict.Known() {
		return json.Marshal(struct {
			Downtime int64   `json:"downtime_seconds"`
			Verdict  Verdict `json:"verdict"`
		}{r.Downtime, r.Verdict})
	}
	return json.Marshal(struct {
		Downtime int64   `json:"downtime_seconds"`
		Uptime   string  `json:"uptime_percent"`
		Shown    string  `json:"uptime_shown"`
		Met      bool    `json:"met"`
		Verdict  Verdict `json:"verdict"`
	}(r))
}

// Report works out the month. It fails, with a *data.Error, only where month, zone or target are wrong.
func (f Facts) Report(sel Selection) (Report, error) {
	loc, err := zone(f.Zone)
	if err != nil {
		return Report{}, err
	}
	target, err := share(f.Target)
	if err != nil {
		return Report{}, err
	}
	from, to, err := Bounds(f.Month, loc)
	if err != nil {
		return Report{}, err
	}
	month := to.Unix() - from.Unix()
	r := Report{
		Month: f.Month, Zone: f.Zone, Target: f.Target, Component: name(sel.Component), Cohort: name(sel.Cohort),
		Seconds: month, Allowance: allowance(target, month),
	}
	until := to
	if !f.AsOf.IsZero() && f.AsOf.Before(to) {
		until, r.SoFar, r.AsOf = f.AsOf, true, f.AsOf
	}
	spans := f.Spans(from, until, sel)
	worst := f.worst(spans, sel)
	result := func(p Policy) Result {
		g := Figure{Uptime(spans, p).Downtime, month}
		return Result{g.Downtime, g.Percent(6), g.Percent(2), g.Downtime <= r.Allowance, verdict(g.Downtime, Uptime(worst, p).Downtime, r.Allowance)}
	}
	r.Contract, r.Strict, r.Observed = result(Contract), result(Strict), result(Observed)
	r.Unobserved = spans.Unobserved()
	over := until.Unix() - from.Unix()
	r.Coverage = percent(over-r.Unobserved, over, 6)
	r.NoData = r.Contract.Downtime == 0 && r.Strict.Downtime == 0 && r.Observed.Downtime == 0 && f.unwatched(spans, sel)
	if r.NoData {
		none := Result{Verdict: NoVerdict}
		r.Contract, r.Strict, r.Observed = none, none, none
	}
	if r.SoFar {
		left := max(0, r.Allowance-r.Contract.Downtime)
		r.Left = &left
	}
	for _, m := range f.Maintenance {
		w := newWindow(m, sel)
		named := Selection{name(sel.Component), name(sel.Cohort)}
		if !m.Declared.IsZero() && w.carriedOut && named.components(m.Components) && named.cohort(m.Cohort) && m.Start.Before(until) && m.End.After(from) {
			r.Declared = append(r.Declared, Declared{m.Start, m.End, m.Declared})
		}
	}
	return r, nil
}

var sharePattern = regexp.MustCompile(`^[01](\.[0-9]{1,12})?$`)

// share reads a target such as 0.998 exactly.
func share(s string) (*big.Rat, error) {
	if sharePattern.MatchString(s) {
		if r, ok := new(big.Rat).SetString(s); ok && r.Sign() > 0 && r.Cmp(big.NewRat(1, 1)) <= 0 {
			return r, nil
		}
	}
	return nil, data.Invalid("target", fmt.Sprintf(
		"%s is no share above 0 and at most 1 with up to 12 decimals: write 99.8 %% as 0.998", quote(s)))
}

// allowance is the largest whole number of seconds d with (total - d) / total >= target.
func allowance(target *big.Rat, total int64) int64 {
	d := new(big.Rat).Sub(big.NewRat(1, 1), target)
	d.Mul(d, new(big.Rat).SetInt64(total))
	return new(big.Int).Quo(d.Num(), d.Denom()).Int64() // not negative, so cutting is rounding down
}

// percent writes 100 x part / whole as text with digits decimals, cut. Nothing of nothing is all.
func percent(part, whole int64, digits int) string {
	if whole <= 0 {
		part, whole = 1, 1
	}
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)+2), nil)
	n.Quo(n.Mul(n, big.NewInt(part)), big.NewInt(whole))
	s := fmt.Sprintf("%0*d", digits+1, n)
	if digits <= 0 {
		return s
	}
	return s[:len(s)-digits] + "." + s[len(s)-digits:]
}
