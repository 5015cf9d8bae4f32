package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// calendar is a schedule for people: windows by week, in the schedule's zone and in the reader's.
type calendar struct {
	from, to string         // first date, and the date after the last
	zone     *time.Location // of the schedule
	yours    *time.Location // of the reader; nil leaves it out
	reach    reach          // of the service, for the commands that lines name
	lines    []scheduled
	nights   []scheduled // what a standing notice covers: told in one line
}

// scheduled is a line of the calendar: one window, or several of the same span and audience (M15).
type scheduled struct {
	start, end time.Time
	reasons    []data.Category
	cohort     string
	state      string   // "reserved", "cancelled"; empty for what is simply planned
	about      string   // before a start that is approximate (M9)
	notice     string   // what is owed or kept
	notes      []string // on clocks, moves and warnings
	ids        []string // by which commands name it
}

// withheld is the state of what a freeze or a holiday keeps from taking place.
const withheld = "withheld"

// add takes a line in, told as one with another of the same span, audience and notice.
func (c *calendar) add(s scheduled) {
	for i, o := range c.lines {
		if o.start.Equal(s.start) && o.end.Equal(s.end) && o.cohort == s.cohort && o.state == s.state && o.notice == s.notice {
			c.lines[i].reasons = append(o.reasons, s.reasons...)
			c.lines[i].ids = append(o.ids, s.ids...)
			for _, note := range s.notes {
				if !slices.Contains(o.notes, note) {
					c.lines[i].notes = append(c.lines[i].notes, note)
				}
			}
			return
		}
	}
	c.lines = append(c.lines, s)
}

// calendarWidth is how wide a line may be, and calendarIndent where those that belong to it begin.
const (
	calendarWidth  = 80
	calendarIndent = "            "
)

// write writes all of it.
func (c *calendar) write(w io.Writer) error {
	if len(c.lines)+len(c.nights) == 0 {
		_, err := fmt.Fprintln(w, "Nothing is planned in this span.")
		return err
	}
	head := "Times of " + c.zone.String()
	if c.yours != nil && slices.ContainsFunc(c.lines, c.differs) {
		head += ", and below them yours"
		if name := c.yours.String(); name != "Local" {
			head += ", " + name
		}
	}
	fmt.Fprintln(w, head+".")
	slices.SortStableFunc(c.lines, func(a, b scheduled) int { return cmp.Or(a.start.Compare(b.start), a.end.Compare(b.end)) })
	week := ""
	for _, s := range c.lines {
		if of := weekOf(s.start.In(c.zone)); of != week {
			week = of
			fmt.Fprintf(w, "\n%s\n", week)
		}
		c.line(w, s)
	}
	return c.writeNights(w)
}

// differs says whether a line reads otherwise on the reader's clocks.
func (c *calendar) differs(s scheduled) bool { return !sameClocks(s.start, s.end, c.zone, c.yours) }

// line writes one window.
func (c *calendar) line(w io.Writer, s scheduled) {
	var keys []string
	for _, category := range data.Categories {
		if slices.Contains(s.reasons, category) {
			keys = append(keys, string(category))
		}
	}
	title := i18n.JoinCategories(i18n.EN, keys)
	if s.cohort != "" && s.cohort != data.AllCustomers {
		title += ", " + s.cohort
	}
	if s.state != "" {
		title += " (" + s.state + ")"
	}
	span := spanOf(s.start, s.end, c.zone, false)
	day := s.start.In(c.zone).Format("Mon _2 Jan")
	span = strings.TrimPrefix(span, s.start.In(c.zone).Format("Mon 2 Jan "))
	wrapped(w, day+"  "+s.about+span+"  ", strings.TrimSpace(title))
	if c.yours != nil && c.differs(s) {
		wrapped(w, calendarIndent, "yours: "+spanOf(s.start, s.end, c.yours, false))
	}
	if s.end.After(s.start) && s.state != withheld {
		wrapped(w, calendarIndent, i18n.Duration(i18n.EN, s.end.Sub(s.start))+semicolon(s.notice))
	}
	for _, note := range s.notes {
		wrapped(w, calendarIndent, note)
	}
	if len(s.ids) > 0 {
		wrapped(w, calendarIndent, strings.Join(s.ids, " "))
	}
}

func semicolon(text string) string {
	if text == "" {
		return ""
	}
	return "; " + text
}

// writeNights tells in one line what comes every night, and of each night on which clocks change it.
func (c *calendar) writeNights(w io.Writer) error {
	if len(c.nights) == 0 {
		return nil
	}
	usual := c.nights[0]
	for _, n := range c.nights {
		if len(n.notes) == 0 {
			usual = n
			break
		}
	}
	times := "once"
	if n := len(c.nights); n > 1 {
		times = fmt.Sprintf("%d times", n)
	}
	fmt.Fprintln(w)
	wrapped(w, "", fmt.Sprintf("%s: %s at %s, for %s each; covered by a standing notice.", i18n.T(i18n.EN, "category."+string(usual.reasons[0])), times,
		usual.start.In(c.zone).Format("15:04"), i18n.Duration(i18n.EN, usual.end.Sub(usual.start))))
	for _, n := range c.nights {
		for _, note := range n.notes {
			wrapped(w, n.start.In(c.zone).Format("Mon _2 Jan")+"  ", note)
		}
	}
	return nil
}

// weekOf is the headline of t's week, which begins on Monday.
func weekOf(t time.Time) string {
	_, n := t.ISOWeek()
	first := civil(t).AddDate(0, 0, -(int(t.Weekday())+6)%7)
	last := first.AddDate(0, 0, 6)
	from := "Mon 2"
	switch {
	case first.Year() != last.Year():
		from = "Mon 2 January 2006"
	case first.Month() != last.Month():
		from = "Mon 2 January"
	}
	return fmt.Sprintf("Week %d: %s – %s", n, first.Format(from), last.Format("Mon 2 January 2006"))
}

// wrapped writes text behind a beginning, and goes on in lines of their own where it is too wide.
func wrapped(w io.Writer, begin, text string) {
	line, empty := begin, strings.TrimSpace(begin) == ""
	for i, word := range strings.Fields(text) {
		switch {
		case i > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > calendarWidth:
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = calendarIndent + word
			continue
		case i > 0 || !empty && !strings.HasSuffix(line, "  "):
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, line)
}
