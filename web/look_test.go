package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// house is a store, a page and its look at itself, without listeners.
type house struct {
	t     *testing.T
	store data.Store
	pages *page.Publisher
	look  *web.Look
	lie   atomic.Bool                    // the listener answers with something else than the page
	old   atomic.Pointer[page.Publisher] // the listener still answers from this one; nil means from the newest
	asked atomic.Int64

	broken   atomic.Value // the path that cannot be fetched
	log      *synced
	registry *prometheus.Registry
}

// synced is what the look says.
type synced struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *synced) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// count is how many lines hold text.
func (s *synced) count(text string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.text.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// unseen is the metric.
func (h *house) unseen(want float64) {
	h.t.Helper()
	text := fmt.Sprintf("# HELP statusd_notices_unseen Bulletins whose moment has come and that a surface does not show yet.\n"+
		"# TYPE statusd_notices_unseen gauge\nstatusd_notices_unseen %g\n", want)
	if err := testutil.GatherAndCompare(h.registry, strings.NewReader(text)); err != nil {
		h.t.Error(err)
	}
}

// incident is an open incident of a cohort that works no more since now, with its bulletin.
func (h *house) incident(n int, cohort string) data.Bulletin {
	h.t.Helper()
	i := datatest.Incident(fmt.Sprintf("abcdefghijk%d", n), time.Now())
	i.Affected = []data.Affected{{Component: "crm-read", Cohort: cohort, Level: data.MajorOutage}}
	b := data.Bulletin{
		About: data.AboutIncident, Subject: i.ID, Kind: data.TellIncident, Version: 1, Moment: time.Now(), Banner: time.Now(),
		Until: time.Now().Add(24 * time.Hour),
	}
	h.put(func(tx data.Tx) error { return errors.Join(data.PutIncident(tx, i), tx.Bulletins().Put(b)) })
	return b
}

// RoundTrip answers the look from the public handler, or lies.
func (h *house) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked.Add(1)
	if h.broken.Load() == r.URL.Path {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	if h.lie.Load() {
		io.WriteString(w, `{"banners":[]}`) //nolint:errcheck // a recorder takes everything
	} else {
		pages := h.pages
		if old := h.old.Load(); old != nil {
			pages = old
		}
		web.Public(web.PublicOptions{
			Pages: pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Log: quiet, Customer: h.look.Customer,
			Banner: &banner.Handler{Pages: pages, Customer: h.look.Customer, Log: quiet, Language: web.Language},
		}).ServeHTTP(w, r)
	}
	return &http.Response{StatusCode: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())), Request: r}, nil
}

var quiet = slog.New(slog.DiscardHandler)

func newHouse(t *testing.T) *house {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, store: s}
	h.log = &synced{}
	h.registry = prometheus.NewRegistry()
	h.look = &web.Look{
		Store: s, Client: &http.Client{Transport: h}, Base: "http://page", Customer: regexp.MustCompile(`^Cust[0-9]+$`),
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	h.pages = &page.Publisher{
		Store: s, Renderers: []page.Renderer{page.Render, banner.Render}, Log: quiet, Tick: 6 * time.Hour,
		OnSwap: []func(*page.Snapshot){h.look.Begin(h.registry)},
		Settings: page.Settings{
			Name: "Status", Product: "CRM", URL: "https://status.example.com", Zone: oslo, ZoneName: "Europe/Oslo", Target: "0.998", Langs: []i18n.Lang{i18n.EN},
		},
	}
	h.put(func(tx data.Tx) error {
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Components().Put(datatest.Component("crm-read")),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10, Salt: "s"}), tx.Cohorts().Put(data.Cohort{Slug: "rest", Rest: true}),
		)
	})
	return h
}

func (h *house) put(fn func(data.Tx) error) {
	h.t.Helper()
	if err := h.store.Update(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// live lets page and look run for d.
func (h *house) live(d time.Duration) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error, 2)
	go func() { done <- h.pages.Run(ctx) }()
	go func() { done <- h.look.Run(ctx) }()
	time.Sleep(d)
	synctest.Wait()
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			h.t.Fatal(err)
		}
	}
}

// proof is when a surface was first seen to show b; zero if never.
func (h *house) proof(b data.Bulletin, s data.Surface) (at time.Time) {
	h.t.Helper()
	h.put(func(tx data.Tx) error {
		p, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), s))
		at = p.At
		if errors.Is(err, data.ErrNotFound) {
			return nil
		}
		return err
	})
	return at
}

// friday is a window in a week of the bubble, with its bulletin.
func friday(category data.Category, cohort string) (data.Occurrence, data.Bulletin) {
	o := datatest.Occurrence(string(category), time.Date(2000, 1, 7, 23, 0, 0, 0, time.UTC))
	o.Category, o.Cohort = category, cohort
	b := datatest.Bulletin(o.Window.Start)
	b.Subject, b.Until = string(o.Key()), o.Window.End
	return o, b
}

func TestProofOfNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		var bulletins []data.Bulletin
		for category, cohort := range map[data.Category]string{data.System: "all", data.Microsoft: "all", data.Application: "pilot"} {
			o, b := friday(category, cohort)
			bulletins = append(bulletins, b)
			h.put(func(tx data.Tx) error { return errors.Join(tx.Occurrences().Put(o), tx.Bulletins().Put(b)) })
		}
		h.live(6 * 24 * time.Hour)
		for _, b := range bulletins {
			for surface, moment := range map[data.Surface]time.Time{data.OnPage: b.Moment, data.OnBanner: b.Banner} {
				if at := h.proof(b, surface); at.Before(moment) || at.Sub(moment) > 2*time.Second {
					t.Errorf("%s was proven on %s at %v, its moment was %v", b.Key(), surface, at, moment)
				}
			}
		}
		asked := h.asked.Load()
		h.live(2 * time.Hour)
		if more := h.asked.Load() - asked; more != 0 {
			t.Errorf("%d more looks after everything was proven", more)
		}
	})
}

// TestNoProofWithoutSight is the negative control: a listener that does not show what it should leaves no proof, and the
// look goes on until it does.
func TestNoProofWithoutSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		o, b := friday(data.System, "all")
		h.put(func(tx data.Tx) error { return errors.Join(tx.Occurrences().Put(o), tx.Bulletins().Put(b)) })
		h.lie.Store(true)
		h.live(5*24*time.Hour + 12*time.Hour)
		for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
			if at := h.proof(b, s); !at.IsZero() {
				t.Errorf("a lying listener proved %s at %v", s, at)
			}
		}
		h.lie.Store(false)
		begin := time.Now()
		h.live(time.Minute)
		for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
			if at := h.proof(b, s); at.Sub(begin) > time.Minute || at.Before(begin) {
				t.Errorf("%s was proven at %v, the listener is right since %v", s, at, begin)
			}
		}
	})
}

func TestProofOfIncident(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		i := datatest.Incident("abcdefghijk1", time.Now())
		i.Affected = []data.Affected{{Component: "crm-read", Cohort: "pilot", Level: data.MajorOutage}}
		b := data.Bulletin{About: data.AboutIncident, Subject: i.ID, Kind: data.TellIncident, Version: 1, Moment: time.Now(), Until: time.Now().Add(24 * time.Hour)}
		hidden := datatest.Incident("abcdefghijk2", time.Now())
		hidden.Hidden = true
		h.put(func(tx data.Tx) error {
			return errors.Join(data.PutIncident(tx, i), tx.Bulletins().Put(b), data.PutIncident(tx, hidden))
		})
		h.live(time.Minute)
		for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
			if h.proof(b, s).IsZero() {
				t.Errorf("an incident of the pilots has no proof on %s", s)
			}
		}
	})
}

// A banner has room for so many: what is less urgent is owed there from when there is room, and is no error before.
func TestNoRoomOnTheBanner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		var last data.Bulletin
		for n := range banner.Most + 1 {
			last = h.incident(n, "")
			time.Sleep(time.Second)
		}
		h.live(time.Hour)
		h.unseen(0)
		if n := h.log.count("level=ERROR"); n != 0 {
			t.Errorf("%d errors, want none", n)
		}
		if h.proof(last, data.OnPage).IsZero() || !h.proof(last, data.OnBanner).IsZero() {
			t.Error("the fourth is on the page and not on the banner")
		}
		h.put(func(tx data.Tx) error {
			i, err := tx.Incidents().Get("abcdefghijk0")
			if err != nil {
				return err
			}
			if i, err = i.Update(data.Report{Phase: data.Resolved}, "socket:root", time.Now()); err != nil {
				return err
			}
			return data.PutIncident(tx, i)
		})
		h.live(time.Minute)
		if h.proof(last, data.OnBanner).IsZero() {
			t.Error("there is room, and no proof")
		}
	})
}

// What is missing is said once, and so is that it is seen at last.
func TestMissingIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.incident(0, "")
		h.lie.Store(true)
		time.AfterFunc(59*time.Minute+5*time.Second, func() { // between two looks
			h.unseen(2)
			h.lie.Store(false)
		})
		h.live(time.Hour)
		h.unseen(0)
		if n := h.log.count("level=ERROR"); n != 1 {
			t.Errorf("%d errors in an hour, want 1\n%s", n, &h.log.text)
		}
		if n := h.log.count("level=INFO"); n != 1 {
			t.Errorf("%d times that all is seen, want 1", n)
		}
	})
}

// Of two surfaces one cannot be fetched: what is seen on the other is written down.
func TestOneSurfaceFails(t *testing.T) {
	for broken, want := range map[string]data.Surface{"/": data.OnBanner, "/api/v1/banner": data.OnPage} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			b := h.incident(0, "")
			h.broken.Store(broken)
			h.live(time.Minute)
			for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
				if proven := !h.proof(b, s).IsZero(); proven != (s == want) {
					t.Errorf("%s is broken, and %s is proven: %t", broken, s, proven)
				}
			}
			h.unseen(1)
		})
	}
}

// A cohort's banner is looked at as one of its customers, or not at all: the general banner proves nothing for it.
func TestWhoToLookAs(t *testing.T) {
	for _, tt := range []struct {
		form, listed string
		proven       bool
	}{
		{`^Cust[0-9]+$`, "", true},
		{`^Tenant[0-9]+$`, "", true},
		{`^[A-Z]{3}-[0-9]+$`, "ABC-1", true},
		{`^[A-Z]{3}-[0-9]+$`, "", false},
		{`^[A-Z]{3}-[0-9]+$`, "Cust1", false}, // not of the form: the banner does not know it either
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			h.look.Customer = regexp.MustCompile(tt.form)
			if tt.listed != "" {
				h.put(func(tx data.Tx) error {
					return tx.Cohorts().Put(data.Cohort{Slug: "pilot", List: []string{tt.listed}})
				})
			}
			b := h.incident(0, "pilot")
			h.live(time.Hour)
			if proven := !h.proof(b, data.OnBanner).IsZero(); proven != tt.proven {
				t.Errorf("%s, listed %q: proven %t", tt.form, tt.listed, proven)
			}
			if h.proof(b, data.OnPage).IsZero() {
				t.Error("the page is not proven")
			}
			want := 1
			if tt.proven {
				want = 0
			}
			h.unseen(float64(want))
			if n := h.log.count("no identifier of cohort pilot can be made for the pattern"); n != want {
				t.Errorf("%s, listed %q: said %d times, want %d", tt.form, tt.listed, n, want)
			}
		})
	}
}
