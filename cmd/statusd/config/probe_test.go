package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/superoffice/statusd/data"
)

// TestProbeKinds reads what the kinds of probe have besides the usual.
func TestProbeKinds(t *testing.T) {
	t.Parallel()
	c, err := Load("testdata/good/probes.yaml", options())
	if err != nil {
		t.Fatal(err)
	}
	want := []data.Probe{
		{Name: "json", Kind: data.ProbeHTTP, Target: "https://api.example.com/health", Expect: []string{"status == 200 and json.ok", `header("Via") == ""`, "took < 900"}},
		{Name: "names", Kind: data.ProbeDNS, Target: "www.example.com", Record: "CNAME", Server: "192.0.2.53:53", Answers: []string{"edge.example.net"}},
		{Name: "gateway", Kind: data.ProbeICMP, Target: "192.0.2.1", Packets: 5, Slow: 200 * time.Millisecond},
		{Name: "provider", Kind: data.ProbeStatuspage, Target: "https://status.example.net", Part: "Mail API"},
		{Name: "news", Kind: data.ProbeFeed, Target: "https://status.example.net/history.rss", Match: "mail", Recent: 12 * time.Hour},
	}
	if diff := cmp.Diff(want, c.Probes, cmpopts.IgnoreFields(data.Probe{}, "Component", "Cohort", "Interval", "Origin")); diff != "" {
		t.Errorf("probes (-want +got):\n%s", diff)
	}
}
