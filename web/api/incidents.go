package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
)

// report is what a request says of an incident.
type report struct {
	Title      string                `json:"title"`
	Body       string                `json:"body"`
	Phase      data.Phase            `json:"phase"`
	Impact     string                `json:"impact"`
	Components map[string]data.Level `json:"components"`
	Cohort     string                `json:"cohort"` // of the components named; empty means all
	Started    time.Time             `json:"started"`
	StartedAgo string                `json:"started_ago"` // the same as a length before now: 10m
	NextUpdate time.Time             `json:"next_update"`
	NextIn     string                `json:"next_update_in"` // the same as a length from now: 30m
}

// read turns the request into what data understands, and checks the names it uses.
func (p report) read(tx data.Tx, now time.Time) (data.Report, error) {
	r := data.Report{
		Title: p.Title, Body: p.Body, Phase: p.Phase, Impact: p.Impact, Started: p.Started.UTC(), Next: p.NextUpdate.UTC(),
	}
	for _, of := range []struct {
		field, text string
		sign        time.Duration
		into        *time.Time
	}{{"started_ago", p.StartedAgo, -1, &r.Started}, {"next_update_in", p.NextIn, 1, &r.Next}} {
		if of.text == "" {
			continue
		}
		d, err := time.ParseDuration(of.text)
		if err != nil || d < 0 {
			return r, data.Invalid(of.field, fmt.Sprintf("%q is no length of time: write it as 30m or 2h", of.text))
		}
		*of.into = now.Add(of.sign * d).Truncate(time.Second)
	}
	if p.Cohort != "" && p.Cohort != data.AllCustomers {
		if _, err := tx.Cohorts().Get(p.Cohort); errors.Is(err, data.ErrNotFound) {
			return r, data.Invalid("cohort", fmt.Sprintf("there is no cohort %q: leave it out for all customers", p.Cohort))
		} else if err != nil {
			return r, err
		}
	}
	for slug, level := range p.Components {
		c, err := tx.Components().Get(slug)
		if errors.Is(err, data.ErrNotFound) || err == nil && c.Retired {
			return r, data.Invalid("components", fmt.Sprintf("there is no component %q: %s", slug, known(tx)))
		} else if err != nil {
			return r, err
		}
		r.Affected = append(r.Affected, data.Affected{Component: slug, Cohort: p.Cohort, Level: level})
	}
	slices.SortFunc(r.Affected, func(a, b data.Affected) int { return slices.Compare([]string{a.Component}, []string{b.Component}) })
	return r, nil
}

// known lists the components there are, for an error that names the way out.
func known(tx data.Tx) string {
	list := "there are"
	for c, err := range tx.Components().Range("", "") {
		if err != nil {
			return "the catalogue cannot be read"
		}
		if !c.Retired {
			list += " " + c.Slug
		}
	}
	return list
}

// OpenIncident handles POST /api/v1/incidents.
func (a *API) OpenIncident() http.Handler {
	return a.act("incident.open", data.Responder, func(tx data.Tx, r *request) (*result, error) {
		var p report
		if err := r.decode(&p); err != nil {
			return nil, err
		}
		said, err := p.read(tx, r.now)
		if err != nil {
			return nil, err
		}
		i, err := data.NewIncident(said, r.by.Name, r.now)
		if err != nil {
			return nil, err
		}
		if err := Tell(tx, data.Incident{}, i, r.now); err != nil {
			return nil, err
		}
		return &result{status: http.StatusCreated, body: wire.IncidentOf(i, a.URL), object: i.ID, after: i}, nil
	})
}

// UpdateIncident handles POST /api/v1/incidents/{id}/updates.
func (a *API) UpdateIncident() http.Handler {
	return a.act("incident.update", data.Responder, func(tx data.Tx, r *request) (*result, error) {
		return a.update(tx, r, "")
	})
}

// ResolveIncident handles POST /api/v1/incidents/{id}/resolve.
func (a *API) ResolveIncident() http.Handler {
	return a.act("incident.resolve", data.Responder, func(tx data.Tx, r *request) (*result, error) {
		return a.update(tx, r, data.Resolved)
	})
}

func (a *API) update(tx data.Tx, r *request, phase data.Phase) (*result, error) {
	var p report
	if err := r.decode(&p); err != nil {
		return nil, err
	}
	if phase != "" {
		if p.Phase != "" && p.Phase != phase {
			return nil, data.Invalid("phase", fmt.Sprintf("this makes the incident %s: leave the phase out", phase))
		}
		p.Phase = phase
	}
	if !p.Started.IsZero() || p.StartedAgo != "" {
		return nil, data.Invalid("started", "an incident's beginning is set when it is opened")
	}
	before, err := which(tx, r.id)
	if err != nil {
		return nil, err
	}
	said, err := p.read(tx, r.now)
	if err != nil {
		return nil, err
	}
	if phase == data.Resolved && !before.Open() {
		return nil, data.Conflict("the incident is resolved already: post an update to say more")
	}
	after, err := before.Update(said, r.by.Name, r.now)
	if err != nil {
		return nil, err
	}
	if err := Tell(tx, before, after, r.now); err != nil {
		return nil, err
	}
	return &result{status: http.StatusOK, body: wire.IncidentOf(after, a.URL), object: after.ID, before: before, after: after}, nil
}

// TheOpenOne stands for an ID: the only incident that is open. So an act that is repeated with its key finds its answer,
// also when by then none is open.
const TheOpenOne = "-"

// which finds an incident by ID, or the only one that is open.
func which(tx data.Tx, id string) (data.Incident, error) {
	if id != TheOpenOne {
		i, err := tx.Incidents().Get(id)
		if errors.Is(err, data.ErrNotFound) {
			return i, data.NotFound("incident", id)
		}
		return i, err
	}
	var open []data.Incident
	for i, err := range tx.Incidents().Range("", "") {
		if err != nil {
			return i, err
		}
		if i.Open() {
			open = append(open, i)
		}
	}
	switch len(open) {
	case 0:
		return data.Incident{}, data.Conflict("no incident is open: name the one that you mean")
	case 1:
		return open[0], nil
	}
	names := make([]string, 0, len(open))
	for _, i := range open {
		names = append(names, i.ID+" "+i.Title)
	}
	return data.Incident{}, data.Conflict(fmt.Sprintf("%d incidents are open, say which:\n  %s", len(open), strings.Join(names, "\n  ")))
}

// GetIncident handles GET /api/v1/incidents/{id} for operators: drafts and internal notes included.
func (a *API) GetIncident() http.Handler {
	return a.read(data.Viewer, func(tx data.Tx, r *http.Request) (any, error) {
		i, err := tx.Incidents().Get(r.PathValue("id"))
		if errors.Is(err, data.ErrNotFound) {
			return nil, data.NotFound("incident", r.PathValue("id"))
		} else if err != nil {
			return nil, err
		}
		return wire.IncidentOf(i, a.URL), nil
	})
}

// ListIncidents handles GET /api/v1/incidents for operators, newest first; ?open=true leaves out what is resolved.
func (a *API) ListIncidents() http.Handler {
	return a.read(data.Viewer, func(tx data.Tx, r *http.Request) (any, error) {
		all, err := data.All(tx.Incidents().Range("", ""))
		if err != nil {
			return nil, err
		}
		if r.URL.Query().Get("open") == "true" {
			all = slices.DeleteFunc(all, func(i data.Incident) bool { return !i.Open() })
		}
		slices.SortFunc(all, func(a, b data.Incident) int { return b.Created.Compare(a.Created) })
		out := struct {
			Incidents []wire.Incident `json:"incidents"`
		}{Incidents: []wire.Incident{}}
		for _, i := range all {
			out.Incidents = append(out.Incidents, wire.IncidentOf(i, a.URL))
		}
		return out, nil
	})
}
