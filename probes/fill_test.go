package probes

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// TestBackfill is away for an hour while bergen goes on looking: what bergen saw well fills the hour once it has told it all, and
// what it saw go wrong stays unknown.
func TestBackfill(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.place("bergen")
		w.start()
		pass(5 * time.Minute)
		w.tell("bergen", 1, "front", 1, data.Operational)
		pass(5 * time.Minute)
		w.stop()
		stopped := time.Now()
		pass(time.Hour)
		w.start()
		pass(15 * time.Second) // our own first sample is there
		number := uint64(2)
		at := func(m int) time.Time { return stopped.UTC().Truncate(time.Minute).Add(time.Duration(m) * time.Minute) }
		for m := 1; m < 60; m++ { // a parcel each
			s := data.Sample{Probe: "front", Place: "bergen", At: at(m), Level: data.Operational}
			if m >= 20 && m < 30 {
				s.Level, s.Reason = data.MajorOutage, data.ReasonConnect
			}
			w.update(func(tx data.Tx) error {
				return tx.Parcels().Put(data.Parcel{Place: "bergen", Number: number, Received: time.Now().UTC(), Samples: []data.Sample{s}})
			})
			number++
		}
		pass(time.Second)
		w.levels("crm", "operational no_data operational") // bergen has not told it all
		w.tell("bergen", number, "front", 1, data.Operational)
		pass(2 * time.Second)
		w.levels("crm", "operational no_data operational no_data operational no_data operational")
		w.update(func(tx data.Tx) error {
			marks, err := data.All(tx.Marks().Range("", ""))
			gaps := ledger.Unobserved("crm", marks, stopped, at(60))
			if len(gaps) != 2 || !gaps[0].End.Equal(at(1)) || !gaps[1].Start.Equal(at(20)) || !gaps[1].End.Equal(at(30)) {
				t.Errorf("unobserved %v", gaps)
			}
			return err
		})
		pass(5 * time.Minute)
		w.stop()
		if got := w.samples("front"); !slices.ContainsFunc(got, func(s data.Sample) bool { return s.Place == "bergen" && s.Bad() }) {
			t.Error("what went wrong is not among the samples")
		}
	})
}

// TestNoFillOfOutage was down before and after it was away: bergen's good word does not change that.
func TestNoFillOfOutage(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.place("bergen")
		w.set("front", data.MajorOutage, data.ReasonConnect)
		w.start()
		pass(5 * time.Minute)
		w.stop()
		pass(time.Hour)
		w.start()
		pass(2 * time.Minute)
		before := w.story("crm")
		w.tell("bergen", 1, "front", 40, data.Operational)
		pass(time.Minute)
		w.tell("bergen", 2, "front", 1, data.Operational)
		pass(2 * time.Second)
		if n := len(w.story("crm")); n < len(before) || w.outage().Ended.IsZero() != true {
			t.Errorf("before %s, then %s", before, w.story("crm"))
		}
	})
}

// TestBacklogAgainstNaive compares the stretches with minutes: each is within one exactly if a good sample is no older than one
// interval, or stands within three of the next.
func TestBacklogAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := backlog{}
		good := map[int]bool{}
		last, n := -100, 0
		for m := range 100 {
			switch rapid.SampledFrom([]string{"good", "good", "bad", "none"}).Draw(t, fmt.Sprint(m)) {
			case "good":
				b.late("x", data.Sample{At: zero.Add(time.Duration(m) * time.Minute), Level: data.Operational}, time.Minute)
				for i := last + 1; i < m && m-last <= stalest; i++ {
					good[i] = true
				}
				good[m] = true
				last = m
				n++
			case "bad":
				b.late("x", data.Sample{At: zero.Add(time.Duration(m) * time.Minute), Level: data.MajorOutage}, time.Minute)
			}
		}
		got := b.done("x")
		for m := range 101 {
			at := zero.Add(time.Duration(m) * time.Minute)
			in := slices.ContainsFunc(got, func(s stretch) bool { return !at.Before(s.from) && at.Before(s.to) })
			if in != good[m] {
				t.Fatalf("minute %d is %v, want %v: %v", m, in, good[m], got)
			}
		}
		if len(b.done("x")) != 0 {
			t.Fatal("it is told twice")
		}
	})
}
