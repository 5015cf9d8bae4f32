package api

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Telling says how a change of an incident is told.
type Telling struct {
	Now   time.Time              // when it is written down
	At    time.Time              // when it was so; zero means Now
	Delay time.Duration          // before anything is sent, so that it can be taken back; page and banner show it at once
	Aware time.Time              // when we first knew, where that was before somebody declared it (U9); zero means Now
	Own   map[string]data.Outage // measured outages by component@cohort: each declared one begins with its own
	Quiet bool                   // a correction of words: shown, not sent
}

// Tell writes an incident with everything that follows from it, in one transaction: the marks by which it holds its
// components, the outages that begin or end, and the bulletin that tells of it. before is the zero value for a new one. A
// draft holds nothing and is told to nobody.
//
// An outage that a person declares began when the incident did, and counts for the contract from when it was declared
// (U9). While a probe measures the same outage both stand side by side; the ledger counts their union.
func Tell(tx data.Tx, before, after data.Incident, t Telling) error {
	if t.At.IsZero() {
		t.At = t.Now
	}
	fresh := before.ID == "" || before.Hidden // the public learns of it now
	for _, a := range after.Affected {
		cohort := cohortOf(a)
		held := holds(after) && a.Level > data.Operational
		m := data.Mark{
			Component: a.Component, Cohort: cohort, Source: data.FromPerson, By: after.ID, At: t.At,
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
		if err := declare(tx, after, a, held && a.Level.Bad(), fresh, t); err != nil {
			return err
		}
	}
	if err := data.PutIncident(tx, after); err != nil || t.Quiet || after.Hidden {
		return err
	}
	return bulletin(tx, after, t)
}

func holds(i data.Incident) bool { return i.Open() && !i.Hidden }

func cohortOf(a data.Affected) string {
	if a.Cohort == "" {
		return data.AllCustomers
	}
	return a.Cohort
}

// said is what an incident holds a component at; nothing where it holds it no longer.
func said(i data.Incident, of data.Affected) data.Level {
	for _, a := range i.Affected {
		if a.Component == of.Component && a.Cohort == of.Cohort && holds(i) && a.Level > data.Operational {
			return a.Level
		}
	}
	return data.NoData
}

// declare opens the incident's outage of a component, or ends it.
func declare(tx data.Tx, i data.Incident, a data.Affected, bad, fresh bool, t Telling) error {
	declared, err := outagesBy(tx, a.Component, cohortOf(a), i.ID)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(declared, func(o data.Outage) bool { return o.Ended.IsZero() })
	switch {
	case bad && n < 0:
		c, err := tx.Components().Get(a.Component)
		if err != nil {
			return err
		}
		o := data.Outage{
			Component: a.Component, Cohort: cohortOf(a), By: i.ID, Started: i.Started, Aware: t.Now,
			Impact: c.Impact, Cause: c.Cause, Reason: "declared",
		}
		if !fresh { // it came to this component later
			o.Started = t.At
		}
		for _, aware := range []time.Time{t.Aware, i.Aware} {
			if fresh && !aware.IsZero() && aware.Before(o.Aware) {
				o.Aware = aware
			}
		}
		if fresh {
			o.Reported = i.Reported
		}
		if own, ok := t.Own[o.Component+"@"+o.Cohort]; ok && fresh {
			o.Aware = own.Aware
			if own.Started.After(o.Started) {
				o.Started = own.Started
			}
		}
		if o.Impact == "" {
			o.Impact = data.NoReadNoWrite
		}
		if o.Cause == "" {
			o.Cause = data.ByProvider
		}
		return tx.Outages().Put(o)
	case !bad && n >= 0:
		o := declared[n]
		if o.Ended = t.At; o.Ended.Before(o.Started) {
			o.Ended = o.Started
		}
		return tx.Outages().Put(o)
	}
	return nil
}

// outagesBy are an incident's own outages of one component and cohort, or of all with empty names, in order.
func outagesBy(tx data.Tx, component, cohort, by string) ([]data.Outage, error) {
	p := component + "|" + cohort + "|"
	var out []data.Outage
	for o, err := range tx.Outages().Range(data.OutageKey(p), data.OutageKey(p[:len(p)-1]+"}")) {
		if err != nil {
			return nil, err
		}
		if o.By == by {
			out = append(out, o)
		}
	}
	return out, nil
}

// unsent says whether a bulletin waits for its moment, so that nobody was mailed.
func unsent(b data.Bulletin, now time.Time) bool {
	return !b.Void && !b.Fanned && b.Cursor == "" && b.Moment.After(now)
}

// bulletin says that there is something to tell, and makes what was to be told before void: only the newest word counts.
func bulletin(tx data.Tx, i data.Incident, t Telling) error {
	from, to := data.BulletinsOf(data.AboutIncident, i.ID)
	old, err := data.All(tx.Bulletins().Range(from, to))
	if err != nil {
		return err
	}
	b := data.Bulletin{
		About: data.AboutIncident, Subject: i.ID, Kind: data.TellIncident, Version: i.Revised,
		Moment: t.Now.Add(t.Delay), Banner: t.Now, Until: t.Now.Add(24 * time.Hour),
	}
	for _, o := range old {
		if unsent(o, t.Now) { // one word after the other must not keep the first from being heard
			if b.First = o.First; b.First.IsZero() {
				b.First = o.Moment
			}
			if latest := b.First.Add(t.Delay); latest.Before(b.Moment) {
				b.Moment = latest
			}
		}
		o.Void = true
		if err := tx.Bulletins().Put(o); err != nil {
			return err
		}
	}
	if !i.Open() {
		b.Kind = data.TellResolved
	}
	return tx.Bulletins().Put(b)
}
