//go:build unix

package page

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/i18n"
)

func BenchmarkRender(b *testing.B) {
	s := bad(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLiveFrames(b *testing.B) {
	s := bad(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LiveFrames(s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFront compares the CPU that a front page takes, compressed and over a connection that is kept, with that of a
// handler that does nothing but write the same bytes from memory (DESIGN 13). The client's share is in both.
func BenchmarkFront(b *testing.B) {
	doc := render(b, calm(b))[Place{"/", i18n.EN}]
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	doc.ServeHTTP(w, r)
	body := w.Body.Bytes()
	length := strconv.Itoa(len(body))
	floor := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", length)
		w.Write(body) //nolint:errcheck
	})
	ours, theirs := dial(b, doc), dial(b, floor)
	const turn = 200
	var spent [2]time.Duration
	rounds := 0
	for b.Loop() {
		for i, c := range []*caller{ours, theirs} {
			before := cpu(b)
			for range turn {
				c.ask(b)
			}
			spent[i] += cpu(b) - before
		}
		rounds++
	}
	n := float64(rounds * turn)
	b.ReportMetric(float64(spent[0].Nanoseconds())/n, "cpu-ns/req")
	b.ReportMetric(float64(spent[1].Nanoseconds())/n, "floor-ns/req")
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "x-floor")
}

// caller asks over one connection, reading as many bytes as the first answer had.
type caller struct {
	conn   net.Conn
	answer []byte
}

const request = "GET / HTTP/1.1\r\nHost: status.example\r\nAccept-Encoding: gzip\r\nAccept: text/html\r\n\r\n"

func dial(b *testing.B, h http.Handler) *caller {
	b.Helper()
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		b.Fatal(err)
	}
	count := &counter{r: conn}
	res, err := http.ReadResponse(bufio.NewReader(count), nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		b.Fatal(err)
	}
	return &caller{conn, make([]byte, count.n)}
}

func (c *caller) ask(b *testing.B) {
	if _, err := io.WriteString(c.conn, request); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(c.conn, c.answer); err != nil {
		b.Fatal(err)
	}
}

type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
