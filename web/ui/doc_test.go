package ui_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/superoffice/statusd/web/ui"
)

var long = []byte(strings.Repeat("All systems operational. ", 100))

func ask(d http.Handler, method string, header map[string]string) *http.Response {
	r := httptest.NewRequest(method, "/", nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result()
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	d := ui.NewDoc(long, ui.DocOptions{Type: "text/plain"})
	for _, tc := range []struct{ accept, want string }{
		{"", ""},
		{"gzip", "gzip"},
		{"gzip, deflate, br, zstd", "zstd"},
		{"GZIP", "gzip"},
		{"x-gzip", "gzip"},
		{"br", ""},
		{"*", "gzip"},
		{"gzip;q=0", ""},
		{"gzip;q=0.0, *", ""},
		{"*, gzip; q=0", ""},
		{"zstd;q=0, gzip;q=0.5", "gzip"},
		{"identity", ""},
		{"zstd ; q=0.001", "zstd"},
		{"gzip;q=0,identity;q=0", ""},
		{";;,,", ""},
	} {
		res := ask(d, http.MethodGet, map[string]string{"Accept-Encoding": tc.accept})
		if got := res.Header.Get("Content-Encoding"); got != tc.want {
			t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", tc.accept, got, tc.want)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
			t.Errorf("Accept-Encoding %q: Content-Length %s with %d bytes", tc.accept, got, len(body))
		}
		if got := decode(t, tc.want, body); !bytes.Equal(got, long) {
			t.Errorf("Accept-Encoding %q: the body is another one: %q", tc.accept, got)
		}
		if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary %q", tc.accept, got)
		}
	}
}

func decode(t *testing.T, encoding string, b []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch encoding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestConditional(t *testing.T) {
	t.Parallel()
	d := ui.NewDoc(long, ui.DocOptions{Type: "text/plain", Vary: "Accept-Language", Header: http.Header{"X-More": {"1"}}})
	strong := strings.TrimPrefix(d.ETag, "W/")
	for _, tc := range []struct {
		match string
		want  int
	}{
		{d.ETag, http.StatusNotModified},
		{strong, http.StatusNotModified}, // weak comparison (RFC 9110 13.1.2)
		{`"other", ` + d.ETag, http.StatusNotModified},
		{`W/"other",` + strong + `, "third"`, http.StatusNotModified},
		{"*", http.StatusNotModified},
		{`"other"`, http.StatusOK},
		{"", http.StatusOK},
		{strings.Trim(strong, `"`), http.StatusOK},
	} {
		res := ask(d, http.MethodGet, map[string]string{"If-None-Match": tc.match, "Accept-Encoding": "gzip"})
		if res.StatusCode != tc.want {
			t.Errorf("If-None-Match %s: %d, want %d", tc.match, res.StatusCode, tc.want)
			continue
		}
		if tc.want != http.StatusNotModified {
			continue
		}
		for _, key := range []string{"Content-Encoding", "Content-Length", "Content-Type"} {
			if got := res.Header.Get(key); got != "" {
				t.Errorf("a 304 says %s: %s", key, got)
			}
		}
		for key, want := range map[string]string{
			"Etag": d.ETag, "Cache-Control": ui.DefaultCache, "Vary": "Accept-Language, Accept-Encoding", "X-More": "1",
		} {
			if got := res.Header.Get(key); got != want {
				t.Errorf("a 304 says %s: %q, want %q as a 200 does", key, got, want)
			}
		}
	}
}

// Documents are compressed when first asked for: by many at once, whoever comes first, each gets its own document whole.
func TestFirstToAsk(t *testing.T) {
	t.Parallel()
	encodings := []string{"gzip", "zstd", ""}
	for n := range 4 {
		want := append([]byte(strconv.Itoa(n)), long...)
		d := ui.NewDoc(want, ui.DocOptions{Type: "text/plain"})
		var all sync.WaitGroup
		answers := make([]*http.Response, 12)
		for i := range answers {
			all.Go(func() { answers[i] = ask(d, http.MethodGet, map[string]string{"Accept-Encoding": encodings[i%3]}) })
		}
		all.Wait()
		for i, res := range answers {
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			h := res.Header
			if got := decode(t, encodings[i%3], body); !bytes.Equal(got, want) || h.Get("Content-Encoding") != encodings[i%3] ||
				h.Get("Content-Length") != strconv.Itoa(len(body)) || h.Get("Etag") != d.ETag {
				t.Errorf("document %d in %q begins with %.10q, and says %v", n, encodings[i%3], got, h)
			}
		}
	}
}

// TestFollow: a document is compressed beforehand in what its predecessor was taken in, also where that was by way of a 304, and in
// nothing else; what it is made of is always its own body.
func TestFollow(t *testing.T) {
	t.Parallel()
	next := append([]byte("next "), long...)
	for _, tt := range []struct {
		name       string
		ask        []map[string]string // of the document before
		follows    bool                // that one was ready itself
		body       []byte
		gzip, zstd bool
	}{
		{"nobody asked", nil, false, next, false, false},
		{"plain", []map[string]string{{}}, false, next, false, false},
		{"gzip", []map[string]string{{"Accept-Encoding": "gzip"}}, false, next, true, false},
		{"both", []map[string]string{{"Accept-Encoding": "gzip"}, {"Accept-Encoding": "gzip, zstd"}}, false, next, true, true},
		{"the same bytes", []map[string]string{{"Accept-Encoding": "zstd"}}, false, long, false, true},
		{"only 304s of what was ready", []map[string]string{{"If-None-Match": "*", "Accept-Encoding": "gzip"}}, true, next, true, false},
		{"only 304s", []map[string]string{{"If-None-Match": "*", "Accept-Encoding": "gzip"}}, false, next, false, false},
		{"ready and not asked for", nil, true, next, false, false},
	} {
		before := ui.NewDoc(long, ui.DocOptions{Type: "text/plain"})
		if tt.follows {
			first := ui.NewDoc(next, ui.DocOptions{Type: "text/plain"})
			ask(first, http.MethodGet, map[string]string{"Accept-Encoding": "gzip"})
			before.Follow(first)
		}
		for _, header := range tt.ask {
			ask(before, http.MethodGet, header)
		}
		d := ui.NewDoc(tt.body, ui.DocOptions{Type: "text/plain"})
		d.Follow(before)
		if gzip, zstd := d.Ready(); gzip != tt.gzip || zstd != tt.zstd {
			t.Errorf("%s: ready in gzip %v, zstd %v", tt.name, gzip, zstd)
		}
		for _, encoding := range []string{"gzip", "zstd"} {
			res := ask(d, http.MethodGet, map[string]string{"Accept-Encoding": encoding})
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := decode(t, encoding, body); !bytes.Equal(got, tt.body) || res.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
				t.Errorf("%s: in %s it is %.20q of %s bytes", tt.name, encoding, got, res.Header.Get("Content-Length"))
			}
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	d := ui.NewDoc(long, ui.DocOptions{Type: "text/plain"})
	get, head := ask(d, http.MethodGet, nil), ask(d, http.MethodHead, nil)
	if body, err := io.ReadAll(head.Body); err != nil || len(body) != 0 {
		t.Errorf("HEAD has %d bytes of body, %v", len(body), err)
	}
	for _, key := range []string{"Content-Length", "Content-Type", "Etag", "Cache-Control", "Vary"} {
		if a, b := get.Header.Get(key), head.Header.Get(key); a != b || a == "" {
			t.Errorf("%s is %q for GET and %q for HEAD", key, a, b)
		}
	}
}

func TestSmallDocsAreNotCompressed(t *testing.T) {
	t.Parallel()
	d := ui.NewDoc([]byte("ok"), ui.DocOptions{Type: "text/plain"})
	if got := ask(d, http.MethodGet, map[string]string{"Accept-Encoding": "gzip, zstd"}).Header.Get("Content-Encoding"); got != "" {
		t.Errorf("two bytes are sent in %s", got)
	}
	if _, gz, zst := d.Sizes(); gz != 0 || zst != 0 {
		t.Errorf("Sizes = %d, %d, want none", gz, zst)
	}
}

// Headers are shared by all answers: what a handler around one adds to its own must not turn up in the next.
func TestAnswersDoNotShareChanges(t *testing.T) {
	t.Parallel()
	d := ui.NewDoc(long, ui.DocOptions{Type: "text/plain"})
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	w.Header().Add("Vary", "Cookie")
	w.Header().Set("Etag", "gone")
	if got := ask(d, http.MethodGet, nil).Header; got.Get("Etag") != d.ETag || len(got["Vary"]) != 1 {
		t.Errorf("the next answer has %v", got)
	}
}

func TestServeStatus(t *testing.T) {
	t.Parallel()
	d := ui.NewDoc(long, ui.DocOptions{Type: "text/html"})
	for status, cache := range map[int]string{http.StatusNotFound: ui.DefaultCache, http.StatusInternalServerError: "no-store"} {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.ServeStatus(w, r, status) })
		res := ask(h, http.MethodGet, map[string]string{"If-None-Match": d.ETag, "Accept-Encoding": "gzip"})
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != status || res.Header.Get("Cache-Control") != cache {
			t.Errorf("ServeStatus(%d): %d with %v", status, res.StatusCode, res.Header)
		}
		if !bytes.Equal(decode(t, "gzip", body), long) {
			t.Errorf("ServeStatus(%d): the body is not whole", status)
		}
	}
}

func BenchmarkServe(b *testing.B) {
	d := ui.NewDoc(long, ui.DocOptions{Type: "text/plain"})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	w := &discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		d.ServeHTTP(w, r)
	}
}

type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
