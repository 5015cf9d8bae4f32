package pager

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Message is what one channel says at once: at least one alarm, urgent ones first.
type Message struct {
	ID    string    // the same for the same content, at every attempt and after a restart
	At    time.Time // when it was first put together
	Items []Item
}

// Item is one alarm of a Message, as it stands now, and what is said of it.
type Item struct {
	data.Alarm
	Word   data.Word
	Raise  int  // of which raise it is said, which may not be the newest
	Urgent bool // it wakes somebody
}

// What goes out together.
const (
	gather = 15 * time.Second // what is told for the first time within this, or ends, comes along
	most   = 50               // alarms in one message; the others are in the next
)

// compose returns what a channel has to say of alarms at now, and when there may be something if there is nothing. A message
// that may be under way already is said again before anything else, unless anew: then nobody has taken it.
func compose(alarms []data.Alarm, channel string, anew bool, now time.Time) (m Message, next time.Time) {
	if !anew {
		if m = claimed(alarms, channel); len(m.Items) > 0 {
			return m, next
		}
	}
	var soon []Item
	for _, a := range alarms {
		said := a.Said[channel]
		word, at := a.Owes(said, now)
		item := Item{Alarm: a, Word: word, Raise: a.Raise, Urgent: a.Urgent(now) && word != data.SayEnded}
		if word != "" {
			m.Items = append(m.Items, item)
			continue
		}
		if at.IsZero() {
			continue
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
		if item.Word, _ = a.Owes(said, now.Add(gather)); item.Word == data.SayRaised || item.Word == data.SayEnded {
			soon = append(soon, item)
		}
	}
	if len(m.Items) == 0 {
		return Message{}, next
	}
	m.At, m.Items = now.UTC(), append(m.Items, soon...)
	slices.SortStableFunc(m.Items, func(a, b Item) int { return rank(a) - rank(b) })
	m.Items = m.Items[:min(len(m.Items), most)]
	m.ID = name(m, channel)
	return m, time.Time{}
}

// claimed puts the message together that a channel may be sending.
func claimed(alarms []data.Alarm, channel string) (m Message) {
	for _, a := range alarms {
		c := a.Said[channel].Claim
		if c == nil || m.ID != "" && c.Message != m.ID {
			continue
		}
		m.ID, m.At = c.Message, c.At
		m.Items = append(m.Items, Item{Alarm: a, Word: c.Word, Raise: c.Raise, Urgent: c.Urgent})
	}
	slices.SortStableFunc(m.Items, func(a, b Item) int { return rank(a) - rank(b) })
	return m
}

// rank is the place of an item in its message.
func rank(i Item) int {
	switch {
	case i.Word == data.SayEnded:
		return 2
	case i.Urgent:
		return 0
	}
	return 1
}

// name is derived from everything that makes a message another one than those before it.
func name(m Message, channel string) string {
	h := sha256.New()
	fmt.Fprintln(h, channel)
	for _, i := range m.Items {
		said := i.Said[channel]
		fmt.Fprintln(h, i.Key(), i.Raise, i.Since.UnixNano(), i.Word, said.At.UnixNano(), said.Raise)
	}
	return "alarm_" + hex.EncodeToString(h.Sum(nil)[:16])
}

// claim writes into alarms that a channel begins to say m, and that it says nothing else; it returns those that change.
func claim(alarms []data.Alarm, channel string, m Message) []data.Alarm {
	var out []data.Alarm
	for _, a := range alarms {
		said := a.Said[channel]
		n := slices.IndexFunc(m.Items, func(i Item) bool { return i.Key() == a.Key() })
		switch {
		case n >= 0:
			i := m.Items[n]
			said.Claim = &data.Claim{Message: m.ID, At: m.At, Word: i.Word, Raise: i.Raise, Urgent: i.Urgent}
		case said.Claim == nil:
			continue
		default:
			said.Claim = nil
		}
		out = append(out, with(a, channel, said))
	}
	return out
}

// settle writes into an alarm that a channel has said i at now.
func settle(a data.Alarm, channel string, i Item, now time.Time) data.Alarm {
	said := a.Said[channel]
	said.Claim = nil
	if i.Word == data.SayEnded {
		said.Ended = true
	} else {
		said = data.Said{At: now.UTC(), Raise: i.Raise, Urgent: i.Urgent}
	}
	return with(a, channel, said)
}

// with returns a with what one channel has said, and leaves the given one alone.
func with(a data.Alarm, channel string, said data.Said) data.Alarm {
	all := map[string]data.Said{channel: said}
	for name, s := range a.Said {
		if name != channel {
			all[name] = s
		}
	}
	a.Said = all
	return a
}
