// Package scheduler lays out the occurrences that the plans make, with the bulletins each of them owes, and moves them
// through their phases.
//
// Three pure rules do the thinking, and one loop (Scheduler.Run) reads, asks them, and writes what changed:
//
//	Lay        plans, a span            → the occurrences that should be there
//	Reconcile  what is, what should be  → the occurrences to write
//	Owed       an occurrence            → the bulletins it owes, with moment and deadline
//
// plus data.Occurrence.Due, which says what phase an occurrence belongs in. A phase that is reached while nothing ran is
// reached at the next start, with its marks at the instants of the window: state is a function of the time and the data,
// and timers only wake the loop.
//
// An occurrence's key is its plan's slug, nominal date, cohort and ordinal. Planning compares keys, so planning twice is
// planning once; what is no longer planned is withdrawn and stays, never deleted and rebuilt; what a person steered is left
// alone.
package scheduler
