package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/superoffice/statusd/web/api"
)

type placeCommand struct {
	List   placeList   `cmd:"" help:"List the places, when each last reported, and what it has lost. One that is configured and never reported is there too."`
	Forget placeForget `cmd:"" help:"Forget a place that was given up, or that is to report with another token. What it saw stays."`
}

type placeList struct{ reach }

// Run implements the command.
func (c *placeList) Run(ctx context.Context, io streams) error {
	var list api.Places
	answer, err := c.get(ctx, "/api/v1/places", &list)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(list.Places) == 0 {
			_, err := fmt.Fprintln(out, "Nobody reports from elsewhere. `statusd observe` does, from another machine, once places: in the configuration names it.")
			return err
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "PLACE\tLAST REPORT\tSTATE\tBEHIND\tVERSION\tBY")
		for _, p := range list.Places {
			seen := "never"
			if !p.Seen.IsZero() {
				seen = out.second(p.Seen)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", p.Name, seen, placeState(p), out.placeBehind(p), p.Version, p.By)
		}
		return w.Flush()
	})
}

func placeState(p api.Place) string {
	switch {
	case p.Silent:
		return "silent"
	case p.Lost != "":
		return "blind"
	}
	return "sees"
}

// placeBehind is how much a place keeps for us. While it is silent nobody knows: it said so last when it last reported.
func (w writer) placeBehind(p api.Place) string {
	switch {
	case p.Seen.IsZero():
		return "unknown"
	case p.Silent:
		return "unknown since " + w.second(p.Seen)
	}
	return fmt.Sprint(p.Behind)
}

type placeForget struct {
	Name string `arg:"" help:"Name of the place." complete:"place"`
	reach
}

// Run implements the command.
func (c *placeForget) Run(ctx context.Context, io streams) error {
	var p api.Place
	answer, err := c.post(ctx, "/api/v1/places/"+url.PathEscape(c.Name)+"/forget", "", struct{}{}, &p)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		fmt.Fprintf(out, "%s is forgotten. What it saw stays; whoever reports from there next is taken for it.\n", p.Name)
		if token, ok := strings.CutPrefix(p.By, "token:"); ok {
			fmt.Fprintf(out, "If it was given up, take its token away (`statusd token revoke %s`) and its name out of places: in the configuration.\n", quoted(token))
		} else {
			fmt.Fprintln(out, "If it was given up, take its name out of places: in the configuration.")
		}
		_, err := fmt.Fprintln(out, "`statusd place list` shows who reports.")
		return err
	})
}
