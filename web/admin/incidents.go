package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// incidentRow is an incident in a list.
type incidentRow struct {
	ID, Title, Phase, Impact string
	Draft, Open              bool
	Level                    levelView
	Components               string
	Started, Last            at
	For, Silent, By          string
}

func (p *Pages) incidentRow(i api.Incident) incidentRow {
	v := incidentRow{
		ID: i.ID, Title: i.Title, Phase: i18n.T(i18n.EN, "incident."+string(i.Phase)), Impact: i.Impact, Draft: i.Draft,
		Open: i.Resolved == nil, Started: p.when(i.Started), For: ago(i.Started), Silent: i.SilentFor, By: i.By,
	}
	if i.Resolved != nil {
		v.For = i18n.Duration(i18n.EN, i.Resolved.Sub(i.Started))
	}
	var names []string
	for _, h := range i.Holds {
		if !slices.Contains(names, h.Component) {
			names = append(names, h.Component)
		}
	}
	v.Level, v.Components = level(worstHeld(i)), strings.Join(names, ", ")
	for _, u := range i.Updates {
		if !u.Internal {
			v.Last = p.when(u.At)
			break
		}
	}
	return v
}

// incidentsView is the list of incidents.
type incidentsView struct {
	Rows   []incidentRow
	Open   bool // those that go on only
	Next   string
	May    bool
	Before string
}

func (p *Pages) incidents(v *visit) error {
	q := v.r.URL.Query()
	c := api.Call{Query: map[string]string{"limit": "50"}}
	view := incidentsView{Open: q.Get("open") == "true", May: v.by.Role.May(data.Responder), Before: q.Get("before")}
	if view.Open {
		c.Query["open"] = "true"
	}
	if view.Before != "" {
		c.Query["before"] = view.Before
	}
	var list api.Incidents
	if err := p.ask(v, "incident.list", c, &list); err != nil {
		return err
	}
	for _, i := range list.Incidents {
		view.Rows = append(view.Rows, p.incidentRow(i))
	}
	if list.Next != "" {
		next := url.Values{"before": {list.Next}}
		if view.Open {
			next.Set("open", "true")
		}
		view.Next = "/incidents?" + next.Encode()
	}
	return p.render(v.w, v.r, http.StatusOK, "incidents", "Incidents", view)
}

// incidentView is the desk of one incident.
type incidentView struct {
	incidentRow
	Public    string // address of its public page; empty for a draft
	Holds     []holdView
	Updates   []updateView
	Trail     []trailView
	Outages   []outageLine // that it opened
	Titles    []translation
	Next      at
	Resolved  at
	Alerts    string // the rule by which alerts opened it
	Heard     []alertRow
	Undo      undoView
	Still     string // warns of what probes still see, though it is said to be over
	Version   int
	May       bool
	Did       string
	Report    reportForm
	Note      noteForm
	Amend     amendForm
	OnVersion string // idempotency key of the one-button forms
	Reword    string // ID of the update whose words are being changed
	RewordIn  noteForm
}

type holdView struct {
	Component, Name, Cohort string
	Level                   levelView
}

type updateView struct {
	ID, Phase, Body, By string
	At                  at
	Internal            bool
	Changes             []string
	Edits               []editView
	Bodies              []translation
	Backdated           at // when it was written, where that is not when it was so
}

type editView struct {
	Body, By string
	At       at
}

type trailView struct {
	At                            at
	Who, Address, Action, Outcome string
	Seq                           uint64
}

type translation struct{ Lang, Name, Text string }

func translations(w data.Words) []translation {
	var out []translation
	for _, l := range i18n.Langs {
		if text := w[string(l)]; text != "" && l != i18n.EN {
			out = append(out, translation{string(l), l.Name(), text})
		}
	}
	return out
}

func (p *Pages) incident(v *visit) error {
	return p.showIncident(v, http.StatusOK, nil)
}

func (p *Pages) showIncident(v *visit, status int, back *typed) error {
	var i api.Incident
	if err := p.ask(v, "incident.get", api.Call{ID: v.r.PathValue("id")}, &i); err != nil {
		return err
	}
	catalogue, err := p.catalogue(v)
	if err != nil {
		return err
	}
	view := incidentView{
		incidentRow: p.incidentRow(i), Version: i.Version, May: v.by.Role.May(data.Responder), Alerts: i.Alerts, Next: p.whenOf(i.NextUpdate),
		Resolved: p.whenOf(i.Resolved), Titles: translations(i.Titles), OnVersion: data.NewID(), Did: did[v.r.URL.Query().Get("did")],
	}
	view.Still = api.StillWords(i.Still, stillName)
	view.Undo = p.undoOf(i, v.by, time.Now())
	var opened api.OutageList
	if err := p.ask(v, "outage.list", api.Call{Query: map[string]string{"incident": i.ID}}, &opened); err != nil {
		return err
	}
	for _, o := range opened.Outages {
		view.Outages = append(view.Outages, p.outageLine(o))
	}
	if !i.Draft {
		view.Public = i.URL
	}
	for _, h := range i.Holds {
		view.Holds = append(view.Holds, holdView{h.Component, catalogue.name(h.Component), h.Cohort, level(h.Level)})
	}
	for _, u := range i.Updates {
		view.Updates = append(view.Updates, p.updateView(u, catalogue))
	}
	for _, t := range i.Trail {
		view.Trail = append(view.Trail, trailView{p.when(t.At), t.Actor, t.Address, t.Action, t.Outcome, t.Seq})
	}
	if view.Heard, _, err = p.alertRows(v, map[string]string{"incident": i.ID, "limit": "50"}); err != nil {
		return err
	}
	view.Report = catalogue.updateForm(i)
	view.Note = noteForm{Key: data.NewID(), ID: i.ID}
	view.Amend = p.amendForm(i)
	id := v.r.URL.Query().Get("reword")
	if back != nil && back.form == "reword" {
		id = back.values.Get("update")
	}
	if id != "" && view.May {
		for _, u := range i.Updates {
			if u.ID == id {
				view.Reword, view.RewordIn = id, rewordForm(i, u)
			}
		}
	}
	if back != nil {
		view.takeBack(back)
	}
	return p.render(v.w, v.r, status, "incident", i.Title, view)
}

// stillName is what a component that probes still see is called in a warning.
func stillName(s api.StillSeen) string {
	if s.Cohort == "" {
		return s.Name
	}
	return s.Name + " for " + s.Cohort
}

func (p *Pages) updateView(u api.IncidentUpdate, c *catalogue) updateView {
	v := updateView{
		ID: u.ID, Phase: i18n.T(i18n.EN, "incident."+string(u.Phase)), Body: u.Body, By: u.By, At: p.when(u.At), Internal: u.Internal,
		Bodies: translations(u.Bodies),
	}
	if d := u.Created.Sub(u.At); d.Minutes() >= 1 {
		v.Backdated = p.when(u.Created)
	}
	for _, ch := range u.Changes {
		if ch.Old == ch.New && ch.Measured == data.NoData {
			continue
		}
		name := c.name(ch.Component)
		if ch.Cohort != "" {
			name += " (" + ch.Cohort + ")"
		}
		text := fmt.Sprintf("%s: %s → %s", name, level(ch.Old).Text, level(ch.New).Text)
		if ch.Measured != data.NoData {
			text = fmt.Sprintf("%s: %s by probes → %s", name, level(ch.Measured).Text, level(ch.New).Text)
		}
		v.Changes = append(v.Changes, text)
	}
	for _, e := range slices.Backward(u.Edits) {
		v.Edits = append(v.Edits, editView{e.Body, e.By, p.when(e.At)})
	}
	return v
}

// did says what a form has just done, by the word that its redirect carries.
var did = map[string]string{
	"open": "The incident is open.", "update": "The update is posted.", "resolve": "The incident is resolved.", "publish": "The draft is public.",
	"discard": "The draft is put aside.", "note": "The note is written.", "amend": "The incident is corrected.", "reword": "The words are changed.",
	"undo": "The last change is taken back.", "draft": "The draft is saved. Nobody outside sees it.",
}
