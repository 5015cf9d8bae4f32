package main

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

// fair is a listener on which nobody takes everything: of an address that has as many connections open as it may, a further one
// is closed unanswered. Not counted are our proxies, who bring the visitors of everybody, and this machine itself.
type fair struct {
	net.Listener
	proxies []netip.Prefix
	most    int // of one address

	mu   sync.Mutex
	open map[netip.Prefix]int // never zero
}

func newFair(l net.Listener, proxies []netip.Prefix, most int) *fair {
	return &fair{Listener: l, proxies: proxies, most: most, open: map[netip.Prefix]int{}}
}

// Accept implements net.Listener.
func (f *fair) Accept() (net.Conn, error) {
	for {
		c, err := f.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, counted := f.counted(c.RemoteAddr())
		if !counted {
			return c, nil
		}
		if f.enter(from) {
			return &fairConn{Conn: c, leave: sync.OnceFunc(func() { f.leave(from) })}, nil
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

func (f *fair) enter(from netip.Prefix) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[from] >= f.most {
		return false
	}
	f.open[from]++
	return true
}

func (f *fair) leave(from netip.Prefix) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[from]--; f.open[from] <= 0 {
		delete(f.open, from)
	}
}

type fairConn struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *fairConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
