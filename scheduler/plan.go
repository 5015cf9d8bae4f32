package scheduler

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

// Ahead is how far occurrences are laid out.
const Ahead = 400 * 24 * time.Hour

// Lay returns the occurrences that the plans make with a start in [from, to), by key. A version of a plan governs the
// starts from its ValidFrom to that of the next version (T3). A plan whose rule does not compile is an error that names
// it, and the other plans are laid out all the same.
func Lay(plans []data.Maintenance, from, to time.Time) (map[data.OccurrenceKey]data.Occurrence, error) {
	out := map[data.OccurrenceKey]data.Occurrence{}
	var errs []error
	for slug, versions := range bySlug(plans) {
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
				o := occurrence(m, at)
				out[o.Key()] = o
			}
		}
	}
	return out, errors.Join(errs...)
}

func occurrence(m data.Maintenance, at recur.Occasion) data.Occurrence {
	phase := data.Scheduled
	if m.Reserved {
		phase = data.Reserved
	}
	return data.Occurrence{
		Maintenance: m.Slug, Version: m.Key(), Date: at.Date, Cohort: m.Cohort, Ordinal: strconv.Itoa(at.Ordinal),
		Category: m.Category, Components: m.Components, Window: at.Window, Zone: m.Recurrence.Zone, Expected: m.Expected,
		Notice: m.Notice, Standing: m.Standing, Phase: phase, Clock: at.Clock,
	}
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

// Reconcile compares what is with what should be and returns the occurrences to write.
//
//   - New ones whose window is not over are added. One that starts too soon to be noticed in time says so.
//   - One that is not begun and has changed takes its new shape; if people were told, that is a change to tell.
//   - One that is no longer planned and not begun is withdrawn, and comes back if it is planned again.
//
// What a person steered, what has begun and what is over is left alone.
func Reconcile(is, should map[data.OccurrenceKey]data.Occurrence, now time.Time) []data.Occurrence {
	var out []data.Occurrence
	for key, want := range should {
		have, known := is[key]
		if !known {
			if want.Window.End.After(now) {
				out = append(out, shortened(want, now))
			}
			continue
		}
		if changed, ok := revise(have, want, now); ok {
			out = append(out, changed)
		}
	}
	for key, have := range is {
		_, planned := should[key]
		if !planned && open(have, now) && !have.Steered {
			have.Phase = data.Withdrawn
			if Told(have, now) {
				have.Revised++
			}
			out = append(out, have)
		}
	}
	slices.SortFunc(out, func(a, b data.Occurrence) int { return cmp.Compare(a.Key(), b.Key()) })
	return out
}

// open says whether planning may still change o: it is to come.
func open(o data.Occurrence, now time.Time) bool {
	return (o.Phase == data.Scheduled || o.Phase == data.Reserved) && o.Window.Start.After(now)
}

func revise(have, want data.Occurrence, now time.Time) (data.Occurrence, bool) {
	back := have.Phase == data.Withdrawn && want.Window.Start.After(now)
	if have.Steered || !(open(have, now) || back) {
		return have, false
	}
	next := want
	next.Announced, next.Short, next.Revised, next.Updates, next.OldWindow = have.Announced, have.Short, have.Revised, have.Updates, have.OldWindow
	moved := !have.Window.Start.Equal(want.Window.Start) || !have.Window.End.Equal(want.Window.End)
	switch {
	case back && Told(have, now):
		next.Revised++
	case moved && Told(have, now):
		next.Revised++
		next.OldWindow = have.Window
	}
	if moved || back {
		next = shortened(next, now)
	}
	return next, !same(have, next)
}

// same compares what planning decides.
func same(a, b data.Occurrence) bool {
	return a.Version == b.Version && a.Category == b.Category && slices.Equal(a.Components, b.Components) &&
		a.Window.Start.Equal(b.Window.Start) && a.Window.End.Equal(b.Window.End) && a.Zone == b.Zone && a.Expected == b.Expected &&
		a.Notice == b.Notice && a.Standing == b.Standing && a.Phase == b.Phase && a.Clock == b.Clock && a.Revised == b.Revised &&
		a.Short == b.Short
}

// Told says whether o's moment on the page had come, so that a change is news.
func Told(o data.Occurrence, now time.Time) bool {
	return !o.Standing && (o.Phase == data.Scheduled || o.Phase == data.Held || o.Phase == data.Withdrawn || o.Phase == data.Cancelled) &&
		!now.Before(o.Window.Start.Add(-o.Notice.WithDefaults().Page))
}

// shortened writes down that o came too late to be noticed in time (M13). It never takes that back.
func shortened(o data.Occurrence, now time.Time) data.Occurrence {
	if o.Short == "" && o.Phase == data.Scheduled && !o.Standing && now.After(o.Deadline()) {
		o.Short = fmt.Sprintf("laid out %s before its start", max(0, o.Window.Start.Sub(now)).Truncate(time.Minute))
	}
	return o
}

// Owed returns the bulletins that o owes as it stands at now, those it owed before included. Standing and reserved ones
// owe none (M6, M8), nor does what was never told and will not be.
//
// A planned notice has the moments of N1. A change and a cancellation are told at once, if the plan was told before.
func Owed(o data.Occurrence, now time.Time) []data.Bulletin {
	if o.Standing || o.Phase == data.Reserved || o.Phase == data.Lapsed {
		return nil
	}
	lead := o.Notice.WithDefaults()
	b := data.Bulletin{
		About: data.AboutOccurrence, Subject: string(o.Key()), Kind: data.TellPlanned,
		Moment:   o.Window.Start.Add(-lead.Page),
		Banner:   o.Window.Start.Add(-lead.Banner),
		Deadline: o.Deadline(),
		Until:    o.Window.End,
		Short:    o.Short != "",
		Void:     o.Phase == data.Cancelled || o.Phase == data.Withdrawn,
	}
	if b.Void && o.Revised == 0 {
		return []data.Bulletin{b} // it was to be told and no longer is
	}
	out := []data.Bulletin{b}
	if o.Revised > 0 {
		b.Kind, b.Version, b.Void = data.TellChanged, o.Revised, false
		b.Moment, b.Banner = now, now
		if o.Phase == data.Cancelled || o.Phase == data.Withdrawn {
			b.Kind, b.Deadline = data.TellCancelled, time.Time{}
		}
		out = append(out, b)
	}
	return out
}

// LayDates returns the occurrences whose local nominal start dates lie in [from, to), both YYYY-MM-DD, in order. It is Lay
// for people who plan ahead: an error names the date or the plan that is wrong.
func LayDates(plans []data.Maintenance, from, to string) ([]data.Occurrence, error) {
	var out []data.Occurrence
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
			out = append(out, occurrence(m, a))
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
