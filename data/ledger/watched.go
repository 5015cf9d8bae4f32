package ledger

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Unobserved returns when nobody watched a component within [from, to): when none of its probes that exist sees, or none
// exists. A probe exists from its first mark until it lets go (Off), and sees unless its mark says NoData. So time before a
// component's first mark is unobserved, and without any mark all of it is (never observed is not up).
//
// Marks may come in any order; those of other components and sources do not count.
func Unobserved(component string, marks []data.Mark, from, to time.Time) []Gap {
	return when(data.NoData, component, marks, from, to)
}

// Degraded returns when Degraded was the worst that a component's probes saw. It takes what Unobserved takes.
func Degraded(component string, marks []data.Mark, from, to time.Time) []Gap {
	return when(data.Degraded, component, marks, from, to)
}

type holder struct{ by, cohort string }

// when returns the gaps in which level was the worst of the probes that see; NoData if none does.
func when(level data.Level, component string, marks []data.Mark, from, to time.Time) []Gap {
	own := slices.DeleteFunc(slices.Clone(marks), func(m data.Mark) bool {
		return m.Component != component || m.Source != data.FromProbe || !m.At.Before(to)
	})
	slices.SortStableFunc(own, func(a, b data.Mark) int { return a.At.Compare(b.At) })
	var gaps []Gap
	held := map[holder]data.Level{}
	at := from
	stretch := func(until time.Time) {
		worst := data.NoData
		for _, l := range held {
			worst = max(worst, l)
		}
		if !at.Before(until) {
			return
		}
		if worst == level {
			if n := len(gaps); n > 0 && gaps[n-1].End.Equal(at) {
				gaps[n-1].End = until.UTC()
			} else {
				gaps = append(gaps, Gap{Start: at.UTC(), End: until.UTC(), Component: component})
			}
		}
		at = until
	}
	for _, m := range own {
		stretch(m.At)
		held[holder{m.By, m.Cohort}] = m.Level
		if m.Off {
			delete(held, holder{m.By, m.Cohort})
		}
	}
	stretch(to)
	return gaps
}
