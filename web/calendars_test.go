package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/page"
)

// calendarHouse is the public listener over a State with one window for all, one for each of two groups, and one for a component.
func calendarHouse(t *testing.T) http.Handler {
	t.Helper()
	at := time.Date(2026, 4, 9, 10, 0, 0, 0, time.UTC)
	s := &page.State{
		Settings: page.Settings{Name: "CRM status", Product: "CRM", URL: publicURL, ZoneName: "UTC", Zone: time.UTC, Langs: []i18n.Lang{i18n.EN, i18n.NB}},
		PageID:   "abcdefghijkl", Now: at,
		Cohorts: data.Cohorts{{Slug: "pilot", List: []string{"Cust12345"}}, {Slug: "rest", List: []string{"Cust2"}}},
	}
	for _, slug := range []string{"login", "expander/api"} {
		s.Components = append(s.Components, page.Component{Component: datatest.Component(slug), ID: data.PublicID(s.PageID, "component", slug)})
	}
	for _, o := range []data.Occurrence{
		{Maintenance: "system", Category: data.System, Cohort: data.AllCustomers},
		{Maintenance: "application-pilot", Category: data.Application, Cohort: "pilot"},
		{Maintenance: "application-rest", Category: data.Application, Cohort: "rest"},
		{Maintenance: "ad-hoc", Category: data.Critical, Cohort: data.AllCustomers, Components: []string{"expander/api"}},
	} {
		o.Date, o.Ordinal, o.Phase, o.Window = "2026-04-10", "0", data.Scheduled, data.Window{Start: at.AddDate(0, 0, 1), End: at.AddDate(0, 0, 2)}
		s.Occurrences = append(s.Occurrences, o)
	}
	pages := &page.Publisher{}
	pages.Swap(&page.Snapshot{State: s, Docs: page.Docs{}})
	nothing := http.NotFoundHandler()
	return web.Public(web.PublicOptions{
		Pages: pages, Live: nothing, Banner: nothing, Ready: nothing, Log: slog.New(slog.DiscardHandler), Customer: regexp.MustCompile(`^Cust[0-9]+$`),
	})
}

func TestCalendars(t *testing.T) {
	t.Parallel()
	h := calendarHouse(t)
	get := func(method, address string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, address, nil)
		for k, v := range header {
			r.Header[k] = v
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s %s is for the origin %q, want any", method, address, got)
		}
		return w
	}
	for _, tc := range []struct {
		address string
		want    []string // the titles
	}{
		{"/history.ics", []string{"System maintenance", "Application upgrade (first group)", "Application upgrade (all others)", "Critical fix"}},
		{"/history.ics?lang=nb", []string{"Systemvedlikehold", "Applikasjonsoppgradering (første gruppe)", "Applikasjonsoppgradering (alle andre)", "Kritisk feilretting"}},
		{"/history.ics?customer=Cust12345", []string{"System maintenance", "Application upgrade (first group)", "Critical fix"}},
		{"/history.ics?customer=Cust2", []string{"System maintenance", "Application upgrade (all others)", "Critical fix"}},
		{"/history.ics?customer=Cust3", []string{"System maintenance", "Critical fix"}},
		{"/history.ics?customer=Nobody", []string{"System maintenance", "Application upgrade (first group)", "Application upgrade (all others)", "Critical fix"}},
		{"/history.ics?customer=", []string{"System maintenance", "Application upgrade (first group)", "Application upgrade (all others)", "Critical fix"}},
		{"/calendar/cohort/pilot.ics", []string{"System maintenance", "Application upgrade (first group)", "Critical fix"}},
		{"/calendar/cohort/pilot.ics?customer=Cust2", []string{"System maintenance", "Application upgrade (first group)", "Critical fix"}},
		{"/calendar/component/login.ics", []string{"System maintenance", "Application upgrade (first group)", "Application upgrade (all others)"}},
		{"/calendar/component/login.ics?customer=Cust2&x=1", []string{"System maintenance", "Application upgrade (all others)"}},
		{"/calendar/component/expander/api.ics?customer=Cust3", []string{"System maintenance", "Critical fix"}},
	} {
		w := get(http.MethodGet, tc.address, nil)
		var got []string
		for line := range strings.Lines(w.Body.String()) {
			if title, ok := strings.CutPrefix(line, "SUMMARY:"); ok {
				got = append(got, strings.TrimSuffix(strings.TrimSpace(title), " – CRM"))
			}
		}
		if w.Code != http.StatusOK || strings.Join(got, ", ") != strings.Join(tc.want, ", ") || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Errorf("%s answers %d, %s with %q, want %q", tc.address, w.Code, w.Header().Get("Content-Type"), got, tc.want)
		}
	}

	first := get(http.MethodGet, "/history.ics", nil).Header()
	if again := get(http.MethodGet, "/history.ics", http.Header{"If-None-Match": {first.Get("ETag")}}); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked with its own ETag it answers %d with %d bytes", again.Code, again.Body.Len())
	}
	if c := first.Get("Cache-Control"); !strings.HasPrefix(c, "public, max-age=") || first.Get("Vary") != "Accept-Language, Accept-Encoding" {
		t.Errorf("it is kept %q and varies by %q", c, first.Get("Vary"))
	}
	if nb := get(http.MethodGet, "/history.ics", http.Header{"Accept-Language": {"nb"}}); !strings.Contains(nb.Body.String(), "SUMMARY:Systemvedlikehold") {
		t.Error("it is not in the language that the reader accepts")
	}
	if head := get(http.MethodHead, "/history.ics", nil); head.Code != http.StatusOK || head.Body.Len() > 0 || head.Header().Get("ETag") != first.Get("ETag") {
		t.Errorf("HEAD answers %d with %d bytes", head.Code, head.Body.Len())
	}
	for _, address := range []string{"/calendar/component/hush.ics", "/calendar/cohort/all.ics", "/calendar/cohort/hush.ics", "/calendar/", "/calendar/component/login"} {
		w := get(http.MethodGet, address, nil)
		body, err := io.ReadAll(w.Result().Body)
		if err != nil || w.Code != http.StatusNotFound || !strings.Contains(string(body), "/history.ics, /calendar/cohort/pilot.ics, /calendar/cohort/rest.ics, /calendar/component/login.ics") {
			t.Errorf("%s answers %d, want 404 that says what there is: %s", address, w.Code, body)
		}
	}
}

func TestCalendarsBeforeTheFirstPage(t *testing.T) {
	t.Parallel()
	nothing := http.NotFoundHandler()
	h := web.Public(web.PublicOptions{Pages: &page.Publisher{}, Live: nothing, Banner: nothing, Ready: nothing, Log: slog.New(slog.DiscardHandler)})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/history.ics", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("it answers %d %v, want 503 with Retry-After", w.Code, w.Header())
	}
}
