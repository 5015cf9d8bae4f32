package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

func (p *Pages) newIncident(v *visit) error {
	c, err := p.catalogue(v)
	if err != nil {
		return err
	}
	f := c.openForm()
	q := v.r.URL.Query()
	f.Template = q.Get("template")
	if keys := q["outage"]; len(keys) > 0 {
		if err := p.prefill(v, &f, keys); err != nil {
			return err
		}
	}
	f.tick(q["component"])
	return p.render(v.w, v.r, http.StatusOK, "new", "Open an incident", f)
}

// tick ticks components.
func (f *reportForm) tick(slugs []string) {
	for g := range f.Groups {
		for n := range f.Groups[g].Rows {
			if row := &f.Groups[g].Rows[n]; slices.Contains(slugs, row.Slug) {
				row.On = true
			}
		}
	}
}

// prefill takes components, level, cohort and beginning from measured outages: the worst level, the earliest beginning, and the
// cohort only where all have the same. The form says them, so that they can be changed.
func (p *Pages) prefill(v *visit, f *reportForm, keys []string) error {
	var o api.Overview
	if err := p.ask(v, "overview.get", api.Call{}, &o); err != nil {
		return err
	}
	var first *api.SuspectedOutage
	var slugs []string
	worst := data.NoData
	for n, s := range o.Suspected {
		if !slices.Contains(keys, string(s.Outage)) {
			continue
		}
		f.Outages = append(f.Outages, string(s.Outage))
		slugs, worst = append(slugs, s.Component), max(worst, s.Level)
		switch {
		case first == nil:
			f.Cohort = s.Cohort
			first = &o.Suspected[n]
		case s.Cohort != f.Cohort:
			f.Cohort = data.AllCustomers
		}
		if s.Started.Before(first.Started) {
			first = &o.Suspected[n]
		}
	}
	if first == nil {
		return data.NotFound("suspected outage", keys[0]+" any more: it has ended, or an incident tells of it")
	}
	if f.Cohort == data.AllCustomers {
		f.Cohort = ""
	}
	f.Level = worst.String()
	f.began(first.Started, p.zone())
	if f.Title = first.Name + " does not work"; len(slugs) > 1 {
		f.Title = "Several services do not work"
	}
	f.tick(slugs)
	return nil
}

// openIncident takes the form of a new incident: to its preview, back from there, or to the desk.
func (p *Pages) openIncident(v *visit) error {
	form := v.r.PostForm
	show := func(status int, problem, field string) error {
		c, err := p.catalogue(v)
		if err != nil {
			return err
		}
		f := c.openForm()
		f.fill(form)
		f.Problem, f.Field = problem, field
		return p.render(v.w, v.r, status, "new", "Open an incident", f)
	}
	if form.Get("go") == "back" {
		return show(http.StatusOK, "", "")
	}
	report, err := reportOf(form, p.zone())
	if err == nil {
		if p.looksFirst(v) {
			err = p.preview(v, "incident.open", "", report, "/incidents")
		} else {
			var i api.Incident
			if err = p.send(v, "incident.open", api.Call{}, report, &i); err == nil {
				return v.see("/incidents/" + i.ID + "?did=" + map[bool]string{true: "draft", false: "open"}[i.Draft])
			}
		}
	}
	if status, message, field, ok := refusal(err); ok {
		return show(status, message, field)
	}
	return err
}

// actOnIncident takes the forms of an incident's desk.
func (p *Pages) actOnIncident(v *visit) error {
	id, act, form := v.r.PathValue("id"), v.r.PathValue("act"), v.r.PostForm
	back := func(name string, err error) error {
		if err == nil {
			return nil
		}
		if status, message, field, ok := refusal(err); ok {
			return p.showIncident(v, status, &typed{name, form, message, field})
		}
		return err
	}
	version := struct {
		Version int `json:"version,omitempty"`
	}{number(form.Get("version"))}
	var err error
	var answer api.Incident
	switch act {
	case "update":
		report, rerr := reportOf(form, p.zone())
		switch {
		case rerr != nil:
			return back("report", rerr)
		case form.Get("go") == "back":
			return p.showIncident(v, http.StatusOK, &typed{form: "report", values: form})
		case p.looksFirst(v):
			return back("report", p.preview(v, "incident.update", id, asUpdate(report), "/incidents/"+id+"/update"))
		}
		err = p.send(v, "incident.update", api.Call{ID: id}, asUpdate(report), &answer)
		if err != nil {
			return back("report", err)
		}
		if answer.Resolved != nil && answer.Phase == data.Resolved {
			act = "resolve"
		}
	case "resolve", "publish", "discard", "undo":
		switch {
		case form.Get("go") == "back":
			return p.showIncident(v, http.StatusOK, nil)
		case (act == "resolve" || act == "publish") && p.looksFirst(v):
			return back("act", p.preview(v, "incident."+act, id, version, v.r.URL.Path))
		}
		if err = p.send(v, "incident."+act, api.Call{ID: id}, version, &answer); err != nil {
			return back("act", err)
		}
	case "note":
		if err = p.send(v, "incident.note", api.Call{ID: id}, api.IncidentNote{Body: form.Get("body")}, &answer); err != nil {
			return back("note", err)
		}
	case "amend":
		a := api.IncidentAmendment{Version: number(form.Get("version"))}
		if title := form.Get("title"); title != form.Get("title_was") {
			a.Title = &title
		}
		if impact := form.Get("impact"); impact != form.Get("impact_was") {
			a.Impact = &impact
		}
		if text := form.Get("started_at"); text != "" && !left(form) {
			t, terr := parseClock(text, p.zone())
			if terr != nil {
				return back("amend", terr)
			}
			a.Started = &t
		}
		if err = p.send(v, "incident.amend", api.Call{ID: id}, a, &answer); err != nil {
			return back("amend", err)
		}
	default:
		return data.NotFound("act", act)
	}
	return v.see("/incidents/" + id + "?did=" + act)
}

// many is how many readers of mail make a change one to look at before it is made (RELIABILITY 3.1: mass mail by a slip or by
// somebody else's hand).
const many = 1000

// looksFirst says whether a form leads to its preview: because that was asked for, or because many will be mailed and nobody has
// looked yet.
func (p *Pages) looksFirst(v *visit) bool {
	if v.r.PostForm.Get("go") == "preview" {
		return true
	}
	if v.r.PostForm.Get("looked") != "" || v.r.PostForm.Get("draft") != "" {
		return false
	}
	n := 0
	err := p.API.Store.View(v.r.Context(), func(tx data.Tx) error {
		n = 0
		for s, err := range tx.Subscribers().Range("", "") {
			if err != nil {
				return err
			}
			if !s.Retired {
				n++
			}
			if n > many {
				break
			}
		}
		return nil
	})
	if err != nil {
		p.Log.Error("readers cannot be counted", "error", err)
	}
	return n > many
}

// asUpdate is a report without what only a new incident has.
func asUpdate(r api.IncidentReport) api.IncidentReport {
	if !r.Started.IsZero() || r.StartedAgo != "" {
		r.At, r.AtAgo = r.Started, r.StartedAgo
		r.Started, r.StartedAgo = time.Time{}, ""
	}
	r.Title, r.Titles, r.Draft, r.Outages = "", nil, false, nil
	return r
}

func (p *Pages) reword(v *visit) error {
	form := v.r.PostForm
	id, sub := v.r.PathValue("id"), v.r.PathValue("sub")
	var answer api.Incident
	err := p.send(v, "incident.reword", api.Call{ID: id, Sub: sub}, api.UpdateRewording{Body: form.Get("body"), Bodies: bodiesOf(form), Version: number(form.Get("version"))}, &answer)
	if err == nil {
		return v.see("/incidents/" + id + "?did=reword")
	}
	if status, message, field, ok := refusal(err); ok {
		form.Set("update", sub)
		return p.showIncident(v, status, &typed{"reword", form, message, field})
	}
	return err
}

// previewView is what people will be told, with the form that tells it.
type previewView struct {
	api.Preview
	Action string
	Fields []field // of the form, as it was sent
	Send   string  // what the button says
	Asked  bool    // somebody wanted to look; else there are many readers
	Feed   string
	At     at
	Warn   string // of what probes still see, where it is said to be over
	Texts  []letterView
	Pages  []pageView
}

var sendWords = map[string]string{"incident.open": "Open it", "incident.update": "Post it", "incident.publish": "Publish it", "incident.resolve": "Say that it is over"}

type pageView struct {
	api.PagePreview
	Name string
}

type letterView struct {
	api.Letter
	Name  string
	Count int
}

// preview shows what the body of an operation would tell. Its form carries everything that was typed.
func (p *Pages) preview(v *visit, op, id string, report any, action string) error {
	body, err := json.Marshal(report)
	if err != nil {
		return err
	}
	wish, err := json.Marshal(api.PreviewWish{Operation: op, ID: id, Body: body})
	if err != nil {
		return err
	}
	view := previewView{Action: action, Send: sendWords[op], Asked: v.r.PostForm.Get("go") == "preview"}
	if err := p.ask(v, "incident.preview", api.Call{Body: wish}, &view.Preview); err != nil {
		return err
	}
	view.Fields, view.Warn = fieldsOf(v), api.StillWords(view.Still, stillName)
	view.Feed, view.At = string(view.Preview.Feed), p.whenOf(view.Mail.At)
	if view.Mail.At != nil {
		view.At.Text = view.Mail.At.In(p.zone()).Format("15:04:05")
	}
	for _, l := range view.Mail.Letters {
		view.Texts = append(view.Texts, letterView{l, langName(l.Lang), view.Mail.Languages[l.Lang]})
	}
	for _, pg := range view.Page {
		view.Pages = append(view.Pages, pageView{pg, langName(pg.Lang)})
	}
	return p.render(v.w, v.r, http.StatusOK, "preview", "What people will be told", view)
}
