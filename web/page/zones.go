package page

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/ui"
)

// zonesPath is the page on which a reader without script chooses a time zone (M14).
const zonesPath = "/zones"

// zonesSource has the zones that can be chosen: one name or more of each country, as in the zone data's own table.
//
//go:embed zones.txt
var zonesSource string

// zoneNames are the zones that can be chosen, and their places in the list.
var zoneNames = sync.OnceValue(func() map[string]int {
	names := map[string]int{"UTC": -1}
	for i, name := range strings.Fields(zonesSource) {
		names[name] = i
	}
	return names
})

// unknownZone stands for every name that is none: however many are tried, they are one page.
const unknownZone = "?"

// In returns s as it is shown to a reader who chose a zone: every time in the schedule's and in that one. A name that can not be
// chosen changes nothing but a line that says so; none at all is s itself. s stays as it is.
func (s *State) In(zone string) *State {
	if zone == "" {
		return s
	}
	next := *s
	next.viewer, next.viewerName = nil, unknownZone
	if _, known := zoneNames()[zone]; known {
		if loc, err := time.LoadLocation(zone); err == nil {
			next.viewer, next.viewerName = loc, zone
		}
	}
	return &next
}

// chosen is the zone that the reader chose; empty where that is none.
func (s *State) chosen() string {
	if s.viewer == nil {
		return ""
	}
	return s.viewerName
}

// yours is what the reader's clock says where that is something else than what the page says already.
func (m maker) yours(start, end time.Time) string {
	if m.s.viewer == nil {
		return ""
	}
	own := i18n.When(m.l, start, end, m.s.viewer)
	shown := []*time.Location{m.s.Zone}
	if helsinki, err := time.LoadLocation("Europe/Helsinki"); err == nil && m.l == i18n.FI {
		shown = append(shown, helsinki) // Finnish texts have Finland's time in them already
	}
	for _, loc := range shown {
		if sameClock(start, m.s.viewer, loc) && sameClock(end, m.s.viewer, loc) {
			return ""
		}
	}
	return m.T("line.your_time", "viewer_when", own)
}

// sameClock says whether the clocks of two zones show the same at t.
func sameClock(t time.Time, a, b *time.Location) bool {
	_, x := t.In(a).Zone()
	_, y := t.In(b).Zone()
	return x == y
}

// zoneForm is the choice of a zone, without script.
type zoneForm struct {
	maker
	Action   string // empty stays on the page
	Audience string
	First    []zoneOption // of the customers' countries
	Groups   []zoneGroup  // all there are, by region; none offers only the first ones
}

type zoneOption struct {
	Name, Text string
	Chosen     bool
}

type zoneGroup struct {
	Name    string
	Options []zoneOption
}

// zoneForm makes the choice among the zones of the customers' countries.
func (m maker) zoneForm() zoneForm {
	f := zoneForm{maker: m, Audience: m.s.audience}
	offered := calendar.Territories()
	if len(m.s.Territories) > 0 {
		offered = nil
		for _, c := range m.s.Territories {
			offered = append(offered, c.Territory)
		}
	}
	for _, t := range offered {
		f.First = append(f.First, zoneOption{t.Zone, m.label("territory.", t.Code) + " (" + t.Zone + ")", t.Zone == m.s.chosen()})
	}
	f.First = append(f.First, zoneOption{"UTC", "UTC", m.s.chosen() == "UTC"})
	if own := m.s.chosen(); own != "" && !slices.ContainsFunc(f.First, func(o zoneOption) bool { return o.Name == own }) {
		f.First = append(f.First, zoneOption{own, own, true})
	}
	return f
}

// zonesPage is the choice among all.
func (m maker) zonesPage() zoneForm {
	f := m.zoneForm()
	f.Action = "/"
	last := ""
	for _, name := range strings.Fields(zonesSource) {
		region, place, _ := strings.Cut(name, "/")
		if region != last {
			last = region
			f.Groups = append(f.Groups, zoneGroup{Name: m.T("zone." + strings.ToLower(region))})
		}
		g := &f.Groups[len(f.Groups)-1]
		g.Options = append(g.Options, zoneOption{Name: name, Text: strings.ReplaceAll(place, "_", " ")})
	}
	return f
}

// L is the language that the form keeps.
func (f zoneForm) L() string { return string(f.l) }

// Pick is the address of the front page in a zone.
func (f zoneForm) Pick(zone string) string {
	next := *f.s
	next.viewer, next.viewerName = time.UTC, zone // whatever is not nil: only the name is read
	return maker{&next, f.l}.Link("/")
}

// What of pages in chosen zones is kept at most, and how many readers wait for one: whoever comes then gets the page without it.
const (
	zonedKept    = 64
	zonedWaiting = 8
)

// zoned are pages in zones that readers chose: made when somebody asks, one at a time, so that whoever tries them all keeps one
// processor busy and no memory. The zero value is empty.
type zoned struct {
	making  sync.Mutex
	waiting atomic.Int64

	mu   sync.Mutex
	docs map[zonedPlace]*ui.Doc
}

type zonedPlace struct{ of, path, lang, zone string }

// DocIn is DocFor with times also in a zone that the reader chose; "" is none.
func (s *Snapshot) DocIn(zone, of, path string, lang i18n.Lang) (*ui.Doc, bool) {
	plain, ok := s.DocFor(of, path, lang)
	if !ok || zone == "" {
		return plain, ok
	}
	if _, known := zoneNames()[zone]; !known {
		zone = unknownZone
	}
	z, place := &s.zoned, zonedPlace{of, path, string(lang), zone}
	if d := z.kept(place); d != nil {
		return d, true
	}
	if z.waiting.Add(1) > zonedWaiting {
		z.waiting.Add(-1)
		return plain, true
	}
	defer z.waiting.Add(-1)
	z.making.Lock()
	defer z.making.Unlock()
	if d := z.kept(place); d != nil {
		return d, true
	}
	d := s.zonedDoc(zone, of, path, lang)
	if d == nil {
		return plain, true // a file, which has no times, or none that could be made: its templates are tested
	}
	z.keep(place, d)
	return d, true
}

func (s *Snapshot) zonedDoc(zone, of, path string, lang i18n.Lang) *ui.Doc {
	state, pages := s.State, &s.details
	if of != "" {
		if own := s.audiences.of(s.State, of); own != nil {
			state, pages = own.viewed(), &own.details
		}
	}
	story := pages.story(state, path)
	if story == nil {
		return nil
	}
	hash, err := pages.hash(maker{state, lang})
	if err != nil {
		return nil
	}
	m := maker{state.In(zone), lang}
	v := story(m)
	main, err := v.main()
	if err != nil {
		return nil
	}
	d, err := m.page(v, main, hash)
	if err != nil {
		return nil
	}
	return d
}

// viewed is a's state for whoever holds none of its locks.
func (a *audience) viewed() *State {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := *a.state
	next.follows = maps.Clone(a.state.follows)
	return &next
}

func (z *zoned) kept(place zonedPlace) *ui.Doc {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.docs[place]
}

func (z *zoned) keep(place zonedPlace, d *ui.Doc) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.docs == nil || len(z.docs) >= zonedKept {
		z.docs = map[zonedPlace]*ui.Doc{}
	}
	z.docs[place] = d
}
