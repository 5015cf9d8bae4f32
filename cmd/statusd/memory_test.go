package main

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestTidier: memory is given back a moment after pages were made, not at every change of a busy night, and for the last change too.
func TestTidier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var freed []time.Duration
		tidy := newTidier()
		tidy.free = func() { freed = append(freed, time.Since(start)) }
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- tidy.run(ctx) }()
		for range 5 { // at once: nobody who makes pages waits
			tidy.made(nil)
		}
		time.Sleep(time.Minute)
		for range 90 { // one each second
			tidy.made(nil)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Hour)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run = %v", err)
		}
		if got, want := fmt.Sprint(freed), "[5s 1m5s 1m20s 1m35s 1m50s 2m5s 2m20s 2m35s]"; got != want {
			t.Errorf("memory was given back after %s, want %s", got, want)
		}
	})
}
