package statuspage

import (
	"cmp"
	"slices"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
)

func public(us []data.Update) []data.Update {
	return slices.DeleteFunc(slices.Clone(us), func(u data.Update) bool { return u.Internal })
}

// ending adds entry of the phase to a story, oldest first, where its last one tells of another.
func ending(us []data.Update, phase data.Phase, entry func(data.Phase) data.Update) []data.Update {
	if len(us) > 0 && us[len(us)-1].Phase == phase {
		return us
	}
	e := entry(phase)
	if len(us) > 0 && us[len(us)-1].At.After(e.At) {
		e.At = us[len(us)-1].At
		e.Created = e.At
	}
	if slices.ContainsFunc(us, func(u data.Update) bool { return u.ID == e.ID }) { // it is in that phase for the second time
		e.ID = data.PublicID(e.ID, "update", "again")
	}
	return append(us, e)
}

// incident is i with a story that is never empty and ends in the phase i is in, also where the entry that took it there
// is for operators only.
func incident(s *page.State, i data.Incident) data.Incident {
	us := public(i.Updates)
	slices.SortStableFunc(us, func(a, b data.Update) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(slices.Index(data.IncidentPhases, a.Phase), slices.Index(data.IncidentPhases, b.Phase)))
	})
	i.Updates = ending(us, i.Phase, func(p data.Phase) data.Update {
		at := i.Created
		switch {
		case !i.Open() && !i.ResolvedAt.IsZero():
			at = i.ResolvedAt
		case p == data.Monitoring && !i.MonitoringAt.IsZero():
			at = i.MonitoringAt
		}
		return data.Update{ID: data.PublicID(s.PageID, "update", i.ID+"|"+string(p)), Phase: p, At: at, Created: at, Body: incidentWords[p]}
	})
	return i
}

var incidentWords = map[data.Phase]string{
	data.Investigating: "We are investigating.",
	data.Identified:    "The cause has been identified.",
	data.Monitoring:    "A correction is in place and we are watching the result.",
	data.Resolved:      "This incident has been resolved.",
	data.Postmortem:    "The review of this incident is finished.",
}
