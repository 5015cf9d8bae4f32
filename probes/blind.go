package probes

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
)

// How the observer looks at its references.
const (
	lookTimeout = 3 * time.Second  // for one connect
	lookFresh   = 10 * time.Second // so long one look serves every sample
)

// observer knows whether this machine has a network: it is blind when most of its references cannot be connected to and
// no public target could be reached meanwhile (F32, F33). References are mostly bare addresses, so one that lost only its own
// resolver still reaches them; where a name did not resolve, it asks for other names as well. It only looks when a sample
// is bad, and without references not at all.
type observer struct {
	references []string
	dial       func(ctx context.Context, network, address string) (net.Conn, error)
	resolve    func(ctx context.Context, host string) ([]string, error)
	gauge      prometheus.Gauge
	tell       func(lost string) // told what is lost, empty for nothing, when that is first found out and when it changes; nil tells nobody
	log        *slog.Logger

	looking sync.Mutex // one look at a time; guards looked of both

	mu       sync.Mutex
	known    bool     // whether anything is lost was found out since the start
	names    []string // that our own resolver is told by
	network  sense
	resolver sense
}

// sense is one thing that can be lost.
type sense struct {
	looked time.Time // when the newest look began; zero means never
	dark   bool      // what it found
	seen   time.Time // when a public target last proved otherwise
}

// saw notes that a public target answered, and whether it was found by its name.
func (o *observer) saw(named bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.network.seen = time.Now()
	o.set(&o.network, false)
	if named {
		o.resolver.seen = o.network.seen
		o.set(&o.resolver, false)
	}
	o.found()
}

// found says what is known now, the first time it is; mu is held.
func (o *observer) found() {
	if o.known {
		return
	}
	o.report()
}

// report says what is lost; mu is held.
func (o *observer) report() {
	o.known = true
	lost := ""
	switch {
	case o.network.dark:
		lost = lostNetwork
	case o.resolver.dark:
		lost = lostResolver
	}
	if o.tell != nil {
		o.tell(lost)
	}
}

// What can be lost.
const (
	lostNetwork  = "most references cannot be reached"
	lostResolver = "our own resolver finds no names"
)

// set notes whether s is dark; mu is held.
func (o *observer) set(s *sense, dark bool) {
	if s.dark == dark {
		return
	}
	s.dark = dark
	switch {
	case dark && s == &o.network:
		o.log.Error("most reference targets cannot be reached: failures of public targets are not counted until they can", "references", len(o.references))
	case dark:
		o.log.Error("our own resolver finds no names: public targets whose name does not resolve are not counted until it does", "names", len(o.names))
	case s == &o.network:
		o.log.Info("the network is back: failures count again")
	default:
		o.log.Info("the resolver is back: names that do not resolve count again")
	}
	o.gauge.Set(0)
	if o.network.dark || o.resolver.dark {
		o.gauge.Set(1)
	}
	o.report()
}

// blind says why a failure of a run that began at start says nothing about its target; empty means that it counts. Callers
// at the same time share one look.
func (o *observer) blind(ctx context.Context, start time.Time, why data.Reason) string {
	if len(o.references) == 0 {
		return ""
	}
	o.looking.Lock()
	defer o.looking.Unlock()
	if o.lost(ctx, &o.network, start, o.look) {
		return lostNetwork
	}
	o.mu.Lock()
	mute := o.resolver.dark // then any failure is an occasion to see whether it is back
	o.mu.Unlock()
	if (why == data.ReasonName || mute) && o.lost(ctx, &o.resolver, start, o.ask) && why == data.ReasonName {
		return lostResolver
	}
	return ""
}

// lost says whether s is dark, by a look that is fresh; looking is held.
func (o *observer) lost(ctx context.Context, s *sense, start time.Time, look func(context.Context) bool) bool {
	if now := time.Now(); s.looked.IsZero() || now.Sub(s.looked) >= lookFresh {
		dark := look(ctx)
		if ctx.Err() != nil {
			return false
		}
		s.looked = now
		o.mu.Lock()
		o.set(s, dark)
		o.found()
		o.mu.Unlock()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.seen.After(start) {
		o.set(s, false)
	}
	return s.dark
}

// look connects to all references at once; most of them failing is dark.
func (o *observer) look(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	reached := make(chan bool, len(o.references))
	for _, address := range o.references {
		go func() {
			conn, err := o.dial(ctx, "tcp", address)
			if err == nil {
				conn.Close()
			}
			reached <- err == nil
		}()
	}
	failed := 0
	for range o.references {
		if !<-reached {
			failed++
		}
	}
	return 2*failed > len(o.references)
}
