package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := paced(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
		passed := func(path, from string, n int) (got int) {
			for range n {
				r := httptest.NewRequest("GET", path, nil)
				r.RemoteAddr = from
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				switch {
				case w.Code == http.StatusNoContent:
					got++
				case w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || w.Header().Get("Access-Control-Allow-Origin") != "*":
					t.Errorf("%s from %s: %d %v", path, from, w.Code, w.Header())
				}
			}
			return got
		}
		for _, c := range []struct {
			path, from string
			want       int
		}{
			{"/api/v2/summary.json", "192.0.2.1:1000", paceBurst},
			{"/api/v1/schedule", "192.0.2.1:2000", 0}, // the same network
			{"/api/v1/schedule", "192.0.2.2:1000", paceBurst},
			{"/api/v2/status.json", "[2001:db8::1]:1", paceBurst},
			{"/api/v2/status.json", "[2001:db8::ffff]:1", 0},
			{"/api/v2/status.json", "[2001:db8:0:1::1]:1", paceBurst},
			{"/api/v1/banner", "192.0.2.1:1000", 200},
			{"/api/v1/banner.html", "192.0.2.1:1000", 200},
			{"/", "192.0.2.1:1000", 200},
			{"/live", "192.0.2.1:1000", 200},
			{"/api/v2/summary.json", "127.0.0.1:1000", 200},
			{"/api/v2/summary.json", "[::1]:1000", 200},
			{"/api/v2/summary.json", "@", 200},
		} {
			if got := passed(c.path, c.from, 200); got != c.want {
				t.Errorf("%s from %s: %d of 200 passed, want %d", c.path, c.from, got, c.want)
			}
		}
		time.Sleep(time.Second)
		if got := passed("/api/v2/summary.json", "192.0.2.1:1000", 200); got != paceEach {
			t.Errorf("a second later %d of 200 passed, want %d", got, paceEach)
		}
	})
}

// However many networks ask, no more than two generations of them are remembered, and who asks on is among them.
func TestPaceIsBounded(t *testing.T) {
	p, now := &pace{}, time.Unix(0, 0)
	steady := netip.MustParsePrefix("192.0.2.1/32")
	taken := 0
	for n := range 10 * paceKept {
		if p.allows(netip.PrefixFrom(netip.MustParseAddr(fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)), 32), now); n%100 == 0 && p.allows(steady, now) {
			taken++
		}
		if len(p.young) > paceKept || len(p.old) > paceKept {
			t.Fatalf("%d and %d networks are remembered", len(p.young), len(p.old))
		}
	}
	if taken != paceBurst {
		t.Errorf("one who asked on all the time got %d, want %d", taken, paceBurst)
	}
}
