package data

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Phases of an incident.
const (
	Investigating Phase = "investigating"
	Identified    Phase = "identified"
	Monitoring    Phase = "monitoring"
	Resolved      Phase = "resolved"
	Postmortem    Phase = "postmortem"
)

// IncidentPhases lists the phases of an incident in their usual order.
var IncidentPhases = []Phase{Investigating, Identified, Monitoring, Resolved, Postmortem}

// Limits of what people write.
const (
	MaxTitle = 200
	MaxBody  = 16 << 10
)

// Incident is the story people write about a failure.
type Incident struct {
	ID      string    `json:"id"` // public ID
	Title   string    `json:"title"`
	Impact  string    `json:"impact,omitempty"` // none, minor, major, critical; empty is derived from the components
	Phase   Phase     `json:"phase"`
	Started time.Time `json:"started"`
	Created time.Time `json:"created"`

	MonitoringAt time.Time `json:"monitoring_at,omitzero"` // first time the phase was monitoring
	ResolvedAt   time.Time `json:"resolved_at,omitzero"`   // set exactly while resolved or postmortem
	NextUpdate   time.Time `json:"next_update,omitzero"`   // promised to readers; zero means nothing was promised

	Affected []Affected `json:"affected,omitempty"` // the levels it holds now
	Updates  []Update   `json:"updates"`            // oldest first, at least one
	Hidden   bool       `json:"hidden,omitempty"`   // a draft: absent everywhere in public
	By       string     `json:"by"`
}

// Affected is one component an incident holds at a level.
type Affected struct {
	Component string `json:"component"`
	Cohort    string `json:"cohort,omitempty"` // empty means all
	Level     Level  `json:"level"`
}

// Update is one entry of an incident's or an occurrence's story.
type Update struct {
	ID       string    `json:"id"` // public ID
	Phase    Phase     `json:"phase"`
	Body     string    `json:"body"`
	At       time.Time `json:"at"`      // what people see and what is sorted by
	Created  time.Time `json:"created"` // when it was written down
	By       string    `json:"by"`
	Changes  []Change  `json:"changes,omitempty"` // every component named, also those that did not change
	Internal bool      `json:"internal,omitempty"`
}

// Change is one component's level before and after an update.
type Change struct {
	Component string `json:"component"`
	Old       Level  `json:"old"`
	New       Level  `json:"new"`
}

// Key implements Keyed.
func (i Incident) Key() string { return i.ID }

// Open says whether the incident goes on.
func (i Incident) Open() bool { return i.Phase != Resolved && i.Phase != Postmortem }

// Latest returns the newest public update.
func (i Incident) Latest() Update {
	for _, u := range slices.Backward(i.Updates) {
		if !u.Internal {
			return u
		}
	}
	return Update{}
}

// CleanText checks what a person wrote: valid UTF-8 without control characters but line feed and tab, trimmed, of 1 to
// limit characters.
func CleanText(field, s string, limit int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	switch {
	case s == "":
		return "", Invalid(field, "say something: this is what people will read")
	case !utf8.ValidString(s):
		return "", Invalid(field, "this is not valid UTF-8 text")
	case utf8.RuneCountInString(s) > limit:
		return "", Invalid(field, fmt.Sprintf("at most %d characters, this has %d", limit, utf8.RuneCountInString(s)))
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return "", Invalid(field, fmt.Sprintf("the control character %U is not allowed", r))
		}
	}
	return s, nil
}

// CleanLine is CleanText for text of one line.
func CleanLine(field, s string, limit int) (string, error) {
	if strings.ContainsAny(strings.TrimSpace(s), "\r\n\t") {
		return "", Invalid(field, "write it in one line")
	}
	return CleanText(field, s, limit)
}
