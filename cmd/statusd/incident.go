package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type incidentCommand struct {
	Open      incidentOpen      `cmd:"" help:"Open an incident, or write a draft of one."`
	Update    incidentUpdate    `cmd:"" help:"Say more about an incident, or change levels."`
	Resolve   incidentResolve   `cmd:"" help:"Say that it is over."`
	Reopen    incidentReopen    `cmd:"" help:"Say that it is not over after all."`
	Publish   incidentPublish   `cmd:"" help:"Make a draft public."`
	Discard   incidentDiscard   `cmd:"" help:"Put a draft aside for good. It is kept, and never shown."`
	Note      incidentNote      `cmd:"" help:"Write a note that only operators see."`
	Amend     incidentAmend     `cmd:"" help:"Correct title, impact or beginning. Nothing is sent."`
	Reword    incidentReword    `cmd:"" help:"Change the words of an update; those it had are shown with it. Nothing is sent."`
	Undo      incidentUndo      `cmd:"" help:"Take the last change back while nothing of it was sent."`
	List      incidentList      `cmd:"" help:"List the open incidents, newest first."`
	Show      incidentShow      `cmd:"" help:"Show one incident with its updates, notes, and who did what."`
	Suspected incidentSuspected `cmd:"" help:"Show the measured outages that nobody told of, each with the command that declares it."`
	Templates incidentTemplates `cmd:"" help:"List the texts there are for incidents."`
}

// aboutOne is the flag of commands that say something about one incident.
type aboutOne struct {
	ID string `help:"Which incident; without it the only open one." placeholder:"ID" complete:"incident"`
}

func (o aboutOne) path() (string, error) {
	id, err := named(o.ID)
	return "/api/v1/incidents/" + id, err
}

// orNamed are the argument and the flag of commands that do something with one incident and take no other argument.
type orNamed struct {
	Which string `arg:"" optional:"" name:"id" help:"Which incident; without it the only open one." complete:"incident"`
	ID    string `help:"The same as a flag, as other commands take it." placeholder:"ID" complete:"incident"`
}

func (o orNamed) one() (aboutOne, error) {
	if o.Which != "" && o.ID != "" && o.Which != o.ID {
		return aboutOne{}, usagef("%s or --id %s: name one incident", o.Which, o.ID)
	}
	return aboutOne{cmp.Or(o.ID, o.Which)}, nil
}

// onVersion is the flag of commands that may meet somebody else's change.
type onVersion struct {
	Version int `help:"Change nothing unless this is still the newest version, as incident show names it." placeholder:"N"`
}

// act does something to one incident and shows what came of it.
func (r reach) act(ctx context.Context, io streams, done string, of aboutOne, what, key string, version int, body any) error {
	path, err := of.path()
	if err != nil {
		return err
	}
	return r.conflict(r.send(ctx, io, done, path+what, key, body), of, version)
}

// send posts something about an incident and shows what came of it.
func (r reach) send(ctx context.Context, io streams, done, path, key string, body any) error {
	var i api.Incident
	answer, err := r.post(ctx, path, key, body, &i)
	if err != nil {
		return err
	}
	return r.show(io, answer, func(w writer) error { return r.writeChange(w, done, i) })
}

// conflict says how to look where somebody else has changed the incident.
func (r reach) conflict(err error, of aboutOne, version int) error {
	var no *refusal
	if version == 0 || !errors.As(err, &no) || no.status != http.StatusConflict {
		return err
	}
	id := ""
	if of.ID != "" {
		id = " " + of.ID
	}
	return fmt.Errorf("%w\n`statusd incident show%s%s` shows it and its version", err, id, r.again())
}

type incidentList struct {
	All    bool   `help:"The resolved ones too."`
	Limit  int    `help:"How many, 1 to 200." default:"50" placeholder:"N"`
	Before string `help:"Only those older than this one." placeholder:"ID" complete:"incident"`
	reach
}

// Run implements the command.
func (c *incidentList) Run(ctx context.Context, io streams) error {
	q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	if !c.All {
		q.Set("open", "true")
	}
	if c.Before != "" {
		q.Set("before", c.Before)
	}
	var list api.Incidents
	answer, err := c.get(ctx, "/api/v1/incidents?"+q.Encode(), &list)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		switch {
		case len(list.Incidents) > 0:
		case c.Before != "":
			fmt.Fprintln(out, "There are no older ones.")
			return nil
		case c.All:
			fmt.Fprintln(out, "There was no incident yet.")
			return nil
		default:
			fmt.Fprintln(out, "No incident is open.")
			return nil
		}
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tPHASE\tIMPACT\tSTARTED\tTITLE")
		for _, i := range list.Incidents {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", i.ID, phaseOf(i), i.Impact, out.minute(i.Started), i.Title)
		}
		if err := w.Flush(); err != nil || list.Next == "" {
			return err
		}
		all := ""
		if c.All {
			all = " --all"
		}
		fmt.Fprintf(out, "Older ones: statusd incident list%s --before %s%s\n", all, list.Next, c.again())
		return nil
	})
}

type incidentShow struct {
	orNamed
	reach
}

// Run implements the command.
func (c *incidentShow) Run(ctx context.Context, io streams) error {
	of, err := c.one()
	if err != nil {
		return err
	}
	path, err := of.path()
	if err != nil {
		return err
	}
	var i api.Incident
	answer, err := c.get(ctx, path, &i)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return c.writeIncident(w, i) })
}

// named is the given ID, or the word by which the service takes the only open incident.
func named(id string) (string, error) {
	switch {
	case id == "":
		return api.TheOpenOne, nil
	case !data.ValidID(id):
		return "", usagef("%q is no incident's ID: those are 12 characters, see `statusd incident list`", id)
	}
	return id, nil
}
