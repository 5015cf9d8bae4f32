package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
)

func oneOccurrence(change func(*data.Occurrence)) ledger.Records {
	o := window("all", "2026-04-10 00:00", "2026-04-10 06:00", "2026-04-07 00:00", data.Completed)
	change(&o)
	return ledger.Records{Components: catalogue, Occurrences: []data.Occurrence{o}}
}

// Each line of want is one entry: start end announced phase cohort components.
func TestOccurrenceFacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		now    string
		change func(*data.Occurrence)
		want   string
	}{
		{"as announced", "", func(*data.Occurrence) {}, "10 00:00 10 06:00 07 00:00 completed"},
		{"began late, ended late", "", func(o *data.Occurrence) {
			o.Began, o.Ended = at("2026-04-10 01:00"), at("2026-04-10 06:30")
		}, "10 00:00 10 06:00 07 00:00 completed"},
		{"completed early", "", func(o *data.Occurrence) { o.Ended = at("2026-04-10 03:00") }, "10 00:00 10 03:00 07 00:00 completed"},
		{"the service slept", "", func(o *data.Occurrence) { o.Phase = data.Scheduled }, "10 00:00 10 06:00 07 00:00 completed"},
		{"while it runs", "2026-04-10 02:00", func(o *data.Occurrence) { o.Phase = data.Scheduled }, "10 00:00 10 06:00 07 00:00 in_progress"},
		{"reserved, unconfirmed", "", func(o *data.Occurrence) { o.Phase, o.Announced = data.Reserved, time.Time{} }, "10 00:00 10 06:00 - lapsed"},
		{"held, undecided", "", func(o *data.Occurrence) { o.Phase = data.Held }, "10 00:00 10 06:00 07 00:00 cancelled"},
		{"standing, never announced", "", func(o *data.Occurrence) { o.Standing, o.Announced = true, time.Time{} }, "10 00:00 10 06:00 09 00:00 completed"},
		{"standing, announced late", "", func(o *data.Occurrence) { o.Standing, o.Announced = true, at("2026-04-09 23:00") }, "10 00:00 10 06:00 09 00:00 completed"},
		{"for the pilot, two components", "", func(o *data.Occurrence) {
			o.Cohort, o.Components = "pilot", []string{"crm-read", "email-out"}
		}, "10 00:00 10 06:00 07 00:00 completed pilot crm-read,email-out"},
		{"for informative components only", "", func(o *data.Occurrence) { o.Components = []string{"email-out"} }, ""},
		{"in another month", "", func(o *data.Occurrence) {
			o.Window = data.Window{Start: at("2026-05-01 00:00"), End: at("2026-05-01 06:00")}
		}, ""},
		{"extended while it ran", "", func(o *data.Occurrence) {
			o.Steps = []data.Step{known(o.Window.Start, at("2026-04-10 04:00"), at("2026-04-10 03:00"))}
		}, "10 00:00 10 04:00 07 00:00 completed\n10 04:00 10 06:00 10 03:00 completed"},
		{"longer on both sides, nobody saw it", "", func(o *data.Occurrence) {
			o.Steps = []data.Step{known(at("2026-04-10 01:00"), at("2026-04-10 04:00"), time.Time{})}
		}, "10 00:00 10 01:00 - completed\n10 01:00 10 04:00 07 00:00 completed\n10 04:00 10 06:00 - completed"},
		{"moved altogether", "", func(o *data.Occurrence) {
			o.Steps = []data.Step{known(at("2026-04-11 00:00"), at("2026-04-11 06:00"), at("2026-04-10 03:00"))}
		}, "10 00:00 10 06:00 10 03:00 completed"},
		{"changed before anybody was told", "", func(o *data.Occurrence) {
			s := known(at("2026-04-11 00:00"), at("2026-04-11 06:00"), time.Time{})
			s.Told = false
			o.Steps = []data.Step{s}
		}, "10 00:00 10 06:00 07 00:00 completed"},
		{"shortened, then as it was: what was given back is new", "", func(o *data.Occurrence) {
			o.Steps = []data.Step{
				known(o.Window.Start, o.Window.End, at("2026-04-08 00:00")), known(o.Window.Start, at("2026-04-10 02:00"), at("2026-04-09 12:00")),
			}
		}, "10 00:00 10 02:00 07 00:00 completed\n10 02:00 10 06:00 09 12:00 completed"},
		{"withdrawn, then planned again", "", func(o *data.Occurrence) {
			off, back := known(o.Window.Start, o.Window.End, at("2026-04-08 00:00")), known(o.Window.Start, o.Window.End, at("2026-04-09 12:00"))
			back.Phase = data.Withdrawn
			o.Steps = []data.Step{off, back}
		}, "10 00:00 10 06:00 09 12:00 completed"},
		{"held, then released: from then on it was promised again", "", func(o *data.Occurrence) {
			held, free := known(o.Window.Start, o.Window.End, at("2026-04-08 00:00")), known(o.Window.Start, o.Window.End, at("2026-04-08 12:00"))
			free.Phase = data.Held
			o.Steps = []data.Step{held, free}
		}, "10 00:00 10 06:00 08 12:00 completed"},
		{"a change that only the next one was seen of", "", func(o *data.Occurrence) {
			o.Steps = []data.Step{
				known(o.Window.Start, at("2026-04-10 02:00"), time.Time{}), known(o.Window.Start, at("2026-04-10 04:00"), at("2026-04-10 01:00")),
			}
		}, "10 00:00 10 02:00 07 00:00 completed\n10 02:00 10 04:00 10 01:00 completed\n10 04:00 10 06:00 10 01:00 completed"},
		{"extended after it was over", "", func(o *data.Occurrence) {
			s := known(o.Window.Start, at("2026-04-10 04:00"), time.Time{})
			s.Past, s.At = true, at("2026-04-10 08:00")
			o.Steps = []data.Step{s}
		}, "10 00:00 10 04:00 07 00:00 completed\n10 04:00 10 06:00 - completed declared 10 08:00"},
		{"opened afterwards", "", func(o *data.Occurrence) {
			o.Announced = time.Time{}
			o.Steps = []data.Step{{Act: data.ActOpen, Past: true, At: at("2026-04-10 08:00")}}
		}, "10 00:00 10 06:00 - completed declared 10 08:00"},
		{"extended, then completed before the added time", "", func(o *data.Occurrence) {
			o.Steps = []data.Step{known(o.Window.Start, at("2026-04-10 04:00"), at("2026-04-10 03:00"))}
			o.Ended = at("2026-04-10 03:30")
		}, "10 00:00 10 03:30 07 00:00 completed"},
	} {
		now := at("2026-06-01 00:00")
		if c.now != "" {
			now = at(c.now)
		}
		f, err := ledger.FromRecords("2026-04", "Europe/Oslo", "0.998", oneOccurrence(c.change), now)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range f.Maintenance {
			line := strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %s",
				day(m.Start), day(m.End), day(m.Announced), m.Phase, m.Cohort, strings.Join(m.Components, ",")))
			if !m.Declared.IsZero() {
				line += " declared " + day(m.Declared)
			}
			got = append(got, line)
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s: the facts are\n%s\nwant\n%s", c.name, s, c.want)
		}
	}
}

// known is a change of a window that people knew as [start, end); what came of it was seen at an instant.
func known(start, end, seen time.Time) data.Step {
	return data.Step{Act: data.ActExtend, Phase: data.Scheduled, Window: data.Window{Start: start, End: end}, Told: true, Seen: seen}
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(at("2026-01-01 00:00").Location()).Format("02 15:04")
}

func TestOutageFacts(t *testing.T) {
	t.Parallel()
	corrected := outage("crm-read", "all", "2026-04-10 09:00", "2026-04-10 11:00")
	corrected.Corrections = []data.Correction{
		{Author: "kari", Why: "the log says so", Started: ptr(at("2026-04-10 08:50")), Report: ptr(at("2026-04-10 09:10")), Cause: data.ByExternal},
		{Author: "kari", Why: "it was ours after all", Ended: ptr(at("2026-04-10 10:00")), Impact: data.NoWrite, Cause: data.ByProvider},
	}
	void := outage("crm-read", "all", "2026-04-11 09:00", "2026-04-11 11:00")
	void.Corrections = []data.Correction{{Author: "kari", Why: "a test of ours", Ended: ptr(at("2026-04-11 09:00"))}}
	bare := data.Outage{Component: "login", Cohort: "pilot", Started: at("2026-03-31 23:00")}

	f, err := ledger.FromRecords("2026-04", "Europe/Oslo", "0.998", ledger.Records{
		Components: append([]data.Component{{Slug: "old", Commitment: data.Committed, Retired: true}}, catalogue...),
		Outages: []data.Outage{
			corrected, void, bare,
			outage("email-out", "all", "2026-04-12 09:00", "2026-04-12 10:00"), // informative
			outage("ai-lab", "all", "2026-04-12 09:00", "2026-04-12 10:00"),    // no commitment
			outage("unheard-of", "all", "2026-04-12 09:00", "2026-04-12 10:00"),
			outage("old", "all", "2026-04-13 09:00", "2026-04-13 10:00"),   // retired, but it was promised
			outage("login", "all", "2026-03-13 09:00", "2026-04-01 00:00"), // touches the month, has no time in it
			outage("login", "all", "2026-05-01 00:00", ""),
		},
	}, at("2026-06-01 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range f.Outages {
		got = append(got, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s %s %s %s",
			day(o.Start), day(o.End), day(o.Aware), day(o.Reported), o.Impact, o.Cause, o.Component, o.Cohort)), " "))
	}
	want := "31 23:00 - 31 23:00 - no_read_no_write provider login pilot\n" +
		"10 08:50 10 10:00 10 09:00 10 09:10 no_write provider crm-read\n" +
		"13 09:00 13 10:00 13 09:00 - no_read_no_write provider old"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("the facts are\n%s\nwant\n%s", s, want)
	}
}

func TestGapFacts(t *testing.T) {
	t.Parallel()
	mark := func(component, when string, level data.Level, off bool) data.Mark {
		return data.Mark{Component: component, Cohort: "all", Source: data.FromProbe, By: component, At: at(when), Level: level, Off: off}
	}
	r := ledger.Records{
		Components: append([]data.Component{
			{Slug: "old", Commitment: data.Committed, Retired: true},
			{Slug: "older", Commitment: data.Committed, Retired: true},
			{Slug: "oldest", Commitment: data.Committed, Retired: true},
			{Slug: "watched", Commitment: data.Committed, Retired: true},
		}, catalogue...),
		Marks: []data.Mark{
			mark("crm-read", "2026-03-01 00:00", data.Operational, false),
			mark("crm-read", "2026-04-05 03:00", data.NoData, false),
			mark("crm-read", "2026-04-05 04:00", data.Operational, false),
			mark("crm-read", "2026-04-06 00:00", data.Degraded, false),
			mark("email-out", "2026-04-05 03:00", data.NoData, false),
			mark("old", "2026-03-01 00:00", data.NoData, false),
			mark("old", "2026-04-02 00:00", data.NoData, true),
			mark("older", "2026-01-01 00:00", data.NoData, false),
			mark("older", "2026-01-02 00:00", data.NoData, true),
			mark("oldest", "2026-04-30 00:00", data.NoData, false),
			mark("oldest", "2026-05-02 00:00", data.NoData, true),
			mark("watched", "2026-04-04 00:00", data.Operational, false),
			mark("watched", "2026-04-05 03:15", data.NoData, false),
		},
	}
	for _, c := range []struct{ now, want string }{
		{"2026-06-01 00:00", "old 01 00:00-02 00:00 oldest 01 00:00-01 00:00 watched 01 00:00-04 00:00 crm-read 05 03:00-05 04:00 crm-write 01 00:00-01 00:00 login 01 00:00-01 00:00"},
		{"2026-04-05 03:30", "old 01 00:00-02 00:00 oldest 01 00:00-05 03:30 watched 01 00:00-04 00:00 crm-read 05 03:00-05 03:30 crm-write 01 00:00-05 03:30 login 01 00:00-05 03:30"},
	} {
		f, err := ledger.FromRecords("2026-04", "Europe/Oslo", "0.998", r, at(c.now))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range f.Unobserved {
			got = append(got, g.Component+" "+day(g.Start)+"-"+day(g.End))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("at %s the gaps are\n%s, want\n%s", c.now, s, c.want)
		}
	}
}

// An outage that goes on is the same figure from the records, from the file, and later from the same file.
func TestSoFar(t *testing.T) {
	t.Parallel()
	r := ledger.Records{Components: catalogue, Outages: []data.Outage{outage("crm-read", "all", "2026-04-10 09:00", "")}}
	f, err := ledger.FromRecords("2026-04", "Europe/Oslo", "0.998", r, at("2026-04-10 09:10"))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []ledger.Facts{f, again(t, f)} {
		got, err := g.Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Contract.Downtime != 600 || !got.SoFar || *got.Left != 4584 || got.Seconds != 2592000 || got.Contract.Uptime != "99.976851" {
			t.Errorf("so far: %+v", got)
		}
	}
	after, err := ledger.FromRecords("2026-04", "Europe/Oslo", "0.998", r, at("2026-05-01 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Report(ledger.Selection{}); err != nil || got.SoFar || got.Contract.Downtime != int64(at("2026-05-01 00:00").Sub(at("2026-04-10 09:00")).Seconds()) {
		t.Errorf("a month that is over, with an open outage: %+v, %v", got, err)
	}
}

func TestFromRecordsRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ month, zone, target, want string }{
		{"2026-05", "Europe/Oslo", "0.998", "month: 2026-05 has not begun: ask for 2026-04 or earlier"},
		{"April", "Europe/Oslo", "0.998", `month: "April" is no month`},
		{"2026-04", "", "0.998", `zone: "" is unknown`},
		{"2026-04", "Europe/Oslo", "", `target: "" is no share`},
	} {
		_, err := ledger.FromRecords(c.month, c.zone, c.target, ledger.Records{}, at("2026-04-30 23:59"))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("FromRecords(%s, %s, %s): %v, want %s", c.month, c.zone, c.target, err, c.want)
		}
	}
}

// Rows for days may be of any components. A window that names none concerns the committed ones.
func TestRowsOfAnyComponent(t *testing.T) {
	t.Parallel()
	r := ledger.Records{
		Components: catalogue,
		Occurrences: []data.Occurrence{
			window("all", "2026-04-10 00:00", "2026-04-10 06:00", "", data.Completed),
			window("all", "2026-04-11 00:00", "2026-04-11 06:00", "", data.Completed),
		},
		Outages: []data.Outage{outage("email-out", "all", "2026-04-12 09:00", "2026-04-12 10:00")},
		Marks:   []data.Mark{{Component: "ai-lab", Source: data.FromProbe, By: "ai-lab", At: at("2026-04-01 00:00"), Level: data.Degraded}},
	}
	r.Occurrences[1].Components = []string{"email-out"}
	rows := r.Rows(at("2026-04-01 00:00"), at("2026-05-01 00:00"), at("2026-04-20 00:00"))
	if len(rows.Maintenance) != 2 || len(rows.Outages) != 1 || len(rows.Degraded) != 1 || len(rows.Unobserved) != len(catalogue)-1 {
		t.Fatalf("rows of all components: %+v", rows)
	}
	for i, want := range []string{"crm-read crm-write login", "email-out"} {
		if got := strings.Join(rows.Maintenance[i].Components, " "); got != want {
			t.Errorf("window %d concerns %q, want %q", i, got, want)
		}
	}
	if d := rows.Degraded[0]; d.Component != "ai-lab" || day(d.Start) != "01 00:00" || day(d.End) != "20 00:00" {
		t.Errorf("degraded: %+v", d)
	}
	r.Components = catalogue[3:]
	if rows := r.Rows(at("2026-04-01 00:00"), at("2026-05-01 00:00"), at("2026-04-20 00:00")); len(rows.Maintenance) != 1 {
		t.Errorf("windows of informative components: %+v", rows.Maintenance)
	}
}

// TestSeenOnItsDay: what was seen to fail is red on its day also where nothing was promised of it, and counts as little as before.
func TestSeenOnItsDay(t *testing.T) {
	t.Parallel()
	wiki := datatest.Component("wiki")
	wiki.Commitment, wiki.Impact = data.Informative, data.Degradation
	o := datatest.Outage("wiki", at("2026-04-10 09:00"))
	o.Ended, o.Impact, o.Cause = at("2026-04-10 11:34"), data.Degradation, data.ExcludedService
	corrected := o
	corrected.Corrections = []data.Correction{{Impact: data.Degradation, Why: "it was slow"}}
	for _, c := range []struct {
		name string
		o    data.Outage
		want string
	}{
		{"measured", o, "2026-04-10 outage 33960/0/0/0/9240"},
		{"only degraded, as somebody found out", corrected, "2026-04-10 degraded 33960/0/0/9240/0"},
	} {
		r := ledger.Records{Components: []data.Component{wiki}, Outages: []data.Outage{c.o}, Marks: []data.Mark{datatest.Mark("wiki", at("2026-01-01 00:00"), data.Operational)}}
		now := at("2026-04-10 12:00")
		rows := r.Rows(at("2026-04-01 00:00"), now, now)
		days := ledger.Days(rows, ledger.Selection{Component: "wiki"}, now.Location(), now, 1)
		if got := shown(days[0]); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		f := ledger.Facts{Month: "2026-04", Zone: "Europe/Oslo", Target: "0.998", Rows: rows, Counted: []string{"wiki"}}
		b, err := f.MarshalJSON()
		if err != nil || strings.Contains(strings.ToLower(string(b)), "seen") {
			t.Errorf("%s: the facts are %s, %v", c.name, b, err)
		}
		if got, err := f.Report(ledger.Selection{}); err != nil || got.Observed.Downtime != 0 {
			t.Errorf("%s: %d s count: %v", c.name, got.Observed.Downtime, err)
		}
	}
}
