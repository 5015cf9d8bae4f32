package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/superoffice/statusd/web/page"
)

const (
	tidyAfter = 5 * time.Second  // of pages that were made, when those who were told of them are done
	tidyEvery = 15 * time.Second // at most
	tidyBelow = 64 << 20         // bytes of objects: collecting more than that only to give memory back would cost more than it brings
)

// tidier gives memory back to the system: what the start took and, each time pages were made, what those took.
type tidier struct {
	pages chan struct{}
	free  func()
}

func newTidier() *tidier { return &tidier{pages: make(chan struct{}, 1), free: freeIfSmall} }

// made is told of new pages. It never waits.
func (t *tidier) made(*page.Snapshot) {
	select {
	case t.pages <- struct{}{}:
	default:
	}
}

func (t *tidier) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.pages:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(tidyAfter):
		}
		t.free()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(tidyEvery - tidyAfter):
		}
	}
}

func freeIfSmall() {
	objects := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	if metrics.Read(objects); objects[0].Value.Uint64() < tidyBelow {
		debug.FreeOSMemory()
	}
}
