package page

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// weeksShown is how far the schedule page looks ahead. Each month that is laid out has a page of its own besides.
const weeksShown = 8

// schedulePath is the way to the pages of single months: /schedule/2026-11.
const schedulePath = "/schedule/"

// schedule is the page of all that is laid out in a span: certain, reserved, under review, called off.
type schedule struct {
	maker
	Heading  string
	Standing string
	Reserved string // what a reserved slot is; empty where the span has none
	Zone     string
	Weekdays []weekday
	Days     []day
	Weeks    []week
	Months   []monthLink

	Calendars calendarLinks
	Zones     zoneForm
}

// weekday is the head of a column of days.
type weekday struct{ Name, Short string }

// day is one of the overview. It leads to its first window; empty Href means that there is none.
type day struct {
	Number string
	Week   string // on Mondays, the number of the week
	Label  string // its date and windows in words
	Href   string
	Key    string // of the window that matters most: what the style goes by
	Now    bool
	Past   bool // before today, or outside the span
}

type week struct {
	Name    string
	Span    string // its first and last day
	Windows []slot
}

// slot is a window with the day it begins on.
type slot struct {
	window
	Weekday, Day string
}

// monthLink leads to the schedule of one month, or to that of the coming weeks.
type monthLink struct {
	Text, Href string
	Here       bool
}

// schedule makes the page of the coming weeks.
func (m maker) schedule() schedule {
	from := m.s.Now
	until := mondayOf(from.In(m.s.Zone)).AddDate(0, 0, 7*weeksShown)
	s := m.scheduleOf(from, midnight(until), "")
	s.Heading = m.T("ui.next_weeks", "n", number(weeksShown))
	return s
}

// scheduleOfMonth makes the page of one month, "2026-11".
func (m maker) scheduleOfMonth(first time.Time) schedule {
	s := m.scheduleOf(first, first.AddDate(0, 1, 0), first.Format("2006-01"))
	s.Heading = m.monthName(first.Format("2006-01"))
	return s
}

// scheduleOf makes the page of what is not over and falls into [from, to). here is the month, "" for the coming weeks.
func (m maker) scheduleOf(from, to time.Time, here string) schedule {
	s := schedule{maker: m, Standing: m.standing(), Zone: m.zone(), Calendars: m.calendarLinks(), Zones: m.zoneForm(), Months: m.monthLinks(here)}
	shown := m.s.announcements(func(o data.Occurrence) bool {
		return o.Window.End.After(m.s.Now) && o.Window.Overlaps(data.Window{Start: from, End: to}) && o.Phase != data.Completed
	})
	windows := make([]window, len(shown))
	var last time.Time
	for n, a := range shown {
		windows[n] = m.window(a)
		local := a.Window().Start.In(m.s.Zone)
		if monday := mondayOf(local); !monday.Equal(last) {
			last = monday
			_, weekOf := local.ISOWeek()
			s.Weeks = append(s.Weeks, week{
				Name: m.T("ui.week", "n", number(weekOf)),
				Span: i18n.ShortDate(m.l, monday, m.s.Zone) + " – " + i18n.ShortDate(m.l, monday.AddDate(0, 0, 6), m.s.Zone),
			})
		}
		current := &s.Weeks[len(s.Weeks)-1]
		v := slot{windows[n], m.shortDay(local.Weekday()), number(local.Day())}
		current.Windows = append(current.Windows, v)
		if v.Key == "reserved" {
			s.Reserved = m.T("line.reserved_slot")
		}
	}
	for n := range 7 {
		d := time.Weekday((n + 1) % 7)
		s.Weekdays = append(s.Weekdays, weekday{i18n.Weekday(m.l, d), m.shortDay(d)})
	}
	s.Days = m.days(from, to, shown, windows)
	return s
}

// urgent orders the keys of windows: of several on one day the first colours it.
var urgent = []string{"running", "planned", "held", "reserved", "cancelled"}

// days are those of whole weeks that hold [from, to), with what falls on each. windows are those shown, in the same order.
func (m maker) days(from, to time.Time, shown []data.Announcement, windows []window) []day {
	first, today := mondayOf(from.In(m.s.Zone)), midnight(m.s.Now.In(m.s.Zone))
	var out []day
	for n := 0; n%7 != 0 || midnight(first.AddDate(0, 0, n)).Before(to); n++ {
		noon := first.AddDate(0, 0, n)
		begin, end := midnight(noon), midnight(noon.AddDate(0, 0, 1))
		d := day{Number: number(noon.Day()), Now: begin.Equal(today)}
		d.Past = begin.Before(today) || !end.After(from) || !begin.Before(to)
		if n%7 == 0 {
			_, week := noon.ISOWeek()
			d.Week = number(week)
		}
		var titles []string
		for i, a := range shown {
			if !a.Window().Overlaps(data.Window{Start: begin, End: end}) {
				continue
			}
			w := windows[i]
			title := w.Title
			if w.Phase != "" {
				title += " (" + w.Phase + ")"
			}
			titles = append(titles, title)
			if d.Key == "" || slices.Index(urgent, w.Key) < slices.Index(urgent, d.Key) {
				d.Key, d.Href = w.Key, "#s-"+w.ID
			}
		}
		if d.Href != "" {
			d.Label = i18n.Capital(i18n.Date(m.l, noon, m.s.Zone)) + ": " + strings.Join(titles, "; ")
		}
		out = append(out, d)
	}
	return out
}

// scheduleMonths are the first instants of the months that have a page: from this one to the last that something is laid out in.
func (s *State) scheduleMonths() []time.Time {
	var last time.Time
	for _, o := range s.Occurrences {
		if !o.Standing && o.Window.Start.After(last) {
			last = o.Window.Start
		}
	}
	y, mo, _ := s.Now.In(s.Zone).Date()
	var out []time.Time
	for n := 0; ; n++ {
		first := time.Date(y, mo+time.Month(n), 1, 0, 0, 0, 0, s.Zone)
		if first.After(last) {
			return out
		}
		out = append(out, first)
	}
}

func (m maker) monthLinks(here string) []monthLink {
	out := []monthLink{{m.T("ui.next_weeks", "n", number(weeksShown)), m.Link("/schedule"), here == ""}}
	for _, first := range m.s.scheduleMonths() {
		name := first.Format("2006-01")
		out = append(out, monthLink{m.monthName(name), m.Link(schedulePath + name), name == here})
	}
	if len(out) == 1 {
		return nil
	}
	return out
}

// shortDay is a weekday in two letters, as calendars head their columns.
func (m maker) shortDay(d time.Weekday) string {
	name := i18n.Capital(i18n.Weekday(m.l, d))
	_, a := utf8.DecodeRuneInString(name)
	_, b := utf8.DecodeRuneInString(name[a:])
	return name[:a+b]
}

// mondayOf is noon of the Monday of t's week, so that adding days never meets a clock change.
func mondayOf(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d-(int(t.Weekday())+6)%7, 12, 0, 0, 0, t.Location())
}

// midnight is the first instant of t's day.
func midnight(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, t.Location())
}
