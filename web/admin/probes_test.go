package admin_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// probed puts a probe with a bad run and a day of samples into the store, and returns that day in the schedule's zone.
func (w *world) probed() string {
	w.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	noon := time.Date(now.Year(), now.Month(), now.Day()-1, 12, 0, 0, 0, time.UTC)
	p := datatest.Probe(`front`, "login")
	p.Origin, p.Headers = "statusd.yaml:12", map[string]string{"Authorization": "hunter2"}
	block := data.Block{Probe: "front", Place: data.Here, Day: data.BlockDay(noon)}
	recent := data.Recent{Probe: "front", Place: data.Here}
	for i := range 60 {
		s := data.Sample{
			Probe: "front", Place: data.Here, At: noon.Add(time.Duration(i) * time.Minute), Level: data.Operational, Latency: 80 * time.Millisecond,
			Phases: data.Phases{Resolve: 2 * time.Millisecond, Processing: 70 * time.Millisecond},
		}
		if i == 55 {
			s.Level, s.Reason, s.Detail = data.MajorOutage, data.ReasonStatus, `503 <script>alert("x")</script>`
			s.Steps = []data.StepRun{{Name: "sign in", Level: data.MajorOutage, Reason: data.ReasonStatus}}
		}
		if err := block.Append(s); err != nil {
			w.Fatal(err)
		}
		recent = recent.Add(s)
	}
	m := datatest.Mark("login", noon, data.Operational)
	outage := datatest.Outage("login", noon.Add(55*time.Minute))
	outage.Ended = noon.Add(56 * time.Minute)
	err := w.store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(tx.Probes().Put(p), tx.Blocks().Put(block), tx.Recents().Put(recent), tx.Marks().Put(m), tx.Outages().Put(outage))
	})
	if err != nil {
		w.Fatal(err)
	}
	return noon.In(w.zone()).Format(time.DateOnly)
}

func TestProbePages(t *testing.T) {
	w := newWorld(t)
	if a := w.get(data.Viewer, "/probes"); a.status != 200 || !strings.Contains(a.body, "There is none.") {
		t.Errorf("without probes: %d", a.status)
	}
	day := w.probed()
	for _, tt := range []struct {
		path string
		want []string
	}{
		{"/probes", []string{`href="/probes/front"`, "Operational", "80 ms", "every 1 minute", `data-live="probes"`}},
		{"/probes/front", []string{"statusd.yaml:12", "[hidden]", "another HTTP status</b>", "503 &lt;script&gt;", `aria-label="resolve 2.0 ms, processing 70 ms"`, "sign in", `action="/probes/front"`, "From local"}},
		{"/probes/front/" + day, []string{`class="chart"`, "60 samples: 59 good, 1 bad", "98.3333 %", "cannot read or write, ours: no connection", `rel="prev"`, "<option>local</option>", "/api/v1/probes/front/samples?date=" + day}},
		{"/probes/front/" + day + "?place=local", []string{"<option selected>local</option>", "?place=local"}},
		{"/probes/front/2020-01-01", []string{"No sample is kept of this day.", `rel="next"`}},
	} {
		a := w.get(data.Viewer, tt.path)
		if a.status != 200 || strings.Contains(a.body, "hunter2") || strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "style=") {
			t.Errorf("%s: %d, or something that must not be in it", tt.path, a.status)
		}
		for _, want := range tt.want {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s has no %s\n%s", tt.path, want, a.body)
			}
		}
	}
	if a := w.get(data.Viewer, "/probes/front?date="+day+"&place=local"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/probes/front/"+day+"?place=local" {
		t.Errorf("choosing a day: %d %s", a.status, a.header.Get("Location"))
	}
	for path, want := range map[string]int{"/probes/nothing": 404, "/probes/front/2026-02-30": 422, "/probes/nothing/2026-02-01": 404} {
		if a := w.get(data.Viewer, path); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
}

// TestPlacesPage: who reports from elsewhere and how to add a place; for a probe that several look at, what each says.
func TestPlacesPage(t *testing.T) {
	w := newWorld(t)
	w.probed()
	if a := w.get(data.Viewer, "/probes"); !strings.Contains(a.body, "Nobody reports from elsewhere.") || !strings.Contains(a.body, "statusd token create bergen --scope place.orders --scope place.report") {
		t.Errorf("without places:\n%s", a.body)
	}
	if a := w.get(data.Viewer, "/probes/front"); strings.Contains(a.body, "What each place says") {
		t.Error("one place alone is said to vote")
	}
	now := time.Now().UTC().Truncate(time.Second)
	run := func(place string, l data.Level) data.Recent {
		return data.Recent{Probe: "front", Place: place}.Add(data.Sample{Probe: "front", Place: place, At: now, Level: l})
	}
	flaps := datatest.Mark("login", now.Add(-time.Minute), data.Degraded)
	flaps.By, flaps.Cause = "front", string(data.ReasonFlapping)
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		return errors.Join(
			tx.Places().Put(data.Place{Name: "bergen", Seen: now, By: "token:bergen", Version: "v1.2.3", Behind: 3}),
			tx.Places().Put(data.Place{Name: "oslo", Seen: now, By: "token:oslo", Lost: "192.0.2.1:443 <b>"}),
			data.AdmitPlaces(tx, []string{"bergen", "oslo", "malmo", "cork"}),
			tx.Places().Put(data.Place{Name: "malmo", Seen: now.Add(-time.Hour), By: "token:malmo"}),
			tx.Recents().Put(run("bergen", data.MajorOutage)), tx.Recents().Put(run(data.Here, data.Operational)), tx.Recents().Put(run("oslo", data.NoData)),
			tx.Alarms().Put(data.Alarm{Kind: data.AlarmNetwork, Subject: "front", Detail: "Probe front finds it down from bergen.", Since: now}),
			tx.Marks().Put(flaps),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"/probes": {
			`bergen<td data-of="State">sees`, "3 parcels", "v1.2.3", "token:bergen", `<b class="bad">blind</b> <small>192.0.2.1:443 &lt;b&gt;</small>`, `<b class="bad">silent</b>`, "1 hour ago", `cork<td data-of="State"><b class="bad">silent</b><td data-of="Last report">never`, `data-of="Kept there"><b class="bad">unknown</b><td`, `unknown</b> <small>since `,
			"fails and recovers again and again", "what front (degraded: it fails and recovers again and again) says",
		},
		"/probes/front": {"What each place says", "The network between may be at fault.", "finds it down from bergen", "Major outage", "none of its newest runs saw anything", "at most 3 minutes older", "three outages ended within an hour"},
		"/":             {"what front (degraded: it fails and recovers again and again) says"},
	} {
		a := w.get(data.Viewer, path)
		for _, text := range want {
			if !strings.Contains(a.body, text) {
				t.Errorf("%s has no %q\n%s", path, text, a.body)
			}
		}
	}
}

// TestOverviewDuringAWindow: that a window runs and what is measured meanwhile are two facts.
func TestOverviewDuringAWindow(t *testing.T) {
	w := newWorld(t)
	w.probed()
	now := time.Now().UTC().Truncate(time.Second)
	o := datatest.Occurrence("system", now.Add(-time.Hour))
	o.Phase, o.Cohort = data.InProgress, "pilot"
	down, window := datatest.Mark("login", now.Add(-time.Minute), data.MajorOutage), datatest.Mark("login", now.Add(-time.Hour), data.NoData)
	down.By, window.Source, window.Cohort, window.By = "front", data.FromSchedule, "pilot", string(o.Key())
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		return errors.Join(tx.Occurrences().Put(o), tx.Marks().Put(down), tx.Marks().Put(window))
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := w.get(data.Viewer, "/"); !strings.Contains(a.body, "Under maintenance, and down now") || !strings.Contains(a.body, "in maintenance for pilot") {
		t.Errorf("the overview:\n%s", a.body)
	}
}

func TestProbeNowByForm(t *testing.T) {
	w := newWorld(t)
	w.probed()
	beat := datatest.Probe("nightly", "login")
	beat.Kind = data.ProbeHeartbeat
	if err := w.store.Update(t.Context(), func(tx data.Tx) error { return tx.Probes().Put(beat) }); err != nil {
		t.Fatal(err)
	}
	if a := w.get(data.Viewer, "/probes/front"); strings.Contains(a.body, "Probe now") {
		t.Error("a viewer is offered what a viewer may not do")
	}
	if a := w.post(data.Viewer, "/probes/front/now", nil); a.status != http.StatusForbidden {
		t.Errorf("a viewer asks: %d", a.status)
	}
	if a := w.post(data.Responder, "/probes/front/now", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/probes/front?asked=yes" {
		t.Errorf("asking: %d %s", a.status, a.header.Get("Location"))
	}
	if a := w.get(data.Responder, "/probes/front"); !strings.Contains(a.body, "Asked for a run at") || !strings.Contains(a.body, `action="/probes/front/now"`) {
		t.Errorf("asked:\n%s", a.body)
	}
	if a := w.get(data.Responder, "/probes"); !strings.Contains(a.body, "at once, asked") {
		t.Error("the list does not say that a run was asked for")
	}
	if a := w.post(data.Responder, "/probes/nightly/now", nil); a.status != http.StatusConflict || !strings.Contains(a.problem(), "cannot be asked") {
		t.Errorf("a heartbeat: %d %s", a.status, a.problem())
	}
	if a := w.get(data.Responder, "/probes/front/now"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/probes/front" {
		t.Errorf("loaded again: %d %s", a.status, a.header.Get("Location"))
	}
}
