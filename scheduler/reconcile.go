package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/plan"
)

// Reconcile compares what is with what should be and returns the occurrences to write.
//
//   - New ones whose window is not over are added. One that starts too soon to be noticed in time says so.
//   - One that is not begun and has changed takes its new shape; if people were told, that is a change to tell.
//   - One that is no longer planned and not begun is withdrawn, and comes back if it is planned again. So is one that a freeze
//     or a holiday withholds, or would move to where no time is left for its notice.
//
// What a person steered, what has begun and what is over is left alone.
func Reconcile(is map[data.OccurrenceKey]data.Occurrence, should plan.Layout, now time.Time) []data.Occurrence {
	var out []data.Occurrence
	withdraw := func(have data.Occurrence, why string) {
		if have.Steered || !open(have, now) {
			return
		}
		gone := have
		gone.Phase = data.Withdrawn
		out = append(out, have.Stepped(gone, data.ActWithdraw, "", why, now))
	}
	for key, want := range should.Windows {
		have, known := is[key]
		why, moved := should.Moved[key]
		switch {
		case !known && want.Window.End.After(now):
			out = append(out, shortened(want, want.Window.Start, now))
		case !known:
		case moved && !have.Window.Equal(want.Window) && tooLate(want, now), moved && have.Phase == data.Withdrawn && tooLate(want, now):
			withdraw(have, fmt.Sprintf("withheld: %s; it cannot be noticed in time for %s", why, want.At(want.Window.Start)))
		default:
			if changed, ok := revise(have, want, why, now); ok {
				out = append(out, changed)
			}
		}
	}
	for key, have := range is {
		if _, planned := should.Windows[key]; planned {
			continue
		}
		why := "the plan no longer has it"
		if w, ok := should.Withheld[key]; ok {
			why = "withheld: " + w.Why
		}
		withdraw(have, why)
	}
	slices.SortFunc(out, func(a, b data.Occurrence) int { return cmp.Compare(a.Key(), b.Key()) })
	return out
}

// open says whether planning may still change o: it is to come.
func open(o data.Occurrence, now time.Time) bool {
	return (o.Phase == data.Scheduled || o.Phase == data.Reserved || o.Phase == data.Held) && o.Window.Start.After(now)
}

// tooLate says whether o starts too soon for its notice.
func tooLate(o data.Occurrence, now time.Time) bool { return !o.Standing && now.After(o.Deadline()) }

// revise gives have the shape of want, keeping its history; false where that changes nothing. Moved says why want is not where
// its rule puts it; empty where it is.
func revise(have, want data.Occurrence, moved string, now time.Time) (data.Occurrence, bool) {
	back := have.Phase == data.Withdrawn && want.Window.Start.After(now)
	if have.Steered || !(open(have, now) || back) {
		return have, false
	}
	next := want
	next.Short, next.Missed, next.Declared, next.Updates = have.Short, have.Missed, have.Declared, have.Updates
	next.Revised, next.OldWindow, next.Steps = have.Revised, have.OldWindow, have.Steps
	if have.Phase == data.Held && want.Phase == data.Scheduled {
		next.Phase = data.Held // who holds it decides
	}
	if want.Phase == data.Reserved && have.Told(now) { // people were told that it takes place, and now it may not
		if back {
			return have, false
		}
		gone := have
		gone.Phase = data.Withdrawn
		return have.Stepped(gone, data.ActWithdraw, "", "the plan has it only if it is needed", now), true
	}
	added, more := want.Window.Added(have.Window)
	if back || have.Phase == data.Reserved || !have.Told(now) {
		added, more = want.Window.Start, true
	}
	news := back || have.Phase != next.Phase || !have.Window.Equal(next.Window) ||
		have.Expected != next.Expected || !slices.Equal(have.Components, next.Components)
	if !news {
		return next, !same(have, next)
	}
	if more {
		next = shortened(next, added, now)
	}
	act, why := data.ActReplan, "the plan changed"
	switch {
	case back:
		act, why = data.ActRestore, "the plan has it again"
	case moved != "" && !have.Window.Equal(next.Window):
		why = "moved: " + moved
	}
	if !have.Told(now) && !back { // nobody knew, so there is no history to tell; the plan's versions have it
		return next, true
	}
	return have.Stepped(next, act, "", why, now), true
}

// same compares what planning decides and people were not told of.
func same(a, b data.Occurrence) bool {
	return a.Version == b.Version && a.Category == b.Category && a.Zone == b.Zone && a.Notice == b.Notice && a.Standing == b.Standing &&
		a.Clock == b.Clock && a.Follows == b.Follows && a.Warning == b.Warning
}

// shortened writes down that time of o, from start on, came too late to be noticed as promised (M13), and takes that back
// where all of it is in time again.
func shortened(o data.Occurrence, start, now time.Time) data.Occurrence {
	if o.Phase != data.Scheduled || o.Standing {
		return o
	}
	lead := o.Notice.WithDefaults().Deadline
	switch {
	case !now.After(o.Deadline()):
		o.Short, o.Missed = "", ""
	case o.Short == "" && now.After(start.Add(-lead)):
		o.Short = fmt.Sprintf("laid out %s before its start", max(0, start.Sub(now)).Truncate(time.Minute))
	}
	return o
}
