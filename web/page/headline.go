package page

import (
	"slices"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// Headline is the roll-up of the components (DOMAIN 3), by one rule for every surface: headline.
type Headline string

// The headlines, by the keys of TEXTS 5.
const (
	AllOK       Headline = "all_ok"
	Some        Headline = "some"
	Major       Headline = "major"
	Maintenance Headline = "maintenance"
	Unmeasured  Headline = "unmeasured" // nothing is known to be wrong, and not everything shown is being measured
	Unknown     Headline = "unknown"
)

// headline rolls up, the first that fits:
//
//   - the worst level of a committed component: Major or Some. Others never turn it red (DOMAIN 3);
//   - Maintenance, while a committed component is under it: that is no outage;
//   - Unknown, where of no committed component anybody knows how it stands, or of none at all;
//   - Unmeasured, where a component that is shown is not being measured: what nobody measured is not claimed;
//   - AllOK.
//
// What is not being measured is what Component.Unmeasured says. The page, its title, symbols and pictures, the live frames,
// the operators' pages and previews all show this one answer. The indicator of the v2 API has no word for not knowing and follows a
// rule of its own (STATUSPAGE-V2 5), which never says less than this one of a component that it lists: "none" goes with AllOK,
// Unmeasured and Unknown.
func headline(components []Component) Headline {
	worst, maintenance, committed, known, shown := data.NoData, false, 0, 0, 0
	for _, c := range components {
		if !c.Unmeasured() {
			shown++
		}
		if c.Commitment != data.Committed {
			continue
		}
		committed++
		switch {
		case c.Maintenance():
			maintenance = true
		case !c.Unmeasured():
			known++
			worst = max(worst, c.Now.Level)
		}
	}
	switch {
	case worst == data.MajorOutage:
		return Major
	case worst >= data.Degraded:
		return Some
	case maintenance:
		return Maintenance
	case committed > 0 && known == 0, shown == 0:
		return Unknown
	case shown < len(components):
		return Unmeasured
	}
	return AllOK
}

// Unmeasured says that nobody knows how the component stands though it is meant to be measured. That is one that some probe
// looks at, that has a commitment, whose figure says the same, or of which operators wrote what is missing before it can be probed. One that
// a third party answers for, or that nothing was ever to look at, stands as people say: as long as they say nothing no problem is
// known.
func (c Component) Unmeasured() bool {
	meant := c.Probed || c.Commitment == data.Committed || c.Setup != "" && !c.ThirdParty
	return c.Now.Level == data.NoData && meant
}

// HeadlineIn is the headline in words.
func (s *State) HeadlineIn(l i18n.Lang) string { return maker{s, l}.headline().Text }

// symbols are those of the headlines.
var symbols = map[Headline]string{
	AllOK: "operational", Some: "partial_outage", Major: "major_outage", Maintenance: "maintenance", Unmeasured: "no_data", Unknown: "no_data",
}

func (m maker) headline() state {
	text := ""
	switch h := m.s.Headline; {
	case h != Unmeasured:
		text = m.T("headline." + string(h))
	case m.s.troubled():
		text = m.unmeasured()
	default:
		text = m.T("headline.no_known") + "; " + m.unmeasured()
	}
	return state{symbols[m.s.Headline], text}
}

// troubled says whether some problem is known, also one that does not count for the headline.
func (s *State) troubled() bool {
	return len(s.OpenIncidents()) > 0 || slices.ContainsFunc(s.Components, func(c Component) bool { return c.Now.Level >= data.Degraded })
}

// unmeasured says how many of the components shown nobody is measuring; empty for none.
func (m maker) unmeasured() string {
	n := 0
	for _, c := range m.s.Components {
		if c.Unmeasured() {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return i18n.Plural(m.l, "ui.unmeasured", n, "of", number(len(m.s.Components)))
}
