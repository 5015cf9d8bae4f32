package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/superoffice/statusd/data"
)

// identity is whom the provider vouches for.
type identity struct {
	subject string
	names   []string // to call the person by, best first
	groups  []string
}

// untrusted is an answer of the provider that lets nobody in. Its text is for the log and holds no secret.
type untrusted struct{ text string }

func (e *untrusted) Error() string { return e.text }

// redeem turns a code into an identity: the token is fetched, and checked by OpenID Connect Core 3.1.3.7. An error is
// errUnreachable or *untrusted.
func (p *provider) redeem(ctx context.Context, at *endpoints, code string, b begun) (identity, error) {
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := at.config.Exchange(ctx, code, oauth2.VerifierOption(b.Verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
		return identity{}, &untrusted{fmt.Sprintf("the token endpoint answered %d %q", refused.Response.StatusCode, clip(refused.ErrorCode))}
	} else if errors.As(err, &refused) {
		return identity{}, fmt.Errorf("%w: the token endpoint answered %d", errUnreachable, refused.Response.StatusCode)
	} else if err != nil {
		return identity{}, fmt.Errorf("%w: the token endpoint: %s", errUnreachable, clip(err.Error()))
	}
	signed, _ := token.Extra("id_token").(string)
	if signed == "" {
		return identity{}, &untrusted{"the token endpoint gave no ID token"}
	}
	id, err := at.verifier.Verify(ctx, signed)
	if err != nil {
		return identity{}, &untrusted{clip(err.Error())}
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return identity{}, &untrusted{"the ID token cannot be read"}
	}
	azp, named := claims["azp"]
	switch {
	case !same(id.Nonce, b.Nonce):
		return identity{}, &untrusted{"the ID token has another nonce"}
	case (named || len(id.Audience) > 1) && azp != any(p.o.ClientID):
		return identity{}, &untrusted{"the ID token was made for another client"}
	case id.Subject == "" || len(id.Subject) > 255: // OpenID Connect Core 2
		return identity{}, &untrusted{"the ID token names nobody"}
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return identity{}, &untrusted{"the ID token and the access token do not belong together"}
	}
	// With a code, providers may keep claims for the userinfo endpoint (OpenID Connect Core 5.4).
	if _, there := claims[p.o.GroupsClaim]; !there && at.provider.UserInfoEndpoint() != "" {
		more, err := at.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return identity{}, fmt.Errorf("%w: the userinfo endpoint: %s", errUnreachable, clip(err.Error()))
		}
		if more.Subject != id.Subject {
			return identity{}, &untrusted{"the userinfo endpoint speaks of somebody else"}
		}
		var others map[string]any
		if err := more.Claims(&others); err != nil {
			return identity{}, &untrusted{"the userinfo endpoint's answer cannot be read"}
		}
		for k, v := range others {
			if _, there := claims[k]; !there {
				claims[k] = v
			}
		}
	}
	return identity{subject: id.Subject, names: namesOf(claims), groups: textsOf(claims[p.o.GroupsClaim])}, nil
}

// namesOf returns what a person may be called by, best first.
func namesOf(claims map[string]any) []string {
	var out []string
	for _, key := range []string{"preferred_username", "email", "sub"} {
		if s, ok := claims[key].(string); ok && s != "" {
			out = append(out, s)
		}
	}
	return out
}

// textsOf reads a claim that is a text or a list of texts; anything else in it is no group.
func textsOf(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// roleOf is the highest role that the groups give, or "".
func roleOf(groups []string, roles map[string]data.Role) data.Role {
	var best data.Role
	for _, g := range groups {
		if r := roles[g]; r.May(data.Viewer) && !best.May(r) {
			best = r
		}
	}
	return best
}

// nameFor picks the first name that fits in one line, and tells two operators of the same name apart by the ID, so that the
// audit log cannot be led astray by somebody who calls himself like another.
func nameFor(tx data.Tx, id string, names []string) (string, error) {
	name := id
	for _, n := range names {
		if clean, err := data.CleanLine("name", n, maxName); err == nil {
			name = clean
			break
		}
	}
	all, err := data.All(tx.Operators().Range("", ""))
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(all, func(o data.Operator) bool { return o.ID != id && o.Name == name }) {
		name += " (" + id + ")"
	}
	return name, nil
}

// maxName is how many characters of a name there may be.
const maxName = 64

// errorCode is the error that a provider sends people back with (RFC 6749 4.1.2.1), or something like it; unreadable ones are
// "error".
func errorCode(s string) string {
	if len(s) > 64 {
		return "error"
	}
	for _, c := range []byte(s) {
		if c != '_' && (c < 'a' || c > 'z') {
			return "error"
		}
	}
	return s
}

// begun is what a sign-in needs to be finished, kept in a cookie of its own.
type begun struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Return   string `json:"r"`
	At       int64  `json:"t"` // Unix seconds
	Old      string `json:"o,omitempty"`
}

func (b begun) encode() (string, error) {
	j, err := json.Marshal(b)
	return encoding.EncodeToString(j), err
}
