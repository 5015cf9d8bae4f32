package wire

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
)

// naiveStatus reads the table of STATUSPAGE-V2 5 line by line, over texts.
func naiveStatus(leaves []string) (indicator, phrase string) {
	every := func(word string) bool {
		for _, l := range leaves {
			if l != word {
				return false
			}
		}
		return true
	}
	some := func(word string) bool { return slices.Contains(leaves, word) }
	if len(leaves) == 0 {
		return "none", "All Systems Operational"
	}
	if every("operational") {
		return "none", "All Systems Operational"
	}
	if every("major_outage") {
		return "critical", "Major System Outage"
	}
	if every("partial_outage") || some("major_outage") {
		return "major", "Partial System Outage"
	}
	if some("partial_outage") {
		return "minor", "Minor Service Outage"
	}
	if every("degraded_performance") && len(leaves) >= 2 {
		return "minor", "Degraded System Service"
	}
	if some("degraded_performance") {
		return "minor", "Partially Degraded Service"
	}
	if some("under_maintenance") {
		return "maintenance", "Service Under Maintenance"
	}
	return "", ""
}

func TestStatusFollowsTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SliceOfNDistinct(rapid.SampledFrom(statuspageLevels), 1, 5, rapid.ID).Draw(t, "from") // few kinds, so that "all" is not rare
		leaves := rapid.SliceOfN(rapid.SampledFrom(from), 0, 6).Draw(t, "leaves")
		texts := make([]string, len(leaves))
		for i, l := range leaves {
			texts[i] = string(l)
		}
		got := StatuspageStatusOf(leaves)
		if indicator, phrase := naiveStatus(texts); got.Indicator != indicator || got.Description != phrase {
			t.Errorf("StatuspageStatusOf(%v) = %v, want %s, %q", leaves, got, indicator, phrase)
		}
		backwards := slices.Clone(leaves)
		slices.Reverse(backwards)
		if again := StatuspageStatusOf(backwards); again != got {
			t.Errorf("in another order %v, want %v", again, got)
		}
	})
}

func TestStatusPriority(t *testing.T) {
	const o, m, d, p, x = StatuspageOperational, StatuspageMaintained, StatuspageDegraded, StatuspagePartialOutage, StatuspageMajorOutage
	for _, c := range []struct {
		leaves []StatuspageLevel
		want   string
	}{
		{nil, "none All Systems Operational"},
		{[]StatuspageLevel{o, o}, "none All Systems Operational"},
		{[]StatuspageLevel{x}, "critical Major System Outage"},
		{[]StatuspageLevel{x, x}, "critical Major System Outage"},
		{[]StatuspageLevel{x, o}, "major Partial System Outage"},
		{[]StatuspageLevel{x, m}, "major Partial System Outage"},
		{[]StatuspageLevel{p, p}, "major Partial System Outage"},
		{[]StatuspageLevel{p}, "major Partial System Outage"},
		{[]StatuspageLevel{p, d}, "minor Minor Service Outage"},
		{[]StatuspageLevel{p, m}, "minor Minor Service Outage"},
		{[]StatuspageLevel{d, d}, "minor Degraded System Service"},
		{[]StatuspageLevel{d}, "minor Partially Degraded Service"},
		{[]StatuspageLevel{d, m}, "minor Partially Degraded Service"},
		{[]StatuspageLevel{m, o}, "maintenance Service Under Maintenance"},
		{[]StatuspageLevel{m, m}, "maintenance Service Under Maintenance"},
	} {
		if got := StatuspageStatusOf(c.leaves); got.Indicator+" "+got.Description != c.want {
			t.Errorf("StatuspageStatusOf(%v) = %v, want %s", c.leaves, got, c.want)
		}
	}
}

func TestStatuspageInstants(t *testing.T) {
	for _, c := range []struct{ zone, at, want, page string }{
		{"UTC", "2026-07-01T10:00:00.9996Z", "2026-07-01T10:00:00.999Z", "Etc/UTC"},
		{"Etc/UTC", "2026-07-01T10:00:00Z", "2026-07-01T10:00:00.000Z", "Etc/UTC"},
		{"Europe/Oslo", "2026-07-01T10:00:00Z", "2026-07-01T12:00:00.000+02:00", "Europe/Oslo"},
		{"Europe/Oslo", "2026-01-01T10:00:00.5Z", "2026-01-01T11:00:00.500+01:00", "Europe/Oslo"},
		{"Europe/London", "2026-01-01T10:00:00Z", "2026-01-01T10:00:00.000+00:00", "Europe/London"},
		{"America/St_Johns", "2026-01-01T02:00:00Z", "2025-12-31T22:30:00.000-03:30", "America/St_Johns"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		w := Statuspage{ZoneName: c.zone, Zone: zone}
		if got := w.Instant(at); got != c.want {
			t.Errorf("in %s: Instant(%s) = %s, want %s", c.zone, c.at, got, c.want)
		}
		if p := w.Page(at); p.Updated != c.want || p.TimeZone != c.page {
			t.Errorf("Page(%s) = %+v, want %s and %s", c.at, p, c.want, c.page)
		}
	}
	if got := (Statuspage{}).Instant(time.Unix(0, 0)); got != "1970-01-01T00:00:00.000Z" {
		t.Errorf("of the zero value: %s", got)
	}
}

func TestStatuspageBody(t *testing.T) {
	for text, want := range map[string]string{
		"We're on it.":                     "We're on it.",
		"a\nb\r\nc\rd":                     "a<br />b<br />c<br />d",
		"<script>alert(\"x\")</script>":    "&lt;script&gt;alert(\"x\")&lt;/script&gt;",
		"<img src=x onerror=alert(1)> & <": "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;",
		"&lt;b&gt;":                        "&amp;lt;b&amp;gt;",
	} {
		if got := statuspageBody(text); got != want {
			t.Errorf("statuspageBody(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestStatuspagePhases(t *testing.T) {
	for phase, want := range map[data.Phase]data.Phase{
		data.Reserved: "scheduled", data.Scheduled: "scheduled", data.Held: "scheduled", data.InProgress: "in_progress", data.Verifying: "verifying",
		data.Completed: "completed", data.Cancelled: "completed", data.Withdrawn: "completed", data.Lapsed: "completed",
	} {
		if got := StatuspagePhase(phase); got != want {
			t.Errorf("StatuspagePhase(%s) = %s, want %s", phase, got, want)
		}
	}
}

func leaf(slug, group string, level StatuspageLevel) StatuspageLeaf {
	return StatuspageLeaf{
		Component: data.Component{Slug: slug, Group: group, Since: time.Unix(1e9, 0)}, ID: data.PublicID("p", "component", slug), Status: level, Updated: time.Unix(2e9, 0),
	}
}

// TestCatalogue: a group stands where its first member does, positions count by level, and the list ascends by them.
func TestCatalogue(t *testing.T) {
	c := Statuspage{PageID: "p"}.Catalogue([]StatuspageLeaf{
		leaf("a", "", StatuspageMajorOutage), leaf("b", "g", StatuspageMaintained), leaf("c", "", StatuspageOperational), leaf("d", "g", StatuspageDegraded),
		leaf("e", "h", StatuspageOperational), leaf("f", "g", StatuspageOperational),
	})
	type row struct {
		name     string
		position int
		group    bool
		status   StatuspageLevel
	}
	var got []row
	for _, o := range c.List {
		got = append(got, row{o.Name, o.Position, o.Group, o.Status})
	}
	want := []row{
		{"a", 1, false, StatuspageMajorOutage},
		{"b", 1, false, StatuspageMaintained},
		{"e", 1, false, StatuspageOperational},
		{"g", 2, true, StatuspageDegraded},
		{"d", 2, false, StatuspageDegraded},
		{"f", 3, false, StatuspageOperational},
		{"c", 3, false, StatuspageOperational},
		{"h", 4, true, StatuspageOperational},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the list is\n%v, want\n%v", got, want)
	}
	if got := c.Levels(); len(got) != 6 {
		t.Errorf("Levels() = %v: want those of the six leaves", got)
	}
}

// TestIncidentOverCohorts: a component named for two cohorts is told of once, at its worst.
func TestIncidentOverCohorts(t *testing.T) {
	w := Statuspage{PageID: "p"}
	c := w.Catalogue([]StatuspageLeaf{leaf("a", "g", StatuspageOperational), leaf("b", "", StatuspageOperational)})
	at := time.Unix(2e9, 0)
	i := w.Incident(data.Incident{
		Phase: data.Investigating, Created: at, Started: at, Affected: []data.Affected{{Component: "a", Cohort: "pilot"}, {Component: "a", Cohort: "rest"}},
		Updates: []data.Update{
			{ID: "one", Phase: data.Investigating, At: at, Changes: []data.Change{
				{Component: "a", Old: data.Operational, New: data.MajorOutage}, {Component: "a", Old: data.Degraded, New: data.Degraded}, {Component: "gone", New: data.MajorOutage},
			}},
			{ID: "two", Phase: data.Investigating, At: at, Body: "The same second."},
			{ID: "note", Phase: data.Investigating, At: at.Add(time.Hour), Internal: true},
		},
	}, c)
	if len(i.Updates) != 2 || i.Updates[0].ID != "two" || i.Updates[0].Affected != nil {
		t.Fatalf("the updates are %+v: want the later one first, which affects nothing, and no note", i.Updates)
	}
	want := []StatuspageAffected{{data.PublicID("p", "component", "a"), "g - a", StatuspageDegraded, StatuspageMajorOutage}}
	if !slices.Equal(i.Updates[1].Affected, want) {
		t.Errorf("affected: %+v, want %+v", i.Updates[1].Affected, want)
	}
	if i.Impact != "critical" || len(i.Components) != 1 || i.Resolved != nil {
		t.Errorf("impact %s of %d components, resolved %v: want critical of one that goes on", i.Impact, len(i.Components), i.Resolved)
	}
}
