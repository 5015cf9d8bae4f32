package history_test

import (
	"errors"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/history"
)

// pack makes the blocks of samples, which come in ascending order for each place.
func pack(t rapid.TB, samples []data.Sample) []data.Block {
	t.Helper()
	by := map[data.BlockKey]*data.Block{}
	var blocks []*data.Block
	for _, s := range samples {
		key := data.KeyOfBlock(s.Probe, s.Place, data.BlockDay(s.At))
		b, ok := by[key]
		if !ok {
			b = &data.Block{Probe: s.Probe, Place: s.Place, Day: data.BlockDay(s.At)}
			by[key], blocks = b, append(blocks, b)
		}
		if err := b.Append(s); err != nil {
			t.Fatal(err)
		}
	}
	var out []data.Block
	for _, b := range blocks {
		out = append(out, *b)
	}
	return out
}

func each(blocks []data.Block) iter.Seq2[data.Block, error] {
	return func(yield func(data.Block, error) bool) {
		for _, b := range blocks {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// naive counts one span the slow and obvious way.
func naive(samples []data.Sample, from, to time.Time) (levels [5]int, latencies []time.Duration) {
	for _, s := range samples {
		if s.At.Before(from) || !s.At.Before(to) {
			continue
		}
		levels[s.Level]++
		if (s.Level == data.Operational || s.Level == data.Degraded) && s.Latency > 0 {
			latencies = append(latencies, s.Latency)
		}
	}
	slices.Sort(latencies)
	return levels, latencies
}

func TestSumIsNaive(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{time.UTC, zone(t, "Europe/Oslo"), zone(t, "Asia/Kathmandu"), zone(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(r *rapid.T) {
		start := time.Date(2026, 1, rapid.IntRange(1, 300).Draw(r, "day"), rapid.IntRange(0, 23).Draw(r, "hour"), 0, 0, 0, time.UTC)
		var samples []data.Sample
		for _, place := range []string{"a", "b"} {
			at := start
			for range rapid.IntRange(0, 80).Draw(r, "samples") {
				at = at.Add(time.Duration(rapid.SampledFrom([]int{1, 30, 30, 30, 3600, 9000}).Draw(r, "step")) * time.Second)
				samples = append(samples, data.Sample{
					Probe: "p", Place: place, At: at, Level: data.Level(rapid.IntRange(0, 4).Draw(r, "level")),
					Latency: time.Duration(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(int64(time.Millisecond), int64(70*time.Second))).Draw(r, "latency")),
				})
			}
		}
		blocks := pack(r, samples)
		var unpacked []data.Sample // latencies as they come back
		for _, b := range blocks {
			list, err := b.Samples()
			if err != nil {
				r.Fatal(err)
			}
			unpacked = append(unpacked, list...)
		}
		var bounds []time.Time
		switch rapid.IntRange(0, 2).Draw(r, "bounds") {
		case 0:
			bounds = history.Days(start, rapid.IntRange(1, 5).Draw(r, "days"), rapid.SampledFrom(zones).Draw(r, "zone"))
		case 1:
			bounds = history.Hours(start.Add(-time.Minute), start.Add(time.Duration(rapid.IntRange(1, 99).Draw(r, "minutes"))*time.Minute))
		case 2:
			bounds = history.Even(start, start.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(r, "seconds"))*time.Second), rapid.IntRange(1, 40).Draw(r, "spans"))
		}
		sums, err := history.Sum(each(blocks), bounds)
		if err != nil || len(sums) != len(bounds)-1 {
			r.Fatalf("%d sums of %d bounds: %v", len(sums), len(bounds), err)
		}
		for i, s := range sums {
			levels, latencies := naive(unpacked, bounds[i], bounds[i+1])
			if s.Good != levels[1] || s.Degraded != levels[2] || s.Bad != levels[3]+levels[4] || s.NoData != levels[0] || s.Timed() != len(latencies) {
				r.Fatalf("span %d: %d good, %d degraded, %d bad, %d without data, %d latencies; want %v, %d", i, s.Good, s.Degraded, s.Bad, s.NoData, s.Timed(), levels, len(latencies))
			}
			for _, q := range []float64{0, 0.5, 0.95, 0.99, 1} {
				var want time.Duration
				if n := len(latencies); n > 0 {
					want = latencies[max(1, int(math.Ceil(q*float64(n))))-1]
				}
				if got := s.Latency(q); got != want {
					r.Fatalf("span %d: Latency(%v) = %v, want %v", i, q, got, want)
				}
			}
			share, ok := s.Answered()
			if seen := levels[1] + levels[2] + levels[3] + levels[4]; ok != (seen > 0) || ok && share != float64(levels[1]+levels[2])/float64(seen) {
				r.Fatalf("span %d: Answered() = %v, %v; levels %v", i, share, ok, levels)
			}
		}
	})
}

func TestMerge(t *testing.T) {
	t.Parallel()
	var a, b, all history.Summary
	for i := range 100 {
		one := &a
		if i%3 == 0 {
			one = &b
		}
		one.Add(data.Level(i%5), byte(i))
		all.Add(data.Level(i%5), byte(i))
	}
	if a.Merge(&b); a != all {
		t.Errorf("merged: %+v, want %+v", a, all)
	}
	for want, s := range map[data.Level]history.Summary{
		data.NoData: {NoData: 3}, data.Operational: {Good: 1, NoData: 3}, data.Degraded: {Good: 5, Degraded: 1}, data.PartialOutage: {Good: 5, Degraded: 1, Bad: 1},
	} {
		if got := s.Worst(); got != want {
			t.Errorf("Worst of %+v = %s, want %s", s, got, want)
		}
	}
}

func TestSumPassesOverDamage(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)
	good := pack(t, []data.Sample{{Probe: "p", Place: "a", At: at, Level: data.Operational, Latency: time.Second}})
	bad := good[0]
	bad.Data = append(slices.Clone(bad.Data), 0xff)
	sums, err := history.Sum(each([]data.Block{bad, good[0]}), history.Days(at, 1, time.UTC))
	if !errors.Is(err, data.ErrDamaged) || len(sums) != 1 || sums[0].Good != 2 {
		t.Errorf("Sum = %+v, %v; want two good samples and the damage", sums, err)
	}
	if _, err := history.Sum(each(good), []time.Time{at}); err == nil {
		t.Error("one bound was taken")
	}
	bad.Day = "yesterday"
	if _, err := history.Sum(each([]data.Block{bad}), history.Days(at, 1, time.UTC)); !errors.Is(err, data.ErrDamaged) {
		t.Errorf("a block of no day: %v", err)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	day := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	err = s.Update(t.Context(), func(tx data.Tx) error {
		for _, side := range []string{"a", "a:crm", "a-b", "b"} {
			for _, place := range []string{"local", "oslo", "oslo-2"} {
				for d := range 5 {
					b := datatest.Block(data.Sample{Probe: side, Place: place, At: day.AddDate(0, 0, d-2), Level: data.Operational})
					if err := tx.Blocks().Put(b); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := func(side, place string, from, to time.Time) (out []data.BlockKey) {
		err := s.View(t.Context(), func(tx data.Tx) error {
			for b, err := range history.Read(tx, side, place, from, to) {
				if err != nil {
					return err
				}
				out = append(out, b.Key())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, tt := range []struct {
		name, side, place string
		from, to          time.Time
		want              []data.BlockKey
	}{
		{"one day of one place", "a", "oslo", day, day.AddDate(0, 0, 1), []data.BlockKey{"a|oslo|2026-04-10"}},
		{"one day of all", "a", "", day, day.AddDate(0, 0, 1), []data.BlockKey{"a|local|2026-04-10", "a|oslo-2|2026-04-10", "a|oslo|2026-04-10"}},
		{"a side", "a:crm", "local", day, day.AddDate(0, 0, 1), []data.BlockKey{"a:crm|local|2026-04-10"}},
		{"a day of Oslo", "b", "local", day.Add(-2 * time.Hour), day.Add(22 * time.Hour), []data.BlockKey{"b|local|2026-04-09", "b|local|2026-04-10"}},
		{"nothing", "a", "", day.AddDate(0, 0, 9), day.AddDate(0, 0, 19), nil},
		{"an empty span", "a", "", day, day, nil},
		{"nobody", "c", "", day, day.AddDate(0, 0, 1), nil},
	} {
		if got := keys(tt.side, tt.place, tt.from, tt.to); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestEachAllocatesNothing(t *testing.T) {
	b := noisy("p", time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC), 1)
	bounds := history.Days(time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC), 1, time.UTC)
	blocks := each([]data.Block{b})
	many := testing.AllocsPerRun(20, func() { history.Sum(blocks, bounds) })   //nolint:errcheck // it is measured
	one := testing.AllocsPerRun(20, func() { history.Sum(each(nil), bounds) }) //nolint:errcheck
	if many > one+4 {
		t.Errorf("2,880 samples take %.0f allocations, none takes %.0f", many, one)
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
