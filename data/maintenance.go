package data

import (
	"fmt"
	"regexp"
	"time"
)

// Category names a kind of maintenance (DOMAIN.md 1.2). Words for people are keyed by it.
type Category string

// The categories of the published schedule, and the two that only people create.
const (
	System         Category = "system"         // M1
	Application    Category = "application"    // M2-M5
	Recycle        Category = "recycle"        // M6
	Microsoft      Category = "microsoft"      // M7
	Infrastructure Category = "infrastructure" // M8
	Emergency      Category = "emergency"      // M9; never from a rule
	Critical       Category = "critical"       // M10; never from a rule
)

// Categories lists every category in the order people read them.
var Categories = []Category{System, Application, Recycle, Microsoft, Infrastructure, Emergency, Critical}

// Recurrence is a rule for when windows fall, as plain data; recur.Compile gives it meaning.
//
// A rule speaks of clock readings in Zone, never of instants (T1). Exactly one of Rule and Cron is set, and exactly one
// of Until and Length.
type Recurrence struct {
	Zone   string        `json:"zone"`             // IANA name, such as Europe/Oslo
	Rule   string        `json:"rule,omitempty"`   // RFC 5545 RRULE without DTSTART: FREQ=WEEKLY;INTERVAL=2;BYDAY=FR
	Cron   string        `json:"cron,omitempty"`   // five-field cron text; its minute and hour fields replace Start
	Anchor string        `json:"anchor"`           // YYYY-MM-DD: the first nominal date; nothing is planned before it
	Start  string        `json:"start,omitempty"`  // HH:MM clock reading
	Until  string        `json:"until,omitempty"`  // HH:MM clock reading of the end; not after Start means next day
	Days   int           `json:"days,omitempty"`   // whole days added to Until; zero means the first such reading after Start
	Length time.Duration `json:"length,omitempty"` // elapsed length, for windows that are no clock span (M6: 3 s)
	Shift  int           `json:"shift,omitempty"`  // days from the rule's date to the window's (M3: 3)
}

// Window is a span of time [Start, End).
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Contains says whether t lies in [Start, End).
func (w Window) Contains(t time.Time) bool { return !t.Before(w.Start) && t.Before(w.End) }

// Overlaps says whether the two spans share an instant.
func (w Window) Overlaps(o Window) bool { return w.Start.Before(o.End) && o.Start.Before(w.End) }

// Duration is the elapsed length of the window.
func (w Window) Duration() time.Duration { return w.End.Sub(w.Start) }

// MaintenanceKey is slug and version: "system|2026-01-01T00:00:00Z".
type MaintenanceKey string

// Maintenance is one plan, maybe recurring, in one version (T3). A changed plan is a new version with a later ValidFrom;
// occurrences keep the version they were made under.
type Maintenance struct {
	Slug       string     `json:"slug"`
	ValidFrom  time.Time  `json:"valid_from"` // governs occurrences that start at or after it; zero means always
	Category   Category   `json:"category"`
	Cohort     string     `json:"cohort"`               // slug of the customers concerned; "all" for everybody
	Components []string   `json:"components,omitempty"` // slugs; none means every committed component
	Recurrence Recurrence `json:"recurrence"`
	Reserved   bool       `json:"reserved,omitempty"` // laid out as reserved and needs an operator's confirmation (M8)
	Standing   bool       `json:"standing,omitempty"` // covered by a standing notice: no bulletins, no marks (M6, A-7)
	Follows    string     `json:"follows,omitempty"`  // slug of the plan whose fate holds this one (M3)
	Avoids     []Avoid    `json:"avoids,omitempty"`   // days it keeps clear of; none means that it runs on every day of its rule

	Expected time.Duration `json:"expected"` // expected interruption inside the window (M11)
	Notice   NoticeTimes   `json:"notice"`
	Retired  bool          `json:"retired,omitempty"` // no longer in configuration; plans nothing more
	Origin   string        `json:"origin,omitempty"`  // file:line it came from; empty means made by a person
}

// NoticeTimes says how long before a window's start people are told, in elapsed time (N1). A zero value takes the default
// that each field names.
type NoticeTimes struct {
	Page     time.Duration `json:"page,omitempty"`     // page, mail and feeds; zero means 72 h
	Banner   time.Duration `json:"banner,omitempty"`   // login banner; zero means 48 h
	Deadline time.Duration `json:"deadline,omitempty"` // the promise; zero means 24 h
}

// Defaults of NoticeTimes.
const (
	DefaultPageLead     = 72 * time.Hour
	DefaultBannerLead   = 48 * time.Hour
	DefaultDeadlineLead = 24 * time.Hour
)

// WithDefaults fills the fields that are zero.
func (n NoticeTimes) WithDefaults() NoticeTimes {
	if n.Page == 0 {
		n.Page = DefaultPageLead
	}
	if n.Banner == 0 {
		n.Banner = DefaultBannerLead
	}
	if n.Deadline == 0 {
		n.Deadline = DefaultDeadlineLead
	}
	return n
}

// Key implements Keyed.
func (m Maintenance) Key() MaintenanceKey { return MaintenanceKey(m.Slug + "|" + keyTime(m.ValidFrom)) }

var slugPattern = regexp.MustCompile(`^[a-z0-9]+(?:[-/][a-z0-9]+)*$`)

// ValidSlug returns a clear error if s cannot name something in configuration and addresses: lower-case letters and
// digits, joined by single hyphens or slashes, at most 64 bytes.
func ValidSlug(s string) error {
	if len(s) > 64 || !slugPattern.MatchString(s) {
		return fmt.Errorf("%q cannot be a name here: use lower-case letters, digits and single hyphens, such as crm-read (at most 64)", s)
	}
	return nil
}
