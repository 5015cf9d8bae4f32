package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

type overviewCommand struct{ reach }

// Run implements the command. What is wrong out there is no failure of the command.
func (c *overviewCommand) Run(ctx context.Context, io streams) error {
	var v api.Overview
	answer, err := c.get(ctx, "/api/v1/overview", &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return c.write(w, v) })
}

func (c *overviewCommand) write(w writer, v api.Overview) error {
	fmt.Fprintf(w, "As of %s\n", w.minute(v.AsOf))
	fmt.Fprintln(w, "\nAlarms"+none(len(v.Alarms)))
	for _, a := range v.Alarms {
		urgent := ""
		if a.Urgent {
			urgent = "URGENT: "
		}
		fmt.Fprintf(w, "  %s%s, since %s", urgent, a.Title, w.minute(a.Since))
		if a.By != nil {
			fmt.Fprintf(w, ", too late at %s", w.minute(*a.By))
		}
		if a.Named != "" {
			fmt.Fprintf(w, "\n    %s (%s)", i18n.Capital(a.Named), a.Window)
		}
		fmt.Fprintf(w, "\n    %s\n    What to do: %s\n", indented(a.Detail), a.Do)
		if a.Window != "" {
			fmt.Fprintf(w, "      %s\n", c.wayOut(a))
		}
	}
	var open, drafts []api.Incident
	for _, i := range v.Incidents {
		if i.Draft {
			drafts = append(drafts, i)
		} else {
			open = append(open, i)
		}
	}
	fmt.Fprintln(w, "\nOpen incidents"+none(len(open)))
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, i := range open {
		silent := ""
		if i.SilentFor != "" {
			silent = ", a word is overdue for " + i.SilentFor
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s%s\n", i.ID, phaseOf(i), i.Impact, w.minute(i.Started), i.Title, silent)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(drafts) > 0 {
		fmt.Fprintln(w, "\nDrafts, which nobody outside sees")
	}
	for _, i := range drafts {
		fmt.Fprintf(w, "  %s  %s, since %s\n    statusd incident publish %[1]s%[4]s\n    statusd incident discard %[1]s%[4]s\n", i.ID, i.Title, w.minute(i.Started), c.again())
	}
	fmt.Fprintln(w, "\nMeasured and not told of"+none(len(v.Suspected)))
	c.writeSuspected(w, v.Suspected)
	if err := writeComponents(w, v.Components); err != nil {
		return err
	}
	if err := writeWindows(w, v.Windows); err != nil {
		return err
	}
	mail := fmt.Sprintf("\nMail: %d waiting", v.Mail.Waiting)
	if v.Mail.Oldest != nil {
		mail += ", the oldest due at " + w.minute(*v.Mail.Oldest)
	}
	if v.Mail.Held {
		mail += "; all of it is held back until `statusd restore --release`"
	}
	_, err := fmt.Fprintln(w, mail)
	return err
}

// wayOut is the command that answers an alarm about a window.
func (c *overviewCommand) wayOut(a api.Alarm) string {
	switch a.Kind {
	case data.AlarmWindowHeld:
		return c.releasing(a.Window)
	case data.AlarmWindowOverrun:
		return "statusd maintenance update --id " + a.Window + " \"…\"" + c.again()
	}
	return "statusd maintenance show " + a.Window + c.again()
}

// writeComponents lists those that are not well, and names those that nobody knows of.
func writeComponents(w writer, all []api.ComponentNow) error {
	var unwell, unknown []string
	for _, c := range all {
		switch {
		case c.Level == data.NoData && !c.Maintenance && !c.Declared:
			unknown = append(unknown, c.Component)
			continue
		case c.Level == data.Operational && !c.Maintenance && !worseSomewhere(c):
			continue
		}
		line := fmt.Sprintf("  %s\t%s", c.Component, standsWords(c))
		for _, cohort := range slices.Sorted(maps.Keys(c.Cohorts)) {
			if cohort != data.AllCustomers {
				line += fmt.Sprintf(", %s: %s", cohort, levelWords(c.Cohorts[cohort]))
			}
		}
		since := ""
		if c.Since != nil {
			since = "since " + w.minute(*c.Since)
		}
		line += "\t" + since
		if c.Declared {
			line += "\tdeclared"
		}
		if c.Level > data.Operational && !c.Declared {
			line += "\t" + c.Rule
		}
		unwell = append(unwell, line)
	}
	fmt.Fprintf(w, "\nComponents that are not well, of %d%s\n", len(all), none(len(unwell)))
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, line := range unwell {
		fmt.Fprintln(t, line)
	}
	if err := t.Flush(); err != nil || len(unknown) == 0 {
		return err
	}
	_, err := fmt.Fprintf(w, "  Not measured now: %s\n", strings.Join(unknown, ", "))
	return err
}

// standsWords is where a component stands: under a window, that and what is measured meanwhile.
func standsWords(c api.ComponentNow) string {
	if !c.Maintenance {
		return levelWords(c.Level)
	}
	words := "in maintenance"
	if len(c.Windows) > 0 && !slices.Contains(c.Windows, data.AllCustomers) {
		words += " for " + strings.Join(c.Windows, ", ")
	}
	switch {
	case c.Declared:
		return words + ", declared " + levelWords(c.Level)
	case c.Level == data.NoData:
		return words + ", not measured"
	case c.Level == data.Operational:
		return words + ", and actually up"
	case c.Level == data.MajorOutage:
		return words + ", and actually down"
	}
	return words + ", and actually " + levelWords(c.Level)
}

// worseSomewhere says whether a component is not well for some of its customers.
func worseSomewhere(c api.ComponentNow) bool {
	for _, level := range c.Cohorts {
		if level != data.Operational && level != data.NoData {
			return true
		}
	}
	return false
}

func writeWindows(w writer, all []api.WindowNext) error {
	fmt.Fprintln(w, "\nNext windows"+none(len(all)))
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, n := range all {
		told := "not told yet, until " + w.minute(n.Window.NoticeBy)
		switch {
		case n.Late:
			told = "TOLD TOO LATE, or not yet"
		case len(n.Seen) > 0:
			told = "told"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", w.minute(n.Window.Start), n.Window.Category, n.Window.Cohort, n.Phase, told)
	}
	return t.Flush()
}

// none stands after a headline with nothing below it.
func none(n int) string {
	if n == 0 {
		return ": none"
	}
	return ""
}
