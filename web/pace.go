package web

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/superoffice/statusd/web/ui"
)

// The pace of one network at the public API (RELIABILITY 3.2). Login pages ask for their banner at any pace: many readers may
// share the address of their office.
const (
	paceEach  = 20 // a second
	paceBurst = 60
	paceKept  = 4096 // networks of a generation
)

// pace counts requests by network. It is bounded: two generations are kept, and who has not asked for as long as it takes to fill
// one begins anew. It is safe for concurrent use.
type pace struct {
	mu         sync.Mutex
	young, old map[netip.Prefix]*rate.Limiter
}

// allows counts a request, and says whether it comes in time.
func (p *pace) allows(from netip.Prefix, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.young[from]
	if l == nil {
		if l = p.old[from]; l == nil {
			l = rate.NewLimiter(paceEach, paceBurst)
		}
		if len(p.young) >= paceKept || p.young == nil {
			p.young, p.old = map[netip.Prefix]*rate.Limiter{}, p.young
		}
		p.young[from] = l
	}
	return l.AllowN(now, 1)
}

// paced refuses who asks the public API faster than that. This machine is not counted, and neither is who has no address.
func paced(next http.Handler) http.Handler {
	p := &pace{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isAPI(r.URL.Path) && !strings.HasPrefix(r.URL.Path, "/api/v1/banner") {
			from := ui.Network(r.RemoteAddr)
			if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && !peer.Addr().Unmap().IsLoopback() && !p.allows(from, time.Now()) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				w.Header().Set("Retry-After", "1")
				ui.WriteProblem(w, r, nil, &ui.StatusError{
					Status: http.StatusTooManyRequests, Message: "these are more than 20 requests a second from your network: ask again in a second; the answers change once a minute at most, or when something happens",
				})
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
