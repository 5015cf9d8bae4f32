package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"text/tabwriter"

	"github.com/superoffice/statusd/web/api"
)

type auditCommand struct {
	List   auditList   `cmd:"" default:"withargs" help:"Show the newest entries."`
	Verify auditVerify `cmd:"" help:"Check that no entry was changed or taken out."`
}

type auditList struct {
	Object string `help:"Only what was done to this object: an incident's ID, a token's, an operator's." placeholder:"ID"`
	Limit  int    `help:"How many entries, 1 to 500." default:"100"`
	reach
}

// Run implements the command.
func (c *auditList) Run(ctx context.Context, io streams) error {
	cl, err := c.dial()
	if err != nil {
		return err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	if c.Object != "" {
		q.Set("object", c.Object)
	}
	var log api.AuditLog
	if err := cl.do(ctx, "GET", "/api/v1/audit?"+q.Encode(), "", nil, &log); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, log.Entries)
	}
	w := tabwriter.NewWriter(io.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "NO\tTIME\tWHO\tFROM\tWHAT\tOF\tOUTCOME")
	for _, e := range log.Entries {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Seq, e.At.Local().Format("2006-01-02 15:04:05 MST"), e.Actor, e.Address, e.Action, e.Object, e.Outcome)
	}
	return w.Flush()
}

type auditVerify struct{ reach }

// Run implements the command.
func (c *auditVerify) Run(ctx context.Context, io streams) error {
	cl, err := c.dial()
	if err != nil {
		return err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	var v api.Verification
	if err := cl.do(ctx, "GET", "/api/v1/audit/verify", "", nil, &v); err != nil {
		return err
	}
	switch {
	case c.JSON:
		if err := writeJSON(io.out, v); err != nil {
			return err
		}
	case v.Verified:
		fmt.Fprintf(io.out, "The chain of %d entries is whole.\n", v.Count)
	default:
		fmt.Fprintf(io.out, "The chain is broken: %s. Compare it with the newest backup.\n", v.Problem)
	}
	if !v.Verified {
		return errSilent
	}
	return nil
}
