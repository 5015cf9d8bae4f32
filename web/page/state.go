package page

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// Settings are what the public surfaces need from configuration.
type Settings struct {
	Name     string         // of the page, such as "SuperOffice CRM status"
	Product  string         // what is told about, such as "SuperOffice CRM"
	URL      string         // public origin without a slash at the end
	ZoneName string         // of the schedule (T1), IANA
	Settling time.Duration  // how long after its end a month is settled; zero means months.DefaultSettling
	Zone     *time.Location // the same
	Target   string         // of the month, as a share: "0.998" (U1)
	Support  string         // where to turn when sign-in fails (H2); empty says nothing
	Hours    calendar.Hours // when support is open in each of Territories (H1)
	Langs    []i18n.Lang    // offered, the first is the fallback

	Premium *calendar.Hours // when support by the Premium Support addendum is open (H3); nil means that there is none

	BannerFrames []string // origins whose pages may show /banner/frame in an iframe; none means that no page may

	Territories []*calendar.Calendar // whose working days the last days of claims go by (C2), and support hours (H1); none shows none

	PrivacyContact, AccessibilityContact string // addresses of the web or of mail; empty means Support
	SecurityContact                      string // one too; empty means that there is no security.txt

	Demo     bool // everything shown is invented, and says so
	Unprobed bool // probing is switched off
}

// Component is a public component as it stands.
type Component struct {
	data.Component
	ID      string        // public ID
	Probed  bool          // some probe looks at it
	Sampled bool          // some probe ever held a level: what was never sampled is not in the v2 API
	Now     data.Standing // merged from its marks
	Days    []ledger.Day  // 90 local days, the last one runs
	Updated time.Time     // when its level last changed; Since where it never did

	standings map[string]data.Standing // Now by audience: each cohort's, and of customers in none
}

// Shown is the word its state goes by: under a running window for everybody or the rest it is in maintenance, unless a
// person declared a level. A pilot window leaves it alone.
func (c Component) Shown() string {
	if c.Maintenance() {
		return "maintenance"
	}
	return c.Now.Level.String()
}

// Actual is the level that is measured under a window that hides it from Shown; empty where none does.
func (c Component) Actual() string {
	if c.Maintenance() {
		return c.Now.Level.String()
	}
	return ""
}

// Maintenance says whether the component shows as under maintenance.
func (c Component) Maintenance() bool { return c.Now.Maintenance && !c.Now.Declared }

// Book is how the months are kept.
func (s Settings) Book() months.Book {
	return months.Book{Zone: s.Zone, ZoneName: s.ZoneName, Target: s.Target, Settling: s.Settling}
}

// Month is one month's figure for the page.
type Month struct {
	ledger.Report
	Known   bool // somebody watched at least a part of it
	Notices Notices
	Settled *data.Month // the revision that the figure comes from; nil while it is not settled

	kept *months.Kept // nil where it was not read
}

// DaysShown is how many days the bars cover.
const DaysShown = 90

// MonthsShown is how many months the page lists, the running one included.
const MonthsShown = 12

// State is everything the public may know at an instant, read in one View. Every public surface is made from it and from
// nothing else, so they cannot disagree. What is hidden is not in it. Read only.
type State struct {
	Settings
	PageID   string
	Revision data.Revision
	Now      time.Time

	Components  []Component
	Incidents   []data.Incident   // newest first, internal updates taken out
	Occurrences []data.Occurrence // by start: what was announced in the last 90 days, and all that is laid out ahead
	Cohorts     data.Cohorts      // as in force at Now: nobody moves within a cycle (M16)
	Months      []Month           // oldest first
	Silence     data.Silence      // of the banners; the page never mentions it
	Headline    Headline
	Measured    time.Time // until when a public component was watched: Now while one still is, zero means never

	noticed []noticed                // how each window's notice was kept
	samples map[string][]DaySamples  // by component; nil before they were read
	told    told                     // every incident as it was read, for the next State
	own     map[string][]data.Outage // by incident: those that it opened, as they stand
	rows    *ledger.Rows             // of all audiences in the days shown; nil where it was not read
	archive archive
	past    []data.Occurrence // by start: what is longer ago than Occurrences, for the history
	first   time.Time         // since when there are months
	older   []Month           // before Months, oldest first: those that are not settled

	viewer     *time.Location // the zone that a reader chose; nil means none
	viewerName string         // its name, or unknownZone; empty means that none was asked for

	audience string               // whose view it is; empty means everybody's
	follows  map[i18n.Lang]string // of an audience: the hash of everybody's pages, which the live frames bring
}

// told are incidents as the public may know them, by ID, with the version each was read in, under one set of components.
type told struct {
	known string
	by    map[string]toldIncident
}

type toldIncident struct {
	version  int
	public   bool
	incident data.Incident
}

// Read makes the State at now.
func Read(tx data.Tx, settings Settings, now time.Time) (*State, error) {
	return ReadAfter(tx, settings, now, nil)
}

// ReadAfter is Read that takes from the State before those incidents that have not changed since: a long history is read once.
func ReadAfter(tx data.Tx, settings Settings, now time.Time, before *State) (*State, error) {
	s := &State{Settings: settings, Now: now.UTC()}
	id, err := tx.Settings().Get(data.SettingPageID)
	if err != nil {
		return nil, fmt.Errorf("reading the page's ID: %w", err)
	}
	s.PageID = id.Value
	if s.Cohorts, err = data.CohortsAt(tx, now); err != nil {
		return nil, fmt.Errorf("reading the cohorts: %w", err)
	}
	if s.Silence, err = data.BannerSilence(tx); err != nil {
		return nil, fmt.Errorf("reading the switch of the banners: %w", err)
	}
	records, err := months.Records(tx, now)
	if err != nil {
		return nil, err
	}
	if err := s.readIncidents(tx, records.Components, before); err != nil {
		return nil, err
	}
	s.readOwn(records.Outages)
	s.readOccurrences(records.Occurrences, records.Components)
	probes, err := data.All(tx.Probes().Range("", ""))
	if err != nil {
		return nil, err
	}
	s.readComponents(records, probes)
	s.Headline = headline(s.Components)
	return s, s.readMonths(tx, records, before)
}

func (s *State) readIncidents(tx data.Tx, components []data.Component, before *State) error {
	known := map[string]bool{}
	s.told.by = map[string]toldIncident{}
	for _, c := range components {
		if known[c.Slug] = c.Audience == data.ForAll; known[c.Slug] {
			s.told.known += c.Slug + " "
		}
	}
	for ref, err := range tx.IncidentRefs().Range(data.AllIncidentsFrom, data.AllIncidentsTo) {
		if err != nil {
			return err
		}
		t := toldIncident{}
		if before != nil && before.told.known == s.told.known {
			t = before.told.by[ref.Incident]
		}
		if t.version != ref.Version || ref.Version == 0 {
			i, err := tx.Incidents().Get(ref.Incident)
			if err != nil {
				return err
			}
			t.version = i.Version
			t.incident, t.public = shared(i, known)
		}
		s.told.by[ref.Incident] = t
		if t.public {
			s.Incidents = append(s.Incidents, t.incident)
		}
	}
	slices.SortFunc(s.Incidents, func(a, b data.Incident) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return nil
}

// readOwn keeps the outages that a public incident opened (data.Outage.By).
func (s *State) readOwn(all []data.Outage) {
	s.own = map[string][]data.Outage{}
	for _, o := range all {
		if !s.told.by[o.By].public {
			continue
		}
		if o = o.Corrected(); !o.Void {
			s.own[o.By] = append(s.own[o.By], o)
		}
	}
}

// shared is what the public may know of i: nothing that is internal, and no component outside known, those that it may know
// of. It is false where the public knows nothing of i (C6): a draft, or a story only of components that it does not know.
func shared(i data.Incident, known map[string]bool) (data.Incident, bool) {
	named := 0
	i.Affected = slices.DeleteFunc(slices.Clone(i.Affected), func(a data.Affected) bool { named++; return !known[a.Component] })
	left := len(i.Affected)
	i.Updates = slices.DeleteFunc(slices.Clone(i.Updates), func(u data.Update) bool { return u.Internal })
	for n, u := range i.Updates {
		named += len(u.Changes)
		u.Changes = slices.DeleteFunc(slices.Clone(u.Changes), func(c data.Change) bool { return !known[c.Component] })
		left += len(u.Changes)
		i.Updates[n] = u
	}
	return i, !i.Hidden && (named == 0 || left > 0)
}

// readOccurrences keeps what the public may see: what is planned, what was announced, and nothing that lapsed.
func (s *State) readOccurrences(all []data.Occurrence, components []data.Component) {
	known := map[string]bool{}
	for _, c := range components {
		known[c.Slug] = c.Audience == data.ForAll
	}
	public := func(component string) bool { return known[component] }
	past := s.Now.AddDate(0, 0, -DaysShown)
	for _, o := range all {
		old := o.Window.End.Before(past)
		if o.HiddenFrom(public) || old && o.Standing {
			continue
		}
		o.Phase, _ = o.Due(s.Now) // right also while the scheduler is late
		switch o.Phase {
		case data.Lapsed:
			continue
		case data.Cancelled, data.Withdrawn:
			if !Shown(o, s.Now) {
				continue // never announced, so it never was
			}
		}
		o.Updates = slices.DeleteFunc(slices.Clone(o.Updates), func(u data.Update) bool { return u.Internal })
		if old {
			if o.Over() {
				s.past = append(s.past, o)
			}
			continue
		}
		s.Occurrences = append(s.Occurrences, o)
	}
	byStart := func(a, b data.Occurrence) int {
		if c := a.Window.Start.Compare(b.Window.Start); c != 0 {
			return c
		}
		return cmp.Compare(a.Key(), b.Key()) // a key is put together each time: not for most
	}
	slices.SortFunc(s.Occurrences, byStart)
	slices.SortFunc(s.past, byStart)
}

// Shown says whether the front page tells of o at now: from its moment on, and, where people know of it, until it is over, wherever
// it was moved and whatever became of it. That it was shown is proven elsewhere (N4).
func Shown(o data.Occurrence, now time.Time) bool { return o.Told(now) }

func (s *State) readComponents(r ledger.Records, probes []data.Probe) {
	marks := map[string][]data.Mark{}
	for _, m := range r.Marks {
		marks[m.Component] = append(marks[m.Component], m)
	}
	probed := map[string]bool{}
	for _, p := range probes {
		for _, side := range p.Sides() {
			probed[side.Component] = probed[side.Component] || !p.Retired
		}
	}
	rows := r.Rows(s.Now.AddDate(0, 0, -DaysShown-1), s.Now, s.Now)
	s.rows = &rows
	for _, c := range r.Components {
		if !c.Public() {
			continue
		}
		pc := Component{
			Component: c, ID: data.PublicID(s.PageID, "component", c.Slug), Probed: probed[c.Slug],
			Now:       data.Merge(windowsForMany(marks[c.Slug]), s.Now),
			Days:      ledger.Days(rows, ledger.Selection{Component: c.Slug}, s.Zone, s.Now, DaysShown),
			standings: standings(marks[c.Slug], s.Cohorts, s.Now),
		}
		if at := measured(marks[c.Slug], pc.Probed, s.Now); at.After(s.Measured) {
			s.Measured = at
		}
		pc.Updated = c.Since
		for _, m := range windowsForMany(marks[c.Slug]) { // one that lets go is a change too
			if m.At.After(pc.Updated) && !m.At.After(s.Now) {
				pc.Updated = m.At
			}
		}
		pc.Sampled = slices.ContainsFunc(marks[c.Slug], func(m data.Mark) bool {
			return m.Source != data.FromSchedule && m.Level != data.NoData
		})
		s.Components = append(s.Components, pc)
	}
	slices.SortStableFunc(s.Components, func(a, b Component) int { return cmp.Compare(a.Position, b.Position) })
}

// windowsForMany leaves out the windows that concern only the customers who go first.
func windowsForMany(marks []data.Mark) []data.Mark {
	return slices.DeleteFunc(slices.Clone(marks), func(m data.Mark) bool {
		return m.Source == data.FromSchedule && m.Cohort != data.AllCustomers && m.Cohort != "rest"
	})
}

// concerned are the public components among slugs. None named means every committed one.
func (s *State) concerned(slugs []string) (out []Component) {
	for _, c := range s.Components {
		if slices.Contains(slugs, c.Slug) || len(slugs) == 0 && c.Commitment == data.Committed {
			out = append(out, c)
		}
	}
	return out
}

// Component finds a public component by slug.
func (s *State) Component(slug string) (Component, bool) {
	i := slices.IndexFunc(s.Components, func(c Component) bool { return c.Slug == slug })
	if i < 0 {
		return Component{}, false
	}
	return s.Components[i], true
}
