package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Bounds on a file. They are far above any real one and keep the work small whatever the text.
const (
	maxBytes   = 1 << 20
	maxValues  = 100_000 // values read, those behind aliases counted each time
	maxEntries = 1_000   // of a list of mappings
	maxFaults  = 500     // reported at once
)

// source is one file as YAML nodes, with what it took over from another.
type source struct {
	name      string
	root      *yaml.Node            // a mapping
	inherited map[*yaml.Node]string // values that came from another file, by its name
}

// parse reads one document. Where the text cannot be read at all the fault is the only one.
func parse(name string, src []byte) (*source, Faults) {
	whole := func(format string, args ...any) (*source, Faults) {
		return nil, Faults{{File: name, Message: fmt.Sprintf(format, args...)}}
	}
	if len(src) > maxBytes {
		return whole("the file has %d bytes: a configuration has at most %d, so this is probably another file", len(src), maxBytes)
	}
	if i := invalidUTF8(src); i >= 0 {
		return nil, Faults{{File: name, Line: 1 + bytes.Count(src[:i], []byte("\n")), Column: i - bytes.LastIndexByte(src[:i], '\n'), Message: "this byte is not UTF-8 text: save the file as UTF-8"}}
	}
	s := &source{name: name, inherited: map[*yaml.Node]string{}}
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		return whole("%s", err)
	}
	var doc yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		s.root = &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
		return s, nil
	case err != nil:
		return nil, s.unreadable(err, src)
	}
	s.root = &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		s.root = doc.Content[0]
	}
	if s.root.Kind == yaml.ScalarNode && s.root.Tag == "!!null" { // only comments
		s.root = &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	}
	if s.root.Kind != yaml.MappingNode {
		return nil, Faults{s.fault(s.root, "the file must hold keys at its top, such as page: or maintenance:")}
	}
	var second yaml.Node
	switch err := loader.Load(&second); {
	case err == nil:
		at := &second
		if len(second.Content) > 0 {
			at = second.Content[0]
		}
		return nil, Faults{s.fault(at, "a second document begins here: keep one, without a line of ---")}
	case !errors.Is(err, io.EOF):
		return nil, s.unreadable(err, src)
	}
	return s, nil
}

func invalidUTF8(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// unreadable turns the library's error into a fault with its place.
func (s *source) unreadable(err error, src []byte) Faults {
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		return Faults{{File: s.name, Message: "this is not YAML: " + err.Error()}}
	}
	mark, what := at.Mark, at.Message
	if mark.Line == 0 {
		mark = at.ContextMark
	}
	if at.ContextMsg != "" {
		what = at.ContextMsg + ": " + what
	}
	f := Fault{File: s.name, Line: max(1, mark.Line), Column: max(1, mark.Column)}
	if line := lineOf(src, f.Line); strings.HasPrefix(strings.TrimLeft(line, " "), "\t") {
		f.Message = "a tab cannot indent: use spaces"
	} else {
		f.Message = fmt.Sprintf("this is not YAML (%s): check indentation, quotes and brackets here and in the line before", what)
	}
	return Faults{f}
}

func lineOf(src []byte, n int) string {
	for i, line := range bytes.Split(src, []byte("\n")) {
		if i == n-1 {
			return string(line)
		}
	}
	return ""
}

func (s *source) fault(n *yaml.Node, format string, args ...any) Fault {
	return Fault{File: s.name, Line: max(1, n.Line), Column: max(1, n.Column), Message: fmt.Sprintf(format, args...)}
}

// inherit takes over from base what s leaves out: whole sections, and single keys of sections that are mappings in both.
func (s *source) inherit(base *source) {
	s.graft(s.root, base.root, base.name)
	for i := 0; i+1 < len(s.root.Content); i += 2 {
		mine := resolve(s.root.Content[i+1])
		theirs := resolve(lookup(base.root, s.root.Content[i].Value))
		if mine != nil && theirs != nil && mine.Kind == yaml.MappingNode && theirs.Kind == yaml.MappingNode && mine != theirs {
			filled := *mine // what an alias stands for may be used elsewhere too
			filled.Content = slices.Clone(mine.Content)
			s.root.Content[i+1] = &filled
			s.graft(&filled, theirs, base.name)
		}
	}
}

func (s *source) graft(to, from *yaml.Node, name string) {
	for i := 0; i+1 < len(from.Content); i += 2 {
		if key, value := from.Content[i], from.Content[i+1]; lookup(to, key.Value) == nil {
			to.Content = append(to.Content, key, value)
			s.inherited[value] = name
			s.inherited[key] = name
		}
	}
}

// lookup returns the value of a key of a mapping, or nil.
func lookup(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	for range 8 { // an alias stands for an anchored node, which is no alias itself
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// path leads from the root to a value: keys (string) and positions in lists (int).
type path []any

func (p path) with(steps ...any) path { return append(p[:len(p):len(p)], steps...) }

// place finds the value at p, or the nearest thing around it that is there.
func (s *source) place(p path) (file string, n *yaml.Node) {
	file, n = s.name, s.root
	for _, step := range p {
		in := resolve(n)
		var next *yaml.Node
		switch step := step.(type) {
		case string:
			next = lookup(in, step)
		case int:
			if in != nil && in.Kind == yaml.SequenceNode && step < len(in.Content) {
				next = in.Content[step]
			}
		}
		if next == nil {
			break
		}
		if from, ok := s.inherited[next]; ok {
			file = from
		}
		n = next
	}
	return file, n
}

// key finds the key of a section, or nil where the section is not in this file itself.
func (s *source) key(section string) *yaml.Node {
	for i := 0; i+1 < len(s.root.Content); i += 2 {
		if k := s.root.Content[i]; k.Value == section && s.inherited[k] == "" {
			return k
		}
	}
	return nil
}
