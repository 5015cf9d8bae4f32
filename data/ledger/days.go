package ledger

import (
	"slices"
	"time"
)

// DayState is what one bar says of one day.
type DayState string

// The states of a day, from best to worst.
const (
	DayOperational DayState = "operational"
	DayNoData      DayState = "no_data"
	DayMaintenance DayState = "maintenance"
	DayDegraded    DayState = "degraded"
	DayOutage      DayState = "outage"
)

// Day is one local calendar day. The five sums hold each second once, under the worst that applies to it, and add up to
// the day's length, or to what of it has gone by: 82,800 to 90,000 seconds where clocks change.
type Day struct {
	Date  string    `json:"date"` // YYYY-MM-DD
	Start time.Time `json:"start"`
	End   time.Time `json:"end"` // of the whole day, also while it runs
	State DayState  `json:"state"`

	Operational int64 `json:"operational_seconds"`
	NoData      int64 `json:"no_data_seconds"`
	Maintenance int64 `json:"maintenance_seconds"`
	Degraded    int64 `json:"degraded_seconds"`
	Outage      int64 `json:"outage_seconds"`
}

// ShortGap is how much of a day may go unwatched before the day tells of it: a restart is no news (DESIGN.md 8 lets the page
// speak of it after the same five minutes).
const ShortGap = 5 * time.Minute

// Days returns n local days, oldest first, ending with the one that runs at now. No contract has a say in them: every
// cause counts, from the true start, and what was seen to fail is an outage also where its impact counts as degraded at worst. A
// day's state is the worst that was seen in any second of it; it is no data only where nothing bad was seen and most of what has
// gone by of it was not watched.
//
// Inside a window that was carried out for the same component and cohort, an outage or slowness is maintenance. Windows
// under a standing notice take their seconds out of outages too but colour nothing: what is left is operational.
func Days(rows Rows, sel Selection, loc *time.Location, now time.Time, n int) []Day {
	if n <= 0 {
		return nil
	}
	y, m, d := now.In(loc).Date()
	start := func(i int) time.Time { return dayStart(y, m, d-n+1+i, loc) }
	s := rows.Spans(start(0), now, sel)
	layers := s.layers()

	days := make([]Day, n)
	for i := range days {
		day := Day{
			Date:  time.Date(y, m, d-n+1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			Start: start(i).UTC(), End: start(i + 1).UTC(),
		}
		a, b := day.Start.Unix(), min(day.End.Unix(), s.to)
		day.Outage = within(layers.outage, a, b)
		day.Degraded = within(layers.degraded, a, b)
		day.Maintenance = within(layers.maintenance, a, b)
		day.NoData = within(layers.noData, a, b)
		day.Operational = max(0, b-a) - day.Outage - day.Degraded - day.Maintenance - day.NoData
		day.State = day.state()
		days[i] = day
	}
	return days
}

func (d Day) state() DayState {
	switch {
	case d.Outage > 0:
		return DayOutage
	case d.Degraded > 0:
		return DayDegraded
	case d.Maintenance > 0:
		return DayMaintenance
	case d.NoData > d.Operational:
		return DayNoData
	}
	return DayOperational
}

// layers are the spans of each state, none overlapping another.
type layers struct{ outage, degraded, maintenance, noData []span }

func (s Spans) layers() layers {
	carriedOut := func(w window) bool { return w.carriedOut }
	var l layers
	l.outage = s.left(func(o outage) span {
		if o.seen {
			return o.span
		}
		return span{}
	}, carriedOut)

	slow := s
	slow.outages = slices.Clone(s.degraded)
	for _, o := range s.outages {
		if !o.seen {
			slow.outages = append(slow.outages, o)
		}
	}
	l.degraded = subtract(slow.left(func(o outage) span { return o.span }, carriedOut), l.outage)

	for _, w := range s.windows {
		if w.carriedOut && !w.standing {
			l.maintenance = append(l.maintenance, w.span)
		}
	}
	worse := union(slices.Concat(l.outage, l.degraded))
	l.maintenance = subtract(union(l.maintenance), worse)
	worse = union(slices.Concat(worse, l.maintenance))
	l.noData = subtract(s.unobserved, worse)
	return l
}
