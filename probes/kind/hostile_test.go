package kind

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// hostileTarget is one that wants to hold a prober up, to fill it, or to lead it elsewhere.
type hostileTarget struct {
	name  string
	serve func(net.Conn)
	want  data.Reason
}

// hostile are the targets of F28 that speak HTTP, or pretend to.
func hostile() []hostileTarget {
	answer := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			c.Read(make([]byte, 4096))
			io.WriteString(c, text)
		}
	}
	// endless writes until the prober has had enough.
	endless := func(head, more string) func(net.Conn) {
		return func(c net.Conn) {
			c.Read(make([]byte, 4096))
			io.WriteString(c, head)
			text := []byte(more)
			for range 1 << 20 {
				if _, err := c.Write(text); err != nil {
					return
				}
			}
		}
	}
	// hanging waits until the prober hangs up.
	hanging := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			answer(text)(c)
			io.Copy(io.Discard, c)
		}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 64 {
		z.Write(zeros)
	}
	z.Close()
	kib := strings.Repeat("x", 1024)
	const ok = "HTTP/1.1 200 OK\r\n"
	return []hostileTarget{
		{"endless body", endless(ok+"\r\n", kib), data.ReasonBody},
		{"gzip bomb", answer(ok + fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", bomb.Len()) + bomb.String()), ""},
		{"endless headers", endless(ok, "X: "+kib+"\r\n"), data.ReasonProtocol},
		{"headers of 1 MiB", answer(ok + "X: " + strings.Repeat(kib, 1024) + "\r\n\r\n"), data.ReasonProtocol},
		{"endless interim answers", endless("", "HTTP/1.1 103 Early Hints\r\nX: "+kib+"\r\n\r\n"), data.ReasonProtocol},
		{"garbage", answer("SSH-2.0-OpenSSH_9.9\r\n"), data.ReasonProtocol},
		{"HTTP/0.9", answer("<html>hello</html>"), data.ReasonProtocol},
		{"nothing, then the end", answer(""), data.ReasonProtocol},
		{"half an answer, then the end", answer(ok + "Content-Length: 100\r\n\r\nhalf"), data.ReasonProtocol},
		{"half a header, then the end", answer("HTTP/1.1 20"), data.ReasonProtocol},
		{"reset in the middle", func(c net.Conn) {
			answer(ok + "Content-Length: 100\r\n\r\nhalf")(c)
			c.(*net.TCPConn).SetLinger(0)
		}, data.ReasonConnect},
		{"silence", hanging(""), data.ReasonTimeout},
		{"slow headers", hanging("HTTP/1.1 200 OK\r\nContent-Le"), data.ReasonTimeout},
		{"slow body", hanging(ok + "Content-Length: 100\r\n\r\nhalf"), data.ReasonTimeout},
		{"redirect to a file", answer("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"), data.ReasonRedirect},
		{"redirect to gopher", answer("HTTP/1.1 302 Found\r\nLocation: gopher://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"), data.ReasonRedirect},
		{"redirect to itself", answer("HTTP/1.1 302 Found\r\nLocation: /?token=hush\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), data.ReasonRedirect},
		{"redirect inside", answer("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"), data.ReasonRedirect},
		{"redirect to nowhere", answer("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), data.ReasonStatus},
		{"headers that never end", func(c net.Conn) {
			answer(ok)(c)
			for range 1 << 20 {
				if _, err := io.WriteString(c, "X: y\r\n"); err != nil {
					return
				}
			}
		}, data.ReasonProtocol},
		{"headers of 1 MiB without end", endless(ok, "X: "+strings.Repeat(kib, 1024)+"\r\n"), data.ReasonProtocol},
		{"endless chunks", endless(ok+"Transfer-Encoding: chunked\r\n\r\n", "400\r\n"+kib+"\r\n"), data.ReasonBody},
		{"endless trailers", endless(ok+"Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: "+kib+"\r\n"), data.ReasonProtocol},
		{"a length below zero", answer(ok + "Content-Length: -1\r\n\r\n"), data.ReasonProtocol},
		{"half-closed", func(c net.Conn) {
			answer(ok + "Content-Length: 100\r\n\r\nhalf")(c)
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
		}, data.ReasonProtocol},
		{"a byte at a time", func(c net.Conn) {
			answer(ok + "\r\n")(c)
			for range 1 << 20 { // until the prober hangs up
				if _, err := io.WriteString(c, "x"); err != nil {
					return
				}
				c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				c.Read(make([]byte, 1))
			}
		}, data.ReasonTimeout},
	}
}
