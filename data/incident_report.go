package data

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what a person says about a failure, to open an incident or to update one. A zero field takes the default that
// it names.
type Report struct {
	Title    string     // opening: must be there; updating: empty keeps it
	Titles   Words      // the same in other languages, where somebody wrote it
	Body     string     // what readers see; empty takes a plain sentence for the phase
	Bodies   Words      // the same in other languages
	Phase    Phase      // empty means investigating when opening, and the phase it has when updating
	Impact   string     // empty is derived from the levels
	Affected []Affected // opening: at least one; updating: replaces the level of those named, Operational lets go
	Started  time.Time  // zero means now; before now is back-dating
	Reported time.Time  // opening: when a customer told us; zero means none did
	At       time.Time  // when it was so: zero means now; updating: not before what was said last
	Next     time.Time  // when the next update is promised; zero promises nothing
	Draft    bool       // opening: the public learns nothing until it is published
}

var impacts = []string{"", "none", "minor", "major", "critical"}

// NewIncident opens an incident with its first update. The error is an *Error that names the field.
func NewIncident(r Report, by string, now time.Time) (Incident, error) {
	i := Incident{ID: NewID(), Created: now, Started: r.Started, By: by, Hidden: r.Draft}
	if i.Started.IsZero() {
		i.Started = now
	}
	if i.Started.After(now) {
		return i, Invalid("started", "an incident cannot start in the future: leave it out for now, or plan a maintenance")
	}
	if now.Sub(i.Started) > MaxBackdate {
		return i, Invalid("started", "an incident can begin at most 31 days ago: older months are told and done")
	}
	if i.Reported = r.Reported; i.Reported.After(now) {
		return i, Invalid("reported", "a customer cannot have told us in the future")
	}
	if !i.Reported.IsZero() && now.Sub(i.Reported) > MaxBackdate {
		return i, Invalid("reported", "this is more than 31 days ago: older months are told and done")
	}
	if len(r.Affected) == 0 {
		return i, Invalid("components", "name at least one component that is affected, such as login")
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
		if title != i.Title {
			i.Title, i.Titles = title, nil
		}
	}
	var err error
	if len(r.Titles) > 0 {
		if i.Titles, err = cleanWords("titles", r.Titles, CleanLine, MaxTitle); err != nil {
			return i, err
		}
	}
	if r.Bodies, err = cleanWords("bodies", r.Bodies, CleanText, MaxBody); err != nil {
		return i, err
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
	at := now
	if !r.At.IsZero() {
		if at, err = i.backdate(r.At, now); err != nil {
			return i, err
		}
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
		i.ResolvedAt, i.NextUpdate = at, time.Time{}
	case !over:
		i.ResolvedAt = time.Time{}
	}
	if i.Phase == Monitoring && i.MonitoringAt.IsZero() {
		i.MonitoringAt = at
	}
	if len(i.Updates) >= MaxUpdates {
		return i, Conflict(fmt.Sprintf("this incident has %d updates: resolve it and open another", MaxUpdates))
	}
	i.Revised++
	i.Updates = append(slices.Clone(i.Updates), Update{
		ID: NewID(), Phase: i.Phase, Body: body, Bodies: r.Bodies, At: at, Created: now, By: by, Changes: changes,
	})
	return i, nil
}

// backdate checks when something is said to have been so: not in the future, not before the incident began, and not before
// what was said last, because a story is told in the order in which it happened.
func (i Incident) backdate(at, now time.Time) (time.Time, error) {
	switch last := i.Latest().At; {
	case at.After(now):
		return at, Invalid("at", "nothing can have happened in the future: leave it out for now")
	case at.Before(i.Started):
		return at, Invalid("at", "this is before the incident began: change its beginning first")
	case !at.After(last):
		return at, Invalid("at", fmt.Sprintf("the update before this one is of %s: say a time after it", last.UTC().Format(time.RFC3339)))
	}
	return at.UTC(), nil
}

// cleanWords cleans a text in each of its languages.
func cleanWords(field string, w Words, clean func(field, s string, limit int) (string, error), limit int) (Words, error) {
	if len(w) == 0 {
		return nil, nil
	}
	out := Words{}
	for lang, text := range w {
		if !slices.Contains(Languages, lang) {
			return nil, Invalid(field, fmt.Sprintf("%q is no language of ours: use en, nb, sv, da, de, nl or fi", lang))
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		s, err := clean(field, text, limit)
		if err != nil {
			return nil, err
		}
		out[lang] = s
	}
	return out, nil
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
		if over && a.Level > Operational {
			return nil, nil, Invalid("components", fmt.Sprintf("%s: an incident that is over holds nothing at %s: leave it out, or do not resolve yet", a.Component, a.Level))
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
