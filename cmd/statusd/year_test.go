package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/probes"
	"github.com/superoffice/statusd/probes/kind"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// yearConfig watches three components every five minutes and tells two contacts.
const yearConfig = `
page: {public_url: "https://status.example.com", languages: [en]}
references: []
probes:
  - {name: read, component: crm-read, kind: http, target: "http://127.0.0.1:1/read", interval: 5m}
  - {name: write, component: crm-write, kind: http, target: "http://127.0.0.1:1/write", interval: 5m}
  - {name: login, component: login, kind: http, target: "http://127.0.0.1:1/login", interval: 5m}
contacts:
  - {address: one@example.com, language: en}
  - {address: two@example.com, language: nb}
`

// product is what the probes see: down in the spans of the script.
type product struct {
	mu     sync.Mutex
	script map[string][]data.Window
	first  map[string][]time.Time // bad samples that followed good ones
	last   map[string][]time.Time // good samples that followed bad ones
	bad    map[string]bool
}

type eye struct {
	probe data.Probe
	of    *product
}

func (p *product) compile(probe data.Probe) (kind.Prober, error) { return eye{probe, p}, nil }

func (e eye) Probe(context.Context) []data.Sample {
	e.of.mu.Lock()
	defer e.of.mu.Unlock()
	name, now := e.probe.Name, time.Now().Truncate(time.Second)
	s := data.Sample{Level: data.Operational, Latency: 80 * time.Millisecond}
	for _, w := range e.of.script[name] {
		if w.Contains(now) {
			s.Level, s.Reason = data.MajorOutage, data.ReasonConnect
		}
	}
	if s.Bad() != e.of.bad[name] {
		if s.Bad() {
			e.of.first[name] = append(e.of.first[name], now.UTC())
		} else {
			e.of.last[name] = append(e.of.last[name], now.UTC())
		}
	}
	e.of.bad[name] = s.Bad()
	return []data.Sample{s}
}

// postbox takes every mail.
type postbox struct {
	mu   sync.Mutex
	sent map[string]int // by message ID
}

func (p *postbox) Send(_ context.Context, b notifier.Batch) (notifier.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[b.MessageID]++
	return notifier.Receipt{ID: b.MessageID, At: time.Now()}, nil
}

// straight is a client's transport that asks a handler in this process: a real connection would stop the bubble's clock.
type straight struct{ handler http.Handler }

func (s straight) RoundTrip(r *http.Request) (*http.Response, error) {
	w := &answer{header: http.Header{}, status: http.StatusOK}
	s.handler.ServeHTTP(w, r)
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(bytes.NewReader(w.body.Bytes())), Request: r}, nil
}

// yearSpan is what the simulation lives through. Under the race detector, which is slow, that is three weeks: with the spring's change
// of clocks, the first outage, and the settling of a month. .ci/run has the whole year without it.
func yearSpan(zone *time.Location) (from, to time.Time) {
	if raceDetector {
		return time.Date(2026, 3, 27, 0, 0, 0, 0, zone), time.Date(2026, 4, 15, 0, 30, 0, 0, zone)
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, zone), time.Date(2027, 1, 1, 0, 30, 0, 0, zone)
}

// TestYear lets everything but the listeners live through 2026: the built-in schedule, three probes with scripted outages,
// notices on page, banner and mail, and the page's own look at itself.
func TestYear(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		oslo, err := time.LoadLocation("Europe/Oslo")
		if err != nil {
			t.Fatal(err)
		}
		local := func(month time.Month, day, hour, minute int) time.Time {
			return time.Date(2026, month, day, hour, minute, 0, 0, oslo)
		}
		world := &product{
			first: map[string][]time.Time{}, last: map[string][]time.Time{}, bad: map[string]bool{},
			script: map[string][]data.Window{
				"read": {
					{Start: local(4, 14, 10, 0), End: local(4, 14, 11, 40)}, // office hours: a breach
					{Start: local(7, 3, 1, 0), End: local(7, 3, 2, 0)},      // inside the system maintenance of Friday 3 July
				},
				"login": {{Start: local(9, 22, 14, 0), End: local(9, 22, 14, 6)}}, // too short to be confirmed, or just so
			},
		}
		from, to := yearSpan(oslo)
		time.Sleep(time.Until(from))

		cfg, err := config.Parse("year.yaml", []byte(yearConfig), config.Options{CheckProbe: kind.Check})
		if err != nil {
			t.Fatal(err)
		}
		store, err := bolt.Open(filepath.Join(t.TempDir(), storeName), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if err := cfg.Apply(t.Context(), store, time.Now()); err != nil {
			t.Fatal(err)
		}
		log, registry := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
		var trouble bytes.Buffer // a year without an error in the log
		watched := slog.New(slog.NewTextHandler(&trouble, &slog.HandlerOptions{Level: slog.LevelError}))
		planner := scheduler.New(scheduler.Options{Store: store, Log: watched, Registry: registry})
		if err := planner.Plan(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		look := &web.Look{Store: store, Base: "http://page", Customer: cfg.Page.CustomerPattern, Log: watched}
		pages := &page.Publisher{
			Store: store, Settings: pageSettings(cfg, serving{}), Renderers: renderers(), Log: watched, Tick: 24 * time.Hour,
			OnSwap: []func(*page.Snapshot){look.Begin(registry)},
		}
		look.Client = &http.Client{Transport: straight{web.Public(web.PublicOptions{
			Pages: pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Log: log,
			Banner: &banner.Handler{Pages: pages, Customer: cfg.Page.CustomerPattern, Log: log, Language: web.Language},
		})}}
		runner := probes.New(probes.Options{Store: store, Log: log, Registry: registry, Compile: world.compile, Flush: time.Hour, Restate: restate(pageSettings(cfg, serving{}).Book())})
		box := &postbox{sent: map[string]int{}}
		mail := notifier.New(notifier.Options{
			Store: store, Sender: box, Domain: "status.example.com", Log: watched, Registry: registry,
			Settings: notifier.Settings{Product: cfg.Page.Product, URL: cfg.Page.URL, Zone: cfg.Page.Zone},
		})

		settler := &scheduler.Settler{Store: store, Log: watched, Book: pageSettings(cfg, serving{}).Book()}

		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, part := range []func(context.Context) error{planner.Run, settler.Run, pages.Run, look.Run, runner.Run, mail.Run} {
			wg.Go(func() {
				if err := part(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Until(to))
		synctest.Wait()
		snapshot := pages.Current()
		cancel()
		wg.Wait()

		if trouble.Len() > 0 {
			t.Errorf("the log of the year has errors:\n%.2000s", trouble.String())
		}
		datatest.Invariants(t, store)
		err = store.View(t.Context(), func(tx data.Tx) error {
			if !raceDetector {
				yearOfWindows(t, tx)
			}
			yearOfNotices(t, tx, box, from)
			return errors.Join(yearOfFigures(t, tx, world, from, to), yearOfMonths(t, tx, from, to))
		})
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := snapshot.Doc("/", i18n.EN); !ok || !bytes.Contains(d.Body, []byte(to.Format("January 2006"))) {
			t.Error("the page of the last day does not know the month")
		}
	})
}

// yearOfWindows counts what the schedule made of 2026 (DOMAIN 4.3).
func yearOfWindows(t *testing.T, tx data.Tx) {
	got := map[string]int{}
	for o, err := range tx.Occurrences().Range("", "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(o.Date, "2026") {
			got[fmt.Sprintf("%s %s", o.Maintenance, o.Phase)]++
		}
	}
	want := map[string]int{
		"system completed": 26, "microsoft completed": 12, "application-pilot completed": 17, "application-rest completed": 17,
		"infrastructure lapsed": 52, "recycle completed": 365,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("windows of the year:\n%v, want\n%v", got, want)
	}
}

// yearOfNotices checks that everything was seen in time on every surface, and mailed once to each contact.
func yearOfNotices(t *testing.T, tx data.Tx, box *postbox, from time.Time) {
	mails, late := 0, 0
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			t.Fatal(err)
		}
		o, err := tx.Occurrences().Get(data.OccurrenceKey(b.Subject))
		if err != nil {
			t.Fatal(err)
		}
		if o.Phase != data.Completed || b.Short {
			if b.Short && o.Window.Start.After(from.AddDate(0, 0, 2)) {
				t.Errorf("%s is short notice in the middle of the year", b.Key())
			}
			continue // the first days' windows were there before anybody could be told
		}
		for surface, moment := range map[data.Surface]time.Time{data.OnPage: b.Moment, data.OnBanner: b.Banner} {
			p, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), surface))
			if err != nil {
				t.Errorf("%s on %s: %v", b.Key(), surface, err)
				continue
			}
			if p.At.After(b.Deadline) {
				late++
				t.Errorf("%s was seen on %s at %s, after its deadline %s", b.Key(), surface, p.At, b.Deadline)
			}
			if delay := p.At.Sub(moment); delay > time.Minute && moment.After(from.Add(13*time.Hour)) {
				t.Errorf("%s came to %s %s after its moment", b.Key(), surface, delay)
			}
		}
		if !b.Fanned {
			t.Errorf("%s was not fanned out", b.Key())
		}
	}
	for id, n := range box.sent {
		if mails++; n != 1 {
			t.Errorf("%s was sent %d times", id, n)
		}
	}
	if least := 2 * (26 + 17 + 17); mails%2 != 0 || mails < least && !raceDetector || mails == 0 {
		t.Errorf("%d mails in the year to two contacts", mails)
	}
}

// yearOfFigures works out the months and compares them with what the prober remembers.
func yearOfFigures(t *testing.T, tx data.Tx, world *product, from, now time.Time) error {
	records, err := months.Records(tx, now)
	if err != nil {
		return err
	}
	report := func(month, component string) ledger.Report {
		f, err := ledger.FromRecords(month, "Europe/Oslo", "0.998", records, now)
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Report(ledger.Selection{Component: component})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if n := len(world.last["read"]); n == 0 || n != len(world.first["read"]) || !raceDetector && n != 2 {
		t.Fatalf("the prober of crm-read saw %v and %v", world.first["read"], world.last["read"])
	}
	april := int64(world.last["read"][0].Sub(world.first["read"][0]) / time.Second)
	if r := report("2026-04", "crm-read"); r.Contract.Downtime != april || r.Observed.Downtime != april || r.Contract.Met || april < 5900 {
		t.Errorf("April: contract %+v, observed %+v; the prober saw %d s", r.Contract, r.Observed, april)
	}
	for _, month := range monthsSince(from, now.Add(-24*time.Hour)) {
		r := report(month, "crm-write")
		if r.Observed.Downtime != 0 || month != from.Format("2006-01") && r.Unobserved != 0 {
			t.Errorf("%s of crm-write: %+v", month, r)
		}
	}
	if raceDetector {
		return nil
	}
	july := int64(world.last["read"][1].Sub(world.first["read"][1]) / time.Second)
	if r := report("2026-07", "crm-read"); r.Contract.Downtime != 0 || r.Strict.Downtime != 0 || r.Observed.Downtime != july || july < 3500 {
		t.Errorf("July: contract %+v, strict %+v, observed %+v; the prober saw %d s inside the window", r.Contract, r.Strict, r.Observed, july)
	}
	return nil
}

// monthsSince are the months of 2026 from that of one instant to that of another.
func monthsSince(from, to time.Time) []string {
	return ledger.Months(to, from.Location(), int(to.Month()-from.Month())+1)
}

// yearOfMonths finds every month settled ten days after its end, with the figure that the records give to this day.
func yearOfMonths(t *testing.T, tx data.Tx, from, now time.Time) error {
	settled, err := months.Verify(tx)
	if err != nil {
		t.Errorf("the months' chain: %v", err)
	}
	records, err := months.Records(tx, now)
	if err != nil {
		return err
	}
	last := now.Add(-months.DefaultSettling)
	want := 0
	over := monthsSince(from, last) // and the one that ran then
	for _, month := range over[:len(over)-1] {
		s, err := months.Settled(tx, month)
		if err != nil {
			t.Errorf("%s is not settled: %v", month, err)
			continue
		}
		want++
		facts, err := ledger.FromRecords(month, "Europe/Oslo", "0.998", records, now)
		if err != nil {
			return err
		}
		then, err1 := s.Facts.Report(ledger.Selection{})
		today, err2 := facts.Report(ledger.Selection{})
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if diff := cmp.Diff(then, today); diff != "" || s.Settled.Revision != 1 {
			t.Errorf("%s was settled otherwise than the records say, in revision %d:\n%s", month, s.Settled.Revision, diff)
		}
	}
	if settled != want || want == 0 {
		t.Errorf("%d months are settled, want %d", settled, want)
	}
	return nil
}
