package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/probes/kind"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/live"
	"github.com/superoffice/statusd/web/page"
)

// asCrowded makes the test binary be a server whose work is measured: "ours" is the public listener as serve joins it, "floor" is
// net/http that answers with bytes from memory and a lean websocket server. In a process of its own its CPU and memory are its own.
const asCrowded = "STATUSD_TEST_CROWDED"

// mostCrowded is how many connections "ours" may have.
const mostCrowded = "STATUSD_TEST_CROWDED_MOST"

// replied is what floor says to everybody.
type replied struct {
	Header http.Header
	Body   []byte
}

// used is what a server has used so far.
type used struct {
	CPU    time.Duration
	Memory int64 // resident, garbage collected and given back
	Held   int64 // on the heap and stacks alone, which the race detector does not blow up
	Err    string
}

// beCrowded serves, prints its address and obeys: "use" prints what was used, "frame N" sends a frame of N bytes to all readers,
// "answer {…}" sets what floor answers.
func beCrowded(role string) {
	start := oursCrowded
	if role == "floor" {
		start = floorCrowded
	}
	frame, set, address := start()
	fmt.Println(address)
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			os.Exit(0)
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb {
		case "frame":
			n, err := strconv.Atoi(rest)
			must(err)
			frame(n)
		case "answer":
			set([]byte(rest))
		}
		must(json.NewEncoder(os.Stdout).Encode(use(verb == "use")))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// use reads what this process has used; settled means that its memory is wanted too.
func use(settled bool) (u used) {
	var r syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	u.CPU = time.Duration(r.Utime.Nano() + r.Stime.Nano())
	if !settled {
		return u
	}
	runtime.GC() // pools keep theirs for one more
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.Held = int64(m.HeapAlloc + m.StackInuse) //nolint:gosec // of one process
	b, err := os.ReadFile("/proc/self/statm")
	must(err)
	pages, err := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	must(err)
	u.Memory = pages * int64(os.Getpagesize())
	return u
}

// oursCrowded serves the public page of the default configuration.
func oursCrowded() (frame func(int), set func([]byte), address string) {
	log := slog.New(slog.DiscardHandler)
	dir, err := os.MkdirTemp("", "statusd-crowded")
	must(err)
	defer os.RemoveAll(dir) //nolint:errcheck // the open file lives on
	cfg, err := config.Default(config.Options{CheckProbe: kind.Check})
	must(err)
	store, err := bolt.Open(filepath.Join(dir, storeName), bolt.Options{NoSync: true})
	must(err)
	must(cfg.Apply(context.Background(), store, time.Now()))
	registry := prometheus.NewRegistry()
	must(scheduler.New(scheduler.Options{Store: store, Log: log, Registry: registry}).Plan(context.Background(), time.Now()))
	hub := live.New(live.Options{Lang: liveLanguage(cfg), Max: 100_000, Log: log, Registry: registry})
	go hub.Run(context.Background()) //nolint:errcheck // never ends
	frame = func(n int) { must(hub.Publish(map[string][]byte{"en": make([]byte, n)})) }
	frame(500)
	pages := &page.Publisher{Store: store, Settings: pageSettings(cfg, serving{cfg: cfg}), Renderers: renderers(), Log: log}
	must(pages.First(context.Background()))
	most, err := strconv.Atoi(cmp.Or(os.Getenv(mostCrowded), "100000"))
	must(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fair := newFair(l, "public", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, config.DefaultPerAddress, most)
	shed := web.NewShed(web.ShedOptions{Connections: fair.connections, Relieve: fair.relieve, Registry: registry})
	go shed.Run(context.Background()) //nolint:errcheck // never ends
	server := web.NewServer(web.RealAddress(fair.proxies, web.Public(web.PublicOptions{
		Pages: pages, Live: hub, Ready: http.NotFoundHandler(), Log: log, HTTPS: true, Customer: cfg.Page.CustomerPattern, Shed: shed,
		Banner: &banner.Handler{Pages: pages, Customer: cfg.Page.CustomerPattern, Log: log, Language: web.Language},
	})), log)
	fair.serve(server)
	go server.Serve(fair) //nolint:errcheck // never ends
	return frame, func([]byte) {}, l.Addr().String()
}

// floorCrowded does the same jobs with nothing around them. Its websocket server keeps a goroutine for each reader, as ours does,
// and sends with as many writers as there are processors.
func floorCrowded() (frame func(int), set func([]byte), address string) {
	var a replied
	var mu sync.Mutex
	var readers []*websocket.Conn
	up := websocket.Upgrader{ReadBufferSize: 128, WriteBufferSize: 512, WriteBufferPool: &sync.Pool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), a.Header)
		w.Write(a.Body) //nolint:errcheck // the client is gone
	})
	mux.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		must(err)
		mu.Lock()
		readers = append(readers, c)
		mu.Unlock()
		go func() {
			c.NextReader() //nolint:errcheck // it only waits
			mu.Lock()
			defer mu.Unlock()
			readers = slices.DeleteFunc(readers, func(r *websocket.Conn) bool { return r == c })
		}()
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	server := web.NewServer(mux, slog.New(slog.DiscardHandler))
	go server.Serve(l) //nolint:errcheck // never ends
	frame = func(n int) {
		m, err := websocket.NewPreparedMessage(websocket.TextMessage, make([]byte, n))
		must(err)
		mu.Lock()
		defer mu.Unlock()
		var wg sync.WaitGroup
		writers := 2 * runtime.GOMAXPROCS(0)
		for part := range writers {
			wg.Go(func() {
				for i := part; i < len(readers); i += writers {
					readers[i].SetWriteDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // always nil
					readers[i].WritePreparedMessage(m)                            //nolint:errcheck // whoever counts will tell
				}
			})
		}
		wg.Wait()
	}
	return frame, func(b []byte) { must(json.Unmarshal(b, &a)) }, l.Addr().String()
}

// crowded is such a server, seen from outside.
type crowded struct {
	testing.TB
	address string
	in      io.WriteCloser
	out     *bufio.Reader
	end     func()
}

func newCrowded(b testing.TB, role string, env ...string) *crowded {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), asCrowded+"="+role), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c := &crowded{TB: b, in: in, out: bufio.NewReader(out)}
	c.end = sync.OnceFunc(func() {
		in.Close()
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // it was killed
	})
	b.Cleanup(c.end)
	c.address = strings.TrimSpace(c.line())
	return c
}

func (c *crowded) line() string {
	c.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		c.Fatalf("the server ended: %v", err)
	}
	return line
}

// do has the server obey, and returns what it had used by then.
func (c *crowded) do(order string) (u used) {
	c.Helper()
	if _, err := io.WriteString(c.in, order+"\n"); err != nil {
		c.Fatal(err)
	}
	if err := json.Unmarshal([]byte(c.line()), &u); err != nil {
		c.Fatal(err)
	}
	return u
}
