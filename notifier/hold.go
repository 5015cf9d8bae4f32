package notifier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// A store that was restored from a copy does not know what the service that lived on after the copy was taken has sent. While
// it is held, nothing is fanned out, claimed or looked up. After its release, whatever that service may have sent is taken for
// unknown and looked up in the provider's log from the copy's time on; what the log does not know is sent (RELIABILITY F14).
// Events may appear half an hour late, so finding nothing proves something only that long after the release: until then
// the other one may have been sending.

// doubtful says whether notices of b that are made now may have been sent by the service that lived on after the copy. One
// that follows from the schedule may have been, up to the release; one that tells of what people did is known there only if it
// was made before the restore, because what was done here since has its own bulletins.
func doubtful(b data.Bulletin, h data.Hold) bool {
	if h.Released.IsZero() {
		return false
	}
	if b.About == data.AboutOccurrence && b.Kind == data.TellPlanned {
		return b.Moment.Before(h.Released)
	}
	return made(b).Before(h.Restored)
}

// made is when a bulletin about what people did was made. Page and banner have it from then on; mail may wait, so that it can
// be taken back.
func made(b data.Bulletin) time.Time {
	if b.Banner.IsZero() || b.Moment.Before(b.Banner) {
		return b.Moment
	}
	return b.Banner
}

// Begin returns the first state of the copy of b for one subscriber: planned, or unknown if somebody else may have sent it.
func Begin(b data.Bulletin, subscriber string, h data.Hold, now time.Time) data.Notice {
	n := data.Notice{Bulletin: b.Key(), Subscriber: subscriber, Phase: data.NoticePlanned, Next: now}
	if doubtful(b, h) {
		return doubted(n, h)
	}
	return n
}

// TakeUp returns a notice that is not settled as it is taken up in a store that was released: if it fell due before the
// release it becomes unknown, to be looked up. Whatever happens to a notice afterwards makes it due later than that.
func TakeUp(n data.Notice, h data.Hold) data.Notice {
	if n.Next.IsZero() || !n.Next.Before(h.Released) {
		return n
	}
	return doubted(n, h)
}

func doubted(n data.Notice, h data.Hold) data.Notice {
	if n.Tried.IsZero() || n.Tried.After(h.Copied) {
		n.Tried = h.Copied // the log is searched from here on
	}
	n.Phase, n.Lease, n.Lookups = data.NoticeUnknown, time.Time{}, 0
	n.Next = h.Released.Add(lookups[0])
	n.Error = "it may have been sent after the copy was taken that was restored"
	return n
}

// LookedUpAfter is LookedUp in a store that was restored: for a notice that was last tried before the release, the times of
// the look-ups count from there. It is marked as sent maybe twice only if the log could not be asked, or a request of its own
// had an unknown outcome.
func LookedUpAfter(h data.Hold, n data.Notice, r Receipt, found bool, err error, b data.Bulletin, now time.Time) data.Notice {
	if !n.Tried.Before(h.Released) {
		return LookedUp(n, r, found, err, b, now)
	}
	proof := h.Released.Add(lookups[len(lookups)-1])
	switch {
	case err == nil && found:
		return accepted(n, r, b, now)
	case err != nil:
		n.Error = "the log could not be asked: " + err.Error()
		wait := proof
		if latest := b.Until.Add(-waitBefore); !b.Deadline.IsZero() && latest.After(proof) {
			wait = latest
		}
		if now.Before(wait) {
			n.Next = now.Add(min(lookups[1], wait.Sub(now)))
			return n
		}
		n.Twice = true
	default:
		n.Lookups++
		for _, after := range lookups {
			if at := h.Released.Add(after); at.After(now) {
				n.Next = at
				return n
			}
		}
		n.Error = ""
		n.Twice = n.Twice || n.Attempts > 0
	}
	n.Phase, n.Next = data.NoticePlanned, now
	return n
}

// errHeld is why nothing is fanned out or sent.
var errHeld = errors.New("sending is held back: the store was restored from a copy, and `statusd restore --release` ends it")

// held says whether nothing may be sent, and tells operators so when that has changed.
func (n *Notifier) held(ctx context.Context, now time.Time) (bool, error) {
	var h data.Hold
	err := n.o.Store.View(ctx, func(tx data.Tx) (err error) { h, err = data.SendingHold(tx); return err })
	if err != nil {
		return true, err
	}
	if n.told != nil && *n.told == h {
		return h.Held(), nil
	}
	var alarms []data.Alarm
	if h.Held() {
		alarms = []data.Alarm{{Detail: fmt.Sprintf("Restored at %s, from a copy that knows of nothing after %s.",
			h.Restored.Format(time.RFC3339), h.Copied.Format(time.RFC3339))}}
	}
	if err := n.o.Store.Update(ctx, func(tx data.Tx) error { return data.SetAlarms(tx, data.AlarmSendingHeld, alarms, now) }); err != nil {
		return h.Held(), err
	}
	if n.told = &h; h.Held() {
		n.o.Log.Warn("nothing is sent: this store was restored from a copy", "restored", h.Restored, "copied", h.Copied, "way_out", "statusd restore --release")
	} else if !h.Released.IsZero() {
		n.o.Log.Info("sending was released; what may have been sent by another service is looked up first", "restored", h.Restored, "copied", h.Copied, "released", h.Released)
	}
	return h.Held(), nil
}
