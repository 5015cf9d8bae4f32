package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

func TestBeat(t *testing.T) {
	d := newDesk(t)
	sync := data.Probe{Name: "sync", Component: "login", Cohort: data.AllCustomers, Kind: data.ProbeHeartbeat, Interval: time.Minute}
	gone := sync
	gone.Name, gone.Retired = "gone", true
	for _, p := range []data.Probe{sync, gone, datatest.Probe("front", "login")} {
		if err := d.store.Update(t.Context(), func(tx data.Tx) error { return tx.Probes().Put(p) }); err != nil {
			t.Fatal(err)
		}
	}
	secret := d.token(`{"name":"sync","scopes":["probe.beat"]}`).Secret
	entries := func() (n int) {
		d.view(func(tx data.Tx) error {
			all, err := data.All(tx.Audit().Range("", ""))
			n = len(all)
			return err
		})
		return n
	}
	written := entries()
	for _, c := range []struct {
		probe, body string
		status      int
		want        string // in the answer
	}{
		{"sync", `{}`, 200, `"level":"operational"`},
		{"sync", `{"level":"degraded","detail":" The queue is long. ","latency_ms":1500}`, 200, `"The queue is long."`},
		{"sync", `{"level":"no_data"}`, 422, `"level"`},
		{"sync", `{"level":"fine"}`, 422, "use operational, degraded"},
		{"sync", `{"latency_ms":-1}`, 422, `"latency_ms"`},
		{"sync", `{"latency_ms":604800001}`, 422, `"latency_ms"`},
		{"sync", `{"detail":"a\nb"}`, 422, `"detail"`},
		{"sync", `{"detail":"` + strings.Repeat("x", 161) + `"}`, 422, `"detail"`},
		{"sync", `{"levle":"degraded"}`, 422, `"levle"`},
		{"sink", `{}`, 404, "sink"},
		{"gone", `{}`, 404, "gone"},
		{"front", `{}`, 409, "only one of kind heartbeat"},
	} {
		status, answer := d.do(nil, "POST", "/api/v1/probes/"+c.probe+"/beat", c.body, "Authorization", "Bearer "+secret)
		if status != c.status || !strings.Contains(answer, c.want) {
			t.Errorf("%s %s: %d %s, want %d and %s", c.probe, c.body, status, answer, c.status, c.want)
		}
	}
	for range 80 { // more than people may write in a minute
		if status, answer := d.do(nil, "POST", "/api/v1/probes/sync/beat", `{"level":"partial_outage"}`, "Authorization", "Bearer "+secret, "Idempotency-Key", "k"); status != 200 {
			t.Fatalf("a beat: %d %s", status, answer)
		}
	}
	if n := entries(); n != written {
		t.Errorf("heartbeats wrote %d entries in the audit log", n-written)
	}
	d.view(func(tx data.Tx) error {
		b, err := tx.Beats().Get("sync")
		if b.Level != data.PartialOutage || b.By != "token:sync" || time.Since(b.At) > time.Minute || b.Detail != "" || b.Latency != 0 {
			t.Errorf("kept is %+v", b)
		}
		return err
	})
	for _, path := range []string{"/api/v1/incidents", "/api/v1/probes/sync/nothing"} {
		status, answer := d.do(nil, "POST", path, `{"title":"x","components":{"login":"degraded"}}`, "Authorization", "Bearer "+secret)
		if status != 403 && status != 404 {
			t.Errorf("with the scope probe.beat alone, %s: %d %s", path, status, answer)
		}
	}
	var b api.Beat
	status, answer := d.do(&root, "POST", "/api/v1/probes/sync/beat", `{"latency_ms":1500}`)
	if err := json.Unmarshal([]byte(answer), &b); status != 200 || err != nil || b.Latency != 1500 || b.Probe != "sync" {
		t.Errorf("on the host: %d %s", status, answer)
	}
}
