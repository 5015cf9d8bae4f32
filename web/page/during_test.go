package page

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// TestDuringAWindow: that a window runs and what is measured meanwhile are two facts, and every surface tells both, in words: the
// front page, the component's own, the window's own, and the live frame as two members.
func TestDuringAWindow(t *testing.T) {
	t.Parallel()
	s := night(t)
	levels := map[string]data.Level{
		"crm-read": data.Operational, "crm-write": data.Degraded, "login": data.PartialOutage, "crm-sales": data.MajorOutage, "crm-service": data.NoData,
	}
	for i := range s.Components {
		c := &s.Components[i]
		if l, ok := levels[c.Slug]; ok {
			c.Now.Level = l
		}
		if c.Slug == "documents" {
			c.Now.Level, c.Now.Declared = data.MajorOutage, true
		}
		if c.Slug == "app-store" {
			c.Now.Level, c.Now.Flapping = data.Degraded, true
		}
	}
	wants := map[string]string{
		"crm-read": "Under maintenance, but working now", "crm-write": "Under maintenance, with degraded performance now",
		"login": "Under maintenance, and partly down now", "crm-sales": "Under maintenance, and down now",
		"crm-service": "Under maintenance, not measured now", "documents": "Major outage",
		"app-store": "Degraded performance: it fails and recovers again and again", "expander": "Operational",
	}
	front := text(frontOf(t, s, i18n.EN))
	running := s.Running()
	if len(running) != 1 {
		t.Fatalf("%d announcements run, want one", len(running))
	}
	window := all(parse(t, one(t, s, maintenancePath+s.OccurrenceID(running[0].First()), i18n.EN)), class("during"))
	if len(window) != 1 {
		t.Fatalf("the window's page has %d lists of what it concerns", len(window))
	}
	during := text(window[0])
	frames, err := LiveFrames(&Snapshot{State: s})
	if err != nil {
		t.Fatal(err)
	}
	var frame LiveFrame
	if err := json.Unmarshal(frames[i18n.EN], &frame); err != nil {
		t.Fatal(err)
	}
	for slug, want := range wants {
		c, _ := s.Component(slug)
		if !strings.Contains(front, c.Name["en"]+" "+want) {
			t.Errorf("the front page does not say of %s: %s\n%s", slug, want, front)
		}
		if got := text(parse(t, one(t, s, componentPath+c.ID, i18n.EN))); !strings.Contains(got, want) {
			t.Errorf("the page of %s does not say: %s\n%s", slug, want, got)
		}
		if strings.Contains(during, c.Name["en"]+" "+want) != (c.Commitment == data.Committed) {
			t.Errorf("the window's page says of %s, which it concerns if it is committed: %s", slug, during)
		}
		for _, l := range frame.Components {
			level, actual := c.Now.Level.String(), ""
			if c.Maintenance() {
				level, actual = "maintenance", level
			}
			if l.ID == c.ID && (l.Text != want || l.Level != level || l.Actual != actual) {
				t.Errorf("the live frame says of %s: %+v", slug, l)
			}
		}
	}
	for _, l := range i18n.Langs {
		seen := map[string]string{}
		for slug := range levels {
			c, _ := s.Component(slug)
			said := maker{s, l}.stateOf(c).Text
			if other, twice := seen[said]; twice || strings.HasPrefix(said, "level.") {
				t.Errorf("%s: %s and %s are both %q", l, slug, other, said)
			}
			seen[said] = slug
		}
	}
}

// TestDuringAPilotWindow: everybody's page leaves the component alone; the window's own page tells how it stands for whom it
// concerns, and so does the page of those customers.
func TestDuringAPilotWindow(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Cohorts = data.Cohorts{{Slug: "pilot", Name: data.Words{"en": "First"}}}
	o := data.Occurrence{
		Maintenance: "ad-hoc", Date: "2026-04-09", Cohort: "pilot", Ordinal: "x3", Category: data.Critical, Zone: "Europe/Oslo",
		Window: data.Window{Start: s.Now.AddDate(0, 0, -1), End: s.Now.AddDate(0, 0, 1)}, Phase: data.InProgress, Components: []string{"login"},
	}
	s.Occurrences = append(s.Occurrences, o)
	for i := range s.Components {
		if c := &s.Components[i]; c.Slug == "login" {
			c.standings = map[string]data.Standing{"pilot": {Level: data.MajorOutage, Maintenance: true}}
		}
	}
	const down = "Under maintenance, and down now"
	if got := text(frontOf(t, s, i18n.EN)); strings.Contains(got, down) || !strings.Contains(got, "Login and automatic re-login Operational") {
		t.Errorf("everybody's page: %s", got)
	}
	if got := text(parse(t, one(t, s, maintenancePath+s.OccurrenceID(o), i18n.EN))); !strings.Contains(got, "Login and automatic re-login "+down) {
		t.Errorf("the window's page: %s", got)
	}
	if got := text(frontOf(t, s.For("pilot"), i18n.EN)); !strings.Contains(got, "Login and automatic re-login "+down) {
		t.Errorf("the page of those whom it concerns: %s", got)
	}
}
