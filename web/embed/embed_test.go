package embed

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
)

func TestRender(t *testing.T) {
	s := &page.State{Settings: page.Settings{Name: "Example Status", URL: "https://status.example.com", Langs: i18n.Langs[:], Zone: time.UTC}, Now: datatest.Start}
	frame := func(lang i18n.Lang) string {
		t.Helper()
		docs, err := Render(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/embed/script.js", "/embed/frame.js"} {
			if d := docs[page.Place{Path: path}]; d == nil || len(d.Body) == 0 {
				t.Errorf("%s is not there", path)
			}
		}
		return string(docs[page.Place{Path: "/embed/frame", Lang: lang}].Body)
	}
	for _, lang := range i18n.Langs {
		if body := frame(lang); !strings.Contains(body, `data-version=""`) || !strings.Contains(body, `lang="`+string(lang)+`"`) {
			t.Errorf("with nothing to tell in %s: %s", lang, body)
		}
	}
	s.Incidents = []data.Incident{{
		ID: "abcdefghijkl", Revised: 3, Title: `<script>alert(1)</script>`, Phase: data.Investigating, Started: s.Now, Updates: []data.Update{{At: s.Now, Body: "x"}},
		Affected: []data.Affected{{Component: "login", Level: data.MajorOutage}},
	}}
	body := frame(i18n.EN)
	for _, want := range []string{`data-version="abcdefghijkl.3"`, `class="incident"`, "&lt;script&gt;", `href="https://status.example.com/incidents/abcdefghijkl"`} {
		if !strings.Contains(body, want) {
			t.Errorf("an incident's frame lacks %s: %s", want, body)
		}
	}
	s.Silence = data.Silence{Since: s.Now}
	if body := frame(i18n.EN); !strings.Contains(body, `data-version=""`) || strings.Contains(body, "abcdefghijkl") {
		t.Errorf("silenced: %s", body)
	}
	if h := policy(); !strings.HasSuffix(h.Get("Content-Security-Policy"), "frame-ancestors *") || h.Get("X-Frame-Options") != "" {
		t.Errorf("no page may have it: %v", h)
	}
}
