package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/superoffice/statusd/data"
)

type auditCommand struct {
	List   auditList   `cmd:"" default:"withargs" help:"Show the newest entries."`
	Verify auditVerify `cmd:"" help:"Check that no entry was changed or taken out."`
}

type auditLog struct {
	Entries  []data.AuditEntry `json:"entries"`
	Count    int               `json:"count"`
	Verified bool              `json:"verified"`
	Problem  string            `json:"problem,omitempty"`
}

func (r reach) audit(ctx context.Context) (auditLog, error) {
	var log auditLog
	cl, err := r.dial()
	if err != nil {
		return log, err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	return log, cl.do(ctx, "GET", "/api/v1/audit", "", nil, &log)
}

type auditList struct{ reach }

// Run implements the command.
func (c *auditList) Run(ctx context.Context, io streams) error {
	log, err := c.audit(ctx)
	if err != nil {
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
	log, err := c.audit(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		log.Entries = nil
		if err := writeJSON(io.out, log); err != nil {
			return err
		}
	} else if log.Verified {
		fmt.Fprintf(io.out, "The chain of %d entries is whole.\n", log.Count)
	} else {
		fmt.Fprintf(io.out, "The chain is broken: %s. Compare it with the newest backup.\n", log.Problem)
	}
	if !log.Verified {
		return errSilent
	}
	return nil
}
