package signin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestSignInByOIDC(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		if a := b.get("/signin?return=/incidents%3Fpage%3D2"); a.status != 200 || !has(a.body, "Sign in with Example", `value="/incidents?page=2"`, `action="/signin/oidc"`) {
			t.Errorf("the sign-in page: %d\n%s", a.status, a.body)
		}
		a := b.signIn("/incidents?page=2")
		if a.status != 200 || a.header.Get("Refresh") != "0; url=/incidents?page=2" || !has(a.body, `<a href="/incidents?page=2">Go on</a>`) {
			t.Fatalf("the callback: %d, %q\n%s", a.status, a.header.Get("Refresh"), a.body)
		}
		c := b.cookies[cookie]
		if len(b.cookies) != 1 || c.Cookie == nil || c.SameSite != http.SameSiteStrictMode || c.MaxAge != 12*60*60 || !data.WellFormedReference(c.Value) {
			t.Errorf("cookies: %v", b.cookies)
		}
		w.p.secrets = append(w.p.secrets, c.Value)
		by := b.mustBeIn()
		if by.Name != "operator:kari" || by.Role != data.Responder || by.Address != "192.0.2.7" || by.Session != data.HashSecret(c.Value) {
			t.Errorf("the actor: %+v", by)
		}
		if o := operatorOf(t, w); o.Name != "kari" || o.Provider != issuer || o.Role != data.Responder || o.SignedIn.IsZero() || o.Created.IsZero() {
			t.Errorf("the operator: %+v", o)
		}
		if got := w.entries(); len(got) != 1 || got[0] != "signin.oidc done operator:kari" {
			t.Errorf("audit: %q", got)
		}
		if a := b.get("/signin"); !has(a.body, "You are kari, with the role responder.", `action="/signout/everywhere"`) {
			t.Errorf("the sign-in page of somebody signed in:\n%s", a.body)
		}
		if w.sessions() != 1 {
			t.Errorf("%d sessions", w.sessions())
		}
		time.Sleep(time.Minute)
		b.signIn("/")
		if again := b.cookies[cookie]; again.Value == c.Value || w.sessions() != 1 {
			t.Errorf("a second sign-in: %d sessions, cookie %v", w.sessions(), again)
		}
	})
}

// Each lie of the provider, or of somebody between, lets nobody in.
func TestNobodyComesInByALie(t *testing.T) {
	t.Parallel()
	claim := func(key string, v any) func(*standIn) {
		return func(p *standIn) { p.claims = func(c map[string]any) { c[key] = v } }
	}
	for _, tc := range []struct {
		name   string
		lie    func(*standIn)
		status int
		reason string // in the audit log; empty means no entry
		log    string // in the log, which may say more
	}{
		{"wrong nonce", claim("nonce", "other"), 403, "answer not trusted", "has another nonce"},
		{"no nonce", func(p *standIn) { p.claims = func(c map[string]any) { delete(c, "nonce") } }, 403, "answer not trusted", "has another nonce"},
		{"wrong audience", claim("aud", "other"), 403, "answer not trusted", "expected audience"},
		{"several audiences without a party", claim("aud", []string{clientID, "other"}), 403, "answer not trusted", "made for another client"},
		{"another party", claim("azp", "other"), 403, "answer not trusted", "made for another client"},
		{"a party that is no text", claim("azp", []string{clientID}), 403, "answer not trusted", "made for another client"},
		{"wrong issuer", claim("iss", "https://login.example.org"), 403, "answer not trusted", "issued by a different provider"},
		{"issuer with a slash", claim("iss", issuer+"/"), 403, "answer not trusted", "issued by a different provider"},
		{"expired", claim("exp", 946684800-60), 403, "answer not trusted", "token is expired"},
		{"not yet valid", claim("nbf", 946684800+3600), 403, "answer not trusted", "before the nbf"},
		{"no subject", claim("sub", ""), 403, "answer not trusted", "names nobody"},
		{"long subject", claim("sub", strings.Repeat("x", 256)), 403, "answer not trusted", "names nobody"},
		{"wrong at_hash", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), 403, "answer not trusted", "do not belong together"},
		{"alg none", func(p *standIn) { p.sign = none }, 403, "answer not trusted", "unexpected signature algorithm"},
		{"HS256 with the public key", func(p *standIn) { p.sign = hs256 }, 403, "answer not trusted", "unexpected signature algorithm"},
		{"signed by another key", func(p *standIn) { p.sign = func(c any) string { return rs256(keys()[1], "k", c) } }, 403, "answer not trusted", "failed to verify"},
		{"signed by an unknown key", func(p *standIn) { p.sign = func(c any) string { return rs256(keys()[1], "x", c) } }, 403, "answer not trusted", "failed to verify"},
		{"no signature", func(p *standIn) {
			p.sign = func(c any) string { s := rs256(keys()[0], "k", c); return s[:strings.LastIndex(s, ".")+1] }
		}, 403, "answer not trusted", "failed to verify"},
		{"no ID token", func(p *standIn) { p.token = func(a map[string]any) { delete(a, "id_token") } }, 403, "answer not trusted", "gave no ID token"},
		{"ID token is no text", func(p *standIn) { p.token = func(a map[string]any) { a["id_token"] = []int{1} } }, 403, "answer not trusted", "gave no ID token"},
		{"userinfo of somebody else", func(p *standIn) {
			p.userinfo = map[string]any{"sub": "u-2", "groups": []string{"ops"}}
			delete(p.user, "groups")
		}, 403, "answer not trusted", "speaks of somebody else"},
		{"sent back by another provider", func(p *standIn) { p.back = func(q url.Values) { q.Set("iss", "https://evil.example") } }, 403, "answer of another provider", ""},
		{"sent back by nobody", func(p *standIn) { p.back = func(q url.Values) { q.Del("iss") } }, 403, "answer of another provider", ""},
		{"sent back by two", func(p *standIn) { p.back = func(q url.Values) { q.Add("iss", issuer) } }, 403, "answer of another provider", ""},
		{"without a code", func(p *standIn) { p.back = func(q url.Values) { q.Del("code") } }, 403, "answer without a code", ""},
		{"with two codes", func(p *standIn) { p.back = func(q url.Values) { q.Add("code", "x") } }, 403, "answer without a code", ""},
		{"with an invented code", func(p *standIn) { p.back = func(q url.Values) { q.Set("code", "x") } }, 403, "answer not trusted", "answered 400"},
		{"with an error", func(p *standIn) { p.back = func(q url.Values) { q.Set("error", "access_denied") } }, 403, "provider: access_denied", ""},
		{"with markup for an error", func(p *standIn) { p.back = func(q url.Values) { q.Set("error", "<b>") } }, 403, "provider: error", ""},
		{"with another state", func(p *standIn) {
			p.back = func(q url.Values) { s, _ := data.NewReference(); q.Set("state", s) }
		}, 400, "", ""},
		{"with the beginning of the state", func(p *standIn) {
			p.back = func(q url.Values) { s, _ := data.NewReference(); q.Set("state", q.Get("state")[:8]+s[8:]) }
		}, 400, "", ""},
		{"without a state", func(p *standIn) { p.back = func(q url.Values) { q.Del("state") } }, 400, "", ""},
		{"groups of another kind", claim("groups", map[string]any{"ops": true}), 403, "no group with a role", ""},
		{"a group by number", claim("groups", []any{1, nil, "OPS"}), 403, "no group with a role", ""},
		{"no groups", func(p *standIn) { delete(p.user, "groups") }, 403, "no group with a role", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, nil, func(w *world) {
				tc.lie(w.p)
				b := w.browser()
				a := b.signIn("/")
				if _, in := b.actor(); in || a.status != tc.status || w.sessions() != 0 || b.cookies[cookie].Cookie != nil {
					t.Errorf("status %d, %d sessions\n%s\n%s", a.status, w.sessions(), a.body, w.log)
				}
				want := "" // what anybody can send is not written down
				if tc.reason != "" {
					want = "signin.oidc refused anonymous " + tc.reason
				}
				if w.lastEntry() != want {
					t.Errorf("audit: %q, want %q", w.entries(), want)
				}
				if !strings.Contains(w.log.String(), tc.log) {
					t.Errorf("the log does not say %q:\n%s", tc.log, w.log)
				}
				if strings.Contains(a.body, "<b>") {
					t.Errorf("markup in\n%s", a.body)
				}
			})
		})
	}
}

func TestStateIsForOneBrowserOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		back := w.p.authorize(b.begin("/"))
		if a := w.browser().do("GET", back, nil, true); a.status != 400 || len(w.entries()) != 0 {
			t.Errorf("in another browser: %d, %q", a.status, w.entries())
		}
		if a := b.do("GET", back, nil, true); a.status != 200 {
			t.Fatalf("in its own: %d\n%s", a.status, a.body)
		}
		if a := b.do("GET", back, nil, true); a.status != 400 || w.sessions() != 1 {
			t.Errorf("a second time: %d, %d sessions", a.status, w.sessions())
		}
		b.mustBeIn()
	})
	inWorld(t, nil, func(w *world) { // the state again, with its cookie put back: the provider's code is good once
		b := w.browser()
		back := w.p.authorize(b.begin("/"))
		jar := map[string]kept{}
		for k, c := range b.cookies {
			jar[k] = c
		}
		b.do("GET", back, nil, true)
		thief := &browser{w: w, cookies: jar, address: b.address}
		if a := thief.do("GET", back, nil, true); a.status != 403 || w.sessions() != 1 {
			t.Errorf("a replayed code: %d, %d sessions", a.status, w.sessions())
		}
	})
	inWorld(t, nil, func(w *world) { // tabs
		b := w.browser()
		one, two := b.begin("/one"), b.begin("/two")
		if one.Query().Get("state") == two.Query().Get("state") || len(b.cookies) != 2 {
			t.Fatalf("two tabs: %v", b.cookies)
		}
		crossed := w.p.authorize(one)
		crossed = strings.Replace(crossed, one.Query().Get("state"), two.Query().Get("state"), 1)
		if a := b.do("GET", crossed, nil, true); a.status != 403 {
			t.Errorf("the code of one tab with the state of the other: %d", a.status)
		}
		if a := b.do("GET", w.p.authorize(one), nil, true); a.header.Get("Refresh") != "0; url=/one" {
			t.Errorf("the first tab: %d %q", a.status, a.header.Get("Refresh"))
		}
	})
	inWorld(t, nil, func(w *world) { // time
		b := w.browser()
		back := w.p.authorize(b.begin("/"))
		jar := b.cookies
		time.Sleep(begunLife)
		b.cookies = map[string]kept{}
		for k, c := range jar { // a browser whose clock stands still
			b.cookies[k] = kept{c.Cookie, time.Now().Add(time.Hour)}
		}
		if a := b.do("GET", back, nil, true); a.status != 400 {
			t.Errorf("after ten minutes: %d", a.status)
		}
	})
	inWorld(t, nil, func(w *world) { // cookies do not pile up
		b := w.browser()
		for range 40 {
			b.begin("/")
		}
		if len(b.cookies) > begunAtOnce {
			t.Errorf("%d cookies", len(b.cookies))
		}
	})
}

func TestProviderDownSlowAndLying(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(*standIn){
		"down":           func(p *standIn) { p.down = true },
		"slow":           func(p *standIn) { p.slow = true },
		"another issuer": func(p *standIn) { p.document = func(d map[string]any) { d["issuer"] = "https://evil.example" } },
		"plain token endpoint": func(p *standIn) {
			p.document = func(d map[string]any) { d["token_endpoint"] = "http://login.example.com/token" }
		},
		"loopback endpoint": func(p *standIn) {
			p.document = func(d map[string]any) { d["token_endpoint"] = "http://127.0.0.1/token" }
		},
		"script for a form": func(p *standIn) {
			p.document = func(d map[string]any) { d["authorization_endpoint"] = "javascript:alert(1)" }
		},
		"no keys":  func(p *standIn) { p.document = func(d map[string]any) { delete(d, "jwks_uri") } },
		"too long": func(p *standIn) { p.document = func(d map[string]any) { d["x"] = strings.Repeat("x", maxAnswer) } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, nil, func(w *world) {
				lie(w.p)
				b := w.browser()
				began := time.Now()
				a := b.get("/signin")
				if a.status != 200 || !has(a.body, `role="alert"`, "cannot be reached", "statusd operator link NAME") || time.Since(began) > glance {
					t.Errorf("the page after %s: %d\n%s", time.Since(began), a.status, a.body)
				}
				if a := b.post("/signin/oidc", nil); a.status != 503 || !has(a.body, "statusd operator link NAME") || a.header.Get("Refresh") != "" {
					t.Errorf("beginning all the same: %d\n%s", a.status, a.body)
				}
				w.p.down, w.p.slow, w.p.document = false, false, nil
				time.Sleep(failedFor)
				if a := b.signIn("/"); a.status != 200 {
					t.Errorf("when it is back: %d\n%s\n%s", a.status, a.body, w.log)
				}
				b.mustBeIn()
				w.p.down = true
				time.Sleep(freshFor)
				b.mustBeIn() // sessions do not need it
				began = time.Now()
				if a := w.browser().get("/signin"); has(a.body, "cannot be reached") || !time.Now().Equal(began) {
					t.Errorf("what is known, after %s:\n%s", time.Since(began), a.body)
				}
				synctest.Wait()
				if a := w.browser().get("/signin"); !has(a.body, "cannot be reached") {
					t.Errorf("down again:\n%s", a.body)
				}
				if n := strings.Count(w.log.String(), "cannot be used"); n != 2 {
					t.Errorf("%d lines about it:\n%s", n, w.log)
				}
			})
		})
	}
}

func TestProviderFailsHalfway(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*standIn){
		"connection":           func(p *standIn) { p.down = true },
		"token endpoint":       func(p *standIn) { p.refuse = 502 },
		"never answers":        func(p *standIn) { p.slow = true },
		"userinfo not JSON":    func(p *standIn) { delete(p.user, "groups"); p.userinfo = map[string]any{"sub": 1} },
		"answer without token": func(p *standIn) { p.token = func(a map[string]any) { delete(a, "access_token") } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, nil, func(w *world) {
				if name == "userinfo not JSON" {
					w.p.userinfo = map[string]any{}
				}
				b := w.browser()
				back := w.p.authorize(b.begin("/"))
				fail(w.p)
				a := b.do("GET", back, nil, true)
				if a.status != 503 || !has(a.body, "does not answer", "Begin again", "statusd operator link NAME") || w.sessions() != 0 {
					t.Errorf("%d, %d sessions\n%s\n%s", a.status, w.sessions(), a.body, w.log)
				}
			})
		})
	}
}

// A crowd at the sign-in page is one question to the provider.
func TestCrowdAsksOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		for range 20 {
			go w.browser().get("/signin")
		}
		synctest.Wait()
		w.browser().signIn("/")
		w.browser().signIn("/")
		if n := w.p.requests["/.well-known/openid-configuration"]; n != 1 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(freshFor)
		w.browser().signIn("/")
		if n, k := w.p.requests["/.well-known/openid-configuration"], w.p.requests["/keys"]; n != 2 || k != 1 {
			t.Errorf("asked %d times, for keys %d times", n, k)
		}
	})
}

func TestUserinfoHasTheGroups(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		w.p.user = map[string]any{"sub": "u-1"}
		w.p.userinfo = map[string]any{"sub": "u-1", "groups": "ops", "email": "kari@example.com"}
		b := w.browser()
		b.signIn("/")
		if by := b.mustBeIn(); by.Role != data.Admin || by.Name != "operator:kari@example.com" {
			t.Errorf("%+v", by)
		}
	})
}

func TestClockTolerance(t *testing.T) {
	t.Parallel()
	for ahead, in := range map[time.Duration]bool{20 * time.Second: true, 40 * time.Second: false} {
		inWorld(t, nil, func(w *world) {
			w.p.claims = func(c map[string]any) { c["exp"] = time.Now().Add(-ahead).Unix() }
			b := w.browser()
			b.signIn("/")
			if _, ok := b.actor(); ok != in {
				t.Errorf("a token that ended %s ago: %t, want %t", ahead, ok, in)
			}
		})
	}
}
