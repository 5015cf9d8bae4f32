package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type probeBeat struct {
	Name   string        `arg:"" help:"Which probe, by its name in the configuration."`
	Level  string        `help:"How well it works: operational, degraded, partial_outage or major_outage; without it operational." placeholder:"LEVEL" complete:"level"`
	Detail string        `help:"Why, or what it did, in a line; for operators only." placeholder:"TEXT"`
	Took   time.Duration `help:"How long its work took, such as 90s." placeholder:"DURATION"`
	reach
}

// Run implements the command.
func (c *probeBeat) Run(ctx context.Context, io streams) error {
	if c.Took < 0 {
		return usagef("--took %s: a length of time, such as 90s", c.Took)
	}
	var b api.Beat
	wish := api.BeatWish{Level: c.Level, Detail: c.Detail, Latency: int(c.Took.Milliseconds())}
	answer, err := c.post(ctx, "/api/v1/probes/"+url.PathEscape(c.Name)+"/beat", "", wish, &b)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error {
		said := "works"
		if b.Level != data.Operational {
			said = "is " + b.Level.String()
		}
		_, err := fmt.Fprintf(w, "Heartbeat of %s taken: it %s.\n", b.Probe, said)
		return err
	})
}
