package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// Reads are the public reads of /api/v1 that are not documents of the snapshot. They touch nothing but the snapshot.
type Reads struct {
	Pages    *page.Publisher
	Customer *regexp.Regexp // the form of a customer's identifier; nil means that none is known
	Log      *slog.Logger
}

// state is the newest one, or an error before the first.
func (a *Reads) state() (*page.State, error) {
	s := a.Pages.Current()
	if s == nil {
		return nil, &ui.StatusError{Status: http.StatusServiceUnavailable, Message: "the service is starting: try again in a second", Header: http.Header{"Retry-After": {"1"}}}
	}
	return s.State, nil
}

// open makes the handler of a public read: any origin, no credentials, cacheable for a moment.
func (a *Reads) open(get func(*page.State, *http.Request) (any, error)) http.Handler {
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		s, err := a.state()
		if err != nil {
			return err
		}
		v, err := get(s, r)
		if err != nil {
			return err
		}
		body, err := ui.MarshalJSON(v)
		if err != nil {
			return err
		}
		ui.NewDoc(body, ui.DocOptions{
			Type: "application/json; charset=utf-8", Header: http.Header{"Access-Control-Allow-Origin": {"*"}},
		}).ServeHTTP(w, r)
		return nil
	})
}

// Schedule handles GET /api/v1/schedule?from=2026-01-01&to=2026-03-01: the windows laid out, by local nominal start date
// in [from, to), reserved slots included. Without from it begins today; without to it ends 90 days after from. With
// customer=Cust12345 it has what concerns that customer (N3); any other form of identifier is as none.
func (a *Reads) Schedule() http.Handler {
	return a.open(func(s *page.State, r *http.Request) (any, error) {
		q := r.URL.Query()
		from, err := day(q.Get("from"), "from", s.Now.In(s.Zone))
		if err != nil {
			return nil, err
		}
		to, err := day(q.Get("to"), "to", from.AddDate(0, 0, 90))
		if err != nil {
			return nil, err
		}
		if !from.Before(to) {
			return nil, data.Invalid("to", "to is a day after from: the span is [from, to)")
		}
		first, last := from.Format(time.DateOnly), to.Format(time.DateOnly)
		customer := q.Get("customer")
		audience := s.Audience(customer, "", banner.Known(customer, a.Customer))
		var picked []data.Occurrence
		for _, o := range s.Occurrences {
			if audience != "" && o.Cohort != data.AllCustomers && o.Cohort != audience {
				continue
			}
			if o.Date >= first && o.Date < last {
				picked = append(picked, o)
			}
		}
		return wire.Windows(picked), nil
	})
}

func day(text, field string, without time.Time) (time.Time, error) {
	if text == "" {
		return time.Date(without.Year(), without.Month(), without.Day(), 0, 0, 0, 0, time.UTC), nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1970 || t.Year() > 2999 {
		return t, data.Invalid(field, fmt.Sprintf("%q is no day: write it as 2026-01-31", text))
	}
	return t, nil
}

// Uptime handles GET /api/v1/uptime/{month}, a month such as 2026-04 in full, and GET /api/v1/uptime/2026, a year. A month may be
// narrowed by component (its slug or public ID) and cohort. With customer=Cust12345 it has what concerns that customer (N3); any
// other form of identifier is as none.
func (a *Reads) Uptime() http.Handler {
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		s, err := a.state()
		if err != nil {
			return err
		}
		q := r.URL.Query()
		customer, cohort := q.Get("customer"), q.Get("cohort")
		audience := s.Audience(customer, "", banner.Known(customer, a.Customer))
		if audience != "" {
			cohort = ""
		}
		d, err := a.Pages.Current().Uptime(audience, r.PathValue("month"), q.Get("component"), cohort)
		if err != nil {
			return err
		}
		d.ServeHTTP(w, r)
		return nil
	})
}
