package letter

import (
	"fmt"
	"strings"

	"github.com/superoffice/statusd/data/i18n"
)

// Letter is a finished mail: plain text and HTML say the same.
type Letter struct {
	Subject string // one line, at most 160 characters
	Text    string // UTF-8, \n line ends, one paragraph a line, addresses on lines of their own
	HTML    string // a whole document; nothing in it is fetched from anywhere
}

// subjectLimit is the greatest length of a subject in characters.
const subjectLimit = 160

// Write makes the mail. The error names every fault of the facts at once.
func Write(f Facts) (Letter, error) {
	if err := f.check(); err != nil {
		return Letter{}, fmt.Errorf("writing the letter: %w", err)
	}
	w := f.wording()
	doc := document{
		Lang:    string(f.Lang.Known()),
		Product: oneLine(f.Product),
		Colour:  w.colour,
		Blocks:  f.blocks(f.body()),
		Footer:  f.footer(),
	}
	doc.Subject = f.headline("mail." + w.mail + ".subject")
	doc.Heading = strings.TrimPrefix(doc.Subject, "["+doc.Product+"] ")
	letter := Letter{Subject: doc.Subject, Text: doc.text()}
	if f.incident() {
		doc.Blocks = doc.Blocks[1:] // the heading says it
	}
	var err error
	letter.HTML, err = doc.html()
	return letter, err
}

// headline writes the subject.
func (f Facts) headline(key string) string {
	text, v := i18n.T(f.Lang, key), parts(f)
	return v.fit(subjectLimit, func() string { return v.fill(text) })
}

// block is what stands between two empty lines of a mail. A block has lines of facts, or paragraphs and links.
type block struct {
	Lines []line
}

// line is one line of a body, filled in: a labelled fact, a link, or words.
type line struct {
	Label string   // of a fact
	Value string   // of a fact
	URL   string   // of a link; Words are what stands before it
	Words []string // of a paragraph, more than one where the operator broke the line
}

// IsFact and IsLink let the page choose its markup.
func (l line) IsFact() bool { return l.Label != "" }

// IsLink reports whether the line ends in an address.
func (l line) IsLink() bool { return l.URL != "" }

// blocks reads a body's form and fills it in, leaving out what has no value.
func (f Facts) blocks(body string) []block {
	v := parts(f)
	var all []block
	viewed := false
	for part := range strings.SplitSeq(body, "\n\n") {
		if part == "{body}" {
			for paragraph := range strings.SplitSeq(v["body"], "\n\n") {
				if paragraph != "" {
					all = append(all, block{[]line{{Words: strings.Split(paragraph, "\n")}}})
				}
			}
			continue
		}
		var b block
		several := strings.Contains(part, "\n")
		for text := range strings.SplitSeq(part, "\n") {
			if !v.whole(text) {
				continue
			}
			l, name := v.read(text, several)
			b.Lines = append(b.Lines, l)
			if own := f.viewer(name); l.IsFact() && own != "" && !viewed {
				viewed = true
				mine, _ := values{"viewer_when": own}.read(i18n.T(f.Lang, "line.your_time"), true)
				b.Lines = append(b.Lines, mine)
			}
		}
		if len(b.Lines) > 0 {
			all = append(all, b)
		}
	}
	if f.Kind == Incident && f.Impact == "no_login" && v["support"] != "" {
		all = append(all, block{[]line{{Words: []string{v.fill(i18n.T(f.Lang, "line.support_other_way"))}}}})
	}
	return all
}

// read makes a line of its words. A line that ends in an address is a link; "Label: {name}" is a fact if facts may
// stand here, and then its placeholder is returned too.
func (v values) read(text string, facts bool) (line, string) {
	names := i18n.Placeholders(text)
	if len(names) > 0 {
		last := names[len(names)-1]
		before, ends := strings.CutSuffix(text, "{"+last+"}")
		switch {
		case ends && (last == "url" || last == "unsubscribe_url"):
			return line{Words: []string{strings.TrimSpace(v.fill(before))}, URL: v[last]}, ""
		case ends && facts && len(names) == 1 && strings.HasSuffix(before, ": "):
			return line{Label: strings.TrimSuffix(before, ": "), Value: v[last]}, last
		}
	}
	return line{Words: []string{v.fill(text)}}, ""
}

// footer says why the reader gets the mail (N5), and how a subscriber leaves.
func (f Facts) footer() line {
	if f.Contract {
		return line{Words: []string{i18n.T(f.Lang, "mail.basis_contract")}}
	}
	text, v := i18n.T(f.Lang, "mail.basis_subscriber"), parts(f)
	if v["unsubscribe_url"] == "" {
		return line{Words: []string{v.sentences(text)}}
	}
	l, _ := v.read(text, false)
	return l
}
