package kind

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

var zero = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// authority is a CA of the tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // for Probe.Roots
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	a := authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA of the tests"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-24 * 365 * time.Hour), NotAfter: time.Now().Add(24 * 365 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(t)
	a.cert = sign(t, template, template, a.key, a.key)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	if err := os.WriteFile(a.file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// issue makes a certificate for 127.0.0.1, changed by change, and signed by itself if alone.
func (a authority) issue(t testing.TB, alone bool, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a target"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-90 * 24 * time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(template)
	key := newKey(t)
	parent, by := a.cert, a.key
	if alone {
		parent, by = template, key
	}
	return tls.Certificate{Certificate: [][]byte{sign(t, template, parent, key, by).Raw}, PrivateKey: key}
}

// certificates are what a target may show, and what a probe must say.
var certificates = []struct {
	name   string
	alone  bool
	change func(*x509.Certificate)
	tls    data.Reason // of a tls probe
	http   data.Reason // of an https probe
}{
	{"valid", false, func(*x509.Certificate) {}, "", ""},
	{"expired", false, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }, data.ReasonCertificate, data.ReasonCertificate},
	{"not yet valid", false, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, data.ReasonCertificate, data.ReasonCertificate},
	{"wrong name", false, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} }, data.ReasonCertificate, data.ReasonCertificate},
	{"signed by itself", true, func(*x509.Certificate) {}, data.ReasonCertificate, data.ReasonCertificate},
	{"expiring", false, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(6 * 24 * time.Hour) }, data.ReasonExpiring, ""},
	{"expiring later", false, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(8 * 24 * time.Hour) }, "", ""},
}

// listen serves each connection with serve until the test ends.
func listen(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// refused is an address that nobody listens on.
func refused(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// nowhere resolves no name, and asks nobody.
func nowhere(t testing.TB) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { pc.Close(); <-done })
	go func() {
		defer close(done)
		b := make([]byte, 512)
		for {
			n, from, err := pc.ReadFrom(b)
			if err != nil {
				return
			}
			b[2], b[3] = 0x81, 0x83 // an answer: no such name
			if _, err := pc.WriteTo(b[:n], from); err != nil {
				return
			}
		}
	}()
	d := net.Dialer{}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return d.DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

// once runs a probe of kind against target once, with a deadline of timeout.
func once(t testing.TB, c Client, kind data.ProbeKind, target string, timeout time.Duration, change func(*data.Probe)) data.Sample {
	t.Helper()
	p := datatest.Probe("front", "crm")
	p.Kind, p.Target, p.Timeout = kind, target, timeout
	change(&p)
	prober, err := Compile(p, c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), p.Deadline())
	defer cancel()
	samples := prober.Probe(ctx)
	if len(samples) != 1 {
		t.Fatalf("%d samples, want one", len(samples))
	}
	if s := samples[0]; len(s.Detail) > 200 || (s.Reason == "") != (s.Detail == "") || s.Latency <= 0 {
		t.Errorf("%s: reason %q, detail %q, latency %s", target, s.Reason, s.Detail, s.Latency)
	}
	return samples[0]
}

func same(*data.Probe) {}
