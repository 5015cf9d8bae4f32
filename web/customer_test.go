package web_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web"
)

// A customer's page is its cohort's: the same bytes for every identifier of the form that falls there, and everybody's for
// whatever is no identifier. So nobody can find out who is a customer (N3), and no page repeats what it was asked with.
func TestNobodyCanBeProbedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		o, _ := friday(data.Application, "pilot")
		h.put(func(tx data.Tx) error { return tx.Occurrences().Put(o) })
		time.Sleep(time.Until(o.Window.Start.Add(-time.Hour)))
		if err := h.pages.First(t.Context()); err != nil {
			t.Fatal(err)
		}
		public := web.Public(web.PublicOptions{
			Pages: h.pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Banner: http.NotFoundHandler(), Log: quiet,
			Customer: h.look.Customer,
		})
		get := func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			return w
		}
		cohorts := h.pages.Current().State.Cohorts
		id := h.pages.Current().State.OccurrenceID(o)
		for _, path := range []string{"/", "/schedule", "/uptime", "/history", "/nowhere", "/maintenance/" + id} {
			general := get(path)
			seen := map[string]*httptest.ResponseRecorder{}
			for n := range 60 {
				customer := "Cust" + strconv.Itoa(1000+n)
				got := get(path + "?customer=" + customer)
				if strings.Contains(got.Body.String(), customer) {
					t.Errorf("%s repeats %s", path, customer)
				}
				cohort := cohorts.Of(customer)
				first, ok := seen[cohort]
				if !ok {
					seen[cohort] = got
					continue
				}
				if got.Code != first.Code || got.Body.String() != first.Body.String() || got.Header().Get("ETag") != first.Header().Get("ETag") {
					t.Errorf("%s answers %s otherwise than others of its cohort", path, customer)
				}
			}
			if len(seen) != 2 || seen["pilot"].Body.String() == seen["rest"].Body.String() {
				t.Errorf("%s has %d answers to 60 customers, want one for each of two cohorts", path, len(seen))
			}
			for _, nobody := range []string{"", "Cust", "cust1000", "Cust1000x", "%3Cscript%3E", strings.Repeat("Cust1", 20)} {
				if got := get(path + "?customer=" + nobody); got.Body.String() != general.Body.String() {
					t.Errorf("%s?customer=%s is not everybody's page", path, nobody)
				}
			}
			for cohort, first := range seen {
				if got := get(path + "?cohort=" + cohort); got.Body.String() != first.Body.String() {
					t.Errorf("%s?cohort=%s is not the page of its customers", path, cohort)
				}
				if want := map[bool]int{true: http.StatusNotFound, false: http.StatusOK}[path == "/nowhere" || cohort == "rest" && strings.HasPrefix(path, "/maintenance/")]; first.Code != want {
					t.Errorf("%s answers a customer of %s with %d, want %d", path, cohort, first.Code, want)
				}
				again := httptest.NewRequest(http.MethodGet, path+"?cohort="+cohort, nil)
				again.Header.Set("If-None-Match", first.Header().Get("ETag"))
				w := httptest.NewRecorder()
				public.ServeHTTP(w, again)
				if first.Code == http.StatusOK && (w.Code != http.StatusNotModified || w.Header().Get("Cache-Control") != general.Header().Get("Cache-Control")) {
					t.Errorf("%s of %s, asked again: %d with %q", path, cohort, w.Code, w.Header().Get("Cache-Control"))
				}
			}
		}
	})
}
