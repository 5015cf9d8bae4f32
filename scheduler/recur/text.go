package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/teambition/rrule-go"

	"github.com/superoffice/statusd/data"
)

// Bounds on the numbers of a rule's text.
const (
	maxInterval = 1000
	maxCount    = 1000
)

// ruleText is the text of an RFC 5545 rule, read and within bounds. Weeks begin on Monday.
type ruleText struct {
	freq       rrule.Frequency
	interval   int
	count      int       // zero means no count
	until      time.Time // zero means for ever
	days       []nth     // n is zero for every such weekday
	monthDays  []int
	months     []int
	positions  []int
	normalised string
}

var frequencies = map[string]rrule.Frequency{
	"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY,
}

var weekdays = map[string]time.Weekday{
	"MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday,
	"SA": time.Saturday, "SU": time.Sunday,
}

// refused says what to do instead of a part of RFC 5545 that is not taken.
var refused = map[string]string{
	"DTSTART":   "set anchor, such as 2026-01-02, and start, such as 22:00",
	"TZID":      "set zone, such as Europe/Oslo",
	"EXDATE":    "cancel single windows where they are listed",
	"RDATE":     "add single windows where they are listed",
	"BYHOUR":    "set start, such as 22:00",
	"BYMINUTE":  "set start, such as 22:00",
	"BYSECOND":  "set start, such as 22:00",
	"BYWEEKNO":  "use FREQ=WEEKLY;INTERVAL=2 with an anchor, since week numbers break step at a year of 53 weeks",
	"BYYEARDAY": "use BYMONTH and BYMONTHDAY",
	"BYEASTER":  "add those windows one by one",
}

// parseRule reads an RRULE's text without DTSTART.
func parseRule(text string) (ruleText, error) {
	r := ruleText{interval: 1, normalised: strings.ToUpper(strings.TrimSpace(text))}
	fault := func(format string, args ...any) (ruleText, error) {
		return ruleText{}, data.Invalid("rule", fmt.Sprintf(format, args...))
	}
	const form = "use parts such as FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
	if len(text) > maxText {
		return fault("a rule of %d characters is too long: use at most %d, with %s", len(text), maxText, form)
	}
	if strings.ContainsFunc(r.normalised, func(c rune) bool { return c <= ' ' || c > '~' }) || strings.Contains(r.normalised, ":") {
		return fault("rule %s is more than the parts of one RRULE: %s, on one line, without a name before it", quote(text), form)
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(r.normalised, ";"), ";") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || value == "" {
			return fault("%s in rule %s is no part of a rule: %s", quote(part), quote(text), form)
		}
		if seen[key] {
			return fault("%s stands twice in rule %s: keep one", key, quote(text))
		}
		seen[key] = true
		if wayOut := r.part(key, value); wayOut != "" {
			return fault("%s in rule %s cannot be used: %s", part, quote(text), wayOut)
		}
	}
	if !seen["FREQ"] {
		return fault("rule %s says no FREQ: %s", quote(text), form)
	}
	if wayOut := r.conflict(); wayOut != "" {
		return fault("the parts of rule %s do not fit together: %s", quote(text), wayOut)
	}
	return r, nil
}

// part takes one part of the text in, or returns the way out.
func (r *ruleText) part(key, value string) string {
	switch key {
	case "FREQ":
		freq, ok := frequencies[value]
		if !ok {
			return "use DAILY, WEEKLY, MONTHLY or YEARLY; for several windows a day use cron, such as 0 */6 * * *"
		}
		r.freq = freq
	case "INTERVAL":
		return oneNumber(value, maxInterval, &r.interval)
	case "COUNT":
		return oneNumber(value, maxCount, &r.count)
	case "UNTIL":
		until, err := time.Parse("20060102", value)
		if err != nil {
			return "give the last date alone, such as UNTIL=20271231; it is a date of the rule's own zone and counts in full"
		}
		r.until = until
	case "WKST":
		if value != "MO" {
			return "weeks begin on Monday here: leave WKST out and set the anchor to the week that is meant"
		}
	case "BYDAY":
		return r.weekdays(value)
	case "BYMONTHDAY":
		return numbers(value, 31, true, &r.monthDays)
	case "BYMONTH":
		return numbers(value, 12, false, &r.months)
	case "BYSETPOS":
		return numbers(value, 366, true, &r.positions)
	default:
		if wayOut, ok := refused[key]; ok {
			return wayOut
		}
		return "there is no such part; use FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, UNTIL or COUNT"
	}
	return ""
}

// conflict finds parts that RFC 5545 forbids together or that readers take in different ways, and returns the way out.
func (r *ruleText) conflict() string {
	counted := 0
	for _, d := range r.days {
		if d.n != 0 {
			counted++
		}
	}
	switch {
	case r.count > 0 && !r.until.IsZero():
		return "keep one of COUNT and UNTIL"
	case counted > 0 && counted < len(r.days):
		return "BYDAY either counts its weekdays, as in 2FR, or names them, as in FR: make it two rules"
	case counted > 0 && (r.freq == rrule.DAILY || r.freq == rrule.WEEKLY):
		return "a counted weekday, as in 2FR, needs FREQ=MONTHLY"
	case counted > 0 && r.freq == rrule.YEARLY && len(r.months) == 0:
		return "a counted weekday, as in 2FR, needs FREQ=MONTHLY, or BYMONTH beside FREQ=YEARLY"
	case len(r.monthDays) > 0 && r.freq == rrule.WEEKLY:
		return "BYMONTHDAY needs FREQ=MONTHLY or YEARLY"
	case len(r.positions) > 0 && r.freq != rrule.MONTHLY && r.freq != rrule.YEARLY:
		return "BYSETPOS needs FREQ=MONTHLY or YEARLY"
	case len(r.positions) > 0 && len(r.days)+len(r.monthDays) == 0:
		return "BYSETPOS picks from the days of BYDAY or BYMONTHDAY: name them, as in BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
	}
	return ""
}

// oneNumber reads a number from 1 to most.
func oneNumber(value string, most int, to *int) string {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most {
		return fmt.Sprintf("use a whole number from 1 to %d", most)
	}
	*to = n
	return ""
}

// numbers reads a list of numbers from 1 to most, or from the end with a minus.
func numbers(value string, most int, signed bool, to *[]int) string {
	for word := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n == 0 || n > most || n < -most || n < 0 && !signed {
			if signed {
				return fmt.Sprintf("use numbers from 1 to %d, or -1 to -%d from the end, joined by commas", most, most)
			}
			return fmt.Sprintf("use numbers from 1 to %d, joined by commas", most)
		}
		if !slices.Contains(*to, n) {
			*to = append(*to, n)
		}
	}
	return ""
}

func (r *ruleText) weekdays(value string) string {
	const wayOut = "use MO, TU, WE, TH, FR, SA, SU, joined by commas, or counted in the month from 1 to 5, or -1 to -5 from its end, as in 2FR or -1SU"
	for word := range strings.SplitSeq(value, ",") {
		if len(word) < 2 {
			return wayOut
		}
		day, ok := weekdays[word[len(word)-2:]]
		if !ok {
			return wayOut
		}
		d := nth{weekday: day}
		if count := word[:len(word)-2]; count != "" {
			n, err := strconv.Atoi(count)
			if err != nil || n == 0 || n < -5 || n > 5 {
				return wayOut
			}
			d.n = n
		}
		if !slices.Contains(r.days, d) {
			r.days = append(r.days, d)
		}
	}
	return ""
}

// completed names the parts that RFC 5545 takes from the first date where the text leaves them out, or returns the way out
// where that would silently skip short months.
func (r ruleText) completed(anchor time.Time) (ruleText, error) {
	if len(r.days)+len(r.monthDays) > 0 {
		return r, nil
	}
	year, month, day := anchor.Date()
	switch r.freq {
	case rrule.WEEKLY:
		r.days = []nth{{weekday: anchor.Weekday()}}
		return r, nil
	case rrule.DAILY:
		return r, nil
	case rrule.YEARLY:
		if len(r.months) == 0 {
			r.months = []int{int(month)}
		}
	}
	for _, m := range r.months {
		if lengthOf := time.Date(year|1, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day(); day > lengthOf {
			return r, shortMonth(day)
		}
	}
	if len(r.months) == 0 && day > 28 {
		return r, shortMonth(day)
	}
	r.monthDays = []int{day}
	return r, nil
}

func shortMonth(day int) error {
	return data.Invalid("rule", fmt.Sprintf("the rule would take the day from the anchor, the %d, and skip every month without one: "+
		"say BYMONTHDAY=-1 for the last day, or BYMONTHDAY=%d if skipping is meant", day, day))
}

// schedule is the rule on clock readings carried in UTC, at seconds into the day, in step with first and not before it.
func (r ruleText) schedule(first time.Time, at int64) cron.Schedule {
	begin, n := dayOf(first), int64(r.interval)
	if len(r.months)+len(r.monthDays)+len(r.positions) == 0 {
		switch {
		case r.freq == rrule.DAILY && len(r.days) == 0:
			return everyDays{first: begin, n: n, at: at}
		case r.freq == rrule.WEEKLY:
			s := everyWeeks{first: begin, monday: mondayOf(begin), n: n, at: at}
			for _, d := range r.days {
				s.on |= 1 << ((d.weekday + 6) % 7)
			}
			return s
		case r.freq == rrule.MONTHLY && r.days[0].n != 0:
			return everyMonths{first: begin, month: int64(first.Year())*12 + int64(first.Month()) - 1, n: n, at: at, on: r.days}
		}
	}
	return rest{options: r.options(), first: first, at: at}
}

// options is the rule for rrule-go, without DTSTART and without an end.
func (r ruleText) options() rrule.ROption {
	o := rrule.ROption{Freq: r.freq, Interval: r.interval, Wkst: rrule.MO, Bymonth: r.months, Bymonthday: r.monthDays, Bysetpos: r.positions}
	names := [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}
	for _, d := range r.days {
		if d.n == 0 {
			o.Byweekday = append(o.Byweekday, names[d.weekday])
		} else {
			o.Byweekday = append(o.Byweekday, names[d.weekday].Nth(d.n))
		}
	}
	return o
}
