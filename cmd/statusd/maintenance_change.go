package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// why are the flags of commands that change a window.
type why struct {
	Reason  string            `help:"Why, in a line. It stands in the record beside your name and is never public." placeholder:"TEXT"`
	Body    string            `help:"What readers see beside the new facts." placeholder:"TEXT"`
	In      map[string]string `help:"The same in another language, such as --in \"nb=Vi flytter arbeidet.\" Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	Preview bool              `help:"Show what people would be told, and how many, and change nothing."`
	Version int               `help:"Change nothing unless this is still the newest version, as maintenance show names it." placeholder:"N"`
	keyed
}

// atShort is the flag of commands that may leave people less notice than was promised.
type atShort struct {
	ShortNotice bool `help:"People get less notice than was promised, and --reason says why."`
}

// given checks what every change must say.
func (y why) given() error {
	if strings.TrimSpace(y.Reason) == "" {
		return usagef("say why: --reason \"…\" takes a line, which stands in the record beside your name and is never public")
	}
	return nil
}

func (y why) change() api.WindowChange {
	return api.WindowChange{Reason: y.Reason, Body: y.Body, Bodies: y.In, Version: y.Version}
}

// steer does something to a window, or shows what people would be told of it.
func (r reach) steer(ctx context.Context, io streams, args commandLine, done string, act data.Act, of api.MaintenanceWindow, p api.WindowChange, y why) error {
	var err error
	if y.Preview {
		err = r.previewWindow(ctx, io, api.WindowWish{Operation: "maintenance." + string(act), ID: of.ID}, p)
	} else {
		err = r.sendWindow(ctx, io, done, windowPath(of.ID)+"/"+string(act), y.key(), p)
	}
	return r.offered(err, args, of.ID, y.Version)
}

// sendWindow posts something about a window and shows what came of it.
func (r reach) sendWindow(ctx context.Context, io streams, done, path, key string, body any) error {
	var m api.MaintenanceWindow
	answer, err := r.post(ctx, path, key, body, &m)
	if err != nil {
		return err
	}
	return r.show(io, answer, func(w writer) error { return r.writeSteered(w, done, m) })
}

// offered adds to a refusal the command that is the way out.
func (r reach) offered(err error, args commandLine, id string, version int) error {
	var no *refusal
	switch {
	case !errors.As(err, &no):
	case no.field == "short_notice":
		return fmt.Errorf("%w\nAt short notice, for the reason you gave:\n  %s", err, args.with("--short-notice"))
	case no.status == http.StatusUnprocessableEntity && strings.Contains(no.text, "declared afterwards"):
		return fmt.Errorf("%w\nAs time that has passed, for the reason you gave:\n  %s", err, args.with("--afterwards"))
	case no.status == http.StatusConflict && version != 0:
		return fmt.Errorf("%w\n`statusd maintenance show %s%s` shows it and its version", err, id, r.again())
	}
	return err
}

// plainly finds the window and changes it by an act that takes no times.
func (r reach) plainly(ctx context.Context, io streams, args commandLine, done string, act data.Act, words []string, y why, short bool) error {
	if err := y.given(); err != nil {
		return err
	}
	of, err := r.find(ctx, words, act == data.ActVerify || act == data.ActComplete, ableTo(act, short))
	if err != nil {
		return err
	}
	p := y.change()
	p.Short = short
	return r.steer(ctx, io, args, done, act, of, p, y)
}

type maintenanceConfirm struct {
	ofWindow
	why
	atShort
	reach
}

// Run implements the command.
func (c *maintenanceConfirm) Run(ctx context.Context, io streams, args commandLine) error {
	return c.plainly(ctx, io, args, "Confirmed", data.ActConfirm, c.Window, c.why, c.ShortNotice)
}

type maintenanceCancel struct {
	ofWindow
	why
	reach
}

// Run implements the command.
func (c *maintenanceCancel) Run(ctx context.Context, io streams, args commandLine) error {
	return c.plainly(ctx, io, args, "Cancelled", data.ActCancel, c.Window, c.why, false)
}

type maintenanceHold struct {
	ofWindow
	why
	reach
}

// Run implements the command.
func (c *maintenanceHold) Run(ctx context.Context, io streams, args commandLine) error {
	return c.plainly(ctx, io, args, "Put under review", data.ActHold, c.Window, c.why, false)
}

type maintenanceRelease struct {
	ofWindow
	why
	atShort
	reach
}

// Run implements the command.
func (c *maintenanceRelease) Run(ctx context.Context, io streams, args commandLine) error {
	return c.plainly(ctx, io, args, "Released", data.ActRelease, c.Window, c.why, c.ShortNotice)
}

type maintenanceVerify struct {
	ofWindow
	why
	reach
}

// Run implements the command.
func (c *maintenanceVerify) Run(ctx context.Context, io streams, args commandLine) error {
	return c.plainly(ctx, io, args, "Being verified", data.ActVerify, c.Window, c.why, false)
}

type maintenanceComplete struct {
	ofWindow
	why
	reach
}

// Run implements the command.
func (c *maintenanceComplete) Run(ctx context.Context, io streams, args commandLine) error {
	return c.plainly(ctx, io, args, "Completed", data.ActComplete, c.Window, c.why, false)
}

type maintenanceMove struct {
	ofWindow
	Start string `help:"When it starts instead; a day alone keeps the time of day." placeholder:"TIME"`
	End   string `help:"When it ends; without this and --lasts it keeps its length." placeholder:"TIME"`
	Lasts string `help:"Instead of the end: how long it lasts, such as 6h." placeholder:"6h"`
	why
	atShort
	reach
}

// Help implements kong.HelpProvider.
func (c *maintenanceMove) Help() string {
	return `For example:

    statusd maintenance move system --start "2026-04-11 00:00" --reason "The supplier is late." --preview
    statusd maintenance move application rest --start 23:00 --reason "A release runs until then."` + timesHelp
}

// timesHelp is how times are typed.
const timesHelp = `

Times are clock readings of the schedule's zone: 22:00, "2026-04-07 22:00", "tomorrow 22:00", "fri 22:00"; or
instants such as 2026-04-07T22:00:00+02:00. A reading that clocks skip or show twice is taken as rules take it, and
a note says so; "2026-10-25 02:30 CET" names one of two.`

// Run implements the command.
func (c *maintenanceMove) Run(ctx context.Context, io streams, args commandLine) error {
	switch err := c.given(); {
	case err != nil:
		return err
	case c.Start == "":
		return usagef("say when it starts instead: --start \"2026-04-11 22:00\"")
	case c.End != "" && c.Lasts != "":
		return usagef("both --end and --lasts are given: keep one")
	}
	of, err := c.find(ctx, c.Window, false, ableTo(data.ActMove, false))
	if err != nil {
		return err
	}
	p, t := c.change(), times{zone: zoneOf(of.Zone), now: time.Now(), notes: io.err}
	p.Short = c.ShortNotice
	at := of.Start.In(t.zone)
	// A reading alone is of the day it has: the first after the midnight that begins it.
	begins := clock{keeps: at.Format("15:04"), after: midnight(at).Add(-1)}
	if p.Start, err = t.read("--start", c.Start, begins); err != nil {
		return err
	}
	if p.End, err = t.end(c.End, c.Lasts, p.Start); err != nil {
		return err
	}
	return c.steer(ctx, io, args, "Moved", data.ActMove, of, p, c.why)
}

// midnight is the instant at which t's day begins.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// typedLength is a length of time as it was typed. One below zero would be taken for a flag.
type typedLength string

var belowZero = regexp.MustCompile(`^-[0-9.]`)

// Decode implements kong.MapperValue.
func (l *typedLength) Decode(ctx *kong.DecodeContext) error {
	if text := ctx.Scan.Peek().String(); belowZero.MatchString(text) {
		return fmt.Errorf("%s goes the other way: extend adds time and shorten takes it away, each by a length such as 30m", text)
	}
	return ctx.Scan.PopValueInto("length", (*string)(l))
}

// resize are the flags of commands that change how long a window is.
type resize struct {
	By    typedLength `help:"Move its end by this much, such as 30m." placeholder:"30m"`
	End   string      `help:"Its new end." placeholder:"TIME"`
	Start string      `help:"Its new start." placeholder:"TIME"`
}

func (z resize) given(example string) error {
	switch {
	case z.By == "" && z.End == "" && z.Start == "":
		return usagef("say by how much: %s", example)
	case z.By != "" && z.End != "":
		return usagef("both --by and --end are given: keep one")
	}
	return nil
}

// into writes the new times into p.
func (z resize) into(p *api.WindowChange, of api.MaintenanceWindow, t times, start clock) (err error) {
	p.By = string(z.By)
	if z.Start != "" {
		start.keeps = of.Start.In(t.zone).Format("15:04")
		if p.Start, err = t.read("--start", z.Start, start); err != nil {
			return err
		}
	}
	if z.End != "" {
		p.End, err = t.read("--end", z.End, clock{after: of.Start, keeps: of.End.In(t.zone).Format("15:04"), isEnd: true})
	}
	return err
}

type maintenanceExtend struct {
	ofWindow
	resize
	Afterwards bool `help:"Time that has passed becomes maintenance, out of the uptime figure. Takes the role admin; the report lists it."`
	why
	atShort
	reach
}

// Help implements kong.HelpProvider.
func (c *maintenanceExtend) Help() string {
	return `Without a name it is the only window under way. For example:

    statusd maintenance extend --by 30m --reason "The upgrade of db3 is slow." --body "It takes half an hour longer."
    statusd maintenance extend system 2026-04-10 --end 07:00 --reason "Two more servers."` + timesHelp
}

// Run implements the command.
func (c *maintenanceExtend) Run(ctx context.Context, io streams, args commandLine) error {
	if err := errors.Join(c.why.given(), c.resize.given("--by 30m, --end 07:00 or --start 21:00")); err != nil {
		return usageError{err}
	}
	of, err := c.find(ctx, c.Window, true, ableTo(data.ActExtend, false))
	if err != nil {
		return err
	}
	p := c.change()
	p.Short, p.Afterwards = c.ShortNotice, c.Afterwards
	if err := c.into(&p, of, times{zone: zoneOf(of.Zone), now: time.Now(), notes: io.err}, clock{before: of.Start}); err != nil {
		return err
	}
	return c.steer(ctx, io, args, "Extended", data.ActExtend, of, p, c.why)
}

type maintenanceShorten struct {
	ofWindow
	resize
	why
	reach
}

// Help implements kong.HelpProvider.
func (c *maintenanceShorten) Help() string {
	return `Without a name it is the only window under way. For example:

    statusd maintenance shorten system --end 04:00 --reason "Fewer servers than was thought."` + timesHelp
}

// Run implements the command.
func (c *maintenanceShorten) Run(ctx context.Context, io streams, args commandLine) error {
	if err := errors.Join(c.why.given(), c.resize.given("--by 30m, --end 04:00 or --start 23:00")); err != nil {
		return usageError{err}
	}
	of, err := c.find(ctx, c.Window, true, ableTo(data.ActShorten, false))
	if err != nil {
		return err
	}
	p := c.change()
	// The start it has is the first that fits: a command that is repeated is refused, and takes no other day away.
	if err := c.into(&p, of, times{zone: zoneOf(of.Zone), now: time.Now(), notes: io.err}, clock{after: of.Start.Add(-1)}); err != nil {
		return err
	}
	return c.steer(ctx, io, args, "Shortened", data.ActShorten, of, p, c.why)
}
