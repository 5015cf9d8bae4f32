package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// Look is the proof of notice (N4): after each swap it fetches this service's own public listener, as a visitor and as a
// login screen of each group would, and writes down since when each surface really shows what was to be told. What it
// writes is no part of the revision, so looking never makes the page again.
type Look struct {
	Store    data.Store
	Client   *http.Client
	Base     string         // where the public listener is reached, such as http://127.0.0.1:8080
	Customer *regexp.Regexp // the form of a customer's identifier
	Log      *slog.Logger

	swapped chan *page.Snapshot
	missing prometheus.Gauge
	said    map[string]bool // cohorts of which it was said that no customer can be asked as
	ahead   []data.Bulletin // those that are or will be to be told, as of the last change of the table; nil was not read
}

// Begin registers the metric and returns what is to be told of swaps; call it once, before Run. What
// it returns is for one goroutine at a time, as a Publisher calls it.
func (l *Look) Begin(registry prometheus.Registerer) func(*page.Snapshot) {
	l.swapped = make(chan *page.Snapshot, 1)
	l.missing = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "statusd_notices_unseen", Help: "Bulletins whose moment has come and that a surface does not show yet.",
	})
	registry.MustRegister(l.missing)
	return func(s *page.Snapshot) {
		select {
		case <-l.swapped:
		default:
		}
		l.swapped <- s
	}
}

// When it is looked once more.
const (
	lookAgain   = 10 * time.Second // where a surface did not show something, or what is to be told has changed
	lookAtLeast = time.Hour        // whatever is to come: a clock that somebody set is noticed
)

// Run looks until ctx ends: after each swap, and at each instant from which on something else may be due, seen or not; in
// between it sleeps. What is missing is logged when it changes, and looked at again until it is seen. It owns the alarms
// of notices that are not seen and of a page that is not renewed.
func (l *Look) Run(ctx context.Context) error {
	var s *page.Snapshot
	last, doubted := "", false
	timer := time.NewTimer(lookAtLeast)
	defer timer.Stop()
	var next time.Time // when the timer fires
	changes := l.Store.Watch(ctx, data.BulletinsTable)
	for {
		select {
		case <-ctx.Done():
			return nil
		case s = <-l.swapped:
		case _, open := <-changes:
			if l.ahead = nil; !open {
				changes = nil
			}
			if soon := time.Now().Add(lookAgain); s != nil && soon.Before(next) { // the swap that shows it may be under way
				next = soon
				timer.Reset(lookAgain)
			}
			continue
		case <-timer.C:
		}
		if s == nil {
			continue
		}
		select {
		case <-changes: // what changes from here on, the next look reads
			l.ahead = nil
		default:
		}
		unseen, told, err := l.look(ctx, s.State)
		now := time.Now()
		gaps, mute := l.alarm(ctx, s.State, told, now)
		if ctx.Err() != nil {
			return nil
		}
		next = now.Add(lookAgain)
		if err == nil && mute == nil && len(unseen) == 0 {
			next = wake(s.State, l.ahead, gaps, now)
		}
		timer.Reset(time.Until(next))
		what := strings.Join(unseen, ", ")
		if err != nil || mute != nil {
			what += " and an error" // its text may differ each time
		}
		switch {
		case what == last:
		case what == "":
			l.Log.Info("everything that was to be told is seen on every surface")
			last = what
		case !doubted && err == nil && mute == nil: // a change may be looked for before the page that has it is made
		default:
			l.Log.Error("what was to be told is not seen on every surface", "missing", strings.Join(unseen, ", "), "error", errors.Join(err, mute))
			last = what
		}
		doubted = what != ""
		if err == nil || len(unseen) > 0 { // else nobody knows
			l.missing.Set(float64(len(unseen)))
		}
	}
}

// look returns what should be seen and is not, in the order of bulletins, and all that is to be told now; nil where that cannot
// be read. Where one surface cannot be fetched, what was seen on the others is written down all the same, before the error is
// returned.
func (l *Look) look(ctx context.Context, s *page.State) (unseen []string, told []data.Bulletin, err error) {
	var open []owed
	err = l.Store.View(ctx, func(tx data.Tx) (err error) {
		if told, err = l.current(tx, time.Now()); err == nil {
			open, err = l.open(tx, s, told)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	var proofs []data.Proof
	var faults []error
	seen := map[string]sight{}
	for _, o := range open {
		at := string(o.surface) + o.cohort
		shows, looked := seen[at]
		if !looked {
			if shows, err = l.fetch(ctx, s, o); err != nil {
				faults = append(faults, err)
			}
			seen[at] = shows
		}
		if version, ok := shows[o.id]; !ok || version < o.version {
			unseen = append(unseen, fmt.Sprintf("%s on %s", o.bulletin, o.surface))
			continue
		}
		proofs = append(proofs, data.Proof{Bulletin: o.bulletin, Surface: o.surface, At: time.Now().UTC()})
	}
	return unseen, told, errors.Join(append(faults, l.write(ctx, proofs))...)
}

// write keeps proofs, except where there is an earlier one.
func (l *Look) write(ctx context.Context, proofs []data.Proof) error {
	if len(proofs) == 0 {
		return nil
	}
	return l.Store.Update(ctx, func(tx data.Tx) error {
		for _, p := range proofs {
			if _, err := tx.Proofs().Get(p.Key()); err == nil {
				continue // the first look wins
			} else if !errors.Is(err, data.ErrNotFound) {
				return err
			}
			if err := tx.Proofs().Put(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// sight is what one surface shows: the version by the public ID of the window or incident.
type sight map[string]int

// add takes what page.ToldAs wrote, one or several. What is no such text is none.
func (s sight) add(told string) {
	for each := range strings.FieldsSeq(told) {
		id, text, _ := strings.Cut(each, ".")
		if version, err := strconv.Atoi(text); err == nil {
			s[id] = max(version, s[id])
		}
	}
}

// fetch gets one surface and returns what is on it; nothing where nobody can be asked as.
func (l *Look) fetch(ctx context.Context, s *page.State, o owed) (sight, error) {
	path := "/"
	if o.surface == data.OnBanner {
		path = "/api/v1/banner"
		if o.cohort != data.AllCustomers {
			customer := l.customer(s.Cohorts, o.cohort)
			if customer == "" {
				return nil, nil
			}
			path += "?customer=" + url.QueryEscape(customer)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Base+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "statusd-look")
	res, err := l.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", path, res.Status)
	}
	shown := sight{}
	if o.surface == data.OnPage {
		for _, told := range toldOnPage.FindAllSubmatch(body, -1) {
			shown.add(string(told[1]))
		}
		return shown, nil
	}
	var answer banner.Answer
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(answer.Banners) > 0 { // the header names what the body shows
		shown.add(res.Header.Get(banner.ToldHeader))
	}
	return shown, nil
}

// toldOnPage finds what a page says it tells of. A template writes it, and what people wrote stands in it with its quotes
// encoded, so that no text of theirs can look like it.
var toldOnPage = regexp.MustCompile(` data-(?:occurrence|incident)="([^"]*)"`)
