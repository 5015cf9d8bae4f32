package api

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// OutageMonth is what becomes of a month's figures.
type OutageMonth struct {
	Month    string         `json:"month" doc:"Such as 2026-04."`
	SoFar    bool           `json:"so_far" doc:"The month is not over."`
	Settled  int            `json:"settled_revision" doc:"The revision that held before; 0 while the month is not settled."`
	Revision int            `json:"new_revision" doc:"The revision that the change makes of a settled month; 0 where it makes none."`
	Figures  []OutageFigure `json:"figures" doc:"The headline first, then the component, then the customers it concerned where those are not all."`
}

// OutageFigure is a figure before and after.
type OutageFigure struct {
	Component string       `json:"component" doc:"Empty is the headline over all committed components."`
	Cohort    string       `json:"cohort" doc:"Empty is everybody."`
	Before    MonthFigures `json:"before" doc:"As it is without the change; of an outage that is looked at: without the outage."`
	After     MonthFigures `json:"after" doc:"With it."`
}

// MonthFigures are those of a month under the three policies.
type MonthFigures struct {
	Contract MonthFigure `json:"contract" doc:"What counts for the contract."`
	Strict   MonthFigure `json:"strict" doc:"Only maintenance told 24 hours before is excluded, and every outage counts from its start."`
	Observed MonthFigure `json:"observed" doc:"What customers met, whoever was at fault."`
}

// MonthFigure is one of them.
type MonthFigure struct {
	Downtime int64          `json:"downtime_seconds" doc:"How long it was down."`
	Uptime   string         `json:"uptime_percent" doc:"Six decimals, cut; empty where there is no figure."`
	Met      bool           `json:"met" doc:"Not below the target by the downtime on record, compared exactly; verdict says whether that is known."`
	Verdict  ledger.Verdict `json:"verdict" doc:"As in the report of the month."`
	Left     int64          `json:"allowance_left_seconds" doc:"How much more downtime still meets the target; below 0 by how much it is missed."`
}

func monthFigures(r ledger.Report) MonthFigures {
	of := func(x ledger.Result) MonthFigure {
		return MonthFigure{x.Downtime, x.Uptime, x.Met, x.Verdict, r.Allowance - x.Downtime}
	}
	return MonthFigures{of(r.Contract), of(r.Strict), of(r.Observed)}
}

// monthsOf are the months of a zone that outages touch, oldest first.
func monthsOf(outages []data.Outage, zone *time.Location, now time.Time) (out []string) {
	for _, o := range outages {
		for _, is := range []data.Outage{o, o.Corrected()} {
			end := is.Ended
			if end.IsZero() {
				end = now
			}
			y, m, _ := is.Started.In(zone).Date()
			for at := time.Date(y, m, 1, 0, 0, 0, 0, zone); at.Before(end); at = at.AddDate(0, 1, 0) {
				out = append(out, at.Format("2006-01"))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// selections are what an effect is shown of: the headline, the component, and the customers of the outages.
func selections(component string, outages []data.Outage) []ledger.Selection {
	all := []ledger.Selection{{}, {Component: component}}
	for _, o := range outages {
		for _, cohort := range []string{o.Cohort, o.Corrected().Cohort} {
			s := ledger.Selection{Component: component, Cohort: cohort}
			if cohort != "" && cohort != data.AllCustomers && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// counted says whether a component's downtime is in a month's figure.
func counted(tx data.Tx, s months.Statement, component string) (bool, error) {
	if s.Settled != nil {
		return slices.Contains(s.Settled.Components, component), nil
	}
	c, err := tx.Components().Get(component)
	if errors.Is(err, data.ErrNotFound) {
		return false, nil
	}
	return c.Commitment == data.Committed, err
}

// compared shows a month's figures from one statement to another.
func compared(tx data.Tx, month, component string, selected []ledger.Selection, before, after months.Statement) (OutageMonth, error) {
	v := OutageMonth{Month: month, Figures: []OutageFigure{}}
	if before.Settled != nil {
		v.Settled = before.Settled.Revision
		if after.Settled != nil && after.Settled.Revision != v.Settled {
			v.Revision = after.Settled.Revision
		}
	}
	counts, err := counted(tx, after, component)
	if err != nil {
		return v, err
	}
	for _, sel := range selected {
		if sel.Component != "" && !counts {
			continue
		}
		was, err := before.Facts.Report(sel)
		if err != nil {
			return v, err
		}
		is, err := after.Facts.Report(sel)
		if err != nil {
			return v, err
		}
		v.SoFar = is.SoFar
		v.Figures = append(v.Figures, OutageFigure{sel.Component, sel.Cohort, monthFigures(was), monthFigures(is)})
	}
	return v, nil
}

// lowered names what of a month has less downtime by the contract after a change than before it: the headline or a component, of
// everybody or of any customers there are. Each is a figure that somebody may rest on.
func lowered(month string, components, cohorts []string, before, after months.Statement) ([]string, error) {
	var out []string
	for _, cohort := range append([]string{""}, cohorts...) {
		if cohort != "" && len(out) > 0 {
			break // it is less for everybody, or for others too: that says enough
		}
		for _, slug := range append([]string{""}, components...) {
			sel := ledger.Selection{Component: slug, Cohort: cohort}
			was, err := before.Facts.Report(sel)
			if err != nil {
				return nil, err
			}
			is, err := after.Facts.Report(sel)
			if err != nil {
				return nil, err
			}
			if is.Contract.Downtime >= was.Contract.Downtime {
				continue
			}
			whose := "in all"
			if slug != "" {
				whose = "of " + slug
			}
			if cohort != "" {
				whose += " for " + cohort
			}
			out = append(out, fmt.Sprintf("%s %s, from %s to %s", month, whose, downtime(was.Contract.Downtime), downtime(is.Contract.Downtime)))
		}
	}
	return out, nil
}

func downtime(seconds int64) string {
	if seconds == 0 {
		return "none"
	}
	return i18n.Duration(i18n.EN, time.Duration(seconds)*time.Second)
}

// rest is the remainder of the customers beside the cohorts that facts name (data/ledger).
const rest = "rest"

// cohortNames are all there are, and those that outages name.
func cohortNames(tx data.Tx, outages []data.Outage) ([]string, error) {
	names := []string{rest}
	for c, err := range tx.Cohorts().Range("", "") {
		if err != nil {
			return nil, err
		}
		names = append(names, c.Slug)
	}
	for _, o := range outages {
		names = append(names, o.Cohort, o.Corrected().Cohort)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(names, func(s string) bool { return s == "" || s == data.AllCustomers })
	return slices.Compact(names), nil
}

// outageEffect is what a change of outages makes of the months.
type outageEffect struct {
	months  []OutageMonth
	lowered []string
}

// change writes outages, makes the revisions of settled months that they call for, and says what became of every month. The figures
// that it shows are of the first outage's component.
func (a *API) change(tx data.Tx, c *Call, before, after []data.Outage) (outageEffect, error) {
	var e outageEffect
	book, zone := a.Settings.Book(), a.zone()
	both := slices.Concat(before, after)
	component, components := both[0].Component, componentsOf(both)
	touched := monthsOf(both, zone, c.now)
	records, err := a.recordsOf(tx, c, touched)
	if err != nil {
		return e, err
	}
	was := map[string]months.Statement{}
	for _, month := range touched {
		if was[month], err = book.StatementFrom(tx, records, month, c.now); err != nil {
			return e, err
		}
	}
	from := c.now
	for _, o := range both {
		for _, is := range []data.Outage{o, o.Corrected()} {
			if is.Started.Before(from) {
				from = is.Started
			}
		}
	}
	c.seen = revisions{} // what is read from here on is tried, and not to be kept
	for _, o := range after {
		if err := tx.Outages().Put(o); err != nil {
			return e, err
		}
		records.Outages = slices.DeleteFunc(slices.Clone(records.Outages), func(r data.Outage) bool { return r.Key() == o.Key() })
		records.Outages = append(records.Outages, o)
	}
	revised, err := book.Revise(tx, from, c.By.Name, lastWord(after[0]), c.now)
	if err != nil {
		return e, err
	}
	for _, m := range revised {
		if _, ok := was[m.Month]; ok {
			continue
		}
		old, err := tx.Months().Get(data.KeyOfMonth(m.Month, m.Revision-1))
		if err != nil {
			return e, err
		}
		facts, err := months.Facts(old)
		if err != nil {
			return e, err
		}
		was[m.Month] = months.Statement{Facts: facts, Settled: &old}
		touched = append(touched, m.Month)
	}
	slices.Sort(touched)
	cohorts, err := cohortNames(tx, both)
	if err != nil {
		return e, err
	}
	e.months = []OutageMonth{}
	var last months.Statement
	for _, month := range touched {
		is, err := book.StatementFrom(tx, records, month, c.now)
		if err != nil {
			return e, err
		}
		m, err := compared(tx, month, component, selections(component, both), was[month], is)
		if err != nil {
			return e, err
		}
		e.months = append(e.months, m)
		low, err := lowered(month, components, cohorts, was[month], is)
		if err != nil {
			return e, err
		}
		e.lowered = append(e.lowered, low...)
		last = is
	}
	if len(e.lowered) > 0 {
		return e, nil // that says enough
	}
	for _, slug := range components {
		counts, err := counted(tx, last, slug)
		if err != nil {
			return e, err
		}
		if counts && lessToCome(slug, cohorts, before, after, c.now) {
			e.lowered = append(e.lowered, fmt.Sprintf("of %s, which goes on, for as long as no maintenance excludes it", slug))
		}
	}
	return e, nil
}

// lessToCome says whether outages of a component that go on count less after a change, however little they count now: as if they
// were alone, no maintenance excluded them, and they lasted on. While a window takes all of an outage out, the month's figure tells
// nothing of what a change would take out of the overrun.
func lessToCome(component string, cohorts []string, before, after []data.Outage, now time.Time) bool {
	rows := func(list []data.Outage) (r ledger.Rows, from time.Time, open bool) {
		from = now
		for _, o := range list {
			is := o.Corrected()
			if is.Component != component || is.Void {
				continue
			}
			open = open || is.Ended.IsZero()
			if is.Started.Before(from) {
				from = is.Started
			}
			r.Outages = append(r.Outages, ledgerRow(is))
		}
		return r, from, open
	}
	was, from, open := rows(before)
	is, other, _ := rows(after)
	if !open {
		return false
	}
	if other.Before(from) {
		from = other
	}
	return slices.ContainsFunc(append([]string{""}, cohorts...), func(cohort string) bool {
		counts := func(r ledger.Rows) int64 {
			return ledger.Uptime(r.Spans(from, now.Add(time.Hour), ledger.Selection{Component: component, Cohort: cohort}), ledger.Contract).Downtime
		}
		return counts(is) < counts(was)
	})
}

// componentsOf are the components of outages, each once.
func componentsOf(outages []data.Outage) (slugs []string) {
	for _, o := range outages {
		slugs = append(slugs, o.Component)
	}
	slices.Sort(slugs)
	return slices.Compact(slugs)
}

// lastWord is why an outage is as it is.
func lastWord(o data.Outage) string {
	if n := len(o.Corrections); n > 0 {
		return o.Corrections[n-1].Why
	}
	return o.Why
}

// allowed refuses to one who is no admin what lowers a figure that a contract rests on.
func (e outageEffect) allowed(by data.Actor) error {
	if len(e.lowered) == 0 || by.Role.May(data.Admin) {
		return nil
	}
	text := strings.Join(e.lowered[:min(3, len(e.lowered))], "; ")
	if more := len(e.lowered) - 3; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return data.Forbidden(fmt.Sprintf("the contract's downtime would be less (%s): that takes the role admin. Show it to an admin by the preview, and let them do it", text))
}

// without are a statement's facts as if an outage had not been: the row that it made is taken out.
func without(f ledger.Facts, o data.Outage) ledger.Facts {
	gone := ledgerRow(o)
	gone.Impact, gone.Cause = cmp.Or(gone.Impact, data.NoReadNoWrite), cmp.Or(gone.Cause, data.ByProvider)
	n := slices.IndexFunc(f.Outages, func(r ledger.Outage) bool {
		return r.Component == gone.Component && (r.Cohort == gone.Cohort || r.Cohort == "" && gone.Cohort == data.AllCustomers) && r.Start.Equal(gone.Start) &&
			(r.End.Equal(gone.End) || r.End.IsZero()) && r.Reported.Equal(gone.Reported) && (r.Aware.Equal(gone.Aware) || gone.Aware.IsZero()) &&
			r.Impact == gone.Impact && r.Cause == gone.Cause
	})
	if n >= 0 {
		f.Outages = slices.Delete(slices.Clone(f.Outages), n, n+1)
	}
	return f
}
