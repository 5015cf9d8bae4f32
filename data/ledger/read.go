package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/superoffice/statusd/data"
)

// MaxFacts is how many bytes of a facts file are read.
const MaxFacts = 8 << 20

var phases = []data.Phase{
	data.Completed, data.InProgress, data.Verifying, data.Scheduled, data.Held, data.Reserved,
	data.Lapsed, data.Withdrawn, data.Cancelled,
}

// ReadFacts reads one JSON document in the shape of Facts, to the end of r. What is missing takes its default; instants
// become UTC. Everything else that is not as it should be is an error: an unknown, doubled or mistyped member, text after
// the document, more than MaxFacts. The error joins one *data.Error per fault, each naming its member, such as
// outages[2].start, and the way out; after a hundred it only counts.
func ReadFacts(r io.Reader) (Facts, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxFacts+1))
	switch {
	case err != nil:
		return Facts{}, fmt.Errorf("reading facts: %w", err)
	case len(b) > MaxFacts:
		return Facts{}, data.Invalid("", fmt.Sprintf("facts hold more than %d bytes: one file holds one month", MaxFacts))
	}
	return ParseFacts(bytes.TrimPrefix(b, []byte("\ufeff"))) // some editors put a byte order mark before UTF-8
}

// ParseFacts is ReadFacts for what a store kept, however large: a month with very many gaps is more than one would take from a
// stranger.
func ParseFacts(b []byte) (Facts, error) {
	v, err := parse(b)
	if err != nil {
		return Facts{}, err
	}
	var d decoder
	f := d.facts(v)
	if err := d.err(); err != nil {
		return Facts{}, err
	}
	return f, nil
}

// facts makes sense of a whole document.
func (d *decoder) facts(v any) Facts {
	o := d.object("", v, "month", "zone", "target", "as_of", "components", "outages", "maintenance", "unobserved", "revision", "hash", "fingerprint")
	if o == nil {
		return Facts{}
	}
	f := Facts{
		Month:  d.required(o, "", "month", "say which month, such as 2026-04"),
		Zone:   d.required(o, "", "zone", "say on which clock the month is reckoned, such as Europe/Oslo"),
		Target: d.required(o, "", "target", `say what was promised as a share in text, such as "0.998"`),
		AsOf:   d.instant(o, "", "as_of", false),
	}
	f.Settled = Settled{d.revision(o), d.hash(o, "hash"), d.hash(o, "fingerprint")}
	d.header(f)
	if _, said := o["components"]; said {
		f.Counted = []string{}
	}
	for i, v := range d.list(o, "components") {
		s, ok := v.(string)
		if !ok || s == "" {
			d.fault(fmt.Sprintf("components[%d]", i), "this is the name of a component, as text")
			continue
		}
		f.Counted = append(f.Counted, d.clean(fmt.Sprintf("components[%d]", i), s))
	}
	for i, row := range d.list(o, "outages") {
		path := fmt.Sprintf("outages[%d]", i)
		if m := d.object(path, row, "start", "end", "aware", "reported", "impact", "cause", "component", "cohort"); m != nil {
			f.Outages = append(f.Outages, d.outage(path, m))
		}
	}
	for i, row := range d.list(o, "maintenance") {
		path := fmt.Sprintf("maintenance[%d]", i)
		if m := d.object(path, row, "start", "end", "announced", "declared", "phase", "components", "cohort", "category", "id"); m != nil {
			f.Maintenance = append(f.Maintenance, d.maintenance(path, m))
		}
	}
	for i, row := range d.list(o, "unobserved") {
		path := fmt.Sprintf("unobserved[%d]", i)
		if m := d.object(path, row, "start", "end", "component"); m != nil {
			g := Gap{Component: d.name(m, path, "component")}
			g.Start, g.End = d.interval(m, path)
			f.Unobserved = append(f.Unobserved, g)
		}
	}
	return f
}

// revision reads which revision of a settled month the facts are of; zero where they are of none.
func (d *decoder) revision(o map[string]any) int {
	v, there := o["revision"]
	if !there {
		return 0
	}
	text, _ := v.(json.Number)
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		d.fault("revision", "this is a whole number from 1; leave it out for facts that were not settled")
		return 0
	}
	return n
}

// hash reads a SHA-256 in hex; empty where there is none.
func (d *decoder) hash(o map[string]any, name string) string {
	const hint = "64 digits and letters a to f; leave it out for facts that were not settled"
	s, ok := d.text(o, "", name, hint)
	if ok && !hashPattern.MatchString(s) {
		d.fault(name, quote(s)+" is no fingerprint: "+hint)
		return ""
	}
	return s
}

var hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// header checks what only makes sense together. Empty fields were complained about already.
func (d *decoder) header(f Facts) {
	if f.Target != "" {
		_, err := share(f.Target)
		d.add(err)
	}
	loc := time.UTC
	if f.Zone != "" {
		l, err := zone(f.Zone)
		if d.add(err); err == nil {
			loc = l
		}
	}
	if f.Month == "" {
		return
	}
	from, to, err := Bounds(f.Month, loc)
	if d.add(err); err == nil && !f.AsOf.IsZero() && (f.AsOf.Before(from) || !f.AsOf.Before(to)) {
		d.fault("as_of", "it lies outside the month: leave it out for a month that is over")
	}
}

func (d *decoder) outage(path string, m map[string]any) Outage {
	o := Outage{
		Aware:     d.instant(m, path, "aware", false),
		Reported:  d.instant(m, path, "reported", false),
		Impact:    oneOf(d, m, path, "impact", data.NoReadNoWrite, data.Impacts),
		Cause:     oneOf(d, m, path, "cause", data.ByProvider, data.Causes),
		Component: d.name(m, path, "component"),
		Cohort:    d.name(m, path, "cohort"),
	}
	o.Start, o.End = d.interval(m, path)
	if o.Aware.IsZero() {
		o.Aware = o.Start
	}
	return o
}

func (d *decoder) maintenance(path string, m map[string]any) Maintenance {
	w := Maintenance{
		Announced: d.instant(m, path, "announced", false),
		Declared:  d.instant(m, path, "declared", false),
		Phase:     oneOf(d, m, path, "phase", data.Completed, phases),
		Cohort:    d.name(m, path, "cohort"),
		Category:  d.name(m, path, "category"),
		ID:        d.name(m, path, "id"),
	}
	w.Start, w.End = d.interval(m, path)
	switch list := m["components"].(type) {
	case nil:
	case []any:
		for i, v := range list {
			s, ok := v.(string)
			if !ok || s == "" {
				d.fault(fmt.Sprintf("%s.components[%d]", path, i), "this is the name of a component, as text")
				continue
			}
			w.Components = append(w.Components, d.clean(fmt.Sprintf("%s.components[%d]", path, i), s))
		}
		if slices.Contains(w.Components, data.AllCustomers) {
			w.Components = nil
		}
	default:
		d.fault(path+".components", "this is a list of names; leave it out to mean all components")
	}
	return w
}

// interval reads start and end.
func (d *decoder) interval(m map[string]any, path string) (start, end time.Time) {
	start, end = d.instant(m, path, "start", true), d.instant(m, path, "end", false)
	if !start.IsZero() && !end.IsZero() && end.Before(start) {
		d.fault(path+".end", fmt.Sprintf("it ends at %s, before its start %s: give a later end, or leave it out if it goes on",
			end.Format(time.RFC3339), start.Format(time.RFC3339)))
	}
	return start, end
}

// decoder collects faults while it reads.
type decoder struct {
	faults []error
	more   int
}

func (d *decoder) add(err error) {
	if err == nil {
		return
	}
	if len(d.faults) == 100 {
		d.more++
		return
	}
	d.faults = append(d.faults, err)
}

func (d *decoder) fault(path, message string) { d.add(data.Invalid(path, message)) }

func (d *decoder) err() error {
	if d.more > 0 {
		return errors.Join(append(d.faults, fmt.Errorf("and %d more", d.more))...)
	}
	return errors.Join(d.faults...)
}

// object returns v's members by name, without those that are null; nil if v is no object.
func (d *decoder) object(path string, v any, known ...string) map[string]any {
	o, ok := v.(members)
	if !ok {
		d.fault(path, "this is an object in braces, with "+strings.Join(known, ", "))
		return nil
	}
	out := make(map[string]any, len(o))
	seen := make(map[string]bool, len(o))
	for _, m := range o {
		switch {
		case !slices.Contains(known, m.name):
			d.fault(join(path, quote(m.name)), "there is no such member: use "+strings.Join(known, ", "))
		case seen[m.name]:
			d.fault(join(path, m.name), "it is given twice: keep one")
		case m.value != nil:
			out[m.name] = m.value
		}
		seen[m.name] = true
	}
	return out
}

func (d *decoder) list(m map[string]any, name string) []any {
	switch v := m[name].(type) {
	case nil:
	case []any:
		return v
	default:
		d.fault(name, "this is a list in brackets; leave it out if there are none")
	}
	return nil
}

func (d *decoder) text(m map[string]any, path, name, hint string) (s string, ok bool) {
	v, there := m[name]
	if s, ok = v.(string); there && !ok {
		d.fault(join(path, name), "this is text in quotes: "+hint)
	}
	return s, ok
}

func (d *decoder) required(m map[string]any, path, name, hint string) string {
	s, ok := d.text(m, path, name, hint)
	if _, there := m[name]; !there || (ok && s == "") {
		d.fault(join(path, name), "it is missing: "+hint)
	}
	return s
}

func (d *decoder) instant(m map[string]any, path, name string, required bool) time.Time {
	const hint = "write date, time and offset, such as 2026-04-10T00:00:00+02:00"
	s, ok := d.text(m, path, name, hint)
	var t time.Time
	switch _, there := m[name]; {
	case !there && required:
		d.fault(join(path, name), "it is missing: "+hint)
	case ok:
		if err := t.UnmarshalText([]byte(s)); err != nil {
			d.fault(join(path, name), quote(s)+" is no instant: "+hint)
			return time.Time{}
		}
		if t = t.UTC(); t.Year() < 1900 || t.Year() > 2999 {
			d.fault(join(path, name), quote(s)+" is not of the years 1900 to 2999")
			return time.Time{}
		}
	}
	return t
}

// name reads a component or cohort; the result is empty for all.
func (d *decoder) name(m map[string]any, path, name string) string {
	s, _ := d.text(m, path, name, "the name of a "+name+"; leave it out to mean all")
	if s == data.AllCustomers {
		return ""
	}
	return d.clean(join(path, name), s)
}

func (d *decoder) clean(path, s string) string {
	if len(s) > 200 || strings.ContainsFunc(s, unicode.IsControl) {
		d.fault(path, quote(s)+" cannot be a name: use at most 200 bytes without control characters")
	}
	return s
}

func oneOf[T ~string](d *decoder, m map[string]any, path, name string, missing T, known []T) T {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	hint := "use " + strings.Join(words, ", ")
	s, ok := d.text(m, path, name, hint)
	switch {
	case !ok:
		return missing
	case !slices.Contains(known, T(s)):
		d.fault(join(path, name), fmt.Sprintf("%s is no %s: %s", quote(s), name, hint))
	}
	return T(s)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// quote shows what somebody wrote, shortened.
func quote(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "..."
	}
	return fmt.Sprintf("%q", s)
}
