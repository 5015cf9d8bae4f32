package main

import (
	"context"
	"fmt"
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
	Name string `arg:"" help:"What it is for, such as pager."`
	Role string `help:"viewer, responder or admin." default:"responder"`
	Days int    `help:"How long it is valid." default:"90"`
	reach
}

// Run implements the command.
func (c *tokenCreate) Run(ctx context.Context, io streams) error {
	cl, err := c.dial()
	if err != nil {
		return err
	}
	var t api.Token
	err = cl.do(ctx, "POST", "/api/v1/tokens", "", map[string]any{"name": c.Name, "role": c.Role, "days": c.Days}, &t)
	if cerr := cl.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, t)
	}
	fmt.Fprintf(io.err, "Token %s (%s, role %s) is valid until %s. This is the only time its secret is shown:\n", t.ID, t.Name, t.Role, t.Expires.Local().Format(time.DateOnly))
	fmt.Fprintln(io.out, t.Secret)
	return nil
}

type tokenList struct{ reach }

// Run implements the command.
func (c *tokenList) Run(ctx context.Context, io streams) error {
	cl, err := c.dial()
	if err != nil {
		return err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	var list struct{ Tokens []api.Token }
	if err := cl.do(ctx, "GET", "/api/v1/tokens", "", nil, &list); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, list.Tokens)
	}
	if len(list.Tokens) == 0 {
		fmt.Fprintln(io.out, "There are no tokens. `statusd token create NAME` makes one.")
		return nil
	}
	w := tabwriter.NewWriter(io.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tROLE\tVALID UNTIL")
	for _, t := range list.Tokens {
		until := t.Expires.Local().Format(time.DateOnly)
		if t.Revoked != nil {
			until = "revoked " + t.Revoked.Local().Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Role, until)
	}
	return w.Flush()
}

type tokenRevoke struct {
	ID string `arg:"" help:"Which token."`
	reach
}

// Run implements the command.
func (c *tokenRevoke) Run(ctx context.Context, io streams) error {
	if !data.ValidID(c.ID) {
		return usagef("%q is no token's ID: those are 12 characters, see `statusd token list`", c.ID)
	}
	cl, err := c.dial()
	if err != nil {
		return err
	}
	var t api.Token
	err = cl.do(ctx, "POST", "/api/v1/tokens/"+c.ID+"/revoke", "", struct{}{}, &t)
	if cerr := cl.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, t)
	}
	fmt.Fprintf(io.out, "Token %s (%s) is revoked.\n", t.ID, t.Name)
	return nil
}
