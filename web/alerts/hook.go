package alerts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hook says where a sender's messages hold what an alert is made of. A zero Pointer means that they do not.
type Hook struct {
	Name        string
	Alerts      Pointer // a list of alerts, in which the others are looked up; zero: the message is one alert
	Identity    Pointer // needed
	Firing      Pointer // needed
	FiringWords []string
	EndedWords  []string // what is neither is passed over
	Summary     Pointer
	Started     Pointer
	Ended       Pointer
	Link        Pointer
	LabelSet    Pointer            // an object whose members are labels
	Labels      map[string]Pointer // by name; they go before those of LabelSet
}

// FiringWords are what stands for firing where a hook does not say.
var FiringWords = []string{"alerting", "critical", "down", "error", "firing", "open", "problem", "triggered", "true", "0"}

// EndedWords are what stands for ended where a hook does not say. A word that means that it fires goes before them.
var EndedWords = []string{"closed", "false", "healthy", "inactive", "normal", "ok", "recovered", "resolved", "up", "1"}

// maxAlerts is the most alerts of one message.
const maxAlerts = 10_000

// Read reads a message. The error is a *Bad.
func (h Hook) Read(body []byte) (Message, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return Message{}, bad("the body is no JSON document: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return Message{}, bad("the body is no JSON document: more follows after its end; send one document in each request")
	}
	list := []any{doc}
	if h.Alerts.Given() {
		v, _ := h.Alerts.In(doc)
		var ok bool
		if list, ok = v.([]any); !ok {
			return Message{}, bad("the hook %s expects a list of alerts at %s, and there is none", h.Name, h.Alerts)
		}
	}
	if len(list) > maxAlerts {
		return Message{}, bad("the message has %d alerts: at most %d", len(list), maxAlerts)
	}
	var m Message
	for _, a := range list {
		s, said, err := h.alert(a)
		if err != nil {
			return Message{}, err
		}
		if !said {
			m.Passed++
			continue
		}
		m.Alerts = append(m.Alerts, s)
	}
	return m, nil
}

// alert reads one alert; false means that it says neither that it fires nor that it has ended.
func (h Hook) alert(doc any) (Said, bool, error) {
	id, ok := text(h.Identity, doc)
	if !ok || id == "" {
		return Said{}, false, bad("the hook %s expects the identity of an alert at %s, and there is none", h.Name, h.Identity)
	}
	word, ok := text(h.Firing, doc)
	if !ok {
		return Said{}, false, bad("the hook %s expects at %s whether an alert fires, and there is nothing", h.Name, h.Firing)
	}
	s := Said{Identity: identity(id), Firing: h.fires(word)}
	if !s.Firing && !h.ends(word) {
		return s, false, nil
	}
	labels := map[string]string{}
	if v, ok := h.LabelSet.In(doc); ok && h.LabelSet.Given() {
		if members, ok := v.(map[string]any); ok {
			for name, value := range members {
				if t, ok := scalar(value); ok {
					labels[name] = t
				}
			}
		}
	}
	for name, p := range h.Labels {
		if t, ok := text(p, doc); ok {
			labels[name] = t
		}
	}
	s.Labels = cleanLabels(labels)
	summary, _ := text(h.Summary, doc)
	link, _ := text(h.Link, doc)
	s.Summary, s.Link = line(summary, maxSummary), cleanLink(link)
	s.Started = moment(h.Started, doc)
	if !s.Firing {
		s.Ended = moment(h.Ended, doc)
	}
	return s, true, nil
}

func (h Hook) fires(word string) bool {
	if len(h.FiringWords) == 0 {
		return holds(FiringWords, word)
	}
	return holds(h.FiringWords, word)
}

func (h Hook) ends(word string) bool {
	if len(h.EndedWords) == 0 {
		return holds(EndedWords, word)
	}
	return holds(h.EndedWords, word)
}

func holds(words []string, word string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, strings.TrimSpace(word)) })
}

// text is a text, number or truth value as text.
func text(p Pointer, doc any) (string, bool) {
	if !p.Given() {
		return "", false
	}
	v, ok := p.In(doc)
	if !ok {
		return "", false
	}
	return scalar(v)
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

var plainIdentity = regexp.MustCompile(`^[0-9A-Za-z._:/@-]+$`)

// identity is what a sender calls an alert, in a form that a key can hold.
func identity(s string) string {
	if len(s) <= maxIdentity && plainIdentity.MatchString(s) {
		return s
	}
	return digest(s)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "~" + hex.EncodeToString(sum[:16])
}

// moment reads RFC 3339, or seconds or milliseconds since 1970. Anything else says nothing.
func moment(p Pointer, doc any) time.Time {
	s, ok := text(p, doc)
	if !ok {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339, strings.TrimSpace(s)); err == nil {
		return instant(t)
	}
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || !(n > 0 && n < 1e14):
		return time.Time{}
	case n >= 1e11:
		n /= 1000
	}
	return instant(time.Unix(int64(n), 0))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
