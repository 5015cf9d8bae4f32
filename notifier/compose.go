package notifier

import (
	"cmp"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
)

// Settings are what a letter needs from configuration.
type Settings struct {
	Product string
	URL     string // public origin
	Zone    *time.Location
	Support string
}

// story is what a bulletin tells, read once for all its readers.
type story struct {
	bulletin     data.Bulletin
	announcement data.Announcement // if it is about an occurrence
	incident     data.Incident     // if it is about an incident
	err          error             // it cannot be told
}

func readStory(tx data.Tx, key data.BulletinKey) *story {
	s := &story{}
	if s.bulletin, s.err = tx.Bulletins().Get(key); s.err != nil {
		return s
	}
	if s.bulletin.About == data.AboutIncident {
		s.incident, s.err = tx.Incidents().Get(s.bulletin.Subject)
	} else {
		s.announcement, s.err = announcement(tx, data.OccurrenceKey(s.bulletin.Subject))
	}
	return s
}

// edition is what makes letters of one bulletin differ.
type edition struct {
	bulletin data.BulletinKey
	lang     i18n.Lang
	zone     string
	contract bool
}

// printed is a written letter, or why it cannot be written.
type printed struct {
	letter letter.Letter
	err    error
}

// press writes letters, each edition once. It reads no store.
type press struct {
	settings   Settings
	page       string           // public ID of the page
	components []data.Component // in the order of the page
	done       map[edition]printed
}

func newPress(s Settings, page string, components []data.Component) *press {
	slices.SortStableFunc(components, func(a, b data.Component) int { return cmp.Compare(a.Position, b.Position) })
	return &press{settings: s, page: page, components: components, done: map[edition]printed{}}
}

// write returns the letter of a story for a subscriber.
func (p *press) write(s *story, to data.Subscriber) (letter.Letter, error) {
	if s.err != nil {
		return letter.Letter{}, s.err
	}
	e := edition{s.bulletin.Key(), i18n.Lang(to.Lang), to.Zone, to.Contract}
	l, ok := p.done[e]
	if !ok {
		l.letter, l.err = letter.Write(p.facts(s, e))
		p.done[e] = l
	}
	return l.letter, l.err
}

// facts are what the letter says. A reader's zone that nobody knows only costs the reader's own time in it.
func (p *press) facts(s *story, e edition) letter.Facts {
	f := letter.Facts{
		Lang: e.lang, Kind: letter.Kind(s.bulletin.Kind), Product: p.settings.Product, Zone: p.settings.Zone, Contract: e.contract,
	}
	if e.zone != "" {
		f.ReaderZone, _ = time.LoadLocation(e.zone)
	}
	if s.bulletin.About == data.AboutIncident {
		f.TellIncident(s.incident, p.components, p.settings.URL, p.settings.Support)
	} else {
		f.TellWindow(s.bulletin, s.announcement, p.components, p.settings.URL, p.page)
	}
	return f
}
