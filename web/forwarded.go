package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// RealAddress sets the request's remote address to the client's where the peer is one of our proxies. The forwarding
// header counts from the right, past proxies of ours only; what a client wrote into it itself lies further left and is
// never believed. Without a readable address there the proxy's own stays.
func RealAddress(proxies []netip.Prefix, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	ours := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !ours(peer.Addr()) {
			next.ServeHTTP(w, r)
			return
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			a, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break
			}
			if !ours(a) {
				r.RemoteAddr = net.JoinHostPort(a.String(), "0")
				break
			}
		}
		next.ServeHTTP(w, r)
	})
}
