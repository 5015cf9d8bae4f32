package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler/plan"
)

// upgrades is the pair of M2 and M3, with days that the first and the second avoid.
func upgrades(first, second []data.Avoid) []data.Maintenance {
	pilot := datatest.Maintenance("pilot")
	pilot.Cohort, pilot.Avoids = "pilot", first
	pilot.Recurrence = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", Anchor: "2026-01-13", Start: "22:00", Until: "05:00"}
	rest := pilot
	rest.Slug, rest.Cohort, rest.Follows, rest.Recurrence.Shift, rest.Avoids = "rest", "rest", "pilot", 3, second
	return []data.Maintenance{pilot, rest}
}

func freeze(from, until string, e data.Effect) data.Avoid {
	return data.Avoid{Effect: e, Freeze: "quiet", From: from, Until: until}
}

// said writes a layout as lines: the key, when it starts on Oslo's clock, and what is said of it.
func said(t *testing.T, l plan.Layout) string {
	t.Helper()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, o := range l.InOrder() {
		fmt.Fprintf(&b, "%s %s", o.Key(), o.Window.Start.In(oslo).Format("Mon 01-02 15:04"))
		for _, s := range []string{l.Moved[o.Key()], o.Warning, o.Clock} {
			if s != "" {
				fmt.Fprintf(&b, " (%s)", s)
			}
		}
		b.WriteString("\n")
	}
	for _, w := range l.WithheldInOrder() {
		fmt.Fprintf(&b, "%s withheld (%s)\n", w.Occurrence.Key(), w.Why)
	}
	return b.String()
}

func TestAvoids(t *testing.T) {
	t.Parallel()
	system := func(avoids ...data.Avoid) []data.Maintenance {
		m := datatest.Maintenance("system")
		m.Avoids = avoids
		return []data.Maintenance{m}
	}
	earlier := func(a data.Avoid) data.Avoid { a.Earlier = true; return a }
	days := func(a data.Avoid, step, within int) data.Avoid { a.Step, a.Within = step, within; return a }
	holidays := func(e data.Effect, territories ...string) data.Avoid {
		return data.Avoid{Effect: e, Territories: territories}
	}
	for _, tt := range []struct {
		name     string
		plans    []data.Maintenance
		from, to string
		want     string
	}{
		{"nothing to avoid", system(), "2026-12-15", "2027-01-02", `
system|2026-12-18|all|0 Fri 12-18 00:00
system|2027-01-01|all|0 Fri 01-01 00:00`},
		{"withhold", system(freeze("2026-12-18", "2026-12-31", data.EffectWithhold)), "2026-12-15", "2027-01-02", `
system|2027-01-01|all|0 Fri 01-01 00:00
system|2026-12-18|all|0 withheld (2026-12-18 lies in the freeze quiet (2026-12-18 to 2026-12-31))`},
		{"a freeze with a name", system(data.Avoid{
			Effect: data.EffectWithhold, Freeze: "x", Title: data.Words{"en": "Christmas", "nb": "Jul"}, From: "2026-12-18", Until: "2026-12-18",
		}), "2026-12-15", "2026-12-20", `
system|2026-12-18|all|0 withheld (2026-12-18 lies in the freeze Christmas (2026-12-18 to 2026-12-18))`},
		{"warn", system(freeze("2026-12-18", "2026-12-18", data.EffectWarn)), "2026-12-15", "2026-12-20", `
system|2026-12-18|all|0 Fri 12-18 00:00 (2026-12-18 lies in the freeze quiet (2026-12-18 to 2026-12-18))`},
		{"move a week, keeping the weekday", system(freeze("2027-01-01", "2027-01-03", data.EffectMove)), "2026-12-30", "2027-01-16", `
system|2027-01-01|all|0 Fri 01-08 00:00 (2027-01-01 lies in the freeze quiet (2027-01-01 to 2027-01-03))
system|2027-01-15|all|0 Fri 01-15 00:00`},
		{"move earlier", system(earlier(freeze("2027-01-01", "2027-01-03", data.EffectMove))), "2026-12-30", "2027-01-03", `
system|2027-01-01|all|0 Fri 12-25 00:00 (2027-01-01 lies in the freeze quiet (2027-01-01 to 2027-01-03))`},
		{"move day by day", system(days(freeze("2027-01-01", "2027-01-03", data.EffectMove), 1, 10)), "2026-12-30", "2027-01-03", `
system|2027-01-01|all|0 Mon 01-04 00:00 (2027-01-01 lies in the freeze quiet (2027-01-01 to 2027-01-03))`},
		{"no free day within the bound", system(days(freeze("2027-01-01", "2027-01-08", data.EffectMove), 1, 7)), "2026-12-30", "2027-01-03", `
system|2027-01-01|all|0 withheld (2027-01-01 lies in the freeze quiet (2027-01-01 to 2027-01-08); no day within 7 days is free)`},
		{"the next window is in the way", system(freeze("2026-12-18", "2027-01-01", data.EffectMove)), "2026-12-15", "2027-01-02", `
system|2027-01-01|all|0 Fri 01-08 00:00 (2027-01-01 lies in the freeze quiet (2026-12-18 to 2027-01-01))
system|2026-12-18|all|0 withheld (2026-12-18 lies in the freeze quiet (2026-12-18 to 2027-01-01); 14 days later it would meet system of 2027-01-01)`},
		{"withhold goes before move", system(freeze("2027-01-01", "2027-01-01", data.EffectMove), freeze("2027-01-01", "2027-01-01", data.EffectWithhold)), "2026-12-30", "2027-01-02", `
system|2027-01-01|all|0 withheld (2027-01-01 lies in the freeze quiet (2027-01-01 to 2027-01-01))`},
		{"moved to a day that warns", system(freeze("2027-01-01", "2027-01-01", data.EffectMove), freeze("2027-01-08", "2027-01-08", data.EffectWarn)), "2026-12-30", "2027-01-02", `
system|2027-01-01|all|0 Fri 01-08 00:00 (2027-01-01 lies in the freeze quiet (2027-01-01 to 2027-01-01)) (2027-01-08 lies in the freeze quiet (2027-01-08 to 2027-01-08))`},
		{"the eve counts, and the pair moves together", upgrades(nil, []data.Avoid{freeze("2026-01-17", "2026-01-17", data.EffectMove)}), "2026-01-10", "2026-01-20", `
pilot|2026-01-13|pilot|0 Tue 01-20 22:00 (rest of 2026-01-16: 2026-01-17 lies in the freeze quiet (2026-01-17 to 2026-01-17))
rest|2026-01-16|rest|0 Fri 01-23 22:00 (rest of 2026-01-16: 2026-01-17 lies in the freeze quiet (2026-01-17 to 2026-01-17))`},
		{"the pair is withheld together", upgrades([]data.Avoid{freeze("2026-01-14", "2026-01-14", data.EffectWithhold)}, nil), "2026-01-10", "2026-01-20", `
pilot|2026-01-13|pilot|0 withheld (pilot of 2026-01-13: 2026-01-14 lies in the freeze quiet (2026-01-14 to 2026-01-14))
rest|2026-01-16|rest|0 withheld (pilot of 2026-01-13: 2026-01-14 lies in the freeze quiet (2026-01-14 to 2026-01-14))`},
		{"the end is not counted in", system(freeze("2027-01-02", "2027-01-02", data.EffectWithhold)), "2026-12-30", "2027-01-03", `
system|2027-01-01|all|0 Fri 01-01 00:00`},
		{"a holiday", system(holidays(data.EffectMove, "no", "se")), "2026-12-20", "2027-01-05", `
system|2027-01-01|all|0 Fri 01-08 00:00 (2027-01-01 is a holiday in Norway and another territory (New Year's Day))`},
		{"a customary day does not count by itself", system(holidays(data.EffectWithhold, "se")), "2026-06-19", "2026-06-20", `
system|2026-06-19|all|0 Fri 06-19 00:00`},
		{"a customary day", system(data.Avoid{Effect: data.EffectWithhold, Territories: []string{"se"}, Customary: true}), "2026-06-19", "2026-06-20", `
system|2026-06-19|all|0 withheld (2026-06-19 is a holiday in Sweden (Midsummer Eve))`},
		{"a date that was added, and one that was taken out", system(data.Avoid{
			Effect: data.EffectWithhold, Territories: []string{"no"}, Add: []data.DayChange{{Date: "2026-12-18", Name: "Move"}}, Remove: []data.DayChange{{Date: "2027-01-01"}},
		}), "2026-12-15", "2027-01-02", `
system|2027-01-01|all|0 Fri 01-01 00:00
system|2026-12-18|all|0 withheld (2026-12-18 is a holiday in Norway (Move))`},
	} {
		got, err := plan.LayDates(tt.plans, tt.from, tt.to)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if text := "\n" + strings.TrimSpace(said(t, got)); text != tt.want {
			t.Errorf("%s: got%s\nwant%s", tt.name, text, tt.want)
		}
	}
}

// TestMovedOntoAClockChange: a slot that a freeze moves to the night in which clocks go back lasts an hour longer there.
func TestMovedOntoAClockChange(t *testing.T) {
	t.Parallel()
	m := datatest.Maintenance("slot")
	m.Recurrence = data.Recurrence{Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", Anchor: "2026-10-17", Start: "20:00", Until: "06:00"}
	m.Avoids = []data.Avoid{freeze("2026-10-17", "2026-10-17", data.EffectMove)}
	got, err := plan.Lay([]data.Maintenance{m}, at(t, "2026-10-20 00:00"), at(t, "2026-10-27 00:00"))
	o := got.Windows["slot|2026-10-17|all|0"]
	if err != nil || o.Window.Duration() != 11*time.Hour || !strings.Contains(o.Clock, "11 h instead of 10 h") || !o.Window.Start.Equal(at(t, "2026-10-24 18:00")) {
		t.Errorf("Lay = %+v, %v; want the slot from Saturday 24 October 20:00, for 11 h", o, err)
	}
}

// TestAvoidsByVersion: the freeze of the version that governs a place decides on it (T3).
func TestAvoidsByVersion(t *testing.T) {
	t.Parallel()
	was, is := datatest.Maintenance("system"), datatest.Maintenance("system")
	was.Avoids = []data.Avoid{freeze("2026-01-02", "2026-01-02", data.EffectMove)}
	is.ValidFrom = at(t, "2026-01-05 00:00")
	lay := func(is data.Maintenance) plan.Layout {
		l, err := plan.Lay([]data.Maintenance{was, is}, at(t, "2026-01-01 00:00"), at(t, "2026-01-12 00:00"))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	const jan2 = data.OccurrenceKey("system|2026-01-02|all|0")
	if l := lay(is); l.Moved[jan2] == "" || !l.Windows[jan2].Window.Start.Equal(at(t, "2026-01-08 23:00")) {
		t.Errorf("a freeze taken away later: %+v, want it where it was moved to", l)
	}
	is.Avoids = []data.Avoid{freeze("2026-01-09", "2026-01-09", data.EffectWithhold)}
	if l := lay(is); !strings.Contains(l.Withheld[jan2].Why, "would meet system of 2026-01-16") {
		t.Errorf("a second freeze on the place it was moved to: %+v", l)
	}
	is.Retired = true
	if l := lay(is); !strings.Contains(l.Withheld[jan2].Why, "there is no such plan") {
		t.Errorf("a plan that ends before the place it was moved to: %+v", l)
	}
}

func TestBrokenAvoids(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]data.Avoid{
		`effect "stop"`:                      {Effect: "stop", Freeze: "x", From: "2026-01-01", Until: "2026-01-02"},
		`freeze x: "soon" is not a date`:     {Effect: data.EffectMove, Freeze: "x", From: "soon", Until: "2026-01-02"},
		`freeze x: "later" is not a date`:    {Effect: data.EffectMove, Freeze: "x", From: "2026-01-02", Until: "later"},
		`territory "xx" is unknown`:          {Effect: data.EffectWarn, Territories: []string{"xx"}},
		`"May" is not a date`:                {Effect: data.EffectWarn, Territories: []string{"no"}, Add: []data.DayChange{{Date: "May"}}},
		`"June" is not a date`:               {Effect: data.EffectWarn, Territories: []string{"no"}, Remove: []data.DayChange{{Date: "June"}}},
		`steps of 7 days within 3 cannot`:    {Effect: data.EffectMove, Territories: []string{"no"}, Within: 3},
		`steps of -1 days within 56 cannot`:  {Effect: data.EffectMove, Territories: []string{"no"}, Step: -1},
		`steps of 7 days within 4000 cannot`: {Effect: data.EffectMove, Territories: []string{"no"}, Within: 4000},
		`no territory is given`:              {Effect: data.EffectWarn},
		`both added to and taken out of`:     {Effect: data.EffectWarn, Territories: []string{"no"}, Add: []data.DayChange{{Date: "2026-05-04"}}, Remove: []data.DayChange{{Date: "2026-05-04"}}},
		`territory "se" is not among those`:  {Effect: data.EffectWarn, Territories: []string{"no"}, Add: []data.DayChange{{Date: "2026-05-04", Territory: "se"}}},
	} {
		m := datatest.Maintenance("bad")
		m.Avoids = []data.Avoid{a}
		got, err := plan.Lay([]data.Maintenance{m, datatest.Maintenance("good")}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "maintenance bad") || len(got.Windows) != 2 {
			t.Errorf("Lay = %d windows, %v; want those of the good plan and %q", len(got.Windows), err, want)
		}
	}
}
