package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

// TestDaysLead: a day of a component leads to what was on it, in its row; and so does its bar, for a pointer alone.
func TestDaysLead(t *testing.T) {
	t.Parallel()
	s := bad(t)
	id := func(slug string) string {
		c, _ := s.Component(slug)
		return componentPath + c.ID
	}
	early := data.Incident{
		ID: "earlyearlyea", Title: "Slow since the evening before", Phase: data.Resolved, Started: local(t, s.Zone, "2026-03-26 23:30"), Created: testNow,
		ResolvedAt: local(t, s.Zone, "2026-03-27 00:10"), Affected: []data.Affected{{Component: "login"}},
	}
	late := data.Incident{ // written down on a day when nothing was out
		ID: "latelatelate", Title: "Out before dawn", Titles: data.Words{"nb": "Nede før daggry"}, Phase: data.Resolved, Started: local(t, s.Zone, "2026-04-01 12:00"),
		Created: testNow, ResolvedAt: local(t, s.Zone, "2026-04-01 12:01"), Affected: []data.Affected{{Component: "login"}},
	}
	s.Incidents = append(s.Incidents, early, late)
	s.own = map[string][]data.Outage{late.ID: {{Component: "login", By: late.ID, Started: local(t, s.Zone, "2026-03-27 04:00"), Ended: local(t, s.Zone, "2026-03-27 05:00")}}}
	c := slices.IndexFunc(s.Components, func(c Component) bool { return c.Slug == "login" })
	for n := range s.Components[c].Days {
		d := &s.Components[c].Days[n]
		switch d.State = ledger.DayOperational; d.Date {
		case "2026-03-26", "2026-03-27", "2026-03-28":
			d.State, d.Outage = ledger.DayOutage, 60
		default:
			d.Outage, d.Degraded, d.Maintenance, d.NoData = 0, 0, 0, 0
		}
	}
	var system string
	for _, o := range s.Occurrences {
		if o.Date == "2026-03-27" {
			system = maintenancePath + s.OccurrenceID(o)
		}
	}
	for _, l := range s.Langs {
		page := parse(t, detail(t, s, id("login"), l))
		got := map[string][]string{}
		for _, row := range all(all(page, tag("tbody"))[0], tag("tr")) {
			day := strings.TrimPrefix(attr(row, "id"), "d-")
			got[day] = []string{}
			for _, a := range all(row, tag("a")) {
				path, _, _ := strings.Cut(attr(a, "href"), "?")
				got[day] = append(got[day], path)
				if fallen := attr(a, "lang"); (fallen == "en") != (l != i18n.EN && path != system && (l != i18n.NB || path != incidentsPath+late.ID)) {
					t.Errorf("%s: %q is marked as %q", l, text(a), fallen)
				}
				if path == system && text(a) != i18n.JoinCategories(l, []string{"system"}) {
					t.Errorf("%s: the window is called %q", l, text(a))
				}
			}
		}
		want := map[string][]string{
			"2026-03-26": {incidentsPath + early.ID}, "2026-03-27": {incidentsPath + late.ID, incidentsPath + early.ID, system}, "2026-03-28": {},
		}
		for day, links := range want {
			slices.Sort(links)
			slices.Sort(got[day])
			if !slices.Equal(got[day], links) {
				t.Errorf("%s: %s leads to %v, want %v", l, day, got[day], links)
			}
		}
		bars := all(page, class("days"))[0]
		if attr(bars, "aria-hidden") != "true" || len(all(bars, tag("i"))) != DaysShown {
			t.Errorf("%s: %d bars, of which a screen reader hears", l, len(all(bars, tag("i"))))
		}
		for _, a := range all(bars, tag("a")) {
			day := strings.TrimPrefix(attr(a, "href"), "#d-")
			if _, ok := got[day]; !ok || attr(a, "tabindex") != "-1" {
				t.Errorf("%s: a bar leads to %s, with tabindex %q", l, attr(a, "href"), attr(a, "tabindex"))
			}
		}
		if n := len(all(bars, tag("a"))); n != len(got) {
			t.Errorf("%s: %d bars lead to rows, of %d", l, n, len(got))
		}
		if !strings.Contains(text(page), newBars(maker{s, l}).summary(s.Components[c].Days)) {
			t.Errorf("%s: the bars are not told in words", l)
		}
	}
}

// TestWindowsOfADay: only what was carried out and concerns the component, over midnight on both days, and not what was not used of it.
func TestWindowsOfADay(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Occurrences, s.Incidents = nil, nil
	add := func(category data.Category, from, to string, phase data.Phase, change func(*data.Occurrence)) {
		o := data.Occurrence{Maintenance: string(category), Date: from[:10], Cohort: "all", Ordinal: "0", Category: category, Window: data.Window{Start: local(t, s.Zone, from), End: local(t, s.Zone, to)}, Phase: phase}
		change(&o)
		s.Occurrences = append(s.Occurrences, o)
	}
	same := func(*data.Occurrence) {}
	add(data.System, "2026-03-27 00:00", "2026-03-27 06:00", data.Completed, same)
	add(data.Microsoft, "2026-03-27 00:00", "2026-03-27 06:00", data.Completed, same) // told as one with it
	add(data.Application, "2026-03-27 22:00", "2026-03-28 05:00", data.Completed, same)
	add(data.Infrastructure, "2026-03-28 22:00", "2026-03-29 06:00", data.Completed, func(o *data.Occurrence) { o.Ended = local(t, s.Zone, "2026-03-28 23:00") })
	add(data.Critical, "2026-03-28 12:00", "2026-03-28 13:00", data.Cancelled, same)
	add(data.Emergency, "2026-03-28 14:00", "2026-03-28 15:00", data.Completed, func(o *data.Occurrence) { o.Components = []string{"crm-read"} })
	add(data.Recycle, "2026-03-28 02:00", "2026-03-28 02:01", data.Completed, func(o *data.Occurrence) { o.Standing = true })
	m := maker{s, i18n.EN}
	login, _ := s.Component("login")
	for day, want := range map[string]string{
		"2026-03-26": "", "2026-03-27": "System maintenance and Microsoft security updates; Application upgrade",
		"2026-03-28": "Application upgrade; Infrastructure upgrade", "2026-03-29": "",
	} {
		start := local(t, s.Zone, day+" 00:00")
		var got []string
		for _, link := range m.onDay(login, ledger.Day{Date: day, Start: start, End: start.In(s.Zone).AddDate(0, 0, 1)}, m.windowsOf(login)) {
			got = append(got, link.Text)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	office, _ := s.Component("email-out") // not committed, and named by none
	if got := m.onDay(office, ledger.Day{Start: testNow.AddDate(0, 0, -30), End: testNow}, m.windowsOf(office)); len(got) > 0 {
		t.Errorf("what concerns others is told: %v", got)
	}
}
