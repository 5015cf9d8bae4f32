package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/web/api"
)

// alertmanagerBinary is Debian's Alertmanager, or the one that STATUSD_ALERTMANAGER names. Without it the test is skipped, or
// fails where STATUSD_REQUIRE names "alertmanager".
func alertmanagerBinary(t *testing.T) string {
	t.Helper()
	name := os.Getenv("STATUSD_ALERTMANAGER")
	if name == "" {
		name = "prometheus-alertmanager"
	}
	found, err := exec.LookPath(name)
	if err == nil {
		return found
	}
	why := "there is no Alertmanager: install Debian's prometheus-alertmanager, or name one in STATUSD_ALERTMANAGER"
	if slices.Contains(strings.Split(os.Getenv("STATUSD_REQUIRE"), ","), "alertmanager") {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

const alertRules = `
alerts:
  rules:
    - name: core
      match: {severity: page}
      component_label: service
      title: "{components}: {label:alertname}"
`

// routing is what an SRE writes, with short times.
const routing = `
route:
  receiver: statusd
  group_by: [job]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 4h
receivers:
  - name: statusd
    webhook_configs:
      - url: http://%s/hooks/alertmanager
        send_resolved: true
        http_config:
          authorization: {type: Bearer, credentials_file: %s}
`

// TestAlertmanager lets a real Alertmanager send: an incident opens, a repeat changes nothing, one of two alerts ends, both do.
func TestAlertmanager(t *testing.T) {
	binary := alertmanagerBinary(t)
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	p := start(t, t.TempDir(), "--config", file("statusd.yaml", alertRules, 0o644))
	var token api.Token
	p.do(t, "POST", "/api/v1/tokens", `{"name":"alertmanager","scopes":["alert"]}`, &token)
	am := startAlertmanager(t, binary, dir, file("alertmanager.yml", fmt.Sprintf(routing, strings.TrimPrefix(p.at.Admin, "http://"), file("token", token.Secret, 0o600)), 0o644))

	newest := func() api.Incident {
		var list api.Incidents
		p.do(t, "GET", "/api/v1/incidents", "", &list)
		if len(list.Incidents) == 0 {
			return api.Incident{}
		}
		if len(list.Incidents) > 1 {
			t.Fatalf("%d incidents", len(list.Incidents))
		}
		return list.Incidents[0]
	}
	started := time.Now().Add(-time.Minute).UTC().Truncate(time.Second)
	login, read := alert("login", started), alert("crm-read", started)
	am.post(t, login, read, alert("printer", started))
	until(t, "the incident", func() bool { return newest().ID != "" })
	i := newest()
	if !strings.HasSuffix(i.Title, ": Down") || i.Alerts != "core" || i.Draft || len(i.Updates) != 1 || len(i.Holds) != 2 || !i.Started.Equal(started) {
		t.Errorf("opened: %+v", i)
	}

	am.post(t, login, read) // Prometheus says it again and again; Alertmanager may send it again or not
	restarted := am.again(t)
	restarted.post(t, login, read) // a new one knows of no message that it sent before
	until(t, "the repeat", func() bool { return strings.Contains(p.metrics(t), `statusd_alerts_heard_total{outcome="repeated"} 2`) })
	if again := newest(); again.Version != i.Version || len(again.Updates) != 1 {
		t.Errorf("a repeat changed the incident: %+v", again)
	}

	ended := time.Now().UTC().Truncate(time.Second)
	login["endsAt"] = ended
	restarted.post(t, login)
	until(t, "the end of one alert", func() bool { return len(newest().Updates) == 2 })
	i = newest()
	if i.Phase != "investigating" || i.Updates[0].Body == "" || len(i.Updates[0].Bodies) != 6 {
		t.Errorf("one of two ended: %+v", i)
	}
	for _, h := range i.Holds {
		if (h.Component == "login") != (h.Level.String() == "operational") {
			t.Errorf("held after one ended: %+v", i.Holds)
		}
	}
	read["endsAt"] = time.Now().UTC().Truncate(time.Second)
	restarted.post(t, read)
	until(t, "the end", func() bool { return newest().Phase == "resolved" })
	if i = newest(); len(i.Updates) != 3 {
		t.Errorf("resolved: %+v", i)
	}
	until(t, "the public page", func() bool {
		status, page := get(t, p.at.Listen+"/incidents/"+i.ID)
		return status == http.StatusOK && strings.Contains(page, "It works again.")
	})
	if metrics := p.metrics(t); strings.Contains(metrics, `statusd_alerts_heard_total{outcome="unmatched"} 0`) {
		t.Error("the alert of the printer was not counted")
	}
	p.do(t, "GET", "/api/v1/audit/verify", "", nil)
}

// alert is what Prometheus would send to Alertmanager.
func alert(component string, started time.Time) map[string]any {
	return map[string]any{
		"labels":      map[string]string{"alertname": "Down", "job": "front", "severity": "page", "service": component},
		"annotations": map[string]string{"summary": component + " does not answer"}, "startsAt": started, "generatorURL": "http://localhost:9090/graph",
	}
}

// do asks over the local socket, and reads the answer into v.
func (p *process) do(t *testing.T, method, path, body string, v any) {
	t.Helper()
	r, err := http.NewRequest(method, "http://socket"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := p.http.Do(r)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.out)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, res.Status)
	}
	if v != nil {
		if err := json.NewDecoder(res.Body).Decode(v); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *process) metrics(t *testing.T) string {
	t.Helper()
	_, text := get(t, p.at.Admin+"/metrics")
	return text
}

// alertmanager is a running Alertmanager.
type alertmanager struct {
	binary, dir, config, address string
	cmd                          *exec.Cmd
	out                          *output
	exited                       chan struct{}
	runs                         int
}

func startAlertmanager(t *testing.T, binary, dir, config string) *alertmanager {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0") // it takes no port 0
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	a := &alertmanager{binary: binary, dir: dir, config: config, address: address}
	a.run(t)
	return a
}

func (a *alertmanager) run(t *testing.T) {
	t.Helper()
	a.runs++
	a.out, a.exited = &output{}, make(chan struct{})
	a.cmd = exec.Command(a.binary, "--config.file", a.config, "--storage.path", filepath.Join(a.dir, fmt.Sprint("storage", a.runs)), "--web.listen-address", a.address, "--cluster.listen-address=")
	a.cmd.Stdout, a.cmd.Stderr = a.out, a.out
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd, exited := a.cmd, a.exited
	go func() {
		cmd.Wait() //nolint:errcheck // it is killed
		close(exited)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may be gone
		<-exited
		if t.Failed() {
			t.Logf("Alertmanager wrote:\n%s", a.out)
		}
	})
	until(t, "Alertmanager to start", func() bool {
		select {
		case <-exited:
			t.Fatalf("Alertmanager ended at once:\n%s", a.out)
		default:
		}
		res, err := http.Get("http://" + a.address + "/-/ready")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// again kills it and starts another one that remembers nothing.
func (a *alertmanager) again(t *testing.T) *alertmanager {
	t.Helper()
	a.cmd.Process.Kill() //nolint:errcheck // whoever waits sees it go
	<-a.exited
	a.run(t)
	return a
}

func (a *alertmanager) post(t *testing.T, alerts ...map[string]any) {
	t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post("http://"+a.address+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("Alertmanager answers %s", res.Status)
	}
}
