package page

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/chart"
)

const componentPath = "/component/"

// measuredPage is the page of one component: how fast it answered, and how much of what was asked was answered, for 90 days. It
// names no probe, place or target (C7).
type measuredPage struct {
	maker
	component
	Group, About string
	Chart        template.HTML // empty where nothing was measured
	Text         string
	Rows         []measuredRow // newest first, days without samples left out
	Probed       bool
	Told         []toldDay // newest first: those that had something to tell
	Heads        []string  // of their columns
}

// toldDay is a day of the bars in numbers; a sum that is nothing is empty.
type toldDay struct {
	Date, ISO, Key, State string
	Sums                  []string    // in the order of Heads
	Links                 []storyLink // to what was on it: incidents, then maintenance
	Moves                 bool        // it is today
}

type measuredRow struct {
	Date, ISO, Median, High, Share string
}

// measuredPage makes the page of one.
func (m maker) measuredPage(c Component) measuredPage {
	v := measuredPage{maker: m, component: m.component(c, newBars(m)), Group: c.GroupName.In(string(m.l)), About: c.Description.In(string(m.l)), Probed: c.Probed}
	v.Heads, v.Told = m.toldDays(c)
	linked := newBars(m)
	linked.rows = map[string]bool{}
	for _, d := range v.Told {
		linked.rows[d.ISO] = true
	}
	v.Bars = linked.write(c.Days)
	days := m.s.samples[c.Slug]
	plot := chart.Days{Title: v.Name + ": " + m.T("ui.response_time") + ", " + m.T("ui.last_90_days"), Strip: m.Cap("ui.answered")}
	var medians, highs []time.Duration
	good, seen, until := 0, 0, ""
	for _, d := range days {
		date := i18n.ShortDate(m.l, d.Start, m.s.Zone)
		row := measuredRow{Date: date, ISO: d.Start.In(m.s.Zone).Format(time.DateOnly), Median: millis(d.Median), High: millis(d.High)}
		day := chart.Day{Median: d.Median, High: d.High, Known: d.Seen > 0, Label: date + ": " + m.T("level.no_data")}
		if d.Seen > 0 {
			good, seen = good+d.Good, seen+d.Seen
			row.Share = m.share(d.Good, d.Seen)
			day.Share = float64(d.Good) / float64(d.Seen)
			if !d.Until.IsZero() {
				until = " (" + m.T("ui.until", "time", i18n.ClockPhrase(m.l, d.Until, m.s.Zone)) + ")"
				row.Share += until
			}
			day.Label = date + ": " + m.T("ui.answered") + " " + row.Share
			if d.High > 0 {
				medians, highs = append(medians, d.Median), append(highs, d.High)
				day.Label += ", " + m.T("ui.median") + " " + row.Median + ", " + m.T("ui.p95") + " " + row.High
			}
			v.Rows = append(v.Rows, row)
		}
		plot.Days = append(plot.Days, day)
	}
	if seen == 0 {
		return v
	}
	slices.Reverse(v.Rows)
	for _, i := range []int{0, len(days) / 2, len(days) - 1} {
		plot.Labels = append(plot.Labels, i18n.ShortDate(m.l, days[i].Start, m.s.Zone))
	}
	v.Text = m.T("ui.measured_text", "pct", m.share(good, seen)+until, "median", orNone(middle(medians)), "high", orNone(middle(highs)))
	plot.Text = v.Text
	v.Chart = plot.HTML()
	return v
}

// toldDays are the days of the bars that were not wholly well, in numbers: what a pointer reads off a bar, for everybody.
func (m maker) toldDays(c Component) (heads []string, out []toldDay) {
	b, windows := newBars(m), m.windowsOf(c)
	shown := dayStates[:len(dayStates)-1]
	for _, s := range shown {
		heads = append(heads, i18n.Capital(b.states[s]))
	}
	for i, d := range slices.Backward(c.Days) {
		if quiet(d) {
			continue
		}
		row := toldDay{Date: m.dateOf(d.Date), ISO: d.Date, Key: dayKeys[d.State], State: i18n.Capital(b.states[d.State]), Moves: i == len(c.Days)-1}
		for _, n := range []int64{d.Outage, d.Degraded, d.Maintenance, d.NoData} {
			sum := ""
			if n > 0 {
				sum = m.seconds(n)
			}
			row.Sums = append(row.Sums, sum)
		}
		row.Links = m.onDay(c, d, windows)
		out = append(out, row)
	}
	return heads, out
}

// windowsOf are the windows that were or are carried out on one component, told as one where span and group are the same (M15).
func (m maker) windowsOf(c Component) []data.Announcement {
	return announced(slices.Concat(m.s.past, m.s.Occurrences), func(o data.Occurrence) bool {
		return (o.Phase == data.Completed || o.Phase == data.InProgress || o.Phase == data.Verifying) && concerns(o, c)
	})
}

// onDay leads to what concerned a component on a day: the incidents that tell of that time or opened an outage in it, then those of
// the windows whose time lay in it.
func (m maker) onDay(c Component, d ledger.Day, windows []data.Announcement) (out []storyLink) {
	for _, i := range slices.Backward(m.s.Incidents) {
		tells := overlap(begin(i), i.ResolvedAt, d.Start, d.End) && slices.ContainsFunc(m.s.touched(i), func(t Component) bool { return t.Slug == c.Slug })
		if tells || slices.ContainsFunc(m.s.own[i.ID], func(o data.Outage) bool { return o.Component == c.Slug && overlap(o.Started, o.Ended, d.Start, d.End) }) {
			out = append(out, m.storyLink(i))
		}
	}
	for _, a := range windows {
		if o := a.First(); overlap(o.Window.Start, cmp.Or(o.Ended, o.Window.End), d.Start, d.End) {
			var reasons []string
			for _, category := range a.Categories() {
				reasons = append(reasons, string(category))
			}
			out = append(out, storyLink{pageLink{i18n.JoinCategories(m.l, reasons), m.Link(maintenancePath + m.s.OccurrenceID(o))}, ""})
		}
	}
	return out
}

// dayKeys are the symbols of days.
var dayKeys = map[ledger.DayState]string{
	ledger.DayOutage: "major_outage", ledger.DayDegraded: "degraded", ledger.DayMaintenance: "maintenance", ledger.DayNoData: "no_data",
	ledger.DayOperational: "operational",
}

// middle is that of durations: what a usual day has.
func middle(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// millis writes a latency in the units that every language shares, without decimals.
func millis(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 10*time.Second:
		return strconv.FormatInt(max(1, d.Round(time.Millisecond).Milliseconds()), 10) + " ms"
	}
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10) + " s"
}

func orNone(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	return millis(d)
}

// share writes a share in percent with two decimals, cut: 100 only where nothing is missing.
func (m maker) share(part, of int) string {
	n := int64(part) * 10_000 / int64(of)
	text := strconv.FormatInt(n/100, 10)
	if rest := n % 100; rest > 0 {
		text += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return i18n.Percent(m.l, text)
}
