package page

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// incidentPage is an incident on its own page, with the months in whose figures it counts, and the last days to report it (C2).
func (m maker) incidentPage(i data.Incident) incident {
	v := m.incident(i)
	from, to := m.s.reach(i)
	for first := monthOf(from, m.s.Zone); first.Before(to); first = first.AddDate(0, 1, 0) {
		month := first.Format("2006-01")
		sheet, err := m.s.Sheet(month, "", "")
		if err != nil {
			continue
		}
		counts := false
		for _, e := range sheet.Stretches {
			counts = counts || e.Contract > 0 && m.s.tells(i, e.Start, e.End, e.Components)
		}
		if !counts {
			continue
		}
		v.Months = append(v.Months, pageLink{m.monthName(month), m.Link(uptimePath + month)})
		for _, c := range sheet.Claims {
			at := slices.IndexFunc(sheet.Intervals, func(e ledger.Entry) bool {
				return e.Start.Equal(c.Start) && e.Component == c.Component && e.Cohort == c.Cohort
			})
			if at < 0 || !m.s.tells(i, c.Start, sheet.Intervals[at].End, of(c.Component)) {
				continue
			}
			next := m.claims(c, sheet.Intervals)
			if !slices.ContainsFunc(v.Claims, func(was claims) bool { return slices.Equal(was.Days, next.Days) }) {
				v.Claims = append(v.Claims, next)
			}
		}
	}
	return v
}

// monthOf is the first day of the month that holds t in a zone.
func monthOf(t time.Time, zone *time.Location) time.Time {
	y, m, _ := t.In(zone).Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, zone)
}

// of is one component, or all where none is named.
func of(component string) []string {
	if component == "" {
		return nil
	}
	return []string{component}
}

// storyLink leads to an incident.
type storyLink struct {
	pageLink
	Lang string
}

// stories lead to the incidents that tell of what was out in [start, end).
func (m maker) stories(start, end time.Time, components []string) (out []storyLink) {
	for _, i := range m.s.tellOf(start, end, components) {
		out = append(out, m.storyLink(i))
	}
	return out
}

func (m maker) storyLink(i data.Incident) storyLink {
	return storyLink{pageLink{i.TitleIn(string(m.l)), m.Link(incidentsPath + i.ID)}, m.fallen(i.Titles)}
}
