// Package scheduler lays out the occurrences that the plans make, with the bulletins each of them owes, and moves them
// through their phases.
//
// Pure rules do the thinking, and one loop (Scheduler.Run) reads, asks them, and writes what changed:
//
//	plan.Lay               plans, a span            → the windows that should be there, and those that are withheld
//	Reconcile              what is, what should be  → the occurrences to write
//	data.AsDue             an occurrence, the time  → what it has become, and when it becomes something next
//	data.Follow            an occurrence, its leader → whether it is held, or let go (M3)
//	data.Occurrence.Owed   an occurrence            → the bulletins it owes, with moment and deadline
//
// What follows from an occurrence is in data, because operators write occurrences as well: data.PutOccurrence writes one with its
// bulletins and marks, and data.Steering says what people may do. A phase that is reached while nothing ran is reached at the next
// start, with its marks at the instants of the window: state is a function of the time and the data, and timers only wake the loop.
// A clock that jumps, as after a suspend, is noticed within a minute and wakes it too.
//
// An occurrence's key is its plan's slug, nominal date, cohort and ordinal. Planning compares keys, so planning twice is
// planning once; what is no longer planned is withdrawn and stays, never deleted and rebuilt; what a person steered is left
// alone. Each change is a step that keeps what was before, and a version that people are told of where they knew.
//
// The loop owns two alarms: a window that waits for a decision, and one that interrupts the service for longer than people were
// told (M11). It reads every occurrence when it wakes, some 15 ms for ten years of them: a steered one may lie anywhere, whatever
// its nominal date.
package scheduler
