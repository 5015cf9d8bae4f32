package kind

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

func TestTenantVerdict(t *testing.T) {
	t.Parallel()
	const unsure, out = "no_data unsure", "no_data left_out"
	for body, want := range map[string]string{
		`{"State": 2, "IsRunning": true}`:                     "operational ",
		`{"State": "Running", "IsRunning": true}`:             "operational ",
		`{"state": "running"}`:                                "operational ",
		`{"State": "2"}`:                                      "operational ",
		`{"State": 2, "IsRunning": false}`:                    unsure,
		`{"State": 5, "IsRunning": true}`:                     "operational ",
		`{"State": "OnlineMaintenance", "IsRunning": true}`:   "operational ",
		`{"State": 5, "IsRunning": false}`:                    unsure,
		`{"State": 6, "IsRunning": false}`:                    "major_outage maintenance",
		`{"State": "OfflineMaintenance", "IsRunning": false}`: "major_outage maintenance",
		`{"State": 0}`:                                        unsure,
		`{"State": "Unknown", "IsRunning": true}`:             unsure,
		`{"State": 1}`:                                        out,
		`{"State": 3, "IsRunning": false}`:                    out,
		`{"State": 4, "IsRunning": false}`:                    out,
		`{"State": "Suspended", "IsRunning": true}`:           out,
		`{"State": 8}`:                                        out,
		`{"State": 10}`:                                       out,
		`{"State": 11}`:                                       out,
		`{"State": 12}`:                                       out,
		`{"State": "MigrationPending"}`:                       out,
		`{"State": 7}`:                                        unsure,
		`{"State": -1}`:                                       unsure,
		`{"State": 2.5}`:                                      unsure,
		`{"State": "Sideways <b>"}`:                           unsure,
		`{"State": {"a": 1}}`:                                 unsure,
		`{"State": null}`:                                     unsure,
		`{}`:                                                  unsure,
		`null`:                                                unsure,

		`{"Endpoint": "https://x.example", "ValidUntil": "no"}`: unsure,
	} {
		said, err := readTenant([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		s := said.verdict(datatest.Probe("tenant", "crm-read"))
		if verdictOf(s) != want || strings.Contains(s.Detail, "<b>") || s.Reason != "" && s.Detail == "" {
			t.Errorf("%s: %+v, want %s", body, s, want)
		}
	}
	for _, body := range []string{``, `<html>`, `[]`, `"Running"`, `{"State": 2`, `{"IsRunning": "yes"}`, `{"Endpoint": 1}`} {
		if said, err := readTenant([]byte(body)); err == nil {
			t.Errorf("%q is read as %+v", body, said)
		}
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, endpoint, want string }{
		{"https://online.example/api/state/Cust1", "https://online3.example", "https://online3.example/api/state/Cust1"},
		{"https://online.example/api/state/Cust1?x=1", "https://online3.example/Cust1/", "https://online3.example/api/state/Cust1?x=1"},
		{"https://online.example/api/state/Cust1", "online3.example:8443", "https://online3.example:8443/api/state/Cust1"},
		{"https://online.example/api/state/Cust1", " https://u:p@online3.example/v2/api/state/cust1 ", "https://online3.example/v2/api/state/cust1"},
		{"http://online.example/api/state/Cust1", "https://online3.example", "https://online3.example/api/state/Cust1"},
		{"https://online.example/api/state/Cust1", "http://online3.example", ""},
		{"https://online.example/api/state/Cust1", "", ""},
		{"https://online.example/api/state/Cust1", "file:///etc/passwd", ""},
		{"https://online.example/api/state/Cust1", "ftp://online3.example", ""},
		{"https://online.example/api/state/Cust1", "https://online3.example:99999", ""},
		{"https://online.example/api/state/Cust1", "https://%zz/", ""},
	} {
		target := parsed(t, c.target)
		u, err := follow(target, c.endpoint)
		got := ""
		if err == nil {
			got = u.String()
		}
		if got != c.want {
			t.Errorf("from %s to %q: %q (%v), want %q", c.target, c.endpoint, got, err, c.want)
		}
	}
}

func FuzzTenant(f *testing.F) {
	f.Add([]byte(`{"Endpoint": "https://a.example", "State": "Running", "IsRunning": true}`))
	f.Add([]byte(`{"State": 1e400}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		said, err := readTenant(body)
		if err != nil {
			return
		}
		if s := said.verdict(datatest.Probe("tenant", "crm-read")); len(s.Detail) > 200 || s.Level > data.Operational && s.Reason == "" {
			t.Errorf("%q: %+v", body, s)
		}
		target := parsed(t, "https://online.example/api/state/Cust1")
		if u, err := follow(target, said.Endpoint); err == nil && (u.Scheme != "https" || u.Hostname() == "" || u.User != nil) {
			t.Errorf("%q leads to %s", body, u)
		}
	})
}

// TestTenantMoved is the scenario of DOMAIN.md 6: a tenant that has moved is followed, and asked there the next time.
func TestTenantMoved(t *testing.T) {
	t.Parallel()
	var asked []string
	moved := true
	there := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, "there "+r.URL.Path)
		if !moved {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		io.WriteString(w, `{"State": 2, "IsRunning": true}`)
	})
	here := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, "here "+r.URL.Path)
		if moved {
			w.WriteHeader(http.StatusMisdirectedRequest)
			json.NewEncoder(w).Encode(map[string]any{"Endpoint": there, "State": "Running"})
			return
		}
		io.WriteString(w, `{"State": "Running"}`)
	})
	p := tenantAt(here + "/api/state/Cust12345")
	prober, err := Compile(p, Client{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		moved bool
		want  string
		asked string
	}{
		{true, "operational ", "here there"},
		{true, "operational ", "there"},
		{false, "major_outage status", "there"},
		{false, "operational ", "here"},
		{false, "operational ", "here"},
	} {
		asked, moved = nil, c.moved
		s := prober.Probe(t.Context())[0]
		got := strings.ReplaceAll(strings.Join(asked, " "), " /api/state/Cust12345", "")
		if verdictOf(s) != c.want || got != c.asked || s.Latency <= 0 || s.Phases.Connect <= 0 {
			t.Errorf("%s asked: %+v; want %s, %s", got, s, c.asked, c.want)
		}
	}
}

func TestTenant(t *testing.T) {
	t.Parallel()
	now := `{"State": 2}`
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch name := strings.TrimPrefix(r.URL.Path, "/api/state/"); name {
		case "now":
			io.WriteString(w, now)
		case "nowhere":
			w.WriteHeader(http.StatusMisdirectedRequest)
		case "unread":
			w.WriteHeader(http.StatusMisdirectedRequest)
			io.WriteString(w, "<html>")
		case "round":
			w.Header().Set("Location", "http://"+r.Host+"/api/state/round")
			w.WriteHeader(http.StatusMisdirectedRequest)
		case "located":
			w.Header().Set("Location", "http://"+r.Host+"/api/state/now")
			w.WriteHeader(http.StatusMisdirectedRequest)
		case "gone": // the link's own network, where machines keep their secrets
			w.WriteHeader(http.StatusMisdirectedRequest)
			io.WriteString(w, `{"Endpoint": "http://169.254.169.254"}`)
		case "inside":
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		case "hop":
			http.Redirect(w, r, "now", http.StatusFound)
		case "loop":
			http.Redirect(w, r, "loop", http.StatusFound)
		case "file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "html":
			io.WriteString(w, "<html>hush</html>")
		case "endless":
			endlessBody(w, r)
		case "hang":
			hang(w, r)
		default:
			var code int
			fmt.Sscan(name, &code)
			w.WriteHeader(code)
		}
	})
	for path, want := range map[string]string{
		"now": "operational ", "nowhere": "no_data unsure", "unread": "no_data unsure", "round": "no_data unsure", "located": "operational ",
		"gone": "no_data unsure", "inside": "major_outage redirect", "hop": "operational ", "loop": "major_outage redirect", "file": "major_outage redirect",
		"html": "major_outage body", "endless": "major_outage body", "hang": "major_outage timeout", "404": "no_data unsure", "400": "no_data unsure",
		"410": "no_data unsure", "401": "major_outage status", "500": "major_outage status", "503": "major_outage status", "429": "major_outage status",
	} {
		s := once(t, Client{}, data.ProbeTenant, url+"/api/state/"+path, time.Second, same)
		if verdictOf(s) != want || strings.Contains(s.Detail, "hush") {
			t.Errorf("%s: %+v, want %s", path, s, want)
		}
	}
	s := once(t, Client{}, data.ProbeTenant, "http://"+refused(t)+"/api/state/Cust1", time.Second, same)
	if verdictOf(s) != "major_outage connect" {
		t.Errorf("a refused port: %+v", s)
	}
	if s = once(t, Client{}, data.ProbeTenant, url+"/api/state/now", time.Second, func(p *data.Probe) { p.Slow = 1 }); verdictOf(s) != "degraded slow" {
		t.Errorf("slow: %+v", s)
	}
}

func tenantAt(target string) data.Probe {
	p := datatest.Probe("tenant", "crm-read")
	p.Kind, p.Target = data.ProbeTenant, target
	return p
}
