package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// undoable says which acts can be taken back: those after which something would be sent or shown.
var undoable = map[string]bool{
	"incident.open": true, "incident.update": true, "incident.resolve": true, "incident.publish": true,
	"incident.amend": true, "incident.reword": true, "incident.discard": true,
}

// lastAct is the newest act about an incident that changed its story, and until when it can be taken back: for a while, and never
// longer than until something is sent that the act changed.
func lastAct(tx data.Tx, id string, window time.Duration, now time.Time) (e data.AuditEntry, until time.Time, err error) {
	if window <= 0 {
		return e, until, data.Conflict("changes are sent at once here: post an update that puts it right")
	}
	late := data.Conflict(fmt.Sprintf("there is nothing to undo: a change can be taken back for %s, and until it is sent. Post an update that puts it right", window))
	for e, err := range data.Trail(tx, id) {
		if err != nil {
			return e, until, err
		}
		if e.Outcome != data.Done || !strings.HasPrefix(e.Action, "incident.") || e.Action == "incident.note" {
			if now.Sub(e.At) >= window {
				break
			}
			continue
		}
		until = e.At.Add(window)
		if !undoable[e.Action] {
			break
		}
		from, to := data.BulletinsOf(data.AboutIncident, id)
		for b, err := range tx.Bulletins().Range(from, to) {
			if err != nil {
				return e, until, err
			}
			if !b.Void && b.Moment.After(e.At) && b.Moment.Before(until) {
				until = b.Moment
			}
		}
		if !now.Before(until) {
			break
		}
		return e, until, nil
	}
	return e, until, late
}

// undo takes the newest act about an incident back: its story is what it was, or a draft if the act made it public. Page and
// banner showed it meanwhile; nothing was sent. The audit log keeps both.
func undo(tx data.Tx, c *Call, window time.Duration) (before, after data.Incident, err error) {
	now, err := which(tx, c.ID)
	if err != nil {
		return now, now, err
	}
	e, _, err := lastAct(tx, now.ID, window, c.now)
	if err != nil {
		return now, now, err
	}
	if e.Actor != c.By.Name && !c.By.Role.May(data.Admin) {
		return now, now, data.Forbidden(fmt.Sprintf("%s made this change: only %[1]s or an admin takes it back", e.Actor))
	}
	back := now
	back.Hidden = true
	if len(e.Before) > 0 {
		back = data.Incident{}
		if err := json.Unmarshal(e.Before, &back); err != nil {
			return now, now, fmt.Errorf("reading what the audit log kept of %s: %w", now.ID, err)
		}
	}
	back.Revised = now.Revised + 1
	back.Alerts = ""                // somebody has spoken: alerts do not close it behind their back
	for _, u := range now.Updates { // notes written since then stay: alerts write some too
		if u.Internal && !slices.ContainsFunc(back.Updates, func(o data.Update) bool { return o.ID == u.ID }) {
			back.Updates = append(back.Updates, u)
		}
	}
	if err := unmark(tx, now, back, e.At); err != nil {
		return now, now, err
	}
	if err := untell(tx, now, back, c.now); err != nil {
		return now, now, err
	}
	return now, back, data.PutIncident(tx, back)
}

// unmark takes the marks and outages away that the undone act wrote. They lived for seconds, and the audit log has them.
func unmark(tx data.Tx, now, back data.Incident, acted time.Time) error {
	at := time.Time{} // of the undone update; zero means all that the incident ever wrote
	if !back.Hidden {
		if at = now.Latest().At; now.Latest().ID == back.Latest().ID {
			at = acted // words or times were corrected: no update came
		}
	}
	for _, a := range now.Affected {
		marks, err := data.All(tx.Marks().Range(data.MarksOf(a.Component, data.FromPerson)))
		if err != nil {
			return err
		}
		for _, m := range marks {
			if m.By == now.ID && (at.IsZero() || m.At.Equal(at)) {
				if err := tx.Marks().Delete(m.Key()); err != nil {
					return err
				}
			}
		}
		outages, err := outagesBy(tx, a.Component, cohortOf(a), now.ID)
		if err != nil {
			return err
		}
		for _, o := range outages {
			if err := unwind(tx, o, at, acted); err != nil {
				return err
			}
		}
	}
	return nil
}

// unwind takes an act's part in one outage back.
func unwind(tx data.Tx, o data.Outage, at, acted time.Time) error {
	if n := len(o.Corrections); n > 0 && o.Corrections[n-1].At.Equal(acted) {
		o.Corrections = o.Corrections[:n-1]
	}
	switch {
	case at.IsZero(), o.Started.Equal(at):
		return tx.Outages().Delete(o.Key())
	case o.Ended.Equal(at):
		o.Ended = time.Time{}
	}
	return tx.Outages().Put(o)
}

// untell makes the undone act's bulletin void, and the one before it valid again, with those of its notices that were not
// sent because of it.
func untell(tx data.Tx, now, back data.Incident, at time.Time) error {
	from, to := data.BulletinsOf(data.AboutIncident, now.ID)
	all, err := data.All(tx.Bulletins().Range(from, to))
	if err != nil {
		return err
	}
	var last *data.Bulletin
	for n := range all {
		b := &all[n]
		if b.Version >= now.Revised {
			b.Void = true
			if err := tx.Bulletins().Put(*b); err != nil {
				return err
			}
		} else if last == nil || b.Version > last.Version {
			last = b
		}
	}
	if last == nil || back.Hidden || !last.Void {
		return nil
	}
	last.Void = false
	notices, err := data.All(tx.Notices().Range(data.NoticesOf(last.Key())))
	if err != nil {
		return err
	}
	for _, n := range notices {
		if n.Phase == data.NoticeVoid && n.Accepted.IsZero() {
			n.Phase, n.Next = data.NoticePlanned, at
			if err := data.PutNotice(tx, n); err != nil {
				return err
			}
		}
	}
	return tx.Bulletins().Put(*last)
}
