package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

// monthsView lists the months.
type monthsView struct {
	Rows    []monthRow
	Running monthRow
	Next    string
	NextAt  at
	Chain   api.Verification
}

type monthRow struct {
	Month, Href                string
	Contract, Strict, Observed figureView
	State, Hash                string
	Settled                    at
}

// figureView is one policy's figure.
type figureView struct {
	Percent, Downtime string
	Met               bool
	NoData            bool // nobody watched
}

// monthPage is one month as operators see it.
type monthPage struct {
	monthRow
	Zone, Target, Allowance, Coverage, Unobserved string
	NoData                                        bool
	Parts                                         []partRow
	Intervals                                     []intervalRow
	Excluded                                      []excludedRow
	Reduction                                     string
	SettlesAt                                     at
	Revisions                                     []revisionRow
	CSV, Facts, Public                            string
}

type partRow struct {
	Name, Slug                 string
	Contract, Strict, Observed figureView
	Coverage                   string
}

type intervalRow struct {
	Start, End, Aware, Reported      at
	Component, Cohort, Impact, Cause string
	Contract, Strict, Observed       string
	Counts                           bool
}

type excludedRow struct {
	Start, End, Announced, Declared at
	Kind, Components, Cohort        string
	Notice, Contract, Strict        string
}

type revisionRow struct {
	Revision, Seq              int
	At                         at
	By, Why, Hash              string
	Contract, Strict, Observed figureView
}

// months shows the running month and the settled ones.
func (p *Pages) months(v *visit) error {
	var list api.MonthList
	if err := p.ask(v, "months.list", api.Call{}, &list); err != nil {
		return err
	}
	view := monthsView{Next: list.Next, NextAt: p.when(list.At)}
	if err := p.ask(v, "months.verify", api.Call{}, &view.Chain); err != nil {
		return err
	}
	running := ledger.Months(time.Now(), p.zone(), 1)[0]
	var r ledger.Report
	if err := p.ask(v, "report.month", api.Call{ID: running}, &r); err != nil {
		return err
	}
	view.Running = monthRow{Month: running, Href: "/months/" + running, State: "so far", Contract: figureOf(r.Contract, r.NoData), Strict: figureOf(r.Strict, r.NoData), Observed: figureOf(r.Observed, r.NoData)}
	for _, m := range list.Months {
		row := monthRow{
			Month: m.Month, Href: "/months/" + m.Month, State: "settled", Settled: p.when(m.Settled), Hash: m.Hash,
			Contract: figureOf(m.Contract, m.NoData), Strict: figureOf(m.Strict, m.NoData), Observed: figureOf(m.Observed, m.NoData),
		}
		if m.Withheld {
			row.State = "withheld: " + m.Problem
		}
		if m.Revision > 1 {
			row.State = fmt.Sprintf("restated, revision %d", m.Revision)
		}
		view.Rows = append(view.Rows, row)
	}
	return p.render(v.w, v.r, http.StatusOK, "months", "Months", view)
}

// month shows one month with its revisions.
func (p *Pages) month(v *visit) error {
	id := v.r.PathValue("id")
	if name, ok := strings.CutSuffix(id, ".csv"); ok {
		return p.monthCSV(v, name)
	}
	if name, ok := strings.CutSuffix(id, ".json"); ok {
		return p.monthFacts(v, name)
	}
	var m api.MonthRecord
	if err := p.ask(v, "months.show", api.Call{ID: id}, &m); err != nil {
		return err
	}
	s := m.Sheet
	escaped := url.PathEscape(id)
	view := monthPage{
		monthRow: monthRow{Month: s.Month, Contract: figureOf(s.Contract, s.NoData), Strict: figureOf(s.Strict, s.NoData), Observed: figureOf(s.Observed, s.NoData), State: stateOf(s), Hash: s.Hash, Settled: p.when(s.Settled)},
		Zone:     s.Zone, Target: s.Target, Allowance: lasts(s.Allowance), Coverage: s.Coverage, NoData: s.NoData, Reduction: s.Reduction, SettlesAt: p.when(s.SettlesAt),
		CSV: "/months/" + escaped + ".csv", Facts: "/months/" + escaped + ".json",
	}
	if s.Unobserved > 0 {
		view.Unobserved = lasts(s.Unobserved)
	}
	if state := p.Pages.Current(); state != nil {
		view.Public = state.State.URL + "/uptime/" + escaped
	}
	n, err := p.names(v)
	if err != nil {
		return err
	}
	for _, r := range s.ByComponent {
		view.Parts = append(view.Parts, partOf(n.component(r.Component), r.Component, r))
	}
	for _, r := range s.ByCohort {
		view.Parts = append(view.Parts, partOf("Customers: "+n.cohort(r.Cohort), r.Cohort, r))
	}
	for _, e := range s.Intervals {
		view.Intervals = append(view.Intervals, intervalRow{
			Start: p.when(e.Start), End: p.when(e.End), Aware: p.when(e.Aware), Reported: p.when(e.Reported), Component: n.component(e.Component), Cohort: n.cohort(e.Cohort),
			Impact: api.ImpactNames[e.Impact], Cause: api.CauseNames[e.Cause],
			Contract: lasts(e.Contract), Strict: lasts(e.Strict), Observed: lasts(e.Observed), Counts: e.Contract > 0,
		})
	}
	for _, x := range s.Exclusions {
		if x.Contract == 0 && x.Strict == 0 && x.Declared.IsZero() {
			continue
		}
		row := excludedRow{
			Start: p.when(x.Start), End: p.when(x.End), Announced: p.when(x.Announced), Declared: p.when(x.Declared), Kind: n.kind(x.Category),
			Components: n.listed(x.Components), Cohort: n.cohort(x.Cohort), Contract: lasts(x.Contract), Strict: lasts(x.Strict), Notice: "never announced",
		}
		if x.Notice != nil {
			if row.Notice = lasts(*x.Notice) + " before"; *x.Notice < 0 {
				row.Notice = "after its start"
			}
		}
		view.Excluded = append(view.Excluded, row)
	}
	for _, r := range m.Revisions {
		view.Revisions = append(view.Revisions, revisionRow{
			Revision: r.Revision, Seq: r.Seq, At: p.when(r.At), By: r.By, Why: r.Why, Hash: r.Hash,
			Contract: figureOf(r.Report.Contract, r.Report.NoData), Strict: figureOf(r.Report.Strict, r.Report.NoData), Observed: figureOf(r.Report.Observed, r.Report.NoData),
		})
	}
	return p.render(v.w, v.r, http.StatusOK, "month", "Uptime in "+s.Month, view)
}

// monthCSV is the sheet as a file, with the strict figure.
func (p *Pages) monthCSV(v *visit, month string) error {
	var m api.MonthRecord
	if err := p.ask(v, "months.show", api.Call{ID: month}, &m); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := months.WriteCSV(&b, true, m.Sheet); err != nil {
		return err
	}
	return file(v, "uptime-"+m.Sheet.Month+".csv", "text/csv; charset=utf-8; header=present", b.Bytes())
}

// monthFacts is what the figure rests on, as `statusd report --from-facts` reads it.
func (p *Pages) monthFacts(v *visit, month string) error {
	var facts json.RawMessage
	if err := p.ask(v, "report.facts", api.Call{ID: month}, &facts); err != nil {
		return err
	}
	return file(v, "facts-"+month+".json", "application/json", facts)
}

// file sends something to be kept.
func file(v *visit, name, kind string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	v.w.Write(body) //nolint:errcheck // the client is gone; there is nobody to tell
	return nil
}

func stateOf(s months.Sheet) string {
	text := strings.ReplaceAll(s.State(), "_", " ")
	if s.State() == months.StateRestated {
		text += fmt.Sprintf(", revision %d", s.Revision)
	}
	return text
}

func figureOf(r ledger.Result, noData bool) figureView {
	return figureView{Percent: r.Uptime + " %", Downtime: lasts(r.Downtime), Met: r.Verdict != ledger.NotMet, NoData: noData || !r.Verdict.Known()}
}

func partOf(name, slug string, r ledger.Report) partRow {
	return partRow{Name: name, Slug: slug, Contract: figureOf(r.Contract, r.NoData), Strict: figureOf(r.Strict, r.NoData), Observed: figureOf(r.Observed, r.NoData), Coverage: r.Coverage + " %"}
}

// lasts writes seconds exactly.
func lasts(n int64) string {
	text := i18n.Duration(i18n.EN, time.Duration(n)*time.Second)
	if n >= 3600 && n%60 != 0 {
		text += fmt.Sprintf(" (%d s)", n)
	}
	return text
}
