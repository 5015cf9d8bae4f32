package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/plan"
	"github.com/superoffice/statusd/web/api"
)

// when is a moment in a window's notice, with the name of the zone's time where it is not that of the window's start.
func (c *calendar) when(t, start time.Time) string {
	text := t.In(c.zone).Format("Mon 2 Jan 15:04")
	if name := zoneName(t.In(c.zone)); name != zoneName(start.In(c.zone)) {
		text += " " + name
	}
	return text
}

// planned takes in what the configuration makes: what it owes, and what freezes and holidays do to it.
func (c *calendar) planned(laid plan.Layout) {
	for _, o := range laid.InOrder() {
		s := scheduled{start: o.Window.Start, end: o.Window.End, reasons: []data.Category{o.Category}, cohort: o.Cohort}
		if o.Clock != "" {
			s.notes = append(s.notes, o.Clock)
		}
		if o.Standing {
			c.nights = append(c.nights, s)
			continue
		}
		if o.Phase == data.Reserved {
			s.state = "reserved"
		}
		s.notice = c.owed(o)
		if why, ok := laid.Moved[o.Key()]; ok {
			s.notes = append(s.notes, "moved: "+because(o, why))
		}
		if o.Warning != "" {
			s.notes = append(s.notes, fmt.Sprintf("worth a second look: %s: %s", o.Maintenance, o.Warning))
		}
		c.add(s)
	}
	for _, w := range laid.WithheldInOrder() {
		o := w.Occurrence
		c.add(scheduled{
			start: o.Window.Start, end: o.Window.End, reasons: []data.Category{o.Category}, cohort: o.Cohort, state: withheld,
			notes: []string{because(o, w.Why)},
		})
	}
}

// because is why something became of a window, which it names once.
func because(o data.Occurrence, why string) string {
	name := fmt.Sprintf("%s of %s: ", o.Maintenance, o.Date)
	return name + strings.TrimPrefix(why, name)
}

// withheldWords is a window that is withheld, and why; it is named once.
func withheldWords(w api.Withheld) string {
	return because(data.Occurrence{Maintenance: w.Plan, Date: w.Date}, w.Reason)
}

// owed says from when each surface is to tell of a window, and by when.
func (c *calendar) owed(o data.Occurrence) string {
	at := func(lead time.Duration) string { return c.when(o.Window.Start.Add(-lead), o.Window.Start) }
	n := o.Notice.WithDefaults()
	if o.Phase == data.Reserved {
		return "if it is used, confirm it by " + at(n.Deadline)
	}
	return fmt.Sprintf("told on page and by mail from %s, on the banner from %s, by %s", at(n.Page), at(n.Banner), at(n.Deadline))
}

// become takes in what became of the windows.
func (c *calendar) become(v api.Maintenances) {
	for _, m := range v.Maintenance {
		s := scheduled{start: m.Start, end: m.End, reasons: []data.Category{m.Category}, cohort: m.Cohort, about: about(m), ids: []string{m.ID}}
		if m.ClockChange != "" {
			s.notes = append(s.notes, m.ClockChange)
		}
		if m.Standing && !m.Steered {
			c.nights = append(c.nights, s)
			continue
		}
		if m.Phase != data.Scheduled {
			s.state = phaseWords(m.Phase)
		}
		if m.Phase == data.Held {
			s.state = "under review"
			s.notes = append(s.notes, undecided(m.NoticeBy, zoneOf(m.Zone))+": "+c.reach.releasing(m.ID))
		}
		s.notice = c.kept(m)
		switch {
		case m.Was != nil:
			s.notes = append(s.notes, "announced before for "+spanOf(m.Was.Start, m.Was.End, c.zone, false))
		case m.Plan != data.AdHoc && m.Date != m.Start.In(zoneOf(m.Zone)).Format(time.DateOnly):
			s.notes = append(s.notes, "moved from "+m.Date)
		}
		for _, note := range []struct{ before, text string }{
			{"SHORT NOTICE: ", m.Short}, {"NOTICE MISSED on ", m.Missed}, {"worth a second look: ", m.Warning},
		} {
			if note.text != "" {
				s.notes = append(s.notes, note.before+note.text)
			}
		}
		c.add(s)
	}
	for _, w := range v.Withheld {
		start, err := time.Parse(time.RFC3339, w.Start)
		if err != nil {
			continue // the service writes no other
		}
		c.add(scheduled{start: start, end: start, state: withheld, notes: []string{withheldWords(w)}})
	}
}

// kept says how each surface stands to what it owes.
func (c *calendar) kept(m api.MaintenanceWindow) string {
	if m.Phase == data.Reserved {
		return "if it is used, confirm it by " + c.when(m.NoticeBy, m.Start)
	}
	var parts []string
	for _, n := range m.Notices {
		switch {
		case n.State == data.NoticeNone:
		case n.State == data.NoticeWaiting && n.Due != nil:
			parts = append(parts, fmt.Sprintf("%s from %s", n.Surface, c.when(*n.Due, m.Start)))
		case n.Lead != "":
			parts = append(parts, fmt.Sprintf("%s %s, %s before", n.Surface, stateWords(m, n), leadWords(n.Lead)))
		default:
			parts = append(parts, fmt.Sprintf("%s %s", n.Surface, stateWords(m, n)))
		}
	}
	if len(parts) == 0 || m.Short != "" {
		return strings.Join(parts, ", ")
	}
	return strings.Join(parts, ", ") + "; by " + c.when(m.NoticeBy, m.Start)
}
