package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
)

// TestOutageInAWindow: an outage that goes on within maintenance counts nothing yet, and what would take its overrun out takes an
// admin all the same.
func TestOutageInAWindow(t *testing.T) {
	d := newDesk(t)
	at := time.Now().UTC().Truncate(time.Second)
	w := datatest.Occurrence("system", at.Add(-time.Hour))
	w.Window.End, w.Phase = at.Add(time.Hour), data.InProgress
	d.put(func(tx data.Tx) error { return data.PutOccurrence(tx, w, at) })
	mine := datatest.Outage("login", at.Add(-30*time.Minute))
	known := mine
	known.By, known.Started, known.Aware, known.Reported = "second", at.Add(-40*time.Minute), at.Add(-20*time.Minute), at.Add(-25*time.Minute)
	over := outageFrom("login", at.Add(-50*time.Minute), 5*time.Minute)
	over.By = "third"
	free := datatest.Outage("forum", at.Add(-30*time.Minute))
	d.put(func(tx data.Tx) error {
		return tx.Components().Put(data.Component{Slug: "forum", Name: data.Words{"en": "Forum"}, Commitment: data.Informative})
	})
	ids := d.downs(mine, known, over, free)
	later, earlier := instant(at.Add(-10*time.Minute)), instant(at.Add(-28*time.Minute))
	for _, c := range []struct {
		name, id, act, body string
		allowed             bool
	}{
		{"another's fault", ids[0], "correct", `"cause":"customer"`, false},
		{"no downtime", ids[0], "correct", `"impact":"degraded"`, false},
		{"for a few", ids[0], "correct", `"cohort":"pilot"`, false},
		{"known later", ids[0], "correct", `"aware":"` + later + `"`, false},
		{"begun later", ids[0], "correct", `"started":"` + later + `"`, false},
		{"none", ids[0], "void", ``, false},
		{"reported later", ids[1], "correct", `"reported":"` + later + `"`, false},
		{"not reported", ids[1], "correct", `"unreported":true`, false},
		{"reported earlier", ids[1], "correct", `"reported":"` + earlier + `"`, true},
		{"known earlier", ids[1], "correct", `"aware":"` + earlier + `"`, true},
		{"they could read", ids[0], "correct", `"impact":"no_write"`, true},
		{"over, and all of it excluded", ids[2], "correct", `"cause":"customer"`, true},
		{"under no commitment", ids[3], "correct", `"cause":"customer"`, true},
	} {
		body := `{"why":"w"}`
		if c.body != "" {
			body = `{` + c.body + `,"why":"w"}`
		}
		would := ask[api.OutageOutcome](d, duty, 200, "POST", "/outage-preview", `{"operation":"outage.`+c.act+`","id":"`+c.id+`","body":`+body+`}`)
		if got := would.Needs == data.Responder; got != c.allowed {
			t.Errorf("%s, looked at: it needs %s", c.name, would.Needs)
		}
		status, answer := d.do(&duty, "POST", "/api/v1/outages/"+c.id+"/"+c.act, body)
		if c.allowed != (status == 200) || !c.allowed && (status != 403 || !strings.Contains(answer, "login, which goes on") || !strings.Contains(answer, "admin")) {
			t.Errorf("%s, by a responder: %d %s", c.name, status, answer)
		}
	}
	ask[api.OutageOutcome](d, root, 200, "POST", "/outages/"+ids[0]+"/correct", `{"cause":"customer","why":"w"}`)
	ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+ids[0]+"/correct", `{"cause":"provider","why":"w"}`)
}

// contract is what counts in this month, or in the one before, in seconds.
func (d *desk) contract(month string) int64 {
	d.t.Helper()
	return ask[ledger.Report](d, viewer, 200, "GET", "/report/"+month, "").Contract.Downtime
}

// TestAmendedBeginning: correcting an incident's beginning is no way round the outage desk.
func TestAmendedBeginning(t *testing.T) {
	d := newDesk(t)
	month := ledger.Months(time.Now(), settings.Zone, 1)[0]
	i := d.ask(201, "", `{`+login+`,"started_ago":"3m"}`)
	began := i.Started
	knew := began.Add(-time.Second)
	amend := func(who data.Actor, started time.Time) (int, string) {
		return d.do(&who, "POST", "/api/v1/incidents/"+i.ID+"/amend", `{"started":"`+started.UTC().Format(time.RFC3339Nano)+`"}`)
	}
	if status, answer := amend(duty, began.Add(time.Minute)); status != 403 || !strings.Contains(answer, "begin later") || !strings.Contains(answer, "admin") {
		t.Errorf("later, before anybody knew, by a responder: %d %s", status, answer)
	}
	d.put(func(tx data.Tx) error {
		return d.each(tx, func(o data.Outage) data.Outage { o.Aware = knew; return o })
	})
	was := d.contract(month)
	if status, answer := amend(duty, began.Add(time.Minute)); status != 403 || !strings.Contains(answer, "downtime would be less") || !strings.Contains(answer, "admin") {
		t.Errorf("later, by a responder: %d %s", status, answer)
	}
	if is := d.contract(month); is < was {
		t.Errorf("the contract's downtime was %d and is %d", was, is)
	}
	if status, answer := amend(duty, began.Add(-time.Minute)); status != 200 {
		t.Errorf("earlier, by a responder: %d %s", status, answer)
	}
	if status, answer := amend(root, began); status != 200 {
		t.Errorf("later, by an admin: %d %s", status, answer)
	}
	_, outages := d.standing("login")
	if o := outages[0]; len(o.Corrections) != 2 || !o.Corrected().Started.Equal(began) || o.Corrections[0].Author != duty.Name || o.Corrections[0].Why == "" {
		t.Errorf("the outage is %+v", o)
	}
	// One that would last no time at all is none.
	d.put(func(tx data.Tx) error {
		return d.each(tx, func(o data.Outage) data.Outage { o.Ended = began.Add(time.Minute); return o })
	})
	if status, answer := amend(root, began.Add(time.Minute)); status != 422 || !strings.Contains(answer, `"field":"started"`) || !strings.Contains(answer, "had ended by then") {
		t.Errorf("to its end: %d %s", status, answer)
	}
	// What was set aside stays set aside, and holds nobody up.
	d.put(func(tx data.Tx) error {
		return d.each(tx, func(o data.Outage) data.Outage {
			o.Corrections = append(o.Corrections, data.Correction{At: time.Now().UTC(), Author: "x", Why: "none", Void: true})
			return o
		})
	})
	if status, answer := amend(duty, began.Add(30*time.Second)); status != 200 {
		t.Errorf("of one that was set aside, by a responder: %d %s", status, answer)
	}
}

// TestAmendedBeginningOfASettledMonth: the beginning is in a month that is settled, which gets one revision for all components.
func TestAmendedBeginningOfASettledMonth(t *testing.T) {
	d := newDesk(t)
	now := time.Now().In(settings.Zone)
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, settings.Zone).Add(-time.Hour)
	i := d.incident(`{"title":"x","components":{"login":"major_outage","crm-read":"major_outage"}}`)
	d.put(func(tx data.Tx) error { // it was opened then
		in, err := tx.Incidents().Get(i.ID)
		if err != nil {
			return err
		}
		all, err := data.All(tx.Outages().Range("", ""))
		if err != nil {
			return err
		}
		for _, o := range all {
			if err := tx.Outages().Delete(o.Key()); err != nil {
				return err
			}
			o.Started, o.Aware = end.UTC(), end.UTC()
			if err := tx.Outages().Put(o); err != nil {
				return err
			}
		}
		refs, err := data.All(tx.IncidentRefs().Range("", ""))
		if err != nil {
			return err
		}
		for _, r := range refs {
			if err := tx.IncidentRefs().Delete(r.Key()); err != nil {
				return err
			}
		}
		in.Started, in.Created = end.UTC(), end.UTC()
		return data.PutIncident(tx, in)
	})
	name := d.settle()
	was := d.contract(name)
	amend := func(who data.Actor, started time.Time) (int, string) {
		return d.do(&who, "POST", "/api/v1/incidents/"+i.ID+"/amend", `{"started":"`+instant(started)+`"}`)
	}
	if status, answer := amend(duty, end.Add(30*time.Minute)); status != 403 || !strings.Contains(answer, name+" in all") {
		t.Errorf("by a responder: %d %s", status, answer)
	}
	if is := d.contract(name); is != was {
		t.Errorf("refused, and %s has %d seconds instead of %d", name, is, was)
	}
	if status, answer := amend(root, end.Add(30*time.Minute)); status != 200 {
		t.Errorf("by an admin: %d %s", status, answer)
	}
	if is := d.contract(name); is != was-1800 {
		t.Errorf("%s has %d seconds, want %d", name, is, was-1800)
	}
	d.view(func(tx data.Tx) error {
		m, err := data.LatestMonth(tx, name)
		if err == nil && (m.Revision != 2 || m.By != root.Name) {
			t.Errorf("%s is revision %d by %s", name, m.Revision, m.By)
		}
		return err
	})
}

// each rewrites every outage.
func (d *desk) each(tx data.Tx, change func(data.Outage) data.Outage) error {
	all, err := data.All(tx.Outages().Range("", ""))
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := tx.Outages().Put(change(o)); err != nil {
			return err
		}
	}
	return nil
}
