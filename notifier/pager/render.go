package pager

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier/letter"
)

// Paper is what every mail to operators says besides its alarms.
type Paper struct {
	Page     string         // name of the page
	Overview string         // address of the operators' overview
	Zone     *time.Location // that times are shown in, beside UTC
}

//go:embed mail.html.tmpl
var mailSource string

var mailTemplate = template.Must(template.New("mail").Parse(mailSource))

// sheet is a mail ready to be shown.
type sheet struct {
	Subject, Heading, Page, Overview string
	Entries                          []entry
}

// entry is one alarm in it.
type entry struct {
	Tag, Title, Subject, Detail, Flaps, Do, Colour string
	Facts                                          []fact
}

type fact struct{ Label, Value string }

// subjectLimit is the greatest length of a subject in characters.
const subjectLimit = 160

// Write makes the mail of a message.
func (p Paper) Write(m Message) (letter.Letter, error) {
	s := sheet{Page: plain(p.Page), Overview: p.Overview, Heading: heading(m)}
	s.Subject = clip("["+s.Page+"] "+s.Heading, subjectLimit)
	for _, i := range m.Items {
		s.Entries = append(s.Entries, p.entry(i))
	}
	var html bytes.Buffer
	if err := mailTemplate.Execute(&html, s); err != nil {
		return letter.Letter{}, fmt.Errorf("writing the mail of alarms: %w", err)
	}
	return letter.Letter{Subject: s.Subject, Text: s.text(), HTML: html.String()}, nil
}

// heading says the most important in one line.
func heading(m Message) string {
	urgent, over := 0, 0
	for _, i := range m.Items {
		switch {
		case i.Word == data.SayEnded:
			over++
		case i.Urgent:
			urgent++
		}
	}
	first := m.Items[0]
	title := data.Alarms[first.Kind].Title
	if about := subject(first); about != "" {
		title += ": " + about
	}
	if len(m.Items) == 1 {
		return tag(first) + ": " + title
	}
	if over == len(m.Items) {
		return fmt.Sprintf("Over: %d alarms", over)
	}
	text := fmt.Sprintf("%d alarms", len(m.Items)-over)
	if len(m.Items)-over == 1 {
		text = tag(first) + ": " + title
	} else if urgent > 0 {
		text += fmt.Sprintf(", %d urgent", urgent)
	}
	if over > 0 {
		text += fmt.Sprintf(", %d over", over)
	}
	return text
}

// tag is what is said of an alarm, in a word or two.
func tag(i Item) string {
	switch {
	case i.Word == data.SayEnded:
		return "Over"
	case i.Word == data.SayUrgent:
		return "Urgent now"
	case i.Word == data.SayReminder && i.Urgent:
		return "Still urgent"
	case i.Word == data.SayReminder:
		return "Still"
	case i.Urgent:
		return "Urgent"
	}
	return "Alarm"
}

// subject is what an alarm is about, as people read it: that it is about all customers goes without saying.
func subject(i Item) string {
	return plain(strings.ReplaceAll(strings.TrimSuffix(i.Subject, "|"+data.AllCustomers), "|", " "))
}

func (p Paper) entry(i Item) entry {
	text := data.Alarms[i.Kind]
	e := entry{Tag: tag(i), Title: text.Title, Subject: subject(i), Detail: plain(i.Detail), Colour: "#8a5a00"}
	e.Facts = append(e.Facts, fact{"Since", p.clock(i.Since)})
	switch {
	case i.Word == data.SayEnded:
		e.Colour = "#1a6b3c"
		if !i.Cleared.IsZero() {
			e.Facts = append(e.Facts, fact{"Ended", p.clock(i.Cleared)})
		}
	default:
		e.Do = text.Do
		if !i.By.IsZero() {
			e.Facts = append(e.Facts, fact{"Too late from", p.clock(i.By)})
		}
		if i.Urgent {
			e.Colour = "#a11616"
		}
	}
	if i.Back > 0 {
		e.Flaps = fmt.Sprintf("It comes and goes: it came back %d times since %s, and is told anew at most once in %d minutes.",
			i.Back, p.clock(i.First), int(data.FlapSpan.Minutes()))
		if i.Back == 1 {
			e.Flaps = strings.Replace(e.Flaps, "1 times", "once", 1)
		}
	}
	return e
}

// clock shows an instant in the zone, and in UTC where that is another reading.
func (p Paper) clock(t time.Time) string {
	if p.Zone == nil {
		return t.UTC().Format("Mon 2 Jan 2006 15:04 UTC")
	}
	local := t.In(p.Zone)
	text := local.Format("Mon 2 Jan 2006 15:04 MST")
	if _, offset := local.Zone(); offset != 0 {
		text += " (" + t.UTC().Format("15:04 UTC") + ")"
	}
	return text
}

func (s sheet) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.Heading)
	for _, e := range s.Entries {
		title := e.Title
		if e.Subject != "" {
			title += ": " + e.Subject
		}
		fmt.Fprintf(&b, "\n%s: %s\n", e.Tag, title)
		for _, line := range []string{e.Detail, e.Flaps} {
			if line != "" {
				fmt.Fprintf(&b, "%s\n", line)
			}
		}
		for _, f := range e.Facts {
			fmt.Fprintf(&b, "%s: %s\n", f.Label, f.Value)
		}
		if e.Do != "" {
			fmt.Fprintf(&b, "What to do: %s\n", e.Do)
		}
	}
	fmt.Fprintf(&b, "\nOverview:\n%s\n\n-- \n%s\n", s.Overview, s.Page)
	return b.String()
}

// plain is text in one line, without control characters.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return r <= ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 }), " ")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
