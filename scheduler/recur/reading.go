package recur

import (
	"fmt"
	"time"
)

// Land turns one clock reading that a person typed into an instant of the zone, as rules land theirs (DOMAIN.md 4.1, T4):
// a reading that clocks skip is taken with the offset before the gap, and of two equal readings a start takes the first and
// an end the last. Date and time of day of reading count, to the second; its location does not. note says in an English
// sentence what a clock change did to it, and is empty where it did nothing.
func Land(reading time.Time, loc *time.Location, isEnd bool) (at time.Time, note string) {
	y, m, d := reading.Date()
	asked := time.Date(y, m, d, reading.Hour(), reading.Minute(), reading.Second(), 0, time.UTC)
	near := newZone(loc, asked.Unix()).near(asked.Unix(), asked.Unix())
	unix, met := land(asked.Unix(), near, isEnd)
	shown := landed{loc: loc}.shown(unix, asked.Unix())
	switch {
	case met == skipped:
		note = fmt.Sprintf("%s does not exist on %s, as clocks go forward: it is taken as %s", clockOf(asked.Unix()), asked.Format(time.DateOnly), shown)
	case met == doubled && isEnd:
		note = fmt.Sprintf("%s comes twice on %s, as clocks go back: an end takes the second, %s", clockOf(asked.Unix()), asked.Format(time.DateOnly), shown)
	case met == doubled:
		note = fmt.Sprintf("%s comes twice on %s, as clocks go back: a start takes the first, %s", clockOf(asked.Unix()), asked.Format(time.DateOnly), shown)
	}
	return time.Unix(unix, 0).UTC(), note
}
