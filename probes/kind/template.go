package kind

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// template is a text with places for values, written {{name}}.
type template struct {
	text  []string // one more than names; they take turns
	names []string
}

var blank = regexp.MustCompile(`\{\{[ \t]*([^{}]*?)[ \t]*\}\}`)

// newTemplate reads a text in which the names of known may stand.
func newTemplate(text string, known []string) (template, error) {
	var t template
	rest := 0
	for _, m := range blank.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if !slices.Contains(known, name) {
			return t, fmt.Errorf("{{%s}} is not known here: use one of %s, or capture it in a step before this one, or name its file under secrets", name, strings.Join(slices.Sorted(slices.Values(known)), ", "))
		}
		t.text = append(t.text, text[rest:m[0]])
		t.names = append(t.names, name)
		rest = m[1]
	}
	t.text = append(t.text, text[rest:])
	for _, part := range t.text {
		if strings.Contains(part, "{{") {
			return t, errors.New("{{ begins a place for a value and does not end: write it as {{name}}")
		}
	}
	return t, nil
}

// misfit is a value that cannot stand where a template has its name. It holds the name, never the value.
type misfit struct{ name, where string }

func (m misfit) Error() string {
	return fmt.Sprintf("the value of {{%s}} cannot stand in %s", m.name, m.where)
}

// fill puts values into their places. An escape turns a value into what stands there, or says that it cannot.
func (t template) fill(values func(name string) string, where string, escape func(string) (string, bool)) (string, error) {
	var b strings.Builder
	for i, name := range t.names {
		b.WriteString(t.text[i])
		value, ok := escape(values(name))
		if !ok {
			return "", misfit{name, where}
		}
		b.WriteString(value)
	}
	b.WriteString(t.text[len(t.text)-1])
	return b.String(), nil
}

// The ways to escape.
func inBody(s string) (string, bool)  { return s, true }
func inQuery(s string) (string, bool) { return url.QueryEscape(s), true }

// inPath keeps a value within its segment: it adds no slash, and does not lead upwards.
func inPath(s string) (string, bool) {
	return url.PathEscape(s), s != "" && strings.Trim(s, ".") != ""
}

// inHeader takes one line.
func inHeader(s string) (string, bool) {
	return s, !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// address is the URL of a step: scheme and host are fixed, values stand in path and query.
type address struct {
	path  template // with scheme and host
	query template
	asks  bool // there is a query
}

// mask stands for a place while the URL around it is read. It is made of what no part of a URL escapes.
func mask(i int) string { return fmt.Sprintf("%s%dz", masked, i) }

const masked = "zstatusdplace"

// newAddress reads the URL of a step, which may be relative to base.
func newAddress(text string, base *url.URL, known []string) (address, error) {
	t, err := newTemplate(text, known)
	if err != nil {
		return address{}, err
	}
	var b strings.Builder
	var places []string // mask, what it stands for, …
	for i, name := range t.names {
		b.WriteString(t.text[i] + mask(i))
		places = append(places, mask(i), "{{"+name+"}}")
	}
	b.WriteString(t.text[len(t.names)])
	u, err := base.Parse(b.String())
	switch {
	case err != nil:
		return address{}, errors.New("this is no address: use a path such as /records/1, or a whole URL")
	case strings.Contains(strings.ToLower(u.Scheme+u.Host+u.User.String()), masked):
		return address{}, errors.New("values stand in the path and the query only: write scheme, host and port out, and give names and passwords in headers, form or body")
	case u.Scheme != "http" && u.Scheme != "https":
		return address{}, errors.New("only http and https are asked: begin it with https:// or with /")
	case u.Hostname() == "":
		return address{}, errors.New("it names no host: write it as https://host/path, or relative to the target")
	case u.Port() != "" && !validPort(u.Port()):
		return address{}, fmt.Errorf("port %s is no port: use 1 to 65535", u.Port())
	}
	u.Fragment, u.RawFragment = "", ""
	path, query, asks := strings.Cut(u.String(), "?")
	back := strings.NewReplacer(places...)
	a := address{asks: asks}
	if a.path, err = newTemplate(back.Replace(path), known); err == nil {
		a.query, err = newTemplate(back.Replace(query), known)
	}
	return a, err
}

// fill is the URL with its values.
func (a address) fill(values func(string) string) (*url.URL, error) {
	text, err := a.path.fill(values, "a path", inPath)
	if err != nil {
		return nil, err
	}
	if a.asks {
		query, err := a.query.fill(values, "a query", inQuery)
		if err != nil {
			return nil, err
		}
		text += "?" + query
	}
	return url.Parse(text)
}

func (a address) names() []string { return append(slices.Clone(a.path.names), a.query.names...) }
