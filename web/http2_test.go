package web_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/superoffice/statusd/web"
)

// TestHTTP2Floods: requests that are taken back at once, by the thousand, headers that go on for ever, and more streams than there may
// be cost their own connection and nothing else (C28).
func TestHTTP2Floods(t *testing.T) {
	s := newSite(t, nil)
	server := httptest.NewUnstartedServer(nil)
	server.Config, server.EnableHTTP2 = web.NewServer(s.public, quiet), true
	server.StartTLS()
	t.Cleanup(server.Close) // after the connections below

	var head bytes.Buffer
	e := hpack.NewEncoder(&head)
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "status.example"}, {":path", "/"}} {
		if err := e.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}); err != nil {
			t.Fatal(err)
		}
	}
	dialled := func() (*http2.Framer, io.Closer) {
		t.Helper()
		c, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}) //nolint:gosec // a test's
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if p := c.ConnectionState().NegotiatedProtocol; p != "h2" {
			t.Fatalf("it speaks %q", p)
		}
		c.SetDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // always nil
		if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
			t.Fatal(err)
		}
		f := http2.NewFramer(c, c)
		if err := f.WriteSettings(); err != nil {
			t.Fatal(err)
		}
		return f, c
	}
	// drained counts what comes until the connection ends or is told to.
	drained := func(f *http2.Framer, out map[http2.FrameType]int) {
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			out[frame.Header().Type]++
			if _, ok := frame.(*http2.GoAwayFrame); ok {
				return
			}
		}
	}
	client := server.Client()
	client.Timeout = 10 * time.Second
	answers := func(when string) {
		t.Helper()
		res, err := client.Get(server.URL + "/")
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		defer res.Body.Close()
		if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || res.ProtoMajor != 2 || len(b) == 0 {
			t.Errorf("%s: %s %s, %v", when, res.Proto, res.Status, err)
		}
	}
	answers("at rest")

	// Taken back at once.
	f, c := dialled()
	go drained(f, map[http2.FrameType]int{})
	for id := uint32(1); id < 20_000; id += 2 {
		err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: head.Bytes(), EndStream: true, EndHeaders: true})
		if err = errors.Join(err, f.WriteRSTStream(id, http2.ErrCodeCancel)); err != nil {
			break // cut off, as it may be
		}
		if id%4001 == 0 {
			answers("while requests are taken back")
		}
	}
	answers("after requests were taken back")
	c.Close()

	// Headers that go on for ever.
	f, _ = dialled()
	got := map[http2.FrameType]int{}
	over := make(chan struct{})
	go func() {
		defer close(over)
		drained(f, got)
	}()
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndStream: true}); err != nil {
		t.Fatal(err)
	}
	var more bytes.Buffer
	if err := hpack.NewEncoder(&more).WriteField(hpack.HeaderField{Name: "x", Value: strings.Repeat("y", 8<<10), Sensitive: true}); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for ; sent < 10_000; sent++ {
		if f.WriteContinuation(1, false, more.Bytes()) != nil {
			break
		}
	}
	<-over
	if sent == 10_000 || got[http2.FrameHeaders] > 0 {
		t.Errorf("80 MB of headers were taken, or answered: %d, %v", sent, got)
	}
	answers("after headers without end")

	// More streams than there may be: those are refused, and the connection lives.
	f, _ = dialled()
	for id := uint32(1); id < 2*150; id += 2 {
		if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: head.Bytes(), EndHeaders: true}); err != nil { // a body would follow
			t.Fatal(err)
		}
	}
	if err := f.WritePing(false, [8]byte{1}); err != nil {
		t.Fatal(err)
	}
	limit := uint32(0)
	for ponged := false; !ponged; {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatalf("the connection of too many streams: %v", err)
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if v, ok := frame.Value(http2.SettingMaxConcurrentStreams); ok {
				limit = v
			}
		case *http2.PingFrame:
			ponged = frame.IsAck()
		}
	}
	if limit != 100 {
		t.Errorf("%d streams are allowed at once, want 100", limit)
	}
	answers("afterwards")
}
