package page

import (
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// incident is an incident as shown, on the front page and on its own.
type incident struct {
	maker
	ID, Title, Href string
	Told            string // "id.version", for whoever proves that the page shows it (N4)
	Lang            string // of the title, where nobody wrote it in the page's language
	State           state  // what it does to its components
	Phase           string // word
	Open            bool
	Affected        []affected
	Started, Ended  *moment
	Next            *moment // promised next update
	Duration        string
	Latest          *update
	Older           []update
	OlderWord       string
	Support         *supportLine
	Months          []pageLink // in whose figures it counts
	Claims          []claims   // the last days to report it (C2)
}

// affected is a component under an incident.
type affected struct {
	Name   string
	State  state
	Was    string // of one that is over: the worst level that it was held at, in words
	Cohort string // empty means everybody
}

func (m maker) incident(i data.Incident) incident {
	v := incident{
		maker: m, ID: i.ID, Told: ToldAs(i.ID, i.Revised), Title: i.TitleIn(string(m.l)), Lang: m.fallen(i.Titles), Href: m.Link(incidentsPath + i.ID), Open: i.Open(),
		State: state{Key: "degraded"}, Phase: m.label("incident.", string(i.Phase)), Started: m.at(i.Started),
	}
	worst := data.Degraded
	for _, a := range i.Affected {
		c, public := m.s.Component(a.Component)
		if !public || !v.Open {
			continue
		}
		worst = max(worst, a.Level)
		row := affected{Name: m.name(c), State: m.state(a.Level.String())}
		if a.Cohort != "" && a.Cohort != data.AllCustomers {
			row.Cohort = m.cohort(a.Cohort)
		}
		v.Affected = append(v.Affected, row)
		if c.Slug == "login" && a.Level.Bad() && m.s.Support != "" {
			v.Support = m.supportOtherWay()
		}
	}
	v.State.Key = worst.String()
	us := m.updates("incident.", i.Updates)
	if len(us) > 0 {
		v.Latest, v.Older = &us[0], us[1:]
	}
	if v.Open {
		v.Next = m.at(i.NextUpdate)
		return v
	}
	v.State.Key, v.Ended = data.Operational.String(), m.at(i.ResolvedAt)
	for _, c := range m.s.touched(i) {
		row := affected{Name: m.name(c)}
		if was := worstOf(i, c.Slug); was >= data.Degraded {
			row.Was = m.state(was.String()).Text
		}
		v.Affected = append(v.Affected, row)
	}
	if i.ResolvedAt.After(i.Started) {
		v.Duration = i18n.Duration(m.l, i.ResolvedAt.Sub(i.Started))
	}
	return v
}

// supportLine is the sentence that names the way to support, around its address.
type supportLine struct {
	Before, After string
	contact
}

func (m maker) supportOtherWay() *supportLine {
	before, after, _ := strings.Cut(m.T("line.support_other_way"), "{support}")
	return &supportLine{before, after, contactOf(m.s.Support)}
}

// olderShown is how many updates before the latest one a list shows; the incident's own page has them all.
const olderShown = 5

// shortened is the incident as it stands in a list.
func (v incident) shortened() incident {
	v.Older = v.Older[:min(olderShown, len(v.Older))]
	v.OlderWord = v.T("ui.older_updates", "n", number(len(v.Older)))
	return v
}

// worstOf is the worst level that any public update of i held a component at.
func worstOf(i data.Incident, slug string) data.Level {
	worst := data.NoData
	for _, u := range i.Updates {
		for _, c := range u.Changes {
			if c.Component == slug && !u.Internal {
				worst = max(worst, c.New)
			}
		}
	}
	return worst
}

// touched are the public components that any update of i ever held at a level.
func (s *State) touched(i data.Incident) (out []Component) {
	for _, c := range s.Components {
		hit := slices.ContainsFunc(i.Affected, func(a data.Affected) bool { return a.Component == c.Slug })
		for _, u := range i.Updates {
			hit = hit || slices.ContainsFunc(u.Changes, func(ch data.Change) bool { return ch.Component == c.Slug })
		}
		if hit {
			out = append(out, c)
		}
	}
	return out
}
