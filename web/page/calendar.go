package page

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/ui"
)

// Calendar names a feed of maintenance windows. The zero value is that of all of them.
type Calendar struct {
	Component string // slug: only the windows that concern it; empty means any
	// Cohort limits it to what concerns these customers: what is for everybody, and what is for them alone (N3). Empty means
	// everybody's, with the group named; data.AllCustomers is for a customer whom no cohort takes.
	Cohort string
}

const (
	calendarPath          = "/history.ics"
	calendarComponentPath = "/calendar/component/"
	calendarCohortPath    = "/calendar/cohort/"
	calendarEnd           = ".ics"
)

// Path is the address of c, which is one of State.Calendars.
func (c Calendar) Path() string {
	switch {
	case c.Component != "":
		return calendarComponentPath + c.Component + calendarEnd
	case c.Cohort != "":
		return calendarCohortPath + c.Cohort + calendarEnd
	}
	return calendarPath
}

// Calendars are those with an address of their own: of everything, then of each cohort, then of each public component.
func (s *State) Calendars() []Calendar {
	out := []Calendar{{}}
	for _, c := range s.Cohorts {
		out = append(out, Calendar{Cohort: c.Slug})
	}
	for _, c := range s.Components {
		out = append(out, Calendar{Component: c.Slug})
	}
	return out
}

// CalendarAt finds the calendar at an address. Where there is none the error names those that there are.
func (s *State) CalendarAt(path string) (Calendar, error) {
	all := s.Calendars()
	if i := slices.IndexFunc(all, func(c Calendar) bool { return c.Path() == path }); i >= 0 {
		return all[i], nil
	}
	var there []string
	for _, c := range all {
		there = append(there, c.Path())
	}
	return Calendar{}, &data.Error{Kind: data.KindNotFound, Message: "there is no calendar at this address: those there are have the addresses " + strings.Join(there, ", ")}
}

// Bounds of a calendar: what began or was to begin before that much from now, and ended or was to end not longer ago.
const (
	calendarAhead = 400 // days
	calendarPast  = DaysShown
)

// calendarRefresh is how often a reader is asked to fetch a calendar again.
const calendarRefresh = time.Hour

// listed says whether o is in c at s.Now. What is covered by a standing notice and what is only reserved never is, nor the
// nightly recycle however it is announced, nor what concerns nothing that the public may know of (DESIGN 9).
func (s *State) listed(c Calendar, o data.Occurrence) bool {
	switch {
	case o.Standing, o.Category == data.Recycle, o.Phase == data.Reserved, o.Phase == data.Lapsed:
		return false
	case !o.Window.Start.Before(s.Now.AddDate(0, 0, calendarAhead)), o.Window.End.Before(s.Now.AddDate(0, 0, -calendarPast)):
		return false
	case c.Cohort != "" && o.Cohort != c.Cohort && o.Cohort != data.AllCustomers:
		return false
	}
	return slices.ContainsFunc(s.Components, func(p Component) bool {
		return (c.Component == "" || c.Component == p.Slug) && concerns(o, p)
	})
}

// concerns says whether o concerns p: it names it, or it names none and p is committed.
func concerns(o data.Occurrence, p Component) bool {
	if len(o.Components) == 0 {
		return p.Commitment == data.Committed
	}
	return slices.Contains(o.Components, p.Slug)
}

// calendars are made when somebody asks for them, once for each Snapshot. There are only so many: of the components and
// cohorts of the State, in its languages. The zero value is empty.
type calendars struct {
	mu   sync.Mutex
	docs map[calendarIn]func() *ui.Doc
}

type calendarIn struct {
	calendar Calendar
	lang     i18n.Lang
}

// Calendar returns c in lang: one of State.Calendars, which may be limited to a cohort of the State, or to
// data.AllCustomers, besides. The same windows give the same bytes, whenever they are asked for.
func (s *Snapshot) Calendar(c Calendar, lang i18n.Lang) *ui.Doc {
	return s.calendars.doc(s.State, c, lang)
}

func (all *calendars) doc(s *State, c Calendar, lang i18n.Lang) *ui.Doc {
	place := calendarIn{c, lang}
	all.mu.Lock()
	if all.docs == nil {
		all.docs = map[calendarIn]func() *ui.Doc{}
	}
	made, ok := all.docs[place]
	if !ok {
		made = sync.OnceValue(func() *ui.Doc { return ui.NewDoc(maker{s, lang}.calendar(c).Text(), calendarOptions) })
		all.docs[place] = made
	}
	all.mu.Unlock()
	return made()
}

var calendarOptions = ui.DocOptions{
	Type: "text/calendar; charset=utf-8", Cache: "public, max-age=60, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400",
	Vary: "Accept-Language", Header: http.Header{"Access-Control-Allow-Origin": {"*"}, "Cross-Origin-Resource-Policy": {"cross-origin"}},
}
