package main

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/superoffice/statusd/web/api"
)

// reply is what the service answers, with the zone of its schedule: people read its times on that clock, whatever the clock of
// the machine says on which they type.
type reply struct {
	body json.RawMessage
	zone *time.Location
}

// zoneIn is the zone that an answer names; this machine's where a service of an older version names none.
func zoneIn(h http.Header) *time.Location {
	name := h.Get(api.ZoneHeader)
	if name == "" {
		return time.Local
	}
	return zoneOf(name)
}

// writer is where people read an answer.
type writer struct {
	io.Writer
	zone *time.Location
}

// through is a writer that goes through another one first, such as that of a table.
func (w writer) through(to io.Writer) writer { return writer{to, w.zone} }

// minute is how a time is shown, to the minute.
func (w writer) minute(t time.Time) string { return w.at(t, "2006-01-02 15:04 MST") }

// second is the same to the second.
func (w writer) second(t time.Time) string { return w.at(t, "2006-01-02 15:04:05 MST") }

func (w writer) at(t time.Time, layout string) string { return t.In(w.zone).Format(layout) }
