package page

import (
	"strings"
	"time"

	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
)

// supportPath is where support hours stand (H1).
const supportPath = "/support"

// supportPage says for each territory whether support is open, and when that changes.
type supportPage struct {
	maker
	Hours     string
	Territory []territory
	Contact   contact
}

// territory is a row of it.
type territory struct {
	Name    string
	State   state
	Changes *moment
	Local   string   // the same on the territory's clock, where that shows something else
	Off     []string // its next public holidays
}

// contact is a way to reach somebody. Without Href its text is all there is.
type contact struct{ Text, Href string }

// contactOf reads an address of the configuration: one of the web, or of mail.
func contactOf(text string) contact {
	switch {
	case strings.HasPrefix(text, "https://"), strings.HasPrefix(text, "http://"):
		return contact{text, text}
	case mailAddress(text):
		return contact{text, "mailto:" + text}
	}
	return contact{Text: text}
}

// mailAddress says whether text looks like one. The configuration has checked it; what a person wrote otherwise is shown and
// leads nowhere.
func mailAddress(text string) bool {
	name, host, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(host, "@") && !strings.ContainsAny(text, " <>\"':/?&#%")
}

// daysOff is how many public holidays to come a territory's row names.
const daysOff = 3

func (m maker) supportPage() supportPage {
	day := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	from, until := m.s.Hours.Times()
	v := supportPage{maker: m, Hours: m.T("support.hours", "time", i18n.Clocks(m.l, day.Add(from), day.Add(until), time.UTC)), Contact: contactOf(m.s.Support)}
	for _, c := range m.s.Territories {
		open, next := c.Open(m.s.Hours, m.s.Now)
		row := territory{Name: m.label("territory.", c.Code), State: state{"no_data", m.T("support.closed")}, Changes: m.at(next)}
		if open {
			row.State = state{"operational", m.T("support.open")}
		}
		if local := i18n.At(m.l, next, c.Location()); row.Changes != nil && local != i18n.At(m.l, next, m.s.Zone) {
			row.Local = local
		}
		today := calendar.DateOf(m.s.Now.In(c.Location()))
		for year := today.Year(); year <= today.Year()+1; year++ {
			for _, h := range c.Holidays(year) {
				if h.Date >= today && !weekend(h.Date) && len(row.Off) < daysOff {
					row.Off = append(row.Off, i18n.ShortDate(m.l, time.Date(1970, time.January, 1+int(h.Date), 0, 0, 0, 0, time.UTC), time.UTC))
				}
			}
		}
		v.Territory = append(v.Territory, row)
	}
	return v
}

// weekend says whether support is closed on d anyway.
func weekend(d calendar.Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// supportNow says in a line whether support is open, and where; empty where no hours are known.
func (m maker) supportNow() string {
	var names []string
	var opens time.Time
	for _, c := range m.s.Territories {
		open, next := c.Open(m.s.Hours, m.s.Now)
		switch {
		case open:
			names = append(names, m.label("territory.", c.Code))
		case !next.IsZero() && (opens.IsZero() || next.Before(opens)):
			opens = next
		}
	}
	switch n := len(m.s.Territories); {
	case n == 0:
		return ""
	case len(names) == n:
		return m.T("ui.support_open")
	case len(names) > 0:
		return m.T("ui.support_open_in", "of", strings.Join(names, ", "))
	case opens.IsZero():
		return m.T("support.closed")
	}
	return m.T("ui.support_closed", "time", m.at(opens).Text)
}
