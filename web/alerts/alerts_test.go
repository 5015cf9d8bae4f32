package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestPointer(t *testing.T) {
	// The document of RFC 6901 5, without its empty key at the root.
	doc := map[string]any{
		"foo": []any{"bar", "baz"}, "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, `i\j`: 5, `k"l`: 6, " ": 7, "m~n": 8, "01": "x",
	}
	for _, tt := range []struct{ pointer, want string }{
		{"", "the document"},
		{"/foo/0", "bar"},
		{"/foo/1", "baz"},
		{"/", "0"},
		{"/a~1b", "1"},
		{"/c%d", "2"},
		{"/e^f", "3"},
		{"/g|h", "4"},
		{`/i\j`, "5"},
		{`/k"l`, "6"},
		{"/ ", "7"},
		{"/m~0n", "8"},
		{"/01", "x"},
		{"/foo/2", "nothing"},
		{"/foo/-", "nothing"},
		{"/foo/01", "nothing"},
		{"/foo/-1", "nothing"},
		{"/foo/0/x", "nothing"},
		{"/bar", "nothing"},
		{"foo", "error"},
		{"/~", "error"},
		{"/~2", "error"},
		{"#/foo", "error"},
	} {
		p, err := ParsePointer(tt.pointer)
		got := "error"
		if err == nil {
			switch v, ok := p.In(doc); {
			case !ok:
				got = "nothing"
			case tt.pointer == "":
				got = "the document"
			default:
				got = fmt.Sprint(v)
			}
		}
		if got != tt.want {
			t.Errorf("%q: %s, want %s", tt.pointer, got, tt.want)
		}
	}
}

func pointer(t testing.TB, s string) Pointer {
	t.Helper()
	p, err := ParsePointer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The two hooks of docs/alerts.md.
func grafana(t testing.TB) Hook {
	return Hook{
		Name: "grafana", Alerts: pointer(t, "/alerts"), Identity: pointer(t, "/fingerprint"), Firing: pointer(t, "/status"), FiringWords: []string{"firing"},
		Summary: pointer(t, "/annotations/summary"), Started: pointer(t, "/startsAt"), Ended: pointer(t, "/endsAt"), Link: pointer(t, "/generatorURL"), LabelSet: pointer(t, "/labels"),
	}
}

func uptime(t testing.TB) Hook {
	return Hook{
		Name: "uptime", Identity: pointer(t, "/monitor/id"), Firing: pointer(t, "/heartbeat/status"), FiringWords: []string{"0"}, EndedWords: []string{"1"},
		Summary: pointer(t, "/heartbeat/msg"), Labels: map[string]Pointer{"service": pointer(t, "/monitor/name")},
	}
}

func TestHook(t *testing.T) {
	for _, tt := range []struct {
		name string
		hook Hook
		body string
		want string // identity, word, started, ended, link, labels and summary of each; or an error
	}{
		{
			"Grafana", grafana(t), `{"receiver":"statusd","status":"firing","version":"1","truncatedAlerts":0,"alerts":[
				{"status":"firing","labels":{"alertname":"Down","service":"login","n":3},"annotations":{"summary":"It is\ndown"},"startsAt":"2026-04-14T09:00:00.25+02:00",
				"endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://grafana.example.com/x","fingerprint":"c6eadffa33fcdf37","values":{"B":1}},
				{"status":"resolved","labels":{},"startsAt":"2026-04-14T07:00:00Z","endsAt":"2026-04-14T08:00:00Z","fingerprint":"aa"}]}`,
			"c6eadffa33fcdf37 fires 07:00 - https://grafana.example.com/x map[alertname:Down n:3 service:login] It is down; aa ended 07:00 08:00  map[] ",
		},
		{
			"an uptime monitor", uptime(t), `{"heartbeat":{"status":0,"msg":"timeout","time":"2026-04-14 09:00:00"},"monitor":{"id":7,"name":"login"}}`,
			"7 fires - -  map[service:login] timeout",
		},
		{"it is up", uptime(t), `{"heartbeat":{"status":1,"msg":"200 - OK"},"monitor":{"id":7,"name":"login"}}`, "7 ended - -  map[service:login] 200 - OK"},
		{"neither", uptime(t), `{"heartbeat":{"status":2,"msg":"pending"},"monitor":{"id":7}}`, ""},
		{"a word that nobody knows", grafana(t), `{"alerts":[{"status":"acknowledged","fingerprint":"a"},{"status":"OK","fingerprint":"b"}]}`, "b ended - -  map[] "},
		{"two documents", grafana(t), `{"alerts":[]} {"alerts":[{"status":"firing","fingerprint":"a"}]}`, "error: more follows"},
		{"a document and a bracket", grafana(t), `{"alerts":[]}]`, "error: more follows"},
		{"no identity", uptime(t), `{"heartbeat":{"status":0}}`, "error: identity of an alert at /monitor/id"},
		{"an identity that is no value", uptime(t), `{"heartbeat":{"status":0},"monitor":{"id":{}}}`, "error: identity of an alert at /monitor/id"},
		{"no word", uptime(t), `{"monitor":{"id":7}}`, "error: at /heartbeat/status whether"},
		{"no list", grafana(t), `{"alerts":{}}`, "error: a list of alerts at /alerts"},
		{"an empty list", grafana(t), `{"alerts":[]}`, ""},
		{"no JSON", grafana(t), `alert!`, "error: no JSON document"},
		{"nothing", grafana(t), ``, "error: no JSON document"},
		{"an unsafe link", grafana(t), `{"alerts":[{"status":"firing","fingerprint":"a","generatorURL":"javascript:alert(1)"}]}`, "a fires - -  map[] "},
		{"an odd identity", grafana(t), `{"alerts":[{"status":"firing","fingerprint":"a|b"}]}`, "~0eab8a0a3380abf4c7d1fb0b43b66aaf fires - -  map[] "},
		{"seconds", Hook{Identity: pointer(t, "/id"), Firing: pointer(t, "/up"), Started: pointer(t, "/at")}, `{"id":"a","up":"DOWN","at":1776157200}`, "a fires 09:00 -  map[] "},
		{"milliseconds", Hook{Identity: pointer(t, "/id"), Firing: pointer(t, "/up"), Started: pointer(t, "/at")}, `{"id":"a","up":true,"at":1776157200123}`, "a fires 09:00 -  map[] "},
		{"a time of the far future", Hook{Identity: pointer(t, "/id"), Firing: pointer(t, "/up"), Started: pointer(t, "/at")}, `{"id":"a","up":true,"at":1e99}`, "a fires - -  map[] "},
	} {
		m, err := tt.hook.Read([]byte(tt.body))
		var got []string
		for _, s := range m.Alerts {
			word, clock := "ended", func(at time.Time) string {
				if at.IsZero() {
					return "-"
				}
				return at.Format("15:04")
			}
			if s.Firing {
				word = "fires"
			}
			got = append(got, fmt.Sprintf("%s %s %s %s %s %v %s", s.Identity, word, clock(s.Started), clock(s.Ended), s.Link, s.Labels, s.Summary))
		}
		g := strings.Join(got, "; ")
		if err != nil {
			g = "error: " + err.Error()
		}
		if word, wrong := strings.CutPrefix(tt.want, "error: "); wrong && (err == nil || !strings.Contains(err.Error(), word)) || !wrong && g != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, g, tt.want)
		}
	}
}

func TestMatch(t *testing.T) {
	known := Catalogue{Components: map[string]data.Component{"login": {}, "crm-read": {}}, Cohorts: map[string]bool{"pilot": true}}
	m := func(pairs ...string) []Matcher {
		var out []Matcher
		for i := 0; i < len(pairs); i += 2 {
			one, err := NewMatcher(pairs[i], pairs[i+1])
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, one)
		}
		return out
	}
	rules := []Rule{
		{Name: "hook-only", Source: "grafana", Components: []string{"login"}},
		{Name: "anchored", Match: m("job", "/front|back/"), Components: []string{"login", "crm-read"}, Level: data.Degraded},
		{Name: "missing", Match: m("team", "", "kind", "/.+/"), Components: []string{"login"}, Group: ByAlertGroup},
		{
			Name: "labels", ComponentLabel: "service", ComponentMap: map[string]string{"sso": "login"}, CohortLabel: "ring",
			LevelLabel: "severity", Levels: map[string]data.Level{"warning": data.Degraded}, Level: data.PartialOutage, Group: ByComponent,
		},
		{Name: "slash", Match: m("path", "/"), Components: []string{"login"}, Cohort: data.AllCustomers},
		{Name: "gone", Match: m("x", "y"), Components: []string{"printer"}},
	}
	for _, tt := range []struct{ source, labels, want string }{
		{"grafana", "a=b", "hook-only  login=major_outage"},
		{"alertmanager", "a=b team=x", "none"},
		{"alertmanager", "job=front team=x", "anchored  login=degraded crm-read=degraded"},
		{"alertmanager", "job=frontend team=x", "none"},
		{"alertmanager", "job=xback team=x", "none"},
		{"alertmanager", "kind=k", "missing ~ login=major_outage"},
		{"alertmanager", "team=x service=crm-read", "labels crm-read crm-read=partial_outage"},
		{"alertmanager", "team=x service=sso severity=warning ring=pilot", "labels login login@pilot=degraded"},
		{"alertmanager", "team=x service=sso ring=moon", "none"},
		{"alertmanager", "team=x service=printer", "none"},
		{"alertmanager", "team=x path=/", "slash  login=major_outage"},
		{"alertmanager", "team=x x=y", "none"},
	} {
		s := Said{Identity: "id", Labels: map[string]string{}}
		for pair := range strings.FieldsSeq(tt.labels) {
			k, v, _ := strings.Cut(pair, "=")
			s.Labels[k] = v
		}
		got := "none"
		if h, ok := Match(rules, tt.source, s, known); ok {
			group := h.Group
			if strings.HasPrefix(group, "~") {
				group = "~"
			}
			got = h.Rule.Name + " " + group
			for _, a := range h.Holds {
				got += " " + a.Component
				if a.Cohort != "" {
					got += "@" + a.Cohort
				}
				got += "=" + a.Level.String()
			}
		}
		if got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.source, tt.labels, got, tt.want)
		}
	}
	for _, wrong := range []string{"/(/", "/a)(b/", "/(?P<x/"} {
		if _, err := NewMatcher("l", wrong); err == nil {
			t.Errorf("%s is taken for a regular expression", wrong)
		}
	}
}

func TestHear(t *testing.T) {
	at := func(clock string) time.Time {
		if clock == "-" {
			return time.Time{}
		}
		v, err := time.Parse("15:04:05", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 4, 14, v.Hour(), v.Minute(), v.Second(), 0, time.UTC)
	}
	now := at("12:00:00")
	for _, tt := range []struct {
		old  string // started, ended, received, heard; empty: unknown
		said string // word, started, ended
		want string // news, started, ended
	}{
		{"", "fires 11:59:00 -", "began 11:59:00 -"},
		{"", "fires - -", "began 12:00:00 -"},
		{"", "fires 12:30:00 -", "began 12:00:00 -"},
		{"", "ended 11:00:00 11:30:00", "over 11:00:00 11:30:00"},
		{"", "ended - -", "over 12:00:00 12:00:00"},
		{"11:00:00 - 11:01:00 11:01:00", "fires 11:00:00 -", "repeated 11:00:00 -"},
		{"11:00:00 - 11:01:00 11:01:00", "ended 11:00:00 11:58:00", "ended 11:00:00 11:58:00"},
		{"11:00:00 - 11:01:00 11:01:00", "ended 11:00:00 13:00:00", "ended 11:00:00 12:00:00"},
		{"11:00:00 - 11:01:00 11:01:00", "ended 11:00:00 10:00:00", "ended 11:00:00 11:00:00"},
		{"11:00:00 - 11:01:00 11:01:00", "ended 10:00:00 10:30:00", "late 11:00:00 -"},
		{"11:01:00 - 11:01:00 11:01:00", "ended 10:00:00 10:30:00", "ended 11:01:00 11:01:00"},
		{"11:00:00 11:30:00 11:01:00 11:59:30", "ended 11:00:00 11:30:00", "repeated 11:00:00 11:30:00"},
		{"11:00:00 11:30:00 11:01:00 11:59:30", "fires 11:00:00 -", "late 11:00:00 11:30:00"},
		{"11:00:00 11:30:00 11:01:00 11:59:30", "fires 11:31:00 -", "began 11:31:00 -"},
		{"11:00:00 11:30:00 11:01:00 11:59:30", "fires - -", "began 12:00:00 -"},
		{"11:00:00 11:30:00 11:01:00 11:59:00", "fires 11:00:00 -", "began 11:00:00 -"},
	} {
		var old data.Alert
		if f := strings.Fields(tt.old); len(f) == 4 {
			old = data.Alert{Identity: "x", Started: at(f[0]), Ended: at(f[1]), Received: at(f[2]), Heard: at(f[3])}
		}
		f := strings.Fields(tt.said)
		got, news := Hear(old, "alertmanager", Said{Identity: "x", Firing: f[0] == "fires", Started: at(f[1]), Ended: at(f[2])}, now)
		ended := "-"
		if !got.Ended.IsZero() {
			ended = got.Ended.Format("15:04:05")
		}
		if g := fmt.Sprintf("%s %s %s", news, got.Started.Format("15:04:05"), ended); g != tt.want {
			t.Errorf("known %q, said %q: %q, want %q", tt.old, tt.said, g, tt.want)
		}
	}
	if _, news := Hear(data.Alert{Identity: "x", Started: now, Received: now, Heard: now}, "uptime", Said{Identity: "x", Firing: true, Labels: map[string]string{"a": "b"}}, now); news != Changed {
		t.Errorf("other labels: %s", news)
	}
}

func TestCheckTitle(t *testing.T) {
	for title, word := range map[string]string{
		"{components}: {label:job} {summary} {{.}} {1337*1337} {} { {x": "", "{title}": "{title}", "{label:}": "{label:}", "a {Components}": "{Components}",
	} {
		if err := CheckTitle(title); (err != nil) != (word != "") || err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", title, err)
		}
	}
}

func FuzzReadAlertmanager(f *testing.F) {
	f.Add([]byte(`{"version":"4","groupKey":"{}","truncatedAlerts":1,"alerts":[{"status":"firing","labels":{"a":"b"},"annotations":{"summary":"s"},"startsAt":"2026-04-14T09:00:00.5+02:00","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://x/y","fingerprint":"0a"}]}`))
	f.Add([]byte(`{"version":"4","alerts":[{"status":"resolved","fingerprint":"0a","startsAt":"9999-12-31T23:59:59Z"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := ReadAlertmanager(body)
		if err != nil {
			return
		}
		for _, s := range m.Alerts {
			sane(t, s)
		}
	})
}

func FuzzHook(f *testing.F) {
	f.Add("/alerts", "/id", "/labels", []byte(`{"alerts":[{"id":1,"labels":{"a":"b"}}]}`))
	f.Add("", "/a~1b/0", "", []byte(`{"a/b":["x"]}`))
	f.Fuzz(func(t *testing.T, list, place, labels string, body []byte) {
		var h Hook
		for _, p := range []struct {
			text string
			into *Pointer
		}{{list, &h.Alerts}, {place, &h.Identity}, {place, &h.Firing}, {place, &h.Started}, {place, &h.Link}, {place, &h.Summary}, {labels, &h.LabelSet}} {
			v, err := ParsePointer(p.text)
			if err != nil {
				return
			}
			if v.String() != p.text {
				t.Fatalf("%q is written as %q", p.text, v)
			}
			*p.into = v
		}
		m, err := h.Read(body)
		if err != nil {
			return
		}
		for _, s := range m.Alerts {
			sane(t, s)
		}
	})
}

// sane holds for every alert that is read, whatever was sent.
func sane(t *testing.T, s Said) {
	t.Helper()
	if s.Identity == "" || strings.ContainsAny(s.Identity, "|}\n ") || len(s.Identity) > 200 {
		t.Errorf("identity %q", s.Identity)
	}
	for _, text := range []string{s.Summary, s.Link} {
		if strings.ContainsAny(text, "\r\n\x00\u202e") || len([]rune(text)) > 2000 {
			t.Errorf("text %q", text)
		}
	}
	if s.Link != "" && !strings.HasPrefix(s.Link, "http://") && !strings.HasPrefix(s.Link, "https://") {
		t.Errorf("link %q", s.Link)
	}
	if len(s.Labels) > maxLabels || s.Firing && !s.Ended.IsZero() {
		t.Errorf("%+v", s)
	}
	now := time.Date(2026, 4, 14, 12, 0, 0, 0, time.UTC)
	a, _ := Hear(data.Alert{}, "x", s, now)
	if a.Started.After(now) || a.Ended.After(now) || !a.Ended.IsZero() && a.Ended.Before(a.Started) {
		t.Errorf("heard %+v of %+v", a, s)
	}
}
