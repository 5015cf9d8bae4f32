package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

type actorKey struct{}

// WithActor says who is behind every request of a connection: the local socket's, where whoever can open it is an operator.
func WithActor(ctx context.Context, o data.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, o)
}

// Actor finds out who asks: the connection's own operator, else the token in the Authorization header, else the browser's
// session. All are looked up at every request, so a revoked token, a disabled operator or a changed role counts at once.
func (a *API) Actor(r *http.Request) (data.Actor, error) {
	if o, ok := r.Context().Value(actorKey{}).(data.Actor); ok {
		return o, nil
	}
	if r.Header.Get("Authorization") != "" {
		return a.bearer(r)
	}
	if a.SignedIn != nil {
		by, ok, err := a.SignedIn(r)
		if by.Address == "" {
			by.Address = peer(r)
		}
		if err != nil || ok {
			return by, err
		}
	}
	return data.Actor{}, unauthorized("sign in, or send a token as Authorization: Bearer sp_…; `statusd token create` makes one")
}

func unauthorized(message string) error {
	return &ui.StatusError{
		Status: http.StatusUnauthorized, Message: message, Header: http.Header{"Www-Authenticate": {`Bearer realm="statusd"`}},
	}
}

func (a *API) bearer(r *http.Request) (data.Actor, error) {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, password, basic := r.BasicAuth(); basic && strings.HasPrefix(r.URL.Path, hookPaths) { // all that some senders can do
		secret, ok = password, true
	}
	if !ok || !data.WellFormedSecret(secret) {
		return data.Actor{}, unauthorized("this is not a whole token: it begins with sp_ and was shown once when it was made")
	}
	return a.byToken(r, secret)
}

// byToken is who a token acts for. Its last use is written down, at most once a minute.
func (a *API) byToken(r *http.Request, secret string) (data.Actor, error) {
	now := time.Now().UTC()
	var token data.Token
	err := a.Store.View(r.Context(), func(tx data.Tx) (err error) {
		if token, err = tx.Tokens().Get(data.HashSecret(secret)); err != nil || token.Owner == "" {
			return err
		}
		owner, err := tx.Operators().Get(token.Owner) // who is out is out with every token of theirs
		if err == nil && !owner.Disabled.IsZero() {
			return data.ErrNotFound
		}
		if !owner.Role.May(token.Role) {
			token.Role = owner.Role
		}
		return err
	})
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && !token.Valid(now):
		a.stranger(r, token, now)
		return data.Actor{}, unauthorized("this token is unknown, revoked or expired: `statusd token create` makes a new one")
	case err != nil:
		return data.Actor{}, err
	case !token.Takes(peer(r)):
		return data.Actor{}, unauthorized("this token is not taken from your address: make one for it, or ask from where it is")
	}
	by := data.Actor{Name: "token:" + token.Name, Role: token.Role, Address: peer(r), Scope: "token:" + token.ID, Scopes: token.Scopes}
	if now.Sub(token.Used) >= time.Minute {
		err := a.Store.Update(r.Context(), func(tx data.Tx) error {
			t, err := tx.Tokens().Get(token.Hash)
			if err != nil {
				return err
			}
			t.Used = now
			return tx.Tokens().Put(t)
		})
		if err != nil { // the request goes on: a full disk must not keep anybody out
			a.Log.Warn("a token's last use could not be written down", "token", token.ID, "error", err)
		}
	}
	return by, nil
}

// Tokens that are unknown, revoked or expired: so many refusals are written down at once, and then ten a minute, whoever sends them.
const (
	strangersAtOnce = 60
	strangersEvery  = 6 * time.Second
)

// stranger writes down that somebody came with a token that is none any more, or never was.
func (a *API) stranger(r *http.Request, token data.Token, now time.Time) {
	a.mu.Lock()
	if a.strangers == nil {
		a.strangers = rate.NewLimiter(rate.Every(strangersEvery), strangersAtOnce)
	}
	allowed := a.strangers.AllowN(now, 1)
	a.mu.Unlock()
	if !allowed {
		return
	}
	name := "stranger"
	if token.Name != "" {
		name = "token:" + token.Name
	}
	a.refused(r.Context(), "token.use", Call{By: data.Actor{Name: name, Address: peer(r)}, ID: token.ID, now: now})
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
