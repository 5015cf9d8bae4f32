package kind

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/superoffice/statusd/data"
)

// stage is how far a run came before it failed, for errors that do not say what they are.
type stage int

const (
	connecting stage = iota
	shaking          // hands, for TLS
	asking           // the connection stands
	resolving        // a name, within connecting
)

var errTooMany = fmt.Errorf("more than %d redirects", maxRedirects)

// errForbidden is a redirect to where none may lead.
type errForbidden struct{ what string }

func (e errForbidden) Error() string { return e.what }

// explain puts an error into the closed set of reasons, with a detail in our own words: what a target sent is not
// repeated, nor is anything of its URL.
func explain(err error, reached stage) (data.Reason, string) {
	var (
		forbidden errForbidden
		dns       *net.DNSError
		record    tls.RecordHeaderError
		op        *net.OpError
		errno     syscall.Errno
		timeout   net.Error
	)
	if cert := certificateError(err); cert != "" {
		return data.ReasonCertificate, Clip(cert)
	}
	switch {
	case errors.Is(err, errTooMany):
		return data.ReasonRedirect, errTooMany.Error()
	case errors.As(err, &forbidden):
		return data.ReasonRedirect, Clip(forbidden.what)
	case errors.As(err, &dns):
		return data.ReasonName, Clip(dns.Err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		if reached == resolving {
			return data.ReasonName, "the name was not resolved in time"
		}
		return data.ReasonTimeout, [...]string{"no connection in time", "no TLS handshake in time", "no complete answer in time"}[reached]
	case errors.As(err, &record):
		return data.ReasonTLS, "the target does not speak TLS"
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		return data.ReasonTLS, Clip(op.Err.Error())
	case errors.As(err, &errno) && reached != shaking:
		return data.ReasonConnect, errno.Error()
	}
	switch reached {
	case connecting, resolving:
		return data.ReasonConnect, "no connection"
	case shaking:
		return data.ReasonTLS, "the TLS handshake failed"
	}
	return data.ReasonProtocol, "no valid HTTP answer"
}

// certificateError says what is wrong with a certificate; empty where err is about something else.
func certificateError(err error) string {
	var (
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		unknown  x509.UnknownAuthorityError
		verify   *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &hostname):
		return "the certificate is for another name than " + hostname.Host
	case errors.As(err, &unknown):
		return "the certificate's issuer is unknown"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		if now := time.Now(); now.Before(invalid.Cert.NotBefore) {
			return "a certificate is not valid before " + day(invalid.Cert.NotBefore)
		}
		return "a certificate expired on " + day(invalid.Cert.NotAfter)
	case errors.As(err, &invalid):
		return "the certificate is not valid for this use"
	case errors.As(err, &verify):
		return "the certificate cannot be verified"
	}
	return ""
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// ends is the earliest end of the certificates; zero where there is none.
func ends(certs []*x509.Certificate) (first time.Time) {
	for _, c := range certs {
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter.UTC()
		}
	}
	return first
}

// Clip cuts a detail to the 200 bytes it may have.
func Clip(s string) string {
	if len(s) > 200 {
		s = s[:200]
	}
	return strings.ToValidUTF8(s, "")
}

// Fail is the sample of a run that found something wrong.
func Fail(p data.Probe, why data.Reason, detail string) data.Sample {
	return data.Sample{Level: p.FailLevel(), Reason: why, Detail: detail}
}

// late turns a right answer that came after p.Slow into a degraded one.
func late(p data.Probe, s data.Sample) data.Sample {
	if p.Slow > 0 && s.Level == data.Operational && s.Latency > p.Slow {
		s.Level, s.Reason = data.Degraded, data.ReasonSlow
		s.Detail = fmt.Sprintf("it took %s, more than %s", s.Latency.Round(time.Millisecond), p.Slow)
	}
	return s
}

// Right says whether a target answered as it should, if perhaps slowly.
func Right(s data.Sample) bool {
	return s.Reason == "" || s.Reason == data.ReasonSlow || s.Reason == data.ReasonExpiring
}
