package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestEveryPublicAnswerIsGuarded looks at the headers of every answer of the public listener: to what is there, to what is not, to
// methods that nobody takes, to paths that are cleaned, and while nothing is ready (RELIABILITY 3.2).
func TestEveryPublicAnswerIsGuarded(t *testing.T) {
	s := newSite(t, nil)
	embedded := []string{"/banner", "/embed/", "/badge", "/calendar/", "/history.ics", "/api/v1/banner", "/favicon.ico"}
	check := func(what, path string, a said) {
		t.Helper()
		place := "same-origin"
		for _, p := range embedded {
			if strings.HasPrefix(path, p) && (a.status == 200 || a.status == 304) {
				place = "cross-origin"
			}
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": place,
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got := a.header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %d, %s is %q, want %q", what, a.status, name, got, want)
			}
		}
		if !strings.Contains(a.header.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: %d, Permissions-Policy %q", what, a.status, a.header.Get("Permissions-Policy"))
		}
		for _, name := range []string{"Server", "X-Powered-By", "Set-Cookie", "Access-Control-Allow-Credentials"} {
			if a.header.Get(name) != "" {
				t.Errorf("%s: %s: %s", what, name, a.header.Get(name))
			}
		}
		kind := a.header.Get("Content-Type")
		if a.status >= 400 && kind != "application/problem+json" && !strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s: %d comes as %q: %.80q", what, a.status, kind, a.body)
		}
		if a.status == http.StatusMethodNotAllowed && a.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow is %q", what, a.header.Get("Allow"))
		}
	}
	paths := []string{
		"/", "/schedule", "/history", "/incidents/" + s.incident, "/uptime/2026-04", "/uptime/2026-04.csv", "/api/v2/summary.json", "/api/v2/nothing.json",
		"/api/v1/schedule", "/api/v1/schedule?from=never", "/api/v1/uptime/2026-04", "/api/v1/uptime/never", "/api/v1/banner", "/api/v1/banner.html",
		"/banner.js", "/banner/frame", "/banner/preview", "/history.ics", "/calendar/component/login.ics", "/calendar/nothing.ics", "/badge/uptime.svg",
		"/healthz", "/readyz", "/robots.txt", "/favicon.svg", "/favicon.ico", s.script(), "/nothing", "/incidents/undefined", "/schedule/", "//api/v2/summary.json", "/a/../b",
	}
	for _, path := range paths {
		bare, _, _ := strings.Cut(path, "?")
		for _, method := range methods {
			check(method+" "+path, bare, s.ask(s.public, method, path, "", nil))
		}
		if tag := s.ask(s.public, "GET", path, "", nil).header.Get("Etag"); tag != "" {
			check("again "+path, bare, s.ask(s.public, "GET", path, "", nil, "If-None-Match", tag))
		}
	}
}
