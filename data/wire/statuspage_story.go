package wire

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// StatuspageIncident is an incident.
type StatuspageIncident struct {
	ID                string                `json:"id"`
	Name              string                `json:"name"`
	Status            data.Phase            `json:"status"`
	Created           string                `json:"created_at"`
	Updated           string                `json:"updated_at"`
	Monitoring        *string               `json:"monitoring_at"`
	Resolved          *string               `json:"resolved_at"` // set exactly when resolved, postmortem or completed
	Impact            string                `json:"impact"`
	Shortlink         string                `json:"shortlink"`
	Started           string                `json:"started_at"`
	PageID            string                `json:"page_id"`
	Updates           []StatuspageUpdate    `json:"incident_updates"` // newest first, at least one
	Components        []StatuspageComponent `json:"components"`       // leaves as they stand now
	ReminderIntervals *string               `json:"reminder_intervals"`
}

// StatuspageMaintenance is a maintenance window.
type StatuspageMaintenance struct {
	StatuspageIncident
	ScheduledFor   string `json:"scheduled_for"`
	ScheduledUntil string `json:"scheduled_until"`
}

// StatuspageUpdate is an entry of either.
type StatuspageUpdate struct {
	ID                   string               `json:"id"`
	Status               data.Phase           `json:"status"`
	Body                 string               `json:"body"` // HTML
	IncidentID           string               `json:"incident_id"`
	Created              string               `json:"created_at"`
	Updated              string               `json:"updated_at"`
	Display              string               `json:"display_at"`
	Affected             []StatuspageAffected `json:"affected_components"` // null where nothing is
	DeliverNotifications bool                 `json:"deliver_notifications"`
	CustomTweet          *string              `json:"custom_tweet"`
	TweetID              *string              `json:"tweet_id"`
}

// StatuspageAffected is a component that an update speaks of.
type StatuspageAffected struct {
	Code string          `json:"code"`
	Name string          `json:"name"`
	Old  StatuspageLevel `json:"old_status"`
	New  StatuspageLevel `json:"new_status"`
}

// Incident writes i, whose newest public update carries its phase. Components that are not in c are not told of, and do
// not add to the impact.
func (w Statuspage) Incident(i data.Incident, c StatuspageCatalogue) StatuspageIncident {
	us := newestFirst(i.Updates)
	listed := map[string]bool{}
	for n := range us {
		us[n].Changes = slices.DeleteFunc(slices.Clone(us[n].Changes), func(ch data.Change) bool { _, ok := c.bySlug[ch.Component]; return !ok })
		for _, ch := range us[n].Changes {
			listed[ch.Component] = true
		}
	}
	for _, a := range i.Affected {
		listed[a.Component] = true
	}
	i.Updates = us
	out := StatuspageIncident{
		ID: i.ID, Name: i.Title, Status: i.Phase, Created: w.Instant(i.Created), Updated: w.Instant(latest(us)), Monitoring: w.instant(i.MonitoringAt),
		Impact: ImpactOf(i), Shortlink: w.URL + "/incidents/" + i.ID, Started: w.Instant(i.Started), PageID: w.PageID,
		Updates: []StatuspageUpdate{}, Components: c.objects(func(slug string) bool { return listed[slug] }),
	}
	if !i.Open() {
		if i.ResolvedAt.IsZero() {
			i.ResolvedAt = latest(us)
		}
		out.Resolved = w.instant(i.ResolvedAt)
	}
	for _, u := range us {
		out.Updates = append(out.Updates, w.update(i.ID, u, changed(u.Changes, c)))
	}
	return out
}

// StatuspageWindow is an occurrence as it is to be listed.
type StatuspageWindow struct {
	ID      string // public ID
	Name    string
	Window  data.Window
	Created time.Time
	Ended   time.Time // completed or called off; zero while it is not
	Slugs   []string  // components concerned
	Alone   bool      // it leaves their state alone: it concerns only the customers who go first
	Updates []data.Update
	Path    string // of its page
}

// StatuspagePhase is the state of a maintenance in Statuspage's words: scheduled, in_progress, verifying or completed.
// Something held is still scheduled; something called off is completed, and its last update says that it was.
func StatuspagePhase(p data.Phase) data.Phase {
	switch p {
	case data.InProgress, data.Verifying:
		return p
	case data.Completed, data.Cancelled, data.Withdrawn, data.Lapsed:
		return data.Completed
	}
	return data.Scheduled
}

// Maintenance writes m, whose state is that of its newest update; there is at least one.
func (w Statuspage) Maintenance(m StatuspageWindow, c StatuspageCatalogue) StatuspageMaintenance {
	us := newestFirst(m.Updates)
	concerned := func(slug string) bool { return slices.Contains(m.Slugs, slug) }
	out := StatuspageMaintenance{
		StatuspageIncident: StatuspageIncident{
			ID: m.ID, Name: m.Name, Status: StatuspagePhase(us[0].Phase), Created: w.Instant(m.Created), Updated: w.Instant(latest(us)),
			Resolved: w.instant(m.Ended), Impact: "maintenance", Shortlink: w.URL + m.Path, Started: w.Instant(m.Created), PageID: w.PageID,
			Updates: []StatuspageUpdate{}, Components: c.objects(concerned),
		},
		ScheduledFor:   w.Instant(m.Window.Start.Truncate(time.Second)),
		ScheduledUntil: w.Instant(m.Window.End.Truncate(time.Second)),
	}
	was := data.Scheduled
	for _, u := range slices.Backward(us) {
		u.Phase = StatuspagePhase(u.Phase)
		var affected []StatuspageAffected
		for _, slug := range c.leaves {
			if concerned(slug) {
				affected = append(affected, StatuspageAffected{c.bySlug[slug].ID, c.labels[slug], m.level(was), m.level(u.Phase)})
			}
		}
		out.Updates = append(out.Updates, w.update(m.ID, u, affected))
		was = u.Phase
	}
	slices.Reverse(out.Updates)
	return out
}

// level is what the window by itself makes of its components in a phase.
func (m StatuspageWindow) level(p data.Phase) StatuspageLevel {
	if !m.Alone && (p == data.InProgress || p == data.Verifying) {
		return StatuspageMaintained
	}
	return StatuspageOperational
}

func (w Statuspage) update(of string, u data.Update, affected []StatuspageAffected) StatuspageUpdate {
	if u.Created.IsZero() {
		u.Created = u.At
	}
	created := w.Instant(u.Created)
	return StatuspageUpdate{
		ID: u.ID, Status: u.Phase, Body: statuspageBody(u.Body), IncidentID: of, Created: created, Updated: created,
		Display: w.Instant(u.At), Affected: affected, DeliverNotifications: true,
	}
}

// changed writes changes; of a component that is named for several cohorts the worst counts. Nil where there are none.
func changed(changes []data.Change, c StatuspageCatalogue) []StatuspageAffected {
	var out []StatuspageAffected
	for _, slug := range c.leaves {
		was, is, named := data.NoData, data.NoData, false
		for _, ch := range changes {
			if ch.Component == slug {
				was, is, named = max(was, ch.Old), max(is, ch.New), true
			}
		}
		if named {
			out = append(out, StatuspageAffected{c.bySlug[slug].ID, c.labels[slug], StatuspageLevelOf(was), StatuspageLevelOf(is)})
		}
	}
	return out
}

// newestFirst are the public ones of us by the time that people see; of two at the same time the later entry comes first.
func newestFirst(us []data.Update) []data.Update {
	us = slices.DeleteFunc(slices.Clone(us), func(u data.Update) bool { return u.Internal })
	slices.Reverse(us)
	slices.SortStableFunc(us, func(a, b data.Update) int { return b.At.Compare(a.At) })
	return us
}

// latest is when anything was last said or written.
func latest(us []data.Update) time.Time {
	var t time.Time
	for _, u := range us {
		for _, at := range []time.Time{u.At, u.Created} {
			if at.After(t) {
				t = at
			}
		}
	}
	return t
}
