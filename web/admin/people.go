package admin

import (
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

func langName(lang string) string { return i18n.Lang(lang).Name() }

type operatorsView struct {
	Rows    []operatorView
	Key     string
	Problem string
}

type operatorView struct {
	ID, Name, Provider, Role string
	Created, SignedIn        at
	Disabled                 at
	Sessions                 int
	Roles                    []option
	Key                      string
}

var roleOptions = []option{{"viewer", "viewer"}, {"responder", "responder"}, {"admin", "admin"}}

func (p *Pages) operators(v *visit) error { return p.showOperators(v, http.StatusOK, "") }

func (p *Pages) showOperators(v *visit, status int, problem string) error {
	var list api.Operators
	if err := p.ask(v, "operator.list", api.Call{}, &list); err != nil {
		return err
	}
	view := operatorsView{Problem: problem}
	for _, o := range list.Operators {
		view.Rows = append(view.Rows, operatorView{
			o.ID, o.Name, o.Provider, string(o.Role), p.when(o.Created), p.whenOf(o.SignedIn), p.whenOf(o.Disabled), o.Sessions, roleOptions, data.NewID(),
		})
	}
	return p.render(v.w, v.r, status, "operators", "Operators", view)
}

func (p *Pages) actOnOperator(v *visit) error {
	id, act := v.r.PathValue("id"), v.r.PathValue("act")
	in := any(struct{}{})
	switch act {
	case "role":
		in = api.RoleChange{Role: data.Role(v.r.PostForm.Get("role"))}
	case "disable", "enable":
	default:
		return data.NotFound("act", act)
	}
	var o api.Operator
	err := p.send(v, "operator."+act, api.Call{ID: id}, in, &o)
	if status, message, _, ok := refusal(err); ok {
		return p.showOperators(v, status, message)
	} else if err != nil {
		return err
	}
	return v.see("/operators")
}

type tokensView struct {
	Rows    []tokenView
	Key     string
	Problem string
	Field   string
	Made    *api.Token // with its secret, once
	Name    string
	Role    string
	Days    string
	Scopes  string
	From    string
	Roles   []option
}

type tokenView struct {
	api.Token
	Created, Expires, Used, Revoked at
	Dead                            bool
	Scope, Networks                 string
}

func (p *Pages) tokens(v *visit) error {
	return p.showTokens(v, http.StatusOK, tokensView{Role: "responder", Days: "90"})
}

func (p *Pages) showTokens(v *visit, status int, view tokensView) error {
	var list api.Tokens
	if err := p.ask(v, "token.list", api.Call{}, &list); err != nil {
		return err
	}
	now := time.Now()
	view.Key, view.Roles = data.NewID(), roleOptions
	for _, t := range list.Tokens {
		row := tokenView{
			Token: t, Created: p.when(t.Created), Expires: p.when(t.Expires), Used: p.whenOf(t.Used), Revoked: p.whenOf(t.Revoked),
			Scope: strings.Join(t.Scopes, " "), Networks: strings.Join(t.From, " "),
		}
		row.Dead = t.Revoked != nil || !t.Expires.After(now)
		view.Rows = append(view.Rows, row)
	}
	return p.render(v.w, v.r, status, "tokens", "Tokens", view)
}

// createToken answers with the page itself, not with a redirect: the secret is shown in this answer and nowhere else.
func (p *Pages) createToken(v *visit) error {
	form := v.r.PostForm
	view := tokensView{Name: form.Get("name"), Role: form.Get("role"), Days: form.Get("days"), Scopes: form.Get("scopes"), From: form.Get("from")}
	wish := api.TokenWish{
		Name: view.Name, Role: data.Role(view.Role), Days: number(view.Days), Scopes: strings.Fields(strings.ReplaceAll(view.Scopes, ",", " ")),
		From: strings.Fields(strings.ReplaceAll(view.From, ",", " ")),
	}
	var t api.Token
	err := p.send(v, "token.create", api.Call{}, wish, &t)
	if status, message, field, ok := refusal(err); ok {
		view.Problem, view.Field = message, field
		return p.showTokens(v, status, view)
	} else if err != nil {
		return err
	}
	return p.showTokens(v, http.StatusCreated, tokensView{Made: &t, Role: "responder", Days: "90"})
}

func (p *Pages) revokeToken(v *visit) error {
	var t api.Token
	err := p.send(v, "token.revoke", api.Call{ID: v.r.PathValue("id")}, struct{}{}, &t)
	if status, message, _, ok := refusal(err); ok {
		return p.showTokens(v, status, tokensView{Problem: message, Role: "responder", Days: "90"})
	} else if err != nil {
		return err
	}
	return v.see("/tokens")
}
