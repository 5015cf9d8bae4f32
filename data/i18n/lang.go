package i18n

import (
	"strings"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/sv"
)

// Lang is a language the service speaks, as the BCP 47 tag that also stands in lang="…", in the API and in
// configuration. The zero value, and any value that is not one of the constants, reads as English.
type Lang string

// The languages.
const (
	EN Lang = "en"
	NB Lang = "nb"
	SV Lang = "sv"
	DA Lang = "da"
	DE Lang = "de"
	NL Lang = "nl"
	FI Lang = "fi"
)

// Langs are all languages in the order in which a choice of language shows them.
var Langs = [...]Lang{EN, NB, SV, DA, DE, NL, FI}

// langs is what is known of each language beside its words.
var langs = map[Lang]struct {
	name   string // in the language itself
	locale locales.Translator
}{
	EN: {"English", en.New()},
	NB: {"Norsk bokmål", nb.New()},
	SV: {"Svenska", sv.New()},
	DA: {"Dansk", da.New()},
	DE: {"Deutsch", de.New()},
	NL: {"Nederlands", nl.New()},
	FI: {"Suomi", fi.New()},
}

// Name returns the language's name in the language itself.
func (l Lang) Name() string { return langs[l.Known()].name }

// Known returns l, or English where l is no language of ours.
func (l Lang) Known() Lang {
	if _, ok := langs[l]; ok {
		return l
	}
	return EN
}

// Parse returns the language that a tag asks for: "de", "de-CH" and "DE_at" are German; "no", "nb" and "nn" are
// Norwegian bokmål. It returns English and false for a language we do not speak.
func Parse(tag string) (Lang, bool) {
	tag = strings.TrimSpace(tag)
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) != 2 {
		return EN, false
	}
	switch l := Lang(strings.ToLower(tag)); l {
	case "no", "nn":
		return NB, true
	case EN, NB, SV, DA, DE, NL, FI:
		return l, true
	}
	return EN, false
}

// Bounds on an Accept-Language header: what lies beyond is not read.
const (
	maxAcceptBytes = 1024
	maxAcceptParts = 32
)

// Match returns the language that fits an Accept-Language header best (RFC 9110 12.5.4): the one with the highest
// quality, of equals the first named. Malformed parts are ignored, "*" stands for English, a quality of zero refuses,
// and a header that names nothing we speak gets English.
func Match(acceptLanguage string) Lang {
	rest, whole := acceptLanguage, true
	if len(rest) > maxAcceptBytes {
		rest, whole = rest[:maxAcceptBytes], false
	}
	best, bestQuality := EN, 0
	for range maxAcceptParts {
		part, tail, more := strings.Cut(rest, ",")
		if !more && !whole {
			break // the last part may have been cut in the middle
		}
		tag, params, _ := strings.Cut(part, ";")
		lang, ok := Parse(tag)
		if strings.TrimSpace(tag) == "*" {
			lang, ok = EN, true
		}
		if q, valid := quality(params); ok && valid && q > bestQuality {
			best, bestQuality = lang, q
		}
		if !more {
			break
		}
		rest = tail
	}
	return best
}

// quality reads the "q=0.8" after a language's semicolon, in thousandths. No parameter at all means 1.
func quality(params string) (int, bool) {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1000, true
	}
	name, value, found := strings.Cut(params, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 0, false
	}
	value = strings.TrimSpace(value)
	whole, fraction, _ := strings.Cut(value, ".")
	if (whole != "0" && whole != "1") || len(fraction) > 3 {
		return 0, false
	}
	q := 0
	for i := range 3 {
		digit := byte('0')
		if i < len(fraction) {
			digit = fraction[i]
		}
		if digit < '0' || digit > '9' {
			return 0, false
		}
		q = q*10 + int(digit-'0')
	}
	if whole == "1" {
		return 1000, q == 0
	}
	return q, true
}
