package api

import (
	"time"

	"github.com/superoffice/statusd/data"
)

// Tell writes an incident with everything that follows from it, in one transaction: the marks by which it holds its
// components, the outages that begin or end, and the bulletin that tells of it. before is the zero value for a new one.
//
// An outage that a person declares began when the incident did, and counts for the contract from when it was declared
// (U9). While a probe measures the same outage both stand side by side; the ledger counts their union.
func Tell(tx data.Tx, before, after data.Incident, now time.Time) error {
	for _, a := range after.Affected {
		cohort := a.Cohort
		if cohort == "" {
			cohort = data.AllCustomers
		}
		held := after.Open() && a.Level > data.Operational
		m := data.Mark{
			Component: a.Component, Cohort: cohort, Source: data.FromPerson, By: after.ID, At: now,
			Level: a.Level, Off: !held, Cause: after.Title,
		}
		if m.Off {
			m.Level = data.NoData
		}
		if said(before, a) != said(after, a) {
			if err := tx.Marks().Put(m); err != nil {
				return err
			}
		}
		if err := declare(tx, after, a, cohort, held && a.Level.Bad(), now); err != nil {
			return err
		}
	}
	if err := data.PutIncident(tx, after); err != nil {
		return err
	}
	return bulletin(tx, after, now)
}

// said is what an incident holds a component at; nothing where it holds it no longer.
func said(i data.Incident, of data.Affected) data.Level {
	for _, a := range i.Affected {
		if a.Component == of.Component && a.Cohort == of.Cohort && i.Open() && a.Level > data.Operational {
			return a.Level
		}
	}
	return data.NoData
}

// declare opens the incident's outage of a component, or ends it.
func declare(tx data.Tx, i data.Incident, a data.Affected, cohort string, bad bool, now time.Time) error {
	open, err := openOutage(tx, a.Component, cohort, i.ID)
	if err != nil {
		return err
	}
	switch {
	case bad && open == nil:
		c, err := tx.Components().Get(a.Component)
		if err != nil {
			return err
		}
		o := data.Outage{
			Component: a.Component, Cohort: cohort, By: i.ID, Started: i.Started, Aware: now,
			Impact: c.Impact, Cause: c.Cause, Reason: "declared",
		}
		if len(i.Updates) > 1 { // it came to this component later
			o.Started = now
		}
		if o.Impact == "" {
			o.Impact = data.NoReadNoWrite
		}
		if o.Cause == "" {
			o.Cause = data.ByProvider
		}
		return tx.Outages().Put(o)
	case !bad && open != nil:
		open.Ended = now
		return tx.Outages().Put(*open)
	}
	return nil
}

func openOutage(tx data.Tx, component, cohort, by string) (*data.Outage, error) {
	p := component + "|" + cohort + "|"
	for o, err := range tx.Outages().Range(data.OutageKey(p), data.OutageKey(p[:len(p)-1]+"}")) {
		if err != nil {
			return nil, err
		}
		if o.By == by && o.Ended.IsZero() {
			return &o, nil
		}
	}
	return nil, nil
}

// bulletin says that there is something to tell, and makes what was to be told before void: only the newest word counts.
func bulletin(tx data.Tx, i data.Incident, now time.Time) error {
	from, to := data.BulletinsOf(data.AboutIncident, i.ID)
	old, err := data.All(tx.Bulletins().Range(from, to))
	if err != nil {
		return err
	}
	for _, b := range old {
		b.Void = true
		if err := tx.Bulletins().Put(b); err != nil {
			return err
		}
	}
	if i.Hidden {
		return nil
	}
	b := data.Bulletin{
		About: data.AboutIncident, Subject: i.ID, Kind: data.TellIncident, Version: len(i.Updates),
		Moment: now, Banner: now, Until: now.Add(24 * time.Hour),
	}
	if !i.Open() {
		b.Kind = data.TellResolved
	}
	return tx.Bulletins().Put(b)
}
