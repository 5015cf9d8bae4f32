package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web"
)

// listening serves a handler with the limits of the service on a loopback address.
func listening(t *testing.T, s *site, h http.Handler, change func(*http.Server)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := web.NewServer(h, quiet)
	if change != nil {
		change(server)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l) //nolint:errcheck // it ends with the test
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return l.Addr().String()
}

// dial opens a connection and writes to it; it is closed with the test.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // always nil
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOneListenersFlood: connections that hang on one listener, in every way there is, are no matter to the other, nor to who
// else asks the same one (F39).
func TestOneListenersFlood(t *testing.T) {
	s := newSite(t, nil)
	auth := "Authorization: Bearer " + s.token(data.Admin) + "\r\n"
	public, operators := listening(t, s, s.public, nil), listening(t, s, s.operators, nil)
	hang := func(at, path string) {
		t.Helper()
		for range 40 {
			dial(t, at, "GET "+path+" HTTP/1.1\r\nHost: x\r\nX-Slow: ")                                                                           // headers that never end
			dial(t, at, "")                                                                                                                       // not a word
			dial(t, at, "POST /api/v1/incidents HTTP/1.1\r\nHost: x\r\n"+auth+"Content-Type: application/json\r\nContent-Length: 50000\r\n\r\n{") // a body that never comes
			dial(t, at, "POST /incidents HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nt\r\n")
			dial(t, at, strings.Repeat("GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n", 20)) // answers that nobody reads
		}
	}
	client := http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answers := func(what string) {
		t.Helper()
		for _, url := range []string{"http://" + public + "/", "http://" + public + "/api/v1/banner", "http://" + operators + "/signin", "http://" + operators + "/healthz"} {
			res, err := client.Get(url)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			res.Body.Close()
			if res.StatusCode != 200 {
				t.Errorf("%s: %s answers %d", what, url, res.StatusCode)
			}
		}
	}
	answers("at rest")
	hang(operators, "/signin")
	answers("while the operators' listener is flooded")
	hang(public, "/")
	answers("while both are")
	r, err := http.NewRequest("POST", "http://"+operators+"/api/v1/incidents/"+s.incident+"/notes", strings.NewReader(`{"body":"still here"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	name, value, _ := strings.Cut(strings.TrimSpace(auth), ": ")
	r.Header.Set(name, value)
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 201 {
		t.Errorf("a write while both are flooded: %d", res.StatusCode)
	}
}

// TestBodiesThatDoNotEnd: a body is read up to its limit and no further, and no longer than it may take; nothing comes of it.
func TestBodiesThatDoNotEnd(t *testing.T) {
	s := newSite(t, nil)
	kari := s.session("kari", data.Admin)
	cookie := "Cookie: " + kari.Name + "=" + kari.Value + "\r\n"
	auth := "Authorization: Bearer " + s.token(data.Admin) + "\r\n"
	operators := listening(t, s, s.operators, nil)
	hasty := listening(t, s, s.operators, func(server *http.Server) { server.ReadTimeout = 50 * time.Millisecond })
	before := s.revision()
	chunk := fmt.Sprintf("8000\r\n%s\r\n", strings.Repeat("x", 0x8000))
	for _, tt := range []struct{ path, head string }{
		{"/api/v1/incidents", auth + "Content-Type: application/json\r\n"},
		{"/hooks/alertmanager", auth + "Content-Type: application/json\r\n"},
		{"/incidents", cookie + "Content-Type: application/x-www-form-urlencoded\r\n"},
		{"/incidents/" + s.incident + "/note", "Content-Type: application/x-www-form-urlencoded\r\n"},
	} {
		// Endless: the answer comes before the end does.
		c := dial(t, operators, "POST "+tt.path+" HTTP/1.1\r\nHost: x\r\n"+tt.head+"Transfer-Encoding: chunked\r\n\r\n")
		go func(c net.Conn) {
			for range 1000 { // 32 MB, if somebody took them
				if _, err := io.WriteString(c, chunk); err != nil {
					return
				}
			}
		}(c)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: an endless body: %v", tt.path, err)
		}
		if res.StatusCode != 413 || !res.Close {
			t.Errorf("%s: an endless body: %d, closes %t", tt.path, res.StatusCode, res.Close)
		}
		c.Close()
		// Slow: it is over when its time is.
		c = dial(t, hasty, "POST "+tt.path+" HTTP/1.1\r\nHost: x\r\n"+tt.head+"Content-Length: 100\r\n\r\n{")
		if res, err = http.ReadResponse(bufio.NewReader(c), nil); err == nil && (res.StatusCode < 400 || res.StatusCode >= 500) {
			t.Errorf("%s: a slow body: %d", tt.path, res.StatusCode)
		}
	}
	for name, head := range map[string]string{
		"headers without end":   "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 60),
		"two lengths":           "POST /incidents HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
		"a length and chunks":   "POST /incidents HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"no host":               "GET / HTTP/1.1\r\n\r\n",
		"a header of two lines": "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\x00\r\n\r\n",
		"no HTTP":               "SSH-2.0-OpenSSH_9.9\r\n\r\n",
	} {
		c := dial(t, operators, "")
		io.WriteString(c, head) //nolint:errcheck // it may be refused in the middle
		if res, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil && (res.StatusCode < 400 || res.StatusCode >= 500) {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if after := s.revision(); after != before {
		t.Errorf("something was written: revision %d, was %d", after, before)
	}
}
