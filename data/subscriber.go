package data

import (
	"slices"
	"time"
)

// Channel is how a subscriber is reached.
type Channel string

// The channels.
const ByMail Channel = "mail"

// Subscriber is an address that is told (N5, G2).
type Subscriber struct {
	ID         string    `json:"id"` // derived from the address, so that an address is there once
	Channel    Channel   `json:"channel"`
	Address    string    `json:"address"`
	Lang       string    `json:"lang"`
	Zone       string    `json:"zone,omitempty"`       // reader's zone; empty means the schedule's
	Contract   bool      `json:"contract,omitempty"`   // contract contact: operational notices without opt-out (N5 a)
	Cohort     string    `json:"cohort,omitempty"`     // the customer's cohort; empty means told of every cohort
	Components []string  `json:"components,omitempty"` // only these; none means all
	Roles      []string  `json:"roles,omitempty"`      // of a contract contact (N7): admin, security; none means admin
	Confirmed  time.Time `json:"confirmed"`
	Retired    bool      `json:"retired,omitempty"`
	Origin     string    `json:"origin,omitempty"`
}

// Key implements Keyed.
func (s Subscriber) Key() string { return s.ID }

// Topic is whom and what a bulletin concerns.
type Topic struct {
	Cohort     string   // "all" or a slug
	Components []string // none means every committed one
	Security   bool     // it tells of security updates (N7)
}

// Wants says whether s is to be told of a topic: it is there, it is of its cohort, it names one of its components or
// either side names none, and it is a matter of its roles.
func (s Subscriber) Wants(t Topic) bool {
	switch {
	case s.Retired || s.Confirmed.IsZero():
		return false
	case s.Cohort != "" && t.Cohort != AllCustomers && t.Cohort != s.Cohort:
		return false
	case len(s.Roles) > 0 && !slices.Contains(s.Roles, "admin") && !(t.Security && slices.Contains(s.Roles, "security")):
		return false
	}
	return len(s.Components) == 0 || len(t.Components) == 0 ||
		slices.ContainsFunc(t.Components, func(c string) bool { return slices.Contains(s.Components, c) })
}

// Tone is how urgent a banner is; the zero value is the calmest.
type Tone string

// The tones, most urgent first (TEXTS 1).
const (
	ToneIncident Tone = "incident"
	ToneRunning  Tone = "maintenance"
	ToneShort    Tone = "short_notice"
	TonePlanned  Tone = "planned"
	ToneInfo     Tone = "info" // cancelled, moved
)

// Banner is the strip a login page shows. It is computed for an audience and a language, never stored. The JSON is
// fixed (DESIGN 12).
type Banner struct {
	ID      string    `json:"id"`
	Version int       `json:"version"`
	Told    string    `json:"-"` // "id.version" of each window or of the incident that it tells of, joined by a space (M15, N4); a header has it
	Tone    Tone      `json:"tone"`
	Text    string    `json:"text"`
	URL     string    `json:"url"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Cohort  string    `json:"cohort"`
	Lang    string    `json:"lang"`
}
