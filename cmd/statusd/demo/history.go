package demo

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// history writes the past in the transaction tx.
type history struct {
	calendar
	tx          data.Tx
	begin       time.Time // of watching
	probes      []data.Probe
	components  map[string]data.Component
	subscribers []data.Subscriber
	troubles    map[string][]trouble // by probe
	steps       []step
}

// step is something a person did. Steps are taken in the order of their times, since the audit log is a chain.
type step struct {
	at time.Time
	do func() error
}

// write puts everything up to now into tx, which holds the configuration and nothing else.
func write(tx data.Tx, cfg *config.Config, now time.Time, quiet bool) error {
	h := &history{
		calendar: calendar{now, cfg.Page.Zone}, tx: tx, begin: now.Add(-past).Truncate(time.Minute),
		probes: sides(cfg.Probes), components: map[string]data.Component{}, troubles: map[string][]trouble{},
	}
	for _, c := range cfg.Components {
		h.components[c.Slug] = c
	}
	var err error
	if h.subscribers, err = data.All(tx.Subscribers().Range("", "")); err != nil {
		return err
	}
	if err := h.schedule(cfg.Maintenances, quiet); err != nil {
		return err
	}
	if !quiet {
		h.went(h.calendar.troubles()...)
		mistake, found := h.mistake()
		h.went(mistake)
		h.plan(found.At, func() error { return h.foundOut(mistake, found) })
		h.plan(h.emergency())
	}
	h.plan(h.critical())
	slices.SortStableFunc(h.steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, s := range h.steps {
		if err := s.do(); err != nil {
			return err
		}
	}
	if err := h.watched(); err != nil {
		return err
	}
	return h.settle(cfg.Page, quiet)
}

// sides are the probes as if each spoke for one component only, under the names of Probe.Sides.
func sides(probes []data.Probe) []data.Probe {
	var out []data.Probe
	for _, p := range probes {
		for _, side := range p.Sides() {
			p.Name, p.Component = side.Name, side.Component
			out = append(out, p)
		}
	}
	return out
}

// plan adds a step.
func (h *history) plan(at time.Time, do func() error) { h.steps = append(h.steps, step{at, do}) }

// went adds troubles.
func (h *history) went(list ...trouble) {
	for _, t := range list {
		for _, name := range t.probes {
			h.troubles[name] = append(h.troubles[name], t)
		}
	}
}

// audit appends what the hand did.
func (h *history) audit(at time.Time, action, object string, before, after any) error {
	e := data.AuditEntry{At: at, Actor: hand, Address: "127.0.0.1", Action: action, Object: object, Outcome: data.Done}
	var err error
	if before != nil {
		if e.Before, err = json.Marshal(before); err != nil {
			return err
		}
	}
	if e.After, err = json.Marshal(after); err != nil {
		return err
	}
	return data.Audit(h.tx, e)
}

// watched writes what the probes measured: marks, outages and the samples of the last days.
func (h *history) watched() error {
	for _, p := range h.probes {
		mark := func(at time.Time, level data.Level, why data.Reason) error {
			return h.tx.Marks().Put(data.Mark{
				Component: p.Component, Cohort: p.Cohort, Source: data.FromProbe, By: p.Name, At: at, Level: level, Cause: string(why),
			})
		}
		if err := mark(h.begin, data.Operational, ""); err != nil {
			return err
		}
		mine := h.troubles[p.Name]
		slices.SortFunc(mine, func(a, b trouble) int { return a.from.Compare(b.from) })
		for i, t := range mine {
			if i > 0 && t.from.Before(mine[i-1].to) || t.from.Before(h.begin) || t.to.After(h.now) {
				return fmt.Errorf("the troubles of %s from %s to %s do not fit beside the others", p.Name, t.from, t.to)
			}
			if err := errors.Join(mark(t.from, t.level, t.reason), mark(t.to, data.Operational, "")); err != nil {
				return err
			}
			if !t.level.Bad() {
				continue
			}
			if err := h.tx.Outages().Put(h.outage(p, t)); err != nil {
				return err
			}
		}
		if err := h.samples(p, mine); err != nil {
			return err
		}
	}
	return nil
}

// outage is what the prober's judge would have opened and closed.
func (h *history) outage(p data.Probe, t trouble) data.Outage {
	c := h.components[p.Component]
	o := data.Outage{
		Component: p.Component, Cohort: p.Cohort, By: p.Name, Started: t.from, Aware: t.from, Ended: t.to, LastBad: t.to.Add(-every),
		Impact: cmp.Or(c.Impact, data.NoReadNoWrite), Cause: cmp.Or(c.Cause, data.ByProvider), Reason: string(t.reason),
	}
	if t.found != nil {
		o.Corrections = []data.Correction{*t.found}
	}
	return o
}

// tell adds the steps of an incident.
func (h *history) tell(s story) {
	var i data.Incident
	for n, e := range s.entries {
		h.plan(e.at, func() (err error) {
			before := i
			r := data.Report{Phase: e.phase, Body: e.body}
			action := "incident.update"
			for _, slug := range slices.Sorted(maps.Keys(s.affected)) {
				switch {
				case n == 0:
					r.Affected = append(r.Affected, data.Affected{Component: slug, Cohort: s.cohort, Level: s.affected[slug]})
				case e.over:
					r.Affected = append(r.Affected, data.Affected{Component: slug, Cohort: s.cohort, Level: data.Operational})
				}
			}
			if n == 0 {
				action, r.Title, r.Started = "incident.open", s.title, s.started
				i, err = data.NewIncident(r, hand, e.at)
				i.ID = data.PublicID(PageID, "incident", s.title)
			} else {
				i, err = i.Update(r, hand, e.at)
			}
			if err != nil {
				return fmt.Errorf("incident %q, entry %d: %w", s.title, n+1, err)
			}
			if e.phase == data.Resolved {
				action = "incident.resolve"
			}
			i.Updates[n].ID = data.PublicID(PageID, "update", fmt.Sprintf("%s|%d", i.ID, n))
			if err := api.Tell(h.tx, before, i, api.Telling{Now: e.at}); err != nil {
				return err
			}
			if n == 0 {
				err = h.audit(e.at, action, i.ID, nil, i)
			} else {
				err = h.audit(e.at, action, i.ID, before, i)
			}
			if err != nil {
				return err
			}
			return h.incidentTold(i, e.at)
		})
	}
}

// incidentTold writes down that the newest bulletin of an incident was seen and mailed.
func (h *history) incidentTold(i data.Incident, at time.Time) error {
	kind, banner := data.TellIncident, at
	if !i.Open() {
		kind, banner = data.TellResolved, time.Time{}
	}
	b, err := h.tx.Bulletins().Get(data.Bulletin{About: data.AboutIncident, Subject: i.ID, Kind: kind, Version: len(i.Updates)}.Key())
	if err != nil {
		return err
	}
	topic := data.Topic{Cohort: data.AllCustomers}
	for _, a := range i.Affected {
		topic.Components = append(topic.Components, a.Component)
		if a.Cohort != "" {
			topic.Cohort = a.Cohort
		}
	}
	return h.told(b, at, banner, topic, true)
}

// told writes down how a bulletin was told: page and mail from at on, the banner from banner on (zero: not there), each
// seen or accepted a few seconds later. Only a bulletin with mails has notices of its own; another one of the same
// announcement spoke for it (M15).
func (h *history) told(b data.Bulletin, at, banner time.Time, topic data.Topic, mails bool) error {
	seen := func(on data.Surface, t time.Time) error {
		return h.tx.Proofs().Put(data.Proof{Bulletin: b.Key(), Surface: on, At: h.soFar(t)})
	}
	if err := seen(data.OnPage, at.Add(2*time.Second)); err != nil {
		return err
	}
	if !banner.IsZero() && !banner.After(h.now) {
		if err := seen(data.OnBanner, banner.Add(2*time.Second)); err != nil {
			return err
		}
	}
	accepted := h.soFar(at.Add(5 * time.Second))
	first := true
	for _, s := range h.subscribers {
		b.Cursor = s.ID
		if !mails || !s.Wants(topic) {
			continue
		}
		if first {
			if err := seen(data.OnMail, accepted); err != nil {
				return err
			}
			first = false
		}
		id := data.PublicID(PageID, "notice", string(data.KeyOfNotice(b.Key(), s.ID))) + "@statusd.invalid"
		err := data.PutNotice(h.tx, data.Notice{
			Bulletin: b.Key(), Subscriber: s.ID, Phase: data.NoticeAccepted, Attempts: 1, Tried: at,
			MessageID: id, Receipt: id, Accepted: accepted, Late: !b.Deadline.IsZero() && accepted.After(b.Deadline),
		})
		if err != nil {
			return err
		}
	}
	b.Fanned = true
	return h.tx.Bulletins().Put(b)
}

// soFar is t, or now where t is still to come.
func (h *history) soFar(t time.Time) time.Time {
	if t.After(h.now) {
		return h.now
	}
	return t
}

// put writes an occurrence and what it owes, and reads back the bulletin of a kind.
func (h *history) put(o data.Occurrence, kind data.BulletinKind, at time.Time) (data.Bulletin, error) {
	if err := data.PutOccurrence(h.tx, o, at); err != nil {
		return data.Bulletin{}, err
	}
	version := o.Revised
	if kind == data.TellPlanned {
		version = 0
	}
	return h.tx.Bulletins().Get(data.Bulletin{About: data.AboutOccurrence, Subject: string(o.Key()), Kind: kind, Version: version}.Key())
}
