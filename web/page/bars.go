package page

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

// bars writes the days of a page's components in one language. The bars are nine tenths of the front page and nearly all
// alike, so they are put together from finished pieces and not by the template.
type bars struct {
	m      maker
	dates  map[string]string // by Day.Date
	whole  map[string]string // the bar of a day without anything to tell
	states map[ledger.DayState]string
	rows   map[string]bool // days that have a row below, by Day.Date: their bars lead there
}

// barClass names a day's look in one letter. An uneventful day has none.
var barClass = map[ledger.DayState]string{
	ledger.DayNoData: "n", ledger.DayMaintenance: "m", ledger.DayDegraded: "d", ledger.DayOutage: "o",
}

// dayStates is the order in which days are told of, worst first.
var dayStates = [...]ledger.DayState{ledger.DayOutage, ledger.DayDegraded, ledger.DayMaintenance, ledger.DayNoData, ledger.DayOperational}

func newBars(m maker) *bars {
	b := &bars{m: m, dates: map[string]string{}, whole: map[string]string{}, states: map[ledger.DayState]string{}}
	for _, s := range dayStates {
		b.states[s] = m.T("ui.day_" + string(s))
	}
	return b
}

func (b *bars) date(d ledger.Day) string {
	text, ok := b.dates[d.Date]
	if !ok {
		text = i18n.ShortDate(b.m.l, d.Start, b.m.s.Zone)
		b.dates[d.Date] = text
	}
	return text
}

// write makes one component's bars: an element a day with date, state and sums, for eyes and pointer. What a screen reader
// gets is summary, and who uses the keyboard has the rows below without the bars.
func (b *bars) write(days []ledger.Day) template.HTML {
	var w strings.Builder
	w.Grow(48 * len(days))
	for i, d := range days {
		if today := i == len(days)-1; today || !quiet(d) {
			w.WriteString(b.one(d, today))
			continue
		}
		text, ok := b.whole[d.Date]
		if !ok {
			text = b.one(d, false)
			b.whole[d.Date] = text
		}
		w.WriteString(text)
	}
	return template.HTML(w.String()) //nolint:gosec // dates and our own words, escaped
}

// quiet says whether a day has nothing to tell: all was well, and hardly a moment of it was unwatched.
func quiet(d ledger.Day) bool {
	return d.State == ledger.DayOperational && d.NoData <= int64(ledger.ShortGap/time.Second)
}

func (b *bars) one(d ledger.Day, today bool) string {
	var w strings.Builder
	w.WriteString("<i")
	if class := barClass[d.State]; class != "" {
		w.WriteString(" class=" + class)
	}
	w.WriteString(` title="` + template.HTMLEscapeString(b.date(d)+": "+b.sums(d)) + `"`)
	if today {
		w.WriteString(tickAttr)
	}
	w.WriteString("></i>")
	if b.rows[d.Date] {
		return `<a href="#d-` + d.Date + `" tabindex="-1">` + w.String() + "</a>"
	}
	return w.String()
}

// sums words a day: what was not well, and for how long. Where only some of it was not watched it also says that the rest was well.
func (b *bars) sums(d ledger.Day) string {
	var parts []string
	for _, s := range dayStates {
		n, least := int64(0), int64(1)
		switch s {
		case ledger.DayOutage:
			n = d.Outage
		case ledger.DayDegraded:
			n = d.Degraded
		case ledger.DayMaintenance:
			n = d.Maintenance
		case ledger.DayNoData:
			n, least = d.NoData, int64(ledger.ShortGap/time.Second)+1
			if d.State == ledger.DayNoData {
				least = 1
			}
		}
		if n >= least {
			parts = append(parts, b.states[s]+" "+b.m.seconds(n))
		}
	}
	if d.State == ledger.DayOperational {
		parts = append([]string{b.states[d.State]}, parts...)
	}
	return strings.Join(parts, ", ")
}

// named is how many dates of a state a summary names.
const named = 5

// summary words all bars of a component: how many days of each state, and which days were bad.
func (b *bars) summary(days []ledger.Day) string {
	by := map[ledger.DayState][]string{}
	for _, d := range slices.Backward(days) {
		by[d.State] = append(by[d.State], b.date(d))
	}
	var parts []string
	for _, s := range dayStates {
		dates := by[s]
		if len(dates) == 0 {
			continue
		}
		part := b.states[s] + " " + i18n.Plural(b.m.l, "duration.day", len(dates))
		if s == ledger.DayOutage || s == ledger.DayDegraded {
			list := strings.Join(dates[:min(named, len(dates))], ", ")
			if more := len(dates) - named; more > 0 {
				list += " " + i18n.Plural(b.m.l, "count.more", more)
			}
			part += " (" + list + ")"
		}
		parts = append(parts, part)
	}
	return b.m.Cap("ui.last_90_days") + ": " + strings.Join(parts, ", ")
}
