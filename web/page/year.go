package page

import (
	"fmt"
	"slices"

	"github.com/superoffice/statusd/data/months"
)

// yearPage is the months of a year. There is no percentage of it.
type yearPage struct {
	maker
	Heading      string
	Target       string
	Met, Down    string
	Left         []string // how many months have no verdict, and why
	SoFar        bool
	Moves        bool    // its sums change by the mere passing of time
	Months       []month // newest first
	Older, Newer *pageLink
	CSV, JSON    string
}

func (m maker) yearPage(year int, y months.Year) yearPage {
	v := yearPage{
		maker: m, Heading: m.T("ui.uptime") + " " + y.Year, Target: m.target(), SoFar: y.SoFar, Moves: y.SoFar && m.moves(),
		Met: m.T("ui.months_met", "n", number(y.Met), "of", number(y.Over)), Down: m.T("ui.year_downtime", "duration", m.exactly(y.Contract)),
		CSV: uptimePath + y.Year + ".csv", JSON: "/api/v1/uptime/" + y.Year,
	}
	for _, n := range []struct {
		key string
		n   int
	}{{"ui.months_uncertain", y.Unknown}, {"ui.months_no_data", y.NoData}, {"ui.months_withheld", y.Withheld}} {
		if n.n > 0 {
			v.Left = append(v.Left, m.T(n.key, "n", number(n.n)))
		}
	}
	if m.s.audience != "" {
		v.CSV += "?cohort=" + m.s.audience
		v.JSON += "?cohort=" + m.s.audience
	}
	for _, s := range slices.Backward(y.Months) {
		of, _ := m.s.Month(s.Month) // without it all is there but how much was left open
		month := m.month(Month{Report: s.Report, Known: s.Contract.Verdict.Known(), kept: of.kept}, m.moves())
		month.Href = m.Link(uptimePath + s.Month)
		v.Months = append(v.Months, month)
	}
	years := m.s.Years()
	for _, n := range []struct {
		year int
		to   **pageLink
	}{{year - 1, &v.Older}, {year + 1, &v.Newer}} {
		if slices.Contains(years, n.year) {
			text := fmt.Sprintf("%04d", n.year)
			*n.to = &pageLink{text, m.Link(uptimePath + text)}
		}
	}
	return v
}
