package recur

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
)

// genRule draws the text of a rule that fits together, and an anchor that is a date of it.
func genRule(t *rapid.T) data.Recurrence {
	day := rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
	days := func() string { return strings.Join(rapid.SliceOfNDistinct(day, 1, 3, rapid.ID).Draw(t, "days"), ",") }
	monthDay := rapid.SampledFrom([]string{"1", "2", "15", "28", "29", "30", "31", "-1", "-2", "-31"})
	count := rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "-1", "-2", "-5"})
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	text := fmt.Sprintf("FREQ=%s;INTERVAL=%d", freq, rapid.IntRange(1, 8).Draw(t, "interval"))
	if freq == "YEARLY" || rapid.IntRange(0, 3).Draw(t, "months") == 0 {
		months := rapid.SliceOfNDistinct(rapid.IntRange(1, 12), 1, 3, rapid.ID).Draw(t, "bymonth")
		text += ";BYMONTH=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(months), " ", ","), "[]")
	}
	switch kind := rapid.IntRange(0, 3).Draw(t, "kind"); {
	case freq == "DAILY" && kind > 1, freq == "WEEKLY" && kind == 0:
	case freq == "DAILY" || freq == "WEEKLY":
		text += ";BYDAY=" + days()
	case kind == 0:
		text += ";BYMONTHDAY=" + strings.Join(rapid.SliceOfNDistinct(monthDay, 1, 3, rapid.ID).Draw(t, "monthdays"), ",")
	case kind == 1:
		text += ";BYDAY=" + days() + ";BYSETPOS=" + rapid.SampledFrom([]string{"1", "2", "-1", "1,-1"}).Draw(t, "positions")
	default:
		var on []string
		for range rapid.IntRange(1, 3).Draw(t, "counted") {
			on = append(on, count.Draw(t, "count")+day.Draw(t, "day"))
		}
		text += ";BYDAY=" + strings.Join(on, ",")
	}
	anchor := time.Date(2000, 1, rapid.IntRange(1, 36500).Draw(t, "anchor"), 0, 0, 0, 0, time.UTC)
	rec := data.Recurrence{Zone: "Europe/Oslo", Rule: text, Anchor: anchor.Format(time.DateOnly), Start: "20:00", Until: "06:00"}
	return anchored(rec)
}

// anchored moves an anchor that is no date of the rule to the one that the fault offers.
func anchored(rec data.Recurrence) data.Recurrence {
	var fault *data.Error
	if _, err := Compile(rec); errors.As(err, &fault) && fault.Field == "anchor" {
		words := strings.Fields(fault.Message)
		rec.Anchor = words[len(words)-1]
	}
	return rec
}

// TestReadingsAsRRule: every rule that compiles falls where rrule-go, started at the anchor, says.
func TestReadingsAsRRule(t *testing.T) {
	t.Parallel()
	shapes := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		rec := genRule(t)
		r, err := Compile(rec)
		if err != nil {
			if strings.Contains(err.Error(), "never falls") {
				t.Skip(err)
			}
			t.Fatalf("Compile(%s, %s): %v", rec.Rule, rec.Anchor, err)
		}
		shapes[fmt.Sprintf("%T", r.sched)]++
		option, err := rrule.StrToROption(rec.Rule)
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = r.first.Add(20 * time.Hour)
		oracle, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		to := r.first.AddDate(rapid.IntRange(1, 30).Draw(t, "years"), 0, 0)
		want := oracle.Between(r.first, to, true)
		var got []time.Time
		for at := r.first.AddDate(-1, 0, 0); len(got) <= len(want); {
			next, ok := r.next(at)
			if !ok || next.After(to) {
				break
			}
			got, at = append(got, next), next
		}
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%s from %s to %s:\ngot  %v\nwant %v", rec.Rule, rec.Anchor, to, got, want)
		}
		if next := r.sched.Next(r.first.AddDate(-3, 0, 0)); !next.Equal(want[0]) {
			t.Fatalf("%s from %s: the first reading is %s, want %s", rec.Rule, rec.Anchor, next, want[0])
		}
		// The answer does not depend on where one asks from.
		for range 3 {
			at := r.first.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(r.first)/time.Second)).Draw(t, "at")) * time.Second)
			i, _ := slices.BinarySearchFunc(want, at.Add(1), time.Time.Compare)
			if next, ok := r.next(at); i < len(want) && (!ok || !next.Equal(want[i])) {
				t.Fatalf("%s from %s: after %s got %v, want %v", rec.Rule, rec.Anchor, at, next, want[i])
			}
		}
	})
	for _, shape := range []string{"recur.everyDays", "recur.everyWeeks", "recur.everyMonths", "recur.rest"} {
		if shapes[shape] == 0 && !testing.Short() { // which draws a fifth of them
			t.Errorf("no rule of shape %s was drawn: %v", shape, shapes)
		}
	}
}

// genRecurrence draws a rule of any kind in any odd zone.
func genRecurrence(t *rapid.T) data.Recurrence {
	rec := genRule(t)
	clock := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 1, 15, 30, 59}).Draw(t, "minute"))
	})
	if rapid.IntRange(0, 3).Draw(t, "cron") == 0 {
		rec.Rule, rec.Cron, rec.Start = "", rapid.SampledFrom([]string{
			"0 * * * *", "0,30 1-4 * * *", "59 23 * * *", "0 0,2 * * *", "15 2,3 1,15,31 * *", "15,30 2 * * *", "30 0,1 * * *", "30 2 * * 0,6", "0 2 29 2 *",
		}).Draw(t, "text"), ""
	} else {
		rec.Start = clock.Draw(t, "start")
	}
	if rec.Until = clock.Draw(t, "until"); rapid.Bool().Draw(t, "elapsed") {
		rec.Until, rec.Length = "", time.Duration(rapid.IntRange(1, 7*daySeconds).Draw(t, "length"))*time.Second
	} else {
		rec.Days = rapid.IntRange(0, 6).Draw(t, "days")
	}
	rec.Shift = rapid.IntRange(0, 31).Draw(t, "shift")
	rec.Zone = rapid.SampledFrom(allOddZones).Draw(t, "zone")
	return anchored(rec)
}

// TestBetween: ascending, none twice, none before the anchor, the same in pieces as in one, by instants as by dates.
func TestBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rec := genRecurrence(t)
		r, err := Compile(rec)
		if err != nil {
			if strings.Contains(err.Error(), "never falls") {
				t.Skip(err)
			}
			t.Fatalf("Compile(%+v): %v", rec, err)
		}
		from := r.first.AddDate(0, 0, rapid.IntRange(-40, 2000).Draw(t, "from")).Add(time.Duration(rapid.IntRange(0, daySeconds).Draw(t, "second")) * time.Second)
		days := rapid.IntRange(1, 800).Draw(t, "span")
		to := from.AddDate(0, 0, days)
		whole := r.Between(from, to)
		checkList(t, r, whole)
		for _, o := range whole {
			if o.Window.Start.Before(from) || !o.Window.Start.Before(to) {
				t.Fatalf("%v does not start in [%s, %s)", o, from, to)
			}
		}

		var pieces []Occasion
		for at := from; at.Before(to); {
			next := at.Add(time.Duration(rapid.Int64Range(1, int64(to.Sub(from)/time.Second)+1).Draw(t, "piece")) * time.Second)
			if next.After(to) {
				next = to
			}
			pieces, at = append(pieces, r.Between(at, next)...), next
		}
		if !slices.Equal(whole, pieces) {
			t.Fatalf("%+v\nin one    %v\nin pieces %v", rec, whole, pieces)
		}

		begin, middle, end := from.Format(time.DateOnly), from.AddDate(0, 0, days/2).Format(time.DateOnly), to.Format(time.DateOnly)
		byDate, _ := r.BetweenDates(begin, end)
		checkList(t, r, byDate)
		first, _ := r.BetweenDates(begin, middle)
		second, _ := r.BetweenDates(middle, end)
		if len(first)+len(second) != len(byDate) {
			t.Fatalf("%+v: %d windows by date in one, %d and %d in two", rec, len(byDate), len(first), len(second))
		}
		for _, o := range byDate {
			if o.Date < begin || o.Date >= end {
				t.Fatalf("%v is not in [%s, %s)", o, begin, end)
			}
			if again := r.Between(o.Window.Start, o.Window.Start.Add(1)); len(again) != 1 || again[0] != o {
				t.Fatalf("%v by date, %v by instant", o, again)
			}
		}

		if next, ok := r.Next(from.Add(-1)); len(whole) > 0 && (!ok || next != whole[0]) {
			t.Fatalf("%+v: Next(%s) = %v, %v, want %v", rec, from, next, ok, whole[0])
		}
	})
}

func checkList(t *rapid.T, r Rule, list []Occasion) {
	keys := map[string]bool{}
	earliest := r.first.AddDate(0, 0, r.plan.Shift).Format(time.DateOnly)
	for i, o := range list {
		if i > 0 && !list[i-1].Window.Start.Before(o.Window.Start) {
			t.Fatalf("%v is followed by %v", list[i-1], o)
		}
		if !o.Window.Start.Before(o.Window.End) || o.Window.Duration() > 9*24*time.Hour {
			t.Fatalf("%v lasts %s", o, o.Window.Duration())
		}
		if o.Date < earliest {
			t.Fatalf("%v lies before the anchor %s and its shift of %d", o, r.plan.Anchor, r.plan.Shift)
		}
		if key := fmt.Sprint(o.Date, o.Ordinal); keys[key] {
			t.Fatalf("two windows have date %s and ordinal %d", o.Date, o.Ordinal)
		} else {
			keys[key] = true
		}
	}
}

// TestOneRecyclePerDate: in every zone, for 40 years, each date that exists has exactly one start, at 02:00 or where the
// clock went from there. Zones with the same history are one case.
func TestOneRecyclePerDate(t *testing.T) {
	t.Parallel()
	done := map[string]bool{}
	for _, name := range zoneNames(t) {
		loc, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		history := fmt.Sprint(offset(loc, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()), transitions(loc, 2*daySeconds))
		if done[history] {
			continue
		}
		done[history] = true
		r := compile(t, with(recycle, func(r *data.Recurrence) { r.Zone, r.Anchor = name, "2000-01-01" }))
		list := between(t, r, "2000-01-01", "2040-01-01")
		day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, o := range list {
			local := o.Window.Start.In(loc)
			for dayOf(day) < dayOf(reading(0, local.Unix()+offset(loc, local.Unix()))) {
				// A date was left out: it must be one that the zone left out.
				noon := day.Add(12 * time.Hour).Unix()
				for at := noon - margin; at < noon+margin; at += 1800 {
					if dayOf(reading(0, at+offset(loc, at))) == dayOf(day) {
						t.Fatalf("%s: nothing starts on %s", name, day)
					}
				}
				day = day.AddDate(0, 0, 1)
			}
			if y, m, d := local.Date(); day != time.Date(y, m, d, 0, 0, 0, 0, time.UTC) || local.Hour() < 2 || local.Hour() > 5 {
				t.Fatalf("%s: a start at %s, where %s is next", name, local, day)
			}
			day = day.AddDate(0, 0, 1)
		}
		if want := "2040-01-01"; day.Format(time.DateOnly) != want {
			t.Fatalf("%s: ended on %s, want %s", name, day, want)
		}
	}
	if len(done) < least(150) {
		t.Errorf("only %d different zones were tried", len(done))
	}
}
