package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/observe"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/probes"
	"github.com/superoffice/statusd/probes/kind"
	"github.com/superoffice/statusd/web/api"
)

// world is a service with its store and API, and an observer with a store of its own, in a bubble of synctest.
type world struct {
	t       *testing.T
	home    data.Store // the service's
	away    data.Store // the observer's
	api     *api.API
	level   func() data.Level // what the target says
	asked   int               // how often it was asked
	mu      sync.Mutex
	cut     bool          // no way from there to here
	swallow bool          // what is sent arrives, and its answer does not
	skew    time.Duration // of the observer's clock
	stop    func()
	log     *slog.Logger
}

func newWorld(t *testing.T) *world {
	t.Helper()
	open := func(name string) data.Store {
		s, err := bolt.Open(filepath.Join(t.TempDir(), name), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	w := &world{t: t, home: open("home.db"), away: open("away.db"), level: func() data.Level { return data.Operational }, stop: func() {}}
	w.api = &api.API{Store: w.home, Log: slog.New(slog.DiscardHandler), References: []string{"192.0.2.1:443"}}
	p := datatest.Probe("front", "crm")
	p.Places = []string{"bergen"}
	w.update(func(tx data.Tx) error {
		return errors.Join(tx.Components().Put(datatest.Component("crm")), tx.Probes().Put(p), data.AdmitPlaces(tx, []string{"bergen"}))
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- probes.New(probes.Options{Store: w.home, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()}).Run(ctx)
	}()
	t.Cleanup(func() {
		w.stop()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		datatest.Invariants(t, w.home)
		w.home.Close()
		w.away.Close()
	})
	return w
}

func (w *world) update(fn func(data.Tx) error) {
	w.t.Helper()
	if err := w.home.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// Probe implements kind.Prober.
func (w *world) Probe(context.Context) []data.Sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	s := data.Sample{Level: w.level(), Latency: 40 * time.Millisecond, Phases: data.Phases{TLS: 7 * time.Millisecond}}
	if s.Bad() {
		s.Reason, s.Detail = data.ReasonStatus, "it answered 500"
	}
	return []data.Sample{s}
}

var errCut = errors.New("no way")

func (w *world) way() (cut, swallow bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cut, w.swallow
}

func (w *world) do(ctx context.Context, op, id string, in, out any) error {
	cut, swallow := w.way()
	if cut {
		return errCut
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if len(body) > api.MaxHook {
		return errCut // the listener refuses it before anybody reads it
	}
	_, answer, err := w.api.Do(ctx, op, api.Call{By: data.Actor{Name: "token:bergen", Role: data.Responder, Address: api.Local, Scopes: []string{"place.orders", "place.report"}}, ID: id, Body: body})
	if err != nil {
		return err
	}
	if swallow {
		return errCut
	}
	return json.Unmarshal(answer, out)
}

// Orders implements observe.Service.
func (w *world) Orders(ctx context.Context) (v api.PlaceOrders, err error) {
	return v, w.do(ctx, "place.orders", "bergen", struct{}{}, &v)
}

// Report implements observe.Service.
func (w *world) Report(ctx context.Context, r api.PlaceReport) (v api.PlaceTaken, err error) {
	w.mu.Lock()
	r.Sent = r.Sent.Add(w.skew)
	w.mu.Unlock()
	return v, w.do(ctx, "place.report", "bergen", r, &v)
}

// start lets the observer work until w.stop.
func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	o := &observe.Observer{Store: w.away, Service: w, Place: "bergen", Version: "test", Log: w.logger()}
	o.Run = func(ctx context.Context, references []string) error {
		return probes.New(probes.Options{
			Store: w.away, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Place: "bergen", Forward: true, Flush: 10 * time.Second,
			Compile: func(data.Probe) (kind.Prober, error) { return w, nil },
		}).Run(ctx)
	}
	done := make(chan error, 1)
	go func() { done <- o.Observe(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Observe: %v", err)
		}
		w.stop = func() {}
	}
}

func pass(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

// seen are the samples that the service has of the place.
func (w *world) seen() (out []data.Sample) {
	w.update(func(tx data.Tx) error {
		out = nil
		for b, err := range tx.Blocks().Range("front|bergen|", "front|bergen}") {
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

func (w *world) asks() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

func (w *world) set(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fn()
}

func (w *world) marks() (out []string) {
	w.update(func(tx data.Tx) error {
		out = nil
		for m, err := range tx.Marks().Range("", "") {
			if err != nil {
				return err
			}
			out = append(out, m.Level.String())
		}
		return nil
	})
	return out
}

func bubble(t *testing.T, fn func(*testing.T, *world)) {
	synctest.Test(t, func(t *testing.T) { fn(t, newWorld(t)) })
}

// TestReports lets a target be seen from elsewhere alone: what it says becomes level and outage here, with its details.
func TestReports(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.start()
		pass(5 * time.Minute)
		if got := w.marks(); !slices.Equal(got, []string{"operational"}) {
			t.Errorf("marks %v", got)
		}
		w.set(func() { w.level = func() data.Level { return data.MajorOutage } })
		pass(5 * time.Minute)
		if got := w.marks(); !slices.Equal(got, []string{"operational", "major_outage"}) {
			t.Errorf("marks %v", got)
		}
		w.update(func(tx data.Tx) error {
			p, err := tx.Places().Get("bergen")
			if err != nil || time.Since(p.Seen) > 2*time.Minute || p.By != "token:bergen" || p.Version != "test" {
				t.Errorf("place %+v: %v", p, err)
			}
			r, err := tx.Recents().Get(data.KeyOfRecent("front", "bergen"))
			if err != nil {
				return err
			}
			if last := r.Runs[len(r.Runs)-1]; last.Detail != "it answered 500" || last.Phases.TLS != 7*time.Millisecond {
				t.Errorf("the newest run %+v", last)
			}
			if left, _ := data.All(tx.Parcels().Range("", "")); len(left) != 0 {
				t.Errorf("%d parcels are left", len(left))
			}
			return nil
		})
		w.update(func(tx data.Tx) error { // the probe is taken away
			p, err := tx.Probes().Get("front")
			p.Retired = true
			return errors.Join(err, tx.Probes().Put(p))
		})
		pass(time.Minute)
		before := w.asks()
		pass(10 * time.Minute)
		if n := w.asks() - before; n != 0 {
			t.Errorf("a retired probe was run %d times", n)
		}
	})
}

// TestCutOff has no way to the service for three hours, with a restart in between, and then tells everything in order, once.
func TestCutOff(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.start()
		pass(5 * time.Minute)
		w.set(func() { w.cut = true })
		pass(time.Hour)
		w.stop()
		w.start() // and what was ordered is still known
		pass(2 * time.Hour)
		if n := len(w.seen()); n > 10 {
			t.Errorf("%d samples came through a cut", n)
		}
		w.set(func() { w.cut = false })
		pass(2 * time.Minute)
		w.stop()
		pass(time.Minute)
		seen := w.seen()
		if n := w.asks(); len(seen) < n-2 || len(seen) > n {
			t.Errorf("%d samples arrived of %d", len(seen), n)
		}
		if !slices.IsSortedFunc(seen, func(a, b data.Sample) int { return a.At.Compare(b.At) }) {
			t.Error("they are not in order")
		}
		if got := fmt.Sprint(w.marks()); got != "[operational no_data operational operational]" {
			t.Errorf("marks %v: nobody saw for a while, and then it was known what bergen had seen", got)
		}
	})
}

// TestLostAnswers loses every second answer: nothing is told twice.
func TestLostAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.start()
		for i := range 20 {
			w.set(func() { w.swallow = i%2 == 0 })
			pass(90 * time.Second)
		}
		w.stop()
		pass(time.Minute)
		seen := w.seen()
		if n := w.asks(); len(seen) < n-2 || len(seen) > n {
			t.Errorf("%d samples arrived of %d", len(seen), n)
		}
		w.update(func(tx data.Tx) error {
			p, err := tx.Places().Get("bergen")
			if p.Next < 5 {
				t.Errorf("only %d parcels", p.Next)
			}
			return err
		})
	})
}

// TestWrongClock reports nothing that a wrong clock timed, and goes on when it is right (F32).
func TestWrongClock(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.set(func() { w.skew = 10 * time.Minute })
		w.start()
		pass(10 * time.Minute)
		if n := len(w.seen()); n != 0 {
			t.Errorf("%d samples of a wrong clock were taken", n)
		}
		w.set(func() { w.skew = 0 })
		pass(5 * time.Minute)
		if n := len(w.seen()); n < 3 || n > 7 {
			t.Errorf("%d samples in five minutes with the right one", n)
		}
	})
}

// TestLongParcel has a parcel first that is longer than the service takes: its runs arrive, and it holds up nothing behind it.
func TestLongParcel(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		p := data.Parcel{Place: "bergen", Number: 1, Received: time.Now()}
		first := time.Now().UTC().Truncate(time.Second).Add(-3 * time.Hour)
		for i := range 200 {
			s := data.Sample{Probe: "front", Place: "bergen", At: first.Add(time.Duration(i) * time.Minute / 2), Level: data.Operational, Latency: time.Millisecond}
			for n := range 50 {
				s.Steps = append(s.Steps, data.StepRun{Name: fmt.Sprint("step-", n), Level: data.Degraded, Reason: data.ReasonSlow, Detail: strings.Repeat("x", 200)})
			}
			p.Samples = append(p.Samples, s)
		}
		err := w.away.Update(context.Background(), func(tx data.Tx) error {
			return errors.Join(tx.Parcels().Put(p), tx.Settings().Put(data.Setting{Name: "parcel_next", Value: "2"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		w.start()
		pass(5 * time.Minute)
		if seen := w.seen(); len(seen) < 203 || !seen[0].At.Equal(first) {
			t.Errorf("%d samples arrived, want 200 and those of five minutes", len(seen))
		}
	})
}

// TestNewStore begins with an empty store of its own: it goes on numbering where the service is.
func TestNewStore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.start()
		pass(5 * time.Minute)
		w.stop()
		fresh, err := bolt.Open(filepath.Join(t.TempDir(), "fresh.db"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		w.away.Close()
		w.away = fresh
		before := len(w.seen())
		w.start()
		pass(5 * time.Minute)
		if n := len(w.seen()) - before; n < 4 {
			t.Errorf("%d samples arrived from a store that was begun anew", n)
		}
	})
}

func (w *world) logger() *slog.Logger {
	if w.log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return w.log
}

// TestCutOffIsSaidOnce has no way for an hour: the log says so once for each thing that is tried, and once that it is over.
func TestCutOffIsSaidOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var said bytes.Buffer
		w.log = slog.New(slog.NewTextHandler(&said, nil))
		w.start()
		pass(5 * time.Minute)
		w.set(func() { w.cut = true })
		pass(time.Hour)
		w.set(func() { w.cut = false })
		pass(5 * time.Minute)
		w.stop()
		if warnings, over := strings.Count(said.String(), "level=WARN"), strings.Count(said.String(), "reached again"); warnings != 2 || over != 1 {
			t.Errorf("%d warnings, and %d times that it is over:\n%.2000s", warnings, over, said.String())
		}
	})
}
