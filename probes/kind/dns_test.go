package kind

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/superoffice/statusd/data"
)

// nameServer answers over UDP and TCP, on the same port, with what say makes of each question. It closes with the test.
func nameServer(t testing.TB, say func(q dnsmessage.Message, tcp bool) [][]byte) string {
	t.Helper()
	var pc net.PacketConn
	l, err := net.Listen("tcp", "127.0.0.1:0")
	for range 20 { // until a port is free for both
		if err != nil {
			t.Fatal(err)
		}
		if pc, err = net.ListenPacket("udp", l.Addr().String()); err == nil {
			break
		}
		l.Close()
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	udp, tcp := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { pc.Close(); l.Close(); <-udp; <-tcp })
	go func() {
		defer close(udp)
		b := make([]byte, 4096)
		for {
			n, from, err := pc.ReadFrom(b)
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if q.Unpack(b[:n]) != nil {
				continue
			}
			for _, answer := range say(q, false) {
				pc.WriteTo(answer, from)
			}
		}
	}()
	go func() {
		defer close(tcp)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var size [2]byte
			io.ReadFull(conn, size[:])
			b := make([]byte, binary.BigEndian.Uint16(size[:]))
			io.ReadFull(conn, b)
			var q dnsmessage.Message
			if q.Unpack(b) == nil {
				for _, answer := range say(q, true) {
					conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
				}
			}
			conn.Close()
		}
	}()
	return pc.LocalAddr().String()
}

func dnsName(s string) dnsmessage.Name { return dnsmessage.MustNewName(s) }

// zone is what the test's server knows.
var zone = map[dnsmessage.Type][]dnsmessage.ResourceBody{
	dnsmessage.TypeA:     {&dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}}, &dnsmessage.AResource{A: [4]byte{192, 0, 2, 2}}},
	dnsmessage.TypeAAAA:  {&dnsmessage.AAAAResource{AAAA: [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 1}}},
	dnsmessage.TypeCNAME: {&dnsmessage.CNAMEResource{CNAME: dnsName("Edge.Example.net.")}},
	dnsmessage.TypeNS:    {&dnsmessage.NSResource{NS: dnsName("ns1.example.net.")}, &dnsmessage.NSResource{NS: dnsName("ns2.example.net.")}},
	dnsmessage.TypeMX:    {&dnsmessage.MXResource{Pref: 10, MX: dnsName("mail.example.net.")}},
	dnsmessage.TypeTXT:   {&dnsmessage.TXTResource{TXT: []string{"v=spf1 ", "-all"}}},
}

// knows answers q from the zone, changed by change.
func knows(t testing.TB, q dnsmessage.Message, change func(*dnsmessage.Message)) []byte {
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID, Response: true, RecursionAvailable: true}, Questions: q.Questions}
	for _, body := range zone[q.Questions[0].Type] {
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Class: dnsmessage.ClassINET}, Body: body})
	}
	change(&m)
	b, err := m.Pack()
	if err != nil {
		t.Error(err)
	}
	return b
}

func TestDNS(t *testing.T) {
	t.Parallel()
	server := nameServer(t, func(q dnsmessage.Message, _ bool) [][]byte {
		return [][]byte{knows(t, q, func(m *dnsmessage.Message) {
			name := q.Questions[0].Name.String()
			if strings.HasPrefix(name, "gone") {
				m.RCode, m.Answers = dnsmessage.RCodeNameError, nil
			}
			if strings.HasPrefix(name, "bare") || strings.HasPrefix(name, "six") && q.Questions[0].Type != dnsmessage.TypeAAAA {
				m.Answers = nil
			}
		})}
	})
	d := net.Dialer{}
	system := Client{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, server)
	}}}
	for _, c := range []struct {
		name, record string
		answers      []string
		want         data.Reason
	}{
		{"www.example.com", "", nil, ""},
		{"www.example.com.", "", nil, ""},
		{"_dmarc.example.com", "TXT", []string{"v=spf1 -all"}, ""},
		{"www.example.com", "A", []string{"192.0.2.2", "192.0.2.1"}, ""},
		{"www.example.com", "", []string{"2001:DB8:0::1", "192.0.2.2"}, ""},
		{"www.example.com", "A", []string{"192.0.2.3"}, data.ReasonAnswer},
		{"www.example.com", "AAAA", []string{"192.0.2.1"}, data.ReasonAnswer},
		{"www.example.com", "CNAME", []string{"edge.example.NET."}, ""},
		{"www.example.com", "NS", []string{"ns2.example.net"}, ""},
		{"www.example.com", "NS", []string{"ns3.example.net"}, data.ReasonAnswer},
		{"www.example.com", "MX", []string{"mail.example.net"}, ""},
		{"www.example.com", "MX", []string{"10 mail.example.net"}, ""},
		{"www.example.com", "MX", []string{"20 mail.example.net"}, data.ReasonAnswer},
		{"six.example.com", "", nil, ""},
		{"gone.example.com", "", nil, data.ReasonName},
		{"gone.example.com", "MX", nil, data.ReasonName},
	} {
		for _, direct := range []bool{true, false} {
			if c.record == "CNAME" && !direct {
				continue // the end of a chain needs a zone that has one
			}
			s := once(t, system, data.ProbeDNS, c.name, 5*time.Second, func(p *data.Probe) {
				p.Record, p.Answers = c.record, c.answers
				if direct {
					p.Server = server
				}
			})
			if s.Reason != c.want || (c.want == "") != (s.Level == data.Operational) || strings.Contains(s.Detail, "192.") {
				t.Errorf("%s %s %q, directly %v: %+v, want %q", c.record, c.name, c.answers, direct, s, c.want)
			}
		}
	}
	s := once(t, Client{}, data.ProbeDNS, "bare.example.com", 5*time.Second, func(p *data.Probe) { p.Server, p.Slow = server, 1 })
	if s.Reason != data.ReasonAnswer {
		t.Errorf("a name without records: %+v", s)
	}
	s = once(t, Client{}, data.ProbeDNS, "www.example.com", 5*time.Second, func(p *data.Probe) { p.Server, p.Slow = server, 1 })
	if s.Reason != data.ReasonSlow || s.Level != data.Degraded {
		t.Errorf("a slow answer: %+v", s)
	}
}

// TestDNSHostile is F30.
func TestDNSHostile(t *testing.T) {
	t.Parallel()
	answer := func(change func(*dnsmessage.Message)) func(dnsmessage.Message, bool) [][]byte {
		return func(q dnsmessage.Message, _ bool) [][]byte { return [][]byte{knows(t, q, change)} }
	}
	right := func(*dnsmessage.Message) {}
	code := func(c dnsmessage.RCode) func(dnsmessage.Message, bool) [][]byte {
		return answer(func(m *dnsmessage.Message) { m.RCode, m.Answers = c, nil })
	}
	cut := func(m *dnsmessage.Message) { m.Truncated, m.Answers = true, nil }
	for _, c := range []struct {
		name string
		say  func(q dnsmessage.Message, tcp bool) [][]byte
		want data.Reason
	}{
		{"SERVFAIL", code(dnsmessage.RCodeServerFailure), data.ReasonName},
		{"REFUSED", code(dnsmessage.RCodeRefused), data.ReasonName},
		{"silence", func(dnsmessage.Message, bool) [][]byte { return nil }, data.ReasonTimeout},
		{"another ID", answer(func(m *dnsmessage.Message) { m.ID++ }), data.ReasonProtocol},
		{"another question", answer(func(m *dnsmessage.Message) { m.Questions[0].Name = dnsName("www.other.example.") }), data.ReasonProtocol},
		{"the question itself", answer(func(m *dnsmessage.Message) { m.Response = false }), data.ReasonProtocol},
		{"garbage", func(dnsmessage.Message, bool) [][]byte {
			return [][]byte{[]byte("SSH-2.0"), nil, bytes.Repeat([]byte{0xc0}, 600)}
		}, data.ReasonProtocol},
		{"garbage, and then the answer", func(q dnsmessage.Message, _ bool) [][]byte {
			return [][]byte{{1, 2, 3}, knows(t, q, func(m *dnsmessage.Message) { m.ID++ }), knows(t, q, right)}
		}, ""},
		{"a flood", func(dnsmessage.Message, bool) [][]byte { return make([][]byte, 200) }, data.ReasonProtocol},
		{"cut", func(q dnsmessage.Message, tcp bool) [][]byte {
			if tcp {
				return [][]byte{knows(t, q, right)}
			}
			return [][]byte{knows(t, q, cut)}
		}, ""},
		{"cut over TCP as well", answer(cut), data.ReasonProtocol},
		{"cut, and nothing over TCP", func(q dnsmessage.Message, tcp bool) [][]byte {
			if tcp {
				return nil
			}
			return [][]byte{knows(t, q, cut)}
		}, data.ReasonProtocol},
		{"records that end in the middle", func(q dnsmessage.Message, _ bool) [][]byte {
			b := knows(t, q, right)
			return [][]byte{b[:len(b)-3]}
		}, data.ReasonProtocol},
		{"a CNAME that leads nowhere", answer(func(m *dnsmessage.Message) {
			m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.CNAMEResource{CNAME: m.Questions[0].Name}}}
		}), data.ReasonAnswer},
		{"records of another name at the end of a chain", answer(func(m *dnsmessage.Message) { m.Answers[0].Header.Name = dnsName("edge.example.net.") }), ""},
	} {
		server := nameServer(t, c.say)
		timeout := 5 * time.Second
		if c.want == data.ReasonTimeout || strings.HasPrefix(c.name, "another") || strings.HasPrefix(c.name, "the q") || c.name == "garbage" {
			timeout = 150 * time.Millisecond
		}
		s := once(t, Client{}, data.ProbeDNS, "www.example.com", timeout, func(p *data.Probe) { p.Server, p.Record = server, "A" })
		if s.Reason != c.want || s.Latency > 4*time.Second || strings.Contains(s.Detail, "SSH") {
			t.Errorf("%s: %+v, want %q", c.name, s, c.want)
		}
	}
	s := once(t, Client{}, data.ProbeDNS, "www.example.com", 5*time.Second, func(p *data.Probe) { p.Server = refused(t) })
	if s.Reason != data.ReasonConnect {
		t.Errorf("a server that is not there: %+v", s)
	}
	silent := nameServer(t, func(dnsmessage.Message, bool) [][]byte { return nil })
	d := net.Dialer{}
	c := Client{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, silent)
		if err == nil {
			t.Cleanup(func() { conn.Close() }) // net reads on for five seconds
		}
		return conn, err
	}}}
	if s = once(t, c, data.ProbeDNS, "www.example.com", 150*time.Millisecond, same); s.Reason != data.ReasonTimeout || s.Latency > 4*time.Second {
		t.Errorf("our own resolver is silent: %+v", s)
	}
}

func FuzzDNS(f *testing.F) {
	q := query{7, "www.example.com.", dnsmessage.TypeA}
	question, err := ask(q.id, q.name, q.kind)
	if err != nil {
		f.Fatal(err)
	}
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		f.Fatal(err)
	}
	f.Add(question)
	f.Add(knows(f, m, func(*dnsmessage.Message) {}))
	f.Add(knows(f, m, func(m *dnsmessage.Message) { m.RCode = dnsmessage.RCodeServerFailure }))
	f.Add(knows(f, m, func(m *dnsmessage.Message) { m.Truncated = true }))
	f.Fuzz(func(t *testing.T, message []byte) {
		for _, kind := range []dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeTXT, dnsmessage.TypeMX} {
			q := query{q.id, q.name, kind}
			found, err := q.read(message)
			if err != nil && found != nil || len(found) > maxRecords {
				t.Errorf("%x: %q, %v", message, found, err)
			}
		}
	})
}
