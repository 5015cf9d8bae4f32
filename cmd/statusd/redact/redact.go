// Package redact keeps secrets out of the log. It is the last net: whoever logs is to leave them out, and this is for the day
// when an error of somebody else's package holds one.
package redact

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Gone stands where a secret was.
const Gone = "[redacted]"

// shortest is the length from which a known secret is looked for: a shorter one would be found in everything.
const shortest = 6

// New returns a handler that hands every record on to next without secrets: without the value of a key whose name says that
// it is one, without what has the shape of one, and without the known ones, wherever they stand. It is safe for concurrent
// use if next is.
func New(next slog.Handler, known ...string) slog.Handler {
	known = slices.DeleteFunc(slices.Clone(known), func(s string) bool { return len(s) < shortest })
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) }) // one may be a part of another
	return handler{next, known}
}

type handler struct {
	next  slog.Handler
	known []string
}

// Enabled implements slog.Handler.
func (h handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, h.text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.next.WithAttrs(h.attrs(attrs)), h.known}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.next.WithGroup(name), h.known} }

func (h handler) attrs(attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		out[i] = h.attr(a)
	}
	return out
}

func (h handler) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(h.attrs(v.Group())...)}
	}
	if secretKey(a.Key) && !(v.Kind() == slog.KindString && data.ValidID(v.String())) { // a token's ID is none
		return slog.String(a.Key, Gone)
	}
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, h.text(v.String()))
	case slog.KindAny:
		switch x := v.Any().(type) {
		case nil, bool, time.Time:
		case error:
			return slog.String(a.Key, h.text(x.Error()))
		case []byte:
			return slog.String(a.Key, h.text(string(x)))
		default:
			if said := fmt.Sprint(x); h.text(said) != said {
				return slog.String(a.Key, h.text(said))
			}
		}
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// secretKey says whether a key's name says that its value is secret.
func secretKey(key string) bool {
	key = strings.ToLower(strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(key))
	for _, word := range []string{"password", "passwd", "secret", "token", "authorization", "cookie", "credential", "api_key", "apikey", "private_key", "session_id"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}

// shapes are what secrets look like, and what is left of them.
var shapes = []struct {
	is   *regexp.Regexp
	left string
}{
	{regexp.MustCompile(`sp_[A-Za-z0-9_-]{16,}`), Gone},                                                                // our tokens
	{regexp.MustCompile(`whsec_[A-Za-z0-9+/=_-]{16,}`), Gone},                                                          // secrets of webhooks
	{regexp.MustCompile(`\bkey-[0-9A-Za-z]{24,}\b|\b[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\b`), Gone},                    // keys of Mailgun
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?`), Gone},                       // JSON Web Tokens
	{regexp.MustCompile(`(?i)\b(bearer|basic)[ :=]+[A-Za-z0-9._~+/=-]{8,}`), "$1 " + Gone},                             // headers
	{regexp.MustCompile(`(?i)(__Host-[a-z]+|\b(?:authorization|cookie|set-cookie))([:=]\s*)[^\s;,"]+`), "$1$2" + Gone}, // more of them
	{regexp.MustCompile(`://[^/\s:@"]*:[^/\s@"]+@`), "://" + Gone + "@"},                                               // addresses with a password
	{regexp.MustCompile(`(?i)([?&;](?:access_token|api_key|apikey|client_secret|code|id_token|key|nonce|password|refresh_token|secret|sig|signature|state|token)=)[^&\s"]+`), "$1" + Gone},
	{regexp.MustCompile(`(/signin/link/)[^/\s"?]+`), "$1" + Gone},
}

// long is everything that could be one of our references, of 256 bits in base64.
var long = regexp.MustCompile(`[A-Za-z0-9_-]{43,}`)

// text is s without secrets.
func (h handler) text(s string) string {
	for _, k := range h.known {
		s = strings.ReplaceAll(s, k, Gone)
	}
	if len(s) < 8 {
		return s
	}
	for _, shape := range shapes {
		s = shape.is.ReplaceAllString(s, shape.left)
	}
	return long.ReplaceAllStringFunc(s, func(run string) string {
		if len(run) == 43 && strings.ContainsAny(run, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && data.WellFormedReference(run) {
			return Gone
		}
		return run
	})
}
