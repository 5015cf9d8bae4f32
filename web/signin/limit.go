package signin

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/superoffice/statusd/web/ui"
)

// Limits of attempts from one network (RELIABILITY 3.2): five at once and five a minute, then a pause.
const (
	triesAtOnce = 5
	triesEvery  = time.Minute / triesAtOnce
	pause       = 15 * time.Minute
	networks    = 4096 // remembered at most
)

// limiter counts attempts by network. It is bounded: when it is full, whoever was seen longest ago is forgotten, somebody
// who waits last. It is safe for concurrent use.
type limiter struct {
	mu   sync.Mutex
	seen map[netip.Prefix]*tries
}

type tries struct {
	bucket *rate.Limiter
	last   time.Time
	until  time.Time // of the pause; zero means none
}

func newLimiter() *limiter { return &limiter{seen: map[netip.Prefix]*tries{}} }

// take counts one attempt, unless count is false, and returns until when this network has to wait, or zero. began says that
// the pause begins with this attempt. Attempts during a pause do not make it longer.
func (l *limiter) take(from netip.Prefix, now time.Time, count bool) (until time.Time, began bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.seen[from]
	if t != nil && !t.until.IsZero() {
		if now.Before(t.until) {
			return t.until, false
		}
		delete(l.seen, from)
		t = nil
	}
	if !count {
		return time.Time{}, false
	}
	if t == nil {
		if len(l.seen) >= networks {
			l.forget(now)
		}
		t = &tries{bucket: rate.NewLimiter(rate.Every(triesEvery), triesAtOnce)}
		l.seen[from] = t
	}
	t.last = now
	if !t.bucket.AllowN(now, 1) {
		t.until = now.Add(pause)
		return t.until, true
	}
	return time.Time{}, false
}

// succeeded takes back what was counted of a network.
func (l *limiter) succeeded(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, from)
}

// forget makes room for one.
func (l *limiter) forget(now time.Time) {
	var oldest netip.Prefix
	var found *tries
	for from, t := range l.seen {
		over := now.Sub(t.last) > triesAtOnce*triesEvery && !now.Before(t.until)
		if over {
			delete(l.seen, from)
			continue
		}
		if found == nil || t.until.IsZero() && !found.until.IsZero() || t.until.IsZero() == found.until.IsZero() && t.last.Before(found.last) {
			oldest, found = from, t
		}
	}
	if len(l.seen) >= networks {
		delete(l.seen, oldest)
	}
}

// network is what attempts are counted by. Without an address, as on the local socket, it is the zero prefix.
func network(r *http.Request) netip.Prefix { return ui.Network(r.RemoteAddr) }
