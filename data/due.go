package data

import (
	"strings"
	"time"
)

// AsDue is o as its time has come for, with what follows from that written into it, and when something is next due by itself; a
// zero time means never. What may be done with o depends on the clock, and not on how far the scheduler is or whether one runs.
//
// What page or banner did not show of it by the deadline is written down (N1). A held one is cancelled when nobody has decided by
// then (M3); one that ends while a component it concerns is out has overrun (M11).
func AsDue(tx Tx, o Occurrence, now time.Time) (Occurrence, time.Time, error) {
	was := o
	missed, next, err := unseen(tx, o, now)
	if err != nil {
		return was, next, err
	}
	o.Missed = missed
	phase, turns := o.Due(now)
	if told := o.Moment(); phase == Scheduled && !o.Standing && !o.Known {
		if o.Known = !now.Before(told); !o.Known && (next.IsZero() || told.Before(next)) {
			next = told
		}
	}
	if next.IsZero() || !turns.IsZero() && turns.Before(next) {
		next = turns
	}
	if phase == o.Phase {
		if o.Phase != Completed || o.Standing || !o.Overran.IsZero() || !o.Ended.Equal(o.Window.End) || now.Sub(o.Ended) > ConfirmedWithin {
			return o, next, nil
		}
		_, out, err := Interruption(tx, o, o.Window.End) // an outage is confirmed a little after its first bad sample
		if out {
			o.Overran = o.Window.End
		}
		return o, next, err
	}
	o.Phase = phase
	if phase == Cancelled {
		return was.Stepped(o, ActCancel, "", "nobody decided by the deadline", now), next, nil
	}
	if was.Phase == Scheduled && o.CarriedOut() {
		o.Began = o.Window.Start
	}
	if phase != Completed {
		return o, next, nil
	}
	if o.Ended = o.Window.End; o.Standing {
		return o, next, nil
	}
	_, out, err := Interruption(tx, o, o.Window.End)
	if out {
		o.Overran = o.Window.End
	}
	return o, next, err
}

// ConfirmedWithin is how long after the end of a window an outage may be written down that had begun before it.
const ConfirmedWithin = 10 * time.Minute

// unseen names the surfaces that did not show all of o by the deadline of each piece (N1), and when that is next asked; what
// was known to be short notice missed nothing, and nothing is promised of what the public does not know. It is never taken back.
func unseen(tx Tx, o Occurrence, now time.Time) (surfaces string, at time.Time, err error) {
	if o.Phase != Scheduled || o.Standing || o.ShortNotice() || o.HiddenFrom(PublicIn(tx)) {
		return o.Missed, time.Time{}, nil
	}
	if due := o.Deadline().Add(NoticeTakes); now.Before(due) {
		return "", due, nil
	}
	lead := o.Notice.WithDefaults().Deadline
	var names []string
	for _, surface := range Promised { // each may have shown another version of the same time first
		known, err := o.WithProofs(tx, surface)
		if err != nil {
			return "", time.Time{}, err
		}
		for _, p := range known.Parts() {
			due := p.Window.Start.Add(NoticeTakes - lead)
			if now.Before(due) {
				if at.IsZero() || due.Before(at) {
					at = due
				}
			} else if p.Announced.IsZero() || p.Announced.After(due) {
				names = append(names, string(surface))
				break
			}
		}
	}
	if len(names) > 0 {
		return strings.Join(names, " and "), time.Time{}, nil
	}
	return "", at, nil
}
