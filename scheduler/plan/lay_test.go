package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
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

const (
	jan16 = data.OccurrenceKey("system|2026-01-16|all|0") // Fri 00:00-06:00 Oslo: 2026-01-15 23:00Z to 05:00Z
	jan30 = data.OccurrenceKey("system|2026-01-30|all|0")
)

func TestLay(t *testing.T) {
	m := datatest.Maintenance("system")
	got, err := plan.Lay([]data.Maintenance{m}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
	if err != nil || len(got.Windows) != 2 {
		t.Fatalf("Lay = %v, %v; want two occurrences", got, err)
	}
	o := got.Windows[jan16]
	if !o.Window.Start.Equal(at(t, "2026-01-15 23:00")) || !o.Window.End.Equal(at(t, "2026-01-16 05:00")) || o.Phase != data.Scheduled {
		t.Errorf("Lay: %+v", o)
	}
}

func TestLayVersions(t *testing.T) {
	old, changed := datatest.Maintenance("system"), datatest.Maintenance("system")
	changed.ValidFrom = at(t, "2026-01-20 00:00")
	changed.Recurrence.Until = "04:00"
	got, err := plan.Lay([]data.Maintenance{changed, old}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := got.Windows[jan16].Window.Duration(), got.Windows[jan30].Window.Duration(); a != 6*time.Hour || b != 4*time.Hour {
		t.Errorf("before the change %v, after it %v; want 6 h and 4 h", a, b)
	}
}

func TestLayBrokenPlan(t *testing.T) {
	good, bad := datatest.Maintenance("system"), datatest.Maintenance("bad")
	bad.Recurrence.Zone = "Berlin"
	got, err := plan.Lay([]data.Maintenance{bad, good}, at(t, "2026-01-10 00:00"), at(t, "2026-02-01 00:00"))
	if err == nil || !strings.Contains(err.Error(), "maintenance bad") || len(got.Windows) != 2 {
		t.Errorf("Lay = %d occurrences, %v; want the good plan's two and an error that names the bad one", len(got.Windows), err)
	}
}
