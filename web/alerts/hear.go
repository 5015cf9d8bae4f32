package alerts

import (
	"maps"
	"time"

	"github.com/superoffice/statusd/data"
)

// News is what a message changes about an alert.
type News string

// The news.
const (
	Began    News = "began"    // it fires, and did not before
	Ended    News = "ended"    // it fired, and does not any more
	Over     News = "over"     // it has ended, and we never heard that it fired
	Changed  News = "changed"  // it fires on, with other labels
	Repeated News = "repeated" // nothing new
	Late     News = "late"     // older than what we know
)

// lateWithin is how long after an end a word that the same alert fires may be one that was said before the end. Senders retry
// within seconds and in order; after this it fires again, since an alert that is missed is worse than one too many.
const lateWithin = time.Minute

// Hear compares what is said with what is known of the alert; old is the zero value where that is nothing. It returns the alert
// as it is now, without rule and group where it began. Times to come are taken as now: clocks differ.
func Hear(old data.Alert, source string, s Said, now time.Time) (data.Alert, News) {
	known := old.Identity != ""
	begins := data.Alert{
		Source: source, Identity: s.Identity, Labels: s.Labels, Summary: s.Summary, Link: s.Link, Started: notAfter(s.Started, now),
		Received: now, Heard: now,
	}
	switch {
	case s.Firing && !known:
		return begins, Began
	case s.Firing && old.Firing():
		if maps.Equal(old.Labels, s.Labels) {
			return old, Repeated
		}
		old.Labels, old.Summary, old.Link, old.Heard = s.Labels, s.Summary, s.Link, now
		return old, Changed
	case s.Firing:
		if !begins.Started.After(old.Ended) && now.Sub(old.Heard) < lateWithin && !now.Before(old.Heard) {
			return old, Late
		}
		return begins, Began
	case !known:
		begins.Ended = notBefore(notAfter(s.Ended, now), begins.Started)
		if s.Started.IsZero() {
			begins.Started = begins.Ended
		}
		return begins, Over
	case !old.Firing():
		return old, Repeated
	case earlierSpell(old, s):
		return old, Late
	}
	old.Ended, old.Heard = notBefore(notAfter(s.Ended, now), old.Started), now
	return old, Ended
}

// earlierSpell says whether an end is that of a spell before the one that goes on. Only a sender that gives both times of both
// can be taken at its word there: an end that is missed keeps an incident open.
func earlierSpell(old data.Alert, s Said) bool {
	given := !old.Started.Equal(old.Received)
	return given && !s.Started.IsZero() && !s.Ended.IsZero() && s.Started.Before(old.Started) && s.Ended.Before(old.Started)
}

// notAfter is t, or now where t is not known or still to come.
func notAfter(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}

func notBefore(t, start time.Time) time.Time {
	if t.Before(start) {
		return start
	}
	return t
}
