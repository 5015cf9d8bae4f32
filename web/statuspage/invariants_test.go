package statuspage_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/statuspage"
)

// anyState draws a State as page.Read makes them: what is hidden is not in it, but names of it may be.
func anyState(t *rapid.T) *page.State {
	s := calm()
	s.Now = local("2026-04-09 12:00")
	if rapid.Bool().Draw(t, "utc") {
		s.ZoneName, s.Zone = "UTC", time.UTC
	}
	past := rapid.Custom(func(t *rapid.T) time.Time {
		return s.Now.Add(-time.Duration(rapid.IntRange(0, 200*24*3600).Draw(t, "ago")) * time.Second)
	})
	slugs := []string{"secret"}
	levels := rapid.SampledFrom([]data.Level{data.NoData, data.Operational, data.Degraded, data.PartialOutage, data.MajorOutage})
	s.Components = s.Components[:rapid.IntRange(0, len(s.Components)).Draw(t, "components")]
	for i := range s.Components {
		c := &s.Components[i]
		c.Group = rapid.SampledFrom([]string{"", "", "g", "h"}).Draw(t, "group")
		c.Sampled = rapid.Bool().Draw(t, "sampled")
		c.Now = data.Standing{Level: levels.Draw(t, "level"), LastKnown: levels.Draw(t, "last"), Declared: rapid.Bool().Draw(t, "declared"), Maintenance: rapid.Bool().Draw(t, "window")}
		c.Updated = past.Draw(t, "updated")
		slugs = append(slugs, c.Slug)
	}
	slug := rapid.SampledFrom(slugs)
	serial := 0
	story := func(phases []data.Phase, least int) (us []data.Update) {
		for range rapid.IntRange(least, 4).Draw(t, "updates") {
			serial++
			u := data.Update{
				ID: fmt.Sprintf("u%011d", serial), Phase: rapid.SampledFrom(phases).Draw(t, "phase"), At: past.Draw(t, "at"),
				Body: rapid.StringN(1, 40, -1).Draw(t, "body"), Internal: rapid.IntRange(0, 4).Draw(t, "internal") == 0,
			}
			for range rapid.IntRange(0, 3).Draw(t, "changes") {
				u.Changes = append(u.Changes, data.Change{Component: slug.Draw(t, "slug"), Old: levels.Draw(t, "old"), New: levels.Draw(t, "new")})
			}
			us = append(us, u)
		}
		return us
	}
	s.Incidents = nil
	for n := range rapid.SampledFrom([]int{0, 1, 1, 2, 3, 3, 4, 53}).Draw(t, "incidents") {
		i := data.Incident{
			ID: fmt.Sprintf("i%011d", n), Title: "Title", Phase: rapid.SampledFrom(data.IncidentPhases).Draw(t, "phase"),
			Created: s.Now.Add(-time.Duration(n+1) * time.Hour), Updates: story(data.IncidentPhases, 0),
		}
		i.Started = i.Created
		if !i.Open() {
			i.ResolvedAt = i.Created.Add(time.Minute)
		}
		s.Incidents = append(s.Incidents, i)
	}
	s.Occurrences = nil
	phases := []data.Phase{data.Reserved, data.Scheduled, data.Held, data.InProgress, data.Verifying, data.Completed, data.Cancelled, data.Withdrawn}
	for n := range rapid.SampledFrom([]int{0, 1, 2, 5, 8, 60}).Draw(t, "occurrences") {
		o := window("system", rapid.SampledFrom([]string{"all", "pilot", "rest", "nordic"}).Draw(t, "cohort"), "2026-04-09 00:00", "2026-04-09 06:00", "")
		o.Ordinal = fmt.Sprint(n)
		if o.Category = rapid.SampledFrom(data.Categories).Draw(t, "category"); o.Category == data.Recycle {
			o.Standing = rapid.Bool().Draw(t, "standing")
		}
		shift := time.Duration(rapid.IntRange(-90*24, 90*24).Draw(t, "hours")) * time.Hour
		o.Window.Start, o.Window.End = o.Window.Start.Add(shift), o.Window.End.Add(shift)
		o.Phase = rapid.SampledFrom(phases).Draw(t, "phase")
		if off := o.Phase == data.Cancelled || o.Phase == data.Withdrawn || o.Phase == data.Held; off && !page.Shown(o, s.Now) {
			continue // never announced, so it never was
		}
		if o.Phase == data.InProgress || o.Phase == data.Verifying || o.Phase == data.Completed {
			if o.Window.Start.After(s.Now) {
				continue
			}
		}
		if o.Phase, _ = o.Due(s.Now); o.Phase == data.Lapsed {
			continue
		}
		if o.Phase == data.Completed && o.Window.End.After(s.Now) {
			o.Ended = s.Now // a person ended it early
		}
		if rapid.Bool().Draw(t, "made by hand") {
			o.Maintenance = "ad-hoc"
		}
		o.Updates = story(phases, 0)
		s.Occurrences = append(s.Occurrences, o)
	}
	slices.SortFunc(s.Occurrences, func(a, b data.Occurrence) int { return a.Window.Start.Compare(b.Window.Start) })
	return s
}

var (
	instantUTC  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	instantZone = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$`)
	dayText     = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
)

// checkValues looks at every member by its name: the form of ids, instants and days, and which may be null.
func checkValues(t *rapid.T, path string, s *page.State, v any) {
	instant := instantZone
	if s.ZoneName == "UTC" {
		instant = instantUTC
	}
	nullable := []string{"description", "start_date", "group_id", "monitoring_at", "resolved_at", "reminder_intervals", "affected_components", "custom_tweet", "tweet_id"}
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			checkValues(t, path, s, one)
		}
	case map[string]any:
		for name, value := range v {
			at := path + " " + name
			if value == nil {
				if !slices.Contains(nullable, name) {
					t.Errorf("%s is null", at)
				}
				continue
			}
			text, isText := value.(string)
			switch {
			case isText && text == "":
				t.Errorf("%s is empty: want null", at)
			case name == "id" || name == "page_id" || name == "incident_id" || name == "group_id" || name == "code":
				if !data.ValidID(text) {
					t.Errorf("%s is %v: want an id", at, value)
				}
			case strings.HasSuffix(name, "_at") || name == "scheduled_for" || name == "scheduled_until":
				if !instant.MatchString(text) {
					t.Errorf("%s is %v: want an instant in %s", at, value, s.ZoneName)
				}
			case name == "start_date":
				if !dayText.MatchString(text) {
					t.Errorf("%s is %v: want a day", at, value)
				}
			case name == "affected_components" && len(value.([]any)) == 0:
				t.Errorf("%s is []: want null", at)
			}
			checkValues(t, path, s, value)
		}
	}
}

func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyState(t)
		docs, err := statuspage.Render(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := statuspage.Render(s)
		if err != nil {
			t.Fatal(err)
		}
		for place, d := range docs {
			if string(again[place].Body) != string(d.Body) {
				t.Errorf("%s reads otherwise the second time", place.Path)
			}
			if strings.Contains(string(d.Body), "secret") {
				t.Errorf("%s names a hidden component", place.Path)
			}
			var v any
			if err := json.Unmarshal(d.Body, &v); err != nil {
				t.Fatalf("%s: %v", place.Path, err)
			}
			checkValues(t, place.Path, s, v)
		}
		get := func(path string) document { return decode(t, docs, path) }
		summary := get("summary.json")
		checkSummary(t, get, summary)
		checkComponents(t, summary)
		incidents, all := *get("incidents.json").Incidents, *get("scheduled-maintenances.json").Maintenances
		if len(incidents) > 50 || len(all) > 50 {
			t.Errorf("%d incidents and %d maintenances: want at most 50", len(incidents), len(all))
		}
		if !slices.IsSortedFunc(incidents, func(a, b event) int { return b.Created.Compare(a.Created) }) {
			t.Error("incidents are not newest first")
		}
		if !slices.IsSortedFunc(all, func(a, b scheduled) int { return b.For.Compare(a.For) }) {
			t.Error("maintenances are not latest first")
		}
		for _, i := range incidents {
			checkEvent(t, s, summary, i, []string{"investigating", "identified", "monitoring", "resolved", "postmortem"})
			if over := i.Status == "resolved" || i.Status == "postmortem"; over != (i.Resolved != nil) {
				t.Errorf("incident %s is %s, resolved at %v", i.ID, i.Status, i.Resolved)
			}
			if one := get("incidents/" + i.ID + ".json"); !reflect.DeepEqual(*one.Incident, i) {
				t.Errorf("incident %s reads otherwise by itself", i.ID)
			}
		}
		for _, m := range all {
			checkEvent(t, s, summary, m.event, []string{"scheduled", "in_progress", "verifying", "completed"})
			if (m.Status == "completed") != (m.Resolved != nil) || m.Impact != "maintenance" || m.Monitoring != nil {
				t.Errorf("maintenance %s is %s, resolved at %v, impact %s", m.ID, m.Status, m.Resolved, m.Impact)
			}
			if m.Status == "scheduled" && m.For.After(s.Now.AddDate(0, 0, 30)) {
				t.Errorf("maintenance %s is more than 30 days away", m.ID)
			}
		}
	})
}

// checkSummary: it is components + status + unresolved + (upcoming ∪ active), and the page is the same everywhere.
func checkSummary(t *rapid.T, get func(string) document, summary document) {
	upcoming, active := *get("scheduled-maintenances/upcoming.json").Maintenances, *get("scheduled-maintenances/active.json").Maintenances
	var union []string
	for _, m := range append(slices.Clone(upcoming), active...) {
		union = append(union, m.ID)
	}
	var in []string
	for _, m := range *summary.Maintenances {
		in = append(in, m.ID)
	}
	slices.Sort(union)
	slices.Sort(in)
	if !slices.Equal(in, union) {
		t.Errorf("the summary has the maintenances %v, upcoming and active are %v", in, union)
	}
	for path, same := range map[string]func(document) bool{
		"components.json":           func(d document) bool { return reflect.DeepEqual(d.Components, summary.Components) },
		"status.json":               func(d document) bool { return reflect.DeepEqual(d.Status, summary.Status) },
		"incidents/unresolved.json": func(d document) bool { return reflect.DeepEqual(d.Incidents, summary.Incidents) },
	} {
		if d := get(path); !same(d) || !reflect.DeepEqual(d.Page, summary.Page) {
			t.Errorf("%s and the summary disagree", path)
		}
	}
}

func checkComponents(t *rapid.T, summary document) {
	byID := map[string]component{}
	for _, c := range *summary.Components {
		byID[c.ID] = c
	}
	if len(byID) != len(*summary.Components) {
		t.Error("two components have the same id")
	}
	if !slices.IsSortedFunc(*summary.Components, func(a, b component) int { return a.Position - b.Position }) {
		t.Error("positions do not ascend")
	}
	listed := map[string][]string{}
	seen := map[string]bool{}
	for _, c := range *summary.Components {
		if c.Updated.After(summary.Page.Updated) || c.PageID != summary.Page.ID || c.Position < 1 {
			t.Errorf("component %+v does not fit page %+v", c, summary.Page)
		}
		parent := ""
		if c.GroupID != nil {
			parent = *c.GroupID
			if g, ok := byID[parent]; !ok || !g.Group || c.Group {
				t.Errorf("component %s is in %s, which is no listed group", c.ID, parent)
			}
			listed[parent] = append(listed[parent], c.ID)
		}
		if place := fmt.Sprint(parent, c.Position); seen[place] {
			t.Errorf("position %d occurs twice in %q", c.Position, parent)
		} else {
			seen[place] = true
		}
	}
	for _, c := range *summary.Components {
		if c.Group && (len(c.Components) == 0 || !slices.Equal(c.Components, listed[c.ID]) || c.Showcase || c.StartDate != nil) {
			t.Errorf("group %+v, whose members in the list are %v", c, listed[c.ID])
		}
	}
}

func checkEvent(t *rapid.T, s *page.State, summary document, e event, statuses []string) {
	if !slices.Contains(statuses, e.Status) || len(e.Updates) == 0 || e.Updates[0].Status != e.Status {
		t.Errorf("%s is %s with updates %+v: want the newest to say so", e.ID, e.Status, e.Updates)
	}
	if !slices.IsSortedFunc(e.Updates, func(a, b entry) int { return b.Display.Compare(a.Display) }) {
		t.Errorf("the updates of %s are not newest first", e.ID)
	}
	ids := map[string]bool{}
	for _, u := range e.Updates {
		if ids[u.ID] || u.IncidentID != e.ID || !slices.Contains(statuses, u.Status) || u.Display.After(s.Now) {
			t.Errorf("update %+v of %s is twice there, of another, or of the future", u, e.ID)
		}
		ids[u.ID] = true
	}
	if !strings.HasPrefix(e.Shortlink, s.URL+"/") || e.Updated.After(summary.Page.Updated) || e.Created.After(s.Now) {
		t.Errorf("%s: link %s, updated %s, created %s", e.ID, e.Shortlink, e.Updated, e.Created)
	}
	for _, c := range e.Components {
		if c.Group || !slices.ContainsFunc(*summary.Components, func(o component) bool { return reflect.DeepEqual(o, c) }) {
			t.Errorf("%s has component %+v, which does not stand so in the list", e.ID, c)
		}
	}
}

// TestAgreesWithTheHeadline: the page's headline and the indicator come from two rules (STATUSPAGE-V2 5). Where the headline tells of
// trouble or maintenance the indicator does, and only that can say less which has no word for not knowing.
func TestAgreesWithTheHeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anyState(t)
		for i := range s.Components {
			c := &s.Components[i]
			c.Probed = rapid.Bool().Draw(t, "probed")
			c.Commitment = rapid.SampledFrom([]data.Commitment{data.Committed, data.Committed, data.Informative}).Draw(t, "commitment")
			if c.Now.Level != data.NoData { // somebody said so
				c.Sampled, c.Now.LastKnown = true, c.Now.Level
			}
		}
		s = s.With(data.Incident{ID: "nobody", Hidden: true}, nil) // works the headline out
		var body struct{ Status struct{ Indicator string } }
		docs, err := statuspage.Render(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(docs[page.Place{Path: "/api/v2/status.json"}].Body, &body); err != nil {
			t.Fatal(err)
		}
		loud, maintained := map[string]bool{"minor": true, "major": true, "critical": true}[body.Status.Indicator], false
		for _, c := range s.Components {
			maintained = maintained || c.Commitment == data.Committed && c.Maintenance() && c.Sampled
			if s.Headline == page.AllOK && c.Commitment == data.Committed && c.Unmeasured() {
				t.Fatalf("%s claims of %s what nobody measured", s.Headline, c.Slug)
			}
		}
		switch s.Headline {
		case page.Major:
			if body.Status.Indicator != "major" && body.Status.Indicator != "critical" {
				t.Fatalf("the headline is %s and the indicator %s", s.Headline, body.Status.Indicator)
			}
		case page.Some:
			if !loud {
				t.Fatalf("the headline is %s and the indicator %s", s.Headline, body.Status.Indicator)
			}
		case page.Maintenance:
			if maintained && body.Status.Indicator == "none" {
				t.Fatalf("the headline is %s and the indicator %s", s.Headline, body.Status.Indicator)
			}
		}
	})
}
