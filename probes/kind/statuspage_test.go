package kind

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

const pageSummary = `{
	"page": {"id": "abc123def456", "name": "Provider", "url": "https://status.example.com", "time_zone": "Etc/UTC", "updated_at": "2026-11-21T09:00:00.000Z"},
	"status": {"indicator": "minor", "description": "Minor Service Outage"},
	"components": [
		{"id": "k1k1k1k1k1k1", "name": "API", "status": "operational", "group": false, "unknown": [1]},
		{"id": "k2k2k2k2k2k2", "name": "Mail", "status": "partial_outage", "group": false},
		{"id": "k3k3k3k3k3k3", "name": "Queue", "status": "major_outage", "group": false},
		{"id": "k4k4k4k4k4k4", "name": "Search", "status": "under_maintenance", "group": false},
		{"id": "k5k5k5k5k5k5", "name": "Search", "status": "degraded_performance", "group": false},
		{"id": "k6k6k6k6k6k6", "name": "k1k1k1k1k1k1", "status": "major_outage", "group": false},
		{"id": "k7k7k7k7k7k7", "name": "New", "status": "on fire", "group": false}
	],
	"incidents": [], "scheduled_maintenances": []
}`

func TestStatuspage(t *testing.T) {
	t.Parallel()
	var asked []string
	answer := pageSummary
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if r.URL.Path != "/base/api/v2/summary.json" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, answer)
	})
	for _, c := range []struct {
		part   string
		level  data.Level
		reason data.Reason
	}{
		{"", data.Degraded, data.ReasonReported},
		{"API", data.Operational, ""},
		{"api", data.Operational, ""},
		{"k1k1k1k1k1k1", data.Operational, ""},
		{"Mail", data.PartialOutage, data.ReasonReported},
		{"Queue", data.MajorOutage, data.ReasonReported},
		{"k4k4k4k4k4k4", data.Degraded, data.ReasonMaintenance},
		{"k5k5k5k5k5k5", data.Degraded, data.ReasonReported},
		{"Search", data.NoData, data.ReasonUnsure},
		{"New", data.NoData, data.ReasonUnsure},
		{"Gone", data.NoData, data.ReasonUnsure},
	} {
		for _, base := range []string{"/base", "/base/"} {
			s := once(t, Client{}, data.ProbeStatuspage, url+base, 5*time.Second, func(p *data.Probe) { p.Part = c.part })
			if s.Level != c.level || s.Reason != c.reason || s.Code != 200 || strings.Contains(s.Detail, "fire") {
				t.Errorf("%q: %+v, want %v, %q", c.part, s, c.level, c.reason)
			}
		}
	}
	if asked[0] != "GET /base/api/v2/summary.json" {
		t.Errorf("asked %q", asked[0])
	}
	for indicator, want := range map[string]data.Sample{
		"none": {Level: data.Operational}, "minor": {Level: data.Degraded, Reason: data.ReasonReported},
		"major": {Level: data.PartialOutage, Reason: data.ReasonReported}, "critical": {Level: data.MajorOutage, Reason: data.ReasonReported},
		"maintenance": {Level: data.Degraded, Reason: data.ReasonMaintenance}, "": {Reason: data.ReasonUnsure}, "green": {Reason: data.ReasonUnsure},
	} {
		got := reported([]byte(strings.Replace(pageSummary, "minor", indicator, 1)), "")
		if got.Level != want.Level || got.Reason != want.Reason {
			t.Errorf("%q: %+v, want %+v", indicator, got, want)
		}
	}
	for _, answer = range []string{"", "null", "[]", "{}", "<html>", `{"status": null}`, `{"status": "none"}`, `{"status": {"indicator": 3}}`, pageSummary + pageSummary, pageSummary[:300]} {
		s := once(t, Client{}, data.ProbeStatuspage, url+"/base", 5*time.Second, same)
		if s.Level != data.NoData || s.Reason != data.ReasonProtocol {
			t.Errorf("%q: %+v", answer, s)
		}
	}
	s := once(t, Client{}, data.ProbeStatuspage, url+"/elsewhere", 5*time.Second, same)
	if s.Level != data.NoData || s.Reason != data.ReasonStatus || s.Code != 404 {
		t.Errorf("a page that is not there: %+v", s)
	}
	s = once(t, Client{}, data.ProbeStatuspage, "http://"+refused(t), 5*time.Second, same)
	if s.Level != data.NoData || s.Reason != data.ReasonConnect {
		t.Errorf("a page that cannot be reached: %+v", s)
	}
}

func FuzzStatuspage(f *testing.F) {
	f.Add([]byte(pageSummary), "API")
	f.Add([]byte(`{"status":{"indicator":"none"},"components":null}`), "")
	f.Add([]byte(`{"status":{"indicator":"none"},"components":[{"id":"a"},{"id":"a"}]}`), "a")
	f.Fuzz(func(t *testing.T, body []byte, part string) {
		s := reported(body, part)
		if (s.Level == data.Operational) != (s.Reason == "") || (s.Reason == "") != (s.Detail == "") || len(s.Detail) > 200 {
			t.Errorf("%q of %q: %+v", part, body, s)
		}
	})
}
