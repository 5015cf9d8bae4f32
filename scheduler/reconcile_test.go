package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/scheduler/plan"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const jan16 = data.OccurrenceKey("system|2026-01-16|all|0") // Fri 00:00-06:00 Oslo: 2026-01-15 23:00Z to 05:00Z

func TestReconcile(t *testing.T) {
	lay := func(change func(*data.Maintenance)) map[data.OccurrenceKey]data.Occurrence {
		m := datatest.Maintenance("system")
		if change != nil {
			change(&m)
		}
		got, err := plan.Lay([]data.Maintenance{m}, at(t, "2026-01-10 00:00"), at(t, "2026-01-17 00:00"))
		if err != nil {
			t.Fatal(err)
		}
		return got.Windows
	}
	nothing := map[data.OccurrenceKey]data.Occurrence{}
	shorter := func(m *data.Maintenance) { m.Recurrence.Until = "04:00" }
	with := func(change func(*data.Occurrence)) map[data.OccurrenceKey]data.Occurrence {
		all := lay(nil)
		o := all[jan16]
		change(&o)
		all[jan16] = o
		return all
	}
	const early, told, late, running, after = "2026-01-10 00:00", "2026-01-13 00:00", "2026-01-15 12:00", "2026-01-16 01:00", "2026-01-16 05:00"
	for _, tt := range []struct {
		name       string
		is, should map[data.OccurrenceKey]data.Occurrence
		now        string
		want       string // phase, length, revised, short?; empty means nothing to write
	}{
		{"new", nothing, lay(nil), early, "scheduled 6h0m0s 0"},
		{"new and too late for the notice", nothing, lay(nil), late, "scheduled 6h0m0s 0 laid out 11h0m0s before its start"},
		{"new and running", nothing, lay(nil), running, "scheduled 6h0m0s 0 laid out 0s before its start"},
		{"new and over", nothing, lay(nil), after, ""},
		{"known", lay(nil), lay(nil), early, ""},
		{"changed before it was told", lay(nil), lay(shorter), early, "scheduled 4h0m0s 0"},
		{"changed after it was told", lay(nil), lay(shorter), told, "scheduled 4h0m0s 1"},
		{"changed while it runs", with(func(o *data.Occurrence) { o.Phase = data.InProgress }), lay(shorter), running, ""},
		{"steered", with(func(o *data.Occurrence) { o.Steered = true }), lay(shorter), early, ""},
		{"no longer planned, not told", lay(nil), nothing, early, "withdrawn 6h0m0s 0"},
		{"no longer planned, told", lay(nil), nothing, told, "withdrawn 6h0m0s 1"},
		{"no longer planned, steered", with(func(o *data.Occurrence) { o.Steered = true }), nothing, told, ""},
		{"withdrawn stays", with(func(o *data.Occurrence) { o.Phase = data.Withdrawn }), nothing, told, ""},
		{"withdrawn and planned again", with(func(o *data.Occurrence) { o.Phase = data.Withdrawn }), lay(nil), early, "scheduled 6h0m0s 0"},
		{"withdrawn, told, planned again", with(func(o *data.Occurrence) { o.Phase = data.Withdrawn; o.Revised = 1 }), lay(nil), told, "scheduled 6h0m0s 2"},
		{"cancelled by a person", with(func(o *data.Occurrence) { o.Phase = data.Cancelled }), lay(nil), early, ""},
		{"completed", with(func(o *data.Occurrence) { o.Phase = data.Completed }), nothing, early, ""},
	} {
		got := scheduler.Reconcile(tt.is, plan.Layout{Windows: tt.should}, at(t, tt.now))
		var text string
		if len(got) == 1 {
			o := got[0]
			text = strings.TrimSpace(strings.Join([]string{string(o.Phase), o.Window.Duration().String(), string(rune('0' + o.Revised)), o.Short}, " "))
		}
		if len(got) > 1 || text != tt.want {
			t.Errorf("%s: Reconcile = %v (%q), want %q", tt.name, got, text, tt.want)
		}
		for _, o := range got { // writing it and planning again changes nothing
			is := map[data.OccurrenceKey]data.Occurrence{o.Key(): o}
			if again := scheduler.Reconcile(is, plan.Layout{Windows: tt.should}, at(t, tt.now)); len(again) > 0 {
				t.Errorf("%s: planning again writes %v", tt.name, again)
			}
		}
	}
}
