package data

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Steering is who changes one occurrence, when and why. Every change goes through it, so that pages, API and command line
// refuse the same things with the same words.
type Steering struct {
	By    string
	Why   string // for the record, never public; must be there
	Body  string // what readers see beside the new facts; empty says only those
	Words Words  // the same in other languages
	Short bool   // people may get less notice than was promised: Why says why (M13)
	Past  bool   // time that has passed becomes maintenance; an admin alone may say so (DESIGN 10)
	Now   time.Time
}

// MaxWhy is how long a reason may be, in characters.
const MaxWhy = 500

// LongestWindow is how long a window may be.
const LongestWindow = 7 * 24 * time.Hour

// FarthestMove is how far a window can be moved: beyond it the year is likely a slip.
const FarthestMove = 400 * 24 * time.Hour

// LongestAgo is how long ago time can have been that is declared maintenance afterwards: before that the date is likely a slip.
const LongestAgo = 62 * 24 * time.Hour

// Confirm says that a reserved slot is used (M8). One that has lapsed can still be confirmed before it starts, at short notice.
func (o Occurrence) Confirm(s Steering) (Occurrence, error) {
	switch {
	case o.Phase != Reserved && o.Phase != Lapsed:
		return o, o.refuse("only a reserved slot can be confirmed", s.Now)
	case !s.Now.Before(o.Window.Start):
		return o, Conflict(fmt.Sprintf("the slot began at %s: open a window for the work instead", o.At(o.Window.Start)))
	}
	next := o
	next.Phase = Scheduled
	return o.steered(s, ActConfirm, next)
}

// Cancel calls o off. What is running is completed instead.
func (o Occurrence) Cancel(s Steering) (Occurrence, error) {
	switch o.Phase {
	case Reserved, Scheduled, Held:
		next := o
		next.Phase = Cancelled
		return o.steered(s, ActCancel, next)
	case InProgress, Verifying:
		return o, Conflict("the work is under way: complete the window instead, which ends it now")
	}
	return o, o.refuse("only what is still to come can be cancelled", s.Now)
}

// Move gives o another window. A held one is decided by it, and takes place then.
func (o Occurrence) Move(w Window, s Steering) (Occurrence, error) {
	switch o.Phase {
	case Reserved, Scheduled, Held:
	case InProgress, Verifying:
		return o, Conflict("the work is under way and cannot be moved: extend the window, or complete it and open another")
	default:
		return o, o.refuse("only what is still to come can be moved", s.Now)
	}
	w = Window{w.Start.UTC(), w.End.UTC()}
	switch {
	case o.Standing:
		return o, standing()
	case w.Start.IsZero():
		return o, Invalid("start", "say when it starts")
	case w.Equal(o.Window):
		return o, Invalid("start", "that is the window it has already")
	case !w.Start.After(s.Now):
		return o, Invalid("start", fmt.Sprintf("%s has passed: give a later start", o.At(w.Start)))
	}
	if d := w.Start.Sub(o.Window.Start).Abs(); d > FarthestMove {
		return o, Invalid("start", fmt.Sprintf("%s is %d days from the window's own start at %s: check the year; if it is meant, cancel this window and open another",
			o.At(w.Start), d/(24*time.Hour), o.At(o.Window.Start)))
	}
	next := o
	next.Window, next.Clock = w, ""
	if o.Phase == Held {
		next.Phase = Scheduled
	}
	return o.steered(s, ActMove, next)
}

// Extend gives o more time: an earlier start, a later end, or both. A window that is over can be extended up to now, as time
// that was used: that is Past.
func (o Occurrence) Extend(w Window, s Steering) (Occurrence, error) {
	early := o.Phase == Completed && o.Ended.After(o.Window.Start) && o.Ended.Before(o.Window.End)
	used := o
	if early {
		used.Window.End = o.Ended
	}
	w = used.filled(w)
	if o.Standing {
		return o, standing()
	}
	if o.Phase == Cancelled || o.Phase == Withdrawn || o.Phase == Lapsed {
		return o, o.refuse("it does not take place, so there is nothing to extend", s.Now)
	}
	switch running := o.CarriedOut(); {
	case w.Equal(used.Window) || w.Start.After(used.Window.Start) || w.End.Before(used.Window.End):
		return o, Invalid("end", fmt.Sprintf("the window is %s: give a later end or an earlier start; to take time away, shorten it", used.span()))
	case running && w.Start.Before(o.Window.Start) && !s.Past:
		return o, past("start")
	case running && (early || !s.Now.Before(o.Window.End)) && !s.Past:
		return o, past("end")
	case !running && w.Start.Before(s.Now):
		return o, Invalid("start", fmt.Sprintf("%s has passed: give a later start", o.At(w.Start)))
	case o.Phase == Completed && w.End.After(s.Now):
		return o, Invalid("end", "the window is over: it can be extended up to now; open another for what is to come")
	}
	if s.Past && o.CarriedOut() {
		if err := o.longAgo(w.Start, s.Now); err != nil {
			return o, err
		}
	}
	next := o
	next.Window, next.Clock = w, ""
	if o.Phase == Completed {
		next.Ended, next.Declared = w.End, s.Now.UTC()
	}
	if o.CarriedOut() && w.Start.Before(o.Window.Start) {
		next.Began, next.Declared = w.Start, s.Now.UTC()
	}
	next, err := o.steered(s, ActExtend, next)
	if err == nil && early {
		next.Steps[len(next.Steps)-1].Ended = o.Ended // what was left of the window was not used
	}
	return next, err
}

// Shorten takes time away: a later start, an earlier end, or both. It is told at once and needs no new notice (N11).
func (o Occurrence) Shorten(w Window, s Steering) (Occurrence, error) {
	w = o.filled(w)
	running := o.Phase == InProgress || o.Phase == Verifying
	switch {
	case o.Over():
		return o, o.refuse("it is over, so there is nothing to shorten", s.Now)
	case w.Equal(o.Window) || w.Start.Before(o.Window.Start) || w.End.After(o.Window.End):
		return o, Invalid("end", fmt.Sprintf("the window is %s: give an earlier end or a later start; to add time, extend it", o.span()))
	case running && !w.Start.Equal(o.Window.Start):
		return o, Invalid("start", "it has begun: only its end can be changed")
	case running && !w.End.After(s.Now):
		return o, Invalid("end", "that has passed: complete the window, which ends it now")
	case !running && !w.Start.After(s.Now):
		return o, Invalid("start", fmt.Sprintf("%s has passed: give a later start", o.At(w.Start)))
	}
	next := o
	next.Window, next.Clock = w, ""
	return o.steered(s, ActShorten, next)
}

// Hold puts o under review (M3). Undecided at its deadline it is cancelled.
func (o Occurrence) Hold(s Steering) (Occurrence, error) {
	if o.Phase != Scheduled {
		return o, o.refuse("only a scheduled window can be put under review", s.Now)
	}
	if !s.Now.Before(o.Deadline()) {
		return o, Conflict(fmt.Sprintf("it would have to be decided by %s, which has passed: cancel or move it", o.At(o.Deadline())))
	}
	next := o
	next.Phase = Held
	return o.steered(s, ActHold, next)
}

// Release decides that a held window takes place as it was planned.
func (o Occurrence) Release(s Steering) (Occurrence, error) {
	if o.Phase != Held {
		return o, o.refuse("only a window under review can be released", s.Now)
	}
	next := o
	next.Phase = Scheduled
	return o.steered(s, ActRelease, next)
}

// Verify says that the work is done and its result is being checked; the window runs on to its end.
func (o Occurrence) Verify(s Steering) (Occurrence, error) {
	if o.Phase != InProgress {
		return o, o.refuse("only work that is under way can be verified", s.Now)
	}
	next := o
	next.Phase = Verifying
	return o.steered(s, ActVerify, next)
}

// Complete ends o now, before its time. What is left of the window was not used, and counts as such.
func (o Occurrence) Complete(s Steering) (Occurrence, error) {
	if o.Phase != InProgress && o.Phase != Verifying {
		return o, o.refuse("only work that is under way can be completed", s.Now)
	}
	next := o
	next.Phase, next.Ended = Completed, s.Now.UTC()
	return o.steered(s, ActComplete, next)
}

// filled takes what w leaves out from the window that o has.
func (o Occurrence) filled(w Window) Window {
	w = Window{w.Start.UTC(), w.End.UTC()}
	if w.Start.IsZero() {
		w.Start = o.Window.Start
	}
	if w.End.IsZero() {
		w.End = o.Window.End
	}
	return w
}

// refuse says why an act does not fit the phase o is in, and what can be done instead.
func (o Occurrence) refuse(rule string, now time.Time) error {
	return Conflict(fmt.Sprintf("%s, and this window is %s: %s", rule, strings.ReplaceAll(string(o.Phase), "_", " "), o.instead(now)))
}

// instead says what can be done with o at now.
func (o Occurrence) instead(now time.Time) string {
	switch o.Phase {
	case Reserved:
		return "confirm, move, extend, shorten or cancel it"
	case Scheduled:
		if now.Before(o.Deadline()) {
			return "it takes place as it stands, unless you move, extend, shorten, hold or cancel it"
		}
		return "it takes place as it stands, unless you move, extend, shorten or cancel it"
	case Held:
		return "release, move, extend, shorten or cancel it"
	case InProgress:
		return "verify, complete, extend or shorten it"
	case Verifying:
		return "complete, extend or shorten it"
	case Completed:
		return "where it was used for longer, extend it afterwards; for work still to be done open another"
	case Lapsed:
		if now.Before(o.Window.Start) {
			return "confirm it at short notice, or open a window for the work"
		}
	}
	return "for work that has to be done all the same open another"
}

func standing() error {
	return Conflict("it is covered by a standing notice, which says how long it takes: open a window for the work instead")
}

func past(field string) error {
	return Invalid(field, "that makes time which has passed maintenance and takes it out of the uptime figure: an admin can, "+
		"by saying that it is declared afterwards; the report lists it so")
}

// longAgo refuses a start from which time is declared maintenance afterwards where that is too long ago.
func (o Occurrence) longAgo(start, now time.Time) error {
	d := now.Sub(start)
	if d <= LongestAgo {
		return nil
	}
	return Invalid("start", fmt.Sprintf("%s is %d days ago: check the month and the year; at most %d days ago can be declared afterwards, "+
		"and an outage before that be attributed", o.At(start), d/(24*time.Hour), LongestAgo/(24*time.Hour)))
}

func (o Occurrence) span() string { return o.At(o.Window.Start) + " to " + o.At(o.Window.End) }

// steered finishes a change by a person: it checks the reason and the notice that people get, and writes the step down.
func (o Occurrence) steered(s Steering, act Act, next Occurrence) (Occurrence, error) {
	why, err := reason(s.Why)
	if err != nil {
		return o, err
	}
	if err := next.Validate(); err != nil {
		return o, err
	}
	if d := next.Window.Duration(); d > LongestWindow {
		return o, Invalid("end", fmt.Sprintf("a window of %s is too long: at most 7 days, so open several", ago(d)))
	}
	if next, err = o.noticed(next, act, s, why); err != nil {
		return o, err
	}
	next = o.Stepped(next, act, s.By, why, s.Now)
	next.Steered = true
	next.Steps[len(next.Steps)-1].Past = s.Past && !next.Declared.Equal(o.Declared)
	return next.say(s)
}

// reason checks why somebody does something.
func reason(why string) (string, error) {
	if strings.TrimSpace(why) == "" {
		return "", Invalid("reason", "say in a line why: it stands in the record beside your name")
	}
	return CleanLine("reason", why, MaxWhy)
}

// noticed says whether people learn of next as early as was promised. Too late is refused, unless it is known to be so and the
// reason is given (M13, A-12); enough time makes good what was short before.
func (o Occurrence) noticed(next Occurrence, act Act, s Steering, why string) (Occurrence, error) {
	if !next.Declared.Equal(o.Declared) { // nobody was told of time that had passed
		next.Short = why
		return next, nil
	}
	if next.Standing || next.Phase != Scheduled && next.Phase != InProgress && next.Phase != Verifying {
		return next, nil
	}
	lead := next.Notice.WithDefaults().Deadline
	if !s.Now.After(next.Window.Start.Add(-lead)) {
		next.Short, next.Missed = "", ""
		return next, nil
	}
	start := next.Window.Start
	if act != ActConfirm && act != ActOpen && (o.Told(s.Now) || o.CarriedOut()) {
		added, more := next.Window.Added(o.Window)
		if !more {
			return next, nil
		}
		start = added
	}
	if !s.Now.After(start.Add(-lead)) {
		return next, nil
	}
	if !s.Short && next.Category != Emergency {
		return next, Invalid("short_notice", fmt.Sprintf("people would learn of it %s before %s, and %s are promised: choose a start from %s on, "+
			"or say that it is short notice, with the reason", ago(start.Sub(s.Now)), next.At(start), ago(lead), next.At(s.Now.Add(lead).Add(time.Minute-1).Truncate(time.Minute))))
	}
	next.Short = why
	return next, nil
}

// ago is a length in hours and minutes, cut; never less than none.
func ago(d time.Duration) string {
	d = max(d, 0).Truncate(time.Minute)
	h, m := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case m == 0:
		return fmt.Sprintf("%d h", h)
	case h == 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

// MaxOccurrenceUpdates is how many updates an occurrence may have.
const MaxOccurrenceUpdates = 200

// say adds what readers are told beside the facts; nothing where nothing is said.
func (o Occurrence) say(s Steering) (Occurrence, error) {
	if strings.TrimSpace(s.Body) != "" {
		return o.Say(s.Body, s.Words, false, s.By, s.Now)
	}
	words, err := cleanWords("bodies", s.Words, CleanText, MaxBody)
	if len(words) > 0 {
		return o, Invalid("bodies", "give the text in English as well, as body: other languages fall back to it")
	}
	return o, err
}

// Say adds an update for readers, or, where internal, a note for operators (M11: a window that overruns asks for one). It
// changes nothing else.
func (o Occurrence) Say(body string, words Words, internal bool, by string, now time.Time) (Occurrence, error) {
	body, err := CleanText("body", body, MaxBody)
	if err != nil {
		return o, err
	}
	if words, err = cleanWords("bodies", words, CleanText, MaxBody); err != nil {
		return o, err
	}
	if len(o.Updates) >= MaxOccurrenceUpdates {
		return o, Conflict(fmt.Sprintf("this window has %d updates: that is as many as there can be", MaxOccurrenceUpdates))
	}
	o.Updates = append(slices.Clone(o.Updates), Update{
		ID: NewID(), Phase: o.Phase, Body: body, Bodies: words, At: now.UTC(), Created: now.UTC(), By: by, Internal: internal,
	})
	return o, nil
}
