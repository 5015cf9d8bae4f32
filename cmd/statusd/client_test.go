package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestLostConnection: whoever cannot know whether something was done learns how to ask again, and who can know learns that
// nothing was.
func TestLostConnection(t *testing.T) {
	hangUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		c.Close()
	}))
	defer hangUp.Close()
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte(`{"id":`)) //nolint:errcheck // the client sees what comes
	}))
	defer half.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, tt := range []struct{ base, key, want, not string }{
		{hangUp.URL, "k 1", "--key 'k 1' does it once at most", "nothing was done"},
		{half.URL, "k", "not known whether this was done. The same command with --key k", "nothing was done"},
		{half.URL, "", "the connection was lost", "--key"},
		{"http://" + l.Addr().String(), "k", "cannot be reached, so nothing was done", "--key"},
	} {
		cl := &client{base: tt.base, http: &http.Client{Timeout: 10 * time.Second}}
		err := cl.do(t.Context(), "POST", "/", tt.key, struct{}{}, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), tt.not) {
			t.Errorf("with key %q: %v; want %q and not %q", tt.key, err, tt.want, tt.not)
		}
	}
}

// TestServerKeepsTheToken: a token goes to the address that was given, and never in the clear over a network.
func TestServerKeepsTheToken(t *testing.T) {
	t.Setenv("STATUSD_TOKEN", "sp_marked")
	for _, tt := range []struct {
		server string
		good   bool
	}{
		{"https://status-admin.example.com", true},
		{"http://127.0.0.1:8081", true},
		{"http://[::1]:8081", true},
		{"http://localhost:8081", true},
		{"http://status-admin.example.com", false},
		{"http://192.0.2.7:8081", false},
		{"http://localhost.example.com", false},
		{"http://127.0.0.1.example.com", false},
	} {
		_, err := reach{Server: tt.server}.dial()
		if (err == nil) != tt.good || err != nil && (!strings.Contains(err.Error(), "in the clear") || !strings.Contains(err.Error(), "use https")) {
			t.Errorf("--server %s: %v", tt.server, err)
		}
	}
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another address was asked, with %q", r.Header.Get("Authorization"))
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		leading := httptest.NewServer(http.RedirectHandler(other.URL+"/there", status))
		cl, err := reach{Server: leading.URL}.dial()
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{"GET", "POST"} {
			err = cl.do(t.Context(), method, "/api/v1/me", "k", struct{}{}, nil)
			if err == nil || !strings.Contains(err.Error(), other.URL+"/there") || !strings.Contains(err.Error(), "nothing was done") {
				t.Errorf("%s led on with %d: %v", method, status, err)
			}
		}
		leading.Close()
	}
}

// TestProblems: what the service answers becomes words.
func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		status     int
		body, want string
	}{
		{422, `{"detail":"a number","field":"limit"}`, "limit: a number"},
		{500, `{"detail":"Something went wrong.","request":"r1"}`, "Something went wrong. (request r1 in the log)"},
		{503, `{"detail":"it is not known"}`, "it is not known\nThe key to ask again with is --key k"},
		{429, `{"detail":"wait"}`, "wait (7 seconds)"},
		{502, `<html>`, "the service answers 502 Bad Gateway: is --server the address of the operators' listener?"},
	} {
		res := &http.Response{StatusCode: tt.status, Header: http.Header{"Retry-After": {"7"}}}
		if got := problem(res, []byte(tt.body), "k").Error(); got != tt.want {
			t.Errorf("%d %s: %q, want %q", tt.status, tt.body, got, tt.want)
		}
	}
}

// TestHarmless: what others wrote does not steer the terminal (C30).
func TestHarmless(t *testing.T) {
	var b strings.Builder
	const text = "Kari \x1b[2J\x1b]0;x\a\r\b \u009b31m \u202eevil\u2066 Pålogging 登录\nnext\n"
	n, err := harmless{&b}.Write([]byte(text))
	if n != len(text) || err != nil {
		t.Errorf("wrote %d of %d, %v", n, len(text), err)
	}
	if got, want := b.String(), "Kari �[2J�]0;x��� �31m �evil� Pålogging 登录\nnext\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	res := &http.Response{StatusCode: 422}
	if got := problem(res, []byte(`{"detail":"\u001b[2J"}`), "").Error(); got != "�[2J" {
		t.Errorf("a refusal reads %q", got)
	}
}

func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"": "''", "login": "login", "/a/b-c_d.e": "/a/b-c_d.e", "login|all|x": "'login|all|x'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "a b": "'a b'",
	} {
		if got := quoted(word); got != want {
			t.Errorf("quoted(%q) is %s, want %s", word, got, want)
		}
	}
}

func TestMoment(t *testing.T) {
	zone := oslo(t)
	now := time.Date(2026, 4, 7, 3, 0, 0, 0, zone)
	for _, tt := range []struct {
		text, length string
		at           time.Time
	}{
		{"", "", time.Time{}},
		{"10m", "10m", time.Time{}},
		{"1h30m", "1h30m", time.Time{}},
		{"02:45", "", time.Date(2026, 4, 7, 2, 45, 0, 0, zone)},
		{"2026-04-06 23:10", "", time.Date(2026, 4, 6, 23, 10, 0, 0, zone)},
		{"2026-10-25 02:30", "", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)}, // it comes twice: the first
		{"2026-04-07T22:00:00+02:00", "", time.Date(2026, 4, 7, 20, 0, 0, 0, time.UTC)},
	} {
		length, at, err := moment("--at", tt.text, now)
		if err != nil || length != tt.length || !at.Equal(tt.at) {
			t.Errorf("moment(%q) is %q, %v, %v; want %q, %v", tt.text, length, at, err, tt.length, tt.at)
		}
	}
	for _, text := range []string{"soon", "25:00", "2:45", "2026-04-31 10:00", "2026-04-07"} {
		if _, at, err := moment("--at", text, now); err == nil || !strings.Contains(err.Error(), "--at") {
			t.Errorf("moment(%q) is %v, %v; want an error that names the flag", text, at, err)
		}
	}
}

func TestLasted(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 min", 59 * time.Second: "0 min", 25 * time.Minute: "25 min", 200 * time.Minute: "3 h 20 min", 49*time.Hour + time.Minute: "2 d 1 h",
	} {
		if got := lasted(d); got != want {
			t.Errorf("lasted(%v) is %s, want %s", d, got, want)
		}
	}
}
