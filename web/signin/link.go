package signin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Issued is a link that signs somebody in once. The secret is in Path and is kept nowhere else: show it once.
type Issued struct {
	Path     string // below the origin of the operators' pages
	Expires  time.Time
	Operator data.Operator
}

// Issue makes a single-use link for the operator with this ID or name, in the caller's transaction, which also writes the
// audit entry. It is the operator whom the provider vouches for, if one has that name: the same person with the same role,
// and to be kept out once and everywhere. An operator whom nobody knows yet is made, as a responder unless role says
// otherwise; for a known one an empty role leaves it as it is, and another one ends the sessions. Links that were issued
// before and not used end now. Only an admin may issue. An error is a *data.Error or the store's; one who is disabled is a
// conflict, and so is a name that several have.
func Issue(tx data.Tx, name string, role data.Role, by data.Actor, now time.Time) (Issued, error) {
	if !by.Role.May(data.Admin) {
		return Issued{}, data.Forbidden("a link for signing in takes the role admin")
	}
	name, err := data.CleanLine("name", name, maxName)
	if err != nil {
		return Issued{}, err
	}
	if role != "" && !role.May(data.Viewer) {
		return Issued{}, data.Invalid("role", fmt.Sprintf("%q is no role: use viewer, responder or admin", role))
	}
	o, known, err := whoseLink(tx, name)
	switch {
	case err != nil:
		return Issued{}, err
	case !known:
		o = data.Operator{ID: data.OperatorID("", name), Name: name, Role: data.Responder, Created: now}
	case !o.Disabled.IsZero():
		return Issued{}, data.Conflict(fmt.Sprintf("%s may not sign in since %s: `statusd operator enable %s` first", o.Name, o.Disabled.UTC().Format("2006-01-02 15:04 MST"), o.ID))
	case role != "" && role != o.Role:
		if _, err := data.EndSessions(tx, o.ID); err != nil {
			return Issued{}, err
		}
	}
	id := o.ID
	if role != "" {
		o.Role = role
	}
	if err := tx.Operators().Put(o); err != nil {
		return Issued{}, err
	}
	earlier, err := data.All(tx.Links().Range("", ""))
	if err != nil {
		return Issued{}, err
	}
	for _, l := range earlier {
		if l.Operator == id && l.Valid(now) {
			l.Expires = now
			if err := tx.Links().Put(l); err != nil {
				return Issued{}, err
			}
		}
	}
	secret, hash := data.NewReference()
	link := data.Link{Hash: hash, Operator: id, Created: now, Expires: now.Add(data.LinkLife), By: by.Name}
	return Issued{Path: "/signin/link/" + secret, Expires: link.Expires, Operator: o}, tx.Links().Put(link)
}

// whoseLink returns the operator with this ID, or else the only one with this name, whichever way that person comes. Those
// whose names differ by no more than the ID that nameFor adds have the same one.
func whoseLink(tx data.Tx, name string) (o data.Operator, known bool, err error) {
	all, err := data.All(tx.Operators().Range("", ""))
	if err != nil {
		return o, false, err
	}
	var ids []string
	for _, one := range all {
		if one.ID == name {
			return one, true, nil
		}
		if one.Called(name) {
			o, ids = one, append(ids, one.ID)
		}
	}
	if len(ids) > 1 {
		return data.Operator{}, false, data.Conflict(fmt.Sprintf("%d operators are called %q, name one by ID: %s", len(ids), name, strings.Join(ids, ", ")))
	}
	return o, len(ids) == 1, nil
}

// showLink answers GET /signin/link/{secret} with a button and looks nothing up: scanners of mail open links, and a guesser
// learns nothing.
func (s *SignIn) showLink(w http.ResponseWriter, r *http.Request) error {
	if !data.WellFormedReference(r.PathValue("secret")) {
		return s.answer(w, r, http.StatusNotFound, unknownLink.title, "refused", unknownLink)
	}
	return s.answer(w, r, http.StatusOK, "Sign in by link", "link", signInPage{Secret: r.PathValue("secret"), Plain: s.plain()})
}

// What is said of links that sign nobody in. Whoever holds a used or an expired one held the whole secret, so it may be said.
var (
	unknownLink = refusal{
		status: http.StatusNotFound, reason: "unknown link", title: "This link is not known",
		text: "It may be cut off, mistyped, or more than a day old.", host: true,
	}
	usedLink = refusal{
		status: http.StatusGone, reason: "used link", title: "This link was used",
		text: "A link signs in once. If it was not you who used it, end all sessions of this operator now.", host: true,
	}
	expiredLink = refusal{
		status: http.StatusGone, reason: "expired link", title: "This link has expired",
		text: "A link is good for ten minutes, and only the newest one that was issued for you.", host: true,
	}
)

// useLink answers POST /signin/link/{secret}: the link is used up, and its operator is signed in. A good link does so during
// a pause too: nobody guesses 256 bits, and the pause is there for the disk and the provider.
func (s *SignIn) useLink(w http.ResponseWriter, r *http.Request) error {
	given := r.PathValue("secret")
	if !data.WellFormedReference(given) || !opensPage(r) {
		return s.answer(w, r, unknownLink.status, unknownLink.title, "refused", unknownLink)
	}
	now := time.Now().UTC()
	var o data.Operator
	var why refusal
	err := s.o.Store.View(r.Context(), func(tx data.Tx) (err error) {
		_, o, why, err = linkFor(tx, given, now)
		return err
	})
	switch {
	case err != nil:
		return unsure(err)
	case why.status != 0:
		return s.refuseLink(w, r, why, o)
	}
	secret, hash := data.NewReference()
	err = s.o.Store.Update(r.Context(), func(tx data.Tx) error {
		var link data.Link
		var err error
		if link, o, why, err = linkFor(tx, given, now); err != nil {
			return err
		} else if why.status != 0 { // somebody was faster
			return errRefused
		}
		link.Used = now
		if err := tx.Links().Put(link); err != nil {
			return err
		}
		return enter(tx, o, o, entry{way: viaLink, hash: hash, old: sessionHash(r), address: address(r), now: now})
	})
	switch {
	case errors.Is(err, errRefused):
		return s.refuseLink(w, r, why, o)
	case err != nil:
		return unsure(err)
	}
	s.tries.succeeded(network(r))
	setSession(w, secret)
	w.Header().Set("Location", "/")
	return s.answer(w, r, http.StatusSeeOther, "You are signed in", "signed", signInPage{Name: o.Name, Role: string(o.Role), Return: "/"})
}

// linkFor returns the link with this secret and its operator, and why it signs nobody in, if it does not.
func linkFor(tx data.Tx, secret string, now time.Time) (link data.Link, o data.Operator, why refusal, err error) {
	if link, err = tx.Links().Get(data.HashSecret(secret)); err == nil {
		o, err = tx.Operators().Get(link.Operator)
	}
	switch {
	case errors.Is(err, data.ErrNotFound):
		return link, o, unknownLink, nil
	case err != nil:
		return link, o, why, err
	case !link.Used.IsZero():
		why = usedLink
	case !link.Valid(now):
		why = expiredLink
	case !o.Disabled.IsZero():
		why = disabled()
	}
	return link, o, why, nil
}

// refuseLink says why a link signs nobody in, and during a pause no more than that. Only an unknown one may be a guess, and
// is counted.
func (s *SignIn) refuseLink(w http.ResponseWriter, r *http.Request, why refusal, o data.Operator) error {
	if done, err := s.paused(w, r, why == unknownLink); done || err != nil {
		return err
	}
	return s.refuse(w, r, why, data.AuditEntry{Action: "signin." + viaLink, Object: o.ID}, nil, nil)
}
