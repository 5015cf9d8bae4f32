package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/web"
)

var (
	links  = regexp.MustCompile(`(?:href|src|content|action)="([^"]*)"|"(https://status\.example\.com[^"]*)"|URL:(https://status\.example\.com\S*)`)
	answer = regexp.MustCompile(`(?m)^Date: .*$`)
)

func (s *secrets) get(target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.public.ServeHTTP(w, r)
	return w
}

// addresses are all paths there are: of every document that is made, those that more names, and whatever those lead to.
func (s *secrets) addresses(more ...string) []string {
	s.Helper()
	seen := map[string]bool{}
	var next []string
	add := func(target string) {
		u, err := url.Parse(target)
		if err != nil || u.Host != "" && u.Scheme+"://"+u.Host != publicURL && u.Scheme != "webcal" || !strings.HasPrefix(u.Path, "/") || seen[u.Path] {
			return
		}
		seen[u.Path] = true
		next = append(next, u.Path)
	}
	for place := range s.pages.Current().Docs {
		add(place.Path)
	}
	for _, target := range more {
		add(target)
	}
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		if len(seen) > 2000 {
			s.Fatal("the public page has no end")
		}
		for _, m := range links.FindAllStringSubmatch(s.get(path).Body.String(), -1) {
			add(m[1] + m[2] + m[3])
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// TestNothingHiddenLeaks fetches everything that the public can, as everybody and as a customer of each group, in every language and
// form, and looks for what must not be seen: drafts, notes, components and stories that are for operators, windows that were called off before
// anybody knew, reserved slots elsewhere than in the schedule, other groups' business. What is hidden answers as what does not exist (C6).
func TestNothingHiddenLeaks(t *testing.T) {
	s := newSecrets(t)
	month := s.pages.Current().State.Now.Format("2006-01")
	paths := s.addresses(
		"/live", "/api/v1/banner", "/api/v1/banner.html", "/banner/frame", "/banner/preview", "/api/v1/schedule", "/api/v1/uptime/"+month, "/api/v1/uptime/"+month[:4],
		"/history.ics", "/calendar/", "/calendar/cohort/pilot.ics", "/calendar/cohort/rest.ics", "/calendar/component/crm-read.ics", "/calendar/component/login.ics",
		"/healthz", "/readyz", "/robots.txt", "/.well-known/security.txt", "/nowhere", "/api/v1/nowhere", "/api/v2/incidents/openopenopen.json", "/embed/frame", "/sitemap.xml", "/history.rss", "/history.atom",
	)
	// No route is forgotten: each is one that some address above leads to.
	mux := http.NewServeMux()
	for _, pattern := range web.PublicPatterns() {
		mux.Handle(pattern, http.NotFoundHandler())
	}
	tried := map[string]bool{}
	for _, path := range paths {
		_, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, path, nil))
		tried[pattern] = true
	}
	for _, pattern := range web.PublicPatterns() {
		if !tried[pattern] && pattern != "/" { // which answers all other methods, whatever the address (TestTwoListeners)
			t.Errorf("no address of the route %s is tried: add one", pattern)
		}
	}

	queries := []string{
		"", "lang=nb", "customer=Cust7001", "customer=Cust7002", "customer=Cust7003", "customer=Cust7001&lang=nb", "cohort=pilot", "cohort=rest", "cohort=all", "zone=Europe/Helsinki",
		"component=hush-oslo", "cohort=hush", "include=internal,drafts,hidden&all=1&draft=true", "from=2026-01-01&to=2028-01-01", "from=2026-01-01&to=2028-01-01&customer=Cust7001", "data-kind=planned",
	}
	found := map[string]bool{}
	for _, path := range paths {
		for _, query := range queries {
			target := path
			if query != "" {
				target += "?" + query
			}
			w := s.get(target)
			body, header := w.Body.String(), dumped(w)
			asked := strings.ReplaceAll(strings.ReplaceAll(body, "hush-oslo", ""), `\"hush\"`, "") // what was asked may be repeated, as with what does not exist
			if !strings.Contains(query, "hush") {
				asked = body
			}
			for _, word := range s.never {
				if path == "/banner/preview" && strings.Contains(query, word) {
					continue // a form that says again what was asked
				}
				if strings.Contains(asked, word) || strings.Contains(header, word) {
					t.Errorf("%s (%d) tells %q", target, w.Code, word)
				}
			}
			if !strings.HasPrefix(path, "/schedule") && path != "/api/v1/schedule" {
				for _, word := range s.schedule {
					if strings.Contains(body, word) {
						t.Errorf("%s (%d) tells of a reserved slot: %q", target, w.Code, word)
					}
				}
			}
			notRest := strings.Contains(query, "customer=Cust7001") || query == "customer=Cust7003" || query == "cohort=pilot" || query == "cohort=all"
			general := strings.HasPrefix(path, "/api/v2/") || path == "/live" || // are everybody's, whoever asks
				path == "/calendar/cohort/rest.ics" || // says of whom it is
				strings.HasPrefix(query, "cohort=") && (strings.HasPrefix(path, "/api/v1/") || strings.HasPrefix(path, "/banner/")) // have no such member
			for _, word := range s.rest {
				if notRest && !general && strings.Contains(body, word) {
					t.Errorf("%s (%d) tells another group's %q", target, w.Code, word)
				}
			}
			for _, word := range s.open[path] {
				if query == "" && !strings.Contains(body, word) {
					t.Errorf("%s (%d) does not tell %q: are words still found?\n%.3000s", target, w.Code, word, body)
				}
			}
			found[path] = found[path] || w.Code == http.StatusOK
		}
	}
	for path := range s.open {
		if !found[path] {
			t.Errorf("%s is not there, or nothing leads to it", path)
		}
	}
	t.Logf("%d addresses, each with %d queries", len(paths), len(queries))
}

// TestHiddenIsAsNothing: wherever a public thing has an address, a hidden one of its kind has the very answer there that one has which
// does not exist: status, headers and body.
func TestHiddenIsAsNothing(t *testing.T) {
	s := newSecrets(t)
	paths := s.addresses("/api/v2/incidents/openopenopen.json", "/calendar/component/crm-read.ics", "/component/crm-read")
	paths = append(paths, "/api/v1/uptime/"+s.pages.Current().State.Now.Format("2006-01")+"?component=crm-read", "/api/v1/uptime/2026-01?component=crm-read")
	compared := map[string]int{}
	for hidden, public := range s.hidden {
		nothing := "abcdefghijkl"
		if hidden == "hush-oslo" {
			nothing = "nope-oslo"
		}
		for _, path := range paths {
			if !strings.Contains(path, public) {
				continue
			}
			for _, query := range []string{"", "customer=Cust7001", "customer=Cust7002", "lang=nb"} {
				at := func(name string) (int, string) {
					target := strings.ReplaceAll(path, public, name)
					if query != "" {
						target += map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + query
					}
					w := s.get(target, "Accept-Encoding", "identity")
					return w.Code, strings.ReplaceAll(dumped(w)+w.Body.String(), name, "NAME")
				}
				status, said := at(hidden)
				wantStatus, want := at(nothing)
				if status != wantStatus || said != want || status < 400 {
					t.Errorf("%s with %s for %s?%s: %d, what does not exist %d\n%.600s\n%.600s", path, hidden, public, query, status, wantStatus, said, want)
				}
				compared[hidden]++
			}
		}
		if compared[hidden] == 0 {
			t.Errorf("no address has %s in it, so %s was compared nowhere", public, hidden)
		}
	}
	t.Log(compared)
}

// dumped is an answer's head without its date.
func dumped(w *httptest.ResponseRecorder) string {
	var b strings.Builder
	w.Result().Header.Write(&b) //nolint:errcheck // a builder takes everything
	return answer.ReplaceAllString(b.String(), "")
}
