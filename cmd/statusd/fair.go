package main

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// fair is a listener on which nobody takes everything. Of an address that has as many connections open as it may, a further one
// is closed unanswered; not counted so are our proxies, who bring the visitors of everybody, and this machine itself. Where all
// that may be open are, the one that has waited longest without asking for anything makes room, and only where each has asked is
// the newcomer closed. So connections that say nothing, however many, keep nobody out.
type fair struct {
	net.Listener
	proxies []netip.Prefix
	each    int // most of one address
	most    int // in all

	mu     sync.Mutex
	of     map[netip.Prefix]int // never zero
	silent list.List            // of *fairConn that have not asked for anything yet, oldest first

	open   atomic.Int64
	idle   atomic.Pointer[func()] // closes those that have asked and wait; nil means that nobody can
	closed *prometheus.CounterVec
}

func newFair(l net.Listener, name string, proxies []netip.Prefix, each, most int) *fair {
	f := &fair{
		Listener: l, proxies: proxies, each: each, most: most, of: map[netip.Prefix]int{},
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_connections_closed_total", Help: "Connections that were closed for want of room: of an address with too many, silent ones that made room, and newcomers where there was none.",
			ConstLabels: prometheus.Labels{"listener": name},
		}, []string{"reason"}),
	}
	for _, reason := range []string{"address", "silent", "full"} {
		f.closed.WithLabelValues(reason)
	}
	return f
}

// serve makes room by what server can spare, and learns from it who has asked.
func (f *fair) serve(server *http.Server) {
	server.ConnState = f.heard
	spare := func() {
		server.SetKeepAlivesEnabled(false) // closes those that are idle
		server.SetKeepAlivesEnabled(true)
	}
	f.idle.Store(&spare)
}

// relieve closes connections that have asked and now wait.
func (f *fair) relieve() {
	if spare := f.idle.Load(); spare != nil {
		(*spare)()
	}
}

// connections are how many are open, and how many may be.
func (f *fair) connections() (open, most int) { return int(f.open.Load()), f.most }

// heard is http.Server.ConnState.
func (f *fair) heard(c net.Conn, state http.ConnState) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if own, ok := c.(*fairConn); ok && state == http.StateActive && !own.asked.Swap(true) {
		f.mu.Lock()
		f.forget(own)
		f.mu.Unlock()
	}
}

// Accept implements net.Listener.
func (f *fair) Accept() (net.Conn, error) {
	for {
		c, err := f.Listener.Accept()
		if err != nil {
			return nil, err
		}
		own := &fairConn{Conn: c, listener: f}
		if own.from, own.counted = f.counted(c.RemoteAddr()); f.enter(own) {
			return own, nil
		}
		c.Close()
	}
}

// counted is what a peer's connections are counted by: its address, or the /64 of an IPv6 one.
func (f *fair) counted(peer net.Addr) (netip.Prefix, bool) {
	at, err := netip.ParseAddrPort(peer.String())
	if err != nil {
		return netip.Prefix{}, false
	}
	a := at.Addr().Unmap().WithZone("")
	if a.IsLoopback() || slices.ContainsFunc(f.proxies, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return netip.Prefix{}, false
	}
	bits := 32
	if a.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(a, bits).Masked(), true
}

func (f *fair) enter(c *fairConn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.counted && f.of[c.from] >= f.each {
		f.closed.WithLabelValues("address").Inc()
		return false
	}
	if !f.room() {
		f.closed.WithLabelValues("full").Inc()
		return false
	}
	f.open.Add(1)
	if c.counted {
		f.of[c.from]++
	}
	c.place = f.silent.PushBack(c)
	return true
}

// room sees to it that there is some, if it can.
func (f *fair) room() bool {
	if int(f.open.Load()) < f.most {
		return true
	}
	if oldest := f.silent.Front(); oldest != nil {
		c := oldest.Value.(*fairConn) //nolint:errcheck // nothing else is in it
		f.leave(c)
		c.Conn.Close()
		f.closed.WithLabelValues("silent").Inc()
		return true
	}
	f.mu.Unlock() // those that are closed come by here
	f.relieve()
	f.mu.Lock()
	return int(f.open.Load()) < f.most
}

// leave takes c off all counts, once.
func (f *fair) leave(c *fairConn) {
	if c.left {
		return
	}
	c.left = true
	f.forget(c)
	f.open.Add(-1)
	if !c.counted {
		return
	}
	if f.of[c.from]--; f.of[c.from] <= 0 {
		delete(f.of, c.from)
	}
}

// forget takes c off those that have not asked.
func (f *fair) forget(c *fairConn) {
	if c.place != nil {
		f.silent.Remove(c.place)
		c.place = nil
	}
}

type fairConn struct {
	net.Conn
	listener *fair
	from     netip.Prefix
	counted  bool
	asked    atomic.Bool

	place *list.Element // of the listener's silent ones; guarded by its mutex, as is left
	left  bool
}

// Close implements net.Conn.
func (c *fairConn) Close() error {
	c.listener.mu.Lock()
	c.listener.leave(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
