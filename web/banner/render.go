package banner

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

//go:embed html/*.html
var files embed.FS

//go:embed html/frame.css
var frameSource string

//go:embed html/preview.css
var previewSource string

var (
	templates    = template.Must(template.ParseFS(files, "html/*.html"))
	frameStyle   = ui.Compact(frameSource)
	previewStyle = ui.Compact(previewSource)
)

// A form is one of the shapes that an answer has; its text begins the place of its documents.
type form string

const (
	asJSON     form = page.BannerPath // GET /api/v1/banner
	asFragment form = "banner.html:"  // GET /api/v1/banner.html, for a login service that puts it into its page
	asFrame    form = "banner.frame:" // GET /banner/frame, for an iframe
)

// place is where an audience's answer lies in a snapshot. No request's path looks like it.
func (f form) place(cohort string, lang i18n.Lang) page.Place {
	return page.Place{Path: string(f) + cohort, Lang: lang}
}

// foreign lets pages of other origins read an answer, and what time it is here: their clocks may be wrong.
var foreign = http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Expose-Headers": {"Date"}, "Cross-Origin-Resource-Policy": {"cross-origin"}}

const answerCache = "public, max-age=15, s-maxage=15"

// Audiences are those that an answer is made for: everybody, whom no cohort takes, and each cohort.
func Audiences(s *page.State) []string {
	audiences := []string{"", data.AllCustomers}
	for _, c := range s.Cohorts {
		audiences = append(audiences, c.Slug)
	}
	return audiences
}

// Render makes the answers for every audience and language, in every form, and the scripts.
func Render(s *page.State) (page.Docs, error) {
	docs := page.Docs{}
	maps.Copy(docs, scriptDocs())
	framed := framing(s.BannerFrames, frameStyle)
	for _, cohort := range Audiences(s) {
		for _, lang := range s.Langs {
			answer := Answer{Revision: s.Revision, AsOf: s.Now.Truncate(time.Second), Banners: For(s, cohort, lang)}
			body, err := ui.MarshalJSON(answer)
			if err != nil {
				return nil, err
			}
			tag, err := json.Marshal(answer.Banners) // so that an hour without news is an hour of 304s
			if err != nil {
				return nil, err
			}
			told := toldOf(answer.Banners)
			header := maps.Clone(foreign)
			header[ToldHeader] = []string{told}
			docs[asJSON.place(cohort, lang)] = ui.NewDoc(body, ui.DocOptions{
				Type: "application/json; charset=utf-8", Cache: answerCache, Vary: "Accept-Language", Tag: append(tag, told...), Header: header,
			})
			shown := strips{Lang: lang, Title: s.Name, Style: template.CSS(frameStyle)} //nolint:gosec // our own style
			for _, b := range answer.Banners {
				shown.Banners = append(shown.Banners, stripOf(b))
			}
			for form, o := range map[form]ui.DocOptions{asFragment: {Header: foreign}, asFrame: {Header: framed}} {
				var b bytes.Buffer
				name, _, _ := strings.Cut(string(form), ":")
				if err := templates.ExecuteTemplate(&b, name, shown); err != nil {
					return nil, fmt.Errorf("rendering the banner: %w", err)
				}
				o.Type, o.Cache, o.Vary = "text/html; charset=utf-8", answerCache, "Accept-Language"
				docs[form.place(cohort, lang)] = ui.NewDoc(b.Bytes(), o)
			}
		}
	}
	return docs, nil
}

// framing are the headers of what stands in an iframe of one of these origins, with this style: it runs nothing and asks for nothing.
func framing(origins []string, style string) http.Header {
	sum := sha256.Sum256([]byte(style))
	ancestors := "'none'"
	if len(origins) > 0 {
		ancestors = strings.Join(origins, " ")
	}
	h := maps.Clone(foreign)
	h["Content-Security-Policy"] = []string{
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors " + ancestors,
	}
	return h
}

// strips are the banners of one answer in HTML.
type strips struct {
	Lang    i18n.Lang
	Title   string
	Style   template.CSS
	Banners []strip
}

// strip is one banner, cut where its text names the page: that becomes a link.
type strip struct {
	data.Banner
	Before, Address, After string
}

func stripOf(b data.Banner) strip {
	s := strip{Banner: b, Before: b.Text}
	u, err := url.Parse(b.URL)
	if err != nil || u.Host == "" {
		return s
	}
	if at := strings.LastIndex(b.Text, u.Host); at >= 0 {
		s.Before, s.Address, s.After = b.Text[:at], u.Host, b.Text[at+len(u.Host):]
	}
	return s
}
