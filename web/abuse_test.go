package web_test

import (
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
)

// TestNoSuchRoutes: there is nothing to set up, no password, no account to sign up for and none to look up, so there is no such
// route on either listener (C2, C3, C8, C16, C20, C21, C22).
func TestNoSuchRoutes(t *testing.T) {
	s := newSite(t, nil)
	kari := s.session("kari", data.Admin)
	for _, name := range []string{
		"setup", "install", "init", "first-run", "register", "signup", "sign-up", "invite", "join", "login", "logout", "password", "password/reset", "reset", "forgot",
		"users", "user", "accounts", "sessions", "totp", "2fa", "otp", "settings", "config", "debug/pprof/", "debug/vars", ".env", ".git/config", "plugins", "exec", "proxy", "probe",
	} {
		for _, path := range []string{"/" + name, "/api/v1/" + name, "/admin/" + name, "/api/" + name} {
			for _, method := range []string{"GET", "POST", "PUT"} {
				if a := s.ask(s.operators, method, path, "", kari); a.status != 404 {
					t.Errorf("%s %s at the operators' listener: %d", method, path, a.status)
				}
				if a := s.ask(s.public, method, path, "", kari); method == "GET" && a.status != 404 || a.status < 400 {
					t.Errorf("%s %s at the public listener: %d", method, path, a.status)
				}
			}
		}
	}
	for _, pattern := range s.routes {
		for _, word := range []string{"password", "setup", "install", "register", "user", "session", "exec"} {
			if strings.Contains(pattern, word) {
				t.Errorf("there is a route %s", pattern)
			}
		}
	}
}

// TestQueriesOfThePublic: what nobody knows in a query of a public address is as if it were not there; what is known is a choice of
// a list and never more (C1, C32).
func TestQueriesOfThePublic(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/", "/api/v2/summary.json", "/api/v2/incidents.json", "/api/v1/banner", "/api/v1/schedule", "/history.ics", "/calendar/component/login.ics", "/incidents/" + s.incident} {
		plain := s.ask(s.public, "GET", path, "", nil)
		if plain.status != 200 {
			t.Errorf("%s: %d", path, plain.status)
		}
		for _, query := range []string{
			"name=1&1[0]=&1[1]=a&1[2]=&1[3]=or+'a'='a')+and+(select+pg_sleep(6))--", "sort=created;drop", "fields=*", "q=%00", "include=internal,drafts,hidden",
			"page=-1&limit=99999999999999999999", "x=" + strings.Repeat("y", 8000), "%zz=%", "lang=../../etc/passwd", "lang=%00", "all=true&admin=1", "_=1700000000",
		} {
			a := s.ask(s.public, "GET", path+"?"+query, "", nil)
			if a.status != 200 || a.body != plain.body {
				t.Errorf("%s?%.60s: %d, and %d bytes for %d", path, query, a.status, len(a.body), len(plain.body))
			}
		}
	}
}

// TestOddBytesInTheAuditLog: a refusal is noted with the place that was asked for, and what of that is no text is noted so that the
// chain still holds when it is read (newSite ends with that).
func TestOddBytesInTheAuditLog(t *testing.T) {
	s := newSite(t, nil)
	kari := s.session("kari", data.Admin)
	if a := s.ask(s.operators, "GET", "/api/v1/places/%ff%fe/probes", "", kari); a.status < 400 || a.status >= 500 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	s.view(func(tx data.Tx) error {
		last, err := tx.Audit().Last("\x7f")
		if err != nil || last.Action != "place.orders" || last.Outcome != data.Refused || last.Object != "\uFFFD" {
			t.Errorf("noted as %+v, %v", last, err)
		}
		return nil
	})
}
