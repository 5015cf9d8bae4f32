package data

import (
	"encoding"
	"fmt"
	"time"
)

// Level is how well a component works. The zero value is NoData: nobody knows.
type Level uint8

// The levels, from unknown to worst.
const (
	NoData Level = iota
	Operational
	Degraded
	PartialOutage
	MajorOutage
)

var levelNames = [...]string{"no_data", "operational", "degraded", "partial_outage", "major_outage"}

var (
	_ encoding.TextMarshaler   = Level(0)
	_ encoding.TextUnmarshaler = (*Level)(nil)
)

func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// MarshalText writes the level as in our own JSON: no_data, operational, degraded, partial_outage, major_outage.
func (l Level) MarshalText() ([]byte, error) {
	if int(l) >= len(levelNames) {
		return nil, fmt.Errorf("level %d is unknown", uint8(l))
	}
	return []byte(levelNames[l]), nil
}

// UnmarshalText reads what MarshalText writes.
func (l *Level) UnmarshalText(b []byte) error {
	for i, name := range levelNames {
		if name == string(b) {
			*l = Level(i)
			return nil
		}
	}
	return Invalid("level", fmt.Sprintf("%q is no level: use operational, degraded, partial_outage or major_outage", b))
}

// Bad says whether the level is an outage (partial or major).
func (l Level) Bad() bool { return l >= PartialOutage }

// Languages are those that texts can be written in; the first is what every other falls back to.
var Languages = []string{"en", "nb", "sv", "da", "de", "nl", "fi"}

// Words is a text in several languages, keyed by language; "en" is what every other falls back to.
type Words map[string]string

// In returns the text in lang, else in English.
func (w Words) In(lang string) string {
	if s := w[lang]; s != "" {
		return s
	}
	return w["en"]
}

// Commitment says what was promised of a component (DOMAIN.md 3, column SLA).
type Commitment string

// The commitments.
const (
	Committed    Commitment = "yes"  // its failures count in the figure, and it can turn the headline red
	Informative  Commitment = "info" // shown, never counted
	NoCommitment Commitment = "none" // excluded by its own terms, and labelled so (X1)
)

// Audience says who sees a component.
type Audience string

// The audiences.
const (
	ForAll       Audience = "all"
	ForCustomers Audience = "customers" // only in the view of one customer
	ForOperators Audience = "operators"
)

// Component is something visitors see a level for.
type Component struct {
	Slug        string     `json:"slug"`
	Name        Words      `json:"name"`
	Description Words      `json:"description,omitempty"`
	Group       string     `json:"group,omitempty"`      // slug of its group; empty stands alone
	GroupName   Words      `json:"group_name,omitempty"` // the group's name, the same for all its members
	Position    int        `json:"position"`             // order on the page, from 1
	Commitment  Commitment `json:"commitment"`
	Impact      Impact     `json:"impact,omitempty"` // what customers cannot do when it is out; empty means no_read_no_write
	Cause       Cause      `json:"cause,omitempty"`  // whose fault its outages are by default; empty means provider
	Audience    Audience   `json:"audience"`
	Provider    string     `json:"provider,omitempty"` // who runs it, when that is not us (X12)
	ThirdParty  bool       `json:"third_party,omitempty"`
	Link        string     `json:"link,omitempty"`  // the provider's own status page
	Setup       string     `json:"setup,omitempty"` // for operators: what is missing before it can be probed
	Since       time.Time  `json:"since"`           // when it entered the catalogue
	Retired     bool       `json:"retired,omitempty"`
	RetiredAt   time.Time  `json:"retired_at,omitzero"` // until when it was to be watched; zero of a retired one says nobody knows
	Origin      string     `json:"origin,omitempty"`    // file:line
}

// Key implements Keyed.
func (c Component) Key() string { return c.Slug }

// Public says whether the public page may know of c.
func (c Component) Public() bool { return !c.Retired && c.Audience == ForAll }
