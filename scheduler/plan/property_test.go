package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler/plan"
)

// naive lays out day by day, with dates and clock readings alone. All moves go the same way.
type naive struct {
	zone   *time.Location
	bad    map[string]map[calendar.Date]data.Effect // by plan
	before map[data.OccurrenceKey]data.Window
	after  map[data.OccurrenceKey]data.Window
}

func newNaive(t *rapid.T, zone *time.Location, plans []data.Maintenance, nominal []data.Occurrence) naive {
	n := naive{zone, map[string]map[calendar.Date]data.Effect{}, map[data.OccurrenceKey]data.Window{}, map[data.OccurrenceKey]data.Window{}}
	worse := []data.Effect{"", data.EffectWarn, data.EffectMove, data.EffectWithhold}
	for _, m := range plans {
		bad := map[calendar.Date]data.Effect{}
		note := func(date calendar.Date, e data.Effect) {
			if slices.Index(worse, e) > slices.Index(worse, bad[date]) {
				bad[date] = e
			}
		}
		for _, a := range m.Avoids {
			if a.Freeze != "" {
				from, err1 := calendar.ParseDate(a.From)
				until, err2 := calendar.ParseDate(a.Until)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				for d := from; d <= until; d++ {
					note(d, a.Effect)
				}
				continue
			}
			set, err := calendar.New(a.Territories, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range set.Calendars() {
				for year := 2024; year < 2039; year++ {
					for _, h := range c.Holidays(year) {
						if h.Public || a.Customary {
							note(h.Date, a.Effect)
						}
					}
				}
			}
		}
		n.bad[m.Slug] = bad
		last := data.Occurrence{}
		for _, o := range nominal {
			if o.Maintenance != m.Slug {
				continue
			}
			if last.Maintenance != "" {
				n.before[o.Key()], n.after[last.Key()] = last.Window, o.Window
			}
			last = o
		}
	}
	return n
}

// worst is the worst that a window of a plan meets, asked at each full hour: all begin on one.
func (n naive) worst(slug string, w data.Window) data.Effect {
	found := map[data.Effect]bool{}
	for at := w.Start; at.Before(w.End); at = at.Add(time.Hour) {
		found[n.bad[slug][calendar.DateOf(at.In(n.zone))]] = true
	}
	found[n.bad[slug][calendar.DateOf(w.End.Add(-time.Second).In(n.zone))]] = true
	for _, e := range []data.Effect{data.EffectWithhold, data.EffectMove, data.EffectWarn} {
		if found[e] {
			return e
		}
	}
	return ""
}

// moved is a window so many days later on the clock.
func (n naive) moved(w data.Window, days int) data.Window {
	a, b := w.Start.In(n.zone), w.End.In(n.zone)
	return data.Window{
		Start: time.Date(a.Year(), a.Month(), a.Day()+days, a.Hour(), a.Minute(), 0, 0, n.zone),
		End:   time.Date(b.Year(), b.Month(), b.Day()+days, b.Hour(), b.Minute(), 0, 0, n.zone),
	}
}

// place says by how many days a pair, or one window, is moved; false where it is withheld.
func (n naive) place(os []data.Occurrence, step, within int) (int, bool) {
	all := func(days int, e data.Effect) bool {
		return slices.ContainsFunc(os, func(o data.Occurrence) bool { return n.worst(o.Maintenance, n.moved(o.Window, days)) == e })
	}
	if all(0, data.EffectWithhold) {
		return 0, false
	}
	if !all(0, data.EffectMove) {
		return 0, true
	}
	for days := step; max(days, -days) <= within; days += step {
		for _, o := range os {
			w := n.moved(o.Window, days)
			if next, ok := n.after[o.Key()]; ok && w.End.After(next.Start) {
				return 0, false
			}
			if last, ok := n.before[o.Key()]; ok && w.Start.Before(last.End) {
				return 0, false
			}
		}
		if !all(days, data.EffectWithhold) && !all(days, data.EffectMove) {
			return days, true
		}
	}
	return 0, false
}

func genAvoids(t *rapid.T, step int, within int, earlier bool) []data.Avoid {
	var out []data.Avoid
	effect := rapid.SampledFrom([]data.Effect{data.EffectWarn, data.EffectMove, data.EffectMove, data.EffectWithhold})
	for i := range rapid.IntRange(0, 12).Draw(t, "freezes") {
		from := calendar.On(2026, 1, 1) + calendar.Date(rapid.IntRange(-20, 3700).Draw(t, "from"))
		until := from + calendar.Date(rapid.SampledFrom([]int{0, 0, 1, 3, 10, 17, 40}).Draw(t, "days"))
		out = append(out, data.Avoid{Effect: effect.Draw(t, "effect"), Freeze: fmt.Sprint("f", i), From: from.String(), Until: until.String()})
	}
	for range rapid.IntRange(0, 2).Draw(t, "holidays") {
		out = append(out, data.Avoid{
			Effect: effect.Draw(t, "effect"), Customary: rapid.Bool().Draw(t, "customary"),
			Territories: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"no", "se", "dk", "de", "fi"}), 1, 3, rapid.ID).Draw(t, "territories"),
		})
	}
	for i := range out {
		out[i].Step, out[i].Within, out[i].Earlier = step, within, earlier
	}
	return out
}

// TestAvoidsAsDayByDay: for ten years, with any freezes and holidays, every window that a rule makes is laid out, moved or
// withheld where a naive version says; no window touches a day that is not free, pairs stay three days apart, and windows of a plan do
// not meet. A piece of the span comes out as it does in the whole.
func TestAvoidsAsDayByDay(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		step, earlier := rapid.SampledFrom([]int{1, 2, 7}).Draw(t, "step"), rapid.Bool().Draw(t, "earlier")
		within := rapid.SampledFrom([]int{7, 20, 56}).Draw(t, "within")
		plans := upgrades(genAvoids(t, step, within, earlier), genAvoids(t, step, within, earlier))
		system := datatest.Maintenance("system")
		system.Avoids = genAvoids(t, step, within, earlier)
		plans = append(plans, system)
		const from, to = "2026-01-01", "2036-01-01"
		got, err := plan.LayDates(plans, from, to)
		if err != nil {
			t.Fatal(err)
		}
		bare := slices.Clone(plans)
		for i := range bare {
			bare[i].Avoids = nil
		}
		around, err := plan.LayDates(bare, "2025-06-01", "2036-06-01")
		if err != nil {
			t.Fatal(err)
		}
		nominal := around.InOrder()
		n := newNaive(t, zone, plans, nominal)
		signed := step
		if earlier {
			signed = -step
		}
		last := map[string]data.Occurrence{}
		for _, o := range nominal {
			pair := []data.Occurrence{o}
			if partner, ok := around.Windows[o.Follows]; ok {
				pair = append(pair, partner)
			}
			for _, p := range nominal {
				if p.Follows == o.Key() {
					pair = append(pair, p)
				}
			}
			if o.Date < from || o.Date >= to {
				continue
			}
			days, laid := n.place(pair, signed, within)
			have, ok := got.Windows[o.Key()]
			withheld, off := got.Withheld[o.Key()]
			_, moved := got.Moved[o.Key()]
			if ok == off || ok != laid || off && withheld.Why == "" || moved != (ok && days != 0) {
				t.Fatalf("%s: laid out %v, withheld %q, moved %q; want laid out %v, by %d days", o.Key(), ok, withheld.Why, got.Moved[o.Key()], laid, days)
			}
			if !ok {
				seen["withheld"]++
				continue
			}
			if want := n.moved(o.Window, days); !have.Window.Equal(want) || have.Date != o.Date {
				t.Fatalf("%s: %v, want %v (%d days)", o.Key(), have.Window, want, days)
			}
			if e := n.worst(o.Maintenance, have.Window); e == data.EffectMove || e == data.EffectWithhold || (e == data.EffectWarn) != (have.Warning != "") {
				t.Fatalf("%s touches a day to %s, and its warning is %q", o.Key(), e, have.Warning)
			}
			if partner, ok := got.Windows[o.Follows]; o.Follows != "" && o.Date > "2026-01-16" && (!ok || !partner.Window.Equal(n.moved(have.Window, -3))) {
				t.Fatalf("%s is %v, and what it follows %v", o.Key(), have.Window, partner.Window)
			}
			if before := last[o.Maintenance]; before.Maintenance != "" && before.Window.End.After(have.Window.Start) {
				t.Fatalf("%s meets %s", o.Key(), before.Key())
			}
			last[o.Maintenance] = have
			seen[fmt.Sprint("moved ", days != 0)]++
		}
		if len(got.Windows)+len(got.Withheld) > len(nominal) {
			t.Fatal("there are more windows than the rules make")
		}
		a := time.Date(2026, 1, rapid.IntRange(1, 3000).Draw(t, "a"), rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, time.UTC)
		b := a.AddDate(0, 0, rapid.IntRange(1, 500).Draw(t, "b"))
		piece, err := plan.Lay(plans, a, b)
		if err != nil {
			t.Fatal(err)
		}
		whole := map[data.OccurrenceKey]data.Occurrence{}
		for key, o := range got.Windows {
			if !o.Window.Start.Before(a) && o.Window.Start.Before(b) {
				whole[key] = o
			}
		}
		same := func(x, y data.Occurrence) bool { return x.Window.Equal(y.Window) && x.Warning == y.Warning }
		if b.Year() < 2035 && a.Year() > 2026 && !maps.EqualFunc(piece.Windows, whole, same) {
			t.Fatalf("in [%s, %s) %d windows, in the whole %d", a, b, len(piece.Windows), len(whole))
		}
	})
	if seen["withheld"] == 0 || seen["moved true"] == 0 || seen["moved false"] == 0 {
		t.Errorf("not every case was drawn: %v", seen)
	}
}
