package data

import (
	"slices"
	"time"
)

// Act is what was done to an occurrence.
type Act string

// What people do.
const (
	ActOpen     Act = "open"     // made it, without a plan
	ActConfirm  Act = "confirm"  // a reserved slot is used (M8)
	ActCancel   Act = "cancel"   //
	ActMove     Act = "move"     // another time
	ActExtend   Act = "extend"   // a later end, an earlier start, or both
	ActShorten  Act = "shorten"  // an earlier end, a later start, or both
	ActHold     Act = "hold"     // under review (M3)
	ActRelease  Act = "release"  // it takes place after all
	ActVerify   Act = "verify"   // the work is done, the result is being checked
	ActComplete Act = "complete" // over before its time
)

// What the schedule does by itself.
const (
	ActReplan   Act = "replan"   // the plan changed (T3)
	ActWithdraw Act = "withdraw" // the plan no longer has it
	ActRestore  Act = "restore"  // the plan has it again
)

// Step is one change of an occurrence: what was done, by whom and why, and how it stood before. Steps are appended, never
// changed, and are for operators; what the public may know of them is the windows that it was told of.
type Step struct {
	At      time.Time `json:"at"`
	Act     Act       `json:"act"`
	By      string    `json:"by,omitempty"`      // empty means the schedule itself
	Why     string    `json:"why,omitempty"`     // in the words of who did it
	Phase   Phase     `json:"phase"`             // before
	Window  Window    `json:"window"`            // before
	Told    bool      `json:"told,omitempty"`    // people knew of what it was, so they are told of the change (N11)
	Revised int       `json:"revised,omitempty"` // of the occurrence after it
	Ended   time.Time `json:"ended,omitzero"`    // when the work had been completed before the window's end, where it had
	Past    bool      `json:"past,omitempty"`    // it made time that had passed a part of the window (DESIGN 10)
	Seen    time.Time `json:"seen,omitzero"`     // when readers of proofs found the change on page and banner; never stored
}

// Told says whether people know of o, so that a change is news: its moment on the page had come while it was to take place, or
// they were told of a change. Time alone tells nobody of what was called off or put under review before.
func (o Occurrence) Told(now time.Time) bool {
	if o.Standing {
		return false
	}
	switch o.Phase {
	case InProgress, Verifying, Completed:
		return true
	case Scheduled:
		return o.Known || o.Revised > 0 || !now.Before(o.Moment())
	case Held, Withdrawn, Cancelled:
		return o.Known || o.Revised > 0
	}
	return false
}

// Moment is when page and mail tell of o (N1).
func (o Occurrence) Moment() time.Time { return o.Window.Start.Add(-o.Notice.WithDefaults().Page) }

// FirstStart is the earliest start that people were told of, its own included: what they know stays in sight wherever it is moved.
func (o Occurrence) FirstStart() time.Time {
	first := o.Window.Start
	for _, s := range o.Steps {
		if s.Told && s.Window.Start.Before(first) {
			first = s.Window.Start
		}
	}
	if old := o.OldWindow.Start; !old.IsZero() {
		first = earlier(first, old)
	}
	return first
}

// Stepped returns next, which is what o becomes by a step at now, with the step written down. Where people knew of o, that is
// a change to tell them: the version goes up, and the window they knew is kept.
func (o Occurrence) Stepped(next Occurrence, act Act, by, why string, now time.Time) Occurrence {
	step := Step{At: now.UTC(), Act: act, By: by, Why: why, Phase: o.Phase, Window: o.Window}
	step.Told = o.Told(now) && act != ActVerify && act != ActComplete // how far along it is is no change of what was announced
	next.Revised, next.OldWindow, next.Known = o.Revised, o.OldWindow, o.Known || step.Told
	if step.Told {
		next.Revised++
		if !o.Window.Equal(next.Window) {
			next.OldWindow = o.Window
		}
	}
	step.Revised = next.Revised
	next.Steps = append(slices.Clone(o.Steps), step)
	return next
}

// Equal says whether both spans are the same instants.
func (w Window) Equal(o Window) bool { return w.Start.Equal(o.Start) && w.End.Equal(o.End) }

// Part is a piece of a window, and since when people had been shown that it would be used; zero means never.
type Part struct {
	Window    Window
	Announced time.Time
	Declared  time.Time // when a person said afterwards that it had been used; zero where it was known before (DESIGN 10)
}

// Parts splits o's window by when each piece was announced and stayed so (N11): time that was added later, or taken away and
// given back, counts from when it was last added; a window under review is not promised. They adjoin, and together are the window. Announced and the steps' Seen
// must have been filled in.
func (o Occurrence) Parts() []Part {
	type shape struct {
		window         Window
		seen, declared time.Time
	}
	told := []shape{{window: o.Window, seen: o.Announced}} // what people knew, oldest first
	for _, s := range o.Steps {
		if s.Act == ActOpen && s.Past {
			told[0].declared = s.At
		}
		if !s.Told {
			continue
		}
		last := &told[len(told)-1]
		if last.window = s.Window; s.Phase == Cancelled || s.Phase == Withdrawn || s.Phase == Held {
			last.window = Window{}
		}
		if !s.Ended.IsZero() {
			last.window.End = s.Ended // what was left of it was not used
		}
		next := shape{window: o.Window, seen: s.Seen}
		if s.Past {
			next.declared = s.At
		}
		told = append(told, next)
	}
	var out []Part
	add := func(start, end time.Time, of shape) {
		if start.Before(end) {
			out = append(out, Part{Window{start, end}, of.seen, of.declared})
		}
	}
	covered, of := o.Window, told[len(told)-1]
	for i := len(told) - 2; i >= 0; i-- {
		both := Window{later(covered.Start, told[i].window.Start), earlier(covered.End, told[i].window.End)}
		if !both.Start.Before(both.End) {
			break
		}
		add(covered.Start, both.Start, of)
		add(both.End, covered.End, of)
		covered, of.declared = both, told[i].declared
		if !told[i].seen.IsZero() {
			of.seen = told[i].seen
		}
	}
	add(covered.Start, covered.End, of)
	slices.SortFunc(out, func(a, b Part) int { return a.Window.Start.Compare(b.Window.Start) })
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Added returns the start of the earliest time that o has and was has not, and false where there is none.
func (w Window) Added(was Window) (time.Time, bool) {
	switch {
	case !w.Overlaps(was) || w.Start.Before(was.Start):
		return w.Start, true
	case w.End.After(was.End):
		return was.End, true
	}
	return time.Time{}, false
}

// Decided is when a person last said what becomes of o; zero means never.
func (o Occurrence) Decided() (at time.Time) {
	for _, s := range o.Steps {
		if s.By != "" {
			at = s.At
		}
	}
	return at
}
