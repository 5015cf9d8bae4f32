package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Records are the nouns that rows come from, as read from a store, in any order. What does not touch the time asked for is
// passed over, so more may be given than needed; Marks must hold each probe's latest one from before it.
type Records struct {
	Components  []data.Component // retired ones too: their past stays in the figure
	Outages     []data.Outage
	Occurrences []data.Occurrence
	Marks       []data.Mark
}

// FromRecords writes down what a month's figure rests on: the committed components' outages, windows and gaps. For a month
// that runs at now the facts say so (AsOf). A month that has not begun is a *data.Error, as is a wrong month, zone or
// target.
func FromRecords(month, zoneName, target string, r Records, now time.Time) (Facts, error) {
	loc, err := zone(zoneName)
	if err != nil {
		return Facts{}, err
	}
	if _, err := share(target); err != nil {
		return Facts{}, err
	}
	from, to, err := Bounds(month, loc)
	if err != nil {
		return Facts{}, err
	}
	if now.Before(from) {
		return Facts{}, data.Invalid("month", fmt.Sprintf("%s has not begun: ask for %s or earlier", month, Months(now, loc, 1)[0]))
	}
	f := Facts{Month: month, Zone: zoneName, Target: target}
	if now.Before(to) {
		f.AsOf = now.UTC()
	}
	r.Components = slices.DeleteFunc(slices.Clone(r.Components), func(c data.Component) bool {
		return c.Commitment != data.Committed
	})
	f.Rows, f.Counted = r.Rows(from, to, now), make([]string, 0, len(r.Components))
	for _, c := range r.Components {
		f.Counted = append(f.Counted, c.Slug)
	}
	return f, nil
}

// Rows turns the records of r.Components into rows for [from, to), as things stand at now, sorted by start. Outages,
// windows and marks of other components are left out; give informative components too where days are to be shown.
//
// A component without any probe is one long gap: never observed is not up (U15).
func (r Records) Rows(from, to, now time.Time) Rows {
	by := make(map[string]data.Component, len(r.Components))
	for _, c := range r.Components {
		by[c.Slug] = c
	}
	var rows Rows
	for _, o := range r.Outages {
		if _, mine := by[o.Component]; !mine {
			continue
		}
		is := o.Corrected()
		row := outageRow(is)
		row.Seen = o.Seen()
		if !is.Void && touches(row.Start, row.End, from, to) {
			rows.Outages = append(rows.Outages, row)
		}
	}
	for _, o := range r.Occurrences {
		components, mine := concerned(o, r.Components, by)
		if !mine {
			continue
		}
		for _, row := range windowRows(o, now) {
			if row.Components = components; touches(row.Start, row.End, from, to) {
				rows.Maintenance = append(rows.Maintenance, row)
			}
		}
	}
	if now.Before(to) {
		to = now
	}
	r.gaps(&rows, from, to)
	slices.SortStableFunc(rows.Outages, func(a, b Outage) int { return a.Start.Compare(b.Start) })
	slices.SortStableFunc(rows.Maintenance, func(a, b Maintenance) int { return a.Start.Compare(b.Start) })
	return rows
}

// gaps fills Unobserved and Degraded from the probes' marks.
func (r Records) gaps(rows *Rows, from, to time.Time) {
	marks := map[string][]data.Mark{}
	for _, m := range r.Marks {
		if m.Source == data.FromProbe {
			marks[m.Component] = append(marks[m.Component], m)
		}
	}
	for _, c := range r.Components {
		mine := marks[c.Slug]
		end := to
		if c.Retired { // since then nobody is expected to watch it
			end = earlier(later(from, retired(c, mine)), to)
		}
		rows.Unobserved = append(rows.Unobserved, Unobserved(c.Slug, mine, from, end)...)
		rows.Degraded = append(rows.Degraded, Degraded(c.Slug, mine, from, end)...)
	}
}

// retired is until when a component was to be watched: where that is not on record, until its last mark.
func retired(c data.Component, marks []data.Mark) time.Time {
	end := c.RetiredAt
	if end.IsZero() {
		for _, m := range marks {
			end = later(end, m.At)
		}
	}
	return end
}

// touches says whether [start, end) has time in [from, to); a zero end means it goes on.
func touches(start, end, from, to time.Time) bool {
	return start.Before(to) && (end.IsZero() || end.After(from) && end.After(start))
}

func outageRow(o data.Outage) Outage {
	row := Outage{
		Start: o.Started.UTC(), End: utc(o.Ended), Aware: utc(o.Aware), Reported: utc(o.Reported),
		Impact: o.Impact, Cause: o.Cause, Component: o.Component, Cohort: name(o.Cohort),
	}
	if row.Aware.IsZero() {
		row.Aware = row.Start
	}
	if row.Impact == "" {
		row.Impact = data.NoReadNoWrite
	}
	if row.Cause == "" {
		row.Cause = data.ByProvider
	}
	return row
}

// concerned returns which of the components an occurrence concerns; none means all of them. An occurrence that names none
// concerns every committed one.
func concerned(o data.Occurrence, all []data.Component, by map[string]data.Component) (slugs []string, mine bool) {
	if len(o.Components) > 0 {
		return o.Components, slices.ContainsFunc(o.Components, func(slug string) bool { _, ok := by[slug]; return ok })
	}
	for _, c := range all {
		if c.Commitment == data.Committed {
			slugs = append(slugs, c.Slug)
		}
	}
	if len(slugs) == len(all) {
		return nil, true
	}
	return slugs, len(slugs) > 0
}

// windowRows returns the entries of an occurrence: its window, less what was not used because people completed it early. Each
// piece that was announced at a time of its own is an entry of its own (N11).
func windowRows(o data.Occurrence, now time.Time) []Maintenance {
	phase, _ := o.Due(now)
	var rows []Maintenance
	for _, p := range o.Parts() {
		m := Maintenance{
			Start: p.Window.Start.UTC(), End: p.Window.End.UTC(), Announced: utc(p.Announced), Declared: utc(p.Declared),
			Phase: phase, Cohort: name(o.Cohort), Category: string(o.Category), ID: string(o.Key()), Standing: o.Standing,
		}
		if o.Ended.After(o.Window.Start) && o.Ended.Before(m.End) {
			m.End = o.Ended.UTC()
		}
		if last := m.Start.Add(-24 * time.Hour); o.Standing && (m.Announced.IsZero() || m.Announced.After(last)) {
			m.Announced = last.UTC() // the standing notice was there all along
		}
		if m.Start.Before(m.End) {
			rows = append(rows, m)
		}
	}
	return rows
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// utc keeps zero zero.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}
