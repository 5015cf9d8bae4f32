package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

type actorKey struct{}

// WithActor says who is behind every request of a connection: the local socket's, where whoever can open it is an
// operator.
func WithActor(ctx context.Context, o data.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, o)
}

// operator finds out who asks: the connection's own operator, else the token in the Authorization header. Tokens are
// looked up at every request, so a revoked one is dead at once.
func (a *API) operator(r *http.Request) (data.Actor, error) {
	if o, ok := r.Context().Value(actorKey{}).(data.Actor); ok {
		return o, nil
	}
	unauthorized := func(message string) error {
		return &ui.StatusError{
			Status: http.StatusUnauthorized, Message: message, Header: http.Header{"Www-Authenticate": {`Bearer realm="statusd"`}},
		}
	}
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case r.Header.Get("Authorization") == "":
		return data.Actor{}, unauthorized("send a token as Authorization: Bearer sp_…; `statusd token create` makes one")
	case !ok || !data.WellFormedSecret(secret):
		return data.Actor{}, unauthorized("this is not a whole token: it begins with sp_ and was shown once when it was made")
	}
	var token data.Token
	err := a.Store.View(r.Context(), func(tx data.Tx) (err error) {
		token, err = tx.Tokens().Get(data.HashSecret(secret))
		return err
	})
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && !token.Valid(time.Now()):
		return data.Actor{}, unauthorized("this token is unknown, revoked or expired: `statusd token create` makes a new one")
	case err != nil:
		return data.Actor{}, err
	}
	return data.Actor{Name: "token:" + token.Name, Role: token.Role, Address: peer(r), Scope: "token:" + token.ID}, nil
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
