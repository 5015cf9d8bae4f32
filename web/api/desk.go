package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/superoffice/statusd/data"
)

// deskOps are what the incident desk does beside opening and updating.
func deskOps() []Op {
	return []Op{
		templateOp(),
		{
			Name: "incident.publish", Method: "POST", Path: incidentPath + "/publish", Need: data.Responder, In: OnVersion{}, Out: Incident{},
			Summary: "Make a draft public.", write: publish,
		},
		{
			Name: "incident.discard", Method: "POST", Path: incidentPath + "/discard", Need: data.Responder, In: OnVersion{}, Out: Incident{},
			Summary: "Put a draft aside for good. It is kept, and never shown.", write: discard,
		},
		{
			Name: "incident.note", Method: "POST", Path: incidentPath + "/notes", Need: data.Responder, In: IncidentNote{}, Out: Incident{}, Status: http.StatusCreated,
			Summary: "Write a note that only operators see.", write: note,
		},
		{
			Name: "incident.amend", Method: "POST", Path: incidentPath + "/amend", Need: data.Responder, In: IncidentAmendment{}, Out: Incident{},
			Summary: "Correct title, impact or beginning. Nothing is sent.", write: amend,
		},
		{
			Name: "incident.reword", Method: "POST", Path: incidentPath + "/updates/{sub}/reword", Need: data.Responder, In: UpdateRewording{}, Out: Incident{},
			Summary: "Change the words of an update. Those it had are shown with it. Nothing is sent.", write: reword,
		},
		{
			Name: "incident.undo", Method: "POST", Path: incidentPath + "/undo", Need: data.Responder, In: OnVersion{}, Out: Incident{},
			Summary: "Take the last change back while nothing of it was sent. An incident that it opened becomes a draft.",
			write: func(a *API, tx data.Tx, c *Call) (*result, error) {
				var p OnVersion
				if err := c.decode(&p); err != nil {
					return nil, err
				}
				if _, err := whichVersion(tx, c.ID, p.Version); err != nil {
					return nil, err
				}
				before, after, err := undo(tx, c, a.Undo)
				if err != nil {
					return nil, err
				}
				return a.changed(tx, c, &before, after)
			},
		},
	}
}

func templateOp() Op {
	return Op{
		Name: "incident.templates", Method: "GET", Path: "/api/v1/templates", Need: data.Viewer, Out: Templates{},
		Summary: "List the texts there are for incidents.", read: listTemplates,
	}
}

func publish(a *API, tx data.Tx, c *Call) (*result, error) {
	return a.onVersion(tx, c, false, func(before data.Incident) (data.Incident, error) { return before.Publish(c.now) })
}

func discard(a *API, tx data.Tx, c *Call) (*result, error) {
	return a.onVersion(tx, c, true, func(before data.Incident) (data.Incident, error) { return before.Discard(c.By.Name, c.now) })
}

func (a *API) onVersion(tx data.Tx, c *Call, quiet bool, change func(data.Incident) (data.Incident, error)) (*result, error) {
	var p OnVersion
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	before, err := whichVersion(tx, c.ID, p.Version)
	if err != nil {
		return nil, err
	}
	after, err := change(before)
	if err != nil {
		return nil, err
	}
	if after, err = withMeasured(tx, before, after, nil, c); err != nil {
		return nil, err
	}
	t := a.telling(c)
	t.Quiet = quiet
	if err := Tell(tx, before, after, t); err != nil {
		return nil, err
	}
	return a.changed(tx, c, &before, after)
}

func note(a *API, tx data.Tx, c *Call) (*result, error) {
	var p IncidentNote
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	before, err := which(tx, c.ID)
	if err != nil {
		return nil, err
	}
	after, err := before.Note(p.Body, c.By.Name, c.now)
	if err != nil {
		return nil, err
	}
	if err := data.PutIncident(tx, after); err != nil {
		return nil, err
	}
	return a.changed(tx, c, &before, after)
}

func amend(a *API, tx data.Tx, c *Call) (*result, error) {
	var p IncidentAmendment
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	if p.Title == nil && p.Titles == nil && p.Impact == nil && p.Started == nil {
		return nil, data.Invalid("", "nothing to correct: give title, titles, impact or started")
	}
	before, err := whichVersion(tx, c.ID, p.Version)
	if err != nil {
		return nil, err
	}
	after, err := before.Amend(data.Amendment{Title: p.Title, Titles: p.Titles, Impact: p.Impact, Started: p.Started}, c.now)
	if err != nil {
		return nil, err
	}
	if !after.Started.Equal(before.Started) {
		if err := a.restart(tx, c, before, after); err != nil {
			return nil, err
		}
	}
	t := a.telling(c)
	t.Quiet = true
	if err := Tell(tx, before, after, t); err != nil {
		return nil, err
	}
	return a.changed(tx, c, &before, after)
}

// restart corrects the beginning of those outages that began with the incident, as the outage desk would: what they said stays beside
// it, and what makes less of them takes an admin. Those that were set aside stay as they are.
func (a *API) restart(tx data.Tx, c *Call, before, after data.Incident) error {
	var were, are []data.Outage
	for _, of := range before.Affected {
		outages, err := outagesBy(tx, of.Component, cohortOf(of), before.ID)
		if err != nil {
			return err
		}
		for _, o := range outages {
			was := o.Corrected()
			if was.Void || !was.Started.Equal(before.Started) {
				continue
			}
			if !was.Ended.IsZero() && !was.Ended.After(after.Started) {
				return data.Invalid("started", fmt.Sprintf("the outage of %s had ended by then: use a time before %s", o.Component, was.Ended.UTC().Format(time.RFC3339)))
			}
			started := after.Started
			is, err := o.Correct(data.OutageChange{Started: &started, Why: "the incident's beginning was corrected"}, c.By.Name, c.now)
			if err != nil {
				return err
			}
			were, are = append(were, o), append(are, is)
		}
	}
	if len(were) == 0 {
		return nil
	}
	e, err := a.change(tx, c, were, are)
	if err != nil {
		return err
	}
	if err := e.allowed(c.By); err != nil {
		return err
	}
	if after.Started.After(before.Started) && !c.By.Role.May(data.Admin) {
		return data.Forbidden(fmt.Sprintf("the outage of %s would begin later than it did: that takes the role admin, for it makes less of it. An earlier beginning does not; let an admin set this one", were[0].Component))
	}
	return nil
}

func reword(a *API, tx data.Tx, c *Call) (*result, error) {
	var p UpdateRewording
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	before, err := whichVersion(tx, c.ID, p.Version)
	if err != nil {
		return nil, err
	}
	after, err := before.Reword(c.Sub, p.Body, p.Bodies, c.By.Name, c.now)
	if err != nil {
		return nil, err
	}
	if err := data.PutIncident(tx, after); err != nil {
		return nil, err
	}
	return a.changed(tx, c, &before, after)
}

// measured fills in what measured outages say: their components, cohorts, levels and times, and since when we knew. So suspected
// outages become an incident in one step, in which each begins with its own.
func (p *IncidentReport) measured(tx data.Tx, t *Telling) error {
	keys, field := p.Outages, "outages"
	if p.Outage != "" {
		keys, field = append([]data.OutageKey{p.Outage}, keys...), "outage"
	}
	if len(keys) == 0 {
		return nil
	}
	held, err := data.HeldMarks(tx)
	if err != nil {
		return err
	}
	levels := map[string]data.Level{}
	var first data.Outage
	t.Own = map[string]data.Outage{}
	for _, key := range keys {
		o, err := tx.Outages().Get(key)
		if errors.Is(err, data.ErrNotFound) {
			return data.Invalid(field, "there is no such outage: see the list of suspected ones")
		} else if err != nil {
			return err
		}
		if o = o.Corrected(); o.Void {
			return data.Invalid(field, "this outage was set aside: restore it first")
		}
		t.Own[o.Component+"@"+o.Cohort] = o
		name := o.Component
		if o.Cohort != data.AllCustomers {
			name += "@" + o.Cohort
		}
		levels[name] = max(data.Merge(held[o.Component], t.Now).Cohorts[o.Cohort], data.PartialOutage)
		if first.Component == "" || o.Started.Before(first.Started) {
			first = o
		}
	}
	if len(p.Components) == 0 {
		p.Components = levels
	}
	if p.Started.IsZero() && p.StartedAgo == "" {
		p.Started = first.Started
	}
	if len(t.Own) == 1 {
		t.Aware = first.Aware
	}
	switch {
	case p.Title != "" || p.Template != "":
	case len(t.Own) > 1:
		p.Title = "Several services do not work"
	default:
		c, err := tx.Components().Get(first.Component)
		if err != nil {
			return err
		}
		p.Title = c.Name.In("en") + " does not work"
	}
	return nil
}
