package calendar

import (
	"fmt"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // the binary carries its zone data (T1)
)

// Calendar is the holidays and working days of one territory, with the operator's changes. It does not change, and is safe
// for concurrent use. New makes it, as part of a Set.
type Calendar struct {
	Territory
	zone    *time.Location
	rules   []rule
	extra   map[Date]string // name, or empty
	without map[Date]bool
	years   sync.Map // int → map[Date]Holiday: years laid out when first asked for
}

// newCalendar is the calendar of a territory as the table has it.
func newCalendar(code string) (*Calendar, error) {
	e, err := find(code)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		return nil, fmt.Errorf("the zone of territory %s: %w", code, err)
	}
	return &Calendar{Territory: e.Territory, zone: zone, rules: e.rules, extra: map[Date]string{}, without: map[Date]bool{}}, nil
}

// Location is the zone of the territory.
func (c *Calendar) Location() *time.Location { return c.zone }

// Holidays are those of a year, ascending, one for each date. The table is vouched for from 2000 to 2060; other years
// follow the rules of the nearest of these.
func (c *Calendar) Holidays(year int) []Holiday {
	days := slices.DeleteFunc(yearOf(c.Code, c.rules, year), func(h Holiday) bool { return c.without[h.Date] })
	for d, name := range c.extra {
		if d.Year() != year {
			continue
		}
		i, known := slices.BinarySearchFunc(days, d, func(h Holiday, d Date) int { return int(h.Date - d) })
		switch {
		case !known && name == "":
			name = CompanyHoliday
		case name == "":
			name = days[i].Name
		}
		added := Holiday{Date: d, Territory: c.Code, Name: name, Public: true}
		if known {
			days[i] = added
		} else {
			days = slices.Insert(days, i, added)
		}
	}
	return days
}

// Holiday says whether a date is a holiday, and which.
func (c *Calendar) Holiday(d Date) (Holiday, bool) {
	year := d.Year()
	days, known := c.years.Load(year)
	if !known {
		laid := map[Date]Holiday{}
		for _, h := range c.Holidays(year) {
			laid[h.Date] = h
		}
		days, _ = c.years.LoadOrStore(year, laid)
	}
	h, ok := days.(map[Date]Holiday)[d]
	return h, ok
}

// WorkingDay is Monday to Friday, except holidays, public and customary alike.
func (c *Calendar) WorkingDay(d Date) bool {
	if d.weekend() {
		return false
	}
	_, holiday := c.Holiday(d)
	return !holiday
}

// AddWorkingDays is the n-th working day after d, d itself not counted; for a negative n the n-th before it, and d for zero.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if c.WorkingDay(d) {
			n--
		}
	}
	return d
}

// claimDays are the working days in which unavailability is to be reported (C2).
const claimDays = 5

// handlingDays are the days in which a report is to be handled (C5).
const handlingDays = 30

// ClaimBy is how long an event can be reported by its customer (C2): until the end of last, the fifth working day after the
// local date of the event, which is not counted. A report is in time when it comes before end, the first instant of the day
// after, in UTC.
func (c *Calendar) ClaimBy(event time.Time) (last Date, end time.Time) {
	last = c.AddWorkingDays(DateOf(event.In(c.zone)), claimDays)
	return last, land(last, dayMinutes, c.zone, true)
}

// HandledBy is the date by which a report is meant to be handled (C5): 30 calendar days after its local date.
func (c *Calendar) HandledBy(report time.Time) Date { return DateOf(report.In(c.zone)) + handlingDays }
