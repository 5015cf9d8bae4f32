package data

import (
	"slices"
	"time"
)

// Impact says what customers could not do during an outage (U3).
type Impact string

// The impacts. The first three are downtime, Degradation is not (U3, U11).
const (
	NoRead        Impact = "no_read"
	NoWrite       Impact = "no_write"
	NoReadNoWrite Impact = "no_read_no_write"
	Degradation   Impact = "degraded"
)

// Impacts lists every impact.
var Impacts = []Impact{NoRead, NoWrite, NoReadNoWrite, Degradation}

// Cause says in whose hands an outage lay (U6-U8, U12, X3-X6).
type Cause string

// The causes. Only ByProvider counts for the contract.
const (
	ByProvider      Cause = "provider" // our environment, equipment, software, subcontractors
	ByInternet      Cause = "internet"
	ByExternal      Cause = "external"
	ByCustomer      Cause = "customer"
	ByThirdParty    Cause = "third_party"
	ExcludedService Cause = "excluded_service"
)

// Causes lists every cause.
var Causes = []Cause{ByProvider, ByInternet, ByExternal, ByCustomer, ByThirdParty, ExcludedService}

// OutageKey is component | cohort | start | who opened it.
type OutageKey string

// Outage is a measured interval in which a component failed, with what a contract asks of it (U3, U6-U9). It is opened
// from a mark and closed by one; people add Corrections and overwrite nothing.
type Outage struct {
	Component string    `json:"component"`
	Cohort    string    `json:"cohort"`
	By        string    `json:"by"` // probe name or incident ID that opened it
	Started   time.Time `json:"started"`
	Aware     time.Time `json:"aware"`             // first bad sample of the confirmed series, or when a person declared it
	Reported  time.Time `json:"reported,omitzero"` // a customer's report; zero means none
	Ended     time.Time `json:"ended,omitzero"`    // zero means it goes on
	LastBad   time.Time `json:"last_bad,omitzero"` // last bad sample seen; where a gap in watching cuts it (DESIGN 8)
	Impact    Impact    `json:"impact"`
	Cause     Cause     `json:"cause"`
	Reason    string    `json:"reason,omitempty"` // the sample's reason, from its closed set
	Why       string    `json:"why,omitempty"`    // what a person said who added it or cut it off another; empty for a measured one
	Added     time.Time `json:"added,omitzero"`   // when that was
	Author    string    `json:"author,omitempty"` // who it was
	Of        OutageKey `json:"of,omitempty"`     // the one it was cut off
	Void      bool      `json:"-"`                // only of Corrected: it is passed over everywhere

	Corrections []Correction `json:"corrections,omitempty"` // oldest first; the last one that sets a field wins
}

// Correction is what a person said of an outage afterwards. Nil and empty fields leave what was.
type Correction struct {
	At      time.Time  `json:"at"`
	Author  string     `json:"author"`
	Why     string     `json:"why"`
	Started *time.Time `json:"started,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"`
	Aware   *time.Time `json:"aware,omitempty"`
	Report  *time.Time `json:"reported,omitempty"`
	Impact  Impact     `json:"impact,omitempty"`
	Cause   Cause      `json:"cause,omitempty"`
	Cohort  string     `json:"cohort,omitempty"` // whom it really concerned; "all" for everybody

	Void bool `json:"void,omitempty"` // it was none, or counts as part of another: from now on it is passed over
	// What a correction set aside is set right by a later one, with Restored.
	Restored bool `json:"restored,omitempty"`
}

// Key implements Keyed.
func (o Outage) Key() OutageKey {
	return OutageKey(o.Component + "|" + o.Cohort + "|" + keyTime(o.Started) + "|" + o.By)
}

// Corrected returns the outage as it stands after its corrections.
func (o Outage) Corrected() Outage {
	for _, c := range o.Corrections {
		set(&o.Started, c.Started)
		set(&o.Ended, c.Ended)
		set(&o.Aware, c.Aware)
		set(&o.Reported, c.Report)
		if c.Impact != "" {
			o.Impact = c.Impact
		}
		if c.Cause != "" {
			o.Cause = c.Cause
		}
		if c.Cohort != "" {
			o.Cohort = c.Cohort
		}
		o.Void = (o.Void || c.Void) && !c.Restored
	}
	return o
}

// Seen says that probes or a person saw it fail, and that nobody has said since that it was only degraded: its impact may be what its
// component counts at worst (DOMAIN 3).
func (o Outage) Seen() bool {
	is := o.Corrected().Impact
	measured := o.Why == "" || o.Of != "" // cut off another, it is what that was
	return is != Degradation || o.Impact == Degradation && measured && !slices.ContainsFunc(o.Corrections, func(c Correction) bool { return c.Impact != "" })
}

func set(field, value *time.Time) {
	if value != nil {
		*field = *value
	}
}
