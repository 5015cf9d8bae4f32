package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

type reportCommand struct {
	Month     string `arg:"" optional:"" help:"The month, such as 2026-04; without one the running month."`
	Component string `help:"Of this component only." placeholder:"NAME"`
	Cohort    string `help:"Of these customers only." placeholder:"COHORT"`
	Facts     bool   `help:"Write what the figure rests on instead, as JSON."`
	FromFacts string `help:"Work it out from a facts file alone, with no database; - is standard input." placeholder:"FILE"`
	reach
}

// Run implements the command.
func (c *reportCommand) Run(ctx context.Context, io streams) error {
	if c.FromFacts != "" {
		return c.fromFacts(io)
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	month := c.Month
	if month == "" {
		month = ledger.Months(time.Now(), cfg.Page.Zone, 1)[0]
	}
	if _, _, err := ledger.Bounds(month, cfg.Page.Zone); err != nil {
		return usageError{err}
	}
	cl, err := c.dial()
	if err != nil {
		return err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	if c.Facts {
		var f ledger.Facts
		if err := cl.do(ctx, "GET", "/api/v1/facts/"+month, "", nil, &f); err != nil {
			return err
		}
		return ledger.WriteFacts(io.out, f)
	}
	q := url.Values{}
	if c.Component != "" {
		q.Set("component", c.Component)
	}
	if c.Cohort != "" {
		q.Set("cohort", c.Cohort)
	}
	var r ledger.Report
	if err := cl.do(ctx, "GET", "/api/v1/report/"+month+"?"+q.Encode(), "", nil, &r); err != nil {
		return err
	}
	return c.write(io, r)
}

func (c *reportCommand) fromFacts(io streams) error {
	in := io.in
	if c.FromFacts != "-" {
		f, err := os.Open(c.FromFacts)
		if err != nil {
			return usageError{err}
		}
		defer f.Close()
		in = f
	}
	facts, err := ledger.ReadFacts(in)
	if err != nil {
		return fmt.Errorf("%s:\n%w", c.FromFacts, err)
	}
	if c.Month != "" && c.Month != facts.Month {
		return usagef("the facts are of %s, not of %s", facts.Month, c.Month)
	}
	if c.Facts {
		return ledger.WriteFacts(io.out, facts)
	}
	r, err := facts.Report(ledger.Selection{Component: c.Component, Cohort: c.Cohort})
	if err != nil {
		return err
	}
	return c.write(io, r)
}

func (c *reportCommand) write(io streams, r ledger.Report) error {
	if c.JSON {
		return writeJSON(io.out, r)
	}
	return writeReport(io.out, r)
}

// writeReport writes a month for people.
func writeReport(out io.Writer, r ledger.Report) error {
	of := "all committed components (time in which any of them was down)"
	if r.Component != "" {
		of = r.Component
	}
	if r.Cohort != "" {
		of += ", cohort " + r.Cohort
	}
	fmt.Fprintf(out, "Uptime in %s (%s), %s\n", r.Month, r.Zone, of)
	if r.SoFar {
		fmt.Fprintf(out, "The month runs: this is how it stood at %s.\n", r.AsOf.Format(time.RFC3339))
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "\tUPTIME\tDOWNTIME\tTARGET "+r.Target)
	for _, row := range []struct {
		name string
		ledger.Result
	}{{"contract", r.Contract}, {"strict", r.Strict}, {"observed", r.Observed}} {
		met := "met"
		if !row.Met {
			met = "not met"
		}
		fmt.Fprintf(w, "%s\t%s %%\t%s\t%s\n", row.name, row.Uptime, length(row.Downtime), met)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "The month has %s; %s of downtime still meet the target.\n", length(r.Seconds), length(r.Allowance))
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, d := range r.Declared { // who and why stand in the window's record
		fmt.Fprintf(out, "Declared afterwards as maintenance: %s (on %s).\n", i18n.When(i18n.EN, d.Start, d.End, zone), i18n.At(i18n.EN, d.Declared, zone))
	}
	if r.Unobserved > 0 {
		fmt.Fprintf(out, "Nobody measured for %s: coverage %s %%.\n", length(r.Unobserved), r.Coverage)
	}
	return nil
}

// length writes seconds exactly.
func length(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	if d >= time.Hour && seconds%60 != 0 {
		return fmt.Sprintf("%d seconds", seconds)
	}
	return i18n.Duration(i18n.EN, d)
}
