package recur

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// The rules of the published schedule, with the anchors of DOMAIN.md 4.3.
var (
	system      = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", Anchor: "2026-01-02", Start: "00:00", Until: "06:00"}
	pilot       = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", Anchor: "2026-01-13", Start: "22:00", Until: "05:00"}
	restOfThem  = with(pilot, func(r *data.Recurrence) { r.Shift = 3 })
	recycle     = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=DAILY", Anchor: "2026-01-01", Start: "02:00", Length: 3 * time.Second}
	microsoft   = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=MONTHLY;BYDAY=2FR", Anchor: "2026-01-09", Start: "00:00", Until: "06:00"}
	datacentre  = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;BYDAY=SA", Anchor: "2026-01-03", Start: "20:00", Until: "06:00"}
	swedish     = with(pilot, func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=MONTHLY;BYDAY=3TU", "2026-01-20" })
	swedishRest = with(swedish, func(r *data.Recurrence) { r.Shift = 3 })

	defaults = []data.Recurrence{system, pilot, restOfThem, recycle, microsoft, datacentre}
)

func with(r data.Recurrence, change func(*data.Recurrence)) data.Recurrence {
	change(&r)
	return r
}

func compile(tb testing.TB, rec data.Recurrence) Rule {
	tb.Helper()
	r, err := Compile(rec)
	if err != nil {
		tb.Fatalf("Compile(%+v): %v", rec, err)
	}
	return r
}

func between(tb testing.TB, r Rule, from, to string) []Occasion {
	tb.Helper()
	list, err := r.BetweenDates(from, to)
	if err != nil {
		tb.Fatalf("BetweenDates(%s, %s): %v", from, to, err)
	}
	return list
}

func dates(list []Occasion) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.Date)
	}
	return out
}

func fixed(zone string) func(*data.Recurrence) {
	return func(r *data.Recurrence) { r.Zone = zone }
}

// TestWindows holds every window that DOMAIN.md 4.2, 4.3 and 1.2 name.
func TestWindows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		rec        data.Recurrence
		date       string
		start, end string
		clock      string // part of the sentence
	}{
		{"M1 winter", system, "2026-01-16", "2026-01-15T23:00Z", "2026-01-16T05:00Z", ""},
		{"M1 summer", system, "2026-07-03", "2026-07-02T22:00Z", "2026-07-03T04:00Z", ""},
		{"M1 winter, UTC+1", with(system, fixed("Etc/GMT-1")), "2026-01-16", "2026-01-15T23:00Z", "2026-01-16T05:00Z", ""},
		{"M1 summer, UTC+1", with(system, fixed("Etc/GMT-1")), "2026-07-03", "2026-07-02T23:00Z", "2026-07-03T05:00Z", ""},
		{"M1 winter, UTC+2", with(system, fixed("Etc/GMT-2")), "2026-01-16", "2026-01-15T22:00Z", "2026-01-16T04:00Z", ""},
		{"M1 summer, UTC+2", with(system, fixed("Etc/GMT-2")), "2026-07-03", "2026-07-02T22:00Z", "2026-07-03T04:00Z", ""},
		{"M6 winter", recycle, "2026-01-16", "2026-01-16T01:00Z", "2026-01-16T01:00:03Z", ""},
		{"M6 summer", recycle, "2026-07-03", "2026-07-03T00:00Z", "2026-07-03T00:00:03Z", ""},
		{"M6 winter, UTC+1", with(recycle, fixed("Etc/GMT-1")), "2026-01-16", "2026-01-16T01:00Z", "2026-01-16T01:00:03Z", ""},
		{"M6 summer, UTC+1", with(recycle, fixed("Etc/GMT-1")), "2026-07-03", "2026-07-03T01:00Z", "2026-07-03T01:00:03Z", ""},
		{"M6 winter, UTC+2", with(recycle, fixed("Etc/GMT-2")), "2026-01-16", "2026-01-16T00:00Z", "2026-01-16T00:00:03Z", ""},
		{"M6 spring, UTC+1", with(recycle, fixed("Etc/GMT-1")), "2026-03-29", "2026-03-29T01:00Z", "2026-03-29T01:00:03Z", ""},
		{
			"M6 spring", recycle, "2026-03-29", "2026-03-29T01:00Z", "2026-03-29T01:00:03Z",
			"the start 02:00 does not exist on this day, as clocks go forward: it runs at 03:00 CEST",
		},
		{
			"M6 autumn", recycle, "2026-10-25", "2026-10-25T00:00Z", "2026-10-25T00:00:03Z",
			"the start 02:00 comes twice on this day, as clocks go back: it runs at the first, 02:00 CEST",
		},
		{"M6 spring 2027", recycle, "2027-03-28", "2027-03-28T01:00Z", "2027-03-28T01:00:03Z", "03:00 CEST"},
		{"M6 autumn 2027", recycle, "2027-10-31", "2027-10-31T00:00Z", "2027-10-31T00:00:03Z", "02:00 CEST"},
		{"M6, the night before", recycle, "2026-03-28", "2026-03-28T01:00Z", "2026-03-28T01:00:03Z", ""},
		{"M6, the night after", recycle, "2026-10-26", "2026-10-26T01:00Z", "2026-10-26T01:00:03Z", ""},
		{"M8, ends a day before", datacentre, "2026-03-21", "2026-03-21T19:00Z", "2026-03-22T05:00Z", ""},
		{"M7", microsoft, "2026-04-10", "2026-04-09T22:00Z", "2026-04-10T04:00Z", ""},
		{"M2", pilot, "2026-01-13", "2026-01-13T21:00Z", "2026-01-14T04:00Z", ""},
		{"M3", restOfThem, "2026-01-16", "2026-01-16T21:00Z", "2026-01-17T04:00Z", ""},
		{"M8", datacentre, "2026-01-03", "2026-01-03T19:00Z", "2026-01-04T05:00Z", ""},
		{
			"M8 spring, 9 h", datacentre, "2026-03-28", "2026-03-28T19:00Z", "2026-03-29T04:00Z",
			"clocks go forward during this window: it lasts 9 h instead of 10 h",
		},
		{
			"M8 autumn, 11 h", datacentre, "2026-10-24", "2026-10-24T18:00Z", "2026-10-25T05:00Z",
			"clocks go back during this window: it lasts 11 h instead of 10 h",
		},
		{"A-4, Swedish", swedish, "2026-04-21", "2026-04-21T20:00Z", "2026-04-22T03:00Z", ""},
		{"A-4, Swedish rest", swedishRest, "2026-04-24", "2026-04-24T20:00Z", "2026-04-25T03:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkWindow(t, c.rec, c.date, c.start, c.end, c.clock)
		})
	}
}

func checkWindow(t *testing.T, rec data.Recurrence, date, start, end, clock string) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	list := between(t, compile(t, rec), date, day.AddDate(0, 0, 1).Format(time.DateOnly))
	if len(list) != 1 {
		t.Fatalf("windows of %s on %s: got %v, want one", rec.Rule, date, list)
	}
	got := list[0]
	if want := (data.Window{Start: instant(t, start), End: instant(t, end)}); got.Window != want {
		t.Errorf("window of %s: got %v, want %v", date, got.Window, want)
	}
	if got.Date != date || got.Ordinal != 0 {
		t.Errorf("got date %s, ordinal %d, want %s, 0", got.Date, got.Ordinal, date)
	}
	if clock == "" && got.Clock != "" || !strings.Contains(got.Clock, clock) {
		t.Errorf("clock sentence of %s: got %q, want %q", date, got.Clock, clock)
	}
}

func instant(tb testing.TB, text string) time.Time {
	tb.Helper()
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	tb.Fatalf("%q is no instant", text)
	return time.Time{}
}

// TestDates holds the dates of 2026 and 2027 by each rule of DOMAIN.md 1.2.
func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		rec      data.Recurrence
		count    int // in 2026 and 2027
		includes []string
		excludes []string
	}{
		// 2026 has 53 ISO weeks: a rule by even or odd weeks would go wrong on 2027-01-01.
		{"M1", system, 53, []string{"2026-01-02", "2026-01-16", "2026-12-18", "2027-01-01", "2027-01-15", "2027-12-31"}, []string{"2026-01-09", "2027-01-08"}},
		{"M2", pilot, 35, []string{"2026-01-13", "2026-02-03", "2026-02-24", "2027-12-28"}, []string{"2026-01-20"}},
		{"M3", restOfThem, 35, []string{"2026-01-16", "2026-02-06", "2026-04-10", "2027-12-31"}, []string{"2026-01-13"}},
		{"M4 Swedish", swedish, 24, []string{"2026-01-20", "2026-04-21", "2027-12-21"}, []string{"2026-01-13"}},
		{"M4 Swedish rest", swedishRest, 24, []string{"2026-01-23", "2026-04-24", "2027-12-24"}, nil},
		{"M6", recycle, 730, []string{"2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"}, nil},
		{"M7", microsoft, 24, []string{"2026-01-09", "2026-02-13", "2026-04-10", "2027-01-08", "2027-10-08"}, []string{"2026-01-16"}},
		{"M8", datacentre, 104, []string{"2026-01-03", "2026-03-28", "2026-10-24"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := dates(between(t, compile(t, c.rec), "2026-01-01", "2028-01-01"))
			if len(got) != c.count {
				t.Errorf("got %d windows, want %d: %v", len(got), c.count, got)
			}
			for _, d := range c.includes {
				if !slices.Contains(got, d) {
					t.Errorf("no window on %s: %v", d, got)
				}
			}
			for _, d := range c.excludes {
				if slices.Contains(got, d) {
					t.Errorf("a window on %s", d)
				}
			}
			if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Errorf("dates are not ascending: %v", got)
			}
		})
	}
}

// TestDistances holds what the rules say in words: 14 days, 21 days, three days later, day number 8 to 14.
func TestDistances(t *testing.T) {
	t.Parallel()
	days := func(rec data.Recurrence) []time.Time {
		var out []time.Time
		for _, o := range between(t, compile(t, rec), "2026-01-01", "2036-01-01") {
			d, err := time.Parse(time.DateOnly, o.Date)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, d)
		}
		return out
	}
	for _, c := range []struct {
		rec  data.Recurrence
		step int
	}{{system, 14}, {pilot, 21}, {restOfThem, 21}, {recycle, 1}, {datacentre, 7}} {
		list := days(c.rec)
		for i := 1; i < len(list); i++ {
			if list[i] != list[i-1].AddDate(0, 0, c.step) {
				t.Fatalf("%s: %s follows %s, want %d days", c.rec.Rule, list[i], list[i-1], c.step)
			}
		}
	}
	for _, d := range days(microsoft) {
		if d.Weekday() != time.Friday || d.Day() < 8 || d.Day() > 14 {
			t.Errorf("microsoft falls on %s", d)
		}
	}
	for _, pair := range [][2]data.Recurrence{{pilot, restOfThem}, {swedish, swedishRest}} {
		first, second := days(pair[0]), days(pair[1])
		for i := range second {
			if second[i] != first[i].AddDate(0, 0, 3) {
				t.Errorf("%s is followed by %s, want three days later", first[i], second[i])
			}
		}
	}
}

// TestRecycleDistance: the night of the spring change is 24 elapsed hours after the one before (DOMAIN.md 4.1).
func TestRecycleDistance(t *testing.T) {
	t.Parallel()
	r := compile(t, recycle)
	spring := r.Between(instant(t, "2026-03-28T01:00Z"), instant(t, "2026-03-30T01:00Z"))
	want := []string{"2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"}
	var got []string
	for _, o := range spring {
		got = append(got, o.Window.Start.Format(time.RFC3339))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	autumn := r.Between(instant(t, "2026-10-25T00:00:01Z"), instant(t, "2026-10-26T00:00Z"))
	if len(autumn) != 0 {
		t.Errorf("a second recycle on 2026-10-25: %v", autumn)
	}
}

// TestSharedFriday: system and Microsoft windows are the same span where they meet (M15).
func TestSharedFriday(t *testing.T) {
	t.Parallel()
	a := between(t, compile(t, system), "2026-04-10", "2026-04-11")
	b := between(t, compile(t, microsoft), "2026-04-10", "2026-04-11")
	if len(a) != 1 || len(b) != 1 || a[0].Window != b[0].Window {
		t.Errorf("got %v and %v, want one window each, the same", a, b)
	}
}
