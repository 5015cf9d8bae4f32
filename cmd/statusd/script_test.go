package main

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// quickEnd, in GORACE, lets a program that is built with the race detector end at once; else each takes a second to.
const quickEnd = "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	if role := os.Getenv(asCrowded); role != "" {
		beCrowded(role)
		return
	}
	os.Setenv("GORACE", quickEnd) //nolint:errcheck // for the processes that tests start
	testscript.Main(m, map[string]func(){"statusd": main})
}

// TestScripts runs the sessions in testdata: what a person types, and what they see.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "UTC")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GORACE", quickEnd)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await, "halt": halt},
	})
}

// await waits until a file is there, for half a minute at most.
func await(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(30 * time.Second)
	for {
		if _, err := os.Stat(args[0]); err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s did not come", args[0])
		}
		<-time.After(10 * time.Millisecond)
	}
}

// halt sends SIGTERM to a background command.
func halt(ts *testscript.TestScript, _ bool, args []string) {
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGTERM))
	}
}
