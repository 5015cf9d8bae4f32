package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/scheduler/plan"
)

type scheduleCommand struct {
	From   string `help:"First local date; without one today." placeholder:"YYYY-MM-DD"`
	To     string `help:"The date after the last; without one eight weeks after the first." placeholder:"YYYY-MM-DD"`
	Config string `help:"Configuration file; without one the built-in default serves." placeholder:"FILE" type:"path"`
	JSON   bool   `help:"Write the windows as JSON." name:"json"`
}

// Run implements the command.
func (c *scheduleCommand) Run(io streams) error {
	cfg, err := files{Config: c.Config}.read()
	if err != nil {
		return err
	}
	from, to := c.From, c.To
	if from == "" {
		from = time.Now().In(cfg.Page.Zone).Format(time.DateOnly)
	}
	if to == "" {
		first, err := time.Parse(time.DateOnly, from)
		if err != nil {
			return usagef("--from %q is no date: write it as 2026-01-31", from)
		}
		to = first.AddDate(0, 0, 56).Format(time.DateOnly)
	}
	laid, err := plan.LayDates(cfg.Maintenances, from, to)
	if err != nil {
		return usageError{err}
	}
	if c.JSON {
		return writeJSON(io.out, wire.Windows(laid.InOrder()))
	}
	if err := calendar(io, laid.InOrder(), cfg.Page.Zone); err != nil {
		return err
	}
	avoided(io, laid, cfg.Page.Zone)
	return nil
}

// avoided writes what freezes and holidays do to the windows: which of them moved, are withheld, or are worth a second look.
func avoided(io streams, laid plan.Layout, zone *time.Location) {
	var moved, warned []string
	for _, o := range laid.InOrder() {
		if why, ok := laid.Moved[o.Key()]; ok {
			moved = append(moved, fmt.Sprintf("%s of %s, to %s: %s.", o.Maintenance, o.Date, o.Window.Start.In(zone).Format("Mon 2006-01-02 15:04"), why))
		}
		if o.Warning != "" {
			warned = append(warned, fmt.Sprintf("%s of %s: %s.", o.Maintenance, o.Date, o.Warning))
		}
	}
	var withheld []string
	for _, w := range laid.WithheldInOrder() {
		withheld = append(withheld, fmt.Sprintf("%s of %s: %s.", w.Occurrence.Maintenance, w.Occurrence.Date, w.Why))
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"Moved", moved}, {"Withheld", withheld}, {"Worth a second look", warned}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(io.out, "\n%s:\n", part.title)
		for _, line := range part.lines {
			fmt.Fprintf(io.out, "  %s\n", line)
		}
	}
}

// calendar writes the windows for people. What comes every night is one line, not sixty.
func calendar(io streams, windows []data.Occurrence, zone *time.Location) error {
	w := tabwriter.NewWriter(io.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tWHOM\tWHEN\tLASTS\tNOTICE BY")
	standing, nights := data.Occurrence{}, 0
	shown := 0
	for _, o := range plan.InOrder(windows) {
		if o.Standing {
			if nights++; nights == 1 || standing.Clock != "" {
				standing = o // one whose reading no clock change moves
			}
			continue
		}
		what := i18n.T(i18n.EN, "category."+string(o.Category))
		notice := o.Deadline().In(zone).Format("Mon 2006-01-02 15:04 MST")
		if o.Phase == data.Reserved {
			what += " (reserved)"
			notice += ", if used"
		}
		if o.Clock != "" {
			notice += "; " + o.Clock
		}
		shown++
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", what, o.Cohort, i18n.When(i18n.EN, o.Window.Start, o.Window.End, zone), i18n.Duration(i18n.EN, o.Window.Duration()), notice)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if shown == 0 && nights == 0 {
		fmt.Fprintln(io.out, "Nothing is planned in this span.")
	}
	if nights > 0 {
		fmt.Fprintf(io.out, "\n%s: %d times at %s, for %s each.\n", i18n.T(i18n.EN, "category."+string(standing.Category)), nights,
			standing.Window.Start.In(zone).Format("15:04"), i18n.Duration(i18n.EN, standing.Window.Duration()))
	}
	return nil
}
