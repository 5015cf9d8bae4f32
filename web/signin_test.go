package web

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/signin"
)

// Where all of it meets: sessions at the API, and other sites at both (C9, C15, C16).
func TestSessionsOnTheOperatorsListener(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, store)
		store.Close()
	})
	log := slog.New(slog.DiscardHandler)
	s, err := signin.New(signin.Options{Store: store, Log: log, URL: "https://operators.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	nothing := http.NotFoundHandler()
	handler := Operators(OperatorsOptions{
		API: &api.API{Store: store, Log: log, SignedIn: s.Actor}, SignIn: s, Metrics: nothing, Ready: nothing, Log: log,
	})
	var cookie *http.Cookie
	do := func(method, path, body string, header ...string) *http.Response {
		t.Helper()
		r := httptest.NewRequest(method, "https://operators.example.com"+path, strings.NewReader(body))
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		if cookie != nil {
			r.AddCookie(cookie)
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		return rec.Result()
	}
	var link signin.Issued
	err = store.Update(t.Context(), func(tx data.Tx) (err error) {
		link, err = signin.Issue(tx, "kari", data.Responder, data.Actor{Name: "socket:root", Role: data.Admin}, time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	foreign := [][]string{
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "https://operators.example.com.evil.example"},
		{"Origin", "https://operators.example.com:8443"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://operators.example.com"},
	}
	for _, from := range foreign {
		for _, path := range []string{link.Path, "/signin/oidc", "/signout", "/signout/everywhere"} {
			if res := do("POST", path, "", from...); res.StatusCode != 403 || len(res.Cookies()) > 0 {
				t.Errorf("POST %.14s with %q: %d", path, from, res.StatusCode)
			}
		}
	}
	res := do("POST", link.Path, "", "Sec-Fetch-Site", "same-origin", "Origin", "null") // as browsers send it under no-referrer
	if res.StatusCode != 303 || len(res.Cookies()) != 1 {
		t.Fatalf("using the link: %d", res.StatusCode)
	}
	cookie = res.Cookies()[0]
	var me api.Me
	if res = do("GET", "/api/v1/me", ""); res.StatusCode != 200 || json.NewDecoder(res.Body).Decode(&me) != nil || me.Name != "operator:kari" || me.Role != data.Responder {
		t.Errorf("who am I: %d %+v", res.StatusCode, me)
	}
	for _, from := range foreign {
		if res := do("POST", "/api/v1/incidents", `{}`, append(from, "Content-Type", "application/json")...); res.StatusCode != 403 {
			t.Errorf("POST /api/v1/incidents with %q: %d", from, res.StatusCode)
		}
	}
	if res := do("GET", "/api/v1/operators", ""); res.StatusCode != 403 {
		t.Errorf("a responder lists operators: %d", res.StatusCode)
	}
	err = store.Update(t.Context(), func(tx data.Tx) error {
		o := link.Operator
		o.Disabled = time.Now()
		return tx.Operators().Put(o)
	})
	if err != nil {
		t.Fatal(err)
	}
	if res := do("GET", "/api/v1/me", ""); res.StatusCode != 401 {
		t.Errorf("a disabled operator's session: %d", res.StatusCode)
	}
}
