package signin

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/superoffice/statusd/data"
)

// A sign-in that was begun is kept in a cookie of its own, named after its state.
const (
	begunPrefix = cookie + "-oidc-"
	begunLife   = 10 * time.Minute
	begunName   = 8 // characters of the state in the cookie's name
	begunAtOnce = 6 // tabs; one more begins afresh, so that cookies do not pile up
)

var encoding = base64.RawURLEncoding.Strict()

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// begin answers POST /signin/oidc with a page that leads to the provider; see doc.go why it is no redirect.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return s.answer(w, r, http.StatusNotFound, "Sign in", "refused", refusal{text: "No identity provider is configured.", host: true})
	}
	if done, err := s.paused(w, r, false); done || err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return data.Invalid("", "the form could not be read: go back and try again")
	}
	at, err := s.provider.current(r.Context())
	if err != nil {
		return s.down(w, r)
	}
	state, _ := data.NewReference()
	nonce, _ := data.NewReference()
	b := begun{
		State: state, Nonce: nonce, Verifier: oauth2.GenerateVerifier(), Return: ownPath(r.PostForm.Get("return")),
		At: time.Now().Unix(), Old: sessionHash(r),
	}
	value, err := b.encode()
	if err != nil {
		return err
	}
	var pending []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, begunPrefix) {
			pending = append(pending, c.Name)
		}
	}
	if len(pending) >= begunAtOnce {
		for _, name := range pending {
			setBegun(w, name, "", -1)
		}
	}
	setBegun(w, begunPrefix+state[:begunName], value, int(begunLife/time.Second))
	return s.leadOn(w, r, at.config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(b.Verifier)), s.provider.label)
}

func setBegun(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
}

// begunWith returns what the browser began under this state, from the cookie of that name.
func begunWith(r *http.Request, state string, now time.Time) (begun, bool) {
	if !data.WellFormedReference(state) {
		return begun{}, false
	}
	c, err := r.Cookie(begunPrefix + state[:begunName])
	if err != nil {
		return begun{}, false
	}
	j, err := encoding.DecodeString(c.Value)
	if err != nil {
		return begun{}, false
	}
	var b begun
	if json.Unmarshal(j, &b) != nil || !same(b.State, state) || b.Nonce == "" || b.Verifier == "" {
		return begun{}, false
	}
	age := now.Sub(time.Unix(b.At, 0))
	return b, age < begunLife && age > -data.SessionTouch
}

// callback answers GET /signin/callback, to which the provider sends people back. It is the one GET that changes something:
// the protocol wants it so, and the state that it must bring makes it good for one browser, once. What any page can make a
// browser ask for, an image's address or a state of nobody's, is refused before anything is counted or written.
func (s *SignIn) callback(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return s.answer(w, r, http.StatusNotFound, "Sign in", "refused", refusal{text: "No identity provider is configured.", host: true})
	}
	now := time.Now().UTC()
	about := data.AuditEntry{Action: "signin." + viaOIDC}
	q := r.URL.Query()
	state := q.Get("state")
	b, ok := begunWith(r, state, now)
	if !ok || !opensPage(r) {
		return s.answer(w, r, notBegun.status, notBegun.title, "refused", notBegun)
	}
	if done, err := s.paused(w, r, true); done || err != nil {
		return err
	}
	setBegun(w, begunPrefix+state[:begunName], "", -1) // a state is good for one try
	at, err := s.provider.latest(r.Context())
	if err != nil {
		return s.down(w, r)
	}
	iss, code := q["iss"], q["code"]
	switch {
	case len(iss) > 1 || len(iss) == 1 && iss[0] != s.provider.o.Issuer || len(iss) == 0 && at.names: // RFC 9207
		return s.refuse(w, r, notTrusted("answer of another provider"), about, nil, nil)
	case q.Has("error"):
		why := errorCode(q.Get("error"))
		return s.refuse(w, r, refusal{
			status: http.StatusForbidden, reason: "provider: " + why, title: "Not signed in", again: true, host: true,
			text: "The identity provider did not let you in and gave this reason: " + why + ".",
		}, about, nil, nil)
	case len(code) != 1 || code[0] == "":
		return s.refuse(w, r, notTrusted("answer without a code"), about, nil, nil)
	}
	who, err := s.provider.redeem(r.Context(), at, code[0], b)
	var lie *untrusted
	switch {
	case errors.As(err, &lie):
		s.o.Log.Warn("an answer of the identity provider was not trusted", "reason", lie.text)
		return s.refuse(w, r, notTrusted("answer not trusted"), about, nil, nil)
	case err != nil:
		s.o.Log.Warn("a sign-in could not be finished", "error", err)
		return s.down(w, r)
	}
	return s.letIn(w, r, who, b, now)
}

// notBegun is said to whoever brings no state that this browser began with. It is in no audit log: every page in the world
// can have browsers ask for it.
var notBegun = refusal{
	status: http.StatusBadRequest, title: "Begin again", again: true,
	text: "This sign-in was not begun in this browser, was finished before, or took longer than ten minutes.",
}

// opensPage says whether a browser asks in order to show the answer as a page, and not for an image, a frame or a script of
// some other page. Whoever does not say (Fetch Metadata is younger than some browsers) is believed.
func opensPage(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document"
}

func notTrusted(reason string) refusal {
	return refusal{
		status: http.StatusForbidden, reason: reason, title: "Not signed in", again: true, host: true,
		text: "The identity provider's answer could not be trusted. The log of the service says more.",
	}
}

// letIn gives somebody whom the provider vouches for a session, if the groups have a role here.
func (s *SignIn) letIn(w http.ResponseWriter, r *http.Request, who identity, b begun, now time.Time) error {
	issuer := s.provider.o.Issuer
	id := data.OperatorID(issuer, who.subject)
	role := roleOf(who.groups, s.provider.o.Roles)
	secret, hash := data.NewReference()
	var o data.Operator
	var known bool
	err := s.o.Store.Update(r.Context(), func(tx data.Tx) error {
		before, err := tx.Operators().Get(id)
		if known = err == nil; !known && !errors.Is(err, data.ErrNotFound) {
			return err
		}
		o = before
		if !known {
			o = data.Operator{ID: id, Provider: issuer, Created: now}
		}
		if o.Name, err = nameFor(tx, id, who.names); err != nil {
			return err
		}
		if role == "" || !o.Disabled.IsZero() {
			return errRefused
		}
		o.Role = role
		return enter(tx, before, o, entry{way: viaOIDC, hash: hash, old: b.Old, address: address(r), now: now})
	})
	about := data.AuditEntry{Action: "signin." + viaOIDC, Object: id}
	as := map[string]string{"name": o.Name}
	var also func(data.Tx) error
	if known { // whoever lost the last group has no business in another browser either
		about.Actor = "operator:" + o.Name
		also = func(tx data.Tx) error { _, err := data.EndSessions(tx, id); return err }
	}
	switch {
	case errors.Is(err, errRefused) && !o.Disabled.IsZero():
		return s.refuse(w, r, disabled(), about, as, also)
	case errors.Is(err, errRefused):
		return s.refuse(w, r, refusal{
			status: http.StatusForbidden, reason: "no group with a role", title: "Not for you yet", again: true,
			text: "You are " + o.Name + " at the identity provider, but in none of the groups that may sign in here. " +
				"Ask an administrator to put you into one of them, or to name yours under sign_in in the configuration.",
		}, about, as, also)
	case err != nil:
		return unsure(err)
	}
	s.tries.succeeded(network(r))
	setSession(w, secret)
	return s.leadOn(w, r, ownPath(b.Return), "")
}

// errRefused ends a transaction in which somebody turned out not to be let in.
var errRefused = errors.New("refused")

func disabled() refusal {
	return refusal{status: http.StatusForbidden, reason: "disabled", title: "Not signed in", text: "You may not sign in here any more. Ask an administrator if that is a mistake."}
}

// down says that the provider cannot be reached, and what to do.
func (s *SignIn) down(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Retry-After", "10")
	return s.answer(w, r, http.StatusServiceUnavailable, "The identity provider cannot be reached", "refused", refusal{
		text: "The identity provider does not answer, or not as it should.", again: true, host: true,
	})
}
