package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// bannersView is what login pages show, and the switch that silences it.
type bannersView struct {
	Key, Problem, Why string
	May               bool
	Since             at // of the silence; zero while banners speak
	By, Reason        string
	Groups            []bannerGroup
	Lang              string
	Langs             []option
	Preview, Origin   string
	Path, Integrity   string
}

type bannerGroup struct {
	Name string
	Rows []bannerRow
}

type bannerRow struct{ Tone, Text, ID, Link string }

// toneClasses are the colours of the operators' pages by the tone of a banner.
var toneClasses = map[data.Tone]string{data.ToneIncident: "major", data.ToneRunning: "some", data.ToneShort: "some", data.TonePlanned: "maintenance", data.ToneInfo: "unknown"}

func (p *Pages) banners(v *visit) error { return p.showBanners(v, http.StatusOK, "") }

func (p *Pages) showBanners(v *visit, status int, problem string) error {
	lang := v.r.URL.Query().Get("lang")
	if lang == "" {
		lang = "en"
	}
	var list api.Banners
	if err := p.ask(v, "banner.list", api.Call{Query: map[string]string{"lang": lang}}, &list); err != nil {
		return err
	}
	newest := list.Scripts[0]
	view := bannersView{
		Key: data.NewID(), Problem: problem, Why: v.r.PostForm.Get("why"), May: v.by.Role.May(data.Responder), Lang: lang, Path: newest.Path, Integrity: newest.Integrity,
	}
	if s := p.Pages.Current(); s != nil {
		view.Origin = s.State.URL
		view.Preview = s.State.URL + "/banner/preview"
		for _, l := range s.State.Langs {
			view.Langs = append(view.Langs, option{string(l), l.Name()})
		}
	}
	if list.Silence != nil {
		view.Since, view.By, view.Reason = p.when(list.Silence.Since), list.Silence.By, list.Silence.Why
	}
	for _, a := range list.Audiences {
		group := bannerGroup{Name: a.Audience}
		for _, b := range a.Banners {
			link := "/maintenance/" + b.ID
			if b.Tone == data.ToneIncident {
				link = "/incidents/" + b.ID
			}
			group.Rows = append(group.Rows, bannerRow{toneClasses[b.Tone], b.Text, b.ID, link})
		}
		same := slices.IndexFunc(view.Groups, func(g bannerGroup) bool { return slices.Equal(g.Rows, group.Rows) })
		if same >= 0 {
			view.Groups[same].Name += ", " + group.Name
			continue
		}
		view.Groups = append(view.Groups, group)
	}
	return p.render(v.w, v.r, status, "banners", "Banners", view)
}

func (p *Pages) actOnBanners(v *visit) error {
	act, in := v.r.PathValue("act"), any(struct{}{})
	switch act {
	case "silence":
		in = api.BannerSilencing{Why: strings.TrimSpace(v.r.PostForm.Get("why"))}
	case "speak":
	default:
		return data.NotFound("act", act)
	}
	var s api.BannerSilence
	err := p.send(v, "banner."+act, api.Call{}, in, &s)
	if status, message, _, ok := refusal(err); ok {
		return p.showBanners(v, status, message)
	} else if err != nil {
		return err
	}
	return v.see("/banners")
}
