package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
	"github.com/superoffice/statusd/web/api"
)

const firing = `{"version":"4","status":"firing","groupKey":"g","truncatedAlerts":0,"alerts":[{"status":"firing","labels":{"service":"login"},
	"startsAt":"2026-04-14T09:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"0a"},{"status":"firing","labels":{"service":"printer"},"fingerprint":"0b"}]}`

// hooked is a desk with a rule and a hook.
func hooked(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	place := func(s string) alerts.Pointer {
		p, err := alerts.ParsePointer(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	d.api.Alerts = api.Inbound{
		Rules: []alerts.Rule{{Name: "core", ComponentLabel: "service", Resolve: true, Group: alerts.ByRule}},
		Hooks: []alerts.Hook{{Name: "uptime", Identity: place("/id"), Firing: place("/status"), Labels: map[string]alerts.Pointer{"service": place("/name")}}},
	}
	return d
}

// TestHookDoor: who may send, how, and how much.
func TestHookDoor(t *testing.T) {
	d := hooked(t)
	secret := d.token(`{"name":"am","scopes":["alert"]}`).Secret
	viewer := d.token(`{"name":"looks","role":"viewer"}`).Secret
	other := d.token(`{"name":"other","scopes":["incident"]}`).Secret
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	long := `{"version":"4","alerts":[],"x":"` + strings.Repeat("x", 100<<10) + `"}`
	for _, tt := range []struct {
		name, path, auth, body string
		want                   int
	}{
		{"a token", "/hooks/alertmanager", "Bearer " + secret, firing, 200},
		{"as a password", "/hooks/alertmanager", basic("anybody", secret), firing, 200},
		{"as a password without a name", "/hooks/alertmanager", basic("", secret), firing, 200},
		{"a wrong password", "/hooks/alertmanager", basic("am", "secret"), firing, 401},
		{"as a name", "/hooks/alertmanager", basic(secret, ""), firing, 401},
		{"nothing", "/hooks/alertmanager", "", firing, 401},
		{"a viewer's", "/hooks/alertmanager", "Bearer " + viewer, firing, 403},
		{"for other things", "/hooks/alertmanager", "Bearer " + other, firing, 403},
		{"a hook", "/hooks/in/uptime", "Bearer " + secret, `{"id":7,"status":"up","name":"login"}`, 200},
		{"a hook, as a password", "/hooks/in/uptime", basic("x", secret), `{"id":7,"status":"up","name":"login"}`, 200},
		{"no such hook", "/hooks/in/nagios", "Bearer " + secret, `{}`, 404},
		{"no alert", "/hooks/in/uptime", "Bearer " + secret, `{"id":7}`, 400},
		{"no message", "/hooks/alertmanager", "Bearer " + secret, `{"alerts":"x"}`, 400},
		{"empty", "/hooks/alertmanager", "Bearer " + secret, " ", 400},
		{"longer than others may be", "/hooks/alertmanager", "Bearer " + secret, long, 200},
		{"too long", "/hooks/alertmanager", "Bearer " + secret, strings.Replace(long, "xxx", strings.Repeat("x", 256<<10), 1), 413},
		{"elsewhere as a password", "/api/v1/incidents", basic("am", secret), `{"title":"x"}`, 401},
	} {
		if status, answer := d.do(nil, "POST", tt.path, tt.body, "Authorization", tt.auth); status != tt.want {
			t.Errorf("%s: %d %s, want %d", tt.name, status, answer, tt.want)
		}
	}
	if status, answer := d.do(nil, "GET", "/api/v1/incidents", "", "Authorization", "Bearer "+secret); status != 403 {
		t.Errorf("a token for alerts reads incidents: %d %s", status, answer)
	}
	if status, answer := d.do(nil, "GET", "/api/v1/alerts", "", "Authorization", "Bearer "+secret); status != 200 || !strings.Contains(answer, `"source":"alertmanager"`) {
		t.Errorf("the list: %d %s", status, answer)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(d.api.Metrics()...)
	want := `# HELP statusd_alerts_heard_total Alerts of monitoring systems, by what became of them. Unmatched ones fit no rule of the configuration.
# TYPE statusd_alerts_heard_total counter
statusd_alerts_heard_total{outcome="began"} 1
statusd_alerts_heard_total{outcome="ended"} 1
statusd_alerts_heard_total{outcome="refused"} 0
statusd_alerts_heard_total{outcome="repeated"} 3
statusd_alerts_heard_total{outcome="truncated"} 0
statusd_alerts_heard_total{outcome="unmatched"} 3
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

// TestPaceOfHooks: a hundred messages at once, and the desk is not slowed down by them.
func TestPaceOfHooks(t *testing.T) {
	d := hooked(t)
	secret := d.token(`{"name":"am"}`).Secret
	limited := 0
	for range 150 {
		status, answer := d.do(nil, "POST", "/hooks/alertmanager", firing, "Authorization", "Bearer "+secret)
		switch status {
		case 200:
		case 503:
			limited++
		default:
			t.Fatalf("%d %s", status, answer)
		}
	}
	if limited < 20 || limited > 50 {
		t.Errorf("%d of 150 messages at once were put off", limited)
	}
	if status, answer := d.do(nil, "POST", "/api/v1/incidents", `{"title":"x","components":{"login":"degraded"}}`, "Authorization", "Bearer "+secret); status != 201 {
		t.Errorf("a write of the same token: %d %s", status, answer)
	}
}

// TestHookOfAMonitor: the same identity goes down, up and down again.
func TestHookOfAMonitor(t *testing.T) {
	d := hooked(t)
	say := func(word string) {
		t.Helper()
		if status, answer := d.do(&root, "POST", "/hooks/in/uptime", fmt.Sprintf(`{"id":7,"status":%q,"name":"login","more":{}}`, word)); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	for n, tt := range []struct {
		word  string
		level data.Level
	}{{"up", data.NoData}, {"down", data.MajorOutage}, {"acknowledged", data.MajorOutage}, {"down", data.MajorOutage}, {"up", data.NoData}, {"down", data.MajorOutage}, {"up", data.NoData}} {
		say(tt.word)
		if s, _ := d.standing("login"); s.Level != tt.level {
			t.Errorf("message %d, %s: login is %s, want %s", n+1, tt.word, s.Level, tt.level)
		}
	}
	d.view(func(tx data.Tx) error {
		all, err := data.All(tx.Incidents().Range("", ""))
		if len(all) != 1 || len(all[0].Updates) != 4 {
			t.Errorf("%d incidents: %+v", len(all), all)
		}
		return err
	})
}
