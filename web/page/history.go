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

// historyPath is the way to the history of single months: /history/2026-04.
const historyPath = "/history/"

const (
	incidentsInHistory = 200 // whose changes make open pages fetch themselves again
	historyMonths      = 3   // that the first page of the history shows, the running one included
	historyLinks       = 24  // months that it leads to
)

// history is what has been, by month.
type history struct {
	maker
	Months       []pastMonth
	Older, Newer *pageLink
	All          []pageLink // newest first
	Start        *pageLink  // on the page of one month: the first page of the history
}

type pastMonth struct {
	Name    string
	Entries []entry
	Uptime  string // address of its figures; empty where it has none
}

// entry is an incident or a window of the past; the other is nil.
type entry struct {
	Incident *incident
	Window   *window
}

// history makes its first page: the newest months.
func (m maker) history() history {
	h := history{maker: m}
	for _, month := range m.s.historyMonths() {
		text := month.Format("2006-01")
		if len(h.Months) < historyMonths {
			h.Months = append(h.Months, m.pastMonth(month))
		}
		if len(h.All) < historyLinks {
			h.All = append(h.All, pageLink{m.monthName(text), m.Link(historyPath + text)})
		}
	}
	if n := len(h.Months); n < len(h.All) {
		h.Older = &h.All[n]
	}
	return h
}

// historyOfMonth makes the page of one, at place n of the months there are.
func (m maker) historyOfMonth(months []time.Time, n int) history {
	h := history{maker: m, Months: []pastMonth{m.pastMonth(months[n])}, Start: &pageLink{m.T("history.months"), m.Link("/history") + "#months"}}
	link := func(n int) *pageLink {
		if n < 0 || n >= len(months) {
			return nil
		}
		text := months[n].Format("2006-01")
		return &pageLink{m.monthName(text), m.Link(historyPath + text)}
	}
	h.Newer, h.Older = link(n-1), link(n+1)
	return h
}

// historyMonths are the first days of all months with a page, newest first: from the one in which the service began or the first
// incident lies.
func (s *State) historyMonths() (out []time.Time) {
	begin := s.Now
	if !s.first.IsZero() && s.first.Before(begin) {
		begin = s.first
	}
	for _, i := range s.Incidents {
		if i.Started.Before(begin) && !i.Started.IsZero() {
			begin = i.Started
		}
	}
	year, month, _ := s.Now.In(s.Zone).Date()
	for n := range mostMonths {
		first := time.Date(year, month-time.Month(n), 1, 0, 0, 0, 0, s.Zone)
		out = append(out, first)
		if !first.After(begin) {
			break
		}
	}
	return out
}

// hasHistory says whether a month has a page of its history.
func (s *State) hasHistory(month string) bool {
	return slices.ContainsFunc(s.historyMonths(), func(t time.Time) bool { return t.Format("2006-01") == month })
}

// pastMonth lists what was in a month, newest first: incidents that went on in it, and windows that began in it.
func (m maker) pastMonth(first time.Time) pastMonth {
	type dated struct {
		at time.Time
		entry
	}
	var all []dated
	end := first.AddDate(0, 1, 0)
	for _, i := range m.s.Incidents {
		over := i.ResolvedAt
		if i.Open() {
			over = m.s.Now
		}
		if i.Started.Before(end) && (!i.Started.Before(first) || over.After(first)) {
			v := m.incident(i)
			all = append(all, dated{i.Started, entry{Incident: &v}})
		}
	}
	for _, a := range announced(slices.Concat(m.s.past, m.s.Occurrences), func(o data.Occurrence) bool {
		return o.Over() && !o.Window.Start.After(m.s.Now) && !o.Window.Start.Before(first) && o.Window.Start.Before(end)
	}) {
		v := m.window(a)
		all = append(all, dated{a.Window().Start, entry{Window: &v}})
	}
	slices.SortStableFunc(all, func(a, b dated) int { return b.at.Compare(a.at) })
	text := first.Format("2006-01")
	v := pastMonth{Name: m.monthName(text)}
	for _, d := range all {
		v.Entries = append(v.Entries, d.entry)
	}
	if _, err := m.s.Month(text); err == nil {
		v.Uptime = m.Link(uptimePath + text)
	}
	return v
}
