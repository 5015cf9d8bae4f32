package main

import (
	"os"
	"runtime/debug"
)

// frugal has garbage collected at half the growth that Go waits for by itself, unless GOGC says otherwise: this service makes
// garbage once a minute, when it makes its pages, and sits beside others on small machines.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// settled gives back what only the start took.
func settled() { debug.FreeOSMemory() }
