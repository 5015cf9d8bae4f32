package ledger_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// The naive version: walk over the seconds, and in each over every component and cohort there can be. It shares nothing
// with the package but the rows.

const others = "(others)" // stands for whatever the facts do not name

// downAt says whether a pair is down in the second at sec, by the definition in doc.go, read word for word.
func downAt(f ledger.Facts, policy, component, cohort string, sec int64) bool {
	down := false
	for _, o := range f.Outages {
		start := o.Start
		if policy == "contract" {
			known := o.Start
			if !o.Aware.IsZero() {
				known = o.Aware
			}
			if !o.Reported.IsZero() && o.Reported.Before(known) {
				known = o.Reported
			}
			if known.After(start) {
				start = known
			}
		}
		counted := o.Cause == "provider" || o.Cause == "" || policy == "bar"
		if policy == "observed" {
			counted = o.Cause != "customer" && o.Cause != "excluded_service"
		}
		if counted && o.Impact != "degraded" && named(o.Component, component) && named(o.Cohort, cohort) && in(sec, start, o.End) {
			down = true
		}
	}
	if !down || policy == "observed" {
		return down
	}
	for _, m := range f.Maintenance {
		if !slices.Contains([]data.Phase{"", "completed", "in_progress", "verifying"}, m.Phase) {
			continue
		}
		if policy == "strict" && (m.Announced.IsZero() || m.Announced.Add(24*time.Hour).After(m.Start)) {
			continue
		}
		if (len(m.Components) == 0 || slices.Contains(m.Components, component)) && named(m.Cohort, cohort) && in(sec, m.Start, m.End) {
			return false
		}
	}
	return true
}

func named(row, one string) bool { return row == "" || row == one }

// in says whether the second lies in [start, end) of clocks that show no fractions.
func in(sec int64, start, end time.Time) bool {
	return start.Unix() <= sec && (end.IsZero() || sec < end.Unix())
}

// world lists the components and cohorts there can be.
func world(f ledger.Facts, sel ledger.Selection) (components, cohorts []string) {
	for _, o := range f.Outages {
		components, cohorts = append(components, o.Component), append(cohorts, o.Cohort)
	}
	for _, m := range f.Maintenance {
		components, cohorts = append(components, m.Components...), append(cohorts, m.Cohort)
	}
	tidy := func(list []string) []string {
		slices.Sort(list)
		return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
	}
	components, cohorts = append(tidy(components), others), tidy(cohorts)
	if len(cohorts) < 2 || !slices.Contains(cohorts, "rest") {
		cohorts = append(cohorts, others)
	}
	if sel.Component != "" {
		components = []string{sel.Component}
	}
	if sel.Cohort != "" {
		cohorts = []string{sel.Cohort}
	}
	return components, cohorts
}

// naive counts the seconds of downtime and of gaps among the given ones.
func naive(f ledger.Facts, sel ledger.Selection, policy string, seconds []int64) (down, unobserved int64) {
	components, cohorts := world(f, sel)
	for _, sec := range seconds {
		if slices.ContainsFunc(components, func(c string) bool {
			return slices.ContainsFunc(cohorts, func(k string) bool { return downAt(f, policy, c, k, sec) })
		}) {
			down++
		}
		if slices.ContainsFunc(f.Unobserved, func(g ledger.Gap) bool {
			return (sel.Component == "" || named(g.Component, sel.Component)) && in(sec, g.Start, g.End)
		}) {
			unobserved++
		}
	}
	return down, unobserved
}

// months has clock changes in it, at its edges, and a midnight that does not exist (Asuncion) or exists twice (Havana).
var months = []struct{ month, zone, change string }{
	{"2026-03", "Europe/Oslo", "2026-03-29T01:00:00Z"},
	{"2026-10", "Europe/Oslo", "2026-10-25T01:00:00Z"},
	{"2026-02", "Europe/Oslo", "2026-02-14T00:00:00Z"},
	{"2017-10", "America/Asuncion", "2017-10-01T04:00:00Z"},
	{"2026-11", "America/Havana", "2026-11-01T05:00:00Z"},
	{"2026-04", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
}

// drawFacts makes facts whose rows lie near the month's edges and its clock change, so that few seconds need walking. It
// returns those seconds.
func drawFacts(t *rapid.T) (ledger.Facts, []int64) {
	m := rapid.SampledFrom(months).Draw(t, "month")
	loc, err := time.LoadLocation(m.zone)
	if err != nil {
		t.Fatal(err)
	}
	change, err := time.Parse(time.RFC3339, m.change)
	if err != nil {
		t.Fatal(err)
	}
	from, to, err := ledger.Bounds(m.month, loc)
	if err != nil {
		t.Fatal(err)
	}
	f := ledger.Facts{Month: m.month, Zone: m.zone, Target: "0.998"}
	if rapid.Bool().Draw(t, "so far") {
		f.AsOf = change.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "as of")) * time.Second)
		to = f.AsOf
	}
	anchors := []time.Time{from, change, to}

	seen := map[int64]bool{}
	var seconds []int64
	for _, a := range anchors {
		for s := a.Unix() - 150; s < a.Unix()+300; s++ { // a row lies within these
			inMonth := time.Unix(s, 0).In(loc).Format("2006-01") == m.month // told by the clock, not by Bounds
			if inMonth && !seen[s] && (f.AsOf.IsZero() || s < f.AsOf.Unix()) {
				seen[s] = true
				seconds = append(seconds, s)
			}
		}
	}
	instant := func(around time.Time, least, most int, label string) time.Time {
		at := around.Add(time.Duration(rapid.IntRange(least, most).Draw(t, label)) * time.Second)
		return at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 999_999_999}).Draw(t, label+" fraction"))).UTC()
	}
	span := func() (start, end time.Time) {
		anchor := rapid.SampledFrom(anchors).Draw(t, "anchor")
		start = instant(anchor, -120, 60, "start")
		if anchor.Equal(to) && start.Before(to) && rapid.IntRange(0, 5).Draw(t, "goes on") == 0 {
			return start, time.Time{}
		}
		return start, instant(start, 1, 200, "length")
	}
	for range rapid.IntRange(0, 5).Draw(t, "outages") {
		f.Outages = append(f.Outages, drawOutage(t, instant, span))
	}
	for range rapid.IntRange(0, 5).Draw(t, "windows") {
		f.Maintenance = append(f.Maintenance, drawWindow(t, span))
	}
	for range rapid.IntRange(0, 3).Draw(t, "gaps") {
		g := ledger.Gap{Component: rapid.SampledFrom(components).Draw(t, "gap component")}
		g.Start, g.End = span()
		f.Unobserved = append(f.Unobserved, g)
	}
	return f, seconds
}

var (
	components = []string{"", "crm-read", "login"}
	cohorts    = []string{"", "pilot", "rest", "farm2"}
)

func drawOutage(t *rapid.T, instant func(time.Time, int, int, string) time.Time, span func() (_, _ time.Time)) ledger.Outage {
	o := ledger.Outage{
		Impact:    rapid.SampledFrom(append([]data.Impact{"", ""}, data.Impacts...)).Draw(t, "impact"),
		Cause:     rapid.SampledFrom(append([]data.Cause{"", "", ""}, data.Causes...)).Draw(t, "cause"),
		Component: rapid.SampledFrom(components).Draw(t, "component"),
		Cohort:    rapid.SampledFrom(cohorts).Draw(t, "cohort"),
	}
	o.Start, o.End = span()
	if rapid.Bool().Draw(t, "has aware") {
		o.Aware = instant(o.Start, -20, 150, "aware")
	}
	if rapid.Bool().Draw(t, "has reported") {
		o.Reported = instant(o.Start, -20, 150, "reported")
	}
	return o
}

func drawWindow(t *rapid.T, span func() (_, _ time.Time)) ledger.Maintenance {
	m := ledger.Maintenance{
		Phase: rapid.SampledFrom([]data.Phase{
			"", "", "", "completed", "in_progress", "verifying", "scheduled", "held", "reserved", "lapsed", "withdrawn", "cancelled",
		}).Draw(t, "phase"),
		Components: rapid.SampledFrom([][]string{nil, nil, {"crm-read"}, {"login"}, {"login", "crm-read"}}).Draw(t, "components"),
		Cohort:     rapid.SampledFrom(cohorts).Draw(t, "cohort"),
	}
	m.Start, m.End = span()
	lead := rapid.SampledFrom([]time.Duration{0, 24*time.Hour - 1, 24 * time.Hour, 72 * time.Hour}).Draw(t, "lead")
	if lead > 0 {
		m.Announced = m.Start.Add(-lead)
	}
	return m
}

func drawSelection(t *rapid.T) ledger.Selection {
	return ledger.Selection{
		Component: rapid.SampledFrom(components).Draw(t, "selected component"),
		Cohort:    rapid.SampledFrom(cohorts).Draw(t, "selected cohort"),
	}
}

func TestAgainstNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, seconds := drawFacts(t)
		sel := drawSelection(t)
		r := report(t, f, sel)
		for _, p := range []struct {
			name string
			got  ledger.Result
		}{{"contract", r.Contract}, {"strict", r.Strict}, {"observed", r.Observed}} {
			down, unobserved := naive(f, sel, p.name, seconds)
			if p.got.Downtime != down || r.Unobserved != unobserved {
				t.Fatalf("%s of %+v with %+v: %d s down, %d s unobserved; the naive version says %d and %d",
					p.name, f, sel, p.got.Downtime, r.Unobserved, down, unobserved)
			}
			if met := (r.Seconds-p.got.Downtime)*1000 >= 998*r.Seconds; !r.NoData && p.got.Met != met {
				t.Fatalf("%s: %d of %d seconds down, met = %v", p.name, p.got.Downtime, r.Seconds, p.got.Met)
			}
		}
	})
}

func TestMonotonic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, _ := drawFacts(t)
		sel := drawSelection(t)
		before := report(t, f, sel)
		if !(before.Contract.Downtime <= before.Strict.Downtime && before.Strict.Downtime <= before.Observed.Downtime) {
			t.Fatalf("contract <= strict <= observed does not hold: %+v", before)
		}
		more := f
		more.Outages = append(slices.Clone(f.Outages), drawOutageNear(t, f))
		after := report(t, more, sel)
		if after.Contract.Downtime < before.Contract.Downtime || after.Strict.Downtime < before.Strict.Downtime ||
			after.Observed.Downtime < before.Observed.Downtime {
			t.Fatalf("another outage reduced downtime: %+v, then %+v", before, after)
		}
		if len(f.Maintenance) == 0 {
			return
		}
		// Another window for cohorts that are named already. A new name would say that "rest" is fewer people than it seemed.
		w := f.Maintenance[rapid.IntRange(0, len(f.Maintenance)-1).Draw(t, "like")]
		w.Phase, w.Components = data.Completed, rapid.SampledFrom([][]string{nil, {"login"}, {"crm-read"}}).Draw(t, "components of it")
		w.Start = w.Start.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "earlier")) * time.Second)
		w.Announced = w.Start.Add(-25 * time.Hour)
		more = f
		more.Maintenance = append(slices.Clone(f.Maintenance), w)
		after = report(t, more, sel)
		if after.Contract.Downtime > before.Contract.Downtime || after.Strict.Downtime > before.Strict.Downtime ||
			after.Observed.Downtime != before.Observed.Downtime {
			t.Fatalf("another window added downtime: %+v, then %+v", before, after)
		}
	})
}

func drawOutageNear(t *rapid.T, f ledger.Facts) ledger.Outage {
	o := ledger.Outage{Component: rapid.SampledFrom(components).Draw(t, "more of"), Cohort: rapid.SampledFrom(cohorts).Draw(t, "more for")}
	loc, _ := time.LoadLocation(f.Zone)
	from, _, _ := ledger.Bounds(f.Month, loc)
	o.Start = from.Add(time.Duration(rapid.IntRange(-200, 200).Draw(t, "more at")) * time.Second)
	o.End = o.Start.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "more by")) * time.Second)
	return o
}

// The order of rows must not matter, and writing and reading must not change a figure.
func TestOrderAndRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, _ := drawFacts(t)
		sel := drawSelection(t)
		want := fmt.Sprint(report(t, f, sel))
		g := f
		g.Outages = rapid.Permutation(f.Outages).Draw(t, "order of outages")
		g.Maintenance = rapid.Permutation(f.Maintenance).Draw(t, "order of windows")
		if got := fmt.Sprint(report(t, g, sel)); got != want {
			t.Fatalf("in another order: %s, want %s", got, want)
		}
		b, err := f.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back ledger.Facts
		if err := back.UnmarshalJSON(b); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if got := fmt.Sprint(report(t, back, sel)); got != want {
			t.Fatalf("written and read: %s, want %s", got, want)
		}
	})
}

func report(t *rapid.T, f ledger.Facts, sel ledger.Selection) ledger.Report {
	t.Helper()
	r, err := f.Report(sel)
	if err != nil {
		t.Fatal(err)
	}
	r.Left = nil // a pointer has no place in a comparison
	return r
}
