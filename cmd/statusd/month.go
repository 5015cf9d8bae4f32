package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

type monthCommand struct {
	List   monthList   `cmd:"" default:"withargs" help:"List the settled months, newest first."`
	Show   monthShow   `cmd:"" help:"Show a month with its revisions, who made them and why."`
	Verify monthVerify `cmd:"" help:"Check that no settled month was changed or taken out."`
}

type monthList struct{ reach }

// Run implements the command.
func (c *monthList) Run(ctx context.Context, io streams) error {
	var list api.MonthList
	answer, err := c.get(ctx, "/api/v1/months", &list)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		zone := zoneOf(list.Zone)
		if len(list.Months) == 0 {
			fmt.Fprintln(out, "No month is settled yet.")
		} else {
			w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(w, "MONTH\tREVISION\tSETTLED\tREVISED\tCONTRACT\tSTRICT\tOBSERVED\tTARGET\tHASH")
			for _, m := range list.Months {
				if m.Withheld {
					fmt.Fprintf(w, "%s\t\t\t\twithheld\n", m.Month)
					continue
				}
				revised := ""
				if !m.Revised.IsZero() {
					revised = m.Revised.In(zone).Format(time.DateOnly)
				}
				fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%.12s\n", m.Month, m.Revision, m.Settled.In(zone).Format(time.DateOnly), revised,
					uptime(m.Contract), uptime(m.Strict), uptime(m.Observed), verdict(m.Contract), m.Hash)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			for _, m := range list.Months {
				if m.Withheld {
					fmt.Fprintln(out, m.Problem+".")
				}
			}
		}
		if list.Next == "" {
			return nil
		}
		_, err := fmt.Fprintf(out, "%s is settled on %s.\n", list.Next, list.At.In(zone).Format(monthClock))
		return err
	})
}

type monthShow struct {
	Month     string `arg:"" help:"The month, such as 2026-04."`
	Component string `help:"Of this component only." placeholder:"NAME"`
	Cohort    string `help:"Of these customers only." placeholder:"COHORT"`
	reach
}

// Run implements the command.
func (c *monthShow) Run(ctx context.Context, io streams) error {
	q := url.Values{}
	if c.Component != "" {
		q.Set("component", c.Component)
	}
	if c.Cohort != "" {
		q.Set("cohort", c.Cohort)
	}
	var m api.MonthRecord
	answer, err := c.get(ctx, "/api/v1/months/"+url.PathEscape(c.Month)+"?"+q.Encode(), &m)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if err := writeReport(out, m.Sheet.Report); err != nil {
			return err
		}
		zone := zoneOf(m.Sheet.Zone)
		if err := writeStretches(out, m.Sheet, zone); err != nil {
			return err
		}
		if m.Sheet.Reduction != "" {
			fmt.Fprintf(out, "Downtime as a share of the month, an indication only: %s %%.\n", m.Sheet.Reduction)
		}
		if len(m.Revisions) == 0 && m.Sheet.SettlesAt.IsZero() {
			_, err := fmt.Fprintln(out, "There are no records of this month: it is not settled, and will not be.")
			return err
		}
		if len(m.Revisions) == 0 {
			_, err := fmt.Fprintf(out, "The month is not settled; it will be on %s.\n", m.Sheet.SettlesAt.In(zone).Format(monthClock))
			return err
		}
		text := "Settled on " + m.Sheet.SettledAt.In(zone).Format(monthClock)
		if !m.Sheet.RevisedAt.IsZero() {
			text += ", revised on " + m.Sheet.RevisedAt.In(zone).Format(monthClock)
		}
		fmt.Fprintf(out, "%s. The fingerprint of its facts is %s.\n", text, m.Sheet.Fingerprint)
		for _, r := range m.Revisions {
			why := ""
			if r.Why != "" {
				why = ": " + r.Why
			}
			fmt.Fprintf(out, "Revision %d on %s by %s%s\n  contract %s, strict %s, observed %s, number %d of the chain, hash %s\n", r.Revision, r.At.In(zone).Format(monthClock),
				r.By, why, uptime(r.Report.Contract), uptime(r.Report.Strict), uptime(r.Report.Observed), r.Seq, r.Hash)
		}
		return nil
	})
}

// monthClock is how a month's times are written: on the clock of its zone.
const monthClock = "2006-01-02 15:04:05 MST"

// writeStretches lists what the outages of a month come to, so that the rows add up to its figures, and below each row what of it the
// contract does not count, and why.
func writeStretches(out writer, sheet months.Sheet, zone *time.Location) error {
	if len(sheet.Stretches) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "OUTAGE OF\tCUSTOMERS\tFROM\tTO\tIMPACT\tCAUSE\tCONTRACT\tSTRICT\tOBSERVED")
	for _, s := range sheet.Stretches {
		end := "goes on"
		if !s.End.IsZero() {
			end = s.End.In(zone).Format(monthClock)
		}
		var impacts, causes []string
		for _, i := range s.Intervals {
			impacts, causes = append(impacts, impactWords(sheet.Intervals[i].Impact)), append(causes, causeWords(sheet.Intervals[i].Cause))
		}
		if all := impactWords(data.NoReadNoWrite); slices.Contains(impacts, all) {
			impacts = []string{all}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", orAll(strings.Join(s.Components, ", ")), orAll(strings.Join(s.Cohorts, ", ")), s.Start.In(zone).Format(monthClock), end,
			each(impacts), each(causes), api.Length(s.Contract), api.Length(s.Strict), api.Length(s.Observed))
		for _, u := range s.Uncounted {
			fmt.Fprintf(w, "  not counted\t\t%s\t%s\t\t%s\t%s\t\t\n", u.Start.In(zone).Format(monthClock), u.End.In(zone).Format(monthClock), reasonWords(u, zone), api.Length(u.Seconds))
		}
	}
	return w.Flush()
}

// reasonWords says why the contract does not count time.
func reasonWords(u ledger.Uncounted, zone *time.Location) string {
	switch u.Reason {
	case ledger.InMaintenance:
		return strings.TrimSpace("maintenance " + u.Maintenance)
	case ledger.NotKnown:
		if u.Known.IsZero() {
			return "nobody knew"
		}
		return "not known until " + u.Known.In(zone).Format("15:04:05")
	case ledger.NotProvider:
		return causeWords(u.Cause)
	case ledger.OnlyDegraded:
		return "it could be read and written"
	}
	return "nobody measured"
}

// each joins names, each once, in order.
func each(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

func orAll(name string) string {
	if name == "" {
		return "all"
	}
	return name
}

type monthVerify struct{ reach }

// Run implements the command.
func (c *monthVerify) Run(ctx context.Context, io streams) error {
	return c.verify(ctx, io, "/api/v1/months/verify", "settled months and revisions", "keep it elsewhere, to compare with later")
}
