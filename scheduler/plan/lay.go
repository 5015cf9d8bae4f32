package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// Lay returns the occurrences that the plans make with a start in [from, to), by key. A version of a plan governs the
// starts from its ValidFrom to that of the next version (T3). A plan whose rule does not compile is an error that names
// it, and the other plans are laid out all the same.
func Lay(plans []data.Maintenance, from, to time.Time) (map[data.OccurrenceKey]data.Occurrence, error) {
	out := map[data.OccurrenceKey]data.Occurrence{}
	var errs []error
	all := bySlug(plans)
	for slug, versions := range all {
		for i, m := range versions {
			since, until := latest(from, m.ValidFrom), to
			if i+1 < len(versions) && versions[i+1].ValidFrom.Before(until) {
				until = versions[i+1].ValidFrom
			}
			if m.Retired || !since.Before(until) {
				continue
			}
			rule, err := recur.Compile(m.Recurrence)
			if err != nil {
				errs = append(errs, fmt.Errorf("maintenance %s: %w", slug, err))
				continue
			}
			for _, at := range rule.Between(since, until) {
				o := occurrence(m, at, all)
				out[o.Key()] = o
			}
		}
	}
	return out, errors.Join(errs...)
}

// occurrence is the window that a plan makes at an occasion.
func occurrence(m data.Maintenance, at recur.Occasion, all map[string][]data.Maintenance) data.Occurrence {
	phase := data.Scheduled
	if m.Reserved {
		phase = data.Reserved
	}
	o := data.Occurrence{
		Maintenance: m.Slug, Version: m.Key(), Date: at.Date, Cohort: m.Cohort, Ordinal: strconv.Itoa(at.Ordinal),
		Category: m.Category, Components: m.Components, Window: at.Window, Zone: m.Recurrence.Zone, Expected: m.Expected,
		Notice: m.Notice, Standing: m.Standing, Phase: phase, Clock: at.Clock,
	}
	if versions := all[m.Follows]; len(versions) > 0 {
		o.Follows = leader(o, m, versions)
	}
	return o
}

// leader is the key of the window that o follows: that of the rule's same date, in the version of the plan that governs it.
// Both have their dates from one rule, each after a shift of its own (M3).
func leader(o data.Occurrence, m data.Maintenance, versions []data.Maintenance) data.OccurrenceKey {
	in := versions[0]
	for _, v := range versions {
		if !v.ValidFrom.After(o.Window.Start) {
			in = v
		}
	}
	date, err := time.Parse(time.DateOnly, o.Date)
	if err != nil {
		panic(fmt.Sprintf("plan: %q comes from a rule and is no date", o.Date))
	}
	date = date.AddDate(0, 0, in.Recurrence.Shift-m.Recurrence.Shift)
	return data.KeyOfOccurrence(in.Slug, date.Format(time.DateOnly), in.Cohort, o.Ordinal)
}

func bySlug(plans []data.Maintenance) map[string][]data.Maintenance {
	out := map[string][]data.Maintenance{}
	for _, m := range plans {
		out[m.Slug] = append(out[m.Slug], m)
	}
	for _, versions := range out {
		slices.SortFunc(versions, func(a, b data.Maintenance) int { return cmp.Compare(a.Key(), b.Key()) })
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// LayDates returns the occurrences whose local nominal start dates lie in [from, to), both YYYY-MM-DD, in order. It is Lay
// for people who plan ahead: an error names the date or the plan that is wrong.
func LayDates(plans []data.Maintenance, from, to string) ([]data.Occurrence, error) {
	var out []data.Occurrence
	all := bySlug(plans)
	for _, m := range plans {
		if m.Retired {
			continue
		}
		rule, err := recur.Compile(m.Recurrence)
		if err != nil {
			return nil, fmt.Errorf("maintenance %s: %w", m.Slug, err)
		}
		at, err := rule.BetweenDates(from, to)
		if err != nil {
			return nil, err
		}
		for _, a := range at {
			out = append(out, occurrence(m, a, all))
		}
	}
	return InOrder(out), nil
}

// InOrder sorts by start, then category, then cohort.
func InOrder(os []data.Occurrence) []data.Occurrence {
	slices.SortStableFunc(os, func(a, b data.Occurrence) int {
		return cmp.Or(a.Window.Start.Compare(b.Window.Start), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Cohort, b.Cohort))
	})
	return os
}
