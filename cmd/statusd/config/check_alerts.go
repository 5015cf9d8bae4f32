package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/alerts"
)

// AlertsIn is what alerts from outside may do. The zero value takes none.
type AlertsIn struct {
	Rules []alerts.Rule
	Hooks []alerts.Hook
}

func (c *checker) alertsIn() {
	f := c.file.Alerts
	if f == nil {
		return
	}
	sources := []string{alerts.Alertmanager}
	names := map[string]bool{alerts.Alertmanager: true}
	for n, h := range f.Hooks {
		p := path{"alerts", "hooks", n}
		c.named(p, h.Name, "hook", names)
		sources = append(sources, h.Name)
		c.cfg.Alerts.Hooks = append(c.cfg.Alerts.Hooks, c.hook(p, h))
	}
	names = map[string]bool{}
	for n, r := range f.Rules {
		p := path{"alerts", "rules", n}
		c.named(p, r.Name, "rule", names)
		if r.Source != "" && !slices.Contains(sources, r.Source) {
			c.fault(p.with("source"), "source: there is no %s: %s", strconv.Quote(clip(r.Source)), didYouMean(r.Source, sources))
		}
		c.cfg.Alerts.Rules = append(c.cfg.Alerts.Rules, c.rule(p, r))
	}
	if len(f.Rules) == 0 && !c.tainted(path{"alerts"}) {
		c.warn(path{"alerts"}, "no rule: alerts are taken in, counted and forgotten; say under rules what they mean")
	}
}

func (c *checker) named(p path, name, what string, seen map[string]bool) {
	switch err := data.ValidSlug(name); {
	case name == "": // reported before
	case err != nil:
		c.fault(p.with("name"), "name: %v", err)
	case seen[name]:
		c.fault(p.with("name"), "name: the %s %s is taken: choose another name", what, name)
	}
	seen[name] = true
}

func (c *checker) rule(p path, f alertRule) alerts.Rule {
	r := alerts.Rule{
		Name: f.Name, Source: f.Source, Components: f.Components, ComponentLabel: f.ComponentLabel, ComponentMap: f.ComponentMap,
		Cohort: c.cohort(p.with("cohort"), f.Cohort), CohortLabel: f.CohortLabel, Level: data.MajorOutage, LevelLabel: f.LevelLabel,
		Draft: f.Open == "draft", Title: data.Words(f.Title), Template: f.Template, Resolve: f.Resolve == nil || *f.Resolve,
		Group: alerts.Grouping(f.Group), Levels: map[string]data.Level{},
	}
	if r.Group == "" {
		r.Group = alerts.ByRule
	}
	for _, label := range slices.Sorted(maps.Keys(f.Match)) {
		m, err := alerts.NewMatcher(label, f.Match[label])
		if err != nil {
			c.fault(p.with("match", label), "match: %v", err)
		}
		r.Match = append(r.Match, m)
	}
	switch {
	case len(f.Components) > 0 && f.ComponentLabel != "":
		c.fault(p.with("component_label"), "both components and component_label are given: keep one")
	case len(f.Components) == 0 && f.ComponentLabel == "" && !c.tainted(p):
		c.fault(p, "the rule names no component: give components, or a component_label whose value is one")
	case len(f.ComponentMap) > 0 && f.ComponentLabel == "":
		c.fault(p.with("component_map"), "component_map is for the values of a label: name that as component_label")
	case len(f.Components) > 1 && r.Group == alerts.ByComponent:
		c.fault(p.with("group"), "group: every alert of this rule speaks of the same components: leave group out, or use component_label")
	}
	for n, slug := range f.Components {
		if slug == "" {
			continue
		}
		if slices.Index(f.Components, slug) < n {
			c.fault(p.with("components", n), "components: %s is there twice: keep one", slug)
		}
		c.defined(p.with("components", n), "components", "component", slug, c.components)
	}
	for _, value := range slices.Sorted(maps.Keys(f.ComponentMap)) {
		c.defined(p.with("component_map", value), "components", "component", f.ComponentMap[value], c.components)
	}
	if f.Level != "" {
		r.Level = c.level(p.with("level"), "level", f.Level)
	}
	if (len(f.Levels) > 0) != (f.LevelLabel != "") && !c.tainted(p) {
		c.fault(p, "level_label and levels go together: the label, and the level by its value")
	}
	for _, value := range slices.Sorted(maps.Keys(f.Levels)) {
		r.Levels[value] = c.level(p.with("levels", value), "levels", f.Levels[value])
	}
	for _, lang := range data.Languages {
		if err := alerts.CheckTitle(f.Title[lang]); err != nil {
			c.fault(p.with("title"), "title: %v", err)
		}
	}
	if f.Template != "" {
		c.template(p.with("template"), f.Template)
	}
	return r
}

// levelWords are the levels that an alert can stand for.
var levelWords = []string{"degraded", "partial_outage", "major_outage"}

func (c *checker) level(p path, key, s string) (l data.Level) {
	if !slices.Contains(levelWords, s) {
		c.fault(p, "%s: %s is no level of what does not work: %s", key, strconv.Quote(clip(s)), didYouMean(s, levelWords))
		return data.MajorOutage
	}
	if err := l.UnmarshalText([]byte(s)); err != nil { // the words above are levels
		c.fault(p, "%s: %s", key, err)
	}
	return l
}

// template refuses one that is not there, or that takes what only a person can say.
func (c *checker) template(p path, name string) {
	known := map[string][]string{}
	for _, key := range i18n.Keys() {
		if rest, ok := strings.CutPrefix(key, "template."); ok {
			builtIn, _, _ := strings.Cut(rest, ".")
			builtIn = strings.ReplaceAll(builtIn, "_", "-")
			words, _ := i18n.Lookup(i18n.EN, key)
			known[builtIn] = append(known[builtIn], i18n.Placeholders(words)...)
			if strings.HasSuffix(rest, ".title") {
				known[builtIn] = append(known[builtIn], "title")
			}
		}
	}
	for _, t := range c.cfg.Incidents.Templates {
		known[t.Name] = i18n.Placeholders(t.Title["en"] + t.Body["en"])
		if len(t.Title) > 0 {
			known[t.Name] = append(known[t.Name], "title")
		}
	}
	takes, ok := known[name]
	switch {
	case !ok:
		c.fault(p, "there is no template %s: %s", strconv.Quote(clip(name)), didYouMean(name, slices.Sorted(maps.Keys(known))))
	case !slices.Contains(takes, "title"):
		c.fault(p, "the template %s is for updates: use one with a title", name)
	case slices.Contains(takes, "next_update"):
		c.fault(p, "the template %s promises the next update, which alerts cannot: use another, or write one without {next_update}", name)
	}
}

func (c *checker) hook(p path, f alertHook) alerts.Hook {
	place := func(key, s string) alerts.Pointer {
		out, err := alerts.ParsePointer(s)
		if err != nil {
			c.fault(p.with(key), "%s: %v", key, err)
		}
		return out
	}
	h := alerts.Hook{
		Name: f.Name, Alerts: place("alerts", f.Alerts), Identity: place("identity", f.Identity), Firing: place("firing", f.Firing),
		FiringWords: f.FiringValues, EndedWords: f.EndedValues, Summary: place("summary", f.Summary), Started: place("started", f.Started),
		Ended: place("ended", f.Ended), Link: place("link", f.Link), LabelSet: place("label_set", f.LabelSet), Labels: map[string]alerts.Pointer{},
	}
	for _, name := range slices.Sorted(maps.Keys(f.Labels)) {
		out, err := alerts.ParsePointer(f.Labels[name])
		if err != nil {
			c.fault(p.with("labels", name), "labels: %v", err)
		}
		h.Labels[name] = out
	}
	firing := f.FiringValues
	if len(firing) == 0 {
		firing = alerts.FiringWords
	}
	for n, word := range f.EndedValues {
		if slices.ContainsFunc(firing, func(w string) bool { return strings.EqualFold(w, word) }) {
			c.fault(p.with("ended_values", n), "ended_values: %s means that it fires: a value is one or the other", strconv.Quote(clip(word)))
		}
	}
	return h
}
