package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// TestRefusedAs: what no repetition helps is known as such, so that it holds up nothing behind it; all else is tried again. A place
// that the configuration does not name yet is not the end of what was seen there.
func TestRefusedAs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		final  bool
	}{
		{422, `{"status":422,"detail":"no","field":"sent_at"}`, true},
		{400, `{"status":400,"detail":"no"}`, true},
		{413, `{"status":413,"detail":"too long"}`, true},
		{413, `<html>413 Request Entity Too Large</html>`, true},
		{404, `{"status":404,"detail":"nobody reports from there"}`, false},
		{409, `{"status":409,"detail":"another token"}`, false},
		{403, `{"status":403,"detail":"no"}`, false},
		{503, `{"status":503,"detail":"later"}`, false},
		{502, `<html>`, false},
	} {
		res := &http.Response{StatusCode: c.status, Body: io.NopCloser(strings.NewReader(c.body)), Header: http.Header{}}
		var refused *data.Error
		err := refusedAs(problem(res, []byte(c.body), ""))
		if got := errors.As(err, &refused) && refused.Kind == data.KindInvalid; err == nil || got != c.final {
			t.Errorf("%d %s: %v, final %t, want %t", c.status, c.body, err, got, c.final)
		}
	}
	if err := refusedAs(nil); err != nil {
		t.Error(err)
	}
}

// TestObserve runs an observer as a process of its own beside a service that looks at nothing itself: what it sees arrives, and
// a token that may report may nothing else.
func TestObserve(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	defer target.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "statusd.yaml")
	config := "references: []\nplaces: [bergen]\nprobes:\n  - {name: front, component: login, kind: http, target: \"" + target.URL + "\", interval: 10s, places: [bergen]}\n"
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(dir, "home"), "--config", file)
	res, err := p.http.Post("http://socket/api/v1/tokens", "application/json", strings.NewReader(`{"name":"bergen","scopes":["place.orders","place.report"]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var token api.Token
	if err := json.NewDecoder(res.Body).Decode(&token); err != nil || token.Secret == "" {
		t.Fatalf("a token: %+v, %v", token, err)
	}
	if status, _ := ask(t, "GET", p.at.Admin+"/api/v1/overview", "", "Authorization", "Bearer "+token.Secret); status != http.StatusForbidden {
		t.Errorf("an observer's token may see the overview: %d", status)
	}
	secret := filepath.Join(dir, "token")
	if err := os.WriteFile(secret, []byte(token.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	observer := exec.Command(os.Args[0], "observe", "--server", p.at.Admin, "--token-file", secret, "--place", "bergen", "--data", filepath.Join(dir, "away"))
	observer.Env = append(os.Environ(), asProgram+"=1")
	said := &output{}
	observer.Stderr = said
	if err := observer.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- observer.Wait() }()
	stopped := false
	defer func() {
		if !stopped {
			observer.Process.Kill() //nolint:errcheck // it may have ended
			<-done
		}
	}()
	until(t, "what the observer saw", func() bool {
		res, err := p.http.Get("http://socket/api/v1/probes/front")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		var v api.ProbeWhole
		if json.NewDecoder(res.Body).Decode(&v) != nil || len(v.Places) == 0 {
			return false
		}
		run := v.Places[0].Runs[0]
		return v.Places[0].Place == "bergen" && run.Code == http.StatusTeapot && run.Detail == "it answered 418"
	})
	if err := observer.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the observer ended with %v:\n%s", err, said)
	}
	stopped = true
	if strings.Contains(said.String(), token.Secret) {
		t.Error("the token is in the log")
	}
}
