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

func TestDays(t *testing.T) {
	t.Parallel()
	span := func(start, end string) (time.Time, time.Time) { return at(start).UTC(), at(end).UTC() }
	outage := func(start, end, cohort string, impact data.Impact, cause data.Cause) ledger.Outage {
		o := ledger.Outage{Cohort: cohort, Impact: impact, Cause: cause}
		o.Start, o.End = span(start, end)
		return o
	}
	window := func(start, end, cohort string, phase data.Phase, standing bool) ledger.Maintenance {
		m := ledger.Maintenance{Cohort: cohort, Phase: phase, Standing: standing}
		m.Start, m.End = span(start, end)
		return m
	}
	gap := func(start, end string) ledger.Gap {
		var g ledger.Gap
		g.Start, g.End = span(start, end)
		return g
	}
	for _, c := range []struct {
		name string
		rows ledger.Rows
		now  string
		want string // state operational/no data/maintenance/degraded/outage of the last day
	}{
		{"a quiet day", ledger.Rows{}, "2026-04-10 23:59:59", "2026-04-10 operational 86399/0/0/0/0"},
		{"half a day", ledger.Rows{}, "2026-04-10 12:00", "2026-04-10 operational 43200/0/0/0/0"},
		{"the first instant", ledger.Rows{}, "2026-04-10 00:00", "2026-04-10 operational 0/0/0/0/0"},
		{"23 hours", ledger.Rows{}, "2026-03-29 23:59:59", "2026-03-29 operational 82799/0/0/0/0"},
		{"25 hours", ledger.Rows{}, "2026-10-25 23:59:59", "2026-10-25 operational 89999/0/0/0/0"},
		{"every cause shows", ledger.Rows{Outages: []ledger.Outage{
			outage("2026-04-10 09:00", "2026-04-10 09:01", "", "", data.ByCustomer),
			outage("2026-04-10 10:00", "2026-04-10 10:01", "", "", data.ExcludedService),
		}}, "2026-04-10 12:00", "2026-04-10 outage 43080/0/0/0/120"},
		{"an outage that goes on, from yesterday", ledger.Rows{Outages: []ledger.Outage{{Start: at("2026-04-09 23:00")}}}, "2026-04-10 00:10", "2026-04-10 outage 0/0/0/0/600"},
		{"slow, by a person and by probes", ledger.Rows{
			Outages:  []ledger.Outage{outage("2026-04-10 09:00", "2026-04-10 09:02", "", data.Degradation, "")},
			Degraded: []ledger.Gap{gap("2026-04-10 09:01", "2026-04-10 09:03")},
		}, "2026-04-10 12:00", "2026-04-10 degraded 43020/0/0/180/0"},
		{"down and slow at once is down", ledger.Rows{
			Outages:  []ledger.Outage{outage("2026-04-10 09:00", "2026-04-10 09:02", "", "", "")},
			Degraded: []ledger.Gap{gap("2026-04-10 09:01", "2026-04-10 09:03")},
		}, "2026-04-10 12:00", "2026-04-10 outage 43020/0/0/60/120"},
		{"down within a window is maintenance, whatever was announced", ledger.Rows{
			Outages:     []ledger.Outage{outage("2026-04-10 00:00", "2026-04-10 07:00", "", "", "")},
			Degraded:    []ledger.Gap{gap("2026-04-10 05:00", "2026-04-10 06:00")},
			Maintenance: []ledger.Maintenance{window("2026-04-10 00:00", "2026-04-10 06:00", "", "", false)},
		}, "2026-04-10 12:00", "2026-04-10 outage 18000/0/21600/0/3600"},
		{"a window", ledger.Rows{
			Maintenance: []ledger.Maintenance{window("2026-04-10 00:00", "2026-04-10 06:00", "pilot", data.InProgress, false)},
		}, "2026-04-10 03:00", "2026-04-10 maintenance 0/0/10800/0/0"},
		{"a reserved slot", ledger.Rows{
			Maintenance: []ledger.Maintenance{window("2026-04-10 00:00", "2026-04-10 06:00", "", data.Reserved, false)},
		}, "2026-04-10 03:00", "2026-04-10 operational 10800/0/0/0/0"},
		{"the nightly recycle colours nothing", ledger.Rows{
			Outages:     []ledger.Outage{outage("2026-04-10 02:00:00", "2026-04-10 02:00:03", "", "", "")},
			Maintenance: []ledger.Maintenance{window("2026-04-10 02:00:00", "2026-04-10 02:00:03", "", "", true)},
		}, "2026-04-10 03:00", "2026-04-10 operational 10800/0/0/0/0"},
		{"nobody watched for an hour", ledger.Rows{Unobserved: []ledger.Gap{gap("2026-04-10 02:00", "2026-04-10 03:00")}}, "2026-04-10 03:00", "2026-04-10 operational 7200/3600/0/0/0"},
		{"a restart is no news", ledger.Rows{Unobserved: []ledger.Gap{gap("2026-04-10 02:00", "2026-04-10 02:05")}}, "2026-04-10 03:00", "2026-04-10 operational 10500/300/0/0/0"},
		{"a restart and a second", ledger.Rows{Unobserved: []ledger.Gap{gap("2026-04-10 02:00:00", "2026-04-10 02:05:01")}}, "2026-04-10 03:00", "2026-04-10 operational 10499/301/0/0/0"},
		{"half of the day unwatched", ledger.Rows{Unobserved: []ledger.Gap{gap("2026-04-10 00:00", "2026-04-10 12:00")}}, "2026-04-10 23:59:59", "2026-04-10 no_data 43199/43200/0/0/0"},
		{"half of what has gone by", ledger.Rows{Unobserved: []ledger.Gap{gap("2026-04-10 01:00", "2026-04-10 02:00")}}, "2026-04-10 02:00", "2026-04-10 operational 3600/3600/0/0/0"},
		{"most of it unwatched, and down for a minute", ledger.Rows{
			Outages:    []ledger.Outage{outage("2026-04-10 09:00", "2026-04-10 09:01", "", "", "")},
			Unobserved: []ledger.Gap{gap("2026-04-10 00:00", "2026-04-10 09:00")},
		}, "2026-04-10 10:00", "2026-04-10 outage 3540/32400/0/0/60"},
		{"slow, and an hour unwatched", ledger.Rows{
			Unobserved: []ledger.Gap{gap("2026-04-10 02:00", "2026-04-10 03:00")}, Degraded: []ledger.Gap{gap("2026-04-10 03:00", "2026-04-10 03:01")},
		}, "2026-04-10 12:00", "2026-04-10 degraded 39540/3600/0/60/0"},
		{"down, of which nothing was promised", ledger.Rows{
			Outages: []ledger.Outage{{Start: at("2026-04-10 09:00"), End: at("2026-04-10 09:02"), Impact: data.Degradation, Cause: data.ExcludedService, Seen: true}},
		}, "2026-04-10 12:00", "2026-04-10 outage 43080/0/0/0/120"},
		{"nobody has watched today yet", ledger.Rows{Unobserved: []ledger.Gap{gap("2026-04-09 00:00", "2026-04-11 00:00")}}, "2026-04-10 00:01", "2026-04-10 no_data 0/60/0/0/0"},
		{"down though nobody watched", ledger.Rows{
			Outages:    []ledger.Outage{outage("2026-04-10 02:00", "2026-04-10 02:30", "", "", "")},
			Unobserved: []ledger.Gap{gap("2026-04-10 02:10", "2026-04-10 02:50")},
		}, "2026-04-10 03:00", "2026-04-10 outage 7800/1200/0/0/1800"},
	} {
		loc := at("2026-01-01 00:00").Location()
		days := ledger.Days(c.rows, ledger.Selection{}, loc, at(c.now), 90)
		if len(days) != 90 {
			t.Fatalf("%s: %d days, want 90", c.name, len(days))
		}
		if got := shown(days[89]); got != c.want {
			t.Errorf("%s:\n\t%s, want\n\t%s", c.name, got, c.want)
		}
	}
	if days := ledger.Days(ledger.Rows{}, ledger.Selection{}, time.UTC, at("2026-04-10 00:00"), 0); days != nil {
		t.Errorf("no days: %v", days)
	}
}

func shown(d ledger.Day) string {
	return fmt.Sprintf("%s %s %d/%d/%d/%d/%d", d.Date, d.State, d.Operational, d.NoData, d.Maintenance, d.Degraded, d.Outage)
}

// Days follow each other without a hole, in every zone, and each is what the clock calls it.
func TestDaysFollowTheClock(t *testing.T) {
	t.Parallel()
	for _, zone := range zones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		days := ledger.Days(ledger.Rows{}, ledger.Selection{}, loc, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), 400)
		for i, d := range days {
			if got := d.Start.In(loc).Format(time.DateOnly); got != d.Date {
				t.Errorf("%s: the day %s begins on %s", zone, d.Date, got)
			}
			if i > 0 && !days[i-1].End.Equal(d.Start) {
				t.Errorf("%s: %s ends at %s, %s begins at %s", zone, days[i-1].Date, days[i-1].End, d.Date, d.Start)
			}
			if i < len(days)-1 && d.Operational != int64(d.End.Sub(d.Start).Seconds()) {
				t.Errorf("%s: %s has %d seconds from %s to %s", zone, d.Date, d.Operational, d.Start, d.End)
			}
		}
	}
}

func TestDaysAgainstNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, _ := drawFacts(t)
		sel := drawSelection(t)
		loc, err := time.LoadLocation(f.Zone)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 2).Draw(t, "slow spans") {
			o := drawOutageNear(t, f)
			f.Degraded = append(f.Degraded, ledger.Gap{Start: o.Start, End: o.End, Component: o.Component})
		}
		from, _, err := ledger.Bounds(f.Month, loc)
		if err != nil {
			t.Fatal(err)
		}
		now := from.Add(400 * time.Second) // some seconds into the month: yesterday's end and today's begin hold the rows
		days := ledger.Days(f.Rows, sel, loc, now, 2)

		slow := f
		slow.Outages = nil
		for _, o := range f.Outages {
			if o.Impact == data.Degradation {
				o.Impact = ""
				slow.Outages = append(slow.Outages, o)
			}
		}
		for _, g := range f.Degraded {
			slow.Outages = append(slow.Outages, ledger.Outage{Start: g.Start, End: g.End, Component: g.Component})
		}
		want := map[string]ledger.Day{}
		both := f
		both.Outages = slices.Concat(f.Outages, slow.Outages)
		components, cohorts := world(both, sel)
		for sec := from.Unix() - 400; sec < now.Unix(); sec++ {
			date := time.Unix(sec, 0).In(loc).Format(time.DateOnly)
			d := want[date]
			switch {
			case anyDown(f, components, cohorts, sec):
				d.Outage++
			case anyDown(slow, components, cohorts, sec):
				d.Degraded++
			case slices.ContainsFunc(f.Maintenance, func(m ledger.Maintenance) bool {
				return slices.Contains([]data.Phase{"", "completed", "in_progress", "verifying"}, m.Phase) && in(sec, m.Start, m.End) &&
					(sel.Component == "" || len(m.Components) == 0 || slices.Contains(m.Components, sel.Component)) &&
					(sel.Cohort == "" || named(m.Cohort, sel.Cohort))
			}):
				d.Maintenance++
			case slices.ContainsFunc(f.Unobserved, func(g ledger.Gap) bool {
				return (sel.Component == "" || named(g.Component, sel.Component)) && in(sec, g.Start, g.End)
			}):
				d.NoData++
			default:
				d.Operational++
			}
			want[date] = d
		}
		for _, d := range days {
			w := want[d.Date]
			w.Operational = min(now.Unix(), d.End.Unix()) - d.Start.Unix() - w.Outage - w.Degraded - w.Maintenance - w.NoData
			if d.Outage != w.Outage || d.Degraded != w.Degraded || d.Maintenance != w.Maintenance || d.NoData != w.NoData || d.Operational != w.Operational {
				t.Fatalf("with %+v: %s; the naive version says %s", sel, shown(d), shown(w))
			}
		}
	})
}

func anyDown(f ledger.Facts, components, cohorts []string, sec int64) bool {
	return slices.ContainsFunc(components, func(c string) bool {
		return slices.ContainsFunc(cohorts, func(k string) bool { return downAt(f, "bar", c, k, sec) })
	})
}
