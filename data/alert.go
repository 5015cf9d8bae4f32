package data

import (
	"slices"
	"time"
)

// AlertKey is source | identity.
type AlertKey string

// AlertLife is how long an alert is kept after it has ended.
const AlertLife = 30 * 24 * time.Hour

// Alert is what a monitoring system outside said: something fires, or has ended. It is kept so that a repeat changes nothing,
// and so that an incident that alerts opened ends when all of them have.
type Alert struct {
	Source   string            `json:"source"`   // "alertmanager", or the name of a hook in the configuration
	Identity string            `json:"identity"` // fingerprint and start at Alertmanager; what the mapping takes elsewhere
	Rule     string            `json:"rule,omitempty"`
	Group    AlertGroupKey     `json:"group,omitempty"` // whose list of firing ones it is on
	Holds    []Affected        `json:"holds,omitempty"` // what it says of components, by its rule
	Labels   map[string]string `json:"labels,omitempty"`
	Summary  string            `json:"summary,omitempty"`
	Link     string            `json:"link,omitempty"` // where operators read more
	Started  time.Time         `json:"started"`
	Ended    time.Time         `json:"ended,omitzero"` // zero means that it fires
	Received time.Time         `json:"received"`       // first time we heard of it
	Heard    time.Time         `json:"heard,omitzero"` // last time that what we heard changed something
	Incident string            `json:"incident,omitempty"`
}

// Key implements Keyed.
func (a Alert) Key() AlertKey { return AlertKey(a.Source + "|" + a.Identity) }

// AlertsOf is the range [from, to) of keys of all alerts of one source.
func AlertsOf(source string) (from, to AlertKey) {
	return AlertKey(source + "|"), AlertKey(source + "}")
}

// Firing says whether it goes on.
func (a Alert) Firing() bool { return a.Ended.IsZero() }

// AlertGroupKey is rule | group.
type AlertGroupKey string

// AlertGroup is what alerts of one rule that belong together have made: the incident they opened last, and which of them fire.
// It is the second way to the firing alerts, written in the transaction that writes them.
type AlertGroup struct {
	Rule     string        `json:"rule"`
	Group    string        `json:"group,omitempty"`    // empty where a rule has one group only
	Incident string        `json:"incident,omitempty"` // the newest that they opened; empty means none yet
	Firing   []FiringAlert `json:"firing,omitempty"`   // in order of their keys
	Heard    time.Time     `json:"heard"`              // when the list changed last
	Ended    time.Time     `json:"ended,omitzero"`     // when the last of them ended, as its source says
}

// FiringAlert is an alert on the list of its group.
type FiringAlert struct {
	Alert    AlertKey   `json:"alert"`
	Incident string     `json:"incident,omitempty"` // that it is attached to; other than the group's where people had told of it
	Holds    []Affected `json:"holds"`
}

// Key implements Keyed.
func (g AlertGroup) Key() AlertGroupKey { return AlertGroupKey(g.Rule + "|" + g.Group) }

// With returns the group with f on its list, in place of what was said of the same alert.
func (g AlertGroup) With(f FiringAlert) AlertGroup {
	n, found := slices.BinarySearchFunc(g.Firing, f.Alert, beforeAlert)
	g.Firing = slices.Clone(g.Firing)
	if found {
		g.Firing[n] = f
	} else {
		g.Firing = slices.Insert(g.Firing, n, f)
	}
	return g
}

// Without returns the group with an alert off its list, and what it was.
func (g AlertGroup) Without(alert AlertKey) (AlertGroup, FiringAlert) {
	n, found := slices.BinarySearchFunc(g.Firing, alert, beforeAlert)
	if !found {
		return g, FiringAlert{}
	}
	was := g.Firing[n]
	g.Firing = slices.Delete(slices.Clone(g.Firing), n, n+1)
	return g, was
}

func beforeAlert(f FiringAlert, key AlertKey) int {
	switch {
	case f.Alert < key:
		return -1
	case f.Alert > key:
		return 1
	}
	return 0
}

// AlertGroupsOf is the range [from, to) of keys of all groups of one rule.
func AlertGroupsOf(rule string) (from, to AlertGroupKey) {
	return AlertGroupKey(rule + "|"), AlertGroupKey(rule + "}")
}
