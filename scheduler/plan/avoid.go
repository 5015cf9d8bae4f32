package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
)

// avoid is a data.Avoid that has been checked.
type avoid struct {
	data.Avoid
	from, until calendar.Date // of a freeze
	holidays    *calendar.Set // nil for a freeze
}

// hit is why a window is not where its rule puts it.
type hit struct {
	avoid data.Avoid
	why   string // in a line
}

// compileAvoids gives the days that a plan avoids their meaning. An error names what is wrong: configuration was checked before,
// so it comes from another version of the program.
func compileAvoids(list []data.Avoid) ([]avoid, error) {
	var out []avoid
	for _, d := range list {
		a := avoid{Avoid: d.WithDefaults()}
		if !slices.Contains([]data.Effect{data.EffectWarn, data.EffectMove, data.EffectWithhold}, d.Effect) {
			return nil, fmt.Errorf("the effect %q of a freeze or of holidays is unknown: use %s, %s or %s", d.Effect, data.EffectWarn, data.EffectMove, data.EffectWithhold)
		}
		if a.Step < 1 || a.Within < a.Step || a.Within > data.LongestWithin {
			return nil, fmt.Errorf("steps of %d days within %d cannot be: use steps from 1, and at most %d days", a.Step, a.Within, data.LongestWithin)
		}
		var err error
		if d.Freeze != "" {
			if a.from, err = calendar.ParseDate(d.From); err == nil {
				a.until, err = calendar.ParseDate(d.Until)
			}
			if err != nil {
				return nil, fmt.Errorf("freeze %s: %w", d.Freeze, err)
			}
		} else if a.holidays, err = Holidays(d); err != nil {
			return nil, fmt.Errorf("holidays: %w", err)
		}
		out = append(out, a)
	}
	return out, nil
}

// Holidays are the calendars that an Avoid of holidays speaks of. An error names what is wrong, and the way out.
func Holidays(d data.Avoid) (*calendar.Set, error) {
	add, err := changes(d.Add)
	if err != nil {
		return nil, err
	}
	remove, err := changes(d.Remove)
	if err != nil {
		return nil, err
	}
	return calendar.New(d.Territories, add, remove)
}

func changes(list []data.DayChange) ([]calendar.Change, error) {
	var out []calendar.Change
	for _, c := range list {
		date, err := calendar.ParseDate(c.Date)
		if err != nil {
			return nil, err
		}
		out = append(out, calendar.Change{Date: date, Territory: c.Territory, Name: c.Name})
	}
	return out, nil
}

// on says whether a date is one to avoid, and why.
func (a avoid) on(d calendar.Date) (why string, ok bool) {
	if a.holidays == nil {
		if d < a.from || d > a.until {
			return "", false
		}
		name := a.Title.In("en")
		if name == "" {
			name = a.Freeze
		}
		return fmt.Sprintf("%s lies in the freeze %s (%s to %s)", d, name, a.from, a.until), true
	}
	var first calendar.Holiday
	more := 0
	for _, h := range a.holidays.On(d) {
		switch {
		case !h.Public && !a.Customary:
		case first.Name == "":
			first = h
		default:
			more++
		}
	}
	if first.Name == "" {
		return "", false
	}
	where := first.Territory
	if t, err := calendar.Lookup(first.Territory); err == nil {
		where = t.Name
	}
	switch more {
	case 0:
	case 1:
		where += " and another territory"
	default:
		where += fmt.Sprintf(" and %d other territories", more)
	}
	return fmt.Sprintf("%s is a holiday in %s (%s)", d, where, first.Name), true
}

// hits are the days to avoid that a window of v touches, one for each of its avoids.
func (v *version) hits(w data.Window) []hit {
	if len(v.avoids) == 0 {
		return nil
	}
	from, to := calendar.DateOf(w.Start.In(v.zone)), calendar.DateOf(w.End.Add(-time.Nanosecond).In(v.zone))
	var out []hit
	for _, a := range v.avoids {
		for d := from; d <= to; d++ {
			if why, ok := a.on(d); ok {
				out = append(out, hit{a.Avoid, why})
				break
			}
		}
	}
	return out
}

// first is the first hit with an effect.
func first(list []hit, e data.Effect) (hit, bool) {
	i := slices.IndexFunc(list, func(h hit) bool { return h.avoid.Effect == e })
	if i < 0 {
		return hit{}, false
	}
	return list[i], true
}
