package main

import (
	"context"
	"fmt"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
)

type noticesCommand struct {
	Month string `arg:"" optional:"" help:"The month, such as 2026-04; without one the running month."`
	reach
}

// Run implements the command. A notice that was missed is a result, and no failure of the command.
func (c *noticesCommand) Run(ctx context.Context, io streams) error {
	month := c.Month
	if month == "" {
		month = time.Now().Format("2006-01")
		if cfg, err := c.read(); err == nil {
			month = ledger.Months(time.Now(), cfg.Page.Zone, 1)[0]
		}
	} else if _, _, err := ledger.Bounds(month, time.UTC); err != nil {
		return usageError{err}
	}
	var v api.NoticesKept
	answer, err := c.get(ctx, "/api/v1/notices/"+url.PathEscape(month), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return writeNotices(w, v) })
}

func writeNotices(out writer, v api.NoticesKept) error {
	soFar := ""
	if v.SoFar {
		soFar = " so far"
	}
	if len(v.Notices) == 0 {
		_, err := fmt.Fprintf(out, "No window of %s%s had a notice to keep.\n", v.Month, soFar)
		return err
	}
	kept, windows := 0, 0
	for _, n := range v.Notices {
		if n.Surface != data.OnMail { // nothing is promised of mail
			kept, windows = kept+n.Kept, windows+n.Windows
		}
	}
	fmt.Fprintf(out, "Notice kept in %s%s: %d of %d on page and banner.\n\n", v.Month, soFar, kept, windows)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tSURFACE\tWINDOWS\tKEPT\tSHORT NOTICE\tMISSED\tSHORTEST LEAD")
	for _, n := range v.Notices {
		lead := "never shown"
		if n.Shortest != nil {
			lead = hoursAndMinutes(time.Duration(*n.Shortest) * time.Second)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", i18n.T(i18n.EN, "category."+string(n.Category)), n.Surface, n.Windows, n.Kept, n.Short, n.Missed, lead)
	}
	return w.Flush()
}
