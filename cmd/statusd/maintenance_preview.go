package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// previewWindow shows what a change of a window would tell people.
func (r reach) previewWindow(ctx context.Context, io streams, wish api.WindowWish, body any) error {
	var err error
	if wish.Body, err = json.Marshal(body); err != nil {
		return err
	}
	var p api.WindowPreview
	answer, err := r.post(ctx, "/api/v1/maintenance-preview", "", wish, &p)
	if err != nil {
		return err
	}
	return r.show(io, answer, func(w writer) error { return r.writeWindowPreview(w, p) })
}

func (r reach) writeWindowPreview(w writer, p api.WindowPreview) error {
	r.writeWindow(w, "It would be", p.Window)
	r.writeHolds(w, p.Window, "This would put")
	if len(p.Page) == 0 {
		fmt.Fprintln(w, "\nThe page would say nothing of it")
	} else {
		fmt.Fprintln(w, "\nThe page would say")
	}
	for _, s := range p.Page {
		phase := ""
		if s.Phase != "" {
			phase = s.Phase + ": "
		}
		fmt.Fprintf(w, "  %s  %s%s\n      %s\n", s.Lang, phase, s.Title, s.When)
		if s.Was != "" {
			fmt.Fprintf(w, "      %s\n", s.Was)
		}
		if s.Body != "" {
			fmt.Fprintf(w, "      %s\n", indented(s.Body))
		}
	}
	writeBanners(w, p.Banners)
	writeMail(w, p.Mail)
	_, err := fmt.Fprintln(w, "\nNothing was changed. The same command without --preview does it.")
	return err
}

type maintenanceRule struct {
	Rule   string `arg:"" optional:"" help:"RFC 5545, such as \"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR\"."`
	Cron   string `help:"Five-field cron text instead, such as \"0 2 * * *\"." placeholder:"TEXT"`
	Anchor string `help:"First date of the rule." placeholder:"YYYY-MM-DD"`
	Start  string `help:"Clock reading of the start." placeholder:"HH:MM"`
	End    string `help:"Clock reading of the end." placeholder:"HH:MM"`
	Length string `help:"Instead of the end: an elapsed length, such as 3s." placeholder:"3s"`
	Days   int    `help:"Whole days added to the end." placeholder:"N"`
	Shift  int    `help:"Days from the rule's date to the window's, 0 to 31." placeholder:"N"`
	Zone   string `help:"Zone of the readings, such as Europe/Oslo; without it that of the page." placeholder:"ZONE"`
	Count  int    `help:"How many windows to show, 1 to 500." default:"12" placeholder:"N"`
	reach
}

// Help implements kong.HelpProvider.
func (c *maintenanceRule) Help() string {
	return `For example:

    statusd maintenance rule "FREQ=MONTHLY;BYDAY=3TU" --anchor 2026-01-20 --start 22:00 --end 05:00
    statusd maintenance rule --cron "0 2 * * *" --anchor 2026-01-01 --length 3s --count 30`
}

// Run implements the command.
func (c *maintenanceRule) Run(ctx context.Context, io streams) error {
	var p api.RulePreview
	answer, err := c.post(ctx, "/api/v1/maintenance-rule", "", api.RuleWish{
		Rule: c.Rule, Cron: c.Cron, Anchor: c.Anchor, Start: c.Start, End: c.End, Length: c.Length, Days: c.Days, Shift: c.Shift, Zone: c.Zone, Count: c.Count,
	}, &p)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return writeRule(w, p) })
}

func writeRule(w writer, p api.RulePreview) error {
	fmt.Fprintln(w, i18n.Capital(p.Reads))
	for _, o := range p.Windows {
		fmt.Fprintf(w, "  %s\n", o.Local)
		if o.ClockChange != "" {
			fmt.Fprintf(w, "      %s\n", o.ClockChange)
		}
		if len(o.Named) > 0 {
			fmt.Fprintf(w, "      meets %s\n", strings.Join(o.Named, ", "))
		}
	}
	if len(p.Windows) == 0 {
		fmt.Fprintln(w, "It makes no window from now on.")
	}
	_, err := fmt.Fprintln(w, "Nothing was changed: a rule is configured under maintenance.")
	return err
}
