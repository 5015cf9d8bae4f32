package statuspage_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
)

// TestComponentStatus holds what is said of a component in each case of DESIGN 9; empty means that it is left out.
func TestComponentStatus(t *testing.T) {
	for name, c := range map[string]struct {
		sampled bool
		now     data.Standing
		want    string
	}{
		"never sampled":                          {false, data.Standing{}, ""},
		"never sampled, in a window":             {false, data.Standing{Maintenance: true}, ""},
		"never sampled, declared":                {false, data.Standing{Level: data.Degraded, Declared: true}, "degraded_performance"},
		"sampled":                                {true, data.Standing{Level: data.PartialOutage, LastKnown: data.PartialOutage}, "partial_outage"},
		"lost its data":                          {true, data.Standing{LastKnown: data.MajorOutage}, "major_outage"},
		"lost its data in a window":              {true, data.Standing{LastKnown: data.MajorOutage, Maintenance: true}, "under_maintenance"},
		"bad in a window":                        {true, data.Standing{Level: data.MajorOutage, Maintenance: true}, "under_maintenance"},
		"declared in a window":                   {true, data.Standing{Level: data.MajorOutage, Maintenance: true, Declared: true}, "major_outage"},
		"declared once, and the word taken back": {true, data.Standing{}, "operational"},
	} {
		s := calm()
		s.Components = s.Components[3:4]
		s.Components[0].Sampled, s.Components[0].Now = c.sampled, c.now
		var got string
		if list := *decode(t, render(t, s), "components.json").Components; len(list) == 1 {
			got = list[0].Status
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestOpenIncidentsLeaveThePageState: only components change it (STATUSPAGE-V2 5).
func TestOpenIncidentsLeaveThePageState(t *testing.T) {
	s := calm()
	s.Incidents = bad().Incidents
	d := decode(t, render(t, s), "summary.json")
	if d.Status.Indicator != "none" || len(*d.Incidents) != 1 {
		t.Errorf("status %+v with %d open incidents: want none with one", d.Status, len(*d.Incidents))
	}
}

func upcoming(t *testing.T, s *page.State) []string {
	t.Helper()
	var out []string
	for _, m := range *decode(t, render(t, s), "scheduled-maintenances/upcoming.json").Maintenances {
		out = append(out, m.Name+" "+m.For.UTC().Format("2006-01-02"))
	}
	return out
}

// TestUpcoming: within 30 days, never the recycle, never what is only reserved.
func TestUpcoming(t *testing.T) {
	s := calm()
	want := []string{"System maintenance 2026-04-09", "Application upgrade (all others) 2026-04-10", "Application upgrade (first group) 2026-04-28"}
	if got := upcoming(t, s); !slices.Equal(got, want) {
		t.Errorf("upcoming: %v, want %v", got, want)
	}
	june := local("2026-06-05 00:00").Add(-30 * 24 * time.Hour)
	s.Occurrences = s.Occurrences[6:]
	for now, n := range map[time.Time]int{june: 0, june.Add(time.Second): 1} {
		if s.Now = now; len(upcoming(t, s)) != n {
			t.Errorf("at %s: %v, want %d", now, upcoming(t, s), n)
		}
	}
	s.Occurrences[0].Category = data.Recycle // one that is announced like any other
	if got := upcoming(t, s); len(got) != 0 {
		t.Errorf("the recycle is upcoming: %v", got)
	}
}

// TestStories tells an occurrence's updates, newest first, in every phase, with and without what people said.
func TestStories(t *testing.T) {
	said := func(phase data.Phase, at string) data.Update {
		return data.Update{ID: data.PublicID("test", string(phase), at), Phase: phase, At: local(at), Body: "Said."}
	}
	for _, c := range []struct {
		name   string
		change func(*data.Occurrence)
		want   string
	}{
		{"planned", func(*data.Occurrence) {}, "2026-03-10T23:00 scheduled Planned"},
		{"running", func(o *data.Occurrence) { o.Phase = data.InProgress }, "2026-04-10T00:00 in_progress The maintenance has begun|2026-03-10T23:00 scheduled Planned"},
		{"begun early", func(o *data.Occurrence) { o.Phase, o.Began = data.InProgress, local("2026-04-09 23:00") }, "2026-04-09T23:00 in_progress The maintenance has begun|2026-03-10T23:00 scheduled Planned"},
		{"said to verify", func(o *data.Occurrence) {
			o.Phase, o.Updates = data.Verifying, []data.Update{said(data.Verifying, "2026-04-10 03:00")}
		}, "2026-04-10T03:00 verifying Said|2026-04-10T00:00 in_progress The maintenance has begun|2026-03-10T23:00 scheduled Planned"},
		{"verifying unsaid", func(o *data.Occurrence) {
			o.Phase, o.Updates = data.Verifying, []data.Update{said(data.InProgress, "2026-04-10 02:00")}
		}, "2026-04-10T02:00 verifying The work is done|2026-04-10T02:00 in_progress Said|2026-04-10T00:00 in_progress The maintenance has begun|2026-03-10T23:00 scheduled Planned"},
		{
			"over", func(o *data.Occurrence) { o.Phase = data.Completed },
			"2026-04-10T06:00 completed The maintenance is completed|2026-04-10T00:00 in_progress The maintenance has begun|2026-03-10T23:00 scheduled Planned",
		},
		{"over, with a word after", func(o *data.Occurrence) {
			o.Phase, o.Updates = data.Completed, []data.Update{said(data.InProgress, "2026-04-10 06:30")}
		}, "2026-04-10T06:30 completed The maintenance is completed|2026-04-10T06:30 in_progress Said|2026-04-10T06:00 completed The maintenance is completed|2026-04-10T00:00 in_progress The maintenance has begun|2026-03-10T23:00 scheduled Planned"},
		{"called off", func(o *data.Occurrence) { o.Phase = data.Cancelled }, "2026-04-07T00:00 completed This maintenance has been cancelled|2026-03-10T23:00 scheduled Planned"},
		{"withdrawn", func(o *data.Occurrence) { o.Phase = data.Withdrawn }, "2026-04-07T00:00 completed This maintenance has been cancelled|2026-03-10T23:00 scheduled Planned"},
		{"called off by somebody", func(o *data.Occurrence) {
			o.Phase, o.Updates = data.Cancelled, []data.Update{said(data.Cancelled, "2026-04-09 10:00")}
		}, "2026-04-09T10:00 completed Said|2026-03-10T23:00 scheduled Planned"},
		{"held", func(o *data.Occurrence) { o.Phase = data.Held }, "2026-04-07T00:00 scheduled This maintenance is under review|2026-03-10T23:00 scheduled Planned"},
		{
			"held and released", func(o *data.Occurrence) { o.Updates = []data.Update{said(data.Held, "2026-04-08 10:00")} },
			"2026-04-08T10:00 scheduled Planned|2026-04-08T10:00 scheduled Said|2026-03-10T23:00 scheduled Planned",
		},
		{
			"planned, with a word", func(o *data.Occurrence) { o.Updates = []data.Update{said(data.Scheduled, "2026-04-08 10:00")} },
			"2026-04-08T10:00 scheduled Said|2026-03-10T23:00 scheduled Planned",
		},
	} {
		s := calm()
		s.Now = local("2026-04-10 07:00")
		s.Occurrences = s.Occurrences[2:3]
		o := &s.Occurrences[0]
		if c.change(o); o.Phase == data.Scheduled || o.Phase == data.Held {
			s.Now = local("2026-04-09 11:00")
		}
		m := (*decode(t, render(t, s), "scheduled-maintenances.json").Maintenances)[0]
		var got []string
		for _, u := range m.Updates {
			words, _, _ := strings.Cut(u.Body, ".")
			if strings.HasPrefix(words, "Planned") {
				words = "Planned"
			} else if strings.HasPrefix(words, "This") {
				words, _, _ = strings.Cut(strings.Replace(words, " It is", ".", 1), ".")
			}
			got = append(got, fmt.Sprintf("%s %s %s", u.Display.In(oslo).Format("2006-01-02T15:04"), u.Status, words))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, strings.Join(got, "\n"), strings.ReplaceAll(c.want, "|", "\n"))
		}
		if m.Status != m.Updates[0].Status {
			t.Errorf("%s: it is %s, its newest update says %s", c.name, m.Status, m.Updates[0].Status)
		}
	}
}

// TestWhomAWindowAffects: for everybody and for the rest it puts its components under maintenance, for others it leaves
// them alone; those that did not change are named with equal states.
func TestWhomAWindowAffects(t *testing.T) {
	const up, down = "operational", "under_maintenance"
	for cohort, want := range map[string][3][2]string{ // newest first: completed, in progress, scheduled
		"all":    {{down, up}, {up, down}, {up, up}},
		"rest":   {{down, up}, {up, down}, {up, up}},
		"pilot":  {{up, up}, {up, up}, {up, up}},
		"nordic": {{up, up}, {up, up}, {up, up}},
	} {
		s := calm()
		s.Occurrences = s.Occurrences[:1]
		o := &s.Occurrences[0]
		o.Cohort, o.Components = cohort, []string{"crm-read"}
		m := (*decode(t, render(t, s), "scheduled-maintenances.json").Maintenances)[0]
		if len(m.Components) != 1 || len(m.Updates) != 3 {
			t.Fatalf("%s: %d components, %d updates: want 1 and 3", cohort, len(m.Components), len(m.Updates))
		}
		for n, u := range m.Updates {
			if len(u.Affected) != 1 || u.Affected[0].Name != "CRM Online - Read" || u.Affected[0].Old != want[n][0] || u.Affected[0].New != want[n][1] {
				t.Errorf("%s: %s affects %+v, want the states %v", cohort, u.Status, u.Affected, want[n])
			}
		}
	}
}

// TestIncidentWithoutPublicWord: notes are absent, and the newest entry carries the phase all the same.
func TestIncidentWithoutPublicWord(t *testing.T) {
	s := bad()
	i := &s.Incidents[0]
	for n := range i.Updates {
		i.Updates[n].Internal = true
	}
	d := render(t, s)
	got := decode(t, d, "incidents/aaaabbbbcccc.json").Incident
	if len(got.Updates) != 1 || got.Updates[0].Status != "identified" || !got.Updates[0].Display.Equal(i.Created) || !data.ValidID(got.Updates[0].ID) {
		t.Errorf("the updates are %+v: want one that says identified", got.Updates)
	}
	for place, doc := range d {
		if strings.Contains(string(doc.Body), "session") {
			t.Errorf("%s tells of a note", place.Path)
		}
	}
}

// TestTick: time that passes without any change leaves every document as it was, so that its ETag is worth something.
func TestTick(t *testing.T) {
	for name, situation := range situations {
		before := render(t, situation())
		s := situation()
		s.Now = s.Now.Add(10 * time.Minute)
		s.Revision++
		after := render(t, s)
		if len(after) != len(before) {
			t.Errorf("%s: %d documents, then %d", name, len(before), len(after))
		}
		for place, d := range before {
			if after[place] == nil || after[place].ETag != d.ETag {
				t.Errorf("%s: %s changes at a tick", name, place.Path)
			}
		}
	}
}

// TestPageMovesOnChanges: page.updated_at is the newest change of components, incidents and windows.
func TestPageMovesOnChanges(t *testing.T) {
	moved := func(s *page.State) time.Time { return decode(t, render(t, s), "status.json").Page.Updated }
	base := moved(calm())
	at := local("2026-04-09 11:59")
	for name, change := range map[string]func(*page.State){
		"a component":          func(s *page.State) { s.Components[0].Updated = at },
		"one that is left out": func(s *page.State) { s.Components[5].Updated = at },
		"an update":            func(s *page.State) { s.Incidents = bad().Incidents; s.Incidents[0].Updates[1].At = at },
		"a resolution":         func(s *page.State) { s.Incidents = bad().Incidents[1:]; s.Incidents[0].ResolvedAt = at },
		"a start":              func(s *page.State) { s.Occurrences[2].Phase, s.Occurrences[2].Began = data.InProgress, at },
		"an end":               func(s *page.State) { s.Occurrences[0].Ended = at },
		"a word on a window": func(s *page.State) {
			s.Occurrences[2].Updates = []data.Update{{ID: "u00000000009", Phase: data.Scheduled, At: at, Body: "Said."}}
		},
	} {
		s := calm()
		if change(s); !moved(s).Equal(at) {
			t.Errorf("%s changed at %s: the page says %s, before it said %s", name, at, moved(s), base)
		}
	}
	empty := &page.State{Settings: calm().Settings, PageID: pageID, Now: at}
	if got := moved(empty); got.Unix() != 0 {
		t.Errorf("with nothing at all: %s", got)
	}
}

// TestOldIncidents: the list holds the latest 50, the latest 200 have documents of their own, and one that goes on is never dropped.
func TestOldIncidents(t *testing.T) {
	s := calm()
	for n := range 250 {
		i := bad().Incidents[1]
		i.ID = fmt.Sprintf("i%011d", n)
		i.Created = i.Created.Add(-time.Duration(n) * time.Hour)
		s.Incidents = append(s.Incidents, i)
	}
	s.Incidents[249].Phase, s.Incidents[249].ResolvedAt = data.Monitoring, time.Time{}
	docs := render(t, s)
	if got := *decode(t, docs, "incidents.json").Incidents; len(got) != 50 || got[0].ID != "i00000000000" || got[49].ID != "i00000000049" {
		t.Errorf("%d incidents: want the latest 50", len(got))
	}
	if got := *decode(t, docs, "incidents/unresolved.json").Incidents; len(got) != 1 || got[0].ID != "i00000000249" {
		t.Errorf("unresolved: %+v", got)
	}
	decode(t, docs, "incidents/i00000000249.json")
	if n := len(docs); n != 8+201 {
		t.Errorf("%d documents: want 8 lists and 201 incidents, not %v", n, slices.Sorted(maps.Keys(pathsOf(docs))))
	}
}

func pathsOf(docs page.Docs) map[string]bool {
	out := map[string]bool{}
	for place := range docs {
		out[place.Path] = true
	}
	return out
}
