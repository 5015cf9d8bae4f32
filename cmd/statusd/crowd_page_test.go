package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// visitors are connections that are kept, each with one request at a time.
type visitors struct {
	testing.TB
	request string
	conns   []net.Conn
	length  int // of every answer
}

// visit opens n connections and asks once on each. It returns the first answer too.
func visit(b testing.TB, address, request string, n int) (*visitors, replied) {
	b.Helper()
	v := &visitors{TB: b, request: request}
	var first replied
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		v.conns = append(v.conns, c)
		count := &counting{Reader: c}
		if _, err := io.WriteString(c, request); err != nil {
			b.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(count), nil)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotModified {
			b.Fatalf("%d %v", res.StatusCode, err)
		}
		first, v.length = replied{res.Header, body}, count.n
	}
	return v, first
}

type counting struct {
	io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// ask asks so many times on every connection, all at once, and returns how long each answer took.
func (v *visitors) ask(times int) []time.Duration {
	v.Helper()
	took := make([]time.Duration, times*len(v.conns))
	errs := make([]error, len(v.conns))
	var wg sync.WaitGroup
	for i, c := range v.conns {
		wg.Go(func() {
			body := make([]byte, v.length)
			for n := range times {
				start := time.Now()
				if _, errs[i] = io.WriteString(c, v.request); errs[i] == nil {
					_, errs[i] = io.ReadFull(c, body)
				}
				if errs[i] != nil {
					return
				}
				took[i*times+n] = time.Since(start)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			v.Fatal(err)
		}
	}
	return took
}

func percentile(all []time.Duration, p float64) time.Duration {
	slices.Sort(all)
	return all[int(p*float64(len(all)-1))]
}

// BenchmarkFront is the front page through everything that is around it in the service, against net/http that writes the same bytes
// from memory, in turns (DESIGN 13): the server's CPU for each request, and the 99th percentile of the answers' times (the median
// of what it is in each turn), over connections that are kept. bare is the same body with the three headers that it cannot do without. The processes, and this one
// that asks, share the processors.
func BenchmarkFront(b *testing.B) {
	const get = "GET / HTTP/1.1\r\nHost: status.example\r\nAccept: text/html\r\nAccept-Language: nb,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
	ours, same, bare := newCrowded(b, "ours"), newCrowded(b, "floor"), newCrowded(b, "floor")
	for _, tt := range []struct {
		name  string
		again bool
	}{{"200", false}, {"304", true}} {
		for _, n := range []int{64, 256} {
			b.Run(fmt.Sprintf("%s/%d", tt.name, n), func(b *testing.B) {
				request := get + "\r\n"
				_, first := visit(b, ours.address, request, 1)
				if tt.again {
					request = get + "If-None-Match: " + first.Header.Get("Etag") + "\r\n\r\n"
				}
				us, as := visit(b, ours.address, request, n)
				if tt.again {
					as.Header.Set("Content-Length", "0") // else net/http adds a type and says chunked
				}
				as.Header.Del("Date")
				tell := func(c *crowded, a replied) {
					text, err := json.Marshal(a)
					if err != nil {
						b.Fatal(err)
					}
					c.do("answer " + string(text))
				}
				tell(same, as)
				few := http.Header{}
				for _, k := range []string{"Content-Type", "Content-Encoding", "Content-Length"} {
					if v := as.Header.Get(k); v != "" {
						few.Set(k, v)
					}
				}
				tell(bare, replied{few, as.Body})
				floor, _ := visit(b, same.address, request, n)
				least, _ := visit(b, bare.address, request, n)
				turns := []struct {
					server  *crowded
					load    *visitors
					cpu     time.Duration
					slowest []time.Duration // the 99th percentile of each turn
				}{{server: ours, load: us}, {server: same, load: floor}, {server: bare, load: least}}
				times := 6400 / n
				for b.Loop() {
					for round := range 6 {
						for i := range turns {
							t := &turns[(i+round)%len(turns)] // nobody is always first
							before := t.server.do("").CPU
							t.slowest = append(t.slowest, percentile(t.load.ask(times), 0.99))
							t.cpu += t.server.do("").CPU - before
						}
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(turns[0].cpu.Nanoseconds())/float64(len(turns[0].slowest)*times*n), "cpu-ns/req")
				b.ReportMetric(float64(turns[0].cpu)/float64(turns[1].cpu), "cpu-x-floor")
				b.ReportMetric(float64(turns[0].cpu)/float64(turns[2].cpu), "cpu-x-bare")
				own, floors := percentile(turns[0].slowest, 0.5), percentile(turns[1].slowest, 0.5)
				b.ReportMetric(float64(own.Microseconds()), "p99-µs")
				b.ReportMetric(float64(own)/float64(floors), "p99-x-floor")
			})
		}
	}
}
