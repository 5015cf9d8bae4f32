package kind

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkHTTP compares a probe with its floor, a request of net/http over a new transport: both by turns against the
// same server, processor time of the whole process (DESIGN 13: at most 1.15 times the floor, without conditions).
func BenchmarkHTTP(b *testing.B) {
	for _, c := range []struct {
		name   string
		secure bool
		expect []string
	}{
		{"plain", false, nil},
		{"tls", true, nil},
		{"conditions", false, []string{`status == 200 and header("Content-Type") startsWith "application/json"`, `json.state == "ok" and all(json.nodes, .up)`}},
	} {
		b.Run(c.name, func(b *testing.B) {
			secure := c.secure
			ca := newAuthority(b)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"state": "ok", "nodes": [{"name": "a", "up": true}, {"name": "b", "up": true}, {"name": "c", "up": true}]}`)
			}))
			p := datatest.Probe("front", "crm")
			p.Expect = c.expect
			var roots *x509.CertPool
			if secure {
				server.TLS = serverTLS(b, ca)
				server.StartTLS()
				p.Roots = ca.file
				roots = x509.NewCertPool()
				roots.AddCert(ca.cert)
			} else {
				server.Start()
			}
			defer server.Close()
			p.Target = server.URL
			prober, err := Compile(p, Client{})
			if err != nil {
				b.Fatal(err)
			}
			ctx := b.Context()
			probe := func() {
				ctx, cancel := context.WithTimeout(ctx, p.Deadline())
				defer cancel()
				if s := prober.Probe(ctx)[0]; s.Level != data.Operational {
					b.Fatalf("%+v", s)
				}
			}
			plain := func() {
				t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
				defer t.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(ctx, p.Deadline())
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
				if err != nil {
					b.Fatal(err)
				}
				resp, err := (&http.Client{Transport: t}).Do(req)
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			var ours, theirs time.Duration
			n := 0
			for b.Loop() {
				for range 50 {
					at := cpu(b)
					for range 4 {
						probe()
					}
					mid := cpu(b)
					for range 4 {
						plain()
					}
					ours, theirs = ours+mid-at, theirs+cpu(b)-mid
					n += 4
				}
			}
			b.ReportMetric(float64(ours.Microseconds())/float64(n), "cpu-µs/probe")
			b.ReportMetric(float64(theirs.Microseconds())/float64(n), "cpu-µs/floor")
			b.ReportMetric(float64(ours)/float64(theirs), "x-floor")
		})
	}
}

func serverTLS(b *testing.B, ca authority) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{ca.issue(b, false, certificates[0].change)}}
}
