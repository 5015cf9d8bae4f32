package probes

import (
	"context"
	"fmt"
	"hash/fnv"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// When a run is given up, and when the observer is.
const (
	grace  = time.Second     // after its deadline, for a prober that is about to answer
	maxLag = 2 * time.Second // a sample that begins or ends so much later than it should says nothing (F32)
)

// task is one probe at work, in a goroutine of its own. Its fields belong to that goroutine until done is closed.
type task struct {
	runner *Runner
	probe  data.Probe
	prober Prober
	public bool

	judge  *Judge
	outage data.OutageKey // the open one; empty means none
	last   time.Time      // newest slot
	hangs  chan []data.Sample

	stop context.CancelFunc
	done chan struct{}
}

func (t *task) run(ctx context.Context) {
	defer close(t.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	slot := first(t.probe, t.last, time.Now())
	for {
		timer.Reset(time.Until(slot))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		began := time.Now()
		s := t.sample(ctx, slot)
		if ctx.Err() != nil {
			return // what a stop cut off says nothing
		}
		switch {
		case !t.public || s.Level == data.NoData:
		case right(s):
			t.runner.eyes.saw(publicName(hostOf(t.probe)) != "")
		default:
			if why := t.runner.eyes.blind(ctx, began, s.Reason); why != "" {
				s = data.Sample{Level: data.NoData, Reason: data.ReasonBlind, Detail: why}
			}
		}
		if ctx.Err() != nil {
			return // a look at the references was cut off
		}
		s.Probe, s.Place, s.At = t.probe.Name, t.runner.o.Place, slot
		slot = next(t.probe, slot, time.Now(), t.finish(s))
	}
}

// finish judges a sample and hands it on. It says whether the next one is in a hurry.
func (t *task) finish(s data.Sample) (hurry bool) {
	v := t.judge.Add(s)
	t.runner.metrics.sample(t.probe, s)
	t.runner.rec.worries.see(t.probe, s)
	owed := t.changes(v)
	t.runner.rec.add(s, t.outage, owed...)
	t.say(s, v)
	t.last = s.At
	return v.Hurry
}

// first is the slot of the first sample: within ten seconds, for nothing is known.
func first(p data.Probe, last, now time.Time) time.Time {
	spread := min(p.Interval, soon)
	slot := now.Truncate(time.Second).Add(time.Second + time.Duration(hash(p.Name)%uint64(spread/time.Second))*time.Second)
	if !slot.After(last) { // the clock was set back
		return regular(p, last)
	}
	return slot.UTC()
}

// next is the slot after one: the next regular one that is not close upon it, or in a hurry ten seconds later, or as soon
// as the run is over. Slots that a long run missed are left out.
func next(p data.Probe, slot, now time.Time, hurry bool) time.Time {
	gap := min(p.Interval, soon)
	if hurry {
		at := slot.Add(gap)
		if at.Before(now) {
			at = now.Truncate(time.Second).Add(time.Second).UTC()
		}
		return at
	}
	at := regular(p, slot.Add(gap-1))
	if at.Before(now) {
		at = regular(p, now)
	}
	return at
}

// regular is the first slot of p after an instant. Slots are an interval apart, counted from 1970, at a second that
// depends on the name, so that probes of the same interval do not fire at once.
func regular(p data.Probe, after time.Time) time.Time {
	every := int64(p.Interval / time.Second)
	shift := int64(hash(p.Name) % uint64(every))
	n := (after.Unix() - shift) / every
	return time.Unix((n+1)*every+shift, 0).UTC()
}

func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// sample runs the prober once, in a goroutine that is given up when it hangs; until that one has returned, every slot is a
// timeout and no other begins.
func (t *task) sample(ctx context.Context, slot time.Time) data.Sample {
	start := time.Now()
	lag := max(0, start.Round(0).Sub(slot))
	t.runner.metrics.lag.Observe(lag.Seconds())
	if lag > maxLag {
		return starved(lag)
	}
	if t.hangs != nil {
		select {
		case <-t.hangs:
			t.hangs = nil
		default:
			return fail(t.probe, data.ReasonTimeout, "the run before has not come back")
		}
	}
	deadline := t.probe.Deadline()
	run, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	back := make(chan []data.Sample, 1)
	go func() { back <- safely(run, t.prober) }()
	timer := time.NewTimer(deadline + grace)
	defer timer.Stop()
	var samples []data.Sample
	select {
	case samples = <-back:
	case <-timer.C:
		t.hangs = back
		s := fail(t.probe, data.ReasonTimeout, "the run does not come back")
		s.Latency = deadline
		samples = []data.Sample{s}
	case <-ctx.Done():
		timer.Reset(grace)
		select { // a prober that obeys comes back
		case <-back:
		case <-timer.C:
			t.hangs = back // the task that takes over knows
		}
		return data.Sample{}
	}
	if over := time.Since(start) - deadline - grace; over > maxLag {
		return starved(over)
	}
	return worst(samples)
}

func starved(lag time.Duration) data.Sample {
	return data.Sample{
		Level: data.NoData, Reason: data.ReasonBlind, Detail: fmt.Sprintf("this machine is %s behind", lag.Round(time.Millisecond)),
	}
}

// safely turns a panic into a sample without data: a fault of ours is no evidence against a target.
func safely(ctx context.Context, p Prober) (samples []data.Sample) {
	defer func() {
		if r := recover(); r != nil {
			samples = []data.Sample{{Level: data.NoData, Reason: data.ReasonPanic, Detail: clip(fmt.Sprintf("%v at %s", r, origin(debug.Stack())))}}
		}
	}()
	return p.Probe(ctx)
}

// origin is where a panic came from: the first line of our own code or a prober's, without paths.
func origin(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") && i+3 < len(lines) {
			file, _, _ := strings.Cut(strings.TrimSpace(lines[i+3]), " ")
			return path.Base(file)
		}
	}
	return "an unknown place"
}

// worst is the sample that a task judges: its probe speaks for one component.
func worst(samples []data.Sample) data.Sample {
	if len(samples) == 0 {
		return data.Sample{Level: data.NoData, Reason: data.ReasonPanic, Detail: "the prober returned no sample"}
	}
	w := samples[0]
	for _, s := range samples[1:] {
		if s.Level > w.Level {
			w = s
		}
	}
	return w
}

// changes is what a verdict owes the store.
func (t *task) changes(v Verdict) []change {
	if !v.Changed {
		return nil
	}
	c := change{mark: t.mark(v.Since, v.Level, string(v.Reason))}
	switch {
	case !v.Opened.IsZero():
		o := data.Outage{
			Component: t.probe.Component, Cohort: t.probe.Cohort, By: t.probe.Name, Started: v.Opened, Aware: v.Opened,
			LastBad: v.LastBad, Reason: string(v.Reason),
		}
		c.open, t.outage = &o, o.Key()
	case !v.Closed.IsZero():
		c.close, c.ended, c.last = t.outage, v.Closed, v.LastBad
		t.outage = ""
	}
	return []change{c}
}

func (t *task) mark(at time.Time, level data.Level, cause string) data.Mark {
	return data.Mark{
		Component: t.probe.Component, Cohort: t.probe.Cohort, Source: data.FromProbe, By: t.probe.Name, At: at, Level: level, Cause: cause,
	}
}

// say logs what an operator would act on.
func (t *task) say(s data.Sample, v Verdict) {
	if !v.Changed {
		return
	}
	log := t.runner.log.With("probe", t.probe.Name, "component", t.probe.Component)
	switch {
	case !v.Opened.IsZero():
		log.Warn("an outage began", "since", v.Opened, "reason", string(s.Reason), "detail", s.Detail)
	case !v.Closed.IsZero():
		log.Info("the outage is over", "ended", v.Closed)
	case s.Reason == data.ReasonPanic:
		log.Error("the prober failed by itself", "detail", s.Detail)
	case v.Level == data.Degraded:
		log.Info("it is degraded", "since", v.Since, "reason", string(v.Reason), "detail", s.Detail)
	default:
		log.Debug("level changed", "level", v.Level.String(), "since", v.Since, "reason", string(v.Reason), "detail", s.Detail)
	}
}

// pause marks that nobody watches from at on, and why, for a probe that held a level.
func (t *task) pause(at time.Time, why string) []change {
	owed := t.changes(t.judge.Gap(at, ""))
	for i := range owed {
		owed[i].mark.Cause = why
	}
	return owed
}

// letGo ends everything the probe holds: its outage ended one interval after its last bad sample, as far as anybody knows.
func (t *task) letGo(at time.Time) []change {
	if t.judge.held == data.NoData && !t.judge.gap {
		return nil // it holds nothing
	}
	var c change
	if t.outage != "" {
		c.close, c.ended, c.last = t.outage, t.judge.lastBad.Add(t.probe.Interval), t.judge.lastBad
		if c.ended.After(at) {
			c.ended = at
		}
		t.outage = ""
	}
	t.judge.stamp(at)
	c.mark = t.mark(t.judge.since, data.NoData, "retired")
	c.mark.Off = true
	return []change{c}
}

// halt stops a task and waits until it has.
func (t *task) halt() {
	t.stop()
	<-t.done
}
