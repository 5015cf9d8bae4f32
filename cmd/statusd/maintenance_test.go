package main

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
	"github.com/superoffice/statusd/web/api"
)

func oslo(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestTypedTimes: what people type for a time, typed on Wednesday 25 March 2026 at 10:00 in Oslo.
func TestTypedTimes(t *testing.T) {
	now := instant(t, "2026-03-25T09:00:00Z")
	plain := clock{}
	end := clock{isEnd: true}
	after := clock{after: instant(t, "2026-03-27T21:00:00Z"), isEnd: true} // Friday 22:00
	before := clock{before: instant(t, "2026-03-27T21:00:00Z")}
	keeps := clock{keeps: "22:00"}
	for _, tt := range []struct {
		text  string
		as    clock
		want  string // empty where it is refused
		note  string // a part of it
		dated bool
	}{
		{"22:00", plain, "2026-03-25T21:00:00Z", "", false},
		{"9:30", plain, "2026-03-25T08:30:00Z", "", false},
		{"2026-04-10 22:00", plain, "2026-04-10T20:00:00Z", "", true},
		{"2026-04-10T22:00", plain, "2026-04-10T20:00:00Z", "", true},
		{"2026-04-10   22:00:30", plain, "2026-04-10T20:00:30Z", "", true},
		{"2026-04-10T22:00:00+03:00", plain, "2026-04-10T19:00:00Z", "", true},
		{"2026-04-10 22:00Z", plain, "2026-04-10T22:00:00Z", "", true},
		{"2026-04-10 22:00 +01:00", plain, "2026-04-10T21:00:00Z", "", true},
		{"now", plain, "2026-03-25T09:00:00Z", "", true},
		{"today 22:00", plain, "2026-03-25T21:00:00Z", "", true},
		{"Tomorrow 22:00", plain, "2026-03-26T21:00:00Z", "", true},
		{"yesterday 22:00", plain, "2026-03-24T21:00:00Z", "", true},
		{"fri 22:00", plain, "2026-03-27T21:00:00Z", "", true},
		{"Sunday 22:00", plain, "2026-03-29T20:00:00Z", "", true},
		{"wed 22:00", plain, "2026-03-25T21:00:00Z", "", true},
		{"wed 09:00", plain, "2026-04-01T07:00:00Z", "", true}, // it has passed today
		{"2026-04-10 24:00", end, "2026-04-10T22:00:00Z", "", true},
		{"2026-04-10", keeps, "2026-04-10T20:00:00Z", "", true},
		{"fri", keeps, "2026-03-27T21:00:00Z", "", true},
		// An end without a day is the first such reading after the start; a start the last before it, or the first after.
		{"06:00", after, "2026-03-28T05:00:00Z", "", false},
		{"23:00", after, "2026-03-27T22:00:00Z", "", false},
		{"22:00", after, "2026-03-28T21:00:00Z", "", false},
		{"21:00", before, "2026-03-27T20:00:00Z", "", false},
		{"23:00", before, "2026-03-26T22:00:00Z", "", false},
		{"22:00", before, "2026-03-27T21:00:00Z", "", false}, // as it is: a repeated command goes no further
		// Clock changes (DOMAIN.md 4.1).
		{"2026-03-29 02:30", plain, "2026-03-29T01:30:00Z", "does not exist", true},
		{"2026-03-29 02:30", end, "2026-03-29T01:30:00Z", "does not exist", true},
		{"sun 02:30", plain, "2026-03-29T01:30:00Z", "does not exist", true},
		{"2026-10-25 02:30", plain, "2026-10-25T00:30:00Z", "a start takes the first, 02:30 CEST", true},
		{"2026-10-25 02:30", end, "2026-10-25T01:30:00Z", "an end takes the second, 02:30 CET", true},
		{"2026-10-25 02:30 CET", plain, "2026-10-25T01:30:00Z", "", true},
		{"2026-10-25 02:30 CEST", end, "2026-10-25T00:30:00Z", "", true},
		{"2026-10-25 02:30 EST", plain, "", "leave EST out", true},
		{"2026-03-29 02:30 CET", plain, "", "do not show that", true},
		{"2026-02-30 22:00", plain, "", "there is no 2026-02-30", true},
		{"25:00", plain, "", "is no time", false},
		{"22:60", plain, "", "is no time", false},
		{"24:01", plain, "", "is no time", false},
		{"22", plain, "", "is no time", false},
		{"10m", plain, "", "is no time", false},
		{"monthly 22:00", plain, "", "is no time", false},
		{"2026-04-10", plain, "", "is no time", false},
		{"", plain, "", "is no time", false},
	} {
		tt.as.zone, tt.as.now = oslo(t), now
		at, note, dated, err := tt.as.read("--start", tt.text)
		switch {
		case tt.want == "" && (err == nil || !strings.Contains(err.Error(), tt.note)):
			t.Errorf("%q = %s, %v; want an error with %q", tt.text, at, err, tt.note)
		case tt.want != "" && (err != nil || !at.Equal(instant(t, tt.want)) || dated != tt.dated || (note == "") != (tt.note == "") || !strings.Contains(note, tt.note)):
			t.Errorf("%q = %s %q %t, %v; want %s %q %t", tt.text, at.UTC().Format(time.RFC3339), note, dated, err, tt.want, tt.note, tt.dated)
		}
	}
}

// TestTypedTimesAsRules: what somebody types for a start and an end lands where a rule with the same readings lands.
func TestTypedTimesAsRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom([]string{"Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns"}).Draw(rt, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			rt.Fatal(err)
		}
		day := time.Date(2026, 1, 1+rapid.IntRange(0, 1500).Draw(rt, "day"), 0, 0, 0, 0, time.UTC)
		from, to := 0, 24*60-1 // minutes of readings; most of them near a change
		if _, change := day.In(loc).ZoneBounds(); !change.IsZero() && rapid.IntRange(0, 3).Draw(rt, "change") > 0 {
			local := change.In(loc)
			day = civil(local)
			from, to = max(0, local.Hour()*60-90), min(24*60-1, local.Hour()*60+90)
		}
		reading := rapid.Custom(func(rt *rapid.T) string {
			return day.Add(time.Duration(rapid.IntRange(from, to).Draw(rt, "minute")) * time.Minute).Format("15:04")
		})
		start, until := reading.Draw(rt, "start"), reading.Draw(rt, "until")
		rule, err := recur.Compile(data.Recurrence{Zone: zone, Rule: "FREQ=DAILY", Anchor: day.Format(time.DateOnly), Start: start, Until: until})
		if err != nil {
			rt.Fatal(err)
		}
		list, err := rule.BetweenDates(day.Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly))
		if err != nil || len(list) != 1 {
			rt.Fatalf("%v, %v", list, err)
		}
		want := list[0].Window
		now := day.AddDate(0, 0, -3)
		begin, _, _, err := clock{zone: loc, now: now}.read("--start", day.Format(time.DateOnly)+" "+start)
		if err != nil || !begin.Equal(want.Start) {
			rt.Fatalf("%s %s in %s is typed as %s, %v; a rule has %s", day.Format(time.DateOnly), start, zone, begin, err, want.Start)
		}
		endDay := day
		if until <= start {
			endDay = day.AddDate(0, 0, 1)
		}
		end, _, _, err := clock{zone: loc, now: now, isEnd: true}.read("--end", endDay.Format(time.DateOnly)+" "+until)
		if err == nil && end.After(begin) && !end.Equal(want.End) { // a rule pushes an end that would be before its start
			rt.Fatalf("%s %s in %s is typed as %s; a rule has %s", endDay.Format(time.DateOnly), until, zone, end, want.End)
		}
		short, _, _, err := clock{zone: loc, now: now, after: begin, isEnd: true}.read("--end", until)
		if err != nil || !short.After(begin) || end.After(begin) && short.After(end) {
			rt.Fatalf("%s after %s in %s is typed as %s, %v", until, begin, zone, short, err)
		}
	})
}

// TestWindowNames: words that name one window, none or several, on Wednesday 8 April 2026.
func TestWindowNames(t *testing.T) {
	now := instant(t, "2026-04-08T10:00:00Z")
	window := func(id, plan, category, cohort, date, start string, phase data.Phase) api.MaintenanceWindow {
		at := instant(t, start)
		return api.MaintenanceWindow{
			ID: id, Plan: plan, Category: data.Category(category), Cohort: cohort, Date: date, Start: at, End: at.Add(6 * time.Hour), Zone: "Europe/Oslo", Phase: phase,
		}
	}
	all := []api.MaintenanceWindow{
		window("past", "system", "system", "all", "2026-03-27", "2026-03-26T23:00:00Z", data.Completed),
		window("runs", "ad-hoc", "emergency", "all", "2026-04-08", "2026-04-08T08:00:00Z", data.InProgress),
		window("gone", "system", "system", "all", "2026-04-09", "2026-04-08T22:00:00Z", data.Withdrawn),
		window("next", "system", "system", "all", "2026-04-10", "2026-04-09T22:00:00Z", data.Cancelled),
		window("rest", "application-rest", "application", "rest", "2026-04-10", "2026-04-10T20:00:00Z", data.Held),
		window("slot", "infrastructure", "infrastructure", "all", "2026-04-11", "2026-04-11T18:00:00Z", data.Reserved),
		window("one", "ad-hoc", "critical", "all", "2026-04-14", "2026-04-14T20:00:00Z", data.Scheduled),
		window("two", "ad-hoc", "critical", "all", "2026-04-15", "2026-04-15T20:00:00Z", data.Scheduled),
		window("later", "system", "system", "all", "2026-04-24", "2026-04-25T22:00:00Z", data.Scheduled), // moved to the 26th
		window("pilot", "application-pilot", "application", "pilot", "2026-04-28", "2026-04-28T20:00:00Z", data.Scheduled),
	}
	for words, want := range map[string]string{
		"system":                   "next", // and not the one after, although it is cancelled
		"system 2026-03-27":        "past",
		"system 2026-04-24":        "later", // by its name
		"system 2026-04-26":        "later", // and by when it is
		"SYSTEM friday":            "next",
		"fri":                      "next rest",
		"friday application":       "rest",
		"2026-04-10":               "next rest",
		"2026-04-10 rest":          "rest",
		"application":              "rest pilot",
		"application pilot":        "pilot",
		"application-pilot":        "pilot",
		"held":                     "rest",
		"reserved":                 "slot",
		"infrastructure":           "slot",
		"running":                  "runs",
		"emergency":                "runs",
		"today":                    "runs",
		"critical":                 "one two",
		"critical 2026-04-15":      "two",
		"two":                      "two",
		"next system":              "next",
		"microsoft":                "",
		"system 2026-05-08":        "",
		"system application":       "",
		"system 2026-04-24 pilot":  "",
		"system tomorrow":          "gone",
		"system yesterday":         "",
		"2026-04-31":               "",
		"infrastructure saturday":  "slot",
		"infrastructure scheduled": "",
	} {
		var got []string
		for _, w := range namedBy(all, strings.Fields(words), now, nil) {
			got = append(got, w.ID)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%q names %q, want %q", words, text, want)
		}
	}
	for _, tt := range []struct{ begun, want string }{{"application", "2026-04-10 2026-04-28"}, {"pilot", "2026-04-28"}} {
		var got []string
		for _, c := range windowNames(all, strings.Fields(tt.begun), now) {
			got = append(got, c.text)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("after %q come %q, want %s", tt.begun, got, tt.want)
		}
	}
	first := windowNames(all, nil, now)
	if !slices.ContainsFunc(first, func(c candidate) bool { return c.text == "infrastructure" }) || !slices.ContainsFunc(first, func(c candidate) bool { return c.text == "pilot" }) {
		t.Errorf("at first come %v", first)
	}
}

// TestWithheldName: a window that a freeze withholds is told of as such.
func TestWithheldName(t *testing.T) {
	all := []api.Withheld{
		{Plan: "system", Date: "2026-12-18", Reason: "2026-12-18 lies in the freeze christmas"},
		{Plan: "application-pilot", Date: "2026-12-15", Reason: "application-pilot of 2026-12-15: 2026-12-15 lies in the freeze christmas"}, // of a pair
	}
	for words, want := range map[string]string{
		"system 2026-12-18":    "system of 2026-12-18 is withheld: 2026-12-18 lies in the freeze christmas",
		"system":               "",
		"microsoft 2026-12-18": "",

		"application-pilot 2026-12-15": "application-pilot of 2026-12-15 is withheld: 2026-12-15 lies in the freeze christmas",
	} {
		if got := withheldAs(all, strings.Fields(words)); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

// TestNamedOnce: a window that is withheld stands in a list once, and those that a rule meets as people call them.
func TestNamedOnce(t *testing.T) {
	w := api.Withheld{Plan: "application-pilot", Date: "2026-11-24", Reason: "application-pilot of 2026-11-24: 2026-11-24 lies in the freeze november"}
	if got := withheldWords(w); got != "application-pilot of 2026-11-24: 2026-11-24 lies in the freeze november" {
		t.Errorf("withheld: %s", got)
	}
	var out bytes.Buffer
	err := writeRule(writer{&out, oslo(t)}, api.RulePreview{Reads: "weekly", Windows: []api.RuleWindow{{
		Local: "then", Meets: []string{"application-pilot|2026-12-15|pilot|0"}, Named: []string{"the application window of pilot on Tue 2026-12-15"},
	}}})
	if err != nil || strings.Contains(out.String(), "|") || !strings.Contains(out.String(), "meets the application window of pilot on Tue 2026-12-15\n") {
		t.Errorf("%v\n%s", err, &out)
	}
}

// TestCommandWith: the command that is the way out is the one that was typed, with a flag more.
func TestCommandWith(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"maintenance", "confirm", "x", "--reason", "it's late"}, `statusd maintenance confirm x --reason 'it'\''s late' --short-notice`},
		{[]string{"maintenance", "confirm", "--reason=r", "--", "x"}, `statusd maintenance confirm --reason=r --short-notice -- x`},
	} {
		if got := commandLine(tt.args).with("--short-notice"); got != tt.want {
			t.Errorf("%q becomes %s, want %s", tt.args, got, tt.want)
		}
	}
}

// TestScheduleLive writes what became of windows: moved, held, cancelled, told too late.
func TestScheduleLive(t *testing.T) {
	start := instant(t, "2026-04-09T22:00:00Z")
	seen := start.Add(-72 * time.Hour)
	at := func(w api.MaintenanceWindow) api.MaintenanceWindow {
		w.Zone, w.Cohort, w.Category = "Europe/Oslo", "all", cmp.Or(w.Category, data.System)
		if w.Start.IsZero() {
			w.Start = start
		}
		w.Date = cmp.Or(w.Date, w.Start.In(oslo(t)).Format(time.DateOnly))
		w.End, w.NoticeBy = w.Start.Add(6*time.Hour), w.Start.Add(-24*time.Hour)
		return w
	}
	due := start.Add(6*24*time.Hour - 48*time.Hour)
	v := api.Maintenances{From: "2026-04-06", To: "2026-05-01", Zone: "Europe/Oslo", Maintenance: []api.MaintenanceWindow{
		at(api.MaintenanceWindow{ID: "kept", Phase: data.Scheduled, Notices: []api.WindowNotice{
			{Surface: data.OnPage, State: data.NoticeKept, Seen: &seen, Lead: "71h59m0s"}, {Surface: data.OnBanner, State: data.NoticeMissed}, {Surface: data.OnMail, State: data.NoticeNone},
		}, Missed: "banner", Was: &api.Span{Start: start.Add(-24 * time.Hour), End: start.Add(-18 * time.Hour)}}),
		at(api.MaintenanceWindow{ID: "held", Date: "2026-04-15", Phase: data.Held, Start: start.Add(6 * 24 * time.Hour), Notices: []api.WindowNotice{{Surface: data.OnBanner, State: data.NoticeWaiting, Due: &due}}}),
		at(api.MaintenanceWindow{ID: "soon", Phase: data.Scheduled, Category: data.Emergency, Short: "a hole", Start: start.Add(6*24*time.Hour + 18*time.Hour), Notices: []api.WindowNotice{
			{Surface: data.OnPage, State: data.NoticeLate, Seen: &seen, Lead: "4h0m0s"}, {Surface: data.OnBanner, State: data.NoticeMissed},
		}}),
		at(api.MaintenanceWindow{ID: "gone", Phase: data.Cancelled, Start: start.Add(7 * 24 * time.Hour)}),
	}, Withheld: []api.Withheld{{Plan: "system", Date: "2026-04-24", Start: "2026-04-23T22:00:00Z", Reason: "the year's end"}}}
	cal := calendar{from: v.From, to: v.To, zone: oslo(t)}
	cal.become(v)
	var out bytes.Buffer
	if err := cal.write(&out); err != nil {
		t.Fatal(err)
	}
	want := `Times of Europe/Oslo.

Week 15: Mon 6 – Sun 12 April 2026
Fri 10 Apr  00:00–06:00 CEST  System maintenance
            6 hours; page kept, 71 h 59 min before, banner missed; by Thu 9 Apr
            00:00
            announced before for Thu 9 Apr 00:00–06:00 CEST
            NOTICE MISSED on banner
            kept

Week 16: Mon 13 – Sun 19 April 2026
Thu 16 Apr  00:00–06:00 CEST  System maintenance (under review)
            6 hours; banner from Tue 14 Apr 00:00; by Wed 15 Apr 00:00
            cancelled on Wed 15 Apr 00:00 CEST unless somebody decides: statusd
            maintenance release held --reason "…"
            moved from 2026-04-15
            held
Thu 16 Apr  about 18:00 – Fri 17 Apr 00:00 CEST  Urgent security update
            6 hours; page shown, 4 h before, banner not shown yet
            SHORT NOTICE: a hole
            soon
Fri 17 Apr  00:00–06:00 CEST  System maintenance (cancelled)
            6 hours
            gone

Week 17: Mon 20 – Sun 26 April 2026
Fri 24 Apr  00:00 CEST  (withheld)
            system of 2026-04-24: the year's end
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

// TestHeldIsTold: wherever a window under review is shown, and wherever a change puts others there, stands until when somebody must
// decide, and how (M3).
func TestHeldIsTold(t *testing.T) {
	start := instant(t, "2026-11-27T21:00:00Z")
	held := api.MaintenanceWindow{
		ID: "fri", Plan: "application-rest", Category: data.Application, Cohort: "rest", Phase: data.Held, Date: "2026-11-27", Zone: "Europe/Oslo",
		Start: start, End: start.Add(7 * time.Hour), NoticeBy: start.Add(-24 * time.Hour), Steps: []api.WindowStep{{Act: data.ActHold}},
	}
	gone := held
	gone.ID, gone.Plan, gone.Phase = "tue", "application-pilot", data.Cancelled
	gone.Holds = []api.WindowHold{{ID: "fri", Plan: held.Plan, Cohort: "rest", Date: held.Date, Start: held.Start, End: held.End, Zone: held.Zone, DecideBy: held.NoticeBy}}
	const until, command = "cancelled on Thu 26 Nov 22:00 CET unless somebody decides", `statusd maintenance release fri --reason "…"`
	for name, tt := range map[string]struct {
		write func(reach, writer) error
		want  []string
	}{
		"show":      {func(r reach, w writer) error { return r.writeWhole(w, held) }, []string{until, command}},
		"hold":      {func(r reach, w writer) error { return r.writeSteered(w, "Put under review", held) }, []string{until, command}},
		"list":      {func(_ reach, w writer) error { return writeMaintenances(w, []api.MaintenanceWindow{held}) }, []string{until}},
		"cancelled": {func(r reach, w writer) error { return r.writeSteered(w, "Cancelled", gone) }, []string{"This puts application-rest 2026-11-27 under review", until, command}},
		"preview": {
			func(r reach, w writer) error { return r.writeWindowPreview(w, api.WindowPreview{Window: gone}) },
			[]string{"This would put application-rest 2026-11-27 under review", until, command},
		},
	} {
		var out bytes.Buffer
		if err := tt.write(reach{}, writer{&out, oslo(t)}); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, &out)
			}
		}
	}
}

// TestEndedEarly: a window that was completed before its time says when it was over, and one that was opened afterwards and goes
// on, until when.
func TestEndedEarly(t *testing.T) {
	end := instant(t, "2026-04-10T04:00:00Z")
	early, night := end.Add(-95*time.Minute), end.Add(-11*time.Hour)
	w := api.MaintenanceWindow{ID: "w", Plan: "system", Category: data.System, Cohort: "all", Phase: data.Completed, Date: "2026-04-10", Zone: "Europe/Oslo", Start: end.Add(-12 * time.Hour), End: end}
	for _, tt := range []struct {
		ended *time.Time
		want  string
	}{{nil, ""}, {&end, ""}, {&early, "over at 04:25 CEST, 1 h 35 min early"}, {&night, "over at Thu 9 Apr 19:00 CEST, 11 h early"}} {
		w.Ended = tt.ended
		var list, show bytes.Buffer
		if err := writeMaintenances(writer{&list, oslo(t)}, []api.MaintenanceWindow{w}); err != nil {
			t.Fatal(err)
		}
		reach{}.writeWindow(writer{&show, oslo(t)}, "", w)
		for _, out := range []string{list.String(), show.String()} {
			if strings.Contains(out, "over at") != (tt.want != "") || !strings.Contains(out, tt.want) {
				t.Errorf("ended at %v: %s, want %q", tt.ended, out, tt.want)
			}
		}
	}
	var opened bytes.Buffer
	w.Phase, w.Ended = data.InProgress, nil
	if err := (reach{}).writeSteered(writer{&opened, oslo(t)}, "Opened", w); err != nil || !strings.Contains(opened.String(), "It is in progress until Fri 10 Apr 06:00 CEST.") {
		t.Errorf("%v, %s", err, &opened)
	}
}

// TestNoticesWords writes a month's notices for people.
func TestNoticesWords(t *testing.T) {
	lead := int64((23*time.Hour + 30*time.Minute) / time.Second)
	var out bytes.Buffer
	err := writeNotices(writer{&out, oslo(t)}, api.NoticesKept{Month: "2026-04", SoFar: true, Notices: []api.NoticeKept{
		{Category: data.System, Surface: data.OnPage, Windows: 2, Kept: 1, Short: 1, Shortest: &lead},
		{Category: data.System, Surface: data.OnBanner, Windows: 2, Kept: 1, Missed: 1},
		{Category: data.System, Surface: data.OnMail, Windows: 1, Kept: 1, Shortest: &lead},
	}})
	want := `Notice kept in 2026-04 so far: 2 of 4 on page and banner.

WHAT                SURFACE  WINDOWS  KEPT  SHORT NOTICE  MISSED  SHORTEST LEAD
System maintenance  page     2        1     1             0       23 h 30 min
System maintenance  banner   2        1     0             1       never shown
System maintenance  mail     1        1     0             0       23 h 30 min
`
	if err != nil || out.String() != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, &out, want)
	}
}

// TestOpenedSpan: when a window is that somebody opens on Wednesday 25 March 2026 at 10:00 in Oslo, or at 20:00.
func TestOpenedSpan(t *testing.T) {
	for _, tt := range []struct {
		open maintenanceOpen
		now  string
		want string // start, end and length as they are asked for; or a part of the refusal
	}{
		{maintenanceOpen{Lasts: "1h"}, "2026-03-25T09:00:00Z", "- - 1h"},
		{maintenanceOpen{End: "12:00"}, "2026-03-25T09:00:00Z", "- 25 11:00 "},
		{maintenanceOpen{Start: "22:00", End: "02:00"}, "2026-03-25T09:00:00Z", "25 21:00 26 01:00 "},
		{maintenanceOpen{Start: "22:00", Lasts: "90m"}, "2026-03-25T09:00:00Z", "25 21:00 25 22:30 "},
		{maintenanceOpen{}, "2026-03-25T09:00:00Z", "25 17:00 25 18:00 "}, // about 18:00 (M9)
		{maintenanceOpen{}, "2026-03-25T19:00:00Z", "- - 1h"},
		{maintenanceOpen{Start: "09:00", Lasts: "1h"}, "2026-03-25T09:00:00Z", `say "tomorrow 09:00"`},
		{maintenanceOpen{Start: "09:00", Lasts: "30m", Afterwards: true}, "2026-03-25T09:00:00Z", "25 08:00 25 08:30 "},
		{maintenanceOpen{Start: "yesterday 09:00", Lasts: "30m"}, "2026-03-25T09:00:00Z", "24 08:00 24 08:30 "}, // the service refuses it
		{maintenanceOpen{Start: "09:00", Lasts: "169h", Afterwards: true}, "2026-03-25T09:00:00Z", "no length of time"},
		// No day is taken silently where time leaves the uptime figure at once.
		{maintenanceOpen{Start: "09:00", End: "08:00", Afterwards: true}, "2026-03-25T09:00:00Z", `--end 08:00 is not after the start on that day: give a later end, or name the day if the next one is meant: --end "2026-03-26 08:00"`},
		{maintenanceOpen{Start: "yesterday 22:00", End: "02:00", Afterwards: true}, "2026-03-25T09:00:00Z", `--end "2026-03-25 02:00"`},
		{maintenanceOpen{Start: "yesterday 22:00", End: "today 02:00", Afterwards: true}, "2026-03-25T09:00:00Z", "24 21:00 25 01:00 "},
		{maintenanceOpen{Start: "09:00", End: "09:30", Afterwards: true}, "2026-03-25T09:00:00Z", "25 08:00 25 08:30 "},
		{maintenanceOpen{Start: "soon", Lasts: "1h"}, "2026-03-25T09:00:00Z", "is no time"},
	} {
		var p api.WindowOpening
		err := tt.open.span(&p, times{zone: oslo(t), now: instant(t, tt.now), notes: io.Discard})
		day := func(at time.Time) string {
			if at.IsZero() {
				return "-"
			}
			return at.UTC().Format("2 15:04")
		}
		got := day(p.Start) + " " + day(p.End) + " " + p.Lasts
		if err != nil {
			got = err.Error()
		}
		if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
			t.Errorf("%+v at %s: %s, want %s", tt.open, tt.now, got, tt.want)
		}
	}
}
