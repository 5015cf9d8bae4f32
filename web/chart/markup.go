package chart

import (
	_ "embed"
	"html"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Most is how many bytes a chart has at most.
const Most = 48 << 10

//go:embed chart.css
var style string

// Style is what a page's style sheet needs for charts.
func Style() string { return style }

// keys are the states that have a look of their own; any other is drawn as none.
var keys = map[string]string{
	"operational": "ok", "degraded": "de", "partial_outage": "pa", "major_outage": "ma", "maintenance": "mn", "no_data": "no",
}

// class is the look of a state.
func class(key string) string {
	if c, ok := keys[key]; ok {
		return c
	}
	return "no"
}

// longest is how many bytes of a text are kept, counted as they are written.
const longest = 120

// clean takes out of a text what XML cannot hold (XML 1.0, 2.2), escapes it, and cuts it after most bytes.
func clean(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			r = ' '
		case r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0xfffe || r == 0xffff || r == utf8.RuneError:
			continue
		}
		one := html.EscapeString(string(r))
		if b.Len()+len(one) > most {
			b.WriteString("…")
			break
		}
		b.WriteString(one)
	}
	return b.String()
}

// markup is HTML in the making.
type markup struct{ strings.Builder }

func (m *markup) add(parts ...string) {
	for _, p := range parts {
		m.WriteString(p)
	}
}

func (m *markup) html() template.HTML {
	return template.HTML(m.String()) //nolint:gosec // texts went through clean
}

// open begins a row: its label, and an SVG of so many units that is stretched over the rest of the row.
func (m *markup) open(label, kind string, width, height int, attributes string) {
	m.add(`<div class="ch-l">`, label, `</div><svg class="ch-p ch-`, kind, `" viewBox="0 0 `, itoa(width), ` `, itoa(height),
		`" preserveAspectRatio="none"`, attributes, `>`)
}

// image are the attributes and the texts of the plot that stands for the whole chart.
func image(title, text string) string {
	return `<title>` + clean(title, longest) + `</title><desc>` + clean(text, 10*longest) + `</desc>`
}

// path draws shapes of one look; nothing where there are none.
func (m *markup) path(look string, d *strings.Builder) {
	if d.Len() > 0 {
		m.add(`<path class="ch-`, look, `" d="`, d.String(), `"/>`)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
