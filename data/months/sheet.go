package months

import (
	"encoding/json"
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
	NoData      bool               `json:"no_data" doc:"Nobody watched any of it: the figures say nothing."` // as in Report, and always written
	Reduction   string             `json:"reduction_percent,omitempty" doc:"Where the contract's target is not met: downtime as a share of the month, in percent, cut to four decimals. An indication only."`
	Rules       int                `json:"rules" doc:"Version of the definition."`
	Settled     time.Time          `json:"settled,omitzero" doc:"When this revision was written; absent while the month is not settled."`
	SettledAt   time.Time          `json:"settled_at,omitzero" doc:"When the month was settled: when its first revision was written."`
	RevisedAt   time.Time          `json:"revised_at,omitzero" doc:"When the newest revision was written, if that is not the first."`
	Withheld    bool               `json:"withheld,omitempty" doc:"Its record was changed after it was settled, so that there are no figures until it is restored."`
	SettlesAt   time.Time          `json:"settles_at,omitzero" doc:"When it will be settled."`
	Revision    int                `json:"revision" doc:"Zero while it is not settled."`
	Fingerprint string             `json:"fingerprint,omitempty" doc:"SHA-256 over the facts of the settled month: what its page prints, and a facts file can be checked with."`
	Hash        string             `json:"hash,omitempty" doc:"SHA-256 over the whole record of the settled month."`
	Restated    []Restatement      `json:"restated" doc:"Earlier revisions of a settled month, oldest first."`
	ByComponent []ledger.Report    `json:"by_component"`
	ByCohort    []ledger.Report    `json:"by_cohort"`
	Intervals   []ledger.Entry     `json:"intervals" doc:"Outages; where they overlap, the month counts the time once: stretches add up to it."`
	Stretches   []ledger.Stretch   `json:"stretches" doc:"What the intervals come to: time on end, each second once, so that they add up to the month's figure."`
	Unwatched   []ledger.Uncounted `json:"unobserved" doc:"When nobody watched; these add up to unobserved_seconds."`
	Exclusions  []Excluded         `json:"exclusions" doc:"Maintenance that was carried out."`
	Claims      []Claim            `json:"claims" doc:"The last days to report what the contract's figure counts."`
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

// The states of a month.
const (
	StateWithheld   = "withheld"    // its record was changed after it was settled
	StateNoData     = "no_data"     // nobody watched any of it
	StateSoFar      = "so_far"      // it is not over
	StateNotSettled = "not_settled" // it is over
	StateSettled    = "settled"
	StateRestated   = "restated" // settled, and revised since
)

// State says in a word how final the month's figure is.
func (s Sheet) State() string {
	switch {
	case s.Withheld:
		return StateWithheld
	case s.NoData: // neither up nor down (U15)
		return StateNoData
	case s.SoFar:
		return StateSoFar
	case s.Revision == 0:
		return StateNotSettled
	case s.Revision > 1:
		return StateRestated
	}
	return StateSettled
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
	r, err := k.Report(v.Selection)
	if err != nil {
		return Sheet{}, err
	}
	s := Sheet{
		Report: r, NoData: r.NoData, Rules: Rules, Restated: []Restatement{}, ByComponent: []ledger.Report{}, ByCohort: []ledger.Report{},
		Intervals: []ledger.Entry{}, Stretches: []ledger.Stretch{}, Unwatched: []ledger.Uncounted{}, Exclusions: []Excluded{}, Claims: []Claim{},
	}
	if s.Withheld = k.Withheld != nil; s.Withheld {
		return s, nil
	}
	s.Reduction = reduction(r)
	if m := k.Settled; m != nil {
		s.Settled, s.Revision, s.Hash, s.Rules, s.Fingerprint = m.At, m.Revision, m.Hash, m.Rules, k.Facts.Fingerprint()
		s.SettledAt = m.At
		if len(k.Before) > 0 {
			s.SettledAt, s.RevisedAt = k.Before[0].At, m.At
		}
		if s.Restated, err = k.restated(v.Selection); err != nil {
			return s, err
		}
	} else if of := k.Facts.Settled; of.Revision > 0 { // a file's
		s.Revision, s.Hash, s.Fingerprint = of.Revision, of.Hash, of.Fingerprint
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
	gaps, err := k.Facts.Unwatched(v.Selection)
	if err != nil {
		return s, err
	}
	s.Unwatched = append(s.Unwatched, gaps...)
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
	if len(v.Territories) > 0 {
		s.Claims = append(s.Claims, claims(entries, v.Territories)...)
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
	s.Claims = once(s.Claims) // of those that have no names any more, one is told
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
