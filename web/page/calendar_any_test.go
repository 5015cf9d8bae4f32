package page

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// TestCalendarOfAnyWindows reads back the calendars of any occurrences: each that belongs there is in it once, with its own
// times and its own name, and nothing else is.
func TestCalendarOfAnyWindows(t *testing.T) {
	t.Parallel()
	base := diary(t)
	phases := []data.Phase{
		data.Reserved, data.Scheduled, data.Held, data.InProgress, data.Verifying, data.Completed, data.Cancelled, data.Withdrawn, data.Lapsed,
	}
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		s.Occurrences = nil
		for n := range rapid.IntRange(0, 6).Draw(t, "occurrences") {
			start := testNow.Add(time.Duration(rapid.IntRange(-100*24*60, 410*24*60).Draw(t, "start")) * time.Minute)
			s.Occurrences = append(s.Occurrences, data.Occurrence{
				Maintenance: "any", Date: start.Format(time.DateOnly), Cohort: rapid.SampledFrom([]string{"all", "pilot", "rest"}).Draw(t, "cohort"),
				Ordinal: strconv.Itoa(n), Category: rapid.SampledFrom(data.Categories).Draw(t, "category"), Zone: "Europe/Oslo",
				Components: rapid.SliceOfN(rapid.SampledFrom([]string{"login", "trust", "hush"}), 0, 2).Draw(t, "components"),
				Window:     data.Window{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "minutes")) * time.Minute)},
				Expected:   time.Duration(rapid.IntRange(0, 5000).Draw(t, "expected")) * time.Second, Standing: rapid.Bool().Draw(t, "standing"),
				Phase: rapid.SampledFrom(phases).Draw(t, "phase"), Revised: rapid.IntRange(0, 3).Draw(t, "revised"), Short: rapid.SampledFrom([]string{"", "why"}).Draw(t, "short"),
			})
		}
		calendar := Calendar{
			Component: rapid.SampledFrom([]string{"", "login", "trust"}).Draw(t, "component"), Cohort: rapid.SampledFrom([]string{"", "all", "pilot"}).Draw(t, "limited to"),
		}
		text := maker{&s, rapid.SampledFrom(i18n.Langs[:]).Draw(t, "language")}.calendar(calendar).Text()
		read, err := ics.ParseCalendar(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		events := map[string]*ics.VEvent{}
		for _, e := range read.Events() {
			if events[e.Id()] != nil {
				t.Errorf("%s stands twice", e.Id())
			}
			events[e.Id()] = e
		}
		for _, o := range s.Occurrences {
			id := s.OccurrenceID(o)
			uid := id + "@status.superoffice.com"
			e := events[uid]
			delete(events, uid)
			if want := belongs(calendar, o); want != (e != nil) {
				t.Errorf("it is %t that %+v is in %+v, want %t", e != nil, o, calendar, want)
			}
			if e == nil {
				continue
			}
			start, err1 := e.GetStartAt()
			end, err2 := e.GetEndAt()
			if err1 != nil || err2 != nil || !start.Equal(o.Window.Start) || !end.Equal(o.Window.End) {
				t.Errorf("%s is from %s to %s, want %v: %v, %v", id, start, end, o.Window, err1, err2)
			}
			if url := e.GetProperty(ics.ComponentPropertyUrl).Value; !strings.HasPrefix(url, s.URL+"/maintenance/"+id+"?lang=") {
				t.Errorf("%s is at %s", id, url)
			}
			if body := e.GetProperty(ics.ComponentPropertyDescription).Value; strings.Contains(body, "hush") || strings.Contains(body, "why") || leftover.MatchString(body) {
				t.Errorf("%s says %q", id, body)
			}
		}
		if len(events) > 0 {
			t.Errorf("there are events of nothing: %v", events)
		}
	})
}

// belongs says in the plainest words what is in a calendar.
func belongs(c Calendar, o data.Occurrence) bool {
	shown := map[data.Phase]bool{
		data.Scheduled: true, data.Held: true, data.InProgress: true, data.Verifying: true, data.Completed: true, data.Cancelled: true, data.Withdrawn: true,
	}
	login, trust := len(o.Components) == 0, false // without any it is about what is committed
	for _, slug := range o.Components {
		login, trust = login || slug == "login", trust || slug == "trust"
	}
	about := map[string]bool{"": login || trust, "login": login, "trust": trust}[c.Component]
	group := c.Cohort == "" || o.Cohort == "all" || o.Cohort == c.Cohort
	first, last := testNow.Add(-90*24*time.Hour), testNow.Add(400*24*time.Hour) // Now is in UTC
	return shown[o.Phase] && !o.Standing && o.Category != data.Recycle && about && group && !o.Window.End.Before(first) && o.Window.Start.Before(last)
}
