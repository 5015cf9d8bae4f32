package alerts

import (
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// say is a built-in sentence in English, and in the other languages.
func say(key string, components map[i18n.Lang]string) (string, data.Words) {
	words := data.Words{}
	for _, l := range i18n.Langs {
		words[string(l)] = i18n.T(l, key, "components", components[l])
	}
	return split(words)
}

// split takes the English text out of a text in several languages.
func split(w data.Words) (string, data.Words) {
	rest := data.Words{}
	for lang, text := range w {
		if lang != string(i18n.EN) {
			rest[lang] = text
		}
	}
	if len(rest) == 0 {
		rest = nil
	}
	return w["en"], rest
}

// sentences say what has changed, in the order: what is new, what is worse, what works again, what is better.
func (c Case) sentences(joined, more, works, less []data.Affected) (string, data.Words) {
	all := data.Words{}
	for _, part := range []struct {
		key  string
		what []data.Affected
	}{{"alerts.joined", joined}, {"alerts.worse", more}, {"alerts.works", works}, {"alerts.better", less}} {
		names := c.public(part.what)
		if len(names) == 0 {
			continue
		}
		for _, l := range i18n.Langs {
			all[string(l)] = strings.TrimSpace(all[string(l)] + " " + i18n.T(l, part.key, "components", listed(l, names)))
		}
	}
	if len(all) == 0 { // only what the public does not see has changed
		return say("plain."+string(c.Incident.Phase), nil)
	}
	return split(all)
}

// title is the rule's title with its placeholders filled in, or a plain one where that is empty or says nothing.
func (c Case) title(a data.Alert, affected []data.Affected) (string, data.Words) {
	names := c.public(affected)
	words := data.Words{}
	for lang, text := range c.Rule.Title {
		s := fill(text, func(name string) (string, bool) {
			label, isLabel := strings.CutPrefix(name, "label:")
			switch {
			case name == "components":
				return listed(i18n.Lang(lang), names), true
			case name == "summary":
				return a.Summary, true
			case isLabel:
				return a.Labels[label], true
			}
			return "", false
		})
		if s = line(s, data.MaxTitle); s != "" {
			words[lang] = s
		}
	}
	if words["en"] != "" {
		return split(words)
	}
	list := map[i18n.Lang]string{}
	for _, l := range i18n.Langs {
		if list[l] = listed(l, names); list[l] == "" { // a draft
			list[l] = c.Rule.Name
		}
	}
	english, others := say("alerts.title", list)
	for lang, text := range others {
		others[lang] = line(text, data.MaxTitle)
	}
	return line(english, data.MaxTitle), others
}

// public are those of the components that visitors see, in the order of the page.
func (c Case) public(of []data.Affected) []data.Component {
	var out []data.Component
	for _, a := range of {
		v, ok := c.Names[a.Component]
		if ok && v.Public() && !slices.ContainsFunc(out, func(o data.Component) bool { return o.Slug == v.Slug }) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b data.Component) int { return a.Position - b.Position })
	return out
}

func listed(l i18n.Lang, of []data.Component) string {
	var names []string
	for _, c := range of {
		names = append(names, c.Name.In(string(l)))
	}
	return i18n.List(l, names)
}
