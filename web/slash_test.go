package web_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A slash too many leads to the page without it, with what was asked; to nothing but pages that are here.
func TestTrailingSlash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.live(time.Minute)
		for path, want := range map[string]string{
			"/schedule/": "/schedule", "/schedule/?lang=sv": "/schedule?lang=sv", "/history/": "/history", "/uptime/?zone=Europe/Oslo": "/uptime?zone=Europe/Oslo",
			"/nothing/": "", "/api/v2/summary.json/": "", "/": "", "/\\evil.example.com/": "",
		} {
			r, err := http.NewRequest(http.MethodGet, h.look.Base+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := h.look.Client.Transport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got := res.Header.Get("Location"); got != want || (want != "") != (res.StatusCode == http.StatusPermanentRedirect) {
				t.Errorf("GET %s: %d to %q, want %q", path, res.StatusCode, got, want)
			}
		}
	})
}
