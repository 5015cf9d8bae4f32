package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Token is what is shown of a token.
type Token struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Role    data.Role  `json:"role" enum:"viewer,responder,admin"`
	Scopes  []string   `json:"scopes,omitempty" doc:"Operations or nouns it may use; absent means all that the role may."`
	From    []string   `json:"from,omitempty" doc:"Networks it is taken from, as CIDR; absent means anywhere."`
	By      string     `json:"by"`
	Created time.Time  `json:"created_at"`
	Expires time.Time  `json:"expires_at"`
	Used    *time.Time `json:"used_at"`
	Revoked *time.Time `json:"revoked_at"`
	Secret  string     `json:"secret,omitempty" doc:"Only in the answer to its making."`
}

// TokenWish is a token to be made.
type TokenWish struct {
	Name   string    `json:"name" doc:"What it is for, such as pager."`
	Role   data.Role `json:"role,omitempty" enum:"viewer,responder,admin" doc:"Without it: responder."`
	Days   int       `json:"days,omitempty" doc:"How long it is valid, 1 to 3650; without it 90."`
	Scopes []string  `json:"scopes,omitempty" doc:"Operations such as incident.open, or nouns such as incident."`
	From   []string  `json:"from,omitempty" doc:"Networks it is taken from, as CIDR."`
}

// Tokens is a list, newest first.
type Tokens struct {
	Tokens []Token `json:"tokens"`
}

func tokenOf(t data.Token) Token {
	v := Token{ID: t.ID, Name: t.Name, Role: t.Role, Scopes: t.Scopes, From: t.From, By: t.By, Created: t.Created, Expires: t.Expires}
	if !t.Revoked.IsZero() {
		v.Revoked = &t.Revoked
	}
	if !t.Used.IsZero() {
		v.Used = &t.Used
	}
	return v
}

// TokenLife is how long a token is valid when nothing else is asked for.
const TokenLife = 90 * 24 * time.Hour

func tokenOps() []Op {
	return []Op{
		{
			Name: "token.list", Method: "GET", Path: "/api/v1/tokens", Need: data.Admin, Out: Tokens{},
			Summary: "List the tokens, without their secrets.", read: listTokens,
		},
		{
			Name: "token.create", Method: "POST", Path: "/api/v1/tokens", Need: data.Admin, In: TokenWish{}, Out: Token{}, Status: http.StatusCreated, Secret: true,
			Summary: "Make a token. Its secret is in this answer and nowhere else.", write: createToken,
		},
		{
			Name: "token.revoke", Method: "POST", Path: "/api/v1/tokens/{id}/revoke", Need: data.Admin, In: struct{}{}, Out: Token{},
			Summary: "Revoke a token at once.", write: revokeToken,
		},
	}
}

// createToken takes no idempotency key: a lost answer is a lost token, to be revoked and made anew.
func createToken(_ *API, tx data.Tx, c *Call) (*result, error) {
	var p TokenWish
	if err := c.decode(&p); err != nil {
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
	if err := checkScopes(p.Scopes); err != nil {
		return nil, err
	}
	for _, network := range p.From {
		if prefix, err := netip.ParsePrefix(network); err != nil || prefix != prefix.Masked() {
			return nil, data.Invalid("from", fmt.Sprintf("%q is no network: write it as 192.0.2.0/24 or 2001:db8::/32", network))
		}
	}
	for t, err := range tx.Tokens().Range("", "") {
		if err != nil {
			return nil, err
		}
		if t.Name == name && t.Valid(c.now) { // the audit log names tokens
			return nil, data.Conflict(fmt.Sprintf("there is a token %q already: take another name, or revoke %s first", name, t.ID))
		}
	}
	secret, hash := data.NewSecret()
	t := data.Token{
		Hash: hash, ID: data.NewID(), Name: name, Role: p.Role, Scopes: p.Scopes, From: p.From,
		Created: c.now, Expires: c.now.Add(life), By: c.By.Name, Owner: strings.TrimPrefix(c.By.Scope, "operator:"),
	}
	if t.Owner == c.By.Scope { // not signed in
		t.Owner = ""
	}
	if err := tx.Tokens().Put(t); err != nil {
		return nil, err
	}
	shown := tokenOf(t)
	kept := shown
	shown.Secret = secret
	return &result{body: shown, object: t.ID, after: kept}, nil
}

// checkScopes refuses a scope that nothing has: a misspelt one would lock its program out.
func checkScopes(scopes []string) error {
	known := []string{backupName, "backup"} // no Op
	for _, op := range ops() {
		noun, _, _ := strings.Cut(op.Name, ".")
		known = append(known, op.Name, noun)
	}
	for _, s := range scopes {
		if !slices.Contains(known, s) {
			nouns := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return strings.Contains(k, ".") })
			slices.Sort(nouns)
			return data.Invalid("scopes", fmt.Sprintf("%q is no operation: use a noun (%s), or one of its operations such as incident.open", s, strings.Join(slices.Compact(nouns), ", ")))
		}
	}
	return nil
}

func revokeToken(_ *API, tx data.Tx, c *Call) (*result, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	for t, err := range tx.Tokens().Range("", "") {
		if err != nil {
			return nil, err
		}
		if t.ID != c.ID {
			continue
		}
		before := tokenOf(t)
		if t.Revoked.IsZero() {
			t.Revoked = c.now
		}
		return &result{body: tokenOf(t), object: t.ID, before: before, after: tokenOf(t)}, tx.Tokens().Put(t)
	}
	return nil, data.NotFound("token", c.ID)
}

func listTokens(_ *API, tx data.Tx, _ *Call) (any, error) {
	all, err := data.All(tx.Tokens().Range("", ""))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b data.Token) int { return b.Created.Compare(a.Created) })
	out := Tokens{Tokens: []Token{}}
	for _, t := range all {
		out.Tokens = append(out.Tokens, tokenOf(t))
	}
	return out, nil
}
