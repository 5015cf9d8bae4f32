package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// attacked is the public listener in a process of its own, with visitors who ask for the front page and the banner.
type attacked struct {
	*crowded
	visitor http.Client
	page    string // its ETag
}

func newAttacked(t *testing.T, env ...string) *attacked {
	t.Helper()
	a := &attacked{crowded: newCrowded(t, "ours", env...)}
	a.visitor = http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	a.page = a.get("/").Header.Get("Etag")
	return a
}

func (a *attacked) get(target string) *http.Response {
	a.Helper()
	res, err := a.visitor.Get("http://" + a.address + target)
	if err != nil {
		a.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		a.Fatal(err)
	}
	return res
}

// answers says that newcomers get the front page and the banner.
func (a *attacked) answers(when string) {
	a.Helper()
	for range 5 {
		for _, path := range []string{"/", "/api/v1/banner"} {
			if res := a.get(path); res.StatusCode != http.StatusOK {
				a.Errorf("%s: %s answers %d", when, path, res.StatusCode)
			}
		}
	}
}

// hold opens connections that say something and stay.
func (a *attacked) hold(n int, text string) (all []net.Conn) {
	a.Helper()
	for range n {
		c, err := net.Dial("tcp", a.address)
		if err != nil {
			a.Fatal(err)
		}
		c.(*net.TCPConn).SetReadBuffer(4 << 10)         //nolint:errcheck,forcetypeassert // it matters only for those that never read
		c.SetDeadline(time.Now().Add(30 * time.Second)) //nolint:errcheck // always nil
		io.WriteString(c, text)                         //nolint:errcheck // it may be closed already
		all = append(all, c)
	}
	return all
}

// TestUnderAttack: with more connections hanging than there may be, in every way there is, newcomers still get the front page and the
// banner, and when it is over the process is as small as before (F39).
func TestUnderAttack(t *testing.T) {
	const most = 1000
	a := newAttacked(t, fmt.Sprint(mostCrowded, "=", most))
	a.answers("at rest")
	before := a.do("use").Held
	upgraded := strings.Replace(handshake, "lang=en", "lang=nb", 1)
	var all []net.Conn
	for _, kind := range []struct {
		name, text string
		n          int
	}{
		{"headers that never end", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", 200},
		{"bodies that never come", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n{", 100},
		{"chunks that never end", "GET /history HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", 100},
		{"answers that nobody reads", strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 30), 100},
		{"handshakes that stop", handshake[:len(handshake)-10], 100},
		{"frames that stop", handshake + "\x81\xfe\x0f", 50},
		{"a frame that is too large", upgraded + "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", 50},
		{"fragments without end", handshake + "\x01\x81\x00\x00\x00\x00x" + strings.Repeat("\x00\x81\x00\x00\x00\x00x", 500), 50},
		{"a flood of pings", handshake + strings.Repeat("\x89\x80\x00\x00\x00\x00", 500), 50},
		{"not a word", "", 2000},
	} {
		all = append(all, a.hold(kind.n, kind.text)...)
		a.answers(kind.name)
	}
	for _, c := range all {
		c.Close()
	}
	until(t, "the memory to be given back", func() bool { return a.do("use").Held < before+(8<<20) })
	a.answers("afterwards")
	if etag := a.get("/").Header.Get("Etag"); etag != a.page {
		t.Errorf("the page changed from %s to %s", a.page, etag)
	}
}

// odd makes a request that no browser would, the same for the same seed.
func odd(r *rand.Rand) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	long := func() string {
		return strings.Repeat(pick("a", "%41", "é", "\xff", "/", "..%2f", "\x00"), 1+r.IntN(20_000))
	}
	method := pick("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "PRI", "get", "G\x00T", "", "OPTIONS", long())
	target := pick("/", "/", "*", "//", "/%", "/%zz", "/\x00", "/ ", "?", "/?"+long(), "/"+long(), "http://x/", "http://[::1", "/..", "/../../etc/passwd", "/api/v1/banner?customer="+long(),
		"/api/v1/uptime/"+pick("9999-99", "-1", "2026-13", "%00", long()), "/incidents/"+long(), "/calendar/"+long(), "/live", "/api/v2/incidents/"+long()+".json")
	version := pick("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1 ", "", "FTP/1.0")
	if r.IntN(4) > 0 {
		method, version = "GET", "HTTP/1.1"
	}
	text := method + " " + target + " " + version + "\r\nHost: x\r\n"
	for range r.IntN(3) {
		text += pick("Host: ", "Host: b", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 1\r\nContent-Length: 2",
			"Transfer-Encoding: chunked\r\nContent-Length: 3", "Transfer-Encoding: gzip, chunked", "Expect: 100-continue", "Expect: 200-nothing", "Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: h2c",
			"Accept-Language: "+long(), "Accept-Encoding: "+long(), "If-None-Match: "+long(), "Range: bytes=0-,0-,0-", "X-Forwarded-For: "+long(), "Cookie: "+long(), "X: "+long(), "No colon", ": empty", " folded",
			"Connection: close, keep-alive, upgrade", "Sec-WebSocket-Key: "+long(), "Sec-WebSocket-Version: 99", "Accept-Language: ;q=,,*;q=0.0001,"+strings.Repeat("x-", 500)) + pick("\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r")
	}
	return text + pick("\r\n", "\r\n", "\r\n", "", "\n\n") + pick("", "", "x", "0\r\n\r\n", "ffffffffffffffff\r\n", long())
}

// TestOddRequests: 300 requests that are broken, giant or both are answered as such or cut off; none is an error of ours, and nothing
// about the next visitor changes.
func TestOddRequests(t *testing.T) {
	a := newAttacked(t)
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	var mu sync.Mutex
	statuses := map[int]int{}
	try := func(n int, text string) {
		c := a.hold(1, text)[0]
		defer c.Close()
		c.(*net.TCPConn).CloseWrite() //nolint:errcheck,forcetypeassert // whoever waits for more gets an end
		in := bufio.NewReader(c)
		for {
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				return // cut off, or all is said
			}
			mu.Lock()
			statuses[res.StatusCode]++
			mu.Unlock()
			bad := res.StatusCode >= 500 && res.StatusCode != http.StatusNotImplemented && res.StatusCode != http.StatusHTTPVersionNotSupported
			if to := res.Header.Get("Location"); bad || to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
				t.Errorf("request %d is answered with %d %v:\n%.300q", n, res.StatusCode, res.Header, text)
			}
			if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)); err != nil {
				return
			}
		}
	}
	var wg sync.WaitGroup
	atOnce := make(chan struct{}, 50) // a refused one is left half a second to read why
	for n := range 300 {
		text := odd(r)
		atOnce <- struct{}{}
		wg.Go(func() {
			try(n, text)
			<-atOnce
		})
	}
	wg.Wait()
	a.answers("afterwards")
	if statuses[http.StatusOK] == 0 || statuses[http.StatusBadRequest] == 0 || statuses[http.StatusNotFound] == 0 {
		t.Errorf("they are not as odd as they should be: %v", statuses)
	}
	t.Log(statuses)
}

// TestCacheBusting: whatever nobody knows in a query is no part of any key: the answer is the same, with the same tag, and nothing is
// kept of it, however many there are (C32).
func TestCacheBusting(t *testing.T) {
	a := newAttacked(t)
	paths := []string{"/", "/history", "/schedule", "/api/v2/summary.json", "/api/v1/banner", "/api/v1/schedule", "/history.ics", "/uptime"}
	client := http.Client{Timeout: 10 * time.Second}
	ask := func(path string) string {
		res, err := client.Get("http://" + a.address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		return res.Header.Get("Etag")
	}
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = ask(path)
		ask(path + "?customer=Cust1")
	}
	before := a.do("use").Held
	for n := range 1600 {
		path := paths[n%len(paths)]
		if got := ask(fmt.Sprintf("%s?_=%d&utm_source=%x&q=%s", path, n, n*n, strings.Repeat("x", n%200))); got != tags[path] {
			t.Fatalf("%s with a query nobody knows has the tag %s, want %s", path, got, tags[path])
		}
		ask(fmt.Sprintf("/?customer=Cust%d&lang=%d", n, n)) // of few cohorts, in the languages there are
		ask("/calendar/cohort/pilot.ics?x=" + fmt.Sprint(n))
	}
	if after := a.do("use").Held; after > before+(8<<20) {
		t.Errorf("4,800 requests left %d KB behind", (after-before)>>10)
	}
}
