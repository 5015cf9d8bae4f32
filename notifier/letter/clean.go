package letter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine makes text fit for a subject, a label or a banner: control characters, line ends and runs of space become
// one space, characters that turn the direction of writing or are not to be seen go (C30).
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(visible(text), unicode.IsSpace), " ")
}

// manyLines makes text fit for the body of a mail: as oneLine for each line; empty lines part paragraphs.
func manyLines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(text)
	var paragraphs []string
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			paragraphs = append(paragraphs, strings.Join(lines, "\n"))
		}
		lines = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line = oneLine(line); line != "" {
			lines = append(lines, line)
			continue
		}
		flush()
	}
	flush()
	return strings.Join(paragraphs, "\n\n")
}

func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return unicode.ReplacementChar
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case r == '\u200c' || r == '\u200d': // joiners, which some scripts and emoji need
			return r
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}

// cut shortens text to at most limit characters, at a word where one ends in the second half, and says so with "…".
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	if limit <= 1 {
		return "…"
	}
	end, n := 0, 0
	for end = range text {
		if n++; n == limit {
			break
		}
	}
	head := text[:end]
	if i := strings.LastIndexByte(head, ' '); i > len(head)/2 && text[end] != ' ' {
		head = head[:i]
	}
	return strings.TrimRight(head, " ,;:–-") + "…"
}
