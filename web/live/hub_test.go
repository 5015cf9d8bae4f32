package live_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
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
	s := httptest.NewServer(h)
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
	for name, c := range map[string]*websocket.Conn{"flood": flood, "big": big} {
		c.SetReadDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // always nil
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

// TestSlowReaders lets a tenth of the readers never read: the others get every newest frame all the same.
func TestSlowReaders(t *testing.T) {
	h, address, _ := serve(t, live.Options{Rate: 100_000})
	publish(t, h, "first")
	var healthy []*websocket.Conn
	for i := range 60 {
		c := dial(t, address)
		if i%6 != 0 {
			healthy = append(healthy, c)
			await(t, c, "first")
		}
	}
	big := strings.Repeat("x", 64<<10)
	for i := range 60 { // four megabytes a reader: more than any socket buffers
		publish(t, h, fmt.Sprint(i, big))
		for _, c := range healthy {
			await(t, c, fmt.Sprint(i, big))
		}
	}
}

func BenchmarkFanOut(b *testing.B) {
	const readers = 500
	frame := []byte(strings.Repeat("x", 500))
	h, address, _ := serve(b, live.Options{Rate: 100_000})
	publish(b, h, string(frame))
	var got sync.WaitGroup
	got.Add(readers)
	for range readers {
		c := dial(b, address+"?lang=en")
		go func() {
			for {
				if _, _, err := c.ReadMessage(); err != nil {
					return
				}
				got.Done()
			}
		}()
	}
	got.Wait()

	// The floor: the same readers' half of a gorilla server that loops over its connections and does nothing else.
	var mu sync.Mutex
	var plain []*websocket.Conn
	up := websocket.Upgrader{WriteBufferPool: &sync.Pool{}, WriteBufferSize: 512, ReadBufferSize: 128}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		mu.Lock()
		plain = append(plain, c)
		mu.Unlock()
	}))
	defer s.Close()
	var floorGot sync.WaitGroup
	for range readers {
		c := dial(b, "ws"+strings.TrimPrefix(s.URL, "http"))
		go func() {
			for {
				if _, _, err := c.ReadMessage(); err != nil {
					return
				}
				floorGot.Done()
			}
		}()
	}
	var ours, floor time.Duration
	for b.Loop() {
		got.Add(readers)
		start := time.Now()
		if err := h.Publish(map[string][]byte{"en": frame}); err != nil {
			b.Fatal(err)
		}
		got.Wait()
		ours += time.Since(start)

		floorGot.Add(readers)
		start = time.Now()
		m, err := websocket.NewPreparedMessage(websocket.TextMessage, frame)
		if err != nil {
			b.Fatal(err)
		}
		var wg sync.WaitGroup
		for part := range 4 {
			wg.Go(func() {
				for i := part; i < len(plain); i += 4 {
					plain[i].SetWriteDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // always nil
					plain[i].WritePreparedMessage(m)                            //nolint:errcheck // the benchmark would hang
				}
			})
		}
		wg.Wait()
		floorGot.Wait()
		floor += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(floor), "x-floor")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "µs/fan-out")
	for _, c := range plain {
		c.Close()
	}
}
