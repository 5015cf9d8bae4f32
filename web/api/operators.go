package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Operator is what is shown of a person who may sign in.
type Operator struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Provider string     `json:"provider,omitempty" doc:"Issuer of the identity; absent for one who comes by links from the host."`
	Role     data.Role  `json:"role" enum:"viewer,responder,admin"`
	Created  time.Time  `json:"created_at"`
	SignedIn *time.Time `json:"signed_in_at"`
	Disabled *time.Time `json:"disabled_at"`
	Sessions int        `json:"sessions" doc:"How many browsers are signed in now."`
}

// Operators is a list, by name.
type Operators struct {
	Operators []Operator `json:"operators"`
}

// RoleChange gives an operator another role. Those who sign in by the provider get their role from their groups again the
// next time.
type RoleChange struct {
	Role data.Role `json:"role" enum:"viewer,responder,admin"`
}

// LinkWish asks for a single-use sign-in link.
type LinkWish struct {
	Name string    `json:"name" doc:"Whose it is, by ID or name: of an operator who comes by the provider too, or of somebody new."`
	Role data.Role `json:"role,omitempty" enum:"viewer,responder,admin" doc:"Without it: the role that this operator has, or responder."`
}

// SignInLink signs somebody in once.
type SignInLink struct {
	Operator string    `json:"operator"`
	Role     data.Role `json:"role"`
	URL      string    `json:"url" doc:"Only in this answer. It works once."`
	Expires  time.Time `json:"expires_at"`
}

// Me is who asks.
type Me struct {
	Name    string    `json:"name"`
	Role    data.Role `json:"role"`
	Address string    `json:"address"`
	Scopes  []string  `json:"scopes,omitempty"`
}

const operatorPath = "/api/v1/operators/{id}"

func operatorOps() []Op {
	return []Op{
		{
			Name: "operator.me", Method: "GET", Path: "/api/v1/me", Need: data.Viewer, Out: Me{},
			Summary: "Say who you are here.",
			read: func(_ *API, _ data.Tx, c *Call) (any, error) {
				return Me{Name: c.By.Name, Role: c.By.Role, Address: c.By.Address, Scopes: c.By.Scopes}, nil
			},
		},
		{
			Name: "operator.list", Method: "GET", Path: "/api/v1/operators", Need: data.Admin, Out: Operators{},
			Summary: "List those who may sign in.", read: listOperators,
		},
		{
			Name: "operator.role", Method: "POST", Path: operatorPath + "/role", Need: data.Admin, In: RoleChange{}, Out: Operator{},
			Summary: "Change a role. The operator's sessions end.", write: changeRole,
		},
		{
			Name: "operator.disable", Method: "POST", Path: operatorPath + "/disable", Need: data.Admin, In: struct{}{}, Out: Operator{},
			Summary: "Keep an operator out, at once and everywhere.",
			write: func(_ *API, tx data.Tx, c *Call) (*result, error) {
				return changeOperator(tx, c, func(o *data.Operator) {
					if o.Disabled.IsZero() {
						o.Disabled = c.now
					}
				})
			},
		},
		{
			Name: "operator.enable", Method: "POST", Path: operatorPath + "/enable", Need: data.Admin, In: struct{}{}, Out: Operator{},
			Summary: "Let an operator in again.",
			write: func(_ *API, tx data.Tx, c *Call) (*result, error) {
				return changeOperator(tx, c, func(o *data.Operator) { o.Disabled = time.Time{} })
			},
		},
		{
			Name: "operator.link", Method: "POST", Path: "/api/v1/operators/link", Need: data.Admin, In: LinkWish{}, Out: SignInLink{}, Status: http.StatusCreated, Secret: true,
			Summary: "Issue a single-use sign-in link, for the day the provider is down. Only from the host.", write: issueLink,
		},
	}
}

func operatorOf(o data.Operator) Operator {
	v := Operator{ID: o.ID, Name: o.Name, Provider: o.Provider, Role: o.Role, Created: o.Created}
	if !o.SignedIn.IsZero() {
		v.SignedIn = &o.SignedIn
	}
	if !o.Disabled.IsZero() {
		v.Disabled = &o.Disabled
	}
	return v
}

func listOperators(_ *API, tx data.Tx, c *Call) (any, error) {
	all, err := data.All(tx.Operators().Range("", ""))
	if err != nil {
		return nil, err
	}
	sessions := map[string]int{}
	for s, err := range tx.Sessions().Range("", "") {
		if err != nil {
			return nil, err
		}
		if s.Valid(c.now) {
			sessions[s.Operator]++
		}
	}
	out := Operators{Operators: []Operator{}}
	for _, o := range all {
		v := operatorOf(o)
		v.Sessions = sessions[o.ID]
		out.Operators = append(out.Operators, v)
	}
	slices.SortFunc(out.Operators, func(a, b Operator) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func changeRole(_ *API, tx data.Tx, c *Call) (*result, error) {
	var p RoleChange
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	if !p.Role.May(data.Viewer) {
		return nil, data.Invalid("role", fmt.Sprintf("%q is no role: use viewer, responder or admin", p.Role))
	}
	role := p.Role
	c.Body = nil
	return changeOperator(tx, c, func(o *data.Operator) { o.Role = role })
}

// changeOperator changes one and ends the sessions that stood on what was before.
func changeOperator(tx data.Tx, c *Call, change func(*data.Operator)) (*result, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	o, err := tx.Operators().Get(c.ID)
	if errors.Is(err, data.ErrNotFound) || c.ID == "" {
		return nil, data.NotFound("operator", c.ID)
	} else if err != nil {
		return nil, err
	}
	before := operatorOf(o)
	was := o
	change(&o)
	if o != was {
		if _, err := data.EndSessions(tx, o.ID); err != nil {
			return nil, err
		}
	}
	after := operatorOf(o)
	return &result{body: after, object: o.ID, before: before, after: after}, tx.Operators().Put(o)
}

// issueLink is for one who is on the host: whoever can open the socket may become anybody anyway, and nobody else may.
func issueLink(a *API, tx data.Tx, c *Call) (*result, error) {
	var p LinkWish
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	if c.By.Address != Local {
		return nil, data.Forbidden("a sign-in link is issued on the host: run `statusd operator link NAME` there")
	}
	if a.IssueLink == nil {
		return nil, data.Conflict("nobody can sign in at a service that is not running: start it with `statusd serve` first")
	}
	link, err := a.IssueLink(tx, p.Name, p.Role, c.By, c.now)
	if err != nil {
		return nil, err
	}
	o, err := tx.Operators().Get(link.Operator)
	if err != nil {
		return nil, err
	}
	shown := SignInLink{Operator: o.Name, Role: o.Role, URL: link.URL, Expires: link.Expires}
	kept := shown
	kept.URL = ""
	return &result{body: shown, object: o.ID, after: kept}, nil
}

// IssuedLink is what issuing a sign-in link gives.
type IssuedLink struct {
	Operator string // ID
	URL      string
	Expires  time.Time
}
