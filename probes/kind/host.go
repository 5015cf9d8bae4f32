package kind

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/superoffice/statusd/data"
)

// Public says whether a target lies beyond our own network, so that losing that network loses sight of it. It goes by
// what is written: loopback and private addresses, and names that only an inside network knows, are not public.
func Public(p data.Probe) bool {
	host := Host(p)
	if a, err := netip.ParseAddr(host); err == nil {
		return depth(a) == 0
	}
	return PublicName(host) != ""
}

// Host is the host that is asked: a name or an address. Of a dns probe it is the server, if it has one of its own; else
// the name, which our own resolver looks for.
func Host(p data.Probe) string {
	address := p.Target
	switch p.Kind {
	case data.ProbeHTTP, data.ProbeStatuspage, data.ProbeFeed, data.ProbeTransaction, data.ProbeTenant:
		if u, err := url.Parse(p.Target); err == nil {
			return u.Hostname()
		}
		return ""
	case data.ProbeICMP:
		return p.Target
	case data.ProbeDNS:
		if p.Server == "" {
			return p.Target
		}
		address = p.Server
	}
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return ""
}

// PublicName is a host's name as it is compared; empty where it is an address or a name that only an inside network knows.
func PublicName(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, inside := range []string{".localhost", ".local", ".internal", ".home.arpa"} {
		if strings.HasSuffix(host, inside) {
			return ""
		}
	}
	if !strings.Contains(host, ".") {
		return ""
	}
	return host
}
