package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// parse reads a page as a browser does.
func parse(tb testing.TB, body []byte) *html.Node {
	tb.Helper()
	n, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// all returns the elements under n that want says yes to, in order.
func all(n *html.Node, want func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && want(d) {
			out = append(out, d)
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func tag(names ...string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(names, n.Data) }
}

func class(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), name) }
}

func has(key, value string) func(*html.Node) bool {
	return func(n *html.Node) bool { return attr(n, key) == value }
}

// text is what a reader gets of n, with single spaces.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "style" && d.Parent.Data != "script" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var leftover = regexp.MustCompile(`\{[a-z0-9_]+\}|\{\{|ZgotmplZ|%!|<no value>|\b(ui|level|headline|banner|line|incident|maintenance|cohort|category)\.[a-z_]+\b`)

func TestEveryPageIsWellMade(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *State, p Place, body []byte) {
		t.Helper()
		fault := func(format string, args ...any) { t.Helper(); t.Errorf("%v: "+format, append([]any{p}, args...)...) }
		doc := parse(t, body)
		root := all(doc, tag("html"))[0]
		if got := attr(root, "lang"); got != string(p.Lang) {
			fault("lang = %q", got)
		}
		for _, name := range []string{"h1", "main", "title", "header", "footer"} {
			if n := len(all(doc, tag(name))); n != 1 {
				fault("%d elements %s, want one", n, name)
			}
		}
		if rest := leftover.FindString(text(doc)); rest != "" {
			fault("%q is left in the text", rest)
		}
		for _, n := range all(doc, tag("dt")) {
			if strings.TrimSpace(text(n)) == "" {
				fault("a fact has no name")
			}
		}
		ids := map[string]bool{}
		for _, n := range all(doc, func(*html.Node) bool { return true }) {
			for _, a := range n.Attr {
				switch {
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					fault("<%s> has %s=%q, which the policy forbids", n.Data, a.Key, a.Val)
				case a.Key == "id" && ids[a.Val]:
					fault("the id %q stands twice", a.Val)
				case a.Key == "id":
					ids[a.Val] = true
				case (a.Key == "title" || a.Key == "aria-label") && leftover.MatchString(a.Val):
					fault("<%s> has %s=%q", n.Data, a.Key, a.Val)
				}
			}
			src := attr(n, "src")
			switch n.Data {
			case "script":
				if src != ScriptPath() || attr(n, "type") != "module" || n.FirstChild != nil {
					fault("a script is not ours: %v", n.Attr)
				}
			case "link":
				if rel := attr(n, "rel"); rel == "icon" && !strings.HasPrefix(attr(n, "href"), "data:image/svg+xml,") || !slices.Contains([]string{"icon", "canonical", "alternate", "apple-touch-icon"}, rel) {
					fault("<link %v> makes the page fetch something", n.Attr)
				}
			case "form":
				if action := attr(n, "action"); attr(n, "method") != "get" || action != "" && !strings.HasPrefix(action, "/") {
					fault("a form changes something, or leads elsewhere: %v", n.Attr)
				}
			case "img", "iframe", "object", "embed", "video", "audio", "base":
				fault("<%s> has no place here", n.Data)
			case "use":
				if !strings.HasPrefix(attr(n, "href"), "#") {
					fault("a symbol comes from %q", attr(n, "href"))
				}
			case "time":
				if attr(n, "datetime") == "" {
					fault("<time>%s</time> has no datetime", text(n))
				}
			case "details":
				if attr(n, "id") == "" {
					fault("<details> without an id closes when the page is swapped")
				}
			case "a":
				href := attr(n, "href")
				if strings.HasPrefix(href, "/") && href != "/api/v2/summary.json" && !strings.Contains(href, "?lang=") {
					fault("the link %q loses the language", href)
				}
				if forPointers := attr(n, "tabindex") == "-1" && attr(n.Parent, "aria-hidden") == "true"; text(n) == "" && !forPointers {
					fault("the link %q has no words", href)
				}
			}
		}
		for _, n := range all(doc, tag("use", "a")) {
			if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && !ids[to] {
				fault("#%s is nowhere", to)
			}
		}
		if p.Path != NotFoundPlace && p.Path != ErrorPlace {
			var langs []string
			for _, n := range all(doc, has("rel", "alternate")) {
				if attr(n, "type") != "" {
					continue // the same in another form
				}
				langs = append(langs, attr(n, "hreflang"))
				if want := s.URL + p.Path; !strings.HasPrefix(attr(n, "href"), want) {
					fault("hreflang %s = %s, want it to begin with %s", attr(n, "hreflang"), attr(n, "href"), want)
				}
			}
			want := []string{"x-default"}
			for _, l := range slices.Backward(s.Langs) {
				want = append([]string{string(l)}, want...)
			}
			if !slices.Equal(langs, want) {
				fault("hreflang %v, want %v", langs, want)
			}
		}
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	docs := snapshotOf(t, "calm").Docs
	d := docs[Place{"/", i18n.NB}]
	styles := all(parse(t, d.Body), tag("style"))
	sum := sha256.Sum256([]byte(styles[0].FirstChild.Data))
	hash := base64.StdEncoding.EncodeToString(sum[:])
	h := serve(d).Header()
	for key, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" + hash + "'; img-src 'self' data:; " +
			"connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Content-Language": "nb", "Vary": "Accept-Language, Accept-Encoding",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := h.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := h.Get("Permissions-Policy"); !strings.Contains(got, "camera=()") {
		t.Errorf("Permissions-Policy: %q, want the empty set", got)
	}
	js := docs[Place{Path: ScriptPath()}]
	if got := serve(js).Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("the script's Cache-Control is %q", got)
	}
}

// one renders one page.
func one(t *testing.T, s *State, path string, l i18n.Lang) []byte {
	t.Helper()
	m := maker{s, l}
	views := m.views()
	if story, ok := stories(s)[path]; ok {
		views = append(views, story(m))
	}
	for _, v := range views {
		if v.path != path {
			continue
		}
		main, err := v.main()
		if err != nil {
			t.Fatal(err)
		}
		d, err := m.page(v, main, "")
		if err != nil {
			t.Fatal(err)
		}
		return d.Body
	}
	t.Fatalf("no page at %s", path)
	return nil
}

const hostile = `{{.}}{x}<script>alert(1)</script>]]>"'><img src=x onerror=alert(1)>`

func TestHostileWords(t *testing.T) {
	t.Parallel()
	s := bad(t)
	s.Name, s.Support, s.Langs = hostile, hostile, s.Langs[:1]
	for i := range s.Incidents {
		s.Incidents[i].Title = hostile
		for u := range s.Incidents[i].Updates {
			s.Incidents[i].Updates[u].Body = hostile + "\n\n" + hostile
		}
	}
	for i := range s.Components {
		c := &s.Components[i]
		c.Name, c.GroupName, c.Provider, c.Link = data.Words{"en": hostile}, data.Words{"en": hostile}, hostile, "javascript:alert(1)"
	}
	s.Occurrences[4].Updates = []data.Update{{ID: "u9", Phase: data.Scheduled, Body: hostile, At: s.Now}}
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	paths := []string{"/", "/schedule", "/uptime", "/history", NotFoundPlace, "/incidents/aaaabbbbcccc", "/maintenance/" + s.OccurrenceID(s.Occurrences[4])}
	for _, path := range paths {
		d, ok := snapshot.Doc(path, i18n.EN)
		if !ok {
			t.Fatalf("no page at %s", path)
		}
		doc := parse(t, d.Body)
		if n := len(all(doc, tag("script", "img"))); n != 1 {
			t.Errorf("%s: %d scripts and images, want ours alone", path, n)
		}
		for _, a := range all(doc, tag("a")) {
			if strings.HasPrefix(attr(a, "href"), "javascript:") {
				t.Errorf("%s: a link runs script", path)
			}
		}
		if !strings.Contains(text(doc), hostile) {
			t.Errorf("%s: the words are not shown as they were written", path)
		}
	}
}

func TestWeight(t *testing.T) {
	t.Parallel()
	const (
		first   = 14600 - 1100 // one round trip, less the headers
		scripts = 3 << 10
	)
	_, js := script()
	if _, gz, zst := js.Sizes(); gz > scripts || zst > scripts {
		t.Errorf("the script has %d bytes in gzip and %d in zstd, want at most %d", gz, zst, scripts)
	}
	for name := range situations {
		snapshot := snapshotOf(t, name)
		for _, l := range snapshot.State.Langs {
			plain, gz, zst := snapshot.Docs[Place{"/", l}].Sizes()
			if gz == 0 || gz > first || zst > first {
				t.Errorf("%s in %s: %d bytes, %d in gzip and %d in zstd, want at most %d", name, l, plain, gz, zst, first)
			}
		}
	}
}

func TestSameStateSameBytes(t *testing.T) {
	t.Parallel()
	a, b := snapshotOf(t, "bad").Docs, render(t, bad(t))
	if len(a) != len(b) {
		t.Fatalf("%d and %d documents", len(a), len(b))
	}
	for place, d := range a {
		if !bytes.Equal(d.Body, b[place].Body) {
			t.Errorf("%v differs", place)
		}
	}
}

func TestSinglePagesAreMadeWhenAskedFor(t *testing.T) {
	t.Parallel()
	s := night(t)
	s.Incidents, s.Langs = bad(t).Incidents, s.Langs[:1]
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	reserved := s.Occurrences[5]
	for _, tc := range []struct {
		path string
		want bool
	}{
		{"/incidents/aaaabbbbcccc", true},
		{"/incidents/aaaabbbbcccd", false},
		{"/incidents/", false},
		{"/incidents/aaaabbbbcccc/", false},
		{"/maintenance/" + s.OccurrenceID(s.Occurrences[0]), true},
		{"/maintenance/" + s.OccurrenceID(reserved), false},
		{"/maintenance/" + s.OccurrenceID(s.Occurrences[1]), false}, // the recycle
		{"/nowhere", false},
	} {
		d, ok := snapshot.Doc(tc.path, i18n.EN)
		if ok != tc.want {
			t.Errorf("Doc(%s) found %t, want %t", tc.path, ok, tc.want)
			continue
		}
		if again, _ := snapshot.Doc(tc.path, i18n.EN); again != d {
			t.Errorf("Doc(%s) is made twice", tc.path)
		}
	}
}
