package ledger

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

const monthLayout = "2006-01"

// zone loads a zone by its IANA name. Local and the empty name are refused: they mean something else on another machine.
func zone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, nil
		}
	}
	return nil, data.Invalid("zone", fmt.Sprintf("%s is unknown: use a name such as Europe/Oslo", quote(name)))
}

// Bounds returns the month's first instant and the first one after it, on the clock of loc (T5). The month is YYYY-MM of
// the years 1970 to 2999; else it is a *data.Error on the field month.
func Bounds(month string, loc *time.Location) (from, to time.Time, err error) {
	t, err := time.Parse(monthLayout, month)
	if err != nil || t.Year() < 1970 || t.Year() > 2999 {
		return from, to, data.Invalid("month", fmt.Sprintf("%s is no month: write year and month such as 2026-04 (1970 to 2999)", quote(month)))
	}
	return dayStart(t.Year(), t.Month(), 1, loc), dayStart(t.Year(), t.Month()+1, 1, loc), nil
}

// Months lists n months as YYYY-MM, oldest first, ending with the one that runs at now on the clock of loc.
func Months(now time.Time, loc *time.Location, n int) []string {
	y, m, _ := now.In(loc).Date()
	out := make([]string, 0, n)
	for i := n - 1; i >= 0; i-- {
		out = append(out, time.Date(y, m-time.Month(i), 1, 0, 0, 0, 0, time.UTC).Format(monthLayout))
	}
	return out
}

// dayStart is the instant at which a clock in loc reads midnight of a date; months and days out of range carry over. Where
// it reads so twice it is the first; where the clocks skip it, it is read as if they had not moved (DOMAIN.md 4.1).
// time.Date promises neither.
func dayStart(year int, month time.Month, day int, loc *time.Location) time.Time {
	reading := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	at := func(probe time.Time) (t time.Time, reads bool) {
		_, offset := probe.In(loc).Zone()
		t = reading.Add(-time.Duration(offset) * time.Second)
		_, there := t.In(loc).Zone()
		return t, there == offset
	}
	before, first := at(reading.Add(-26 * time.Hour)) // no offset is larger than 26 hours
	after, second := at(reading.Add(26 * time.Hour))
	if second && (!first || after.Before(before)) {
		return after
	}
	return before
}
