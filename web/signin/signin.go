package signin

import (
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// Options are what sign-in is made of.
type Options struct {
	Store data.Store
	Log   *slog.Logger
	URL   string // origin of the operators' listener as browsers know it: https://host, or http on a loopback address
	OIDC  *OIDC  // nil means links from the host only

	// Page puts a page of this package into the shell of the operators' pages; nil means a plain document. The headers are
	// set when it is called; it may replace the Content-Security-Policy by one that still has form-action 'self'.
	Page func(w http.ResponseWriter, r *http.Request, status int, title string, body template.HTML)
}

// OIDC is the client of one identity provider.
type OIDC struct {
	Issuer       string // exactly as the provider calls itself
	ClientID     string
	ClientSecret string
	Scopes       []string             // openid is always asked for
	GroupsClaim  string               // claim that names a person's groups; empty means "groups"
	Roles        map[string]data.Role // by group; whoever is in several has the highest
	Label        string               // what the button says; empty means the issuer's host
	Test         bool                 // lets a provider on a loopback address speak plain HTTP
}

// SignIn lets operators in. Its methods are safe for concurrent use.
type SignIn struct {
	o        Options
	provider *provider // nil without OIDC
	tries    *limiter
	refusals *rate.Limiter // of entries about strangers in the audit log
	left     *rate.Limiter // of lines in the log that say that some were left out
	broken   *ui.Doc
}

// New returns the sign-in, or an error that says which option is wrong. It asks nobody.
func New(o Options) (*SignIn, error) {
	s := &SignIn{
		o: o, tries: newLimiter(),
		refusals: rate.NewLimiter(rate.Every(6*time.Second), 60), left: rate.NewLimiter(rate.Every(time.Minute), 1),
	}
	if o.OIDC != nil {
		p, err := newProvider(*o.OIDC, o.URL, o.Log)
		if err != nil {
			return nil, fmt.Errorf("sign-in: %w", err)
		}
		s.provider = p
	}
	page, err := document("Something went wrong", "<p>It was written to the log. Try again; from the host, the command line works without signing in.</p>")
	if err != nil {
		return nil, err
	}
	s.broken = ui.NewDoc(page, ui.DocOptions{
		Type: "text/html; charset=utf-8", Cache: "no-store", Header: http.Header{"Content-Security-Policy": {policy}},
	})
	return s, nil
}

// Routes are the handlers by pattern. They change nothing on GET; mount them where requests from pages of other origins are
// refused (http.CrossOriginProtection).
func (s *SignIn) Routes() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /signin":                s.handler(s.show),
		"POST /signin/oidc":          s.handler(s.begin),
		"GET /signin/callback":       s.handler(s.callback),
		"GET /signin/link/{secret}":  s.handler(s.showLink),
		"POST /signin/link/{secret}": s.handler(s.useLink),
		"POST /signout":              s.handler(s.signOut),
		"POST /signout/everywhere":   s.handler(s.signOutEverywhere),
	}
}

// maxForm is how much of a form is read.
const maxForm = 8 << 10

func (s *SignIn) handler(h ui.HandlerFunc) http.Handler {
	page := func(*http.Request, int) *ui.Doc { return s.broken }
	pages := ui.Pages(s.o.Log, page, h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if r.PathValue("secret") != "" { // what goes wrong is logged with the path, and this one is a secret
			r = r.WithContext(r.Context())
			r.URL = &url.URL{Path: "/signin/link/…"}
		}
		pages.ServeHTTP(w, r)
	})
}

// show answers GET /signin.
func (s *SignIn) show(w http.ResponseWriter, r *http.Request) error {
	back := ownPath(r.URL.Query().Get("return"))
	by, ok, err := s.Actor(r)
	if err != nil {
		return err
	}
	v := signInPage{Return: back}
	if ok {
		v.Name, v.Role = strings.TrimPrefix(by.Name, "operator:"), string(by.Role)
		return s.answer(w, r, http.StatusOK, "You are signed in", "signed", v)
	}
	v.Plain = s.plain()
	if s.provider != nil {
		v.Label = s.provider.label
		v.Down = !s.provider.seemsUp(r.Context())
	}
	return s.answer(w, r, http.StatusOK, "Sign in", "signin", v)
}

// plain says whether browsers get these pages over plain HTTP, on a loopback address. Safari then refuses the session's cookie, which
// others keep.
func (s *SignIn) plain() bool { return strings.HasPrefix(s.o.URL, "http:") }

// refusal is why somebody was not let in: reason for the audit log, the rest for the person.
type refusal struct {
	status int
	reason string
	title  string
	text   string
	again  bool // offer to begin again
	host   bool // name the way by link from the host
}

// refuse writes down that somebody was not let in, and says so. about says who, as far as that is known. What has to happen
// as well does in the same transaction; nil means nothing.
func (s *SignIn) refuse(w http.ResponseWriter, r *http.Request, why refusal, about data.AuditEntry, as map[string]string, also func(data.Tx) error) error {
	now := time.Now().UTC()
	if also == nil && !s.refusals.AllowN(now, 1) {
		if s.left.AllowN(now, 1) {
			s.o.Log.Warn("too many refused sign-ins to write all of them to the audit log", "action", about.Action)
		}
		return s.answer(w, r, why.status, why.title, "refused", why)
	}
	after := map[string]string{"reason": why.reason}
	for k, v := range as {
		after[k] = v
	}
	about.At, about.Address, about.Outcome, about.After = now, address(r), data.Refused, raw(after)
	if about.Actor == "" {
		about.Actor = stranger
	}
	err := s.o.Store.Update(r.Context(), func(tx data.Tx) error {
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return data.Audit(tx, about)
	})
	if err != nil && also != nil {
		return err
	} else if err != nil && r.Context().Err() == nil {
		s.o.Log.Error("a refused sign-in could not be written to the audit log", "error", err, "action", about.Action, "reason", why.reason)
	}
	return s.answer(w, r, why.status, why.title, "refused", why)
}

// stranger is the actor of an entry about somebody whom nobody vouches for.
const stranger = "anonymous"

// paused answers whoever tried too often, and says whether it had to. A try is counted if count is set.
func (s *SignIn) paused(w http.ResponseWriter, r *http.Request, count bool) (bool, error) {
	now := time.Now()
	until, began := s.tries.take(network(r), now, count)
	if until.IsZero() {
		return false, nil
	}
	if began {
		s.o.Log.Warn("too many attempts to sign in from one address, which has to wait: the audit log says from where", "until", until.UTC())
	}
	wait := until.Sub(now)
	w.Header().Set("Retry-After", fmt.Sprint(int(wait/time.Second)+1))
	return true, s.answer(w, r, http.StatusTooManyRequests, "Too many attempts", "refused", refusal{
		text: fmt.Sprintf("There were more than five attempts in a minute from your network. Try again after %s UTC, in %d minutes.", until.UTC().Add(time.Minute).Format("15:04"), int(wait/time.Minute)+1),
		host: true,
	})
}

// address is where a request came from, without the port. Behind our own proxies that is the client's (web.RealAddress).
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// unsure is the answer to an error of the store: the person may try again, the log knows more.
func unsure(err error) error {
	return &ui.StatusError{Status: http.StatusServiceUnavailable, Message: "it is not certain that this was done: try again", Cause: err}
}
