package main

import (
	"context"

	"github.com/superoffice/statusd/web/api"
)

type maintenanceUpdate struct {
	Body    string            `arg:"" help:"What readers see."`
	In      map[string]string `help:"The text in another language. Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	Preview bool              `help:"Show what people would read, and change nothing."`
	ID      string            `help:"Which window, by ID or words; without it the only one under way, or the one that is over while the service is still out." placeholder:"WINDOW" complete:"window"`
	Version int               `help:"Change nothing unless this is still the newest version, as maintenance show names it." placeholder:"N"`
	keyed
	reach
}

// Run implements the command.
func (c *maintenanceUpdate) Run(ctx context.Context, io streams, args commandLine) error {
	return c.word(ctx, io, args, "update", c.ID, c.key(), c.Preview, api.WindowWord{Body: c.Body, Bodies: c.In, Version: c.Version})
}

type maintenanceNote struct {
	Body string `arg:"" help:"The note."`
	ID   string `help:"Which window, by ID or words; without it the only one under way, or the one that is over while the service is still out." placeholder:"WINDOW" complete:"window"`
	keyed
	reach
}

// Run implements the command.
func (c *maintenanceNote) Run(ctx context.Context, io streams, args commandLine) error {
	return c.word(ctx, io, args, "note", c.ID, c.key(), false, api.WindowWord{Body: c.Body})
}

// word says something of a window.
func (r reach) word(ctx context.Context, io streams, args commandLine, what, id, key string, preview bool, p api.WindowWord) error {
	of, err := r.find(ctx, []string{id}, true, nil)
	if err != nil {
		return err
	}
	if preview {
		err = r.previewWindow(ctx, io, api.WindowWish{Operation: "maintenance." + what, ID: of.ID}, p)
	} else {
		done := map[string]string{"update": "Updated", "note": "Noted in"}[what]
		err = r.sendWindow(ctx, io, done, windowPath(of.ID)+"/"+what+"s", key, p)
	}
	return r.offered(err, args, of.ID, p.Version)
}
