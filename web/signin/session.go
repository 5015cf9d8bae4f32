package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/superoffice/statusd/data"
)

// cookie is the name of the session's cookie. The prefix makes browsers refuse it from anywhere but this host over TLS, or, but
// for Safari, a loopback address.
const cookie = "__Host-sp"

// Ways of signing in, as Session.Via has them.
const (
	viaOIDC = "oidc"
	viaLink = "link"
)

// touchWithin is how long a request waits for its use of the session to be written down.
const touchWithin = 2 * time.Second

// Actor says who asks, by the session's cookie; false means nobody whom we know. Everything is read at this moment, so that
// a session that was ended is dead at once. A use is written down once in data.SessionTouch; when that fails, the request
// goes on. An error is the store's.
func (s *SignIn) Actor(r *http.Request) (data.Actor, bool, error) {
	hash := sessionHash(r)
	if hash == "" {
		return data.Actor{}, false, nil
	}
	now := time.Now().UTC()
	var by data.Actor
	var session data.Session
	err := s.o.Store.View(r.Context(), func(tx data.Tx) (err error) {
		by, session, err = data.SessionActor(tx, hash, now)
		return err
	})
	if errors.Is(err, data.ErrNotFound) {
		return data.Actor{}, false, nil
	} else if err != nil {
		return data.Actor{}, false, err
	}
	if now.Sub(session.Seen) >= data.SessionTouch {
		s.touch(r.Context(), hash, now)
	}
	by.Address = address(r)
	return by, true, nil
}

func (s *SignIn) touch(ctx context.Context, hash string, now time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), touchWithin)
	defer cancel()
	if err := s.o.Store.Update(ctx, func(tx data.Tx) error { return data.TouchSession(tx, hash, now) }); err != nil {
		s.o.Log.Warn("the use of a session could not be written down: it may end early", "error", err)
	}
}

// sessionHash is the hash of what the cookie refers to, or "".
func sessionHash(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil || !data.WellFormedReference(c.Value) {
		return ""
	}
	return data.HashSecret(c.Value)
}

// entry is what has to be known to let an operator in.
type entry struct {
	way     string // oidc or link
	hash    string // of the new session
	old     string // hash of the session that this browser had; empty means none
	address string
	now     time.Time
}

// enter writes the operator with the session and the audit entry. A role that has changed ends the operator's other
// sessions. before is the operator as it was; the zero value means new.
func enter(tx data.Tx, before, o data.Operator, e entry) error {
	if before.ID != "" && before.Role != o.Role {
		if _, err := data.EndSessions(tx, o.ID); err != nil {
			return err
		}
	}
	if e.old != "" {
		if err := tx.Sessions().Delete(e.old); err != nil {
			return err
		}
	}
	o.SignedIn = e.now
	if err := tx.Operators().Put(o); err != nil {
		return err
	}
	session := data.Session{Hash: e.hash, Operator: o.ID, Created: e.now, Seen: e.now, Address: e.address, Via: e.way}
	if err := tx.Sessions().Put(session); err != nil {
		return err
	}
	a := data.AuditEntry{
		At: e.now, Actor: "operator:" + o.Name, Address: e.address, Action: "signin." + e.way, Object: o.ID, Outcome: data.Done,
		After: raw(map[string]string{"name": o.Name, "role": string(o.Role)}),
	}
	if before.ID != "" {
		a.Before = raw(map[string]string{"name": before.Name, "role": string(before.Role)})
	}
	return data.Audit(tx, a)
}

func setSession(w http.ResponseWriter, secret string) {
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: secret, Path: "/", MaxAge: int(data.SessionLife / time.Second), HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
}

func dropSession(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode})
}

// signOut answers POST /signout: this browser's session ends.
func (s *SignIn) signOut(w http.ResponseWriter, r *http.Request) error {
	return s.leave(w, r, func(tx data.Tx, session data.Session) (map[string]any, error) {
		return nil, tx.Sessions().Delete(session.Hash)
	})
}

// signOutEverywhere answers POST /signout/everywhere: all sessions of the operator end.
func (s *SignIn) signOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	return s.leave(w, r, func(tx data.Tx, session data.Session) (map[string]any, error) {
		n, err := data.EndSessions(tx, session.Operator)
		return map[string]any{"everywhere": true, "sessions": n}, err
	})
}

// leave ends sessions with their audit entry. Whoever has no session is signed out already, and nothing is written.
func (s *SignIn) leave(w http.ResponseWriter, r *http.Request, end func(data.Tx, data.Session) (map[string]any, error)) error {
	if hash := sessionHash(r); hash != "" {
		now := time.Now().UTC()
		err := s.o.Store.Update(r.Context(), func(tx data.Tx) error {
			by, session, err := data.SessionActor(tx, hash, now)
			if errors.Is(err, data.ErrNotFound) {
				return nil
			} else if err != nil {
				return err
			}
			more, err := end(tx, session)
			if err != nil {
				return err
			}
			a := data.AuditEntry{At: now, Actor: by.Name, Address: address(r), Action: "signout", Object: session.Operator, Outcome: data.Done}
			if more != nil {
				a.After = raw(more)
			}
			return data.Audit(tx, a)
		})
		if err != nil {
			return unsure(err)
		}
	}
	dropSession(w)
	return s.answer(w, r, http.StatusOK, "You are signed out", "out", s.provider != nil)
}

// raw is v as JSON.
func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers
	}
	return b
}
