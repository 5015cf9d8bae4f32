package kind

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
)

// transaction asks one step after the other, as a person at work would: with one cookie jar and the values that answers
// before have given. Each run has connections of its own, bounded as those of httpProber, and leaves none behind.
//
//	             ┌──────────────── Probe.Deadline ────────────────┐
//	sign-in ▶ read ▶ write ▶ read back            │ clean-up ▶ …
//	             what follows a failure and needs it is left out  └ its share: 20 %, at most 5 s
//
// The steps of each component make one sample: operational only if all of them were taken and were right, bad if one was
// wrong, unknown if one could not be tried. Clean-ups (ProbeStep.Always) come last, whatever failed and also at a stop; how they
// went stands among the StepRuns, and counts for nobody. Every sample has all StepRuns, since the reason why a side was not
// reached is often another's.
type transaction struct {
	probe    data.Probe
	steps    []step
	secrets  map[string]string
	agent    string
	resolver *net.Resolver
	roots    *x509.CertPool
	broken   string // why it cannot run; empty means that it can
}

var _ Prober = (*transaction)(nil)

func newTransaction(p data.Probe, c Client, roots *x509.CertPool) Prober {
	t := &transaction{probe: p, agent: c.UserAgent, resolver: c.Resolver, roots: roots}
	var err error
	if t.steps, err = compileSteps(p); err == nil {
		t.secrets, err = secrets(p.Secrets)
	}
	if err != nil { // Check has found nothing, so a file has changed since
		t.broken = "a secret could not be read: change the probe, or start again"
	}
	return t
}

// Clean-ups have this share of the time, at most so much.
const (
	tidyShare = 5 // 1/5
	tidyMost  = 5 * time.Second
)

// Probe implements Prober.
func (t *transaction) Probe(ctx context.Context) []data.Sample {
	if t.broken != "" {
		return []data.Sample{{Level: data.NoData, Reason: data.ReasonForbidden, Detail: t.broken}}
	}
	w := t.walk(ctx)
	defer w.close()
	asking, cancel := context.WithDeadline(ctx, w.until.Add(-w.reserve))
	for i, s := range t.steps {
		if !s.Always {
			w.take(asking, i)
		}
	}
	cancel()
	w.tidy(ctx)
	return w.samples()
}

// walk is one run of a transaction. It belongs to one goroutine; the transport dials in others.
type walk struct {
	t       *transaction
	client  http.Client
	close   func()
	until   time.Time     // end of everything
	reserve time.Duration // kept for clean-ups
	vars    map[string]any
	now     int // the step that is being taken
	went    []went
	tried   bool // something was asked
	dialled dialled
}

// went is how a step went.
type went struct {
	data.StepRun
	taken   bool // it was asked
	phases  data.Phases
	expires time.Time
}

func (t *transaction) walk(ctx context.Context) *walk {
	start := time.Now()
	until, ok := ctx.Deadline()
	if !ok {
		until = start.Add(t.probe.Deadline())
	}
	w := &walk{t: t, until: until, went: make([]went, len(t.steps)), vars: map[string]any{
		builtinRun: data.NewID(), builtinNow: int(start.UnixMilli()),
	}}
	if slices.ContainsFunc(t.steps, func(s step) bool { return s.Always }) {
		w.reserve = min(tidyMost, t.probe.Deadline()/tidyShare)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no error to give
	}
	dialer := net.Dialer{Resolver: t.resolver, ControlContext: control}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := ctx.Value(runKey{}).(*httpRun).dial(&dialer, network, address)
			if err == nil {
				w.dialled.add(address, remote(conn.RemoteAddr()))
			}
			return conn, err
		},
		TLSClientConfig:        &tls.Config{RootCAs: t.roots},
		TLSHandshakeTimeout:    t.probe.Deadline(),
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		WriteBufferSize:        1024,
	}
	w.close = transport.CloseIdleConnections
	w.client = http.Client{Jar: jar, CheckRedirect: w.redirect, Transport: transport}
	return w
}

// take takes one step, unless something that it needs is missing.
func (w *walk) take(ctx context.Context, i int) {
	s := w.t.steps[i]
	run := &w.went[i]
	run.Name = s.Name
	leave := func(detail string) {
		run.Level, run.Reason, run.Detail = data.NoData, data.ReasonNotReached, Clip(detail)
	}
	for _, n := range s.needs {
		if before := w.went[n]; !before.right() {
			leave(fmt.Sprintf("the step %s went wrong or was left out", before.Name))
			return
		}
	}
	for _, name := range s.names {
		if _, known := w.vars[name]; !known {
			leave(fmt.Sprintf("there is no value for %s", name))
			return
		}
	}
	if ctx.Err() != nil {
		leave("no time was left for it")
		return
	}
	w.now, w.tried = i, true
	sample := w.ask(ctx, s)
	if s.Slow > 0 {
		sample = late(data.Probe{Slow: s.Slow}, sample)
	}
	run.taken = true
	run.Level, run.Reason, run.Detail, run.Code, run.Latency = sample.Level, sample.Reason, sample.Detail, sample.Code, sample.Latency
	run.phases, run.expires = sample.Phases, sample.Expires
	if s.Always && run.Level != data.Operational {
		run.Level = data.Degraded // it is to be seen, and no outage
	}
}

// right says whether others may build on the step.
func (r went) right() bool {
	return r.Level == data.Operational || r.Level == data.Degraded && r.Reason == data.ReasonSlow
}

// tidy takes the clean-ups, each with its part of the time that is left. A stop leaves them what is kept for them.
func (w *walk) tidy(ctx context.Context) {
	var list []int
	for i, s := range w.t.steps {
		if s.Always {
			list = append(list, i)
		}
	}
	end := time.Now().Add(w.reserve)
	if ctx.Err() == nil && w.until.After(end) {
		end = w.until
	}
	for n, i := range list {
		if !w.tried {
			w.went[i].StepRun = data.StepRun{Name: w.t.steps[i].Name, Reason: data.ReasonNotReached, Detail: "nothing was asked, so there is nothing to clean up"}
			continue
		}
		share := time.Until(end) / time.Duration(len(list)-n)
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), share)
		w.take(own, i)
		cancel()
	}
}

// value is what stands for a name in a request.
func (w *walk) value(name string) string {
	if s, secret := w.t.secrets[name]; secret {
		return s
	}
	text, _ := plain(w.vars[name])
	return text
}

// plain is a value as it stands in a request; false where it cannot.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, v != "" && len(v) <= maxCaptured
	case int:
		return strconv.Itoa(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// maxCaptured is the longest text that is captured: tokens may be long.
const maxCaptured = 16 << 10

// samples is one for each side, in their order.
func (w *walk) samples() []data.Sample {
	steps := make([]data.StepRun, len(w.went))
	for i, r := range w.went {
		steps[i] = r.StepRun
	}
	var out []data.Sample
	for _, side := range w.t.probe.Sides() {
		s := data.Sample{Component: side.Component, Steps: steps}
		var missing *went
		for i := range w.went {
			r := &w.went[i]
			if def := w.t.steps[i]; def.Always || w.t.probe.Side(def.Component) != side {
				continue
			}
			if !r.taken {
				if missing == nil {
					missing = r
				}
				continue
			}
			s.Latency += r.Latency
			s.Phases = sum(s.Phases, r.phases)
			if !r.expires.IsZero() && (s.Expires.IsZero() || r.expires.Before(s.Expires)) {
				s.Expires = r.expires
			}
			if r.Level > s.Level || r.Level == data.Operational && s.Level == data.Operational {
				s.Level, s.Reason, s.Code = r.Level, r.Reason, r.Code
				if s.Detail = ""; r.Detail != "" {
					s.Detail = Clip(r.Name + ": " + r.Detail)
				}
			}
		}
		if missing != nil && !s.Level.Bad() && (s.Level != data.Degraded || s.Reason == data.ReasonSlow) {
			s.Level, s.Reason, s.Detail, s.Code = data.NoData, missing.Reason, Clip(missing.Name+": "+missing.Detail), 0
		}
		out = append(out, late(w.t.probe, s))
	}
	return out
}

func sum(a, b data.Phases) data.Phases {
	return data.Phases{
		Resolve: a.Resolve + b.Resolve, Connect: a.Connect + b.Connect, TLS: a.TLS + b.TLS,
		Processing: a.Processing + b.Processing, Transfer: a.Transfer + b.Transfer,
	}
}

// arrive notes that a connection stands, and where the first one leads.
func (r *httpRun) arrive(a netip.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = asking
	if !r.first.IsValid() {
		r.first = a
	}
}
