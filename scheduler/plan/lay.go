package plan

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// Layout is what plans make in a span of time.
type Layout struct {
	Windows  map[data.OccurrenceKey]data.Occurrence
	Withheld map[data.OccurrenceKey]Withheld // what their rules make and a freeze or a holiday withholds
	Moved    map[data.OccurrenceKey]string   // of Windows, why one is not where its rule puts it
}

// Withheld is a window that is not laid out.
type Withheld struct {
	Occurrence data.Occurrence // where its rule puts it
	Why        string          // in a line
}

func newLayout() Layout {
	return Layout{
		Windows: map[data.OccurrenceKey]data.Occurrence{}, Withheld: map[data.OccurrenceKey]Withheld{}, Moved: map[data.OccurrenceKey]string{},
	}
}

// InOrder are the windows by start, then category, then cohort.
func (l Layout) InOrder() []data.Occurrence { return InOrder(slices.Collect(maps.Values(l.Windows))) }

// WithheldInOrder are those withheld by when they would have started.
func (l Layout) WithheldInOrder() []Withheld {
	out := slices.Collect(maps.Values(l.Withheld))
	slices.SortFunc(out, func(a, b Withheld) int { return inOrder(a.Occurrence, b.Occurrence) })
	return out
}

// Lay returns what the plans make with a start in [from, to). A version of a plan governs what its rule starts from its
// ValidFrom to that of the next version (T3). A plan whose rule or freezes do not compile is an error that names it, and the
// other plans are laid out all the same.
func Lay(plans []data.Maintenance, from, to time.Time) (Layout, error) {
	p, err := prepare(plans)
	pad := time.Duration(p.pad()) * 24 * time.Hour
	for _, versions := range p.plans {
		for i, v := range versions {
			since, until := latest(from.Add(-pad), v.ValidFrom), to.Add(pad)
			if i+1 < len(versions) && versions[i+1].ValidFrom.Before(until) {
				until = versions[i+1].ValidFrom
			}
			if v.broken || v.Retired || !since.Before(until) {
				continue
			}
			for _, at := range v.rule.Between(since, until) {
				p.add(v, at)
			}
		}
	}
	out := p.settle()
	outside := func(o data.Occurrence) bool { return o.Window.Start.Before(from) || !o.Window.Start.Before(to) }
	out.keep(func(o data.Occurrence) bool { return !outside(o) })
	return out, err
}

// LayDates returns what the plans make on local nominal dates in [from, to), both YYYY-MM-DD. It is Lay for people who plan
// ahead, and takes each plan as it is written, whenever it holds: an error names the date or the plan that is wrong.
func LayDates(plans []data.Maintenance, from, to string) (Layout, error) {
	plans = slices.DeleteFunc(slices.Clone(plans), func(m data.Maintenance) bool { return m.Retired })
	p, err := prepare(plans)
	if err != nil {
		return newLayout(), err
	}
	begin, end, err := padded(from, to, p.pad())
	if err != nil {
		return newLayout(), err
	}
	for _, versions := range p.plans {
		for _, v := range versions {
			v.always = true
			at, err := v.rule.BetweenDates(begin, end)
			if err != nil {
				return newLayout(), err
			}
			for _, a := range at {
				p.add(v, a)
			}
		}
	}
	out := p.settle()
	out.keep(func(o data.Occurrence) bool { return o.Date >= from && o.Date < to })
	return out, nil
}

// padded is a span of dates with so many days before and after it. Dates that are wrong stay as they are, for the rule to say so.
func padded(from, to string, days int) (begin, end string, err error) {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || b.Before(a) {
		return from, to, nil
	}
	return a.AddDate(0, 0, -days).Format(time.DateOnly), b.AddDate(0, 0, days).Format(time.DateOnly), nil
}

// keep drops what does not fit.
func (l Layout) keep(fits func(data.Occurrence) bool) {
	maps.DeleteFunc(l.Windows, func(key data.OccurrenceKey, o data.Occurrence) bool {
		if fits(o) {
			return false
		}
		delete(l.Moved, key)
		return true
	})
	maps.DeleteFunc(l.Withheld, func(_ data.OccurrenceKey, w Withheld) bool { return !fits(w.Occurrence) })
}

// version is a plan in one version, compiled.
type version struct {
	data.Maintenance
	rule   recur.Rule
	zone   *time.Location
	avoids []avoid
	all    []*version // of the plan, by ValidFrom
	broken bool       // does not compile, and makes nothing
	always bool       // ValidFrom does not matter
}

// governing is the version of v's plan in force at an instant.
func (v *version) governing(at time.Time) *version {
	if v.always {
		return v
	}
	in := v.all[0]
	for _, w := range v.all {
		if !w.ValidFrom.After(at) {
			in = w
		}
	}
	return in
}

// planning is the work of one layout.
type planning struct {
	plans   map[string][]*version
	entries []*entry
	byKey   map[data.OccurrenceKey]*entry
}

// entry is one window that a rule makes.
type entry struct {
	version *version
	at      recur.Occasion
	window  data.Occurrence // where its rule puts it
}

func prepare(plans []data.Maintenance) (*planning, error) {
	p := &planning{plans: map[string][]*version{}, byKey: map[data.OccurrenceKey]*entry{}}
	var errs []error
	for _, m := range plans {
		v := &version{Maintenance: m}
		if !m.Retired {
			err := v.compile()
			if v.broken = err != nil; v.broken {
				errs = append(errs, fmt.Errorf("maintenance %s: %w", m.Slug, err))
			}
		}
		p.plans[m.Slug] = append(p.plans[m.Slug], v)
	}
	for _, versions := range p.plans {
		slices.SortFunc(versions, func(a, b *version) int { return cmp.Compare(a.Key(), b.Key()) })
		for _, v := range versions {
			v.all = versions
		}
	}
	return p, errors.Join(errs...)
}

func (v *version) compile() error {
	var err error
	if v.rule, err = recur.Compile(v.Recurrence); err != nil {
		return err
	}
	if v.zone, err = time.LoadLocation(v.Recurrence.Zone); err != nil {
		return err
	}
	v.avoids, err = compileAvoids(v.Avoids)
	return err
}

// add takes in what a rule makes.
func (p *planning) add(v *version, at recur.Occasion) {
	phase := data.Scheduled
	if v.Reserved {
		phase = data.Reserved
	}
	o := data.Occurrence{
		Maintenance: v.Slug, Version: v.Key(), Date: at.Date, Cohort: v.Cohort, Ordinal: strconv.Itoa(at.Ordinal),
		Category: v.Category, Components: v.Components, Window: at.Window, Zone: v.Recurrence.Zone, Expected: v.Expected,
		Notice: v.Notice, Standing: v.Standing, Phase: phase, Clock: at.Clock,
	}
	if versions := p.plans[v.Follows]; len(versions) > 0 {
		o.Follows = leader(o, v, versions[0].governing(o.Window.Start))
	}
	e := &entry{version: v, at: at, window: o}
	if old := p.byKey[o.Key()]; old != nil {
		*old = *e // of two versions that make one, the later counts
		return
	}
	p.entries = append(p.entries, e)
	p.byKey[o.Key()] = e
}

// leader is the key of the window that o follows: that of the rule's same date, in the version of the plan that governs it.
// Both have their dates from one rule, each after a shift of its own (M3).
func leader(o data.Occurrence, v, in *version) data.OccurrenceKey {
	date, err := time.Parse(time.DateOnly, o.Date)
	if err != nil {
		panic(fmt.Sprintf("plan: %q comes from a rule and is no date", o.Date))
	}
	date = date.AddDate(0, 0, in.Recurrence.Shift-v.Recurrence.Shift)
	return data.KeyOfOccurrence(in.Slug, date.Format(time.DateOnly), in.Cohort, o.Ordinal)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// InOrder sorts by start, then category, then cohort.
func InOrder(os []data.Occurrence) []data.Occurrence {
	slices.SortFunc(os, inOrder)
	return os
}

func inOrder(a, b data.Occurrence) int {
	return cmp.Or(a.Window.Start.Compare(b.Window.Start), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Cohort, b.Cohort), cmp.Compare(a.Key(), b.Key()))
}
