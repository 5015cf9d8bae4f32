package data

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText checks what a person wrote: valid UTF-8 without control characters but line feed and tab, trimmed, of 1 to
// limit characters.
func CleanText(field, s string, limit int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	switch {
	case s == "":
		return "", Invalid(field, "say something: this is what people will read")
	case !utf8.ValidString(s):
		return "", Invalid(field, "this is not valid UTF-8 text")
	case utf8.RuneCountInString(s) > limit:
		return "", Invalid(field, fmt.Sprintf("at most %d characters, this has %d", limit, utf8.RuneCountInString(s)))
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return "", Invalid(field, fmt.Sprintf("the control character %U is not allowed", r))
		}
	}
	return s, nil
}

// CleanLine is CleanText for text of one line.
func CleanLine(field, s string, limit int) (string, error) {
	if strings.ContainsAny(strings.TrimSpace(s), "\r\n\t") {
		return "", Invalid(field, "write it in one line")
	}
	return CleanText(field, s, limit)
}
