package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

type maintenanceCommand struct {
	List     maintenanceList     `cmd:"" help:"List windows that are to come, or those of some dates."`
	Show     maintenanceShow     `cmd:"" help:"Show one window: what is owed and kept, what was changed, and who did what."`
	Confirm  maintenanceConfirm  `cmd:"" help:"Use a reserved slot: it is announced like any other window."`
	Cancel   maintenanceCancel   `cmd:"" help:"Call a window off. People who know of it are told."`
	Move     maintenanceMove     `cmd:"" help:"Give a window another time. People who know of it are told."`
	Extend   maintenanceExtend   `cmd:"" help:"Give a window more time."`
	Shorten  maintenanceShorten  `cmd:"" help:"Take time away from a window."`
	Hold     maintenanceHold     `cmd:"" help:"Put a window under review. Undecided at the deadline of its notice it is cancelled."`
	Release  maintenanceRelease  `cmd:"" help:"Decide that a window under review takes place."`
	Verify   maintenanceVerify   `cmd:"" help:"Say that the work is done and its result is being checked."`
	Complete maintenanceComplete `cmd:"" help:"End a window now, before its time."`
	Open     maintenanceOpen     `cmd:"" help:"Open a window that no plan makes: an emergency, a critical fix, or work of any kind, also afterwards."`
	Update   maintenanceUpdate   `cmd:"" help:"Say something to the readers of a window's page."`
	Note     maintenanceNote     `cmd:"" help:"Write a note on a window that only operators see."`
	Rule     maintenanceRule     `cmd:"" help:"Show the windows that a rule would make, before it is configured."`
}

type maintenanceList struct {
	From     string `help:"First local date; without one today." placeholder:"YYYY-MM-DD"`
	To       string `help:"The date after the last; without one eight weeks after the first." placeholder:"YYYY-MM-DD"`
	Category string `help:"One kind only, such as system." placeholder:"KIND" complete:"category"`
	Cohort   string `help:"What concerns these customers." placeholder:"COHORT"`
	Phase    string `help:"One phase only, such as reserved or held." placeholder:"PHASE" complete:"windowphase"`
	Standing bool   `help:"Also those that a standing notice covers, which come every night."`
	reach
}

// Run implements the command.
func (c *maintenanceList) Run(ctx context.Context, io streams) error {
	q := url.Values{}
	for name, value := range map[string]string{"from": c.From, "to": c.To, "category": c.Category, "cohort": c.Cohort, "phase": c.Phase} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if c.Standing {
		q.Set("standing", "true")
	}
	var v api.Maintenances
	answer, err := c.get(ctx, "/api/v1/maintenance?"+q.Encode(), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(v.Maintenance) == 0 {
			fmt.Fprintf(out, "There is no such window from %s to %s.\n", v.From, v.To)
		} else if err := writeMaintenances(out, v.Maintenance); err != nil {
			return err
		}
		for _, h := range v.Withheld {
			fmt.Fprintf(out, "Withheld: %s\n", withheldWords(h))
		}
		return nil
	})
}

func writeMaintenances(out writer, all []api.MaintenanceWindow) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tWHEN\tHOW IT STANDS")
	for _, m := range all {
		stands := phaseWords(m.Phase)
		if n := noticeWords(m); n != "" {
			stands += ", " + n
		}
		if m.Phase == data.Held {
			stands += ", " + undecided(m.NoticeBy, zoneOf(m.Zone))
		}
		if early := endedEarly(m); early != "" {
			stands += ", " + early
		}
		if m.Warning != "" {
			stands += "; " + m.Warning
		}
		fmt.Fprintf(w, "%s\t%s\t%s%s\t%s\n", m.ID, nameOf(m), about(m), spanOf(m.Start, m.End, zoneOf(m.Zone), false), stands)
	}
	return w.Flush()
}

type maintenanceShow struct {
	ofWindow
	reach
}

// Run implements the command.
func (c *maintenanceShow) Run(ctx context.Context, io streams) error {
	found, err := c.find(ctx, c.Window, true, nil)
	if err != nil {
		return err
	}
	var m api.MaintenanceWindow
	answer, err := c.get(ctx, windowPath(found.ID), &m)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return c.writeWhole(w, m) })
}

// writeWhole writes everything there is to know of a window.
func (r reach) writeWhole(w writer, m api.MaintenanceWindow) error {
	r.writeWindow(w, "", m)
	fmt.Fprintf(w, "  interruption expected: %s; key %s\n", shortLength(m.Expected), m.Key)
	if m.Follows != "" {
		fmt.Fprintf(w, "  follows %s: if that is moved or cancelled, this one is held\n", m.Follows)
	}
	if m.Steered {
		fmt.Fprintln(w, "  a person changed it: the plan leaves it alone")
	}
	if !m.Laid {
		fmt.Fprintln(w, "  it lies further ahead than windows are laid out, and can be changed all the same")
	}
	fmt.Fprintln(w, "\nNotice")
	switch {
	case m.Standing:
		fmt.Fprintln(w, "  covered by a standing notice")
	case noticeWords(m) == "":
		fmt.Fprintln(w, "  nothing is owed")
	default:
		writeOwed(w, m)
	}
	if len(m.Updates) > 0 {
		fmt.Fprintln(w, "\nSaid of it, newest first")
	}
	for _, u := range m.Updates {
		writeWord(w, u)
	}
	if len(m.Steps) > 0 {
		fmt.Fprintln(w, "\nChanges, newest first")
	}
	for _, s := range m.Steps {
		writeStep(w, s, zoneOf(m.Zone))
	}
	if len(m.Can) > 0 {
		fmt.Fprintf(w, "\nWhat can be done: %s\n  statusd maintenance %s %s --help\n", strings.Join(m.Can, ", "), m.Can[0], m.ID)
	}
	if len(m.Trail) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nWho did what, newest first")
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, a := range m.Trail {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", w.second(a.At), a.Actor, a.Address, a.Action, a.Outcome)
	}
	return t.Flush()
}

// writeStep says what was changed, by whom, why, and from what.
func writeStep(w writer, s api.WindowStep, zone *time.Location) {
	by := s.By
	if by == "" {
		by = "the schedule"
	}
	line := fmt.Sprintf("  %s  %s by %s", w.minute(s.At), s.Act, by)
	if s.Why != "" {
		line += ": " + s.Why
	}
	fmt.Fprintln(w, line)
	if s.Before != nil {
		line = "    before: " + phaseWords(s.Phase) + ", " + spanOf(s.Before.Start, s.Before.End, zone, true)
		if s.Told {
			line += "; people knew and were told"
		}
		fmt.Fprintln(w, line)
	}
	if s.Past {
		fmt.Fprintln(w, "    time that had passed was declared maintenance")
	}
}

// shortLength is a length as the service writes it, in words.
func shortLength(text string) string {
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	return i18n.Duration(i18n.EN, d)
}
