package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/superoffice/statusd/data/i18n"
)

// maxText is the most characters a text may have.
const maxText = 2000

// decoder turns nodes into the structs of file.go. It goes on after a fault, so that all are found.
type decoder struct {
	src    *source
	name   string // of the file that the nodes below came from
	faults Faults
	values int
	full   bool // too many values: said once
}

// decode is whole unless it gave up before the end, so that nothing can be said about what is missing.
func decode(s *source) (f file, faults Faults, whole bool) {
	d := decoder{src: s, name: s.name}
	d.mapping(s.root, "the file", reflect.ValueOf(&f).Elem(), true)
	return f, d.faults, !d.full
}

func (d *decoder) fault(n *yaml.Node, format string, args ...any) {
	if len(d.faults) >= maxFaults {
		return
	}
	f := d.src.fault(n, format, args...)
	f.File = d.name
	d.faults = append(d.faults, f)
}

// enter counts a value and follows an alias; nil means to stop here.
func (d *decoder) enter(n *yaml.Node) *yaml.Node {
	if d.values++; d.values > maxValues {
		if !d.full {
			d.full = true
			d.fault(n, "more than %d values, counting those behind aliases each time: shorten the file", maxValues)
		}
		return nil
	}
	return resolve(n)
}

// mapping fills a struct. top marks the root, whose keys need no name in messages.
func (d *decoder) mapping(at *yaml.Node, what string, v reflect.Value, top bool) {
	n := d.enter(at)
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fault(at, "%s must hold keys, such as %s:, and this is %s", what, fieldsOf(v.Type())[0].key, kindOf(n))
		return
	}
	fields := fieldsOf(v.Type())
	seen := d.keys(n, what)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] != key {
			continue
		}
		j := slices.IndexFunc(fields, func(f field) bool { return f.key == key.Value })
		if j < 0 {
			d.fault(key, "%s has no key %s: %s", what, strconv.Quote(clip(key.Value)), didYouMean(key.Value, keysOf(fields)))
			continue
		}
		outer := d.name
		if from, ok := d.src.inherited[value]; ok {
			d.name = from
		}
		d.value(value, v.Field(j), fields[j])
		d.name = outer
	}
	for _, f := range fields {
		if f.required && seen[f.key] == nil && !top {
			d.fault(at, "%s needs %s: %s", what, f.key, lowerFirst(f.doc))
		}
	}
}

// keys returns the first node of each key and reports the others.
func (d *decoder) keys(n *yaml.Node, what string) map[string]*yaml.Node {
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch first := seen[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			d.fault(key, "%s has a key that is no word: use a plain key such as id:", what)
		case key.Tag == "!!merge" || key.Value == "<<":
			d.fault(key, "<< is not supported: write the keys out, or use an alias for a whole value")
		case first != nil:
			d.fault(key, "the key %s was given before, in line %d: keep one", strconv.Quote(clip(key.Value)), first.Line)
		default:
			seen[key.Value] = key
		}
	}
	return seen
}

func (d *decoder) value(at *yaml.Node, v reflect.Value, f field) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Type() {
	case reflect.TypeFor[text]():
		if t := d.text(at, f); t != nil {
			v.Set(reflect.ValueOf(t))
		}
		return
	case reflect.TypeFor[span]():
		if s, ok := d.scalar(at, f, "!!str", "!!int"); ok {
			if t, err := parseSpan(s); err != nil {
				d.fault(at, "%s: %s", f.key, err)
			} else {
				v.SetInt(int64(t))
			}
		}
		return
	case reflect.TypeFor[number]():
		if s, ok := d.scalar(at, f, "!!str", "!!int", "!!float"); ok {
			v.SetString(s)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(at, f.key, v, false)
	case reflect.Slice:
		d.list(at, v, f)
	case reflect.Map:
		d.pairs(at, v, f)
	case reflect.Bool:
		if s, ok := d.scalar(at, f, "!!bool"); ok {
			v.SetBool(strings.EqualFold(s, "true"))
		}
	case reflect.Int:
		if s, ok := d.scalar(at, f, "!!int"); ok {
			n, err := strconv.ParseInt(s, 10, 32)
			if err != nil {
				d.fault(at, "%s: %s is no whole number that fits here", f.key, strconv.Quote(clip(s)))
			}
			v.SetInt(n)
		}
	default:
		if s, ok := d.scalar(at, f, "!!str", "!!timestamp"); ok && d.clean(at, s, f) {
			v.SetString(s)
		}
	}
}

func (d *decoder) list(at *yaml.Node, v reflect.Value, f field) {
	n := d.enter(at)
	if n == nil {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.fault(at, "%s must be a list, and this is %s: begin each entry with a hyphen, or write [] for none", f.key, kindOf(n))
		return
	}
	if len(n.Content) == 0 {
		return
	}
	if v.Type().Elem().Kind() == reflect.Struct && len(n.Content) > maxEntries {
		d.fault(at, "%s has %d entries: at most %d", f.key, len(n.Content), maxEntries)
		return
	}
	// Places stay the same as in the file, also behind a fault.
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		if list.Index(i).Kind() == reflect.Struct {
			d.mapping(c, "an entry of "+f.key, list.Index(i), false)
		} else {
			d.value(c, list.Index(i), f)
		}
	}
	v.Set(list)
}

func (d *decoder) pairs(at *yaml.Node, v reflect.Value, f field) {
	n := d.enter(at)
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fault(at, "%s must hold keys and values, and this is %s", f.key, kindOf(n))
		return
	}
	m := map[string]string{}
	seen := d.keys(n, f.key)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; seen[key.Value] == key {
			if s, ok := d.scalar(n.Content[i+1], f, "!!str"); ok && d.clean(n.Content[i+1], s, f) {
				m[key.Value] = s
			}
		}
	}
	v.Set(reflect.ValueOf(m))
}

func (d *decoder) text(at *yaml.Node, f field) text {
	if n := resolve(at); n == nil || n.Kind != yaml.MappingNode {
		if s, ok := d.scalar(at, f, "!!str"); ok && d.clean(at, s, f) {
			return text{"en": s}
		}
		return nil
	}
	n := d.enter(at)
	if n == nil {
		return nil
	}
	words := text{}
	seen := d.keys(n, f.key)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] != key {
			continue
		}
		if !slices.Contains(langs(), key.Value) {
			d.fault(key, "%s: %s is no language here: %s", f.key, strconv.Quote(clip(key.Value)), didYouMean(key.Value, langs()))
			continue
		}
		if s, ok := d.scalar(n.Content[i+1], f, "!!str"); ok && d.clean(n.Content[i+1], s, f) {
			words[key.Value] = s
		}
	}
	if seen["en"] == nil {
		d.fault(at, "%s has no English text, which the other languages fall back to: add en:", f.key)
	}
	return words
}

// scalar returns the text of a single value of one of the given kinds.
func (d *decoder) scalar(at *yaml.Node, f field, tags ...string) (string, bool) {
	n := d.enter(at)
	switch {
	case n == nil:
		return "", false
	case n.Kind != yaml.ScalarNode:
		d.fault(at, "%s must be a single value, and this is %s", f.key, kindOf(n))
	case n.Tag == "!!null":
		d.fault(at, "%s has no value: give one, or leave the key out", f.key)
	case slices.Contains(tags, n.Tag):
		return strings.TrimRight(n.Value, "\n"), true // a block ends with a line break that nobody means
	case slices.Contains(tags, "!!bool"):
		d.fault(at, "%s must be true or false", f.key)
	case tags[0] == "!!int":
		d.fault(at, "%s must be a whole number without quotes", f.key)
	case slices.Contains(f.enum, n.Value):
		return n.Value, true
	default:
		d.fault(at, "%s must be text, and this is %s: put it in quotes", f.key, kindOf(n))
	}
	return "", false
}

// clean checks a text: its length, its characters, and that it is an allowed word where only some are.
func (d *decoder) clean(at *yaml.Node, s string, f field) bool {
	if utf8.RuneCountInString(s) > maxText {
		d.fault(at, "%s has more than %d characters: shorten it", f.key, maxText)
		return false
	}
	for _, r := range s {
		if r == '\n' && !f.lines {
			d.fault(at, "%s must be one line", f.key)
			return false
		}
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			d.fault(at, "%s holds the control character %U: remove it", f.key, r)
			return false
		}
	}
	if strings.TrimSpace(s) == "" {
		d.fault(at, "%s is empty: give a value, or leave the key out", f.key)
		return false
	}
	if len(f.enum) > 0 && !slices.Contains(f.enum, s) {
		d.fault(at, "%s: %s is not known here: %s", f.key, strconv.Quote(clip(s)), didYouMean(s, f.enum))
		return false
	}
	return true
}

// field is what the tags of file.go say of one key.
type field struct {
	key      string
	doc      string
	example  string
	def      string
	enum     []string
	required bool
	lines    bool
	typ      reflect.Type
}

func fieldsOf(t reflect.Type) []field {
	out := make([]field, t.NumField())
	for i := range out {
		f := t.Field(i)
		out[i] = field{
			key: f.Tag.Get("yaml"), doc: f.Tag.Get("doc"), example: f.Tag.Get("eg"), def: f.Tag.Get("def"), typ: f.Type,
			enum: strings.Fields(f.Tag.Get("enum")), required: f.Tag.Get("req") != "", lines: f.Tag.Get("lines") != "",
		}
	}
	return out
}

func keysOf(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.key
	}
	return out
}

func langs() []string {
	out := make([]string, len(i18n.Langs))
	for i, l := range i18n.Langs {
		out[i] = string(l)
	}
	return out
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Tag == "!!null":
		return "empty"
	case n.Tag == "!!bool":
		return "true or false"
	case n.Tag == "!!int", n.Tag == "!!float":
		return "a number"
	case n.Tag == "!!str":
		return "text"
	}
	return fmt.Sprintf("a value of kind %s", clip(n.Tag))
}

func lowerFirst(s string) string {
	if s == "" || len(s) > 1 && unicode.IsUpper(rune(s[1])) {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
