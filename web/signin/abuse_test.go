package signin

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// C20, C24: sixty guesses, spread over a header that anybody can write, with states that the guesser's own cookies vouch for.
func TestTriesAreLimited(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"POST /signin/link/", "GET /signin/callback"} {
		inWorld(t, nil, func(w *world) {
			method, path, _ := strings.Cut(target, " ")
			b := w.browser()
			used, good := w.issue("ola", ""), w.issue("kari", "")
			w.browser().post(used, nil)
			entries, limited := len(w.entries()), 0
			for i := range 60 {
				secret, _ := data.NewReference()
				to, jar := path+secret, "x=y"
				if method == "GET" {
					value, err := begun{State: secret, Nonce: "n", Verifier: "v", At: time.Now().Unix()}.encode()
					if err != nil {
						t.Fatal(err)
					}
					to, jar = path+"?code=x&iss="+issuer+"&state="+secret, begunPrefix+secret[:begunName]+"="+value
				}
				a := b.do(method, to, url.Values{}, false, "Cookie", jar, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i), "X-Real-Ip", fmt.Sprintf("198.51.100.%d", i))
				if a.status == 429 {
					limited++
					if a.header.Get("Retry-After") == "" || !has(a.body, "Try again after", "statusd operator link NAME") {
						t.Errorf("429 says %q\n%s", a.header.Get("Retry-After"), a.body)
					}
				}
			}
			if asked := w.p.requests["/token"]; limited != 55 || len(w.entries()) != entries+5 || asked > 5 {
				t.Errorf("%s: %d of 60 were stopped, %d entries, %d questions to the provider", target, limited, len(w.entries())-entries, asked)
			}
			if a := b.post("/signin/oidc", nil); a.status != 429 {
				t.Errorf("beginning during the pause: %d", a.status)
			}
			if a := b.post(used, nil); a.status != 429 || len(w.entries()) != entries+5 {
				t.Errorf("a used link during the pause: %d, %d entries", a.status, len(w.entries())-entries)
			}
			other := w.browser()
			other.address = "192.0.2.8:1"
			other.signIn("/")
			other.mustBeIn()
			if n := strings.Count(w.log.String(), "which has to wait"); n != 1 {
				t.Errorf("%d lines in the log", n)
			}
			colleague := w.browser()
			if a := colleague.post(good, nil); a.status != 303 {
				t.Errorf("a good link during the pause: %d", a.status)
			}
			colleague.mustBeIn()
			time.Sleep(pause)
			if a := b.signIn("/"); a.status != 200 {
				t.Errorf("after the pause: %d", a.status)
			}
		})
	}
}

// C20: what a page of somebody else's can have browsers send counts for nothing and writes nothing, so that no page locks an
// office out.
func TestForeignPagesLockNobodyOut(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		b := w.browser()
		back := w.p.authorize(b.begin("/")) // a sign-in that is under way
		unknown, _ := data.NewReference()
		for range 20 {
			for _, to := range []string{"/signin/callback", "/signin/callback?state=" + unknown, back} {
				if a := b.do("GET", to, nil, true, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"); a.status != 400 || len(a.header["Set-Cookie"]) != 0 {
					t.Fatalf("an image from %s: %d, cookies %q", to, a.status, a.header["Set-Cookie"])
				}
			}
			for _, to := range []string{"/signin/callback", "/signin/callback?state=" + unknown} {
				if a := b.do("GET", to, nil, true, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document"); a.status != 400 {
					t.Fatalf("a foreign link to %s: %d", to, a.status)
				}
			}
			if a := b.do("POST", "/signin/link/"+unknown, nil, false, "Sec-Fetch-Dest", "empty"); a.status != 404 {
				t.Fatalf("a script's use of a link: %d", a.status)
			}
			if a := b.post("/signin/link/x", nil); a.status != 404 {
				t.Fatalf("a link that is none: %d", a.status)
			}
		}
		if n := len(w.entries()); n != 0 {
			t.Errorf("%d entries", n)
		}
		colleague := w.browser()
		if a := colleague.post(w.issue("ola", ""), nil); a.status != 303 {
			t.Errorf("a good link: %d", a.status)
		}
		if a := b.do("GET", back, nil, true, "Sec-Fetch-Dest", "document"); a.status != 200 {
			t.Errorf("the sign-in that was under way: %d\n%s", a.status, a.body)
		}
		b.mustBeIn()
	})
}

// An office behind one address signs in at once: what succeeds does not count.
func TestManySignInsFromOneAddress(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		for i := range 30 {
			w.p.user = map[string]any{"sub": fmt.Sprint("u-", i), "groups": "duty"}
			b := w.browser()
			b.signIn("/")
			b.mustBeIn()
		}
	})
}

func TestStrangersDoNotFillTheDisk(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		for i := range 2000 {
			b := w.browser()
			b.address = fmt.Sprintf("[2001:db8:%x:%x::1]:1", i>>8, i&255)
			unknown, _ := data.NewReference()
			b.post("/signin/link/"+unknown, nil)
		}
		if n := len(w.entries()); n != 60 {
			t.Errorf("%d entries", n)
		}
		if n := strings.Count(w.log.String(), "too many refused sign-ins"); n != 1 {
			t.Errorf("%d lines in the log", n)
		}
		b := w.browser()
		b.signIn("/")
		b.mustBeIn()
		if w.lastEntry() != "signin.oidc done operator:kari" {
			t.Errorf("audit: %q", w.lastEntry())
		}
		w.p.user["groups"] = nil // an operator's refusal is always written
		w.browser().signIn("/")
		if w.lastEntry() != "signin.oidc refused operator:kari no group with a role" {
			t.Errorf("audit: %q", w.lastEntry())
		}
	})
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.0.2.7:80":                   "192.0.2.7/32",
		"[::ffff:192.0.2.7]:80":          "192.0.2.7/32",
		"[2001:db8:1:2:3:4:5:6]:80":      "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::1]:80":      "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":              "fe80::/64",
		"@":                              "invalid Prefix",
		"":                               "invalid Prefix",
		"192.0.2.7, 198.51.100.1:80":     "invalid Prefix",
		"[2001:db8:1:2:3:4:5:6]x:80:443": "invalid Prefix",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = from
		if got := network(r).String(); got != want {
			t.Errorf("network of %q is %s, want %s", from, got, want)
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	of := func(i int) netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32)
	}
	l := newLimiter()
	for i := range 60 { // one every twelve seconds, for ever
		if until, _ := l.take(of(0), at.Add(time.Duration(i)*triesEvery), true); !until.IsZero() {
			t.Fatalf("try %d at the allowed pace waits until %s", i, until)
		}
	}
	l = newLimiter()
	for i := range 10 {
		until, began := l.take(of(0), at.Add(time.Duration(i)*time.Second), true)
		if wait := i >= triesAtOnce; until.IsZero() == wait || began != (i == triesAtOnce) || wait && !until.Equal(at.Add(triesAtOnce*time.Second+pause)) {
			t.Errorf("try %d: until %s, began %t", i, until, began)
		}
	}
	for i := 1; i <= 3*networks; i++ {
		l.take(of(i), at.Add(20*time.Second), true)
		if len(l.seen) > networks {
			t.Fatalf("%d networks are remembered", len(l.seen))
		}
	}
	if until, _ := l.take(of(0), at.Add(20*time.Second), true); until.IsZero() {
		t.Error("a crowd of others ends a pause")
	}
	if until, _ := l.take(of(0), at.Add(triesAtOnce*time.Second+pause), true); !until.IsZero() {
		t.Errorf("after the pause: until %s", until)
	}
	l.take(of(7), at.Add(time.Hour), true)
	l.forget(at.Add(2 * time.Hour))
	if len(l.seen) != 0 {
		t.Errorf("%d networks are remembered after two hours", len(l.seen))
	}
}

// returns are spellings of where to lead back to; the value is where it leads.
var returns = map[string]string{
	"/":                             "/",
	"/incidents":                    "/incidents",
	"/incidents/abc?x=1&y=%20":      "/incidents/abc?x=1&y=%20",
	"/incidents?next=https://a.b/":  "/incidents?next=https://a.b/",
	"/caf%C3%A9":                    "/caf%C3%A9",
	"":                              "/",
	"incidents":                     "/",
	"//":                            "/",
	"//evil.example":                "/",
	"///evil.example":               "/",
	"/\\evil.example":               "/",
	"\\/evil.example":               "/",
	"/%5cevil.example":              "/",
	"/%5Cevil.example":              "/",
	"/%2fevil.example":              "/",
	"/%2F%2Fevil.example":           "/",
	"/%252f%252fevil.example":       "/",
	"/public/..%2F%5cevil%2F%3f%2F": "/",
	"/a/../../evil":                 "/",
	"/./a":                          "/",
	"/a/..":                         "/",
	"/%2e%2e/a":                     "/",
	"/a//b":                         "/",
	"/\t/evil.example":              "/",
	"/\n/evil.example":              "/",
	"/%09/evil.example":             "/",
	"/%00":                          "/",
	" //evil.example":               "/",
	"/ a":                           "/",
	"https://evil.example/":         "/",
	"https:evil.example":            "/",
	"HTTPS://evil.example":          "/",
	"javascript:alert(1)":           "/",
	"data:text/html,x":              "/",
	"/#https://evil.example":        "/",
	"/a;url=https://evil.example":   "/",
	"/a;url=//evil.example":         "/",
	"/a;b=1,2":                      "/a;b=1,2",
	"/\"><script>":                  "/",
	"/é":                            "/",
	"/signin":                       "/",
	"/signin/link/x":                "/",
	"/signout":                      "/",
	"/signing":                      "/signing",
	"/%zz":                          "/",
	"/a@evil.example":               "/a@evil.example",
	"/:80":                          "/:80",
	"/" + strings.Repeat("a", 600):  "/",
}

func TestOwnPath(t *testing.T) {
	t.Parallel()
	for s, want := range returns {
		if got := ownPath(s); got != want {
			t.Errorf("ownPath(%q) = %q, want %q", s, got, want)
		}
	}
}

// The same through the whole sign-in: the page after it never leads elsewhere.
func TestReturnThroughSignIn(t *testing.T) {
	t.Parallel()
	inWorld(t, nil, func(w *world) {
		for s, want := range returns {
			b := w.browser()
			if a := b.get("/signin?return=" + url.QueryEscape(s)); a.status != 200 || strings.Contains(a.body, "<script>") {
				t.Errorf("%q: %d\n%s", s, a.status, a.body)
			}
			if a := b.signIn(s); a.header.Get("Refresh") != "0; url="+want {
				t.Errorf("%q leads to %q", s, a.header.Get("Refresh"))
			}
		}
	})
	inWorld(t, nil, func(w *world) { // the browser may write what it likes into its own cookie
		b := w.browser()
		u := b.begin("/")
		name := begunPrefix + u.Query().Get("state")[:begunName]
		j, err := encoding.DecodeString(b.cookies[name].Value)
		if err != nil {
			t.Fatal(err)
		}
		b.cookies[name].Value = b64([]byte(strings.Replace(string(j), `"r":"/"`, `"r":"https://evil.example/"`, 1)))
		if a := b.do("GET", w.p.authorize(u), nil, true); a.header.Get("Refresh") != "0; url=/" {
			t.Errorf("a cookie of the browser's own leads to %q", a.header.Get("Refresh"))
		}
	})
}

func FuzzOwnPath(f *testing.F) {
	for s := range returns {
		f.Add(s)
	}
	base, err := url.Parse(origin + "/signin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := ownPath(s)
		u, err := base.Parse(got)
		if err != nil || u.Scheme+"://"+u.Host != origin || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("ownPath(%q) = %q, which leads to %v, %v", s, got, u, err)
		}
		if again := ownPath(got); again != got {
			t.Errorf("ownPath(%q) = %q, and of that %q", s, got, again)
		}
	})
}

func FuzzBegunCookie(f *testing.F) {
	state, _ := data.NewReference()
	good, err := begun{State: state, Nonce: "n", Verifier: "v", Return: "/"}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(state, good)
	f.Add("", "")
	f.Fuzz(func(t *testing.T, state, value string) {
		r := httptest.NewRequest("GET", "/", nil)
		name := begunPrefix + state
		if len(state) > begunName {
			name = begunPrefix + state[:begunName]
		}
		r.Header["Cookie"] = []string{name + "=" + value}
		if b, ok := begunWith(r, state, time.Unix(0, 0)); ok && b.State != state {
			t.Errorf("another state: %+v", b)
		}
	})
}
