package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const (
	jan16 = data.OccurrenceKey("system|2026-01-16|all|0") // Fri 00:00-06:00 Oslo: 2026-01-15 23:00Z to 05:00Z
	jan30 = data.OccurrenceKey("system|2026-01-30|all|0")
)

func TestLay(t *testing.T) {
	m := datatest.Maintenance("system")
	got, err := scheduler.Lay([]data.Maintenance{m}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
	if err != nil || len(got) != 2 {
		t.Fatalf("Lay = %v, %v; want two occurrences", got, err)
	}
	o := got[jan16]
	if !o.Window.Start.Equal(at(t, "2026-01-15 23:00")) || !o.Window.End.Equal(at(t, "2026-01-16 05:00")) || o.Phase != data.Scheduled {
		t.Errorf("Lay: %+v", o)
	}
}

func TestLayVersions(t *testing.T) {
	old, changed := datatest.Maintenance("system"), datatest.Maintenance("system")
	changed.ValidFrom = at(t, "2026-01-20 00:00")
	changed.Recurrence.Until = "04:00"
	got, err := scheduler.Lay([]data.Maintenance{changed, old}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := got[jan16].Window.Duration(), got[jan30].Window.Duration(); a != 6*time.Hour || b != 4*time.Hour {
		t.Errorf("before the change %v, after it %v; want 6 h and 4 h", a, b)
	}
}

func TestLayBrokenPlan(t *testing.T) {
	good, bad := datatest.Maintenance("system"), datatest.Maintenance("bad")
	bad.Recurrence.Zone = "Berlin"
	got, err := scheduler.Lay([]data.Maintenance{bad, good}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
	if err == nil || !strings.Contains(err.Error(), "maintenance bad") || len(got) != 2 {
		t.Errorf("Lay = %d occurrences, %v; want the good plan's two and an error that names the bad one", len(got), err)
	}
}

func TestReconcile(t *testing.T) {
	lay := func(change func(*data.Maintenance)) map[data.OccurrenceKey]data.Occurrence {
		m := datatest.Maintenance("system")
		if change != nil {
			change(&m)
		}
		got, err := scheduler.Lay([]data.Maintenance{m}, at(t, "2026-01-10 00:00"), at(t, "2026-01-17 00:00"))
		if err != nil {
			t.Fatal(err)
		}
		return got
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
		got := scheduler.Reconcile(tt.is, tt.should, at(t, tt.now))
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
			if again := scheduler.Reconcile(is, tt.should, at(t, tt.now)); len(again) > 0 {
				t.Errorf("%s: planning again writes %v", tt.name, again)
			}
		}
	}
}

func TestOwed(t *testing.T) {
	now := at(t, "2026-01-13 00:00")
	base := datatest.Occurrence("system", at(t, "2026-01-15 23:00"))
	for _, tt := range []struct {
		name   string
		change func(*data.Occurrence)
		want   string
	}{
		{"scheduled", nil, "planned/0"},
		{"standing", func(o *data.Occurrence) { o.Standing = true }, ""},
		{"reserved", func(o *data.Occurrence) { o.Phase = data.Reserved }, ""},
		{"lapsed", func(o *data.Occurrence) { o.Phase = data.Lapsed }, ""},
		{"moved after it was told", func(o *data.Occurrence) { o.Revised = 2 }, "planned/0 changed/2"},
		{"cancelled before it was told", func(o *data.Occurrence) { o.Phase = data.Cancelled }, "planned/0 void"},
		{"cancelled after it was told", func(o *data.Occurrence) { o.Phase = data.Cancelled; o.Revised = 1 }, "planned/0 void cancelled/1"},
		{"completed", func(o *data.Occurrence) { o.Phase = data.Completed }, "planned/0"},
	} {
		o := base
		if tt.change != nil {
			tt.change(&o)
		}
		var words []string
		for _, b := range scheduler.Owed(o, now) {
			words = append(words, string(b.Kind)+"/"+string(rune('0'+b.Version)))
			if b.Void {
				words = append(words, "void")
			}
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("%s: Owed = %q, want %q", tt.name, got, tt.want)
		}
	}
	b := scheduler.Owed(base, now)[0]
	if b.Moment != base.Window.Start.Add(-72*time.Hour) || b.Banner != base.Window.Start.Add(-48*time.Hour) || b.Deadline != base.Window.Start.Add(-24*time.Hour) {
		t.Errorf("moments of %v: %v, %v, %v; want 72, 48 and 24 h before", base.Window.Start, b.Moment, b.Banner, b.Deadline)
	}
}
