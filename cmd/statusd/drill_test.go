package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// program runs a command of statusd in a process of its own, as on the host, and returns what it writes.
func program(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("statusd %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
	return out.String()
}

// writeFiles writes files into a directory, with the mode that secrets have.
func writeFiles(t *testing.T, dir string, all map[string]string) {
	t.Helper()
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// silent is a provider that takes connections and says nothing. It counts them.
func silent(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = &atomic.Int64{}
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			open = append(open, c)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		for _, c := range open {
			c.Close()
		}
	})
	return l.Addr().String(), asked
}

// visitAs sends a form or asks for a page of the operators' listener, with a session's cookie.
func visitAs(t *testing.T, session *http.Cookie, method, address string, form url.Values) *http.Response {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != nil {
		r.AddCookie(session)
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// TestDrillProviderDown is the drill of the operations guide: the identity provider is configured and does not answer. The
// service starts, an incident is opened from the host, a link from the host signs somebody in, and the form opens another one.
// Nothing of it as much as asks the provider. The page for signing in asks, and does not wait for what never comes.
func TestDrillProviderDown(t *testing.T) {
	provider, asked := silent(t)
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"client.secret": "correct-horse-battery-staple\n",
		"statusd.yaml": "sign_in: {oidc: {issuer: \"http://" + provider + "\", client_id: statusd, client_secret_file: client.secret, test: true,\n" +
			"  roles: {responder: [on-call]}}}\n",
	})
	p := start(t, dir, "--config", filepath.Join(dir, "statusd.yaml"))

	program(t, "incident", "open", "Sign-in fails", "-c", "login", "--data", dir)
	address := strings.TrimSpace(program(t, "operator", "link", "kari", "--data", dir))
	if !strings.HasPrefix(address, p.at.Admin+"/signin/link/") {
		t.Fatalf("the link is %q", address)
	}
	if res := visitAs(t, nil, "GET", address, nil); res.StatusCode != 200 || len(res.Cookies()) != 0 {
		t.Fatalf("looking at the link: %d", res.StatusCode)
	}
	res := visitAs(t, nil, "POST", address, url.Values{})
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("using the link: %d", res.StatusCode)
	}
	session := res.Cookies()[0]
	if res = visitAs(t, nil, "POST", address, url.Values{}); res.StatusCode != http.StatusGone {
		t.Errorf("using the link again: %d", res.StatusCode)
	}
	page, err := io.ReadAll(visitAs(t, session, "GET", p.at.Admin+"/incidents/new", nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"title": {"Search is slow"}, "component": {"crm-read"}, "level": {"degraded"}}
	for _, m := range hiddenInput.FindAllStringSubmatch(string(page), -1) {
		form.Set(m[1], m[2])
	}
	if res = visitAs(t, session, "POST", p.at.Admin+"/incidents", form); res.StatusCode != http.StatusSeeOther {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("the form: %d\n%s", res.StatusCode, b)
	}
	until(t, "both on the page", func() bool {
		_, b := get(t, p.at.Listen+"/")
		return strings.Contains(b, "Sign-in fails") && strings.Contains(b, "Search is slow")
	})
	log := program(t, "audit", "list", "--data", dir)
	for _, want := range []string{"signin.link", "operator:kari", "socket:"} {
		if !strings.Contains(log, want) {
			t.Errorf("the audit log does not have %s:\n%s", want, log)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the provider was asked %d times", n)
	}
	patience, cancel := context.WithTimeout(t.Context(), 4*time.Second) // the provider is given five
	defer cancel()
	r, err := http.NewRequestWithContext(patience, "GET", p.at.Admin+"/signin", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err = http.DefaultClient.Do(r); err != nil {
		t.Fatalf("the page waits for the provider: %v", err)
	}
	defer res.Body.Close()
	if page, err = io.ReadAll(res.Body); err != nil || !strings.Contains(string(page), "cannot be reached") || asked.Load() == 0 {
		t.Errorf("the page for signing in, with the provider asked %d times: %v\n%s", asked.Load(), err, page)
	}
}

// TestDrillServiceDown: with no service running an incident goes into the file, and is on the page from the first answer of
// the next start on.
func TestDrillServiceDown(t *testing.T) {
	dir := t.TempDir()
	start(t, dir).kill()
	program(t, "incident", "open", "Everything is down", "-c", "login", "-c", "crm-read", "--data", dir)
	p := start(t, dir)
	if _, b := get(t, p.at.Listen+"/"); !strings.Contains(b, "Everything is down") {
		t.Error("the first page does not have it")
	}
	var summary struct{ Incidents []struct{ Name string } }
	_, b := get(t, p.at.Listen+"/api/v2/summary.json")
	if err := json.Unmarshal([]byte(b), &summary); err != nil || len(summary.Incidents) != 1 || summary.Incidents[0].Name != "Everything is down" {
		t.Errorf("the summary says %s (%v)", b, err)
	}
	if log := program(t, "audit", "list", "--data", dir); !strings.Contains(log, "file:") {
		t.Errorf("the audit log does not say that it came through the file:\n%s", log)
	}
}
