// Package data holds the nouns of the service, their rules, and the contract of the store that keeps them. It imports the
// standard library alone and does no I/O; every other part imports it, and none of them imports another.
//
// # How the parts work together
//
// A part changes the world in one transaction (Store.Update). The store raises a revision for the tables that really
// changed. Every part that watches one of those wakes, reads again, and makes the world as it should be now:
//
//	loop: read the state → do what now asks for → sleep until the next deadline or the next revision
//
// No events travel between packages. A missed wake-up loses nothing, a part killed at any point finds the same state at
// its next start, and a write that changes nothing raises no revision, so the loops come to rest.
//
// # What is kept
//
//	Component            what visitors see            ┐
//	Maintenance          the plan, in versions        │ come from configuration; read-only elsewhere
//	Probe, Cohort        what to check; whom          │
//	Subscriber           who is told                  ┘ (contract contacts; others subscribe themselves)
//	Occurrence           one dated window, with a phase that follows from its times
//	Mark                 from an instant on, a source holds a component at a level; append only
//	Outage               the measured interval; append only, corrections beside it
//	Block                many samples, packed; they promise nothing
//	Incident             the story people write
//	Bulletin, Proof      what is to be told and by when; when each surface first really showed it
//	Notice, Due          one copy for one subscriber; when it is to be looked at again
//	Operator, Token      who may change what: a person, a program
//	Session, Link        a browser that is signed in; a way in for the day the provider is down
//	AuditEntry           who did what
//	Alarm                what is in danger
//	Alert, AlertGroup    what a monitoring system outside said; what alerts that belong together made
//	Answer               what an idempotency key was answered, kept with the write it belongs to
//
// Rules are methods and functions of values and a time: Occurrence.Due, Merge, Cohorts.Of, PublicID. They read no clock.
//
// # Keys
//
// A key is text that sorts as its records should be ranged over: parts are joined by "|", which no slug may hold, and
// instants are written in a fixed width in UTC. A noun with a natural key has its public ID derived from it, so that an
// ID survives a restore and a new planning.
package data
