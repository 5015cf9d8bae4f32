package signin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestSignInByLink(t *testing.T) {
	t.Parallel()
	inWorld(t, func(o *Options) { o.OIDC = nil }, func(w *world) {
		b := w.browser()
		if a := b.get("/signin"); !has(a.body, "No identity provider is configured", "statusd operator link NAME") {
			t.Errorf("the sign-in page:\n%s", a.body)
		}
		path := w.issue("night shift", data.Admin)
		for range 3 { // a mail scanner
			if a := w.browser().get(path); a.status != 200 || !has(a.body, `<form method="post" action="`+path+`">`) || strings.Contains(a.body, "night shift") {
				t.Errorf("the link's page: %d\n%s", a.status, a.body)
			}
		}
		if w.sessions() != 0 {
			t.Error("opening a link signs in")
		}
		a := b.do("POST", path, nil, false)
		if a.status != 303 || a.header.Get("Location") != "/" {
			t.Errorf("using it: %d to %q", a.status, a.header.Get("Location"))
		}
		by := b.mustBeIn()
		if by.Name != "operator:night shift" || by.Role != data.Admin || by.Address != "192.0.2.7" {
			t.Errorf("%+v", by)
		}
		if got := w.lastEntry(); got != "signin.link done operator:night shift" {
			t.Errorf("audit: %q", got)
		}
		time.Sleep(time.Minute)
		if a := w.browser().post(path, nil); a.status != 410 || !has(a.body, "was used", "statusd operator link NAME") || w.sessions() != 1 {
			t.Errorf("a second use: %d\n%s", a.status, a.body)
		}
		if w.lastEntry() != "signin.link refused anonymous used link" {
			t.Errorf("audit: %q", w.entries())
		}
	})
}

func TestPlainHTTPIsSaidBeforeALinkIsUsedUp(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{origin: false, "http://127.0.0.1:8081": true} {
		inWorld(t, func(o *Options) { o.OIDC, o.URL = nil, url }, func(w *world) {
			for _, path := range []string{"/signin", w.issue("kari", data.Admin)} {
				if a := w.browser().get(path); a.status != 200 || has(a.body, "Safari keeps no sign-in over plain HTTP", "admin_url") != want {
					t.Errorf("%s at %s: %d, said is not %t\n%s", path, url, a.status, want, a.body)
				}
			}
		})
	}
}

func TestLinksThatSignNobodyIn(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		refused := func(what, path string, status int, reason, words string) {
			t.Helper()
			time.Sleep(time.Minute)
			if a := b.post(path, nil); a.status != status || !has(a.body, words) || w.lastEntry() != "signin.link refused anonymous "+reason || w.sessions() != 0 {
				t.Errorf("%s: %d, audit %q\n%s", what, a.status, w.lastEntry(), a.body)
			}
		}
		first := w.issue("kari", "")
		time.Sleep(time.Minute)
		second := w.issue("kari", "")
		refused("an earlier link", first, 410, "expired link", "only the newest one")
		time.Sleep(data.LinkLife - time.Minute)
		refused("after ten minutes", second, 410, "expired link", "good for ten minutes")
		unknown, _ := data.NewReference()
		refused("an invented link", "/signin/link/"+unknown, 404, "unknown link", "cut off, mistyped")
		for _, s := range []string{"undefined", "null", "%7Bsecret%7D", "a", second[len("/signin/link/"):][1:], second[len("/signin/link/"):] + "A", "%2e%2e%2f", strings.Repeat("a", 5000)} { // C10
			if a := b.get("/signin/link/" + s); a.status != 404 {
				t.Errorf("GET of %.50s: %d", s, a.status)
			}
			before := len(w.entries())
			if a := b.post("/signin/link/"+s, nil); a.status != 404 || !has(a.body, "cut off, mistyped") || len(w.entries()) != before {
				t.Errorf("POST of %.50s: %d, %d entries after %d\n%s", s, a.status, len(w.entries()), before, a.body)
			}
		}
		third := w.issue("kari", "")
		w.update(func(tx data.Tx) error {
			o, err := tx.Operators().Get(data.OperatorID("", "kari"))
			if err != nil {
				return err
			}
			o.Disabled = time.Now()
			return tx.Operators().Put(o)
		})
		refused("a disabled operator's link", third, 403, "disabled", "may not sign in here any more")
		var linkErr error
		err := w.store.Update(t.Context(), func(tx data.Tx) error {
			_, linkErr = Issue(tx, "kari", data.Admin, host, time.Now())
			return linkErr
		})
		if kindOf(err) != data.KindConflict {
			t.Errorf("a link for a disabled operator: %v", err)
		}
	})
}

func TestUsingALinkTwiceAtOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		path := w.issue("kari", "")
		in := make(chan int, 4)
		for range cap(in) {
			go func() { in <- w.browser().post(path, nil).status }()
		}
		n := 0
		for range cap(in) {
			if <-in == 303 {
				n++
			}
		}
		if n != 1 || w.sessions() != 1 {
			t.Errorf("%d were let in, %d sessions", n, w.sessions())
		}
	})
}

func kindOf(err error) data.Kind {
	var e *data.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

func TestIssue(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		issue := func(name string, role data.Role, by data.Actor) (i Issued, err error) {
			w.store.Update(t.Context(), func(tx data.Tx) error { //nolint:errcheck // it is err
				i, err = Issue(tx, name, role, by, time.Now())
				return err
			})
			return i, err
		}
		for _, tc := range []struct {
			name string
			role data.Role
			by   data.Actor
			want data.Kind
		}{
			{"", "", host, data.KindInvalid},
			{"two\nlines", "", host, data.KindInvalid},
			{strings.Repeat("x", 65), "", host, data.KindInvalid},
			{"kari", "root", host, data.KindInvalid},
			{"kari", "", data.Actor{Role: data.Responder}, data.KindForbidden},
			{"kari", "", data.Actor{}, data.KindForbidden},
		} {
			if i, err := issue(tc.name, tc.role, tc.by); kindOf(err) != tc.want || i.Path != "" {
				t.Errorf("%q as %q by %+v: %v", tc.name, tc.role, tc.by, err)
			}
		}
		i, err := issue("kari", "", host)
		if err != nil || i.Operator.Role != data.Responder || !i.Expires.Equal(time.Now().Add(10*time.Minute)) || !strings.HasPrefix(i.Path, "/signin/link/") {
			t.Fatalf("%+v, %v", i, err)
		}
		b := w.browser()
		b.post(i.Path, nil)
		if by := b.mustBeIn(); by.Role != data.Responder {
			t.Errorf("%+v", by)
		}
		if _, err := issue("kari", "", host); err != nil {
			t.Error(err)
		}
		b.mustBeIn() // the same role
		if i, err = issue("kari", data.Viewer, host); err != nil || i.Operator.Role != data.Viewer {
			t.Errorf("%+v, %v", i, err)
		}
		if _, in := b.actor(); in {
			t.Error("a changed role leaves the session")
		}
		if i, err = issue("kari", "", host); err != nil || i.Operator.Role != data.Viewer {
			t.Errorf("%+v, %v", i, err)
		}
	})
}

// A link for somebody who comes by the provider is that operator's: whoever is kept out is kept out by both ways.
func TestOnePersonIsOneOperator(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		issue := func(name string) (i Issued, err error) {
			w.store.Update(t.Context(), func(tx data.Tx) error { //nolint:errcheck // it is err
				i, err = Issue(tx, name, "", host, time.Now())
				return err
			})
			return i, err
		}
		w.p.user["groups"] = "ops"
		w.browser().signIn("/")
		kari := operatorOf(t, w)
		for _, name := range []string{"kari", "Kari", kari.ID} {
			i, err := issue(name)
			if err != nil || i.Operator != kari || kari.Role != data.Admin {
				t.Fatalf("a link for %q: %+v, %v", name, i.Operator, err)
			}
			b := w.browser()
			b.post(i.Path, nil)
			if by := b.mustBeIn(); by.Scope != "operator:"+kari.ID || by.Role != data.Admin {
				t.Errorf("by the link for %q: %+v", name, by)
			}
			kari = operatorOf(t, w)
		}
		w.p.user["sub"] = "u-2" // another one who is called the same
		w.browser().signIn("/")
		second := data.OperatorID(issuer, "u-2")
		if _, err := issue("kari"); kindOf(err) != data.KindConflict || !has(err.Error(), kari.ID, second) {
			t.Errorf("a link for one of two: %v", err)
		}
		if i, err := issue(second); err != nil || i.Operator.ID != second {
			t.Errorf("by the ID: %+v, %v", i.Operator, err)
		}
		w.update(func(tx data.Tx) error {
			kari.Disabled = time.Now()
			return tx.Operators().Put(kari)
		})
		if _, err := issue(kari.ID); kindOf(err) != data.KindConflict || !has(err.Error(), "statusd operator enable "+kari.ID) {
			t.Errorf("a link for one who is kept out: %v", err)
		}
		if _, err := issue("kari"); kindOf(err) != data.KindConflict {
			t.Errorf("a link round the one who is kept out: %v", err)
		}
		if i, err := issue("johansvensen"); err != nil || i.Operator.ID != data.OperatorID("", "johansvensen") { // looks like an ID
			t.Errorf("somebody new: %+v, %v", i.Operator, err)
		}
	})
}

func TestPrune(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		now := time.Now()
		w.update(func(tx data.Tx) error {
			for i := range 2 * pruneAtOnce {
				_, hash := data.NewReference()
				at := now.Add(-40 * time.Hour).Add(time.Duration(i))
				if err := tx.Sessions().Put(data.Session{Hash: hash, Operator: "o", Created: at, Seen: at}); err != nil {
					return err
				}
				_, hash = data.NewReference()
				if err := tx.Links().Put(data.Link{Hash: hash, Operator: "o", Created: at, Expires: at.Add(data.LinkLife)}); err != nil {
					return err
				}
			}
			return nil
		})
		path := w.issue("kari", "")
		b := w.browser()
		b.post(path, nil)
		if n, err := Prune(t.Context(), w.store, now); n != 4*pruneAtOnce || err != nil {
			t.Errorf("pruned %d, %v", n, err)
		}
		b.mustBeIn()
		if a := w.browser().post(path, nil); a.status != 410 {
			t.Errorf("a link used a moment ago: %d", a.status)
		}
		if n, err := Prune(t.Context(), w.store, now.Add(25*time.Hour)); n != 2 || err != nil {
			t.Errorf("a day later: %d, %v", n, err)
		}
		if a := w.browser().post(path, nil); a.status != 404 {
			t.Errorf("a link used yesterday: %d", a.status)
		}
	})
}
