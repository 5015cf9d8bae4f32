package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// readersWanted is how many readers the benchmarks of /live have: few by default, so that they are quick; DESIGN 13 speaks of 19,000 for memory and
// fan-out and of 15,000 for the storm, which STATUSD_READERS=19000 gives where 20,000 files may be open.
func readersWanted(few int) int {
	if n, err := strconv.Atoi(os.Getenv("STATUSD_READERS")); err == nil {
		return n
	}
	return few
}

// readers are websocket connections that count what they get.
type readers struct {
	testing.TB
	conns []net.Conn
	got   atomic.Int64 // bytes, of all
}

const handshake = "GET /live?lang=en HTTP/1.1\r\nHost: status.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"

// join opens a websocket, or says when it may be tried again.
func join(address string) (net.Conn, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	c.(*net.TCPConn).SetLinger(0)                   //nolint:errcheck,forcetypeassert // so that its port is free at once
	c.SetDeadline(time.Now().Add(20 * time.Second)) //nolint:errcheck // always nil
	if _, err := io.WriteString(c, handshake); err != nil {
		c.Close()
		return nil, err
	}
	head := make([]byte, 0, 2<<10)
	for !bytes.Contains(head, []byte("\r\n\r\n")) { // byte by byte: a frame may follow at once
		one := head[len(head) : len(head)+1]
		if _, err := io.ReadFull(c, one); err != nil || len(head) == cap(head)-1 {
			c.Close()
			return nil, fmt.Errorf("after %q: %w", head, err)
		}
		head = head[:len(head)+1]
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		c.Close()
		return nil, errRefused
	}
	c.SetDeadline(time.Time{}) //nolint:errcheck // always nil
	return c, nil
}

var errRefused = fmt.Errorf("refused")

// joinAll opens n websockets and reads them from then on. Who is refused tries again.
func joinAll(b testing.TB, address string, n int) *readers {
	b.Helper()
	r := &readers{TB: b, conns: make([]net.Conn, n)}
	each := make(chan int)
	var wg sync.WaitGroup
	var failed atomic.Value
	for range 32 {
		wg.Go(func() {
			for i := range each {
				c, err := join(address)
				for tries := 0; err == errRefused && tries < 300; tries++ {
					<-time.After(100 * time.Millisecond)
					c, err = join(address)
				}
				if err != nil {
					failed.Store(err)
					continue
				}
				r.conns[i] = c
				go r.read(c)
			}
		})
	}
	for i := range n {
		each <- i
	}
	close(each)
	wg.Wait()
	b.Cleanup(r.leave)
	if err := failed.Load(); err != nil {
		b.Fatal(err)
	}
	return r
}

func (r *readers) read(c net.Conn) {
	b := make([]byte, 1024)
	for {
		n, err := c.Read(b)
		pings := bytes.Count(b[:n], []byte{0x89}) // frames are full of zeros
		r.got.Add(int64(n - 2*pings))
		for range pings {
			c.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}) //nolint:errcheck // reading will tell
		}
		if err != nil {
			return
		}
	}
}

func (r *readers) leave() {
	for _, c := range r.conns {
		if c != nil {
			c.Close()
		}
	}
}

// await waits until all have got so many bytes, counted from when they joined.
func (r *readers) await(bytes int64) {
	r.Helper()
	for end := time.Now().Add(30 * time.Second); r.got.Load() < bytes; {
		if time.Now().After(end) {
			r.Fatalf("%d of %d bytes came", r.got.Load(), bytes)
		}
		<-time.After(200 * time.Microsecond)
	}
}

const frameSize = 500 + 4 // with its header

// BenchmarkLive is /live against a lean websocket server, in turns (DESIGN 13): the memory of the server for each reader who is
// there, and a frame of 500 bytes to all of them, until the last has it.
func BenchmarkLive(b *testing.B) {
	n := readersWanted(3000)
	type turn struct {
		role   string
		server *crowded
		all    *readers
		memory int64
		frames int64
		cpu    time.Duration
		took   []time.Duration
	}
	turns := []turn{{role: "ours"}, {role: "floor"}}
	sides := [][]*turn{{&turns[0], &turns[1]}}
	if public, operators := connections(); 2*n > public+operators {
		sides = [][]*turn{{&turns[0]}, {&turns[1]}} // too many to hold both at once
	}
	for b.Loop() {
		for _, side := range sides {
			for _, t := range side {
				t.server, t.frames = newCrowded(b, t.role), 0
				joinAll(b, t.server.address, 100).leave() // what is there once is no reader's
				before := t.server.do("use").Memory
				t.all = joinAll(b, t.server.address, n)
				if t.role == "ours" {
					t.frames = 1 // who joins gets the newest
					t.all.await(int64(n) * frameSize)
				}
				t.memory = t.server.do("use").Memory - before
			}
			for round := range 10 {
				for i := range side {
					t := side[(i+round)%len(side)]
					before, start := t.server.do("").CPU, time.Now()
					t.server.do("frame 500")
					t.frames++
					t.all.await(t.frames * int64(n) * frameSize)
					t.took = append(t.took, time.Since(start))
					t.cpu += t.server.do("").CPU - before
				}
			}
			for _, t := range side {
				t.all.leave()
				t.server.end()
			}
		}
	}
	ours, floor := &turns[0], &turns[1]
	last, lasts := percentile(ours.took, 0.5), percentile(floor.took, 0.5)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.memory)/float64(n), "B/reader")
	b.ReportMetric(float64(floor.memory)/float64(n), "floor-B/reader")
	b.ReportMetric(float64(last.Microseconds())/1000, "last-ms")
	b.ReportMetric(float64(last)/float64(lasts), "last-x-floor")
	b.ReportMetric(ours.cpu.Seconds()/float64(len(ours.took)*n)*1e6, "cpu-s/million")
	b.ReportMetric(float64(ours.cpu)/float64(floor.cpu), "cpu-x-floor")
}

// BenchmarkStorm is what follows a restart: everybody comes back at once, and visitors ask for the page meanwhile.
func BenchmarkStorm(b *testing.B) {
	n := min(readersWanted(3000), 15_000)
	const get = "GET / HTTP/1.1\r\nHost: status.example\r\nAccept-Encoding: zstd\r\n\r\n"
	var storm time.Duration
	var took []time.Duration
	for b.Loop() {
		server := newCrowded(b, "ours")
		page, _ := visit(b, server.address, get, 8)
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			ticker := time.NewTicker(20 * time.Millisecond)
			defer ticker.Stop()
			for {
				took = append(took, page.ask(1)...)
				select {
				case <-stop:
					return
				case <-ticker.C:
				}
			}
		}()
		start := time.Now()
		all := joinAll(b, server.address, n)
		all.await(int64(n) * frameSize)
		storm += time.Since(start)
		close(stop)
		<-stopped
		all.leave()
		server.end()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(n), "readers")
	b.ReportMetric(storm.Seconds()/float64(b.N), "s/storm")
	b.ReportMetric(float64(percentile(took, 0.99).Microseconds())/1000, "page-p99-ms")
}
