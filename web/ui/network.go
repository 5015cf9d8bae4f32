package ui

import (
	"net"
	"net/netip"
)

// Network is what requests from a remote address, host:port or a host alone, are counted by: an IPv4 address, or the /64 of an
// IPv6 one (RELIABILITY 3.2). What is no address is the zero prefix.
func Network(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
