package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// marked are the days of the overview that lead to a window, as "day key".
func marked(s schedule) string {
	var out []string
	for _, d := range s.Days {
		if d.Href != "" {
			out = append(out, d.Number+" "+d.Key)
		}
	}
	return strings.Join(out, ", ")
}

// The overview is whole weeks from this Monday on, and marks every day that a window touches.
func TestScheduleDays(t *testing.T) {
	t.Parallel()
	s := calm(t)
	got := maker{s, i18n.EN}.schedule()
	if len(got.Days) != 7*weeksShown || got.Days[0].Number != "6" || got.Days[0].Week != "15" || !got.Days[0].Past || !got.Days[3].Now {
		t.Fatalf("%d days, the first %+v, today %+v", len(got.Days), got.Days[0], got.Days[3])
	}
	want := "10 planned, 11 planned, 12 reserved, 18 reserved, 19 reserved, 24 planned, 28 planned, 29 planned, 1 held, 2 held, 8 planned"
	if marked(got) != want {
		t.Errorf("marked:\n%s, want\n%s", marked(got), want)
	}
	label := "Friday 10 April 2026: System maintenance and Microsoft security updates; Application upgrade"
	if got.Days[4].Label != label {
		t.Errorf("the busiest day is %q, want %q", got.Days[4].Label, label)
	}
	if next := got.Days[5].Label; next != "Saturday 11 April 2026: Application upgrade; Infrastructure upgrade (Reserved (if needed))" {
		t.Errorf("the day after is %q", next)
	}
}

// Around the nights when clocks change every day is there once, and a window that ends at midnight is of the day before.
func TestScheduleDaysAtClockChanges(t *testing.T) {
	t.Parallel()
	zone := oslo(t)
	for _, night := range []string{"2026-03-28", "2026-10-24"} {
		s := calm(t)
		s.Now = local(t, zone, night+" 12:00").AddDate(0, 0, -1)
		day, err := time.ParseInLocation(time.DateOnly, night, zone)
		if err != nil {
			t.Fatal(err)
		}
		s.Occurrences = []data.Occurrence{{
			Maintenance: "infrastructure", Category: data.Infrastructure, Cohort: "all", Date: night, Phase: data.Scheduled,
			Window: data.Window{Start: day.Add(20 * time.Hour).UTC(), End: time.Date(day.Year(), day.Month(), day.Day()+2, 0, 0, 0, 0, zone).UTC()},
		}}
		got := maker{s, i18n.EN}.schedule()
		var numbers []string
		for _, d := range got.Days[:14] {
			numbers = append(numbers, d.Number)
		}
		monday := mondayOf(day)
		for n, number := range numbers {
			if want := monday.AddDate(0, 0, n).Format("2"); number != want {
				t.Errorf("around %s day %d is the %s., want the %s.", night, n, number, want)
			}
		}
		if want := day.Format("2") + " planned, " + day.AddDate(0, 0, 1).Format("2") + " planned"; marked(got) != want {
			t.Errorf("around %s: marked %s, want %s", night, marked(got), want)
		}
		if len(got.Weeks) != 1 || got.Weeks[0].Windows[0].Clock == "" {
			t.Errorf("around %s nothing is said of the clocks", night)
		}
	}
}

// Each month that something is laid out in has a page, and each page leads to all of them.
func TestScheduleMonths(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Langs = s.Langs[:1]
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	want := []string{"/schedule", "/schedule/2026-04", "/schedule/2026-05"}
	for n, path := range want {
		d, ok := snapshot.Doc(path, i18n.EN)
		if !ok {
			t.Fatalf("no page at %s", path)
		}
		doc := parse(t, d.Body)
		var links []string
		for _, a := range all(all(doc, class("ahead"))[0], tag("a")) {
			href, _, _ := strings.Cut(attr(a, "href"), "?")
			links = append(links, href)
			if here := attr(a, "aria-current") == "page"; here != (href == path) {
				t.Errorf("%s: %s is here: %t", path, href, here)
			}
		}
		if !slices.Equal(links, want) {
			t.Errorf("%s leads to %v, want %v", path, links, want)
		}
		if found := len(all(doc, class("slot"))); found != []int{8, 6, 2}[n] {
			t.Errorf("%s shows %d windows", path, found)
		}
		ids := map[string]bool{}
		for _, e := range all(doc, func(*html.Node) bool { return true }) {
			ids[attr(e, "id")] = true
		}
		for _, a := range all(all(doc, class("over8"))[0], tag("a")) {
			if id := strings.TrimPrefix(attr(a, "href"), "#"); !ids[id] {
				t.Errorf("%s: a day leads to %s, which is not there", path, id)
			}
		}
	}
	for _, path := range []string{"/schedule/2026-03", "/schedule/2026-06", "/schedule/", "/schedule/x"} {
		if _, ok := snapshot.Doc(path, i18n.EN); ok {
			t.Errorf("there is a page at %s", path)
		}
	}
	s.Occurrences = nil
	if links := (maker{s, i18n.EN}).monthLinks(""); links != nil {
		t.Errorf("nothing is laid out, and there are links to %v", links)
	}
}

// What people were told of and is off is shown as that, with where it was moved from; what has a deadline names it.
func TestScheduleSaysHowItStands(t *testing.T) {
	t.Parallel()
	s := calm(t)
	for i := range s.Occurrences {
		o := &s.Occurrences[i]
		switch o.Date {
		case "2026-04-24":
			o.OldWindow = o.Window
			o.Window = data.Window{Start: o.Window.Start.Add(time.Hour), End: o.Window.End.Add(time.Hour)}
		case "2026-04-28":
			o.Phase = data.Withdrawn
		case "2026-05-08":
			o.Phase = data.Cancelled
		}
	}
	s.Langs = s.Langs[:1]
	doc := parse(t, render(t, s)[Place{"/schedule", i18n.EN}].Body)
	got := map[string]string{}
	for _, slot := range all(doc, class("slot")) {
		got[attr(slot, "id")] += text(slot)
	}
	for i, want := range map[int][]string{
		3: {"System maintenance and Microsoft", "Announced Tuesday 7 April"},
		4: {"all other customers"},
		5: {"Reserved (if needed)", "To be announced by Friday 10 April 2026 20:00"},
		7: {"Rescheduled", "01:00–07:00", "00:00–06:00", "To be announced by Thursday 23 April 2026 01:00"},
		8: {"Withdrawn"},
		9: {"Under review"},
	} {
		id := "s-" + s.OccurrenceID(s.Occurrences[i])
		if i == 3 {
			id = "s-" + s.OccurrenceID(s.announcements(func(o data.Occurrence) bool { return o.Date == "2026-04-10" && o.Cohort == "all" })[0].First())
		}
		for _, words := range want {
			if !strings.Contains(got[id], words) {
				t.Errorf("%s does not say %q: %s", s.Occurrences[i].Key(), words, got[id])
			}
		}
	}
}
