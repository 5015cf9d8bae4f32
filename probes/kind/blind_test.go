package kind

import (
	"testing"

	"github.com/superoffice/statusd/data"
)

func TestPublicKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind           data.ProbeKind
		target, server string
		host           string
		want           bool
	}{
		{data.ProbeHTTP, "https://www.example.com/a", "", "www.example.com", true},
		{data.ProbeHTTP, "http://[::1]:8080/", "", "::1", false},
		{data.ProbeStatuspage, "https://status.example.com", "", "status.example.com", true},
		{data.ProbeFeed, "https://status.example.com:8443/history.rss", "", "status.example.com", true},
		{data.ProbeFeed, "http://10.0.0.7/history.rss", "", "10.0.0.7", false},
		{data.ProbeTCP, "mail.example.com:25", "", "mail.example.com", true},
		{data.ProbeTLS, "10.0.0.7:443", "", "10.0.0.7", false},
		{data.ProbeICMP, "gw.example.com", "", "gw.example.com", true},
		{data.ProbeICMP, "2001:db8::1", "", "2001:db8::1", true},
		{data.ProbeICMP, "192.168.0.1", "", "192.168.0.1", false},
		{data.ProbeDNS, "www.example.com", "", "www.example.com", true},
		{data.ProbeDNS, "www.example.com.", "", "www.example.com.", true},
		{data.ProbeDNS, "www.corp.internal", "", "www.corp.internal", false},
		{data.ProbeDNS, "www.example.com", "10.0.0.53:53", "10.0.0.53", false},
		{data.ProbeDNS, "www.corp.internal", "192.0.2.53:53", "192.0.2.53", true},
		{data.ProbeHeartbeat, "", "", "", false},
	} {
		p := data.Probe{Kind: c.kind, Target: c.target, Server: c.server}
		if host, got := Host(p), Public(p); host != c.host || got != c.want {
			t.Errorf("%s %q by %q: host %q, public %v; want %q, %v", c.kind, c.target, c.server, host, got, c.host, c.want)
		}
	}
}
