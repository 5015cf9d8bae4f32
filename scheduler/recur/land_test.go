package recur

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// transition is a change of a zone's offset, found without ZoneBounds.
type transition struct {
	at            int64 // first second with the new offset
	before, after int64
}

// allOddZones are scanned hour by hour, so that two changes near one another are both seen.
var allOddZones = []string{
	"Australia/Lord_Howe", "Africa/Casablanca", "Africa/El_Aaiun", "Pacific/Apia", "Pacific/Fakaofo", "Africa/Cairo", "Asia/Gaza", "Asia/Hebron",
	"Asia/Beirut", "Asia/Amman", "Asia/Damascus", "Asia/Tehran", "America/Sao_Paulo", "America/Asuncion", "America/Havana",
	"America/Scoresbysund", "America/Nuuk", "Atlantic/Azores", "Asia/Kathmandu", "Pacific/Chatham", "Antarctica/Troll",
	"Antarctica/Casey", "America/Caracas", "Asia/Pyongyang", "Europe/Volgograd", "Europe/Istanbul", "Africa/Juba",
	"America/St_Johns", "Pacific/Norfolk", "Europe/Dublin", "Europe/Oslo", "America/New_York", "Asia/Dhaka", "Pacific/Fiji",
}

// oddZones are allOddZones, with -short every fourth.
func oddZones() []string {
	if testing.Short() {
		return oneOf(4, allOddZones)
	}
	return slices.Clone(allOddZones)
}

func oneOf[T any](n int, list []T) (some []T) {
	for i := 0; i < len(list); i += n {
		some = append(some, list[i])
	}
	return some
}

// With -short it is every tenth.
func zoneNames(tb testing.TB) []string {
	tb.Helper()
	text, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		tb.Fatal(err)
	}
	names := strings.Fields(string(text))
	if len(names) < 590 {
		tb.Fatalf("testdata/zones.txt names %d zones only", len(names))
	}
	if testing.Short() {
		return oneOf(10, names)
	}
	return names
}

// least is how many cases a test over all zones must have tried, to be worth something.
func least(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

func offset(loc *time.Location, at int64) int64 {
	_, o := time.Unix(at, 0).In(loc).Zone()
	return int64(o)
}

// transitions scans a zone from 2000 to 2040 in steps.
func transitions(loc *time.Location, step int64) []transition {
	var list []transition
	from, to := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2040, 12, 31, 0, 0, 0, 0, time.UTC).Unix()
	last := offset(loc, from)
	for at := from; at < to; at += step {
		next := offset(loc, at+step)
		for last != next { // maybe several changes in one step: find the first
			lo, hi := at, at+step
			for hi-lo > 1 {
				if mid := (lo + hi) / 2; offset(loc, mid) == last {
					lo = mid
				} else {
					hi = mid
				}
			}
			list = append(list, transition{hi, last, offset(loc, hi)})
			last = offset(loc, hi)
		}
	}
	return list
}

// meanings reads the clock on the wall minute by minute for three days on either side of a change: which instants show
// which reading. Obviously right, and slow.
func meanings(loc *time.Location, change int64) map[int64][]int64 {
	m := make(map[int64][]int64, 6*24*60)
	for at := change - 3*daySeconds; at < change+3*daySeconds; at += 60 {
		shown := at + offset(loc, at)
		m[shown] = append(m[shown], at)
	}
	return m
}

// TestLandEveryZone compares land with the clock on the wall around every change of every zone from 2000 to 2040. Zones
// that share a change and all that is near it are one case.
func TestLandEveryZone(t *testing.T) {
	t.Parallel()
	type around [3]transition
	done := map[around]bool{}
	cases := 0
	for _, name := range append(oddZones(), zoneNames(t)...) {
		loc, err := loadZone(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		step := int64(daySeconds)
		if slices.Contains(allOddZones, name) {
			step = 3600
		}
		list := transitions(loc, step)
		for i, tr := range list {
			key := around{1: tr}
			if i > 0 && tr.at-list[i-1].at < 7*daySeconds {
				key[0] = list[i-1]
			}
			if i+1 < len(list) && list[i+1].at-tr.at < 7*daySeconds {
				key[2] = list[i+1]
			}
			if done[key] {
				continue
			}
			done[key] = true
			cases++
			checkChange(t, name, loc, tr)
		}
	}
	if cases < least(500) {
		t.Errorf("only %d different changes were tried", cases)
	}
}

func checkChange(t *testing.T, name string, loc *time.Location, tr transition) {
	t.Helper()
	shown := meanings(loc, tr.at)
	// Readings that the change jumps over or shows twice, and the hours around.
	lo, hi := tr.at+min(tr.before, tr.after)-2*3600, tr.at+max(tr.before, tr.after)+2*3600
	lo = floorDiv(lo, 60) * 60
	z := newZone(loc, lo)
	for r := lo; r <= hi; r += 60 {
		var start, end int64
		want := once
		switch at := shown[r]; len(at) {
		case 0:
			start, end, want = r-tr.before, r-tr.before, skipped
		case 1:
			start, end = at[0], at[0]
		default:
			start, end, want = at[0], at[len(at)-1], doubled
		}
		near := z.near(r, r)
		if got, how := land(r, near, false); got != start || how != want {
			t.Fatalf("%s: start at reading %s: got %s (%d), want %s (%d)", name, reading(0, r), reading(0, got), how, reading(0, start), want)
		}
		if got, how := land(r, near, true); got != end || how != want {
			t.Fatalf("%s: end at reading %s: got %s (%d), want %s (%d)", name, reading(0, r), reading(0, got), how, reading(0, end), want)
		}
	}
}

// TestSpans compares the spans of a long walk with the zone's offset, day by day and far beyond the zone's table.
func TestSpans(t *testing.T) {
	t.Parallel()
	for _, name := range oddZones() {
		loc, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		z := newZone(loc, from)
		for r := from; r < from+200*366*daySeconds; r += daySeconds + 3601 {
			for i, s := range z.near(r, r) {
				if at := max(s.start, r-margin); s.offset != offset(loc, at) || s.offset != offset(loc, min(s.end, r+margin)-1) {
					t.Fatalf("%s: span %d near %s has offset %d, the zone %d", name, i, reading(0, r), s.offset, offset(loc, at))
				}
			}
		}
	}
}

// TestOddWindows: windows near changes that are not Europe's.
func TestOddWindows(t *testing.T) {
	t.Parallel()
	daily := func(zone, start, until string) data.Recurrence {
		return data.Recurrence{Zone: zone, Rule: "FREQ=DAILY", Anchor: "2005-01-01", Start: start, Until: until}
	}
	for _, c := range []struct {
		name       string
		rec        data.Recurrence
		date       string
		start, end string
		clock      string
	}{
		{
			"half an hour forward", daily("Australia/Lord_Howe", "02:00", "06:00"), "2026-10-04", "2026-10-03T15:30Z", "2026-10-03T19:00Z",
			"the start 02:00 does not exist on this day, as clocks go forward: it runs at 02:30 UTC+11:00; it lasts 3 h 30 min instead of 4 h",
		},
		{
			"half an hour back", daily("Australia/Lord_Howe", "00:00", "01:45"), "2026-04-05", "2026-04-04T13:00Z", "2026-04-04T15:15Z",
			"the end 01:45 comes twice on that day, as clocks go back: it ends at the second, 01:45 UTC+10:30; it lasts 2 h 15 min instead of 1 h 45 min",
		},
		{
			"midnight does not exist", daily("America/Havana", "00:00", "06:00"), "2026-03-08", "2026-03-08T05:00Z", "2026-03-08T10:00Z",
			"the start 00:00 does not exist on this day, as clocks go forward: it runs at 01:00 CDT; it lasts 5 h instead of 6 h",
		},
		{
			"ends in a midnight that does not exist", daily("America/Havana", "20:00", "24:00"), "2026-03-07", "2026-03-08T01:00Z", "2026-03-08T05:00Z",
			"the end 00:00 does not exist on that day, as clocks go forward: it ends at 01:00 CDT",
		},
		{
			"a day that does not exist", with(daily("Pacific/Apia", "02:00", "06:00"), func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=WEEKLY", "2011-12-30" }),
			"2011-12-30", "2011-12-30T12:00Z", "2011-12-30T16:00Z",
			"the start 02:00 does not exist on this day, as clocks go forward: it runs at Saturday 2011-12-31 02:00 UTC+14:00; " +
				"the end 06:00 does not exist on that day, as clocks go forward: it ends at Saturday 2011-12-31 06:00 UTC+14:00",
		},
		{
			"end would come first", daily("Europe/Oslo", "02:30", "03:00"), "2026-03-29", "2026-03-29T01:30Z", "2026-03-29T02:00Z",
			"the start 02:30 does not exist on this day, as clocks go forward: it runs at 03:30 CEST; the end 03:00 would come before it: it ends at 04:00 CEST",
		},
		{
			"all of it in the gap", daily("Europe/Oslo", "02:00", "02:30"), "2026-03-29", "2026-03-29T01:00Z", "2026-03-29T01:30Z",
			"the start 02:00 does not exist on this day, as clocks go forward: it runs at 03:00 CEST; the end 02:30 does not exist on that day, as clocks go forward: it ends at 03:30 CEST",
		},
		{
			"all of it in the overlap", daily("Europe/Oslo", "02:00", "02:30"), "2026-10-25", "2026-10-25T00:00Z", "2026-10-25T01:30Z",
			"it lasts 1 h 30 min instead of 30 min",
		},
		{
			"ends where clocks change", daily("Europe/Oslo", "00:00", "03:00"), "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T01:00Z",
			"clocks go forward during this window: it lasts 2 h instead of 3 h",
		},
		{
			"elapsed length over a change", with(daily("Europe/Oslo", "01:00", ""), func(r *data.Recurrence) { r.Length = 4 * time.Hour }),
			"2026-03-29", "2026-03-29T00:00Z", "2026-03-29T04:00Z", "clocks change during this window: it lasts 4 h all the same and ends at 06:00 CEST",
		},
		{
			"several days", with(daily("Europe/Oslo", "20:00", "06:00"), func(r *data.Recurrence) { r.Days = 2 }),
			"2026-03-27", "2026-03-27T19:00Z", "2026-03-30T04:00Z", "it lasts 57 h instead of 58 h",
		},
		{"a whole day", daily("Europe/Oslo", "00:00", "24:00"), "2026-07-01", "2026-06-30T22:00Z", "2026-07-01T22:00Z", ""},
		{"end at the start's reading", daily("Europe/Oslo", "06:00", "06:00"), "2026-07-01", "2026-07-01T04:00Z", "2026-07-02T04:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkWindow(t, c.rec, c.date, c.start, c.end, c.clock)
		})
	}
}
