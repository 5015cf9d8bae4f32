package page

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// LiveFrame is the small state that /live pushes to open pages, whole each time. Additions are possible, changes are not.
type LiveFrame struct {
	Revision   data.Revision   `json:"revision"`
	AsOf       string          `json:"as_of"`      // RFC 3339, UTC
	AsOfText   string          `json:"as_of_text"` // the same in words
	Headline   LiveHeadline    `json:"headline"`
	Components []LiveComponent `json:"components"`
	Incidents  []LiveIncident  `json:"incidents"` // those that go on
	Main       string          `json:"main"`      // the pages' data-main; another one there means that the page is behind
	Banner     string          `json:"banner"`    // another one means that some audience's banner says something else
}

// LiveHeadline is the headline by key and in words. Symbol is the key of the level whose symbol it has.
type LiveHeadline struct {
	Key    Headline `json:"key"`
	Symbol string   `json:"symbol"`
	Text   string   `json:"text"`
}

// LiveComponent is a component by public ID. Level may also be maintenance; then Actual is the level that is measured meanwhile.
// Text tells both.
type LiveComponent struct {
	ID     string `json:"id"`
	Level  string `json:"level"`
	Text   string `json:"text"`
	Actual string `json:"actual,omitempty"`
}

// LiveIncident is a running incident; Text is its phase in words.
type LiveIncident struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Phase data.Phase `json:"phase"`
	Text  string     `json:"text"`
}

// LiveFrames makes the frame of a snapshot in each language. A tick alone changes only as_of in it.
func LiveFrames(snapshot *Snapshot) (map[i18n.Lang][]byte, error) {
	s := snapshot.State
	each := make([][]byte, len(s.Langs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, l := range s.Langs {
		g.Go(func() (err error) {
			each[i], err = liveFrame(maker{s, l}, snapshot.banner(l))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := make(map[i18n.Lang][]byte, len(s.Langs))
	for i, l := range s.Langs {
		out[l] = each[i]
	}
	return out, nil
}

func liveFrame(m maker, banner string) ([]byte, error) {
	_, hash, err := m.mains(m.views())
	if err != nil {
		return nil, err
	}
	s := m.s
	f := LiveFrame{
		Revision: s.Revision, AsOf: iso(s.Now), AsOfText: m.T("ui.as_of", "time", m.at(s.Now).Text), Main: hash, Banner: banner,
		Headline:   LiveHeadline{s.Headline, symbols[s.Headline], m.headline().Text},
		Components: make([]LiveComponent, 0, len(s.Components)), Incidents: []LiveIncident{},
	}
	for _, c := range s.Components {
		f.Components = append(f.Components, LiveComponent{c.ID, c.Shown(), m.stateOf(c).Text, c.Actual()})
	}
	for _, i := range s.OpenIncidents() {
		f.Incidents = append(f.Incidents, LiveIncident{i.ID, i.TitleIn(string(m.l)), i.Phase, m.label("incident.", string(i.Phase))})
	}
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encoding the live frame: %w", err)
	}
	return body, nil
}

// BannerPath begins the paths of the banners' answers in a snapshot. No request's path looks like it.
const BannerPath = "banner:"

// banner is one short text for what the banners of all audiences say in a language.
func (s *Snapshot) banner(l i18n.Lang) string {
	var all []string
	for place, d := range s.Docs {
		if place.Lang == l && strings.HasPrefix(place.Path, BannerPath) {
			all = append(all, place.Path+d.ETag)
		}
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:6])
}
