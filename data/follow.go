package data

import (
	"slices"
	"time"
)

// Follow says what becomes of o when the window that it follows, its leader, went wrong: it is held for a person to decide
// (M3), if there is still time to. It went wrong where it was called off, put under review or moved by a person, or where the
// service was still out at its end. What a person has decided since is not asked again. Where nothing is wrong with the leader any
// more, as with a plan that was taken out and put back, what held o for it lets go.
func Follow(o, leader Occurrence, now time.Time) (Occurrence, bool) {
	why, at := leader.WentWrong()
	if why == "" && leader.Maintenance != "" && o.heldBySchedule() && now.Before(o.Deadline()) {
		free := o
		free.Phase = Scheduled
		return o.Stepped(free, ActRelease, "", leader.Named()+" takes place after all", now), true
	}
	if why == "" || o.Phase != Scheduled || !now.Before(o.Deadline()) || !at.After(o.Decided()) {
		return o, false
	}
	held := o
	held.Phase = Held
	return o.Stepped(held, ActHold, "", leader.Named()+" "+why, now), true
}

// heldBySchedule says whether o is under review, and no person put it there.
func (o Occurrence) heldBySchedule() bool {
	for _, s := range slices.Backward(o.Steps) {
		if s.Act == ActHold {
			return o.Phase == Held && s.By == ""
		}
	}
	return false
}

// WentWrong says what went wrong with a window that others follow, and when that was known; empty where nothing did.
func (o Occurrence) WentWrong() (why string, at time.Time) {
	last := Step{}
	if n := len(o.Steps); n > 0 {
		last = o.Steps[n-1]
	}
	switch {
	case o.Phase == Cancelled:
		return "was cancelled", last.At
	case o.Phase == Withdrawn:
		return "is no longer planned", last.At
	case o.Phase == Held:
		return "is under review", last.At
	case !o.Overran.IsZero():
		return "ended with the service still out", o.Overran
	}
	for _, s := range o.Steps {
		if s.Act == ActMove {
			why, at = "was moved", s.At
		}
	}
	return why, at
}
