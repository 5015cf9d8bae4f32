package datatest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
)

// Opener opens the store that lives in dir; called again with the same dir it opens the same one.
type Opener func(t testing.TB, dir string) data.Store

// Run checks everything that package data promises of a Store.
func Run(t *testing.T, open Opener) {
	tests := []struct {
		name string
		run  func(t *testing.T, open Opener)
	}{
		{"Get", testGet},
		{"Last", testLast},
		{"Range", testRange},
		{"PutEqual", testPutEqual},
		{"UpdateRollsBack", testRollback},
		{"ViewIsConsistent", testSnapshot},
		{"ViewCannotWrite", testViewCannotWrite},
		{"WatchNewest", testWatchNewest},
		{"WatchTables", testWatchTables},
		{"WatchEnds", testWatchEnds},
		{"Reopen", testReopen},
		{"Exclusive", testExclusive},
		{"Concurrent", testConcurrent},
		{"EveryTable", testEveryTable},
		{"CancelledContext", testCancelled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, open)
		})
	}
}

func openIn(t testing.TB, open Opener) (data.Store, context.Context) {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() {
		Invariants(t, s)
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s, context.Background()
}

func update(t testing.TB, s data.Store, fn func(data.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t testing.TB, s data.Store, fn func(data.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

func setting(name, value string) data.Setting { return data.Setting{Name: name, Value: value} }

func put(names ...string) func(data.Tx) error {
	return func(tx data.Tx) error {
		for _, n := range names {
			if err := tx.Settings().Put(setting(n, "of "+n)); err != nil {
				return err
			}
		}
		return nil
	}
}

func testGet(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	err := s.View(ctx, func(tx data.Tx) error { _, err := tx.Settings().Get("a"); return err })
	if !errors.Is(err, data.ErrNotFound) {
		t.Errorf("Get of what was never put = %v, want ErrNotFound", err)
	}
	want := Incident("abcdefghijkl", Start)
	update(t, s, func(tx data.Tx) error {
		if err := tx.Incidents().Put(want); err != nil {
			return err
		}
		got, err := tx.Incidents().Get(want.ID) // a transaction reads its own writes
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Get inside the transaction (-want +got):\n%s", diff)
		}
		return err
	})
	view(t, s, func(tx data.Tx) error {
		got, err := tx.Incidents().Get(want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Get after commit (-want +got):\n%s", diff)
		}
		return err
	})
	update(t, s, func(tx data.Tx) error { return tx.Incidents().Delete(want.ID) })
	if err := s.View(ctx, func(tx data.Tx) error { _, err := tx.Incidents().Get(want.ID); return err }); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("Get of what was deleted = %v, want ErrNotFound", err)
	}
	if err := s.Update(ctx, func(tx data.Tx) error { return tx.Settings().Put(data.Setting{}) }); err == nil {
		t.Error("Put of a record without a key succeeded")
	}
}

func testLast(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	update(t, s, put("b", "d", "f"))
	for _, tt := range []struct{ before, want string }{
		{"a", ""}, {"b", ""}, {"c", "b"}, {"d", "b"}, {"f", "d"}, {"g", "f"}, {"zzz", "f"},
	} {
		err := s.View(ctx, func(tx data.Tx) error {
			got, err := tx.Settings().Last(tt.before)
			if got.Name != tt.want {
				t.Errorf("Last(%q) = %q, want %q", tt.before, got.Name, tt.want)
			}
			return err
		})
		if (tt.want == "") != errors.Is(err, data.ErrNotFound) || (tt.want != "" && err != nil) {
			t.Errorf("Last(%q): error %v", tt.before, err)
		}
	}
}

func testRange(t *testing.T, open Opener) {
	s, _ := openIn(t, open)
	update(t, s, put("c", "a", "b/2", "b", "b|1", "B", "d"))
	for _, tt := range []struct{ from, to, want string }{
		{"", "", "[B a b b/2 b|1 c d]"},
		{"a", "c", "[a b b/2 b|1]"},
		{"b", "b}", "[b b/2 b|1]"},
		{"b|", "b}", "[b|1]"},
		{"x", "", "[]"},
		{"c", "a", "[]"},
		{"a", "a", "[]"},
	} {
		view(t, s, func(tx data.Tx) error {
			names := []string{}
			for v, err := range tx.Settings().Range(tt.from, tt.to) {
				if err != nil {
					return err
				}
				if _, err := tx.Settings().Get(v.Name); err != nil { // the body may Get
					return err
				}
				names = append(names, v.Name)
			}
			if got := fmt.Sprint(names); got != tt.want {
				t.Errorf("Range(%q, %q) = %s, want %s", tt.from, tt.to, got, tt.want)
			}
			return nil
		})
	}
	update(t, s, func(tx data.Tx) error { // many records: a store may read in pages
		for i := range 1201 {
			if err := tx.Components().Put(Component(fmt.Sprintf("c-%05d", i))); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx data.Tx) error {
		n := 0
		for c, err := range tx.Components().Range("c-00001", "c-01200") {
			if err != nil {
				return err
			}
			if n++; c.Slug != fmt.Sprintf("c-%05d", n) {
				t.Fatalf("record %d of the range is %s", n, c.Slug)
			}
			if n == 1100 {
				break // leaving early is allowed
			}
		}
		if n != 1100 {
			t.Errorf("ranged over %d records, want to leave after 1100", n)
		}
		return nil
	})
}

func testPutEqual(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	m := Mark("crm-read", Start, data.Operational)
	update(t, s, func(tx data.Tx) error { return tx.Marks().Put(m) })
	w := s.Watch(ctx)
	first := <-w
	same := m
	same.At = m.At.In(time.FixedZone("elsewhere", 3600)) // the same instant
	update(t, s, func(tx data.Tx) error {
		if err := tx.Marks().Put(same); err != nil {
			return err
		}
		return tx.Marks().Delete("not there")
	})
	update(t, s, func(data.Tx) error { return nil })
	select {
	case r := <-w:
		t.Errorf("writing what was there raised revision %d after %d", r, first)
	default:
	}
	m.Level = data.MajorOutage
	update(t, s, func(tx data.Tx) error { return tx.Marks().Put(m) })
	if r := <-w; r <= first {
		t.Errorf("a change raised revision %d, not above %d", r, first)
	}
}

func testRollback(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	w := s.Watch(ctx)
	first := <-w
	boom := errors.New("boom")
	if err := s.Update(ctx, func(tx data.Tx) error { return errors.Join(put("a")(tx), boom) }); !errors.Is(err, boom) {
		t.Errorf("Update = %v, want the function's error", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic of the function was swallowed")
			}
		}()
		_ = s.Update(ctx, func(tx data.Tx) error { _ = put("a")(tx); panic("of the function") })
	}()
	view(t, s, func(tx data.Tx) error {
		if _, err := tx.Settings().Get("a"); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("Get after a failed Update = %v, want ErrNotFound", err)
		}
		return nil
	})
	select {
	case r := <-w:
		t.Errorf("a failed Update raised revision %d after %d", r, first)
	default:
	}
	update(t, s, put("b")) // and the store still takes writes
}

func testSnapshot(t *testing.T, open Opener) {
	s, _ := openIn(t, open)
	update(t, s, put("a"))
	view(t, s, func(tx data.Tx) error {
		done := make(chan error)
		go func() { done <- s.Update(context.Background(), put("b")) }()
		if err := <-done; err != nil {
			return err
		}
		if _, err := tx.Settings().Get("b"); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("a View sees what was committed after it began: %v", err)
		}
		return nil
	})
}

func testViewCannotWrite(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	if err := s.View(ctx, put("a")); err == nil {
		t.Error("Put inside View succeeded")
	}
}

func testWatchNewest(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	w := s.Watch(ctx)
	first := <-w
	for i := range 5 {
		update(t, s, put(fmt.Sprint(i)))
	}
	last := <-w // the five are skipped over, the last is not lost
	if last <= first {
		t.Errorf("revision %d after five changes, %d before", last, first)
	}
	select {
	case r := <-w:
		t.Errorf("one more revision %d after the newest %d", r, last)
	default:
	}
	if at := <-s.Watch(ctx); at != last {
		t.Errorf("a new watcher begins at %d, want the newest %d", at, last)
	}
}

func testWatchTables(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	w := s.Watch(ctx, data.MarksTable, data.IncidentsTable)
	first := <-w
	update(t, s, put("a"))
	select {
	case r := <-w:
		t.Errorf("a change of settings woke a watcher of marks: %d", r)
	default:
	}
	update(t, s, func(tx data.Tx) error { return data.PutIncident(tx, Incident("abcdefghijkl", Start)) })
	if r := <-w; r <= first {
		t.Errorf("revision %d, want more than %d", r, first)
	}
}

func testWatchEnds(t *testing.T, open Opener) {
	s, _ := openIn(t, open)
	ctx, cancel := context.WithCancel(context.Background())
	w := s.Watch(ctx)
	<-w
	cancel()
	for range w { // closes
	}
}

func testReopen(t *testing.T, open Opener) {
	dir := t.TempDir()
	s := open(t, dir)
	update(t, s, put("a"))
	before := <-s.Watch(context.Background())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	defer s.Close()
	view(t, s, func(tx data.Tx) error { _, err := tx.Settings().Get("a"); return err })
	if after := <-s.Watch(context.Background()); after != before {
		t.Errorf("revision %d after opening again, %d before", after, before)
	}
	update(t, s, put("b"))
	if after := <-s.Watch(context.Background()); after <= before {
		t.Errorf("revision %d after another write, %d before: it must grow", after, before)
	}
}

func testExclusive(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	var wg sync.WaitGroup
	inside, most := 0, 0
	var mu sync.Mutex
	for range 8 {
		wg.Go(func() {
			err := s.Exclusive(ctx, "one", func(context.Context) error {
				mu.Lock()
				inside++
				most = max(most, inside)
				mu.Unlock()
				defer func() { mu.Lock(); inside--; mu.Unlock() }()
				return s.Update(ctx, put("a"))
			})
			if err != nil {
				t.Errorf("Exclusive: %v", err)
			}
		})
	}
	wg.Wait()
	if most != 1 {
		t.Errorf("%d were inside Exclusive at once", most)
	}
}

func testConcurrent(t *testing.T, open Opener) {
	s, ctx := openIn(t, open)
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				err := s.Update(ctx, func(tx data.Tx) error {
					v, err := tx.Settings().Get("count")
					if err != nil && !errors.Is(err, data.ErrNotFound) {
						return err
					}
					return tx.Settings().Put(setting("count", v.Value+"x"))
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(tx data.Tx) error {
		v, err := tx.Settings().Get("count")
		if len(v.Value) != writers*each {
			t.Errorf("%d increments, want %d: updates were lost", len(v.Value), writers*each)
		}
		return err
	})
}

func testCancelled(t *testing.T, open Opener) {
	s, _ := openIn(t, open)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Update(ctx, put("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("Update with an ended context = %v, want context.Canceled", err)
	}
	if err := s.View(ctx, func(data.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("View with an ended context = %v, want context.Canceled", err)
	}
}
