package api

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// MonthRow is a settled month in the list.
type MonthRow struct {
	Month     string        `json:"month"`
	Revision  int           `json:"revision" doc:"The newest; above 1 it was restated."`
	Settled   time.Time     `json:"settled" doc:"When the first revision was written."`
	Revised   time.Time     `json:"revised,omitzero" doc:"When the newest was, if it is not the first."`
	Hash      string        `json:"hash" doc:"Of the newest revision."`
	Contract  ledger.Result `json:"contract"`
	Strict    ledger.Result `json:"strict"`
	Observed  ledger.Result `json:"observed"`
	Allowance int64         `json:"allowance_seconds"`
	NoData    bool          `json:"no_data" doc:"Nobody watched any of it: the figures say nothing."`
	Withheld  bool          `json:"withheld,omitempty" doc:"Its record was changed after it was settled, so that there are no figures."`
	Problem   string        `json:"problem,omitempty" doc:"With withheld: what is wrong, and the way out."`
}

// MonthList is every settled month, newest first.
type MonthList struct {
	Months []MonthRow `json:"months"`
	Zone   string     `json:"zone" doc:"Whose clock the dates of months go by."`
	Next   string     `json:"next,omitempty" doc:"The month that is settled next."`
	At     time.Time  `json:"at,omitzero" doc:"When that is."`
}

// MonthRecord is a month with its revisions.
type MonthRecord struct {
	Sheet     months.Sheet    `json:"sheet"`
	Revisions []MonthRevision `json:"revisions" doc:"Oldest first; none while the month is not settled."`
}

// MonthRevision is one revision, who made it and why, and what it said.
type MonthRevision struct {
	Revision int            `json:"revision"`
	Seq      int            `json:"seq" doc:"Its place in the chain of all months."`
	At       time.Time      `json:"at"`
	By       string         `json:"by"`
	Why      string         `json:"why,omitempty"`
	Rules    int            `json:"rules"`
	Prev     string         `json:"prev,omitempty" doc:"Hash of the one before in the chain."`
	Hash     string         `json:"hash"`
	Report   ledger.Report  `json:"report"`
	Outages  []OutageRecord `json:"outages" doc:"As recorded then, with every correction."`
}

// OutageRecord is an outage as it was recorded, with the authors and reasons of its corrections.
type OutageRecord data.Outage

// selectionParams narrow a month.
var selectionParams = []Param{{"component", "one component; without it the headline"}, {"cohort", "one cohort; without it all customers"}}

func monthOps() []Op {
	return []Op{
		{
			Name: "months.list", Method: "GET", Path: "/api/v1/months", Need: data.Viewer, Out: MonthList{},
			Summary: "List the settled months, newest first.",
			read:    func(a *API, tx data.Tx, c *Call) (any, error) { return a.listMonths(tx, c.now) },
		},
		{
			Name: "months.verify", Method: "GET", Path: "/api/v1/months/verify", Need: data.Viewer, Out: Verification{},
			Summary: "Check that no settled month was changed or taken out.",
			read:    func(_ *API, tx data.Tx, _ *Call) (any, error) { return verifyMonths(tx) },
		},
		{
			Name: "months.show", Method: "GET", Path: "/api/v1/months/{id}", Need: data.Viewer, Out: MonthRecord{}, Query: selectionParams,
			Summary: "Show a month in full, with its revisions, who made them and why.",
			read:    func(a *API, tx data.Tx, c *Call) (any, error) { return a.showMonth(tx, c) },
		},
		{
			Name: "report.year", Method: "GET", Path: "/api/v1/years/{id}", Need: data.Viewer, Out: months.Year{},
			Summary: "Work out the months of a year, such as 2026.",
			read:    func(a *API, tx data.Tx, c *Call) (any, error) { return a.year(tx, c) },
		},
	}
}

func verifyMonths(tx data.Tx) (any, error) {
	n, err := months.Verify(tx)
	v := Verification{Count: n, Verified: err == nil}
	if err != nil {
		v.Problem = err.Error()
		return v, nil
	}
	head, err := tx.Settings().Get(data.SettingMonthsHead)
	if errors.Is(err, data.ErrNotFound) {
		return v, nil
	} else if err != nil {
		return nil, err
	}
	m, err := tx.Months().Get(data.MonthKey(head.Value))
	v.Head = m.Hash
	return v, err
}

func (a *API) listMonths(tx data.Tx, now time.Time) (any, error) {
	book := a.Settings.Book()
	archive, err := book.Archive(tx)
	if err != nil {
		return nil, err
	}
	out := MonthList{Months: []MonthRow{}, Zone: a.Settings.ZoneName}
	for _, month := range slices.Backward(slices.Sorted(maps.Keys(archive))) {
		row, err := monthRow(archive[month])
		if err != nil {
			return nil, err
		}
		out.Months = append(out.Months, row)
	}
	due, next, err := book.Due(tx, now)
	if err != nil {
		return nil, err
	}
	switch {
	case len(due) > 0:
		out.Next = due[0]
		out.At, err = book.SettlesAt(due[0])
	case !next.IsZero():
		out.At = next
		out.Next = ledger.Months(next.Add(-a.settling()).Add(-time.Second), a.Settings.Zone, 1)[0]
	}
	return out, err
}

// monthRow is a settled month in the list.
func monthRow(k months.Kept) (MonthRow, error) {
	sheet, err := k.Sheet(months.View{})
	row := MonthRow{
		Month: sheet.Month, Revision: sheet.Revision, Settled: sheet.SettledAt, Revised: sheet.RevisedAt, Hash: sheet.Hash,
		Contract: sheet.Contract, Strict: sheet.Strict, Observed: sheet.Observed, Allowance: sheet.Allowance, NoData: sheet.NoData, Withheld: sheet.Withheld,
	}
	if k.Withheld != nil {
		row.Problem = k.Withheld.Error()
	}
	return row, err
}

// settling is how long after its end a month is settled.
func (a *API) settling() time.Duration {
	if a.Settings.Settling > 0 {
		return a.Settings.Settling
	}
	return months.DefaultSettling
}

func (a *API) showMonth(tx data.Tx, c *Call) (any, error) {
	sel := ledger.Selection{Component: c.Query["component"], Cohort: c.Query["cohort"]}
	s, err := a.statement(tx, c, c.ID)
	if err != nil {
		return nil, err
	}
	if err := exists(tx, s, sel); err != nil {
		return nil, err
	}
	sheet, err := a.sheet(tx, c, c.ID, sel)
	if err != nil {
		return nil, err
	}
	all, err := months.Revisions(tx, c.ID)
	if err != nil {
		return nil, err
	}
	out := MonthRecord{Sheet: sheet, Revisions: []MonthRevision{}}
	for _, m := range all {
		facts, err := months.Facts(m)
		if err != nil {
			return nil, err
		}
		r, err := facts.Report(sel)
		if err != nil {
			return nil, err
		}
		outages := []OutageRecord{}
		for _, o := range m.Outages {
			outages = append(outages, OutageRecord(o))
		}
		out.Revisions = append(out.Revisions, MonthRevision{m.Revision, m.Seq, m.At, m.By, m.Why, m.Rules, m.Prev, m.Hash, r, outages})
	}
	return out, nil
}

// sheet makes a month's sheet for operators: of every committed component and every cohort.
func (a *API) sheet(tx data.Tx, c *Call, month string, sel ledger.Selection) (months.Sheet, error) {
	book := a.Settings.Book()
	s, err := a.statement(tx, c, month)
	kept := months.Kept{Statement: s}
	if err == nil && s.Settled != nil || errors.Is(err, data.ErrDamaged) {
		kept, err = book.Keep(tx, month, c.now)
	}
	if err != nil {
		return months.Sheet{}, err
	}
	if sel.Component == data.AllCustomers {
		sel.Component = ""
	}
	if sel.Cohort == data.AllCustomers {
		sel.Cohort = ""
	}
	page, err := tx.Settings().Get(data.SettingPageID)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return months.Sheet{}, err
	}
	v := months.View{Selection: sel, Territories: a.Settings.Territories, PageID: page.Value}
	if v.Settling, err = book.Will(tx, month, c.now); err != nil {
		return months.Sheet{}, err
	}
	for c, err := range tx.Components().Range("", "") {
		if err != nil {
			return months.Sheet{}, err
		}
		if (c.Commitment == data.Committed || kept.Settled != nil) && (sel.Component == "" || sel.Component == c.Slug) {
			v.Components = append(v.Components, c.Slug)
		}
	}
	if sel.Cohort == "" {
		for c, err := range tx.Cohorts().Range("", "") {
			if err != nil {
				return months.Sheet{}, err
			}
			v.Cohorts = append(v.Cohorts, c.Slug)
		}
	}
	return kept.Sheet(v)
}

// year makes the sheets of the months of a year that have begun since there was something to count.
func (a *API) year(tx data.Tx, c *Call) (any, error) {
	text, now := c.ID, c.now
	year, err := months.ParseYear(text)
	if err != nil {
		return nil, err
	}
	first, err := firstMonth(tx, now)
	if err != nil {
		return nil, err
	}
	var sheets []months.Sheet
	for n := time.January; n <= time.December; n++ {
		month := fmt.Sprintf("%04d-%02d", year, n)
		begin, end, err := ledger.Bounds(month, a.Settings.Zone)
		if err != nil || begin.After(now) {
			continue
		}
		if settled, err := settled(tx, month); err != nil {
			return nil, err
		} else if !settled && !end.After(first) {
			continue // the service had not begun
		}
		s, err := a.sheet(tx, c, month, ledger.Selection{})
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, s)
	}
	if len(sheets) == 0 {
		return nil, data.NotFound("figure for", text)
	}
	return months.YearOf(text, a.Settings.ZoneName, sheets), nil
}

// firstMonth is since when something counts.
func firstMonth(tx data.Tx, now time.Time) (time.Time, error) {
	first := now
	for c, err := range tx.Components().Range("", "") {
		if err != nil {
			return first, err
		}
		if c.Commitment == data.Committed && c.Since.Before(first) {
			first = c.Since
		}
	}
	return first, nil
}

// settled says whether there is a record of a month, be it damaged.
func settled(tx data.Tx, month string) (bool, error) {
	_, err := data.LatestMonth(tx, month)
	if errors.Is(err, data.ErrNotFound) {
		return false, nil
	}
	if errors.Is(err, data.ErrDamaged) {
		err = nil
	}
	return true, err
}
