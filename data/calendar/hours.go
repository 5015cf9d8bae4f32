package calendar

import (
	"fmt"
	"time"
)

// Hours are the times of a day, and the days of a week, at which support is open (H1). Zero is what H1 says: Monday to
// Friday from 08:00 to 16:00. A second table, as Premium Support has (H3), is a second value.
type Hours struct {
	from, until int // minutes after midnight; both zero means 08:00 to 16:00
	days        [7]bool
}

// usual is what the zero Hours stand for.
var usual = Hours{8 * 60, 16 * 60, [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}}

// ParseHours reads clock times such as 08:00 and 16:00; until may be 24:00, and is later than from. No days means Monday to
// Friday.
func ParseHours(from, until string, days ...time.Weekday) (Hours, error) {
	var h Hours
	var err error
	if h.from, err = parseClock(from); err != nil {
		return Hours{}, err
	}
	if h.until, err = parseClock(until); err != nil {
		return Hours{}, err
	}
	if h.from >= h.until {
		return Hours{}, fmt.Errorf("hours from %s until %s do not lie within a day: until must be later than from, at most 24:00", from, until)
	}
	if len(days) == 0 {
		h.days = usual.days
	}
	for _, day := range days {
		if day < time.Sunday || day > time.Saturday {
			return Hours{}, fmt.Errorf("day %d is no day of the week: use 0 for Sunday to 6 for Saturday", int(day))
		}
		h.days[day] = true
	}
	return h, nil
}

// parseClock reads 08:00 as minutes after midnight. 24:00 is the end of the day.
func parseClock(text string) (int, error) {
	if text == "24:00" {
		return dayMinutes, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is not a time of day: write hours and minutes, such as 08:00", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// String is the clock times: "08:00-16:00".
func (h Hours) String() string {
	h = h.orUsual()
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/60, h.from%60, h.until/60, h.until%60)
}

// Times are the times after midnight at which it opens and closes.
func (h Hours) Times() (from, until time.Duration) {
	h = h.orUsual()
	return time.Duration(h.from) * time.Minute, time.Duration(h.until) * time.Minute
}

// Days are the days of the week on which it opens, from Monday on.
func (h Hours) Days() (days []time.Weekday) {
	h = h.orUsual()
	for n := range time.Weekday(7) {
		if day := (n + 1) % 7; h.days[day] {
			days = append(days, day)
		}
	}
	return days
}

// orUsual puts what H1 says in the place of zero.
func (h Hours) orUsual() Hours {
	if h == (Hours{}) {
		return usual
	}
	return h
}

// horizon is how far Open looks ahead, in days: more than a year, so that hours round the clock find the next holiday.
const horizon = 800

// Open says whether support of the territory is open at now, and when that next changes, in UTC. It is open in [from,
// until) on the local clock, on the days of h that are no holiday (H1). A next that is zero means that it does not change
// within two years.
func (c *Calendar) Open(h Hours, now time.Time) (open bool, next time.Time) {
	h = h.orUsual()
	today := DateOf(now.In(c.zone))
	var end time.Time // of the span that now lies in, as far as is known
	for d := today; d < today+horizon; d++ {
		if !h.days[d.Weekday()] {
			continue
		}
		if _, holiday := c.Holiday(d); holiday {
			continue
		}
		start, stop := land(d, h.from, c.zone, false), land(d, h.until, c.zone, true)
		switch {
		case !start.Before(stop) || !now.Before(stop): // empty because clocks jumped over it, or over
		case open && start.After(end):
			return true, end
		case now.Before(start) && !open:
			return false, start
		default:
			open, end = true, stop // one day runs on into the next where hours end at 24:00
		}
	}
	if open && end.Before(land(today+horizon, 0, c.zone, false)) {
		return true, end
	}
	return open, time.Time{}
}
