package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// A story only of a component that is for operators is on no surface (C6), and nothing is owed of it; one that names a public
// component too is on all of them, without the hidden one.
func TestHiddenStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		inner := datatest.Component("hush-oslo")
		inner.Name, inner.Audience = data.Words{"en": "hush-oslo"}, data.ForOperators
		h.put(func(tx data.Tx) error { return tx.Components().Put(inner) })
		told, untold := h.incident(0, ""), h.incident(1, "pilot")
		h.put(func(tx data.Tx) error {
			both, err := tx.Incidents().Get(told.Subject)
			alone, err2 := tx.Incidents().Get(untold.Subject)
			both.Affected = append(both.Affected, data.Affected{Component: inner.Slug, Level: data.MajorOutage})
			alone.Title, alone.Affected[0].Component, alone.Updates[0].Changes[0].Component = "hush", inner.Slug, inner.Slug
			return errors.Join(err, err2, data.PutIncident(tx, both), data.PutIncident(tx, alone))
		})
		h.live(time.Minute)
		for path, want := range map[string]string{"/": told.Subject, "/api/v1/banner": told.Subject, "/incidents/" + told.Subject: told.Subject} {
			res, err := h.look.Client.Get(h.look.Base + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if text := string(body); err != nil || !strings.Contains(text, want) || strings.Contains(text, "hush") || strings.Contains(text, untold.Subject) {
				t.Errorf("%s tells of what is hidden, or not of what is not: %v\n%.2000s", path, err, text)
			}
		}
		h.unseen(0)
		for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
			if h.proof(told, s).IsZero() || !h.proof(untold, s).IsZero() {
				t.Errorf("the wrong one is proven on %s", s)
			}
		}
	})
}

// A window only of a component that is for operators is on no surface, and nothing is owed of it (C6).
func TestHiddenWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		inner := datatest.Component("hush-oslo")
		inner.Name, inner.Audience = data.Words{"en": "hush-oslo"}, data.ForOperators
		open, told := friday(data.System, "all")
		hidden, untold := friday(data.Microsoft, "all")
		hidden.Components = []string{inner.Slug}
		h.put(func(tx data.Tx) error {
			return errors.Join(tx.Components().Put(inner), data.PutOccurrence(tx, open, time.Now()), data.PutOccurrence(tx, hidden, time.Now()))
		})
		h.live(time.Until(told.Banner.Add(time.Minute)))
		id := h.pages.Current().State.OccurrenceID(hidden)
		for _, path := range []string{"/", "/schedule", "/api/v1/banner", "/api/v1/schedule", "/history.ics", "/api/v2/scheduled-maintenances.json"} {
			res, err := h.look.Client.Get(h.look.Base + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if text := string(body); err != nil || strings.Contains(text, "hush") || strings.Contains(text, id) || strings.Contains(text, "Microsoft") || strings.Contains(text, "microsoft") {
				t.Errorf("%s tells of what is hidden: %v\n%.2000s", path, err, text)
			}
		}
		h.unseen(0)
		for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
			if h.proof(told, s).IsZero() || !h.proof(untold, s).IsZero() {
				t.Errorf("the wrong one is proven on %s", s)
			}
		}
	})
}

// A component that is for operators has no page, in the very words in which one that does not exist has none (C6).
func TestHiddenComponentHasNoPage(t *testing.T) {
	s := newSite(t, nil)
	inner := datatest.Component("hush-oslo")
	inner.Audience = data.ForOperators
	s.update(func(tx data.Tx) error {
		return errors.Join(tx.Components().Put(inner), tx.Probes().Put(datatest.Probe("hush", inner.Slug)), tx.Probes().Put(datatest.Probe("front", "login")))
	})
	if err := s.desk.Public.First(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		s.public.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec.Code, rec.Body.String()
	}
	id := func(slug string) string { return "/component/" + data.PublicID("abcdefghijkl", "component", slug) }
	if status, body := get(id("login")); status != http.StatusOK || strings.Contains(body, "front\"") {
		t.Errorf("a public one: %d", status)
	}
	_, nowhere := get("/component/abcdefghijkl")
	for _, path := range []string{id(inner.Slug), id("nothing"), "/component/hush-oslo", "/component/login", "/component/"} {
		if status, body := get(path); status != http.StatusNotFound || body != nowhere {
			t.Errorf("%s: %d, in other words than what does not exist", path, status)
		}
	}
}
