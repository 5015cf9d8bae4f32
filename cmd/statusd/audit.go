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
	List   auditList   `cmd:"" default:"withargs" help:"Show who did what, newest first."`
	Verify auditVerify `cmd:"" help:"Check that no entry was changed or taken out."`
}

type auditList struct {
	Object string `help:"Only what was done to this object: an incident, a token or an operator." placeholder:"ID" complete:"incident"`
	Limit  int    `help:"How many entries, 1 to 500." default:"100" placeholder:"N"`
	Before uint64 `help:"Only those older than the entry of this number." placeholder:"NO"`
	reach
}

// Run implements the command.
func (c *auditList) Run(ctx context.Context, io streams) error {
	q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	object := ""
	if c.Object != "" {
		q.Set("object", c.Object)
		object = " --object " + quoted(c.Object)
	}
	if c.Before > 0 {
		q.Set("before", strconv.FormatUint(c.Before, 10))
	}
	var log api.AuditLog
	answer, err := c.get(ctx, "/api/v1/audit?"+q.Encode(), &log)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(log.Entries) == 0 {
			fmt.Fprintln(out, "There is no such entry.")
			return nil
		}
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "NO\tTIME\tWHO\tFROM\tWHAT\tOF\tOUTCOME")
		for _, e := range log.Entries {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Seq, out.second(e.At), e.Actor, e.Address, e.Action, e.Object, e.Outcome)
		}
		if err := w.Flush(); err != nil || log.Next == "" {
			return err
		}
		_, err := fmt.Fprintf(out, "Older ones: statusd audit list%s --limit %d --before %s%s\n", object, c.Limit, log.Next, c.again())
		return err
	})
}

type auditVerify struct{ reach }

// Run implements the command.
func (c *auditVerify) Run(ctx context.Context, io streams) error {
	return c.verify(ctx, io, "/api/v1/audit/verify", "entries", "compare it with the one that the service logs every day")
}

// verify asks the service whether a chain is whole, and says so of what it consists of and what to do with its head. A broken one is
// an exit status of its own.
func (r reach) verify(ctx context.Context, io streams, path, of, head string) error {
	var v api.Verification
	answer, err := r.get(ctx, path, &v)
	if err != nil {
		return err
	}
	err = r.show(io, answer, func(w writer) error {
		text := fmt.Sprintf("The chain of %d %s is whole.", v.Count, of)
		if v.Head != "" {
			text += " Its head is " + v.Head + "; " + head + "."
		}
		if !v.Verified {
			text = fmt.Sprintf("The chain is broken: %s. Keep the file as it is, and compare it with the newest backup.", v.Problem)
		}
		_, err := fmt.Fprintln(w, text)
		return err
	})
	if err == nil && !v.Verified {
		return errSilent
	}
	return err
}
