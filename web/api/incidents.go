package api

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// IncidentReport is what a request says of an incident. Only a title and components are needed to open one.
type IncidentReport struct {
	Title      string                `json:"title,omitempty" doc:"One line on what people notice. Opening: needed, unless a template or an outage gives it."`
	Titles     data.Words            `json:"titles,omitempty" doc:"The title in other languages, by language."`
	Body       string                `json:"body,omitempty" doc:"What readers see; empty says a plain sentence for the phase."`
	Bodies     data.Words            `json:"bodies,omitempty" doc:"The body in other languages, by language."`
	Phase      data.Phase            `json:"phase,omitempty" enum:"investigating,identified,monitoring,resolved,postmortem"`
	Impact     string                `json:"impact,omitempty" enum:"none,minor,major,critical" doc:"Empty: the components' levels decide."`
	Components map[string]data.Level `json:"components,omitempty" doc:"Level by component, or by component@cohort for some customers only."`
	Cohort     string                `json:"cohort,omitempty" doc:"Of the components named without one; empty means all customers."`
	Started    time.Time             `json:"started,omitzero" doc:"Opening: when it began."`
	StartedAgo string                `json:"started_ago,omitempty" doc:"The same as a length before now: 10m."`
	Reported   time.Time             `json:"reported,omitzero" doc:"Opening: when a customer told us of it. The contract's downtime begins with that, or with our own knowledge, whichever was first (U9)."`
	At         time.Time             `json:"at,omitzero" doc:"Updating: when this was so, if not now."`
	AtAgo      string                `json:"at_ago,omitempty" doc:"The same as a length before now: 10m."`
	NextUpdate time.Time             `json:"next_update,omitzero" doc:"When the next update is promised."`
	NextIn     string                `json:"next_update_in,omitempty" doc:"The same as a length from now: 30m."`
	Template   string                `json:"template,omitempty" doc:"Name of a template; what the report says itself goes before it."`
	Outage     data.OutageKey        `json:"outage,omitempty" doc:"Opening: a measured outage, which gives component, cohort, level and times."`
	Outages    []data.OutageKey      `json:"outages,omitempty" doc:"Opening: several measured outages, each of which begins with its own times."`
	Draft      bool                  `json:"draft,omitempty" doc:"Opening: the public learns nothing until it is published."`
	Version    int                   `json:"version,omitempty" doc:"Updating: the version this was written for. If it is not the newest, nothing is changed."`
}

// IncidentNote is a word among operators.
type IncidentNote struct {
	Body string `json:"body"`
}

// IncidentAmendment corrects the head of an incident. A member that is left out leaves what is there.
type IncidentAmendment struct {
	Title   *string    `json:"title,omitempty"`
	Titles  data.Words `json:"titles,omitempty"`
	Impact  *string    `json:"impact,omitempty"`
	Started *time.Time `json:"started,omitempty"`
	Version int        `json:"version,omitempty"`
}

// UpdateRewording changes the words of one update. Those it had stay with it and are shown.
type UpdateRewording struct {
	Body    string     `json:"body"`
	Bodies  data.Words `json:"bodies,omitempty"`
	Version int        `json:"version,omitempty"`
}

// OnVersion is the body of an act that says nothing more than which version it is about.
type OnVersion struct {
	Version int `json:"version,omitempty"`
}

// Incidents is a list, newest first.
type Incidents struct {
	Incidents []Incident `json:"incidents"`
	Next      string     `json:"next,omitempty" doc:"What to ask for as before, for older ones; absent at the end."`
}

const incidentPath = "/api/v1/incidents/{id}"

func incidentOps() []Op {
	return []Op{
		{
			Name: "incident.list", Method: "GET", Path: "/api/v1/incidents", Need: data.Viewer, Out: Incidents{},
			Summary: "List incidents, newest first, drafts and internal notes included.",
			Query:   []Param{{"open", "true: those that go on only"}, {"limit", "1 to 200, without it 50"}, {"before", "ID of the last one seen"}},
			read:    listIncidents,
		},
		{
			Name: "incident.get", Method: "GET", Path: incidentPath, Need: data.Viewer, Out: Incident{},
			Summary: "Show one incident, with its audit trail.",
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				i, err := which(tx, c.ID)
				if err != nil {
					return nil, err
				}
				return a.incident(tx, i, c)
			},
		},
		{
			Name: "incident.open", Method: "POST", Path: "/api/v1/incidents", Need: data.Responder, In: IncidentReport{}, Out: Incident{}, Status: http.StatusCreated,
			Summary: "Open an incident, or write a draft of one.",
			write:   openIncident,
		},
		{
			Name: "incident.update", Method: "POST", Path: incidentPath + "/updates", Need: data.Responder, In: IncidentReport{}, Out: Incident{},
			Summary: "Say more, change levels, reopen, or publish the postmortem. As ID, - stands for the only open one.",
			write:   func(a *API, tx data.Tx, c *Call) (*result, error) { return a.update(tx, c, "") },
		},
		{
			Name: "incident.resolve", Method: "POST", Path: incidentPath + "/resolve", Need: data.Responder, In: IncidentReport{}, Out: Incident{},
			Summary: "Say that it is over.",
			write:   func(a *API, tx data.Tx, c *Call) (*result, error) { return a.update(tx, c, data.Resolved) },
		},
	}
}

// farthest is how far away a length of time, or the next update, may be.
const farthest = 10 * 366 * 24 * time.Hour

// read turns the request into what data understands, and checks the names it uses.
func (p IncidentReport) read(tx data.Tx, now time.Time) (data.Report, error) {
	r := data.Report{
		Title: p.Title, Titles: p.Titles, Body: p.Body, Bodies: p.Bodies, Phase: p.Phase, Impact: p.Impact,
		Started: p.Started.UTC(), Reported: p.Reported.UTC(), At: p.At.UTC(), Next: p.NextUpdate.UTC(), Draft: p.Draft,
	}
	for _, of := range []struct {
		field, text string
		sign        time.Duration
		into        *time.Time
	}{{"started_ago", p.StartedAgo, -1, &r.Started}, {"at_ago", p.AtAgo, -1, &r.At}, {"next_update_in", p.NextIn, 1, &r.Next}} {
		if of.text == "" {
			continue
		}
		d, err := time.ParseDuration(of.text)
		if err != nil || d < 0 || d > farthest {
			return r, data.Invalid(of.field, fmt.Sprintf("%q is no length of time: write it as 30m or 2h", of.text))
		}
		if *of.into = now.Add(of.sign * d); d >= time.Second { // a shorter one would fall before what was said a moment ago
			*of.into = of.into.Truncate(time.Second)
		}
	}
	if r.Next.Sub(now) > farthest {
		return r, data.Invalid("next_update", "this is more than ten years away: look at the year")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Components)) {
		slug, cohort, given := strings.Cut(name, "@")
		if !given {
			cohort = p.Cohort
		}
		if err := cohortExists(tx, cohort); err != nil {
			return r, err
		}
		c, err := tx.Components().Get(slug)
		if errors.Is(err, data.ErrNotFound) || err == nil && c.Retired {
			return r, data.Invalid("components", fmt.Sprintf("there is no component %q: %s", slug, known(tx)))
		} else if err != nil {
			return r, err
		}
		r.Affected = append(r.Affected, data.Affected{Component: slug, Cohort: cohort, Level: p.Components[name]})
	}
	return r, cohortExists(tx, p.Cohort)
}

func cohortExists(tx data.Tx, name string) error {
	if name == "" || name == data.AllCustomers {
		return nil
	}
	_, err := tx.Cohorts().Get(name)
	if errors.Is(err, data.ErrNotFound) {
		return data.Invalid("cohort", fmt.Sprintf("there is no cohort %q: leave it out for all customers", name))
	}
	return err
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

func openIncident(a *API, tx data.Tx, c *Call) (*result, error) {
	var p IncidentReport
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	if p.Version != 0 {
		return nil, data.Invalid("version", "a new incident has no version: leave it out")
	}
	if !p.At.IsZero() || p.AtAgo != "" {
		return nil, data.Invalid("at", "say with started when it began")
	}
	t := a.telling(c)
	if err := p.measured(tx, &t); err != nil {
		return nil, err
	}
	if err := a.fill(tx, &p, data.Investigating, c.now); err != nil {
		return nil, err
	}
	said, err := p.read(tx, c.now)
	if err != nil {
		return nil, err
	}
	i, err := data.NewIncident(said, c.By.Name, c.now)
	if err != nil {
		return nil, err
	}
	i.Aware = t.Aware
	if i, err = withMeasured(tx, data.Incident{}, i, t.Own, c); err != nil {
		return nil, err
	}
	if err := Tell(tx, data.Incident{}, i, t); err != nil {
		return nil, err
	}
	return a.changed(tx, c, nil, i)
}

// telling is how this call's change is told.
func (a *API) telling(c *Call) Telling { return Telling{Now: c.now, Delay: a.Undo} }

// changed is the result of an act on an incident. Before is nil for a new one.
func (a *API) changed(tx data.Tx, c *Call, before *data.Incident, after data.Incident) (*result, error) {
	kept, err := tx.Incidents().Get(after.ID)
	if err != nil {
		return nil, err
	}
	c.touches(after.Started)
	if before != nil {
		c.touches(before.Started)
	}
	shown := a.summary(kept)
	if until := c.now.Add(a.Undo); undoable[c.op] && a.Undo > 0 {
		from, to := data.BulletinsOf(data.AboutIncident, after.ID)
		for b, err := range tx.Bulletins().Range(from, to) {
			if err != nil {
				return nil, err
			}
			if unsent(b, c.now) && b.Moment.Before(until) {
				until = b.Moment
			}
		}
		shown.UndoUntil = &until
	}
	if shown.Still, err = stillSeen(tx, kept, c); err != nil {
		return nil, err
	}
	r := &result{body: shown, object: after.ID, after: kept}
	if before != nil {
		r.before = before
	}
	return r, nil
}

func (a *API) update(tx data.Tx, c *Call, phase data.Phase) (*result, error) {
	var p IncidentReport
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	if phase != "" {
		if p.Phase != "" && p.Phase != phase {
			return nil, data.Invalid("phase", fmt.Sprintf("this makes the incident %s: leave the phase out", phase))
		}
		p.Phase = phase
	}
	switch {
	case !p.Started.IsZero() || p.StartedAgo != "":
		return nil, data.Invalid("started", "an incident's beginning is set when it is opened, and corrected by amending it")
	case !p.Reported.IsZero():
		return nil, data.Invalid("reported", "this is said when an incident is opened; afterwards it is a correction of its outage: statusd outage correct")
	case p.Draft:
		return nil, data.Invalid("draft", "only a new incident can be a draft")
	case len(p.Outages) > 0:
		return nil, data.Invalid("outages", "outages open a new incident: name their components instead")
	case p.Outage != "":
		return nil, data.Invalid("outage", "an outage opens a new incident: name its component instead")
	}
	before, err := whichVersion(tx, c.ID, p.Version)
	if err != nil {
		return nil, err
	}
	if err := a.fill(tx, &p, before.Phase, c.now); err != nil {
		return nil, err
	}
	said, err := p.read(tx, c.now)
	if err != nil {
		return nil, err
	}
	switch {
	case phase == data.Resolved && !before.Open():
		return nil, data.Conflict("the incident is resolved already: post an update to say more")
	case before.Hidden && !before.Open():
		return nil, data.Conflict("the draft was discarded: open a new incident")
	}
	after, err := before.Update(said, c.By.Name, c.now)
	if err != nil {
		return nil, err
	}
	if after, err = withMeasured(tx, before, after, nil, c); err != nil {
		return nil, err
	}
	t := a.telling(c)
	t.At = after.Latest().At
	if err := Tell(tx, before, after, t); err != nil {
		return nil, err
	}
	return a.changed(tx, c, &before, after)
}

// TheOpenOne stands for an ID: the only incident that is open. So an act that is repeated with its key finds its answer,
// also when by then none is open.
const TheOpenOne = "-"

// which finds an incident by ID, or the only one that is open.
func which(tx data.Tx, id string) (data.Incident, error) {
	if id != TheOpenOne {
		i, err := tx.Incidents().Get(id)
		if errors.Is(err, data.ErrNotFound) || id == "" {
			return i, data.NotFound("incident", id)
		}
		return i, err
	}
	open, err := data.OpenIncidents(tx)
	if err != nil {
		return data.Incident{}, err
	}
	open = slices.DeleteFunc(open, func(i data.Incident) bool { return i.Hidden })
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
	return data.Incident{}, data.Conflict(fmt.Sprintf("%d incidents are open, say which (on the command line with --id ID):\n  %s", len(open), strings.Join(names, "\n  ")))
}

// whichVersion is which, unless somebody has changed the incident since the caller looked.
func whichVersion(tx data.Tx, id string, version int) (data.Incident, error) {
	i, err := which(tx, id)
	if err != nil || version == 0 || version == i.Version {
		return i, err
	}
	by := "somebody"
	for last, err := range data.Trail(tx, i.ID) {
		if err == nil {
			by = fmt.Sprintf("%s, at %s,", last.Actor, last.At.Format(time.RFC3339))
		}
		break
	}
	return i, data.Conflict(fmt.Sprintf("%s has changed this incident since you looked (version %d, yours %d): look at what it says now, then send yours again for that version", by, i.Version, version))
}

func listIncidents(a *API, tx data.Tx, c *Call) (any, error) {
	limit := 50
	if text := c.Query["limit"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 200 {
			return nil, data.Invalid("limit", "a number from 1 to 200")
		}
		limit = n
	}
	from, to := data.AllIncidentsFrom, data.AllIncidentsTo
	switch c.Query["open"] {
	case "true":
		from, to = data.OpenIncidentsFrom, data.OpenIncidentsTo
	case "", "false":
	default:
		return nil, data.Invalid("open", "true or false")
	}
	if id := c.Query["before"]; id != "" {
		i, err := which(tx, id)
		if err != nil {
			return nil, err
		}
		to = data.IncidentRef{Created: i.Created, Incident: i.ID, Open: c.Query["open"] == "true"}.Key()
	}
	out := Incidents{Incidents: []Incident{}}
	for {
		ref, err := tx.IncidentRefs().Last(to)
		if errors.Is(err, data.ErrNotFound) || err == nil && ref.Key() < from {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		if len(out.Incidents) == limit {
			out.Next = out.Incidents[limit-1].ID
			return out, nil
		}
		i, err := tx.Incidents().Get(ref.Incident)
		if err != nil {
			return nil, err
		}
		out.Incidents = append(out.Incidents, a.summary(i))
		to = ref.Key()
	}
}
