package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	lie   atomic.Bool // the listener answers with something else than the page
	asked atomic.Int64
}

// RoundTrip answers the look from the public handler, or lies.
func (h *house) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked.Add(1)
	w := httptest.NewRecorder()
	if h.lie.Load() {
		io.WriteString(w, `{"banners":[]}`) //nolint:errcheck // a recorder takes everything
	} else {
		web.Public(web.PublicOptions{
			Pages: h.pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Log: quiet,
			Banner: &banner.Handler{Pages: h.pages, Customer: h.look.Customer, Log: quiet, Language: web.Language},
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
	h.look = &web.Look{Store: s, Client: &http.Client{Transport: h}, Base: "http://page", Customer: regexp.MustCompile(`^Cust[0-9]+$`), Log: quiet}
	h.pages = &page.Publisher{
		Store: s, Renderers: []page.Renderer{page.Render, banner.Render}, Log: quiet, Tick: 6 * time.Hour,
		OnSwap: []func(*page.Snapshot){h.look.Begin(prometheus.NewRegistry())},
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
			return errors.Join(tx.Incidents().Put(i), tx.Bulletins().Put(b), tx.Incidents().Put(hidden))
		})
		h.live(time.Minute)
		for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
			if h.proof(b, s).IsZero() {
				t.Errorf("an incident of the pilots has no proof on %s", s)
			}
		}
	})
}
