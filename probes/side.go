package probes

import (
	"maps"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// side is one component that a task's probe speaks for: what is judged of it, and what the store is owed. It belongs to its
// task's goroutine.
type side struct {
	probe  data.Probe // with the side's name and component
	panel  *panel
	outage data.OutageKey // the open one; empty means none
	last   time.Time      // newest slot seen from here
	behind backlog        // what other places told late
}

// sided is the probe as it stands for one of its sides.
func sided(p data.Probe, s data.Side) data.Probe {
	p.Name, p.Component = s.Name, s.Component
	return p
}

func newSide(p data.Probe) *side {
	return &side{probe: p, panel: newPanel(p.Every()), behind: backlog{}}
}

// changes is what a verdict owes the store.
func (s *side) changes(v Verdict) []change {
	if !v.Changed {
		return nil
	}
	c := change{mark: s.mark(v.Since, v.Level, string(v.Reason))}
	switch {
	case !v.Opened.IsZero():
		o := data.Outage{
			Component: s.probe.Component, Cohort: s.probe.Cohort, By: s.probe.Name, Started: v.Opened, Aware: v.Opened,
			LastBad: v.LastBad, Reason: string(v.Reason),
		}
		c.open, s.outage = &o, o.Key()
	case !v.Closed.IsZero():
		c.close, c.ended, c.last = s.outage, v.Closed, v.LastBad
		s.outage = ""
	}
	return []change{c}
}

func (s *side) mark(at time.Time, level data.Level, cause string) data.Mark {
	return data.Mark{
		Component: s.probe.Component, Cohort: s.probe.Cohort, Source: data.FromProbe, By: s.probe.Name, At: at, Level: level, Cause: cause,
	}
}

// pause marks that nobody watches from at on, and why, if the side held a level.
func (s *side) pause(at time.Time, why string) []change {
	owed := s.changes(s.panel.lose(at, ""))
	for i := range owed {
		owed[i].mark.Cause = why
	}
	return owed
}

// letGo ends everything the side holds: its outage ended one interval after its last bad sample, as far as anybody knows. What was
// told late of it by then fills time that is over with that.
func (s *side) letGo(at time.Time) []change {
	if s.panel.held == data.NoData && !s.panel.gap {
		return s.caughtUpAll() // it holds nothing
	}
	var c change
	if s.outage != "" {
		c.close, c.ended, c.last = s.outage, s.panel.lastBad.Add(s.probe.Every()), s.panel.lastBad
		if c.ended.After(at) {
			c.ended = at
		}
		s.outage = ""
	}
	s.panel.stamp(at)
	c.mark = s.mark(s.panel.since, data.NoData, "retired")
	c.mark.Off = true
	return append([]change{c}, s.caughtUpAll()...)
}

// caughtUp is what is owed because a place has told all that it saw while it was cut off.
func (s *side) caughtUp(place string) []change {
	if s.behind[place] == nil {
		return nil
	}
	return []change{{fill: &fill{holder: s.mark(time.Time{}, data.NoData, ""), place: place, seen: s.behind.done(place)}}}
}

// caughtUpAll is what is owed because nobody is going to tell more of it.
func (s *side) caughtUpAll() (owed []change) {
	for _, place := range slices.Sorted(maps.Keys(s.behind)) {
		owed = append(owed, s.caughtUp(place)...)
	}
	return owed
}

// sameSide says whether two versions of a side speak for the same component and cohort, so that what one saw goes for the
// other.
func sameSide(a, b data.Probe) bool {
	return a.Name == b.Name && a.Component == b.Component && a.Cohort == b.Cohort
}

// side finds the side of a task that speaks for the same as p; nil if there is none, or no task.
func (t *task) side(p data.Probe) *side {
	if t == nil {
		return nil
	}
	for _, s := range t.sides {
		if sameSide(s.probe, p) {
			return s
		}
	}
	return nil
}

// recalled says whether everything is known that is held of a probe, by the task, which may be nil, or by what was read; one of
// which it is not is tried again later.
func (t *task) recalled(p data.Probe, past map[string]held) bool {
	return !slices.ContainsFunc(p.Sides(), func(s data.Side) bool {
		_, read := past[s.Name]
		return !read && t.side(sided(p, s)) == nil
	})
}
