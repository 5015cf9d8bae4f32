package data

import "time"

// How long an incident may go without a public word when none was promised, and how late a promised one may be.
const (
	silentOutage     = 30 * time.Minute
	silentDegraded   = time.Hour
	silentMonitoring = 4 * time.Hour
	silentPromise    = 5 * time.Minute
)

// SilentSince returns from when on the incident is silent too long, and whether it is so at now. The time is zero where
// nothing is expected of it: when it is over, or a draft.
//
// A promised next update counts alone. Without one the time since the last public word does: half an hour while something is
// out, an hour otherwise, four hours while the incident is only being watched. An internal note is no word, and it counts when
// something was written, not the time that it was given.
func (i Incident) SilentSince(now time.Time) (time.Time, bool) {
	if !i.Open() || i.Hidden {
		return time.Time{}, false
	}
	due := i.NextUpdate.Add(silentPromise)
	if i.NextUpdate.IsZero() {
		due = i.LastWord().Add(i.patience())
	}
	return due, !now.Before(due)
}

// LastWord is when the public was last told something of the incident; where it never was, when the incident was created.
func (i Incident) LastWord() time.Time {
	u := i.Latest()
	if !u.Created.IsZero() {
		return u.Created
	}
	return i.Created
}

func (i Incident) patience() time.Duration {
	switch {
	case i.Phase == Monitoring:
		return silentMonitoring
	case i.Worst() >= PartialOutage:
		return silentOutage
	}
	return silentDegraded
}
