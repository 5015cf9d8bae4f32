package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
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

// figureView is one policy's figure, or why there is none.
type figureView struct {
	Percent, Downtime string
	Said              string // whether the target is met, where that wants saying
	Bad               bool   // it is not met
	None              string
}

// monthPage is one month as operators see it.
type monthPage struct {
	monthRow
	Zone, Target, Allowance, Coverage, Unobserved string
	NoData                                        bool
	Uncertain                                     bool   // whether the target was met depends on time that nobody watched
	Withheld                                      string // why there are no figures; empty where there are
	Fingerprint                                   string
	Revised                                       at
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

// intervalRow is time on end in which something was out; the rows of a month add up to its figures, as on the public page.
type intervalRow struct {
	Outages                    []outageRow
	Start, End                 at
	Contract, Strict, Observed string
	Uncounted                  []string // what the contract does not count of it, and why
	Counts                     bool
}

// outageRow is one of the outages that a row joins. Its seconds are its own: with those of another at the same time they are too many.
type outageRow struct {
	Start, End, Aware, Reported      at
	Component, Cohort, Impact, Cause string
	Contract, Strict, Observed       string
}

type excludedRow struct {
	Start, End, Announced, Declared at
	Kind, Components, Cohort        string
	Notice, Contract, Strict        string
	Shared                          string // of outages within it, what another window takes out
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
	view.Running = monthRow{Month: running, Href: "/months/" + running, State: "so far", Contract: figureOf(r.Contract, r.SoFar), Strict: figureOf(r.Strict, r.SoFar), Observed: figureOf(r.Observed, r.SoFar)}
	for _, m := range list.Months {
		row := monthRow{
			Month: m.Month, Href: "/months/" + m.Month, State: "settled", Settled: p.when(m.Settled), Hash: m.Hash,
			Contract: figureOf(m.Contract, false), Strict: figureOf(m.Strict, false), Observed: figureOf(m.Observed, false),
		}
		switch {
		case m.Withheld:
			row.State = "withheld: " + m.Problem
		case m.NoData:
			row.State = "no data"
		case m.Revision > 1:
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
	err := p.ask(v, "months.show", api.Call{ID: id}, &m)
	if errors.Is(err, data.ErrDamaged) {
		return p.render(v.w, v.r, http.StatusOK, "month", "Uptime in "+id, monthPage{monthRow: monthRow{Month: id, State: "withheld"}, Withheld: err.Error()})
	}
	if err != nil {
		return err
	}
	s := m.Sheet
	escaped := url.PathEscape(id)
	view := monthPage{
		monthRow: monthRow{Month: s.Month, Contract: figureOf(s.Contract, s.SoFar), Strict: figureOf(s.Strict, s.SoFar), Observed: figureOf(s.Observed, s.SoFar), State: stateOf(s), Hash: s.Hash},
		Zone:     s.Zone, Target: s.Target, Allowance: api.Allowance(s.Report), Coverage: s.Coverage, NoData: s.NoData, Reduction: s.Reduction, SettlesAt: p.when(s.SettlesAt),
		CSV: "/months/" + escaped + ".csv", Facts: "/months/" + escaped + ".json",
	}
	if s.Revision > 0 {
		view.Settled, view.Revised, view.Fingerprint = p.when(s.SettledAt), p.when(s.RevisedAt), s.Fingerprint
	}
	view.Uncertain = !s.SoFar && s.Contract.Verdict == ledger.Uncertain
	if s.Unobserved > 0 {
		view.Unobserved = api.Length(s.Unobserved)
	}
	if state := p.Pages.Current(); state != nil {
		view.Public = state.State.URL + "/uptime/" + escaped
	}
	n, err := p.names(v)
	if err != nil {
		return err
	}
	sort.SliceStable(s.ByComponent, func(a, b int) bool {
		return n.positions[s.ByComponent[a].Component] < n.positions[s.ByComponent[b].Component]
	})
	for _, r := range s.ByComponent {
		view.Parts = append(view.Parts, partOf(n.component(r.Component), r.Component, r))
	}
	for _, r := range s.ByCohort {
		view.Parts = append(view.Parts, partOf("Customers: "+n.cohort(r.Cohort), r.Cohort, r))
	}
	for _, e := range s.Stretches {
		view.Intervals = append(view.Intervals, p.interval(n, s, e))
	}
	for _, x := range s.Exclusions {
		if x.Contract == 0 && x.Strict == 0 && x.Shared == 0 && x.Declared.IsZero() {
			continue
		}
		row := excludedRow{
			Start: p.when(x.Start), End: p.when(x.End), Announced: p.when(x.Announced), Declared: p.when(x.Declared), Kind: n.kind(x.Category),
			Components: n.listed(x.Components), Cohort: n.cohort(x.Cohort), Contract: api.Length(x.Contract), Strict: api.Length(x.Strict), Notice: "never announced",
		}
		if x.Shared > 0 {
			row.Shared = api.Length(x.Shared)
		}
		if x.Notice != nil {
			if row.Notice = api.Length(*x.Notice) + " before"; *x.Notice < 0 {
				row.Notice = "after its start"
			}
		}
		view.Excluded = append(view.Excluded, row)
	}
	for _, r := range m.Revisions {
		view.Revisions = append(view.Revisions, revisionRow{
			Revision: r.Revision, Seq: r.Seq, At: p.when(r.At), By: r.By, Why: r.Why, Hash: r.Hash,
			Contract: figureOf(r.Report.Contract, r.Report.SoFar), Strict: figureOf(r.Report.Strict, r.Report.SoFar), Observed: figureOf(r.Report.Observed, r.Report.SoFar),
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

// figureOf shows one policy's figure. Of a month that goes on only a breach is told: whether the target is met is not known yet.
func figureOf(r ledger.Result, soFar bool) figureView {
	v := figureView{Percent: r.Uptime + " %", Downtime: api.Length(r.Downtime), Bad: r.Verdict == ledger.NotMet}
	switch text := verdictWords(r.Verdict); {
	case !r.Verdict.Known():
		v.None = text
	case v.Bad || r.Verdict == ledger.Uncertain && !soFar:
		v.Said = text
	}
	return v
}

// verdictWords says whether a target was met.
func verdictWords(v ledger.Verdict) string {
	switch v {
	case ledger.Met:
		return "met"
	case ledger.NotMet:
		return "not met"
	case ledger.Uncertain:
		return "not known whether met"
	case ledger.Withheld:
		return "withheld"
	case ledger.NoVerdict:
	}
	return "no data"
}

func partOf(name, slug string, r ledger.Report) partRow {
	return partRow{Name: name, Slug: slug, Contract: figureOf(r.Contract, r.SoFar), Strict: figureOf(r.Strict, r.SoFar), Observed: figureOf(r.Observed, r.SoFar), Coverage: r.Coverage + " %"}
}
