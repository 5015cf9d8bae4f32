package api_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// probed puts a transaction with two sides and a heartbeat into the store, and what was seen of the former in the last minutes
// before now.
func (d *desk) probed(now time.Time) {
	d.t.Helper()
	front := datatest.Probe("front", "login")
	front.Target, front.Headers = "https://kari:hunter2@crm.example.com/in?token=hunter3", map[string]string{"Authorization": "Bearer hunter4", "Accept": "text/html", "X-Own": "hunter5"}
	front.Kind, front.Secrets, front.Origin = data.ProbeTransaction, map[string]string{"password": "/run/secrets/hunter6"}, "statusd.yaml:12"
	front.Steps = []data.ProbeStep{
		{Name: "sign in", URL: "/in?key=hunter7", Form: map[string]string{"user": "kari", "password": "hunter8"}},
		{Name: "read", Component: "crm-read", URL: "/read", Body: `{"secret":"hunter9"}`, Headers: map[string]string{"X-Key": "hunter10"}, Expect: []string{"status == 200"}},
	}
	nightly := datatest.Probe("nightly", "login")
	nightly.Kind, nightly.Target = data.ProbeHeartbeat, ""
	now = now.Truncate(time.Second)
	var blocks []data.Block
	recent := data.Recent{Probe: "front", Place: data.Here}
	for _, side := range []string{"front", "front:crm-read"} {
		b := data.Block{Probe: side, Place: data.Here, Day: data.BlockDay(now)}
		for i := range 10 {
			s := data.Sample{Probe: side, Place: data.Here, At: now.Add(time.Duration(i-10) * time.Second), Level: data.Operational, Latency: 80 * time.Millisecond}
			if data.BlockDay(s.At) != b.Day {
				continue // it is just after midnight
			}
			if i == 8 {
				s.Level, s.Reason, s.Detail, s.Latency = data.MajorOutage, data.ReasonTimeout, "no answer in 10 s", 10*time.Second
			}
			if err := b.Append(s); err != nil {
				d.t.Fatal(err)
			}
			if side == "front" {
				s.Phases, s.Code, s.Expires = data.Phases{Resolve: time.Millisecond, Processing: 70 * time.Millisecond}, 200, now.AddDate(0, 1, 0)
				s.Steps = []data.StepRun{{Name: "sign in", Level: s.Level, Reason: s.Reason, Detail: s.Detail, Code: 200, Latency: 60 * time.Millisecond}, {Name: "read"}}
				recent = recent.Add(s)
			}
		}
		blocks = append(blocks, b)
	}
	err := d.store.Update(d.t.Context(), func(tx data.Tx) error {
		m := datatest.Mark("login", now.Add(-time.Minute), data.Operational)
		outage := datatest.Outage("login", now.Add(-90*time.Second))
		outage.Ended = now.Add(-time.Minute)
		before := m
		before.At, before.Level, before.Cause = outage.Started, data.MajorOutage, "timeout"
		errs := []error{tx.Probes().Put(front), tx.Probes().Put(nightly), tx.Recents().Put(recent), tx.Marks().Put(before), tx.Marks().Put(m), tx.Outages().Put(outage)}
		for _, b := range blocks {
			errs = append(errs, tx.Blocks().Put(b))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// read asks as root and decodes the answer.
func read[V any](d *desk, path string) (v V) {
	d.t.Helper()
	status, answer := d.do(&root, "GET", "/api/v1"+path, "")
	if err := json.Unmarshal([]byte(answer), &v); status != 200 || err != nil {
		d.t.Fatalf("GET %s: %d %s %v", path, status, answer, err)
	}
	return v
}

func TestProbes(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	d.probed(now)
	list := read[api.Probes](d, "/probes").Probes
	var names []string
	for _, p := range list {
		names = append(names, p.Side+" for "+p.Component)
	}
	if got := strings.Join(names, ", "); got != "front for login, front:crm-read for crm-read, nightly for login" {
		t.Fatalf("listed: %s", got)
	}
	front, read0, nightly := list[0], list[1], list[2]
	if front.Level != data.Operational || front.Since == nil || !front.Since.Equal(now.Add(-time.Minute)) || front.Last == nil || !front.Last.At.Equal(now.Add(-time.Second)) ||
		front.Next == nil || !front.Next.Equal(front.Last.At.Add(time.Minute)) || front.Origin != "statusd.yaml:12" || len(front.Last.Steps) != 2 || front.Last.Steps[1].Level != data.NoData {
		t.Errorf("front: %+v, last %+v", front, front.Last)
	}
	if read0.Last == nil || read0.Last.Latency < 75 || read0.Last.Latency > 85 || read0.Level != data.NoData {
		t.Errorf("a side of which only samples are kept: %+v, last %+v", read0, read0.Last)
	}
	if nightly.Last != nil || nightly.Next != nil || nightly.Since != nil {
		t.Errorf("what never ran: %+v", nightly)
	}
	one := read[api.ProbeWhole](d, "/probes/front")
	if len(one.Places) != 1 || len(one.Places[0].Runs) != 10 || len(one.Places[0].Bad) != 1 || one.Places[0].Runs[1].Detail != "no answer in 10 s" || !one.Places[0].Runs[0].At.Equal(front.Last.At) {
		t.Errorf("the newest runs: %+v", one.Places)
	}
	if status, answer := d.do(&root, "GET", "/api/v1/probes/front:nothing", ""); status != 404 || !strings.Contains(answer, "statusd probe list") {
		t.Errorf("an unknown side: %d %s", status, answer)
	}
}

// TestProbeTellsNoSecrets: whatever of a probe may be a secret is in no answer.
func TestProbeTellsNoSecrets(t *testing.T) {
	d := newDesk(t)
	d.probed(time.Now().UTC())
	for _, path := range []string{"/probes", "/probes/front", "/probes/front:crm-read", "/probes/front/day", "/probes/front/samples"} {
		status, answer := d.do(&root, "GET", "/api/v1"+path, "")
		if status != 200 || strings.Contains(answer, "hunter") {
			t.Errorf("%s: %d, or a secret in %s", path, status, answer)
		}
	}
	var got []string
	for _, s := range read[api.ProbeWhole](d, "/probes/front").Settings {
		got = append(got, s.Name+"="+s.Value)
	}
	want := `target=https://[hidden]@crm.example.com/in?token=[hidden]
interval=1m
timeout=10s
failing=major_outage
header Accept=text/html
header Authorization=[hidden]
header X-Own=[hidden]
secret password=[hidden]
step sign in=POST /in?[hidden]; form password, user
step read=POST /read; speaks for crm-read; body of 20 bytes; headers X-Key
step read expects=status == 200`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("settings:\n%s\nwant\n%s", s, want)
	}
}

func TestProbeDay(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC) // clocks go forward in Oslo
	d.probed(now)
	err := d.store.Update(t.Context(), func(tx data.Tx) error {
		o := datatest.Occurrence("system", now.Add(-time.Hour))
		o.Phase = data.Completed
		other := o
		other.Ordinal, other.Components = "1", []string{"crm-read"}
		lost := datatest.Outage("login", now.Add(-time.Hour))
		lost.Corrections = []data.Correction{{At: now, Void: true, Why: "a test"}}
		held := data.Mark{Component: "login", Cohort: data.AllCustomers, Source: data.FromPerson, By: "abcdefghijkl", At: now.Add(-2 * time.Hour), Level: data.Degraded}
		over := held
		over.At, over.Off = now.Add(-time.Hour), true
		return errors.Join(tx.Occurrences().Put(o), tx.Occurrences().Put(other), tx.Outages().Put(lost), tx.Marks().Put(held), tx.Marks().Put(over),
			data.PutIncident(tx, datatest.Incident("abcdefghijkl", now)))
	})
	if err != nil {
		t.Fatal(err)
	}
	day := read[api.ProbeDay](d, "/probes/front/day?date=2026-03-29&columns=96")
	if len(day.Hours) != 23 || len(day.Columns) != 96 || day.End.Sub(day.Start) != 23*time.Hour || day.Zone != "Europe/Oslo" {
		t.Errorf("the day: %s to %s in %s, %d hours, %d columns", day.Start, day.End, day.Zone, len(day.Hours), len(day.Columns))
	}
	if s := day.Sum; s.Count != 10 || s.Good != 9 || s.Bad != 1 || s.Answered != "90.0000" || s.P50 < 75 || s.Max > 85 {
		t.Errorf("the sum: %+v", s)
	}
	if len(day.Marks) != 2 || day.Marks[0].Text != "no answer in time" || day.Marks[0].End == nil || day.Marks[1].End != nil {
		t.Errorf("marks: %+v", day.Marks)
	}
	if len(day.Outages) != 1 || len(day.Windows) != 1 || day.Windows[0].ID == "" || len(day.Incidents) != 1 || day.Incidents[0].Text != "Sign-in fails" || day.Incidents[0].End == nil {
		t.Errorf("outages %+v\nwindows %+v\nincidents %+v", day.Outages, day.Windows, day.Incidents)
	}
	other := read[api.ProbeDay](d, "/probes/front/day?date=2026-03-28")
	if other.Sum.Count != 0 || other.Sum.Answered != "" || len(other.Hours) != 24 || len(other.Marks) != 0 {
		t.Errorf("the day before: %+v", other)
	}
	samples := read[api.ProbeSamples](d, "/probes/front/samples?date=2026-03-29&place=local").Samples
	if len(samples) != 10 || samples[8].Reason != data.ReasonTimeout || !samples[9].At.Equal(now.Add(-time.Second)) {
		t.Errorf("samples: %+v", samples)
	}
	now = time.Now()
	for word, want := range map[string]int{"today": 0, "yesterday": -1} {
		if got := read[api.ProbeDay](d, "/probes/front/day?date="+word).Date; got != inOslo(now).AddDate(0, 0, want).Format(time.DateOnly) && got != inOslo(time.Now()).AddDate(0, 0, want).Format(time.DateOnly) {
			t.Errorf("%s is %s", word, got)
		}
	}
	for _, path := range []string{"day?date=2026-02-30", "day?date=tomorrow", "day?columns=1441", "samples?date=1"} {
		if status, answer := d.do(&root, "GET", "/api/v1/probes/front/"+path, ""); status != 422 {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
}

func TestProbeNow(t *testing.T) {
	d := newDesk(t)
	d.probed(time.Now().UTC())
	var first, again api.ProbeAsked
	for _, into := range []*api.ProbeAsked{&first, &again} {
		status, answer := d.do(&root, "POST", "/api/v1/probes/front:crm-read/now", "{}")
		if err := json.Unmarshal([]byte(answer), into); status != 200 || err != nil {
			t.Fatalf("%d %s", status, answer)
		}
	}
	if first.Probe != "front" || !first.Asked.Equal(again.Asked) {
		t.Errorf("asked %+v, then %+v: the second wish is the first", first, again)
	}
	d.view(func(tx data.Tx) error {
		ask, err := tx.Asks().Get("front")
		if err != nil || ask.By != root.Name || !ask.At.Equal(first.Asked) {
			t.Errorf("the wish: %+v, %v", ask, err)
		}
		return nil
	})
	if p := read[api.ProbeWhole](d, "/probes/front").Now; p.Asked == nil || !p.Asked.Equal(first.Asked) {
		t.Errorf("asked at %v", p.Asked)
	}
	if status, answer := d.do(&root, "POST", "/api/v1/probes/nightly/now", "{}"); status != 409 {
		t.Errorf("a heartbeat: %d %s", status, answer)
	}
}

// TestProbesExplained: the list says what each component's level comes from, sides of a transaction included, and the debug view
// what each place says; so does the overview.
func TestProbesExplained(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	d.probed(now)
	err := d.store.Update(t.Context(), func(tx data.Tx) error {
		side := datatest.Mark("crm-read", now.Add(-time.Minute), data.Degraded)
		side.By, side.Cause = "front:crm-read", string(data.ReasonFlapping)
		far := data.Recent{Probe: "front", Place: "bergen"}.Add(data.Sample{Probe: "front", Place: "bergen", At: now.Add(-time.Hour), Level: data.Operational})
		near := data.Recent{Probe: "front", Place: data.Here}.Add(data.Sample{Probe: "front", Place: data.Here, At: now.Add(-time.Second), Level: data.Operational})
		odd := data.Alarm{Kind: data.AlarmNetwork, Subject: "front", Detail: "Probe front finds it down from bergen.", Since: now}
		return errors.Join(tx.Marks().Put(side), tx.Recents().Put(far), tx.Recents().Put(near), tx.Alarms().Put(odd))
	})
	if err != nil {
		t.Fatal(err)
	}
	list := read[api.Probes](d, "/probes")
	var got []string
	for _, c := range list.Components {
		got = append(got, c.Component+" "+c.Level.String()+": "+c.Rule)
	}
	const flaps = "what front:crm-read (degraded: it fails and recovers again and again) says"
	if s := strings.Join(got, "\n"); !strings.Contains(s, "login operational: the worst of ") || !strings.Contains(s, "crm-read degraded: "+flaps) {
		t.Errorf("explained:\n%s", s)
	}
	if list.Probes[1].Reason != data.ReasonFlapping {
		t.Errorf("the side's reason: %+v", list.Probes[1])
	}
	for _, c := range read[api.Overview](d, "/overview").Components {
		if c.Component == "crm-read" && (c.Level != data.Degraded || c.Rule != flaps || len(c.Probes) != 1 || c.Probes[0] != "front:crm-read") {
			t.Errorf("the overview: %+v", c)
		}
	}
	one := read[api.ProbeWhole](d, "/probes/front")
	if len(one.Places) != 2 || one.Places[0].Votes || one.Places[0].Why == "" || !one.Places[1].Votes || one.Places[1].Says != data.Operational || one.Fresh != 180 ||
		one.Network != "Probe front finds it down from bergen." {
		t.Errorf("what each place says: %+v", one)
	}
}
