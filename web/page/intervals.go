package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// interval is time on end in which something was out: one row, whoever recorded it and however often. The rows of a month add up to
// its figures.
type interval struct {
	When               *moment
	GoesOn             bool // then When is its start
	Components, Groups string
	Impact, Cause      string
	Contract, Observed string
	Counts             bool
	Uncounted          []uncounted
	Stories            []storyLink
	Parts              []string // the outages that it joins, where they are not of the same time
}

// uncounted is what of an interval the contract does not count, and why.
type uncounted struct {
	Taken, Why string
	Window     *pageLink // the maintenance that takes it out
}

// excludedWindow is maintenance that was carried out while something was out, told as one where span and group are the same (M15).
type excludedWindow struct {
	ID                string // of its place on the page
	When              *moment
	Reason, Component string
	Href              string // of the window's own page; empty where it has none any more
	Group, Notice     string
	Afterwards        string // when it was declared afterwards; empty where it was known before
	Taken             string
}

func (m maker) intervals(s months.Sheet) []interval {
	var out []interval
	for _, e := range s.Stretches {
		var joined []ledger.Entry
		for _, i := range e.Intervals {
			joined = append(joined, s.Intervals[i])
		}
		v := interval{
			When: m.lasted(e.Start, e.End), GoesOn: e.End.IsZero(), Components: m.listed(e.Components, m.componentName), Groups: m.listed(e.Cohorts, m.cohort),
			Impact: m.label("impact.", string(combined(joined))), Cause: m.causes(joined),
			Contract: m.sum(e.Contract), Observed: m.sum(e.Observed), Counts: e.Contract > 0, Parts: m.parts(joined),
			Stories: m.stories(e.Start, e.End, e.Components),
		}
		for _, u := range gathered(e.Uncounted) {
			v.Uncounted = append(v.Uncounted, m.uncounted(e, u, s.Exclusions))
		}
		out = append(out, v)
	}
	return out
}

// listed names each once; none stands for all of them.
func (m maker) listed(slugs []string, name func(string) string) string {
	if len(slugs) == 0 {
		return name("")
	}
	var names []string
	for _, slug := range slugs {
		if n := name(slug); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// combined is what outages together kept people from.
func combined(joined []ledger.Entry) data.Impact {
	read, write := false, false
	for _, e := range joined {
		read = read || e.Impact == data.NoRead || e.Impact == data.NoReadNoWrite
		write = write || e.Impact == data.NoWrite || e.Impact == data.NoReadNoWrite
	}
	switch {
	case read && write:
		return data.NoReadNoWrite
	case read:
		return data.NoRead
	case write:
		return data.NoWrite
	}
	return data.Degradation
}

func (m maker) causes(joined []ledger.Entry) string {
	var out []string
	for _, e := range joined {
		if text := m.label("cause.", string(e.Cause)); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, "; ")
}

// parts are the times of outages that were joined, with the components of each where those differ; nothing where all are of one time.
// They are to the second where minutes do not tell them apart, or not their beginnings from their ends.
func (m maker) parts(joined []ledger.Entry) []string {
	type span struct{ start, end time.Time }
	var spans []span
	names := map[span][]string{}
	for _, e := range joined {
		at := span{e.Start, e.End}
		if names[at] == nil {
			spans = append(spans, at)
		}
		if name := m.componentName(e.Component); !slices.Contains(names[at], name) {
			names[at] = append(names[at], name)
		}
	}
	if len(spans) < 2 {
		return nil
	}
	alike := !slices.ContainsFunc(spans, func(at span) bool { return !slices.Equal(names[at], names[spans[0]]) })
	clocks, clock := i18n.Clocks, i18n.ClockPhrase
	minutes := map[span]bool{}
	for _, at := range spans {
		minute := span{at.start.Truncate(time.Minute), at.end.Truncate(time.Minute)}
		if minutes[minute] || minute.start.Equal(minute.end) {
			clocks, clock = i18n.Seconds, i18n.SecondsPhrase
		}
		minutes[minute] = true
	}
	var out []string
	for _, at := range spans {
		part := clocks(m.l, at.start, at.end, m.s.Zone)
		if at.end.IsZero() {
			part = clock(m.l, at.start, m.s.Zone) + ", " + m.T("ui.goes_on")
		}
		if !alike {
			part += ": " + strings.Join(names[at], ", ")
		}
		out = append(out, part)
	}
	return out
}

// gathered puts what has the same reason together.
func gathered(all []ledger.Uncounted) (out []ledger.Uncounted) {
	for _, u := range all {
		n := slices.IndexFunc(out, func(o ledger.Uncounted) bool {
			return o.Reason == u.Reason && o.Cause == u.Cause && o.Known.Equal(u.Known) && place(o) == place(u)
		})
		if n < 0 {
			out = append(out, u)
			continue
		}
		out[n].Seconds += u.Seconds
	}
	return out
}

// place is that of the window that takes u out; -1 where none does.
func place(u ledger.Uncounted) int {
	if u.Exclusion == nil {
		return -1
	}
	return *u.Exclusion
}

func (m maker) uncounted(of ledger.Stretch, u ledger.Uncounted, windows []months.Excluded) uncounted {
	v := uncounted{Taken: m.exactly(u.Seconds)}
	switch u.Reason {
	case ledger.InMaintenance:
		v.Why = m.T("ui.why_maintenance")
		if n := place(u); n >= 0 && n < len(windows) {
			row := m.excluded(windows[first(windows, n)], first(windows, n), together(windows, n))
			v.Window = &pageLink{row.Reason, row.Href}
			if row.Href == "" {
				v.Window.Href = "#" + row.ID
			}
		}
	case ledger.NotKnown:
		switch {
		case !of.End.IsZero() && !u.Known.Before(of.End):
			v.Why = m.T("ui.why_unknown")
		case u.Seconds < 60 && m.dayOf(u.Known) == m.dayOf(of.Start):
			v.Why = m.T("ui.why_known", "time", i18n.SecondsPhrase(m.l, u.Known, m.s.Zone))
		case m.dayOf(u.Known) == m.dayOf(of.Start):
			v.Why = m.T("ui.why_known", "time", i18n.ClockPhrase(m.l, u.Known, m.s.Zone))
		default:
			v.Why = m.T("ui.why_known", "time", m.at(u.Known).Text)
		}
	case ledger.NotProvider:
		v.Why = m.T("ui.why_cause") + ": " + m.label("cause.", string(u.Cause))
	default:
		v.Why = m.T("ui.why_slow")
	}
	return v
}

// exclusions lists windows in which something was out.
func (m maker) exclusions(all []months.Excluded) (out []excludedWindow) {
	for n, x := range all {
		if first(all, n) != n {
			continue
		}
		of := together(all, n)
		x.Contract = 0
		for _, other := range of {
			x.Contract += other.Contract
		}
		if x.Contract > 0 {
			out = append(out, m.excluded(x, n, of))
		}
	}
	return out
}

// together are the windows that are told as one with the one at n, itself included.
func together(all []months.Excluded, n int) (out []months.Excluded) {
	for _, x := range all {
		if x.Start.Equal(all[n].Start) && x.End.Equal(all[n].End) && x.Cohort == all[n].Cohort && slices.Equal(x.Components, all[n].Components) && x.Declared.Equal(all[n].Declared) {
			out = append(out, x)
		}
	}
	return out
}

// first is the place of the first window that is told as one with the one at n.
func first(all []months.Excluded, n int) int {
	return slices.IndexFunc(all, func(x months.Excluded) bool {
		return x.Start.Equal(all[n].Start) && x.End.Equal(all[n].End) && x.Cohort == all[n].Cohort && slices.Equal(x.Components, all[n].Components) && x.Declared.Equal(all[n].Declared)
	})
}

// excluded makes the row of the windows that are told as one, of which x is the first, at place n.
func (m maker) excluded(x months.Excluded, n int, of []months.Excluded) excludedWindow {
	v := excludedWindow{
		ID: "x" + strconv.Itoa(n), When: m.lasted(x.Start, x.End), Group: m.cohort(x.Cohort), Taken: m.exactly(x.Contract), Reason: m.T("ui.maintenance"),
	}
	var reasons []string
	for _, other := range of {
		if other.Category != "" && !slices.Contains(reasons, other.Category) {
			reasons = append(reasons, other.Category)
		}
		if v.Href == "" {
			v.Href = m.windowOf(other)
		}
	}
	slices.SortFunc(reasons, func(a, b string) int { // as on the window's own page
		return slices.Index(data.Categories, data.Category(a)) - slices.Index(data.Categories, data.Category(b))
	})
	if len(reasons) > 0 {
		v.Reason = i18n.JoinCategories(m.l, reasons)
	}
	if len(x.Components) > 0 {
		v.Component = m.listed(x.Components, m.componentName)
	}
	switch {
	case x.Notice == nil:
		v.Notice = m.T("ui.never_announced")
	case *x.Notice < 0:
		v.Notice = m.T("ui.announced_after")
	default:
		v.Notice = m.T("ui.announced_before", "duration", m.lead(*x.Notice))
	}
	if !x.Declared.IsZero() {
		v.Afterwards = m.T("ui.declared_afterwards") + ", " + m.at(x.Declared).Text
	}
	return v
}

// lead words how long before something was announced, cut to minutes: what is a minute short of two days is not two days, nor an hour
// less.
func (m maker) lead(n int64) string { return m.seconds(n - n%60) }

// windowOf is the address of a window's own page; empty where it has none any more.
func (m maker) windowOf(x months.Excluded) string {
	for _, o := range slices.Concat(m.s.past, m.s.Occurrences) {
		if x.ID != "" && !o.Standing && m.s.OccurrenceID(o) == x.ID {
			return m.Link(maintenancePath + m.s.OccurrenceID(o))
		}
	}
	return ""
}

// sum is what of an interval a figure counts.
func (m maker) sum(n int64) string {
	if n == 0 {
		return i18n.Plural(m.l, "duration.minute", 0)
	}
	return m.exactly(n)
}
