package probes

import (
	"context"
	"fmt"
	"hash/fnv"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
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
	prober kind.Prober // nil: it is not run from here
	public bool

	sides []*side
	last  time.Time // newest slot
	hangs chan []data.Sample
	mail  chan parcel   // what other places saw
	asked chan struct{} // somebody wants a run at once

	stop context.CancelFunc
	done chan struct{}
}

func (t *task) run(ctx context.Context) {
	defer close(t.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	slot := first(t.probe, t.last, time.Now())
	for {
		wanted := false
		timer.Reset(time.Until(slot))
		select {
		case <-ctx.Done():
			return
		case p := <-t.mail:
			t.hear(p)
			continue
		case <-t.asked:
			if t.prober == nil {
				continue
			}
			wanted, slot = true, t.atOnce(time.Now())
			timer.Reset(time.Until(slot))
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
		case <-timer.C:
		}
		if t.prober == nil { // others look, and we see whether they still do
			t.watchOver(time.Now())
			slot = regular(t.probe, time.Now())
			continue
		}
		began := time.Now()
		samples := t.sample(ctx, slot)
		if ctx.Err() != nil {
			return // what a stop cut off says nothing
		}
		t.discount(ctx, samples, began)
		if ctx.Err() != nil {
			return // a look at the references was cut off
		}
		slot = next(t.probe, slot, time.Now(), t.finish(slot, samples))
		if wanted {
			t.runner.rec.hasten()
		}
	}
}

// atOnce is the next second after the newest slot.
func (t *task) atOnce(now time.Time) time.Time {
	at := now.Truncate(time.Second).Add(time.Second).UTC()
	return later(at, t.last.Add(time.Second))
}

// discount takes their worth from failures of a public target while our own network is down.
func (t *task) discount(ctx context.Context, samples []data.Sample, began time.Time) {
	if !t.public {
		return
	}
	saw := false
	for _, s := range samples {
		if s.Level == data.NoData {
			continue
		}
		if answered(s) {
			saw = true
			continue
		}
		if why := t.runner.eyes.blind(ctx, began, s.Reason); why != "" {
			blindfold(samples, why)
		}
		return
	}
	if saw {
		t.runner.eyes.saw(kind.PublicName(kind.Host(t.probe)) != "")
	}
}

// answered says whether a sample could only be taken over a network that works: something at the other end spoke, well or not.
func answered(s data.Sample) bool {
	switch s.Reason {
	case data.ReasonStatus, data.ReasonBody, data.ReasonAnswer, data.ReasonReported, data.ReasonMaintenance, data.ReasonCertificate:
		return true
	}
	return kind.Right(s)
}

// blindfold makes failures say nothing.
func blindfold(samples []data.Sample, why string) {
	for i, s := range samples {
		if s.Level != data.NoData && !answered(s) {
			samples[i] = data.Sample{Component: s.Component, Steps: s.Steps, Level: data.NoData, Reason: data.ReasonBlind, Detail: why}
		}
	}
}

// finish judges the samples of one run, one for each side, and hands them on. It says whether the next run is in a hurry.
func (t *task) finish(slot time.Time, samples []data.Sample) (hurry bool) {
	for i, s := range t.sides {
		one := samples[i]
		one.Probe, one.Place, one.At, one.Component = s.probe.Name, t.runner.o.Place, slot, ""
		v := s.panel.add(t.runner.o.Place, one)
		t.runner.metrics.sample(s.probe, one)
		t.runner.rec.worries.see(s.probe, one)
		t.settle(s, one, v)
		s.last = slot
		hurry = hurry || v.Hurry
	}
	t.last = slot
	return hurry
}

// settle hands on a sample and what its verdict came to.
func (t *task) settle(s *side, one data.Sample, v Verdict, also ...change) {
	owed := append(also, s.changes(v)...)
	t.runner.rec.add(one, s.outage, owed...)
	down, up := s.panel.odd()
	t.runner.rec.worries.suspect(s.probe, down, up)
	t.say(s, one, v)
}

// hear judges what another place saw. What is not newer than what is known of it was heard before.
func (t *task) hear(p parcel) {
	defer p.taken()
	for _, one := range p.samples {
		for _, s := range t.sides {
			if s.probe.Name == one.Probe && one.At.After(s.panel.view(p.place).last) {
				one.Place = p.place
				t.weigh(s, p.place, one)
			}
		}
	}
}

// weigh judges one sample of another place. One that is old was not seen by others in its time: it cannot open an outage, nor
// end one, and is only gathered for the time in which nobody watched.
func (t *task) weigh(s *side, place string, one data.Sample) {
	old := s.panel.old(one.At, time.Now())
	var owed []change
	if (old || one.At.Before(s.panel.since)) && s.behind.late(place, one, s.probe.Every()) {
		owed = []change{{late: &late{holder: s.mark(time.Time{}, data.NoData, ""), place: place, from: one.At}}}
	}
	if old {
		s.panel.view(place).last = one.At
		t.runner.rec.add(one, "", owed...)
		return
	}
	t.settle(s, one, s.panel.add(place, one), owed...)
	if one.At.Before(s.panel.since) {
		return
	}
	if times := s.behind.bad(place); times != "" {
		t.runner.log.Warn("a place tells late that it saw a target down while nobody judged: that is left to people, see the outage desk",
			"probe", s.probe.Name, "place", place, "times", times)
	}
	t.runner.rec.owe(s.caughtUp(place)...)
}

// watchOver marks a gap where no place has told anything for too long.
func (t *task) watchOver(now time.Time) {
	for _, s := range t.sides {
		if since, silent := s.panel.silent(now); silent {
			t.runner.rec.owe(s.pause(since, "no place has reported")...)
		}
	}
}

// pause marks that nobody watches from at on, and why.
func (t *task) pause(at time.Time, why string) (owed []change) {
	for _, s := range t.sides {
		owed = append(owed, s.pause(at, why)...)
	}
	return owed
}

// first is the slot of the first sample: within ten seconds, for nothing is known.
func first(p data.Probe, last, now time.Time) time.Time {
	spread := min(p.Every(), soon)
	slot := now.Truncate(time.Second).Add(time.Second + time.Duration(hash(p.Name)%uint64(spread/time.Second))*time.Second)
	if !slot.After(last) { // the clock was set back
		return regular(p, last)
	}
	return slot.UTC()
}

// next is the slot after one: the next regular one that is not close upon it, or in a hurry ten seconds later, or as soon
// as the run is over. Slots that a long run missed are left out.
func next(p data.Probe, slot, now time.Time, hurry bool) time.Time {
	gap := min(p.Every(), soon)
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
	every := int64(p.Every() / time.Second)
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
// timeout and no other begins. It returns one sample for each side.
func (t *task) sample(ctx context.Context, slot time.Time) []data.Sample {
	start := time.Now()
	lag := max(0, start.Round(0).Sub(slot))
	t.runner.metrics.lag.Observe(lag.Seconds())
	if lag > maxLag {
		return t.all(starved(lag))
	}
	if t.hangs != nil {
		select {
		case <-t.hangs:
			t.hangs = nil
		default:
			return t.all(kind.Fail(t.probe, data.ReasonTimeout, "the run before has not come back"))
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
		s := kind.Fail(t.probe, data.ReasonTimeout, "the run does not come back")
		s.Latency = deadline
		return t.all(s)
	case <-ctx.Done():
		timer.Reset(grace)
		select { // a prober that obeys comes back
		case <-back:
		case <-timer.C:
			t.hangs = back // the task that takes over knows
		}
		return nil
	}
	if over := time.Since(start) - deadline - grace; over > maxLag {
		return t.all(starved(over))
	}
	return t.each(samples)
}

func starved(lag time.Duration) data.Sample {
	return data.Sample{
		Level: data.NoData, Reason: data.ReasonBlind, Detail: fmt.Sprintf("this machine is %s behind", lag.Round(time.Millisecond)),
	}
}

// all is the same sample for every side.
func (t *task) all(s data.Sample) []data.Sample { return slices.Repeat([]data.Sample{s}, len(t.sides)) }

// each sorts what a prober returned by sides: the worst of each. What says nothing of which side it is about, where there are
// several, is about all of them.
func (t *task) each(samples []data.Sample) []data.Sample {
	out := make([]data.Sample, len(t.sides))
	for i, s := range t.sides {
		var mine []data.Sample
		for _, one := range samples {
			if one.Component == s.probe.Component || one.Component == "" && (len(samples) == 1 || t.probe.Component == s.probe.Component) {
				mine = append(mine, one)
			}
		}
		out[i] = worst(mine)
	}
	return out
}

// safely turns a panic into a sample without data: a fault of ours is no evidence against a target.
func safely(ctx context.Context, p kind.Prober) (samples []data.Sample) {
	defer func() {
		if r := recover(); r != nil {
			samples = []data.Sample{{Level: data.NoData, Reason: data.ReasonPanic, Detail: kind.Clip(fmt.Sprintf("%v at %s", r, origin(debug.Stack())))}}
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

// worst is the sample of one side.
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

// say logs what an operator would act on.
func (t *task) say(of *side, s data.Sample, v Verdict) {
	if !v.Changed {
		return
	}
	log := t.runner.log.With("probe", of.probe.Name, "component", of.probe.Component, "place", s.Place)
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

// halt stops a task and waits until it has.
func (t *task) halt() {
	t.stop()
	<-t.done
}
