package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

type reportCommand struct {
	Month     string `arg:"" optional:"" help:"The month, such as 2026-04, or a year, such as 2026; without one the running month."`
	Component string `help:"Of this component only." placeholder:"NAME"`
	Cohort    string `help:"Of these customers only." placeholder:"COHORT"`
	Facts     bool   `help:"Write what the figure rests on instead, as JSON."`
	FromFacts string `help:"Work it out from a facts file alone, with no database; - is standard input." placeholder:"FILE"`
	CSV       bool   `help:"Write figures, intervals, exclusions and last days to report as CSV." name:"csv"`
	reach
}

// Run implements the command.
func (c *reportCommand) Run(ctx context.Context, io streams) error {
	if c.CSV && (c.JSON || c.Facts) {
		return usagef("--csv is a form of its own: leave out --json and --facts")
	}
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
	_, err = months.ParseYear(month)
	isYear := err == nil
	if isYear && (c.Facts || c.Component != "" || c.Cohort != "") {
		return usagef("a year is reported as a whole: ask for a month, such as %s-04, with --facts, --component or --cohort", month)
	}
	if _, _, err := ledger.Bounds(month, cfg.Page.Zone); err != nil && !isYear {
		return usageError{err}
	}
	cl, err := c.dial()
	if err != nil {
		return err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	q := url.Values{}
	if c.Component != "" {
		q.Set("component", c.Component)
	}
	if c.Cohort != "" {
		q.Set("cohort", c.Cohort)
	}
	switch {
	case isYear:
		var y months.Year
		if err := cl.do(ctx, "GET", "/api/v1/years/"+month, "", nil, &y); err != nil {
			return err
		}
		return c.writeYear(io, y)
	case c.Facts:
		var facts json.RawMessage
		if err := cl.do(ctx, "GET", "/api/v1/facts/"+month, "", nil, &facts); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := json.Indent(&b, facts, "", "  "); err != nil {
			return err
		}
		_, err := fmt.Fprintln(io.out, strings.TrimSpace(b.String()))
		return err
	case c.CSV:
		var r api.MonthRecord
		if err := cl.do(ctx, "GET", "/api/v1/months/"+month+"?"+q.Encode(), "", nil, &r); err != nil {
			return err
		}
		return months.WriteCSV(io.out, true, r.Sheet)
	}
	var r ledger.Report
	if err := cl.do(ctx, "GET", "/api/v1/report/"+month+"?"+q.Encode(), "", nil, &r); err != nil {
		return err
	}
	return c.write(io, r)
}

// writeYear writes the months of a year. There is no percentage of it.
func (c *reportCommand) writeYear(io streams, y months.Year) error {
	switch {
	case c.JSON:
		return writeJSON(io.out, y)
	case c.CSV:
		return months.WriteCSV(io.out, true, y.Months...)
	}
	fmt.Fprintf(io.out, "Uptime in %s (%s), all committed components\n", y.Year, y.Zone)
	w := tabwriter.NewWriter(io.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "MONTH\tCONTRACT\tDOWNTIME\tTARGET\tSTRICT\tOBSERVED\tCOVERAGE\t")
	for _, s := range y.Months {
		if !s.Contract.Verdict.Known() {
			fmt.Fprintf(w, "%s\t%s\t\t\t\t\t\t\n", s.Month, verdict(s.Contract))
			continue
		}
		fmt.Fprintf(w, "%s\t%s %%\t%s\t%s\t%s %%\t%s %%\t%s %%\t%s\n", s.Month, s.Contract.Uptime, api.Length(s.Contract.Downtime), verdict(s.Contract), s.Strict.Uptime, s.Observed.Uptime, s.Coverage, state(s))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	text := fmt.Sprintf("The target was met in %d of %d months", y.Met, y.Over)
	for _, left := range []struct {
		n   int
		why string
	}{{y.Unknown, "watched too little to know"}, {y.NoData, "without data"}, {y.Withheld, "withheld: see statusd month verify"}} {
		if left.n > 0 {
			text += fmt.Sprintf(", %d more %s", left.n, left.why)
		}
	}
	_, err := fmt.Fprintf(io.out, "%s; contract downtime %s.\n", text, api.Length(y.Contract))
	return err
}

// verdict says in words whether a target was met.
func verdict(r ledger.Result) string {
	switch r.Verdict {
	case ledger.Met:
		return "met"
	case ledger.NotMet:
		return "not met"
	case ledger.Uncertain:
		return "not known, watched too little"
	case ledger.Withheld:
		return "withheld"
	case ledger.NoVerdict:
	}
	return "no data"
}

// uptime writes a figure, or that there is none.
func uptime(r ledger.Result) string {
	if r.Uptime == "" {
		return "-"
	}
	return r.Uptime + " %"
}

// state says in a word how final a month's figure is.
func state(s months.Sheet) string {
	text := strings.ReplaceAll(s.State(), "_", " ")
	if s.State() == months.StateRestated {
		text += fmt.Sprintf(", revision %d", s.Revision)
	}
	return text
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
	selection := ledger.Selection{Component: c.Component, Cohort: c.Cohort}
	switch {
	case c.Facts:
		err = ledger.WriteFacts(io.out, facts)
	case c.CSV:
		err = factsCSV(io, facts, selection)
	default:
		r, rerr := facts.Report(selection)
		if err = rerr; err == nil {
			err = c.write(io, r)
		}
	}
	if err != nil {
		return err
	}
	return c.prove(io, facts)
}

// prove says whether facts of a settled month are what they were when it was settled: beside what programs read, which is the same as
// that of the service. Of facts that are of no settled month it says nothing.
func (c *reportCommand) prove(io streams, facts ledger.Facts) error {
	is, was := facts.Fingerprint(), facts.Settled.Fingerprint
	switch was {
	case "":
		return nil
	case is:
		out := io.out
		if c.JSON || c.CSV || c.Facts {
			out = io.err
		}
		_, err := fmt.Fprintf(out, "These are the facts of revision %d of the settled month: their fingerprint is %s.\n", facts.Settled.Revision, is)
		return err
	}
	return fmt.Errorf("%s: these are not the facts of the settled month: their fingerprint is %s, and the file says %s: compare that with the page of %s, and get the file anew with `statusd report %s --facts`",
		c.FromFacts, is, was, facts.Month, facts.Month)
}

// factsCSV writes what facts alone say, with the last days to report of every territory.
func factsCSV(io streams, facts ledger.Facts, selection ledger.Selection) error {
	kept := months.Kept{Statement: months.Statement{Facts: facts}}
	sheet, err := kept.Sheet(months.View{Selection: selection, Territories: (&config.Config{}).Territories()})
	if err != nil {
		return err
	}
	return months.WriteCSV(io.out, true, sheet)
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
	zone := zoneOf(r.Zone)
	if r.SoFar {
		fmt.Fprintf(out, "The month runs: this is how it stood at %s.\n", r.AsOf.In(zone).Format(monthClock))
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "\tUPTIME\tDOWNTIME\tTARGET "+r.Target)
	for _, row := range []struct {
		name string
		ledger.Result
	}{{"contract", r.Contract}, {"strict", r.Strict}, {"observed", r.Observed}} {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.name, uptime(row.Result), api.Length(row.Downtime), verdict(row.Result))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "The month has %s. %s\n", api.Length(r.Seconds), api.Allowance(r))
	for _, d := range r.Declared { // who and why stand in the window's record
		fmt.Fprintf(out, "Declared afterwards as maintenance: %s (on %s).\n", i18n.When(i18n.EN, d.Start, d.End, zone), i18n.At(i18n.EN, d.Declared, zone))
	}
	unobserved := ""
	if r.NoData {
		unobserved = ": no data, nobody measured any of it"
	} else if r.Unobserved > 0 {
		unobserved = fmt.Sprintf(": nobody measured for %s", api.Length(r.Unobserved))
	}
	_, err := fmt.Fprintf(out, "Coverage %s %%%s.\n", r.Coverage, unobserved)
	return err
}
