package page

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/ui"
)

// Audience is the group whose pages a request gets: that of a customer, if known says that the text has the form of an
// identifier, or the one that our own links name; "" means everybody, and so does whatever is no cohort here. Whom no cohort
// takes is of data.AllCustomers: it sees what concerns all, and no group's.
func (s *State) Audience(customer, cohort string, known bool) string {
	if known {
		if of := s.Cohorts.Of(customer); of != "" {
			return of
		}
		return data.AllCustomers
	}
	if cohort == data.AllCustomers || slices.ContainsFunc(s.Cohorts, func(c data.Cohort) bool { return c.Slug == cohort }) {
		return cohort
	}
	return ""
}

// For returns what concerns one audience of s: its own windows and incidents and those of everybody, components and figures
// as they are for it, and nothing of another cohort. s stays as it is; it is s itself for everybody, "".
func (s *State) For(audience string) *State {
	if audience == "" {
		return s
	}
	concerns := func(cohort string) bool {
		return cohort == "" || cohort == data.AllCustomers || cohort == audience
	}
	next := *s
	next.audience, next.follows = audience, map[i18n.Lang]string{}
	next.Cohorts = slices.DeleteFunc(slices.Clone(s.Cohorts), func(c data.Cohort) bool { return c.Slug != audience })
	next.Occurrences = slices.DeleteFunc(slices.Clone(s.Occurrences), func(o data.Occurrence) bool { return !concerns(o.Cohort) })
	next.past = slices.DeleteFunc(slices.Clone(s.past), func(o data.Occurrence) bool { return !concerns(o.Cohort) })
	next.Incidents = nil
	for _, i := range s.Incidents {
		if i, ok := narrowed(i, concerns); ok {
			next.Incidents = append(next.Incidents, i)
		}
	}
	counted := next.counted()
	next.Components = slices.Clone(s.Components)
	for n := range next.Components {
		c := &next.Components[n]
		if at, ok := c.standings[audience]; ok {
			c.Now = at
		}
		if s.rows != nil {
			counted.Component = c.Slug
			c.Days = ledger.Days(*s.rows, counted, s.Zone, s.Now, DaysShown)
		}
	}
	next.noticed = slices.DeleteFunc(slices.Clone(s.noticed), func(w noticed) bool { return !concerns(w.cohort) })
	counted.Component = ""
	next.Months = slices.Clone(s.Months)
	for n := range next.Months {
		if m := &next.Months[n]; m.kept != nil {
			if r, err := m.kept.Report(counted); err == nil { // it was reported once already
				m.Report = r
			}
			m.Notices = next.noticesOf(m.Month)
		}
	}
	next.Headline = headline(next.Components)
	return &next
}

// narrowed is what of i concerns an audience; false where nothing does. What names no component is for everybody, what goes
// on concerns whom it affects now, and what is over whom it ever did.
func narrowed(i data.Incident, concerns func(cohort string) bool) (data.Incident, bool) {
	named, hit := 0, 0
	count := func(cohort string) bool {
		named++
		if concerns(cohort) {
			hit++
			return false
		}
		return true
	}
	i.Affected = slices.DeleteFunc(slices.Clone(i.Affected), func(a data.Affected) bool { return count(a.Cohort) })
	if i.Open() && named > 0 && hit == 0 {
		return i, false
	}
	i.Updates = slices.Clone(i.Updates)
	for n := range i.Updates {
		u := &i.Updates[n]
		u.Changes = slices.DeleteFunc(slices.Clone(u.Changes), func(c data.Change) bool { return count(c.Cohort) })
	}
	return i, named == 0 || hit > 0
}

// standings works out where a component stands for each audience, from its marks.
func standings(marks []data.Mark, cohorts data.Cohorts, now time.Time) map[string]data.Standing {
	out := map[string]data.Standing{}
	for _, audience := range append(data.Cohorts{{Slug: data.AllCustomers}}, cohorts...) {
		var own []data.Mark
		for _, m := range marks {
			if m.Cohort != "" && m.Cohort != data.AllCustomers && m.Cohort != audience.Slug {
				continue
			}
			if m.Source != data.FromSchedule {
				m.By += "|" + m.Cohort // two holders still, though what they hold is of one audience
			}
			m.Cohort = data.AllCustomers
			own = append(own, m)
		}
		out[audience.Slug] = data.Merge(own, now)
	}
	return out
}

// audiences are the pages of single audiences: made when somebody asks for them, once for each Snapshot. There are as many as
// cohorts, whatever is asked for. The zero value is empty.
type audiences struct {
	mu sync.Mutex
	by map[string]*audience
}

type audience struct {
	details details
	state   *State

	mu   sync.Mutex
	docs Docs
	made map[i18n.Lang]bool
}

// of returns the pages of one audience of s; nil where there is none of that name.
func (a *audiences) of(s *State, name string) *audience {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[string]*audience{data.AllCustomers: nil}
		for _, c := range s.Cohorts {
			a.by[c.Slug] = nil
		}
	}
	own, ok := a.by[name]
	if ok && own == nil {
		own = &audience{state: s.For(name), docs: Docs{}, made: map[i18n.Lang]bool{}}
		a.by[name] = own
	}
	return own
}

// doc returns the audience's page at path in l, made now if need be; false where there is none. general gives the hash of
// everybody's pages.
func (a *audience) doc(path string, l i18n.Lang, general func(i18n.Lang) (string, error)) (*ui.Doc, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.made[l] {
		follows, err := general(l)
		if err != nil {
			return nil, false // its templates are tested
		}
		a.state.follows[l] = follows
		docs, err := renderLang(maker{a.state, l})
		if err != nil {
			return nil, false
		}
		maps.Copy(a.docs, docs)
		a.made[l] = true
	}
	if d, ok := a.docs[Place{path, l}]; ok {
		return d, true
	}
	return a.details.doc(a.state, path, l)
}

// DocFor is Doc for one audience (State.Audience); "" is everybody. What is the same for everybody, such as the script, is not made again.
func (s *Snapshot) DocFor(of, path string, lang i18n.Lang) (*ui.Doc, bool) {
	if d := s.State.picture(path); d != nil {
		return d, true
	}
	var own *audience
	if _, shared := s.Docs[Place{path, ""}]; of != "" && !shared {
		own = s.audiences.of(s.State, of)
	}
	if own == nil {
		return s.Doc(path, lang)
	}
	return own.doc(path, lang, func(l i18n.Lang) (string, error) { return s.details.hash(maker{s.State, l}) })
}
