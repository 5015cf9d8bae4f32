//go:build unix

package page

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
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
		if _, err := LiveFrames(&Snapshot{State: s}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFront compares the CPU that a front page takes, compressed and over a connection that is kept, with that of
// handlers that do nothing but write the same body from memory (DESIGN 13): x-floor with the same headers, x-bare with the
// three that the body itself needs. Between those two lies what net/http takes for a dozen headers, most of it the step of
// its map beyond eight keys; nearly all of them are asked for by RELIABILITY 3.2. The client's share is in all.
func BenchmarkFront(b *testing.B) {
	doc := render(b, calm(b))[Place{"/", i18n.EN}]
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	doc.ServeHTTP(w, r)
	body, full := w.Body.Bytes(), w.Header()
	bare := http.Header{}
	for _, key := range []string{"Content-Type", "Content-Encoding", "Content-Length"} {
		bare[key] = full[key]
	}
	write := func(headers http.Header) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			maps.Copy(w.Header(), headers)
			w.Write(body) //nolint:errcheck
		})
	}
	callers := []*caller{dial(b, doc), dial(b, write(full)), dial(b, write(bare))}
	const turn = 200
	spent := make([]float64, len(callers))
	rounds := 0
	for b.Loop() {
		for i, c := range callers {
			before := cpu(b)
			for range turn {
				c.ask(b)
			}
			spent[i] += float64((cpu(b) - before).Nanoseconds())
		}
		rounds++
	}
	b.ReportMetric(spent[0]/float64(rounds*turn), "cpu-ns/req")
	b.ReportMetric(spent[0]/spent[1], "x-floor")
	b.ReportMetric(spent[0]/spent[2], "x-bare")
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
