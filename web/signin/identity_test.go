package signin

import (
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
)

func TestRoleOf(t *testing.T) {
	t.Parallel()
	roles := map[string]data.Role{"ops": data.Admin, "duty": data.Responder, "staff": data.Viewer, "odd": "root", "none": ""}
	for _, tc := range []struct {
		groups string
		want   data.Role
	}{
		{"", ""},
		{"guests", ""},
		{"staff", data.Viewer},
		{"staff duty", data.Responder},
		{"duty staff", data.Responder},
		{"ops staff duty", data.Admin},
		{"staff ops", data.Admin},
		{"Ops OPS opsx", ""},
		{"odd none", ""},
		{"odd staff", data.Viewer},
	} {
		if got := roleOf(strings.Fields(tc.groups), roles); got != tc.want {
			t.Errorf("roleOf(%s) = %q, want %q", tc.groups, got, tc.want)
		}
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		claims        string
		groups, names []string
	}{
		{`{"sub":"s","groups":["a","b"]}`, []string{"a", "b"}, []string{"s"}},
		{`{"sub":"s","email":"e","preferred_username":"p","groups":"a b"}`, []string{"a b"}, []string{"p", "e", "s"}},
		{`{"sub":"s","email":"","preferred_username":7,"groups":[1,{},null,["a"],"b"]}`, []string{"b"}, []string{"s"}},
		{`{"sub":"s","groups":{"a":true}}`, nil, []string{"s"}},
		{`{"sub":"s","groups":true}`, nil, []string{"s"}},
		{`{}`, nil, nil},
	} {
		var c map[string]any
		if err := json.Unmarshal([]byte(tc.claims), &c); err != nil {
			t.Fatal(err)
		}
		if g, n := textsOf(c["groups"]), namesOf(c); !slices.Equal(g, tc.groups) || !slices.Equal(n, tc.names) {
			t.Errorf("%s: groups %q, names %q", tc.claims, g, n)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		issuer, url string
		test        bool
		want        string
	}{
		{"https://login.example.com", "https://o.example.com", false, ""},
		{"https://login.example.com", "http://127.0.0.1:8081", false, ""},
		{"http://127.0.0.1:9000", "http://[::1]:8081", true, ""},
		{"http://127.0.0.1:9000", "http://localhost:8081", false, `the issuer: "http://127.0.0.1:9000" is not https`},
		{"http://login.example.com", "https://o.example.com", true, "is not https"},
		{"http://127.0.0.1.example.com", "https://o.example.com", true, "is not https"},
		{"https://u:p@login.example.com", "https://o.example.com", false, "is no address"},
		{"login.example.com", "https://o.example.com", false, "is no address"},
		{"https://login.example.com", "http://10.0.0.1:8081", false, "set admin_url"},
	} {
		_, err := New(Options{URL: tc.url, Log: slog.New(slog.DiscardHandler), OIDC: &OIDC{Issuer: tc.issuer, Test: tc.test}})
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s for %s: %v, want %q", tc.issuer, tc.url, err, tc.want)
		}
	}
}

// A document that says how the client is to show its secret is followed, and nothing is tried twice.
func TestSecretInTheBody(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		w.p.document = func(d map[string]any) { d["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"} }
		b := w.browser()
		if a := b.signIn("/"); a.status != 403 || w.p.requests["/token"] != 1 { // the stand-in takes Basic only
			t.Errorf("%d, %d requests", a.status, w.p.requests["/token"])
		}
	})
}

func TestShell(t *testing.T) {
	t.Parallel()
	inWorld(t, func(o *Options) {
		o.Page = func(w http.ResponseWriter, _ *http.Request, status int, title string, body template.HTML) {
			w.WriteHeader(status)
			w.Write([]byte("<shell>" + title + "|" + string(body))) //nolint:errcheck // a recorder
		}
	}, func(w *world) {
		b := w.browser()
		if a := b.get("/signin"); !strings.HasPrefix(a.body, "<shell>Sign in|<form") {
			t.Errorf("%s", a.body)
		}
		if a := b.get("/signin/link/x"); a.status != 404 || !strings.HasPrefix(a.body, "<shell>This link is not known|") {
			t.Errorf("%d %s", a.status, a.body)
		}
		if a := b.signIn("/"); a.header.Get("Refresh") != "0; url=/" || !strings.HasPrefix(a.body, "<shell>You are signed in|") {
			t.Errorf("%s", a.body)
		}
	})
}

// A body that does not end is not read to its end.
func TestLongForm(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		r := httptest.NewRequest("POST", "/signin/oidc", strings.NewReader("return="+strings.Repeat("a", maxForm)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		w.mux.ServeHTTP(rec, r)
		if rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}
