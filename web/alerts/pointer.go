package alerts

import (
	"fmt"
	"strconv"
	"strings"
)

// Pointer leads to a value in a JSON document (RFC 6901). The zero Pointer leads to the whole document.
type Pointer struct {
	text  string
	steps []string
}

// ParsePointer reads a pointer: empty, or steps that each begin with a slash, where ~1 is a slash and ~0 a tilde.
func ParsePointer(s string) (Pointer, error) {
	if s == "" {
		return Pointer{}, nil
	}
	rest, ok := strings.CutPrefix(s, "/")
	if !ok {
		return Pointer{}, fmt.Errorf("%q is no JSON pointer: it begins with a slash, such as /alert/status", clip(s))
	}
	p := Pointer{text: s}
	for step := range strings.SplitSeq(rest, "/") {
		for i := 0; i < len(step); i++ { // RFC 6901 3: a tilde is followed by 0 or 1
			if step[i] == '~' && (i+1 == len(step) || step[i+1] != '0' && step[i+1] != '1') {
				return Pointer{}, fmt.Errorf("%q is no JSON pointer: write a tilde as ~0 and a slash as ~1", clip(s))
			}
		}
		p.steps = append(p.steps, strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~"))
	}
	return p, nil
}

// String returns what ParsePointer read.
func (p Pointer) String() string { return p.text }

// Given says whether the pointer leads anywhere but to the whole document.
func (p Pointer) Given() bool { return len(p.steps) > 0 }

// In follows the pointer in a document that encoding/json decoded into an any.
func (p Pointer) In(doc any) (any, bool) {
	for _, step := range p.steps {
		switch v := doc.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return nil, false
			}
			doc = next
		case []any: // RFC 6901 4: digits without leading zeros
			n, err := strconv.Atoi(step)
			if err != nil || n < 0 || n >= len(v) || strconv.Itoa(n) != step {
				return nil, false
			}
			doc = v[n]
		default:
			return nil, false
		}
	}
	return doc, true
}
