package signin

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) { // idle
		b := w.browser()
		b.signIn("/")
		time.Sleep(59 * time.Minute)
		b.mustBeIn()
		time.Sleep(59 * time.Minute)
		b.mustBeIn()
		time.Sleep(time.Hour)
		if _, in := b.actor(); in {
			t.Error("in after an hour without use")
		}
		if a := b.get("/signin"); !has(a.body, "Sign in with Example") {
			t.Errorf("the sign-in page:\n%s", a.body)
		}
	})
	inWorld(t, nil, func(w *world) { // absolute
		b := w.browser()
		b.signIn("/")
		b.cookies[cookie] = kept{b.cookies[cookie].Cookie, time.Now().Add(100 * time.Hour)} // a browser that ignores the age
		began := time.Now()
		for time.Since(began) < data.SessionLife-time.Minute {
			b.mustBeIn()
			time.Sleep(30 * time.Minute)
		}
		time.Sleep(time.Until(began.Add(data.SessionLife)))
		if _, in := b.actor(); in {
			t.Error("in after twelve hours")
		}
	})
}

func TestUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		b.signIn("/")
		counted := &counting{Store: w.store}
		w.s.o.Store = counted
		for range 5 * 60 {
			b.mustBeIn()
			time.Sleep(time.Second)
		}
		if counted.updates != 4 {
			t.Errorf("%d writes in five minutes of use", counted.updates)
		}
		counted.fail = true
		time.Sleep(2 * time.Minute)
		b.mustBeIn()
		if !has(w.log.String(), "could not be written down") {
			t.Errorf("the log:\n%s", w.log)
		}
	})
}

// counting is a store that counts writes, and refuses them when told.
type counting struct {
	data.Store
	updates int
	fail    bool
}

func (c *counting) Update(ctx context.Context, fn func(data.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, func(tx data.Tx) error {
		if err := fn(tx); err != nil || !c.fail {
			return err
		}
		return errors.New("no space left on device")
	})
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		b.signIn("/")
		path := w.issue("night", "")
		w.s.o.Store = &counting{Store: w.store, fail: true}
		for _, a := range []answer{b.signIn("/"), b.post(path, nil), b.post("/signout", nil)} {
			if a.status != 503 || !has(a.body, "Something went wrong") {
				t.Errorf("%d\n%s", a.status, a.body)
			}
		}
		w.p.user = map[string]any{"sub": "u-9"} // no group
		if a := w.browser().signIn("/"); a.status != 403 || !has(w.log.String(), "could not be written to the audit log") {
			t.Errorf("a refusal: %d\n%s", a.status, a.body)
		}
		if w.sessions() != 1 {
			t.Errorf("%d sessions", w.sessions())
		}
	})
}

func TestCookiesThatAreNone(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		b.signIn("/")
		good := b.cookies[cookie].Value
		for _, v := range []string{"", "a", good[1:], good + "A", good[:42] + "!", strings.ToUpper(good), data.HashSecret(good), "null", strings.Repeat("A", 43)} {
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: cookie, Value: v})
			if by, ok, err := w.s.Actor(r); ok || err != nil {
				t.Errorf("the cookie %q: %+v, %v", v, by, err)
			}
		}
		for _, name := range []string{"sp", "__host-sp", "__Secure-sp", "__Host-sp-oidc-x"} {
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: name, Value: good})
			if _, ok, _ := w.s.Actor(r); ok {
				t.Errorf("the cookie %s signs in", name)
			}
		}
	})
}

// C9, C16: what an operator may do is dead at once, in every browser.
func TestDeadAtOnce(t *testing.T) {
	t.Parallel()
	both := func(w *world) (*browser, *browser) {
		w.t.Helper()
		one, two := w.browser(), w.browser()
		one.signIn("/")
		two.signIn("/")
		one.mustBeIn()
		two.mustBeIn()
		return one, two
	}
	gone := func(w *world, all ...*browser) {
		w.t.Helper()
		for i, b := range all {
			if by, in := b.actor(); in {
				w.t.Errorf("browser %d is still in: %+v", i, by)
			}
		}
	}
	inWorld(t, nil, func(w *world) { // disabled
		one, two := both(w)
		o := operatorOf(t, w)
		o.Disabled = time.Now()
		w.update(func(tx data.Tx) error { return tx.Operators().Put(o) })
		gone(w, one, two)
		if a := one.signIn("/"); a.status != 403 || w.lastEntry() != "signin.oidc refused operator:kari disabled" {
			t.Errorf("signing in again: %d, %q", a.status, w.entries())
		}
		gone(w, one, two)
	})
	inWorld(t, nil, func(w *world) { // a higher role, found at a sign-in
		one, two := both(w)
		w.p.user["groups"] = []string{"staff", "ops"}
		one.signIn("/")
		if by := one.mustBeIn(); by.Role != data.Admin {
			t.Errorf("role %s", by.Role)
		}
		gone(w, two)
	})
	inWorld(t, nil, func(w *world) { // no role any more
		one, two := both(w)
		w.p.user["groups"] = []string{"guests"}
		if a := one.signIn("/"); a.status != 403 || !has(a.body, "You are kari at the identity provider") {
			t.Errorf("%d\n%s", a.status, a.body)
		}
		if w.lastEntry() != "signin.oidc refused operator:kari no group with a role" {
			t.Errorf("audit: %q", w.entries())
		}
		gone(w, one, two)
	})
	inWorld(t, nil, func(w *world) { // the role as the store has it
		one, _ := both(w)
		o := operatorOf(t, w)
		o.Role = data.Viewer
		w.update(func(tx data.Tx) error { return tx.Operators().Put(o) })
		if by := one.mustBeIn(); by.Role != data.Viewer {
			t.Errorf("role %s", by.Role)
		}
	})
	inWorld(t, nil, func(w *world) { // signing out
		one, two := both(w)
		old := one.cookies[cookie]
		if a := one.post("/signout", nil); a.status != 200 || !has(a.body, "is over") || len(one.cookies) != 0 {
			t.Errorf("%d, cookies %v\n%s", a.status, one.cookies, a.body)
		}
		one.cookies[cookie] = old
		gone(w, one)
		two.mustBeIn()
		n := len(w.entries())
		one.post("/signout", nil)
		one.post("/signout/everywhere", nil)
		if len(w.entries()) != n || w.lastEntry() != "signout done operator:kari" {
			t.Errorf("audit: %q", w.entries())
		}
		two.mustBeIn()
	})
	inWorld(t, nil, func(w *world) { // everywhere
		one, two := both(w)
		w.p.user["sub"], w.p.user["preferred_username"] = "u-2", "ola"
		other := w.browser()
		other.signIn("/")
		one.post("/signout/everywhere", nil)
		gone(w, one, two)
		other.mustBeIn()
	})
}

// Two people whom the provider lets call themselves the same can be told apart.
func TestNamesTellPeopleApart(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		w.browser().signIn("/")
		w.p.user = map[string]any{"sub": "u-2", "preferred_username": "kari", "groups": "ops"}
		b := w.browser()
		b.signIn("/")
		if by := b.mustBeIn(); by.Name != "operator:kari ("+data.OperatorID(issuer, "u-2")+")" {
			t.Errorf("the second is called %s", by.Name)
		}
		w.p.user = map[string]any{"sub": "u-3", "preferred_username": "<script>\u202e\n", "email": strings.Repeat("x", 65), "groups": "ops"}
		b = w.browser()
		b.signIn("/")
		if by := b.mustBeIn(); by.Name != "operator:u-3" {
			t.Errorf("unreadable names: %s", by.Name)
		}
		w.p.user = map[string]any{"sub": "u-4", "preferred_username": "<script>", "groups": "guests"}
		if a := w.browser().signIn("/"); !has(a.body, "You are &lt;script&gt; at") {
			t.Errorf("markup in a name:\n%s", a.body)
		}
	})
}

func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		b.signIn("/")
		path := w.issue("night", "")
		counted := &counting{Store: w.store}
		w.s.o.Store = counted
		for _, target := range []string{"/signin", "/signin?return=/x", path, "/signin/oidc", "/signout", "/signout/everywhere", "/signin/callback"} {
			for _, method := range []string{"GET", "HEAD"} {
				a := b.do(method, target, nil, false)
				if strings.HasPrefix(target, "/signout") && a.status != http.StatusMethodNotAllowed {
					t.Errorf("%s %s: %d", method, target, a.status)
				}
			}
		}
		b.mustBeIn()
		if n := counted.updates; n != 0 || w.sessions() != 1 {
			t.Errorf("%d writes, %d sessions", n, w.sessions())
		}
		if a := b.post("/signin", url.Values{}); a.status != http.StatusMethodNotAllowed {
			t.Errorf("POST /signin: %d", a.status)
		}
	})
}
