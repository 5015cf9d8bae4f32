package data

import (
	"fmt"
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
)

// Incident is the story people write about a failure.
type Incident struct {
	ID      string    `json:"id"`      // public ID
	Version int       `json:"version"` // raised by PutIncident; how a reader says which he has seen
	Title   string    `json:"title"`
	Titles  Words     `json:"titles,omitempty"` // the title in other languages, as far as somebody wrote it
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
	Alerts   string     `json:"alerts,omitempty"` // the rule by which alerts opened it and may close it; empty means people do
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
	Old       Level  `json:"old"`
	New       Level  `json:"new"`
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

// Latest returns the newest public update.
func (i Incident) Latest() Update {
	for _, u := range slices.Backward(i.Updates) {
		if !u.Internal {
			return u
		}
	}
	return Update{}
}

// Report is what a person says about a failure, to open an incident or to update one. A zero field takes the default that
// it names.
type Report struct {
	Title    string     // opening: must be there; updating: empty keeps it
	Body     string     // what readers see; empty takes a plain sentence for the phase
	Phase    Phase      // empty means investigating when opening, and the phase it has when updating
	Impact   string     // empty is derived from the levels
	Affected []Affected // opening: at least one; updating: replaces the level of those named, Operational lets go
	Started  time.Time  // zero means now; before now is back-dating
	Next     time.Time  // when the next update is promised; zero promises nothing
}

var impacts = []string{"", "none", "minor", "major", "critical"}

// NewIncident opens an incident with its first update. The error is an *Error that names the field.
func NewIncident(r Report, by string, now time.Time) (Incident, error) {
	i := Incident{ID: NewID(), Created: now, Started: r.Started, By: by}
	if i.Started.IsZero() {
		i.Started = now
	}
	if i.Started.After(now) {
		return i, Invalid("started", "an incident cannot start in the future: leave it out for now, or plan a maintenance")
	}
	if now.Sub(i.Started) > MaxBackdate {
		return i, Invalid("started", "an incident can begin at most 31 days ago: older months are told and done")
	}
	if len(r.Affected) == 0 {
		return i, Invalid("components", "name at least one component and its level, such as {\"login\": \"major_outage\"}")
	}
	if r.Title == "" {
		return i, Invalid("title", "say in one line what people notice, such as \"Sign-in fails\"")
	}
	if r.Phase == "" {
		r.Phase = Investigating
	}
	if r.Phase == Resolved || r.Phase == Postmortem {
		return i, Invalid("phase", "an incident begins as investigating, identified or monitoring: open it first, then resolve it")
	}
	return i.Update(r, by, now)
}

// Update returns the incident with one more update, or an *Error that names the field.
func (i Incident) Update(r Report, by string, now time.Time) (Incident, error) {
	if r.Title != "" {
		title, err := CleanLine("title", r.Title, MaxTitle)
		if err != nil {
			return i, err
		}
		i.Title = title
	}
	if r.Phase == "" {
		r.Phase = i.Phase
	}
	if !slices.Contains(IncidentPhases, r.Phase) {
		return i, Invalid("phase", fmt.Sprintf("%q is no phase of an incident: use investigating, identified, monitoring, resolved or postmortem", r.Phase))
	}
	if r.Phase == Postmortem && i.Open() {
		return i, Invalid("phase", "resolve the incident before its postmortem is published")
	}
	if r.Body == "" {
		r.Body = plainWords[r.Phase]
	}
	body, err := CleanText("body", r.Body, MaxBody)
	if err != nil {
		return i, err
	}
	if !slices.Contains(impacts, r.Impact) {
		return i, Invalid("impact", fmt.Sprintf("%q is no impact: use none, minor, major or critical, or leave it out", r.Impact))
	}
	if r.Impact != "" {
		i.Impact = r.Impact
	}
	if !r.Next.IsZero() && !r.Next.After(now) {
		return i, Invalid("next_update", "promise the next update for a time to come, or leave it out")
	}
	over := r.Phase == Resolved || r.Phase == Postmortem
	affected, changes, err := i.affect(r.Affected, over)
	if err != nil {
		return i, err
	}
	i.Affected, i.Phase, i.NextUpdate = affected, r.Phase, r.Next
	switch {
	case over && i.ResolvedAt.IsZero():
		i.ResolvedAt, i.NextUpdate = now, time.Time{}
	case !over:
		i.ResolvedAt = time.Time{}
	}
	if i.Phase == Monitoring && i.MonitoringAt.IsZero() {
		i.MonitoringAt = now
	}
	i.Updates = append(slices.Clone(i.Updates), Update{
		ID: NewID(), Phase: i.Phase, Body: body, At: now, Created: now, By: by, Changes: changes,
	})
	return i, nil
}

// affect applies what was said of components to what the incident holds. An incident that is over holds nothing.
func (i Incident) affect(said []Affected, over bool) ([]Affected, []Change, error) {
	held := slices.Clone(i.Affected)
	was := func(component, cohort string) (int, Level) {
		for n, a := range held {
			if a.Component == component && a.Cohort == cohort {
				return n, a.Level
			}
		}
		return -1, Operational
	}
	var changes []Change
	seen := map[Affected]bool{}
	for _, a := range said {
		if a.Cohort == AllCustomers {
			a.Cohort = ""
		}
		id := Affected{Component: a.Component, Cohort: a.Cohort}
		if seen[id] {
			return nil, nil, Invalid("components", fmt.Sprintf("%s is named twice", a.Component))
		}
		seen[id] = true
		if a.Level == NoData {
			return nil, nil, Invalid("components", fmt.Sprintf("%s: use operational, degraded, partial_outage or major_outage", a.Component))
		}
		n, old := was(a.Component, a.Cohort)
		changes = append(changes, Change{Component: a.Component, Cohort: a.Cohort, Old: old, New: a.Level})
		if n >= 0 {
			held[n].Level = a.Level
		} else {
			held = append(held, a)
		}
	}
	for n, a := range held {
		if seen[Affected{Component: a.Component, Cohort: a.Cohort}] {
			continue
		}
		level := a.Level
		if over {
			level = Operational
		}
		changes = append(changes, Change{Component: a.Component, Cohort: a.Cohort, Old: a.Level, New: level})
		held[n].Level = level
	}
	return held, changes, nil
}

// plainWords are said where a person at 03:00 said nothing.
var plainWords = map[Phase]string{
	Investigating: "We are looking into it.",
	Identified:    "We have found the cause and are working on it.",
	Monitoring:    "It should work again. We are watching it.",
	Resolved:      "It works again.",
	Postmortem:    "Our review of this incident is published.",
}

// Worst is the worst level the incident holds.
func (i Incident) Worst() Level {
	worst := NoData
	for _, a := range i.Affected {
		worst = max(worst, a.Level)
	}
	return worst
}
