package main

import (
	"context"
	"encoding/json"
	"fmt"

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
		for _, o := range all {
			c.writeSuspected(w, o)
		}
		return nil
	})
}

// writeSuspected says what is measured, and how to tell of it.
func (r reach) writeSuspected(w writer, o api.SuspectedOutage) {
	why := ""
	if o.Reason != "" {
		why = " (" + o.Reason + ")"
	}
	if !o.Public {
		why += ", which visitors do not see"
	}
	fmt.Fprintf(w, "  %s, %s: %s since %s%s\n", whom(o.Component, o.Cohort), o.Name, levelWords(o.Level), w.minute(o.Started), why)
	fmt.Fprintf(w, "    statusd incident open --outage %s%s\n", quoted(string(o.Outage)), r.again())
}
