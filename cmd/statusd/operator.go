package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type operatorCommand struct {
	Link    operatorLink    `cmd:"" help:"Issue a single-use sign-in link, on the host of the service, for the day the provider is down."`
	List    operatorList    `cmd:"" help:"List those who may sign in."`
	Role    operatorRole    `cmd:"" help:"Give an operator another role; the operator's sessions end."`
	Disable operatorDisable `cmd:"" help:"Keep an operator out, at once and everywhere."`
	Enable  operatorEnable  `cmd:"" help:"Let an operator in again."`
}

type operatorLink struct {
	Name string `arg:"" help:"Whose link it is, by ID or name: of an operator who comes by the provider too, or of somebody new."`
	Role string `help:"viewer, responder or admin; without it the role that this operator has, or responder." placeholder:"ROLE" complete:"role"`
	reach
}

// Run implements the command.
func (c *operatorLink) Run(ctx context.Context, io streams) error {
	if c.Server != "" {
		return usagef("a sign-in link is issued on the host of the service only: leave --server out")
	}
	var link api.SignInLink
	answer, err := c.post(ctx, "/api/v1/operators/link", "", api.LinkWish{Name: c.Name, Role: data.Role(c.Role)}, &link)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error {
		fmt.Fprintf(harmless{io.err}, "This signs %s in (role %s), once, until %s:\n", link.Operator, link.Role, w.at(link.Expires, "15:04:05 MST"))
		_, err := fmt.Fprintln(w, link.URL)
		return err
	})
}

type operatorList struct{ reach }

// Run implements the command.
func (c *operatorList) Run(ctx context.Context, io streams) error {
	var list api.Operators
	answer, err := c.get(ctx, "/api/v1/operators", &list)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(list.Operators) == 0 {
			fmt.Fprintln(out, "Nobody has signed in yet. `statusd operator link NAME` lets somebody in.")
			return nil
		}
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tSIGNED IN\tBROWSERS\tBY")
		for _, o := range list.Operators {
			by := o.Provider
			if by == "" {
				by = "link"
			}
			if o.Disabled != nil {
				by = "disabled " + out.at(*o.Disabled, time.DateOnly)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", o.ID, o.Name, o.Role, out.ifEver(o.SignedIn), o.Sessions, by)
		}
		return w.Flush()
	})
}

// ifEver is a time, or never.
func (w writer) ifEver(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return w.minute(*t)
}

// whichOperator is the argument of commands about one operator.
type whichOperator struct {
	Operator string `arg:"" help:"Which operator, by ID or by the whole name." complete:"operator"`
	keyed
	reach
}

// change does something to the operator and shows what came of it.
func (c whichOperator) change(ctx context.Context, io streams, verb string, body any, words func(api.Operator) string) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	var o api.Operator
	answer, err := c.post(ctx, "/api/v1/operators/"+id+"/"+verb, c.key(), body, &o)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { _, err := fmt.Fprintln(w, words(o)); return err })
}

// id finds the operator: by ID, and else by name, since a name may look like an ID.
func (c whichOperator) id(ctx context.Context) (string, error) {
	var list api.Operators
	if _, err := c.get(ctx, "/api/v1/operators", &list); err != nil {
		return "", err
	}
	var found []string
	for _, o := range list.Operators {
		if o.ID == c.Operator {
			return o.ID, nil
		}
		if (data.Operator{ID: o.ID, Name: o.Name}).Called(c.Operator) {
			found = append(found, o.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", usagef("there is no operator %q: see `statusd operator list`", c.Operator)
	case 1:
		return found[0], nil
	}
	return "", usagef("%d operators are called %q, name one by ID: %s", len(found), c.Operator, strings.Join(found, ", "))
}

type operatorRole struct {
	whichOperator
	Role string `arg:"" help:"viewer, responder or admin." complete:"role"`
}

// Run implements the command.
func (c *operatorRole) Run(ctx context.Context, io streams) error {
	return c.change(ctx, io, "role", api.RoleChange{Role: data.Role(c.Role)}, func(o api.Operator) string {
		return fmt.Sprintf("%s (%s) has the role %s now.", o.Name, o.ID, o.Role)
	})
}

type operatorDisable struct{ whichOperator }

// Run implements the command.
func (c *operatorDisable) Run(ctx context.Context, io streams) error {
	return c.change(ctx, io, "disable", struct{}{}, func(o api.Operator) string {
		return fmt.Sprintf("%s (%s) is kept out.", o.Name, o.ID)
	})
}

type operatorEnable struct{ whichOperator }

// Run implements the command.
func (c *operatorEnable) Run(ctx context.Context, io streams) error {
	return c.change(ctx, io, "enable", struct{}{}, func(o api.Operator) string {
		return fmt.Sprintf("%s (%s) may sign in again, with the role %s.", o.Name, o.ID, o.Role)
	})
}

type whoamiCommand struct{ reach }

// Run implements the command.
func (c *whoamiCommand) Run(ctx context.Context, io streams) error {
	var me api.Me
	answer, err := c.get(ctx, "/api/v1/me", &me)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error {
		text := fmt.Sprintf("You are %s, with the role %s, from %s.", me.Name, me.Role, me.Address)
		if len(me.Scopes) > 0 {
			text += " Only for " + strings.Join(me.Scopes, ", ") + "."
		}
		_, err := fmt.Fprintln(w, text)
		return err
	})
}
