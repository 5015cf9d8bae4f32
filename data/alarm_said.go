package data

import "time"

// Word is what a channel tells operators of an alarm.
type Word string

// The words. The zero value is nothing.
const (
	SayRaised   Word = "raised"   // it stands, and this channel has not said so
	SayUrgent   Word = "urgent"   // it was said to stand, and has become urgent since
	SayReminder Word = "reminder" // it still stands
	SayEnded    Word = "ended"    // it was said to stand, and does not any more
)

// Said is what one channel has told operators of an alarm. The zero value is nothing.
type Said struct {
	At     time.Time `json:"at,omitzero"`     // when it last said that the alarm stands; zero means never
	Raise  int       `json:"raise,omitempty"` // which raise that was of
	Urgent bool      `json:"urgent,omitempty"`
	Ended  bool      `json:"ended,omitempty"`   // it has said since that it is over
	Claim  *Claim    `json:"sending,omitempty"` // what it may be saying now; nil means nothing
}

// Claim is written before a message is sent, so that whoever comes after a death in between sends the same one again, by the
// same name.
type Claim struct {
	Message string    `json:"message"` // its name; alarms told together have the same
	At      time.Time `json:"at"`      // when it was first made
	Word    Word      `json:"word"`
	Raise   int       `json:"raise"`
	Urgent  bool      `json:"urgent,omitempty"`
}

// How long an alarm stands, or has ended, before anybody is told, and how often they are reminded.
const (
	GraceEnded   = 30 * time.Second // what ends together is told together
	GraceUrgent  = time.Minute
	GraceCalm    = 10 * time.Minute
	RemindUrgent = 4 * time.Hour
	RemindCalm   = 24 * time.Hour
)

// clockSlack is how far in the future a time of our own may lie before the clock must have been set back.
const clockSlack = 5 * time.Minute

// Owes returns what a channel that has said s owes of a at now. Where that is nothing, next is when it is something, unless
// the alarm changes before; zero means never.
//
// An alarm is told once it has stood for its grace, and its end if its beginning was told. One that comes and goes is told
// anew once in FlapSpan. A time in the future is one from before the clock was set back, and counts as long ago.
func (a Alarm) Owes(s Said, now time.Time) (w Word, next time.Time) {
	past := func(t time.Time, d time.Duration) time.Time {
		if t.After(now.Add(clockSlack)) {
			return now
		}
		return t.Add(d)
	}
	if !a.Stands() {
		if s.At.IsZero() || s.Ended {
			return "", time.Time{}
		}
		if due := past(a.Cleared, GraceEnded); due.After(now) {
			return "", due
		}
		return SayEnded, time.Time{}
	}
	turns := a.turns() // when it becomes urgent by itself; zero means never
	urgent := a.Urgent(now)
	soonest := func(at time.Time) time.Time {
		if !urgent && !turns.IsZero() && turns.Before(at) {
			return turns
		}
		return at
	}
	var due time.Time
	switch {
	case s.At.IsZero() || s.Ended || s.Raise != a.Raise:
		w, due = SayRaised, past(a.Since, GraceUrgent)
		if !urgent {
			if calm := past(a.Since, GraceCalm); soonest(calm).After(due) {
				due = soonest(calm)
			}
		}
		if !s.At.IsZero() {
			due = latest(due, past(s.At, FlapSpan))
		}
	case urgent && !s.Urgent:
		return SayUrgent, time.Time{}
	case urgent:
		w, due = SayReminder, past(s.At, RemindUrgent)
	default:
		every := Alarms[a.Kind].Remind
		if every == 0 {
			every = RemindCalm
		}
		w, due = SayReminder, soonest(past(s.At, every))
	}
	if due.After(now) {
		return "", due
	}
	return w, time.Time{}
}

// turns is when a becomes urgent by its By drawing near; zero means that it is from the beginning, or never.
func (a Alarm) turns() time.Time {
	t := Alarms[a.Kind]
	if !t.Urgent || t.Within == 0 || a.By.IsZero() {
		return time.Time{}
	}
	return a.By.Add(-t.Within)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
