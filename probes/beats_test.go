package probes

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestBeatsReachTheRunner sees that what is kept of heartbeats is what is judged: up while they come, out when they stop.
func TestBeatsReachTheRunner(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		w.options.Compile = nil
		w.probe("sync", "calendar-sync", func(p *data.Probe) { p.Kind, p.Target = data.ProbeHeartbeat, "" })
		w.start()
		for range 10 {
			w.update(func(tx data.Tx) error {
				return tx.Beats().Put(data.Beat{Probe: "sync", At: time.Now().UTC(), Level: data.Operational, Latency: time.Second})
			})
			pass(time.Minute)
		}
		if got := levels(w.story("calendar-sync")); got != "operational" {
			t.Errorf("while heartbeats come: %s", got)
		}
		pass(5 * time.Minute)
		if got := levels(w.story("calendar-sync")); got != "operational major_outage open" {
			t.Errorf("when they stop: %s (%s)", got, w.story("calendar-sync"))
		}
	})
}
