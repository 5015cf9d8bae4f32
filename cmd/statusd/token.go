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

type tokenCommand struct {
	Create tokenCreate `cmd:"" help:"Make a token. Its secret is shown once."`
	List   tokenList   `cmd:"" help:"List the tokens, without their secrets."`
	Revoke tokenRevoke `cmd:"" help:"Revoke a token at once."`
}

type tokenCreate struct {
	Name  string   `arg:"" help:"What it is for, such as pager."`
	Role  string   `help:"viewer, responder or admin." default:"responder" placeholder:"ROLE" complete:"role"`
	Days  int      `help:"How long it is valid, 1 to 3650 days." default:"90" placeholder:"N"`
	Scope []string `help:"Allow it this operation only, such as incident.open, or this noun, such as incident. Repeat for more; without it all that the role may." placeholder:"SCOPE" complete:"scope"`
	From  []string `help:"Take it from this network only, such as 192.0.2.0/24. Repeat for more; without it from anywhere." placeholder:"NETWORK"`
	reach
}

// Run implements the command.
func (c *tokenCreate) Run(ctx context.Context, io streams) error {
	if c.Days < 1 {
		return usagef("--days %d: between 1 and 3650 days", c.Days)
	}
	var t api.Token
	wish := api.TokenWish{Name: c.Name, Role: data.Role(c.Role), Days: c.Days, Scopes: c.Scope, From: c.From}
	answer, err := c.post(ctx, "/api/v1/tokens", "", wish, &t)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error {
		fmt.Fprintf(io.err, "Token %s (%s, role %s) is valid until %s. This is the only time its secret is shown:\n", t.ID, t.Name, t.Role, w.at(t.Expires, time.DateOnly))
		_, err := fmt.Fprintln(w, t.Secret)
		return err
	})
}

type tokenList struct{ reach }

// Run implements the command.
func (c *tokenList) Run(ctx context.Context, io streams) error {
	var list api.Tokens
	answer, err := c.get(ctx, "/api/v1/tokens", &list)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(list.Tokens) == 0 {
			fmt.Fprintln(out, "There are no tokens. `statusd token create NAME` makes one.")
			return nil
		}
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tVALID UNTIL\tLAST USED\tFOR\tFROM")
		for _, t := range list.Tokens {
			until := out.at(t.Expires, time.DateOnly)
			if t.Revoked != nil {
				until = "revoked " + out.at(*t.Revoked, time.DateOnly)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Role, until, out.ifEver(t.Used), or(t.Scopes, "all"), or(t.From, "anywhere"))
		}
		return w.Flush()
	})
}

// or is a list in a line, or what none means.
func or(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return strings.Join(list, ",")
}

type tokenRevoke struct {
	ID string `arg:"" help:"Which token." complete:"token"`
	keyed
	reach
}

// Run implements the command.
func (c *tokenRevoke) Run(ctx context.Context, io streams) error {
	if !data.ValidID(c.ID) {
		return usagef("%q is no token's ID: those are 12 characters, see `statusd token list`", c.ID)
	}
	var t api.Token
	answer, err := c.post(ctx, "/api/v1/tokens/"+c.ID+"/revoke", c.key(), struct{}{}, &t)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error {
		_, err := fmt.Fprintf(w, "Token %s (%s) is revoked.\n", t.ID, t.Name)
		return err
	})
}
