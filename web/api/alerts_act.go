package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
)

// caseOf reads what there is to know of a group.
func (a *API) caseOf(tx data.Tx, g data.AlertGroup) (alerts.Case, error) {
	c := alerts.Case{Group: g, Names: map[string]data.Component{}, Elsewhere: map[string]bool{}}
	if n := slices.IndexFunc(a.Alerts.Rules, func(r alerts.Rule) bool { return r.Name == g.Rule }); n >= 0 {
		c.Rule = a.Alerts.Rules[n]
	}
	if g.Incident != "" {
		i, err := tx.Incidents().Get(g.Incident)
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return c, err
		}
		c.Incident = i
	}
	for _, f := range g.Firing {
		if _, looked := c.Elsewhere[f.Incident]; looked || f.Incident == "" || f.Incident == g.Incident {
			continue
		}
		i, err := tx.Incidents().Get(f.Incident)
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return c, err
		}
		c.Elsewhere[f.Incident] = i.ID != "" && i.Open() && !i.Hidden
	}
	return c, nil
}

// perform does what the case asks for, and returns its group as it is then and the incident that was touched, if any.
func (a *API) perform(tx data.Tx, c *Call, cs alerts.Case) (data.AlertGroup, string, error) {
	if err := named(tx, cs); err != nil {
		return cs.Group, "", err
	}
	plan := cs.Plan(c.now)
	t := a.telling(c)
	t.Aware = plan.Aware
	by := alerts.Hand + c.By.Name
	before := cs.Incident
	var after data.Incident
	var err error
	switch plan.Do {
	case alerts.Nothing:
		return cs.Group, "", nil
	case alerts.Note:
		return cs.Group, before.ID, jot(tx, c, before, plan.Report.Body)
	case alerts.Open:
		a.worded(tx, cs.Rule, &plan.Report, c.now)
		if after, err = data.NewIncident(plan.Report, by, c.now); err != nil {
			return cs.Group, "", err
		}
		after.Alerts = cs.Rule.Name
		before = data.Incident{}
	default:
		after = before
		if plan.Note != "" {
			if after, err = after.Note(plan.Note, by, c.now); err != nil {
				return cs.Group, "", err
			}
		}
		if after, err = after.Update(plan.Report, by, c.now); err != nil {
			return cs.Group, "", err
		}
		t.At = after.Latest().At
	}
	if err := Tell(tx, before, after, t); err != nil {
		return cs.Group, "", err
	}
	c.touches(after.Started)
	if !before.Open() || before.ID == "" { // opened or reopened: all that fires is part of it
		cs.Group.Incident = after.ID
		cs.Group.Firing = slices.Clone(cs.Group.Firing)
		for n := range cs.Group.Firing {
			if f := &cs.Group.Firing[n]; cs.Takes(*f) {
				f.Incident = after.ID
			}
		}
	}
	return cs.Group, after.ID, entered(tx, c, "incident."+string(plan.Do), before, after)
}

// worded takes the words of the rule's template. Where it cannot be used, the plain ones that are there do.
func (a *API) worded(tx data.Tx, r alerts.Rule, said *data.Report, now time.Time) {
	if r.Template == "" {
		return
	}
	p := IncidentReport{Template: r.Template, Started: said.Started, Components: map[string]data.Level{}}
	for _, h := range said.Affected {
		name := h.Component
		if h.Cohort != "" {
			name += "@" + h.Cohort
		}
		p.Components[name] = h.Level
	}
	if err := a.fill(tx, &p, data.Investigating, now); err != nil {
		a.Log.Warn("a rule for alerts cannot use its template", "rule", r.Name, "template", r.Template, "reason", err)
		return
	}
	said.Body, said.Bodies = p.Body, p.Bodies
	if len(r.Title) == 0 && p.Title != "" {
		said.Title, said.Titles = p.Title, p.Titles
	}
}

// named reads the components that the case speaks of.
func named(tx data.Tx, cs alerts.Case) error {
	read := func(of []data.Affected) error {
		for _, h := range of {
			if _, ok := cs.Names[h.Component]; ok {
				continue
			}
			v, err := tx.Components().Get(h.Component)
			if err != nil {
				return err
			}
			cs.Names[h.Component] = v
		}
		return nil
	}
	for _, f := range cs.Fresh {
		if err := read(f.Holds); err != nil {
			return err
		}
	}
	if len(cs.Fresh) > 0 { // they may open an incident, which is that of the others too
		for _, f := range cs.Group.Firing {
			if err := read(f.Holds); err != nil {
				return err
			}
		}
	}
	return read(cs.Incident.Affected)
}

// jot writes a note of alerts for operators.
func jot(tx data.Tx, c *Call, before data.Incident, body string) error {
	after, err := before.Note(body, alerts.Hand+c.By.Name, c.now)
	if err != nil {
		return err
	}
	if err := data.PutIncident(tx, after); err != nil {
		return err
	}
	return entered(tx, c, "incident.note", before, after)
}

// entered writes into the audit log what alerts did to an incident, under the name that the same act has when people do it: so
// it is found there, and can be taken back by an admin.
func entered(tx data.Tx, c *Call, action string, before, after data.Incident) error {
	kept, err := tx.Incidents().Get(after.ID)
	if err != nil {
		return err
	}
	e := data.AuditEntry{At: c.now, Actor: c.By.Name, Address: c.By.Address, Action: action, Object: after.ID, Outcome: data.Done}
	if before.ID != "" {
		if e.Before, err = raw(before); err != nil {
			return err
		}
	}
	if e.After, err = raw(kept); err != nil {
		return err
	}
	return data.Audit(tx, e)
}

// settleEvery is how often it is looked whether an incident of alerts is over without a message that says so.
const settleEvery = time.Minute

// RunAlerts resolves what alerts opened once it has been quiet for long enough, until ctx ends.
func (a *API) RunAlerts(ctx context.Context) error {
	ticker := time.NewTicker(settleEvery)
	defer ticker.Stop()
	for {
		if err := a.SettleAlerts(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
			a.Log.Error("incidents that alerts opened stay as they are; it is tried again in a minute", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// SettleAlerts does what is left to do at now about incidents that alerts opened. Doing it twice changes nothing.
func (a *API) SettleAlerts(ctx context.Context, now time.Time) error {
	var due []data.AlertGroupKey
	err := a.Store.View(ctx, func(tx data.Tx) error {
		due = due[:0]
		for g, err := range tx.AlertGroups().Range("", "") {
			if err != nil {
				return err
			}
			cs, err := a.caseOf(tx, g)
			if err != nil {
				return err
			}
			if !cs.Incident.Open() || cs.Incident.ID == "" {
				continue
			}
			if err := named(tx, cs); err != nil {
				return err
			}
			if cs.Plan(now).Do != alerts.Nothing {
				due = append(due, g.Key())
			}
		}
		return nil
	})
	if err != nil || len(due) == 0 {
		return err
	}
	c := &Call{By: data.Actor{Name: "service", Role: data.Responder, Address: Local}, now: now}
	return a.Store.Update(ctx, func(tx data.Tx) error {
		for _, key := range due {
			g, err := tx.AlertGroups().Get(key)
			if err != nil {
				return err
			}
			cs, err := a.caseOf(tx, g)
			if err != nil {
				return err
			}
			if _, _, err := a.perform(tx, c, cs); err != nil {
				return fmt.Errorf("settling the alerts of %s: %w", key, err)
			}
		}
		return nil
	})
}

// forgottenAtOnce is how many alerts one transaction deletes.
const forgottenAtOnce = 500

// ForgetAlerts deletes alerts that ended longer ago than data.AlertLife, and groups that made nothing since, a few hundred in a
// transaction.
func (a *API) ForgetAlerts(ctx context.Context, now time.Time) error {
	for {
		n := 0
		err := a.Store.Update(ctx, func(tx data.Tx) error {
			n = 0
			var old []data.AlertKey
			for v, err := range tx.Alerts().Range("", "") {
				if err != nil {
					return err
				}
				if !v.Firing() && now.Sub(v.Heard) > data.AlertLife && len(old) < forgottenAtOnce {
					old = append(old, v.Key())
				}
			}
			var groups []data.AlertGroupKey
			for g, err := range tx.AlertGroups().Range("", "") {
				if err != nil {
					return err
				}
				if len(g.Firing) == 0 && now.Sub(g.Heard) > data.AlertLife && len(groups) < forgottenAtOnce {
					if i, err := tx.Incidents().Get(g.Incident); err == nil && i.Open() {
						continue
					}
					groups = append(groups, g.Key())
				}
			}
			for _, key := range old {
				if err := tx.Alerts().Delete(key); err != nil {
					return err
				}
			}
			for _, key := range groups {
				if err := tx.AlertGroups().Delete(key); err != nil {
					return err
				}
			}
			n = max(len(old), len(groups))
			return nil
		})
		if err != nil || n < forgottenAtOnce {
			return err
		}
	}
}

// number reads a member of the query.
func (c *Call) number(name string, without, least, most int) (int, error) {
	text := c.Query[name]
	if text == "" {
		return without, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, data.Invalid(name, fmt.Sprintf("a number from %d to %d", least, most))
	}
	return n, nil
}

// truth reads a member of the query; absent means false.
func (c *Call) truth(name string) (bool, error) {
	switch c.Query[name] {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, data.Invalid(name, "true or false")
}
