package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// Template is a text for incidents, in as many languages as somebody wrote it in. Its placeholders are a fixed set of names
// in braces; nothing else in it is looked at (C4).
type Template struct {
	Name  string     `json:"name"`
	Title data.Words `json:"title,omitempty"` // empty: for updates
	Body  data.Words `json:"body"`
}

// Templates is a list, the configured ones first.
type Templates struct {
	Templates []Template `json:"templates"`
}

// BuiltInTemplates come with the program, in seven languages. A configured one of the same name takes its place.
func BuiltInTemplates() []Template {
	var out []Template
	for _, key := range i18n.Keys() {
		name, ok := strings.CutPrefix(key, "template.")
		if !ok {
			continue
		}
		name, part, _ := strings.Cut(name, ".")
		name = strings.ReplaceAll(name, "_", "-")
		if len(out) == 0 || out[len(out)-1].Name != name {
			out = append(out, Template{Name: name})
		}
		words := data.Words{}
		for _, l := range i18n.Langs {
			if text, ok := i18n.Lookup(l, key); ok {
				words[string(l)] = text
			}
		}
		if t := &out[len(out)-1]; part == "title" {
			t.Title = words
		} else {
			t.Body = words
		}
	}
	return out
}

// templates are those that can be used: the configured ones, then the built-in ones whose names they leave free.
func (a *API) templates() []Template {
	all := slices.Clone(a.Templates)
	for _, t := range BuiltInTemplates() {
		if !slices.ContainsFunc(all, func(o Template) bool { return o.Name == t.Name }) {
			all = append(all, t)
		}
	}
	return all
}

func listTemplates(a *API, _ data.Tx, _ *Call) (any, error) {
	return Templates{a.templates()}, nil
}

// plain says in every language what is said where a person at 03:00 says nothing.
func (p *IncidentReport) plain(phase data.Phase) {
	if p.Phase != "" {
		phase = p.Phase
	}
	if _, known := i18n.Lookup(i18n.EN, "plain."+string(phase)); !known || p.Body != "" || len(p.Bodies) > 0 {
		return
	}
	p.Body, p.Bodies = i18n.T(i18n.EN, "plain."+string(phase)), data.Words{}
	for _, l := range i18n.Langs[1:] {
		p.Bodies[string(l)] = i18n.T(l, "plain."+string(phase))
	}
}

// fill takes from the report's template what the report does not say itself; without one, and without words, a plain sentence
// for the phase, which is before where the report names none.
func (a *API) fill(tx data.Tx, p *IncidentReport, before data.Phase, now time.Time) error {
	if p.Template == "" {
		p.plain(before)
		return nil
	}
	all := a.templates()
	n := slices.IndexFunc(all, func(t Template) bool { return t.Name == p.Template })
	if n < 0 {
		var names []string
		for _, t := range all {
			names = append(names, t.Name)
		}
		return data.Invalid("template", fmt.Sprintf("there is no template %q: there are %s", p.Template, strings.Join(names, ", ")))
	}
	said, err := p.read(tx, now)
	if err != nil {
		return err
	}
	values, err := a.values(tx, said, now)
	if err != nil {
		return err
	}
	t := all[n]
	if p.Title == "" && len(p.Titles) == 0 {
		if p.Title, p.Titles, err = values.words(t.Title); err != nil {
			return err
		}
	}
	if p.Body == "" && len(p.Bodies) == 0 {
		p.Body, p.Bodies, err = values.words(t.Body)
	}
	return err
}

// values are what placeholders stand for, by language.
type values map[i18n.Lang]map[string]string

func (a *API) values(tx data.Tx, said data.Report, now time.Time) (values, error) {
	zone := a.Settings.Zone
	var named []data.Component
	for _, of := range said.Affected {
		c, err := tx.Components().Get(of.Component)
		if err != nil {
			return nil, err
		}
		if c.Public() && !slices.ContainsFunc(named, func(o data.Component) bool { return o.Slug == c.Slug }) {
			named = append(named, c)
		}
	}
	slices.SortFunc(named, func(a, b data.Component) int { return a.Position - b.Position })
	started := said.Started
	if started.IsZero() {
		started = now
	}
	v := values{}
	for _, l := range i18n.Langs {
		var names []string
		for _, c := range named {
			names = append(names, c.Name.In(string(l)))
		}
		v[l] = map[string]string{"product": a.Settings.Product, "support": a.Settings.Support, "start": i18n.At(l, started, zone)}
		if len(names) > 0 {
			v[l]["components"] = i18n.List(l, names)
		}
		if !said.Next.IsZero() {
			v[l]["next_update"] = i18n.At(l, said.Next, zone)
		}
	}
	return v, nil
}

// missing says how to give a placeholder its value.
var missing = map[string]string{
	"components":  "name the components",
	"next_update": "say when the next update comes",
	"product":     "give page.product in the configuration",
	"support":     "give page.support in the configuration",
}

// words fills a text in every language. The English text comes alone too, as that which stands for those that are missing.
func (v values) words(w data.Words) (string, data.Words, error) {
	out := data.Words{}
	for lang, text := range w {
		var lacks string
		out[lang] = i18n.Fill(text, func(name string) (string, bool) {
			s := v[i18n.Lang(lang)][name]
			if s == "" && missing[name] != "" {
				lacks = name
			}
			return s, s != ""
		})
		if lacks != "" {
			return "", nil, data.Invalid("template", fmt.Sprintf("this template speaks of {%s}: %s, or take another template", lacks, missing[lacks]))
		}
	}
	english := out["en"]
	delete(out, "en")
	if len(out) == 0 {
		out = nil
	}
	return english, out, nil
}
