package kind

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// fields are the fields that an error of Check speaks of.
func fields(err error) (out []string) {
	var e *data.Error
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			out = append(out, fields(one)...)
		}
	} else if errors.As(err, &e) {
		out = append(out, e.Field)
	}
	return out
}

func TestCheck(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	web := func(target string) func(*data.Probe) { return func(p *data.Probe) { p.Target = target } }
	tcp := func(target string) func(*data.Probe) {
		return func(p *data.Probe) { p.Kind, p.Target = data.ProbeTCP, target }
	}
	of := func(kind data.ProbeKind, target string, change func(*data.Probe)) func(*data.Probe) {
		return func(p *data.Probe) { p.Kind, p.Target = kind, target; change(p) }
	}
	for _, c := range []struct {
		name   string
		change func(*data.Probe)
		want   string // fields
	}{
		{"right", func(*data.Probe) {}, ""},
		{"https with port, path and query", web("https://www.example.com:8443/a?b=c"), ""},
		{"IPv6", web("http://[::1]:8080/"), ""},
		{"file", web("file:///etc/passwd"), "target"},
		{"gopher", web("gopher://example.com/"), "target"},
		{"view-source", web("view-source:http://example.com/"), "target"},
		{"no scheme", web("www.example.com"), "target"},
		{"no host", web("https:///health"), "target"},
		{"nonsense", web("http://a b/%zz"), "target"},
		{"port of URL", web("http://example.com:99999/"), "target"},
		{"tcp", tcp("mail.example.com:25"), ""},
		{"tcp IPv6", tcp("[::1]:25"), ""},
		{"tcp without port", tcp("mail.example.com"), "target"},
		{"tcp with a URL", tcp("http://mail.example.com:25"), "target"},
		{"tcp port 0", tcp("mail.example.com:0"), "target"},
		{"tcp port name", tcp("mail.example.com:smtp"), "target"},
		{"unknown kind", func(p *data.Probe) { p.Kind = "ping" }, "kind"},
		{"no name", func(p *data.Probe) { p.Name = "" }, "name"},
		{"bar in name", func(p *data.Probe) { p.Name = "a|b" }, "name"},
		{"no component", func(p *data.Probe) { p.Component = "" }, "component"},
		{"no cohort", func(p *data.Probe) { p.Cohort = "" }, "cohort"},
		{"shortest interval", func(p *data.Probe) { p.Interval = 10 * time.Second }, ""},
		{"longest interval", func(p *data.Probe) { p.Interval = 24 * time.Hour }, ""},
		{"interval too short", func(p *data.Probe) { p.Interval = 9 * time.Second }, "interval"},
		{"interval too long", func(p *data.Probe) { p.Interval = 25 * time.Hour }, "interval"},
		{"interval of half seconds", func(p *data.Probe) { p.Interval = 10500 * time.Millisecond }, "interval"},
		{"timeout beyond the interval", func(p *data.Probe) { p.Timeout = time.Minute }, "timeout"},
		{"timeout below zero", func(p *data.Probe) { p.Timeout = -1 }, "timeout"},
		{"slow beyond the timeout", func(p *data.Probe) { p.Slow = 10 * time.Second }, "slow"},
		{"method", func(p *data.Probe) { p.Method = "DELETE" }, "method"},
		{"header name", func(p *data.Probe) { p.Headers = map[string]string{"a b": "c"} }, "headers"},
		{"header value", func(p *data.Probe) { p.Headers = map[string]string{"a": "c\r\nX: y"} }, "headers"},
		{"status", func(p *data.Probe) { p.Status = []int{200, 99} }, "status"},
		{"match too long", func(p *data.Probe) { p.Match = strings.Repeat("x", 1025) }, "match"},
		{"match with HEAD", func(p *data.Probe) { p.Match, p.Method = "x", http.MethodHead }, "match"},
		{"warn on http", func(p *data.Probe) { p.Warn = time.Hour }, "warn"},
		{"warn below zero", func(p *data.Probe) { p.Kind, p.Target, p.Warn = data.ProbeTLS, "a.example:443", -1 }, "warn"},
		{"failing operational", func(p *data.Probe) { p.Failing = data.Operational }, "failing"},
		{"failing degraded", func(p *data.Probe) { p.Failing = data.Degraded }, ""},
		{"roots missing", func(p *data.Probe) { p.Roots = empty + ".not" }, "roots"},
		{"roots without certificate", func(p *data.Probe) { p.Roots = empty }, "roots"},
		{"HTTP's members on tcp", func(p *data.Probe) {
			p.Kind, p.Target, p.Method, p.Status, p.Match = data.ProbeTCP, "a.example:1", "GET", []int{200}, "x"
			p.Headers = map[string]string{"a": "b"}
		}, "method headers status match"},
		{"condition", func(p *data.Probe) { p.Expect = []string{"status == 200", "json.ok"} }, ""},
		{"conditions that are none", func(p *data.Probe) { p.Expect = []string{"statuss == 200", "took"} }, "expect expect"},
		{"condition on the body of HEAD", func(p *data.Probe) { p.Expect, p.Method = []string{"json.ok"}, http.MethodHead }, "expect"},
		{"condition on the status of HEAD", func(p *data.Probe) { p.Expect, p.Method = []string{"status == 200"}, http.MethodHead }, ""},
		{"dns", of(data.ProbeDNS, "_dmarc.example.com", same), ""},
		{"dns of everything", of(data.ProbeDNS, "example.com.", func(p *data.Probe) {
			p.Record, p.Server, p.Answers, p.Slow = "MX", "[2001:db8::53]:53", []string{"mail.example.com"}, time.Second
		}), ""},
		{"dns of a URL", of(data.ProbeDNS, "https://example.com", same), "target"},
		{"dns of a name that is too long", of(data.ProbeDNS, strings.Repeat("abcdefgh.", 32), same), "target"},
		{"dns with gaps", of(data.ProbeDNS, "www..example.com", same), "target"},
		{"dns of another record", of(data.ProbeDNS, "example.com", func(p *data.Probe) { p.Record = "a" }), "record"},
		{"dns of a server without port", of(data.ProbeDNS, "example.com", func(p *data.Probe) { p.Server = "192.0.2.53" }), "server"},
		{"dns with an answer that is no address", of(data.ProbeDNS, "example.com", func(p *data.Probe) { p.Answers = []string{"www.example.com", ""} }), "answers answers answers"},
		{"dns with too many answers", of(data.ProbeDNS, "example.com", func(p *data.Probe) { p.Record, p.Answers = "TXT", slices.Repeat([]string{"a"}, 21) }), "answers"},
		{"icmp", of(data.ProbeICMP, "192.0.2.1", func(p *data.Probe) { p.Packets = 20 }), ""},
		{"icmp of a name", of(data.ProbeICMP, "gw.example.com", same), ""},
		{"icmp of IPv6", of(data.ProbeICMP, "2001:db8::1", same), ""},
		{"icmp with a port", of(data.ProbeICMP, "gw.example.com:7", same), "target"},
		{"icmp of nothing", of(data.ProbeICMP, "", same), "target"},
		{"icmp of too many packets", of(data.ProbeICMP, "192.0.2.1", func(p *data.Probe) { p.Packets = 21 }), "packets"},
		{"statuspage", of(data.ProbeStatuspage, "https://status.example.com", func(p *data.Probe) { p.Part = "API" }), ""},
		{"statuspage of a document", of(data.ProbeStatuspage, "https://status.example.com/api/v2/summary.json", same), "target"},
		{"statuspage with what it says itself", of(data.ProbeStatuspage, "https://status.example.com", func(p *data.Probe) { p.Failing, p.Slow = data.Degraded, time.Second }), "slow failing"},
		{"statuspage with a long part", of(data.ProbeStatuspage, "https://status.example.com", func(p *data.Probe) { p.Part = strings.Repeat("x", 201) }), "part"},
		{"feed", of(data.ProbeFeed, "https://status.example.com/history.rss", func(p *data.Probe) { p.Match, p.Recent = "mail", 48*time.Hour }), ""},
		{"feed of a file", of(data.ProbeFeed, "file:///etc/passwd", same), "target"},
		{"feed of long ago", of(data.ProbeFeed, "https://status.example.com/history.rss", func(p *data.Probe) { p.Recent = 32 * 24 * time.Hour }), "recent"},
		{"feed with a long match", of(data.ProbeFeed, "https://status.example.com/history.rss", func(p *data.Probe) { p.Match = strings.Repeat("x", 1025) }), "match"},
		{"members of others on tcp", of(data.ProbeTCP, "a.example:1", func(p *data.Probe) {
			p.Expect, p.Record, p.Server, p.Answers, p.Packets, p.Part, p.Recent = []string{"true"}, "A", "a:53", []string{"a"}, 1, "x", time.Hour
		}), "expect record server answers packets part recent"},
		{"all at once", func(p *data.Probe) { p.Target, p.Interval, p.Status = "x", 0, []int{1} }, "target status interval timeout"},
	} {
		p := datatest.Probe("front", "crm")
		c.change(&p)
		if c.name == "all at once" {
			p.Timeout = time.Second
		}
		err := Check(p)
		if got := strings.Join(fields(err), " "); got != c.want {
			t.Errorf("%s: Check(%+v) speaks of %q (%v), want %q", c.name, p, got, err, c.want)
		}
		if prober, made := Compile(p, Client{}); (made == nil) != (err == nil) || (prober == nil) != (err != nil) {
			t.Errorf("%s: Compile says %v where Check says %v", c.name, made, err)
		}
	}
}

func TestCheckKeepsSecrets(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"ftp://user:hush@example.com/?token=hush", "ftp://example.com/#hush", "http://user:hush@[bad/", "http://:hush@", "user:hush@example.com?hush",
	} {
		for _, kind := range data.ProbeKinds {
			p := datatest.Probe("front", "crm")
			p.Kind, p.Target = kind, target
			if err := Check(p); err == nil || strings.Contains(err.Error(), "hush") {
				t.Errorf("Check of %s %q says %v", kind, target, err)
			}
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, k := range data.ProbeKinds {
		if _, ok := kinds[k]; !ok {
			t.Errorf("nothing probes %s", k)
		}
	}
	if len(kinds) != len(data.ProbeKinds) {
		t.Errorf("%d kinds are made, %d are known", len(kinds), len(data.ProbeKinds))
	}
}
