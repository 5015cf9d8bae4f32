package ui

import "strings"

// Compact takes out comments that have lines of their own, indentation and empty lines.
func Compact(source string) string {
	var b strings.Builder
	comment := false
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		switch {
		case comment || strings.HasPrefix(line, "/*"):
			comment = !strings.HasSuffix(line, "*/")
			continue
		case line == "" || strings.HasPrefix(line, "//"):
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
