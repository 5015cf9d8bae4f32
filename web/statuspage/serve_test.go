package statuspage_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/page"
)

// serve is the public listener with the documents of s.
func serve(t *testing.T, s *page.State) *httptest.Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	pages := &page.Publisher{Log: log}
	pages.Swap(&page.Snapshot{State: s, Docs: render(t, s)})
	server := httptest.NewServer(web.Public(web.PublicOptions{
		Pages: pages, Live: http.NotFoundHandler(), Banner: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Log: log,
	}))
	t.Cleanup(server.Close)
	return server
}

func ask(t *testing.T, client *http.Client, method, address string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// TestHeaders holds the rules of STATUSPAGE-V2 7 for every document, through the public listener.
func TestHeaders(t *testing.T) {
	s := bad()
	server := serve(t, s)
	for place := range render(t, s) {
		res, body := ask(t, server.Client(), "GET", server.URL+place.Path)
		h := res.Header
		if res.StatusCode != 200 || h.Get("Content-Type") != "application/json; charset=utf-8" || !json.Valid([]byte(body)) {
			t.Errorf("GET %s: %s, %s", place.Path, res.Status, h.Get("Content-Type"))
		}
		if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" || h.Get("Set-Cookie") != "" {
			t.Errorf("GET %s: %v: want any origin, no credentials, no cookie", place.Path, h)
		}
		cache := h.Get("Cache-Control")
		if strings.Contains(cache, "no-store") || !strings.Contains(cache, "max-age=10") || !strings.Contains(cache, "public") || h.Get("Vary") == "" {
			t.Errorf("GET %s: Cache-Control %s, Vary %s", place.Path, cache, h.Get("Vary"))
		}
		tag := h.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) {
			t.Errorf("GET %s: ETag %s is not weak", place.Path, tag)
		}
		for _, match := range []string{tag, `"other", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
			res, body := ask(t, server.Client(), "GET", server.URL+place.Path, "If-None-Match", match)
			if res.StatusCode != 304 || body != "" || res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("ETag") != tag {
				t.Errorf("GET %s, If-None-Match %s: %s, %v", place.Path, match, res.Status, res.Header)
			}
		}
		head, none := ask(t, server.Client(), "HEAD", server.URL+place.Path)
		if head.StatusCode != 200 || none != "" || head.Header.Get("ETag") != tag || head.Header.Get("Content-Type") != h.Get("Content-Type") {
			t.Errorf("HEAD %s: %s, %v", place.Path, head.Status, head.Header)
		}
		for _, accept := range []string{"text/html", "application/xml;q=0.1", "nonsense"} {
			if _, other := ask(t, server.Client(), "GET", server.URL+place.Path+"?_=1&page=2&lang=nb", "Accept", accept, "Accept-Language", "nb"); other != body {
				t.Errorf("GET %s, Accept %s: another body", place.Path, accept)
			}
		}
	}
}

// TestAddresses are those that other people's programs build.
func TestAddresses(t *testing.T) {
	server := serve(t, bad())
	_, want := ask(t, server.Client(), "GET", server.URL+"/api/v2/summary.json")
	if res, body := ask(t, server.Client(), "GET", server.URL+"//api/v2/summary.json"); res.StatusCode != 200 || body != want {
		t.Errorf("GET //api/v2/summary.json leads to %s, %d bytes", res.Status, len(body))
	}
	self, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxied := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(self)}} // asks in absolute form
	defer proxied.CloseIdleConnections()
	if res, body := ask(t, proxied, "GET", "http://status.example.com/api/v2/summary.json"); res.StatusCode != 200 || body != want {
		t.Errorf("in absolute form: %s, %d bytes", res.Status, len(body))
	}
	for _, path := range []string{"/api/v2/", "/api/v2/incidents/000000000000.json", "/api/v2/incidents/resolved.json", "/api/v2/summary", "/api/v2/summary.json/"} {
		res, body := ask(t, server.Client(), "GET", server.URL+path, "Accept", "text/html")
		if res.StatusCode != 404 || res.Header.Get("Content-Type") != "application/problem+json" || !json.Valid([]byte(body)) || res.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("GET %s: %s, %v, %s: want a 404 that is a problem document", path, res.Status, res.Header, body)
		}
	}
}
