// Package live pushes to open pages over websockets. It knows only bytes: the newest frame in each language, whole each
// time, so that who joins needs no history and who is slow misses nothing but what is old.
//
// A connection costs one goroutine that reads, on the smallest stack there is, and nothing else while it is idle: no writer, no
// queue, no buffer, no timer. A publish marks every connection and lets a few writers go through them. Writers that hang on readers
// who do not read are replaced by others after writerPatience, so that nobody waits for anybody; the reader who hangs is dropped
// at WriteTimeout.
package live

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// Options for New. Zero values take the defaults that are named (RELIABILITY 3.2).
type Options struct {
	Lang     func(*http.Request) string // which frame a connection gets
	Max      int                        // connections at once; zero means 50,000
	Rate     int                        // new connections a second; zero means 1,000, with bursts of twice that
	Log      *slog.Logger
	Registry prometheus.Registerer
}

const (
	// PingEvery and PongWithin are how a dead peer is noticed.
	PingEvery  = 25 * time.Second
	PongWithin = 10 * time.Second
	// WriteTimeout is when a reader who does not read is dropped.
	WriteTimeout = 10 * time.Second
	// Life is how long a connection lasts, give or take a fifth: afterwards the page comes back by itself, maybe to
	// another process.
	Life = 6 * time.Hour

	readLimit      = 4 << 10
	goodbyeTime    = 3 * time.Second
	writerPatience = 10 * time.Millisecond
)

// Hub holds the connections. Make one with New, run it with Run; Publish and ServeHTTP are safe for concurrent use.
type Hub struct {
	o        Options
	upgrader websocket.Upgrader
	admit    *rate.Limiter

	frames atomic.Pointer[map[string]*websocket.PreparedMessage]

	mu     sync.Mutex
	conns  map[*conn]struct{}
	closed bool

	queue chan *conn // connections with something new to write
	works chan struct{}

	writing sync.Mutex
	writers map[*writer]struct{}

	round atomic.Uint32 // of pings

	open      prometheus.Gauge
	refused   *prometheus.CounterVec
	dropped   *prometheus.CounterVec
	delivered prometheus.Counter
}

type conn struct {
	ws      *websocket.Conn
	lang    string
	expires time.Time
	state   atomic.Int32  // see below
	pinged  atomic.Uint32 // the round in which it was asked for a sign of life
	alive   atomic.Uint32 // the one in which it gave one
	gone    atomic.Bool
	words   int32     // from the client since then; these three belong to the goroutine that reads
	since   int64     // in milliseconds
	says    io.Reader // the message that it sends
}

// writer is who writes to one connection at a time.
type writer struct {
	since atomic.Int64 // when it began with the one it is at, in nanoseconds since started; 0 means that it waits for one
}

var started = time.Now()

// A connection is idle, queued for a writer, being written to, or being written to with something newer to follow.
const (
	idle int32 = iota
	queued
	writing
	behind
)

// New returns a Hub that has registered its metrics.
func New(o Options) *Hub {
	if o.Max == 0 {
		o.Max = 50_000
	}
	if o.Rate == 0 {
		o.Rate = 1000 // 15,000 come back within 15 s of a restart (DESIGN 13)
	}
	h := &Hub{
		o: o, conns: map[*conn]struct{}{}, queue: make(chan *conn, o.Max), works: make(chan struct{}, 1), writers: map[*writer]struct{}{},
		admit: rate.NewLimiter(rate.Limit(o.Rate), 2*o.Rate),
		upgrader: websocket.Upgrader{
			HandshakeTimeout: 5 * time.Second,
			ReadBufferSize:   128, // a client has nothing to say but pongs
			WriteBufferSize:  512,
			WriteBufferPool:  &sync.Pool{},
			CheckOrigin:      func(*http.Request) bool { return true }, // public data, no cookies
			Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
				http.Error(w, reason.Error(), status)
			},
		},
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "statusd_live_connections", Help: "Open websocket connections."}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_live_refused_total", Help: "Connections that were not taken.",
		}, []string{"reason"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_live_closed_total", Help: "Connections that this side closed.",
		}, []string{"reason"}),
		delivered: prometheus.NewCounter(prometheus.CounterOpts{Name: "statusd_live_frames_total", Help: "Frames written."}),
	}
	for _, r := range []string{"full", "rate", "starting", "closing"} {
		h.refused.WithLabelValues(r)
	}
	for _, r := range []string{"slow", "silent", "life", "shutdown"} {
		h.dropped.WithLabelValues(r)
	}
	o.Registry.MustRegister(h.open, h.refused, h.dropped, h.delivered)
	return h
}

// Publish makes frames the newest, by language, and sets out to write them to everybody. It does not wait for readers.
func (h *Hub) Publish(frames map[string][]byte) error {
	prepared := make(map[string]*websocket.PreparedMessage, len(frames))
	for lang, b := range frames {
		m, err := websocket.NewPreparedMessage(websocket.TextMessage, b)
		if err != nil {
			return err
		}
		prepared[lang] = m
	}
	h.frames.Store(&prepared)
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		h.wake(c)
	}
	select {
	case h.works <- struct{}{}:
	default:
	}
	return nil
}

// wake sees to it that a writer comes by c after this.
func (h *Hub) wake(c *conn) {
	for {
		switch s := c.state.Load(); {
		case s == idle && c.state.CompareAndSwap(idle, queued):
			h.queue <- c // has room for every connection once
			return
		case s == writing && c.state.CompareAndSwap(writing, behind):
			return
		case s == queued || s == behind:
			return
		}
	}
}

// ServeHTTP takes a connection. It must not be wrapped by anything that hides http.Hijacker.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refuse := func(reason string) {
		h.refused.WithLabelValues(reason).Inc()
		w.Header().Set("Retry-After", strconv.Itoa(1+rand.IntN(30)))
		http.Error(w, "Too many connections. Ask again later, or read /api/v2/summary.json.", http.StatusServiceUnavailable)
	}
	h.mu.Lock()
	full, closed := len(h.conns) >= h.o.Max, h.closed
	h.mu.Unlock()
	switch {
	case closed:
		refuse("closing")
		return
	case full:
		refuse("full")
		return
	case h.frames.Load() == nil:
		refuse("starting")
		return
	case !h.admit.Allow():
		refuse("rate")
		return
	}
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	life := Life*4/5 + rand.N(Life*2/5)
	c := &conn{ws: ws, lang: h.o.Lang(r), expires: time.Now().Add(life), since: time.Now().UnixMilli()}
	h.mu.Lock()
	if h.closed || len(h.conns) >= h.o.Max { // while hands were shaken
		h.mu.Unlock()
		h.say(c, websocket.CloseTryAgainLater, strconv.Itoa(1+rand.IntN(30)))
		ws.Close()
		return
	}
	h.conns[c] = struct{}{}
	h.open.Set(float64(len(h.conns)))
	h.wake(c)
	h.mu.Unlock()
	ws.SetReadLimit(readLimit)
	ws.SetPongHandler(func(string) error {
		c.alive.Store(c.pinged.Load())
		return c.bear()
	})
	ws.SetPingHandler(c.answer)
	ws.SetReadDeadline(time.Time{}) //nolint:errcheck // always nil; the HTTP server left one, and pings do better
	go h.read(c)                    // on a fresh, small stack: this one belongs to the HTTP server
}

// read waits for the connection to end, and answers its pings on the way. What it calls while nothing comes stands on its stack,
// which must not grow beyond the first 2 KiB: so nothing is kept on it here.
func (h *Hub) read(c *conn) {
	for {
		var err error
		if _, c.says, err = c.ws.NextReader(); err != nil || !c.hears() {
			break
		}
	}
	h.remove(c)
}

func (h *Hub) remove(c *conn) {
	if c.gone.Swap(true) {
		return
	}
	c.ws.Close()
	h.mu.Lock()
	delete(h.conns, c)
	h.open.Set(float64(len(h.conns)))
	h.mu.Unlock()
}

// Run writes and pings until ctx ends, then says goodbye to everybody with a close code that means "come back soon".
func (h *Hub) Run(ctx context.Context) error {
	for range atWork() {
		h.hire(ctx, true)
	}
	pings, looks := time.NewTicker(PingEvery), time.NewTicker(time.Hour)
	defer pings.Stop()
	defer looks.Stop()
	deaf := time.NewTimer(PongWithin)
	defer deaf.Stop()
	for {
		select {
		case <-ctx.Done():
			h.goodbye()
			return nil
		case now := <-pings.C:
			h.ping(now)
			deaf.Reset(PongWithin)
		case <-deaf.C:
			h.dismiss()
		case <-h.works:
			looks.Reset(writerPatience)
		case <-looks.C:
			if !h.lookAfter(ctx) {
				looks.Reset(time.Hour) // there is nothing to look after until the next publish
			}
		}
	}
}

// atWork is how many writers there should be that do not hang.
func atWork() int { return 2 * runtime.GOMAXPROCS(0) }

// hire sends in a writer. One that stays is there for good; another leaves when there is nothing more to do.
func (h *Hub) hire(ctx context.Context, stays bool) {
	w := &writer{}
	h.writing.Lock()
	h.writers[w] = struct{}{}
	h.writing.Unlock()
	go func() {
		w.work(ctx, h, stays)
		h.writing.Lock()
		delete(h.writers, w)
		h.writing.Unlock()
	}()
}

// lookAfter sends in a writer for each that hangs, while there is work for it; false when all is done.
func (h *Hub) lookAfter(ctx context.Context) bool {
	h.writing.Lock()
	busy, well, now := false, 0, time.Since(started)
	for w := range h.writers {
		since := time.Duration(w.since.Load())
		busy = busy || since != 0
		if since == 0 || now-since < writerPatience {
			well++
		}
	}
	h.writing.Unlock()
	if len(h.queue) == 0 {
		return busy
	}
	for range atWork() - well {
		h.hire(ctx, false)
	}
	return true
}

// work takes connections from the queue.
func (w *writer) work(ctx context.Context, h *Hub, stays bool) {
	for {
		w.since.Store(0)
		if !stays {
			select {
			case c := <-h.queue:
				w.deliver(h, c)
				continue
			default:
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case c := <-h.queue:
			w.deliver(h, c)
		}
	}
}

// deliver writes the newest frame to c, and whatever comes in the meantime.
func (w *writer) deliver(h *Hub, c *conn) {
	for {
		now := time.Now()
		w.since.Store(int64(now.Sub(started)))
		c.state.Store(writing)
		frames := *h.frames.Load()
		frame, ok := frames[c.lang]
		if !ok {
			frame = frames["en"]
		}
		if frame != nil {
			c.ws.SetWriteDeadline(now.Add(WriteTimeout)) //nolint:errcheck // always nil
			if err := c.ws.WritePreparedMessage(frame); err != nil {
				h.dropped.WithLabelValues("slow").Inc()
				h.remove(c)
				return
			}
			h.delivered.Inc()
		}
		if c.state.CompareAndSwap(writing, idle) {
			return
		}
	}
}

// everybody lists the connections.
func (h *Hub) everybody() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		all = append(all, c)
	}
	return all
}

// ping asks everybody for a sign of life, and lets those go whose time is up.
func (h *Hub) ping(now time.Time) {
	round := h.round.Add(1)
	for _, c := range h.everybody() {
		switch {
		case now.After(c.expires):
			h.dropped.WithLabelValues("life").Inc()
			h.say(c, websocket.CloseGoingAway, "")
			h.remove(c)
		case c.state.Load() == idle: // one who is written to is being tried already
			c.pinged.Store(round)
			c.ws.WriteControl(websocket.PingMessage, nil, now.Add(time.Second)) //nolint:errcheck // it gives no sign of life then
		}
	}
}

// dismiss drops those who were asked for a sign of life and gave none.
func (h *Hub) dismiss() {
	round := h.round.Load()
	for _, c := range h.everybody() {
		if round > 0 && c.pinged.Load() == round && c.alive.Load() != round {
			h.dropped.WithLabelValues("silent").Inc()
			h.remove(c)
		}
	}
}

// say closes with a code and, for a restart, how many seconds to wait before coming back.
func (h *Hub) say(c *conn, code int, reason string) {
	c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second)) //nolint:errcheck // it is going
}

func (h *Hub) goodbye() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	all := h.everybody()
	var wg sync.WaitGroup
	each := make(chan *conn)
	end := time.Now().Add(goodbyeTime) // whoever hangs must not keep the others from hearing it
	for range 16 {
		wg.Go(func() {
			for c := range each {
				if c.state.Load() != writing || time.Now().Before(end) {
					h.say(c, websocket.CloseServiceRestart, strconv.Itoa(1+rand.IntN(30)))
				}
				h.remove(c)
			}
		})
	}
	for _, c := range all {
		each <- c
	}
	close(each)
	wg.Wait()
	h.dropped.WithLabelValues("shutdown").Add(float64(len(all)))
}
