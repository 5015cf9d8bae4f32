package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// hidden stands for a value that may be a secret.
const hidden = "[hidden]"

// harmlessHeaders are those whose values are shown. What another is for nobody knows, so it may be a secret.
var harmlessHeaders = []string{"accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-type", "host", "origin", "pragma", "referer", "te", "user-agent"}

// probeSettings are a probe's settings as people read them, in the order of its nouns. Nothing in them is a secret: of values that
// may be one only the name is there.
func probeSettings(p data.Probe) []ProbeSetting {
	out := []ProbeSetting{}
	add := func(name, value string) {
		if value != "" {
			out = append(out, ProbeSetting{name, value})
		}
	}
	span := func(name string, d time.Duration) {
		if d > 0 {
			add(name, plainSpan(d))
		}
	}
	add("target", plainAddress(p.Target))
	span("interval", p.Interval)
	add("timeout", plainSpan(p.Deadline()))
	span("slow", p.Slow)
	add("failing", p.FailLevel().String())
	add("method", p.Method)
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		add("header "+name, plainHeader(name, p.Headers[name]))
	}
	add("status", joined(p.Status))
	add("match", p.Match)
	for _, e := range p.Expect {
		add("expect", e)
	}
	span("warn", p.Warn)
	add("roots", p.Roots)
	add("record", p.Record)
	add("server", p.Server)
	add("answers", strings.Join(p.Answers, ", "))
	if p.Packets > 0 {
		add("packets", fmt.Sprint(p.Packets))
	}
	add("part", p.Part)
	span("recent", p.Recent)
	span("grace", p.Grace)
	for _, name := range slices.Sorted(maps.Keys(p.Secrets)) {
		add("secret "+name, hidden)
	}
	add("places", strings.Join(p.Places, ", "))
	for _, s := range p.Steps {
		add("step "+s.Name, plainStep(s))
		for _, e := range s.Expect {
			add("step "+s.Name+" expects", e)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Capture)) {
			add("step "+s.Name+" captures", name)
		}
	}
	return out
}

// plainStep says in a line what a step does.
func plainStep(s data.ProbeStep) string {
	method := s.Method
	if method == "" {
		method = "GET"
		if len(s.Form) > 0 || s.Body != "" {
			method = "POST"
		}
	}
	parts := []string{method + " " + plainAddress(s.URL)}
	note := func(format string, v any, is bool) {
		if is {
			parts = append(parts, fmt.Sprintf(format, v))
		}
	}
	note("speaks for %s", s.Component, s.Component != "")
	note("form %s", strings.Join(slices.Sorted(maps.Keys(s.Form)), ", "), len(s.Form) > 0)
	note("body of %d bytes", len(s.Body), s.Body != "")
	note("headers %s", strings.Join(slices.Sorted(maps.Keys(s.Headers)), ", "), len(s.Headers) > 0)
	note("status %s", joined(s.Status), len(s.Status) > 0)
	note("needs %s", strings.Join(s.Needs, ", "), len(s.Needs) > 0)
	note("slow after %s", plainSpan(s.Slow), s.Slow > 0)
	note("%s", "always runs", s.Always)
	return strings.Join(parts, "; ")
}

func plainHeader(name, value string) string {
	if slices.Contains(harmlessHeaders, strings.ToLower(name)) {
		return value
	}
	return hidden
}

// plainAddress is an address without a password, and without the values of its query, which may be keys.
func plainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" { // host:port, a name, or relative
		before, _, found := strings.Cut(address, "?")
		if found {
			before += "?" + hidden
		}
		return before
	}
	text := ""
	if u.Scheme != "" {
		text = u.Scheme + "://"
	}
	if u.User != nil {
		text += hidden + "@"
	}
	text += u.Host + u.EscapedPath()
	for i, name := range slices.Sorted(maps.Keys(u.Query())) {
		text += map[bool]string{true: "?", false: "&"}[i == 0] + name + "=" + hidden
	}
	return text
}

// plainSpan writes a length of time without parts that are zero: 1m, 30s, 1h30m.
func plainSpan(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

func joined(numbers []int) string {
	var words []string
	for _, n := range numbers {
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, ", ")
}
