package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

// figureOf is what a surface says of one month of one component: seconds under contract, strict and observed, and the contract's
// percentage.
type figureOf struct {
	contract, strict, observed int64
	percent                    string
}

// newcomer counts since May, and nobody watches it: it has no figure in any month, and takes away nobody's.
const newcomer = "newcomer"

// expectedFigures are the rows of DOMAIN.md 4.4, each of a component of its own, and cases beside them; the empty component is the headline.
var expectedFigures = map[string]map[string]figureOf{
	"2026-01": {
		"crm-read":  {1800, 1800, 4500, "99.932795"},
		"crm-write": {5280, 5400, 5400, "99.802867"},
		"login":     {0, 0, 0, "100.000000"},
		"":          {7080, 7200, 9900, ""},
	},
	"2026-02": { // the pilot's hour and a half became two and a half by a correction; ten minutes are of a hidden component
		"crm-read": {0, 0, 0, "100.000000"},
		"login":    {9000, 9000, 9000, ""},
		"":         {9600, 9600, 9600, ""},
	},
	"2026-03": {"crm-read": {5355, 5355, 5355, "99.799798"}},
	"2026-04": {
		"crm-read":  {5184, 5184, 5184, "99.800000"},
		"crm-write": {5185, 5185, 5185, "99.799961"},
		"login":     {0, 1200, 1200, "100.000000"},
	},
	"2026-05": {"crm-read": {1800, 1800, 1800, ""}, "": {1800, 1800, 1800, ""}, newcomer: {0, 0, 0, ""}},
}

func (w *figureWorld) same(surface, month, component string, got, want any) {
	w.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s says of %s %q: %v, want %v", surface, month, component, got, want)
	}
}

func figuresOf(r ledger.Report) figureOf {
	return figureOf{r.Contract.Downtime, r.Strict.Downtime, r.Observed.Downtime, r.Contract.Uptime}
}

// TestOneFigure asks every surface for every month of one store: all say the same, and what DOMAIN.md 4.4 says.
func TestOneFigure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newFigureWorld(t)
		want := map[string]map[string]ledger.Report{} // by month and component, as operators' API has it
		facts := map[string]string{}
		for month, of := range expectedFigures {
			want[month] = map[string]ledger.Report{}
			components := []string{"", "crm-read", "crm-write", "login"}
			if month == "2026-05" {
				components = append(components, newcomer)
			} else {
				w.refused(month, newcomer)
			}
			for _, component := range components {
				var r ledger.Report
				w.ask("report.month", month, map[string]string{"component": component}, &r)
				want[month][component] = r
				if e, ok := of[component]; ok {
					if e.percent == "" {
						e.percent = r.Contract.Uptime
					}
					w.same("the report", month, component, figuresOf(r), e)
				}
				w.same("the report has no figure", month, component, r.NoData, component == newcomer)
				badge := i18n.Percent(i18n.EN, r.Contract.Shown)
				if r.NoData {
					badge = i18n.T(i18n.EN, "level.no_data")
				}
				w.same("the badge", month, component, strings.Contains(w.badge(month, component), ">"+badge+"<"), true)
				var public months.Sheet
				if err := json.Unmarshal([]byte(w.get("/api/v1/uptime/"+month+"?component="+component)), &public); err != nil {
					t.Fatal(err)
				}
				shared := r
				shared.Strict = ledger.Result{} // that is for operators
				w.same("the public JSON", month, component, figuresOf(public.Report), figuresOf(shared))
				w.same("the public JSON has no figure", month, component, public.Report.NoData, r.NoData)
				w.onPage(month, component, r)
			}
			w.inCSV("the public CSV", w.get("/uptime/"+month+".csv"), false, want[month])
			var record api.MonthRecord
			w.ask("months.show", month, nil, &record)
			w.same("the desk", month, "", figuresOf(record.Sheet.Report), figuresOf(want[month][""]))
			for _, r := range record.Sheet.ByComponent {
				w.same("the desk's row has no figure", month, r.Component, r.NoData, want[month][r.Component].NoData)
			}
			w.rests(month)
		}
		w.measured(want)
		w.year(want)
		datatest.Invariants(t, w.store)
		if err := w.store.Close(); err != nil {
			t.Fatal(err)
		}
		for month := range want { // from here on there is only the file
			for component, r := range want[month] {
				var got ledger.Report
				out := w.command(func(f files, s streams) error {
					return (&reportCommand{Month: month, Component: component, reach: reach{files: f, JSON: true}}).Run(t.Context(), s)
				})
				if err := json.Unmarshal([]byte(out), &got); err != nil {
					t.Fatal(err)
				}
				w.same("the command", month, component, figuresOf(got), figuresOf(r))
				text := w.command(func(f files, s streams) error {
					return (&reportCommand{Month: month, Component: component, reach: reach{files: f}}).Run(t.Context(), s)
				})
				w.same("the command says no data", month, component, strings.Contains(text, "no data"), r.NoData)
			}
			w.inCSV("the command's CSV", w.command(func(f files, s streams) error {
				return (&reportCommand{Month: month, CSV: true, reach: reach{files: f}}).Run(t.Context(), s)
			}), true, want[month])
			facts[month] = w.command(func(f files, s streams) error {
				return (&reportCommand{Month: month, Facts: true, reach: reach{files: f}}).Run(t.Context(), s)
			})
		}
		for month, text := range facts { // and here not even that
			file := filepath.Join(t.TempDir(), "facts.json")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for component, r := range want[month] {
				out := w.command(func(_ files, s streams) error {
					return (&reportCommand{FromFacts: file, Component: component, reach: reach{files: files{Config: "/nowhere"}, JSON: true}}).Run(t.Context(), s)
				})
				var b bytes.Buffer
				if err := writeJSON(&b, r); err != nil {
					t.Fatal(err)
				}
				w.same("the report from facts", month, component, out, b.String())
			}
		}
	})
}

// refused asks for a component that did not count when a month was settled: the public gets what it gets for one that does not exist,
// operators learn why.
func (w *figureWorld) refused(month, component string) {
	w.t.Helper()
	public := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		w.public.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec.Code, rec.Body.String()
	}
	badge := func(id string) string {
		return "/badge/component/" + data.PublicID("abcdefghijkl", "component", id) + "/uptime/" + month + ".svg"
	}
	for _, path := range []func(string) string{badge, func(id string) string { return "/api/v1/uptime/" + month + "?component=" + id }} {
		code, body := public(path(component))
		unknown, same := public(path("nonesuch"))
		if code != http.StatusNotFound || unknown != code || strings.ReplaceAll(body, component, "X") != strings.ReplaceAll(same, "nonesuch", "X") {
			w.t.Errorf("GET %s: %d %.300s, and of one that does not exist %d %.300s", path(component), code, body, unknown, same)
		}
	}
	for _, op := range []string{"report.month", "months.show"} {
		_, _, err := w.desk.Do(w.t.Context(), op, api.Call{By: data.Actor{Name: "it", Role: data.Admin}, ID: month, Query: map[string]string{"component": component}})
		if e, ok := errors.AsType[*data.Error](err); !ok || e.Field != "component" || !strings.Contains(err.Error(), "did not count when "+month+" was settled") {
			w.t.Errorf("%s of %s %s: %v", op, month, component, err)
		}
	}
}

// badge is that of a month's headline or of a component.
func (w *figureWorld) badge(month, component string) string {
	if component == "" {
		return w.get("/badge/uptime/" + month + ".svg")
	}
	return w.get("/badge/component/" + data.PublicID("abcdefghijkl", "component", component) + "/uptime/" + month + ".svg")
}

var (
	headlinePattern  = regexp.MustCompile(`<p class="pct[^"]*"><span(?: data-t)?>([^<]*)</span></p>(?:<p[^>]*><b>[^<]*</b></p>)?<p><span(?: data-t)?>([^<]*)</span>`)
	componentPattern = regexp.MustCompile(`<tr><th scope="row">([^<]*)</th><td[^>]*><b[^>]*><span(?: data-t)?>([^<]*)</span></b> <small><span(?: data-t)?>([^<]*)</span>`)
)

// onPage reads the page of the month as a person would.
func (w *figureWorld) onPage(month, component string, r ledger.Report) {
	w.t.Helper()
	html := w.get("/uptime/" + month + "?lang=en")
	down := "no downtime"
	if n := r.Contract.Downtime; n > 0 {
		down = "downtime " + i18n.Duration(i18n.EN, time.Duration(n)*time.Second)
	}
	percent := i18n.Percent(i18n.EN, r.Contract.Shown)
	if component == "" {
		found := headlinePattern.FindAllStringSubmatch(html, -1)
		if len(found) < 2 || found[0][1] != percent || !strings.HasPrefix(found[0][2], down) || found[1][1] != i18n.Percent(i18n.EN, r.Observed.Shown) {
			w.t.Errorf("the page of %s says %v, want %s and %s", month, found, percent, down)
		}
		list := w.get("/uptime?lang=en")
		if !strings.Contains(list, percent) || !strings.Contains(list, `href="/uptime/`+month+`?lang=en"`) {
			w.t.Errorf("the list of months has no %s for %s, or no link", percent, month)
		}
		return
	}
	if r.NoData {
		row := `<tr><th scope="row">` + component + `</th><td colspan="3">` + i18n.T(i18n.EN, "level.no_data") + "</td></tr>"
		if !strings.Contains(html, row) {
			w.t.Errorf("the page of %s does not say that nobody watched %s", month, component)
		}
		return
	}
	for _, row := range componentPattern.FindAllStringSubmatch(html, -1) {
		if row[1] == component {
			if row[2] != percent || !strings.HasPrefix(row[3], down) {
				w.t.Errorf("the page of %s says %v, want %s and %s", month, row[1:], percent, down)
			}
			return
		}
	}
	w.t.Errorf("the page of %s has no row of %s", month, component)
}

// inCSV compares the rows of figures.
func (w *figureWorld) inCSV(surface, text string, strict bool, want map[string]ledger.Report) {
	w.t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	found := 0
	for _, line := range lines[1:] {
		cell := func(name string) string { return line[column[name]] }
		component := cell("component")
		if kind := cell("row"); kind == "month" {
			component = ""
		} else if kind != "component" || component == "hush-oslo" {
			continue
		}
		found++
		r := want[component]
		hard, percent, met := "", r.Contract.Uptime, fmt.Sprint(r.Contract.Met)
		if strict {
			hard = fmt.Sprint(r.Strict.Downtime)
		}
		if r.Contract.Verdict == ledger.Uncertain {
			met = ""
		}
		if r.NoData {
			percent, met = "", ""
			w.same(surface+"'s state", cell("month"), component, cell("state"), "no_data")
		}
		w.same(surface, cell("month"), component, []string{cell("contract_seconds"), cell("strict_seconds"), cell("observed_seconds"), cell("contract_percent"), cell("met")},
			[]string{fmt.Sprint(r.Contract.Downtime), hard, fmt.Sprint(r.Observed.Downtime), percent, met})
	}
	if found != len(want) {
		w.t.Errorf("%s has %d rows of figures, want %d", surface, found, len(want))
	}
}

// rests looks at what the sheet of a month says besides the figures.
func (w *figureWorld) rests(month string) {
	var s months.Sheet
	text := w.get("/api/v1/uptime/" + month)
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		w.t.Fatal(err)
	}
	html := w.get("/uptime/" + month)
	for _, secret := range []string{"hush", "Kari", "Hemmelig", "ola"} {
		if strings.Contains(text+w.get("/uptime/"+month+".csv"), secret) || strings.Contains(html, "hush") || strings.Contains(html, "Hemmelig") {
			w.t.Errorf("the public of %s learns %q", month, secret)
		}
	}
	last := map[string]string{}
	for _, c := range s.Claims {
		for _, d := range c.Days {
			last[c.Component+" "+d.Territory] = d.Last.String()
		}
	}
	switch month {
	case "2026-01": // Thursday 15, and Tuesday 20: the fifth working day after
		w.same("claims", month, "crm-read", last["crm-read no"]+" "+last["crm-write no"], "2026-01-22 2026-01-27")
		w.same("exclusions", month, "", len(s.Exclusions) > 0 && s.Exclusions[0].Contract == 2700 && *s.Exclusions[0].Notice == 72*3600, true)
		w.same("the reduction", month, "", s.Reduction, "0.2643")
	case "2026-02":
		w.same("the revision", month, "", s.Revision, 2)
		if len(s.Restated) != 1 || s.Restated[0].Before.Contract.Downtime != 6000 || s.Restated[0].After.Contract.Downtime != 9600 {
			w.t.Errorf("February was restated: %+v", s.Restated)
		}
		for of, want := range map[string]int64{"pilot": 9600, "rest": 600} { // the hidden component's ten minutes are everybody's
			var narrowed months.Sheet
			if err := json.Unmarshal([]byte(w.get("/api/v1/uptime/"+month+"?cohort="+of)), &narrowed); err != nil {
				w.t.Fatal(err)
			}
			var r ledger.Report
			w.ask("report.month", month, map[string]string{"cohort": of}, &r)
			w.same("the public JSON", month, of, []int64{narrowed.Contract.Downtime, r.Contract.Downtime}, []int64{want, want})
			words := i18n.Duration(i18n.EN, time.Duration(want)*time.Second)
			w.same("the page", month, of, strings.Contains(w.get("/uptime/"+month+"?lang=en&cohort="+of), "<p><span>downtime "+words), true)
		}
		w.same("the gap", month, "", s.Unobserved, 3600)
		if !strings.Contains(html, i18n.T(i18n.EN, "ui.restated")) || !strings.Contains(html, "another part of the service") {
			w.t.Error("the page of February does not say that it was restated, or counts what it does not show")
		}
	case "2026-03":
		w.same("the month", month, "", s.Seconds, 31*86400-3600)
		w.same("the clock", month, "", strings.Contains(html, "one hour shorter"), true)
	case "2026-04": // the 7th is the day after Easter Monday
		w.same("claims", month, "crm-read", last["crm-read no"]+last["crm-read se"], "2026-04-142026-04-14")
		w.same("exclusions", month, "", s.Exclusions[len(s.Exclusions)-1].Category, "emergency")
	case "2026-05":
		w.same("the state", month, "", fmt.Sprint(s.SoFar, s.Revision, *s.Left, strings.Contains(html, "So far")), fmt.Sprint(true, 0, s.Allowance-1800, true))
	}
}

// measured compares the metrics of the running month and of the last one.
func (w *figureWorld) measured(want map[string]map[string]ledger.Report) {
	w.t.Helper()
	families, err := w.gather.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	seen := 0
	for _, f := range families {
		if f.GetName() != "statusd_uptime_ratio" {
			continue
		}
		for _, m := range f.GetMetric() {
			label := map[string]string{}
			for _, l := range m.GetLabel() {
				label[l.GetName()] = l.GetValue()
			}
			month := map[string]string{"running": "2026-05", "last": "2026-04"}[label["month"]]
			r := want[month][strings.TrimSuffix(label["component"], "all")]
			result := map[string]ledger.Result{"contract": r.Contract, "strict": r.Strict, "observed": r.Observed}[label["policy"]]
			w.same("the metric "+label["policy"], month, label["component"], m.GetGauge().GetValue(), float64(r.Seconds-result.Downtime)/float64(r.Seconds))
			seen++
		}
	}
	if seen != 2*3*4 {
		w.t.Errorf("%d series of the ratio", seen)
	}
}

// year adds up what the months say, on every surface.
func (w *figureWorld) year(want map[string]map[string]ledger.Report) {
	w.t.Helper()
	var sum int64
	for _, r := range want {
		sum += r[""].Contract.Downtime
	}
	var public, desk months.Year
	if err := json.Unmarshal([]byte(w.get("/api/v1/uptime/2026")), &public); err != nil {
		w.t.Fatal(err)
	}
	w.ask("report.year", "2026", nil, &desk)
	for surface, y := range map[string]months.Year{"the public JSON": public, "the desk": desk} {
		w.same(surface, "2026", "", []any{y.Contract, y.Over, y.Met, y.SoFar, len(y.Months)}, []any{sum, 4, 0, true, 5})
	}
	length := func(n int64) string { return i18n.Duration(i18n.EN, time.Duration(n)*time.Second) }
	down := i18n.T(i18n.EN, "ui.year_downtime", "duration", length(sum)+" "+length(sum%60)) // from an hour on, seconds stand beside it
	html := w.get("/uptime/2026?lang=en")
	w.same("the page", "2026", "", strings.Contains(html, i18n.T(i18n.EN, "ui.months_met", "n", "0", "of", "4")) && strings.Contains(html, down), true)
	var list api.MonthList
	w.ask("months.list", "", nil, &list)
	if len(list.Months) != 4 || list.Months[0].Month != "2026-04" || list.Months[2].Revision != 2 || list.Next != "2026-05" {
		w.t.Errorf("the settled months are %+v", list)
	}
	for _, m := range list.Months {
		w.same("the list", m.Month, "", []any{m.Contract, m.Strict, m.Observed}, []any{want[m.Month][""].Contract, want[m.Month][""].Strict, want[m.Month][""].Observed})
	}
	var chain api.Verification
	w.ask("months.verify", "", nil, &chain)
	w.same("the chain", "2026", "", []any{chain.Verified, chain.Count, chain.Head != ""}, []any{true, 5, true})
}
