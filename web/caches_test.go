package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestCaches: what a cache in front may keep, it keeps for seconds, goes on with while this service is gone, and keeps apart by what the
// answer varies by: the language asked for in a header, the encoding, and the whole address. A customer's page is at an address of its
// own and says nothing that another address may be answered with. What changes its address with its content is kept for ever; what
// was refused or went wrong by nobody (F41).
func TestCaches(t *testing.T) {
	s := newSecrets(t)
	for _, path := range s.addresses("/api/v1/banner", "/api/v1/banner.html", "/banner/frame", "/api/v1/schedule", "/history.ics", "/calendar/component/login.ics", "/robots.txt") {
		w := s.get(path)
		h := w.Header()
		cache, vary := h.Get("Cache-Control"), h.Get("Vary")
		has := func(word string) bool { return strings.Contains(", "+cache+",", ", "+word) }
		age := func(name string) int {
			_, rest, _ := strings.Cut(", "+cache, ", "+name+"=")
			rest, _, _ = strings.Cut(rest, ",")
			n, err := strconv.Atoi(rest)
			if err != nil {
				return -1
			}
			return n
		}
		switch {
		case has("immutable"):
			if age("max-age") < 31536000 || w.Code != http.StatusOK || !strings.Contains(path, ".") {
				t.Errorf("%s (%d) is for ever: %s", path, w.Code, cache)
			}
		case w.Code == http.StatusOK && !has("no-store"):
			if !has("public") || age("max-age") < 0 || age("max-age") > 86400 {
				t.Errorf("%s is kept as %q", path, cache)
			}
			if page := strings.HasPrefix(h.Get("Content-Type"), "text/html") && !strings.Contains(path, "banner"); page && (age("s-maxage") < 1 || age("s-maxage") > 60 || age("stale-if-error") < 600) {
				t.Errorf("%s is a page and kept as %q", path, cache)
			}
			if h.Get("Etag") == "" || !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%s has the tag %q and varies by %q", path, h.Get("Etag"), vary)
			}
			again := s.get(path, "If-None-Match", h.Get("Etag"))
			if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("Cache-Control") != cache || again.Header().Get("Vary") != vary {
				t.Errorf("%s asked again: %d, %v", path, again.Code, again.Header())
			}
		case w.Code >= 500 && !has("no-store"):
			t.Errorf("%s (%d) is kept as %q", path, w.Code, cache)
		}
		// An answer differs by language only where it says so, or a cache would give one reader's to another.
		if nb := s.get(path, "Accept-Language", "nb"); nb.Body.String() != w.Body.String() && !has("no-store") && !strings.Contains(vary, "Accept-Language") {
			t.Errorf("%s differs by language and varies by %q", path, vary)
		}
		for _, header := range []string{"Cookie", "Authorization", "User-Agent", "Referer", "Origin", "X-Forwarded-For", "X-Forwarded-Host", "Host", "Accept"} {
			if other := s.get(path, header, "Cust7001"); other.Code != w.Code || other.Header().Get("Etag") != h.Get("Etag") {
				t.Errorf("%s differs by %s, which no cache knows", path, header)
			}
		}
		if h.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", path)
		}
	}
	// A customer's own differs from everybody's, and each has a tag of its own, so that a cache that asks again is never told "as it was".
	everybody, own := s.get("/").Header().Get("Etag"), s.get("/?customer=Cust7001").Header().Get("Etag")
	if everybody == own {
		t.Errorf("a customer's page has everybody's tag, %s", own)
	}
	if w := s.get("/?customer=Cust7001", "If-None-Match", everybody); w.Code != http.StatusOK {
		t.Errorf("a customer's page is answered with %d for everybody's tag", w.Code)
	}
}
