package calendar

import (
	"fmt"
	"time"
)

// Date is a day on the civil calendar without a zone, counted in days from 1970-01-01, which is zero. Every value is a real
// day, so d+1 is the day after d and dates compare as numbers. As text it is "2026-12-25".
type Date int

// On returns the date of a year, month and day; a day past the end of its month runs on into the next, as with time.Date.
func On(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// DateOf returns the date that the clock of t's zone shows at t.
func DateOf(t time.Time) Date { return On(t.Date()) }

// ParseDate reads a date such as 2026-12-25.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date: write year, month and day, such as 2026-12-25", text)
	}
	return DateOf(t), nil
}

// String is the date as year, month and day: 2026-12-25.
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// MarshalText is String, for JSON and YAML.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate, for JSON and YAML.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Year is the year the date lies in.
func (d Date) Year() int { return d.midnight().Year() }

// weekend is Saturday or Sunday.
func (d Date) weekend() bool {
	day := d.Weekday()
	return day == time.Saturday || day == time.Sunday
}

// midnight carries the date in UTC, where a day has 24 hours.
func (d Date) midnight() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }

const (
	daySeconds = 24 * 60 * 60
	dayMinutes = 24 * 60
)

// land is the instant at which the clock of a zone shows so many minutes after midnight of d, from 0 to 24 hours: DOMAIN.md
// 4.1. Of two equal readings a start takes the first and an end the last; a skipped one is taken as if clocks had not moved.
// It looks one day to either side, so it asks that a zone change its clock no more than once in two days.
func land(d Date, minutes int, zone *time.Location, isEnd bool) time.Time {
	reading := int64(d)*daySeconds + int64(minutes)*60
	before, after := offset(reading-daySeconds, zone), offset(reading+daySeconds, zone)
	early, late := reading-before, reading-after
	isEarly, isLate := offset(early, zone) == before, offset(late, zone) == after
	if isLate && (isEnd || !isEarly) {
		return time.Unix(late, 0).UTC()
	}
	return time.Unix(early, 0).UTC()
}

// offset is how many seconds the clock of a zone is ahead of UTC at an instant.
func offset(unix int64, zone *time.Location) int64 {
	_, seconds := time.Unix(unix, 0).In(zone).Zone()
	return int64(seconds)
}
