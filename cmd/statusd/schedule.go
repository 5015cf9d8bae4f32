package main

import (
	"context"
	"net/url"
	"time"

	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/scheduler/plan"
	"github.com/superoffice/statusd/web/api"
)

type scheduleCommand struct {
	From string `help:"First local date; without one today." placeholder:"YYYY-MM-DD"`
	To   string `help:"The date after the last; without one eight weeks after the first." placeholder:"YYYY-MM-DD"`
	Zone string `help:"Show times in this zone too, such as America/New_York; without one in that of this machine. \"none\" leaves them out." placeholder:"ZONE"`
	Live bool   `help:"Ask the service, or its database, what became of the windows: moved, cancelled, held, opened by people, and which notices were kept. --server asks as well."`
	reach
}

// Help implements kong.HelpProvider.
func (c *scheduleCommand) Help() string {
	return `Without --live it is what the configuration alone makes, and needs no service. With --json it is always that.
For example:

    statusd schedule --from 2026-03-23 --to 2026-04-06 --zone Asia/Tokyo
    statusd schedule --live`
}

// Run implements the command.
func (c *scheduleCommand) Run(ctx context.Context, io streams) error {
	live := c.Live || c.Server != ""
	if live && c.JSON {
		return usagef("--json is what the configuration makes, in its fixed shape: `statusd maintenance list --json` has what became of the windows")
	}
	cal := calendar{yours: time.Local}
	switch {
	case c.Zone == "none":
		cal.yours = nil
	case c.Zone != "":
		var err error
		if cal.yours, err = time.LoadLocation(c.Zone); err != nil {
			return usagef("--zone %q is no zone: use an IANA name such as Europe/Oslo, or none", c.Zone)
		}
	}
	if live {
		return c.live(ctx, io, cal)
	}
	cfg, err := c.read()
	if err != nil {
		return err
	}
	from, to, err := c.dates(time.Now().In(cfg.Page.Zone))
	if err != nil {
		return err
	}
	laid, err := plan.LayDates(cfg.Maintenances, from, to)
	if err != nil {
		return usageError{err}
	}
	if c.JSON {
		return writeJSON(io.out, wire.Windows(laid.InOrder()))
	}
	cal.from, cal.to, cal.zone = from, to, cfg.Page.Zone
	cal.planned(laid)
	return cal.write(harmless{io.out})
}

// dates are the first date and the one after the last.
func (c *scheduleCommand) dates(now time.Time) (from, to string, err error) {
	from, to = c.From, c.To
	if from == "" {
		from = now.Format(time.DateOnly)
	}
	if to == "" {
		first, err := time.Parse(time.DateOnly, from)
		if err != nil {
			return "", "", usagef("--from %q is no date: write it as 2026-01-31", from)
		}
		to = first.AddDate(0, 0, 56).Format(time.DateOnly)
	}
	return from, to, nil
}

// live shows what the service has.
func (c *scheduleCommand) live(ctx context.Context, io streams, cal calendar) error {
	q := url.Values{"standing": {"true"}}
	if c.From != "" {
		q.Set("from", c.From)
	}
	if c.To != "" {
		q.Set("to", c.To)
	}
	var v api.Maintenances
	if _, err := c.get(ctx, "/api/v1/maintenance?"+q.Encode(), &v); err != nil {
		return err
	}
	cal.reach = c.reach
	cal.from, cal.to, cal.zone = v.From, v.To, zoneOf(v.Zone)
	cal.become(v)
	return cal.write(harmless{io.out})
}
