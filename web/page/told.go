package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
)

// Running returns what goes on now, told as one where span and audience are the same (M15).
func (s *State) Running() []data.Announcement {
	return s.announcements(func(o data.Occurrence) bool { return o.Phase == data.InProgress || o.Phase == data.Verifying })
}

// Planned returns what is to come and was told of, told as one where span and audience are the same (M15). What was told and
// then called off stays among it, as such, until it would have begun.
func (s *State) Planned() []data.Announcement {
	return s.announcements(func(o data.Occurrence) bool {
		switch o.Phase {
		case data.Scheduled, data.Held:
			return Shown(o, s.Now)
		case data.Cancelled, data.Withdrawn:
			return Shown(o, s.Now) && s.Now.Before(o.Window.Start)
		}
		return false
	})
}

// Told says which versions of which windows a tells of: ToldAs of each, joined by a space.
func (s *State) Told(a data.Announcement) string {
	var each []string
	for _, o := range a.Occurrences {
		each = append(each, ToldAs(s.OccurrenceID(o), o.Revised))
	}
	return strings.Join(each, " ")
}

// ToldAs is how page and banner name the version of a window or an incident that they show, "id.version": proof of notice
// looks for it (N4).
func ToldAs(id string, version int) string { return id + "." + strconv.Itoa(version) }

// Upcoming returns the windows that start within 30 days and are certain: never recycle, never reserved.
func (s *State) Upcoming() []data.Occurrence {
	var out []data.Occurrence
	for _, o := range s.Occurrences {
		if o.Phase == data.Scheduled && !o.Standing && o.Window.Start.Before(s.Now.AddDate(0, 0, 30)) {
			out = append(out, o)
		}
	}
	return out
}

func (s *State) announcements(want func(data.Occurrence) bool) []data.Announcement {
	return announced(s.Occurrences, want)
}

// announced are those of all that want says yes to, told as one where they are (M15).
func announced(all []data.Occurrence, want func(data.Occurrence) bool) []data.Announcement {
	var picked []data.Occurrence
	for _, o := range all {
		if !o.Standing && want(o) {
			picked = append(picked, o)
		}
	}
	return data.Announcements(picked)
}

// OccurrenceID is the public ID of o.
func (s *State) OccurrenceID(o data.Occurrence) string {
	return data.PublicID(s.PageID, "occurrence", string(o.Key()))
}

// OpenIncidents returns the incidents that go on: the worst first, and of those that are as bad the newest.
func (s *State) OpenIncidents() []data.Incident {
	open := slices.DeleteFunc(slices.Clone(s.Incidents), func(i data.Incident) bool { return !i.Open() })
	slices.SortStableFunc(open, func(a, b data.Incident) int { return cmp.Compare(b.Worst(), a.Worst()) })
	return open
}
