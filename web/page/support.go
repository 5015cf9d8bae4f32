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

	Premium      []territory // by the second table of hours (H3), without the holidays; none where there is none
	PremiumHours string
}

// territory is a row of it.
type territory struct {
	maker
	Name    string
	State   state
	Changes *moment
	Local   string   // the same on the territory's clock, where that shows something else
	Off     []dayOff // its next public holidays
}

// dayOff is a public holiday by the name that it has in the territory. Lang is of that name where it is not the page's own.
type dayOff struct{ Date, Name, Lang string }

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
	v := supportPage{
		maker: m, Hours: m.T("support.hours", "time", m.hours(m.s.Hours)), Contact: contactOf(m.s.Support), Territory: m.open(m.s.Hours),
	}
	for n, c := range m.s.Territories {
		v.Territory[n].Off = m.daysOff(c)
	}
	if h := m.s.Premium; h != nil {
		v.Premium, v.PremiumHours = m.open(*h), m.T("support.premium_hours", "days", m.weekdays(h.Days()), "time", m.hours(*h))
	}
	return v
}

// hours words the times at which it opens and closes. The end of a day is its 24:00, not another day's 00:00.
func (m maker) hours(h calendar.Hours) string {
	day := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	from, until := h.Times()
	if until < 24*time.Hour {
		return i18n.Clocks(m.l, day.Add(from), day.Add(until), time.UTC)
	}
	text := i18n.Clocks(m.l, day.Add(from), day.Add(until-time.Minute), time.UTC)
	return strings.NewReplacer("23:59", "24:00", "23.59", "24.00").Replace(text)
}

// weekdays names days that are given from Monday on: runs of three and more by their first and last.
func (m maker) weekdays(days []time.Weekday) string {
	var names []string
	for i := 0; i < len(days); {
		end := i
		for end+1 < len(days) && days[end+1] == (days[end]+1)%7 {
			end++
		}
		if end-i < 2 {
			end = i
		}
		name := i18n.Weekday(m.l, days[i])
		if end > i {
			name += "–" + i18n.Weekday(m.l, days[end])
		}
		names, i = append(names, name), end+1
	}
	return i18n.List(m.l, names)
}

// open says of each territory whether support is open by h, and when that changes.
func (m maker) open(h calendar.Hours) (out []territory) {
	for _, c := range m.s.Territories {
		open, next := c.Open(h, m.s.Now)
		row := territory{maker: m, Name: m.label("territory.", c.Code), State: state{"no_data", m.T("support.closed")}, Changes: m.at(next)}
		if open {
			row.State = state{"operational", m.T("support.open")}
		}
		if local := i18n.At(m.l, next, c.Location()); row.Changes != nil && local != i18n.At(m.l, next, m.s.Zone) {
			row.Local = local
		}
		out = append(out, row)
	}
	return out
}

// daysOff are the next public holidays of a territory on which support would else be open.
func (m maker) daysOff(c *calendar.Calendar) (out []dayOff) {
	today := calendar.DateOf(m.s.Now.In(c.Location()))
	for year := today.Year(); year <= today.Year()+1; year++ {
		for _, h := range c.Holidays(year) {
			if h.Date < today || weekend(h.Date) || len(out) == daysOff {
				continue
			}
			row := dayOff{Date: i18n.ShortDate(m.l, time.Date(1970, time.January, 1+int(h.Date), 0, 0, 0, 0, time.UTC), time.UTC)}
			if row.Name, row.Lang = h.Local(); row.Name == calendar.CompanyHoliday {
				row.Name = m.T("support.company_holiday")
			}
			if row.Lang == string(m.l) {
				row.Lang = ""
			}
			out = append(out, row)
		}
	}
	return out
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
