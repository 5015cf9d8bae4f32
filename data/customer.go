package data

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
)

// AllCustomers is the cohort that everybody is in.
const AllCustomers = "all"

// Cohort is a set of customers: an explicit list first, else a stable hash of the identifier (M16).
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

// Cohorts is the division of customers, in the order in which they draw: that of their slugs, as a store and a
// configuration give them.
type Cohorts []Cohort

// Of returns the slug of the cohort that customer belongs to; "" where no cohort takes it. "all" is never returned: it
// holds everybody and needs no asking.
//
// A customer on a list is in the first cohort that lists it. Everybody else draws for one cohort after the other, a lot of
// its own for each: the chance is the cohort's percentage of what the cohorts before it have left over. So each has exactly
// its percentage in expectation, whatever the salts are. When a percentage grows, those before it and in it stay where they
// are, and whoever moves comes from further back: into the cohort that grew, or into one behind it that lost somebody to it.
func (cs Cohorts) Of(customer string) string {
	for _, c := range cs {
		if slices.Contains(c.List, customer) {
			return c.Slug
		}
	}
	rest, left := "", 100
	for _, c := range cs {
		switch {
		case c.Rest:
			rest = c.Slug
		case c.Percent > 0 && left > 0:
			if lot(c, customer, left) < c.Percent {
				return c.Slug
			}
			left -= c.Percent
		}
	}
	return rest
}

// lot is what customer draws for c: a whole number from 0 up to below n, evenly and for ever the same.
func lot(c Cohort, customer string, n int) int {
	sum := sha256.Sum256([]byte(c.Salt + "\x00" + c.Slug + "\x00" + customer))
	share, _ := bits.Mul64(binary.BigEndian.Uint64(sum[:8]), uint64(n))
	return int(share)
}
