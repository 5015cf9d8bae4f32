package ui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func fails(err error) ui.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want ui.Problem
	}{
		"invalid": {
			fmt.Errorf("opening an incident: %w", data.Invalid("title", "say something")),
			ui.Problem{Title: "Unprocessable Entity", Status: 422, Detail: "say something", Field: "title"},
		},
		"not found": {data.NotFound("incident", "x"), ui.Problem{Title: "Not Found", Status: 404, Detail: `there is no incident "x"`}},
		"conflict":  {data.Conflict("it was closed"), ui.Problem{Title: "Conflict", Status: 409, Detail: "it was closed"}},
		"forbidden": {data.Forbidden("viewers only look"), ui.Problem{Title: "Forbidden", Status: 403, Detail: "viewers only look"}},
		"its own status": {
			&ui.StatusError{Status: 413, Message: "send at most 64 bytes", Header: http.Header{"X-Limit": {"64"}}},
			ui.Problem{Title: "Request Entity Too Large", Status: 413, Detail: "send at most 64 bytes"},
		},
	} {
		var log bytes.Buffer
		res := ask(ui.Handler(slog.New(slog.NewTextHandler(&log, nil)), fails(tc.err)), http.MethodGet, nil)
		var got ui.Problem
		if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tc.want.Type = "about:blank"
		if diff := cmp.Diff(tc.want, got); diff != "" || res.StatusCode != tc.want.Status {
			t.Errorf("%s: status %d, (-want +got)\n%s", name, res.StatusCode, diff)
		}
		if res.Header.Get("Content-Type") != "application/problem+json" || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, res.Header)
		}
		if tc.want.Status == 413 && res.Header.Get("X-Limit") != "64" {
			t.Errorf("%s: its own header is missing from %v", name, res.Header)
		}
		if log.Len() > 0 {
			t.Errorf("%s: what is the asker's own is in the log: %s", name, &log)
		}
	}
}

func TestInternalsStayInside(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]ui.HandlerFunc{
		"error": fails(errors.New("bolt: secret path")),
		"panic": func(http.ResponseWriter, *http.Request) error { panic("secret path") },
		"cause": fails(&ui.StatusError{Status: 503, Message: "later", Cause: errors.New("secret path")}),
	} {
		var log bytes.Buffer
		res := ask(ui.Handler(slog.New(slog.NewTextHandler(&log, nil)), h), http.MethodGet, nil)
		var got ui.Problem
		body, err := io.ReadAll(res.Body)
		if err == nil {
			err = json.Unmarshal(body, &got)
		}
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode < 500 || strings.Contains(string(body), "secret") {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
		if !data.ValidID(got.Request) || strings.Count(log.String(), "request="+got.Request) != 1 || !strings.Contains(log.String(), "secret path") {
			t.Errorf("%s: the log does not say once what request %q met: %s", name, got.Request, &log)
		}
	}
}

func TestBrowsersGetAPage(t *testing.T) {
	t.Parallel()
	shown := ui.NewDoc([]byte("<h1>Page not found</h1>"), ui.DocOptions{Type: "text/html; charset=utf-8"})
	page := func(_ *http.Request, status int) *ui.Doc {
		if status == http.StatusNotFound {
			return shown
		}
		return nil
	}
	missing := ui.Pages(quiet(), page, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Length", "9999")
		return data.NotFound("page", "x")
	})
	browser := map[string]string{"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
	res := ask(missing, http.MethodGet, browser)
	if body, _ := io.ReadAll(res.Body); res.StatusCode != 404 || string(body) != "<h1>Page not found</h1>" || res.Header.Get("Content-Length") != "23" {
		t.Errorf("a browser gets %d %q %v", res.StatusCode, body, res.Header)
	}
	if got := ask(missing, http.MethodGet, map[string]string{"Accept": "*/*"}).Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a program gets %s", got)
	}
	other := ui.Pages(quiet(), page, fails(data.Conflict("x")))
	if got := ask(other, http.MethodGet, browser).Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("without a page a browser gets %s", got)
	}
	if body, _ := io.ReadAll(ask(other, http.MethodHead, nil).Body); len(body) != 0 {
		t.Errorf("HEAD has a body: %q", body)
	}
}

func TestHalfAnAnswerIsCut(t *testing.T) {
	t.Parallel()
	half := ui.Handler(quiet(), func(w http.ResponseWriter, _ *http.Request) error {
		io.WriteString(w, `{"half":`) //nolint:errcheck
		return errors.New("the rest is lost")
	})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("panicked with %v, want http.ErrAbortHandler", got)
		}
	}()
	ask(half, http.MethodGet, nil)
}

func TestWhoLeftIsNotLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := ui.Handler(slog.New(slog.NewTextHandler(&log, nil)), func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() })
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
	if log.Len() > 0 {
		t.Errorf("a reader who left is logged: %s", &log)
	}
	ok := ui.Handler(quiet(), func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(http.StatusNoContent); return nil })
	if got := ask(ok, http.MethodGet, nil).StatusCode; got != http.StatusNoContent {
		t.Errorf("an answer without error becomes %d", got)
	}
}
