package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"github.com/superoffice/statusd/data"
)

// Facts is everything that a month's figure rests on, in the fixed shape of DESIGN.md 12. ReadFacts reads it, WriteFacts and
// json.Marshal write it.
type Facts struct {
	Month  string    // YYYY-MM
	Zone   string    // IANA name of the clock that bounds the month
	Target string    // as a share, such as "0.998"; above 0, at most 1
	AsOf   time.Time // when a running month was looked at; zero for a month that is over
	Rows

	// Counted are the slugs of the components whose downtime is in the figure, for Report.NoData. Nil means that nobody says: then
	// those count that the rows name. In a file it is the member components.
	Counted []string

	Settled Settled // of facts that were settled; the zero value says that they were not
}

// Settled says which record of a settled month facts are of. It counts for nothing, and is no part of the fingerprint.
type Settled struct {
	Revision    int    // from 1
	Hash        string // of the record, as it stands in the chain of months
	Fingerprint string // what Facts.Fingerprint gave then
}

// Rows are the entries facts consist of. They know nothing of a month, so they serve for days as well. Instants are exact;
// sums cut them to seconds.
type Rows struct {
	Outages     []Outage
	Maintenance []Maintenance
	Unobserved  []Gap

	// Degraded is when probes found a component slow. It colours days, never counts, and is no part of a facts file.
	Degraded []Gap
}

// Outage is one interval [Start, End) of failure as it is reckoned with.
type Outage struct {
	Start     time.Time   `json:"start"`
	End       time.Time   `json:"end,omitzero"`        // zero means it goes on
	Aware     time.Time   `json:"aware,omitzero"`      // when the provider knew; zero means at the start
	Reported  time.Time   `json:"reported,omitzero"`   // when a customer told; zero means never
	Impact    data.Impact `json:"impact,omitempty"`    // empty means no_read_no_write
	Cause     data.Cause  `json:"cause,omitempty"`     // empty means provider
	Component string      `json:"component,omitempty"` // slug; empty or all means every component
	Cohort    string      `json:"cohort,omitempty"`    // slug; empty or all means everybody

	// Seen says that it was seen to fail, whatever Impact counts it as: a component that nothing was promised of may count as
	// degraded at worst, and is red on its day all the same. It colours days, never counts, and is no part of a facts file.
	Seen bool `json:"-"`
}

// Maintenance is one window [Start, End).
type Maintenance struct {
	Start      time.Time  `json:"start"`
	End        time.Time  `json:"end,omitzero"`         // zero means it goes on
	Announced  time.Time  `json:"announced,omitzero"`   // when it was told; zero means never
	Declared   time.Time  `json:"declared,omitzero"`    // when it was said afterwards that it had been used; zero where it was known before
	Phase      data.Phase `json:"phase,omitempty"`      // empty means completed
	Components []string   `json:"components,omitempty"` // slugs; none, or all among them, means every component
	Cohort     string     `json:"cohort,omitempty"`     // slug; empty or all means everybody
	Category   string     `json:"category,omitempty"`   // what for, such as system; for readers, it counts for nothing
	ID         string     `json:"id,omitempty"`         // what it goes by: the key of its occurrence; for readers as well

	// Standing says that a standing notice covers it (M6): it excludes, but colours no day. No part of a facts file.
	Standing bool `json:"-"`
}

// Gap is time [Start, End) that nobody watched. A zero End means it goes on.
type Gap struct {
	Start     time.Time `json:"start"`
	End       time.Time `json:"end,omitzero"`
	Component string    `json:"component,omitempty"` // slug; empty or all means every component
}

// written is the shape of a facts file.
type written struct {
	Month       string        `json:"month"`
	Zone        string        `json:"zone"`
	Target      string        `json:"target"`
	AsOf        time.Time     `json:"as_of,omitzero"`
	Components  []string      `json:"components,omitzero"`
	Outages     []Outage      `json:"outages"`
	Maintenance []Maintenance `json:"maintenance"`
	Unobserved  []Gap         `json:"unobserved"`
	Revision    int           `json:"revision,omitempty"`
	Hash        string        `json:"hash,omitempty"`
	Fingerprint string        `json:"fingerprint,omitempty"`
}

// Fingerprint is SHA-256 in hex over the facts in the form that MarshalJSON gives them, without Settled. So it is the same however a
// file with them is indented, and whoever has the file can compare it with what is printed on the page of the month.
func (f Facts) Fingerprint() string {
	f.Settled = Settled{}
	b, err := json.Marshal(f)
	if err != nil {
		return "" // times that JSON cannot hold: there is no such file
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

var (
	_ json.Marshaler   = Facts{}
	_ json.Unmarshaler = (*Facts)(nil)
)

// MarshalJSON writes the facts so that ReadFacts reads them back. Lists are never null.
func (f Facts) MarshalJSON() ([]byte, error) {
	return json.Marshal(written{
		f.Month, f.Zone, f.Target, f.AsOf, f.Counted,
		listed(f.Outages), listed(f.Maintenance), listed(f.Unobserved),
		f.Settled.Revision, f.Settled.Hash, f.Settled.Fingerprint,
	})
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// UnmarshalJSON reads as strictly as ReadFacts does.
func (f *Facts) UnmarshalJSON(b []byte) error {
	read, err := ReadFacts(bytes.NewReader(b))
	if err == nil {
		*f = read
	}
	return err
}

// WriteFacts writes f for people and for ReadFacts: indented, with a line feed at the end.
func WriteFacts(w io.Writer, f Facts) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
