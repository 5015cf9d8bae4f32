package probes

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// The judge's numbers.
const (
	window = 5                // samples that vote
	votes  = 3                // of them decide that it is worse
	goods  = 2                // good ones in a row decide that it is better
	soon   = 10 * time.Second // distance of samples while it is undecided

	flaps    = 3         // outages that ended within flapSpan: it is flapping
	flapSpan = time.Hour // counted back from the end of the newest
	calm     = 10        // operational ones in a row end that
)

// Judge turns the samples of one probe into a level, and into outages. It is pure: no clock, no store. It is not safe for
// use by several goroutines.
//
//	                 first good                    3 of the last 5 degraded or worse
//	    ┌─ NoData ──────────────▶ Operational ◀──────────────────────────────────▶ Degraded
//	    │    ▲ │                     │    ▲             2 operational in a row       │  ▲
//	gap │    │ │ 3 of the last 5 bad │    │ 2 good in a row                          │  │ 2 degraded in a row
//	    │    │ │                     ▼    │                                          ▼  │
//	    └────┘ └────────────────▶  an outage goes on  ◀─────────────────────────────────┘
//
// A bad sample is a partial or major outage; a good one is operational or degraded. Degraded samples never open an outage
// and never keep one open. Samples without data do not vote.
//
// One without data because a step before it failed (not_reached) is not blind: somebody looked and could not get so far. One or two
// say nothing; 3 of the last 5 samples make the level NoData, from the first of them on, until the next decision.
//
//   - An outage starts at the first bad of the samples that opened it and ends at the first good one of those that closed it;
//     what closed one outage is all that is left to vote on the next.
//   - Nothing is decided by the first samples of all, if they are bad: one good one is enough for a level, an outage takes three.
//   - One that has ended its third outage within an hour is flapping: it stays Degraded until ten operational samples in a
//     row. Its outages are what they are; only the level comes to rest.
//   - A gap in watching makes the level NoData until the next decision. Down before and after it is down; if it is good
//     after it, the outage ended one interval after its last bad sample. Votes older than five intervals have lapsed.
type Judge struct {
	interval time.Duration

	held    data.Level // what the samples came to; NoData before the first decision
	gap     bool       // nobody watches, or nothing is decided since; the mark says NoData
	since   time.Time  // of the newest mark
	recent  []point    // the votes, oldest first
	lastBad time.Time
	latest  []point // the last five that were good, bad or not reached, oldest first; those not reached have no data
	unseen  bool    // a gap followed the last bad sample
	reason  data.Reason
	ended   []time.Time // of outages within flapSpan
	flaps   bool        // it is Degraded because it fails again and again
	calm    int         // operational samples in a row
}

type point struct {
	at    time.Time
	level data.Level
}

// Verdict is what one more sample came to.
type Verdict struct {
	Level   data.Level  // NoData while nothing is decided, or nobody watches
	Since   time.Time   // from when Level holds; zero while nothing was ever decided
	Changed bool        // Level or Since is new: a mark is due
	Opened  time.Time   // not zero: with this sample an outage opened, which started then; so long have we been aware
	Closed  time.Time   // not zero: with this sample the outage closed, which ended then
	LastBad time.Time   // the newest bad sample; zero means there was none
	Reason  data.Reason // why Level is what it is; empty when it is good
	Hurry   bool        // undecided: the next sample is due in 10 s
}

// NewJudge returns a judge of samples that come every interval, who has seen none.
func NewJudge(interval time.Duration) *Judge { return &Judge{interval: interval} }

// past is what a judge can know of the time before it sat.
type past struct {
	level   data.Level // last decided
	since   time.Time  // of the newest mark
	gap     bool       // that mark says NoData
	lastBad time.Time
	reason  data.Reason
	samples []data.Sample // since the last outage that ended, oldest first
	ended   []time.Time   // ends of its last outages, oldest first
}

func (j *Judge) resume(p past) {
	j.held, j.since, j.gap, j.lastBad, j.reason, j.ended = p.level, p.since, p.gap, p.lastBad, p.reason, p.ended
	j.flaps = p.level == data.Degraded && p.reason == data.ReasonFlapping
	for _, s := range p.samples {
		j.follow(s)
		if s.Level != data.NoData {
			j.vote(s)
		}
	}
	j.unseen = p.gap && j.held.Bad() && !j.lastGood(1)
}

// Add takes the next sample; samples come in the order of their slots.
func (j *Judge) Add(s data.Sample) Verdict {
	j.follow(s)
	switch {
	case s.Reason == data.ReasonNotReached && s.Level == data.NoData:
		return j.miss(s)
	case s.Level == data.NoData:
		return j.Gap(s.At, s.Reason)
	}
	out := j.held.Bad()
	if !out {
		j.lapse(s.At)
	}
	j.vote(s)
	var v Verdict
	switch {
	case out && j.lastGood(goods):
		first := j.recent[len(j.recent)-goods]
		j.recent = slices.Clone(j.recent[len(j.recent)-goods:])
		v.Closed = first.at
		if cut := j.lastBad.Add(j.interval); j.unseen && cut.Before(first.at) {
			v.Closed = cut
		}
		level := data.Operational
		flapping := j.flapping(v.Closed)
		if flapping || j.all(goods, data.Degraded) {
			level = data.Degraded
		}
		j.decide(&v, level, s, func(p point) bool { return !p.level.Bad() })
		j.flaps = flapping
	case out && s.Bad() && j.gap: // down before and after a gap is down
		j.decide(&v, s.Level, s, nil)
	case out: // it goes on, or one good sample says that it may be over
	case j.count(data.PartialOutage, time.Time{}) >= votes:
		worst := data.NoData
		for _, p := range j.recent {
			if p.level.Bad() && v.Opened.IsZero() {
				v.Opened = p.at
			}
			worst = max(worst, p.level)
		}
		j.decide(&v, worst, s, func(p point) bool { return p.level.Bad() })
		j.flaps = false
	case s.Bad(): // not enough
	case j.held == data.NoData:
		j.decide(&v, s.Level, s, nil)
	case j.held == data.Operational && j.count(data.Degraded, j.since) >= votes:
		j.decide(&v, data.Degraded, s, func(p point) bool { return p.level >= data.Degraded })
	case j.held == data.Degraded && j.flaps && j.calm >= calm:
		j.flaps = false
		j.decide(&v, data.Operational, s, nil)
	case j.held == data.Degraded && !j.flaps && j.all(goods, data.Operational):
		n := len(j.recent) - goods
		j.decide(&v, data.Operational, s, func(p point) bool { return !p.at.Before(j.recent[n].at) })
	case j.gap: // as before
		j.decide(&v, j.held, s, nil)
	}
	return j.say(v)
}

// Gap says that nobody watches from at on, and why.
func (j *Judge) Gap(at time.Time, why data.Reason) Verdict {
	var v Verdict
	if !j.lastGood(1) {
		j.unseen = true
	}
	if j.held != data.NoData && !j.gap {
		j.gap, v.Changed = true, true
		j.stamp(at)
	}
	v = j.say(v)
	v.Reason = why
	return v
}

// miss takes a sample that did not get as far as what is judged.
func (j *Judge) miss(s data.Sample) Verdict {
	missed, first, known := 0, s.At, later(j.since, j.lastBad)
	for _, p := range slices.Backward(j.latest) {
		if p.level == data.NoData {
			missed++
			if p.at.After(known) {
				first = p.at
			}
		}
	}
	if missed < votes {
		return j.say(Verdict{})
	}
	return j.Gap(first, s.Reason)
}

// follow keeps a sample among the last five of those that say something of the target: also, that it was not reached. They lapse as
// votes do.
func (j *Judge) follow(s data.Sample) {
	if s.Level == data.NoData && s.Reason != data.ReasonNotReached {
		return
	}
	j.latest = slices.DeleteFunc(j.latest, func(p point) bool { return p.at.Before(s.At.Add(-window * j.interval)) })
	if j.latest = append(j.latest, point{s.At, s.Level}); len(j.latest) > window {
		j.latest = slices.Delete(j.latest, 0, len(j.latest)-window)
	}
}

// vote takes a sample into the last five.
func (j *Judge) vote(s data.Sample) {
	if j.recent = append(j.recent, point{s.At, s.Level}); len(j.recent) > window {
		j.recent = slices.Delete(j.recent, 0, len(j.recent)-window)
	}
	j.calm++
	if s.Level != data.Operational {
		j.calm = 0
	}
	if s.Bad() {
		j.lastBad, j.unseen = s.At, false
		j.reason = s.Reason
	}
}

// flapping notes the end of an outage and says whether that was one too many.
func (j *Judge) flapping(ended time.Time) bool {
	j.ended = slices.DeleteFunc(append(j.ended, ended), func(t time.Time) bool { return t.Before(ended.Add(-flapSpan)) })
	return len(j.ended) >= flaps
}

// lapse takes the vote from samples that a gap has made too old. If none is left, what was held before it is gone too.
func (j *Judge) lapse(now time.Time) {
	j.recent = slices.DeleteFunc(j.recent, func(p point) bool { return p.at.Before(now.Add(-window * j.interval)) })
	if len(j.recent) == 0 && j.gap {
		j.held, j.flaps = data.NoData, false
	}
}

// decide makes level the one held, from the first vote that speaks for it and is younger than the newest mark; nil means
// from the sample itself.
func (j *Judge) decide(v *Verdict, level data.Level, s data.Sample, speaks func(point) bool) {
	at := s.At
	if speaks != nil {
		for _, p := range j.recent {
			if speaks(p) && p.at.After(j.since) {
				at = p.at
				break
			}
		}
	}
	j.held, j.gap, v.Changed = level, false, true
	switch {
	case level == data.Operational:
		j.reason = ""
	case level == s.Level:
		j.reason = s.Reason
	}
	j.stamp(at)
}

// stamp dates the newest mark; marks of one holder never share an instant.
func (j *Judge) stamp(at time.Time) {
	if !j.since.IsZero() && !at.After(j.since) {
		at = j.since.Add(time.Second)
	}
	j.since = at
}

func (j *Judge) say(v Verdict) Verdict {
	v.Since, v.LastBad, v.Hurry = j.since, j.lastBad, j.undecided()
	if !j.gap {
		v.Level = j.held
	}
	switch {
	case v.Level == data.Degraded && j.flaps:
		v.Reason = data.ReasonFlapping
	case v.Level != data.Operational && v.Level != data.NoData:
		v.Reason = j.reason
	}
	return v
}

// undecided says whether two more samples like the worst of the last three, or one more good one during an outage, would
// decide something. A target that is only slow is not worth more load.
func (j *Judge) undecided() bool {
	if j.held.Bad() {
		return j.lastGood(1)
	}
	last := j.recent[max(0, len(j.recent)-votes):]
	return slices.ContainsFunc(last, func(p point) bool { return p.level.Bad() })
}

// count is how many votes not older than from are at least so bad.
func (j *Judge) count(level data.Level, from time.Time) (n int) {
	for _, p := range j.recent {
		if p.level >= level && !p.at.Before(from) {
			n++
		}
	}
	return n
}

// lastGood says whether the last n samples were good; it takes n of them.
func (j *Judge) lastGood(n int) bool {
	return len(j.recent) >= n && !slices.ContainsFunc(j.recent[len(j.recent)-n:], func(p point) bool { return p.level.Bad() })
}

// all says whether the last n samples were of this level.
func (j *Judge) all(n int, level data.Level) bool {
	return len(j.recent) >= n && !slices.ContainsFunc(j.recent[len(j.recent)-n:], func(p point) bool { return p.level != level })
}
