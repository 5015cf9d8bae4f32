package data

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// AllCustomers is the cohort that everybody is in.
const AllCustomers = "all"

// Cohort is a set of customers: an explicit list first, else a stable hash of the identifier (M16). The cohort with
// Percent 0 and no list that comes last takes the rest.
type Cohort struct {
	Slug    string   `json:"slug"`
	Name    Words    `json:"name,omitempty"`
	List    []string `json:"list,omitempty"`    // customer identifiers, whatever the hash says
	Percent int      `json:"percent,omitempty"` // 0 to 100, of those on no list
	Rest    bool     `json:"rest,omitempty"`    // everybody whom no other cohort takes
	Salt    string   `json:"salt,omitempty"`    // changes who falls within Percent; the same for one cycle
	Retired bool     `json:"retired,omitempty"`
	Origin  string   `json:"origin,omitempty"`
}

// Key implements Keyed.
func (c Cohort) Key() string { return c.Slug }

// Cohorts is the division of customers, in the order of configuration.
type Cohorts []Cohort

// Of returns the slug of the cohort that customer belongs to; "" where no cohort takes it. "all" is never returned: it
// holds everybody and needs no asking.
func (cs Cohorts) Of(customer string) string {
	for _, c := range cs {
		if slices.Contains(c.List, customer) {
			return c.Slug
		}
	}
	rest, from := "", 0
	for _, c := range cs {
		if c.Rest {
			rest = c.Slug
			continue
		}
		if h := share(c.Salt, customer); h >= from*1e6 && h < (from+c.Percent)*1e6 {
			return c.Slug
		}
		from += c.Percent
	}
	return rest
}

// share places a customer on a line of 100,000,000 points, evenly and for ever the same.
func share(salt, customer string) int {
	sum := sha256.Sum256([]byte(salt + "\x00" + customer))
	return int(binary.BigEndian.Uint64(sum[:8]) % 100e6)
}
