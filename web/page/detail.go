package page

import (
	"slices"
	"strings"
	"sync"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/ui"
)

// detailsKept bounds how many pages of single incidents and windows a Snapshot keeps.
const detailsKept = 512

// details are the pages of single incidents, windows, months and years, with their files and badges: made when somebody asks for them, once for each Snapshot, since
// there may be thousands and few are looked at. The zero value is empty.
type details struct {
	mu      sync.Mutex
	docs    Docs
	hashes  map[i18n.Lang]string
	stories map[string]func(maker) view // by path
}

// doc returns the page at path in l, made now if need be; false where the public knows of none.
func (d *details) doc(s *State, path string, l i18n.Lang) (*ui.Doc, bool) {
	if pagesBeside[path] == nil && !slices.ContainsFunc(below, func(p string) bool { return strings.HasPrefix(path, p) }) {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.docs == nil {
		d.docs = Docs{}
	}
	place := Place{path, l}
	if doc, ok := d.docs[place]; ok {
		return doc, true
	}
	doc := maker{s, l}.file(path)
	if doc == nil {
		story := d.told(s, path)
		if story == nil {
			return nil, false
		}
		var err error
		if doc, err = d.render(maker{s, l}, story); err != nil {
			return nil, false // its templates are tested; a reader is told that there is no such page
		}
	}
	if len(d.docs) >= detailsKept {
		clear(d.docs)
	}
	d.docs[place] = doc
	return doc, true
}

// story is what makes the page at path; nil where there is none. Pages that are made at once have one too.
func (d *details) story(s *State, path string) func(maker) view {
	if at := pages[path]; at != nil {
		return at
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.told(s, path)
}

func (d *details) told(s *State, path string) func(maker) view {
	if d.stories == nil {
		d.stories = stories(s)
	}
	for _, of := range []map[string]func(maker) view{d.stories, pagesBeside} {
		if story := of[path]; story != nil {
			return story
		}
	}
	return monthStory(s, path)
}

func (d *details) render(m maker, story func(maker) view) (doc *ui.Doc, err error) {
	hash, err := d.hashed(m)
	if err != nil {
		return nil, err
	}
	v := story(m)
	main, err := v.main()
	if err != nil {
		return nil, err
	}
	return m.page(v, main, hash)
}

// hash is that of all pages of m's state in its language.
func (d *details) hash(m maker) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hashed(m)
}

func (d *details) hashed(m maker) (hash string, err error) {
	if d.hashes == nil {
		d.hashes = map[i18n.Lang]string{}
	}
	if d.hashes[m.l] == "" {
		if _, hash, err = m.mains(m.views()); err != nil {
			return "", err
		}
		d.hashes[m.l] = hash
	}
	return d.hashes[m.l], nil
}

// below are the places of what is made when somebody asks.
var below = []string{incidentsPath, maintenancePath, schedulePath, historyPath, componentPath, uptimePath, badgePath}

const (
	incidentsPath   = "/incidents/"
	maintenancePath = "/maintenance/"
)

// stories lists every single incident, window, measured component and month of the schedule that has a page. The nightly recycle has none, and a reserved slot stands
// only in the schedule.
func stories(s *State) map[string]func(maker) view {
	all := map[string]func(maker) view{}
	for _, i := range s.Incidents {
		path := incidentsPath + i.ID
		all[path] = func(m maker) view { return view{path, "incident", i.TitleIn(string(m.l)), m.incidentPage(i)} }
	}
	for _, o := range slices.Concat(s.past, s.Occurrences) {
		if o.Standing || o.Phase == data.Reserved {
			continue
		}
		path := maintenancePath + s.OccurrenceID(o)
		all[path] = func(m maker) view {
			v := m.window(data.Announcement{Occurrences: []data.Occurrence{o}})
			return view{path, "maintenance", v.Title, v}
		}
	}
	for _, c := range s.Components {
		path := componentPath + c.ID
		all[path] = func(m maker) view { return view{path, "component", m.name(c), m.measuredPage(c)} }
	}
	list := s.historyMonths()
	for n, first := range list {
		path := historyPath + first.Format("2006-01")
		all[path] = func(m maker) view {
			v := m.historyOfMonth(list, n)
			return view{path, "history", m.T("ui.history") + ", " + v.Months[0].Name, v}
		}
	}
	for _, first := range s.scheduleMonths() {
		path := schedulePath + first.Format("2006-01")
		all[path] = func(m maker) view {
			v := m.scheduleOfMonth(first)
			return view{path, "schedule", m.T("ui.schedule") + ", " + v.Heading, v}
		}
	}
	return all
}
