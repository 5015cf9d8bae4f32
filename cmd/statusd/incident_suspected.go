package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/superoffice/statusd/web/api"
)

type incidentSuspected struct{ reach }

// Run implements the command.
func (c *incidentSuspected) Run(ctx context.Context, io streams) error {
	var v struct {
		Suspected json.RawMessage `json:"suspected"`
	}
	answer, err := c.get(ctx, "/api/v1/overview", &v)
	if err != nil {
		return err
	}
	var all []api.SuspectedOutage
	if err := json.Unmarshal(v.Suspected, &all); err != nil {
		return err
	}
	return c.show(io, reply{v.Suspected, answer.zone}, func(w writer) error {
		if len(all) == 0 {
			fmt.Fprintln(w, "Every outage that is measured now is told of.")
			return nil
		}
		c.writeSuspected(w, all)
		return nil
	})
}

// beganTogether is how far apart outages can begin that are told of as one.
const beganTogether = 2 * time.Minute

// together puts those next to each other that began at about the same time: one cause, most likely. Groups and their members are
// in the order of their beginning.
func together(all []api.SuspectedOutage) (groups [][]api.SuspectedOutage) {
	all = slices.Clone(all)
	sort.SliceStable(all, func(a, b int) bool { return all[a].Started.Before(all[b].Started) })
	for _, o := range all {
		if n := len(groups) - 1; n >= 0 && o.Started.Sub(groups[n][0].Started) <= beganTogether {
			groups[n] = append(groups[n], o)
		} else {
			groups = append(groups, []api.SuspectedOutage{o})
		}
	}
	return groups
}

// writeSuspected says what is measured, and how to tell of it: of what began together, in one incident.
func (r reach) writeSuspected(w writer, all []api.SuspectedOutage) {
	for _, group := range together(all) {
		command := "statusd incident open"
		for _, o := range group {
			why := ""
			if o.Reason != "" {
				why = " (" + api.ReasonName(o.Reason) + ")"
			}
			if !o.Public {
				why += ", which visitors do not see"
			}
			fmt.Fprintf(w, "  %s, %s: %s since %s%s\n", whom(o.Component, o.Cohort), o.Name, levelWords(o.Level), w.minute(o.Started), why)
			command += " --outage " + quoted(string(o.Outage))
		}
		if len(group) > 1 {
			fmt.Fprintf(w, "    These %d began together:\n", len(group))
		}
		fmt.Fprintf(w, "    %s%s\n", command, r.again())
	}
}
