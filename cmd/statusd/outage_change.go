package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// saysWhy are the flags of commands that change outages.
type saysWhy struct {
	Why     string `help:"Why. It stands beside the figure for ever, with your name, and is never public." placeholder:"TEXT"`
	Preview bool   `help:"Show what it would make of every month, and change nothing."`
	keyed
}

// seen is the flag of commands about one outage.
type seen struct {
	Version string `help:"Change nothing unless this is still its version, as outage show names it." placeholder:"VERSION"`
}

func (b saysWhy) given() error {
	if strings.TrimSpace(b.Why) == "" {
		return usagef("say why: --why \"…\" stands beside the figure for ever, with your name")
	}
	return nil
}

// judge does something to outages, or shows what it would make of the months.
func (r reach) judge(ctx context.Context, io streams, done, act, id, path string, body any, b saysWhy, args commandLine) error {
	var v api.OutageOutcome
	var answer reply
	var err error
	if b.Preview {
		wish := api.OutageWish{Operation: "outage." + act, ID: id}
		if wish.Body, err = json.Marshal(body); err != nil {
			return err
		}
		answer, err = r.post(ctx, "/api/v1/outage-preview", "", wish, &v)
	} else {
		answer, err = r.post(ctx, path, b.key(), body, &v)
	}
	var no *refusal
	switch {
	case errors.As(err, &no) && no.status == http.StatusForbidden && strings.Contains(no.text, "role admin"):
		return fmt.Errorf("%w\nWhat an admin would look at:\n  %s", err, args.with("--preview"))
	case errors.As(err, &no) && no.status == http.StatusConflict && strings.Contains(no.text, "fingerprint"):
		return fmt.Errorf("%w\n`statusd outage show %s%s` shows it and its version", err, quoted(id), r.again())
	case err != nil:
		return err
	}
	return r.show(io, answer, func(w writer) error { return writeOutcome(w, done, v, b.Preview) })
}

func writeOutcome(w writer, done string, v api.OutageOutcome, preview bool) error {
	zone := zoneOf(v.Zone)
	if preview {
		done = "It would be"
	}
	fmt.Fprintln(w, done)
	for _, o := range v.Outages {
		fmt.Fprintf(w, "  %s %s: %s, %s\n      %s; %s\n", o.ID, whom(o.Component, o.Counts.Cohort), outageSpan(o.Counts, zone), outageLength(o.Counts), outageWhat(o), contractWords(o))
	}
	fmt.Fprintln(w, "\nThe months before, and after")
	if err := writeMonths(w, v.Months); err != nil {
		return err
	}
	if len(v.Lowered) > 0 {
		fmt.Fprintln(w, "\nThe contract's downtime is less, which takes the role admin:")
	}
	for _, l := range v.Lowered {
		fmt.Fprintf(w, "  %s\n", l)
	}
	if preview {
		fmt.Fprintln(w, "\nNothing was changed. The same command without --preview does it.")
	}
	return nil
}

// look finds an outage, for a command that reads times beside it.
func (r reach) look(ctx context.Context, io streams, id string) (api.OutageRow, times, error) {
	var v api.OutageWhole
	_, err := r.get(ctx, outageAt(id), &v)
	return v.Outage, times{zone: zoneOf(v.Zone), now: time.Now(), notes: io.err}, err
}

type outageCorrect struct {
	anOutage
	Started    string `help:"When it really began." placeholder:"TIME"`
	Ended      string `help:"When it really ended." placeholder:"TIME"`
	Aware      string `help:"From when you really knew of it." placeholder:"TIME"`
	Reported   string `help:"When a customer reported it." placeholder:"TIME"`
	Unreported bool   `help:"Nobody reported it after all."`
	Impact     string `help:"no_read, no_write, no_read_no_write or degraded." placeholder:"IMPACT" complete:"outageimpact"`
	Cause      string `help:"provider, internet, external, customer, third_party or excluded_service." placeholder:"CAUSE" complete:"cause"`
	Cohort     string `help:"Whom it really concerned; all for everybody." placeholder:"COHORT"`
	saysWhy
	seen
	reach
}

// Help implements kong.HelpProvider.
func (c *outageCorrect) Help() string {
	return `For example:

    statusd outage correct abcdefghijkl --cause internet --why "The line to the data centre was cut." --preview
    statusd outage correct abcdefghijkl --ended 04:10 --why "The log shows answers from then on."` + outageTimesHelp
}

const outageTimesHelp = `

Times are clock readings of the schedule's zone: 04:10, "2026-04-07 04:10", "yesterday 04:10:30"; or instants such as
2026-04-07T04:10:00+02:00. A reading alone is of the day on which the outage began, and of an end the first after its
beginning.`

// Run implements the command.
func (c *outageCorrect) Run(ctx context.Context, io streams, args commandLine) error {
	if err := c.given(); err != nil {
		return err
	}
	o, t, err := c.look(ctx, io, c.ID)
	if err != nil {
		return err
	}
	in := api.OutageCorrection{Unreported: c.Unreported, Impact: data.Impact(c.Impact), Cause: data.Cause(c.Cause), Cohort: c.Cohort, Why: c.Why, Version: c.Version}
	start := o.Counts.Started
	for _, flag := range []struct {
		name, text string
		into       **time.Time
	}{{"--started", c.Started, &in.Started}, {"--ended", c.Ended, &in.Ended}, {"--aware", c.Aware, &in.Aware}, {"--reported", c.Reported, &in.Reported}} {
		if flag.text == "" {
			continue
		}
		as := t.dayOf(start)
		if flag.name == "--ended" {
			if in.Started != nil {
				start = *in.Started
			}
			as = clock{after: start, isEnd: true}
		}
		at, err := t.read(flag.name, flag.text, as)
		if err != nil {
			return err
		}
		*flag.into = &at
	}
	return c.judge(ctx, io, "Corrected", "correct", o.ID, outageAt(o.ID)+"/correct", in, c.saysWhy, args)
}

// dayOf reads a time without a day as one of the day on which something began.
func (t times) dayOf(start time.Time) clock { return clock{after: midnight(start.In(t.zone)).Add(-1)} }

type outageSplit struct {
	anOutage
	At string `arg:"" help:"When the second part begins."`
	saysWhy
	seen
	reach
}

// Help implements kong.HelpProvider.
func (c *outageSplit) Help() string {
	return `For example:

    statusd outage split abcdefghijkl 04:10 --why "From then on it was the supplier's fault."` + outageTimesHelp
}

// Run implements the command.
func (c *outageSplit) Run(ctx context.Context, io streams, args commandLine) error {
	if err := c.given(); err != nil {
		return err
	}
	o, t, err := c.look(ctx, io, c.ID)
	if err != nil {
		return err
	}
	at, err := t.read("AT", c.At, clock{after: o.Counts.Started})
	if err != nil {
		return err
	}
	in := api.OutageCut{At: at, Why: c.Why, Version: c.Version}
	return c.judge(ctx, io, "Cut in two", "split", o.ID, outageAt(o.ID)+"/split", in, c.saysWhy, args)
}

type outageJoin struct {
	IDs []string `arg:"" name:"id" help:"Which outages, by ID or key: two or more of one component." complete:"anyoutage"`
	saysWhy
	reach
}

// Run implements the command.
func (c *outageJoin) Run(ctx context.Context, io streams, args commandLine) error {
	if err := c.given(); err != nil {
		return err
	}
	if len(c.IDs) < 2 {
		return usagef("name at least two outages")
	}
	in := api.OutageJoining{Why: c.Why}
	for _, id := range c.IDs[1:] {
		in.With = append(in.With, api.OutageRef{ID: id})
	}
	return c.judge(ctx, io, "Joined", "join", c.IDs[0], outageAt(c.IDs[0])+"/join", in, c.saysWhy, args)
}

type outageAdd struct {
	Component string `arg:"" help:"Which component was out." complete:"affected"`
	Start     string `arg:"" help:"When it began."`
	End       string `arg:"" help:"When it ended."`
	Cohort    string `help:"Whom it concerned; without it everybody." placeholder:"COHORT"`
	Aware     string `help:"From when you knew of it; without it from its beginning." placeholder:"TIME"`
	Reported  string `help:"When a customer reported it." placeholder:"TIME"`
	Impact    string `help:"no_read, no_write, no_read_no_write or degraded." default:"no_read_no_write" placeholder:"IMPACT" complete:"outageimpact"`
	Cause     string `help:"provider, internet, external, customer, third_party or excluded_service." default:"provider" placeholder:"CAUSE" complete:"cause"`
	saysWhy
	reach
}

// Help implements kong.HelpProvider.
func (c *outageAdd) Help() string {
	return `For example:

    statusd outage add crm-read "yesterday 03:10" 03:40 --reported 03:15 --why "Customers' logs show it." --preview` + outageTimesHelp
}

// Run implements the command.
func (c *outageAdd) Run(ctx context.Context, io streams, args commandLine) error {
	if err := c.given(); err != nil {
		return err
	}
	t, err := c.times(ctx, io)
	if err != nil {
		return err
	}
	in := api.OutageAddition{Component: c.Component, Cohort: c.Cohort, Impact: data.Impact(c.Impact), Cause: data.Cause(c.Cause), Why: c.Why}
	if in.Started, err = t.read("START", c.Start, clock{}); err != nil {
		return err
	}
	if in.Ended, err = t.read("END", c.End, clock{after: in.Started, isEnd: true}); err != nil {
		return err
	}
	for _, flag := range []struct {
		name, text string
		into       **time.Time
	}{{"--aware", c.Aware, &in.Aware}, {"--reported", c.Reported, &in.Reported}} {
		if flag.text == "" {
			continue
		}
		at, err := t.read(flag.name, flag.text, t.dayOf(in.Started))
		if err != nil {
			return err
		}
		*flag.into = &at
	}
	return c.judge(ctx, io, "Added", "add", "", "/api/v1/outages", in, c.saysWhy, args)
}

type outageVoid struct {
	anOutage
	saysWhy
	seen
	reach
}

// Run implements the command.
func (c *outageVoid) Run(ctx context.Context, io streams, args commandLine) error {
	return c.wordOfOutage(ctx, io, "Set aside", "void", c.ID, c.saysWhy, c.Version, args)
}

type outageRestore struct {
	anOutage
	saysWhy
	seen
	reach
}

// Run implements the command.
func (c *outageRestore) Run(ctx context.Context, io streams, args commandLine) error {
	return c.wordOfOutage(ctx, io, "Restored", "restore", c.ID, c.saysWhy, c.Version, args)
}

// wordOfOutage sets an outage aside, or restores it.
func (r reach) wordOfOutage(ctx context.Context, io streams, done, act, id string, b saysWhy, version string, args commandLine) error {
	if err := b.given(); err != nil {
		return err
	}
	return r.judge(ctx, io, done, act, id, outageAt(id)+"/"+act, api.OutageWord{Why: b.Why, Version: version}, b, args)
}
