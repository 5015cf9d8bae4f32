package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
)

// setPath sets an address's path as a server that read it from a request line would.
func setPath(u *url.URL, path string) error {
	parsed, err := url.ParseRequestURI(path)
	if err != nil {
		return err
	}
	u.Path, u.RawPath = parsed.Path, parsed.RawPath
	return nil
}

// methods are all that are asked with.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"}

// both are the addresses that are something on either listener: of each its own.
var both = []string{"/", "/healthz", "/readyz", "/live"}

// TestTwoListeners asks for everything of each listener at the other: there it is what does not exist (C6).
func TestTwoListeners(t *testing.T) {
	s := newSite(t, nil)
	admin := s.session("kari", data.Admin)
	auth := "Bearer " + s.token(data.Admin)
	asked := 0
	for _, pattern := range s.routes {
		_, path := s.path(pattern)
		if slices.Contains(both, path) || path == "/incidents/"+s.incident { // the same story, as readers see it
			continue
		}
		for _, method := range methods {
			for _, header := range [][]string{nil, {"Accept", "text/html"}} {
				header = append(header, "Authorization", auth)
				nothing := s.ask(s.public, method, strings.Repeat("/x", strings.Count(path, "/")-1)+"/nothing", "", admin, header...)
				if strings.HasPrefix(path, "/api/") {
					nothing = s.ask(s.public, method, "/api/v1/nothing", "", admin, header...)
				}
				got := s.ask(s.public, method, path, "", admin, header...)
				want := 404
				if method != "GET" && method != "HEAD" {
					want = 405 // whatever the address
				}
				if got.status != want || got.body != nothing.body || got.status != nothing.status || len(got.cookies) > 0 {
					t.Errorf("%s %s at the public listener: %d %.200q; what does not exist answers %d %.200q", method, path, got.status, got.body, nothing.status, nothing.body)
				}
				asked++
			}
		}
	}
	for _, path := range []string{
		"/api/v2/summary.json", "/api/v2/status.json", "/api/v2/incidents.json", "/api/v1/banner", "/api/v1/schedule", "/api/v1/uptime/2026-04",
		"/robots.txt", "/schedule", "/banner.js",
	} {
		for _, method := range methods {
			if got := s.ask(s.operators, method, path, "", admin); got.status != 404 {
				t.Errorf("%s %s at the operators' listener: %d", method, path, got.status)
			}
			asked++
		}
	}
	for _, path := range both {
		p, o := s.ask(s.public, "GET", path, "", admin), s.ask(s.operators, "GET", path, "", admin)
		if path != "/healthz" && p.body == o.body {
			t.Errorf("%s is the same on both: %q", path, p.body)
		}
	}
	t.Logf("asked %d times", asked)
}

// TestEveryAnswerIsGuarded looks at the headers of every answer of the operators' listener, to everybody (RELIABILITY 3.2).
func TestEveryAnswerIsGuarded(t *testing.T) {
	s := newSite(t, nil)
	admin, viewer := s.session("kari", data.Admin), s.session("ola", data.Viewer)
	check := func(what string, a said) {
		t.Helper()
		if a.status == http.StatusSwitchingProtocols {
			return
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %d, %s is %q, want %q", what, a.status, name, got, want)
			}
		}
		cache, kind := a.header.Get("Cache-Control"), a.header.Get("Content-Type")
		asset := a.status == 200 && strings.Contains(what, " /assets/")
		if asset != strings.Contains(cache, "immutable") || !asset && cache != "no-store" {
			t.Errorf("%s: %d, Cache-Control %q", what, a.status, cache)
		}
		if !strings.Contains(a.header.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: %d, Permissions-Policy %q", what, a.status, a.header.Get("Permissions-Policy"))
		}
		policy := a.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: %d %s, the policy %q lacks %s", what, a.status, kind, policy, part)
			}
		}
		for _, unwanted := range []string{"unsafe", "*", "http:"} {
			if strings.Contains(policy, unwanted) {
				t.Errorf("%s: the policy %q has %s", what, policy, unwanted)
			}
		}
		if strings.HasPrefix(kind, "text/html") && strings.Contains(a.body, "<form") && !strings.Contains(policy, "form-action 'self'") {
			t.Errorf("%s: a page with a form has the policy %q", what, policy)
		}
		for _, name := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
			if a.header.Get(name) != "" {
				t.Errorf("%s: %s: %s", what, name, a.header.Get(name))
			}
		}
		if a.status >= 400 && kind != "application/problem+json" && !strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s: %d comes as %s", what, a.status, kind)
		}
		for _, c := range a.cookies {
			if c.Name != "__Host-sp" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: the cookie %+v", what, c)
			}
		}
	}
	paths := []string{"/nothing", "/api/v1/nothing", "/signin/nothing", "/..", "/a/../b", "//x", "/assets/../x", "/assets/nothing.css"}
	for _, pattern := range s.routes {
		_, path := s.path(pattern)
		paths = append(paths, path)
	}
	for _, path := range paths {
		for _, method := range methods {
			for who, cookie := range map[string]*http.Cookie{"nobody": nil, "a viewer": viewer, "an admin": admin} {
				if strings.HasPrefix(path, "/signout") && cookie != nil {
					continue // below, when nobody needs the session any more
				}
				for _, accept := range []string{"text/html", "*/*"} {
					what := method + " " + path + " by " + who
					check(what, s.ask(s.operators, method, path, "", cookie, "Accept", accept))
					if method == "POST" {
						check(what, s.ask(s.operators, method, path, "{", cookie, "Content-Type", "application/json", "Accept", accept))
						check(what, s.ask(s.operators, method, path, "role=nobody&name=", cookie, "Content-Type", "application/x-www-form-urlencoded", "Accept", accept))
						check(what, s.ask(s.operators, method, path, "", cookie, "Origin", "https://evil.example", "Accept", accept))
					}
				}
			}
		}
	}
	check("POST /signout", s.ask(s.operators, "POST", "/signout", "", viewer))
	check("POST /signout/everywhere", s.ask(s.operators, "POST", "/signout/everywhere", "", admin))
}

// apart are the tables in which a refusal, or the use of a token or a session, is written down.
var apart = []data.TableName{data.AuditTable, data.AuditRefsTable}

// revision is the newest revision of all tables but some.
func (s *site) revision(but ...data.TableName) data.Revision {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return <-s.store.Watch(ctx, slices.DeleteFunc(slices.Clone(data.Tables), func(n data.TableName) bool { return slices.Contains(but, n) })...)
}

// TestReadingChangesNothing walks every route by every method that is to change nothing, with the right to everything.
func TestReadingChangesNothing(t *testing.T) {
	s := newSite(t, nil)
	admin := s.session("kari", data.Admin)
	auth := "Bearer " + s.token(data.Admin)
	before := s.revision(apart...)
	for _, pattern := range s.routes {
		_, path := s.path(pattern)
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE"} {
			for _, header := range [][]string{nil, {"Authorization", auth}, {"X-HTTP-Method-Override", "POST", "X-HTTP-Method", "POST"}} {
				for _, body := range []string{"", `{"title":"x","components":{"login":"degraded"},"name":"x","role":"admin","body":"x"}`, "title=x&component=login&name=x&role=admin&body=x&_method=POST"} {
					a := s.ask(s.operators, method, path+"?_method=POST", body, admin, append(header, "Content-Type", "application/json")...)
					if after := s.revision(apart...); after != before {
						t.Fatalf("%s %s changed something: %d", method, path, a.status)
					}
				}
			}
		}
	}
}

// foreign are what browsers say of a request from a page of somebody else.
var foreign = [][]string{
	{"Origin", "https://evil.example"},
	{"Origin", "null"},
	{"Origin", "http://operators.example.com", "Sec-Fetch-Site", "cross-site"}, // a scheme is part of a site
	{"Origin", adminURL + ".evil.example"},
	{"Origin", adminURL + ":8443"},
	{"Origin", publicURL},
	{"Sec-Fetch-Site", "cross-site"},
	{"Sec-Fetch-Site", "same-site"},
	{"Sec-Fetch-Site", "cross-site", "Origin", adminURL},
}

// TestForeignPages sends every form and every write from pages of others, with the cookie of an admin: nothing comes of it
// (C15, and RELIABILITY 3.2 on CSRF).
func TestForeignPages(t *testing.T) {
	s := newSite(t, nil)
	admin := s.session("kari", data.Admin)
	before := s.revision()
	writes := 0
	for _, pattern := range s.routes {
		method, path := s.path(pattern)
		if method == "GET" {
			continue
		}
		writes++
		for _, from := range foreign {
			for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"} {
				for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
					a := s.ask(s.operators, method, path, `{"title":"x","components":{"login":"degraded"}}`, admin, append([]string{"Content-Type", kind}, from...)...)
					if a.status != 403 || len(a.cookies) > 0 || a.header.Get("Access-Control-Allow-Origin") != "" {
						t.Errorf("%s %s as %s with %q: %d", method, path, kind, from, a.status)
					}
				}
			}
		}
	}
	if after := s.revision(); after != before || writes < 25 {
		t.Errorf("%d writes from elsewhere changed something: revision %d, was %d", writes, after, before)
	}
	for _, from := range foreign {
		if from[0] != "Origin" {
			continue
		}
		a := s.ask(s.operators, "GET", "/live", "", admin, append([]string{
			"Connection", "Upgrade", "Upgrade", "websocket", "Sec-Websocket-Version", "13", "Sec-Websocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==",
		}, from...)...)
		if a.status != 403 {
			t.Errorf("the live channel with %q: %d", from, a.status)
		}
	}
}

// TestPathTricks asks for everything in spellings that are none of ours (C10, C26): 4xx, or on to a path of our own, and no
// error of ours. The answer names nobody else's host.
func TestPathTricks(t *testing.T) {
	s := newSite(t, nil)
	admin := s.session("kari", data.Admin)
	before := s.revision(apart...)
	tricks := []string{
		"..", ".", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2f..%5c", "%00", "a%00b", "%0d%0aSet-Cookie:x=y", "%ff%fe", strings.Repeat("A", 10<<10),
		"undefined", "null", "%20", "{id}", ":id", "-", "*", "%F0%9F%94%A5", "%E2%80%AE", "abcdefghijkl", "ABCDEFGHIJKL", "%2f%2fevil.example", "%5c%5cevil.example",
		"1;ls", "'%20or%20'1'='1", "%7b%7b7*7%7d%7d", "%3Cscript%3E",
	}
	for _, pattern := range s.routes {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.Contains(path, "{") || strings.Contains(path, "{$}") {
			continue
		}
		for _, trick := range tricks {
			if trick == "-" && strings.Contains(path, "/incidents/{id}") {
				continue // stands for the only open one
			}
			at := path
			for _, place := range []string{"{id}", "{sub}", "{act}", "{secret}"} {
				at = strings.ReplaceAll(at, place, trick)
			}
			for _, send := range [][]string{{"application/json", "{}"}, {"application/x-www-form-urlencoded", "x=y"}} {
				body := send[1]
				if method == "GET" {
					body = ""
				}
				a := s.ask(s.operators, method, at, body, admin, "Content-Type", send[0])
				where := a.header.Get("Location")
				switch {
				case a.status >= 300 && a.status < 400:
					if !strings.HasPrefix(where, "/") || strings.HasPrefix(where, "//") || strings.ContainsAny(where, "\\\r\n") {
						t.Errorf("%s %.80q leads to %.80q", method, at, where)
					}
				case a.status < 400 || a.status >= 500:
					if method == "GET" && path == "/signin/link/{secret}" || path == "/api/v1/incidents/{id}" && trick == "." { // a form that looks nothing up
						continue
					}
					t.Errorf("%s %.80q: %d %.200q", method, at, a.status, a.body)
				}
				if len(a.cookies) > 0 || len(a.body) > 32<<10 || strings.Contains(a.body, "goroutine") {
					t.Errorf("%s %.80q: %d with %d cookies and %d bytes", method, at, a.status, len(a.cookies), len(a.body))
				}
			}
		}
	}
	for _, path := range []string{"//evil.example/..", "/%2f%2fevil.example/..", "/x/..//evil.example", "/x/../\\evil.example", "/assets/..%2f%5cevil.example%2f%3f%2f..", "/signin?return=//evil.example", "/signin?return=https://evil.example"} {
		for _, h := range []http.Handler{s.operators, s.public} {
			a := s.ask(h, "GET", path, "", nil)
			if where := a.header.Get("Location"); where != "" && (!strings.HasPrefix(where, "/") || strings.HasPrefix(where, "//") || strings.HasPrefix(where, "/\\")) {
				t.Errorf("GET %s leads to %q", path, where)
			}
		}
	}
	if after := s.revision(apart...); after != before {
		t.Errorf("something was changed: revision %d, was %d", after, before)
	}
}

// TestOpenAPIIsServed asks for the description of the API where the guides say that it is.
func TestOpenAPIIsServed(t *testing.T) {
	s := newSite(t, nil)
	a := s.ask(s.operators, "GET", "/api/v1/openapi.json", "", nil)
	if a.status != http.StatusOK || !strings.Contains(a.body, `"openapi":`) || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("%d %s: %.80s", a.status, a.header.Get("Content-Type"), a.body)
	}
	if a = s.ask(s.public, "GET", "/api/v1/openapi.json", "", nil); a.status != http.StatusNotFound {
		t.Errorf("on the public listener: %d", a.status)
	}
}
