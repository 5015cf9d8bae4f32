package pager

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
)

// WebhookOptions for NewWebhook.
type WebhookOptions struct {
	URL       string // https, or http on this machine
	Secrets   []Secret
	Page      string // name of the page
	Overview  string // address of the operators' overview
	UserAgent string
	Roots     *x509.CertPool // nil means the system's
}

// Secret signs what a webhook is sent. The zero value is none.
type Secret struct{ key []byte }

// Format implements fmt.Formatter, so that no verb looks inside.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") } //nolint:errcheck // nowhere to tell

// secretPrefix marks a secret of Standard Webhooks.
const secretPrefix = "whsec_"

// ParseSecret reads "whsec_" and 24 to 64 bytes as base64. The error does not repeat it.
func ParseSecret(s string) (Secret, error) {
	coded, ok := strings.CutPrefix(s, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return Secret{}, errors.New("this is no secret of a webhook: it is whsec_ and 24 to 64 bytes as base64; make one with: echo whsec_$(openssl rand -base64 32)")
	}
	return Secret{key}, nil
}

// webhookTimeout bounds one attempt from the first look-up to the last byte read.
const webhookTimeout = 10 * time.Second

// answerLimit is how much of an answer's content is read; it is not looked at.
const answerLimit = 4 << 10

// NewWebhook is the channel of a receiver of Standard Webhooks. Each of the secrets signs, so that both ends can change theirs
// one after the other.
func NewWebhook(o WebhookOptions) (Channel, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return Channel{}, errors.New("the webhook's address is none: use https://host/path")
	case u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())):
		return Channel{}, errors.New("the webhook would be called in the clear: use https://")
	case len(o.Secrets) == 0:
		return Channel{}, errors.New("the webhook has no secret to sign with")
	}
	w := &webhook{o: o, client: httpClient(webhookTimeout, o.Roots)}
	return Channel{Name: KindWebhook, Kind: KindWebhook, Deliver: w.deliver}, nil
}

// httpClient makes requests that are bounded in every way: in time and size, without redirects, without a proxy from the
// environment, and with a connection of its own for each.
func httpClient(timeout time.Duration, roots *x509.CertPool) *http.Client {
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

type webhook struct {
	o      WebhookOptions
	client *http.Client
}

// What a webhook is sent; docs/alarms.md describes it.
type (
	hookBody struct {
		Type      string    `json:"type"` // always "alarms"
		Timestamp time.Time `json:"timestamp"`
		Data      hookData  `json:"data"`
	}
	hookData struct {
		Page     string      `json:"page"`
		Overview string      `json:"overview"`
		Alarms   []hookAlarm `json:"alarms"`
	}
	hookAlarm struct {
		Word    data.Word      `json:"word"`
		Kind    data.AlarmKind `json:"kind"`
		Subject string         `json:"subject"`
		Title   string         `json:"title"`
		Detail  string         `json:"detail"`
		Do      string         `json:"do"`
		Urgent  bool           `json:"urgent"`
		Since   time.Time      `json:"since"`
		By      *time.Time     `json:"by"`
		Ended   *time.Time     `json:"ended"`
		Back    int            `json:"came_back"`
	}
)

func (w *webhook) body(m Message) ([]byte, error) {
	out := hookBody{Type: "alarms", Timestamp: m.At.UTC(), Data: hookData{Page: w.o.Page, Overview: w.o.Overview}}
	for _, i := range m.Items {
		text := data.Alarms[i.Kind]
		out.Data.Alarms = append(out.Data.Alarms, hookAlarm{
			Word: i.Word, Kind: i.Kind, Subject: i.Subject, Title: text.Title, Detail: i.Detail, Do: text.Do, Urgent: i.Urgent,
			Since: i.Since.UTC(), By: instant(i.By), Ended: instant(i.Cleared), Back: i.Back,
		})
	}
	return json.Marshal(out)
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// sign is the header webhook-signature: one signature for each secret.
func sign(secrets []Secret, id string, at time.Time, body []byte) string {
	var all []string
	for _, s := range secrets {
		mac := hmac.New(sha256.New, s.key)
		fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}

func (w *webhook) deliver(ctx context.Context, m Message) error {
	body, err := w.body(m)
	if err != nil {
		return &notifier.SendError{Outcome: notifier.Refused, Reason: "the message cannot be written as JSON"}
	}
	var reached atomic.Bool // a connection was there, so the request may have gone out
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.o.URL, bytes.NewReader(body))
	if err != nil {
		return &notifier.SendError{Outcome: notifier.Refused, Reason: "the webhook's address cannot be used"}
	}
	now := time.Now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", w.o.UserAgent)
	r.Header.Set("Webhook-Id", m.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", sign(w.o.Secrets, m.ID, now, body))
	res, err := w.client.Do(r)
	if err != nil {
		if !reached.Load() {
			return &notifier.SendError{Outcome: notifier.NotTaken, Reason: "the webhook cannot be reached: " + netFault(err)}
		}
		return &notifier.SendError{Outcome: notifier.Unknown, Reason: "the webhook gave no answer: " + netFault(err)}
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, answerLimit)) //nolint:errcheck // the status says it
	return judge(res, now)
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

// netFault is an error of a request without its address, which may be secret.
func netFault(err error) string {
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
