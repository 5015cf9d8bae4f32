package page

import (
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// uptimePath is where the pages of single months and years are: /uptime/2026-04 and /uptime/2026.
const uptimePath = "/uptime/"

// monthPage is one month as one would show it to a customer.
type monthPage struct {
	maker
	month
	InText            string // the month's name inside a sentence
	Target, Allowance string
	Reduction         string // empty where the target is met
	Uncertain         string // why nobody knows whether the target was met; empty where that is known
	Length, Clock     string
	Components        []figures
	Groups            []figures
	Intervals         []interval
	Excluded          []excludedWindow
	Claims            []claims
	Final             []string // whether the figure is final
	Hash, Short       string
	Restated          []restated
	Year              pageLink
	Older, Newer      *pageLink
	CSV, JSON         string
	Past              string // address of what else was in it; empty where it has no page
}

type pageLink struct{ Text, Href string }

// figures are those of one component or one group.
type figures struct {
	Name               string
	Contract, Observed figure
	Coverage           string
	Known              bool // else nobody watched it (U15)
}

// claims are the last days for intervals that have the same.
type claims struct {
	Of   []claimOf
	Days []claimDays // territories with the same day are told together
}

// claimOf is a moment from which something counts.
type claimOf struct {
	From, Component, Group, Handled string

	names []string // of Component, each once
}

type claimDays struct{ Date, ISO, Territories string }

// monthPage makes the page of a month.
func (m maker) monthPage(r Month, s months.Sheet) monthPage {
	v := monthPage{
		maker: m, month: m.month(Month{Report: s.Report, Known: !s.NoData, Notices: r.Notices, Settled: r.Settled, kept: r.kept}, m.moves()), Target: m.targetOf(s.Target),
		Allowance: m.Cap("ui.allowance", "duration", m.exactly(s.Allowance)), Hash: s.Fingerprint, Short: short(s.Fingerprint), InText: m.monthInText(s.Month),
		CSV: uptimePath + s.Month + ".csv", JSON: "/api/v1/uptime/" + s.Month,
	}
	if m.s.hasHistory(s.Month) {
		v.Past = m.Link(historyPath + s.Month)
	}
	if m.s.audience != "" {
		v.CSV += "?cohort=" + m.s.audience
		v.JSON += "?cohort=" + m.s.audience
	}
	begin, end, err := ledger.Bounds(s.Month, m.s.Zone)
	if err == nil {
		v.Length = m.T("ui.month_is", "zone", m.s.ZoneName, "duration", i18n.Duration(m.l, end.Sub(begin)))
		switch days := end.Add(-12 * time.Hour).In(m.s.Zone).Day(); {
		case end.Sub(begin) < time.Duration(days)*24*time.Hour:
			v.Clock = m.T("ui.month_forward")
		case end.Sub(begin) > time.Duration(days)*24*time.Hour:
			v.Clock = m.T("ui.month_back")
		}
		year := begin.In(m.s.Zone).Format("2006")
		v.Year = pageLink{m.T("ui.uptime") + " " + year, m.Link(uptimePath + year)}
		v.Older = m.neighbour(begin.Add(-time.Hour))
		v.Newer = m.neighbour(end.Add(time.Hour))
	}
	if !v.Known {
		return v
	}
	if v.Contract.Open {
		v.Uncertain = m.T("ui.uncertain_text", "duration", m.seconds(s.Unobserved))
	}
	if s.Reduction != "" {
		v.Reduction = m.T("ui.share_of_month", "pct", i18n.Percent(m.l, s.Reduction))
	}
	for _, r := range s.ByComponent {
		v.Components = append(v.Components, m.figures(m.componentName(r.Component), r, blank(r)))
	}
	for _, r := range s.ByCohort {
		v.Groups = append(v.Groups, m.figures(i18n.Capital(m.cohort(r.Cohort)), r, v.Blank))
	}
	v.Intervals, v.Excluded = m.intervals(s), m.exclusions(s.Exclusions)
	for _, c := range s.Claims {
		if !s.MayClaim() {
			break
		}
		next := m.claims(c, s.Intervals)
		if n := len(v.Claims); n > 0 && slices.Equal(v.Claims[n-1].Days, next.Days) {
			v.Claims[n-1].add(next.Of[0])
			continue
		}
		v.Claims = append(v.Claims, next)
	}
	v.Final = m.final(s)
	v.Restated = m.restated(r, s)
	return v
}

// lasted makes a moment of a span that may go on.
func (m maker) lasted(start, end time.Time) *moment {
	if end.IsZero() {
		return m.at(start)
	}
	return m.when(data.Window{Start: start, End: end})
}

// neighbour leads to the month of an instant; nil where it has no page.
func (m maker) neighbour(t time.Time) *pageLink {
	month := t.In(m.s.Zone).Format("2006-01")
	if _, err := m.s.Month(month); err != nil {
		return nil
	}
	return &pageLink{m.monthName(month), m.Link(uptimePath + month)}
}

func (m maker) figures(name string, r ledger.Report, blank bool) figures {
	of := month{SoFar: r.SoFar, Moves: r.SoFar && m.moves(), Blank: blank}
	f := figures{Name: name, Known: !r.NoData, Contract: m.figure(r.Contract, of), Observed: m.figure(r.Observed, of), Coverage: m.covered(r, blank)}
	f.Observed.Met, f.Observed.Breach, f.Observed.Open = "", false, false
	f.Contract.Downtime, f.Observed.Downtime = m.downtime(r.Contract.Downtime), m.downtime(r.Observed.Downtime)
	return f
}

// componentName is that of one component, or of those that the reader may not know of; all components have none.
func (m maker) componentName(slug string) string {
	switch slug {
	case "":
		return m.T("ui.components") + ": " + m.named(nil)
	case months.Other:
		return m.T("ui.other_component")
	}
	if c, ok := m.s.Component(slug); ok {
		return m.name(c)
	}
	return m.T("ui.other_component")
}

func (m maker) claims(c months.Claim, intervals []ledger.Entry) claims {
	name := m.componentName(c.Component)
	of := claimOf{From: m.at(c.Start).Text, Component: name, Group: m.cohort(c.Cohort), names: []string{name}}
	by := map[calendar.Date][]string{}
	var dates []calendar.Date
	for _, d := range c.Days {
		if by[d.Last] == nil {
			dates = append(dates, d.Last)
		}
		by[d.Last] = append(by[d.Last], m.label("territory.", d.Territory))
		if of.Handled == "" && d.Handled != "" {
			of.Handled = m.handled(c, d.Handled, intervals)
		}
	}
	slices.Sort(dates)
	v := claims{Of: []claimOf{of}}
	for _, d := range dates {
		v.Days = append(v.Days, claimDays{m.dateOf(d.String()), d.String(), strings.Join(by[d], ", ")})
	}
	return v
}

// add takes in an interval: one line for each moment and group, with all components that it is about, each once.
func (c *claims) add(of claimOf) {
	for i := range c.Of {
		at := &c.Of[i]
		if at.From != of.From || at.Group != of.Group || at.Handled != of.Handled {
			continue
		}
		if !slices.Contains(at.names, of.Component) {
			at.names = append(at.names, of.Component)
			at.Component = strings.Join(at.names, ", ")
		}
		return
	}
	c.Of = append(c.Of, of)
}

// handled says by when a customer's report is meant to be dealt with (C5).
func (m maker) handled(c months.Claim, by string, intervals []ledger.Entry) string {
	for _, e := range intervals {
		if e.Start.Equal(c.Start) && e.Component == c.Component && e.Cohort == c.Cohort && !e.Reported.IsZero() {
			return m.T("ui.handled_by", "date", i18n.ShortDate(m.l, e.Reported, m.s.Zone), "by", m.dateOf(by))
		}
	}
	return ""
}

// dateOf writes a date without a zone.
func (m maker) dateOf(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return i18n.Date(m.l, t, time.UTC)
}

// final says whether the figure is settled, since when, and by which definition it was worked out.
func (m maker) final(s months.Sheet) (out []string) {
	switch {
	case s.SettledAt.IsZero():
		if s.SoFar {
			out = append(out, m.T("ui.so_far_this_month"))
		}
		if !s.SettlesAt.IsZero() {
			out = append(out, m.T("ui.settles_at", "date", m.dayOf(s.SettlesAt)))
		}
	default:
		out = append(out, m.T("ui.settled", "date", m.dayOf(s.SettledAt)))
		if !s.RevisedAt.IsZero() {
			out = append(out, m.T("ui.revised", "date", m.dayOf(s.RevisedAt), "n", number(s.Revision)))
		}
	}
	if len(out) > 0 {
		out[0] = i18n.Capital(out[0])
	}
	return append(out, m.T("ui.definition", "n", number(s.Rules)))
}

// dayOf writes the day of an instant on the clock of the schedule.
func (m maker) dayOf(t time.Time) string { return i18n.ShortDate(m.l, t, m.s.Zone) }

func (m maker) downtime(n int64) string {
	if n == 0 {
		return m.T("ui.no_downtime")
	}
	return m.T("ui.downtime", "duration", m.exactly(n))
}

// exactly words a sum of seconds to the last of them, also where seconds leaves them out: a contract counts them.
func (m maker) exactly(n int64) string {
	text, rest := m.seconds(n), n%60
	if n >= int64(time.Hour/time.Second) && rest != 0 {
		text += " " + m.seconds(rest)
	}
	return text
}

// short is the beginning of a hash: enough to compare two papers by eye.
func short(hash string) string { return hash[:min(len(hash), 16)] }

// table is figures with the words for their columns.
type table struct {
	maker
	Head string
	Rows []figures
}

// Table gives rows what their template needs.
func (v monthPage) Table(head string, rows []figures) table { return table{v.maker, v.T(head), rows} }
