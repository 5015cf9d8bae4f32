package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// How a life can be broken on purpose, to show that the verdict sees it.
type broken string

const (
	sound      broken = ""
	lyingLook  broken = "the look believes that a surface shows what it would show if it were there"
	tooLate    broken = "people are told 23 hours before: 24 by the clock in spring"
	sendsTwice broken = "a mail that was taken counts as not taken"
	noNews     broken = "corrections are not mailed"
	forgets    broken = "the page forgets windows that were called off or moved"
)

// life is the service through a span of simulated time, in which it is restarted, sleeps, is reconfigured and steered, and in
// which page, banner and mail fail. A visitor, who knows nothing of proofs, remembers what could be seen when.
type life struct {
	t     *testing.T
	rnd   *rand.Rand
	how   broken
	dir   string
	cfg   *config.Config
	store data.Store
	pages *page.Publisher
	front http.Handler

	mu    sync.Mutex
	out   map[data.Surface][]data.Window // when surfaces fail
	box   map[string]int                 // mails that arrived, by message ID
	seen  map[string][]shape             // by surface and key: what the visitor saw of a window, one after the other
	last  map[string]data.Occurrence     // by surface and key: as it was last seen, while it must not vanish
	wrong []string                       // what the visitor saw and should not
	up    []data.Window                  // when the service ran
	did   map[string]int
}

// shape is a window as somebody could see it from an instant on.
type shape struct {
	window data.Window // zero for one that is said not to take place
	from   time.Time
}

// liveThrough goes through days from start on. It returns what broke the promise; nothing where it was kept.
func liveThrough(t *testing.T, seed uint64, start time.Time, days int, how broken) (faults []string) {
	synctest.Test(t, func(t *testing.T) {
		l := &life{
			t: t, rnd: rand.New(rand.NewPCG(seed, 4)), how: how, dir: t.TempDir(), out: map[data.Surface][]data.Window{},
			box: map[string]int{}, seen: map[string][]shape{}, last: map[string]data.Occurrence{}, did: map[string]int{},
		}
		time.Sleep(time.Until(start))
		end := start.AddDate(0, 0, days)
		l.failures(start, end)
		l.configure("06:00", true, "")
		for time.Now().Before(end) {
			l.open()
			l.run(time.Duration(2+l.rnd.IntN(14*24))*time.Hour + 7*time.Minute) // never at the instant of a moment: what is seen is written down
			l.close()
			asleep := []time.Duration{time.Second, time.Second, 5 * time.Minute, 3 * time.Hour, 20 * time.Hour, 60 * time.Hour}
			time.Sleep(asleep[l.rnd.IntN(len(asleep))])
		}
		l.open()
		defer l.close()
		faults = l.verdict(start, end)
		t.Logf("%d days from %s: %v, %d mails", days, start.Format(time.DateOnly), l.did, len(l.box))
	})
	return faults
}

// failures lays out when each surface fails.
func (l *life) failures(start, end time.Time) {
	lengths, apart := []time.Duration{10 * time.Minute, 3 * time.Hour, 20 * time.Hour, 40 * time.Hour}, 30
	if l.how == lyingLook { // so often that notices are missed for certain
		lengths, apart = []time.Duration{50 * time.Hour}, 2
	}
	for _, surface := range data.Surfaces {
		for at := start; ; {
			at = at.Add(time.Duration(3+l.rnd.IntN(apart*24)) * time.Hour)
			if at.After(end) {
				break
			}
			w := data.Window{Start: at, End: at.Add(lengths[l.rnd.IntN(len(lengths))])}
			l.out[surface] = append(l.out[surface], w)
			at = w.End
		}
	}
}

func (l *life) fails(surface data.Surface) bool {
	return slices.ContainsFunc(l.out[surface], func(w data.Window) bool { return w.Contains(time.Now()) })
}

func (l *life) open() {
	l.t.Helper()
	store, err := bolt.Open(filepath.Join(l.dir, storeName), bolt.Options{NoSync: true})
	if err != nil {
		l.t.Fatal(err)
	}
	l.store = store
}

func (l *life) close() {
	datatest.Invariants(l.t, l.store)
	l.store.Close()
}

// run starts everything, lets people do things for a while, and ends it.
func (l *life) run(d time.Duration) {
	log, registry := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	if err := l.cfg.Apply(l.t.Context(), l.store, time.Now()); err != nil {
		l.t.Fatal(err)
	}
	planner := scheduler.New(scheduler.Options{Store: l.store, Log: log, Registry: registry})
	look := &web.Look{Store: l.store, Base: "http://page", Customer: l.cfg.Page.CustomerPattern, Log: log}
	l.pages = &page.Publisher{
		Store: l.store, Settings: pageSettings(l.cfg, serving{}), Renderers: []page.Renderer{page.Render, banner.Render}, Log: log, Tick: 24 * time.Hour,
		OnSwap: []func(*page.Snapshot){look.Begin(registry), func(*page.Snapshot) { l.visit() }},
	}
	l.front = web.Public(web.PublicOptions{
		Pages: l.pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Log: log, Customer: l.cfg.Page.CustomerPattern,
		Banner: &banner.Handler{Pages: l.pages, Customer: l.cfg.Page.CustomerPattern, Log: log, Language: web.Language},
	})
	look.Client = &http.Client{Transport: straight{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serve(w, r, l.how != lyingLook) })}}
	mail := notifier.New(notifier.Options{
		Store: l.store, Sender: l, Domain: "status.example.com", Log: log, Registry: registry,
		Settings: notifier.Settings{Product: l.cfg.Page.Product, URL: l.cfg.Page.URL, Zone: l.cfg.Page.Zone},
	})
	l.up = append(l.up, data.Window{Start: time.Now(), End: time.Now().Add(d)})
	ctx, cancel := context.WithTimeout(l.t.Context(), d)
	defer cancel()
	var wg sync.WaitGroup
	for _, part := range []func(context.Context) error{planner.Run, l.pages.Run, look.Run, mail.Run} {
		wg.Go(func() {
			if err := part(ctx); err != nil {
				l.t.Error(err)
			}
		})
	}
	wg.Go(func() { l.comesBack(ctx) })
	desk := newAPI(l.cfg, l.store, log)
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return
		case <-time.After(time.Duration(1+l.rnd.IntN(6*24)) * time.Hour):
			l.steer(ctx, desk)
		}
	}
}

// comesBack lets the visitor look again whenever a surface is there again.
func (l *life) comesBack(ctx context.Context) {
	for {
		var next time.Time
		for _, list := range l.out {
			for _, w := range list {
				if w.End.After(time.Now()) && (next.IsZero() || w.End.Before(next)) {
					next = w.End
				}
			}
		}
		if next.IsZero() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
			l.visit()
		}
	}
}

// serve is the public listener; surfaces that fail answer 503 where it is honest.
func (l *life) serve(w http.ResponseWriter, r *http.Request, honest bool) {
	surface := data.OnPage
	if strings.HasPrefix(r.URL.Path, "/api/") {
		surface = data.OnBanner
	}
	if honest && l.fails(surface) {
		http.Error(w, "it fails", http.StatusServiceUnavailable)
		return
	}
	l.front.ServeHTTP(w, r)
}

// Send takes a mail, unless mail fails.
func (l *life) Send(_ context.Context, b notifier.Batch) (notifier.Receipt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails(data.OnMail) {
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.NotTaken, Reason: "connection refused"}
	}
	if l.how == noNews && !strings.Contains(string(l.bulletins()[b.MessageID]), "|"+string(data.TellPlanned)+"|") {
		return notifier.Receipt{ID: b.MessageID, At: time.Now()}, nil
	}
	if l.box[b.MessageID]++; l.how == sendsTwice && len(l.box)%3 == 0 && l.box[b.MessageID] == 1 {
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.NotTaken, Reason: "connection reset, which is no proof"}
	}
	return notifier.Receipt{ID: b.MessageID, At: time.Now()}, nil
}

// get is what the visitor gets, or nothing where the surface fails.
func (l *life) get(path string) ([]byte, http.Header) {
	r, err := http.NewRequest(http.MethodGet, "http://page"+path, nil)
	if err != nil {
		panic(err)
	}
	w := &answer{header: http.Header{}, status: http.StatusOK}
	l.serve(w, r, true)
	if w.status != http.StatusOK {
		return nil, nil
	}
	return slices.Clone(w.body.Bytes()), w.header
}

// years are how many TestPromise lives through; STATUSD_YEARS says another number.
func years(t *testing.T) int {
	n := 10
	if raceDetector {
		n = 2
	}
	if text := os.Getenv("STATUSD_YEARS"); text != "" {
		v, err := strconv.Atoi(text)
		if err != nil || v < 1 {
			t.Fatalf("STATUSD_YEARS is %q: give a number of years", text)
		}
		n = v
	}
	return n
}

// TestPromise lives through ten years of the schedule, each with a seed of its own, in which the service is restarted and
// sleeps, is reconfigured and steered, and page, banner and mail fail. Whatever happens: what is not marked as short notice could
// be seen on page and banner 24 hours before, is shown once on each, and is mailed once to whom it concerns; what was told stays
// in sight or is corrected, and whoever was mailed of it is mailed of what becomes of it (N1, N4, N11). With the race detector it
// is three weeks around each of two changes of clocks. The first seed is 1, so that two runs can be compared; STATUSD_SEED gives another.
func TestPromise(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	base := uint64(1)
	if text := os.Getenv("STATUSD_SEED"); text != "" {
		if base, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	for n := range years(t) {
		seed := base + uint64(n)
		t.Run(strconv.Itoa(2026+n), func(t *testing.T) {
			t.Parallel()
			t.Logf("seed %d", seed)
			start, days := time.Date(2026+n, 1, 1, 9, 0, 0, 0, zone), 365
			if raceDetector {
				start, days = time.Date(2026+n, []time.Month{3, 10}[n%2], 14, 9, 0, 0, 0, zone), 21
			}
			for _, fault := range liveThrough(t, seed, start, days, sound) {
				t.Error(fault)
			}
		})
	}
}
