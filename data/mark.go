package data

import (
	"fmt"
	"time"
)

// Source is who holds a component at a level.
type Source string

// The sources.
const (
	FromProbe    Source = "probe"
	FromPerson   Source = "person"
	FromSchedule Source = "schedule" // maintenance: its Level means nothing
)

// MarkKey is component | source | cohort | by | at.
type MarkKey string

// Mark says that from At on, one holder (Source and By) holds a component at Level for a cohort, until the same holder's
// next mark. Marks are appended, never changed, and merged when they are read.
//
// A probe's NoData mark is a gap in watching. Off lets go: from then on the holder says nothing.
type Mark struct {
	Component string    `json:"component"`
	Cohort    string    `json:"cohort"`
	Source    Source    `json:"source"`
	By        string    `json:"by"` // probe name, incident ID or occurrence key
	At        time.Time `json:"at"`
	Level     Level     `json:"level"`
	Off       bool      `json:"off,omitempty"`
	Cause     string    `json:"cause,omitempty"` // why, for operators: a sample's reason, an update's words
}

// Key implements Keyed.
func (m Mark) Key() MarkKey {
	return MarkKey(m.Component + "|" + string(m.Source) + "|" + m.Cohort + "|" + m.By + "|" + keyTime(m.At))
}

// MarksOf is the range [from, to) of keys of all marks of one component and source; an empty source means all.
func MarksOf(component string, source Source) (from, to MarkKey) {
	p := component + "|"
	if source != "" {
		p += string(source) + "|"
	}
	return MarkKey(p), MarkKey(p[:len(p)-1] + "}")
}

// LatestMark is the newest mark of one holder, or ErrNotFound. Who knows all holders merges these alone: however long the
// history, they are few.
func LatestMark(tx Tx, component string, source Source, cohort, by string) (Mark, error) {
	p := component + "|" + string(source) + "|" + cohort + "|" + by + "|"
	m, err := tx.Marks().Last(MarkKey(p[:len(p)-1] + "}"))
	if err == nil && (m.Component != component || m.Source != source || m.Cohort != cohort || m.By != by) {
		return Mark{}, fmt.Errorf("mark of %s: %w", by, ErrNotFound)
	}
	return m, err
}

// unknown says that a NoData mark was made because nobody can tell how the component stands, and not because an observer has lost
// sight.
func (m Mark) unknown() bool {
	return m.Cause == string(ReasonDisagree) || m.Cause == string(ReasonNotReached)
}

// Standing is where a component stands at an instant, merged from its marks.
type Standing struct {
	Level       Level            // the worst that anybody holds; a person's word outranks the probes
	Declared    bool             // a person holds the level
	Maintenance bool             // a window runs for some cohort
	Cohorts     map[string]Level // level by cohort, where one is held at all
	Windows     []string         // keys of the occurrences that run
	Since       time.Time        // of the newest mark that counts
	LastKnown   Level            // the level before the probes lost sight for long; equals Level where they have not
	Flapping    bool             // the level is Degraded because a probe says that it fails and recovers again and again
}

// UnseenFor is how long a level stands after its probe has lost sight.
const UnseenFor = 5 * time.Minute

// Merge works out where one component stands at now. Marks may come in any order; those after now do not count.
//
// Probes: the worst of those that see; NoData only when none sees. One that has just lost sight counts as it did for UnseenFor:
// a restart, or a network of ours that is gone for a moment, changes no level (DESIGN 8). Where places disagree, or what leads to
// the component fails so that it is not reached, nothing is known at once. Persons: the worst declared replaces what probes say
// in that cohort (people know more at 03:00 than a probe does), until they let go. Windows never change the level.
func Merge(marks []Mark, now time.Time) Standing {
	type holder struct {
		source     Source
		by, cohort string
	}
	latest := map[holder]Mark{}
	known := map[holder]Mark{}
	for _, m := range marks {
		if m.At.After(now) {
			continue
		}
		h := holder{m.Source, m.By, m.Cohort}
		if old, ok := latest[h]; !ok || !m.At.Before(old.At) {
			latest[h] = m
		}
		if old, ok := known[h]; m.Level != NoData && (!ok || !m.At.Before(old.At)) {
			known[h] = m
		}
	}
	s := Standing{Cohorts: map[string]Level{}}
	probed, declared, last := map[string]Level{}, map[string]Level{}, NoData
	for h, m := range latest {
		if m.Off {
			continue
		}
		switch h.source {
		case FromSchedule:
			s.Maintenance = true
			s.Windows = append(s.Windows, h.by)
		case FromPerson:
			declared[h.cohort] = max(declared[h.cohort], m.Level)
		case FromProbe:
			if before, seen := known[h]; seen && m.Level == NoData && now.Sub(m.At) < UnseenFor && !m.unknown() {
				m = before
			}
			probed[h.cohort] = max(probed[h.cohort], m.Level)
			s.Flapping = s.Flapping || m.Level == Degraded && m.Cause == string(ReasonFlapping)
			last = max(last, known[h].Level)
		}
		if m.At.After(s.Since) {
			s.Since = m.At
		}
	}
	for c, l := range probed {
		s.Cohorts[c] = l
	}
	for c, l := range declared {
		s.Cohorts[c] = l
		s.Declared = true
	}
	if all, ok := declared["all"]; ok { // said of everybody: it covers each cohort
		for c := range s.Cohorts {
			if _, own := declared[c]; !own {
				s.Cohorts[c] = all
			}
		}
	}
	for _, l := range s.Cohorts {
		s.Level = max(s.Level, l)
	}
	s.Flapping = s.Flapping && s.Level == Degraded && !s.Declared
	s.LastKnown = s.Level
	if s.Level == NoData {
		s.LastKnown = last
	}
	return s
}
