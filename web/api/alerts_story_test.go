package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
	"github.com/superoffice/statusd/web/ui"
)

func TestLateWords(t *testing.T) {
	w := room(t, byLabel)
	a := fires("f1", "login", began)
	w.send(a.over(began.Add(time.Second))) // the end comes first
	w.after(5 * time.Second)
	if h := w.send(a); h.Repeated != 1 || len(w.incidents()) != 0 {
		t.Errorf("a beginning after its end: %+v, %d incidents", h, len(w.incidents()))
	}
	w.after(2 * time.Minute) // the same alert fires again, which is no late word any more
	w.send(a)
	w.want(w.only(), data.Investigating, "login=major_outage", 1, 0)
	older := fires("f1", "login", began.Add(-time.Hour))
	w.send(older.over(began.Add(-30 * time.Minute)))
	w.want(w.only(), data.Investigating, "login=major_outage", 1, 0)
}

func TestPersonsAreNotOverruled(t *testing.T) {
	t.Run("a word", func(t *testing.T) {
		w := room(t, byLabel)
		a := fires("f1", "login", began)
		w.send(a)
		id := w.only().ID
		w.after(time.Minute)
		w.person("incident.update", id, `{"phase":"identified","body":"A disk.","next_update_in":"2h"}`)
		w.after(time.Minute)
		w.send(a.over(w.now))
		w.want(w.only(), data.Identified, "login=major_outage", 2, 1)
		w.after(time.Minute)
		w.settle()
		w.want(w.only(), data.Identified, "login=major_outage", 2, 1)
		w.send(fires("f2", "crm-read", w.now))
		i := w.only()
		w.want(i, data.Identified, "crm-read=major_outage login=major_outage", 3, 1)
		if i.NextUpdate.IsZero() {
			t.Error("what was promised is forgotten")
		}
	})
	t.Run("a level", func(t *testing.T) {
		w := room(t, byLabel)
		w.send(fires("f1", "login", began))
		w.after(time.Minute)
		w.person("incident.update", w.only().ID, `{"components":{"login":"degraded"}}`)
		w.send(fires("f2", "login", w.now))
		w.want(w.only(), data.Investigating, "login=degraded", 2, 1)
	})
	t.Run("an end", func(t *testing.T) {
		w := room(t, byLabel)
		a := fires("f1", "login", began)
		w.send(a)
		w.after(time.Minute)
		w.person("incident.resolve", w.only().ID, `{}`)
		w.after(time.Minute)
		w.send(a)
		w.settle()
		w.want(w.only(), data.Resolved, "login=operational", 2, 0)
		w.send(a, fires("f2", "login", w.now)) // something new, of which the person did not know
		if all := w.incidents(); len(all) != 2 || !all[1].Open() {
			t.Errorf("%d incidents", len(all))
		}
		w.after(time.Minute)
		w.send(a, fires("f2", "login", w.now.Add(-time.Minute)).over(w.now))
		if all := w.incidents(); !all[1].Open() || heldBy(all[1]) != "login=major_outage" {
			t.Errorf("an alert fires since before, and the second one is %s with %s", all[1].Phase, heldBy(all[1]))
		}
		w.after(time.Minute)
		w.send(a.over(w.now))
		if all := w.incidents(); all[1].Open() {
			t.Error("the second one goes on when nothing fires any more")
		}
	})
	t.Run("an undo", func(t *testing.T) {
		w := room(t, byLabel)
		w.api.Undo = 30 * time.Second
		a := fires("f1", "login", began)
		w.send(a)
		w.after(5 * time.Second)
		by := data.Actor{Name: "operator:chief@example.com", Role: data.Admin, Address: Local}
		if _, _, err := w.api.Do(t.Context(), "incident.undo", Call{By: by, ID: w.only().ID, now: w.now}); err != nil {
			t.Fatal(err)
		}
		w.after(time.Minute)
		w.send(a)
		if i := w.only(); !i.Hidden || !i.Open() {
			t.Errorf("a repeat made the incident public again: %+v", i)
		}
	})
}

func TestAlertSaysWhatPeopleToldAlready(t *testing.T) {
	w := room(t, byLabel)
	w.person("incident.open", "", `{"title":"Sign-in fails","components":{"login":"partial_outage"}}`)
	w.after(time.Minute)
	a := fires("f1", "login", w.now)
	pilot := fires("f2", "login", w.now, "severity=warning")
	w.send(a, pilot)
	w.want(w.only(), data.Investigating, "login=partial_outage", 1, 1)
	w.after(time.Minute)
	w.send(a.over(w.now), pilot.over(w.now))
	w.want(w.only(), data.Investigating, "login=partial_outage", 1, 2)
	b := fires("f3", "crm-read", w.now)
	w.send(b)
	if all := w.incidents(); len(all) != 2 || heldBy(all[1]) != "crm-read=major_outage" {
		t.Errorf("another component: %+v", all)
	}
	w.person("incident.resolve", w.incidents()[0].ID, `{}`)
	w.after(time.Minute)
	w.send(b.over(w.now))
	for _, i := range w.incidents() {
		if i.Open() {
			t.Errorf("open: %+v", i)
		}
	}
}

// TestAlertOfAnotherRule joins what alerts opened, and takes part in its end.
func TestAlertOfAnotherRule(t *testing.T) {
	other := alerts.Rule{Name: "other", Source: "", Components: []string{"login"}, Resolve: true}
	first := byLabel
	first.Match = []alerts.Matcher{matcher(t, "job", "front")}
	w := room(t, first, other)
	a, b := fires("f1", "login", began, "job=front"), fires("f2", "login", began, "job=back")
	w.send(a, b)
	w.want(w.only(), data.Investigating, "login=major_outage", 1, 0) // both are new in one message
	w.after(time.Hour)
	w.send(a.over(w.now))
	if i := w.only(); !i.Open() {
		t.Error("it is over while the alert of the other rule fires")
	}
	w.send(b.over(w.now))
	w.want(w.only(), data.Resolved, "login=operational", 2, 0)
	w.after(time.Hour)
	c, d := fires("f1", "login", w.now, "job=front"), fires("f2", "login", w.now, "job=back")
	w.send(c)
	w.send(d)
	if all := w.incidents(); len(all) != 2 {
		t.Fatalf("%d incidents", len(all))
	}
	w.after(time.Minute)
	w.send(c.over(w.now))
	if i := w.incidents()[1]; !i.Open() {
		t.Error("it is over while an alert of the other rule fires")
	}
	w.send(d.over(w.now))
	if i := w.incidents()[1]; i.Open() {
		t.Error("it goes on when all have ended")
	}
}

func matcher(t *testing.T, label, value string) alerts.Matcher {
	t.Helper()
	m, err := alerts.NewMatcher(label, value)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *watchroom) settle() {
	w.Helper()
	if err := w.api.SettleAlerts(w.Context(), w.now); err != nil {
		w.Fatal(err)
	}
}

func TestFlapping(t *testing.T) {
	w := room(t, byLabel)
	for range 10 { // five minutes on, two off, over an hour
		a := fires("f1", "login", w.now)
		w.send(a)
		if i := w.only(); !i.Open() {
			t.Fatal("resolved while something fires")
		}
		w.after(5 * time.Minute)
		w.send(a.over(w.now))
		w.settle()
		w.after(2 * time.Minute)
		w.settle()
	}
	i := w.only()
	said := 0
	for _, u := range i.Updates {
		if !u.Internal {
			said++
		}
	}
	if said > 6 || len(i.Updates)-said > 3 || !i.Open() {
		t.Errorf("%d words and %d notes in 70 minutes, %s", said, len(i.Updates)-said, i.Phase)
	}
	w.after(25 * time.Minute)
	w.settle()
	if !w.only().Open() {
		t.Error("resolved before it was quiet")
	}
	w.after(5 * time.Minute)
	w.settle()
	if w.only().Open() {
		t.Error("not resolved once it was quiet")
	}
	before := w.revision()
	if w.settle(); w.revision() != before {
		t.Error("settling twice wrote something")
	}
	w.after(alerts.BackWithin + time.Minute)
	w.send(fires("f1", "login", w.now))
	if all := w.incidents(); len(all) != 2 {
		t.Errorf("%d incidents, want a new one after a long time", len(all))
	}
}

func TestMessagesThatAreRefused(t *testing.T) {
	w := room(t, byLabel)
	before := w.revision()
	for body, word := range map[string]string{
		``: "no alert message", `{}`: "version and alerts are missing", `[]`: "does not fit", `"x"`: "does not fit", `{"version":"4"}`: "missing",
		`{"version":"3","alerts":[]}`: "version \"3\"", `{"version":"4","alerts":[{"status":"on","fingerprint":"a"}]}`: "neither firing nor resolved",
		`{"version":"4","alerts":[{"status":"firing","fingerprint":"a|b"}]}`:                      "hex",
		`{"version":"4","alerts":[{"status":"firing","fingerprint":"a","startsAt":"yesterday"}]}`: "no alert message",
		`{"version":"4","alerts":7}`:       "does not fit",
		`{"version":"4","alerts":[]`:       "no alert message",
		strings.Repeat(`{"a":`, 100) + `1`: "deep",
		"{\"version\":\"\xff\"}":           "UTF-8",
	} {
		_, err := w.raw("alert.receive", "", body)
		var refused *ui.StatusError
		if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest || !strings.Contains(err.Error(), word) {
			t.Errorf("%.60s: %v, want a 400 that says %q", body, err, word)
		}
	}
	if h := w.send(); h.Began+h.Ended+h.Unmatched+h.Repeated != 0 {
		t.Errorf("no alerts: %+v", h)
	}
	if h := w.send(fires("f1", "printer", began)); h.Unmatched != 1 {
		t.Errorf("unmatched: %+v", h)
	}
	if w.revision() != before {
		t.Error("something was written")
	}
	_, err := w.raw("alert.hook", "nowhere", `{}`)
	var missing *data.Error
	if !errors.As(err, &missing) || missing.Kind != data.KindNotFound {
		t.Errorf("an unknown hook: %v", err)
	}
}

// TestCutList: what is missing from a list, cut or whole, is not over.
func TestCutList(t *testing.T) {
	w := room(t, byLabel)
	a, b := fires("f1", "login", began), fires("f2", "crm-read", began)
	w.send(a, b)
	w.after(time.Minute)
	h, err := w.raw("alert.receive", "", strings.Replace(message(a.over(w.now)), `"truncatedAlerts":0`, `"truncatedAlerts":1`, 1))
	if err != nil || h.Truncated != 1 {
		t.Errorf("%+v %v", h, err)
	}
	w.want(w.only(), data.Investigating, "crm-read=major_outage login=operational", 2, 0)
}

func TestThousandsOfAlerts(t *testing.T) {
	w := room(t, byLabel)
	var all, over []sent
	for n := range 3000 {
		a := fires(fmt.Sprintf("%x", n), []string{"login", "crm-read", "crm-write"}[n%3], began)
		all, over = append(all, a), append(over, a.over(began.Add(time.Minute)))
	}
	if h := w.send(all...); h.Began != 3000 || len(h.Incidents) != 1 {
		t.Errorf("%+v", h)
	}
	w.want(w.only(), data.Investigating, "crm-read=major_outage crm-write=major_outage login=major_outage", 1, 0)
	w.after(2 * time.Minute)
	w.send(over[:2999]...)
	if !w.only().Open() {
		t.Error("resolved while one fires")
	}
	w.after(time.Minute)
	w.send(over...)
	if w.only().Open() {
		t.Error("open when none fires")
	}
	w.view(func(tx data.Tx) error {
		n, err := data.VerifyAudit(tx)
		if n > 10 {
			t.Errorf("%d entries in the audit log", n)
		}
		return err
	})
	now := w.now.Add(data.AlertLife + time.Hour)
	if err := w.api.ForgetAlerts(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	w.view(func(tx data.Tx) error {
		kept, err := data.All(tx.Alerts().Range("", ""))
		groups, gerr := data.All(tx.AlertGroups().Range("", ""))
		if len(kept) != 0 || len(groups) != 0 {
			t.Errorf("%d alerts and %d groups are kept for ever", len(kept), len(groups))
		}
		return errors.Join(err, gerr)
	})
}

// TestNextSpell: a later start of the same alert is the end of the spell before, whose own end may have been lost.
func TestNextSpell(t *testing.T) {
	w := room(t, byLabel)
	first := fires("f1", "login", began)
	w.send(first)
	w.after(10 * time.Minute)
	second := fires("f1", "login", w.now)
	if h := w.send(second); h.Began != 1 || h.Ended != 0 {
		t.Errorf("a later spell: %+v", h)
	}
	w.want(w.only(), data.Investigating, "login=major_outage", 1, 0)
	before := w.revision()
	if h := w.send(first); h.Repeated != 1 || w.revision() != before {
		t.Errorf("a late word of the first: %+v", h)
	}
	w.after(10 * time.Minute)
	if h := w.send(first, fires("f1", "login", began.Add(-time.Hour))); h.Repeated != 2 || w.revision() != before {
		t.Errorf("older spells: %+v", h)
	}
	w.send(second.over(w.now))
	w.want(w.only(), data.Resolved, "login=operational", 2, 0)
	w.view(func(tx data.Tx) error {
		all, err := data.All(tx.Alerts().Range("", ""))
		if len(all) != 2 || !all[0].Ended.Equal(second.Starts) || all[1].Firing() {
			t.Errorf("%+v", all)
		}
		return err
	})
	w.after(time.Hour)
	w.send(fires("f1", "login", w.now)) // and the end of a later one, whose beginning was lost
	w.send(fires("f1", "login", w.now.Add(time.Minute)).over(w.after(5 * time.Minute)))
	if all := w.incidents(); len(all) != 2 || all[1].Open() {
		t.Errorf("%d incidents", len(all))
	}
}

// TestHeldFromElsewhere: an alert that is attached to what people opened holds its component in what the group opened too.
func TestHeldFromElsewhere(t *testing.T) {
	w := room(t, byLabel)
	w.person("incident.open", "", `{"title":"Sign-in fails","components":{"login":"major_outage"}}`)
	w.after(time.Minute)
	a, b := fires("f1", "login", w.now), fires("f2", "crm-read", w.now)
	w.send(a, b)
	if all := w.incidents(); len(all) != 2 || heldBy(all[1]) != "crm-read=major_outage" {
		t.Fatalf("what people tell of is told twice: %+v", all)
	}
	w.person("incident.resolve", w.incidents()[0].ID, `{}`)
	w.after(time.Minute)
	c := fires("f3", "login", w.now)
	w.send(c)
	w.after(time.Minute)
	w.send(b.over(w.now), c.over(w.now))
	if i := w.incidents()[1]; !i.Open() || heldBy(i) != "crm-read=operational login=major_outage" {
		t.Errorf("%s with %s while one fires", i.Phase, heldBy(i))
	}
	w.after(time.Minute)
	w.send(a.over(w.now))
	if i := w.incidents()[1]; i.Open() {
		t.Errorf("open with %s when nothing fires", heldBy(i))
	}
}
