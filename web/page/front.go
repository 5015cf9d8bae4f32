package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// front is the front page.
type front struct {
	maker
	Headline   state
	Affected   string // the components that the headline is about; empty where all is well
	Also       string // components outside the commitment that are not well
	Unmeasured string // of how many components nobody knows how they stand
	Under      string // under maintenance: what runs, and until when
	Measured   string // since when measurements show what nobody has told of
	Stale      string
	AsOf       string
	AsOfISO    string
	Month      *month // the running one
	Target     string
	Incidents  []incident
	Running    []window
	Planned    []window // cancelled ones too, until their time is over
	Next       *window  // where nothing is told of yet: what the schedule has next
	Resolved   []incident
	Completed  []window
	Groups     []group
	Months     []month
	Standing   string
	Support    contact // the way to reach us; empty says nothing (H2)
	SupportNow string  // whether support is open (H1)
	NotOnly    bool    // something is affected right now
	Outside    bool    // a window is shown that may fall into somebody's working hours (M14)
}

// group is a run of components under one name; without one they stand alone.
type group struct {
	Name       string
	Components []component
}

// component is a row of the front page.
type component struct {
	ID, Name   string
	State      state
	Commitment string // what was not promised of it
	Page       string // our own of it
	Link       string // the provider's own page; empty for none
	Bars       template.HTML
	Summary    string
}

// monthsOnFront is how many months the front page shows.
const monthsOnFront = 4

func (m maker) front() front {
	s := m.s
	f := front{
		maker: m, Headline: m.headline(), Affected: m.affectedNow(), Also: m.also(), AsOf: m.T("ui.as_of", "time", m.at(s.Now).Text), AsOfISO: iso(s.Now),
		Target: m.target(), Months: m.months(monthsOnFront), Standing: m.standing(), Support: contactOf(s.Support), SupportNow: m.supportNow(),
		NotOnly: s.Headline == Some || s.Headline == Major, Groups: m.groups(),
	}
	f.Unmeasured, f.Under, f.Measured = m.unmeasured(), m.under(), m.measured()
	if s.Headline == Unknown && !s.Measured.IsZero() && s.Measured.Before(s.Now) {
		f.Stale = m.T("line.stale", "when", m.at(s.Measured).Text)
	}
	if s.Unprobed {
		f.Stale = m.T("ui.unprobed")
	}
	if len(f.Months) > 0 && f.Months[0].SoFar && f.Months[0].Known {
		f.Month = &f.Months[0]
	}
	since := s.Now.Add(-AfterResolution)
	for _, i := range s.OpenIncidents() {
		f.Incidents = append(f.Incidents, m.incident(i).shortened())
	}
	for _, i := range s.Incidents {
		if !i.Open() && i.ResolvedAt.After(since) {
			f.Resolved = append(f.Resolved, m.incident(i).shortened())
		}
	}
	for _, a := range s.Running() {
		f.Running = append(f.Running, m.window(a))
	}
	f.Planned = m.windows(func(o data.Occurrence) bool {
		switch o.Phase {
		case data.Scheduled, data.Held:
			return Shown(o, s.Now)
		case data.Cancelled, data.Withdrawn:
			return o.Window.End.After(s.Now)
		}
		return false
	})
	if len(f.Planned) == 0 {
		f.Next = m.next()
	}
	f.Completed = m.windows(func(o data.Occurrence) bool {
		over := o.Ended
		if over.IsZero() {
			over = o.Window.End
		}
		return o.Phase == data.Completed && over.After(since)
	})
	f.NotOnly = f.NotOnly || len(f.Incidents) > 0
	f.Outside = len(f.Planned)+len(f.Running) > 0
	return f
}

// next is the next window of the schedule, told of or not; nil where there is none. One that is merely reserved is for the schedule's page.
func (m maker) next() *window {
	all := m.s.announcements(func(o data.Occurrence) bool { return o.Phase == data.Scheduled && o.Window.Start.After(m.s.Now) })
	if len(all) == 0 {
		return nil
	}
	v := m.window(all[0])
	return &v
}

// affectedNow names the committed components that are not well, worst first: what does not work is told in the first line. Where they
// are not equally ill, each level has its own.
func (m maker) affectedNow() string {
	names, levels := map[data.Level][]string{}, []data.Level{}
	for _, c := range m.ill() {
		if len(names[c.Now.Level]) == 0 {
			levels = append(levels, c.Now.Level)
		}
		names[c.Now.Level] = append(names[c.Now.Level], m.name(c))
	}
	if len(levels) == 1 {
		return m.T("ui.affected") + ": " + strings.Join(names[levels[0]], ", ")
	}
	var lines []string
	for _, l := range levels {
		lines = append(lines, m.T("level."+l.String())+": "+strings.Join(names[l], ", "))
	}
	return strings.Join(lines, " · ")
}

// ill are the committed components that are not well, the worst first.
func (m maker) ill() (ill []Component) {
	for _, c := range m.s.Components {
		if c.Commitment == data.Committed && !c.Maintenance() && c.Now.Level >= data.Degraded {
			ill = append(ill, c)
		}
	}
	slices.SortStableFunc(ill, func(a, b Component) int { return cmp.Compare(b.Now.Level, a.Now.Level) })
	return ill
}

// measured says since when measurements show that committed components are not well of which no incident tells; empty where one tells of
// each.
func (m maker) measured() string {
	var since time.Time
	for _, c := range m.ill() {
		told := slices.ContainsFunc(m.s.OpenIncidents(), func(i data.Incident) bool {
			return slices.ContainsFunc(i.Affected, func(a data.Affected) bool { return a.Component == c.Slug })
		})
		if !told && !c.Now.Declared && (since.IsZero() || c.Now.Since.Before(since)) {
			since = c.Now.Since
		}
	}
	if since.IsZero() {
		return ""
	}
	return m.T("ui.measured_since", "time", m.at(since).Text)
}

// under says what runs, and until when, while that is the headline.
func (m maker) under() string {
	running := m.s.Running()
	if m.s.Headline != Maintenance || len(running) == 0 {
		return ""
	}
	v := m.window(running[0])
	text := v.Title + ", " + v.When.Text
	if v.Expected != "" {
		text += ". " + m.T("ui.expected_interruption") + ": " + v.Expected
	}
	return text
}

// also names what is not well and does not count for the headline.
func (m maker) also() string {
	var names []string
	for _, c := range m.s.Components {
		if c.Commitment != data.Committed && c.Now.Level >= data.Degraded {
			names = append(names, m.name(c))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return m.T("ui.also_affected", "components", strings.Join(names, ", "))
}

func (m maker) groups() []group {
	var out []group
	b, last := newBars(m), ""
	for i, c := range m.s.Components {
		if i == 0 || c.Group != last {
			last = c.Group
			out = append(out, group{Name: c.GroupName.In(string(m.l))})
		}
		g := &out[len(out)-1]
		g.Components = append(g.Components, m.component(c, b))
	}
	return out
}

func (m maker) component(c Component, b *bars) component {
	row := component{
		ID: c.ID, Name: m.name(c), State: m.stateOf(c), Bars: b.write(c.Days), Summary: b.summary(c.Days), Page: m.Link(componentPath + c.ID), Link: c.Link,
	}
	if c.ThirdParty {
		row.Commitment = m.T("level.third_party")
		if c.Provider != "" {
			row.Commitment += ": " + c.Provider
		}
	} else if c.Commitment == data.NoCommitment {
		row.Commitment = m.T("level.no_commitment")
	}
	return row
}
