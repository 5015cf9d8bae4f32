package calendar

import (
	"cmp"
	"slices"
	"time"
)

// rule is one line of a territory's table: a holiday and the day of a year it falls on.
type rule struct {
	name      string
	on        func(year int) Date
	since     int  // the first year it is kept; zero means always
	until     int  // the last year it is kept; zero means for ever
	every     int  // only years that it divides; zero means each
	customary bool // no public holiday, yet treated as one
	lieu      lieu // what happens when it falls on a weekend
}

// lieu says what a holiday on a Saturday or Sunday gives instead: the next weekday that is not a holiday itself.
type lieu int

// The kinds of a day in lieu.
const (
	lost       lieu = iota // nothing
	byLaw                  // another public holiday
	byAgreeing             // a customary day
)

// fixed is the same day every year.
func fixed(month time.Month, day int) func(int) Date {
	return func(year int) Date { return On(year, month, day) }
}

// easter is so many days after Easter Sunday.
func easter(days int) func(int) Date {
	return func(year int) Date { return easterSunday(year) + Date(days) }
}

// from is the first such weekday on or after a day.
func from(weekday time.Weekday, month time.Month, day int) func(int) Date {
	return func(year int) Date {
		d := On(year, month, day)
		return d + Date((weekday-d.Weekday()+7)%7)
	}
}

// firstMonday and lastMonday are those of a month.
func firstMonday(month time.Month) func(int) Date { return from(time.Monday, month, 1) }
func lastMonday(month time.Month) func(int) Date  { return from(time.Monday, month+1, 1-7) }

// moved is a rule with years in which the holiday was moved by decree.
func moved(usual func(int) Date, to ...Date) func(int) Date {
	return func(year int) Date {
		for _, d := range to {
			if d.Year() == year {
				return d
			}
		}
		return usual(year)
	}
}

// once is a holiday of one year alone.
func once(name string, year int, month time.Month, day int) rule {
	return rule{name: name, on: fixed(month, day), since: year, until: year}
}

// easterSunday follows the Gregorian reckoning: the Sunday after the full moon, on or after 21 March, of a moon that is
// counted and not observed.
func easterSunday(year int) Date {
	golden := year % 19 // where the year stands in the 19 years after which moons fall on the same days
	century := year / 100
	leapsLeftOut := century - century/4     // since the calendar was reformed
	moonCorrection := (8*century + 13) / 25 // the 19 years are a little too long
	age := (19*golden + leapsLeftOut - moonCorrection + 15) % 30
	if age == 29 || age == 28 && golden > 10 {
		age-- // two moons that the tables pull back by a day
	}
	full := On(year, time.March, 21) + Date(age)
	return full + 7 - Date(full.Weekday())
}

// yearOf lays out the holidays of a year, one for each date, ascending. Where two meet on a date their names are joined,
// and the date is public if one of them is.
func yearOf(territory string, rules []rule, year int) []Holiday {
	var days []Holiday
	taken := map[Date]bool{}
	var inLieu []rule
	for _, r := range rules {
		if year < r.since || r.until != 0 && year > r.until || r.every != 0 && year%r.every != 0 {
			continue
		}
		d := r.on(year)
		taken[d] = true
		days = append(days, Holiday{Date: d, Territory: territory, Name: r.name, Public: !r.customary})
		if r.lieu != lost && d.weekend() {
			inLieu = append(inLieu, r)
		}
	}
	for _, r := range inLieu {
		d := r.on(year)
		for d.weekend() || taken[d] {
			d++
		}
		taken[d] = true
		days = append(days, Holiday{Date: d, Territory: territory, Name: r.name + substitute, Public: r.lieu == byLaw})
	}
	slices.SortStableFunc(days, func(a, b Holiday) int { return cmp.Compare(a.Date, b.Date) })
	out := days[:0]
	for _, h := range days {
		if last := len(out) - 1; last >= 0 && out[last].Date == h.Date {
			out[last].Name += ", " + h.Name
			out[last].Public = out[last].Public || h.Public
			continue
		}
		out = append(out, h)
	}
	return out
}
