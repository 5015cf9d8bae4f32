package data

import "time"

// AlertKey is source | identity.
type AlertKey string

// Alert is what a monitoring system outside said: something fires, or has ended. It is kept so that a repeat changes nothing,
// and so that an incident that alerts opened ends when all of them have.
type Alert struct {
	Source   string            `json:"source"`   // "alertmanager", or the name of a hook in the configuration
	Identity string            `json:"identity"` // fingerprint and start at Alertmanager; what the mapping takes elsewhere
	Rule     string            `json:"rule,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Summary  string            `json:"summary,omitempty"`
	Link     string            `json:"link,omitempty"` // where operators read more
	Started  time.Time         `json:"started"`
	Ended    time.Time         `json:"ended,omitzero"` // zero means that it fires
	Received time.Time         `json:"received"`       // first time we heard of it
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
