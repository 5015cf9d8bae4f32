package recur

import (
	"fmt"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// String says the rule in English, in one line: "every 14 days on Friday from 2026-01-02, 00:00 to 06:00 Europe/Oslo". The
// zero Rule is "never".
func (r Rule) String() string {
	if r.sched == nil {
		return "never"
	}
	var b strings.Builder
	b.WriteString(r.rhythm())
	fmt.Fprintf(&b, " from %s", r.plan.Anchor)
	if r.last.Before(endOfYears) {
		fmt.Fprintf(&b, " until %s", r.last.Format(time.DateOnly))
	}
	switch r.plan.Shift {
	case 0:
	case 1:
		b.WriteString(", then one day later")
	default:
		fmt.Fprintf(&b, ", then %d days later", r.plan.Shift)
	}
	b.WriteString(", ")
	if r.plan.Cron == "" {
		b.WriteString(r.plan.Start + " ")
	}
	if r.plan.Length > 0 {
		fmt.Fprintf(&b, "for %s, clock of ", duration(int64(r.plan.Length/time.Second)))
	} else {
		fmt.Fprintf(&b, "to %s%s ", r.plan.Until, r.later())
	}
	b.WriteString(r.plan.Zone)
	return b.String()
}

// later says on which day the end is, where that is not the day of the start.
func (r Rule) later() string {
	if r.plan.Cron != "" {
		if r.plan.Days == 0 {
			return ""
		}
		return fmt.Sprintf(" and %d days more", r.plan.Days)
	}
	start := dayOf(r.sched.Next(r.first.Add(-time.Second))) * daySeconds
	at, _ := parseClock("start", r.plan.Start) // Compile has read it
	days := (r.endReading(start+at) - start) / daySeconds
	if r.plan.Until == "24:00" {
		days-- // it belongs to the day it ends
	}
	switch days {
	case 0:
		return ""
	case 1:
		return " the next day"
	default:
		return fmt.Sprintf(" %d days later", days)
	}
}

// rhythm says on which days the rule falls.
func (r Rule) rhythm() string {
	if r.plan.Cron != "" {
		return fmt.Sprintf("by cron text %q", r.plan.Cron)
	}
	k := r.kind
	var days []string
	for _, d := range k.days {
		days = append(days, strings.TrimSpace(ordinal(d.n)+" "+d.weekday.String()))
	}
	names := list(days)
	switch r.sched.(type) {
	case everyDays:
		return every(k.interval, "day")
	case everyWeeks:
		switch {
		case k.interval == 1:
			return "every " + names
		case len(days) == 1:
			return fmt.Sprintf("every %d days on %s", 7*k.interval, names)
		}
		return every(k.interval, "week") + " on " + names
	case everyMonths:
		return "the " + names + " of " + every(k.interval, "month")
	}
	if k.freq == rrule.MONTHLY && len(k.monthDays) == 1 && len(k.days)+len(k.months)+len(k.positions) == 0 {
		if k.monthDays[0] == -1 {
			return "the last day of " + every(k.interval, "month")
		}
		if k.monthDays[0] > 0 {
			return fmt.Sprintf("day %d of %s", k.monthDays[0], every(k.interval, "month"))
		}
	}
	return "by rule " + k.normalised
}

func every(n int, unit string) string {
	if n == 1 {
		return "every " + unit
	}
	return fmt.Sprintf("every %d %ss", n, unit)
}

// ordinal of a counted weekday, -5 to 5; empty for 0.
func ordinal(n int) string {
	return map[int]string{
		1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth",
		-1: "last", -2: "last but one", -3: "last but two", -4: "last but three", -5: "last but four",
	}[n]
}

// list joins words: Tuesday, Wednesday and Friday.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
