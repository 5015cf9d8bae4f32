package admin

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// outageRefusal is refusal for the outage desk, where what takes an admin is said beside what was typed.
func outageRefusal(v *visit, err error) (status int, message, field string, ok bool) {
	var known *data.Error
	if errors.As(err, &known) && known.Kind == data.KindForbidden && v.by.Role.May(data.Responder) {
		return http.StatusForbidden, known.Message, "", true
	}
	return refusal(err)
}

// actOnOutage takes the forms of an outage's desk: each leads to its preview, and from there on.
func (p *Pages) actOnOutage(v *visit) error {
	id, act, form := v.r.PathValue("id"), v.r.PathValue("act"), v.r.PostForm
	if outageWords[act][0] == "" {
		return data.NotFound("act", act)
	}
	if form.Get("go") == "back" {
		return p.showOutage(v, http.StatusOK, &typed{form: act, values: form})
	}
	in, notes, err := outageChangeOf(act, form, p.zone())
	var done api.OutageOutcome
	switch {
	case err != nil:
	case form.Get("looked") == "":
		if err = p.previewOutage(v, "outage."+act, id, in, notes, outageWords[act][0]); err == nil {
			return nil
		}
	default:
		if err = p.send(v, "outage."+act, api.Call{ID: id}, in, &done); err == nil {
			return v.see(outageAddress(done.Outages[0].ID) + "?did=" + act)
		}
	}
	if status, message, field, ok := outageRefusal(v, err); ok {
		return p.showOutage(v, status, &typed{act, form, message, field})
	}
	return err
}

// outageChangeOf reads the form of an act.
func outageChangeOf(act string, v url.Values, zone *time.Location) (in any, notes []string, err error) {
	why, version := v.Get("reason"), v.Get("version")
	switch act {
	case "correct":
		c := api.OutageCorrection{Why: why, Version: version}
		notes, err = timesOf(v, zone, map[string]**time.Time{"started": &c.Started, "ended": &c.Ended, "aware": &c.Aware, "reported": &c.Reported})
		if c.Reported != nil && c.Reported.IsZero() { // it was emptied
			c.Reported, c.Unreported = nil, true
		}
		if v.Get("impact") != v.Get("impact_was") {
			c.Impact = data.Impact(v.Get("impact"))
		}
		if v.Get("cause") != v.Get("cause_was") {
			c.Cause = data.Cause(v.Get("cause"))
		}
		if v.Get("cohort") != v.Get("cohort_was") {
			c.Cohort = v.Get("cohort")
		}
		return c, notes, err
	case "split":
		var at *time.Time
		if notes, err = timesOf(v, zone, map[string]**time.Time{"at": &at}); err == nil && at == nil {
			err = data.Invalid("at", "say when the second part begins")
		}
		c := api.OutageCut{Why: why, Version: version}
		if at != nil {
			c.At = *at
		}
		return c, notes, err
	}
	return api.OutageWord{Why: why, Version: version}, nil, nil
}

// outagePreview is what a change would make of the figures, with the form that makes it.
type outagePreview struct {
	Action, Send string
	Fields       []field
	Notes        []string
	Rows         []outageLine
	Months       []monthView
	Lowered      []string
	Forbidden    bool // it takes an admin, and this is none
	Revises      bool // a settled month gets a revision
	Reason       string
}

// previewOutage shows what the body of an operation would make. Its form carries everything that was typed.
func (p *Pages) previewOutage(v *visit, op, id string, in any, notes []string, send string) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	wish, err := json.Marshal(api.OutageWish{Operation: op, ID: id, Body: body})
	if err != nil {
		return err
	}
	var o api.OutageOutcome
	if err := p.ask(v, "outage.preview", api.Call{Body: wish}, &o); err != nil {
		return err
	}
	view := outagePreview{
		Action: v.r.URL.Path, Send: send, Fields: fieldsOf(v), Notes: notes, Months: monthViews(o.Months), Lowered: o.Lowered, Forbidden: !v.by.Role.May(o.Needs),
		Reason: v.r.PostForm.Get("reason"),
	}
	for _, m := range o.Months {
		view.Revises = view.Revises || m.Revision > 0
	}
	for _, r := range o.Outages {
		view.Rows = append(view.Rows, p.outageLine(r))
	}
	return p.render(v.w, v.r, http.StatusOK, "outage-preview", "What it makes of the figures", view)
}

// joinOutages takes the ticked outages of the list.
func (p *Pages) joinOutages(v *visit) error {
	form := v.r.PostForm
	back := func(status int, message string) error {
		q := url.Values{"month": {form.Get("month")}, "component": {form.Get("component")}, "cohort": {form.Get("cohort")}}
		return p.showOutages(v, status, q, &typed{form: "join", values: form, message: message})
	}
	if form.Get("go") == "back" {
		return back(http.StatusOK, "")
	}
	ids := form["outage"]
	if len(ids) < 2 {
		return back(http.StatusUnprocessableEntity, "Tick at least two outages of one component.")
	}
	in := api.OutageJoining{Why: form.Get("reason"), Version: form.Get("version:" + ids[0])}
	for _, id := range ids[1:] {
		in.With = append(in.With, api.OutageRef{ID: id, Version: form.Get("version:" + id)})
	}
	var err error
	if form.Get("looked") == "" {
		err = p.previewOutage(v, "outage.join", ids[0], in, nil, "Make them one")
		if err == nil {
			return nil
		}
	} else {
		var done api.OutageOutcome
		if err = p.send(v, "outage.join", api.Call{ID: ids[0]}, in, &done); err == nil {
			return v.see("/outages?did=join")
		}
	}
	if status, message, _, ok := outageRefusal(v, err); ok {
		return back(status, message)
	}
	return err
}

// outageNew is the form of an outage that nothing measured.
type outageNew struct {
	outageForm
	Components []option
	Component  string
}

func (p *Pages) outageNewForm(v *visit) (outageNew, error) {
	c, err := p.catalogue(v)
	if err != nil {
		return outageNew{}, err
	}
	f := outageNew{outageForm: outageForm{
		Act: "add", Key: data.NewID(), Impact: string(data.NoReadNoWrite), Cause: string(data.ByProvider), Cohort: data.AllCustomers, Zone: p.zone().String(),
		Times: []clockField{
			p.clockField("started", "Began", "", time.Time{}), p.clockField("ended", "Ended", "", time.Time{}),
			p.clockField("aware", "Known from", "when we came to know of it; empty is its beginning", time.Time{}), p.clockField("reported", "Reported", "by a customer; empty where nobody did", time.Time{}),
		},
	}}
	for i := range f.Times {
		f.Times[i].Seconds = true
	}
	f.choices(c)
	for _, o := range c.components {
		f.Components = append(f.Components, option{o.Slug, o.Name.In("en")})
	}
	f.Component = v.r.URL.Query().Get("component")
	return f, nil
}

func (p *Pages) newOutage(v *visit) error {
	if !v.by.Role.May(data.Responder) {
		return data.Forbidden("you may look at outages; adding one takes a responder")
	}
	f, err := p.outageNewForm(v)
	if err != nil {
		return err
	}
	return p.render(v.w, v.r, http.StatusOK, "outage-new", "Add an outage", f)
}

// addOutage takes the form of a new outage: to its preview, back from there, or to its desk.
func (p *Pages) addOutage(v *visit) error {
	form := v.r.PostForm
	show := func(status int, back *typed) error {
		f, err := p.outageNewForm(v)
		if err != nil {
			return err
		}
		f.fill(back)
		f.Component = cmp.Or(form.Get("component"), f.Component)
		return p.render(v.w, v.r, status, "outage-new", "Add an outage", f)
	}
	if form.Get("go") == "back" {
		return show(http.StatusOK, &typed{form: "add", values: form})
	}
	in := api.OutageAddition{
		Component: form.Get("component"), Cohort: form.Get("cohort"), Impact: data.Impact(form.Get("impact")), Cause: data.Cause(form.Get("cause")), Why: form.Get("reason"),
	}
	var started, ended *time.Time
	notes, err := timesOf(form, p.zone(), map[string]**time.Time{"started": &started, "ended": &ended, "aware": &in.Aware, "reported": &in.Reported})
	for _, t := range []struct{ from, to *time.Time }{{started, &in.Started}, {ended, &in.Ended}} {
		if t.from != nil {
			*t.to = *t.from
		}
	}
	var done api.OutageOutcome
	switch {
	case err != nil:
	case form.Get("looked") == "":
		if err = p.previewOutage(v, "outage.add", "", in, notes, "Add it"); err == nil {
			return nil
		}
	default:
		if err = p.send(v, "outage.add", api.Call{}, in, &done); err == nil {
			return v.see(outageAddress(done.Outages[0].ID) + "?did=add")
		}
	}
	if status, message, field, ok := outageRefusal(v, err); ok {
		return show(status, &typed{"add", form, message, field})
	}
	return err
}
