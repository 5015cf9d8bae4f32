package api

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
	"github.com/superoffice/statusd/web/ui"
)

// receive reads a message and does what follows. A refusal has the status 400: what is no alert message now never will be.
func (a *API) receive(tx data.Tx, c *Call, source string, read func([]byte) (alerts.Message, error)) (*result, error) {
	if !utf8.Valid(c.Body) {
		return nil, misfit("the body is not valid UTF-8 text")
	}
	if err := shallow(c.Body); err != nil {
		return nil, misfit(err.Error())
	}
	m, err := read(c.Body)
	if err != nil {
		return nil, misfit(err.Error())
	}
	h := hearing{a: a, tx: tx, c: c, source: source, alerts: map[data.AlertKey]data.Alert{}, groups: map[data.AlertGroupKey]*moved{}}
	h.out = AlertsHeard{Unmatched: m.Passed, Truncated: m.Truncated, Incidents: []string{}}
	for _, s := range m.Alerts {
		if err := h.hear(s); err != nil {
			return nil, fmt.Errorf("hearing alert %s of %s: %w", s.Identity, source, err)
		}
	}
	if err := h.settle(); err != nil {
		return nil, fmt.Errorf("hearing alerts of %s: %w", source, err)
	}
	return &result{body: h.out, object: source, after: h.out, same: len(h.alerts) == 0}, nil
}

func misfit(message string) error {
	return &ui.StatusError{Status: http.StatusBadRequest, Message: message}
}

// hearing is one message being taken in.
type hearing struct {
	a      *API
	tx     data.Tx
	c      *Call
	source string

	known  *alerts.Catalogue // read when it is needed first
	open   []data.Incident
	alerts map[data.AlertKey]data.Alert // changed, not written yet
	groups map[data.AlertGroupKey]*moved
	out    AlertsHeard
}

// moved is a group about which something was heard.
type moved struct {
	alerts.Case
	attached map[string][]data.Alert // fresh ones, by the incident of people that tells of them already
	detached []string                // incidents of people that lost an alert
}

// maxFiring is how many alerts of one group can fire at once.
const maxFiring = 10_000

func (h *hearing) hear(s alerts.Said) error {
	key := data.Alert{Source: h.source, Identity: s.Identity}.Key()
	old, pending := h.alerts[key]
	if !pending {
		var err error
		if old, err = h.tx.Alerts().Get(key); err != nil && !errors.Is(err, data.ErrNotFound) {
			return err
		}
	}
	alert, news := alerts.Hear(old, h.source, s, h.c.now)
	switch news {
	case alerts.Began, alerts.Over:
		hit, ok, err := h.match(s)
		if err != nil {
			return err
		}
		if !ok {
			h.out.Unmatched++
			return nil
		}
		alert.Rule, alert.Holds = hit.Rule.Name, hit.Holds
		earlier, past, err := h.spells(alert)
		if err != nil {
			return err
		}
		if past && news == alerts.Began {
			h.out.Repeated++
			return nil
		}
		if news == alerts.Over { // kept, so that a late word that it fires is known as such
			h.out.Ended++
			h.alerts[key] = alert
			return h.succeed(earlier, alert)
		}
		if err := h.began(alert, hit); err != nil {
			return err
		}
		if _, kept := h.alerts[key]; !kept {
			return nil
		}
		return h.succeed(earlier, alert) // after it began, so that what goes on is not over in between
	case alerts.Ended:
		h.out.Ended++
		h.alerts[key] = alert
		return h.ended(alert)
	case alerts.Changed:
		h.out.Repeated++
		hit, ok, err := h.match(s)
		if err != nil {
			return err
		}
		return h.changed(old, alert, hit, ok)
	}
	h.out.Repeated++
	return nil
}

// began finds the group that the alert belongs to from now on, and the incident where there is one already.
func (h *hearing) began(alert data.Alert, hit alerts.Hit) error {
	m, err := h.group(data.AlertGroup{Rule: hit.Rule.Name, Group: hit.Group})
	if err != nil {
		return err
	}
	on := ""
	switch {
	case m.Incident.ID != "" && (m.Incident.Open() || m.Back(h.c.now)):
		on = m.Incident.ID
	default:
		told := alerts.Told(h.open, hit.Holds)
		if told.ID == "" { // it opens one, unless another alert of this message does
			m = h.opening(m, hit.Holds)
			break
		}
		on = told.ID
		if other, err := h.groupOf(told); err != nil {
			return err
		} else if other != nil { // alerts opened it, so this one takes part in its end
			m = other
		}
	}
	if len(m.Group.Firing) >= maxFiring {
		h.out.Refused++
		return nil
	}
	h.out.Began++
	alert.Group, alert.Incident = m.Group.Key(), on
	h.alerts[alert.Key()] = alert
	m.Group = m.Group.With(data.FiringAlert{Alert: alert.Key(), Incident: on, Holds: alert.Holds})
	m.Group.Heard = h.c.now
	if on != "" && on != m.Incident.ID {
		m.attached[on] = append(m.attached[on], alert)
		m.Elsewhere[on] = true
	} else {
		m.Fresh = append(m.Fresh, alert)
	}
	return nil
}

// opening is the group that is about to tell of these components for the first time, by an alert of the same message; else m.
func (h *hearing) opening(m *moved, says []data.Affected) *moved {
	if len(m.Fresh) > 0 {
		return m
	}
	for _, key := range slices.Sorted(maps.Keys(h.groups)) {
		if other := h.groups[key]; other.Opens(h.c.now, says) {
			return other
		}
	}
	return m
}

func (h *hearing) ended(alert data.Alert) error {
	m, err := h.groupAt(alert.Group)
	if err != nil || m == nil {
		return err
	}
	same := func(a data.Alert) bool { return a.Key() == alert.Key() }
	var was data.FiringAlert
	m.Group, was = m.Group.Without(alert.Key())
	m.Group.Heard = h.c.now
	if alert.Ended.After(m.Group.Ended) {
		m.Group.Ended = alert.Ended
	}
	m.Fresh = slices.DeleteFunc(m.Fresh, same)
	if was.Incident == m.Incident.ID || was.Incident == "" {
		return nil
	}
	m.attached[was.Incident] = slices.DeleteFunc(m.attached[was.Incident], same)
	if !slices.ContainsFunc(m.Group.Firing, func(f data.FiringAlert) bool { return f.Incident == was.Incident }) {
		m.detached = append(m.detached, was.Incident)
	}
	return nil
}

// changed is for an alert that fires on and says something else of itself. It stays where it is.
func (h *hearing) changed(old, alert data.Alert, hit alerts.Hit, matched bool) error {
	m, err := h.groupAt(alert.Group)
	if err != nil || m == nil {
		return err
	}
	if matched && hit.Rule.Name == alert.Rule {
		alert.Holds = hit.Holds
	}
	h.alerts[alert.Key()] = alert
	if slices.Equal(old.Holds, alert.Holds) {
		return nil
	}
	m.Group = m.Group.With(data.FiringAlert{Alert: alert.Key(), Incident: alert.Incident, Holds: alert.Holds})
	m.Group.Heard = h.c.now
	if alert.Incident == m.Incident.ID {
		m.Fresh = append(m.Fresh, alert)
	}
	return nil
}

// match finds the rule, and reads the catalogue and the open incidents before it looks for the first time.
func (h *hearing) match(s alerts.Said) (alerts.Hit, bool, error) {
	if h.known == nil {
		known, err := catalogue(h.tx)
		if err != nil {
			return alerts.Hit{}, false, err
		}
		if h.open, err = data.OpenIncidents(h.tx); err != nil {
			return alerts.Hit{}, false, err
		}
		h.known = &known
	}
	hit, ok := alerts.Match(h.a.Alerts.Rules, h.source, s, *h.known)
	return hit, ok, nil
}

// catalogue is what rules may speak of.
func catalogue(tx data.Tx) (alerts.Catalogue, error) {
	c := alerts.Catalogue{Components: map[string]data.Component{}, Cohorts: map[string]bool{}}
	for v, err := range tx.Components().Range("", "") {
		if err != nil {
			return c, err
		}
		if !v.Retired {
			c.Components[v.Slug] = v
		}
	}
	for v, err := range tx.Cohorts().Range("", "") {
		if err != nil {
			return c, err
		}
		if !v.Retired {
			c.Cohorts[v.Slug] = true
		}
	}
	return c, nil
}

// settle brings every incident to what follows from what was heard, and writes everything down.
func (h *hearing) settle() error {
	for _, key := range slices.Sorted(maps.Keys(h.groups)) {
		m := h.groups[key]
		group, did, err := h.a.perform(h.tx, h.c, m.Case)
		if err != nil {
			return err
		}
		h.did(did)
		if err := h.attach(m.Group, group); err != nil {
			return err
		}
		if err := h.tx.AlertGroups().Put(group); err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(m.attached)) {
			if err := h.note(id, func(i data.Incident) string { return alerts.Attached(i, m.attached[id], h.c.now) }); err != nil {
				return err
			}
		}
		for _, id := range m.detached {
			if err := h.note(id, func(i data.Incident) string { return alerts.Detached(i, h.c.now) }); err != nil {
				return err
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(h.alerts)) {
		if err := h.tx.Alerts().Put(h.alerts[key]); err != nil {
			return err
		}
	}
	return nil
}

// attach gives the alerts of a group the incidents that its list has them in now.
func (h *hearing) attach(before, after data.AlertGroup) error {
	for n, f := range after.Firing {
		if f.Incident == before.Firing[n].Incident {
			continue
		}
		alert, changed := h.alerts[f.Alert]
		if !changed {
			var err error
			if alert, err = h.tx.Alerts().Get(f.Alert); err != nil {
				return err
			}
		}
		alert.Incident = f.Incident
		h.alerts[f.Alert] = alert
	}
	return nil
}

func (h *hearing) did(incident string) {
	if incident != "" && !slices.Contains(h.out.Incidents, incident) {
		h.out.Incidents = append(h.out.Incidents, incident)
	}
}

func (h *hearing) note(id string, body func(data.Incident) string) error {
	i, err := h.tx.Incidents().Get(id)
	if err != nil {
		return err
	}
	text := body(i)
	if text == "" {
		return nil
	}
	h.did(id)
	return jot(h.tx, h.c, i, text)
}

// group is what is known of a group, read once for a message.
func (h *hearing) group(g data.AlertGroup) (*moved, error) {
	if m := h.groups[g.Key()]; m != nil {
		return m, nil
	}
	kept, err := h.tx.AlertGroups().Get(g.Key())
	if err == nil {
		g = kept
	} else if !errors.Is(err, data.ErrNotFound) {
		return nil, err
	}
	c, err := h.a.caseOf(h.tx, g)
	if err != nil {
		return nil, err
	}
	m := &moved{Case: c, attached: map[string][]data.Alert{}}
	h.groups[g.Key()] = m
	return m, nil
}

// groupAt is group by key; nil where there is none.
func (h *hearing) groupAt(key data.AlertGroupKey) (*moved, error) {
	if m := h.groups[key]; m != nil {
		return m, nil
	}
	g, err := h.tx.AlertGroups().Get(key)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return h.group(g)
}

// groupOf finds the group whose alerts opened an incident; nil where people did.
func (h *hearing) groupOf(i data.Incident) (*moved, error) {
	if i.Alerts == "" {
		return nil, nil
	}
	for g, err := range h.tx.AlertGroups().Range(data.AlertGroupsOf(i.Alerts)) {
		if err != nil {
			return nil, err
		}
		if g.Incident == i.ID {
			return h.group(g)
		}
	}
	return nil, nil
}
