package admin

import (
	"encoding/json"
	"net/http"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// actOnWindow takes the forms of a window's desk.
func (p *Pages) actOnWindow(v *visit) error {
	id, act, form := v.r.PathValue("id"), v.r.PathValue("act"), v.r.PostForm
	back := func(err error) error {
		if status, message, field, ok := refusal(err); ok {
			return p.showWindow(v, status, &typed{act, form, message, field})
		}
		return err
	}
	body, bodies, err := p.wordsOf(v)
	if err != nil {
		return back(err)
	}
	var in any
	var notes []string
	if _, known := actWords[data.Act(act)]; known {
		change, landed, err := changeOf(data.Act(act), form, p.zone())
		if err != nil {
			return back(err)
		}
		change.Body, change.Bodies = body, bodies
		in, notes = change, landed
	} else if act == "update" || act == "note" {
		in = api.WindowWord{Body: body, Bodies: bodies, Version: number(form.Get("version"))}
	} else {
		return data.NotFound("act", act)
	}
	if form.Get("go") == "back" {
		return p.showWindow(v, http.StatusOK, &typed{form: act, values: form})
	}
	op := "maintenance." + act
	if act != "note" && p.looksFirstAt(v, notes) {
		if err := p.previewWindow(v, op, id, in, notes); err != nil {
			return back(err)
		}
		return nil
	}
	var answer api.MaintenanceWindow
	if err := p.send(v, op, api.Call{ID: id}, in, &answer); err != nil {
		return back(err)
	}
	return v.see("/maintenance/" + answer.ID + "?did=" + act)
}

// looksFirstAt says whether a form leads to its preview: as that of an incident does, and where a clock change has made of a
// time something else than was typed.
func (p *Pages) looksFirstAt(v *visit, notes []string) bool {
	return len(notes) > 0 && v.r.PostForm.Get("looked") == "" || p.looksFirst(v)
}

// windowPreview is what people will be told by a change of a window, with the form that makes it.
type windowPreview struct {
	Action, Send string
	Fields       []field
	Notes        []string
	Title        string
	Phase        sign
	Span         spanView
	Short        string
	Told, Quiet  bool // at once; nothing is told of it
	Recipients   int
	At           at
	Page         []windowWords
	Banners      []data.Banner
	Letters      []letterView
	Feared       bool // many readers, and nobody asked to look
}

type windowWords struct{ Lang, Name, Title, When, Phase, Was, Body string }

// previewWindow shows what the body of an operation on a window would tell. Its form carries everything that was typed.
func (p *Pages) previewWindow(v *visit, op, id string, in any, notes []string) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	wish, err := json.Marshal(api.WindowWish{Operation: op, ID: id, Body: body})
	if err != nil {
		return err
	}
	var w api.WindowPreview
	if err := p.ask(v, "maintenance.preview", api.Call{Body: wish}, &w); err != nil {
		return err
	}
	view := windowPreview{
		Action: v.r.URL.Path, Send: "Do it", Fields: fieldsOf(v), Notes: notes, Title: i18n.T(i18n.EN, "category."+string(w.Window.Category)),
		Phase: phaseSign(w.Window.Phase), Span: p.spanView(w.Window.Start, w.Window.End), Short: w.Window.Short, Told: w.Told, Recipients: w.Mail.Recipients,
		At: p.whenOf(w.Mail.At), Banners: w.Banners, Quiet: len(w.Page) == 0 && w.Mail.At == nil && len(w.Banners) == 0,
		Feared: v.r.PostForm.Get("go") != "preview" && len(notes) == 0,
	}
	switch act := data.Act(v.r.PathValue("act")); {
	case act == "update":
		view.Send = "Post it"
	case act != "":
		view.Send = actWords[act][0]
	default:
		view.Send = "Open the window"
	}
	for _, pg := range w.Page {
		view.Page = append(view.Page, windowWords{pg.Lang, langName(pg.Lang), pg.Title, pg.When, pg.Phase, pg.Was, pg.Body})
	}
	for _, l := range w.Mail.Letters {
		view.Letters = append(view.Letters, letterView{l, langName(l.Lang), w.Mail.Languages[l.Lang]})
	}
	return p.render(v.w, v.r, http.StatusOK, "window-preview", "What people will be told", view)
}

// fieldsOf are the fields of the form that was sent, for one that sends them again.
func fieldsOf(v *visit) (out []field) {
	for _, name := range keysOf(v.r.PostForm) {
		if name == "go" || name == "looked" {
			continue
		}
		for _, value := range v.r.PostForm[name] {
			out = append(out, field{name, value})
		}
	}
	return out
}
