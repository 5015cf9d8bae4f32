package page

import (
	"cmp"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// tellOf are the public incidents that tell of what was out in [start, end), newest first: those that opened an outage of it, whenever
// they were written down; where none did, those that tell of one of its components at the same time. No components mean all, and a
// zero end that it goes on.
func (s *State) tellOf(start, end time.Time, components []string) []data.Incident {
	pick := func(want func(data.Incident) bool) (out []data.Incident) {
		for _, i := range s.Incidents {
			if want(i) {
				out = append(out, i)
			}
		}
		return out
	}
	own := pick(func(i data.Incident) bool {
		return slices.ContainsFunc(s.own[i.ID], func(o data.Outage) bool {
			return overlap(o.Started, o.Ended, start, end) && (len(components) == 0 || slices.Contains(components, o.Component))
		})
	})
	if len(own) > 0 {
		return own
	}
	return pick(func(i data.Incident) bool {
		return overlap(begin(i), i.ResolvedAt, start, end) && slices.ContainsFunc(s.touched(i), func(c Component) bool {
			return len(components) == 0 || slices.Contains(components, c.Slug)
		})
	})
}

// tells says whether i is among them.
func (s *State) tells(i data.Incident, start, end time.Time, components []string) bool {
	return slices.ContainsFunc(s.tellOf(start, end, components), func(o data.Incident) bool { return o.ID == i.ID })
}

// begin is since when i tells of something: its beginning, or an earlier instant at which somebody knew of it (U9). So one that was
// opened after its outage was over is found by that.
func begin(i data.Incident) time.Time {
	first := i.Started
	for _, t := range []time.Time{i.Aware, i.Reported} {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return first
}

// reach is the time in which something lies that i may tell of: its own, and that of the outages that it opened, until now at the most.
func (s *State) reach(i data.Incident) (from, to time.Time) {
	from, to = begin(i), i.ResolvedAt
	if i.Open() {
		to = s.Now
	}
	for _, o := range s.own[i.ID] {
		if o.Started.Before(from) {
			from = o.Started
		}
		if ended := cmp.Or(o.Ended, s.Now); ended.After(to) {
			to = ended
		}
	}
	return from, to
}

// overlap says whether two spans share time; a zero end means that one goes on.
func overlap(aStart, aEnd, bStart, bEnd time.Time) bool {
	return (bEnd.IsZero() || aStart.Before(bEnd)) && (aEnd.IsZero() || bStart.Before(aEnd))
}
