package i18n

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
)

// Plural returns the form of key that goes with n, "{n}" and the pairs filled in: key + ".one" or key + ".other" by
// the language's cardinal rule (Unicode CLDR). A negative n is written with its sign.
func Plural(lang Lang, key string, n int, pairs ...string) string {
	form := ".other"
	if langs[lang.Known()].locale.CardinalPluralRule(float64(n), 0) == locales.PluralRuleOne {
		form = ".one"
	}
	return T(lang, key+form, append([]string{"n", strconv.Itoa(n)}, pairs...)...)
}

// Duration writes a length in days of 24 hours, hours, minutes and seconds, leaving out what is zero: "1 hour 30
// minutes". From an hour on, seconds are left out; parts of a second always are, so nothing is ever rounded up. A
// positive length below a second is "less than a second"; zero and negative lengths are "0 seconds".
func Duration(lang Lang, d time.Duration) string {
	if d > 0 && d < time.Second {
		return T(lang, "duration.less_than_second")
	}
	seconds := int64(max(d, 0) / time.Second)
	if seconds >= 3600 {
		seconds -= seconds % 60
	}
	var parts []string
	for _, unit := range [...]struct {
		key    string
		length int64
	}{{"duration.day", 86400}, {"duration.hour", 3600}, {"duration.minute", 60}, {"duration.second", 1}} {
		if n := seconds / unit.length; n > 0 {
			parts = append(parts, Plural(lang, unit.key, int(n)))
			seconds -= n * unit.length
		}
	}
	if len(parts) == 0 {
		return Plural(lang, "duration.second", 0)
	}
	return strings.Join(parts, " ")
}

// noBreakSpace keeps a percent sign on the line of its number.
const noBreakSpace = "\u00a0"

// Percent writes a percentage that is already cut to the digits to be shown, "99.93", in the language's form: 99.93%
// or 99,93 %. It never rounds: digits come out as they went in.
func Percent(lang Lang, figure string) string {
	switch lang = lang.Known(); lang {
	case EN:
		return figure + "%"
	case NL:
		return strings.Replace(figure, ".", ",", 1) + "%"
	}
	return strings.Replace(figure, ".", ",", 1) + noBreakSpace + "%"
}
