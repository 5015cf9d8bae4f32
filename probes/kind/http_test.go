package kind

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func serve(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	var asked *http.Request
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Clone(t.Context())
		switch r.URL.Path {
		case "/down":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/hop":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/4", "/3", "/2", "/1": // so many redirects
			http.Redirect(w, r, fmt.Sprintf("/%d", r.URL.Path[1]-'1'), http.StatusFound)
		case "/teapot":
			w.WriteHeader(http.StatusTeapot)
		}
		io.WriteString(w, "all is well")
	})
	for _, c := range []struct {
		name, path string
		change     func(*data.Probe)
		level      data.Level
		reason     data.Reason
		code       int
	}{
		{"right", "/", same, data.Operational, "", 200},
		{"status", "/down", same, data.MajorOutage, data.ReasonStatus, 503},
		{"what a failure means", "/down", func(p *data.Probe) { p.Failing = data.PartialOutage }, data.PartialOutage, data.ReasonStatus, 503},
		{"expected status", "/teapot", func(p *data.Probe) { p.Status = []int{404, 418} }, data.Operational, "", 418},
		{"200 where another is expected", "/", func(p *data.Probe) { p.Status = []int{418} }, data.MajorOutage, data.ReasonStatus, 200},
		{"text is there", "/", func(p *data.Probe) { p.Match = "is well" }, data.Operational, "", 200},
		{"text is not there", "/", func(p *data.Probe) { p.Match = "is bad" }, data.MajorOutage, data.ReasonBody, 200},
		{"redirect is followed", "/hop", same, data.Operational, "", 200},
		{"redirect is expected", "/hop", func(p *data.Probe) { p.Status = []int{302} }, data.Operational, "", 302},
		{"three redirects", "/3", same, data.Operational, "", 200},
		{"four redirects", "/4", same, data.MajorOutage, data.ReasonRedirect, 0},
		{"HEAD", "/", func(p *data.Probe) { p.Method = http.MethodHead }, data.Operational, "", 200},
		{"conditions hold", "/", func(p *data.Probe) { p.Expect = []string{`body == "all is well"`, "took < 10000"} }, data.Operational, "", 200},
		{"a condition does not hold", "/", func(p *data.Probe) { p.Expect = []string{"status == 200", "json.ok"} }, data.MajorOutage, data.ReasonAnswer, 200},
		{"a condition on phases", "/", func(p *data.Probe) { p.Expect = []string{"phase.connect <= 0"} }, data.MajorOutage, data.ReasonAnswer, 200},
		{"a wrong status comes before conditions", "/down", func(p *data.Probe) { p.Expect = []string{"status == 503"} }, data.MajorOutage, data.ReasonStatus, 503},
		{"conditions on a status that is right", "/down", func(p *data.Probe) { p.Status, p.Expect = []int{503}, []string{"status == 503"} }, data.Operational, "", 503},
		{"slow", "/", func(p *data.Probe) { p.Slow = 1 }, data.Degraded, data.ReasonSlow, 200},
	} {
		s := once(t, Client{}, data.ProbeHTTP, url+c.path, 10*time.Second, c.change)
		if s.Level != c.level || s.Reason != c.reason || s.Code != c.code {
			t.Errorf("%s: %+v, want %v, %q and status %d", c.name, s, c.level, c.reason, c.code)
		}
		if s.Phases.Connect <= 0 || s.Phases.Processing <= 0 || s.Phases.Resolve != 0 || s.Phases.TLS != 0 {
			t.Errorf("%s: phases %+v", c.name, s.Phases)
		}
	}
	once(t, Client{UserAgent: "statusd/1 (+https://status.example)"}, data.ProbeHTTP, url, time.Second, func(p *data.Probe) {
		p.Method, p.Headers = http.MethodPost, map[string]string{"X-Key": "hush", "host": "www.example"}
	})
	if asked.UserAgent() != "statusd/1 (+https://status.example)" || asked.Method != http.MethodPost || asked.Host != "www.example" ||
		asked.Header.Get("X-Key") != "hush" || asked.Header.Get("Accept-Encoding") != "" || !asked.Close {
		t.Errorf("the target was asked %s %s %v", asked.Method, asked.Host, asked.Header)
	}
}

// TestHTTPRedirectSecrets sees that configured headers stay with the first host.
func TestHTTPRedirectSecrets(t *testing.T) {
	t.Parallel()
	var got http.Header
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Clone() })
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusFound) })
	s := once(t, Client{}, data.ProbeHTTP, url+"/?token=hush", time.Second, func(p *data.Probe) {
		p.Headers = map[string]string{"X-Key": "hush"}
	})
	if s.Level != data.Operational || got.Get("X-Key") != "" || got.Get("Referer") != "" {
		t.Errorf("%v; the other host got %v", s.Level, got)
	}
}

// TestHTTPHostile is F28: every run is bounded and says what was wrong.
func TestHTTPHostile(t *testing.T) {
	t.Parallel()
	targets := hostile()
	for _, kind := range []data.ProbeKind{data.ProbeHTTP, data.ProbeStatuspage, data.ProbeFeed} {
		for _, c := range targets {
			t.Run(string(kind)+" "+c.name, func(t *testing.T) {
				t.Parallel()
				addr := listen(t, c.serve)
				timeout := 10 * time.Second
				if c.want == data.ReasonTimeout {
					timeout = 200 * time.Millisecond
				}
				want, level := c.want, data.MajorOutage
				switch {
				case kind != data.ProbeHTTP: // the page says nothing then
					level = data.NoData
					if want == "" {
						want = data.ReasonProtocol
					}
				case want == "":
					level = data.Operational
				}
				s := once(t, Client{}, kind, "http://user:hush@"+addr+"/?token=hush", timeout, same)
				if s.Reason != want || s.Level != level || strings.Contains(s.Detail, "hush") || strings.Contains(s.Detail, "SSH") {
					t.Errorf("%v, reason %q, detail %q, want %v and %q", s.Level, s.Reason, s.Detail, level, want)
				}
			})
		}
	}
}

func TestHTTPNoConnection(t *testing.T) {
	t.Parallel()
	s := once(t, Client{}, data.ProbeHTTP, "http://"+refused(t)+"/", time.Second, same)
	if s.Reason != data.ReasonConnect || s.Detail != "connection refused" || s.Level != data.MajorOutage {
		t.Errorf("a refused port: %+v", s)
	}
	for _, kind := range data.ProbeKinds {
		if kind == data.ProbeHeartbeat || kind == data.ProbeTransaction || kind == data.ProbeTenant {
			continue // it asks nobody, or has tests of its own
		}
		target := "gone.invalid:80"
		switch kind {
		case data.ProbeHTTP, data.ProbeStatuspage, data.ProbeFeed:
			target = "http://gone.invalid/"
		case data.ProbeDNS, data.ProbeICMP:
			target = "gone.invalid"
		}
		s = once(t, Client{Resolver: nowhere(t)}, kind, target, 5*time.Second, same)
		if s.Reason != data.ReasonName {
			t.Errorf("%s of a name that does not resolve: %+v", kind, s)
		}
		if kind == data.ProbeHTTP && s.Phases.Resolve <= 0 {
			t.Errorf("resolving took %s", s.Phases.Resolve)
		}
	}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for _, c := range certificates {
		cert := ca.issue(t, c.alone, c.change)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		s := once(t, Client{}, data.ProbeHTTP, server.URL, 5*time.Second, func(p *data.Probe) { p.Roots = ca.file })
		if s.Reason != c.http {
			t.Errorf("%s: %+v, want reason %q", c.name, s, c.http)
		}
		if s.Expires.IsZero() || s.Phases.TLS <= 0 {
			t.Errorf("%s: ends %v, TLS took %s", c.name, s.Expires, s.Phases.TLS)
		}
		server.Close()
	}
	if s := once(t, Client{}, data.ProbeHTTP, "https://"+listen(t, func(c net.Conn) { io.WriteString(c, "220 mail.example\r\n") }), 5*time.Second, same); s.Reason != data.ReasonTLS {
		t.Errorf("no TLS at all: %+v", s)
	}
}

func TestMayLead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"93.184.216.34", "1.1.1.1", true},
		{"93.184.216.34", "10.0.0.1", false},
		{"93.184.216.34", "127.0.0.1", false},
		{"93.184.216.34", "169.254.169.254", false},
		{"93.184.216.34", "100.64.0.1", false},
		{"93.184.216.34", "0.0.0.0", false},
		{"93.184.216.34", "::1", false},
		{"93.184.216.34", "::ffff:10.0.0.1", false},
		{"93.184.216.34", "64:ff9b::a00:1", false},
		{"93.184.216.34", "fd00::1", false},
		{"93.184.216.34", "fe80::1", false},
		{"2606:4700::1", "2606:4700::2", true},
		{"10.0.0.1", "192.168.0.1", true},
		{"10.0.0.1", "93.184.216.34", true},
		{"10.0.0.1", "127.0.0.1", false},
		{"127.0.0.1", "127.0.0.2", true},
		{"127.0.0.1", "169.254.169.254", false},
	} {
		if got := mayLead(netip.MustParseAddr(c.from), netip.MustParseAddr(c.to)); got != c.want {
			t.Errorf("a redirect from %s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// TestHTTPRedirectHeaders sees that the headers of a probe follow a redirect only to the host that they are for, and never into the
// clear. A listener cannot speak TLS and none on one port, so that case is asked for here.
func TestHTTPRedirectHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		keeps    bool
	}{
		{"https://app.example/", "https://app.example/in", true},
		{"http://app.example/", "http://app.example/in", true},
		{"http://app.example/", "https://app.example/in", true},
		{"https://app.example/", "http://app.example/in", false},
		{"https://app.example:8443/", "http://app.example:8443/in", false},
		{"https://app.example/", "https://www.example/in", false},
		{"https://app.example/", "https://app.example:8443/in", false},
	} {
		h := newGet(data.Probe{Target: c.from, Interval: time.Minute, Headers: map[string]string{"X-Key": "hush"}}, Client{}, nil)
		req := httptest.NewRequest(http.MethodGet, c.to, http.NoBody)
		req.Header.Set("X-Key", "hush")
		if err := h.redirect(req, []*http.Request{httptest.NewRequest(http.MethodGet, c.from, http.NoBody)}); err != nil {
			t.Errorf("from %s to %s: %v", c.from, c.to, err)
		}
		if got := req.Header.Get("X-Key") != ""; got != c.keeps {
			t.Errorf("from %s to %s the headers are sent: %v, want %v", c.from, c.to, got, c.keeps)
		}
	}
}
