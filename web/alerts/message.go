package alerts

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Alertmanager is the source of alerts that come in Alertmanager's own format.
const Alertmanager = "alertmanager"

// Said is what a message says of one alert.
type Said struct {
	Identity string
	Group    string // what the sender puts together; empty where it does not say
	Firing   bool
	Labels   map[string]string
	Summary  string
	Link     string    // http or https
	Started  time.Time // zero means that it does not say
	Ended    time.Time // zero means that it fires, or that it does not say
}

// Message is what a request says.
type Message struct {
	Alerts    []Said
	Passed    int // how many say neither that they fire nor that they have ended
	Truncated int // how many alerts the sender left out of the list
}

// Bad says why a body is no message about alerts. It is for whoever wrote the sender's configuration.
type Bad struct{ Message string }

func (b *Bad) Error() string { return b.Message }

func bad(format string, args ...any) error { return &Bad{fmt.Sprintf(format, args...)} }

// Limits of what is kept of an alert.
const (
	maxLabels   = 64
	maxLabel    = 1000 // characters of a value
	maxSummary  = 500
	maxIdentity = 100
)

// ReadAlertmanager reads a message of Alertmanager's webhook, version 4 (STATUSPAGE-V2 10). Members that it does not know are
// left alone. The error is a *Bad.
func ReadAlertmanager(body []byte) (Message, error) {
	var m struct {
		Version   *string `json:"version"`
		GroupKey  string  `json:"groupKey"`
		Truncated int     `json:"truncatedAlerts"`
		Alerts    *[]struct {
			Status      string            `json:"status"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
			Started     time.Time         `json:"startsAt"`
			Ended       time.Time         `json:"endsAt"`
			Link        string            `json:"generatorURL"`
			Fingerprint string            `json:"fingerprint"`
		} `json:"alerts"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return Message{}, bad("this is no alert message: a JSON %s does not fit as %s", wrong.Value, wrong.Field)
		}
		return Message{}, bad("this is no alert message: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	switch {
	case m.Version == nil || m.Alerts == nil:
		return Message{}, bad("this is no alert message: version and alerts are missing; for senders other than Alertmanager configure a hook and use /hooks/in/NAME")
	case *m.Version != "4":
		return Message{}, bad("the message has version %q, and this speaks version \"4\": for senders other than Alertmanager configure a hook and use /hooks/in/NAME", clip(*m.Version))
	}
	out := Message{Truncated: max(0, m.Truncated)}
	for n, a := range *m.Alerts {
		switch {
		case a.Status != "firing" && a.Status != "resolved":
			return Message{}, bad("alerts[%d]: its status %q is neither firing nor resolved", n, clip(a.Status))
		case !fingerprint.MatchString(a.Fingerprint):
			return Message{}, bad("alerts[%d]: its fingerprint %q is not made of hex digits", n, clip(a.Fingerprint))
		}
		s := Said{
			Identity: a.Fingerprint + "/" + a.Started.UTC().Format(time.RFC3339Nano), Group: m.GroupKey, Firing: a.Status == "firing",
			Labels: cleanLabels(a.Labels), Link: cleanLink(a.Link), Started: instant(a.Started),
		}
		if !s.Firing {
			s.Ended = instant(a.Ended)
		}
		for _, text := range []string{a.Annotations["summary"], a.Annotations["description"], a.Labels["alertname"]} {
			if s.Summary = line(text, maxSummary); s.Summary != "" {
				break
			}
		}
		out.Alerts = append(out.Alerts, s)
	}
	return out, nil
}

// Spell takes an identity of Alertmanager's apart: the start that all spells of the same alert share, which ends in a slash, and
// when this one began. It is false where the sender did not say when it began, and for what is no such identity.
func Spell(identity string) (alert string, started time.Time, ok bool) {
	n := strings.IndexByte(identity, '/') + 1
	started, err := time.Parse(time.RFC3339Nano, identity[n:])
	return identity[:n], started, n > 0 && err == nil && !instant(started).IsZero()
}

var fingerprint = regexp.MustCompile(`^[0-9a-fA-F]{1,64}$`)

// instant is t in UTC to the second; 0001-01-01 and the like mean that nothing is known.
func instant(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// line makes one clean line of a text from outside, cut to a number of characters.
func line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > limit {
		s = strings.TrimSpace(string(r[:limit-1])) + "…"
	}
	return s
}

// cleanLabels are the labels as they are kept and matched: clean, and not without end.
func cleanLabels(labels map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range sortedKeys(labels) {
		if len(out) == maxLabels {
			break
		}
		if k := line(name, maxLabel); k != "" {
			out[k] = line(labels[name], maxLabel)
		}
	}
	return out
}

// cleanLink is an address that may be shown as a link, or "" (C12: a list of schemes, after decoding).
func cleanLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > 2000 || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

func clip(s string) string { return line(s, 60) }
