package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// form is how a language writes dates and times. A clock reading is always two digits and two digits, 24 hours.
type form struct {
	date     string // {weekday} {d} {month} {m} {y}
	short    string // the same, plus {dd}, {mm} and {abbr}
	at       string // between a date and one reading
	span     string // between a date and two readings
	after    string // after the readings
	dash     string // between two readings of one day
	colon    string // between hours and minutes
	zoneName map[string]string
}

var forms = map[Lang]form{
	EN: {date: "{weekday} {d} {month} {y}", short: "{d} {abbr} {y}", at: " ", span: ", ", dash: "–", colon: ":"},
	NB: {date: "{weekday} {d}. {month} {y}", short: "{dd}.{mm}.{y}", at: " kl. ", span: " kl. ", dash: "–", colon: ":"},
	SV: {date: "{weekday} {d} {month} {y}", short: "{y}-{mm}-{dd}", at: " kl. ", span: " kl. ", dash: "–", colon: ":"},
	DA: {date: "{weekday} den {d}. {month} {y}", short: "{dd}.{mm}.{y}", at: " kl. ", span: " kl. ", dash: "-", colon: "."},
	DE: {
		date: "{weekday}, {d}. {month} {y}", short: "{dd}.{mm}.{y}", at: ", ", span: ", ", after: " Uhr", dash: "–", colon: ":",
		zoneName: map[string]string{"CET": "MEZ", "CEST": "MESZ", "EET": "OEZ", "EEST": "OESZ", "WET": "WEZ", "WEST": "WESZ"},
	},
	NL: {date: "{weekday} {d} {month} {y}", short: "{dd}-{mm}-{y}", at: " ", span: ", ", after: " uur", dash: "–", colon: ":"},
	FI: {date: "{weekday} {d}.{m}.{y}", short: "{d}.{m}.{y}", at: " klo ", span: " klo ", dash: "–", colon: "."},
}

// Option changes what When and At write.
type Option uint

// FinnishTime adds, in Finnish, the reading of Finland's clocks where it differs: "; Suomen aikaa klo 01.00–07.00".
// Other languages ignore it.
const FinnishTime Option = 1

// When writes the span [start, end) in loc (nil means UTC) with weekdays, dates, readings, zone and offset:
//
//	Friday 16 January 2026, 00:00–06:00 (CET, UTC+1)
//	Friday 16 January 2026 22:00 – Saturday 17 January 2026 05:00 (CET, UTC+1)
//	Saturday 28 March 2026 20:00 (CET, UTC+1) – Sunday 29 March 2026 06:00 (CEST, UTC+2)
//
// Where clocks change inside, both zones stand, and both dates even if they are the same. Seconds are left out; a span
// that begins and ends within one minute, and one that does not end after its start, is written as its start alone.
func When(lang Lang, start, end time.Time, loc *time.Location, options ...Option) string {
	lang = lang.Known()
	start, end = inZone(start, loc), inZone(end, loc)
	if !end.After(start) || sameMinute(start, end) {
		return At(lang, start, loc, options...)
	}
	f := forms[lang]
	from, to := f.zone(start), f.zone(end)
	var text string
	switch {
	case from != to:
		text = f.moment(lang, start) + " (" + from + ") – " + f.moment(lang, end) + " (" + to + ")"
	default:
		text = f.interval(lang, start, end) + " (" + from + ")"
	}
	return text + finnish(lang, start, end, options)
}

// At writes one moment in loc (nil means UTC): "Wednesday 22 April 2026 18:00 (CEST, UTC+2)". Seconds are left out.
func At(lang Lang, t time.Time, loc *time.Location, options ...Option) string {
	lang = lang.Known()
	t = inZone(t, loc)
	f := forms[lang]
	return f.moment(lang, t) + " (" + f.zone(t) + ")" + finnish(lang, t, t, options)
}

// Date writes a day in loc with its weekday: "Friday 16 January 2026".
func Date(lang Lang, t time.Time, loc *time.Location) string {
	lang = lang.Known()
	return forms[lang].fill(forms[lang].date, lang, inZone(t, loc))
}

// ShortDate writes a day in loc as briefly as the language's readers understand: "16 Jan 2026", "16.01.2026",
// "2026-01-16".
func ShortDate(lang Lang, t time.Time, loc *time.Location) string {
	lang = lang.Known()
	return forms[lang].fill(forms[lang].short, lang, inZone(t, loc))
}

// Clock writes a reading in loc: "18:00", in Danish and Finnish "18.00".
func Clock(lang Lang, t time.Time, loc *time.Location) string {
	return forms[lang.Known()].clock(inZone(t, loc))
}

// ClockPhrase writes a reading in loc with the words that go with it: "18:00", "kl. 18:00", "18:00 Uhr".
func ClockPhrase(lang Lang, t time.Time, loc *time.Location) string {
	f := forms[lang.Known()]
	return strings.TrimLeft(f.at, ", ") + f.clock(inZone(t, loc)) + f.after
}

// Clocks writes two readings of one day in loc with the words that go with them: "18:00–19:00", "kl. 18:00–19:00",
// "18:00–19:00 Uhr". Of different days it writes both in full, without the zone.
func Clocks(lang Lang, start, end time.Time, loc *time.Location) string {
	lang = lang.Known()
	f, start, end := forms[lang], inZone(start, loc), inZone(end, loc)
	if !sameDay(start, end) {
		return f.interval(lang, start, end)
	}
	return strings.TrimLeft(f.span, ", ") + f.clock(start) + f.dash + f.clock(end) + f.after
}

// SecondsPhrase is ClockPhrase to the second: "18:00:05", "kl. 18:00:05", "18:00:05 Uhr".
func SecondsPhrase(lang Lang, t time.Time, loc *time.Location) string {
	f := forms[lang.Known()]
	return strings.TrimLeft(f.at, ", ") + f.seconds(inZone(t, loc)) + f.after
}

// Seconds is Clocks to the second, for spans that minutes do not tell apart: "18:00:05–18:00:40". Of different days it writes both in
// full, to the minute.
func Seconds(lang Lang, start, end time.Time, loc *time.Location) string {
	f, from, to := forms[lang.Known()], inZone(start, loc), inZone(end, loc)
	if !sameDay(from, to) {
		return Clocks(lang, start, end, loc)
	}
	return strings.TrimLeft(f.span, ", ") + f.seconds(from) + f.dash + f.seconds(to) + f.after
}

// Zone writes the zone that holds in loc at t, with its offset: "CET, UTC+1"; "UTC+5:30" where the zone has no letters
// of its own; "UTC" for UTC.
func Zone(lang Lang, t time.Time, loc *time.Location) string {
	return forms[lang.Known()].zone(inZone(t, loc))
}

// Month writes a month with its year as it stands alone (nominative): "April 2026", "huhtikuu 2026".
func Month(lang Lang, year int, month time.Month) string {
	return monthName(lang.Known(), month) + " " + strconv.Itoa(year)
}

// Weekday returns the name of a day of the week as it stands alone: "Friday", "perjantai".
func Weekday(lang Lang, day time.Weekday) string {
	name := langs[lang.Known()].locale.WeekdayWide(day)
	if lang == FI {
		name = strings.TrimSuffix(name, "na") // the library has "on Friday"
	}
	return name
}

// ClockChange returns a sentence saying that clocks change inside the window and how long it really lasts, or "".
func ClockChange(lang Lang, start, end time.Time, loc *time.Location) string {
	_, before := inZone(start, loc).Zone()
	_, after := inZone(end, loc).Zone()
	switch {
	case after > before:
		return T(lang, "ui.clock_forward", "duration", Duration(lang, end.Sub(start)))
	case after < before:
		return T(lang, "ui.clock_back", "duration", Duration(lang, end.Sub(start)))
	}
	return ""
}

func monthName(lang Lang, month time.Month) string {
	name := langs[lang].locale.MonthWide(month)
	if lang == FI {
		name = strings.TrimSuffix(name, "ta") // the library has the partitive, which goes with a day
	}
	return name
}

// moment writes date and reading without the zone.
func (f form) moment(lang Lang, t time.Time) string {
	return f.fill(f.date, lang, t) + f.at + f.clock(t) + f.after
}

// interval writes a span without the zone, with one date if it is the same.
func (f form) interval(lang Lang, start, end time.Time) string {
	if sameDay(start, end) {
		return f.fill(f.date, lang, start) + f.span + f.clock(start) + f.dash + f.clock(end) + f.after
	}
	return f.moment(lang, start) + " – " + f.moment(lang, end)
}

func (f form) clock(t time.Time) string {
	return fmt.Sprintf("%02d%s%02d", t.Hour(), f.colon, t.Minute())
}

func (f form) seconds(t time.Time) string {
	return fmt.Sprintf("%s%s%02d", f.clock(t), f.colon, t.Second())
}

func (f form) fill(pattern string, lang Lang, t time.Time) string {
	return Fill(pattern, func(name string) (string, bool) {
		switch name {
		case "weekday":
			return Weekday(lang, t.Weekday()), true
		case "d":
			return strconv.Itoa(t.Day()), true
		case "dd":
			return fmt.Sprintf("%02d", t.Day()), true
		case "m":
			return strconv.Itoa(int(t.Month())), true
		case "mm":
			return fmt.Sprintf("%02d", int(t.Month())), true
		case "month":
			return monthName(lang, t.Month()), true
		case "abbr":
			return langs[lang].locale.MonthAbbreviated(t.Month()), true
		}
		return strconv.Itoa(t.Year()), name == "y"
	})
}

// zone writes abbreviation and offset. Zones without letters are called "+03" in the zone data: there the offset says
// it all.
func (f form) zone(t time.Time) string {
	name, offset := t.Zone()
	if name == "UTC" {
		return name
	}
	sign, minutes := "+", offset/60
	if minutes < 0 {
		sign, minutes = "-", -minutes
	}
	text := "UTC" + sign + strconv.Itoa(minutes/60)
	if minutes%60 != 0 {
		text += fmt.Sprintf(":%02d", minutes%60)
	}
	if name == "" || name[0] == '+' || name[0] == '-' {
		return text
	}
	if own, ok := f.zoneName[name]; ok {
		name = own
	}
	return name + ", " + text
}

// helsinki is nil where the zone is not to be had.
var helsinki = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return nil
	}
	return loc
})

// finnish returns what FinnishTime adds to a span, or to a moment given twice.
func finnish(lang Lang, start, end time.Time, options []Option) string {
	wanted := false
	for _, o := range options {
		wanted = wanted || o == FinnishTime
	}
	loc := helsinki()
	if !wanted || lang != FI || loc == nil {
		return ""
	}
	from, to := start.In(loc), end.In(loc)
	if sameReading(from, start) && sameReading(to, end) {
		return ""
	}
	f := forms[FI]
	switch sameDays := sameDay(from, start) && sameDay(to, end); {
	case start.Equal(end) && sameDays:
		return "; Suomen aikaa klo " + f.clock(from)
	case start.Equal(end):
		return "; Suomen aikaa " + f.moment(FI, from)
	case sameDays:
		return "; Suomen aikaa klo " + f.clock(from) + f.dash + f.clock(to)
	}
	return "; Suomen aikaa " + f.interval(FI, from, to)
}

func inZone(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc)
}

func sameDay(a, b time.Time) bool {
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// sameReading reports whether two clocks show the same.
func sameReading(a, b time.Time) bool {
	return sameDay(a, b) && a.Hour() == b.Hour() && a.Minute() == b.Minute()
}

// sameMinute reports whether two instants lie in one minute of the time line.
func sameMinute(a, b time.Time) bool {
	return a.Truncate(time.Minute).Equal(b.Truncate(time.Minute))
}
