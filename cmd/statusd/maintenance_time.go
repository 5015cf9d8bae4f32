package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// clock reads times as people type them for a window: clock readings of the schedule's zone, which land as those of rules
// do (DOMAIN.md 4.1).
type clock struct {
	zone   *time.Location
	now    time.Time
	after  time.Time // a reading without a day is the first after this instant
	before time.Time // or the last that is not after this one; with neither it is of today
	keeps  string    // the reading of a day without one; empty where a reading is needed
	isEnd  bool      // of two equal readings an end takes the last
}

var (
	dayFirst  = regexp.MustCompile(`^(?i:(\d{4}-\d\d-\d\d)|(today|tomorrow|yesterday)|(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?)(?:[ T]+|$)`)
	readingOf = regexp.MustCompile(`^(\d{1,2}):(\d\d)(?::(\d\d))?(?: +([A-Z]{2,5}))?$`)
)

// read turns what was typed behind a flag into an instant. note says what a clock change did to it. dated says that a day was
// named, so that it is meant wherever it lies.
func (c clock) read(flag, text string) (at time.Time, note string, dated bool, err error) {
	text = strings.Join(strings.Fields(text), " ")
	if strings.EqualFold(text, "now") {
		return c.now.UTC().Truncate(time.Second), "", true, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02 15:04 Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), "", true, nil
		}
	}
	wrong := usagef("%s %q is no time: write 22:00, \"2026-04-07 22:00\", \"tomorrow 22:00\" or \"fri 22:00\", read in %s, or 2026-04-07T22:00:00+02:00", flag, text, c.zone)
	rest, day := text, time.Time{}
	named := dayFirst.FindStringSubmatch(text)
	if named != nil {
		if day, err = c.day(flag, named); err != nil {
			return at, "", false, err
		}
		if rest = text[len(named[0]):]; rest == "" {
			rest = c.keeps
		}
	}
	m := readingOf.FindStringSubmatch(rest)
	if m == nil {
		return at, "", false, wrong
	}
	reading, err := timeOfDay(m)
	if err != nil {
		return at, "", false, wrong
	}
	if named != nil {
		at, note, err = c.land(flag, text, day.Add(reading), m[4])
		if today := civil(c.now.In(c.zone)); err == nil && named[3] != "" && day.Equal(today) && !at.After(c.now) {
			at, note, err = c.land(flag, text, day.AddDate(0, 0, 7).Add(reading), m[4]) // of next week
		}
		return at, note, true, err
	}
	at, note, err = c.nearest(flag, text, reading, m[4])
	return at, note, false, err
}

// nearest is a reading without a day.
func (c clock) nearest(flag, text string, reading time.Duration, name string) (at time.Time, note string, err error) {
	step, day := 0, civil(c.now.In(c.zone))
	switch {
	case !c.after.IsZero():
		step, day = 1, civil(c.after.In(c.zone)).AddDate(0, 0, -1)
	case !c.before.IsZero():
		step, day = -1, civil(c.before.In(c.zone)).AddDate(0, 0, 1)
	}
	for range 4 {
		at, note, err = c.land(flag, text, day.Add(reading), name)
		if err == nil && (step == 0 || step > 0 && at.After(c.after) || step < 0 && !at.After(c.before)) {
			break
		}
		if step == 0 {
			break
		}
		day = day.AddDate(0, 0, step)
	}
	return at, note, err
}

// land finds the instant of a reading, that of the given name of the zone's time where it comes twice.
func (c clock) land(flag, text string, reading time.Time, name string) (at time.Time, note string, err error) {
	at, note = recur.Land(reading, c.zone, c.isEnd)
	if name == "" {
		return at, note, nil
	}
	for _, isEnd := range []bool{false, true} {
		at, _ = recur.Land(reading, c.zone, isEnd)
		if shown := at.In(c.zone); shown.Format("MST") == name && civil(shown).Equal(civil(reading)) && shown.Format(time.TimeOnly) == reading.Format(time.TimeOnly) {
			return at, "", nil
		}
	}
	return at, "", usagef("%s %q: clocks in %s do not show that in %s: leave %s out, or write the offset as in 2026-04-07T22:00:00+02:00", flag, text, c.zone, name, name)
}

// day is the civil date that was named, carried in UTC.
func (c clock) day(flag string, named []string) (time.Time, error) {
	today := civil(c.now.In(c.zone))
	switch {
	case named[1] != "":
		day, err := time.Parse(time.DateOnly, named[1])
		if err != nil {
			return day, usagef("%s: there is no %s", flag, named[1])
		}
		return day, nil
	case named[2] != "":
		return today.AddDate(0, 0, map[string]int{"yesterday": -1, "tomorrow": 1}[strings.ToLower(named[2])]), nil
	}
	return today.AddDate(0, 0, int(weekdays[strings.ToLower(named[3])]-today.Weekday()+7)%7), nil
}

var weekdays = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
}

// timeOfDay is the time from midnight to a reading, 24:00 among them.
func timeOfDay(m []string) (time.Duration, error) {
	hour, minute, second := two(m[1]), two(m[2]), two(m[3])
	of := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	if minute > 59 || second > 59 || of > 24*time.Hour {
		return 0, usagef("%s is no reading of a clock", m[0])
	}
	return of, nil
}

// two is the number of at most two digits; zero where there is none.
func two(digits string) (n int) {
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}

// civil is t's date as its own zone has it, carried in UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// times reads the times of one command, and writes notes on clock changes beside its answer.
type times struct {
	zone  *time.Location
	now   time.Time
	notes io.Writer
}

func (t times) read(flag, text string, as clock) (time.Time, error) {
	as.zone, as.now = t.zone, t.now
	at, note, _, err := as.read(flag, text)
	if err == nil && note != "" {
		fmt.Fprintf(t.notes, "statusd: %s: %s.\n", flag, note)
	}
	return at, err
}

// end is when a window ends that starts at an instant: a time, or a length after it; zero where neither is given.
func (t times) end(text, lasts string, start time.Time) (time.Time, error) {
	switch {
	case lasts != "":
		d, err := time.ParseDuration(lasts)
		if err != nil || d < time.Second || d > data.LongestWindow {
			return time.Time{}, usagef("--lasts %q is no length of time: use one such as 30m or 1h30m, at most 168h", lasts)
		}
		return start.Add(d.Truncate(time.Second)), nil
	case text != "":
		return t.read("--end", text, clock{after: start, isEnd: true})
	}
	return time.Time{}, nil
}
