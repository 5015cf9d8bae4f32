package ui_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

func TestHandler(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		detail string
		logged bool
	}{
		{data.Invalid("title", "say something"), 422, "say something", false},
		{fmt.Errorf("opening: %w", data.NotFound("incident", "x")), 404, `there is no incident "x"`, false},
		{data.Conflict("it moved on"), 409, "it moved on", false},
		{data.Forbidden("not yours"), 403, "not yours", false},
		{&ui.StatusError{Status: 401, Message: "who are you?", Header: http.Header{"Www-Authenticate": {"Bearer"}}}, 401, "who are you?", false},
		{&ui.StatusError{Status: 503, Message: "not known", Cause: errors.New("disk on /dev/secret")}, 503, "not known", true},
		{errors.New("disk on /dev/secret"), 500, "Something went wrong here", true},
	} {
		var log bytes.Buffer
		h := ui.Handler(slog.New(slog.NewTextHandler(&log, nil)), func(http.ResponseWriter, *http.Request) error { return tt.err })
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/incidents", nil))
		var p ui.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%v: %s: %v", tt.err, w.Body, err)
		}
		if w.Code != tt.status || p.Status != tt.status || !strings.Contains(p.Detail, tt.detail) {
			t.Errorf("%v: %d %s", tt.err, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: the client sees internals: %s", tt.err, w.Body)
		}
		if got := strings.Contains(log.String(), "secret") && strings.Contains(log.String(), p.Request); got != tt.logged {
			t.Errorf("%v: logged %t, want %t: %s", tt.err, got, tt.logged, &log)
		}
		if w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%v: headers %v", tt.err, w.Header())
		}
	}
}
