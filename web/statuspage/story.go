package statuspage

import (
	"cmp"
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
	w := wire.StatuspageWindow{
		ID: id, Name: name(s, o), Window: o.Window, Created: created(o), Updates: occurrenceStory(s, o), Path: "/maintenance/" + id,
		Alone: o.Cohort != data.AllCustomers && o.Cohort != "rest",
	}
	for _, c := range s.Components {
		if slices.Contains(o.Components, c.Slug) || len(o.Components) == 0 && c.Commitment == data.Committed {
			w.Slugs = append(w.Slugs, c.Slug)
		}
	}
	if last := w.Updates[len(w.Updates)-1]; wire.StatuspagePhase(last.Phase) == data.Completed {
		w.Ended = last.At
		if !o.Ended.IsZero() {
			w.Ended = o.Ended
		}
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

// created is when the window entered the API: one that no plan made when a person first wrote of it, any other when it came
// within 30 days of the earliest start it is known to have had. A move leaves it as it was. Nothing said of it is older.
func created(o data.Occurrence) time.Time {
	at := firstStart(o).Add(-max(ahead, o.Notice.WithDefaults().Page))
	if us := public(o.Updates); len(us) > 0 {
		first := slices.MinFunc(us, func(a, b data.Update) int { return a.At.Compare(b.At) }).At
		if adHoc(o) || first.Before(at) {
			at = first
		}
	}
	return at
}

// adHoc says whether o was made by a person and not by a plan.
func adHoc(o data.Occurrence) bool { return o.Maintenance == "ad-hoc" }

func public(us []data.Update) []data.Update {
	return slices.DeleteFunc(slices.Clone(us), func(u data.Update) bool { return u.Internal })
}

// firstStart is the earliest start that people were told of.
func firstStart(o data.Occurrence) time.Time {
	if old := o.OldWindow.Start; !old.IsZero() && old.Before(o.Window.Start) {
		return old
	}
	return o.Window.Start
}

// occurrenceStory is what was said of o, oldest first and never empty, with an entry of our own for each phase that it
// entered without a word. The last entry carries the phase o is in. Entries of our own are the same at every rendering.
func occurrenceStory(s *page.State, o data.Occurrence) []data.Update {
	entry := func(p data.Phase) data.Update {
		at := entered(o, p)
		return data.Update{
			ID: data.PublicID(s.PageID, "update", string(o.Key())+"|"+string(p)), Phase: p, At: at, Created: at, Body: words(s, o, p),
		}
	}
	us := public(o.Updates)
	for n := range us {
		us[n].Phase = calledOff(us[n].Phase)
	}
	for _, p := range passed(o) {
		said := slices.ContainsFunc(us, func(u data.Update) bool { return u.Phase == p })
		if !said || p == data.Scheduled && !adHoc(o) { // a plan says nothing by itself
			us = append(us, entry(p))
		}
	}
	return ending(us, calledOff(o.Phase), entry)
}

// ending sorts a story by time, and adds entry of the phase where its last one tells of another.
func ending(us []data.Update, phase data.Phase, entry func(data.Phase) data.Update) []data.Update {
	slices.SortStableFunc(us, func(a, b data.Update) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.Phase), rank(b.Phase)))
	})
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

// rank orders phases that were entered at the same instant.
func rank(p data.Phase) int {
	return slices.Index([]data.Phase{
		data.Scheduled, data.Held, data.InProgress, data.Verifying, data.Completed, data.Cancelled,
		data.Investigating, data.Identified, data.Monitoring, data.Resolved, data.Postmortem,
	}, p)
}

// calledOff takes withdrawn, by a changed plan, for cancelled, by a person: readers need not tell them apart.
func calledOff(p data.Phase) data.Phase {
	if p == data.Withdrawn {
		return data.Cancelled
	}
	return p
}

// passed are the phases that o certainly went through, in the order of time, the one it is in not always among them.
func passed(o data.Occurrence) []data.Phase {
	switch {
	case o.Phase == data.InProgress, o.Phase == data.Verifying, o.Phase == data.Completed, !o.Began.IsZero():
		return []data.Phase{data.Scheduled, data.InProgress}
	}
	return []data.Phase{data.Scheduled}
}

// entered is when o entered a phase, or a bound on it that does not move where that was not written down: what was called
// off or held without a word was so at the earliest when it had been announced.
func entered(o data.Occurrence, p data.Phase) time.Time {
	switch p {
	case data.Scheduled:
		return created(o)
	case data.InProgress, data.Verifying:
		if o.Began.IsZero() {
			return o.Window.Start
		}
		return o.Began
	case data.Completed:
		if o.Ended.IsZero() {
			return o.Window.End
		}
		return o.Ended
	}
	return firstStart(o).Add(-o.Notice.WithDefaults().Page)
}

// words are said where nobody said anything. Each line is a sentence that stands by itself.
func words(s *page.State, o data.Occurrence, p data.Phase) string {
	switch p {
	case data.Held:
		return "This maintenance is under review. It is confirmed or cancelled by " + i18n.At(i18n.EN, o.Deadline(), s.Zone) + "."
	case data.InProgress:
		return "The maintenance has begun."
	case data.Verifying:
		return "The work is done. We are checking the result."
	case data.Completed:
		return "The maintenance is completed."
	case data.Cancelled:
		return "This maintenance has been cancelled. Nothing will be done in the announced window."
	}
	text := "Planned for " + i18n.When(i18n.EN, o.Window.Start, o.Window.End, s.Zone) + "."
	if old := o.OldWindow; !old.Start.IsZero() && !(old.Start.Equal(o.Window.Start) && old.End.Equal(o.Window.End)) {
		text += "\nMoved. It was announced for " + i18n.When(i18n.EN, old.Start, old.End, s.Zone) + "."
	}
	if what, ok := i18n.Lookup(i18n.EN, "what."+string(o.Category)); ok {
		text += "\n" + what
	}
	switch {
	case o.Expected >= time.Minute:
		text += "\nExpected interruption: " + i18n.T(i18n.EN, "expected.up_to", "duration", i18n.Duration(i18n.EN, o.Expected)) + "."
	case o.Expected > 0:
		text += "\nExpected interruption: " + i18n.T(i18n.EN, "expected.seconds") + "."
	}
	if whom, ok := i18n.Lookup(i18n.EN, "line.cohort_"+o.Cohort); ok {
		text += "\n" + whom
	}
	return text
}

// incident is i with a story that is never empty and ends in the phase i is in, also where the entry that took it there
// is for operators only.
func incident(s *page.State, i data.Incident) data.Incident {
	i.Updates = ending(public(i.Updates), i.Phase, func(p data.Phase) data.Update {
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
