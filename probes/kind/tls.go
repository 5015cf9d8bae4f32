package kind

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"time"

	"github.com/superoffice/statusd/data"
)

// defaultWarn is how long before its end a certificate makes its component degraded, unless the probe says otherwise.
const defaultWarn = 7 * 24 * time.Hour

// tlsProber shakes hands and looks at the certificates. It verifies them itself, so that the end of one that does not
// pass is seen as well.
type tlsProber struct {
	probe  data.Probe
	host   string
	warn   time.Duration
	roots  *x509.CertPool
	dialer net.Dialer
}

var _ Prober = (*tlsProber)(nil)

func newTLS(p data.Probe, c Client, roots *x509.CertPool) Prober {
	host, _, _ := net.SplitHostPort(p.Target)
	t := &tlsProber{probe: p, host: host, warn: p.Warn, roots: roots, dialer: net.Dialer{Resolver: c.Resolver}}
	if t.warn == 0 {
		t.warn = defaultWarn
	}
	return t
}

// Probe implements Prober.
func (t *tlsProber) Probe(ctx context.Context) []data.Sample {
	start := time.Now()
	s := t.look(ctx)
	s.Latency = time.Since(start)
	return []data.Sample{late(t.probe, s)}
}

func (t *tlsProber) look(ctx context.Context) data.Sample {
	conn, err := t.dialer.DialContext(ctx, "tcp", t.probe.Target)
	if err != nil {
		why, detail := explain(err, connecting)
		return Fail(t.probe, why, detail)
	}
	defer conn.Close()
	client := tls.Client(conn, &tls.Config{
		ServerName: t.host, InsecureSkipVerify: true, //nolint:gosec // verified below
	})
	if err := client.HandshakeContext(ctx); err != nil {
		why, detail := explain(err, shaking)
		return Fail(t.probe, why, detail)
	}
	certs := client.ConnectionState().PeerCertificates
	s := t.verify(certs, time.Now())
	s.Expires = ends(certs)
	return s
}

// verify is what the certificates mean at now.
func (t *tlsProber) verify(certs []*x509.Certificate, now time.Time) data.Sample {
	between := x509.NewCertPool()
	for _, c := range certs[1:] {
		between.AddCert(c)
	}
	_, err := certs[0].Verify(x509.VerifyOptions{DNSName: t.host, Roots: t.roots, Intermediates: between, CurrentTime: now})
	if err != nil {
		why, detail := explain(err, shaking)
		return Fail(t.probe, why, detail)
	}
	if end := ends(certs); !now.Add(t.warn).Before(end) {
		return data.Sample{Level: data.Degraded, Reason: data.ReasonExpiring, Detail: "the certificate ends on " + day(end)}
	}
	return data.Sample{Level: data.Operational}
}
