package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
)

type outageCommand struct {
	List    outageList    `cmd:"" help:"List outages as they count now."`
	Show    outageShow    `cmd:"" help:"Show one outage: as recorded and as it counts, the samples around it, and what each month would be without it."`
	Correct outageCorrect `cmd:"" help:"Correct an outage. What was recorded stays beside it."`
	Split   outageSplit   `cmd:"" help:"Cut an outage in two, so that the parts can be told apart."`
	Join    outageJoin    `cmd:"" help:"Make one outage of several: it was down in between as well."`
	Add     outageAdd     `cmd:"" help:"Add an outage that nothing measured."`
	Void    outageVoid    `cmd:"" help:"Set an outage aside: it was none."`
	Restore outageRestore `cmd:"" help:"Let an outage that was set aside count again."`
}

type outageList struct {
	Month     string `help:"Those of a month, such as 2026-04." placeholder:"MONTH"`
	From      string `help:"Those that end after this." placeholder:"TIME"`
	To        string `help:"Those that begin before this." placeholder:"TIME"`
	Component string `help:"Of this component only." placeholder:"NAME" complete:"affected"`
	Cohort    string `help:"What concerns these customers." placeholder:"COHORT"`
	Open      bool   `help:"Only what goes on."`
	Limit     int    `help:"How many at most, 1 to 1000." default:"200" placeholder:"N"`
	reach
}

// Run implements the command.
func (c *outageList) Run(ctx context.Context, io streams) error {
	q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	for name, value := range map[string]string{"month": c.Month, "component": c.Component, "cohort": c.Cohort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if c.Open {
		q.Set("open", "true")
	}
	if c.From != "" || c.To != "" {
		t, err := c.times(ctx, io)
		if err != nil {
			return err
		}
		for _, flag := range []struct{ name, text string }{{"from", c.From}, {"to", c.To}} {
			if flag.text == "" {
				continue
			}
			at, err := t.read("--"+flag.name, flag.text, clock{keeps: "00:00"})
			if err != nil {
				return err
			}
			q.Set(flag.name, at.Format(time.RFC3339))
		}
	}
	var v api.OutageList
	answer, err := c.get(ctx, "/api/v1/outages?"+q.Encode(), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(v.Outages) == 0 {
			fmt.Fprintln(out, "There is no such outage.")
			return nil
		}
		if err := writeOutages(out, v.Outages, zoneOf(v.Zone)); err != nil {
			return err
		}
		if more := v.Total - len(v.Outages); more > 0 {
			fmt.Fprintf(out, "%d older ones are left out: name a month, or raise --limit.\n", more)
		}
		return nil
	})
}

// times reads times in the zone of the months.
func (r reach) times(ctx context.Context, io streams) (times, error) {
	var v api.OutageList
	_, err := r.get(ctx, "/api/v1/outages?limit=1", &v)
	return times{zone: zoneOf(v.Zone), now: time.Now(), notes: io.err}, err
}

func writeOutages(out writer, all []api.OutageRow, zone *time.Location) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCOMPONENT\tWHEN\tLASTED\tWHAT\tBY\tCONTRACT")
	for _, o := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, whom(o.Component, o.Counts.Cohort), outageSpan(o.Counts, zone), outageLength(o.Counts), outageWhat(o), openedBy(o), contractWords(o))
	}
	return w.Flush()
}

// outageSpan is when it was, to the second.
func outageSpan(f api.OutageFacts, zone *time.Location) string {
	start := f.Started.In(zone)
	text := start.Format("2006-01-02 15:04:05 MST")
	if f.Ended == nil {
		return text + " – now"
	}
	end := f.Ended.In(zone)
	if end.Format(time.DateOnly) == start.Format(time.DateOnly) && end.Format("MST") == start.Format("MST") {
		return start.Format("2006-01-02 15:04:05") + "–" + end.Format("15:04:05 MST")
	}
	return text + " – " + end.Format("2006-01-02 15:04:05 MST")
}

func outageLength(f api.OutageFacts) string {
	if f.Ended == nil {
		return "goes on"
	}
	return api.Length(f.Ended.Unix() - f.Started.Unix())
}

func outageWhat(o api.OutageRow) string {
	text := impactWords(o.Counts.Impact) + ", " + causeWords(o.Counts.Cause)
	if o.Reason != "" {
		text += " (" + api.ReasonName(o.Reason) + ")"
	}
	if len(o.Corrections) > 0 {
		text += ", corrected"
	}
	return text
}

// impactWords and causeWords say what flags and JSON have by slugs.
func impactWords(i data.Impact) string { return cmp.Or(api.ImpactNames[i], string(i)) }

func causeWords(c data.Cause) string { return cmp.Or(api.CauseNames[c], string(c)) }

func openedBy(o api.OutageRow) string {
	switch {
	case o.By == data.FromDesk:
		return o.Author
	case o.Incident != "":
		return "incident " + o.By
	}
	return o.By
}

func contractWords(o api.OutageRow) string {
	text := "counts " + api.Length(o.Contract)
	if o.Contract == 0 {
		text = "does not count"
	}
	if o.Uncounted != "" {
		text += ": " + o.Uncounted
	}
	return text
}

// anOutage names one.
type anOutage struct {
	ID string `arg:"" help:"Which outage, by its ID or its key." complete:"anyoutage"`
}

func outageAt(id string) string { return "/api/v1/outages/" + url.PathEscape(id) }

type outageShow struct {
	anOutage
	Samples bool `help:"Also the samples, one by one."`
	reach
}

// Run implements the command.
func (c *outageShow) Run(ctx context.Context, io streams) error {
	var v api.OutageWhole
	answer, err := c.get(ctx, outageAt(c.ID), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return c.write(w, v) })
}

func (c *outageShow) write(w writer, v api.OutageWhole) error {
	o, zone := v.Outage, zoneOf(v.Zone)
	fmt.Fprintf(w, "%s %s, %s (version %s)\n", o.ID, o.Name, whom(o.Component, o.Counts.Cohort), o.Version)
	fmt.Fprintf(w, "  opened by %s; key %s\n", openedBy(o), o.Key)
	if o.Why != "" {
		fmt.Fprintf(w, "  %s: %s\n", o.Author, o.Why)
	}
	if o.Of != "" {
		fmt.Fprintf(w, "  cut off %s\n", o.Of)
	}
	fmt.Fprintf(w, "  %s\n\n", contractWords(o))
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "\tRECORDED\tCOUNTS")
	for _, f := range outageFactLines(o, zone) {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f[0], f[1], f[2])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(o.Corrections) > 0 {
		fmt.Fprintln(w, "\nCorrections, oldest first")
	}
	for _, s := range o.Corrections {
		fmt.Fprintf(w, "  %s  by %s: %s\n      %s\n", w.minute(s.At), s.Author, s.Why, strings.Join(correctionWords(s, zone), ", "))
	}
	fmt.Fprintln(w, "\nThe month without it, and with it")
	if err := writeMonths(w, v.Months); err != nil {
		return err
	}
	for _, lane := range []struct {
		name string
		all  []api.ProbeMoment
	}{{"Marks", v.Marks}, {"Windows", v.Windows}, {"Incidents", v.Incidents}} {
		if len(lane.all) > 0 {
			fmt.Fprintf(w, "\n%s around it\n", lane.name)
		}
		for _, m := range lane.all {
			end := "goes on"
			if m.End != nil {
				end = m.End.In(zone).Format("2006-01-02 15:04:05 MST")
			}
			fmt.Fprintf(w, "  %s – %s  %s\n", m.Start.In(zone).Format("2006-01-02 15:04:05 MST"), end, m.Text)
		}
	}
	for _, p := range v.Places {
		fmt.Fprintf(w, "\n%d samples around it by %s from %s", len(p.Samples), p.Side, p.Place)
		if p.LeftOut > 0 {
			fmt.Fprintf(w, ", %d in the middle left out", p.LeftOut)
		}
		if !c.Samples {
			fmt.Fprintln(w, ": --samples lists them")
			continue
		}
		fmt.Fprintln(w)
		for _, s := range p.Samples {
			fmt.Fprintf(w, "  %s  %s %s\n", s.At.In(zone).Format("2006-01-02 15:04:05 MST"), levelWords(s.Level), api.ReasonName(s.Reason))
		}
	}
	if len(v.Can) > 0 {
		fmt.Fprintf(w, "\nWhat can be done: %s\n", strings.Join(v.Can, ", "))
	}
	return nil
}

// outageFactLines are what was recorded and what counts.
func outageFactLines(o api.OutageRow, zone *time.Location) [][3]string {
	a, b := o.Recorded, o.Counts
	at := func(t *time.Time, none string) string {
		if t == nil {
			return none
		}
		return t.In(zone).Format("2006-01-02 15:04:05 MST")
	}
	aside := map[bool]string{true: "yes", false: "no"}
	return [][3]string{
		{"began", at(&a.Started, ""), at(&b.Started, "")},
		{"ended", at(a.Ended, "goes on"), at(b.Ended, "goes on")},
		{"aware", at(&a.Aware, ""), at(&b.Aware, "")},
		{"reported", at(a.Reported, "by nobody"), at(b.Reported, "by nobody")},
		{"impact", impactWords(a.Impact), impactWords(b.Impact)},
		{"cause", causeWords(a.Cause), causeWords(b.Cause)},
		{"cohort", a.Cohort, b.Cohort},
		{"set aside", "no", aside[b.Void]},
	}
}

func correctionWords(s api.OutageStep, zone *time.Location) (out []string) {
	for _, t := range []struct {
		what string
		at   *time.Time
	}{{"began", s.Started}, {"ended", s.Ended}, {"aware", s.Aware}, {"reported", s.Reported}} {
		switch {
		case t.at == nil:
		case t.at.IsZero():
			out = append(out, t.what+" by nobody")
		default:
			out = append(out, t.what+" "+t.at.In(zone).Format("2006-01-02 15:04:05 MST"))
		}
	}
	for _, is := range []struct{ what, value string }{{"impact", impactWords(s.Impact)}, {"cause", causeWords(s.Cause)}, {"cohort", s.Cohort}} {
		if is.value != "" {
			out = append(out, is.what+" "+is.value)
		}
	}
	if s.Void {
		out = append(out, "set aside")
	}
	if s.Restored {
		out = append(out, "restored")
	}
	return out
}

// writeMonths writes the figures of months, before and after.
func writeMonths(w writer, months []api.OutageMonth) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, m := range months {
		note := ""
		if m.SoFar {
			note += ", so far"
		}
		if m.Settled > 0 {
			note += fmt.Sprintf(", settled (revision %d)", m.Settled)
		}
		if m.Revision > 0 {
			note += fmt.Sprintf(", gets revision %d", m.Revision)
		}
		fmt.Fprintf(t, "  %s%s\tDOWNTIME\tUPTIME\tALLOWANCE LEFT\n", m.Month, note)
		for _, f := range m.Figures {
			of := "all"
			if f.Component != "" {
				of = f.Component
			}
			if f.Cohort != "" {
				of += " for " + f.Cohort
			}
			for _, p := range []struct {
				name          string
				before, after api.MonthFigure
			}{{"contract", f.Before.Contract, f.After.Contract}, {"strict", f.Before.Strict, f.After.Strict}, {"observed", f.Before.Observed, f.After.Observed}} {
				fmt.Fprintf(t, "  %s, %s\t%s\t%s\t%s\n", of, p.name, turned(api.Length(p.before.Downtime), api.Length(p.after.Downtime)),
					turned(monthUptime(p.before), monthUptime(p.after)), turned(leftOver(p.before.Left), leftOver(p.after.Left)))
			}
		}
	}
	if len(months) == 0 {
		fmt.Fprintln(t, "  It touches no month.")
	}
	return t.Flush()
}

func turned(before, after string) string {
	if before == after {
		return before
	}
	return before + " → " + after
}

// monthUptime is a figure and whether it meets the target, or that there is none.
func monthUptime(f api.MonthFigure) string {
	text := verdict(ledger.Result{Verdict: f.Verdict})
	if f.Verdict.Known() {
		return f.Uptime + " % " + text
	}
	return text
}

func leftOver(seconds int64) string {
	if seconds < 0 {
		return "missed by " + api.Length(-seconds)
	}
	return api.Length(seconds)
}
