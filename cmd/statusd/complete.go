package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// candidate is what a word can become, and what that is.
type candidate struct{ text, about string }

// typed is a command line as far as somebody has typed it.
type typed struct {
	node  *kong.Node        // the command it names
	args  int               // how many arguments it has
	flags map[string]string // values by the flag's name
	wants *kong.Value       // the flag whose value the last word is
	plain bool              // after --: no flags any more
}

// complete lists what the last of words can become, where words are all behind the program's name: commands, flags, and the
// values that are known or that ask finds for a kind. files says that it is the name of a file.
func complete(model *kong.Node, words []string, ask func(kind string, flags map[string]string) []candidate) (list []candidate, files bool) {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	t := typed{node: model, flags: map[string]string{}}
	for _, w := range words[:len(words)-1] {
		t.word(w)
	}
	before := ""
	name, _, given := strings.Cut(last, "=")
	switch {
	case t.wants != nil:
		list, files = t.values(t.wants, last, ask)
	case !t.plain && given && strings.HasPrefix(last, "--"):
		if f := t.flag(name); f != nil {
			before = name + "="
			list, files = t.values(f.Value, last[len(before):], ask)
		}
	case !t.plain && strings.HasPrefix(last, "-"):
		list = t.allFlags()
	case len(t.commands()) > 0 && t.args == 0:
		list = t.commands()
	case t.positional() != nil:
		list, files = t.values(t.positional(), last, ask)
	}
	var fit []candidate
	for _, c := range list {
		if c.text = before + c.text; strings.HasPrefix(c.text, last) {
			fit = append(fit, c)
		}
	}
	return fit, files
}

// positional is the argument that comes next, the last one again where it takes several words; nil where none does.
func (t *typed) positional() *kong.Positional {
	n := len(t.node.Positional)
	switch {
	case t.args < n:
		return t.node.Positional[t.args]
	case n > 0 && t.node.Positional[n-1].IsCumulative():
		return t.node.Positional[n-1]
	}
	return nil
}

// word takes one word in.
func (t *typed) word(w string) {
	name, value, given := strings.Cut(w, "=")
	switch {
	case t.wants != nil:
		t.flags[t.wants.Name], t.wants = w, nil
	case t.plain:
		t.argument(w)
	case w == "--":
		t.plain = true
	case strings.HasPrefix(w, "-") && len(w) > 1:
		f := t.flag(name)
		switch {
		case f == nil || f.IsBool():
		case given:
			t.flags[f.Name] = value
		default:
			t.wants = f.Value
		}
	default:
		n := slices.IndexFunc(t.node.Children, func(c *kong.Node) bool { return c.Name == w || slices.Contains(c.Aliases, w) })
		if n >= 0 && t.args == 0 {
			t.node = t.node.Children[n]
		} else {
			t.argument(w)
		}
	}
}

// argument takes an argument in; flags has those of one name as words, so that what comes next can depend on them.
func (t *typed) argument(w string) {
	if v := t.positional(); v != nil {
		t.flags[v.Name] = strings.TrimSpace(t.flags[v.Name] + " " + w)
	}
	t.args++
}

// flag finds a flag by how it is written; nil where there is none.
func (t *typed) flag(written string) *kong.Flag {
	for _, f := range t.known() {
		if written == "--"+f.Name || f.Short != 0 && written == "-"+string(f.Short) {
			return f
		}
	}
	return nil
}

// known are the flags that fit here, also those of the command that runs where none is named.
func (t *typed) known() []*kong.Flag {
	all := slices.Concat(t.node.AllFlags(true)...)
	if t.node.DefaultCmd != nil {
		all = append(all, t.node.DefaultCmd.Flags...)
	}
	return all
}

func (t *typed) allFlags() []candidate {
	var list []candidate
	for _, f := range t.known() {
		list = append(list, candidate{"--" + f.Name, f.Help})
	}
	return list
}

func (t *typed) commands() []candidate {
	var list []candidate
	for _, c := range t.node.Children {
		if !c.Hidden {
			list = append(list, candidate{c.Name, c.Help})
		}
	}
	return list
}

// values are those that a flag or an argument can have.
func (t *typed) values(v *kong.Value, begun string, ask func(string, map[string]string) []candidate) (list []candidate, files bool) {
	kind := v.Tag.Get("complete")
	if words, ok := fixed[kind]; ok {
		return plainly(words()), false
	}
	if kind == "affected" {
		if name, _, given := strings.Cut(begun, "="); given {
			for _, c := range plainly(levels) {
				list = append(list, candidate{name + "=" + c.text, c.about})
			}
			return list, false
		}
	}
	if kind != "" {
		return ask(kind, t.flags), false
	}
	if v.Enum != "" {
		return plainly(v.EnumSlice()), false
	}
	shape := v.Tag.PlaceHolder
	return nil, v.Tag.Type == "path" || strings.Contains(shape, "FILE") || strings.Contains(shape, "DIR")
}

func plainly(words []string) []candidate {
	list := make([]candidate, 0, len(words))
	for _, w := range words {
		list = append(list, candidate{text: w})
	}
	return list
}

var levels = []string{"operational", "degraded", "partial_outage", "major_outage"}

// fixed are the kinds of values that are known without asking, by the tag complete.
var fixed = map[string]func() []string{
	"impact":       func() []string { return []string{"none", "minor", "major", "critical"} },
	"outageimpact": func() []string { return []string{"no_read", "no_write", "no_read_no_write", "degraded"} },
	"cause": func() []string {
		return []string{"provider", "internet", "external", "customer", "third_party", "excluded_service"}
	},
	"phase": func() []string {
		return []string{"investigating", "identified", "monitoring", "resolved", "postmortem"}
	},
	"category": func() []string { return categories(data.Categories) },
	"opened": func() []string {
		return categories(slices.DeleteFunc(slices.Clone(data.Categories), func(c data.Category) bool { return c == data.Recycle }))
	},
	"windowphase": func() []string {
		return []string{"reserved", "scheduled", "held", "in_progress", "verifying", "completed", "cancelled", "withdrawn", "lapsed"}
	},
	"level": func() []string { return levels },
	"role":  func() []string { return []string{"viewer", "responder", "admin"} },
	"scope": func() []string {
		var words []string
		for _, op := range api.Ops() {
			noun, _, _ := strings.Cut(op.Name, ".")
			words = append(words, noun, op.Name)
		}
		slices.Sort(words)
		return slices.Compact(words)
	},
}

func categories(all []data.Category) []string {
	words := make([]string, 0, len(all))
	for _, c := range all {
		words = append(words, string(c))
	}
	return words
}

// split takes a command line apart as a shell does, as far as that tells its words; the last one may be empty, or begun in
// quotes.
func split(line string) []string {
	var words []string
	var word strings.Builder
	begun, quote, escaped := false, rune(0), false
	for _, c := range line {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, begun = true, true
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				word.WriteRune(c)
			}
		case c == '\'' || c == '"':
			quote, begun = c, true
		case c == ' ' || c == '\t' || c == '\n':
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	return append(words, word.String())
}
