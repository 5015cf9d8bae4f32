package recur

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestOrdinals: several windows a day are counted by their readings, so that a change of clocks renames none of them.
func TestOrdinals(t *testing.T) {
	t.Parallel()
	hourly := data.Recurrence{Zone: "Europe/Oslo", Cron: "0 * * * *", Anchor: "2026-01-01", Length: time.Minute}
	for _, c := range []struct {
		date     string
		ordinals []int // left out
		count    int
	}{
		{"2026-03-28", nil, 24},
		{"2026-03-29", []int{2}, 23}, // 02:00 does not exist and would run with 03:00
		{"2026-10-25", nil, 24},      // 02:00 comes twice and runs once
	} {
		day, _ := time.Parse(time.DateOnly, c.date)
		list := between(t, compile(t, hourly), c.date, day.AddDate(0, 0, 1).Format(time.DateOnly))
		var want, got []int
		for i := range 24 {
			if !slices.Contains(c.ordinals, i) {
				want = append(want, i)
			}
		}
		for _, o := range list {
			got = append(got, o.Ordinal)
		}
		if len(list) != c.count || !slices.Equal(got, want) {
			t.Errorf("%s: got %d windows with ordinals %v, want %d with %v", c.date, len(list), got, c.count, want)
		}
	}
}

// TestLateStart: a skipped start runs after one that follows it on the clock, and the list is in the order they run.
func TestLateStart(t *testing.T) {
	t.Parallel()
	r := compile(t, data.Recurrence{Zone: "Europe/Oslo", Cron: "0,30 2,3 * * *", Anchor: "2026-01-01", Length: time.Minute})
	var got []string
	var ordinals []int
	for _, o := range between(t, r, "2026-03-29", "2026-03-30") {
		got, ordinals = append(got, o.Window.Start.Format("15:04")), append(ordinals, o.Ordinal)
	}
	if want := []string{"01:00", "01:30"}; !slices.Equal(got, want) || !slices.Equal(ordinals, []int{2, 3}) {
		t.Errorf("got %v with ordinals %v, want %v with [2 3]", got, ordinals, want)
	}
	// Half an hour is skipped from 02:00 on: 02:15 runs at 02:45, after 02:30.
	r = compile(t, data.Recurrence{Zone: "Australia/Lord_Howe", Cron: "15,30 2 * * *", Anchor: "2026-01-01", Length: time.Minute})
	got, ordinals = nil, nil
	for _, o := range between(t, r, "2026-10-04", "2026-10-05") {
		got, ordinals = append(got, o.Window.Start.Format("15:04")), append(ordinals, o.Ordinal)
	}
	if want := []string{"15:30", "15:45"}; !slices.Equal(got, want) || !slices.Equal(ordinals, []int{1, 0}) {
		t.Errorf("got %v with ordinals %v, want %v with [1 0]", got, ordinals, want)
	}
	r = compile(t, data.Recurrence{Zone: "Europe/Oslo", Cron: "20,0 2-3 * * *", Anchor: "2026-03-29", Length: time.Minute})
	first, ok := r.Next(time.Time{})
	if want := instant(t, "2026-03-29T01:00Z"); !ok || first.Window.Start != want || first.Ordinal != 2 {
		t.Errorf("first window: got %v, want one at %s", first, want)
	}
}

// TestEnds: rules with an end stop there, and nothing lies before the anchor.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rec   data.Recurrence
		want  []string
		until string // far beyond the end, where the rule has one
	}{
		{with(system, func(r *data.Recurrence) { r.Rule += ";COUNT=3" }), []string{"2026-01-02", "2026-01-16", "2026-01-30"}, "2400-01-01"},
		{with(system, func(r *data.Recurrence) { r.Rule += ";UNTIL=20260130" }), []string{"2026-01-02", "2026-01-16", "2026-01-30"}, "2400-01-01"},
		{with(system, func(r *data.Recurrence) { r.Rule += ";UNTIL=20260129" }), []string{"2026-01-02", "2026-01-16"}, "2400-01-01"},
		{with(system, func(r *data.Recurrence) { r.Rule, r.Shift = r.Rule+";UNTIL=20260102", 3 }), []string{"2026-01-05"}, "2400-01-01"},
		{with(system, func(r *data.Recurrence) {
			r.Rule, r.Anchor = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "2026-01-30"
		}), []string{"2026-01-30", "2026-02-27"}, "2400-01-01"},
		{with(system, func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=YEARLY;COUNT=2", "2199-12-31" }), []string{"2199-12-31", "2200-12-31"}, "2400-01-01"},
		{data.Recurrence{Zone: "Europe/Oslo", Cron: "0 2 29 2 *", Anchor: "2096-02-29", Until: "03:00"}, []string{"2096-02-29", "2104-02-29"}, "2105-01-01"},
		{with(system, func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=YEARLY;INTERVAL=100", "2199-12-31" }), []string{"2199-12-31", "2299-12-31", "2399-12-31"}, "9999-01-01"},
	} {
		r := compile(t, c.rec)
		if got := dates(between(t, r, "1990-01-01", c.until)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", r, got, c.want)
		}
		var got []string
		for o, ok := r.Next(time.Time{}); ok && o.Date < c.until; o, ok = r.Next(o.Window.Start) {
			got = append(got, o.Date)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: Next goes %v, want %v", r, got, c.want)
		}
	}
}

// TestEdges: empty and inverted spans, dates that are none, and the zero Rule.
func TestEdges(t *testing.T) {
	t.Parallel()
	r := compile(t, system)
	start := instant(t, "2026-01-15T23:00Z")
	if got := r.Between(start, start); got != nil {
		t.Errorf("an empty span holds %v", got)
	}
	if got := r.Between(start.Add(time.Hour), start); got != nil {
		t.Errorf("an inverted span holds %v", got)
	}
	if got := r.Between(start, start.Add(1)); len(got) != 1 {
		t.Errorf("a span that begins with the window holds %v", got)
	}
	if got := r.Between(start.Add(-time.Hour), start); len(got) != 0 {
		t.Errorf("a span that ends where the window starts holds %v", got)
	}
	if got := r.Between(time.Time{}, time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)); len(got) != 0 {
		t.Errorf("before the anchor: %v", got)
	}
	for _, c := range []struct{ from, to, field string }{
		{"2026-02-30", "2027-01-01", "from"}, {"2026-01-01", "", "to"}, {"2027-01-01", "2026-01-01", "to"},
	} {
		_, err := r.BetweenDates(c.from, c.to)
		var fault *data.Error
		if !errors.As(err, &fault) || fault.Field != c.field {
			t.Errorf("BetweenDates(%q, %q): got %v, want a fault in %s", c.from, c.to, err, c.field)
		}
	}
	var zero Rule
	if _, ok := zero.Next(start); ok || zero.Between(start, start.AddDate(1, 0, 0)) != nil {
		t.Error("the zero Rule plans something")
	}
}
