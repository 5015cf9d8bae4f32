package banner

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// preview is a page for whoever builds a login page: the real script in a stand-in login page, and every kind of banner.
type preview struct {
	strips
	Customer string // as it was asked for, where it has the form of an identifier
	Script   Script
	Origin   string // of the script element to copy
	Langs    []i18n.Lang
	Now      int // how many banners this audience is shown now
}

// preview answers GET /banner/preview?customer=Cust12345&lang=sv. Nobody keeps it.
func (h *Handler) preview() http.Handler {
	return ui.Handler(h.Log, func(w http.ResponseWriter, r *http.Request) error {
		snapshot := h.Pages.Current()
		if snapshot == nil {
			return &ui.StatusError{Status: http.StatusServiceUnavailable, Message: "the service is starting: try again in a second", Header: http.Header{"Retry-After": {"1"}}}
		}
		s, lang := snapshot.State, h.Language(r, snapshot.State.Langs)
		v := preview{
			strips: strips{Lang: lang, Title: s.Name, Style: template.CSS(frameStyle + previewStyle)}, //nolint:gosec // our own style
			Script: Scripts[0], Origin: s.URL, Langs: s.Langs,
		}
		if customer := r.URL.Query().Get("customer"); Known(customer, h.Customer) {
			v.Customer = customer
		}
		v.Now = len(For(s, s.Audience(v.Customer, "", v.Customer != ""), lang))
		for _, b := range samples(s, lang) {
			v.Banners = append(v.Banners, stripOf(b))
		}
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, "banner.preview", v); err != nil {
			return err
		}
		header := framing(nil, string(v.Style))
		policy := header.Get("Content-Security-Policy")
		header.Set("Content-Security-Policy", strings.Replace(policy, "form-action 'none'", "form-action 'self'; script-src 'self'; connect-src 'self'; img-src 'self'", 1))
		ui.NewDoc(b.Bytes(), ui.DocOptions{Type: "text/html; charset=utf-8", Cache: "no-store", Header: header}).ServeStatus(w, r, http.StatusOK)
		return nil
	})
}

// samples are banners of every tone, most urgent first. They tell of nothing that is so.
func samples(s *page.State, lang i18n.Lang) []data.Banner {
	at := s.Now.Add(72 * time.Hour).Truncate(time.Hour)
	f := letter.Facts{
		Lang: lang, Product: s.Product, Start: at, End: at.Add(3 * time.Hour), Expected: 30 * time.Minute, Zone: s.Zone, Cohort: data.AllCustomers, URL: s.URL,
		Categories: []string{string(data.System)},
	}
	var out []data.Banner
	add := func(tone data.Tone, f letter.Facts) {
		out = append(out, data.Banner{Tone: tone, Text: letter.Banner(f), URL: s.URL + "/", Lang: string(lang)})
	}
	trouble := f
	trouble.Kind, trouble.Title, trouble.Phase, trouble.Components = letter.Incident, i18n.T(lang, "headline."+string(page.Some)), string(data.Investigating), []string{s.Product}
	add(data.ToneIncident, trouble)
	for _, kind := range []struct {
		tone data.Tone
		kind letter.Kind
	}{{data.ToneRunning, letter.Start}, {data.ToneShort, letter.ShortNotice}, {data.TonePlanned, letter.Planned}, {data.ToneInfo, letter.Cancelled}} {
		f.Kind = kind.kind
		add(kind.tone, f)
	}
	return out
}
