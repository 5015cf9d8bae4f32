package kind

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for _, c := range certificates {
		cert := ca.issue(t, c.alone, c.change)
		addr := listen(t, func(conn net.Conn) {
			server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
			if server.Handshake() == nil {
				io.Copy(io.Discard, server)
			}
		})
		s := once(t, Client{}, data.ProbeTLS, addr, 5*time.Second, func(p *data.Probe) { p.Roots = ca.file })
		want := map[data.Reason]data.Level{"": data.Operational, data.ReasonExpiring: data.Degraded, data.ReasonCertificate: data.MajorOutage}[c.tls]
		if s.Reason != c.tls || s.Level != want {
			t.Errorf("%s: %+v, want %v for %q", c.name, s, want, c.tls)
		}
		if s.Expires.IsZero() {
			t.Errorf("%s: its end was not seen", c.name)
		}
		if c.name == "expiring" {
			s := once(t, Client{}, data.ProbeTLS, addr, 5*time.Second, func(p *data.Probe) { p.Roots, p.Warn = ca.file, 24*time.Hour })
			if s.Level != data.Operational {
				t.Errorf("a warning of one day, six days before: %+v", s)
			}
		}
		if s := once(t, Client{}, data.ProbeTLS, addr, 5*time.Second, same); s.Reason != data.ReasonCertificate {
			t.Errorf("%s, with an issuer unknown: %+v", c.name, s)
		}
	}
}

func TestTLSFails(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	old := ca.issue(t, false, certificates[0].change)
	for _, c := range []struct {
		name  string
		serve func(net.Conn)
		want  data.Reason
	}{
		{"speaks something else", func(c net.Conn) { io.WriteString(c, "220 mail.example ESMTP\r\n") }, data.ReasonTLS},
		{"hangs up", func(net.Conn) {}, data.ReasonTLS},
		{"says nothing", func(c net.Conn) { io.Copy(io.Discard, c) }, data.ReasonTimeout},
		{"too old", func(c net.Conn) {
			tls.Server(c, &tls.Config{Certificates: []tls.Certificate{old}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}).Handshake()
		}, data.ReasonTLS},
	} {
		s := once(t, Client{}, data.ProbeTLS, listen(t, c.serve), 300*time.Millisecond, same)
		if s.Reason != c.want || s.Level != data.MajorOutage || strings.Contains(s.Detail, "ESMTP") {
			t.Errorf("%s: %+v, want %q", c.name, s, c.want)
		}
	}
	if s := once(t, Client{}, data.ProbeTLS, refused(t), time.Second, same); s.Reason != data.ReasonConnect {
		t.Errorf("a refused port: %+v", s)
	}
}

func TestTCP(t *testing.T) {
	t.Parallel()
	addr := listen(t, func(net.Conn) {})
	if s := once(t, Client{}, data.ProbeTCP, addr, time.Second, same); s.Level != data.Operational {
		t.Errorf("an open port: %+v", s)
	}
	if s := once(t, Client{}, data.ProbeTCP, addr, time.Second, func(p *data.Probe) { p.Slow = 1 }); s.Reason != data.ReasonSlow {
		t.Errorf("a slow port: %+v", s)
	}
	if s := once(t, Client{}, data.ProbeTCP, refused(t), time.Second, same); s.Reason != data.ReasonConnect || s.Level != data.MajorOutage {
		t.Errorf("a refused port: %+v", s)
	}
}
