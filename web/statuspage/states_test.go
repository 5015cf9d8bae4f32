package statuspage_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/statuspage"
)

const pageID = "kctbh9vrtdwd"

var oslo = func() *time.Location {
	l, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	return l
}()

// local is an instant on Oslo's clock, far from any clock change.
func local(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, oslo)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// catalogue is what the situations show: slug, name, group, name of the group, description.
var catalogue = [][5]string{
	{"login", "Sign-in", "", "", "Sign-in & sign-out"},
	{"crm-read", "Read", "crm", "CRM Online", ""},
	{"crm-write", "Write", "crm", "CRM Online", ""},
	{"documents", "Documents", "", "", ""},
	{"email-out", "E-mail", "others", "Services of third parties", "Campaign and service e-mail"},
	{"ai-lab", "AI Lab", "others", "Services of third parties", ""},
}

// calm is Thursday 9 April 2026 12:00 in Oslo: everything works, and much is laid out. AI Lab was never measured.
func calm() *page.State {
	now := local("2026-04-09 12:00")
	s := &page.State{
		Settings: page.Settings{
			Name: "SuperOffice CRM status", Product: "SuperOffice CRM", URL: "https://status.example.com", ZoneName: "Europe/Oslo", Zone: oslo,
			Langs: []i18n.Lang{i18n.EN},
		},
		PageID: pageID, Revision: 7, Now: now, Headline: page.AllOK,
		Cohorts: data.Cohorts{{Slug: "pilot", Percent: 10}, {Slug: "rest", Rest: true}, {Slug: "nordic", Name: data.Words{"en": "Nordic customers"}}},
	}
	for n, c := range catalogue {
		component := data.Component{
			Slug: c[0], Name: data.Words{"en": c[1]}, Group: c[2], GroupName: data.Words{"en": c[3]}, Description: data.Words{"en": c[4]},
			Position: n + 1, Commitment: data.Committed, Audience: data.ForAll, Since: local("2025-04-09 12:00"),
		}
		if c[2] == "others" {
			component.Commitment = data.Informative
		}
		since := local("2026-01-09 08:30").Add(time.Duration(n) * 1234 * time.Millisecond)
		s.Components = append(s.Components, page.Component{
			Component: component, ID: data.PublicID(pageID, "component", c[0]), Sampled: c[0] != "ai-lab", Updated: since,
			Now: data.Standing{Level: data.Operational, LastKnown: data.Operational, Since: since},
		})
	}
	s.Components[5].Now = data.Standing{}
	s.Occurrences = []data.Occurrence{
		window("system", "all", "2026-03-27 00:00", "2026-03-27 06:00", data.Completed),
		window("recycle", "all", "2026-04-10 02:00", "2026-04-10 02:01", data.Scheduled),
		window("system", "all", "2026-04-10 00:00", "2026-04-10 06:00", data.Scheduled),
		window("application", "rest", "2026-04-10 22:00", "2026-04-11 05:00", data.Scheduled),
		window("infrastructure", "all", "2026-04-11 20:00", "2026-04-12 06:00", data.Reserved),
		window("application", "pilot", "2026-04-28 22:00", "2026-04-29 05:00", data.Scheduled),
		window("system", "all", "2026-06-05 00:00", "2026-06-05 06:00", data.Scheduled),
	}
	s.Occurrences[0].Began, s.Occurrences[0].Ended = local("2026-03-27 00:00"), local("2026-03-27 06:00")
	s.Occurrences[1].Standing = true
	return s
}

func window(category, cohort, from, to string, phase data.Phase) data.Occurrence {
	return data.Occurrence{
		Maintenance: category, Date: from[:10], Cohort: cohort, Ordinal: "0", Category: data.Category(category), Zone: "Europe/Oslo",
		Window: data.Window{Start: local(from), End: local(to)}, Expected: 30 * time.Minute, Phase: phase,
	}
}

// by is somebody who steers at an instant, with a reason that readers never see. Short notice is allowed.
func by(at string) data.Steering {
	return data.Steering{By: "socket:hush-hush", Why: "hush-hush", Now: local(at), Short: true}
}

// steered is what a change that must not be refused makes of an occurrence.
func steered(o data.Occurrence, err error) data.Occurrence {
	if err != nil {
		panic(err)
	}
	return o
}

// bad has an incident that goes on, one just resolved, and a component that nobody sees any more.
func bad() *page.State {
	s := calm()
	set := func(slug string, l data.Level, declared bool, at time.Time) {
		for i := range s.Components {
			if c := &s.Components[i]; c.Slug == slug {
				c.Now.Level, c.Now.Declared, c.Updated, c.Now.Since = l, declared, at, at
				if l != data.NoData {
					c.Now.LastKnown = l
				}
			}
		}
	}
	set("login", data.MajorOutage, true, local("2026-04-09 11:38"))
	set("crm-write", data.PartialOutage, false, local("2026-04-09 11:37"))
	set("documents", data.NoData, false, local("2026-04-09 04:00"))
	set("email-out", data.Degraded, false, local("2026-04-09 03:00"))
	update := func(id string, phase data.Phase, at, body string, changes ...data.Change) data.Update {
		return data.Update{ID: id, Phase: phase, At: local(at), Created: local(at), Body: body, By: "socket:root", Changes: changes}
	}
	s.Incidents = []data.Incident{
		{
			ID: "aaaabbbbcccc", Title: "Sign-in fails for <many> customers", Phase: data.Identified, Started: local("2026-04-09 11:36"), Created: local("2026-04-09 11:38"),
			Affected: []data.Affected{{Component: "login", Level: data.MajorOutage}, {Component: "crm-read", Level: data.Operational}, {Component: "secret", Level: data.MajorOutage}},
			Updates: []data.Update{
				update("u00000000001", data.Investigating, "2026-04-09 11:38", "Sign-in fails.\nThose signed in can go on.",
					data.Change{Component: "login", Old: data.Operational, New: data.PartialOutage},
					data.Change{Component: "crm-read", Old: data.Operational, New: data.Degraded},
					data.Change{Component: "secret", Old: data.Operational, New: data.MajorOutage}),
				update("u00000000002", data.Identified, "2026-04-09 11:55", `The "session" store <script>alert(1)</script> & its twin don't answer.`,
					data.Change{Component: "login", Old: data.PartialOutage, New: data.MajorOutage},
					data.Change{Component: "crm-read", Old: data.Degraded, New: data.Operational}),
			},
		},
		{
			ID: "ddddeeeeffff", Title: "Slow search", Phase: data.Resolved, Started: local("2026-04-09 03:00"), Created: local("2026-04-09 03:00"),
			MonitoringAt: local("2026-04-09 04:30"), ResolvedAt: local("2026-04-09 05:00"), Impact: "none",
			Updates: []data.Update{
				update("u00000000003", data.Monitoring, "2026-04-09 04:30", "An index was rebuilt."),
				update("u00000000004", data.Resolved, "2026-04-09 05:00", "Search answers as usual."),
			},
		},
	}
	return s
}

// maintenance is the night in which a window runs, another was called off, one is held, and one was moved.
func maintenance() *page.State {
	s := calm()
	s.Now = local("2026-04-10 01:20")
	for i := range s.Components {
		if c := &s.Components[i]; c.Commitment == data.Committed {
			c.Now.Maintenance, c.Updated = true, local("2026-04-10 00:00")
		}
	}
	s.Components[0].Now.Declared, s.Components[0].Now.Level = true, data.Degraded // a person's word outranks the window
	running, rest := &s.Occurrences[2], &s.Occurrences[3]
	running.Phase, running.Began = data.InProgress, local("2026-04-10 00:00")
	running.Updates = []data.Update{{
		ID: "u00000000005", Phase: data.InProgress, At: local("2026-04-10 01:00"), Created: local("2026-04-10 01:00"), Body: "Half of the servers are done.",
	}, {
		ID: "u00000000006", Phase: data.InProgress, At: local("2026-04-10 01:10"), Created: local("2026-04-10 01:10"), Body: "Not for everybody.", Internal: true,
	}}
	*rest = steered(rest.Move(data.Window{Start: local("2026-04-10 23:00"), End: rest.Window.End}, by("2026-04-09 14:00")))
	cancelled := window("critical", "all", "2026-04-11 21:00", "2026-04-11 22:00", data.Cancelled)
	withdrawn := window("microsoft", "all", "2026-04-12 00:00", "2026-04-12 06:00", data.Withdrawn)
	held := window("application", "nordic", "2026-04-12 22:00", "2026-04-13 05:00", data.Held)
	adHoc := window("emergency", "all", "2026-04-10 18:00", "2026-04-10 19:00", data.Scheduled)
	adHoc.Maintenance, adHoc.Ordinal, adHoc.Components, adHoc.Short = "ad-hoc", "x1", []string{"crm-read", "secret"}, "a fix that cannot wait"
	adHoc.Steps = []data.Step{{At: local("2026-04-09 23:00"), Act: data.ActOpen, By: "socket:root", Why: "a fix that cannot wait"}}
	adHoc.Updates = []data.Update{{
		ID: "u00000000007", Phase: data.Scheduled, At: local("2026-04-09 23:00"), Created: local("2026-04-09 23:00"), Body: "A fix that cannot wait.",
	}}
	s.Occurrences = append(s.Occurrences[:4:4], adHoc, cancelled, withdrawn, held, s.Occurrences[5])
	slices.SortFunc(s.Occurrences, func(a, b data.Occurrence) int { return a.Window.Start.Compare(b.Window.Start) })
	return s
}

var situations = map[string]func() *page.State{"calm": calm, "bad": bad, "maintenance": maintenance}

func render(tb testing.TB, s *page.State) page.Docs {
	tb.Helper()
	docs, err := statuspage.Render(s)
	if err != nil {
		tb.Fatalf("Render: %v", err)
	}
	return docs
}

// decode reads the document at path under /api/v2/ as a strict client does: a member too many is an error.
func decode(tb fataler, docs page.Docs, path string) document {
	tb.Helper()
	d, ok := docs[page.Place{Path: "/api/v2/" + path}]
	if !ok {
		tb.Fatalf("there is no %s", path)
	}
	var out document
	r := json.NewDecoder(strings.NewReader(string(d.Body)))
	r.DisallowUnknownFields()
	if err := r.Decode(&out); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	return out
}

// fataler is what a test of either kind can do.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}
