package kind

import (
	"context"
	"crypto/x509"
	"net"
	"time"

	"github.com/superoffice/statusd/data"
)

// tcpProber opens a connection and closes it.
type tcpProber struct {
	probe  data.Probe
	dialer net.Dialer
}

var _ Prober = (*tcpProber)(nil)

func newTCP(p data.Probe, c Client, _ *x509.CertPool) Prober {
	return &tcpProber{probe: p, dialer: net.Dialer{Resolver: c.Resolver}}
}

// Probe implements Prober.
func (t *tcpProber) Probe(ctx context.Context) []data.Sample {
	start := time.Now()
	s := data.Sample{Level: data.Operational}
	conn, err := t.dialer.DialContext(ctx, "tcp", t.probe.Target)
	if err != nil {
		why, detail := explain(err, connecting)
		s = Fail(t.probe, why, detail)
	} else {
		conn.Close()
	}
	s.Latency = time.Since(start)
	return []data.Sample{late(t.probe, s)}
}
