//go:build !race

package main

import (
	"testing"
	"time"
)

// TestPromiseBroken breaks the service on purpose, each time in another way: the verdict must find it. What runs is what TestPromise runs, so that the race
// detector has nothing to find in it.
func TestPromiseBroken(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, how := range []broken{lyingLook, tooLate, sendsTwice, noNews, forgets} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			const seed = 7
			if faults := liveThrough(t, seed, start, 120, how); len(faults) == 0 {
				t.Errorf("seed %d: nobody noticed that %s", seed, how)
			} else {
				t.Logf("%d faults, such as: %s", len(faults), faults[0])
			}
		})
	}
}
