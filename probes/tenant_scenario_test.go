package probes

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
)

// TestTenantScenario is that of DOMAIN.md 6, with the hours of another day: a pilot tenant is offline for maintenance for 14 minutes,
// later suspended, and later still unknown. Inside a window the 14 minutes are excluded, outside of one they count; the others
// are no outage at all.
func TestTenantScenario(t *testing.T) {
	t.Parallel()
	for _, planned := range []bool{true, false} {
		bubble(t, func(t *testing.T, w *world) {
			is := func(level data.Level, why data.Reason) { // as the kind's own tests have it
				w.set("tenant", level, why)
			}
			w.probe("tenant", "crm-read", func(p *data.Probe) { p.Cohort, p.Kind = "pilot", data.ProbeTenant })
			is(data.Operational, "")
			w.start()
			pass(22*time.Hour + 10*time.Minute)
			is(data.MajorOutage, data.ReasonMaintenance)
			pass(14 * time.Minute)
			is(data.Operational, "") // maintained, and running
			pass(time.Hour)
			is(data.NoData, data.ReasonLeftOut)
			pass(time.Hour)
			is(data.NoData, data.ReasonUnsure)
			pass(time.Hour)
			w.stop()

			var r ledger.Records
			w.update(func(tx data.Tx) (err error) {
				if r.Outages, err = data.All(tx.Outages().Range("", "")); err != nil {
					return err
				}
				from, to := data.MarksOf("crm-read", data.FromProbe)
				r.Marks, err = data.All(tx.Marks().Range(from, to))
				return err
			})
			r.Components = []data.Component{datatest.Component("crm-read")}
			if len(r.Outages) != 1 || r.Outages[0].Cohort != "pilot" || r.Outages[0].Reason != string(data.ReasonMaintenance) {
				t.Fatalf("outages: %+v", r.Outages)
			}
			lasted := r.Outages[0].Ended.Sub(r.Outages[0].Started)
			if lasted < 13*time.Minute || lasted > 15*time.Minute {
				t.Errorf("it was offline for %s, want about 14 minutes", lasted)
			}
			if planned {
				window := datatest.Occurrence("upgrade", epoch.Add(22*time.Hour))
				window.Cohort, window.Components, window.Phase = "pilot", []string{"crm-read"}, data.Completed
				window.Window.End = epoch.Add(22*time.Hour + 30*time.Minute)
				window.Ended = window.Window.End
				r.Occurrences = []data.Occurrence{window}
			}
			rows := r.Rows(epoch, time.Now(), time.Now())
			want := int64(lasted / time.Second)
			if planned {
				want = 0
			}
			if got := ledger.Uptime(rows.Spans(epoch, time.Now(), ledger.Selection{}), ledger.Contract).Downtime; got != want {
				t.Errorf("planned %v: %d s of downtime in the contract's count, want %d", planned, got, want)
			}
			if n := len(rows.Unobserved); n == 0 {
				t.Error("while the tenant was suspended something is claimed to be known")
			}
		})
	}
}
