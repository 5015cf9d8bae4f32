package web_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/web"
)

// The public learns whether, not why, and asking often costs nothing.
func TestPublicReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, fault := 0, errors.New("reading /var/lib/statusd/statusd.db: input/output error")
		checks := web.Ready{"store": func() error { asked++; return fault }}
		public := checks.Public()
		ask := func() (int, string) {
			w := httptest.NewRecorder()
			public.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
			return w.Code, strings.TrimSpace(w.Body.String())
		}
		for range 100 {
			if code, body := ask(); code != 503 || body != `{"ready":false}` {
				t.Fatalf("a store that cannot be read: %d %s", code, body)
			}
		}
		fault = nil
		time.Sleep(999 * time.Millisecond)
		if code, _ := ask(); code != 503 || asked != 1 {
			t.Errorf("within a second: %d after %d checks, want 503 after 1", code, asked)
		}
		time.Sleep(time.Millisecond)
		if code, body := ask(); code != 200 || body != `{"ready":true}` || asked != 2 {
			t.Errorf("after a second: %d %s after %d checks", code, body, asked)
		}
		fault = errors.New("the reason")
		w := httptest.NewRecorder()
		checks.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
		if w.Code != 503 || !strings.Contains(w.Body.String(), "the reason") {
			t.Errorf("operators are told: %d %s", w.Code, w.Body)
		}
	})
}
