package banner

import (
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"strconv"
	"sync"

	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

//go:embed script/*.js
var scripts embed.FS

// Newest is the version of the script at /banner.js.
const Newest = 1

// Script is one published version of what a login page includes. Once published it never changes: login pages name its hash.
type Script struct {
	Version   int    `json:"version"`
	Path      string `json:"path" doc:"Its own address, where it never changes."`
	Integrity string `json:"integrity" doc:"For the attribute integrity of the script element."`

	body []byte
}

// Scripts are the published versions, newest first.
var Scripts = func() []Script {
	var out []Script
	for v := Newest; v >= 1; v-- {
		source, err := scripts.ReadFile("script/" + strconv.Itoa(v) + ".js")
		if err != nil {
			panic(err) // it is embedded
		}
		body := []byte(ui.Compact(string(source)))
		sum := sha512.Sum384(body)
		out = append(out, Script{
			Version: v, Path: "/banner/" + strconv.Itoa(v) + ".js", Integrity: "sha384-" + base64.StdEncoding.EncodeToString(sum[:]), body: body,
		})
	}
	return out
}()

// scriptDocs are the scripts under their own addresses, the newest at /banner.js, and /banner.json, which lists them.
var scriptDocs = sync.OnceValue(func() page.Docs {
	docs := page.Docs{}
	for _, s := range Scripts {
		docs[page.Place{Path: s.Path}] = s.doc("public, max-age=31536000, immutable")
	}
	docs[page.Place{Path: "/banner.js"}] = Scripts[0].doc("public, max-age=300, s-maxage=60, stale-if-error=86400")
	list, err := ui.MarshalJSON(struct {
		Scripts []Script `json:"scripts"`
	}{Scripts})
	if err != nil {
		panic(err) // of strings and numbers
	}
	docs[page.Place{Path: "/banner.json"}] = ui.NewDoc(list, ui.DocOptions{Type: "application/json; charset=utf-8", Cache: "public, max-age=300", Header: foreign})
	return docs
})

func (s Script) doc(cache string) *ui.Doc {
	return ui.NewDoc(s.body, ui.DocOptions{Type: "text/javascript; charset=utf-8", Cache: cache, Header: foreign})
}
