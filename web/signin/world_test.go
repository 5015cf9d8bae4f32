package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

const origin = "https://operators.example.com"

// world is sign-in over a real store, beside a provider of its own, in a bubble's time.
type world struct {
	t     *testing.T
	store data.Store
	p     *standIn
	s     *SignIn
	mux   *http.ServeMux
	log   *bytes.Buffer
}

// inWorld runs a test in a bubble. change may alter the options; nil leaves them.
func inWorld(t *testing.T, change func(*Options), test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		w := &world{t: t, store: store, p: newStandIn(t), mux: http.NewServeMux(), log: &bytes.Buffer{}}
		o := Options{
			Store: store, URL: origin,
			Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			OIDC: &OIDC{
				Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, Scopes: []string{"profile", "groups"}, Label: "Example",
				Roles: map[string]data.Role{"ops": data.Admin, "duty": data.Responder, "staff": data.Viewer},
			},
		}
		if change != nil {
			change(&o)
		}
		if w.s, err = New(o); err != nil {
			t.Fatal(err)
		}
		if w.s.provider != nil {
			w.s.provider.client.Transport = &bounded{next: w.p}
		}
		for pattern, h := range w.s.Routes() {
			w.mux.Handle(pattern, h)
		}
		test(w)
		w.noSecrets()
		datatest.Invariants(t, store)
	})
}

// noSecrets looks for what must be written nowhere (C23).
func (w *world) noSecrets() {
	w.t.Helper()
	var kept strings.Builder
	kept.WriteString(w.log.String())
	w.view(func(tx data.Tx) error {
		for e, err := range tx.Audit().Range("", "") {
			if err != nil {
				return err
			}
			b, err := json.Marshal(e)
			if err != nil {
				return err
			}
			kept.Write(b)
		}
		return nil
	})
	for _, s := range append(w.p.secrets, clientSecret) {
		if s != "" && strings.Contains(kept.String(), s) {
			w.t.Errorf("the secret %q was logged:\n%s", s, kept.String())
		}
	}
}

func (w *world) view(fn func(data.Tx) error) {
	w.t.Helper()
	if err := w.store.View(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(fn func(data.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// entries are the audit log, as "action outcome actor reason".
func (w *world) entries() []string {
	var out []string
	w.view(func(tx data.Tx) error {
		for e, err := range tx.Audit().Range("", "") {
			if err != nil {
				return err
			}
			var after struct{ Reason string }
			if len(e.After) > 0 {
				if err := json.Unmarshal(e.After, &after); err != nil {
					return err
				}
			}
			out = append(out, strings.TrimSpace(strings.Join([]string{e.Action, e.Outcome, e.Actor, after.Reason}, " ")))
		}
		return nil
	})
	return out
}

func (w *world) lastEntry() string {
	all := w.entries()
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func (w *world) sessions() int {
	n := 0
	w.view(func(tx data.Tx) error {
		all, err := data.All(tx.Sessions().Range("", ""))
		n = len(all)
		return err
	})
	return n
}

// browser keeps cookies as browsers do: by name, SameSite and age.
type browser struct {
	w       *world
	cookies map[string]kept
	address string
}

type kept struct {
	*http.Cookie
	until time.Time
}

func (w *world) browser() *browser {
	return &browser{w: w, cookies: map[string]kept{}, address: "192.0.2.7:4711"}
}

type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request; foreign says that another site began the navigation. Every answer is checked for the headers that all
// of them have.
func (b *browser) do(method, target string, form url.Values, foreign bool, header ...string) answer {
	b.w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.RemoteAddr = b.address
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	b.send(r, foreign)
	rec := httptest.NewRecorder()
	b.w.mux.ServeHTTP(rec, r)
	res := rec.Result()
	for _, c := range res.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.HttpOnly || !c.Secure || c.Path != "/" || c.Domain != "" {
			b.w.t.Errorf("%s %s: the cookie %s", method, target, c)
		}
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = kept{c, time.Now().Add(time.Duration(c.MaxAge) * time.Second)}
		}
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(name); got != want && res.StatusCode != http.StatusMethodNotAllowed {
			b.w.t.Errorf("%s %s: %s is %q", method, target, name, got)
		}
	}
	if p := res.Header.Get("Content-Security-Policy"); p != policy && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		b.w.t.Errorf("%s %s: policy %q", method, target, p)
	}
	return answer{res.StatusCode, res.Header, rec.Body.String()}
}

func (b *browser) send(r *http.Request, foreign bool) {
	for name, c := range b.cookies {
		if !time.Now().Before(c.until) {
			delete(b.cookies, name)
			continue
		}
		if foreign && (c.SameSite == http.SameSiteStrictMode || r.Method != http.MethodGet) {
			continue
		}
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
}

func (b *browser) get(target string) answer { return b.do(http.MethodGet, target, nil, false) }

func (b *browser) post(target string, form url.Values) answer {
	if form == nil {
		form = url.Values{}
	}
	return b.do(http.MethodPost, target, form, false)
}

// begin posts the sign-in form and returns where the page leads.
func (b *browser) begin(back string) *url.URL {
	b.w.t.Helper()
	a := b.post("/signin/oidc", url.Values{"return": {back}})
	_, to, _ := strings.Cut(a.header.Get("Refresh"), "0; url=")
	u, err := url.Parse(to)
	if a.status != http.StatusOK || err != nil || u.Host == "" {
		b.w.t.Fatalf("begin: %d, refresh %q, %v\n%s", a.status, a.header.Get("Refresh"), err, a.body)
	}
	if !strings.Contains(html.UnescapeString(a.body), `<a href="`+to+`">`) {
		b.w.t.Errorf("there is no plain link to %s in\n%s", to, a.body)
	}
	return u
}

// signIn goes the whole way and returns the callback's answer.
func (b *browser) signIn(back string) answer {
	b.w.t.Helper()
	return b.do(http.MethodGet, b.w.p.authorize(b.begin(back)), nil, true)
}

// actor is whom sign-in takes this browser for.
func (b *browser) actor() (data.Actor, bool) {
	b.w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = b.address
	b.send(r, false)
	by, ok, err := b.w.s.Actor(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return by, ok
}

func (b *browser) mustBeIn() data.Actor {
	b.w.t.Helper()
	by, ok := b.actor()
	if !ok {
		b.w.t.Fatal("not signed in")
	}
	return by
}

var host = data.Actor{Name: "socket:root", Role: data.Admin, Address: "local"}

// issue makes a link and returns its path.
func (w *world) issue(name string, role data.Role) string {
	w.t.Helper()
	var path string
	w.update(func(tx data.Tx) error {
		i, err := Issue(tx, name, role, host, time.Now())
		path = i.Path
		return err
	})
	w.p.secrets = append(w.p.secrets, strings.TrimPrefix(path, "/signin/link/"))
	return path
}
