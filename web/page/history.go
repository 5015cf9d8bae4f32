package page

import (
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
)

// uptime is the page of the months.
type uptime struct {
	maker
	Target  string
	Months  []month
	Years   []pageLink // newest first
	Noticed bool       // some month had something to announce (N4)
}

func (m maker) uptime() uptime {
	v := uptime{maker: m, Target: m.target(), Months: m.months(MonthsShown)}
	for _, year := range m.s.Years() {
		text := strconv.Itoa(year)
		v.Years = append(v.Years, pageLink{m.T("ui.uptime") + " " + text, m.Link(uptimePath + text)})
	}
	v.Noticed = slices.ContainsFunc(v.Months, func(m month) bool { return len(m.Notices) > 0 })
	return v
}

// What the history page shows at most.
const (
	incidentsInHistory = 200
	historyMonths      = 12
)

// history is the page of what has been.
type history struct {
	maker
	Months []pastMonth
}

type pastMonth struct {
	Name    string
	Entries []entry
}

// entry is an incident or a window of the past; the other is nil.
type entry struct {
	Incident *incident
	Window   *window
}

func (m maker) history() history {
	type dated struct {
		at time.Time
		entry
	}
	var all []dated
	since := m.s.Now.AddDate(0, -historyMonths, 0)
	for n, i := range m.s.Incidents {
		if n == incidentsInHistory || i.Started.Before(since) {
			continue
		}
		v := m.incident(i)
		all = append(all, dated{i.Started, entry{Incident: &v}})
	}
	for _, a := range m.s.announcements(func(o data.Occurrence) bool { return o.Over() && !o.Window.Start.After(m.s.Now) }) {
		v := m.window(a)
		all = append(all, dated{a.Window().Start, entry{Window: &v}})
	}
	slices.SortStableFunc(all, func(a, b dated) int { return b.at.Compare(a.at) })
	h := history{maker: m}
	last := ""
	for _, d := range all {
		if month := d.at.In(m.s.Zone).Format("2006-01"); month != last {
			last = month
			h.Months = append(h.Months, pastMonth{Name: m.monthName(month)})
		}
		current := &h.Months[len(h.Months)-1]
		current.Entries = append(current.Entries, d.entry)
	}
	return h
}
