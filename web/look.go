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
	"slices"
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
}

// Begin registers the metric and returns what is to be told of swaps; call it once, before Run.
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

// lookAgain is when a surface that did not show something is looked at once more.
const lookAgain = 10 * time.Second

// Run looks until ctx ends.
func (l *Look) Run(ctx context.Context) error {
	var again <-chan time.Time
	var s *page.Snapshot
	for {
		select {
		case <-ctx.Done():
			return nil
		case s = <-l.swapped:
		case <-again:
		}
		missing, err := l.look(ctx, s.State)
		if ctx.Err() != nil {
			return nil
		}
		again = nil
		if err != nil || missing > 0 {
			l.Log.Error("what was to be told is not seen on every surface", "missing", missing, "error", err)
			again = time.After(lookAgain)
		}
		l.missing.Set(float64(missing))
	}
}

// owed is a bulletin that a surface should show and has no proof for.
type owed struct {
	bulletin data.BulletinKey
	surface  data.Surface
	shown    string // the public ID by which it is seen
	cohort   string
}

// look returns how much should be seen and is not.
func (l *Look) look(ctx context.Context, s *page.State) (missing int, err error) {
	var open []owed
	err = l.Store.View(ctx, func(tx data.Tx) (err error) { open, err = l.open(tx, s); return err })
	if err != nil || len(open) == 0 {
		return 0, err
	}
	var proofs []data.Proof
	seen := map[string]func(string) bool{}
	for _, o := range open {
		at := string(o.surface) + o.cohort
		if seen[at] == nil {
			if seen[at], err = l.fetch(ctx, s, o); err != nil {
				return len(open), err
			}
		}
		if !seen[at](o.shown) {
			missing++
			continue
		}
		proofs = append(proofs, data.Proof{Bulletin: o.bulletin, Surface: o.surface, At: time.Now().UTC()})
	}
	if len(proofs) == 0 {
		return missing, nil
	}
	err = l.Store.Update(ctx, func(tx data.Tx) error {
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
	return missing, err
}

// open lists what s should show and nobody has seen yet.
func (l *Look) open(tx data.Tx, s *page.State) ([]owed, error) {
	byKey := map[string]data.Occurrence{}
	for _, o := range s.Occurrences {
		byKey[string(o.Key())] = o
	}
	var out []owed
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			return nil, err
		}
		if b.Void || b.Moment.After(s.Now) || !b.Until.After(s.Now) {
			continue
		}
		shown, cohort := map[data.Surface]string{}, data.AllCustomers
		switch b.About {
		case data.AboutOccurrence:
			o, ok := byKey[b.Subject]
			if !ok || o.Over() && b.Kind == data.TellPlanned {
				continue
			}
			cohort = o.Cohort
			shown[data.OnPage] = s.AnnouncementID(o)
			if !b.Banner.IsZero() && !b.Banner.After(s.Now) && banner.Visible(o, s.Now) {
				shown[data.OnBanner] = banner.ID(s, o)
			}
		case data.AboutIncident:
			shown[data.OnPage] = b.Subject
			if b.Kind == data.TellIncident {
				shown[data.OnBanner] = b.Subject
				if i := slices.IndexFunc(s.Incidents, func(i data.Incident) bool { return i.ID == b.Subject }); i >= 0 {
					cohort = banner.Group(s.Incidents[i])
				}
			}
		}
		for surface, id := range shown {
			_, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), surface))
			if errors.Is(err, data.ErrNotFound) {
				out = append(out, owed{b.Key(), surface, id, cohort})
			} else if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// fetch gets one surface and returns what tells whether an ID is on it.
func (l *Look) fetch(ctx context.Context, s *page.State, o owed) (func(id string) bool, error) {
	path := "/"
	if o.surface == data.OnBanner {
		path = "/api/v1/banner"
		if customer := l.customer(s.Cohorts, o.cohort); customer != "" {
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
	if o.surface == data.OnPage {
		text := string(body)
		return func(id string) bool { return strings.Contains(text, id) }, nil
	}
	var answer banner.Answer
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return func(id string) bool {
		return slices.ContainsFunc(answer.Banners, func(b data.Banner) bool { return b.ID == id })
	}, nil
}

// customer finds an identifier that belongs to a cohort: one that is listed, else one that the hash puts there.
func (l *Look) customer(cohorts data.Cohorts, cohort string) string {
	if cohort == data.AllCustomers || l.Customer == nil {
		return ""
	}
	for _, c := range cohorts {
		if c.Slug == cohort && len(c.List) > 0 {
			return c.List[0]
		}
	}
	for i := range 10_000 {
		if id := fmt.Sprintf("Cust%d", i); l.Customer.MatchString(id) && cohorts.Of(id) == cohort {
			return id
		}
	}
	return ""
}
