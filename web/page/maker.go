package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// maker turns one State into what is shown in one language. Page structs embed it for its words; everything else in them
// is ready to show.
type maker struct {
	s *State
	l i18n.Lang
}

// T is a word of the interface.
func (m maker) T(key string, pairs ...string) string { return i18n.T(m.l, key, pairs...) }

// Cap is a word of the interface that begins a line.
func (m maker) Cap(key string, pairs ...string) string { return i18n.Capital(m.T(key, pairs...)) }

// Link is the address of one of our own pages, in this language and for this audience. The audience is named by its cohort: a
// page is made once for all its customers, and repeats no identifier. Script puts the reader's own in its place.
func (m maker) Link(path string) string {
	address := m.LinkAll(path)
	if m.s.audience != "" {
		address += "&cohort=" + url.QueryEscape(m.s.audience)
	}
	return address
}

// LinkAll is the address of one of our own pages as everybody sees it, in this language, with the zone that the reader chose.
func (m maker) LinkAll(path string) string {
	address := path + "?lang=" + url.QueryEscape(string(m.l))
	if zone := m.s.chosen(); zone != "" {
		address += "&zone=" + url.QueryEscape(zone)
	}
	return address
}

// moment is an instant or a span: its words in the schedule's zone, and what a program reads. Script adds the reader's own
// time where the two differ (M14).
type moment struct {
	Text     string
	ISO, End string // RFC 3339 in UTC; End is empty for an instant
	Yours    string // in the zone that the reader chose; empty where that says nothing else
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// at makes a moment of an instant; nil for the zero time.
func (m maker) at(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	return &moment{Text: i18n.At(m.l, t, m.s.Zone, i18n.FinnishTime), ISO: iso(t), Yours: m.yours(t, t)}
}

// when makes a moment of a span.
func (m maker) when(w data.Window) *moment {
	return &moment{Text: i18n.When(m.l, w.Start, w.End, m.s.Zone, i18n.FinnishTime), ISO: iso(w.Start), End: iso(w.End), Yours: m.yours(w.Start, w.End)}
}

// state is something that is shown as a symbol, a colour and a word; never by colour alone.
type state struct {
	Key  string // of symbol and colour: operational, degraded, partial_outage, major_outage, maintenance, no_data
	Text string
}

func (m maker) state(key string) state { return state{key, m.label("level.", key)} }

// stateOf is how a component stands. One that nobody was ever to measure has no problem that anybody reported. During a window that it runs and what is measured are two facts, and both are told.
func (m maker) stateOf(c Component) state {
	switch at := c.Now; {
	case at.Maintenance && !at.Declared:
		return state{"maintenance", m.T("level.maintenance_" + at.Level.String())}
	case at.Flapping:
		return state{at.Level.String(), m.T("level.flapping")}
	case at.Level == data.NoData && !c.Unmeasured():
		return state{at.Level.String(), m.T("level.no_report")}
	}
	return m.state(c.Now.Level.String())
}

// label returns the words for a key made from data, or the key itself where there are none.
func (m maker) label(prefix, key string) string {
	if text, ok := i18n.Lookup(m.l, prefix+key); ok {
		return text
	}
	return key
}

// named returns the names of those of the components that the public may know of. None named means every committed one.
func (m maker) named(slugs []string) string {
	var names []string
	for _, c := range m.s.concerned(slugs) {
		names = append(names, m.name(c))
	}
	return strings.Join(names, ", ")
}

func (m maker) name(c Component) string {
	if name := c.Name.In(string(m.l)); name != "" {
		return name
	}
	return c.Slug
}

// cohort says whom something concerns.
func (m maker) cohort(slug string) string {
	if slug == "" {
		slug = data.AllCustomers
	}
	if text, ok := i18n.Lookup(m.l, "cohort."+slug); ok {
		return text
	}
	for _, c := range m.s.Cohorts {
		if c.Slug == slug && c.Name.In(string(m.l)) != "" {
			return c.Name.In(string(m.l))
		}
	}
	return slug
}

// expected words the longest interruption to reckon with (M11).
func (m maker) expected(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Minute:
		return m.T("expected.seconds")
	}
	return m.T("expected.up_to", "duration", i18n.Duration(m.l, d))
}

// seconds words a sum of seconds.
func (m maker) seconds(n int64) string { return i18n.Duration(m.l, time.Duration(n)*time.Second) }

// zone states which clock the page's times are of.
func (m maker) zone() string {
	if m.s.ZoneName == "Europe/Oslo" {
		return m.T("line.times_are")
	}
	return m.T("ui.schedule_time") + ": " + m.s.ZoneName + " (" + i18n.Zone(m.l, m.s.Now, m.s.Zone) + ")"
}

// update is one entry of a story.
type update struct {
	Phase string
	At    *moment
	Body  string // plain text; its line breaks are kept
	Lang  string // of the body, where nobody wrote it in the page's language; empty means that
	Edits []edit // what it said before, newest first

	Edited string // the word above them
}

// edit is what an update said until it was changed.
type edit struct{ Until, Body, Lang string }

// fallen is the language of a text that has none in the page's: English, which everything falls back to.
func (m maker) fallen(w data.Words) string {
	if m.l == i18n.EN || w[string(m.l)] != "" {
		return ""
	}
	return string(i18n.EN)
}

// updates makes the public entries of a story, newest first.
func (m maker) updates(prefix string, us []data.Update) []update {
	var out []update
	for _, u := range slices.Backward(us) {
		if u.Internal {
			continue
		}
		v := update{Phase: m.label(prefix, string(u.Phase)), At: m.at(u.At), Body: u.BodyIn(string(m.l)), Lang: m.fallen(u.Bodies), Edited: m.T("ui.edited")}
		for _, e := range slices.Backward(u.Edits) {
			v.Edits = append(v.Edits, edit{m.T("ui.until", "time", m.at(e.At).Text), e.BodyIn(string(m.l)), m.fallen(e.Bodies)})
		}
		out = append(out, v)
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }
