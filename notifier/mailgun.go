package notifier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailgun/mailgun-go/v4"
	"github.com/mailgun/mailgun-go/v4/events"
)

// Mailgun is a Sender and Finder over Mailgun's HTTP API in the EU. It is safe for concurrent use.
type Mailgun struct {
	client *mailgun.MailgunImpl
	from   string
}

var (
	_ Sender = (*Mailgun)(nil)
	_ Finder = (*Mailgun)(nil)
)

// MailgunOptions for NewMailgun.
type MailgunOptions struct {
	Base   string // empty means the EU address; another one only for a stand-in on this machine
	Domain string
	Key    string
	From   string
}

// NewMailgun refuses every address but Mailgun's in the EU, and a stand-in on the loopback: personal data stays in Europe
// (G3).
func NewMailgun(o MailgunOptions) (*Mailgun, error) {
	if o.Base == "" {
		o.Base = mailgun.APIBaseEU
	}
	if err := CheckMailgunBase(o.Base); err != nil {
		return nil, err
	}
	client := mailgun.NewMailgun(o.Domain, o.Key)
	client.SetAPIBase(strings.TrimSuffix(o.Base, "/"))
	client.SetClient(&http.Client{Timeout: RequestTimeout, Transport: &attentive{next: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: side,
		IdleConnTimeout:     time.Minute,
	}}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
	return &Mailgun{client: client, from: o.From}, nil
}

// CheckMailgunBase says whether an API address may be used.
func CheckMailgunBase(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is no address of Mailgun's: use %s", base, mailgun.APIBaseEU)
	}
	if eu, _ := url.Parse(mailgun.APIBaseEU); u.Scheme == "https" && u.Host == eu.Host {
		return nil
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() || u.Hostname() == "localhost" {
		return nil
	}
	return fmt.Errorf("%s is not Mailgun's address in the EU: mail about the service must not leave Europe, use %s", base, mailgun.APIBaseEU)
}

// heed is what the transport noticed of one request.
type heed struct {
	reached bool // a connection was there, so the request may have gone out
	status  int
	after   time.Duration
}

type heedKey struct{}

// attentive notices what the library does not hand on: whether anybody was reached, the status, and when to come back.
type attentive struct{ next http.RoundTripper }

// answerLimit is how much of an answer is read.
const answerLimit = 1 << 20

func (a *attentive) RoundTrip(r *http.Request) (*http.Response, error) {
	h, _ := r.Context().Value(heedKey{}).(*heed)
	if h == nil {
		h = &heed{}
	}
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { h.reached = true }}
	res, err := a.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil {
		return nil, err
	}
	h.status, h.after = res.StatusCode, pause(res.Header, time.Now())
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, answerLimit), res.Body}
	return res, nil
}

// pause reads Retry-After (seconds or a date) and Mailgun's X-RateLimit-Reset (unix milliseconds or seconds).
func pause(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if s, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(min(s, 1<<20))*time.Second)
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	if at, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && at > 0 {
		t := time.Unix(at, 0)
		if at > 1e11 {
			t = time.UnixMilli(at)
		}
		return max(0, t.Sub(now))
	}
	return 0
}

// Send implements Sender.
func (m *Mailgun) Send(ctx context.Context, b Batch) (Receipt, error) {
	h := &heed{}
	msg := mailgun.NewMessage(m.from, b.Letter.Subject, b.Letter.Text, b.To)
	msg.SetHTML(b.Letter.HTML)
	msg.SetTracking(false)
	msg.AddHeader("Message-Id", "<"+b.MessageID+">")
	msg.AddHeader("Auto-Submitted", "auto-generated")
	if err := errors.Join(msg.AddTag(b.Tag), msg.AddVariable("outbox", b.Key)); err != nil {
		return Receipt{}, &SendError{Outcome: Refused, Reason: "this message cannot be built: its tag or variable is not accepted"}
	}
	_, id, err := m.client.Send(context.WithValue(ctx, heedKey{}, h), msg)
	switch {
	case err == nil && id != "":
		return Receipt{ID: strings.Trim(id, "<>"), At: time.Now()}, nil
	case err == nil:
		return Receipt{}, &SendError{Outcome: Unknown, Reason: "the provider answered without an ID"}
	}
	return Receipt{}, explain(h, err)
}

// explain says what a failed request means (RELIABILITY 1, step 3).
func explain(h *heed, err error) *SendError {
	switch {
	case h.status == http.StatusTooManyRequests:
		return &SendError{Outcome: NotTaken, After: h.after, Reason: "the provider asks to send more slowly (429)"}
	case h.status == http.StatusRequestTimeout:
		return &SendError{Outcome: Unknown, Reason: "the provider timed out (408)"}
	case h.status >= 400 && h.status < 500:
		return &SendError{Outcome: Refused, Reason: fmt.Sprintf("the provider refuses: %d %s", h.status, http.StatusText(h.status))}
	case h.status != 0:
		return &SendError{Outcome: Unknown, Reason: fmt.Sprintf("the provider answered %d, which says neither yes nor no", h.status)}
	case !h.reached:
		return &SendError{Outcome: NotTaken, Reason: "the provider cannot be reached: " + cause(err)}
	}
	return &SendError{Outcome: Unknown, Reason: "the connection ended without an answer: " + cause(err)}
}

// Find implements Finder over Mailgun's events: what was accepted for this address since then, by our variable, tag or
// message ID, whichever the provider kept.
func (m *Mailgun) Find(ctx context.Context, b Batch, since time.Time) (Receipt, bool, error) {
	it := m.client.ListEvents(&mailgun.ListEventOptions{
		Begin: since.Add(-time.Minute), End: time.Now().Add(time.Minute), Limit: 100,
		Filter: map[string]string{"event": "accepted", "recipient": b.To},
	})
	var page []mailgun.Event
	for range 20 { // bounded: a reader does not get two thousand mails in an hour
		h := &heed{}
		more := it.Next(context.WithValue(ctx, heedKey{}, h), &page)
		if err := unasked(h, it.Err()); err != nil {
			return Receipt{}, false, err
		}
		if !more {
			break
		}
		for _, e := range page {
			if a, ok := e.(*events.Accepted); ok && ours(a, b) {
				return Receipt{ID: strings.Trim(a.Message.Headers.MessageID, "<>"), At: a.GetTimestamp()}, true, nil
			}
		}
	}
	return Receipt{}, false, nil
}

func ours(a *events.Accepted, b Batch) bool {
	if strings.Trim(a.Message.Headers.MessageID, "<>") == b.MessageID {
		return true
	}
	variables, _ := a.UserVariables.(map[string]any)
	return variables["outbox"] == b.Key || slices.Contains(a.Tags, b.Tag) // the tag is the bulletin's, and the events are this reader's
}
