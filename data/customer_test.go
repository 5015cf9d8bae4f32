package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// shares draws up to four cohorts with percentages that leave some over, and a rest.
func shares(t *rapid.T) Cohorts {
	var cs Cohorts
	left := 100
	for n := range rapid.IntRange(1, 4).Draw(t, "cohorts") {
		p := rapid.IntRange(0, left).Draw(t, "percent")
		left -= p
		cs = append(cs, Cohort{Slug: "c" + strconv.Itoa(n), Percent: p, Salt: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "salt")})
	}
	return append(cs, Cohort{Slug: "rest", Rest: true})
}

func customer(n int) string { return "Cust" + strconv.Itoa(n) }

// rank is the place of the cohort that a customer is in; the rest comes last.
func rank(cs Cohorts, id string) int {
	of := cs.Of(id)
	return slices.IndexFunc(cs, func(c Cohort) bool { return c.Slug == of })
}

// Each cohort gets its percentage, whatever the salts are: what is counted differs from it by no more than six standard
// deviations of a fair draw.
func TestSharesAreExact(t *testing.T) {
	t.Parallel()
	const customers = 4000
	rapid.Check(t, func(t *rapid.T) {
		cs := shares(t)
		got := map[string]int{}
		from := rapid.IntRange(0, 1e9).Draw(t, "from")
		for n := range customers {
			got[cs.Of(customer(from+n))]++
		}
		left := 100
		for _, c := range cs {
			share := float64(c.Percent) / 100
			if left -= c.Percent; c.Rest {
				share = float64(left) / 100
			}
			want, most := customers*share, 6*math.Sqrt(customers*share*(1-share))
			if math.Abs(float64(got[c.Slug])-want) > most {
				t.Errorf("%s of %+v has %d of %d customers, want %.0f ± %.0f", c.Slug, cs, got[c.Slug], customers, want, most)
			}
		}
	})
}

// A percentage that grows moves nobody who is before it or in it, and moves others towards the front only.
func TestGrowingMovesForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cs := shares(t)
		left := 100
		for _, c := range cs {
			left -= c.Percent
		}
		n := rapid.IntRange(0, len(cs)-2).Draw(t, "grows")
		grown := slices.Clone(cs)
		grown[n].Percent += rapid.IntRange(0, left).Draw(t, "by")
		last := n == len(cs)-2
		for i := range 500 {
			was, is := rank(cs, customer(i)), rank(grown, customer(i))
			switch {
			case was == is:
			case was <= n || is < n || is > was:
				t.Fatalf("%s moved from %d to %d when %d of %+v grew to %d", customer(i), was, is, n, cs, grown[n].Percent)
			case last && is != n:
				t.Fatalf("%s moved to %d, although only the last one, %d, grew", customer(i), is, n)
			}
		}
	})
}

// Nobody moves when names, lists of others or the identifier's neighbours change, and a list outranks every hash.
func TestListsComeFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cs := shares(t)
		other := slices.Clone(cs)
		n := rapid.IntRange(0, len(cs)-1).Draw(t, "lists")
		other[n].List, other[n].Name = []string{"Cust1", "Cust2"}, Words{"en": "some"}
		for i := range 200 {
			id, want := customer(i), cs.Of(customer(i))
			if slices.Contains(other[n].List, id) {
				want = other[n].Slug
			}
			if got := other.Of(id); got != want {
				t.Fatalf("%s is in %s, want %s", id, got, want)
			}
		}
	})
}

func TestNobodyTakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		cs   Cohorts
		want string
	}{
		{"no cohorts", nil, ""},
		{"none of the hundred", Cohorts{{Slug: "pilot"}}, ""},
		{"all of them", Cohorts{{Slug: "pilot", Percent: 100}}, "pilot"},
		{"more than there are", Cohorts{{Slug: "a", Percent: 100}, {Slug: "b", Percent: 50}}, "a"},
		{"the rest", Cohorts{{Slug: "a"}, {Slug: "rest", Rest: true}}, "rest"},
		{"the rest stands first", Cohorts{{Slug: "a", Rest: true}, {Slug: "b", Percent: 100}}, "b"},
	} {
		for n := range 50 {
			if got := tt.cs.Of(customer(n)); got != tt.want {
				t.Errorf("%s: %s is in %q, want %q", tt.name, customer(n), got, tt.want)
			}
		}
	}
}

// upgrade is a round that leads on a Tuesday evening, with the Friday that follows.
func upgrade(tuesday time.Time) Cycle {
	window := func(cohort string, start time.Time) Occurrence {
		return Occurrence{
			Maintenance: "application-" + cohort, Date: start.Format(time.DateOnly), Cohort: cohort, Ordinal: "0",
			Window: Window{start, start.Add(7 * time.Hour)}, Phase: Scheduled,
		}
	}
	return Cycle{window("pilot", tuesday), []Occurrence{window("rest", tuesday.AddDate(0, 0, 3))}}
}

func TestDivide(t *testing.T) {
	t.Parallel()
	tuesday := time.Date(2026, 1, 13, 21, 0, 0, 0, time.UTC)
	ten := Cohorts{{Slug: "pilot", Percent: 10}, {Slug: "rest", Rest: true}}
	half := Cohorts{{Slug: "pilot", Percent: 50, Name: Words{"en": "Half"}}, {Slug: "rest", Rest: true}}
	cycle := upgrade(tuesday)
	told, over := tuesday.Add(-DefaultPageLead), tuesday.AddDate(0, 0, 3).Add(7*time.Hour)
	if got := cycle.Span(); !got.Start.Equal(told) || !got.End.Equal(over) {
		t.Fatalf("the cycle spans %v, want %v to %v", got, told, over)
	}
	if got := Divide(nil, ten, []Cycle{cycle}, told.Add(-time.Second)); len(got) != 0 {
		t.Errorf("before anybody was told: %+v", got)
	}
	kept := Divide(nil, ten, []Cycle{cycle}, told)
	if len(kept) != 1 || kept[0].Cohorts[0].Percent != 10 {
		t.Fatalf("at its beginning: %+v", kept)
	}
	wednesday := tuesday.AddDate(0, 0, 1)
	if again := Divide(kept, half, []Cycle{cycle}, wednesday); fmt.Sprint(again) != fmt.Sprint(kept) {
		t.Errorf("a changed configuration: %+v, want %+v", again, kept)
	}
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{told.Add(-time.Second), 50}, {told, 10}, {wednesday, 10}, {over.Add(-time.Second), 10}, {over, 50}} {
		if got := InForce(kept, half, tt.at)[0]; got.Percent != tt.want || got.Name["en"] != "Half" {
			t.Errorf("in force at %v: %+v, want %d percent under today's name", tt.at, got, tt.want)
		}
	}
	late := upgrade(tuesday)
	late.Rest[0].Window.End = over.AddDate(0, 0, 7) // moved by a week
	late.Rest[0].OldWindow = cycle.Rest[0].Window
	if moved := Divide(kept, half, []Cycle{late}, wednesday); len(moved) != 1 || InForce(moved, half, over.AddDate(0, 0, 1))[0].Percent != 10 {
		t.Errorf("a Friday that was moved: %+v", moved)
	}
	next := upgrade(tuesday.AddDate(0, 0, 5)) // told of before the first is over
	both := Divide(kept, half, []Cycle{cycle, next}, over.Add(-time.Hour))
	if len(both) != 2 || both[1].Cohorts[0].Percent != 10 {
		t.Errorf("a cycle that overlaps takes the division in force: %+v", both)
	}
}

// Whatever is configured when, nobody moves within a cycle.
func TestNobodyMovesWithinACycle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var kept []Division
		var cycles []Cycle
		begin := time.Date(2026, 1, 13, 21, 0, 0, 0, time.UTC)
		for n := range 4 {
			cycles = append(cycles, upgrade(begin.AddDate(0, 0, 21*n)))
		}
		configured := shares(t)
		seen := map[OccurrenceKey]string{} // of the cycle, who is where
		for now := begin.AddDate(0, 0, -5); now.Before(begin.AddDate(0, 0, 80)); now = now.Add(6 * time.Hour) {
			kept = Divide(kept, configured, cycles, now)
			if rapid.IntRange(0, 7).Draw(t, "configure") == 0 {
				configured = shares(t)
			}
			for _, c := range cycles {
				if !c.Span().Contains(now) {
					continue
				}
				where := ""
				for id := range 20 {
					where += InForce(kept, configured, now).Of(customer(id)) + " "
				}
				if was := seen[c.Lead.Key()]; was != "" && was != where {
					t.Fatalf("somebody moved in the cycle of %s at %v: %s, was %s", c.Lead.Key(), now, where, was)
				}
				seen[c.Lead.Key()] = where
			}
		}
	})
}
