package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/alerts"
)

// watchroom takes alerts over a real store, at a time of its own.
type watchroom struct {
	testing.TB
	store data.Store
	api   *API
	now   time.Time
}

var began = time.Date(2026, 4, 14, 9, 0, 0, 0, time.UTC)

func newWatchroom(t testing.TB, dir string, in Inbound) *watchroom {
	t.Helper()
	s, err := bolt.Open(filepath.Join(dir, "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	w := &watchroom{TB: t, store: s, now: began}
	err = s.Update(context.Background(), func(tx data.Tx) error {
		var errs []error
		for n, slug := range []string{"login", "crm-read", "crm-write"} {
			c := datatest.Component(slug)
			c.Name, c.Position = data.Words{"en": strings.ToUpper(slug), "sv": slug + " (sv)"}, n
			errs = append(errs, tx.Components().Put(c))
		}
		inner := datatest.Component("inner")
		inner.Audience = data.ForOperators
		return errors.Join(append(errs, tx.Components().Put(inner), tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10}))...)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.api = &API{Store: s, Log: slog.New(slog.DiscardHandler), Alerts: in}
	return w
}

func room(t *testing.T, rules ...alerts.Rule) *watchroom {
	t.Helper()
	for n := range rules {
		if rules[n].Group == "" {
			rules[n].Group = alerts.ByRule
		}
	}
	w := newWatchroom(t, t.TempDir(), Inbound{Rules: rules})
	t.Cleanup(func() {
		datatest.Invariants(t, w.store)
		w.store.Close()
	})
	return w
}

// byLabel is the usual rule of these tests.
var byLabel = alerts.Rule{
	Name: "core", ComponentLabel: "service", LevelLabel: "severity", Levels: map[string]data.Level{"warning": data.Degraded}, Resolve: true,
}

// sent is an alert as Alertmanager writes it.
type sent struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	Starts      time.Time         `json:"startsAt"`
	Ends        time.Time         `json:"endsAt"`
	Link        string            `json:"generatorURL"`
	Fingerprint string            `json:"fingerprint"`
	Extra       []int             `json:"somethingNew"`
}

// fires is an alert about a component; the words are "label=value".
func fires(fingerprint, component string, at time.Time, labels ...string) sent {
	a := sent{Status: "firing", Labels: map[string]string{"alertname": "Down", "service": component}, Starts: at, Fingerprint: fingerprint}
	for _, l := range labels {
		k, v, _ := strings.Cut(l, "=")
		a.Labels[k] = v
	}
	a.Annotations = map[string]string{"summary": "it does not answer"}
	return a
}

func (a sent) over(at time.Time) sent {
	a.Status, a.Ends = "resolved", at
	return a
}

func message(all ...sent) string {
	status := "resolved"
	all = append([]sent{}, all...)
	for _, a := range all {
		if a.Status == "firing" {
			status = "firing"
		}
	}
	b, err := json.Marshal(map[string]any{
		"version": "4", "status": status, "receiver": "statusd", "groupKey": "{}:{}", "truncatedAlerts": 0, "alerts": all,
		"groupLabels": map[string]string{}, "commonLabels": map[string]string{}, "externalURL": "http://localhost:9093", "new": true,
	})
	if err != nil {
		panic(err)
	}
	return string(b)
}

var sender = data.Actor{Name: "token:monitoring", Role: data.Responder, Address: Local}

func (w *watchroom) raw(op, id, body string) (AlertsHeard, error) {
	w.Helper()
	_, answer, err := w.api.Do(w.Context(), op, Call{By: sender, ID: id, Body: json.RawMessage(body), now: w.now})
	var heard AlertsHeard
	if err == nil {
		if err := json.Unmarshal(answer, &heard); err != nil {
			w.Fatal(err)
		}
	}
	return heard, err
}

func (w *watchroom) send(all ...sent) AlertsHeard {
	w.Helper()
	heard, err := w.raw("alert.receive", "", message(all...))
	if err != nil {
		w.Fatalf("sending %d alerts: %v", len(all), err)
	}
	return heard
}

// person does something at the desk.
func (w *watchroom) person(op, id, body string) {
	w.Helper()
	by := data.Actor{Name: "operator:duty@example.com", Role: data.Responder, Address: Local}
	if _, _, err := w.api.Do(w.Context(), op, Call{By: by, ID: id, Body: json.RawMessage(body), now: w.now}); err != nil {
		w.Fatalf("%s %s: %v", op, body, err)
	}
}

// incidents are all there are, oldest first.
func (w *watchroom) incidents() []data.Incident {
	w.Helper()
	var all []data.Incident
	w.view(func(tx data.Tx) error {
		all = nil
		for ref, err := range tx.IncidentRefs().Range(data.AllIncidentsFrom, data.AllIncidentsTo) {
			if err != nil {
				return err
			}
			i, err := tx.Incidents().Get(ref.Incident)
			if err != nil {
				return err
			}
			all = append(all, i)
		}
		return nil
	})
	return all
}

func (w *watchroom) view(fn func(data.Tx) error) {
	w.Helper()
	if err := w.store.View(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// only is the one incident there is.
func (w *watchroom) only() data.Incident {
	w.Helper()
	all := w.incidents()
	if len(all) != 1 {
		w.Fatalf("%d incidents, want one: %+v", len(all), all)
	}
	return all[0]
}

// heldBy is what an incident holds, as text.
func heldBy(i data.Incident) string {
	var out []string
	for _, a := range i.Affected {
		s := a.Component
		if a.Cohort != "" {
			s += "@" + a.Cohort
		}
		out = append(out, s+"="+a.Level.String())
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (w *watchroom) want(i data.Incident, phase data.Phase, holds string, publicly, notes int) {
	w.Helper()
	said, noted := 0, 0
	for _, u := range i.Updates {
		if u.Internal {
			noted++
		} else {
			said++
		}
	}
	if i.Phase != phase || heldBy(i) != holds || said != publicly || noted != notes {
		w.Errorf("%s: %s, holds %q, %d updates, %d notes; want %s, %q, %d, %d; last: %q", i.Title, i.Phase, heldBy(i), said, noted, phase, holds, publicly, notes, i.Updates[len(i.Updates)-1].Body)
	}
}

// revision is the newest of everything that was written.
func (w *watchroom) revision() data.Revision { return <-w.store.Watch(w.Context()) }

func (w *watchroom) after(d time.Duration) time.Time {
	w.now = w.now.Add(d)
	return w.now
}

func TestAlertOpensAndResolves(t *testing.T) {
	w := room(t, byLabel)
	a := fires("f1", "login", began.Add(-2*time.Minute), "severity=page")
	if h := w.send(a); h.Began != 1 || len(h.Incidents) != 1 {
		t.Errorf("first: %+v", h)
	}
	i := w.only()
	w.want(i, data.Investigating, "login=major_outage", 1, 0)
	if i.Title != "Problems with LOGIN" || i.Titles["sv"] != "Problem med login (sv)" || i.Alerts != "core" || !i.Started.Equal(a.Starts) || i.Hidden || len(i.Updates[0].Bodies) != 6 {
		t.Errorf("opened: %+v", i)
	}
	w.after(time.Hour)
	before := w.revision()
	if h := w.send(a); h.Repeated != 1 || len(h.Incidents) != 0 || w.revision() != before {
		t.Errorf("a repeat: %+v, revision %d after %d", h, w.revision(), before)
	}
	w.after(time.Minute)
	over := a.over(w.now.Add(-10 * time.Second))
	if h := w.send(over); h.Ended != 1 {
		t.Errorf("resolved: %+v", h)
	}
	i = w.only()
	w.want(i, data.Resolved, "login=operational", 2, 0)
	if !i.ResolvedAt.Equal(over.Ends) {
		t.Errorf("resolved at %s, want %s", i.ResolvedAt, over.Ends)
	}
	before = w.revision()
	if w.send(over); w.revision() != before {
		t.Error("a repeated end wrote something")
	}
	w.view(func(tx data.Tx) error {
		outages, err := data.All(tx.Outages().Range("", ""))
		if err != nil {
			return err
		}
		if len(outages) != 1 || !outages[0].Started.Equal(a.Starts) || !outages[0].Aware.Equal(a.Starts) || !outages[0].Ended.Equal(over.Ends) {
			t.Errorf("outages %+v", outages)
		}
		trail, err := data.AuditOf(tx, i.ID)
		if err != nil {
			return err
		}
		var acts []string
		for _, e := range trail {
			acts = append(acts, e.Action+" by "+e.Actor)
		}
		if got := strings.Join(acts, ", "); got != "incident.open by token:monitoring, incident.resolve by token:monitoring" {
			t.Errorf("audit: %s", got)
		}
		_, err = data.VerifyAudit(tx)
		return err
	})
}

// TestGroupsOfAlerts plays deliveries at ten-minute steps against one rule or several, and looks at what is there then.
func TestGroupsOfAlerts(t *testing.T) {
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	login, read := fires("f1", "login", at(0)), fires("f2", "crm-read", at(10))
	slow := fires("f3", "login", at(10), "severity=warning")
	byComponent, byGroup, draft, stays := byLabel, byLabel, byLabel, byLabel
	byComponent.Group, byGroup.Group, draft.Draft, stays.Resolve = alerts.ByComponent, alerts.ByAlertGroup, true, false
	for _, tt := range []struct {
		name  string
		rule  alerts.Rule
		sends [][]sent
		want  string // phase and what is held of each incident, drafts in brackets
		said  int    // updates that the public sees, of all
	}{
		{"joins", byLabel, [][]sent{{login}, {login, read}}, "investigating crm-read=major_outage login=major_outage", 2},
		{"both at once", byLabel, [][]sent{{login, read}}, "investigating crm-read=major_outage login=major_outage", 1},
		{"part of it works again", byLabel, [][]sent{{login, read}, {login.over(at(9)), read}}, "investigating crm-read=major_outage login=operational", 2},
		{"one ends and another begins at once", byLabel, [][]sent{{login}, {login.over(at(9)), read}}, "investigating crm-read=major_outage login=operational", 2},
		{"the end of one is not the end", byLabel, [][]sent{{login, read}, {login.over(at(9))}}, "investigating crm-read=major_outage login=operational", 2},
		{"all end", byLabel, [][]sent{{login, read}, {login.over(at(9)), read.over(at(9))}}, "resolved crm-read=operational login=operational", 2},
		{"worse", byLabel, [][]sent{{slow}, {slow, login}}, "investigating login=major_outage", 2},
		{"less bad adds nothing", byLabel, [][]sent{{login}, {login, slow}}, "investigating login=major_outage", 1},
		{"better", byLabel, [][]sent{{login, slow}, {login.over(at(9)), slow}}, "investigating login=degraded", 2},
		{"by component", byComponent, [][]sent{{login, read}, {login.over(at(9))}}, "investigating crm-read=major_outage | resolved login=operational", 3},
		{"by Alertmanager's group", byGroup, [][]sent{{login, read}}, "investigating crm-read=major_outage login=major_outage", 1},
		{"a draft", draft, [][]sent{{login}}, "(investigating login=major_outage)", 1},
		{"a draft that is over is put aside", draft, [][]sent{{login}, {login.over(at(9))}}, "(resolved login=operational)", 2},
		{"people resolve", stays, [][]sent{{login}, {login.over(at(9))}}, "investigating login=major_outage", 1},
		{"nothing the public knows", byLabel, [][]sent{{fires("f9", "inner", at(0))}}, "(investigating inner=major_outage)", 1},
		{"no such component", byLabel, [][]sent{{fires("f9", "printer", at(0))}}, "", 0},
		{"begins in the future", byLabel, [][]sent{{fires("f1", "login", at(60))}, {fires("f1", "login", at(60)).over(at(70))}}, "resolved login=operational", 2},
		{"began long ago", byLabel, [][]sent{{fires("f1", "login", at(-90*24*60))}}, "investigating login=major_outage", 1},
		{"an end without its beginning", byLabel, [][]sent{{login.over(at(0))}}, "", 0},
		{"an end without a time", byLabel, [][]sent{{login}, {login.over(time.Time{})}}, "resolved login=operational", 2},
		{"an end at its beginning", byLabel, [][]sent{{login}, {login.over(login.Starts)}}, "resolved login=operational", 2},
		{"twice in one message", byLabel, [][]sent{{login, login, login.over(at(0))}}, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := room(t, tt.rule)
			for _, s := range tt.sends {
				w.send(s...)
				before := w.revision()
				if w.send(s...); w.revision() != before {
					t.Errorf("a repeat of %v wrote something", s)
				}
				w.after(10 * time.Minute)
			}
			var got []string
			said := 0
			for _, i := range w.incidents() {
				s := string(i.Phase) + " " + heldBy(i)
				if i.Hidden {
					s = "(" + s + ")"
				}
				got = append(got, s)
				for _, u := range i.Updates {
					if !u.Internal {
						said++
					}
				}
			}
			slices.Sort(got)
			if g := strings.Join(got, " | "); g != tt.want || said != tt.said {
				t.Errorf("there are %q with %d updates, want %q with %d", g, said, tt.want, tt.said)
			}
		})
	}
}
