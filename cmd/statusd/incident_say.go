package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
	"github.com/superoffice/statusd/web/api"
)

// said are the flags of commands that tell the public something.
type said struct {
	Component []string          `help:"Component and level, such as login=degraded, or login@pilot for some customers only; without a level it is a major outage. Repeat for more." short:"c" placeholder:"NAME[=LEVEL]" complete:"affected"`
	Cohort    string            `help:"Only these customers, such as pilot, where -c does not say." placeholder:"COHORT"`
	Impact    string            `help:"none, minor, major or critical; without it the components' levels decide." placeholder:"IMPACT" complete:"impact"`
	Next      string            `help:"When the next update is promised: in 30m, or at a time." placeholder:"30m|TIME"`
	Template  string            `help:"Take the words from this template, where you give none: see statusd incident templates." placeholder:"NAME" complete:"template"`
	In        map[string]string `help:"The text in another language, such as --in \"nb=Vi ser på saken.\" Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	Preview   bool              `help:"Show what people would be told, and how many, and change nothing."`
	keyed
}

func (s said) report(now time.Time) (api.IncidentReport, error) {
	p := api.IncidentReport{Impact: s.Impact, Cohort: s.Cohort, Template: s.Template, Bodies: s.In}
	for _, c := range s.Component {
		name, text, given := strings.Cut(c, "=")
		level := data.MajorOutage
		if given {
			if err := level.UnmarshalText([]byte(strings.ReplaceAll(text, "-", "_"))); err != nil {
				return p, usagef("-c %s: %v", c, err)
			}
		}
		if p.Components == nil {
			p.Components = map[string]data.Level{}
		}
		p.Components[name] = level
	}
	var err error
	p.NextIn, p.NextUpdate, err = moment("--next", s.Next, now)
	return p, err
}

// now is the clock on which times are read that people type: that of the schedule's zone, which only the service knows. It is not
// asked where no text is a clock reading.
func (r reach) now(ctx context.Context, texts ...string) (time.Time, error) {
	now := time.Now()
	if !slices.ContainsFunc(texts, isReading) {
		return now, nil
	}
	cl, err := r.dial()
	if err != nil {
		return now, err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	err = cl.do(ctx, "GET", "/api/v1/me", "", nil, &json.RawMessage{})
	if no := (*refusal)(nil); err != nil && !errors.As(err, &no) { // a token for one operation alone is refused this, and told the zone
		return now, err
	}
	return now.In(cl.zone.Load()), nil
}

// isReading says whether a text is neither a length of time nor an instant, so that a zone is needed to read it.
func isReading(text string) bool {
	length, at, err := moment("", text, time.Time{})
	_, instant := time.Parse(time.RFC3339, text)
	return err == nil && length == "" && !at.IsZero() && instant != nil
}

// moment reads a length of time, which the service counts from its own clock so that a repeated command says the same, or
// a time: RFC 3339, or a reading of the clock that now is on, of today where it names no day.
func moment(flag, text string, now time.Time) (length string, at time.Time, err error) {
	if text == "" {
		return "", at, nil
	}
	if _, err := time.ParseDuration(text); err == nil {
		return text, at, nil
	}
	if at, err = time.Parse(time.RFC3339, text); err == nil {
		return "", at, nil
	}
	if len(text) == len("15:04") {
		text = now.Format(time.DateOnly) + " " + text
	}
	if reading, err := time.Parse("2006-01-02 15:04", text); err == nil {
		at, _ = recur.Land(reading, now.Location(), false)
		return "", at, nil
	}
	return "", at, usagef("%s %q is neither a length such as 30m nor a time such as 22:00, \"2026-04-07 22:00\" or 2026-04-07T22:00:00+02:00", flag, text)
}

type incidentOpen struct {
	Title   string `arg:"" optional:"" help:"One line on what people notice; not needed with --template or --outage."`
	Body    string `arg:"" optional:"" help:"What readers see below it."`
	Started string `help:"When it began: 10m for ten minutes ago, or a time." placeholder:"10m|TIME"`

	Reported string            `help:"When a customer told us of it, if one did: 10m for ten minutes ago, or a time. The contract counts from there, or from when we knew." placeholder:"10m|TIME"`
	Outage   []string          `help:"A measured outage, which gives component, level and times: see statusd incident suspected. Repeat for more, each of which begins with its own." placeholder:"KEY" complete:"outage"`
	Draft    bool              `help:"Tell nobody before it is published."`
	TitleIn  map[string]string `help:"The title in another language. Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	said
	reach
}

// Run implements the command.
func (c *incidentOpen) Run(ctx context.Context, io streams) error {
	if c.Title == "" && c.Template == "" && len(c.Outage) == 0 {
		return usagef("nothing to tell: give a title in one line, --template NAME or --outage KEY")
	}
	now, err := c.now(ctx, c.Started, c.Reported, c.Next)
	if err != nil {
		return err
	}
	p, err := c.report(now)
	if err != nil {
		return err
	}
	p.Title, p.Titles, p.Body, p.Draft = c.Title, c.TitleIn, c.Body, c.Draft
	if len(c.Outage) == 1 {
		p.Outage = data.OutageKey(c.Outage[0])
	} else {
		for _, key := range c.Outage {
			p.Outages = append(p.Outages, data.OutageKey(key))
		}
	}
	if p.StartedAgo, p.Started, err = moment("--started", c.Started, now); err != nil {
		return err
	}
	ago, reported, err := moment("--reported", c.Reported, now)
	if err != nil {
		return err
	}
	if p.Reported = reported; ago != "" {
		d, err := time.ParseDuration(ago)
		if err != nil {
			return usagef("--reported %q: %v", c.Reported, err)
		}
		p.Reported = now.Add(-d).UTC().Truncate(time.Second)
	}
	if c.Preview {
		return c.previewOf(ctx, io, api.PreviewWish{Operation: "incident.open"}, p)
	}
	return c.send(ctx, io, "Opened", "/api/v1/incidents", c.key(), p)
}

// Help implements kong.HelpProvider.
func (c *incidentOpen) Help() string {
	return `For example:

    statusd incident open "Sign-in fails" -c login
    statusd incident open "Searching is slow" "We are looking into it." -c crm-read@pilot=degraded --started 10m --next 30m
    statusd incident open --template login-fails -c login --preview`
}

type incidentUpdate struct {
	Body  string `arg:"" optional:"" help:"What readers see."`
	Phase string `help:"investigating, identified, monitoring, resolved or postmortem." placeholder:"PHASE" complete:"phase"`
	At    string `help:"When this was so, if not now: 10m for ten minutes ago, or a time." placeholder:"10m|TIME"`
	aboutOne
	said
	onVersion
	reach
}

// Run implements the command.
func (c *incidentUpdate) Run(ctx context.Context, io streams) error {
	if c.Body == "" && len(c.Component) == 0 && c.Phase == "" && c.Template == "" && c.Next == "" {
		return usagef("nothing to say: give a text, --template NAME, --phase, --next or -c NAME=LEVEL")
	}
	return c.tell(ctx, io, "Updated", c.Body, data.Phase(c.Phase), c.At, c.aboutOne, c.said, c.onVersion)
}

type incidentResolve struct {
	Body string `arg:"" optional:"" help:"What readers see."`
	At   string `help:"When it was over, if not now: 10m for ten minutes ago, or a time." placeholder:"10m|TIME"`
	aboutOne
	said
	onVersion
	reach
}

// Run implements the command.
func (c *incidentResolve) Run(ctx context.Context, io streams) error {
	return c.tell(ctx, io, "Resolved", c.Body, data.Resolved, c.At, c.aboutOne, c.said, c.onVersion)
}

type incidentReopen struct {
	ID   string `arg:"" help:"Which incident: see statusd incident list --all." complete:"incident"`
	Body string `arg:"" optional:"" help:"What readers see."`
	said
	onVersion
	reach
}

// Run implements the command.
func (c *incidentReopen) Run(ctx context.Context, io streams) error {
	return c.tell(ctx, io, "Reopened", c.Body, data.Investigating, "", aboutOne{c.ID}, c.said, c.onVersion)
}

// tell posts an update, or shows what it would tell.
func (r reach) tell(ctx context.Context, io streams, done, body string, phase data.Phase, at string, of aboutOne, s said, v onVersion) error {
	now, err := r.now(ctx, at, s.Next)
	if err != nil {
		return err
	}
	p, err := s.report(now)
	if err != nil {
		return err
	}
	if data.ValidID(body) && strings.ContainsAny(body, "0123456789") {
		return usagef("%s would be what readers see: say which incident it is by --id %[1]s, and then the text", body)
	}
	p.Body, p.Version = body, v.Version
	if p.AtAgo, p.At, err = moment("--at", at, now); err != nil {
		return err
	}
	operation, what := "incident.update", "/updates"
	if done == "Resolved" {
		operation, what = "incident.resolve", "/resolve"
	} else {
		p.Phase = phase
	}
	if s.Preview {
		return r.conflict(r.preview(ctx, io, operation, of, p), of, p.Version)
	}
	return r.act(ctx, io, done, of, what, s.key(), p.Version, p)
}

// writeChange says in a few lines what came of a change.
func (r reach) writeChange(w writer, done string, i api.Incident) error {
	if done == takenBack && i.Draft {
		done = "Taken back, it is a draft now:"
	}
	fmt.Fprintf(w, "%s %s: %s (%s, impact %s)\n", done, i.ID, i.Title, phaseOf(i), i.Impact)
	writeHolds(w, i)
	if len(i.Updates) > 0 {
		u := i.Updates[0]
		langs := slices.Sorted(maps.Keys(u.Bodies))
		u.Bodies, u.Edits = nil, nil
		writeUpdate(w, u)
		if len(langs) > 0 {
			fmt.Fprintf(w, "    also in %s\n", strings.Join(langs, " "))
		}
	}
	writeStill(w, "  ", i.Still)
	if i.UndoUntil != nil {
		fmt.Fprintf(w, "  Until %s this takes it back: statusd incident undo %s%s\n", w.at(*i.UndoUntil, "15:04:05 MST"), i.ID, r.again())
	}
	if i.Draft {
		if i.Phase != data.Resolved {
			fmt.Fprintf(w, "  Nobody was told. This makes it public: statusd incident publish %s%s\n", i.ID, r.again())
			fmt.Fprintf(w, "  And this puts it aside: statusd incident discard %s%s\n", i.ID, r.again())
		}
		return nil
	}
	_, err := fmt.Fprintf(w, "  %s\n", i.URL)
	return err
}
