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
	"github.com/superoffice/statusd/probes/kind"
)

// Options for New. Store, Log and Registry are needed.
type Options struct {
	Store    data.Store
	Log      *slog.Logger
	Registry prometheus.Registerer

	Zone       *time.Location // that alarms are told in; nil means UTC
	Place      string         // from where this process looks; empty means "local"
	References []string       // host:port in different networks, to tell our own network's failure; none means that is not told
	Flush      time.Duration  // how long good samples wait to be written together; zero means 60 s
	UserAgent  string         // what HTTP targets see; empty means "statusd"
	Disabled   bool           // take no samples; what was held is marked as unwatched
	// Restate is told, in the transaction that writes it, from when on something is known that was not before; nil tells nobody.
	Restate func(tx data.Tx, from, now time.Time) error

	Forward bool // judge for nobody: what is seen is left as parcels in the store, for who takes them elsewhere

	// Compile makes a probe's Prober; nil means kind.Compile with UserAgent.
	Compile func(data.Probe) (kind.Prober, error)
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

	delivered map[data.ParcelKey]bool // parcels that wait to be judged or deleted
	cleared   bool                    // what probes left behind that are there no more has been ended
	unwritten bool                    // a probe waits until the store has what it held before
}

// defaultFlush is how long good samples wait to be written together.
const defaultFlush = time.Minute

// New returns a Runner that has registered its metrics.
func New(o Options) *Runner {
	if o.Place == "" {
		o.Place = data.Here
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Flush <= 0 {
		o.Flush = defaultFlush
	}
	if o.Compile == nil {
		o.Compile = func(p data.Probe) (kind.Prober, error) {
			return kind.Compile(p, kind.Client{UserAgent: o.UserAgent, Beats: beatsIn(o.Store)})
		}
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
		for _, s := range t.sides {
			r.rec.owe(s.caughtUpAll()...) // what was told so far
		}
		r.rec.owe(t.pause(now, "the observer was stopped")...)
		for _, s := range t.sides {
			r.metrics.forget(s.probe)
		}
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
	post := r.o.Store.Watch(ctx, data.ParcelsTable, data.AsksTable)
	var again <-chan time.Time
	applied := false // who judges is known
	deliver := func() {
		if err := r.deliver(ctx, tasks); err != nil && ctx.Err() == nil {
			r.log.Error("reading what other places saw failed; it is tried again with the next", "error", err)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-changes:
			if !ok {
				return
			}
		case _, ok := <-post:
			if !ok {
				return
			}
			if applied {
				deliver()
			}
			continue
		case <-again:
		}
		again = nil
		if err := r.apply(ctx, tasks); err != nil && ctx.Err() == nil {
			r.log.Error("reading the probes failed; it is tried again", "error", err, "retry", retryWait)
			again = time.After(retryWait)
		} else {
			applied = true
			if r.unwritten {
				again = time.After(badWait)
			}
		}
		if applied {
			deliver()
		}
	}
}

// away is the cause of a gap that is only found at the next start.
const away = "the observer was away"

// apply makes tasks what the store says. The first time it also ends what probes hold that are there no more.
func (r *Runner) apply(ctx context.Context, tasks map[string]*task) error {
	probes, sides, past := map[string]data.Probe{}, map[string]data.Probe{}, map[string]held{}
	var left []orphan
	var dead []string
	var faults error       // of single probes; they must not keep the others from running
	owing := r.rec.owing() // asked for before the snapshot, which holds everything else
	err := r.o.Store.View(ctx, func(tx data.Tx) error {
		clear(probes)
		clear(sides)
		clear(past)
		left, faults, r.unwritten = nil, nil, false
		places, err := data.All(tx.Places().Range("", ""))
		if err != nil {
			return err
		}
		for p, err := range tx.Probes().Range("", "") {
			if err != nil {
				return err
			}
			p.Origin = "" // where it is written does not matter
			probes[p.Name] = p
			for _, s := range p.Sides() {
				one := sided(p, s)
				sides[s.Name] = one
				if p.Retired || tasks[p.Name].side(one) != nil {
					continue
				}
				if owing[holderOf(one)] {
					r.unwritten = true
					continue
				}
				h, err := recall(tx, one, r.o.Place)
				if err == nil {
					err = h.elsewhere(tx, one, r.o.Place, places)
				}
				if err != nil {
					faults = errors.Join(faults, fmt.Errorf("recalling probe %s: %w", s.Name, err))
					continue
				}
				past[s.Name] = h
			}
		}
		if err := r.rec.worries.recall(tx); err != nil {
			return err
		}
		if !r.cleared {
			var err error
			left, err = orphans(tx, sides, r.o.Place)
			faults = errors.Join(faults, err)
		}
		if !r.o.Forward {
			dead, err = deadBeats(tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(dead) > 0 {
		faults = errors.Join(faults, r.forgetBeats(ctx))
	}
	r.eyes.watch(maps.Values(probes))
	r.rec.worries.keep(sides)
	now := time.Now().UTC()
	for _, o := range left {
		if owing[holderOf(o.probe)] {
			continue // it was let go of already
		}
		s := newSide(o.probe)
		s.outage, s.behind = o.held.outage, o.held.behind
		s.panel.resume(r.o.Place, o.held.past)
		r.rec.owe(s.pause(later(o.held.watched.Add(o.probe.Every()), o.held.past.since), away)...)
		r.rec.owe(s.letGo(now)...)
	}
	r.cleared = r.cleared || faults == nil
	for name, t := range tasks {
		p, known := probes[name]
		if known && reflect.DeepEqual(t.probe, p) {
			continue
		}
		known = known && !p.Retired
		if known && !t.recalled(p, past) {
			continue // it goes on as it was for so long
		}
		t.halt()
		delete(tasks, name)
		for _, s := range t.sides {
			if one, still := sides[s.probe.Name]; !known || !still || !sameSide(s.probe, one) {
				r.rec.owe(s.letGo(now)...)
				r.metrics.forget(s.probe)
			}
		}
		if known {
			r.replace(ctx, tasks, t, p, past, now)
			continue
		}
		for len(t.mail) > 0 { // nobody judges it any more
			(<-t.mail).taken()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(probes)) {
		p := probes[name]
		if t := tasks[name]; t != nil || p.Retired || !t.recalled(p, past) {
			continue
		}
		t := r.task(p)
		for _, s := range p.Sides() {
			r.take(t, sided(p, s), past[s.Name], now)
		}
		tasks[name] = t
		r.start(ctx, t)
	}
	return faults
}

// replace puts a changed probe to work, which goes on from what its sides came to.
func (r *Runner) replace(ctx context.Context, tasks map[string]*task, old *task, p data.Probe, past map[string]held, now time.Time) {
	t := r.task(p)
	t.last, t.hangs, t.mail = old.last, old.hangs, old.mail
	for _, s := range p.Sides() {
		one := sided(p, s)
		if known := old.side(one); known != nil {
			known.probe = one
			known.panel.every(p.Every())
			t.sides = append(t.sides, known)
			continue
		}
		r.take(t, one, past[s.Name], now)
	}
	tasks[p.Name] = t
	r.start(ctx, t)
}

// take gives a task a side that is not at work yet, and marks the time in which nobody watched it.
func (r *Runner) take(t *task, p data.Probe, h held, now time.Time) {
	s := newSide(p)
	s.behind = h.behind
	t.sides = append(t.sides, s)
	t.last = later(t.last, h.last)
	if h.off {
		s.panel.began(r.o.Place, h.past.since)
		return
	}
	s.outage = h.outage
	s.panel.resume(r.o.Place, h.past)
	for _, place := range slices.Sorted(maps.Keys(h.others)) {
		s.panel.replay(place, h.others[place])
	}
	if until := h.watched.Add(p.Every()); until.Before(now) {
		r.rec.owe(s.pause(until, away)...)
	}
}

func (r *Runner) task(p data.Probe) *task {
	return &task{
		runner: r, probe: p, public: kind.Public(p), mail: make(chan parcel, manyParcels), asked: make(chan struct{}, 1),
		stop: func() {}, done: make(chan struct{}),
	}
}

// start puts a task to work. One whose probe does not compile rests, and is marked as unwatched: configuration was checked
// before, so it comes from another version of the program or its file of issuers has gone. One that only other places run
// waits for what they see.
func (r *Runner) start(ctx context.Context, t *task) {
	if here := len(t.probe.Places) == 0 || slices.Contains(t.probe.Places, r.o.Place); here && !r.o.Disabled {
		var err error
		if t.prober, err = r.o.Compile(t.probe); err == nil && t.prober == nil {
			err = errors.New("there is no prober")
		}
		if err != nil {
			t.prober = nil
			r.log.Error("a probe cannot run here; its component is not watched by it", "probe", t.probe.Name, "error", err)
		}
	}
	if t.prober == nil && !t.heard() {
		r.rec.owe(t.pause(time.Now().UTC(), "the probe cannot run, or is turned off")...)
	}
	run, stop := context.WithCancel(ctx)
	t.stop = stop
	go t.run(run)
}

// heard says whether other places are known to see what the task is about.
func (t *task) heard() bool {
	for _, s := range t.sides {
		if len(s.panel.views) > 1 {
			return true
		}
	}
	return false
}
