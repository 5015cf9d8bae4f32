package recur

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
)

// Bounds on what a rule may say about a window.
const (
	maxLength = 7 * 24 * time.Hour
	maxDays   = 6  // beside at most one day to the next such reading
	maxShift  = 31 // days
)

// Compile gives a Recurrence its meaning, or says everything that is wrong with it.
//
// A fault is a *data.Error whose Field is the JSON name of the member that is wrong and whose message names the way out.
// Several faults come joined (errors.Join), in the order of the members; errors.As finds the first. The work is bounded
// whatever the text: a rule that compiles has its first window on the anchor, moved by Shift.
//
// Decided here, where DOMAIN.md is silent:
//
//   - The anchor is a date of the rule, before Shift.
//   - 24:00 is a reading for an end only, and is the midnight that ends the day of the start.
//   - UNTIL is a date, of the rule and before Shift, and counts in full; COUNT counts the rule's dates from the anchor.
//   - Weeks begin on Monday. Parts that say times of day, week numbers or days of the year are refused, as is whatever
//     would let two readers expect different days.
//   - A window lasts from one second to seven days by the clock; Shift is 0 to 31 days.
func Compile(rec data.Recurrence) (Rule, error) {
	var faults []error
	note := func(err error) bool {
		if err != nil {
			faults = append(faults, err)
		}
		return err == nil
	}
	r := Rule{plan: rec}
	var err error
	r.loc, err = loadZone(rec.Zone)
	note(err)

	r.first, err = parseAnchor(rec.Anchor)
	anchored := note(err)

	at, err := parseStart(rec)
	note(err)
	faults = append(faults, r.setEnd(rec)...)
	if rec.Shift < 0 || rec.Shift > maxShift {
		note(data.Invalid("shift", fmt.Sprintf("a shift of %d days is out of bounds: use 0 to %d, and move the anchor for more", rec.Shift, maxShift)))
	}
	switch {
	case rec.Rule == "" && rec.Cron == "":
		note(data.Invalid("rule", "neither rule nor cron is given: use a rule such as FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"))
	case rec.Rule != "" && rec.Cron != "":
		note(data.Invalid("cron", "both rule and cron are given: keep one"))
	case rec.Rule != "":
		note(r.setRule(at, anchored))
	default:
		note(r.setCron(anchored))
	}
	switch len(faults) {
	case 0:
		return r, nil
	case 1:
		return Rule{}, faults[0]
	default:
		return Rule{}, errors.Join(faults...)
	}
}

// parseAnchor reads the first nominal date.
func parseAnchor(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, data.Invalid("anchor", "no anchor is given: set the first date of the rule, such as 2026-01-02; nothing is planned before it")
	}
	t, err := parseDate("anchor", text)
	if err == nil && (t.Year() < firstYear || t.Year() > anchorYear) {
		err = data.Invalid("anchor", fmt.Sprintf("%s is out of bounds: use a date from the years %d to %d", text, firstYear, anchorYear))
	}
	return t, err
}

// parseDate reads a civil date as its 00:00, carried in UTC.
func parseDate(field, text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err == nil {
		return t, nil
	}
	if len(text) == len(time.DateOnly) {
		month, err1 := time.Parse("2006-01-", text[:8])
		day, err2 := strconv.ParseUint(text[8:], 10, 8)
		if err1 == nil && err2 == nil && day >= 1 && day <= 31 {
			return time.Time{}, data.Invalid(field, fmt.Sprintf("%s does not exist: the last day of that month is %s",
				text, month.AddDate(0, 1, -1).Format(time.DateOnly)))
		}
	}
	return time.Time{}, data.Invalid(field, fmt.Sprintf("%s is no date: use YYYY-MM-DD, such as 2026-01-02", quote(text)))
}

// parseStart reads the clock reading of the start, in seconds into the day; cron text says its own.
func parseStart(rec data.Recurrence) (int64, error) {
	switch {
	case rec.Cron != "" && rec.Start != "":
		return 0, data.Invalid("start", "cron text says the start itself: leave start out")
	case rec.Cron != "":
		return 0, nil
	case rec.Start == "":
		return 0, data.Invalid("start", "no start is given: set a clock reading such as 22:00")
	}
	at, err := parseClock("start", rec.Start)
	if err == nil && at == daySeconds {
		err = data.Invalid("start", "24:00 can only be an end: use 00:00, and the day after")
	}
	return at, err
}

// parseClock reads HH:MM, 00:00 to 24:00, as seconds into the day.
func parseClock(field, text string) (int64, error) {
	var hour, minute int64
	if len(text) == 5 && text[2] == ':' {
		digit := func(i int) int64 { return int64(text[i]) - '0' }
		if h1, h2, m1, m2 := digit(0), digit(1), digit(3), digit(4); min(h1, h2, m1, m2) >= 0 && max(h1, h2, m1, m2) <= 9 {
			hour, minute = h1*10+h2, m1*10+m2
			if hour < 24 && minute < 60 || hour == 24 && minute == 0 {
				return hour*3600 + minute*60, nil
			}
		}
	}
	return 0, data.Invalid(field, fmt.Sprintf("%s is no clock reading: use HH:MM from 00:00 to 23:59, such as 06:00", quote(text)))
}

// setEnd takes the end in. A clock reading and six days more make at most seven days.
func (r *Rule) setEnd(rec data.Recurrence) []error {
	var faults []error
	note := func(field, format string, args ...any) {
		faults = append(faults, data.Invalid(field, fmt.Sprintf(format, args...)))
	}
	if rec.Days < 0 || rec.Days > maxDays {
		note("days", "%d days more is out of bounds: use 0 to %d", rec.Days, maxDays)
	}
	switch {
	case rec.Until == "" && rec.Length == 0:
		note("until", "neither until nor length is given: set the clock reading of the end, such as 06:00, or a length such as 3s")
	case rec.Until != "" && rec.Length != 0:
		note("length", "both until and length are given: keep one")
	case rec.Until != "":
		until, err := parseClock("until", rec.Until)
		if err != nil {
			return append(faults, err)
		}
		r.until = until % daySeconds
	case rec.Length < time.Second || rec.Length > maxLength || rec.Length%time.Second != 0:
		note("length", "a length of %s is out of bounds: use whole seconds, from 1s to %s", rec.Length, maxLength)
	case rec.Days != 0:
		note("days", "days are added to until, and a length is given: leave days out")
	}
	return faults
}
