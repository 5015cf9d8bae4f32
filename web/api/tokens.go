package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Token is what is shown of a token.
type Token struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Role    data.Role  `json:"role"`
	Created time.Time  `json:"created_at"`
	Expires time.Time  `json:"expires_at"`
	Revoked *time.Time `json:"revoked_at"`
	Secret  string     `json:"secret,omitempty"` // only in the answer to its making
}

func tokenOf(t data.Token) Token {
	v := Token{ID: t.ID, Name: t.Name, Role: t.Role, Created: t.Created, Expires: t.Expires}
	if !t.Revoked.IsZero() {
		v.Revoked = &t.Revoked
	}
	return v
}

// TokenLife is how long a token is valid when nothing else is asked for.
const TokenLife = 90 * 24 * time.Hour

// CreateToken handles POST /api/v1/tokens. The secret is in this answer and nowhere else, so it takes no idempotency key:
// a lost answer is a lost token, to be revoked and made anew.
func (a *API) CreateToken() http.Handler {
	create := a.act("token.create", data.Admin, func(tx data.Tx, r *request) (*result, error) {
		var p struct {
			Name string    `json:"name"`
			Role data.Role `json:"role"`
			Days int       `json:"days"`
		}
		if err := r.decode(&p); err != nil {
			return nil, err
		}
		name, err := data.CleanLine("name", p.Name, 64)
		if err != nil {
			return nil, err
		}
		if p.Role == "" {
			p.Role = data.Responder
		}
		if !p.Role.May(data.Viewer) {
			return nil, data.Invalid("role", fmt.Sprintf("%q is no role: use viewer, responder or admin", p.Role))
		}
		if p.Days < 0 || p.Days > 3650 {
			return nil, data.Invalid("days", "between 1 and 3650 days; leave it out for 90")
		}
		life := TokenLife
		if p.Days > 0 {
			life = time.Duration(p.Days) * 24 * time.Hour
		}
		for t, err := range tx.Tokens().Range("", "") {
			if err != nil {
				return nil, err
			}
			if t.Name == name && t.Valid(r.now) { // the audit log names tokens
				return nil, data.Conflict(fmt.Sprintf("there is a token %q already: take another name, or revoke %s first", name, t.ID))
			}
		}
		secret, hash := data.NewSecret()
		t := data.Token{Hash: hash, ID: data.NewID(), Name: name, Role: p.Role, Created: r.now, Expires: r.now.Add(life), By: r.by.Name}
		if err := tx.Tokens().Put(t); err != nil {
			return nil, err
		}
		shown := tokenOf(t)
		kept := shown
		shown.Secret = secret
		return &result{status: http.StatusCreated, body: shown, object: t.ID, after: kept}, nil
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Idempotency-Key")
		create.ServeHTTP(w, r)
	})
}

// RevokeToken handles POST /api/v1/tokens/{id}/revoke.
func (a *API) RevokeToken() http.Handler {
	return a.act("token.revoke", data.Admin, func(tx data.Tx, r *request) (*result, error) {
		for t, err := range tx.Tokens().Range("", "") {
			if err != nil {
				return nil, err
			}
			if t.ID != r.id {
				continue
			}
			before := tokenOf(t)
			if t.Revoked.IsZero() {
				t.Revoked = r.now
			}
			return &result{status: http.StatusOK, body: tokenOf(t), object: t.ID, before: before, after: tokenOf(t)}, tx.Tokens().Put(t)
		}
		return nil, data.NotFound("token", r.id)
	})
}

// ListTokens handles GET /api/v1/tokens, newest first, without secrets.
func (a *API) ListTokens() http.Handler {
	return a.read(data.Admin, func(tx data.Tx, _ *http.Request) (any, error) {
		all, err := data.All(tx.Tokens().Range("", ""))
		if err != nil {
			return nil, err
		}
		slices.SortFunc(all, func(a, b data.Token) int { return b.Created.Compare(a.Created) })
		out := struct {
			Tokens []Token `json:"tokens"`
		}{Tokens: []Token{}}
		for _, t := range all {
			out.Tokens = append(out.Tokens, tokenOf(t))
		}
		return out, nil
	})
}
