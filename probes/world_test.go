package probes

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/probes/kind"
)

// world is a store, and targets whose answers the test decides. It lives in a bubble of synctest, where it begins at
// 2000-01-01 00:00 UTC.
type world struct {
	t        testing.TB
	store    data.Store
	path     string // of its file
	registry *prometheus.Registry
	options  Options

	mu    sync.Mutex
	say   map[string]func() data.Sample   // by probe; none is operational
	many  map[string]func() []data.Sample // by probe that speaks for several components
	asked map[string][]time.Time
	dark  bool // no reference answers
	looks int
	mute  error // what our resolver says to every name; nil means that it works
	stop  func()
	kill  func() // like stop, of a process that can write no more
}

func newWorld(t testing.TB) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "statusd.db")
	store, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: store, path: path, say: map[string]func() data.Sample{}, asked: map[string][]time.Time{}, stop: func() {}}
	w.options = Options{Store: store, Log: slog.New(slog.DiscardHandler), Compile: w.compile, Dial: w.dial, Resolve: w.resolve}
	t.Cleanup(func() {
		w.stop()
		datatest.Invariants(t, w.store)
		w.store.Close()
	})
	return w
}

// fake is a target of the world's.
type fake struct {
	w *world
	p data.Probe
}

func (f fake) Probe(ctx context.Context) []data.Sample {
	f.w.mu.Lock()
	say := f.w.say[f.p.Name]
	if many := f.w.many[f.p.Name]; many != nil {
		defer f.w.mu.Unlock()
		return many()
	}
	f.w.asked[f.p.Name] = append(f.w.asked[f.p.Name], time.Now())
	f.w.mu.Unlock()
	s := data.Sample{Level: data.Operational, Latency: 40 * time.Millisecond}
	if say != nil {
		s = say()
	}
	if s.Latency > 0 {
		select {
		case <-ctx.Done():
			s = kind.Fail(f.p, data.ReasonTimeout, "no answer in time")
		case <-time.After(min(s.Latency, time.Minute)):
		}
	}
	return []data.Sample{s}
}

func (w *world) compile(p data.Probe) (kind.Prober, error) {
	if strings.Contains(p.Target, "broken") {
		return nil, errors.New("a file has gone")
	}
	return fake{w, p}, nil
}

func (w *world) dial(context.Context, string, string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	if w.dark {
		return nil, errors.New("no network")
	}
	a, b := net.Pipe()
	b.Close()
	return a, nil
}

func (w *world) resolve(context.Context, string) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return []string{"192.0.2.1"}, w.mute
}

// hush makes our resolver answer every name with an error; nil makes it work again.
func (w *world) hush(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = err
}

// set makes a target answer with a level from now on.
func (w *world) set(probe string, level data.Level, why data.Reason) {
	w.answer(probe, func() data.Sample { return data.Sample{Level: level, Reason: why} })
}

func (w *world) answer(probe string, say func() data.Sample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.say[probe] = say
}

// runs is when a target was asked.
func (w *world) runs(probe string) []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked[probe])
}

// lose takes the references away, or gives them back.
func (w *world) lose(dark bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dark = dark
}

// looked is how often a reference was connected to.
func (w *world) looked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.looks
}

func (w *world) update(fn func(data.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// probe configures a public probe once a minute, changed by change.
func (w *world) probe(name, component string, change func(*data.Probe)) {
	w.t.Helper()
	p := datatest.Probe(name, component)
	p.Target = "https://www.example.com/"
	change(&p)
	w.update(func(tx data.Tx) error { return tx.Probes().Put(p) })
}

// start runs a Runner until the function it leaves in w.stop is called.
func (w *world) start() {
	w.t.Helper()
	w.registry = prometheus.NewRegistry()
	w.options.Registry = w.registry
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- New(w.options).Run(ctx) }()
	w.stop = func() {
		w.t.Helper()
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
		w.stop = func() {}
	}
	w.kill = func() {
		w.t.Helper()
		cancel()
		<-done // what it could not write is an error, as it should be
		w.stop = func() {}
	}
}

// pass lets time go by, and everything that happens in it happen.
func pass(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// story tells what a component's marks and outages say, in seconds since the start.
func (w *world) story(component string) string {
	w.t.Helper()
	second := func(t time.Time) string { return fmt.Sprint(int64(t.Sub(epoch) / time.Second)) }
	var out []string
	w.update(func(tx data.Tx) error {
		from, to := data.MarksOf(component, data.FromProbe)
		marks, err := data.All(tx.Marks().Range(from, to))
		if err != nil {
			return err
		}
		for _, m := range marks {
			word := m.Level.String()
			if m.Off {
				word = "off"
			}
			out = append(out, second(m.At)+":"+word)
		}
		outages, err := data.All(tx.Outages().Range("", ""))
		for _, o := range outages {
			if o.Component != component {
				continue
			}
			word := second(o.Started) + "-"
			if !o.Ended.IsZero() {
				word += second(o.Ended)
			}
			out = append(out, word)
		}
		return err
	})
	return strings.Join(out, " ")
}

func (w *world) want(component, want string) {
	w.t.Helper()
	if got := w.story(component); got != want {
		w.t.Errorf("%s: %q, want %q", component, got, want)
	}
}

// samples are all stored samples of a probe.
func (w *world) samples(probe string) (out []data.Sample) {
	w.t.Helper()
	w.update(func(tx data.Tx) error {
		out = nil
		for b, err := range tx.Blocks().Range(data.BlockKey(probe+"|"), data.BlockKey(probe+"}")) {
			if err != nil {
				return err
			}
			s, err := b.Samples()
			if err != nil {
				return err
			}
			out = append(out, s...)
		}
		return nil
	})
	return out
}

// bubble runs a test in a world of its own.
func bubble(t *testing.T, fn func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { fn(t, newWorld(t)) })
}

// levels is a story without its instants.
func levels(story string) string {
	var out []string
	for _, word := range strings.Fields(story) {
		if _, level, ok := strings.Cut(word, ":"); ok {
			out = append(out, level)
		} else {
			out = append(out, map[bool]string{true: "open", false: "closed"}[strings.HasSuffix(word, "-")])
		}
	}
	return strings.Join(out, " ")
}

func (w *world) levels(component, want string) {
	w.t.Helper()
	if story := w.story(component); levels(story) != want {
		w.t.Errorf("%s: %q, want %q", component, story, want)
	}
}

func (w *world) outage() data.Outage {
	w.t.Helper()
	var out []data.Outage
	w.update(func(tx data.Tx) (err error) {
		out, err = data.All(tx.Outages().Range("", ""))
		return err
	})
	if len(out) != 1 {
		w.t.Fatalf("%d outages, want one", len(out))
	}
	return out[0]
}

// gauge reads a gauge that the Runner registered.
func (w *world) gauge(name string) float64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	w.t.Fatalf("no metric %s", name)
	return 0
}
