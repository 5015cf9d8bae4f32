package recur

import (
	"fmt"
	"strings"
	"time"
)

// landed is a window near a clock change: the readings it was asked for, the instants it got, and how they came about.
type landed struct {
	start, end       int64 // readings; the end is nominal where elapsed
	from, to         int64 // instants
	startFit, endFit fit
	elapsed          bool // the rule gives a length, not a clock reading, for the end
	pushed           bool // the end would have been before the start
	near             []span
	loc              *time.Location
}

// sentence says in English what clock changes do to the window; empty if nothing.
func (l landed) sentence() string {
	var parts []string
	say := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch l.startFit {
	case skipped:
		say("the start %s does not exist on this day, as clocks go forward: it runs at %s", clockOf(l.start), l.shown(l.from, l.start))
	case doubled:
		say("the start %s comes twice on this day, as clocks go back: it runs at the first, %s", clockOf(l.start), l.shown(l.from, l.start))
	}
	switch {
	case l.pushed:
		say("the end %s would come before it: it ends at %s", clockOf(l.end), l.shown(l.to, l.end))
	case l.endFit == skipped:
		say("the end %s does not exist on that day, as clocks go forward: it ends at %s", clockOf(l.end), l.shown(l.to, l.end))
	case l.endFit == doubled:
		say("the end %s comes twice on that day, as clocks go back: it ends at the second, %s", clockOf(l.end), l.shown(l.to, l.end))
	}
	nominal, actual := l.end-l.start, l.to-l.from
	switch {
	case actual != nominal && len(parts) > 0:
		say("it lasts %s instead of %s", duration(actual), duration(nominal))
	case actual < nominal:
		say("clocks go forward during this window: it lasts %s instead of %s", duration(actual), duration(nominal))
	case actual > nominal:
		say("clocks go back during this window: it lasts %s instead of %s", duration(actual), duration(nominal))
	case len(parts) == 0 && l.changes():
		say("clocks change during this window: it lasts %s all the same and ends at %s", duration(actual), l.shown(l.to, l.end))
	}
	return strings.Join(parts, "; ")
}

// changes says whether clocks change strictly inside the window.
func (l landed) changes() bool {
	for _, s := range l.near[1:] {
		if l.from < s.start && s.start < l.to {
			return true
		}
	}
	return false
}

// shown is an instant as people in the zone read it, with the date where it is not that of the reading asked for.
func (l landed) shown(at, asked int64) string {
	t := time.Unix(at, 0).In(l.loc)
	layout := "15:04"
	if t.Format(time.DateOnly) != time.Unix(asked, 0).UTC().Format(time.DateOnly) {
		layout = "Monday 2006-01-02 15:04"
	}
	if name, _ := t.Zone(); !strings.ContainsAny(name[:1], "+-") {
		return t.Format(layout + " MST")
	}
	return t.Format(layout + " UTC-07:00") // the zone has no letters for it
}

// clockOf is a reading's time of day; the end of a length in seconds is never named.
func clockOf(reading int64) string { return time.Unix(reading, 0).UTC().Format("15:04") }

// duration says a number of seconds as people write it: 9 h, 2 h 30 min, 3 s.
func duration(seconds int64) string {
	var parts []string
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{3600, "h"}, {60, "min"}, {1, "s"}} {
		if n := seconds / unit.seconds; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			seconds %= unit.seconds
		}
	}
	return strings.Join(parts, " ")
}
