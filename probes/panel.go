package probes

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

const stalest = data.Stalest

// panel makes one verdict of what several places see (F35, U6). It is pure, like Judge, and not safe for use by several
// goroutines.
//
// Each place has a Judge of its own. Those that see something and whose newest sample is fresh vote: what more than half of
// them say is the level. Where exactly half say that it is down, they disagree, and the level is unknown. So with one place
// the panel is its judge; with two, both must say down; with three, two of them.
//
//   - An outage starts when a majority had it, by the starts that their judges found, and ends when a majority had it no more.
//   - A disagreement is one once everybody who votes has spoken since: until then the others may be about to see it too.
//   - An outage that goes over into disagreement ended where that began if it turns out good, and goes on if it does not.
//   - A sample that comes late, because its place was cut off, does not vote: others did not see it in its time (fill.go).
//   - Votes count from when the number of those who vote last changed: a place that falls silent does not change the past.
type panel struct {
	interval time.Duration
	views    map[string]*view

	held    data.Level // what they came to
	gap     bool       // the newest mark says NoData
	since   time.Time  // of the newest mark
	lastBad time.Time
	cut     time.Time // where the outage ended if it turns out good after a gap; zero if it has not been lost sight of
	reason  data.Reason
	newest  time.Time // of all samples that saw anything
	quorum  int       // how many voted last
	moved   time.Time // when that last changed
	dark    time.Time // since when nobody saw anything, the last time; older samples vote no more
	doubted time.Time // since when they disagree, while some have not spoken since; zero if they do not
}

// view is what one place says.
type view struct {
	judge *Judge
	seen  time.Time // newest sample that saw anything
	last  time.Time // newest sample
	level data.Level
	since time.Time // from when it is as bad, or as good, as it is
	mark  time.Time // from when its judge said so; later than since where nobody watched meanwhile
}

func newPanel(interval time.Duration) *panel {
	return &panel{interval: interval, views: map[string]*view{}}
}

// view returns what a place says, which is nothing if it was never heard.
func (p *panel) view(place string) *view {
	v := p.views[place]
	if v == nil {
		v = &view{judge: NewJudge(p.interval)}
		p.views[place] = v
	}
	return v
}

// resume takes over what was held when this was last written, as seen from the one place that knows.
func (p *panel) resume(place string, was past) {
	p.held, p.since, p.gap, p.lastBad, p.reason = was.level, was.since, was.gap, was.lastBad, was.reason
	if p.gap && p.held.Bad() {
		p.cut = p.lastBad.Add(p.interval)
	}
	v := p.view(place)
	v.judge.resume(was)
	v.level, v.since, v.mark = v.judge.say(Verdict{}).Level, was.since, was.since
	for _, s := range was.samples {
		v.take(s)
		p.newest = later(p.newest, v.seen)
	}
}

// began notes the newest mark of a side that holds nothing.
func (p *panel) began(place string, since time.Time) {
	p.since = since
	p.view(place).judge.since = since
}

// every changes the interval.
func (p *panel) every(interval time.Duration) {
	p.interval = interval
	for _, v := range p.views {
		v.judge.interval = interval
	}
}

// replay tells what another place said before, oldest first, without a verdict.
func (p *panel) replay(place string, samples []data.Sample) {
	v := p.view(place)
	for _, s := range samples {
		v.add(s)
		p.newest = later(p.newest, v.seen)
	}
	p.quorum = len(p.voting())
}

// old says whether a sample is too old to vote: by the clock, or because something much newer is known.
func (p *panel) old(at, now time.Time) bool {
	return now.Sub(at) > p.fresh() || p.newest.Sub(at) > p.fresh()
}

// add takes the next sample of a place; those of one place come in the order of their slots. The verdict's Hurry is about
// that place alone.
func (p *panel) add(place string, s data.Sample) Verdict {
	v := p.view(place)
	one := v.add(s)
	p.newest = later(p.newest, v.seen)
	if len(p.views) == 1 {
		p.mirror(v.judge)
		return one
	}
	out := p.weigh(s.At, s.Reason, v.judge.lastBad)
	out.Hurry = one.Hurry
	return out
}

// lose says that nobody watches from at on, and why.
func (p *panel) lose(at time.Time, why data.Reason) Verdict {
	var out Verdict
	p.dark = at
	for _, v := range p.views {
		out = v.judge.Gap(at, why)
		v.level = data.NoData
	}
	if len(p.views) == 1 {
		for _, v := range p.views {
			p.mirror(v.judge)
		}
		return out
	}
	return p.weigh(at, why, time.Time{})
}

// silent says whether nothing has come from anywhere for so long that nobody watches, and since when.
func (p *panel) silent(now time.Time) (since time.Time, yes bool) {
	if p.newest.IsZero() || p.gap || p.held == data.NoData || now.Sub(p.newest) <= p.fresh() {
		return time.Time{}, false
	}
	return p.newest.Add(p.interval), true
}

// odd lists the places that say it is down while it is not, sorted, and how many say it is not.
func (p *panel) odd() (down []string, up int) {
	if !p.gap && p.held.Bad() {
		return nil, 0
	}
	for _, name := range slices.Sorted(maps.Keys(p.views)) {
		v := p.views[name]
		switch {
		case !p.votes(v):
		case v.level.Bad():
			down = append(down, name)
		default:
			up++
		}
	}
	return down, up
}

func (v *view) add(s data.Sample) Verdict {
	out := v.judge.Add(s)
	v.take(s)
	bad := v.level.Bad()
	if v.level = out.Level; out.Changed {
		v.mark = out.Since
	}
	switch {
	case !out.Opened.IsZero():
		v.since = out.Opened
	case !out.Closed.IsZero():
		v.since = out.Closed
	case out.Changed && (out.Level.Bad() != bad || v.since.IsZero()):
		v.since = out.Since
	}
	return out
}

func (v *view) take(s data.Sample) {
	v.last = s.At
	if s.Level != data.NoData {
		v.seen = s.At
	}
}

func (p *panel) fresh() time.Duration { return data.FreshFor(p.interval) }

func (p *panel) votes(v *view) bool {
	return v.level != data.NoData && p.newest.Sub(v.seen) <= p.fresh() && !v.seen.Before(p.dark)
}

func (p *panel) voting() (out []*view) {
	for _, v := range p.views {
		if p.votes(v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *view) int { return cmp.Compare(b.level, a.level) }) // worst first
	return out
}

// mirror keeps what one judge says as what all say, while there is only that one.
func (p *panel) mirror(j *Judge) {
	p.held, p.gap, p.since, p.lastBad = j.held, j.gap, j.since, j.lastBad
	p.reason = j.say(Verdict{}).Reason
	p.cut = time.Time{}
	if j.held.Bad() && j.unseen {
		p.cut = j.lastBad.Add(p.interval)
	}
	p.quorum = len(p.voting())
}

// weigh counts the votes after what was heard at an instant.
func (p *panel) weigh(at time.Time, why data.Reason, bad time.Time) Verdict {
	voting := p.voting()
	moved := len(voting) != p.quorum
	if moved {
		p.quorum, p.moved = len(voting), at
	}
	var v Verdict
	out := p.held.Bad() // an outage goes on, seen or not
	if n := len(voting); n == 0 {
		if !p.gap && p.held != data.NoData {
			if why == data.ReasonNotReached {
				at = p.missed(at)
			}
			p.dark = at
			p.doubt(&v, at, p.lastBad.Add(p.interval))
		}
		v = p.say(v)
		v.Reason = why
		return v
	}
	low, high := voting[len(voting)/2].level, voting[(len(voting)-1)/2].level
	switch {
	case low.Bad() != high.Bad():
		if p.doubted.IsZero() {
			p.doubted = at
		}
		late := slices.ContainsFunc(voting, func(one *view) bool { return one.last.Before(p.doubted) })
		if !late && !p.gap && p.held != data.NoData {
			turned := p.turned(voting, !out, len(voting)/2)
			p.doubt(&v, turned, turned)
		}
		if v = p.say(v); p.gap {
			v.Reason = data.ReasonDisagree
		}
		return v
	case low.Bad():
		p.lastBad = later(p.lastBad, bad)
		switch {
		case out && p.gap: // down before and after is down
			p.decide(&v, low, at)
		case !out:
			v.Opened = p.turned(voting, true, len(voting)/2+1)
			p.decide(&v, low, v.Opened)
		}
		p.cut = time.Time{}
	case out:
		most := len(voting)/2 + 1
		v.Closed = p.turned(voting, false, most)
		if last := p.lastBad.Add(p.interval); moved && last.Before(v.Closed) {
			v.Closed = last
		}
		if !p.cut.IsZero() && p.cut.Before(v.Closed) {
			v.Closed = p.cut
		}
		since := v.Closed
		if p.gap {
			since = later(since, p.nth(voting, false, most, func(one *view) time.Time { return one.mark }))
		}
		p.decide(&v, low, since)
		p.cut = time.Time{}
	case p.gap || low != p.held:
		p.decide(&v, low, at)
	}
	p.doubted = time.Time{}
	if p.reason = ""; low != data.Operational {
		for _, one := range voting {
			if one.level >= low && p.reason == "" {
				p.reason = one.judge.say(Verdict{}).Reason
			}
		}
	}
	return p.say(v)
}

// missed is since when the last place that saw something did not get as far any more; at where none says so.
func (p *panel) missed(at time.Time) time.Time {
	var last time.Time
	for _, v := range p.views {
		if v.judge.gap && p.newest.Sub(v.seen) <= p.fresh() && v.mark.After(last) {
			last = v.mark
		}
	}
	if last.IsZero() {
		return at
	}
	return last
}

// turned is when the last of the first n places turned bad, or good, that are so; not before the number of those who vote
// last changed.
func (p *panel) turned(voting []*view, bad bool, n int) time.Time {
	at := p.nth(voting, bad, n, func(one *view) time.Time { return one.since })
	if p.moved.After(at) && !p.since.IsZero() {
		return p.moved
	}
	return at
}

// nth is the n-th smallest time of the places that are bad, or good.
func (p *panel) nth(voting []*view, bad bool, n int, of func(*view) time.Time) time.Time {
	var times []time.Time
	for _, v := range voting {
		if v.level.Bad() == bad {
			times = append(times, of(v))
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times[n-1]
}

// doubt begins time in which the level is unknown.
func (p *panel) doubt(v *Verdict, at, cut time.Time) {
	if p.held.Bad() {
		p.cut = cut
	}
	p.gap, v.Changed = true, true
	p.stamp(at)
}

func (p *panel) decide(v *Verdict, level data.Level, at time.Time) {
	p.held, p.gap, v.Changed = level, false, true
	p.stamp(at)
}

// stamp dates the newest mark; marks of one holder never share an instant.
func (p *panel) stamp(at time.Time) {
	if !p.since.IsZero() && !at.After(p.since) {
		at = p.since.Add(time.Second)
	}
	p.since = at
}

func (p *panel) say(v Verdict) Verdict {
	v.Since, v.LastBad = p.since, p.lastBad
	if !p.gap {
		v.Level = p.held
	}
	if v.Level != data.Operational && v.Level != data.NoData {
		v.Reason = p.reason
	}
	return v
}
