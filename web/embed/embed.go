// Package embed is the widget that other sites include as they know it from Statuspage (STATUSPAGE-V2 8): /embed/script.js
// puts an iframe of /embed/frame off the screen, and moves it in while there is an incident or maintenance runs.
//
// What it shows is what the banner tells to visitors who are not known, so that whatever is hidden or silenced there is so here.
package embed

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

var (
	//go:embed html/script.js
	scriptSource string
	//go:embed html/frame.js
	frameScriptSource string
	//go:embed html/frame.css
	styleSource string
	//go:embed html/frame.html
	frameSource string

	style  = ui.Compact(styleSource)
	frames = template.Must(template.New("frame").Parse(frameSource))
)

var _ page.Renderer = Render

// frame is what stands in the iframe.
type frame struct {
	Lang    i18n.Lang
	Name    string
	Style   template.CSS
	Version string // of what is shown; empty shows nothing
	Tone    data.Tone
	Text    string
	URL     string
	More    string
	Close   string
}

// Render makes the two scripts and the frame in each language.
func Render(s *page.State) (page.Docs, error) {
	docs := page.Docs{{Path: "/embed/script.js"}: scripts().script, {Path: "/embed/frame.js"}: scripts().frame}
	for _, lang := range s.Langs {
		f := frame{
			Lang: lang, Name: s.Name, Style: template.CSS(style), //nolint:gosec // our own style
			URL: s.URL + "/?lang=" + string(lang), More: i18n.T(lang, "ui.show_more"), Close: i18n.T(lang, "ui.close"),
		}
		for _, b := range banner.For(s, "", lang) {
			if b.Tone == data.ToneIncident || b.Tone == data.ToneRunning {
				f.Version, f.Tone, f.Text, f.URL = b.Told, b.Tone, b.Text, b.URL
				break
			}
		}
		var body bytes.Buffer
		if err := frames.Execute(&body, f); err != nil {
			return nil, fmt.Errorf("rendering the frame of the widget: %w", err)
		}
		docs[page.Place{Path: "/embed/frame", Lang: lang}] = ui.NewDoc(body.Bytes(), ui.DocOptions{
			Type: "text/html; charset=utf-8", Cache: "public, max-age=60, s-maxage=15", Vary: "Accept-Language", Header: policy(),
		})
	}
	return docs, nil
}

type pair struct{ script, frame *ui.Doc }

// scripts are the one for the embedding page and the one in the frame.
var scripts = sync.OnceValue(func() pair {
	doc := func(source string) *ui.Doc {
		return ui.NewDoc([]byte(ui.Compact(source)), ui.DocOptions{Type: "text/javascript; charset=utf-8", Cache: "public, max-age=300, s-maxage=60", Header: foreign})
	}
	return pair{doc(scriptSource), doc(frameScriptSource)}
})

var foreign = http.Header{"Access-Control-Allow-Origin": {"*"}, "Cross-Origin-Resource-Policy": {"cross-origin"}}

// policy is that of the frame: any page may have it.
var policy = sync.OnceValue(func() http.Header {
	sum := sha256.Sum256([]byte(style))
	return http.Header{
		"Content-Security-Policy": {
			"default-src 'none'; script-src 'self'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors *",
		},
		"Cross-Origin-Resource-Policy": {"cross-origin"},
	}
})
