package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file, or worth a second look. Line and Column count from 1; both are 0 where the
// fault is about the file as a whole. The message names the way out and never holds a secret.
type Fault struct {
	File    string
	Line    int
	Column  int
	Message string
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults is everything that is wrong with a configuration, sorted by place. As an error it is one line per fault.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders by place and drops what was said twice. It is nil for none.
func (fs Faults) sorted() Faults {
	slices.SortFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(fs)
}

// nearest returns the word that was probably meant, or "".
func nearest(word string, known []string) string {
	best, bestAt := "", 3
	for _, k := range known[:min(len(known), 200)] {
		limit := 1 + len(k)/4
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d <= limit && d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// didYouMean is the way out where one of a few words was expected.
func didYouMean(word string, known []string) string {
	if k := nearest(word, known); k != "" {
		return fmt.Sprintf("did you mean %q?", k)
	}
	if len(known) == 0 {
		return "none is defined"
	}
	if len(known) > 30 {
		return "use one of " + strings.Join(known[:30], ", ") + ", …"
	}
	return "use one of " + strings.Join(known, ", ")
}

// distance counts the edits (change, add, drop, swap of neighbours) that turn a into b. Words of more than 64 bytes are
// far from everything.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
