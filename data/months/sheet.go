package months

import (
	"encoding/json"
	"math/big"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/ledger"
)

// Sheet is a month as one would show it to a customer: the figures, how they came about, whether they are final, and what was said
// before. Page, JSON, CSV, badge, metrics and commands all print from it, and its figures are those of ledger.Facts.Report.
type Sheet struct {
	ledger.Report
	NoData      bool             `json:"no_data" doc:"Nobody watched any of it: the figures say nothing."` // as in Report, and always written
	Reduction   string           `json:"reduction_percent,omitempty" doc:"Where the contract's target is not met: downtime as a share of the month, in percent, cut to four decimals. An indication only."`
	Rules       int              `json:"rules" doc:"Version of the definition."`
	Settled     time.Time        `json:"settled,omitzero" doc:"When this revision was written; absent while the month is not settled."`
	SettledAt   time.Time        `json:"settled_at,omitzero" doc:"When the month was settled: when its first revision was written."`
	RevisedAt   time.Time        `json:"revised_at,omitzero" doc:"When the newest revision was written, if that is not the first."`
	Withheld    bool             `json:"withheld,omitempty" doc:"Its record was changed after it was settled, so that there are no figures until it is restored."`
	SettlesAt   time.Time        `json:"settles_at,omitzero" doc:"When it will be settled."`
	Revision    int              `json:"revision" doc:"Zero while it is not settled."`
	Hash        string           `json:"hash,omitempty" doc:"SHA-256 over the whole record of the settled month."`
	Restated    []Restatement    `json:"restated" doc:"Earlier revisions of a settled month, oldest first."`
	ByComponent []ledger.Report  `json:"by_component"`
	ByCohort    []ledger.Report  `json:"by_cohort"`
	Intervals   []ledger.Entry   `json:"intervals" doc:"Outages; where they overlap, the month counts the time once: stretches add up to it."`
	Stretches   []ledger.Stretch `json:"stretches" doc:"What the intervals come to: time on end, each second once, so that they add up to the month's figure."`
	Exclusions  []Excluded       `json:"exclusions" doc:"Maintenance that was carried out."`
	Claims      []Claim          `json:"claims" doc:"The last days to report what the contract's figure counts."`
}

// UnmarshalJSON reads what is written of a Sheet: no_data is of its Report as well.
func (s *Sheet) UnmarshalJSON(b []byte) error {
	type plain Sheet
	if err := json.Unmarshal(b, (*plain)(s)); err != nil {
		return err
	}
	s.Report.NoData = s.NoData
	return nil
}

// Excluded is a window that was carried out, with how long before its start it was announced.
type Excluded struct {
	ledger.Exclusion
	Notice *int64 `json:"notice_seconds,omitempty" doc:"From announcement to start; absent where it was never announced, negative where it was announced later."`
}

// Restatement is what a revision changed.
type Restatement struct {
	At       time.Time `json:"at"`
	Revision int       `json:"revision" doc:"The one that it made."`
	Before   Figures   `json:"before"`
	After    Figures   `json:"after"`
}

// Figures are the three results of a month.
type Figures struct {
	Contract ledger.Result `json:"contract"`
	Strict   ledger.Result `json:"strict"`
	Observed ledger.Result `json:"observed"`
}

// Claim is until when an outage that the contract's figure counts can be reported (C2).
type Claim struct {
	Start     time.Time  `json:"start"`
	Component string     `json:"component,omitempty"`
	Cohort    string     `json:"cohort,omitempty"`
	Days      []ClaimDay `json:"days"`
}

// ClaimDay is the last day in one territory.
type ClaimDay struct {
	Territory string        `json:"territory"`
	Last      calendar.Date `json:"last" doc:"The fifth working day after the day of the outage, which is not counted."`
	Before    time.Time     `json:"before" doc:"The end of that day on the territory's clock."`
	Handled   string        `json:"handled_by,omitempty" doc:"Where a customer's report is on record: 30 days after it. For information."`
}

// Kept is a month with what it said before.
type Kept struct {
	Statement
	Before []Earlier // oldest first
}

// Earlier is a revision that another has taken the place of.
type Earlier struct {
	At    time.Time
	Facts ledger.Facts
}

// Keep reads one month as it counts now, with its earlier revisions.
func (b Book) Keep(tx data.Tx, month string, now time.Time) (Kept, error) {
	all, err := Revisions(tx, month)
	if err != nil {
		return Kept{}, err
	}
	if len(all) == 0 {
		s, err := b.Statement(tx, month, now)
		return Kept{Statement: s}, err
	}
	return kept(all)
}

// Archive reads every settled month.
func Archive(tx data.Tx) (map[string]Kept, error) {
	by := map[string][]data.Month{}
	for m, err := range tx.Months().Range("", "") {
		if err != nil {
			return nil, err
		}
		by[m.Month] = append(by[m.Month], m)
	}
	out := map[string]Kept{}
	for month, all := range by {
		k, err := kept(all)
		if err != nil {
			return nil, err
		}
		out[month] = k
	}
	return out, nil
}

// kept makes a Kept of all revisions of a month, oldest first.
func kept(all []data.Month) (k Kept, err error) {
	for i := range all {
		facts, err := Facts(all[i])
		if err != nil {
			return k, err
		}
		if i < len(all)-1 {
			k.Before = append(k.Before, Earlier{all[i].At, facts})
			continue
		}
		k.Statement = Statement{facts, &all[i]}
	}
	return k, nil
}

// View says which sheet is made of a month.
type View struct {
	ledger.Selection
	Components  []string             // slugs to list by component, in order; those that do not count are passed over
	Cohorts     []string             // slugs to list by cohort, in order
	Territories []*calendar.Calendar // for claims
	PageID      string               // makes public IDs of windows; empty leaves their keys
	Settling    time.Time            // when a month that is not settled will be; zero says nothing
}

// Sheet makes the sheet of a month. Errors are those of ledger.Facts.Report.
func (k Kept) Sheet(v View) (Sheet, error) {
	r, err := k.Facts.Report(v.Selection)
	if err != nil {
		return Sheet{}, err
	}
	s := Sheet{
		Report: r, NoData: r.NoData, Rules: Rules, Restated: []Restatement{}, ByComponent: []ledger.Report{}, ByCohort: []ledger.Report{},
		Intervals: []ledger.Entry{}, Stretches: []ledger.Stretch{}, Exclusions: []Excluded{}, Claims: []Claim{},
	}
	s.Reduction = reduction(r)
	if m := k.Settled; m != nil {
		s.Settled, s.Revision, s.Hash, s.Rules = m.At, m.Revision, m.Hash, m.Rules
		s.SettledAt = m.At
		if len(k.Before) > 0 {
			s.SettledAt, s.RevisedAt = k.Before[0].At, m.At
		}
		if s.Restated, err = k.restated(v.Selection); err != nil {
			return s, err
		}
	} else {
		s.SettlesAt = v.Settling
	}
	for _, c := range v.Components {
		if !k.Facts.Counts(c) {
			continue
		}
		if err := s.part(&s.ByComponent, k.Facts, ledger.Selection{Component: c, Cohort: v.Cohort}); err != nil {
			return s, err
		}
	}
	for _, c := range v.Cohorts {
		if err := s.part(&s.ByCohort, k.Facts, ledger.Selection{Component: v.Component, Cohort: c}); err != nil {
			return s, err
		}
	}
	entries, exclusions, err := k.Facts.Entries(v.Selection)
	if err != nil {
		return s, err
	}
	s.Intervals = append(s.Intervals, entries...)
	stretches, err := k.Facts.Stretches(v.Selection)
	if err != nil {
		return s, err
	}
	s.Stretches = append(s.Stretches, stretches...)
	for _, x := range exclusions {
		e := Excluded{Exclusion: x}
		if !x.Announced.IsZero() {
			lead := int64(x.Start.Sub(x.Announced) / time.Second)
			e.Notice = &lead
		}
		if v.PageID != "" && e.ID != "" {
			e.ID = data.PublicID(v.PageID, "occurrence", e.ID)
		}
		s.Exclusions = append(s.Exclusions, e)
	}
	s.nameWindows()
	for _, e := range entries {
		if e.Contract > 0 && len(v.Territories) > 0 {
			s.Claims = append(s.Claims, claim(e, v.Territories))
		}
	}
	return s, nil
}

// part adds the figure of one component or cohort.
func (s *Sheet) part(to *[]ledger.Report, f ledger.Facts, sel ledger.Selection) error {
	r, err := f.Report(sel)
	if err == nil {
		*to = append(*to, r)
	}
	return err
}

// restated lists what revisions changed of one selection; one that only told its parts apart changed nothing of it.
func (k Kept) restated(sel ledger.Selection) ([]Restatement, error) {
	out := []Restatement{}
	var before Figures
	for i := range len(k.Before) + 1 {
		facts, at := k.Facts, k.Settled.At
		if i < len(k.Before) {
			facts, at = k.Before[i].Facts, k.Before[i].At
		}
		r, err := facts.Report(sel)
		if err != nil {
			return nil, err
		}
		after := Figures{r.Contract, r.Strict, r.Observed}
		if i > 0 && before != after {
			out = append(out, Restatement{at, i + 1, before, after})
		}
		before = after
	}
	return out, nil
}

// reduction is the indication of C1: the share of the month that was down, in percent, cut to four decimals. Empty where
// the target is met.
func reduction(r ledger.Report) string {
	if r.Contract.Met || r.Seconds <= 0 {
		return ""
	}
	n := new(big.Int).Mul(big.NewInt(r.Contract.Downtime), big.NewInt(1_000_000))
	n.Quo(n, big.NewInt(r.Seconds)) // not negative, so this cuts
	return new(big.Rat).SetFrac(n, big.NewInt(10_000)).FloatString(4)
}

// claim works out the last days for an outage: they go by when it began, whatever the figure is counted from (C2).
func claim(e ledger.Entry, territories []*calendar.Calendar) Claim {
	c := Claim{Start: e.Start, Component: e.Component, Cohort: e.Cohort}
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

// Other stands for a component that the reader may not know of.
const Other = "other"

// Shown is s without what names components outside known: they become Other, and windows for them alone lose their reason (C6).
func (s Sheet) Shown(known func(component string) bool) Sheet {
	name := func(c string) string {
		if c == "" || known(c) {
			return c
		}
		return Other
	}
	s.ByComponent = slices.DeleteFunc(slices.Clone(s.ByComponent), func(r ledger.Report) bool { return !known(r.Component) })
	s.Intervals, s.Exclusions, s.Claims = slices.Clone(s.Intervals), slices.Clone(s.Exclusions), slices.Clone(s.Claims)
	for i := range s.Intervals {
		s.Intervals[i].Component = name(s.Intervals[i].Component)
	}
	for i := range s.Claims {
		s.Claims[i].Component = name(s.Claims[i].Component)
	}
	s.Stretches = slices.Clone(s.Stretches)
	for i := range s.Stretches {
		var all []string
		for _, c := range s.Stretches[i].Components {
			all = append(all, name(c))
		}
		slices.Sort(all)
		s.Stretches[i].Components = slices.Compact(all)
	}
	for i := range s.Exclusions {
		x := &s.Exclusions[i]
		if len(x.Components) == 0 {
			continue
		}
		if x.Components = slices.DeleteFunc(slices.Clone(x.Components), func(c string) bool { return !known(c) && c != data.AllCustomers }); len(x.Components) == 0 {
			x.Components, x.Category, x.ID = []string{Other}, "", ""
		}
	}
	s.nameWindows()
	return s
}

// nameWindows makes what is not counted name the windows as Exclusions do.
func (s *Sheet) nameWindows() {
	named := func(list []ledger.Uncounted) []ledger.Uncounted {
		list = slices.Clone(list)
		for i := range list {
			if u := &list[i]; u.Exclusion != nil {
				u.Maintenance = s.Exclusions[*u.Exclusion].ID
			}
		}
		return list
	}
	for i := range s.Intervals {
		s.Intervals[i].Uncounted = named(s.Intervals[i].Uncounted)
	}
	for i := range s.Stretches {
		s.Stretches[i].Uncounted = named(s.Stretches[i].Uncounted)
	}
}
