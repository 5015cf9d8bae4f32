package main

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/cmd/statusd/config"
)

// door is a listener whose visitors come from where the test says.
type door struct{ in chan net.Conn }

func (d door) Accept() (net.Conn, error) {
	c, ok := <-d.in
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (d door) Close() error   { close(d.in); return nil }
func (d door) Addr() net.Addr { return &net.TCPAddr{} }

// visitor is a connection that knows whether it was closed.
type visitor struct {
	net.Conn
	from   string
	closed bool
}

func (v *visitor) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(v.from))
}
func (v *visitor) Close() error { v.closed = true; return nil }

// TestNobodyTakesEverything: of one address no more connections than it may have; others, our proxies and this machine are not
// concerned, and whoever closes one may open another.
func TestNobodyTakesEverything(t *testing.T) {
	d := door{make(chan net.Conn, 4*config.DefaultPerAddress)}
	f := newFair(d, "public", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, config.DefaultPerAddress, 1<<20)
	knock := func(from string, times int) (all []*visitor) {
		t.Helper()
		for range times {
			v := &visitor{from: from}
			all = append(all, v)
			d.in <- v
		}
		return all
	}
	var let []net.Conn
	accept := func(times int) {
		t.Helper()
		for range times {
			c, err := f.Accept()
			if err != nil {
				t.Fatal(err)
			}
			let = append(let, c)
		}
	}
	shut := func(all []*visitor) (n int) {
		for _, v := range all {
			if v.closed {
				n++
			}
		}
		return n
	}
	for _, from := range []string{"192.0.2.1:1234", "[2001:db8:0:1::5]:99", "[::ffff:198.51.100.7]:80"} {
		all := knock(from, config.DefaultPerAddress+7)
		other := knock("203.0.113.9:1", 1)
		accept(config.DefaultPerAddress + 1)
		if n := shut(all); n != 7 || shut(other) != 0 {
			t.Errorf("%s: %d of %d closed", from, n, len(all))
		}
	}
	again := knock("[2001:db8:0:1:ffff::1]:5", 1) // of the same network
	let[0].Close()
	let[0].Close() // twice closed is once left
	back := knock("192.0.2.1:5", 2)
	for _, from := range []string{"10.1.2.3:1", "127.0.0.1:1", "[::1]:1"} {
		all := knock(from, config.DefaultPerAddress+1)
		want := len(all)
		if from == "10.1.2.3:1" {
			want++ // with the one that may come back
		}
		accept(want)
		if n := shut(all); n != 0 {
			t.Errorf("%s: %d closed", from, n)
		}
	}
	if shut(again) != 1 || shut(back) != 1 {
		t.Errorf("of the same network %d closed, of those who came back %d; want 1 and 1", shut(again), shut(back))
	}
	for _, c := range let {
		c.Close()
	}
	if open, _ := f.connections(); len(f.of) != 0 || open != 0 || f.silent.Len() != 0 {
		t.Errorf("still counted: %v, %d open, %d silent", f.of, open, f.silent.Len())
	}
	d.Close()
	if _, err := f.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// TestSilentMakeRoom: where there is no room, whoever has waited longest without asking goes, then whoever has asked and waits, and
// only then is the newcomer closed.
func TestSilentMakeRoom(t *testing.T) {
	d := door{make(chan net.Conn, 10)}
	f := newFair(d, "public", nil, 100, 3)
	come := func() (*visitor, net.Conn) {
		t.Helper()
		v := &visitor{from: "127.0.0.1:1"}
		d.in <- v
		c, err := f.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return v, c
	}
	a, asked := come()
	f.heard(asked, http.StateNew)
	f.heard(asked, http.StateActive)
	b, _ := come()
	c, talking := come()
	dv, _ := come() // b has said nothing for longest
	if a.closed || !b.closed || c.closed {
		t.Errorf("closed: %t %t %t, want the second alone", a.closed, b.closed, c.closed)
	}
	f.heard(talking, http.StateActive)
	f.heard(talking, http.StateIdle)
	e, last := come()
	f.heard(last, http.StateActive)
	if !dv.closed || a.closed || c.closed || e.closed {
		t.Error("the one that never asked did not go, or another did")
	}
	// All have asked: nobody can be spared, so the next is closed and the one after takes the room that somebody leaves.
	turned := &visitor{from: "127.0.0.1:1"}
	d.in <- turned
	spared := 0
	spare := func() {
		if spared++; spared > 1 {
			talking.Close()
		}
	}
	f.idle.Store(&spare)
	g, _ := come()
	if !turned.closed || g.closed || !c.closed || spared != 2 {
		t.Errorf("without room: newcomer closed %t, next closed %t, idle one closed %t after %d tries", turned.closed, g.closed, c.closed, spared)
	}
	if open, most := f.connections(); open != 3 || most != 3 {
		t.Errorf("%d of %d are open", open, most)
	}
	if got := testutil.ToFloat64(f.closed.WithLabelValues("silent")); got != 2 {
		t.Errorf("%g silent ones are counted, want 2", got)
	}
}
