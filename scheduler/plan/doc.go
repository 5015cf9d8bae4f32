// Package plan turns plans into the windows they make: versions of a plan, each for its time (T3), and windows that follow
// others (M3). It is pure, and a leaf: the scheduler lays windows out with it, the command line and the operators' desk show
// what a plan would make.
package plan
