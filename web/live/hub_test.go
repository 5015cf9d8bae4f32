package live_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/superoffice/statusd/web/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a hub behind a real listener until the test ends.
func serve(t testing.TB, o live.Options) (h *live.Hub, address string, stop func()) {
	t.Helper()
	o.Log, o.Registry = slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	if o.Lang == nil {
		o.Lang = func(r *http.Request) string { return r.URL.Query().Get("lang") }
	}
	h = live.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- h.Run(ctx) }()
	s := httptest.NewUnstartedServer(h)
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		c.(*net.TCPConn).SetWriteBuffer(16 << 10) //nolint:errcheck,forcetypeassert // so that it takes little to fill it
		return ctx
	}
	s.Start()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			s.Close()
		})
	}
	t.Cleanup(stop)
	return h, "ws" + strings.TrimPrefix(s.URL, "http"), stop
}

func publish(t testing.TB, h *live.Hub, text string) {
	t.Helper()
	if err := h.Publish(map[string][]byte{"en": []byte(text), "nb": []byte(text + " (nb)")}); err != nil {
		t.Fatal(err)
	}
}

func dial(t testing.TB, address string) *websocket.Conn {
	t.Helper()
	c, r, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatalf("dial: %v (%v)", err, r)
	}
	r.Body.Close()
	t.Cleanup(func() { c.Close() })
	return c
}

// await reads frames until one says want; older ones may come before it.
func await(t testing.TB, c *websocket.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // always nil
	for {
		_, b, err := c.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %q: %v", want, err)
		}
		if string(b) == want {
			return
		}
	}
}

func TestJoinAndFollow(t *testing.T) {
	h, address, _ := serve(t, live.Options{})
	publish(t, h, "one")
	en, nb, other := dial(t, address+"?lang=en"), dial(t, address+"?lang=nb"), dial(t, address+"?lang=xx")
	await(t, en, "one")
	await(t, nb, "one (nb)")
	await(t, other, "one")
	for i := range 50 {
		publish(t, h, fmt.Sprint("frame ", i))
	}
	await(t, en, "frame 49")
	await(t, nb, "frame 49 (nb)")
}

func TestAnyOriginNoCookies(t *testing.T) {
	h, address, _ := serve(t, live.Options{})
	publish(t, h, "one")
	c, r, err := websocket.DefaultDialer.Dial(address, http.Header{"Origin": {"https://elsewhere.example"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r.Header.Get("Set-Cookie") != "" {
		t.Error("a cookie was set")
	}
	await(t, c, "one")
}

func TestRefusals(t *testing.T) {
	h, address, _ := serve(t, live.Options{Max: 2})
	refused := func(why string) {
		t.Helper()
		_, r, err := websocket.DefaultDialer.Dial(address, nil)
		if err == nil || r == nil || r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %v, %v; want 503 with Retry-After", why, err, r)
		}
	}
	refused("before the first frame")
	publish(t, h, "one")
	a, b := dial(t, address), dial(t, address)
	await(t, a, "one")
	await(t, b, "one")
	refused("when full")
	res, err := http.Get("http" + strings.TrimPrefix(address, "ws"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode < 400 {
		t.Errorf("a plain GET is answered with %s", res.Status)
	}
}

func TestGoodbye(t *testing.T) {
	h, address, stop := serve(t, live.Options{})
	publish(t, h, "one")
	c := dial(t, address)
	await(t, c, "one")
	go stop()
	var e *websocket.CloseError
	c.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // always nil
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			if !errors.As(err, &e) || e.Code != websocket.CloseServiceRestart || e.Text == "" {
				t.Errorf("goodbye: %v, want a service restart with a time to come back", err)
			}
			break
		}
	}
	stop()
}

// TestTalkativeClient: a client has nothing to say. Who says a lot is cut off, in whatever form.
func TestTalkativeClient(t *testing.T) {
	h, address, _ := serve(t, live.Options{})
	publish(t, h, "one")
	flood, big := dial(t, address), dial(t, address)
	for range 100 {
		if err := flood.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
			break
		}
	}
	big.WriteMessage(websocket.TextMessage, make([]byte, 64<<10)) //nolint:errcheck // it may be cut off while writing
	talkative := map[string]*websocket.Conn{"flood": flood, "big": big}
	// And without a message: frames of which the library tells nobody (C27).
	piece := func(opcode byte) []byte { return []byte{opcode, 0x80, 0, 0, 0, 0} }
	for name, frames := range map[string][]byte{
		"pings": bytes.Repeat(piece(0x89), 100), "pongs": bytes.Repeat(piece(0x8a), 100),
		"pieces": append(piece(0x01), bytes.Repeat(piece(0x00), 100)...), // and no end
	} {
		c := dial(t, address)
		c.NetConn().Write(frames) //nolint:errcheck // it may be cut off while writing
		talkative[name] = c
	}
	enough := time.Now().Add(20 * time.Second) // before anybody could be gone for want of a sign of life
	for name, c := range talkative {
		c.SetReadDeadline(enough) //nolint:errcheck // always nil
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				if strings.Contains(err.Error(), "timeout") {
					t.Errorf("%s: still connected", name)
				}
				break
			}
		}
	}
}

// TestSlowReaders: of 500 readers 20 never read. The others get every newest frame all the same, none of them is dropped, and when
// all is said the slow ones have cost nothing but themselves (F38).
func TestSlowReaders(t *testing.T) {
	const all, slow = 500, 20
	h, address, _ := serve(t, live.Options{Rate: 100_000})
	publish(t, h, "first")
	narrow := websocket.Dialer{NetDialContext: func(ctx context.Context, network, at string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, at)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(4 << 10) //nolint:forcetypeassert // it is one
		}
		return c, err
	}}
	var healthy []*websocket.Conn
	for i := range all {
		if i%(all/slow) == 0 {
			c, r, err := narrow.Dial(address, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			t.Cleanup(func() { c.Close() })
			continue
		}
		c := dial(t, address)
		healthy = append(healthy, c)
		await(t, c, "first")
	}
	big := strings.Repeat("x", 512<<10) // more than any socket here buffers
	publish(t, h, big)
	for _, c := range healthy {
		await(t, c, big)
	}
	for i := range 20 {
		publish(t, h, fmt.Sprint("frame ", i))
		for _, c := range healthy {
			await(t, c, fmt.Sprint("frame ", i))
		}
	}
}

// pipes is a listener in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestSignsOfLife: who does not answer a ping within 10 seconds is gone, who answers stays, and after its life, give or take a
// fifth, everybody is sent away to come back.
func TestSignsOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		h := live.New(live.Options{Lang: func(*http.Request) string { return "en" }, Log: slog.New(slog.DiscardHandler), Registry: registry})
		publish(t, h, "one")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- h.Run(ctx) }()
		in := make(pipes)
		server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second}
		go server.Serve(in) //nolint:errcheck // it ends with the test
		join := func(answers bool) chan error {
			gone := make(chan error, 1)
			d := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				in <- theirs
				return ours, nil
			}}
			c, r, err := d.Dial("ws://status.example/", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if !answers {
				c.SetPingHandler(func(string) error { return nil })
			}
			go func() {
				for {
					if _, _, err := c.ReadMessage(); err != nil {
						c.Close()
						gone <- err
						return
					}
				}
			}()
			return gone
		}
		silent, well := join(false), join(true)
		synctest.Wait()
		time.Sleep(live.PingEvery + live.PongWithin - time.Second)
		select {
		case err := <-silent:
			t.Errorf("the silent one is gone early: %v", err)
		default:
		}
		time.Sleep(time.Second)
		synctest.Wait()
		select {
		case <-silent:
		default:
			t.Error("the silent one is still there")
		}
		time.Sleep(live.Life * 4 / 5 / 2)
		select {
		case err := <-well:
			t.Errorf("the one that answers is gone after half its life: %v", err)
		default:
		}
		time.Sleep(live.Life)
		synctest.Wait()
		select {
		case err := <-well:
			if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
				t.Errorf("sent away with %v", err)
			}
		default:
			t.Error("nobody lives for ever")
		}
		for reason, want := range map[string]float64{"silent": 1, "life": 1, "slow": 0} {
			if got := closed(t, registry, reason); got != want {
				t.Errorf("%g closed as %s, want %g", got, reason, want)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		server.Close()
		synctest.Wait()
	})
}

// closed is the metric.
func closed(t *testing.T, registry *prometheus.Registry, reason string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "statusd_live_closed_total" && m.GetLabel()[0].GetValue() == reason {
				return m.GetCounter().GetValue()
			}
		}
	}
	return -1
}
