package probes

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/probes/kind"
)

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRunner is everything but the target: two thousand probes every 30 s, 500 of which are down; judged, packed and
// written to a file that is half a day full, a flush a minute and one a second for the bad ones. DESIGN 13 allows 220 µs a
// probe, the request of BenchmarkHTTP included.
func BenchmarkRunner(b *testing.B) {
	const many, down, rounds = 2000, 500, 4
	store, err := bolt.Open(filepath.Join(b.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	r := New(Options{Store: store, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
	tasks := make([]*task, many)
	slot := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range tasks {
		p := datatest.Probe(fmt.Sprintf("probe-%d", i), fmt.Sprintf("component-%d", i))
		p.Interval = 30 * time.Second
		tasks[i] = single(r, p)
		tasks[i].prober = answers{data.Sample{Level: data.Operational, Latency: 40 * time.Millisecond}}
		if i < down {
			tasks[i].prober = answers{kind.Fail(p, data.ReasonTimeout, "no answer in time")}
		}
	}
	ctx := b.Context()
	round := func(write int) {
		for i, t := range tasks {
			t.finish(slot, t.sample(ctx, time.Now()))
			if write > 0 && i%(many/write) == 0 {
				if err := r.rec.write(ctx, false); err != nil {
					b.Fatal(err)
				}
			}
		}
		slot = slot.Add(30 * time.Second)
	}
	for range 1440 { // half a day
		round(0)
	}
	if err := r.rec.write(ctx, false); err != nil {
		b.Fatal(err)
	}
	n := 0
	at := cpu(b)
	for b.Loop() {
		if slot.Hour() >= 23 {
			slot = slot.Add(13 * time.Hour) // the next day's blocks begin
		}
		for range rounds {
			round(30)
		}
		n += rounds * many
	}
	b.ReportMetric(float64((cpu(b)-at).Nanoseconds())/float64(n)/1000, "cpu-µs/probe")
}

// single is a task of one side that nobody has put to work.
func single(r *Runner, p data.Probe) *task {
	t := r.task(p)
	t.sides = []*side{newSide(p)}
	return t
}

// answers always says the same.
type answers struct{ sample data.Sample }

func (a answers) Probe(context.Context) []data.Sample { return []data.Sample{a.sample} }
