package probes

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
)

// Options for New. Store, Log and Registry are needed.
type Options struct {
	Store    data.Store
	Log      *slog.Logger
	Registry prometheus.Registerer

	Place      string        // from where this process looks; empty means "local"
	References []string      // host:port in different networks, to tell our own network's failure; none means that is not told
	Flush      time.Duration // how long good samples wait to be written together; zero means 60 s
	UserAgent  string        // what HTTP targets see; empty means "statusd"
	Disabled   bool          // take no samples; what was held is marked as unwatched

	// Compile makes a probe's Prober; nil means Compile of this package with UserAgent.
	Compile func(data.Probe) (Prober, error)
	// Dial connects to References; nil means a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolve finds the addresses of a host, to tell our own resolver's failure; nil means the system's resolver.
	Resolve func(ctx context.Context, host string) ([]string, error)
}

// Runner keeps every probe of the store sampled and judged. Make one with New and call Run once.
type Runner struct {
	o       Options
	log     *slog.Logger
	metrics *metrics
	eyes    *observer
	rec     *recorder
	cleared bool // what probes left behind that are there no more has been ended
}

// defaultFlush is how long good samples wait to be written together.
const defaultFlush = time.Minute

// New returns a Runner that has registered its metrics.
func New(o Options) *Runner {
	if o.Place == "" {
		o.Place = "local"
	}
	if o.Flush <= 0 {
		o.Flush = defaultFlush
	}
	if o.Compile == nil {
		o.Compile = func(p data.Probe) (Prober, error) { return Compile(p, Client{UserAgent: o.UserAgent}) }
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Resolve == nil {
		o.Resolve = net.DefaultResolver.LookupHost
	}
	m, log := newMetrics(o.Registry), o.Log.With("part", "probes")
	rec := newRecorder(o, log, m)
	return &Runner{
		o: o, log: log, metrics: m, rec: rec,
		eyes: &observer{references: o.References, dial: o.Dial, resolve: o.Resolve, gauge: m.blind, tell: rec.worries.lose, log: log},
	}
}

// Run follows the probes of the store until ctx ends, then writes what waits and returns nil. Of all processes that look
// from the same place, one does so at a time.
func (r *Runner) Run(ctx context.Context) error {
	err := r.o.Store.Exclusive(ctx, "probes "+r.o.Place, r.run)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// lastWrite is how long the writing at a stop may take.
const lastWrite = 5 * time.Second

func (r *Runner) run(ctx context.Context) error {
	switch {
	case r.o.Disabled:
		r.log.Warn("probes are turned off: every level is unknown until they are turned on")
	case len(r.o.References) == 0:
		r.log.Warn("no reference targets are configured: a failure of our own network will look like an outage of every target")
	}
	if r.o.Disabled || len(r.o.References) == 0 {
		r.rec.worries.lose("") // nobody looks, so nobody will say it later
	}
	recording, stopRecording := context.WithCancel(ctx)
	var recorded sync.WaitGroup
	recorded.Go(func() { r.rec.run(recording) })
	tasks := map[string]*task{}

	r.follow(ctx, tasks)

	for _, t := range tasks {
		t.stop()
	}
	now := time.Now().UTC()
	for _, name := range slices.Sorted(maps.Keys(tasks)) {
		t := tasks[name]
		<-t.done
		r.rec.owe(t.pause(now, "the observer was stopped")...)
		r.metrics.forget(t.probe)
	}
	stopRecording()
	recorded.Wait()
	final, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	if err := r.rec.write(final, true); err != nil {
		return fmt.Errorf("writing the last samples: %w", err)
	}
	return nil
}

// follow starts, changes and stops tasks as the table of probes says, until ctx ends or the store closes.
func (r *Runner) follow(ctx context.Context, tasks map[string]*task) {
	changes := r.o.Store.Watch(ctx, data.ProbesTable)
	var again <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-changes:
			if !ok {
				return
			}
		case <-again:
		}
		again = nil
		if err := r.apply(ctx, tasks); err != nil && ctx.Err() == nil {
			r.log.Error("reading the probes failed; it is tried again", "error", err, "retry", retryWait)
			again = time.After(retryWait)
		}
	}
}

// away is the cause of a gap that is only found at the next start.
const away = "the observer was away"

// apply makes tasks what the store says. The first time it also ends what probes hold that are there no more.
func (r *Runner) apply(ctx context.Context, tasks map[string]*task) error {
	probes, past := map[string]data.Probe{}, map[string]held{}
	var left []orphan
	var faults error // of single probes; they must not keep the others from running
	err := r.o.Store.View(ctx, func(tx data.Tx) error {
		clear(probes)
		clear(past)
		left, faults = nil, nil
		for p, err := range tx.Probes().Range("", "") {
			if err != nil {
				return err
			}
			p.Origin = "" // where it is written does not matter
			probes[p.Name] = p
			if t, runs := tasks[p.Name]; p.Retired || runs && sameSide(t.probe, p) {
				continue
			}
			h, err := recall(tx, p, r.o.Place)
			if err != nil {
				faults = errors.Join(faults, fmt.Errorf("recalling probe %s: %w", p.Name, err))
				continue
			}
			past[p.Name] = h
		}
		if err := r.rec.worries.recall(tx); err != nil {
			return err
		}
		if !r.cleared {
			var err error
			left, err = orphans(tx, probes, r.o.Place)
			faults = errors.Join(faults, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.eyes.watch(maps.Values(probes))
	r.rec.worries.keep(probes)
	now := time.Now().UTC()
	for _, o := range left {
		t := r.task(o.probe)
		t.outage = o.held.outage
		t.judge.resume(o.held.past)
		r.rec.owe(t.pause(later(o.held.watched.Add(o.probe.Interval), o.held.past.since), away)...)
		r.rec.owe(t.letGo(now)...)
	}
	r.cleared = r.cleared || faults == nil
	for name, t := range tasks {
		p, known := probes[name]
		if known && reflect.DeepEqual(t.probe, p) {
			continue
		}
		t.halt()
		if !known || p.Retired || !sameSide(t.probe, p) {
			r.rec.owe(t.letGo(now)...)
			r.metrics.forget(t.probe)
			delete(tasks, name)
			continue
		}
		changed := r.task(p)
		changed.judge, changed.outage, changed.last, changed.hangs = t.judge, t.outage, t.last, t.hangs
		changed.judge.interval = p.Interval
		tasks[name] = changed
		r.start(ctx, changed)
	}
	for _, name := range slices.Sorted(maps.Keys(past)) {
		tasks[name] = r.take(probes[name], past[name], now)
		r.start(ctx, tasks[name])
	}
	return faults
}

// sameSide says whether two versions of a probe speak for the same component and cohort, so that what one saw goes for
// the other.
func sameSide(a, b data.Probe) bool { return a.Component == b.Component && a.Cohort == b.Cohort }

// take makes the task of a probe that is not at work yet, and marks the time in which nobody watched it.
func (r *Runner) take(p data.Probe, h held, now time.Time) *task {
	t := r.task(p)
	t.last = h.last
	if h.off {
		t.judge.since = h.past.since
		return t
	}
	t.outage = h.outage
	t.judge.resume(h.past)
	if until := h.watched.Add(p.Interval); until.Before(now) {
		r.rec.owe(t.pause(until, away)...)
	}
	return t
}

func (r *Runner) task(p data.Probe) *task {
	return &task{runner: r, probe: p, public: public(p), judge: NewJudge(p.Interval), stop: func() {}, done: make(chan struct{})}
}

// start puts a task to work. One whose probe does not compile rests, and is marked as unwatched: configuration was checked
// before, so it comes from another version of the program or its file of issuers has gone.
func (r *Runner) start(ctx context.Context, t *task) {
	var err error
	if t.prober, err = r.o.Compile(t.probe); err == nil && t.prober == nil {
		err = errors.New("there is no prober")
	}
	if err != nil {
		r.log.Error("a probe cannot run; its component is not watched by it", "probe", t.probe.Name, "error", err)
	}
	if err != nil || r.o.Disabled {
		r.rec.owe(t.pause(time.Now().UTC(), "the probe cannot run, or is turned off")...)
		close(t.done)
		return
	}
	run, stop := context.WithCancel(ctx)
	t.stop = stop
	go t.run(run)
}
