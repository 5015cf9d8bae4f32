// Package plan turns plans into the windows they make: versions of a plan, each for its time (T3), windows that follow others
// (M3), and days that a plan avoids. It is pure, and a leaf: the scheduler lays windows out with it, the command line and the
// operators' desk show what a plan would make.
//
// # Days that a plan avoids
//
// A window is looked at where its rule puts it (its nominal place), against the freezes and holidays of the version that governs
// that place. A window touches a day if the clock of the plan's zone shows that date at any instant of it: one from 22:00 on the
// eve to 05:00 touches both. Of several that it touches, withhold goes before move, and move before warn.
//
//	warn      laid out, with a warning for operators
//	move      laid out on the first day, in steps before or after, that is free; the same clock readings, landed there (T4). Its
//	          name (Date, key) stays, so that it is the same window to everybody who was told
//	withhold  not laid out, and listed with its reason
//
// What follows from it, and what was decided:
//
//   - A day is free if the version that governs the start there neither moves nor withholds for it; a mere warning is no
//     hindrance. So a freeze that is added counts for windows that an older one had moved into it, and what has begun and been
//     told under an older version stays.
//   - A window never moves past the next one of its plan, nor onto it: then it is withheld, as the next one does its work. So it
//     is where no day within the bound is free.
//   - Windows that follow each other (Maintenance.Follows) share their fate: withheld together, or moved by the same number of
//     days, the first by which all of them are free.
//   - Where a window comes out depends on its plans alone, never on the span that is laid out.
package plan
