package letter

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

// document is a letter before it is text or HTML. Every value in it is ready to show.
type document struct {
	Lang, Product, Subject, Heading, Colour string

	Blocks []block
	Footer line
}

//go:embed letter.html.tmpl
var page string

// sheet escapes everything by where it stands; it has no functions and sees only document.
var sheet = template.Must(template.New("letter").Parse(page))

func (d document) html() (string, error) {
	var b bytes.Buffer
	if err := sheet.Execute(&b, d); err != nil {
		return "", fmt.Errorf("writing the letter as HTML: %w", err)
	}
	return b.String(), nil
}

func (d document) text() string {
	var b strings.Builder
	for _, block := range d.Blocks {
		for _, l := range block.Lines {
			l.text(&b)
		}
		b.WriteByte('\n')
	}
	d.Footer.text(&b)
	return b.String()
}

func (l line) text(b *strings.Builder) {
	if l.IsFact() {
		b.WriteString(l.Label + ": " + l.Value + "\n")
		return
	}
	for _, words := range l.Words {
		b.WriteString(words + "\n")
	}
	if l.IsLink() {
		b.WriteString(l.URL + "\n")
	}
}
