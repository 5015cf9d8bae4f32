package page

import (
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

func oslo(tb testing.TB) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// territories are the calendars of all contract units.
func territories(tb testing.TB) []*calendar.Calendar {
	tb.Helper()
	var codes []string
	for _, t := range calendar.Territories() {
		codes = append(codes, t.Code)
	}
	set, err := calendar.New(codes, nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return set.Calendars()
}

// catalogue is the public part of the component catalogue (DOMAIN 3).
var catalogue = []struct {
	slug, en, nb, group, groupEN, groupNB string
	commitment                            data.Commitment
	provider                              string
}{
	{"crm-read", "CRM Online: read", "CRM Online: lesing", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"crm-write", "CRM Online: write", "CRM Online: skriving", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"login", "Login and automatic re-login", "Innlogging og automatisk gjeninnlogging", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"crm-sales", "Sales", "Salg", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"crm-service", "Service", "Service", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"crm-marketing", "Marketing", "Markedsføring", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"documents", "Document storage", "Dokumentlager", "crm", "CRM Online", "CRM Online", data.Committed, ""},
	{"customer-centre", "Customer Centre and forms", "Kundesenter og skjemaer", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"app-store", "App Store", "App Store", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"expander", "Expander: web services, plug-ins, scripts", "Expander: webtjenester, tillegg, skript", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"trial", "Free-trial sign-up", "Påmelding til prøveperiode", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"support", "Support requests, Community", "Supporthenvendelser, Community", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"trust", "Trust Center and websites", "Trust Center og nettsteder", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"admin", "Service administration", "Tjenesteadministrasjon", "around", "Around the product", "Rundt produktet", data.Informative, ""},
	{"email-out", "Campaign and service e-mail", "Kampanje- og service-e-post", "third", "Services of third parties", "Tjenester fra tredjeparter", data.Informative, "Mailgun"},
	{"office365", "Office365 documents", "Office365-dokumenter", "third", "Services of third parties", "Tjenester fra tredjeparter", data.Informative, "Microsoft"},
	{"google", "G Suite documents", "G Suite-dokumenter", "third", "Services of third parties", "Tjenester fra tredjeparter", data.Informative, "Google"},
	{"calendar-sync", "Calendar synchronisation", "Kalendersynkronisering", "third", "Services of third parties", "Tjenester fra tredjeparter", data.Informative, "InfoBridge"},
	{"partner-apps", "Partner apps", "Partnerapper", "third", "Services of third parties", "Tjenester fra tredjeparter", data.Informative, "Partners"},
	{"ai-lab", "SuperOffice AI Lab", "SuperOffice AI Lab", "third", "Services of third parties", "Tjenester fra tredjeparter", data.NoCommitment, ""},
}

// testNow is Thursday 9 April 2026 12:00 in Oslo: the eve of three windows on one Friday (DOMAIN 6).
var testNow = time.Date(2026, 4, 9, 10, 0, 0, 0, time.UTC)

// calm is a State in which everything works and two announcements are out.
func calm(tb testing.TB) *State {
	tb.Helper()
	zone := oslo(tb)
	s := &State{
		Settings: Settings{
			Name: "SuperOffice CRM status", Product: "SuperOffice CRM", URL: "https://status.superoffice.com", ZoneName: "Europe/Oslo",
			Zone: zone, Target: "0.998", Support: "https://community.superoffice.com", Langs: i18n.Langs[:],
			Territories: territories(tb),
		},
		PageID: "kctbh9vrtdwd", Revision: 7, Now: testNow, Headline: AllOK, Measured: testNow.Add(-time.Hour),
	}
	for n, c := range catalogue {
		component := data.Component{
			Slug: c.slug, Name: data.Words{"en": c.en, "nb": c.nb}, Group: c.group, GroupName: data.Words{"en": c.groupEN, "nb": c.groupNB},
			Position: n + 1, Commitment: c.commitment, Audience: data.ForAll, Provider: c.provider, ThirdParty: c.provider != "",
			Since: testNow.AddDate(-1, 0, 0),
		}
		s.Components = append(s.Components, Component{
			Component: component, ID: data.PublicID(s.PageID, "component", c.slug), Probed: true, Sampled: true,
			Now: data.Standing{Level: data.Operational, Since: testNow.AddDate(0, -1, 0)}, Days: quietDays(zone), Updated: testNow.AddDate(0, -1, 0),
		})
	}
	add := func(slug string, category data.Category, cohort, from, to string, phase data.Phase) *data.Occurrence {
		w := data.Window{Start: local(tb, zone, from), End: local(tb, zone, to)}
		s.Occurrences = append(s.Occurrences, data.Occurrence{
			Maintenance: slug, Date: from[:10], Cohort: cohort, Ordinal: "0", Category: category, Window: w, Zone: "Europe/Oslo",
			Expected: 30 * time.Minute, Phase: phase,
		})
		return &s.Occurrences[len(s.Occurrences)-1]
	}
	add("system", data.System, "all", "2026-03-27 00:00", "2026-03-27 06:00", data.Completed).Announced = testNow.AddDate(0, 0, -16)
	add("recycle", data.Recycle, "all", "2026-04-10 02:00", "2026-04-10 02:01", data.Scheduled).Standing = true
	add("microsoft", data.Microsoft, "all", "2026-04-10 00:00", "2026-04-10 06:00", data.Scheduled).Announced = testNow.AddDate(0, 0, -2)
	add("system", data.System, "all", "2026-04-10 00:00", "2026-04-10 06:00", data.Scheduled).Announced = testNow.AddDate(0, 0, -2)
	add("application-rest", data.Application, "rest", "2026-04-10 22:00", "2026-04-11 05:00", data.Scheduled)
	add("infrastructure", data.Infrastructure, "all", "2026-04-11 20:00", "2026-04-12 06:00", data.Reserved)
	add("infrastructure", data.Infrastructure, "all", "2026-04-18 20:00", "2026-04-19 06:00", data.Reserved)
	add("system", data.System, "all", "2026-04-24 00:00", "2026-04-24 06:00", data.Scheduled)
	add("application-pilot", data.Application, "pilot", "2026-04-28 22:00", "2026-04-29 05:00", data.Scheduled)
	add("application-rest", data.Application, "rest", "2026-05-01 22:00", "2026-05-02 05:00", data.Held)
	add("system", data.System, "all", "2026-05-08 00:00", "2026-05-08 06:00", data.Scheduled)
	for n, name := range []string{"2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"} {
		s.Months = append(s.Months, Month{Report: report(name, int64(n*700)%2900, int64(n*900)%9000, int64(n%3*4000)), Known: true})
	}
	s.Months[0].Known = false
	last := &s.Months[len(s.Months)-1]
	left := last.Allowance - last.Contract.Downtime
	last.SoFar, last.AsOf, last.Left = true, testNow, &left
	return s
}

func local(tb testing.TB, zone *time.Location, text string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		tb.Fatal(err)
	}
	return t.UTC()
}

func quietDays(zone *time.Location) []ledger.Day {
	days := ledger.Days(ledger.Rows{}, ledger.Selection{}, zone, testNow, DaysShown)
	for i := range days {
		if i%14 == 6 {
			days[i].State, days[i].Maintenance = ledger.DayMaintenance, 6*3600
			days[i].Operational -= 6 * 3600
		}
	}
	return days
}

func report(month string, contract, observed, unobserved int64) ledger.Report {
	const seconds = 2592000
	result := func(n int64) ledger.Result {
		f := ledger.Figure{Downtime: n, Total: seconds}
		return ledger.Result{Downtime: n, Uptime: f.Percent(6), Shown: f.Percent(2), Met: n <= 5184}
	}
	return ledger.Report{
		Month: month, Zone: "Europe/Oslo", Target: "0.998", Seconds: seconds, Allowance: 5184, Unobserved: unobserved,
		Coverage: ledger.Figure{Downtime: unobserved, Total: seconds}.Percent(6), Contract: result(contract), Strict: result(contract), Observed: result(observed),
	}
}

// level puts a component at a level, with a trace in today's bar.
func (s *State) level(slug string, l data.Level) {
	for i := range s.Components {
		if c := &s.Components[i]; c.Slug == slug {
			c.Now.Level = l
			today := &c.Days[len(c.Days)-1]
			switch {
			case l.Bad():
				today.State, today.Outage = ledger.DayOutage, 1440
			case l == data.Degraded:
				today.State, today.Degraded = ledger.DayDegraded, 900
			}
		}
	}
}

// bad is a State with an incident that goes on, one just resolved, and a bad quarter behind it.
func bad(tb testing.TB) *State {
	tb.Helper()
	s := calm(tb)
	s.Headline = Major
	s.level("login", data.MajorOutage)
	s.level("crm-write", data.PartialOutage)
	s.level("documents", data.Degraded)
	s.level("email-out", data.PartialOutage)
	s.level("ai-lab", data.NoData)
	for i := range s.Components {
		for d := range s.Components[i].Days[:DaysShown-1] {
			day := &s.Components[i].Days[d]
			switch (d*7 + i*13) % 41 {
			case 3, 17:
				day.State, day.Outage = ledger.DayOutage, int64(300+d*40)
			case 9:
				day.State, day.Degraded = ledger.DayDegraded, int64(600+d*10)
			case 23:
				day.State, day.NoData = ledger.DayNoData, 5000
			}
		}
	}
	update := func(id string, phase data.Phase, minutes int, body string) data.Update {
		at := testNow.Add(-time.Duration(minutes) * time.Minute)
		return data.Update{ID: id, Phase: phase, At: at, Created: at, Body: body, By: "socket:root", Changes: []data.Change{{Component: "login"}}}
	}
	s.Incidents = []data.Incident{
		{
			ID: "aaaabbbbcccc", Title: "Sign-in fails for many customers", Phase: data.Identified, Started: testNow.Add(-24 * time.Minute),
			Created: testNow.Add(-22 * time.Minute), NextUpdate: testNow.Add(20 * time.Minute),
			Affected: []data.Affected{
				{Component: "login", Level: data.MajorOutage},
				{Component: "crm-write", Cohort: "pilot", Level: data.PartialOutage},
				{Component: "documents", Level: data.Degraded},
				{Component: "secret-thing", Level: data.MajorOutage},
			},
			Updates: []data.Update{
				update("u1", data.Investigating, 22, "We are investigating reports that sign-in fails. Those already signed in can go on working."),
				update("u2", data.Investigating, 15, "Signing in fails for about half of the attempts."),
				update("u3", data.Identified, 4, "The session store does not answer in one of two rooms. We are moving sign-in to the other one.\n\nIf you are signed in, do not sign out."),
			},
		},
		{
			ID: "ddddeeeeffff", Title: "Slow search in Service", Phase: data.Resolved, Started: testNow.Add(-9 * time.Hour),
			Created: testNow.Add(-9 * time.Hour), ResolvedAt: testNow.Add(-7 * time.Hour),
			Updates: []data.Update{
				{ID: "u4", Phase: data.Resolved, At: testNow.Add(-7 * time.Hour), Body: "An index was rebuilt; search answers as usual again.", Changes: []data.Change{{Component: "crm-service"}}},
			},
		},
	}
	s.Occurrences[3].Phase = data.Scheduled
	return s
}

// night is a State in the middle of a maintenance window.
func night(tb testing.TB) *State {
	tb.Helper()
	s := calm(tb)
	s.Now = local(tb, s.Zone, "2026-04-10 01:20")
	s.Headline = Maintenance
	for i := range s.Occurrences {
		o := &s.Occurrences[i]
		if o.Date == "2026-04-10" && (o.Category == data.System || o.Category == data.Microsoft) {
			o.Phase = data.InProgress
		}
	}
	for i := range s.Components {
		if c := &s.Components[i]; c.Commitment == data.Committed {
			c.Now.Maintenance = true
			today := &c.Days[len(c.Days)-1]
			today.State, today.Maintenance = ledger.DayMaintenance, 4800
		}
	}
	s.Occurrences = append(s.Occurrences, data.Occurrence{
		Maintenance: "ad-hoc", Date: "2026-04-10", Cohort: "all", Ordinal: "x1", Category: data.Emergency, Zone: "Europe/Oslo",
		Window: data.Window{Start: local(tb, s.Zone, "2026-04-10 18:00"), End: local(tb, s.Zone, "2026-04-10 19:00")}, Expected: 5 * time.Minute,
		Phase: data.Scheduled, Short: "A fix that cannot wait.",
	}, data.Occurrence{
		Maintenance: "ad-hoc", Date: "2026-04-11", Cohort: "pilot", Ordinal: "x2", Category: data.Critical, Zone: "Europe/Oslo",
		Window:    data.Window{Start: local(tb, s.Zone, "2026-04-11 21:00"), End: local(tb, s.Zone, "2026-04-11 22:00")},
		OldWindow: data.Window{Start: local(tb, s.Zone, "2026-04-11 20:00"), End: local(tb, s.Zone, "2026-04-11 22:00")}, Phase: data.Cancelled,
	})
	return s
}

// unknown is the State of a service that has only just been set up: nothing was ever measured.
func unknown(tb testing.TB) *State {
	tb.Helper()
	s := calm(tb)
	s.Headline, s.Measured, s.Demo, s.Unprobed = Unknown, time.Time{}, true, true
	for i := range s.Components {
		c := &s.Components[i]
		c.Now = data.Standing{}
		c.Sampled = false
		for d := range c.Days {
			c.Days[d].State, c.Days[d].NoData, c.Days[d].Operational, c.Days[d].Maintenance = ledger.DayNoData, c.Days[d].Operational, 0, 0
		}
	}
	for i := range s.Months {
		s.Months[i].Known = false
	}
	return s
}

var situations = map[string]func(testing.TB) *State{"calm": calm, "bad": bad, "night": night, "unknown": unknown}

// snapshots are the situations rendered, once for all tests; nobody changes them.
var snapshots sync.Map

func snapshotOf(tb testing.TB, situation string) *Snapshot {
	tb.Helper()
	once, _ := snapshots.LoadOrStore(situation, sync.OnceValue(func() *Snapshot {
		s := situations[situation](tb)
		return &Snapshot{State: s, Docs: render(tb, s)}
	}))
	return once.(func() *Snapshot)()
}

// each calls f for every page of every situation in every language.
func each(t *testing.T, f func(t *testing.T, s *State, p Place, body []byte)) {
	t.Helper()
	for name := range situations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			snapshot := snapshotOf(t, name)
			for place, d := range snapshot.Docs {
				if place.Lang != "" {
					f(t, snapshot.State, place, d.Body)
				}
			}
			made := stories(snapshot.State)
			maps.Copy(made, pagesBeside)
			for path := range made {
				for _, l := range snapshot.State.Langs {
					d, ok := snapshot.Doc(path, l)
					if !ok {
						t.Fatalf("Doc(%s, %s): no page", path, l)
					}
					f(t, snapshot.State, Place{path, l}, d.Body)
				}
			}
		})
	}
}

func render(tb testing.TB, s *State) Docs {
	tb.Helper()
	docs, err := Render(s)
	if err != nil {
		tb.Fatal(fmt.Errorf("Render: %w", err))
	}
	return docs
}
