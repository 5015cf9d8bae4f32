package demo

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/superoffice/statusd/data/i18n"
)

// Links are where the parts of the demonstration are reached: http://127.0.0.1:8080, without a slash at the end. Public and
// Operators are empty until the service runs.
type Links struct {
	Public    string
	Operators string
	Product   string
	Secure    string // the product over TLS
	Mail      string
}

// Product is the stand-in for the product: an http.Handler for both of its listeners. Safe for concurrent use.
type Product struct {
	broken  switches
	counter atomic.Int64 // of the record
	certs   *certificates
	links   atomic.Pointer[Links]
	mux     http.Handler
}

func newProduct(certs *certificates) *Product {
	p := &Product{certs: certs}
	p.links.Store(&Links{})
	works := http.NewServeMux()
	works.HandleFunc("GET /{$}", p.page)
	works.HandleFunc("POST /sign-in", p.page)
	works.HandleFunc("GET /login", answers("authorization_endpoint", "/sign-in"))
	works.HandleFunc("POST /session", signIn)
	works.HandleFunc("GET /records/1", p.read)
	works.HandleFunc("POST /records/1/count", p.count)
	works.HandleFunc("GET /documents", answers("stored", "yes"))
	works.HandleFunc("GET /modules/{name}", answers("state", "running"))

	mux := http.NewServeMux()
	mux.Handle("/", p.faulty(works))
	mux.HandleFunc("GET /switches", p.control)
	mux.Handle("POST /switches/{name}/{state}", http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.turn)))
	mux.HandleFunc("GET /demo.css", asset("demo.css", "text/css; charset=utf-8"))
	p.mux = mux
	return p
}

func (p *Product) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// faulty puts the switches in front of what works. The switches themselves always answer.
func (p *Product) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.broken.is(Slow) {
			timer := time.NewTimer(SlowAnswer)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-r.Context().Done():
				return
			}
		}
		if !p.broken.is(Down) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "10")
		if r.URL.Path == "/" { // a sign-in page is usually served by something else, and can still say what is wrong
			p.page(w, r)
			return
		}
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "the stand-in product is switched off"})
	})
}

// answers makes an endpoint that works: what probes look for.
func answers(name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{name: value})
	}
}

// session is the cookie of who has signed in. Nothing here is worth guarding: probes are to need it, as they do in life.
const session = "demo_session"

func signIn(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("user") == "" {
		writeJSON(w, http.StatusForbidden, map[string]string{"error": "say who you are"})
		return
	}
	http.SetCookie(w, &http.Cookie{Name: session, Value: "open", Path: "/records", HttpOnly: true, SameSite: http.SameSiteStrictMode}) //nolint:gosec // not everything here has TLS
	writeJSON(w, http.StatusOK, map[string]string{"signed_in": "yes"})
}

// record is a record that everybody may know, with a counter that everybody may raise.
type record struct {
	Name    string `json:"name"`
	Counter int64  `json:"counter"`
}

func (p *Product) read(w http.ResponseWriter, r *http.Request) {
	if !signedIn(w, r) {
		return
	}
	writeJSON(w, http.StatusOK, record{"A record that everybody may know", p.counter.Load()})
}

func (p *Product) count(w http.ResponseWriter, r *http.Request) {
	switch {
	case !signedIn(w, r):
	case p.broken.is(ReadOnly):
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "the database takes no writes"})
	default:
		writeJSON(w, http.StatusOK, map[string]int64{"counter": p.counter.Add(1)})
	}
}

func signedIn(w http.ResponseWriter, r *http.Request) bool {
	if _, err := r.Cookie(session); err != nil {
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "sign in first"})
		return false
	}
	return true
}

// customerPattern is the form of an identifier, as in the default configuration.
var customerPattern = regexp.MustCompile(`^Cust[0-9]{1,12}$`)

// door is the product's sign-in page.
type door struct {
	Links
	Customer string
	Lang     string // empty: the script takes the browser's
	Down     bool
	Tried    bool // somebody pressed the button
}

// page shows the sign-in page; ?customer=Cust12345 and &lang=sv choose whose banner it asks for.
func (p *Product) page(w http.ResponseWriter, r *http.Request) {
	v := door{Links: *p.links.Load(), Customer: "Cust12345", Down: p.broken.is(Down), Tried: r.Method == http.MethodPost}
	if c := r.URL.Query().Get("customer"); customerPattern.MatchString(c) {
		v.Customer = c
	}
	if l, ok := i18n.Parse(r.URL.Query().Get("lang")); ok {
		v.Lang = string(l)
	}
	status := http.StatusOK
	if v.Down {
		status = http.StatusServiceUnavailable
	}
	policy := ""
	if u, err := url.Parse(v.Public); err == nil && u.Host != "" {
		at := u.Scheme + "://" + u.Host
		policy = "script-src " + at + "; connect-src " + at + " ws://" + u.Host + " wss://" + u.Host
	}
	writePage(w, status, "signin.html", policy, v)
}

// control shows the switches.
func (p *Product) control(w http.ResponseWriter, _ *http.Request) {
	writePage(w, http.StatusOK, "switches.html", "", struct {
		Links
		Switches []switchView
		Broken   bool
	}{*p.links.Load(), p.switchViews(), p.broken.any()})
}

// errDown closes a TLS connection before it is one.
var errDown = errors.New("the stand-in product is switched off")

// tls is how the second listener shakes hands.
func (p *Product) tls() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			switch {
			case p.broken.is(Down):
				return nil, errDown
			case p.broken.is(Expired):
				return p.certs.expired, nil
			}
			return p.certs.good, nil
		},
		SessionTicketsDisabled: true, // every handshake shows the certificate of now
	}
}
