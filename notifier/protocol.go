package notifier

import (
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// The protocol's times.
const (
	RequestTimeout = 20 * time.Second
	LeaseTime      = RequestTimeout + 10*time.Second // a claim outlives its request
	maxPause       = time.Hour                       // a provider's Retry-After counts up to this
	waitBefore     = 26 * time.Hour                  // before a start: the latest moment to wait for a log that cannot be asked
)

// lookups are when an unknown outcome is looked up, counted from the attempt. Events may be half an hour late, so only the
// last one proves anything by finding nothing.
var lookups = []time.Duration{time.Minute, 5 * time.Minute, 35 * time.Minute}

// Claim returns the notice as it is written before its request is made. A notice of a bulletin that was overtaken, or whose
// time is over, becomes void instead.
func Claim(n data.Notice, b data.Bulletin, messageID string, now time.Time) data.Notice {
	if b.Void || !now.Before(b.Until) {
		return void(n, n.Error)
	}
	n.Phase, n.MessageID = data.NoticeSending, messageID
	n.Attempts++
	n.Lookups, n.Tried = 0, now
	n.Lease = now.Add(LeaseTime)
	n.Next = n.Lease // if we die, somebody looks after it then
	return n
}

// After returns the notice as it is after its request: accepted, refused, to be tried later, or unknown.
func After(n data.Notice, r Receipt, err error, b data.Bulletin, now time.Time) data.Notice {
	n.Lease = time.Time{}
	if err == nil {
		return accepted(n, r, b, now)
	}
	var e *SendError
	if !errors.As(err, &e) {
		e = &SendError{Outcome: Unknown, Reason: err.Error()}
	}
	n.Error = e.Reason
	switch e.Outcome {
	case Refused:
		n.Phase, n.Next = data.NoticeRefused, time.Time{}
	case NotTaken:
		n.Phase, n.Next = data.NoticePlanned, now.Add(max(min(e.After, maxPause), backoff(n.Attempts)))
	default:
		n.Phase, n.Next = data.NoticeUnknown, n.Tried.Add(lookups[0])
	}
	return n
}

// void returns a notice that is not to be sent any more.
func void(n data.Notice, why string) data.Notice {
	n.Phase, n.Next, n.Lease, n.Error = data.NoticeVoid, time.Time{}, time.Time{}, why
	return n
}

// unwritten returns a planned notice for which no letter could be written: it is tried again, more and more seldom, until
// its bulletin is over.
func unwritten(n data.Notice, err error, now time.Time) data.Notice {
	n.Attempts++
	n.Next, n.Error = now.Add(backoff(n.Attempts)), "its letter cannot be written: "+err.Error()
	return n
}

// Died returns a notice whose lease ran out while it was being sent: its sender is gone, and the outcome is unknown.
func Died(n data.Notice) data.Notice {
	n.Phase, n.Lease, n.Error = data.NoticeUnknown, time.Time{}, "the service stopped while this was being sent"
	n.Next = n.Tried.Add(lookups[0])
	return n
}

// LookedUp returns an unknown notice after a look into the provider's log. err says that the log could not be asked; a
// provider without a log is one whose log never can.
func LookedUp(n data.Notice, r Receipt, found bool, err error, b data.Bulletin, now time.Time) data.Notice {
	switch {
	case err == nil && found:
		return accepted(n, r, b, now)
	case err != nil:
		n.Error = "the log could not be asked: " + err.Error()
		if latest := b.Until.Add(-waitBefore); !b.Deadline.IsZero() && now.Before(latest) {
			n.Next = now.Add(min(lookups[1], latest.Sub(now)))
			return n
		}
	default:
		if n.Lookups++; n.Lookups < len(lookups) {
			n.Next = n.Tried.Add(lookups[n.Lookups])
			return n
		}
	}
	n.Phase, n.Next, n.Twice = data.NoticePlanned, now, true
	return n
}

func accepted(n data.Notice, r Receipt, b data.Bulletin, now time.Time) data.Notice {
	if r.At.IsZero() {
		r.At = now
	}
	n.Phase, n.Next, n.Receipt, n.Accepted, n.Error = data.NoticeAccepted, time.Time{}, r.ID, r.At, ""
	n.Late = !b.Deadline.IsZero() && r.At.After(b.Deadline)
	return n
}

// backoff doubles: 10 s, 20 s, 40 s, 80 s … up to 10 minutes, for as long as the bulletin makes sense.
func backoff(attempts int) time.Duration {
	return min(10*time.Minute, 5*time.Second<<min(attempts, 10))
}

// describe names a notice in the log without naming anybody.
func describe(n data.Notice) string {
	return fmt.Sprintf("%s to %s", n.Bulletin, n.Subscriber)
}
