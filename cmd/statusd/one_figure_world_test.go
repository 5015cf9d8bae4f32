package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// figureWorld is a store with outages, windows, cohorts, gaps, and months that run, are settled, and are restated.
type figureWorld struct {
	t      *testing.T
	dir    string
	store  data.Store
	book   months.Book
	public http.Handler
	desk   *api.API
	pages  *page.Publisher
	gather *prometheus.Registry
}

func osloTime(t testing.TB, text string) time.Time {
	t.Helper()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, oslo)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func (w *figureWorld) update(fn func(data.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func newFigureWorld(t *testing.T) *figureWorld {
	t.Helper()
	time.Sleep(time.Until(osloTime(t, "2026-05-20 14:00:00")))
	w := &figureWorld{t: t, dir: t.TempDir(), gather: prometheus.NewRegistry()}
	cfg, err := files{Data: w.dir}.load()
	if err != nil {
		t.Fatal(err)
	}
	settings := pageSettings(cfg, serving{})
	w.book = settings.Book()
	store, err := bolt.Open(filepath.Join(w.dir, storeName), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	w.store = store
	w.fill()
	w.settle()
	log := slog.New(slog.DiscardHandler)
	w.desk = newAPI(cfg, store, log)
	w.pages = &page.Publisher{Store: store, Settings: settings, Renderers: []page.Renderer{page.Render}, Log: log, OnSwap: []func(*page.Snapshot){web.Figures(w.gather)}}
	if err := w.pages.First(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.public = web.Public(web.PublicOptions{
		Pages: w.pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Log: log, Customer: cfg.Page.CustomerPattern,
		Banner: &banner.Handler{Pages: w.pages, Log: log, Language: web.Language},
	})
	return w
}

func (w *figureWorld) fill() {
	t := w.t
	begin := osloTime(t, "2026-01-01 00:00:00")
	outage := func(component, cohort, from, to string, change func(*data.Outage)) data.Outage {
		o := datatest.Outage(component, osloTime(t, from))
		o.Cohort, o.Ended = cohort, osloTime(t, to)
		if change != nil {
			change(&o)
		}
		return o
	}
	window := func(tx data.Tx, slug, from, to, announced string, change func(*data.Occurrence)) error {
		start, end := osloTime(t, from), osloTime(t, to)
		o := datatest.Occurrence(slug, start)
		o.Window.End, o.Phase, o.Began, o.Ended = end, data.Completed, start, end
		if change != nil {
			change(&o)
		}
		err := data.PutOccurrence(tx, o, start.Add(-100*time.Hour))
		for _, on := range data.Promised {
			err = errors.Join(err, tx.Proofs().Put(data.Proof{Bulletin: o.Owed(start)[0].Key(), Surface: on, At: osloTime(t, announced)}))
		}
		return err
	}
	w.update(func(tx data.Tx) error {
		errs := []error{
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10}), tx.Cohorts().Put(data.Cohort{Slug: "rest", Rest: true}),
		}
		for _, slug := range []string{"crm-read", "crm-write", "login", "hush-oslo"} {
			c := datatest.Component(slug)
			if c.Since = begin; slug == "hush-oslo" {
				c.Audience = data.ForOperators
			}
			errs = append(errs, tx.Components().Put(c), tx.Marks().Put(datatest.Mark(slug, begin, data.Operational)))
		}
		blind, sees := datatest.Mark("crm-read", osloTime(t, "2026-02-05 03:00:00"), data.NoData), datatest.Mark("crm-read", osloTime(t, "2026-02-05 04:00:00"), data.Operational)
		errs = append(errs, tx.Marks().Put(blind), tx.Marks().Put(sees))
		for _, o := range []data.Outage{
			outage("crm-read", "all", "2026-01-15 23:30:00", "2026-01-16 00:45:00", nil),
			outage("crm-write", "all", "2026-01-20 09:00:00", "2026-01-20 10:30:00", func(o *data.Outage) {
				o.Aware, o.Reported = osloTime(t, "2026-01-20 09:04:00"), osloTime(t, "2026-01-20 09:02:00")
			}),
			outage("login", "pilot", "2026-02-10 05:00:00", "2026-02-10 06:30:00", nil),
			outage("hush-oslo", "all", "2026-02-20 10:00:00", "2026-02-20 10:10:00", nil),
			outage("crm-read", "all", "2026-03-10 09:00:00", "2026-03-10 10:29:15", nil),
			outage("crm-read", "all", "2026-04-07 10:00:00", "2026-04-07 11:26:24", nil),
			outage("crm-write", "all", "2026-04-14 10:00:00", "2026-04-14 11:26:25", nil),
			outage("login", "all", "2026-04-22 18:00:00", "2026-04-22 18:20:00", nil),
			outage("crm-read", "all", "2026-05-10 10:00:00", "2026-05-10 10:30:00", nil),
			outage("crm-read", "all", "2026-05-12 10:00:00", "2026-05-12 11:00:00", func(o *data.Outage) { o.Impact = data.Degradation }),
		} {
			errs = append(errs, tx.Outages().Put(o))
		}
		errs = append(errs,
			window(tx, "system", "2026-01-16 00:00:00", "2026-01-16 06:00:00", "2026-01-13 00:00:00", nil),
			window(tx, "patch", "2026-04-22 18:00:00", "2026-04-22 18:20:00", "2026-04-22 15:00:00", func(o *data.Occurrence) {
				o.Category, o.Components, o.Short = data.Emergency, []string{"login"}, "a hole"
			}))
		return errors.Join(errs...)
	})
}

// settle settles what is due, and corrects February afterwards.
func (w *figureWorld) settle() {
	now := time.Now()
	w.update(func(tx data.Tx) error {
		due, _, err := w.book.Due(tx, now)
		if err != nil || len(due) != 4 {
			return fmt.Errorf("due are %v: %w", due, err)
		}
		for _, month := range due {
			r, err := months.Records(tx, now)
			if err != nil {
				return err
			}
			if _, err := w.book.Settle(tx, r, month, "statusd", now); err != nil {
				return err
			}
		}
		o := datatest.Outage("login", osloTime(w.t, "2026-02-10 05:00:00"))
		o.Cohort = "pilot"
		if o, err = tx.Outages().Get(o.Key()); err != nil {
			return err
		}
		ended := osloTime(w.t, "2026-02-10 07:30:00")
		if o, err = o.Correct(data.OutageChange{Ended: &ended, Why: "Kari of Hemmelig AS saw it too"}, "operator:ola", now); err != nil {
			return err
		}
		if err := tx.Outages().Put(o); err != nil {
			return err
		}
		revised, err := w.book.Revise(tx, o.Started, "operator:ola", "Kari of Hemmelig AS saw it too", now)
		if err == nil && len(revised) != 1 {
			err = fmt.Errorf("%d months revised", len(revised))
		}
		c := datatest.Component(newcomer)
		c.Since = osloTime(w.t, "2026-05-01 00:00:00")
		return errors.Join(err, tx.Components().Put(c))
	})
}

func (w *figureWorld) get(path string) string {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.public.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	if rec.Code != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", path, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func (w *figureWorld) ask(op, id string, query map[string]string, out any) {
	w.t.Helper()
	_, answer, err := w.desk.Do(w.t.Context(), op, api.Call{By: data.Actor{Name: "it", Role: data.Admin}, ID: id, Query: query})
	if err == nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		w.t.Fatalf("%s %s: %v", op, id, err)
	}
}

// command runs a command on the file, with no service.
func (w *figureWorld) command(run func(files, streams) error) string {
	w.t.Helper()
	var out bytes.Buffer
	if err := run(files{Data: w.dir}, streams{in: strings.NewReader(""), out: &out, err: io.Discard}); err != nil {
		w.t.Fatal(err)
	}
	return out.String()
}
