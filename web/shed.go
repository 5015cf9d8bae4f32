package web

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/web/ui"
)

// rank says how early something is given up when there is more to do than this process can (RELIABILITY 3.3). The front page
// with what it needs, the banner and the answers to "are you there?" are kept whatever comes.
type rank int32

const (
	rankLive    rank = iota + 1 // new websocket connections: who has one keeps it, who gets none polls
	rankAPI                     // the public API
	rankHistory                 // feeds, calendars, and every page but the front page
	rankReads                   // what operators look at
	rankWrites                  // what operators do, and the few pages they do it from
	rankKept
)

// ranks are the names of what can be given up, as metrics have them.
var ranks = map[rank]string{rankLive: "live", rankAPI: "api", rankHistory: "history", rankReads: "reads", rankWrites: "writes"}

// rankOf is the rank of a document's path.
func rankOf(path string) rank {
	switch {
	case path == "/", path == "/favicon.svg", path == "/favicon.ico", path == "/robots.txt", strings.HasPrefix(path, "/assets/"), strings.HasPrefix(path, "/banner"):
		return rankKept
	case isAPI(path):
		return rankAPI
	}
	return rankHistory
}

// Above these, the ranks are given up one after the other: live, API, history and, as operators have a listener of their own, for
// want of time alone reads and writes. Connections are those open of those that may be; waiting is what half of all goroutines waited at least, in the last second, before a processor was free for them. At
// rest that is microseconds, and with 256 visitors who ask as fast as they can a few milliseconds.
var (
	crowded = [...]float64{0.90, 0.95, 0.98}
	busy    = [...]time.Duration{25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond, 2 * time.Second}
)

// Shed knows how much must be given up just now. Make one with NewShed and run it with Run; a nil Shed gives nothing up. It is
// safe for concurrent use.
type Shed struct {
	connections func() (open, most int)
	waiting     func() time.Duration
	relieve     func()
	level       atomic.Int32 // by waiting alone

	refused *prometheus.CounterVec
}

// ShedOptions are what a Shed looks at.
type ShedOptions struct {
	Connections func() (open, most int) // of the listener; nil means that there is no bound
	Waiting     func() time.Duration    // asked once a second; nil means Go's scheduler
	Relieve     func()                  // closes connections that ask for nothing; called while they are scarce, nil does nothing
	Registry    prometheus.Registerer
}

// NewShed returns a Shed that has registered its metrics.
func NewShed(o ShedOptions) *Shed {
	s := &Shed{
		connections: o.Connections, waiting: o.Waiting, relieve: o.Relieve,
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_refused_total", Help: "Requests that were refused, because there was more to do than this process can.",
		}, []string{"what"}),
	}
	if s.waiting == nil {
		s.waiting = newScheduling().waited
	}
	for _, what := range ranks {
		s.refused.WithLabelValues(what)
	}
	o.Registry.MustRegister(s.refused, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "statusd_given_up", Help: "What is given up: 0 nothing, 1 new websockets, 2 the public API too, 3 all that is public but the front page and the banner, 4 what operators look at, 5 what they do.",
	}, func() float64 { return float64(s.given()) }))
	return s
}

// Run looks once a second how long everything waits. What is given up comes back one rank a second.
func (s *Shed) Run(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			s.level.Store(int32(max(above(s.waiting(), busy[:]), rank(s.level.Load())-1)))
			if s.relieve != nil && s.scarce() >= rankAPI {
				s.relieve()
			}
		}
	}
}

// given is the highest rank that is given up now; 0 means none.
func (s *Shed) given() rank { return max(rank(s.level.Load()), s.scarce()) }

// scarce is the highest rank to give up for want of connections.
func (s *Shed) scarce() rank {
	if s.connections == nil {
		return 0
	}
	open, most := s.connections()
	return above(float64(open)/float64(most), crowded[:])
}

func above[T float64 | time.Duration](v T, steps []T) rank {
	n := 0
	for n < len(steps) && v >= steps[n] {
		n++
	}
	return rank(n)
}

// refuses says whether a request of this rank is to be refused now, and counts it then.
func (s *Shed) refuses(r rank) bool {
	if s == nil || r == rankKept || s.given() < r {
		return false
	}
	s.refused.WithLabelValues(ranks[r]).Inc()
	return true
}

// again tells whom we refuse when to come back, spread so that they do not all come at once, and gives the connection to
// somebody else.
func again(h http.Header) {
	h.Set("Retry-After", strconv.Itoa(5+rand.IntN(26)))
	h.Set("Connection", "close")
}

const tooMuch = "there is more to do than this service can just now: ask again later, the front page answers meanwhile"

// guard puts s before a handler of the public API. It wraps nothing: what can be hijacked still can.
func (s *Shed) guard(r rank, next http.Handler) http.Handler {
	if s == nil || r == rankKept {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if s.refuses(r) {
			again(w.Header())
			w.Header().Set("Access-Control-Allow-Origin", "*")
			ui.WriteProblem(w, q, nil, &ui.StatusError{Status: http.StatusServiceUnavailable, Message: tooMuch})
			return
		}
		next.ServeHTTP(w, q)
	})
}

// scheduling reads how long goroutines that could run had to wait until they did.
type scheduling struct {
	sample []metrics.Sample
	before []uint64
}

func newScheduling() *scheduling {
	s := &scheduling{sample: []metrics.Sample{{Name: "/sched/latencies:seconds"}}}
	s.waited()
	return s
}

// fewest is how many waits there must be since the last look to say anything of them.
const fewest = 50

// waited is the median since it was last asked.
func (s *scheduling) waited() time.Duration {
	metrics.Read(s.sample)
	h := s.sample[0].Value.Float64Histogram()
	if s.before == nil {
		s.before = make([]uint64, len(h.Counts))
	}
	return time.Duration(median(h.Buckets, h.Counts, s.before) * float64(time.Second))
}

// median is the lower bound of the bucket that holds the median of what was counted beyond before, which it sets to counts;
// 0 where that is too little to tell.
func median(buckets []float64, counts, before []uint64) float64 {
	var all uint64
	fresh := make([]uint64, len(counts))
	for i, n := range counts {
		fresh[i] = n - before[i]
		all += fresh[i]
	}
	copy(before, counts)
	if all < fewest {
		return 0
	}
	var below uint64
	for i, n := range fresh {
		if below += n; 2*below >= all {
			return max(0, buckets[i])
		}
	}
	return 0
}
