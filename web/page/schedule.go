package page

import (
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// weeksShown is how far the schedule page looks ahead.
const weeksShown = 8

// schedule is the page of all that is laid out: certain, reserved, under review, cancelled.
type schedule struct {
	maker
	Heading  string
	Standing string
	Zone     string
	Weeks    []week

	Calendars calendarLinks
}

type week struct {
	Name    string
	Span    string // its first and last day
	Windows []window
}

func (m maker) schedule() schedule {
	s := schedule{maker: m, Heading: m.T("ui.next_weeks", "n", number(weeksShown)), Standing: m.standing(), Zone: m.zone(), Calendars: m.calendarLinks()}
	until := m.s.Now.AddDate(0, 0, 7*weeksShown)
	var last time.Time
	for _, a := range m.s.announcements(func(o data.Occurrence) bool {
		return o.Window.End.After(m.s.Now) && o.Window.Start.Before(until) && o.Phase != data.Completed
	}) {
		local := a.Window().Start.In(m.s.Zone)
		if monday := mondayOf(local); !monday.Equal(last) {
			last = monday
			_, n := local.ISOWeek()
			s.Weeks = append(s.Weeks, week{
				Name: m.T("ui.week", "n", number(n)),
				Span: i18n.ShortDate(m.l, monday, m.s.Zone) + " – " + i18n.ShortDate(m.l, monday.AddDate(0, 0, 6), m.s.Zone),
			})
		}
		current := &s.Weeks[len(s.Weeks)-1]
		current.Windows = append(current.Windows, m.window(a))
	}
	return s
}

// mondayOf is noon of the Monday of t's week, so that adding days never meets a clock change.
func mondayOf(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d-(int(t.Weekday())+6)%7, 12, 0, 0, 0, t.Location())
}
