package admin_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/admin"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/page"
)

// world is the operators' pages over a real store. Who asks is said by a cookie, as a session's would be.
type world struct {
	testing.TB
	store data.Store
	pages *admin.Pages
	mux   *http.ServeMux

	broken  atomic.Bool // it cannot be known who asks
	address string      // where requests come from; empty is what they say
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	err = s.Update(context.Background(), func(tx data.Tx) error {
		login, hidden := datatest.Component("login"), datatest.Component("db3")
		login.Name, hidden.Audience = data.Words{"en": "Sign-in"}, data.ForOperators
		errs := []error{
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Components().Put(login), tx.Components().Put(datatest.Component("crm-read")), tx.Components().Put(hidden),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10, Name: data.Words{"en": "Pilot"}}),
			tx.Subscribers().Put(datatest.Subscriber("s1")),
		}
		for _, role := range []data.Role{data.Viewer, data.Responder, data.Admin} {
			errs = append(errs, tx.Operators().Put(data.Operator{ID: "op" + string(role), Name: string(role) + "@example.com", Role: role, Created: datatest.Start}))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	settings := page.Settings{Name: "CRM status", Product: "CRM", URL: "https://status.example.com", ZoneName: "Europe/Oslo", Zone: zone, Target: "0.998", Langs: []i18n.Lang{i18n.EN, i18n.NB}}
	log := slog.New(slog.DiscardHandler)
	w := &world{TB: t, store: s, mux: http.NewServeMux()}
	public := &page.Publisher{Store: s, Settings: settings, Log: log}
	if err := public.First(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.pages = &admin.Pages{
		API: &api.API{Store: s, Log: log, Settings: settings, Public: public, Undo: data.UndoTime, SignedIn: w.signedIn}, Pages: public, Log: log,
	}
	for pattern, h := range w.pages.Routes() {
		w.mux.Handle(pattern, h)
	}
	for pattern, h := range w.pages.API.Routes() {
		w.mux.Handle(pattern, h)
	}
	return w
}

// signedIn takes the operator in the cookie for whoever asks, as that operator is now.
func (w *world) signedIn(r *http.Request) (data.Actor, bool, error) {
	if w.broken.Load() {
		return data.Actor{}, false, errors.New("the store is closed")
	}
	c, err := r.Cookie("as")
	if err != nil {
		return data.Actor{}, false, nil
	}
	var o data.Operator
	err = w.store.View(r.Context(), func(tx data.Tx) (err error) { o, err = tx.Operators().Get(c.Value); return err })
	if errors.Is(err, data.ErrNotFound) || err == nil && !o.Disabled.IsZero() {
		return data.Actor{}, false, nil
	}
	return data.Actor{Name: "operator:" + o.Name, Role: o.Role, Scope: o.ID, Address: w.address}, err == nil, err
}

func (w *world) zone() *time.Location { return w.pages.API.Settings.Zone }

// answer is what came of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// get asks for a page as a role; nobody asks with an empty one.
func (w *world) get(role data.Role, path string, header ...string) answer {
	w.Helper()
	return w.do(role, httptest.NewRequest(http.MethodGet, path, nil), header...)
}

// post sends a form.
func (w *world) post(role data.Role, path string, form url.Values) answer {
	w.Helper()
	return w.do(role, httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode())), "Content-Type", "application/x-www-form-urlencoded")
}

func (w *world) do(role data.Role, r *http.Request, header ...string) answer {
	w.Helper()
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if role != "" {
		r.AddCookie(&http.Cookie{Name: "as", Value: "op" + string(role)})
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	res := rec.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// open opens an incident by the form and returns its ID.
func (w *world) open(form url.Values) string {
	w.Helper()
	a := w.post(data.Responder, "/incidents", form)
	id := strings.TrimPrefix(strings.Split(a.header.Get("Location"), "?")[0], "/incidents/")
	if a.status != http.StatusSeeOther || !data.ValidID(id) {
		w.Fatalf("opening by %v: %d %s\n%s", form, a.status, a.header.Get("Location"), a.problem())
	}
	return id
}

func (w *world) incident(id string) data.Incident {
	w.Helper()
	var i data.Incident
	if err := w.store.View(context.Background(), func(tx data.Tx) (err error) { i, err = tx.Incidents().Get(id); return err }); err != nil {
		w.Fatal(err)
	}
	return i
}

var problemForm = regexp.MustCompile(`(?s)<p class="problem"[^>]*>(.*?)</p>`)

// problem is what the page says is wrong.
func (a answer) problem() string {
	if m := problemForm.FindStringSubmatch(a.body); m != nil {
		return m[1]
	}
	return ""
}

// checked is the value of the radio of a name that is on.
func checked(body, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)" checked`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}

var inputForm = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// hidden are the hidden fields of the first form that sends to an address.
func (a answer) hidden(action string) url.Values {
	_, form, _ := strings.Cut(a.body, `action="`+action+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	v := url.Values{}
	for _, m := range inputForm.FindAllStringSubmatch(form, -1) {
		v.Add(m[1], m[2])
	}
	return v
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}
