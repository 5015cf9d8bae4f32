package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/admin"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/signin"
	"github.com/superoffice/statusd/web/statuspage"
)

// Where the two listeners of a site are, as browsers know them.
const (
	publicURL = "https://status.example.com"
	adminURL  = "https://operators.example.com"
)

// site is both listeners over one real store, joined as the service joins them.
type site struct {
	testing.TB
	store     data.Store
	log       *synced
	desk      *api.API
	pages     *page.Publisher
	public    http.Handler
	operators http.Handler
	routes    []string // patterns of the operators' listener: "GET /audit"
	incident  string   // an open, public one
}

// newSite makes one. around may put something between the store and everything else; nil puts nothing.
func newSite(t testing.TB, around func(data.Store) data.Store) *site {
	t.Helper()
	file, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, file)
		file.Close()
	})
	s := &site{TB: t, store: file, log: &synced{}}
	if around != nil {
		s.store = around(file)
	}
	login, read := datatest.Component("login"), datatest.Component("crm-read")
	login.Name = data.Words{"en": "Sign-in"}
	s.update(func(tx data.Tx) error {
		errs := []error{
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}), tx.Components().Put(login), tx.Components().Put(read),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10, Name: data.Words{"en": "Pilot"}}),
		}
		return errors.Join(errs...)
	})
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	settings := page.Settings{
		Name: "CRM status", Product: "CRM", URL: publicURL, ZoneName: "Europe/Oslo", Zone: zone, Target: "0.998", Langs: []i18n.Lang{i18n.EN, i18n.NB},
	}
	pages := &page.Publisher{Store: s.store, Settings: settings, Renderers: []page.Renderer{page.Render, banner.Render, statuspage.Render}, Log: log}
	s.pages = pages
	s.desk = &api.API{Store: s.store, Log: log, Settings: settings, Public: pages, Undo: data.UndoTime}
	sheets := &admin.Pages{API: s.desk, Pages: pages, Log: log, Origin: adminURL}
	entry, err := signin.New(signin.Options{Store: s.store, Log: log, URL: adminURL, Page: sheets.Shell})
	if err != nil {
		t.Fatal(err)
	}
	s.desk.SignedIn = entry.Actor
	s.desk.IssueLink = func(tx data.Tx, name string, role data.Role, by data.Actor, now time.Time) (api.IssuedLink, error) {
		l, err := signin.Issue(tx, name, role, by, now)
		return api.IssuedLink{Operator: l.Operator.ID, URL: adminURL + l.Path, Expires: l.Expires}, err
	}
	ready := web.Ready{"store": func() error { return s.store.View(context.Background(), func(data.Tx) error { return nil }) }}
	says := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }) //nolint:errcheck // a recorder takes everything
	}
	s.operators = web.Operators(web.OperatorsOptions{
		API: s.desk, SignIn: entry, Ready: ready, Log: log, Metrics: says("up 1\n"), Pages: sheets.Routes(), Backup: says("copy"), HTTPS: true,
	})
	for _, routes := range []map[string]http.Handler{s.desk.Routes(), entry.Routes(), sheets.Routes()} {
		for pattern := range routes {
			s.routes = append(s.routes, pattern)
		}
	}
	s.routes = append(s.routes, "GET /api/v1/backup", "GET /metrics", "GET /healthz", "GET /readyz")
	i, err := data.NewIncident(data.Report{Title: "Sign-in fails", Affected: []data.Affected{{Component: "login", Level: data.MajorOutage}}}, "operator:kari", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.incident = i.ID
	s.update(func(tx data.Tx) error { return data.PutIncident(tx, i) })
	if err := pages.First(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.public = web.Public(web.PublicOptions{
		Pages: pages, Live: says("the public channel"), Ready: ready.Public(), Log: log, HTTPS: true,
		Banner: &banner.Handler{Pages: pages, Log: log, Language: web.Language},
	})
	return s
}

// script is the address of the pages' script.
func (s *site) script() string { return page.ScriptPath() }

func (s *site) update(fn func(data.Tx) error) {
	s.Helper()
	if err := s.store.Update(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *site) view(fn func(data.Tx) error) {
	s.Helper()
	if err := s.store.View(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

// path is the route's address with what there is in its places.
func (s *site) path(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, strings.NewReplacer("{$}", "", "{id}", s.incident, "{sub}", "abcdefghijkl", "{act}", "note", "{secret}", strings.Repeat("A", 43)).Replace(path)
}

// session signs an operator in and returns the cookie. The role holds for one who is made by it.
func (s *site) session(name string, role data.Role) *http.Cookie {
	s.Helper()
	var link signin.Issued
	s.update(func(tx data.Tx) (err error) {
		link, err = signin.Issue(tx, name, role, data.Actor{Name: "socket:root", Role: data.Admin, Address: api.Local}, time.Now())
		return err
	})
	a := s.ask(s.operators, http.MethodPost, link.Path, "", nil)
	if a.status != http.StatusSeeOther || len(a.cookies) != 1 {
		s.Fatalf("signing %s in: %d %s", name, a.status, a.body)
	}
	return a.cookies[0]
}

// token makes one.
func (s *site) token(role data.Role) string {
	s.Helper()
	secret, hash := data.NewSecret()
	now := time.Now().UTC()
	s.update(func(tx data.Tx) error {
		return tx.Tokens().Put(data.Token{Hash: hash, ID: data.NewID(), Name: hash[:8], Role: role, Created: now, Expires: now.Add(time.Hour), Used: now})
	})
	return secret
}

// said is an answer.
type said struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    string
}

// ask asks a listener; header is name, value, name, value …
func (s *site) ask(h http.Handler, method, target, body string, cookie *http.Cookie, header ...string) said {
	s.Helper()
	r := httptest.NewRequest(method, adminURL+"/", strings.NewReader(body))
	path, query, _ := strings.Cut(target, "?")
	u := *r.URL
	u.RawQuery = query
	if err := setPath(&u, path); err != nil {
		s.Fatalf("%q: %v", target, err)
	}
	r.URL, r.RequestURI = &u, target
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	res := rec.Result()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return said{res.StatusCode, res.Header, res.Cookies(), string(b)}
}
