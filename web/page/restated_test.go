package page

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

func at(hour int) time.Time { return time.Date(2026, 1, 20, hour, 0, 0, 0, time.UTC) }

// TestChanges says what a correction of each kind is called.
func TestChanges(t *testing.T) {
	t.Parallel()
	login := ledger.Outage{Start: at(8), End: at(9), Component: "login", Impact: data.NoRead, Cause: data.ByProvider}
	slow, theirs, longer, pilot := login, login, login, login
	slow.Impact, theirs.Cause, longer.End, pilot.Cohort = data.Degradation, data.ByCustomer, at(10), "pilot"
	far := login
	far.Start, far.End = at(12), at(13)
	window := ledger.Maintenance{Start: at(6), End: at(7)}
	announced, named := window, window
	announced.Announced, named.Category = at(1), "system"
	for _, tc := range []struct {
		name          string
		before, after ledger.Rows
		sel           ledger.Selection
		want          []string
	}{
		{"withdrawn", ledger.Rows{Outages: []ledger.Outage{login}}, ledger.Rows{}, ledger.Selection{}, []string{"withdrawn login"}},
		{"added", ledger.Rows{}, ledger.Rows{Outages: []ledger.Outage{login}}, ledger.Selection{}, []string{"added login"}},
		{"another one", ledger.Rows{Outages: []ledger.Outage{login}}, ledger.Rows{Outages: []ledger.Outage{far}}, ledger.Selection{}, []string{"withdrawn login", "added login"}},
		{"times", ledger.Rows{Outages: []ledger.Outage{login, far}}, ledger.Rows{Outages: []ledger.Outage{longer, far}}, ledger.Selection{}, []string{"times login"}},
		{"cause", ledger.Rows{Outages: []ledger.Outage{login}}, ledger.Rows{Outages: []ledger.Outage{theirs}}, ledger.Selection{}, []string{"cause login"}},
		{"impact", ledger.Rows{Outages: []ledger.Outage{login}}, ledger.Rows{Outages: []ledger.Outage{slow}}, ledger.Selection{}, []string{"impact login"}},
		{"maintenance", ledger.Rows{Maintenance: []ledger.Maintenance{window}}, ledger.Rows{Maintenance: []ledger.Maintenance{announced}}, ledger.Selection{}, []string{"maintenance "}},
		{"what a window was for", ledger.Rows{Maintenance: []ledger.Maintenance{window}}, ledger.Rows{Maintenance: []ledger.Maintenance{named}}, ledger.Selection{}, []string{"other "}},
		{"of others", ledger.Rows{Outages: []ledger.Outage{pilot}}, ledger.Rows{}, ledger.Selection{Cohort: "rest"}, []string{"other "}},
		{"of one's own", ledger.Rows{Outages: []ledger.Outage{pilot}}, ledger.Rows{}, ledger.Selection{Cohort: "pilot"}, []string{"withdrawn login"}},
	} {
		var got []string
		for _, c := range changes(ledger.Facts{Rows: tc.before}, ledger.Facts{Rows: tc.after}, tc.sel) {
			got = append(got, c.Kind+" "+c.Component)
			if _, ok := i18n.Lookup(i18n.EN, "ui.change_"+c.Kind); !ok {
				t.Errorf("%s: %s has no words", tc.name, c.Kind)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestRevised takes the two versions that each revision stands between.
func TestRevised(t *testing.T) {
	t.Parallel()
	facts := func(target string) ledger.Facts { return ledger.Facts{Target: target} }
	k := months.Kept{Before: []months.Earlier{{Facts: facts("1")}, {Facts: facts("2")}}}
	k.Facts = facts("3")
	for revision, want := range map[int]string{0: "", 1: "", 2: "12", 3: "23", 4: ""} {
		before, after, ok := revised(&k, revision)
		if got := before.Target + after.Target; got != want || ok != (want != "") {
			t.Errorf("revision %d: %q, %t, want %q", revision, got, ok, want)
		}
	}
	if _, _, ok := revised(nil, 2); ok {
		t.Error("a month that was not read has versions")
	}
}

// TestSettledAndRevised tells the day on which a month was settled and the one on which it was revised apart.
func TestSettledAndRevised(t *testing.T) {
	t.Parallel()
	m := maker{&State{Settings: Settings{Zone: time.UTC}}, i18n.EN}
	first, second := time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC), time.Date(2026, 5, 20, 8, 0, 0, 0, time.UTC)
	sheet := months.Sheet{SettledAt: first, Revision: 1, Rules: 1}
	once := m.final(sheet)
	sheet.RevisedAt, sheet.Revision = second, 2
	twice := m.final(sheet)
	open := m.final(months.Sheet{SettlesAt: first, Rules: 1})
	for _, tc := range []struct{ got, want []string }{
		{once, []string{"Settled on 11 May 2026", "definition 1"}},
		{twice, []string{"Settled on 11 May 2026", "revised on 20 May 2026 (revision 2)", "definition 1"}},
		{open, []string{"Not final yet; to be settled on 11 May 2026", "definition 1"}},
	} {
		if !slices.Equal(tc.got, tc.want) {
			t.Errorf("%q, want %q", tc.got, tc.want)
		}
	}
}

// TestRestatedFromNoData says of a month that nobody had watched that it had no data, and not that it had missed its target (U15).
func TestRestatedFromNoData(t *testing.T) {
	t.Parallel()
	m := maker{&State{Settings: Settings{Zone: time.UTC, ZoneName: "UTC", Target: "0.998"}}, i18n.EN}
	none := ledger.Result{Verdict: ledger.NoVerdict}
	met := ledger.Result{Downtime: 60, Uptime: "99.997760", Shown: "99.99", Met: true, Verdict: ledger.Met}
	sheet := sheetFor(t, `"outages":[],"maintenance":[],"unobserved":[]`)
	sheet.Restated = []months.Restatement{{At: at(8), Revision: 2, Before: months.Figures{Contract: none, Observed: none}, After: months.Figures{Contract: met, Observed: met}}}
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "month", m.monthPage(Month{}, sheet)); err != nil {
		t.Fatal(err)
	}
	_, told, _ := strings.Cut(b.String(), `<table class="was">`)
	told, _, _ = strings.Cut(told, "</table>")
	before, after, _ := strings.Cut(told, `<td data-h="After">`)
	if !strings.Contains(before, "No data") || strings.Contains(before, "%") || strings.Contains(before, "not met") || !strings.Contains(after, "99.99%") {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
}
