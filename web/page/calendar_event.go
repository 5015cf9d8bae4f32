package page

import (
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
)

// calendar puts c into words.
func (m maker) calendar(c Calendar) wire.Calendar {
	out := wire.Calendar{Name: m.calendarName(c), Zone: m.s.ZoneName, Refresh: calendarRefresh}
	host := wire.HostOf(m.s.URL)
	if host == "" {
		host = m.s.PageID
	}
	for _, o := range m.s.Occurrences {
		if m.s.listed(c, o) {
			out.Events = append(out.Events, m.event(o, host))
		}
	}
	return out
}

// calendarName is what a reader's list of calendars says: "Maintenance – SuperOffice CRM (first group)".
func (m maker) calendarName(c Calendar) string {
	name := m.T("ui.maintenance") + " – " + m.s.Product
	if p, ok := m.s.Component(c.Component); ok {
		name += ": " + m.name(p)
	}
	if c.Cohort != "" && c.Cohort != data.AllCustomers {
		name += " (" + m.group(c.Cohort) + ")"
	}
	return name
}

// group is the short name of a cohort.
func (m maker) group(slug string) string {
	if text, ok := i18n.Lookup(m.l, "cohort.short_"+slug); ok {
		return text
	}
	return m.cohort(slug)
}

// event puts o into words. They are the same in every calendar that o is in, since readers may hold several and know it by
// its UID. Nothing in them depends on the time at which they are read.
func (m maker) event(o data.Occurrence, host string) wire.Event {
	id := m.s.OccurrenceID(o)
	e := wire.EventOf(o, id, host)
	e.Category = i18n.JoinCategories(m.l, []string{string(o.Category)})
	e.Summary = e.Category
	if o.Cohort != data.AllCustomers {
		e.Summary += " (" + m.group(o.Cohort) + ")"
	}
	e.Summary += " – " + m.s.Product
	if e.Status != wire.EventConfirmed { // many readers show no state of their own
		e.Summary = m.label("maintenance.", string(o.Phase)) + ": " + e.Summary
	}
	if m.s.URL != "" {
		e.URL = m.s.URL + m.Link(maintenancePath+id)
	}
	e.Description = m.description(o, e)
	return e
}

// description says what TEXTS 1 asks of a notice: what, when, whom it concerns, what they notice, what they are to do, and
// where to read on.
func (m maker) description(o data.Occurrence, e wire.Event) string {
	var lines []string
	say := func(text string) {
		if text != "" {
			lines = append(lines, text)
		}
	}
	fact := func(key, value string) {
		if value != "" {
			say(m.T(key) + ": " + value)
		}
	}
	if e.Status != wire.EventConfirmed {
		say(m.label("maintenance.", string(o.Phase)))
	}
	if text, ok := i18n.Lookup(m.l, "what."+string(o.Category)); ok {
		say(text)
	}
	if o.ShortNotice() {
		say(m.T("maintenance.short_notice"))
	}
	if !o.Declared.IsZero() {
		say(m.Cap("ui.declared_afterwards"))
	}
	if o.Category == data.Emergency && approximate(o) {
		fact("ui.approximate_start", m.at(o.Window.Start).Text)
	}
	fact("ui.when", m.when(o.Window).Text)
	if old := o.OldWindow; !old.Start.IsZero() && (!old.Start.Equal(o.Window.Start) || !old.End.Equal(o.Window.End)) {
		say(m.Cap("ui.moved_from", "old_when", m.when(old).Text))
	}
	say(i18n.ClockChange(m.l, o.Window.Start, o.Window.End, m.s.Zone))
	fact("ui.applies_to", m.cohort(o.Cohort))
	fact("ui.affected", m.named(o.Components))
	if e.Status != wire.EventCancelled {
		fact("ui.expected_interruption", m.expected(o.Expected))
		fact("ui.announced_span", i18n.Duration(m.l, o.Window.Duration()))
		fact("ui.what_to_do", m.T("ui.what_to_do_text"))
	}
	say(e.URL)
	return strings.Join(lines, "\n")
}
