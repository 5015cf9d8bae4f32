package web

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// owed is a bulletin that a surface should show and has no proof for.
type owed struct {
	bulletin data.BulletinKey
	surface  data.Surface
	id       string // the public ID of the window or incident that has to be seen
	version  int    // and its version: an older one, still shown, is no proof
	cohort   string // whose banner it is on; "all" is the general one
}

// current are the bulletins that are to be told at now. Those of the past are read over once for each change of the table, not
// at each look.
func (l *Look) current(tx data.Tx, now time.Time) ([]data.Bulletin, error) {
	if l.ahead == nil {
		ahead := []data.Bulletin{}
		for b, err := range tx.Bulletins().Range("", "") {
			if err != nil {
				return nil, err
			}
			if !b.Void && b.Until.After(now) {
				ahead = append(ahead, b)
			}
		}
		l.ahead = ahead
	}
	told := []data.Bulletin{}
	for _, b := range l.ahead {
		if !b.Moment.After(now) && b.Until.After(now) {
			told = append(told, b)
		}
	}
	return told, nil
}

// open lists what of told s should show and nobody has seen yet, by bulletin, the page before the banner.
func (l *Look) open(tx data.Tx, s *page.State, told []data.Bulletin) ([]owed, error) {
	var out []owed
	banners := crowdOf(s)
	for _, b := range told {
		if b.Moment.After(s.Now) || !b.Until.After(s.Now) {
			continue
		}
		for _, o := range l.due(s, b) {
			_, err := tx.Proofs().Get(data.KeyOfProof(o.bulletin, o.surface))
			switch {
			case err == nil:
			case !errors.Is(err, data.ErrNotFound):
				return nil, err
			case o.surface == data.OnPage || !banners.out(o):
				out = append(out, o)
			}
		}
	}
	return out, nil
}

// due are the surfaces that b is due on at s.Now, its moment having come: none where the public does not know its subject.
func (l *Look) due(s *page.State, b data.Bulletin) []owed {
	out := surfaces(s, b)
	for i := range out {
		if out[i].cohort == "" || l.Customer == nil {
			out[i].cohort = data.AllCustomers // without a form of identifiers everybody sees the general banner
		}
	}
	return out
}

func surfaces(s *page.State, b data.Bulletin) []owed {
	var out []owed
	switch b.About {
	case data.AboutOccurrence:
		n := slices.IndexFunc(s.Occurrences, func(o data.Occurrence) bool { return string(o.Key()) == b.Subject })
		if n < 0 || s.Occurrences[n].Over() && b.Kind == data.TellPlanned {
			return nil
		}
		o := s.Occurrences[n]
		id := s.OccurrenceID(o)
		out = append(out, owed{b.Key(), data.OnPage, id, b.Version, data.AllCustomers})
		if !b.Banner.IsZero() && !b.Banner.After(s.Now) && banner.Visible(o, s.Now) {
			out = append(out, owed{b.Key(), data.OnBanner, id, b.Version, o.Cohort})
		}
	case data.AboutIncident:
		n := slices.IndexFunc(s.Incidents, func(i data.Incident) bool { return i.ID == b.Subject })
		if n < 0 {
			return nil
		}
		i := s.Incidents[n]
		out = append(out, owed{b.Key(), data.OnPage, i.ID, b.Version, data.AllCustomers})
		if b.Kind == data.TellIncident && i.Open() {
			out = append(out, owed{b.Key(), data.OnBanner, i.ID, b.Version, banner.Group(i)})
		}
	}
	return out
}

// crowd is what the banners of one snapshot show, each worked out once.
type crowd struct {
	s    *page.State
	full map[string]sight // by audience: what its banner shows where that is full, else nil
}

func crowdOf(s *page.State) crowd { return crowd{s, map[string]sight{}} }

// out says whether o is not on its banner because that is full of what is more urgent. It is owed again from the snapshot on in
// which there is room. On a banner that has room it is missing.
func (c crowd) out(o owed) bool {
	audience := o.cohort
	if audience == data.AllCustomers {
		audience = "" // the general banner, as one without an identifier sees it
	}
	told, known := c.full[audience]
	if !known {
		told = c.look(audience)
		c.full[audience] = told
	}
	_, there := told[o.id]
	return told != nil && !there
}

func (c crowd) look(audience string) sight {
	lang := i18n.EN
	if len(c.s.Langs) > 0 {
		lang = c.s.Langs[0]
	}
	shown := banner.For(c.s, audience, lang)
	if len(shown) != banner.Most {
		return nil
	}
	told := sight{}
	for _, b := range shown {
		told.add(b.Told)
	}
	return told
}

// plainForm is a form of identifiers of which one can be made: a word and a number, such as ^Cust[0-9]+$.
var plainForm = regexp.MustCompile(`^\^([A-Za-z]+)\[0-9\]\+\$$`)

// customer finds an identifier that belongs to a cohort: one that is listed, else one that the hash puts there. It is empty,
// and the log says so once, where there is none: nothing is proven for that cohort then.
func (l *Look) customer(cohorts data.Cohorts, cohort string) string {
	belongs := func(id string) bool { return banner.Known(id, l.Customer) && cohorts.Of(id) == cohort }
	for _, c := range cohorts {
		if n := slices.IndexFunc(c.List, belongs); n >= 0 {
			return c.List[n]
		}
	}
	if word := plainForm.FindStringSubmatch(l.Customer.String()); word != nil {
		for n := range 10_000 {
			if id := word[1] + strconv.Itoa(n); belongs(id) {
				return id
			}
		}
	}
	if !l.said[cohort] {
		if l.said == nil {
			l.said = map[string]bool{}
		}
		l.said[cohort] = true
		l.Log.Error("no identifier of cohort "+cohort+" can be made for the pattern "+l.Customer.String()+
			": list one customer of it under cohorts", "cohort", cohort)
	}
	return ""
}
