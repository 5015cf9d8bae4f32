package page

import (
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
	Unknown     Headline = "unknown"
)

// headline rolls up, the first that fits (DOMAIN 3):
//
//   - the worst level of a committed component: Major or Some. Others never turn it red;
//   - Maintenance, while a committed component is under it: that is no outage;
//   - Unknown, where of a committed component nobody knows how it stands, since not knowing beats working, or of all that is shown;
//   - Some, or Maintenance, where nothing is committed and something that is shown is not well, or under it;
//   - AllOK.
//
// The page, its title, symbols and pictures, the live frames, the operators' pages and previews all show this one answer, and the
// page says beside it of how many components nobody knows. The indicator of the v2 API has no word for not knowing and follows a rule
// of its own (STATUSPAGE-V2 5), which never says less than this one of a component that it lists: "none" goes with AllOK and Unknown.
func headline(components []Component) Headline {
	worst, others := data.NoData, data.NoData
	committed, maintenance, resting, unknown, known := false, false, false, false, false
	for _, c := range components {
		blind := c.Unmeasured()
		known = known || !blind
		if c.Commitment != data.Committed {
			if c.Maintenance() {
				resting = true
			} else {
				others = max(others, c.Now.Level)
			}
			continue
		}
		committed = true
		switch {
		case c.Maintenance():
			maintenance = true
		case blind:
			unknown = true
		default:
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
	case unknown || !known:
		return Unknown
	case !committed && others >= data.Degraded:
		return Some
	case !committed && resting:
		return Maintenance
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
	AllOK: "operational", Some: "partial_outage", Major: "major_outage", Maintenance: "maintenance", Unknown: "no_data",
}

func (m maker) headline() state {
	return state{symbols[m.s.Headline], m.T("headline." + string(m.s.Headline))}
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
