package scheduler_test

import (
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/scheduler/plan"
)

// TestReconcileFreeze: a freeze that is added to a schedule which people know takes its windows back, or moves them, with a
// reason that names it, and is told (N11).
func TestReconcileFreeze(t *testing.T) {
	t.Parallel()
	lay := func(avoids ...data.Avoid) plan.Layout {
		m := datatest.Maintenance("system")
		m.Avoids = avoids
		got, err := plan.Lay([]data.Maintenance{m}, at(t, "2026-01-02 00:00"), at(t, "2026-01-28 00:00"))
		if err != nil {
			t.Fatal(err)
		}
		for key := range got.Windows {
			if key != jan16 {
				delete(got.Windows, key)
			}
		}
		return got
	}
	quiet := data.Avoid{Effect: data.EffectWithhold, Freeze: "quiet", From: "2026-01-16", Until: "2026-01-18"}
	later, earlier := quiet, quiet
	later.Effect, earlier.Effect, earlier.Earlier = data.EffectMove, data.EffectMove, true
	const days = "2026-01-16 lies in the freeze quiet (2026-01-16 to 2026-01-18)"
	for _, tt := range []struct {
		name       string
		is, should plan.Layout
		now        string
		want       string // phase, start, revised, what the last step says
	}{
		{"withheld before it was told", lay(), lay(quiet), "2026-01-05 00:00", "withdrawn 01-15 0 withheld: " + days},
		{"withheld after it was told", lay(), lay(quiet), "2026-01-14 00:00", "withdrawn 01-15 1 withheld: " + days},
		{"moved before it was told", lay(), lay(later), "2026-01-05 00:00", "scheduled 01-22 0 "},
		{"moved after it was told", lay(), lay(later), "2026-01-14 00:00", "scheduled 01-22 1 moved: " + days},
		{"moved earlier", lay(), lay(earlier), "2026-01-05 00:00", "scheduled 01-08 0 "},
		{"moved earlier than can be noticed", lay(), lay(earlier), "2026-01-08 00:00", "withdrawn 01-15 0 withheld: " + days + "; it cannot be noticed in time for 2026-01-08 23:00 UTC"},
		{"moved earlier than now", lay(), lay(earlier), "2026-01-14 00:00", "withdrawn 01-15 1 withheld: " + days + "; it cannot be noticed in time for 2026-01-08 23:00 UTC"},
		{"the freeze is taken away", lay(later), lay(), "2026-01-05 00:00", "scheduled 01-15 0 "},
		{"the freeze stays", lay(later), lay(later), "2026-01-20 00:00", ""},
		{"while it runs", lay(), lay(quiet), "2026-01-16 01:00", ""},
	} {
		got := scheduler.Reconcile(tt.is.Windows, tt.should, at(t, tt.now))
		text := ""
		for _, o := range got {
			why := ""
			if n := len(o.Steps); n > 0 {
				why = o.Steps[n-1].Why
			}
			text += strings.Join([]string{string(o.Phase), o.Window.Start.Format("01-02"), string(rune('0' + o.Revised)), why}, " ")
			is := map[data.OccurrenceKey]data.Occurrence{o.Key(): o}
			if again := scheduler.Reconcile(is, tt.should, at(t, tt.now)); len(again) > 0 {
				t.Errorf("%s: planning again writes %+v", tt.name, again)
			}
			if o.Phase == data.Withdrawn { // the freeze is taken away in time
				back := scheduler.Reconcile(is, lay(), at(t, tt.now))
				if len(back) != 1 || back[0].Phase != data.Scheduled || !back[0].Window.Start.Equal(at(t, "2026-01-15 23:00")) {
					t.Errorf("%s: without the freeze again: %+v", tt.name, back)
				}
			}
		}
		if text != tt.want {
			t.Errorf("%s: Reconcile = %q, want %q", tt.name, text, tt.want)
		}
	}
}
