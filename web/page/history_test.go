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

// past is a State with an incident over the end of January, one in March, and windows of long ago.
func past(t *testing.T) *State {
	t.Helper()
	s := calm(t)
	s.first = local(t, s.Zone, "2025-12-10 00:00")
	add := func(id, title, from, to string) {
		i := data.Incident{ID: id, Title: title, Phase: data.Resolved, Created: local(t, s.Zone, from), Started: local(t, s.Zone, from), ResolvedAt: local(t, s.Zone, to)}
		i.Updates = []data.Update{{ID: "u" + id, Phase: data.Resolved, Body: "It works.", At: i.ResolvedAt, Changes: []data.Change{{Component: "login", Old: data.MajorOutage, New: data.Operational}}}}
		s.Incidents = append(s.Incidents, i)
	}
	add("marchincidnt", "March", "2026-03-10 10:00", "2026-03-10 11:00")
	add("januaryincid", "Over the end of January", "2026-01-31 23:00", "2026-02-01 01:00")
	w := data.Window{Start: local(t, s.Zone, "2025-12-19 00:00"), End: local(t, s.Zone, "2025-12-19 06:00")}
	s.past = append(s.past, data.Occurrence{
		Maintenance: "system", Date: "2025-12-19", Cohort: "all", Ordinal: "0", Category: data.System, Window: w, Zone: "Europe/Oslo",
		Phase: data.Completed, Ended: w.End, Announced: w.Start.AddDate(0, 0, -3),
	})
	return s
}

func TestHistoryOfMonths(t *testing.T) {
	t.Parallel()
	s := past(t)
	for _, tc := range []struct {
		month              string
		has, lacks         []string
		older, newer, void bool
	}{
		{"2026-04", nil, []string{"March", "January", "System maintenance"}, true, false, true},
		{"2026-03", []string{"March"}, []string{"Over the end"}, true, true, false},
		{"2026-02", []string{"Over the end of January"}, []string{"System maintenance"}, true, true, false},
		{"2026-01", []string{"Over the end of January"}, []string{"System maintenance"}, true, true, false},
		{"2025-12", []string{"System maintenance"}, []string{"Over the end"}, false, true, false},
	} {
		doc := parse(t, detail(t, s, historyPath+tc.month, i18n.EN))
		main := all(doc, tag("main"))[0]
		links := map[string]bool{}
		for _, a := range all(main, tag("a")) {
			links[attr(a, "rel")] = true
		}
		rows := ""
		for _, row := range all(main, tag("article")) {
			rows += text(row) + "\n"
		}
		for _, want := range tc.has {
			if !strings.Contains(rows, want) {
				t.Errorf("%s lacks %q: %s", tc.month, want, rows)
			}
		}
		for _, not := range tc.lacks {
			if strings.Contains(rows, not) {
				t.Errorf("%s has %q: %s", tc.month, not, rows)
			}
		}
		if links["prev"] != tc.older || links["next"] != tc.newer {
			t.Errorf("%s leads to an older month %t, to a newer one %t", tc.month, links["prev"], links["next"])
		}
		if got := strings.Contains(text(main), i18n.T(i18n.EN, "history.empty")); got != tc.void {
			t.Errorf("%s says that nothing was %t, want %t", tc.month, got, tc.void)
		}
	}
	for _, path := range []string{"/history/2026-05", "/history/2025-11", "/history/2026-13", "/history/2026", "/history/"} {
		if _, ok := (&Snapshot{State: s}).Doc(path, i18n.EN); ok {
			t.Errorf("%s is there", path)
		}
	}
	front := text(all(parse(t, one(t, s, "/history", i18n.EN)), tag("main"))[0])
	if !strings.Contains(front, "March") || strings.Contains(front, "Over the end of January January") || !strings.Contains(front, "December 2025") {
		t.Errorf("the history begins with %s", front)
	}
}

// A window of long ago keeps its page, so that the months that name it go on leading to it.
func TestWindowOfLongAgo(t *testing.T) {
	t.Parallel()
	s := past(t)
	if got := text(parse(t, detail(t, s, maintenancePath+s.OccurrenceID(s.past[0]), i18n.EN))); !strings.Contains(got, "Friday 19 December 2025") {
		t.Errorf("its page says %s", got)
	}
	own := s.For("pilot")
	if len(own.past) != 1 {
		t.Errorf("the first group sees %d windows of long ago that concern all", len(own.past))
	}
	s.past[0].Cohort = "rest"
	if own = s.For("pilot"); len(own.past) != 0 {
		t.Error("the first group sees a window of the others")
	}
}

// An incident leads to the month in whose figure it counts and to the last days to report it, and the month leads to it (C2).
func TestIncidentAndMonth(t *testing.T) {
	t.Parallel()
	s := counted(t)
	for _, l := range s.Langs[:1] {
		incident := detail(t, s, incidentsPath+s.Incidents[0].ID, l)
		if !strings.Contains(string(incident), `href="/uptime/2026-03?lang=en"`) {
			t.Errorf("%s: the incident does not lead to its month", l)
		}
		if got := text(parse(t, incident)); !strings.Contains(got, i18n.T(l, "ui.claims")) || !strings.Contains(got, "Wednesday 18 March 2026 : Ireland") {
			t.Errorf("%s: no last days to report it: %s", l, got)
		}
		if month := detail(t, s, uptimePath+"2026-03", l); !strings.Contains(string(month), incidentsPath+s.Incidents[0].ID) {
			t.Errorf("%s: the month does not lead to the incident", l)
		}
	}
	later := detail(t, s, incidentsPath+s.Incidents[1].ID, i18n.EN)
	if strings.Contains(string(later), uptimePath) && strings.Contains(text(parse(t, later)), i18n.T(i18n.EN, "ui.counts_in")) {
		t.Error("an incident that nothing was counted for leads to a month")
	}
}

// counted is past with an outage behind the incident of March.
func counted(t *testing.T) *State {
	t.Helper()
	s := past(t)
	start := local(t, s.Zone, "2026-03-10 09:58")
	facts := ledger.Facts{Month: "2026-03", Zone: s.ZoneName, Target: s.Target, Counted: []string{"login"}}
	facts.Outages = []ledger.Outage{{Start: start.UTC(), End: start.Add(2 * time.Hour).UTC(), Component: "login"}}
	m, err := s.monthOf(months.Kept{Statement: months.Statement{Facts: facts}})
	if err != nil {
		t.Fatal(err)
	}
	s.Months = []Month{m}
	return s
}

// TestHistorySaysHowBad: a list of what is over tells an outage from what was slow, by the worst level that the public was told of.
func TestHistorySaysHowBad(t *testing.T) {
	t.Parallel()
	s := calm(t)
	held := func(to data.Level, internal bool) data.Update {
		return data.Update{ID: data.NewID(), Phase: data.Investigating, At: s.Now.Add(-2 * time.Hour), Internal: internal, Changes: []data.Change{{Component: "login", New: to}}}
	}
	s.Incidents = []data.Incident{{
		ID: "overoverover", Title: "Sign-in failed", Phase: data.Resolved, Started: s.Now.Add(-2 * time.Hour), ResolvedAt: s.Now.Add(-time.Hour), Affected: []data.Affected{{Component: "login", Level: data.Operational}},
		Updates: []data.Update{held(data.Degraded, false), held(data.PartialOutage, false), held(data.MajorOutage, true), held(data.Operational, false)},
	}}
	name := (maker{s, i18n.EN}).name(s.Components[slices.IndexFunc(s.Components, func(c Component) bool { return c.Slug == "login" })])
	for _, path := range []string{"/history", "/"} {
		if got, want := text(parse(t, one(t, s, path, i18n.EN))), name+" (Partial outage)"; !strings.Contains(got, want) {
			t.Errorf("%s does not say %q:\n%s", path, want, got)
		}
	}
}
