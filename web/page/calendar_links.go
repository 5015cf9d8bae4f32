package page

import (
	"html/template"
	"strings"

	"github.com/superoffice/statusd/data/i18n"
)

// calendarLinks say on the schedule page how to have it in a calendar of one's own.
type calendarLinks struct {
	maker
	All    calendarLink
	Groups []calendarLink // of cohorts, then of components
}

// calendarLink is one calendar, in the page's language.
type calendarLink struct {
	Text      string
	Href      string
	Subscribe template.URL // webcal:, which opens the reader's own calendar; empty where the origin is not known
}

func (m maker) calendarLinks() calendarLinks {
	v := calendarLinks{maker: m}
	for _, c := range m.s.Calendars() {
		link := calendarLink{Text: m.T("ui.subscribe_calendar"), Href: m.Link(c.Path())}
		if _, rest, ok := strings.Cut(m.s.URL, "://"); ok {
			link.Subscribe = template.URL("webcal://" + rest + link.Href) //nolint:gosec // our own origin and address
		}
		p, of := m.s.Component(c.Component)
		switch {
		case of:
			link.Text = m.name(p)
		case c.Cohort != "" && m.s.audience != "":
			continue // that of all is this one, on these pages
		case c.Cohort != "":
			link.Text = i18n.Capital(m.cohort(c.Cohort))
		default:
			v.All = link
			continue
		}
		v.Groups = append(v.Groups, link)
	}
	return v
}
