package scheduler

import (
	"time"

	"github.com/superoffice/statusd/data"
)

// Follow says what becomes of o when the window that it follows, its leader, went wrong: it is held for a person to decide
// (M3), if there is still time to. It went wrong where it was called off, put under review or moved by a person, or where the
// service was still out at its end. What a person has decided since is not asked again.
func Follow(o, leader data.Occurrence, now time.Time) (data.Occurrence, bool) {
	why, at := wrong(leader)
	if why == "" || o.Phase != data.Scheduled || !now.Before(o.Deadline()) || !at.After(o.Decided()) {
		return o, false
	}
	held := o
	held.Phase = data.Held
	return o.Stepped(held, data.ActHold, "", string(leader.Key())+" "+why, now), true
}

// wrong says what went wrong with a leader, and when that was known; empty where nothing did.
func wrong(leader data.Occurrence) (why string, at time.Time) {
	last := data.Step{}
	if n := len(leader.Steps); n > 0 {
		last = leader.Steps[n-1]
	}
	switch {
	case leader.Phase == data.Cancelled:
		return "was cancelled", last.At
	case leader.Phase == data.Withdrawn:
		return "is no longer planned", last.At
	case leader.Phase == data.Held:
		return "is under review", last.At
	case !leader.Overran.IsZero():
		return "ended with the service still out", leader.Overran
	}
	for _, s := range leader.Steps {
		if s.Act == data.ActMove {
			why, at = "was moved", s.At
		}
	}
	return why, at
}
