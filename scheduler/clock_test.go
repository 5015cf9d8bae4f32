package scheduler_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// TestClockJumps lets the clock jump, also backwards, and the plan change and change back, between one step of the planner and the
// next. Nothing that has ended begins again, nothing is there twice or gone, what was told keeps its version unless it changed, and
// a clock that stands still changes nothing.
func TestClockJumps(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		store, err := bolt.Open(filepath.Join(dir, fmt.Sprint(n, ".db")), bolt.Options{NoSync: true})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() {
			datatest.Invariants(t, store)
			store.Close()
		}()
		must := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		configure := func(until string, now time.Time) {
			m := datatest.Maintenance("system")
			m.Recurrence.Until = until
			if until != "06:00" {
				m.ValidFrom = now.Truncate(time.Second)
			}
			must(store.Update(ctx, func(tx data.Tx) error { return tx.Maintenances().Put(m) }))
		}
		read := func() map[data.OccurrenceKey]data.Occurrence {
			all := map[data.OccurrenceKey]data.Occurrence{}
			must(store.View(ctx, func(tx data.Tx) error {
				for o, err := range tx.Occurrences().Range("", "") {
					if err != nil {
						return err
					}
					all[o.Key()] = o
				}
				return nil
			}))
			return all
		}
		planner := newScheduler(store)
		now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
		configure("06:00", now)
		was := map[data.OccurrenceKey]data.Occurrence{}
		for range rapid.IntRange(2, 8).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(-48, 200).Draw(rt, "hours")) * time.Hour)
			if rapid.IntRange(0, 4).Draw(rt, "edit") == 0 {
				configure(rapid.SampledFrom([]string{"06:00", "04:00", "05:00"}).Draw(rt, "until"), now)
			}
			must(planner.Plan(ctx, now))
			for range 5 { // what is due may make something else due
				if _, err := planner.Advance(ctx, now); err != nil {
					rt.Fatal(err)
				}
			}
			is := read()
			for key, old := range was {
				o, there := is[key]
				switch {
				case !there:
					rt.Fatalf("%s is gone", key)
				case old.Phase == data.Completed && (o.Phase != data.Completed || !o.Window.Equal(old.Window)):
					rt.Fatalf("%s was completed and is %s, %v", key, o.Phase, o.Window)
				case o.Revised < old.Revised || o.Revised > old.Revised+1:
					rt.Fatalf("%s goes from version %d to %d", key, old.Revised, o.Revised)
				case o.Revised != old.Revised && o.Window.Equal(old.Window) && o.Phase == old.Phase:
					rt.Fatalf("%s has version %d after %d and is what it was", key, o.Revised, old.Revised)
				case len(o.Steps) < len(old.Steps):
					rt.Fatalf("%s lost a part of its history", key)
				}
			}
			revision := <-store.Watch(ctx)
			must(planner.Plan(ctx, now))
			if _, err := planner.Advance(ctx, now); err != nil {
				rt.Fatal(err)
			}
			if after := <-store.Watch(ctx); after != revision {
				rt.Fatalf("planning again at the same instant wrote something")
			}
			was = is
		}
	})
}
