package wire

import (
	"net/url"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
)

// Calendar is an iCalendar object (RFC 5545) that others subscribe to.
type Calendar struct {
	Name    string
	Zone    string        // IANA, in which readers show it if they have none of their own; empty says nothing
	Refresh time.Duration // how often to fetch it again; zero says nothing
	Events  []Event
}

// Event is one VEVENT: one occurrence. Its times are instants; it has no rule to repeat by, so that no reader works out for
// itself what clocks do on the night of a change.
type Event struct {
	UID         string // the same for ever, whatever becomes of it
	Sequence    int    // grows with each change
	Modified    time.Time
	Start, End  time.Time
	Status      EventStatus
	Summary     string
	Description string // of any number of lines
	Category    string // empty for none
	URL         string // absolute; empty for none
}

// EventStatus is the STATUS of a VEVENT (RFC 5545 3.8.1.11).
type EventStatus string

// The states of an event.
const (
	EventConfirmed EventStatus = "CONFIRMED"
	EventTentative EventStatus = "TENTATIVE"
	EventCancelled EventStatus = "CANCELLED"
)

// EventStatusOf is the state of an occurrence in a calendar: a held one is tentative, one that is called off stays, cancelled.
func EventStatusOf(p data.Phase) EventStatus {
	switch p {
	case data.Held:
		return EventTentative
	case data.Cancelled, data.Withdrawn:
		return EventCancelled
	}
	return EventConfirmed
}

// EventOf is o without words: what they are is for whoever knows the language. id is o's public ID, and host the name of the
// page's host; without one, anything that only this page has.
func EventOf(o data.Occurrence, id, host string) Event {
	return Event{
		UID: id + "@" + host, Sequence: sequence(o), Modified: modified(o), Start: o.Window.Start, End: end(o),
		Status: EventStatusOf(o.Phase),
	}
}

// end is when o is over: where it was completed early, that, else the end of its window. It is never its start.
func end(o data.Occurrence) time.Time {
	if o.Phase == data.Completed && o.Ended.Before(o.Window.End) && !o.Ended.Before(o.Window.Start.Add(time.Second)) {
		return o.Ended
	}
	return o.Window.End
}

// sequence counts the changes of o: those that people were told of, and the others, since a calendar has o long before anybody
// is told. It does so in steps of two: a window that is called off by its deadline is so from that instant on, a moment before
// that is written down, and each must be newer than what was there before.
func sequence(o data.Occurrence) int {
	n := o.Revised
	for _, s := range o.Steps {
		if !s.Told {
			n++
		}
	}
	n *= 2
	if EventStatusOf(o.Phase) == EventCancelled {
		n++
	}
	return n
}

// laidOut is how many days before its date a window of a plan is laid out.
const laidOut = 400

// modified is when anything last happened to o, taken from o alone, so that a calendar does not change while nothing does.
// Where nothing ever happened it is the day on which o was laid out.
func modified(o data.Occurrence) time.Time {
	latest := o.Window.Start.UTC().Truncate(24*time.Hour).AddDate(0, 0, -laidOut)
	if day, err := time.Parse(time.DateOnly, o.Date); err == nil {
		latest = day.AddDate(0, 0, -laidOut)
	}
	for _, at := range []time.Time{o.Began, o.Ended} {
		if at.After(latest) {
			latest = at
		}
	}
	for _, s := range o.Steps {
		if s.At.After(latest) {
			latest = s.At
		}
	}
	for _, u := range o.Updates {
		if u.At.After(latest) && !u.Internal {
			latest = u.At
		}
	}
	return latest
}

// HostOf is the name of the host in a page's public origin, without port; empty where there is none.
func HostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// producer names this program (RFC 5545 3.7.3).
const producer = "-//SuperOffice//statusd//EN"

// Text writes c as RFC 5545 and RFC 7986 have it: CR LF, no line of more than 75 octets, instants in UTC. The same Calendar
// is always the same text. No value can end a line or begin a property, whoever wrote it.
func (c Calendar) Text() []byte {
	b := make(icalendar, 0, 600+1200*len(c.Events))
	b.line("BEGIN", "VCALENDAR")
	b.line("VERSION", "2.0")
	b.line("PRODID", producer)
	b.line("CALSCALE", "GREGORIAN")
	b.line("METHOD", "PUBLISH")
	b.label("NAME", c.Name)
	b.label("X-WR-CALNAME", c.Name)
	if c.Zone != "" {
		b.label("X-WR-TIMEZONE", c.Zone)
	}
	if c.Refresh > 0 {
		every := "PT" + strconv.FormatInt(int64(c.Refresh/time.Minute), 10) + "M"
		b.line("REFRESH-INTERVAL;VALUE=DURATION", every)
		b.line("X-PUBLISHED-TTL", every)
	}
	for _, e := range c.Events {
		e.write(&b)
	}
	if len(c.Events) == 0 {
		b.anything()
	}
	b.line("END", "VCALENDAR")
	return b
}

func (e Event) write(b *icalendar) {
	b.line("BEGIN", "VEVENT")
	b.label("UID", e.UID)
	b.instant("DTSTAMP", e.Modified)
	b.instant("LAST-MODIFIED", e.Modified)
	b.line("SEQUENCE", strconv.Itoa(e.Sequence))
	b.instant("DTSTART", e.Start)
	b.instant("DTEND", e.End)
	b.line("STATUS", string(e.Status))
	b.line("TRANSP", "TRANSPARENT") // it takes nobody's time
	b.label("SUMMARY", e.Summary)
	b.lines("DESCRIPTION", e.Description)
	if e.Category != "" {
		b.label("CATEGORIES", e.Category)
	}
	if e.URL != "" {
		b.uri("URL", e.URL)
	}
	b.line("END", "VEVENT")
}

// anything stands in a calendar without events, since one must not be empty (RFC 5545 3.6): a zone that nothing refers to.
func (b *icalendar) anything() {
	for _, l := range [][2]string{
		{"BEGIN", "VTIMEZONE"},
		{"TZID", "UTC"},
		{"BEGIN", "STANDARD"},
		{"DTSTART", "19700101T000000"},
		{"TZOFFSETFROM", "+0000"},
		{"TZOFFSETTO", "+0000"},
		{"END", "STANDARD"},
		{"END", "VTIMEZONE"},
	} {
		b.line(l[0], l[1])
	}
}
