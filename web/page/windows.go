package page

import (
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// window is a maintenance window as shown: one announcement, naming all its reasons (M15).
type window struct {
	maker
	ID, Href   string
	Occurrence string // "id.version" of each occurrence told of, for whoever proves that the page shows it (N4)
	Title      string // the reasons
	What       string
	Phase      string // word; empty for one that is simply planned
	Key        string // planned, running, reserved, held, cancelled, completed: what the style goes by
	When       *moment
	Approx     *moment // the start, where only that is known roughly (M9)
	Moved      *moment
	Ended      *moment
	Early      *moment // the same, where that was before the announced end
	Expected   string
	Ran        string // for how long it has been running
	Span       string
	Cohort     string
	CohortLine string
	Components string
	During     []affected // how what it concerns stands, while it runs
	Named      string     // the same where it concerns only some; empty for every committed one
	Clock      string
	Notice     string
	Short      bool
	Declared   bool // time of it was declared afterwards (DESIGN 10)
	ToDo       bool
	Updates    []update
}

// keys of the style by phase.
var windowKeys = map[data.Phase]string{
	data.Reserved: "reserved", data.Scheduled: "planned", data.Held: "held", data.InProgress: "running", data.Verifying: "running",
	data.Completed: "completed", data.Cancelled: "cancelled", data.Withdrawn: "cancelled",
}

func (m maker) window(a data.Announcement) window {
	o := a.First()
	id := m.s.OccurrenceID(o)
	v := window{
		maker: m, ID: id, Key: windowKeys[o.Phase], When: m.when(o.Window), Expected: m.expected(a.Expected()),
		Span: i18n.Duration(m.l, o.Window.End.Sub(o.Window.Start)), Cohort: m.cohort(o.Cohort), Components: m.named(a.Components()),
		Clock: i18n.ClockChange(m.l, o.Window.Start, o.Window.End, m.s.Zone), Short: o.ShortNotice(), Declared: !o.Declared.IsZero(),
	}
	var reasons, what []string
	for _, c := range a.Categories() {
		reasons = append(reasons, string(c))
		if text, ok := i18n.Lookup(m.l, "what."+string(c)); ok {
			what = append(what, text)
		}
		if c == data.Emergency && approximate(o) {
			v.Approx = m.at(o.Window.Start)
		}
	}
	v.Occurrence, v.Title, v.What = m.s.Told(a), i18n.JoinCategories(m.l, reasons), strings.Join(what, " ")
	if o.Cohort == "pilot" || o.Cohort == "rest" {
		v.CohortLine = m.T("line.cohort_" + o.Cohort)
	}
	if v.Key != "planned" {
		v.Phase = m.label("maintenance.", string(o.Phase))
	}
	if v.Key != "reserved" {
		v.Href = m.Link(maintenancePath + id)
	}
	if v.Key == "completed" {
		if v.Ended = m.at(o.Ended); o.Ended.Before(o.Window.End) {
			v.Early = v.Ended
		}
	}
	if old := o.OldWindow; !old.Start.IsZero() && !(old.Start.Equal(o.Window.Start) && old.End.Equal(o.Window.End)) {
		v.Moved = m.when(old)
	}
	v.ToDo = v.Key == "planned" || v.Key == "running" || v.Key == "held"
	v.Updates = m.updates("maintenance.", o.Updates)
	v.Notice = m.notice(o, v.Key)
	if len(a.Components()) > 0 {
		v.Named = v.Components
	}
	if v.Key == "running" {
		if ran := m.s.Now.Sub(o.Window.Start).Truncate(time.Minute); ran > 0 {
			v.Ran = i18n.Duration(m.l, ran)
		}
		v.During = m.during(a)
	}
	return v
}

// during says of each component that a running window concerns how it stands for those customers.
func (m maker) during(a data.Announcement) []affected {
	var out []affected
	for _, c := range m.s.concerned(a.Components()) {
		if own, ok := c.standings[a.First().Cohort]; ok {
			c.Now = own
		}
		c.Now.Maintenance = true // by its time, also before the mark of it was read
		out = append(out, affected{Name: m.name(c), State: m.stateOf(c)})
	}
	return out
}

// approximate says whether the start of an emergency window is only roughly known: it is still to come (M9).
func approximate(o data.Occurrence) bool { return o.Phase == data.Scheduled || o.Phase == data.Held }

// notice says when people were or will be told.
func (m maker) notice(o data.Occurrence, key string) string {
	at := func(key string, t time.Time) string { return m.Cap(key, "time", i18n.At(m.l, t, m.s.Zone)) }
	switch {
	case key == "reserved":
		return at("ui.announced_by", o.Deadline()) // if at all
	case o.ShortNotice() && o.Announced.IsZero():
		return "" // its label says so
	case key == "planned" && !o.ShortNotice() && !Shown(o, m.s.Now):
		return at("ui.announced_by", o.Deadline())
	case !o.Announced.IsZero():
		return at("ui.announced_at", o.Announced)
	}
	return ""
}

// standing is the one line that covers the nightly recycle (M6); empty where there is none to come.
func (m maker) standing() string {
	for _, o := range m.s.Occurrences {
		if o.Standing && o.Category == data.Recycle && o.Window.End.After(m.s.Now) {
			return m.T("line.recycle_standing", "time", i18n.Clock(m.l, o.Window.Start, m.s.Zone), "tz", i18n.Zone(m.l, o.Window.Start, m.s.Zone))
		}
	}
	return ""
}

// windows makes the announcements of those occurrences that want says yes to.
func (m maker) windows(want func(data.Occurrence) bool) []window {
	var out []window
	for _, a := range m.s.announcements(want) {
		out = append(out, m.window(a))
	}
	return out
}
