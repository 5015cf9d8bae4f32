package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestMonthsOfTheHidden counts a hidden component in the headline and names it nowhere (C6): what asks for it gets the very answer
// that something which does not exist gets.
func TestMonthsOfTheHidden(t *testing.T) {
	s := newSite(t, nil)
	now := time.Now().UTC()
	inner := datatest.Component("hush-oslo")
	inner.Name, inner.Audience = data.Words{"en": "hush-oslo"}, data.ForOperators
	s.update(func(tx data.Tx) error {
		began := now.AddDate(0, 0, -40)
		o := datatest.Outage(inner.Slug, now.Add(-2*time.Minute))
		w := datatest.Occurrence("m", now.Add(-time.Minute).Truncate(time.Second))
		w.Components, w.Category, w.Phase, w.Began = []string{inner.Slug}, "hushwork", data.InProgress, w.Window.Start
		inner.Since = began
		return errors.Join(tx.Components().Put(inner), tx.Marks().Put(datatest.Mark(inner.Slug, began, data.Operational)), tx.Outages().Put(o), tx.Occurrences().Put(w))
	})
	if err := s.desk.Public.First(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		s.public.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec.Code, rec.Body.String()
	}
	month := s.desk.Public.Current().State.Now.In(s.desk.Public.Current().State.Zone).Format("2006-01")
	year := month[:4]
	for _, path := range []string{
		"/uptime", "/uptime/" + month, "/uptime/" + year, "/uptime/" + month + ".csv", "/uptime/" + year + ".csv", "/badge/uptime.svg", "/badge/uptime/" + month + ".svg",
		"/api/v1/uptime/" + month, "/api/v1/uptime/" + year, "/api/v1/uptime/" + month + "?customer=Cust1", "/uptime/" + month + "?customer=Cust1",
	} {
		if status, body := get(path); status != http.StatusOK || strings.Contains(body, "hush") {
			t.Errorf("%s: %d, or it tells of what is hidden\n%.1500s", path, status, body)
		}
	}
	id := data.PublicID("abcdefghijkl", "component", inner.Slug)
	for there, not := range map[string]string{
		"/badge/component/" + id + "/uptime.svg":              "/badge/component/abcdefghijkl/uptime.svg",
		"/badge/component/hush-oslo/uptime/" + month + ".svg": "/badge/component/nothing/uptime/" + month + ".svg",
		"/badge/component/login/uptime.svg":                   "/badge/component/nothing/uptime.svg",
		"/uptime/hush-oslo":                                   "/uptime/nothing",
		"/badge/":                                             "/badge/nothing",
		"/uptime/2999-01":                                     "/uptime/2998-01",
		"/api/v1/uptime/" + month + "?component=hush-oslo":    "/api/v1/uptime/" + month + "?component=nothing-x",
		"/api/v1/uptime/" + month + "?component=" + id:        "/api/v1/uptime/" + month + "?component=abcdefghijkl",
		"/api/v1/uptime/" + month + "?cohort=hush":            "/api/v1/uptime/" + month + "?cohort=nope",
		"/api/v1/uptime/2999-01":                              "/api/v1/uptime/2998-01",
	} {
		status, body := get(there)
		other, nowhere := get(not)
		clean := strings.NewReplacer("hush-oslo", "X", "nothing-x", "X", id, "X", "abcdefghijkl", "X", "hush", "X", "nope", "X", "2999", "X", "2998", "X")
		if status != http.StatusNotFound || other != status || clean.Replace(body) != clean.Replace(nowhere) {
			t.Errorf("%s: %d, %s: %d, in other words\n%s\n%s", there, status, not, other, body, nowhere)
		}
	}
	for _, path := range []string{"/api/v1/uptime/2026-13", "/api/v1/uptime/26", "/api/v1/uptime/x"} {
		if status, _ := get(path); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestMonthsAreKept asks again with what came, for page, file, badge and JSON: nothing is sent twice, and what a login screen of another
// site embeds may be.
func TestMonthsAreKept(t *testing.T) {
	s := newSite(t, nil)
	s.update(func(tx data.Tx) error {
		c, err := tx.Components().Get("login")
		if err != nil {
			return err
		}
		c.Since = time.Now().AddDate(0, -2, 0)
		return tx.Components().Put(c)
	})
	if err := s.desk.Public.First(t.Context()); err != nil {
		t.Fatal(err)
	}
	month := s.desk.Public.Current().State.Now.In(s.desk.Public.Current().State.Zone).Format("2006-01")
	for path, kind := range map[string]string{
		"/uptime/" + month: "text/html", "/uptime/" + month + ".csv": "text/csv", "/badge/uptime.svg": "image/svg+xml", "/api/v1/uptime/" + month: "application/json",
	} {
		ask := func(header ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			rec := httptest.NewRecorder()
			s.public.ServeHTTP(rec, r)
			return rec
		}
		first := ask("Accept-Encoding", "gzip")
		h := first.Header()
		if first.Code != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), kind) || h.Get("ETag") == "" || !strings.Contains(h.Get("Cache-Control"), "stale-if-error") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, first.Code, h)
		}
		if len(first.Body.Bytes()) > 600 && h.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: not compressed: %v", path, h)
		}
		if again := ask("If-None-Match", h.Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.Code)
		}
		if kind == "image/svg+xml" && h.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("a badge cannot be embedded: %v", h)
		}
		if kind == "text/csv" && !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
			t.Errorf("a file is shown in the page: %v", h)
		}
	}
}
