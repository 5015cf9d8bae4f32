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

// observer is who reports with a token made as the guide says.
func observer(name string) data.Actor {
	return data.Actor{Name: "token:" + name, Role: data.Responder, Address: "192.0.2.7", Scopes: []string{"place.orders", "place.report"}}
}

// seen is a report of samples, each a side or a whole sample.
func seen(number int, samples ...api.SeenRun) string {
	now := time.Now().UTC()
	for i := range samples {
		if samples[i].At.IsZero() {
			samples[i].At = now.Add(-time.Minute)
		}
	}
	b, err := json.Marshal(api.PlaceReport{Number: number, Sent: now, Samples: samples})
	if err != nil {
		panic(err) // plain values always marshal
	}
	return string(b)
}

func (d *desk) watched() {
	d.t.Helper()
	front, abroad, hook := datatest.Probe("front", "login"), datatest.Probe("abroad", "login"), datatest.Probe("hook", "login")
	front.Headers = map[string]string{"Authorization": "Bearer hush-hush"}
	abroad.Places = []string{data.Here, "cork"}
	hook.Kind, hook.Places = data.ProbeHeartbeat, []string{data.Here}
	work := datatest.Probe("work", "login")
	work.Kind, work.Steps = data.ProbeTransaction, []data.ProbeStep{{Name: "in", URL: "/"}, {Name: "read", URL: "/", Component: "crm-read"}}
	d.put(func(tx data.Tx) error {
		return errors.Join(tx.Probes().Put(front), tx.Probes().Put(abroad), tx.Probes().Put(hook), tx.Probes().Put(work), data.AdmitPlaces(tx, []string{"bergen", "cork"}))
	})
}

// TestPlacesAreNamed: nobody reports from a place that the configuration does not name, and one token from no more than one. With
// one token nobody makes a majority.
func TestPlacesAreNamed(t *testing.T) {
	d := newDesk(t)
	d.watched()
	bergen, cork := observer("bergen"), observer("cork")
	down := api.SeenRun{Side: "front", Level: data.MajorOutage, Reason: data.ReasonConnect}
	for _, c := range []struct {
		who    data.Actor
		place  string
		status int
		says   string
	}{
		{bergen, "malmo", 404, "add it to places: in the configuration"},
		{bergen, data.Here, 422, "service's own place"},
		{bergen, "Bergen", 422, "lower-case"},
		{bergen, "bergen", 200, `"next":2`},
		{bergen, "cork", 409, "make a token of its own"},
		{cork, "bergen", 409, "statusd place forget bergen"},
		{cork, "cork", 200, `"next":2`},
		{bergen, "bergen", 200, `"next":2`},
	} {
		if status, answer := d.do(&c.who, "POST", "/api/v1/places/"+c.place+"/parcels", seen(1, down)); status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s reports from %s: %d %s, want %d and %q", c.who.Name, c.place, status, answer, c.status, c.says)
		}
		if status, answer := d.do(&c.who, "GET", "/api/v1/places/"+c.place+"/probes", ""); status != c.status {
			t.Errorf("%s asks from %s: %d %s, want %d", c.who.Name, c.place, status, answer, c.status)
		}
	}
	d.put(func(tx data.Tx) error { return data.AdmitPlaces(tx, []string{"oslo", "cork"}) })
	if status, _ := d.do(&bergen, "POST", "/api/v1/places/bergen/parcels", seen(2, down)); status != 404 {
		t.Errorf("from a place that was taken out: %d", status)
	}
	var names []string
	for _, p := range ask[api.Places](d, viewer, 200, "GET", "/places", "").Places {
		if names = append(names, p.Name); p.Seen.IsZero() != (p.Name == "oslo") || p.Silent != (p.Name == "oslo") {
			t.Errorf("in the list: %+v", p)
		}
	}
	if got := strings.Join(names, " "); got != "bergen cork oslo" {
		t.Errorf("the list has %s", got)
	}
}

// TestParcelKeepsWhatCounts: samples that a place may not speak of, and those with something wrong, are left out, and the others
// are taken; a wrong clock refuses all.
func TestParcelKeepsWhatCounts(t *testing.T) {
	d := newDesk(t)
	d.watched()
	bergen := observer("bergen")
	const path = "/api/v1/places/bergen/parcels"
	good := []api.SeenRun{
		{Side: "front", Level: data.Operational}, {Side: "work", Level: data.Operational}, {Side: "work:crm-read", Level: data.MajorOutage, Reason: data.ReasonStatus},
	}
	bad := []api.SeenRun{
		{Side: "abroad", Level: data.Operational},
		{Side: "hook", Level: data.Operational},
		{Side: "nothing", Level: data.Operational},
		{Side: "work:login", Level: data.Operational},
		{Side: "work:forum", Level: data.Operational},
		{Side: ":front", Level: data.Operational},
		{Side: "", Level: data.Operational},
		{Side: "front", Level: data.MajorOutage, Reason: "rain"},
		{Side: "front", Level: data.Operational, At: time.Now().Add(time.Hour).UTC()},
		{Side: "front", Level: data.Operational, Detail: strings.Repeat("x", 201)},
	}
	status, answer := d.do(&bergen, "POST", path, seen(1, append(bad[:len(bad):len(bad)], good...)...))
	if want := `"next":2,"skipped":10`; status != 200 || !strings.Contains(strings.NewReplacer(" ", "", "\n", "").Replace(answer), want) {
		t.Errorf("good and bad: %d %s, want %s", status, answer, want)
	}
	if status, answer = d.do(&bergen, "POST", path, seen(2, bad...)); status != 200 || !strings.Contains(answer, "skipped") {
		t.Errorf("bad ones alone: %d %s", status, answer)
	}
	d.view(func(tx data.Tx) error {
		all, err := data.All(tx.Parcels().Range("", ""))
		if err != nil || len(all) != 1 || len(all[0].Samples) != len(good) {
			t.Fatalf("what is to be judged: %+v, %v", all, err)
		}
		for i, s := range all[0].Samples {
			if s.Probe != good[i].Side || s.Place != "bergen" {
				t.Errorf("to be judged: %+v", s)
			}
		}
		p, err := tx.Places().Get("bergen")
		if p.Next != 3 {
			t.Errorf("%d is expected next: the parcel of which nothing is left would come again", p.Next)
		}
		return err
	})
	wrong := strings.Replace(seen(3, good...), `"sent_at":"20`, `"sent_at":"19`, 1)
	if status, answer = d.do(&bergen, "POST", path, wrong); status != 422 || !strings.Contains(answer, "clock") {
		t.Errorf("by a wrong clock: %d %s", status, answer)
	}
}

// TestOrdersNeedTheirScope: what probes send is told to a token that names the operation, and to an admin on the host; the first
// time stands in the audit log, and a place is told its own probes only.
func TestOrdersNeedTheirScope(t *testing.T) {
	d := newDesk(t)
	d.watched()
	admin := data.Actor{Name: "operator:it", Role: data.Admin, Address: "192.0.2.1", Session: "x"}
	wide, far := observer("wide"), observer("far")
	wide.Scopes, far.Role, far.Scopes = nil, data.Admin, nil
	noun := observer("noun")
	noun.Scopes = []string{"place"}
	for _, who := range []data.Actor{duty, admin, wide, far, noun} {
		before := d.refusals()
		if status, answer := d.do(&who, "GET", "/api/v1/places/bergen/probes", ""); status != 403 || strings.Contains(answer, "hush") || !strings.Contains(answer, "--scope place.orders") || d.refusals() != before+1 {
			t.Errorf("%s: %d %s", who.Name, status, answer)
		}
	}
	trail := func() (all []string) {
		d.view(func(tx data.Tx) error {
			for e, err := range data.Trail(tx, "bergen") {
				if err != nil {
					return err
				}
				if e.Outcome == data.Done {
					all = append(all, e.Action+" "+e.Actor)
				}
			}
			return nil
		})
		return all
	}
	bergen := observer("bergen")
	for range 3 {
		status, answer := d.do(&bergen, "GET", "/api/v1/places/bergen/probes", "")
		if status != 200 || !strings.Contains(answer, "hush-hush") || strings.Contains(answer, "abroad") || strings.Contains(answer, "hook") || !strings.Contains(answer, "work") {
			t.Errorf("its orders: %d %s", status, answer)
		}
	}
	for range 2 {
		if status, _ := d.do(&root, "GET", "/api/v1/places/bergen/probes", ""); status != 200 {
			t.Errorf("to an admin on the host: %d", status)
		}
	}
	if got := strings.Join(trail(), ", "); got != "place.orders socket:root, place.orders token:bergen" {
		t.Errorf("the audit log says %q", got)
	}
}
