package recur

import (
	"time"

	"github.com/robfig/cron/v3"
)

// The three shapes that nearly every schedule is made of. Each is a cron.Schedule on clock readings carried in UTC, works
// in whole days since 1970-01-01, and answers from any time in constant work, where rrule-go walks from its DTSTART.
var (
	_ cron.Schedule = everyDays{}
	_ cron.Schedule = everyWeeks{}
	_ cron.Schedule = everyMonths{}
)

const daySeconds = 24 * 60 * 60

// everyDays falls on each n-th day from first.
type everyDays struct{ first, n, at int64 }

// Next implements cron.Schedule.
func (s everyDays) Next(t time.Time) time.Time {
	day := dayAfter(t, s.at)
	if day <= s.first {
		return reading(s.first, s.at)
	}
	return reading(s.first+roundUp(day-s.first, s.n), s.at)
}

// everyWeeks falls on the weekdays of on, bit 0 being Monday, in each n-th week from the one that begins on monday.
type everyWeeks struct {
	first, monday, n, at int64
	on                   uint8
}

// Next implements cron.Schedule.
func (s everyWeeks) Next(t time.Time) time.Time {
	for day := max(dayAfter(t, s.at), s.first); ; day++ {
		if week := (day - s.monday) / 7; week%s.n != 0 {
			day = s.monday + roundUp(week, s.n)*7
		}
		if s.on>>((day-s.monday)%7)&1 == 1 {
			return reading(day, s.at)
		}
	}
}

// nth is a weekday counted within a month: {Friday, 2} is the second, {Friday, -1} the last.
type nth struct {
	weekday time.Weekday
	n       int
}

// everyMonths falls on the counted weekdays of each n-th month from month, counted from year 0.
type everyMonths struct {
	first, month, n, at int64
	on                  []nth
}

// Next implements cron.Schedule. It gives up, with the zero time, at the end of lastYear.
func (s everyMonths) Next(t time.Time) time.Time {
	day := max(dayAfter(t, s.at), s.first)
	year, month, _ := reading(day, 0).Date()
	m := s.month + roundUp(int64(year)*12+int64(month)-1-s.month, s.n)
	for ; m < (lastYear+1)*12; m += s.n {
		begin, end := monthStart(m), monthStart(m+1)
		best := end
		for _, on := range s.on {
			if d, ok := on.in(begin, end); ok && d >= day {
				best = min(best, d)
			}
		}
		if best < end {
			return reading(best, s.at)
		}
	}
	return time.Time{}
}

// in finds the day in the month [begin, end); a fifth one may be missing.
func (w nth) in(begin, end int64) (int64, bool) {
	var day int64
	if w.n > 0 {
		day = begin + int64(w.weekday-weekday(begin)+7)%7 + int64(w.n-1)*7
	} else {
		day = end - 1 - int64(weekday(end-1)-w.weekday+7)%7 + int64(w.n+1)*7
	}
	return day, begin <= day && day < end
}

// monthStart is the first day of a month counted from year 0.
func monthStart(month int64) int64 {
	return dayOf(time.Date(int(month/12), time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC))
}

// reading is the clock reading at seconds into day, carried in UTC.
func reading(day, at int64) time.Time { return time.Unix(day*daySeconds+at, 0).UTC() }

// dayOf counts the day of a reading from 1970-01-01.
func dayOf(t time.Time) int64 { return floorDiv(t.Unix(), daySeconds) }

// dayAfter is the first day whose reading at lies after t.
func dayAfter(t time.Time, at int64) int64 { return floorDiv(t.Unix()-at, daySeconds) + 1 }

// weekday of a day: 1970-01-01 was a Thursday.
func weekday(day int64) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }

// roundUp takes a count that is not negative to the next multiple of n.
func roundUp(a, n int64) int64 { return (a + n - 1) / n * n }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
