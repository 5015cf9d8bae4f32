package data

import (
	"slices"
	"time"
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
	MaxBackdate = 31 * 24 * time.Hour // how long ago an incident may have begun
	MaxTitle    = 200
	MaxBody     = 16 << 10
	MaxUpdates  = 1000 // of one incident, notes included
)

// Incident is the story people write about a failure.
type Incident struct {
	ID      string    `json:"id"`      // public ID
	Version int       `json:"version"` // raised by PutIncident; how a reader says which he has seen
	Title   string    `json:"title"`
	Titles  Words     `json:"titles,omitempty"` // the title in other languages, as far as somebody wrote it
	Revised int       `json:"revised"`          // raised by every change that the public sees; versions of banner and bulletin
	Impact  string    `json:"impact,omitempty"` // none, minor, major, critical; empty is derived from the components
	Phase   Phase     `json:"phase"`
	Started time.Time `json:"started"`
	Created time.Time `json:"created"`

	MonitoringAt time.Time `json:"monitoring_at,omitzero"` // first time the phase was monitoring
	ResolvedAt   time.Time `json:"resolved_at,omitzero"`   // set exactly while resolved or postmortem
	NextUpdate   time.Time `json:"next_update,omitzero"`   // promised to readers; zero means nothing was promised

	Affected []Affected `json:"affected,omitempty"` // every component it named, at the level it is held at now
	Updates  []Update   `json:"updates"`            // oldest first, at least one
	Hidden   bool       `json:"hidden,omitempty"`   // a draft: absent everywhere in public
	By       string     `json:"by"`
	Aware    time.Time  `json:"aware,omitzero"`    // when we first knew, where a measured outage says that it was before the incident was opened (U9)
	Reported time.Time  `json:"reported,omitzero"` // when a customer told us, where one did before it was opened (U9)
	Alerts   string     `json:"alerts,omitempty"`  // the rule by which alerts opened it and may close it; empty means people do
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
	Bodies   Words     `json:"bodies,omitempty"` // the body in other languages
	At       time.Time `json:"at"`               // what people see and what is sorted by
	Created  time.Time `json:"created"`          // when it was written down
	By       string    `json:"by"`
	Changes  []Change  `json:"changes,omitempty"`  // every component named, also those that did not change
	Internal bool      `json:"internal,omitempty"` // a note for operators: absent everywhere in public
	Edits    []Edit    `json:"edits,omitempty"`    // oldest first
}

// Edit is what an update said before it was changed.
type Edit struct {
	At     time.Time `json:"at"` // of the change
	By     string    `json:"by"`
	Body   string    `json:"body"`
	Bodies Words     `json:"bodies,omitempty"`
}

// Change is one component's level before and after an update.
type Change struct {
	Component string `json:"component"`
	Cohort    string `json:"cohort,omitempty"` // empty means all
	Old       Level  `json:"old"`              // what the incident held it at; Operational where it did not name it before
	New       Level  `json:"new"`
	Measured  Level  `json:"measured,omitzero"` // what probes said of it when it was named first; zero where they saw nothing wrong
}

// Key implements Keyed.
func (i Incident) Key() string { return i.ID }

// Open says whether the incident goes on.
func (i Incident) Open() bool { return i.Phase != Resolved && i.Phase != Postmortem }

// TitleIn returns the title in lang, else as it was written.
func (i Incident) TitleIn(lang string) string {
	if s := i.Titles[lang]; s != "" {
		return s
	}
	return i.Title
}

// BodyIn returns the body in lang, else as it was written.
func (u Update) BodyIn(lang string) string {
	if s := u.Bodies[lang]; s != "" {
		return s
	}
	return u.Body
}

// BodyIn returns the body in lang, else as it was written.
func (e Edit) BodyIn(lang string) string { return Update{Body: e.Body, Bodies: e.Bodies}.BodyIn(lang) }

// Latest returns the newest public update.
func (i Incident) Latest() Update {
	for _, u := range slices.Backward(i.Updates) {
		if !u.Internal {
			return u
		}
	}
	return Update{}
}

// Worst is the worst level the incident holds.
func (i Incident) Worst() Level {
	worst := NoData
	for _, a := range i.Affected {
		worst = max(worst, a.Level)
	}
	return worst
}
