package api

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
)

// Incident is an incident as operators see it: what the public sees, and what it does not.
type Incident struct {
	wire.Incident
	Draft      bool             `json:"draft,omitempty"`
	ImpactSaid string           `json:"impact_said,omitempty" doc:"The impact that a person gave; absent where the levels decide."`
	Version    int              `json:"version" doc:"Send it back with a change, so that nobody's words are overwritten unseen."`
	By         string           `json:"by"`
	Alerts     string           `json:"alerts,omitempty" doc:"The rule by which alerts opened it and may close it."`
	Titles     data.Words       `json:"titles,omitempty"`
	Holds      []data.Affected  `json:"holds" doc:"What it holds, by component and cohort."`
	Updates    []IncidentUpdate `json:"updates" doc:"Newest first, internal notes included."`
	SilentFor  string           `json:"silent_for,omitempty" doc:"How long a word has been overdue."`
	UndoUntil  *time.Time       `json:"undo_until,omitempty" doc:"Until when the last change can be taken back; nothing is sent before."`
	Still      []StillSeen      `json:"still_seen,omitempty" doc:"What it named and probes still see not well, although it is said to be over: the page goes on saying so. Only where one incident is asked for or changed."`
	Trail      []Act            `json:"trail,omitempty" doc:"Who did what, newest first; only where one incident is asked for."`
}

// IncidentUpdate is one entry of an incident as operators see it.
type IncidentUpdate struct {
	wire.Update
	By       string        `json:"by"`
	Created  time.Time     `json:"created_at"`
	Internal bool          `json:"internal,omitempty"`
	Bodies   data.Words    `json:"bodies,omitempty"`
	Changes  []data.Change `json:"changes,omitempty"`
	Edits    []data.Edit   `json:"edits,omitempty"`
}

// Act is one entry of the audit log, as it is shown beside an object.
type Act struct {
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Address string    `json:"address,omitempty"`
	Action  string    `json:"action"`
	Outcome string    `json:"outcome"`
}

// trailShown is how many entries of its audit log an incident brings along; audit.list has them all.
const trailShown = 50

// summary is an incident without its audit trail.
func (a *API) summary(i data.Incident) Incident {
	w := Incident{
		Incident: wire.IncidentOf(i, a.Settings.URL), Draft: i.Hidden, ImpactSaid: i.Impact, Version: i.Version, By: i.By, Alerts: i.Alerts, Titles: i.Titles,
		Holds: i.Affected, Updates: []IncidentUpdate{},
	}
	if w.Holds == nil {
		w.Holds = []data.Affected{}
	}
	w.Incident.Updates = nil
	for _, u := range slices.Backward(i.Updates) {
		w.Updates = append(w.Updates, IncidentUpdate{
			Update: wire.Update{ID: u.ID, Phase: u.Phase, Body: u.Body, At: u.At},
			By:     u.By, Created: u.Created, Internal: u.Internal, Bodies: u.Bodies, Changes: u.Changes, Edits: u.Edits,
		})
	}
	return w
}

// incident is an incident with its audit trail, for one who asks for it alone.
func (a *API) incident(tx data.Tx, i data.Incident, c *Call) (Incident, error) {
	w := a.summary(i)
	for e, err := range data.Trail(tx, i.ID) {
		if err != nil {
			return w, err
		}
		if w.Trail = append(w.Trail, actOf(e)); len(w.Trail) == trailShown {
			break
		}
	}
	var err error
	if w.Still, err = stillSeen(tx, i, c); err != nil {
		return w, err
	}
	if _, until, err := lastAct(tx, i.ID, a.Undo, c.now); err == nil {
		w.UndoUntil = &until
	}
	return w, nil
}

func actOf(e data.AuditEntry) Act {
	return Act{Seq: e.Seq, At: e.At, Actor: e.Actor, Address: e.Address, Action: e.Action, Outcome: e.Outcome}
}
