package pager

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/hook"
)

// sample is a message with everything in it.
func sample() Message {
	at := time.Date(2026, 1, 9, 3, 10, 0, 0, time.UTC)
	return Message{ID: "alarm_0123456789abcdef0123456789abcdef", At: at.Add(4 * time.Minute), Items: []Item{
		{Alarm: data.Alarm{
			Kind: data.AlarmUndeclared, Subject: "login|all", Detail: "login fails since <script>alert(1)</script>\r\nBcc: x@example.com",
			Since: at, Back: 2, First: at.Add(-time.Hour), Raise: 3,
		}, Word: data.SayRaised, Raise: 3, Urgent: true},
		{Alarm: data.Alarm{Kind: data.AlarmCertificate, Subject: "front", Detail: "It ends.", By: at.AddDate(0, 0, 20), Since: at, Raise: 1}, Word: data.SayReminder, Raise: 1},
		{Alarm: data.Alarm{Kind: data.AlarmPageOld, Detail: "It is old.", Since: at, Cleared: at.Add(time.Minute), Raise: 1}, Word: data.SayEnded, Raise: 1},
	}}
}

const hidden = "T0-secret-path"

func secret(t testing.TB, fill byte) (hook.Secret, string) {
	t.Helper()
	text := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
	s, err := hook.ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return s, text
}

func hooked(t testing.TB, address string) Channel {
	t.Helper()
	a, _ := secret(t, 'a')
	b, _ := secret(t, 'b')
	c, err := NewWebhook(WebhookOptions{Options: hook.Options{URL: address + "/" + hidden, Secrets: []hook.Secret{a, b}, UserAgent: "statusd/test"}, Page: "Example Status", Overview: "https://admin.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWebhookIsSigned(t *testing.T) {
	t.Parallel()
	var bodies []string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
		var want []string
		for _, fill := range []byte{'a', 'b'} {
			mac := hmac.New(sha256.New, bytes.Repeat([]byte{fill}, 32))
			io.WriteString(mac, id+"."+at+"."+string(body))
			want = append(want, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		}
		if got := r.Header.Get("webhook-signature"); got != strings.Join(want, " ") || id != sample().ID {
			t.Errorf("%s is signed %q, want %q", id, got, want)
		}
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("User-Agent") != "statusd/test" {
			t.Errorf("%s with %v", r.Method, r.Header)
		}
	}))
	defer receiver.Close()
	c := hooked(t, receiver.URL)
	for range 2 {
		if err := c.Deliver(t.Context(), sample()); err != nil {
			t.Fatal(err)
		}
	}
	if len(bodies) != 2 || bodies[0] != bodies[1] {
		t.Errorf("the same message twice:\n%s", strings.Join(bodies, "\n"))
	}
	var got struct {
		Type      string
		Timestamp time.Time
		Data      struct {
			Page, Overview string
			Alarms         []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	first := got.Data.Alarms[0]
	if got.Type != "alarms" || got.Data.Page != "Example Status" || len(got.Data.Alarms) != 3 || first["word"] != "raised" ||
		first["kind"] != "outage_undeclared" || first["urgent"] != true || first["came_back"] != 2.0 || first["by"] != nil || first["title"] == "" || first["do"] == "" {
		t.Errorf("%s", bodies[0])
	}
	if last := got.Data.Alarms[2]; last["ended"] != "2026-01-09T03:11:00Z" || last["word"] != "ended" {
		t.Errorf("the end is %v", last)
	}
}

func TestWebhookFaults(t *testing.T) {
	t.Parallel()
	reached := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer elsewhere.Close()
	answer := func(status int, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
		}
	}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		want    notifier.Outcome
		after   time.Duration
		reason  string
		gone    bool
	}{
		{"500", answer(500), notifier.Unknown, 0, "answered 500", false},
		{"503 with a time", answer(503, "Retry-After", "120"), notifier.Unknown, 2 * time.Minute, "answered 503", false},
		{"429", answer(429, "Retry-After", "7"), notifier.NotTaken, 7 * time.Second, "answered 429", false},
		{"408", answer(408), notifier.Unknown, 0, "answered 408", false},
		{"400", answer(400), notifier.Refused, 0, "answered 400", false},
		{"302", answer(302, "Location", elsewhere.URL), notifier.Refused, 0, "redirects", false},
		{"307", answer(307, "Location", elsewhere.URL), notifier.Refused, 0, "redirects", false},
		{"410", answer(410), notifier.Refused, 0, "", true},
		{"drops", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, notifier.Unknown, 0, "the connection ended", false},
		{"nonsense", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(conn, "220 mail.example.com ESMTP "+hidden+"\r\n")
			conn.Close()
		}, notifier.Unknown, 0, "the connection ended", false},
		{"huge headers", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
		}, notifier.Unknown, 0, "the connection ended", false},
	} {
		receiver := httptest.NewUnstartedServer(tt.handler)
		receiver.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		receiver.Start()
		err := hooked(t, receiver.URL).Deliver(t.Context(), sample())
		receiver.Close()
		var failure *notifier.SendError
		if !errors.As(err, &failure) || failure.Outcome != tt.want || failure.After != tt.after || !strings.Contains(err.Error(), tt.reason) || errors.Is(err, ErrGone) != tt.gone {
			t.Errorf("%s: %#v", tt.name, err)
		}
		mute(t, tt.name, err)
	}
	if reached != 0 {
		t.Errorf("%d redirects were followed", reached)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + closed.Addr().String()
	closed.Close()
	err = hooked(t, address).Deliver(t.Context(), sample())
	var failure *notifier.SendError
	if !errors.As(err, &failure) || failure.Outcome != notifier.NotTaken || failure.Reason != "the webhook cannot be reached: no connection" {
		t.Errorf("nobody listens: %v", err)
	}
	mute(t, "nobody listens", err)
}

// mute checks that an error holds nothing secret.
func mute(t testing.TB, name string, err error) {
	t.Helper()
	for _, word := range []string{hidden, "whsec", "aaaaaaaa", "Bearer", "@example.com"} {
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), word) {
			t.Errorf("%s: the error says %q: %v", name, word, err)
		}
	}
}

// A receiver that answers with content without end, or with none, is left after what it may take.
func TestWebhookEndless(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 32<<10)); err != nil {
				return
			}
		}
	}))
	defer receiver.Close()
	if err := hooked(t, receiver.URL).Deliver(t.Context(), sample()); err != nil {
		t.Errorf("content without end: %v", err)
	}
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer hanging.Close()
	defer close(stop)
	a, _ := secret(t, 'a')
	c, err := NewWebhook(WebhookOptions{Options: hook.Options{URL: hanging.URL + "/" + hidden, Secrets: []hook.Secret{a}, Timeout: 200 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Deliver(t.Context(), sample())
	var failure *notifier.SendError
	if !errors.As(err, &failure) || failure.Outcome != notifier.Unknown || !strings.Contains(failure.Reason, "no answer in time") {
		t.Errorf("no answer: %v", err)
	}
	mute(t, "no answer", err)
}

func TestWebhookOptions(t *testing.T) {
	t.Parallel()
	good, text := secret(t, 'a')
	for _, v := range []string{fmt.Sprint(good), fmt.Sprintf("%+v %#v %x %s", good, good, good, hook.Options{Secrets: []hook.Secret{good}}.Secrets)} {
		if strings.Contains(v, "97") || strings.Contains(v, "6161") || strings.Contains(v, "aaa") {
			t.Errorf("a secret is shown: %s", v)
		}
	}
	for _, s := range []string{"", "whsec_", strings.TrimPrefix(text, "whsec_"), "whsec_c2hvcnQ=", "whsec_" + strings.Repeat("A", 200), "whsec_%%%"} {
		if _, err := hook.ParseSecret(s); err == nil || s != "" && strings.Contains(err.Error(), s) && s != "whsec_" {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, o := range []hook.Options{
		{URL: "http://hooks.example.com/" + hidden, Secrets: []hook.Secret{good}},
		{URL: "ftp://127.0.0.1/" + hidden, Secrets: []hook.Secret{good}},
		{URL: "https://u:p@hooks.example.com/" + hidden, Secrets: []hook.Secret{good}},
		{URL: hidden, Secrets: []hook.Secret{good}},
		{URL: "https://hooks.example.com/" + hidden},
	} {
		_, err := NewWebhook(WebhookOptions{Options: o})
		if err == nil {
			t.Errorf("%s is taken", o.URL)
		}
		mute(t, o.URL, err)
	}
}

func TestDeadman(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	answers := make(chan int, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/"+hidden {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		w.WriteHeader(<-answers)
	}))
	defer receiver.Close()
	registry := prometheus.NewRegistry()
	wrong := errors.New("store: not now")
	script := []struct {
		ready  error
		answer int // 0 means that nobody is asked
	}{{nil, 200}, {wrong, 0}, {wrong, 0}, {nil, 200}, {nil, 500}, {nil, 302}, {nil, 200}}
	asked := 0
	done := make(chan struct{})
	d, err := NewDeadman(DeadmanOptions{
		URL: receiver.URL + "/" + hidden, Every: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil)), Registry: registry,
		Ready: func() error {
			if asked == len(script) {
				close(done)
			}
			if asked >= len(script) {
				asked++
				return nil
			}
			s := script[asked]
			asked++
			if s.answer != 0 {
				answers <- s.answer
			}
			return s.ready
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.client = hook.Client(10*time.Second, nil) // what is tried here is no hurry
	ctx, cancel := context.WithCancel(t.Context())
	finished := make(chan error, 1)
	go func() { finished <- d.Run(ctx) }()
	<-done
	cancel()
	close(answers)
	if err := <-finished; err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(log.String()) {
		switch {
		case strings.Contains(line, "store: not now"):
			lines = append(lines, "not ready")
		case strings.Contains(line, "answered 500"):
			lines = append(lines, "500")
		case strings.Contains(line, "level=INFO"):
			lines = append(lines, "again")
		default:
			lines = append(lines, line)
		}
	}
	if want := []string{"not ready", "again", "500", "again"}; !slices.Equal(lines, want) {
		t.Errorf("the log says %q, want %q", lines, want)
	}
	if strings.Contains(log.String(), hidden) {
		t.Errorf("the address is in the log:\n%s", log.String())
	}
	if got := gauge(t, registry, "statusd_deadman_last_success_timestamp_seconds"); time.Since(time.Unix(int64(got), 0)) > time.Minute {
		t.Errorf("the metric says %v", got)
	}
	for _, address := range []string{"http://deadman.example.com/" + hidden, hidden, "https://u:p@deadman.example.com/" + hidden} {
		_, err := NewDeadman(DeadmanOptions{URL: address, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
		if err == nil {
			t.Errorf("%s is taken", address)
		}
		mute(t, address, err)
	}
}
