package demo

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/plan"
)

// How the real schedule went.
const (
	ahead     = 8 * 24 * time.Hour     // laid out beyond now; the planner goes on from there
	restart   = 70 * time.Minute       // into a window of system maintenance, the servers restart
	restarted = 12 * time.Minute       // so long nothing answers
	calledOff = 30 * time.Hour         // before its start, the cancelled one was cancelled
	hurried   = 5 * time.Hour          // before its start, the emergency patch was announced
	toCome    = 26 * time.Hour         // until the critical fix
	settled   = 10 * 24 * time.Hour    // so long ago at least was the cancelled one
	longest   = 2 * 7 * 24 * time.Hour // distance of system windows
)

// schedule lays out the windows of the plans and lets them go by.
func (h *history) schedule(plans []data.Maintenance, quiet bool) error {
	laid, err := plan.Lay(plans, h.begin, h.now.Add(ahead))
	if err != nil {
		return err
	}
	list := laid.InOrder()
	var off data.OccurrenceKey
	if !quiet {
		off = h.cancelled(list)
		upgrade, ok := h.overran(list)
		if !ok {
			return fmt.Errorf("the schedule has no upgrade of the first group in the month before last")
		}
		for _, s := range h.stories(upgrade) {
			h.tell(s)
		}
	}
	for _, a := range data.Announcements(list) {
		for i, o := range a.Occurrences {
			called := o.Key() == off
			h.plan(h.toldAt(o), func() error { return h.goBy(o, i == 0, called) })
			if called {
				h.plan(o.Window.Start.Add(-calledOff), func() error { return h.cancel(o) })
			} else if !quiet && o.Category == data.System && !o.Window.End.After(h.now) {
				at := o.Window.Start.Add(restart)
				h.went(trouble{[]string{"crm", "crm:crm-write", "login"}, at, at.Add(restarted), data.MajorOutage, data.ReasonConnect, nil})
			}
		}
	}
	return nil
}

// toldAt is when a planned window came onto the page.
func (h *history) toldAt(o data.Occurrence) time.Time {
	return o.Window.Start.Add(-o.Notice.WithDefaults().Page)
}

// cancelled picks the window that was called off after it had been announced: a system maintenance of some weeks ago.
func (h *history) cancelled(list []data.Occurrence) data.OccurrenceKey {
	for _, o := range list {
		ago := h.now.Sub(o.Window.Start)
		if o.Maintenance == "system" && ago >= settled && ago < settled+longest {
			return o.Key()
		}
	}
	return ""
}

// overran picks the upgrade that took longer than its window: the first one of the first group in the month before last.
func (h *history) overran(list []data.Occurrence) (data.Window, bool) {
	var first data.Window
	for _, o := range list {
		if o.Category == data.Application && o.Cohort == "pilot" && !o.Window.Start.Before(h.month(2)) &&
			(first.Start.IsZero() || o.Window.Start.Before(first.Start)) {
			first = o.Window
		}
	}
	return first, !first.Start.IsZero() && first.End.Before(h.month(1))
}

// goBy writes one window of the schedule as it stands now, and how it was told. One that is called off later goes by
// unused; what has begun and is not over is moved on by the planner's loop.
func (h *history) goBy(o data.Occurrence, mails, off bool) error {
	over := !o.Window.End.After(h.now)
	switch {
	case o.Phase == data.Reserved && !h.now.Before(o.Deadline()):
		o.Phase = data.Lapsed // nobody confirmed it (M8)
	case o.Phase == data.Scheduled && over && !off:
		carryOut(&o)
	}
	at := h.toldAt(o)
	if o.Phase == data.Reserved || o.Phase == data.Lapsed || o.Standing || at.After(h.now) {
		return data.PutOccurrence(h.tx, o, h.now)
	}
	b, err := h.put(o, data.TellPlanned, at)
	if err != nil {
		return err
	}
	return h.told(b, at, b.Banner, topic(o), mails)
}

// carryOut completes o.
func carryOut(o *data.Occurrence) {
	o.Phase, o.Began, o.Ended = data.Completed, o.Window.Start, o.Window.End
}

// cancel calls off a window that people were told of, and tells them so.
func (h *history) cancel(o data.Occurrence) error {
	at := o.Window.Start.Add(-calledOff)
	before := o
	o, err := o.Cancel(data.Steering{By: hand, Why: "the new version is not ready", Now: at})
	if err != nil {
		return err
	}
	o.Updates = []data.Update{h.update(o, at, data.Cancelled, "The new version needs another week of testing. The work is done in the next window.")}
	b, err := h.put(o, data.TellCancelled, at)
	if err != nil {
		return err
	}
	if err := h.audit(at, "maintenance.cancel", string(o.Key()), before, o); err != nil {
		return err
	}
	return h.told(b, at, at, topic(o), true)
}

// emergency is a patch that was put in a few hours after it was announced: short notice, and said so.
func (h *history) emergency() (at time.Time, do func() error) {
	start := h.patch()
	at = start.Add(-hurried)
	return at, func() error {
		o := h.adHoc(data.Emergency, data.Window{Start: start, End: start.Add(time.Hour)}, 15*time.Minute)
		o.Short = "a security hole was published in the morning and was being used"
		o.Steps = opened(at, o.Short)
		o.Updates = []data.Update{h.update(o, at, data.Scheduled, "A security hole in a component that we use was published this morning. We close it tonight rather than wait.")}
		created := o
		carryOut(&o)
		b, err := h.put(o, data.TellPlanned, at)
		if err != nil {
			return err
		}
		if err := h.audit(at, "maintenance.open", string(o.Key()), nil, created); err != nil {
			return err
		}
		return h.told(b, at, at, topic(o), true)
	}
}

// critical is the fix that is to come. Nobody has been told yet: the service does that at its first start, while its
// deadline is still two hours away.
func (h *history) critical() (at time.Time, do func() error) {
	return h.now, func() error {
		start := h.now.Add(toCome).Truncate(time.Minute)
		o := h.adHoc(data.Critical, data.Window{Start: start, End: start.Add(time.Hour)}, 10*time.Minute)
		o.Steps = opened(h.now, "a leak of memory would stop the store in a week")
		if err := data.PutOccurrence(h.tx, o, h.now); err != nil {
			return err
		}
		return h.audit(h.now, "maintenance.open", string(o.Key()), nil, o)
	}
}

// adHoc is a window for everybody that no plan makes.
func (h *history) adHoc(category data.Category, w data.Window, expected time.Duration) data.Occurrence {
	return data.Occurrence{
		Maintenance: data.AdHoc, Date: w.Start.In(h.zone).Format(time.DateOnly), Cohort: data.AllCustomers, Ordinal: "demo-" + string(category),
		Category: category, Window: w, Zone: h.zone.String(), Expected: expected, Phase: data.Scheduled, Steered: true,
	}
}

// opened is how a window without a plan came to be.
func opened(at time.Time, why string) []data.Step {
	return []data.Step{{At: at.UTC(), Act: data.ActOpen, By: hand, Why: why}}
}

// update is what was said of o.
func (h *history) update(o data.Occurrence, at time.Time, phase data.Phase, body string) data.Update {
	return data.Update{
		ID: data.PublicID(PageID, "update", string(o.Key())+"|"+string(phase)), Phase: phase, Body: body, At: at, Created: at, By: hand,
	}
}

func topic(o data.Occurrence) data.Topic {
	return data.Topic{Cohort: o.Cohort, Components: o.Components, Security: o.Category == data.Microsoft || o.Category == data.Emergency}
}
