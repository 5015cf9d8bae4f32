package banner

import (
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
)

// published are the hashes that login pages name. What was published once stays as it is: a change is a new version.
var published = map[int]string{1: "sha384-NMNnIdCEdmJEY+4HcCIIGQf02BbnJ5aRa+w7H245FLjKAAQekzOFXB65u/35ALru"}

func TestScripts(t *testing.T) {
	if len(Scripts) != Newest || len(published) != Newest || Scripts[0].Version != Newest {
		t.Errorf("%d scripts are served, %d are published, the newest is %d", len(Scripts), len(published), Newest)
	}
	for _, s := range Scripts {
		if s.Integrity != published[s.Version] {
			t.Errorf("version %d is another than was published: it has %s", s.Version, s.Integrity)
		}
		for _, encoding := range []string{"gzip", "zstd"} {
			r := httptest.NewRequest("GET", s.Path, nil)
			r.Header.Set("Accept-Encoding", encoding)
			w := httptest.NewRecorder()
			scriptDocs()[page.Place{Path: s.Path}].ServeHTTP(w, r)
			if size := w.Body.Len(); size == 0 || size > 3<<10 || w.Header().Get("Content-Encoding") != encoding {
				t.Errorf("version %d takes %d bytes in %q, want at most 3 KiB in %s", s.Version, size, w.Header().Get("Content-Encoding"), encoding)
			}
		}
		if found := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|cookie|\.src\s*=|setInterval`).Find(s.body); found != nil {
			t.Errorf("version %d has %s in it", s.Version, found)
		}
	}
}

// Fragment and frame say what the JSON says, whatever is in it.
func TestForms(t *testing.T) {
	hostile := `</p><script>alert(1)</script>" onclick="alert(2)`
	s := outage(hostile)
	docs, err := Render(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs {
		for _, f := range []form{asFragment, asFrame} {
			body := string(docs[f.place("", lang)].Body)
			for _, never := range []string{"<script", "onclick=\"", "javascript:"} {
				if regexp.MustCompile(regexp.QuoteMeta(never)).MatchString(body) {
					t.Errorf("%s in %s has %s in it: %s", f, lang, never, body)
				}
			}
			if n := len(regexp.MustCompile(`<p class="statusd-banner statusd-incident" lang="`+string(lang)+`">[^<]+&lt;/p&gt;[^<]+<a href="https://status\.example\.com/incidents/abcdefghijkl" target="_blank" rel="noopener noreferrer">status\.example\.com</a>`).FindAllString(body, -1)); n != 1 {
				t.Errorf("%s in %s has %d right banners: %s", f, lang, n, body)
			}
		}
	}
	s.Silence = data.Silence{Since: s.Now}
	if docs, err = Render(s); err != nil {
		t.Fatal(err)
	}
	for _, f := range []form{asJSON, asFragment, asFrame} {
		if body := docs[f.place("", i18n.EN)].Body; regexp.MustCompile("incident").Match(body) && f != asFrame || regexp.MustCompile("<p").Match(body) {
			t.Errorf("%s speaks although it is silenced: %s", f, body)
		}
	}
	if got := framing(nil, frameStyle)["Content-Security-Policy"][0]; !regexp.MustCompile(`frame-ancestors 'none'$`).MatchString(got) {
		t.Errorf("with no page configured: %s", got)
	}
	if got := framing([]string{"https://a.example.com", "https://b.example.com"}, frameStyle)["Content-Security-Policy"][0]; !regexp.MustCompile(`frame-ancestors https://a.example.com https://b.example.com$`).MatchString(got) {
		t.Errorf("with two pages configured: %s", got)
	}
}

// outage is a state with an incident of this title.
func outage(title string) *page.State {
	start := datatest.Start
	s := &page.State{Settings: page.Settings{Name: "Example Status", URL: "https://status.example.com", Langs: i18n.Langs[:], Zone: time.UTC}, Now: start}
	s.Incidents = []data.Incident{{
		ID: "abcdefghijkl", Title: title, Phase: data.Investigating, Started: start, Updates: []data.Update{{At: start, Body: "x"}},
		Affected: []data.Affected{{Component: "login", Level: data.MajorOutage}},
	}}
	return s
}
