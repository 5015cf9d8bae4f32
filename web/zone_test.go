package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A zone is an ordinary part of the address: any text there gets a page, and the same made-up name never a heavier one.
func TestZoneOfAReader(t *testing.T) {
	s := newSite(t, nil)
	if err := s.desk.Public.First(t.Context()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"zone=Europe/Helsinki":       `data-chosen="Europe/Helsinki"`,
		"zone=Europe%2FHelsinki":     `data-chosen="Europe/Helsinki"`,
		"zone=":                      "",
		"zone=%2e%2e%2fetc%2fpasswd": "There is no time zone of that name.",
		"zone=%00&zone=UTC":          "There is no time zone of that name.",
		"zone=%":                     "",
	} {
		for _, path := range []string{"/", "/support", "/zones", "/history"} {
			rec := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.URL.RawQuery = "lang=en&" + query
			s.public.ServeHTTP(rec, r)
			body := rec.Body.String()
			if rec.Code != http.StatusOK || !strings.Contains(body, want) || want == "" && (strings.Contains(body, "data-chosen") || strings.Contains(body, "zone-note")) {
				t.Errorf("%s?%s: %d, without %q", path, r.URL.RawQuery, rec.Code, want)
			}
		}
	}
}
