package recur

import (
	"time"

	"github.com/robfig/cron/v3"
	"github.com/teambition/rrule-go"
)

// Years. Rules are worked out to the end of lastYear. rrule-go looks for a next date until the year 9999 and nowhere
// sooner, so a rule that never falls would cost it millions of days; the calendar repeats every 400 years, weekdays and
// all, so rules are handed to it cycles later and it stops with lastYear.
const (
	firstYear  = 2000
	anchorYear = 2199 // last year for an anchor
	lastYear   = 2399
	cycles     = 9999 - lastYear // a multiple of 400
)

// rest is any rule that is none of the shapes, worked out by rrule-go on clock readings carried in UTC.
//
// rrule-go walks from DTSTART, so each answer starts from the rule's frame (its day, week, month or year) that holds t,
// in step with the anchor; options names every part that RFC 5545 would otherwise take from DTSTART.
type rest struct {
	options rrule.ROption
	first   time.Time // 00:00
	at      int64     // seconds into the day
}

var _ cron.Schedule = rest{}

// Next implements cron.Schedule.
func (s rest) Next(t time.Time) time.Time {
	at := time.Duration(s.at) * time.Second
	if from := s.first.Add(at - time.Second); t.Before(from) {
		t = from
	}
	if t.Year() > lastYear {
		return time.Time{}
	}
	o := s.options
	o.Dtstart = s.frame(t).Add(at).AddDate(cycles, 0, 0)
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return time.Time{} // cannot be: parseRule keeps narrower bounds; if it were, the rule never falls and Compile says so
	}
	next := rule.After(t.AddDate(cycles, 0, 0), false)
	if next.IsZero() {
		return time.Time{}
	}
	return next.AddDate(-cycles, 0, 0)
}

// frame is the first day of the day, week, month or year in step that holds t, which is not before first's day.
func (s rest) frame(t time.Time) time.Time {
	n := int64(s.options.Interval)
	days := max(dayOf(t), dayOf(s.first)) - dayOf(s.first)
	year, month, _ := s.first.Date()
	switch s.options.Freq {
	case rrule.DAILY:
		return s.first.AddDate(0, 0, int(days/n*n))
	case rrule.WEEKLY:
		monday := mondayOf(dayOf(s.first))
		return reading(monday+(days+dayOf(s.first)-monday)/7/n*n*7, 0)
	case rrule.MONTHLY:
		months := int64(t.Year()-year)*12 + int64(t.Month()-month)
		return time.Date(year, month+time.Month(max(months, 0)/n*n), 1, 0, 0, 0, 0, time.UTC)
	default:
		return time.Date(year+int(int64(max(t.Year()-year, 0))/n*n), time.January, 1, 0, 0, 0, 0, time.UTC)
	}
}

// mondayOf is the Monday of the week of a day (RFC 5545: WKST=MO).
func mondayOf(day int64) int64 { return day - int64(weekday(day)+6)%7 }
