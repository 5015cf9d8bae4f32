package redact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/superoffice/statusd/cmd/statusd/redact"
	"github.com/superoffice/statusd/data"
)

func TestSecretsGo(t *testing.T) {
	t.Parallel()
	token, _ := data.NewSecret()
	reference, _ := data.NewReference()
	const own = "correct horse"
	for name, attrs := range map[string][]any{
		token:                                  {"error", errors.New("asking with " + token)},
		reference:                              {"path", "/signin/link/" + reference},
		own:                                    {"error", fmt.Errorf("signing in: %w", errors.New("refused: "+own+"!"))},
		"aGVsbG8gd29ybGQ6cGFzcw==":             {"header", "Authorization: Basic aGVsbG8gd29ybGQ6cGFzcw=="},
		"abcdefghijkl0123":                     {"header", "authorization: bearer abcdefghijkl0123"},
		"hunter22":                             {"password", "hunter22"},
		"hunter23":                             {slog.Group("mail", "user", "x", "SMTP-Password", "hunter23")},
		"hunter24":                             {"client_secret", []byte("hunter24")},
		"hunter25":                             {"error", &url.Error{Op: "Get", URL: "https://user:hunter25@example.com/", Err: errors.New("refused")}},
		"hunter26":                             {"url", "https://example.com/cb?x=1&code=hunter26&state=y"},
		"whsec_AAAAAAAAAAAAAAAAAAAAAAAA":       {"values", []string{"whsec_AAAAAAAAAAAAAAAAAAAAAAAA"}},
		"key-3ax6xnjp29jd6fds4gc373sgvjx":      {"value", struct{ Key string }{"key-3ax6xnjp29jd6fds4gc373sgvjx"}},
		"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.": {"error", "the token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0. has no signature"},
		"c2Vzc2lvbg":                           {"header", "Cookie: __Host-sp=c2Vzc2lvbg; a=b"},
		"hunter27":                             {"panic", "goroutine 1 [running]:\n\thttps://x:hunter27@example.com/y"},
	} {
		for _, format := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var b bytes.Buffer
			log := slog.New(redact.New(format(&b), own, "x"))
			log.Info("said", attrs...)
			log.With(attrs...).WithGroup("g").Info("said", attrs...)
			if strings.Contains(b.String(), name) || strings.Count(b.String(), redact.Gone) < 2 {
				t.Errorf("%s is in the log:\n%s", name, &b)
			}
		}
	}
}

// What is no secret stays readable: hashes, IDs, paths, numbers.
func TestTheRestStays(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := slog.New(redact.New(slog.NewTextHandler(&b, nil), "", "x"))
	_, hash := data.NewSecret()
	for _, v := range []any{
		hash, "abcdefghijkl", "/var/lib/statusd/statusd.db", 42, true, "crm-read-and-write-of-a-very-long-name-of-a-component", errors.New("connection refused"),
		"https://status.example.com/incidents/abcdefghijkl", "basic words", "token create",
		[]string{"page.target", "listen"},
	} {
		b.Reset()
		log.Info("said", "value", v, "token", "abcdefghijkl")
		if strings.Contains(b.String(), redact.Gone) || !strings.Contains(b.String(), "token=abcdefghijkl") {
			t.Errorf("%v: %s", v, &b)
		}
	}
}

func TestIsAHandler(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := slogtest.TestHandler(redact.New(slog.NewJSONHandler(&b, nil)), func() []map[string]any {
		var all []map[string]any
		for line := range strings.Lines(b.String()) {
			var m map[string]any
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
		return all
	})
	if err != nil {
		t.Error(err)
	}
}
