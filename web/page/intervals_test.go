package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// sheetFor makes the sheet of January 2026 from a facts file's lists.
func sheetFor(t *testing.T, lists string) months.Sheet {
	t.Helper()
	f, err := ledger.ReadFacts(strings.NewReader(`{"month":"2026-01","zone":"UTC","target":"0.998","components":["login","read"],` + lists + `}`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := months.Kept{Statement: months.Statement{Facts: f}}.Sheet(months.View{Components: []string{"login", "read"}, PageID: "p"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestIntervals words each reason for which the contract does not count time, and joins what is of one failure.
func TestIntervals(t *testing.T) {
	t.Parallel()
	window := data.Occurrence{
		Maintenance: "m", Date: "2026-01-20", Cohort: data.AllCustomers, Ordinal: "0", Category: data.System, Phase: data.Completed,
		Window: data.Window{Start: at(8), End: at(10)},
	}
	s := &State{
		Settings: Settings{Zone: time.UTC, ZoneName: "UTC"}, PageID: "p", Occurrences: []data.Occurrence{window},
		Components: []Component{
			{Component: data.Component{Slug: "login", Name: data.Words{"en": "Sign-in"}}}, {Component: data.Component{Slug: "read", Name: data.Words{"en": "Reading"}}},
		},
	}
	m := maker{s, i18n.EN}
	page := "/maintenance/" + s.OccurrenceID(window) + "?lang=en"
	known := `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T10:00:00Z","announced":"2026-01-18T08:00:00Z","category":"system","id":"` + string(window.Key()) + `"}`
	gone := `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T10:00:00Z","announced":"2026-01-18T08:00:00Z","category":"microsoft"}`
	for _, tc := range []struct {
		name, outages, maintenance string
		want                       []string // component · contract · observed · why each
	}{
		{"counts", `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T09:00:00Z","component":"login"}`, ``, []string{"Sign-in · 1 hour · 1 hour"}},
		{"known later", `{"start":"2026-01-20T08:00:00Z","aware":"2026-01-20T08:15:00Z","end":"2026-01-20T09:00:00Z","component":"login"}`, ``, []string{"Sign-in · 45 minutes · 1 hour · 15 minutes known to us from 08:15"}},
		{
			"seconds before it was known, and later of another", `{"start":"2026-01-20T08:00:09Z","aware":"2026-01-20T08:10:00Z","end":"2026-01-20T09:00:09Z","component":"login"},{"start":"2026-01-20T08:00:16Z","end":"2026-01-20T08:30:00Z","component":"read"}`, ``,
			[]string{"Sign-in, Reading · 59 minutes 53 seconds · 1 hour · 7 seconds known to us from 08:00:16 · 08:00–09:00: Sign-in · 08:00–08:30: Reading"},
		},
		{
			"within minutes of each other", `{"start":"2026-01-20T08:18:03Z","end":"2026-01-20T08:18:40Z","component":"login"},{"start":"2026-01-20T08:18:12Z","end":"2026-01-20T08:19:05Z","component":"login"}`, ``,
			[]string{"Sign-in · 1 minute 2 seconds · 1 minute 2 seconds · 08:18:03–08:18:40 · 08:18:12–08:19:05"},
		},
		{
			"of the same minutes", `{"start":"2026-01-20T08:18:03Z","end":"2026-01-20T08:20:40Z","component":"login"},{"start":"2026-01-20T08:18:12Z","end":"2026-01-20T08:20:05Z","component":"login"}`, ``,
			[]string{"Sign-in · 2 minutes 37 seconds · 2 minutes 37 seconds · 08:18:03–08:20:40 · 08:18:12–08:20:05"},
		},
		{"an odd number of seconds", `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T11:22:58Z","component":"login"}`, ``, []string{"Sign-in · 3 hours 22 minutes 58 seconds · 3 hours 22 minutes 58 seconds"}},
		{"known the day after", `{"start":"2026-01-20T23:00:00Z","aware":"2026-01-21T00:15:00Z","end":"2026-01-21T01:00:00Z","component":"login"}`, ``, []string{"Sign-in · 45 minutes · 2 hours · 1 hour 15 minutes known to us from Wednesday 21 January 2026 00:15 (UTC)"}},
		{"somebody else's fault", `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T09:00:00Z","cause":"internet","component":"login"}`, ``, []string{"Sign-in · 0 minutes · 1 hour · 1 hour cause outside the commitment: The internet outside our control"}},
		{"slow", `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T09:00:00Z","impact":"degraded","component":"login"}`, ``, []string{"Sign-in · 0 minutes · 0 minutes · 1 hour slow response only"}},
		{"in a window", `{"start":"2026-01-20T09:30:00Z","end":"2026-01-20T10:30:00Z","component":"login"}`, known, []string{"Sign-in · 30 minutes · 1 hour · 30 minutes fell within maintenance System maintenance " + page}},
		{"in a window without a page", `{"start":"2026-01-20T09:30:00Z","end":"2026-01-20T10:30:00Z","component":"login"}`, gone, []string{"Sign-in · 30 minutes · 1 hour · 30 minutes fell within maintenance Microsoft security updates #x0"}},
		{"in two told as one", `{"start":"2026-01-20T09:30:00Z","end":"2026-01-20T10:30:00Z","component":"login"}`, gone + "," + known, []string{"Sign-in · 30 minutes · 1 hour · 30 minutes fell within maintenance System maintenance and Microsoft security updates " + page}},
		{
			"measured and declared", `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T08:41:00Z","aware":"2026-01-20T08:03:00Z","component":"login"},{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T08:39:00Z","component":"read"}`, ``,
			[]string{"Sign-in, Reading · 41 minutes · 41 minutes · 08:00–08:41: Sign-in · 08:00–08:39: Reading"},
		},
		{
			"of one component", `{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T08:41:00Z","component":"login"},{"start":"2026-01-20T08:05:00Z","component":"login"}`, ``,
			[]string{"Sign-in · 11 days 16 hours · 11 days 16 hours · 08:00–08:41 · 08:05, ongoing"},
		},
	} {
		var got []string
		for _, v := range m.intervals(sheetFor(t, `"outages":[`+tc.outages+`],"maintenance":[`+tc.maintenance+`],"unobserved":[]`)) {
			line := v.Components + " · " + v.Contract + " · " + v.Observed
			for _, u := range v.Uncounted {
				line += " · " + u.Taken + " " + u.Why
				if u.Window != nil {
					line += " " + u.Window.Text + " " + u.Window.Href
				}
			}
			for _, p := range v.Parts {
				line += " · " + p
			}
			got = append(got, line)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n got %q\nwant %q", tc.name, got, tc.want)
		}
	}
}

// TestUncertain marks a figure that rests on too little, and says of a year how many months it does not know.
func TestUncertain(t *testing.T) {
	t.Parallel()
	m := maker{&State{Settings: Settings{Zone: time.UTC, ZoneName: "UTC", Target: "0.998"}}, i18n.EN}
	half := sheetFor(t, `"outages":[],"maintenance":[],"unobserved":[{"start":"2026-01-01T00:00:00Z","end":"2026-01-16T00:00:00Z"}]`)
	none := sheetFor(t, `"outages":[],"maintenance":[],"unobserved":[{"start":"2026-01-01T00:00:00Z","end":"2026-02-01T00:00:00Z"}]`)
	withheld := half
	withheld.Contract = ledger.Result{Verdict: ledger.Withheld}
	v := m.monthPage(Month{}, half)
	if !v.Contract.Open || v.Contract.Met != "target: uncertain" || v.Uncertain == "" || v.Observed.Open {
		t.Errorf("half a month: %+v", v.Contract)
	}
	if v := m.monthPage(Month{}, none); v.Known || v.Contract.Met != "" || v.Withheld {
		t.Errorf("a month that nobody watched: %+v", v.Contract)
	}
	if v := m.monthPage(Month{}, withheld); v.Known || !v.Withheld {
		t.Error("a month that is withheld is shown")
	}
	y := m.yearPage(2026, months.YearOf("2026", "UTC", []months.Sheet{half, none, withheld}))
	if want := []string{"months left open: 1", "months without data: 1", "months withheld: 1"}; !slices.Equal(y.Left, want) || y.Met != "Months in which the target was met: 0 of 0" {
		t.Errorf("the year: %q, %q", y.Met, y.Left)
	}
}

// TestClaimsOfOneMoment are one line, with all components that they are about, each once.
func TestClaimsOfOneMoment(t *testing.T) {
	t.Parallel()
	of := func(from, component, group string) claimOf {
		return claimOf{From: from, Component: component, Group: group, names: []string{component}}
	}
	for _, c := range []struct {
		name string
		all  []claimOf
		want string
	}{
		{"two components", []claimOf{of("18:18", "Read", "all"), of("18:18", "Write", "all")}, "18:18 Read, Write all"},
		{"the same twice", []claimOf{of("18:18", "Read", "all"), of("18:18", "Write", "all"), of("18:18", "Read", "all")}, "18:18 Read, Write all"},
		{"two moments", []claimOf{of("18:18", "Read", "all"), of("18:19", "Read", "all"), of("18:18", "Write", "all")}, "18:18 Read, Write all; 18:19 Read all"},
		{"two groups", []claimOf{of("18:18", "Read", "pilot"), of("18:18", "Read", "rest")}, "18:18 Read pilot; 18:18 Read rest"},
	} {
		var v claims
		for _, one := range c.all {
			v.add(one)
		}
		var got []string
		for _, one := range v.Of {
			got = append(got, one.From+" "+one.Component+" "+one.Group)
		}
		if got := strings.Join(got, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestExactly words a sum to the second, and a lead to the minute: nothing is rounded up, and no hour is lost.
func TestExactly(t *testing.T) {
	t.Parallel()
	for l, want := range map[i18n.Lang][2]string{
		i18n.EN: {"3 hours 22 minutes 58 seconds", "1 day 23 hours 59 minutes"},
		i18n.NB: {"3 timer 22 minutter 58 sekunder", "1 døgn 23 timer 59 minutter"},
		i18n.SV: {"3 timmar 22 minuter 58 sekunder", "1 dygn 23 timmar 59 minuter"},
		i18n.DA: {"3 timer 22 minutter 58 sekunder", "1 døgn 23 timer 59 minutter"},
		i18n.DE: {"3 Stunden 22 Minuten 58 Sekunden", "1 Tag 23 Stunden 59 Minuten"},
		i18n.NL: {"3 uur 22 minuten 58 seconden", "1 dag 23 uur 59 minuten"},
		i18n.FI: {"3 tuntia 22 minuuttia 58 sekuntia", "1 vuorokausi 23 tuntia 59 minuuttia"},
	} {
		m := maker{&State{}, l}
		if got := [2]string{m.exactly(12178), m.lead(2*86400 - 20)}; got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
	if got := (maker{&State{}, i18n.EN}).exactly(7200); got != "2 hours" {
		t.Errorf("two hours are %q", got)
	}
}
