package page

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

// diary is calm with one window of every kind that a calendar may meet, two of them on the nights when clocks change.
func diary(tb testing.TB) *State {
	tb.Helper()
	s := calm(tb)
	s.Cohorts = data.Cohorts{{Slug: "pilot", Percent: 10, List: []string{"Cust12345"}}, {Slug: "rest", Rest: true}}
	s.Occurrences = nil
	add := func(slug string, category data.Category, cohort, from, to string, phase data.Phase) *data.Occurrence {
		s.Occurrences = append(s.Occurrences, data.Occurrence{
			Maintenance: slug, Date: from[:10], Cohort: cohort, Ordinal: "0", Category: category, Zone: "Europe/Oslo", Expected: 30 * time.Minute, Phase: phase,
			Window: data.Window{Start: local(tb, s.Zone, from), End: local(tb, s.Zone, to)},
		})
		return &s.Occurrences[len(s.Occurrences)-1]
	}
	o := add("system", data.System, "all", "2026-01-02 00:00", "2026-01-02 06:00", data.Completed) // longer ago than calendars go
	o.Began, o.Ended = o.Window.Start, o.Window.End
	o = add("infrastructure", data.Infrastructure, "all", "2026-03-28 20:00", "2026-03-29 06:00", data.Completed)
	o.Began, o.Ended, o.Expected = o.Window.Start, o.Window.End, 2*time.Hour
	o = add("ad-hoc", data.Emergency, "all", "2026-04-09 18:00", "2026-04-09 19:00", data.Scheduled)
	o.Ordinal, o.Short, o.Components = "q7x", "The hole is being used.", []string{"crm-read", "crm-write", "hush"}
	add("microsoft", data.Microsoft, "all", "2026-04-10 00:00", "2026-04-10 06:00", data.Scheduled)
	add("system", data.System, "all", "2026-04-10 00:00", "2026-04-10 06:00", data.Scheduled)
	add("recycle", data.Recycle, "all", "2026-04-10 02:00", "2026-04-10 02:01", data.Scheduled).Standing = true
	o = add("application-rest", data.Application, "rest", "2026-04-10 22:00", "2026-04-11 05:00", data.Held)
	o.Revised, o.Updates = 1, []data.Update{{ID: "uuuuvvvvwwww", At: testNow.Add(-time.Hour), Phase: data.Held, Body: "We look into last night."}}
	add("infrastructure", data.Infrastructure, "all", "2026-04-11 20:00", "2026-04-12 06:00", data.Reserved)
	add("ad-hoc", data.Critical, "all", "2026-04-13 20:00", "2026-04-13 21:00", data.Scheduled).Components = []string{"hush"}
	o = add("system", data.System, "all", "2026-04-24 00:00", "2026-04-24 06:00", data.Scheduled)
	o.Revised, o.OldWindow, o.Window.Start, o.Window.End = 1, o.Window, o.Window.Start.Add(time.Hour), o.Window.End.Add(time.Hour)
	o = add("application-pilot", data.Application, "pilot", "2026-04-28 22:00", "2026-04-29 05:00", data.Scheduled)
	o.Steps = []data.Step{{At: testNow.AddDate(0, 0, -20), Act: data.ActMove, By: "operator:kari", Why: "Why is for operators.", Phase: data.Scheduled}}
	o = add("system", data.System, "all", "2026-05-08 00:00", "2026-05-08 06:00", data.Cancelled)
	o.Revised, o.Updates = 1, []data.Update{{ID: "uuuuvvvvwwwx", At: testNow.Add(-2 * time.Hour), Phase: data.Cancelled}}
	add("microsoft", data.Microsoft, "all", "2026-05-08 00:00", "2026-05-08 06:00", data.Withdrawn).Revised = 1
	add("ad-hoc", data.Critical, "all", "2026-06-01 20:00", "2026-06-01 20:20", data.Scheduled).Components = []string{"email-out"}
	add("infrastructure", data.Infrastructure, "all", "2026-10-24 20:00", "2026-10-25 06:00", data.Scheduled).Expected = 2 * time.Hour
	add("system", data.System, "all", "2027-05-14 12:00", "2027-05-14 18:00", data.Scheduled) // 400 days ahead is 12:00
	return s
}

// evil is diary with names and an origin that try to write properties of their own.
func evil(tb testing.TB) *State {
	tb.Helper()
	const name = "\r\nATTACH:https://evil.example\nEND:VEVENT\u2028X-EVIL:1\u0085\x00\x1b ,;:\\ \"<&>"
	s := diary(tb)
	s.Name, s.Product, s.URL = name, "CRM"+name+strings.Repeat("漢字", 40), "https://status.example/\r\nX-EVIL:1"
	s.Cohorts = append(s.Cohorts, data.Cohort{Slug: "farm", Name: data.Words{"en": "Farm" + name}})
	for i := range s.Components {
		s.Components[i].Name = data.Words{"en": strings.Repeat("å", i*7) + name}
	}
	s.Occurrences[3].Cohort = "farm"
	return s
}

// goldenCalendars are the calendars kept in testdata/calendar.
var goldenCalendars = []struct {
	name     string
	state    func(testing.TB) *State
	calendar Calendar
	lang     i18n.Lang
	events   int
}{
	{"all.en", diary, Calendar{}, i18n.EN, 11},
	{"all.fi", diary, Calendar{}, i18n.FI, 11},
	{"pilot.sv", diary, Calendar{Cohort: "pilot"}, i18n.SV, 10},
	{"general.da", diary, Calendar{Cohort: data.AllCustomers}, i18n.DA, 9},
	{"crm-read-rest.nl", diary, Calendar{Component: "crm-read", Cohort: "rest"}, i18n.NL, 9},
	{"email-out.de", diary, Calendar{Component: "email-out"}, i18n.DE, 1},
	{"nothing.nb", diary, Calendar{Component: "trust"}, i18n.NB, 0},
	{"evil.en", evil, Calendar{}, i18n.EN, 11},
}

func TestGoldenCalendars(t *testing.T) {
	t.Parallel()
	for _, g := range goldenCalendars {
		s := g.state(t)
		got := (&Snapshot{State: s}).Calendar(g.calendar, g.lang).Body
		file := filepath.Join("testdata", "calendar", g.name+".ics")
		if *rewrite {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v: write it with -update", err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s: look at what -update changes\n%s", g.name, file, got)
		}
		read, err := ics.ParseCalendar(bytes.NewReader(got))
		if err != nil || len(read.Events()) != g.events {
			t.Errorf("%s has %d events, want %d: %v", g.name, len(read.Events()), g.events, err)
		}
		s.Now = s.Now.Add(-7 * time.Minute)
		if again := (&Snapshot{State: s}).Calendar(g.calendar, g.lang); !bytes.Equal(again.Body, got) {
			t.Errorf("%s changes with the clock alone", g.name)
		}
	}
}

// TestCalendarsNeverHold looks for what is in no calendar, whatever its address and language.
func TestCalendarsNeverHold(t *testing.T) {
	t.Parallel()
	s := diary(t)
	absent := map[string]bool{}
	for _, o := range s.Occurrences {
		if o.Standing || o.Phase == data.Reserved || slices.Equal(o.Components, []string{"hush"}) || o.Date == "2026-01-02" || o.Date == "2027-05-14" {
			absent[s.OccurrenceID(o)] = true
		}
	}
	if len(absent) != 5 {
		t.Fatalf("%d windows are in no calendar, want 5", len(absent))
	}
	snapshot := &Snapshot{State: s}
	for _, c := range s.Calendars() {
		for _, l := range s.Langs {
			body := string(snapshot.Calendar(c, l).Body)
			for id := range absent {
				if strings.Contains(body, id) {
					t.Errorf("%s in %s holds %s", c.Path(), l, id)
				}
			}
			if strings.Contains(body, "hush") || strings.Contains(body, "The hole") || strings.Contains(body, "kari") || strings.Contains(body, "Why is") {
				t.Errorf("%s in %s tells of what is not for the public", c.Path(), l)
			}
			if found := leftover.FindString(body); found != "" {
				t.Errorf("%s in %s has %q", c.Path(), l, found)
			}
		}
	}
}

// TestCalendarsAgree: an event is the same in every calendar that it is in.
func TestCalendarsAgree(t *testing.T) {
	t.Parallel()
	s := diary(t)
	snapshot := &Snapshot{State: s}
	known := map[string]string{}
	for _, c := range s.Calendars() {
		_, rest, _ := strings.Cut(string(snapshot.Calendar(c, i18n.EN).Body), "BEGIN:VEVENT")
		for event := range strings.SplitSeq(rest, "BEGIN:VEVENT") {
			event, _, _ = strings.Cut(event, "END:VEVENT")
			uid, _, _ := strings.Cut(strings.TrimSpace(event), "\r\n")
			if known[uid] == "" {
				known[uid] = event
			} else if known[uid] != event {
				t.Errorf("%s: %s differs:\n%s\n%s", c.Path(), uid, event, known[uid])
			}
		}
	}
}

// TestCalendarOfAWindow holds what a calendar does while one window is moved, held and called off: one event with one UID.
func TestCalendarOfAWindow(t *testing.T) {
	t.Parallel()
	s := diary(t)
	o := s.Occurrences[4]
	s.Occurrences = []data.Occurrence{o}
	sequence := -1
	for _, step := range []struct {
		change                 func(*data.Occurrence)
		status, summary, start string
	}{
		{func(*data.Occurrence) {}, "CONFIRMED", "System maintenance – SuperOffice CRM", "20260409T220000Z"},
		{func(o *data.Occurrence) {
			o.OldWindow, o.Revised = o.Window, 1
			o.Window = data.Window{Start: o.Window.Start.Add(24 * time.Hour), End: o.Window.End.Add(24 * time.Hour)}
		}, "CONFIRMED", "System maintenance – SuperOffice CRM", "20260410T220000Z"},
		{func(o *data.Occurrence) { o.Phase, o.Revised = data.Held, 2 }, "TENTATIVE", "Under review: System maintenance – SuperOffice CRM", "20260410T220000Z"},
		{func(o *data.Occurrence) { o.Phase = data.Cancelled }, "CANCELLED", "Cancelled: System maintenance – SuperOffice CRM", "20260410T220000Z"},
		{func(o *data.Occurrence) { o.Revised = 3 }, "CANCELLED", "Cancelled: System maintenance – SuperOffice CRM", "20260410T220000Z"},
	} {
		step.change(&s.Occurrences[0])
		read, err := ics.ParseCalendar(bytes.NewReader((&Snapshot{State: s}).Calendar(Calendar{}, i18n.EN).Body))
		if err != nil || len(read.Events()) != 1 {
			t.Fatalf("%d events: %v", len(read.Events()), err)
		}
		get := func(p ics.ComponentProperty) string { return read.Events()[0].GetProperty(p).Value }
		if uid := s.OccurrenceID(o) + "@status.superoffice.com"; get("UID") != uid {
			t.Errorf("the UID is %s, want %s", get("UID"), uid)
		}
		if get("STATUS") != step.status || get("SUMMARY") != step.summary || get("DTSTART") != step.start {
			t.Errorf("%s, %q at %s, want %s, %q at %s", get("STATUS"), get("SUMMARY"), get("DTSTART"), step.status, step.summary, step.start)
		}
		var n int
		if _, err := fmt.Sscan(get("SEQUENCE"), &n); err != nil || n <= sequence {
			t.Errorf("SEQUENCE goes from %d to %s", sequence, get("SEQUENCE"))
		}
		sequence = n
	}
}

func TestCalendarAt(t *testing.T) {
	t.Parallel()
	s := diary(t)
	s.Components[3].Slug = "expander/api"
	for _, tc := range []struct {
		path string
		want Calendar
		ok   bool
	}{
		{"/history.ics", Calendar{}, true},
		{"/calendar/component/login.ics", Calendar{Component: "login"}, true},
		{"/calendar/component/expander/api.ics", Calendar{Component: "expander/api"}, true},
		{"/calendar/cohort/pilot.ics", Calendar{Cohort: "pilot"}, true},
		{"/calendar/cohort/all.ics", Calendar{}, false},
		{"/calendar/cohort/hush.ics", Calendar{}, false},
		{"/calendar/component/hush.ics", Calendar{}, false},
		{"/calendar/component/login", Calendar{}, false},
		{"/calendar/", Calendar{}, false},
	} {
		got, err := s.CalendarAt(tc.path)
		if (err == nil) != tc.ok || got != tc.want {
			t.Errorf("CalendarAt(%s) = %+v, %v, want %+v", tc.path, got, err, tc.want)
		}
		var known *data.Error
		if err != nil && (!errors.As(err, &known) || known.Kind != data.KindNotFound || !strings.Contains(known.Message, "/calendar/component/expander/api.ics")) {
			t.Errorf("CalendarAt(%s) does not say what there is: %v", tc.path, err)
		}
	}
	for _, c := range s.Calendars() {
		if got, err := s.CalendarAt(c.Path()); err != nil || got != c {
			t.Errorf("%+v is at %s, where %+v is: %v", c, c.Path(), got, err)
		}
	}
}

func TestCalendarIsMadeOnce(t *testing.T) {
	t.Parallel()
	snapshot := &Snapshot{State: diary(t)}
	d := snapshot.Calendar(Calendar{}, i18n.EN)
	if again := snapshot.Calendar(Calendar{}, i18n.EN); again != d {
		t.Error("it is made twice")
	}
	if other := (&Snapshot{State: diary(t)}).Calendar(Calendar{}, i18n.EN); other.ETag != d.ETag {
		t.Errorf("the same state has the ETags %s and %s", d.ETag, other.ETag)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/history.ics", nil)
	r.Header.Set("If-None-Match", d.ETag)
	d.ServeHTTP(w, r)
	if w.Code != 304 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("asked again it answers %d with %v", w.Code, w.Header())
	}
}

// TestScheduleLinksCalendars holds the links of the schedule page: each leads to a calendar, in the page's language and for
// those whose page it is.
func TestScheduleLinksCalendars(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ origin, audience string }{{"https://status.superoffice.com", ""}, {"https://status.superoffice.com", "pilot"}, {"", ""}} {
		s := diary(t)
		s.URL = tc.origin
		snapshot := &Snapshot{State: s, Docs: render(t, s)}
		want := len(s.Calendars())
		if tc.audience != "" {
			want -= len(s.Cohorts) // theirs is that of all, limited to them
		}
		for _, l := range s.Langs {
			d, ok := snapshot.DocFor(tc.audience, "/schedule", l)
			if !ok {
				t.Fatalf("no schedule for %q in %s", tc.audience, l)
			}
			query := "lang=" + string(l)
			if tc.audience != "" {
				query += "&cohort=" + tc.audience
			}
			var files, subscribe int
			for _, a := range all(parse(t, d.Body), tag("a", "link")) {
				href := attr(a, "href")
				path, got, _ := strings.Cut(href, "?")
				if rest, ok := strings.CutPrefix(path, "webcal://status.superoffice.com"); ok {
					path, subscribe = rest, subscribe+1
				} else if attr(a, "type") == "text/calendar" {
					files++
				} else {
					continue
				}
				if _, err := s.CalendarAt(path); err != nil || got != query {
					t.Errorf("in %s for %q a link leads to %q", l, tc.audience, href)
				}
			}
			if files != want+1 || tc.origin != "" && subscribe != want || tc.origin == "" && subscribe != 0 {
				t.Errorf("in %s for %+v: %d links to files and %d to subscribe, want %d of each, and one in the head", l, tc, files, subscribe, want)
			}
		}
	}
}

// BenchmarkCalendar makes the calendar of all, with 400 days of the default schedule: its text, and the document with both
// compressed forms.
func BenchmarkCalendar(b *testing.B) {
	s := diary(b)
	s.Occurrences = nil
	add := func(slug string, category data.Category, cohort string, every, length int) {
		for at := testNow.AddDate(0, 0, -DaysShown+1); at.Before(testNow.AddDate(0, 0, calendarAhead)); at = at.AddDate(0, 0, every) {
			s.Occurrences = append(s.Occurrences, data.Occurrence{
				Maintenance: slug, Date: at.Format(time.DateOnly), Cohort: cohort, Ordinal: "0", Category: category, Zone: "Europe/Oslo", Expected: 30 * time.Minute,
				Phase: data.Scheduled, Window: data.Window{Start: at, End: at.Add(time.Duration(length) * time.Hour)},
			})
		}
	}
	add("system", data.System, "all", 14, 6)
	add("microsoft", data.Microsoft, "all", 30, 6)
	add("application-pilot", data.Application, "pilot", 21, 7)
	add("application-rest", data.Application, "rest", 21, 7)
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		var text []byte
		for b.Loop() {
			text = maker{s, i18n.EN}.calendar(Calendar{}).Text()
		}
		b.ReportMetric(float64(bytes.Count(text, []byte("BEGIN:VEVENT"))), "events")
		b.ReportMetric(float64(len(text)), "bytes")
	})
	b.Run("document", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, gz, _ := (&Snapshot{State: s}).Calendar(Calendar{}, i18n.EN).Sizes()
			b.ReportMetric(float64(gz), "gzip-bytes")
		}
	})
}
