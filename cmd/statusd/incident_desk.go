package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type incidentPublish struct {
	ID      string `arg:"" help:"Which draft." complete:"incident"`
	Preview bool   `help:"Show what people would be told, and how many, and change nothing."`
	keyed
	onVersion
	reach
}

// Run implements the command.
func (c *incidentPublish) Run(ctx context.Context, io streams) error {
	of, body := aboutOne{c.ID}, api.OnVersion{Version: c.Version}
	if c.Preview {
		return c.conflict(c.preview(ctx, io, "incident.publish", of, body), of, c.Version)
	}
	return c.act(ctx, io, "Published", of, "/publish", c.key(), c.Version, body)
}

type incidentDiscard struct {
	ID string `arg:"" help:"Which draft." complete:"incident"`
	keyed
	onVersion
	reach
}

// Run implements the command.
func (c *incidentDiscard) Run(ctx context.Context, io streams) error {
	return c.act(ctx, io, "Discarded", aboutOne{c.ID}, "/discard", c.key(), c.Version, api.OnVersion{Version: c.Version})
}

// takenBack is said of an incident whose last change was taken back.
const takenBack = "Taken back, it is again as before:"

type incidentUndo struct {
	orNamed
	keyed
	onVersion
	reach
}

// Run implements the command.
func (c *incidentUndo) Run(ctx context.Context, io streams) error {
	of, err := c.one()
	if err != nil {
		return err
	}
	return c.act(ctx, io, takenBack, of, "/undo", c.key(), c.Version, api.OnVersion{Version: c.Version})
}

type incidentNote struct {
	Body string `arg:"" help:"The note."`
	aboutOne
	keyed
	reach
}

// Run implements the command.
func (c *incidentNote) Run(ctx context.Context, io streams) error {
	return c.act(ctx, io, "Noted in", c.aboutOne, "/notes", c.key(), 0, api.IncidentNote{Body: c.Body})
}

type incidentAmend struct {
	Title   string            `help:"The title as it should be." placeholder:"TEXT"`
	TitleIn map[string]string `help:"The title in another language; those you do not name are taken away. Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	Impact  string            `help:"none, minor, major or critical." placeholder:"IMPACT" complete:"impact"`
	Started string            `help:"When it really began; outages that began with it are corrected too." placeholder:"TIME"`
	Preview bool              `help:"Show what people would read, and change nothing."`
	aboutOne
	keyed
	onVersion
	reach
}

// Run implements the command.
func (c *incidentAmend) Run(ctx context.Context, io streams) error {
	p := api.IncidentAmendment{Titles: c.TitleIn, Version: c.Version}
	if c.Title != "" {
		p.Title = &c.Title
	}
	if c.Impact != "" {
		p.Impact = &c.Impact
	}
	if c.Started != "" {
		now, err := c.now(ctx, c.Started)
		if err != nil {
			return err
		}
		ago, at, err := moment("--started", c.Started, now)
		if err != nil {
			return err
		}
		if ago != "" {
			return usagef("--started %s: give the time itself, such as 22:00 or \"2026-04-07 22:00\"", ago)
		}
		p.Started = &at
	}
	if p.Title == nil && p.Titles == nil && p.Impact == nil && p.Started == nil {
		return usagef("nothing to correct: give --title, --title-in, --impact or --started")
	}
	if c.Preview {
		return c.conflict(c.preview(ctx, io, "incident.amend", c.aboutOne, p), c.aboutOne, c.Version)
	}
	return c.act(ctx, io, "Amended", c.aboutOne, "/amend", c.key(), c.Version, p)
}

type incidentReword struct {
	Update string            `arg:"" help:"Which update, as incident show names it."`
	Body   string            `arg:"" help:"The words as they should be."`
	In     map[string]string `help:"The same in another language; those you do not name are taken away. Repeat for more." placeholder:"LANG=TEXT" mapsep:"none"`
	aboutOne
	keyed
	onVersion
	reach
}

// Run implements the command.
func (c *incidentReword) Run(ctx context.Context, io streams) error {
	if !data.ValidID(c.Update) {
		return usagef("%q is no update's ID: those are 12 characters, see `statusd incident show`", c.Update)
	}
	return c.act(ctx, io, "Reworded", c.aboutOne, "/updates/"+c.Update+"/reword", c.key(), c.Version, api.UpdateRewording{Body: c.Body, Bodies: c.In, Version: c.Version})
}

type incidentTemplates struct{ reach }

// Run implements the command.
func (c *incidentTemplates) Run(ctx context.Context, io streams) error {
	var list api.Templates
	answer, err := c.get(ctx, "/api/v1/templates", &list)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tTITLE\tTEXT\tLANGUAGES")
		for _, t := range list.Templates {
			title := t.Title.In("en")
			if title == "" {
				title = "(for updates)"
			}
			langs := make([]string, 0, len(t.Body))
			for lang := range t.Body {
				langs = append(langs, lang)
			}
			slices.Sort(langs)
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Name, title, shortened(t.Body.In("en"), 72), strings.Join(langs, " "))
		}
		return w.Flush()
	})
}

// shortened is a text in one line of at most n characters.
func shortened(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
