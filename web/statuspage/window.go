package statuspage

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/page"
)

// ahead is how long before its start a window is listed.
const ahead = 30 * 24 * time.Hour

// listed says whether the API tells of o: never of the nightly recycle, of a slot that is only reserved, or of what is
// still far away.
func listed(s *page.State, o data.Occurrence) bool {
	if o.Standing || o.Category == data.Recycle {
		return false
	}
	switch o.Phase {
	case data.Scheduled, data.Held:
		return s.Now.After(o.Window.Start.Add(-ahead))
	case data.InProgress, data.Verifying, data.Completed, data.Cancelled, data.Withdrawn:
		return true
	}
	return false
}

// window makes of o what is listed.
func window(s *page.State, o data.Occurrence) wire.StatuspageWindow {
	id := s.OccurrenceID(o)
	created, updates := story(s, o)
	w := wire.StatuspageWindow{
		ID: id, Name: name(s, o), Window: o.Window, Created: created, Updates: updates, Path: "/maintenance/" + id,
		Alone: o.Cohort != data.AllCustomers && o.Cohort != "rest",
	}
	for _, c := range s.Components {
		if slices.Contains(o.Components, c.Slug) || len(o.Components) == 0 && c.Commitment == data.Committed {
			w.Slugs = append(w.Slugs, c.Slug)
		}
	}
	for _, u := range slices.Backward(w.Updates) {
		if wire.StatuspagePhase(u.Phase) != data.Completed {
			break
		}
		w.Ended = u.At
	}
	if !w.Ended.IsZero() && o.Ended.After(w.Ended) { // it was extended afterwards
		w.Ended = o.Ended
	}
	return w
}

// name is the window's category, with the customers it concerns where that is not everybody.
func name(s *page.State, o data.Occurrence) string {
	text := i18n.JoinCategories(i18n.EN, []string{string(o.Category)})
	if o.Cohort == data.AllCustomers {
		return text
	}
	if short, ok := i18n.Lookup(i18n.EN, "cohort.short_"+o.Cohort); ok {
		return text + " (" + short + ")"
	}
	for _, c := range s.Cohorts {
		if c.Slug == o.Cohort && c.Name.In("en") != "" {
			return text + " (" + c.Name.In("en") + ")"
		}
	}
	return text + " (" + o.Cohort + ")"
}
