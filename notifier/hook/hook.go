// Package hook posts to receivers of Standard Webhooks: signed, bounded in time and size, without redirects. It is what every
// webhook of this service goes out by.
package hook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/superoffice/statusd/notifier"
)

// Options for New.
type Options struct {
	URL       string // https, or http on this machine
	Secrets   []Secret
	UserAgent string
	Roots     *x509.CertPool // nil means the system's
	Timeout   time.Duration  // of one attempt; zero means Timeout
}

// Endpoint is a receiver. Post may be called from several goroutines.
type Endpoint struct {
	o      Options
	client *http.Client
}

// New is the receiver at an address. Each of the secrets signs, so that both ends can change theirs one after the other.
func New(o Options) (*Endpoint, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return nil, errors.New("the webhook's address is none: use https://host/path")
	case u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())):
		return nil, errors.New("the webhook would be called in the clear: use https://")
	case len(o.Secrets) == 0:
		return nil, errors.New("the webhook has no secret to sign with: name its file under secret_file")
	}
	if o.Timeout == 0 {
		o.Timeout = Timeout
	}
	return &Endpoint{o, Client(o.Timeout, o.Roots)}, nil
}

// ErrGone is within the error of a receiver that wants no more: it answered 410.
var ErrGone = errors.New("the receiver is gone")

// Post sends body once, as the message of this ID. What went wrong is a *notifier.SendError, which never tells the address.
func (e *Endpoint) Post(ctx context.Context, id string, body []byte) error {
	var reached atomic.Bool // a connection was there, so the request may have gone out
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.o.URL, bytes.NewReader(body))
	if err != nil {
		return &notifier.SendError{Outcome: notifier.Refused, Reason: "the webhook's address cannot be used"}
	}
	now := time.Now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", e.o.UserAgent)
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", sign(e.o.Secrets, id, now, body))
	res, err := e.client.Do(r)
	if err != nil {
		if !reached.Load() {
			return &notifier.SendError{Outcome: notifier.NotTaken, Reason: "the webhook cannot be reached: " + Fault(err)}
		}
		return &notifier.SendError{Outcome: notifier.Unknown, Reason: "the webhook gave no answer: " + Fault(err)}
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, AnswerLimit)) //nolint:errcheck // the status says it
	return judge(res, now)
}

// Timeout bounds one attempt from the first look-up to the last byte read.
const Timeout = 10 * time.Second

// AnswerLimit is how much of an answer's content is read; it is not looked at.
const AnswerLimit = 4 << 10

// Client makes requests that are bounded in every way: in time and size, without redirects, without a proxy from the
// environment, and with a connection of its own for each.
func Client(timeout time.Duration, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: timeout / 2}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
			TLSHandshakeTimeout:    timeout / 2,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// judge is what a status means.
func judge(res *http.Response, now time.Time) error {
	failure := &notifier.SendError{Outcome: notifier.Unknown, Reason: fmt.Sprintf("the webhook answered %d", res.StatusCode), After: pause(res.Header, now)}
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusGone:
		failure.Outcome = notifier.Refused
		return fmt.Errorf("%w: %w", ErrGone, failure)
	case code == http.StatusTooManyRequests:
		failure.Outcome = notifier.NotTaken
	case code == http.StatusRequestTimeout:
	case code >= 300 && code < 400:
		failure.Outcome, failure.Reason = notifier.Refused, failure.Reason+": it redirects, which is not followed: configure the address it leads to"
	case code >= 400 && code < 500:
		failure.Outcome = notifier.Refused
	}
	return failure
}

// pause reads Retry-After, in seconds or as a date.
func pause(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if s, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(0, min(s, 1<<20))) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// Fault is an error of a request without its address, which may be secret.
func Fault(err error) string {
	var (
		dns  *net.DNSError
		wait net.Error
		cert *tls.CertificateVerificationError
		op   *net.OpError
	)
	switch {
	case errors.As(err, &cert):
		return "its certificate does not pass"
	case errors.As(err, &dns):
		return "its name does not resolve"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &wait) && wait.Timeout():
		return "no answer in time"
	case errors.As(err, &op) && op.Op == "dial":
		return "no connection"
	}
	return "the connection ended"
}

// Loopback says whether a host is this machine.
func Loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
