package probes

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
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
// no public target could be reached meanwhile (F32, F33). The references are only looked at when a sample is bad.
type observer struct {
	references []string
	dial       func(ctx context.Context, network, address string) (net.Conn, error)
	gauge      prometheus.Gauge
	log        *slog.Logger

	looking sync.Mutex // one look at a time; guards looked
	looked  time.Time  // when the newest look began; zero means never

	mu   sync.Mutex
	dark bool      // what it found
	seen time.Time // when a public target last answered
}

// saw notes that a public target answered.
func (o *observer) saw() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = time.Now()
	o.set(false)
}

// set notes whether it is dark; mu is held.
func (o *observer) set(dark bool) {
	switch {
	case dark && !o.dark:
		o.gauge.Set(1)
		o.log.Error("most reference targets cannot be reached: failures of public targets are not counted until they can", "references", len(o.references))
	case !dark && o.dark:
		o.gauge.Set(0)
		o.log.Info("the network is back: failures count again")
	}
	o.dark = dark
}

// blind says whether a failure of a run that began at start says nothing about its target. Callers at the same time share
// one look.
func (o *observer) blind(ctx context.Context, start time.Time) bool {
	if len(o.references) == 0 {
		return false
	}
	o.looking.Lock()
	defer o.looking.Unlock()
	if now := time.Now(); o.looked.IsZero() || now.Sub(o.looked) >= lookFresh {
		dark := o.look(ctx)
		if ctx.Err() != nil {
			return false
		}
		o.looked = now
		o.mu.Lock()
		o.set(dark)
		o.mu.Unlock()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen.After(start) {
		o.set(false)
	}
	return o.dark
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

// public says whether a target lies beyond our own network, so that losing that network loses sight of it. It goes by
// what is written: loopback and private addresses, and names that only an inside network knows, are not public.
func public(p data.Probe) bool {
	host := ""
	if p.Kind == data.ProbeHTTP {
		if u, err := url.Parse(p.Target); err == nil {
			host = u.Hostname()
		}
	} else if h, _, err := net.SplitHostPort(p.Target); err == nil {
		host = h
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return depth(a) == 0
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, inside := range []string{".localhost", ".local", ".internal", ".home.arpa"} {
		if strings.HasSuffix(host, inside) {
			return false
		}
	}
	return strings.Contains(host, ".")
}
