package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/api"
)

type incidentCommand struct {
	Open    incidentOpen    `cmd:"" help:"Open an incident: statusd incident open \"Sign-in fails\" -c login."`
	Update  incidentUpdate  `cmd:"" help:"Say more about an incident, or change levels."`
	Resolve incidentResolve `cmd:"" help:"Say that it is over."`
	List    incidentList    `cmd:"" help:"List the open incidents."`
	Show    incidentShow    `cmd:"" help:"Show one incident with its updates."`
}

// said are the flags of commands that say something of an incident.
type said struct {
	Component []string `help:"Component and level, such as login=major_outage; without a level it is out. Repeat for more." short:"c" placeholder:"NAME[=LEVEL]"`
	Cohort    string   `help:"Only these customers, such as pilot." placeholder:"COHORT"`
	Phase     string   `help:"investigating, identified, monitoring, resolved or postmortem." placeholder:"PHASE"`
	Impact    string   `help:"none, minor, major or critical; without it the components' levels decide." placeholder:"IMPACT"`
	Next      string   `help:"When the next update comes: in 30m, or at a time." placeholder:"30m|TIME"`
	Key       string   `help:"Idempotency key: repeating a command with the same key does it once." placeholder:"KEY"`
}

// request is the body the service takes.
type request struct {
	Title      string                `json:"title,omitempty"`
	Body       string                `json:"body,omitempty"`
	Phase      string                `json:"phase,omitempty"`
	Impact     string                `json:"impact,omitempty"`
	Components map[string]data.Level `json:"components,omitempty"`
	Cohort     string                `json:"cohort,omitempty"`
	Started    *time.Time            `json:"started,omitempty"`
	StartedAgo string                `json:"started_ago,omitempty"`
	Next       *time.Time            `json:"next_update,omitempty"`
	NextIn     string                `json:"next_update_in,omitempty"`
}

func (s said) request() (request, error) {
	r := request{Phase: s.Phase, Impact: s.Impact, Cohort: s.Cohort, Components: map[string]data.Level{}}
	for _, c := range s.Component {
		slug, text, given := strings.Cut(c, "=")
		level := data.MajorOutage
		if given {
			if err := level.UnmarshalText([]byte(strings.ReplaceAll(text, "-", "_"))); err != nil {
				return r, usagef("-c %s: %v", c, err)
			}
		}
		r.Components[slug] = level
	}
	var err error
	r.NextIn, r.Next, err = moment(s.Next)
	if err != nil {
		return r, usagef("--next: %v", err)
	}
	return r, nil
}

// moment reads a length of time, which the service counts from its own clock so that a repeated command says the same, or
// a time; neither for no text.
func moment(text string) (length string, at *time.Time, err error) {
	if text == "" {
		return "", nil, nil
	}
	if _, err := time.ParseDuration(text); err == nil {
		return text, nil, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return "", nil, fmt.Errorf("%q is neither a length such as 30m nor a time such as 2026-04-07T22:00:00+02:00", text)
	}
	return "", &t, nil
}

// keyOf is the given key, or a fresh one.
func keyOf(given string) string {
	if given != "" {
		return given
	}
	return data.NewID()
}

type incidentOpen struct {
	Title string `arg:"" help:"One line on what people notice."`
	Body  string `arg:"" optional:"" help:"What readers see below it."`
	said
	Started string `help:"When it began: 10m for ten minutes ago, or a time." placeholder:"10m|TIME"`
	reach
}

// Run implements the command.
func (c *incidentOpen) Run(ctx context.Context, io streams) error {
	r, err := c.request()
	if err != nil {
		return err
	}
	r.Title, r.Body = c.Title, c.Body
	if r.StartedAgo, r.Started, err = moment(c.Started); err != nil {
		return usagef("--started: %v", err)
	}
	return c.send(ctx, io, "Opened", "/api/v1/incidents", keyOf(c.Key), r)
}

type incidentUpdate struct {
	Body string `arg:"" optional:"" help:"What readers see."`
	ID   string `help:"Which incident; without it the only open one." placeholder:"ID"`
	said
	reach
}

// Run implements the command.
func (c *incidentUpdate) Run(ctx context.Context, io streams) error {
	r, err := c.request()
	if err != nil {
		return err
	}
	r.Body = c.Body
	if r.Body == "" && len(r.Components) == 0 && r.Phase == "" {
		return usagef("nothing to say: give a text, --phase or -c NAME=LEVEL")
	}
	id, err := named(c.ID)
	if err != nil {
		return err
	}
	return c.send(ctx, io, "Updated", "/api/v1/incidents/"+id+"/updates", keyOf(c.Key), r)
}

type incidentResolve struct {
	Body string `arg:"" optional:"" help:"What readers see."`
	ID   string `help:"Which incident; without it the only open one." placeholder:"ID"`
	Key  string `help:"Idempotency key: repeating a command with the same key does it once." placeholder:"KEY"`
	reach
}

// Run implements the command.
func (c *incidentResolve) Run(ctx context.Context, io streams) error {
	id, err := named(c.ID)
	if err != nil {
		return err
	}
	return c.send(ctx, io, "Resolved", "/api/v1/incidents/"+id+"/resolve", keyOf(c.Key), request{Body: c.Body})
}

type incidentList struct {
	All bool `help:"The resolved ones too."`
	reach
}

// Run implements the command.
func (c *incidentList) Run(ctx context.Context, io streams) error {
	list, err := c.list(ctx, !c.All)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, list)
	}
	if len(list) == 0 {
		fmt.Fprintln(io.out, "No incident is open.")
		return nil
	}
	w := tabwriter.NewWriter(io.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tPHASE\tIMPACT\tSTARTED\tTITLE")
	for _, i := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", i.ID, i.Phase, i.Impact, i.Started.Local().Format("2006-01-02 15:04 MST"), i.Title)
	}
	return w.Flush()
}

type incidentShow struct {
	ID string `arg:"" optional:"" help:"Which incident; without it the only open one."`
	reach
}

// Run implements the command.
func (c *incidentShow) Run(ctx context.Context, io streams) error {
	id, err := c.which(ctx, c.ID)
	if err != nil {
		return err
	}
	cl, err := c.dial()
	if err != nil {
		return err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	var i wire.Incident
	if err := cl.do(ctx, "GET", "/api/v1/incidents/"+id, "", nil, &i); err != nil {
		return err
	}
	return c.show(io.out, "Incident", i)
}

// send does one act and shows what came of it.
func (r reach) send(ctx context.Context, io streams, done, path, key string, body request) error {
	cl, err := r.dial()
	if err != nil {
		return err
	}
	var i wire.Incident
	err = cl.do(ctx, "POST", path, key, body, &i)
	if cerr := cl.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return r.show(io.out, done, i)
}

func (r reach) show(out io.Writer, done string, i wire.Incident) error {
	if r.JSON {
		return writeJSON(out, i)
	}
	fmt.Fprintf(out, "%s %s: %s (%s, impact %s)\n", done, i.ID, i.Title, i.Phase, i.Impact)
	for _, slug := range slices.Sorted(maps.Keys(i.Components)) {
		fmt.Fprintf(out, "  %s: %s\n", slug, strings.ReplaceAll(i.Components[slug].String(), "_", " "))
	}
	for _, u := range i.Updates {
		fmt.Fprintf(out, "  %s  %s: %s\n", u.At.Local().Format("2006-01-02 15:04 MST"), u.Phase, strings.ReplaceAll(u.Body, "\n", "\n    "))
	}
	fmt.Fprintf(out, "  %s\n", i.URL)
	return nil
}

func (r reach) list(ctx context.Context, open bool) ([]wire.Incident, error) {
	cl, err := r.dial()
	if err != nil {
		return nil, err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	path := "/api/v1/incidents"
	if open {
		path += "?open=true"
	}
	var out struct{ Incidents []wire.Incident }
	return out.Incidents, cl.do(ctx, "GET", path, "", nil, &out)
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

// which is the given ID, or that of the only open incident.
func (r reach) which(ctx context.Context, id string) (string, error) {
	if id, err := named(id); err != nil || id != api.TheOpenOne {
		return id, err
	}
	open, err := r.list(ctx, true)
	switch {
	case err != nil:
		return "", err
	case len(open) == 0:
		return "", fmt.Errorf("no incident is open: `statusd incident list --all` shows the others")
	case len(open) > 1:
		var names []string
		for _, i := range open {
			names = append(names, i.ID+" "+i.Title)
		}
		return "", usagef("%d incidents are open, say which:\n  %s", len(open), strings.Join(names, "\n  "))
	}
	return open[0].ID, nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
