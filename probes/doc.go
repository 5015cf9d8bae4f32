// Package probes takes samples of what the configuration names and judges what a run of them means.
//
// # The path of a sample
//
//	slot             spread over the interval by a hash of the probe's name, in whole seconds
//	 └▶ kind.Prober  one run on a fresh connection, within Probe.Deadline, never repeated          package kind
//	     └▶ observer a failure is worth nothing while our own network is down: it becomes NoData   blind.go names.go
//	         └▶ side        one component that the probe speaks for                                side.go
//	             └▶ panel       pure: what most of the places say, each by a Judge                 panel.go judge.go
//	                 └▶ recorder    mark and outage in one transaction, at once; samples in batches   record.go keep.go
//
// What other places saw comes as parcels in the store and joins at the side (deliver.go). With Options.Forward the same
// Runner looks on behalf of a service elsewhere: its samples become parcels in its own store, and nothing is judged there but
// whether a target deserves to be looked at again soon.
//
// Everything after that is the page's business: it wakes by the revision of marks and outages.
//
// # What is kept, and when
//
// A change of level is a mark, and an outage where one opened or closed: one transaction, at once, for all probes whose
// level changed in the same instant. Samples wait and go in packed day blocks, all probes together: every Options.Flush,
// at midnight UTC, at a stop, and within a second of a bad sample. So a good steady state costs one transaction per
// Flush, and five hundred failing targets cost one a second.
//
// # Time in which nobody watched
//
// A probe that stops seeing says so with a NoData mark: at a stop, at the first slot at which the observer was blind, and,
// after a crash, at the start for the time since the last sample that was stored, plus one interval. The first verdict
// afterwards marks the level again. An outage that was open stays open when the target is still down, and ends one
// interval after its last bad sample when it is not (DESIGN 8). A probe that is retired, removed or pointed at another
// component lets go of the old one with an Off mark.
//
// What other places saw in that time and tell later fills it where it was good (fill.go). It opens no outage: what one place
// alone saw go wrong is logged, and left to people. What becomes known of a settled month restates it (Options.Restate). From when
// on a place tells late stands in the store with the first such sample, so that a crash before it has told it all loses none of it
// (late.go).
//
// A side that comes back to what it let go of a moment ago waits until the store has that, so that nothing ends twice. The newest
// heartbeat of a probe that takes none any more is deleted; what came of it stays.
//
// # When a failure says nothing
//
// With references configured, the observer is blind when most of them cannot be connected to; and for a target whose name
// did not resolve, when most of the public names among probes and references do not resolve at that moment either. With
// one such name in all, any error counts as blindness but the answer that there is no such host. A public target that
// answers meanwhile proves the opposite. Loopback and private targets are never blinded.
//
// The wall clock names the slots. If it is set back, a probe waits until it has caught up with its last slot, so that its
// marks stay in order.
package probes
