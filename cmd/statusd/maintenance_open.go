package main

import (
	"context"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type maintenanceOpen struct {
	Kind       string   `arg:"" help:"emergency, critical, system, application, microsoft or infrastructure." complete:"opened"`
	Start      string   `help:"When it starts; without it now." placeholder:"TIME"`
	End        string   `help:"When it ends." placeholder:"TIME"`
	Lasts      string   `help:"Instead of the end: how long it lasts, such as 1h." placeholder:"1h"`
	Cohort     string   `help:"Only these customers, such as pilot." placeholder:"COHORT"`
	Component  []string `help:"What it concerns, such as crm-read; without it every committed component. Repeat for more." short:"c" placeholder:"NAME" complete:"affected"`
	Expected   string   `help:"Interruption that is expected; without it 30m, or the whole of a shorter window." placeholder:"10m"`
	Afterwards bool     `help:"The window, or a part of it, has passed: that is taken out of the uptime figure. Takes the role admin; the report lists it."`
	Reason     string   `help:"Why, in a line. It stands in the record beside your name and is never public." placeholder:"TEXT"`

	Body    string            `help:"What readers see beside the facts." placeholder:"TEXT"`
	In      map[string]string `help:"The same in another language. Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	Preview bool              `help:"Show what people would be told, and how many, and change nothing."`
	keyed
	atShort
	reach
}

// evening is when an emergency patch is usually done: after working hours (M9).
const evening = "18:00"

// Help implements kong.HelpProvider.
func (c *maintenanceOpen) Help() string {
	return `For example:

    statusd maintenance open emergency --reason "The hole in OpenSSL."
    statusd maintenance open emergency --lasts 1h --reason "The hole in OpenSSL."
    statusd maintenance open critical --start "2026-04-10 22:00" --end 23:00 --reason "Locks up under load." --preview
    statusd maintenance open system --start 03:00 --end 04:00 --afterwards --reason "A disk was changed."

An emergency that names no time at all starts about ` + evening + ` today, or now where that has passed, and lasts an hour.
With --lasts or --end and no --start it begins now.` + timesHelp
}

// Run implements the command.
func (c *maintenanceOpen) Run(ctx context.Context, io streams, args commandLine) error {
	if err := (why{Reason: c.Reason}).given(); err != nil {
		return err
	}
	if c.End != "" && c.Lasts != "" {
		return usagef("both --end and --lasts are given: keep one")
	}
	if c.Kind != string(data.Emergency) && c.End == "" && c.Lasts == "" {
		return usagef("say how long: --lasts 1h, or --end 23:00")
	}
	var days api.Maintenances // for the schedule's zone
	today := time.Now().UTC()
	if _, err := c.get(ctx, fmt.Sprintf("/api/v1/maintenance?from=%s&to=%s", today.Format(time.DateOnly), today.AddDate(0, 0, 1).Format(time.DateOnly)), &days); err != nil {
		return err
	}
	p := api.WindowOpening{
		Category: data.Category(c.Kind), Cohort: c.Cohort, Components: c.Component, Expected: c.Expected, Reason: c.Reason,
		Body: c.Body, Bodies: c.In, Short: c.ShortNotice, Afterwards: c.Afterwards,
	}
	if err := c.span(&p, times{zone: zoneOf(days.Zone), now: time.Now(), notes: io.err}); err != nil {
		return err
	}
	var err error
	if c.Preview {
		err = c.previewWindow(ctx, io, api.WindowWish{Operation: "maintenance.open"}, p)
	} else {
		err = c.sendWindow(ctx, io, "Opened", "/api/v1/maintenance", c.key(), p)
	}
	return c.offered(err, args, "", 0)
}

// span works out when the window is.
func (c *maintenanceOpen) span(p *api.WindowOpening, t times) (err error) {
	begin, lasts := c.Start, c.Lasts
	if c.Start == "" && c.End == "" && c.Lasts == "" {
		lasts = "1h"
		if at, _, _, err := (clock{zone: t.zone, now: t.now}).read("--start", evening); err == nil && at.After(t.now) {
			begin = evening
		}
	}
	switch {
	case begin == "" && c.End == "":
		p.Lasts = lasts // from the service's own clock, so that a repeated command says the same
		return nil
	case begin == "":
		p.End, err = t.end(c.End, "", t.now)
		return err
	}
	at, note, dated, err := clock{zone: t.zone, now: t.now}.read("--start", begin)
	if err != nil {
		return err
	}
	if !dated && !c.Afterwards && at.Before(t.now.Add(-time.Minute)) {
		return usagef("--start %s: that has passed today: say \"tomorrow %s\", or leave --start out to begin now; where the work is done already, --afterwards", begin, begin)
	}
	if note != "" {
		fmt.Fprintf(t.notes, "statusd: --start: %s.\n", note)
	}
	p.Start = at
	if p.End, err = t.end(c.End, lasts, at); err != nil || !c.Afterwards || c.End == "" {
		return err
	}
	_, _, dated, err = clock{zone: t.zone, now: t.now}.read("--end", c.End)
	if end := p.End.In(t.zone); err == nil && !dated && !civil(end).Equal(civil(at.In(t.zone))) {
		return usagef("--end %s is not after the start on that day: give a later end, or name the day if the next one is meant: --end %q", c.End, end.Format("2006-01-02 15:04"))
	}
	return err
}
