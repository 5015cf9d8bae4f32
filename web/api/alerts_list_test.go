package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestTitles(t *testing.T) {
	for _, tt := range []struct{ title, label, want string }{
		{"{components} cannot be reached", "", "LOGIN cannot be reached"},
		{"{label:job}: {summary}", "front", "front: it does not answer"},
		{"{{.}} ${7*7} {label:job}", "{components}", "{{.}} ${7*7} {components}"},
		{"{label:job}", "", "Problems with LOGIN"},
		{"{label:job}", "a\r\nBcc: x\x07\u202e", "a Bcc: x"},
		{"{label:job}", strings.Repeat("ö", 900), strings.Repeat("ö", 199) + "…"},
	} {
		r := byLabel
		r.Title = data.Words{"en": tt.title}
		w := room(t, r)
		w.send(fires("f1", "login", began, "job="+tt.label))
		if got := w.only().Title; got != tt.want {
			t.Errorf("%q with %.40q: %q, want %q", tt.title, tt.label, got, tt.want)
		}
	}
	r := byLabel
	r.Template = "unavailable"
	w := room(t, r)
	w.api.Settings.Zone = time.UTC
	w.send(fires("f1", "login", began))
	if i := w.only(); i.Title != "Not available: LOGIN" || !strings.Contains(i.Updates[0].Body, "cannot be reached since") || i.Titles["sv"] != "Inte tillgängligt: login (sv)" {
		t.Errorf("by template: %+v", i)
	}
}

func TestListAlerts(t *testing.T) {
	w := room(t, byLabel)
	a := fires("f1", "login", began)
	a.Link = "javascript:alert(1)"
	w.send(a)
	w.after(time.Minute)
	b := fires("f2", "crm-read", w.now)
	b.Link = "http://prometheus.example.com/graph?g0.expr=up"
	w.send(a.over(w.now), b)
	ask := func(q map[string]string) Alerts {
		t.Helper()
		_, answer, err := w.api.Do(t.Context(), "alert.list", Call{By: sender, Query: q, now: w.now})
		if err != nil {
			t.Fatal(err)
		}
		var out Alerts
		if err := json.Unmarshal(answer, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := ask(nil)
	if len(all.Alerts) != 2 || all.Alerts[0].Labels["service"] != "crm-read" || all.Alerts[0].Link != b.Link || all.Alerts[1].Link != "" || all.Alerts[1].Ended == nil || all.Alerts[0].Incident != w.only().ID {
		t.Errorf("%+v", all)
	}
	if f := ask(map[string]string{"firing": "true"}); len(f.Alerts) != 1 || f.Alerts[0].Ended != nil {
		t.Errorf("firing: %+v", f)
	}
	if l := ask(map[string]string{"limit": "1"}); len(l.Alerts) != 1 || !l.More {
		t.Errorf("limit: %+v", l)
	}
	for _, q := range []map[string]string{{"limit": "0"}, {"firing": "yes"}} {
		if _, _, err := w.api.Do(t.Context(), "alert.list", Call{By: sender, Query: q, now: w.now}); err == nil {
			t.Errorf("%v is taken", q)
		}
	}
}

// TestRunAlerts: what alerts left open is over by itself, without another message.
func TestRunAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := room(t, byLabel)
		w.now = time.Now().UTC()
		for range 3 {
			a := fires("f1", "login", w.now)
			w.send(a)
			time.Sleep(time.Minute)
			w.now = time.Now().UTC()
			w.send(a.over(w.now))
			time.Sleep(time.Minute)
			w.now = time.Now().UTC()
		}
		if !w.only().Open() {
			t.Fatal("it did not flap")
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.api.RunAlerts(ctx) }()
		time.Sleep(40 * time.Minute)
		synctest.Wait()
		if w.only().Open() {
			t.Error("still open")
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestUndoBesideAlerts: a change is taken back whole although alerts have left a note since, and the note stays.
func TestUndoBesideAlerts(t *testing.T) {
	w := room(t, byLabel)
	w.api.Undo = 30 * time.Second
	w.person("incident.open", "", `{"title":"Sign-in fails","components":{"login":"degraded"}}`)
	w.after(time.Minute)
	w.person("incident.update", w.only().ID, `{"components":{"login":"major_outage"}}`)
	w.after(5 * time.Second)
	w.send(fires("f1", "login", w.now))
	w.want(w.only(), data.Investigating, "login=major_outage", 2, 1)
	w.after(5 * time.Second)
	w.person("incident.undo", w.only().ID, `{}`)
	w.want(w.only(), data.Investigating, "login=degraded", 1, 1)
	w.view(func(tx data.Tx) error {
		marks, err := data.All(tx.Marks().Range(data.MarksOf("login", data.FromPerson)))
		if err != nil {
			return err
		}
		if got := data.Merge(marks, w.now).Level; got != data.Degraded {
			t.Errorf("login is %s, want degraded", got)
		}
		for o, err := range tx.Outages().Range("", "") {
			t.Errorf("an outage was left: %+v %v", o, err)
		}
		return nil
	})
}
