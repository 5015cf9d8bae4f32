package recur

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestRulesEveryChange lays whole rules out over every change of every zone from 2000 to 2040 and compares with a naive version:
// a date that the rule has, and the clock on the wall read minute by minute. Zones that share a change are one case.
func TestRulesEveryChange(t *testing.T) {
	t.Parallel()
	done := map[transition]bool{}
	windows := 0
	for _, name := range append(oddZones(), zoneNames(t)...) {
		loc, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		list := transitions(loc, daySeconds)
		for i, tr := range list {
			// With another change within a week no naive version is obviously right: TestLandEveryZone has those.
			near := i > 0 && tr.at-list[i-1].at < 7*daySeconds || i+1 < len(list) && list[i+1].at-tr.at < 7*daySeconds
			if done[tr] || near {
				continue
			}
			done[tr] = true
			windows += checkRules(t, name, loc, tr)
		}
	}
	if len(done) < least(500) || windows < 15*len(done) {
		t.Errorf("only %d changes and %d windows were tried", len(done), windows)
	}
}

// checkRules compares rules that fall on the days around a change, at readings around it.
func checkRules(t *testing.T, name string, loc *time.Location, tr transition) (windows int) {
	t.Helper()
	shown := meanings(loc, tr.at)
	lo, hi := tr.at+min(tr.before, tr.after), tr.at+max(tr.before, tr.after)
	for _, at := range []int64{lo, (lo + hi) / 2, hi, lo - 45*60} {
		at = floorDiv(at, 60) * 60
		day := time.Unix(floorDiv(at, daySeconds)*daySeconds, 0).UTC()
		start, anchor := time.Unix(at, 0).UTC().Format("15:04"), day.Format(time.DateOnly)
		nth := fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", (day.Day()+6)/7, strings.ToUpper(day.Weekday().String()[:2]))
		cron := fmt.Sprintf("%d %d * * *", time.Unix(at, 0).UTC().Minute(), time.Unix(at, 0).UTC().Hour())
		for _, c := range []struct {
			rec    data.Recurrence
			length int64 // by the clock, or elapsed
			falls  func(days int64) bool
		}{
			{data.Recurrence{Rule: "FREQ=DAILY", Start: start}, 6 * 3600, func(days int64) bool { return days >= 0 }},
			{data.Recurrence{Cron: cron}, 45 * 60, func(days int64) bool { return days >= 0 }},
			{data.Recurrence{Rule: nth, Start: start, Length: 90 * time.Minute}, 90 * 60, func(days int64) bool { return days == 0 }},
			{data.Recurrence{Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=" + strings.ToUpper(day.Weekday().String()[:2]), Start: start}, 90 * 60, func(days int64) bool { return days == 0 }},
		} {
			rec := c.rec
			rec.Zone, rec.Anchor = name, anchor
			if rec.Length == 0 {
				rec.Until = time.Unix(at+c.length, 0).UTC().Format("15:04")
			}
			r, err := Compile(rec)
			if err != nil {
				t.Fatalf("Compile(%+v): %v", rec, err)
			}
			got := between(t, r, day.AddDate(0, 0, -1).Format(time.DateOnly), day.AddDate(0, 0, 2).Format(time.DateOnly))
			want := naive(tr, shown, day, at, c.length, rec.Length > 0, c.falls)
			if !slices.EqualFunc(got, want, func(a Occasion, b data.Window) bool { return a.Window == b }) {
				t.Fatalf("%s, %+v around %s:\ngot  %v\nwant %v", name, rec, time.Unix(tr.at, 0).UTC(), got, want)
			}
			for _, o := range got {
				from := time.Unix(o.Window.Start.Unix(), 0)
				if again := r.Between(from, from.Add(1)); len(again) != 1 || again[0] != o {
					t.Fatalf("%s, %+v: %v by date, %v by instant", name, rec, o, again)
				}
			}
			windows += len(got)
		}
	}
	return windows
}

// naive are the windows of the day of a change and the days beside it, by the clock on the wall.
func naive(tr transition, shown map[int64][]int64, day time.Time, at, length int64, elapsed bool, falls func(days int64) bool) []data.Window {
	exists := map[int64]bool{} // starts that the clock really shows
	for days := int64(-1); days <= 2; days++ {
		if is := shown[at+days*daySeconds]; falls(days) && len(is) > 0 {
			exists[is[0]] = true
		}
	}
	var out []data.Window
	for days := int64(-1); days <= 1; days++ {
		start := at + days*daySeconds
		if !falls(days) {
			continue
		}
		from := start - tr.before // as if clocks had not moved
		if is := shown[start]; len(is) > 0 {
			from = is[0]
		} else if exists[from] {
			continue // the rule starts one then anyway
		}
		to := start + length - tr.before
		if is := shown[start+length]; len(is) > 0 {
			to = is[len(is)-1]
		}
		if elapsed || to <= from {
			to = from + length
		}
		out = append(out, data.Window{Start: time.Unix(from, 0).UTC(), End: time.Unix(to, 0).UTC()})
	}
	slices.SortFunc(out, func(a, b data.Window) int { return cmp.Compare(a.Start.Unix(), b.Start.Unix()) })
	return out
}

// TestMoved: a window that is moved lies where a rule that falls on that date would have it, and keeps its name.
func TestMoved(t *testing.T) {
	t.Parallel()
	done := map[transition]bool{}
	for _, name := range oddZones() {
		loc, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range transitions(loc, daySeconds) {
			if done[tr] || tr.at < time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Unix() {
				continue
			}
			done[tr] = true
			at := floorDiv(tr.at+min(tr.before, tr.after), 60) * 60
			day := time.Unix(at, 0).UTC()
			rule := func(anchor time.Time, shift int) Rule {
				return compile(t, data.Recurrence{
					Zone: name, Rule: "FREQ=YEARLY;BYMONTH=" + fmt.Sprint(int(anchor.Month())) + ";BYMONTHDAY=" + fmt.Sprint(anchor.Day()),
					Anchor: anchor.Format(time.DateOnly), Start: day.Format("15:04"), Until: day.Add(4 * time.Hour).Format("15:04"), Shift: shift,
				})
			}
			for _, days := range []int{-7, -1, 1, 14} {
				from, there := rule(day.AddDate(0, 0, -days-2), 2), rule(day, 0)
				o, ok1 := from.Next(time.Time{})
				want, ok2 := there.Next(time.Time{})
				got := from.Moved(o, days)
				if !ok1 || !ok2 || got.Window != want.Window || got.Clock != want.Clock || got.Date != o.Date || got.Ordinal != o.Ordinal {
					t.Fatalf("%s: %v moved %d days is %v, want %v", name, o, days, got, want)
				}
				if back := from.Moved(got, 0); back != o {
					t.Fatalf("%s: %v moved back is %v", name, o, back)
				}
			}
		}
	}
	hourly := compile(t, data.Recurrence{Zone: "Europe/Oslo", Cron: "15,45 1-3 * * *", Anchor: "2026-03-01", Length: time.Minute})
	for _, o := range between(t, hourly, "2026-03-22", "2026-03-23") {
		if got := hourly.Moved(o, 8); got.Window.Start.Sub(o.Window.Start) != 8*24*time.Hour-time.Hour {
			t.Errorf("%v moved over the change is %v", o, got)
		}
	}
	for _, o := range []Occasion{{Date: "2026-02-28"}, {Date: "2026-03-22", Ordinal: 6}, {Date: "soon"}} {
		if got := hourly.Moved(o, 1); got != (Occasion{}) {
			t.Errorf("%v, which the rule does not make, moved is %v", o, got)
		}
	}
}
