// Package datatest is what every store must do, as one suite (Run), the invariants that hold in any store at any time
// (Invariants), and small builders for tests of other packages.
package datatest
