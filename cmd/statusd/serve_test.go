package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/page"
)

// get asks a listener, and returns status and body.
func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	return ask(t, "GET", url, "", header...)
}

func ask(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestIncidentIsSeen declares an incident by token and sees it on the page, in the JSON, in the banner and on an open
// socket, from the moment of the answer on at latest a little later.
func TestIncidentIsSeen(t *testing.T) {
	p := start(t, t.TempDir())
	live, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(p.at.Listen, "http")+"/live?lang=en", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	res, err := p.http.Post("http://socket/api/v1/tokens", "application/json", strings.NewReader(`{"name":"pager"}`))
	if err != nil {
		t.Fatal(err)
	}
	var token api.Token
	if err := json.NewDecoder(res.Body).Decode(&token); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	const body = `{"title":"Sign-in fails","components":{"login":"major_outage"}}`
	for _, at := range []string{p.at.Admin, p.at.Listen} {
		if status, answer := ask(t, "POST", at+"/api/v1/incidents", body, "Content-Type", "application/json"); status < 400 {
			t.Fatalf("a write without token at %s: %d %s", at, status, answer)
		}
	}
	status, answer := ask(t, "POST", p.at.Admin+"/api/v1/incidents", body, "Content-Type", "application/json", "Authorization", "Bearer "+token.Secret)
	if status != http.StatusCreated {
		t.Fatalf("with the token: %d %s", status, answer)
	}
	answered := time.Now()
	live.SetReadDeadline(answered.Add(20 * time.Second)) //nolint:errcheck // always nil
	for {
		var f page.LiveFrame
		if err := live.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if len(f.Incidents) == 1 && f.Incidents[0].Title == "Sign-in fails" {
			break
		}
	}
	for _, path := range []string{"/", "/?lang=nb", "/api/v2/summary.json", "/api/v1/banner?customer=Cust1&lang=en"} {
		until(t, path, func() bool { _, b := get(t, p.at.Listen+path); return strings.Contains(b, "Sign-in fails") })
	}
	t.Logf("seen everywhere %v after the answer", time.Since(answered))
}

func TestStopsOnTerm(t *testing.T) {
	p := start(t, t.TempDir())
	live, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(p.at.Listen, "http")+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var code int
	for {
		if _, _, err := live.ReadMessage(); err != nil {
			if e, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // gorilla returns it as it is
				code = e.Code
			}
			break
		}
	}
	if code != websocket.CloseServiceRestart {
		t.Errorf("the open page was told %d, want service restart", code)
	}
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		t.Fatalf("it still runs:\n%s", p.out)
	}
	if !p.cmd.ProcessState.Success() {
		t.Errorf("it ended with %v:\n%s", p.cmd.ProcessState, p.out)
	}
}

func TestReload(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "statusd.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("page: {name: First name, public_url: \"https://status.example.com\"}\n")
	p := start(t, dir, "--config", file)
	if _, b := get(t, p.at.Listen+"/"); !strings.Contains(b, "First name") {
		t.Fatal("the page does not have its name")
	}
	hup := func() {
		t.Helper()
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	write("page: {name: Second name, public_url: \"https://status.example.com\", target: \"0.95\"}\nreferences: [\"127.0.0.1:1\"]\n")
	hup()
	until(t, "the new name", func() bool { _, b := get(t, p.at.Listen+"/"); return strings.Contains(b, "Second name") })
	until(t, "the log to name what needs a start", func() bool { return strings.Contains(p.out.String(), "page.target, references") })
	if _, b := get(t, p.at.Listen+"/api/v1/uptime/"+time.Now().Format("2006-01")); !strings.Contains(b, `"target":"0.998"`) {
		t.Errorf("the target changed in one place before the next start: %s", b)
	}

	write("page: {name: Third name, colour: red}\n")
	hup()
	until(t, "the log to name the fault", func() bool { return strings.Contains(p.out.String(), "statusd.yaml:1:") })
	if _, b := get(t, p.at.Listen+"/"); !strings.Contains(b, "Second name") {
		t.Error("a faulty file changed the page")
	}

	// Half of a new zone would be worse than the old one: plans follow it at once, page and months at a start.
	_, before := get(t, p.at.Listen+"/api/v1/schedule")
	write("page: {name: Fourth name, public_url: \"https://status.example.com\", zone: America/New_York}\n")
	hup()
	until(t, "the log to refuse the zone", func() bool { return strings.Contains(p.out.String(), "page.zone is America/New_York now") })
	if _, b := get(t, p.at.Listen+"/api/v1/schedule"); b != before {
		t.Error("a zone that needs a start moved the windows")
	}
}

// TestRefusesMailOutsideEurope is G3: the service does not start with Mailgun's address in the US.
func TestRefusesMailOutsideEurope(t *testing.T) {
	dir := t.TempDir()
	file, key := filepath.Join(dir, "statusd.yaml"), filepath.Join(dir, "key")
	text := "mail: {from: status@example.com, mailgun: {base: \"https://api.mailgun.net/v3\", domain: example.com, key_file: " + key + "}}\n"
	for name, content := range map[string]string{file: text, key: "marked-secret\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs strings.Builder
	status := run([]string{"serve", "--config", file, "--data", dir, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, strings.NewReader(""), &out, &errs)
	if status != exitWrong || !strings.Contains(errs.String(), "statusd.yaml:1:") || !strings.Contains(errs.String(), "api.eu.mailgun.net") {
		t.Errorf("serve: exit %d, %s", status, &errs)
	}
	if strings.Contains(out.String()+errs.String(), "marked-secret") {
		t.Error("the key is in the output")
	}
}
