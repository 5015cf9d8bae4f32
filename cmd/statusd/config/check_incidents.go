package config

import (
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// Incidents are the settings of the incident desk.
type Incidents struct {
	Undo      time.Duration // zero sends at once
	Templates []Template
}

// Template is a text for incidents. Without a title it is for updates.
type Template struct {
	Name        string
	Title, Body data.Words
}

// longestUndo is how long a change may wait before it is sent: more would be late news.
const longestUndo = 5 * time.Minute

// templateNames are the names that a template may have in braces.
var templateNames = []string{"components", "next_update", "product", "start", "support"}

func (c *checker) incidents() {
	f, p := c.file.Incidents, path{"incidents"}
	out := Incidents{Undo: data.UndoTime}
	switch f.Undo {
	case "":
	case "none":
		out.Undo = 0
	default:
		d, err := parseSpan(f.Undo)
		switch {
		case err != nil:
			c.fault(p.with("undo"), "undo: %v; or none, to send at once", err)
		case time.Duration(d) > longestUndo:
			c.fault(p.with("undo"), "undo: %s is too long to wait with news: use at most 5m, or none", f.Undo)
		}
		out.Undo = time.Duration(d)
	}
	seen := map[string]bool{}
	for n, t := range f.Templates {
		q := p.with("templates", n)
		switch err := data.ValidSlug(t.Name); {
		case t.Name == "": // reported before
		case err != nil:
			c.fault(q.with("name"), "name: %v", err)
		case seen[t.Name]:
			c.fault(q.with("name"), "name: there is a template %s above: take another name", t.Name)
		}
		seen[t.Name] = true
		c.placeholders(q, "title", data.Words(t.Title))
		c.placeholders(q, "body", data.Words(t.Body))
		out.Templates = append(out.Templates, Template{Name: t.Name, Title: data.Words(t.Title), Body: data.Words(t.Body)})
	}
	c.cfg.Incidents = out
}

// placeholders refuses a name in braces that stands for nothing: readers would see the braces.
func (c *checker) placeholders(p path, key string, w data.Words) {
	for _, lang := range data.Languages {
		for _, name := range i18n.Placeholders(w[lang]) {
			if !slices.Contains(templateNames, name) {
				c.fault(p.with(key), "%s: {%s} stands for nothing: use {%s}", key, clip(name), strings.Join(templateNames, "}, {"))
			}
		}
	}
}
