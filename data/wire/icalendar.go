package wire

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// icalendar is iCalendar text that grows line by line. It is our own because the library at hand leaves the line breaks in
// addresses as they are, so that one there writes properties of its own, and passes on bytes that are no text.
type icalendar []byte

// octets is the most of one line, without its end (RFC 5545 3.1).
const octets = 75

// line writes a property whose value needs no escaping: it is made here, of letters and digits.
func (b *icalendar) line(name, value string) {
	*b = append(*b, name...)
	*b = append(*b, ':')
	*b = append(*b, value...)
	*b = append(*b, "\r\n"...)
}

func (b *icalendar) instant(name string, t time.Time) {
	b.line(name, t.UTC().Format("20060102T150405Z"))
}

// lines writes a property of type TEXT (RFC 5545 3.3.11). Whatever may end a line for one reader or another is a line break in
// the value; other control characters are left out, and bytes that are no character are one that says so.
func (b *icalendar) lines(name, value string) { b.text(name, value, `\n`) }

// label is lines for what readers show on one line, and some refuse to read if it has several: a break is a space.
func (b *icalendar) label(name, value string) { b.text(name, value, " ") }

func (b *icalendar) text(name, value, lineBreak string) {
	f := b.fold(name)
	var before rune
	for _, r := range value { // bytes that are no character come as U+FFFD
		switch {
		case r == '\n' && before == '\r':
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			f.put(lineBreak)
		case r == '\\', r == ';', r == ',':
			f.put(`\` + string(r))
		case unicode.IsControl(r) && r != '\t':
		default:
			f.put(string(r))
		}
		before = r
	}
	f.end()
}

// uri writes a property of type URI (RFC 5545 3.3.13), which knows no escape of its own: what has no place in an address is
// percent-encoded.
func (b *icalendar) uri(name, value string) {
	const hex = "0123456789ABCDEF"
	f := b.fold(name)
	for _, c := range []byte(value) {
		if c <= ' ' || c >= utf8.RuneSelf-1 || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}' {
			f.put(string([]byte{'%', hex[c>>4], hex[c&15]}))
			continue
		}
		f.put(string(rune(c)))
	}
	f.end()
}

// folded is a line under way.
type folded struct {
	b    *icalendar
	room int // octets left on the line
}

func (b *icalendar) fold(name string) folded {
	*b = append(append(*b, name...), ':')
	return folded{b, octets - len(name) - 1}
}

// put adds a piece that stays in one: a character, or an escape, which some readers only know whole.
func (f *folded) put(piece string) {
	if f.room < len(piece) {
		*f.b = append(*f.b, "\r\n "...)
		f.room = octets - 1
	}
	*f.b = append(*f.b, piece...)
	f.room -= len(piece)
}

func (f *folded) end() { *f.b = append(*f.b, "\r\n"...) }
