package api_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// ask sends a request as root and decodes an incident; it fails the test unless the status is as wanted.
func (d *desk) ask(want int, path, body string, header ...string) api.Incident {
	d.t.Helper()
	status, answer := d.do(&root, "POST", "/api/v1/incidents"+path, body, header...)
	var i api.Incident
	if err := json.Unmarshal([]byte(answer), &i); status != want || err != nil && want < 300 {
		d.t.Fatalf("POST %s %s: %d %s, want %d", path, body, status, answer, want)
	}
	return i
}

func (d *desk) get(id string) api.Incident {
	d.t.Helper()
	status, answer := d.do(&root, "GET", "/api/v1/incidents/"+id, "")
	var i api.Incident
	if err := json.Unmarshal([]byte(answer), &i); status != 200 || err != nil {
		d.t.Fatalf("GET %s: %d %s %v", id, status, answer, err)
	}
	return i
}

// toTell counts the bulletins that are still to be told, and when the first is.
func (d *desk) toTell(id string) (live int, moment time.Time) {
	d.t.Helper()
	d.view(func(tx data.Tx) error {
		live = 0
		from, to := data.BulletinsOf(data.AboutIncident, id)
		for b, err := range tx.Bulletins().Range(from, to) {
			if err != nil {
				return err
			}
			if !b.Void {
				live, moment = live+1, b.Moment
			}
		}
		return nil
	})
	return live, moment
}

const login = `"title":"Sign-in fails","components":{"login":"major_outage"}`

func TestDraft(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`,"draft":true,"started_ago":"10m"}`)
	quiet := func(when string) {
		t.Helper()
		s, outages := d.standing("login")
		if n, _ := d.toTell(i.ID); s.Declared || len(outages) != 0 || n != 0 {
			t.Errorf("%s: login stands at %+v with outages %v and %d bulletins", when, s, outages, n)
		}
	}
	quiet("a draft")
	d.ask(200, "/"+i.ID+"/updates", `{"body":"A disk is full.","phase":"identified"}`)
	quiet("an updated draft")
	d.ask(409, "/-/updates", `{"body":"x"}`) // a draft is not what "the open one" means
	i = d.ask(200, "/"+i.ID+"/publish", `{}`)
	s, outages := d.standing("login")
	if n, _ := d.toTell(i.ID); i.Draft || s.Level != data.MajorOutage || len(outages) != 1 || !outages[0].Started.Equal(i.Started) || n != 1 {
		t.Errorf("published: login stands at %+v with outages %+v and %d bulletins", s, outages, n)
	}
	d.ask(409, "/"+i.ID+"/publish", `{}`)
	d.ask(409, "/"+i.ID+"/discard", `{}`)

	other := d.ask(201, "", `{`+login+`,"draft":true}`)
	if other = d.ask(200, "/"+other.ID+"/discard", `{}`); other.Phase != data.Resolved || !other.Draft {
		t.Errorf("discarded: %+v", other)
	}
	d.ask(409, "/"+other.ID+"/updates", `{"body":"x"}`)
	d.ask(409, "/"+other.ID+"/publish", `{}`)
}

// TestDraftsWordsStayInside: what was said while it was a draft is not in its public story.
func TestDraftsWordsStayInside(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`,"draft":true,"body":"Secret one."}`)
	d.ask(200, "/"+i.ID+"/updates/"+i.Updates[0].ID+"/reword", `{"body":"Secret two."}`)
	d.ask(200, "/"+i.ID+"/updates", `{"body":"For everybody.","components":{"crm-read":"degraded"}}`)
	i = d.ask(200, "/"+i.ID+"/publish", `{}`)
	public := 0
	for _, u := range i.Updates {
		if u.Internal {
			continue
		}
		public++
		if u.Body != "For everybody." || len(u.Edits) != 0 || len(u.Changes) != 2 || u.Changes[0].Old != data.Operational {
			t.Errorf("published: %+v", u)
		}
	}
	if public != 1 {
		t.Errorf("%d public updates: %+v", public, i.Updates)
	}
}

// TestUndoEndsWithTheMail: nothing is taken back once what it changed may have been sent, and no row of updates keeps the first
// mail from going out.
func TestUndoEndsWithTheMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.api.Undo = data.UndoTime
		i := d.ask(201, "", `{`+login+`}`)
		began := time.Now()
		time.Sleep(29 * time.Second)
		i = d.ask(200, "/"+i.ID+"/amend", `{"title":"Other"}`)
		if i.UndoUntil == nil || !i.UndoUntil.Equal(began.Add(data.UndoTime)) {
			t.Errorf("undo until %v, want until the mail goes", i.UndoUntil)
		}
		time.Sleep(2 * time.Second)
		d.ask(409, "/"+i.ID+"/undo", `{}`)

		time.Sleep(time.Hour)
		began = time.Now()
		for time.Since(began) < 2*data.UndoTime {
			d.ask(200, "/"+i.ID+"/updates", `{"body":"More."}`)
			if n, at := d.toTell(i.ID); n != 1 || at.After(began.Add(2*data.UndoTime)) {
				t.Fatalf("after %v %d mails wait until %v", time.Since(began), n, at.Sub(began))
			}
			time.Sleep(7 * time.Second)
		}
	})
}

// TestDraftKnowsSinceWhen: a draft out of a measured outage keeps since when we knew.
func TestDraftKnowsSinceWhen(t *testing.T) {
	d := newDesk(t)
	start := time.Now().Add(-34 * time.Minute).UTC().Truncate(time.Second)
	o := datatest.Outage("login", start)
	if err := d.store.Update(t.Context(), func(tx data.Tx) error { return tx.Outages().Put(o) }); err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"outage": o.Key(), "draft": true})
	i := d.ask(201, "", string(body))
	d.ask(200, "/"+i.ID+"/publish", `{}`)
	_, outages := d.standing("login")
	for _, o := range outages {
		if !o.Aware.Equal(start) {
			t.Errorf("aware at %v, want %v: %+v", o.Aware, start, o)
		}
	}
}

func TestNotesAndWords(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`}`)
	_, first := d.toTell(i.ID)
	i = d.ask(201, "/"+i.ID+"/notes", `{"body":"It is the disk of db3."}`)
	if !i.Updates[0].Internal || i.Phase != data.Investigating {
		t.Errorf("noted: %+v", i)
	}
	word := i.Updates[1].ID
	i = d.ask(200, "/"+i.ID+"/updates/"+word+"/reword", `{"body":"Nobody can sign in."}`)
	if u := i.Updates[1]; u.Body != "Nobody can sign in." || len(u.Edits) != 1 || u.Edits[0].Body != "We are looking into it." || u.Edits[0].By != root.Name {
		t.Errorf("reworded: %+v", u)
	}
	d.ask(422, "/"+i.ID+"/updates/"+word+"/reword", `{"body":"Nobody can sign in."}`)
	d.ask(404, "/"+i.ID+"/updates/abcdefghijkl/reword", `{"body":"x"}`)
	i = d.ask(200, "/"+i.ID+"/amend", `{"title":"Sign-in is down","impact":"critical"}`)
	if i.Title != "Sign-in is down" || i.Impact != "critical" {
		t.Errorf("amended: %+v", i)
	}
	if n, at := d.toTell(i.ID); n != 1 || !at.Equal(first) {
		t.Errorf("corrections are sent: %d bulletins, the last of %v", n, at)
	}
	d.ask(422, "/"+i.ID+"/amend", `{}`)
	if i = d.get(i.ID); len(i.Trail) != 4 || i.Trail[0].Action != "incident.amend" || i.Trail[3].Action != "incident.open" {
		t.Errorf("its trail is %+v", i.Trail)
	}
}

func TestBeginningIsCorrected(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`,"started_ago":"10m"}`)
	earlier := i.Started.Add(-20 * time.Minute)
	i = d.ask(200, "/"+i.ID+"/amend", `{"started":"`+earlier.Format(time.RFC3339)+`"}`)
	_, outages := d.standing("login")
	if len(outages) != 1 || !outages[0].Corrected().Started.Equal(earlier) || outages[0].Started.Equal(earlier) || outages[0].Corrections[0].Author != root.Name {
		t.Errorf("the outage was overwritten or not corrected: %+v", outages)
	}
	d.ask(422, "/"+i.ID+"/amend", `{"started":"`+time.Now().Add(time.Hour).Format(time.RFC3339)+`"}`)
	d.ask(422, "/"+i.ID+"/amend", `{"started":"2001-01-01T00:00:00Z"}`)
}

func TestBackdating(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`,"started_ago":"2h"}`)
	d.ask(422, "/"+i.ID+"/resolve", `{"at_ago":"1h"}`) // before the word that was said last
	d.ask(422, "/"+i.ID+"/updates", `{"body":"x","at":"2999-01-01T00:00:00Z"}`)
	at := time.Now().UTC()
	i = d.ask(200, "/"+i.ID+"/resolve", `{"at":"`+at.Format(time.RFC3339Nano)+`"}`)
	if _, outages := d.standing("login"); !outages[0].Ended.Equal(at) || !i.Resolved.Equal(at) {
		t.Errorf("resolved at %v: outage %+v, incident %v", at, outages, i.Resolved)
	}
}

func TestConcurrentEdit(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`}`)
	d.ask(200, "/"+i.ID+"/updates", `{"body":"mine","version":1}`)
	for path, body := range map[string]string{
		"/updates": `{"body":"theirs","version":1}`, "/resolve": `{"version":1}`, "/amend": `{"title":"x","version":1}`,
		"/updates/" + i.Updates[0].ID + "/reword": `{"body":"x","version":1}`, "/undo": `{"version":1}`,
	} {
		status, answer := d.do(&root, "POST", "/api/v1/incidents/"+i.ID+path, body)
		if status != 409 || !strings.Contains(answer, root.Name) || !strings.Contains(answer, "version 2") {
			t.Errorf("%s on an old version: %d %s", path, status, answer)
		}
	}
	if got := d.get(i.ID); len(got.Updates) != 2 || got.Version != 2 {
		t.Errorf("something was changed: %+v", got)
	}
}

func TestCohortsInOneIncident(t *testing.T) {
	d := newDesk(t)
	d.ask(201, "", `{"title":"x","components":{"login@pilot":"major_outage","login":"degraded","crm-read@pilot":"partial_outage"}}`)
	s, outages := d.standing("login")
	if s.Cohorts["pilot"] != data.MajorOutage || s.Cohorts["all"] != data.Degraded || len(outages) != 1 || outages[0].Cohort != "pilot" {
		t.Errorf("login stands at %+v with %+v", s, outages)
	}
	d.ask(422, "", `{"title":"x","components":{"login@nobody":"degraded"}}`)
}

// TestOutOfAnOutage declares what a probe has measured, in one step.
func TestOutOfAnOutage(t *testing.T) {
	d := newDesk(t)
	start := time.Now().Add(-7 * time.Minute).UTC().Truncate(time.Second)
	o := datatest.Outage("login", start)
	err := d.store.Update(t.Context(), func(tx data.Tx) error {
		return errors.Join(tx.Probes().Put(datatest.Probe("front", "login")), tx.Outages().Put(o), tx.Marks().Put(datatest.Mark("login", start, data.MajorOutage)))
	})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"outage": o.Key()})
	i := d.ask(201, "", string(body))
	_, outages := d.standing("login")
	if i.Title == "" || !i.Started.Equal(start) || i.Components["login"] != data.MajorOutage || len(outages) != 2 {
		t.Fatalf("declared: %+v with %+v", i, outages)
	}
	for _, o := range outages {
		if !o.Started.Equal(start) || !o.Aware.Equal(start) {
			t.Errorf("an outage begins at %v and was known at %v, want %v", o.Started, o.Aware, start)
		}
	}
	d.ask(422, "", `{"outage":"login|all|x|y"}`)
}

// TestOutOfSeveralOutages: each declared outage begins with its own, also where the incident began with the first of them.
func TestOutOfSeveralOutages(t *testing.T) {
	d := newDesk(t)
	early, late := time.Now().Add(-2*time.Hour).UTC().Truncate(time.Second), time.Now().Add(-5*time.Minute).UTC().Truncate(time.Second)
	read, login := datatest.Outage("crm-read", early), datatest.Outage("login", late)
	if err := d.store.Update(t.Context(), func(tx data.Tx) error { return errors.Join(tx.Outages().Put(read), tx.Outages().Put(login)) }); err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"outages": []data.OutageKey{login.Key(), read.Key()}})
	i := d.ask(201, "", string(body))
	if i.Title != "Several services do not work" || !i.Started.Equal(early) || len(i.Holds) != 2 {
		t.Errorf("declared: %+v", i)
	}
	for component, want := range map[string]time.Time{"crm-read": early, "login": late} {
		_, outages := d.standing(component)
		if len(outages) != 2 {
			t.Errorf("%s: %+v", component, outages)
		}
		for _, o := range outages {
			if !o.Started.Equal(want) || !o.Aware.Equal(want) {
				t.Errorf("%s began at %v and was known at %v, want %v", component, o.Started, o.Aware, want)
			}
		}
	}
}

// TestUndo takes each kind of change back within the moment, and finds everything as it was.
func TestUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.api.Undo = data.UndoTime
		i := d.ask(201, "", `{`+login+`}`)
		if n, at := d.toTell(i.ID); n != 1 || !at.Equal(time.Now().Add(data.UndoTime)) || i.UndoUntil == nil {
			t.Errorf("%d bulletins at %v, undo until %v", n, at, i.UndoUntil)
		}
		time.Sleep(10 * time.Second)
		i = d.ask(200, "/"+i.ID+"/undo", `{}`)
		s, outages := d.standing("login")
		if n, _ := d.toTell(i.ID); !i.Draft || i.UndoUntil != nil || s.Declared || len(outages) != 0 || n != 0 {
			t.Errorf("after undoing: %+v; login %+v, outages %+v, %d bulletins", i, s, outages, n)
		}
		d.ask(409, "/"+i.ID+"/undo", `{}`) // once
		d.ask(200, "/"+i.ID+"/publish", `{}`)

		time.Sleep(time.Minute)
		d.ask(409, "/"+i.ID+"/undo", `{}`) // too late
		d.ask(200, "/"+i.ID+"/updates", `{"body":"More.","components":{"crm-read":"partial_outage","login":"degraded"}}`)
		time.Sleep(time.Second)
		i = d.ask(200, "/"+i.ID+"/undo", `{}`)
		s, outages = d.standing("login")
		if s.Level != data.MajorOutage || len(outages) != 1 || !outages[0].Ended.IsZero() || len(i.Updates) != 1 {
			t.Errorf("an update undone: %+v; login %+v, outages %+v", i, s, outages)
		}
		if s, outages := d.standing("crm-read"); s.Declared || len(outages) != 0 {
			t.Errorf("an update undone: crm-read %+v, outages %+v", s, outages)
		}
		if n, _ := d.toTell(i.ID); n != 1 {
			t.Errorf("%d bulletins stand after an update was undone, want the one before", n)
		}

		time.Sleep(time.Minute)
		d.ask(200, "/"+i.ID+"/resolve", `{}`)
		other := data.Actor{Name: "token:pager", Role: data.Responder}
		if status, answer := d.do(&other, "POST", "/api/v1/incidents/"+i.ID+"/undo", `{}`); status != 403 || !strings.Contains(answer, root.Name) {
			t.Errorf("somebody else's change: %d %s", status, answer)
		}
		i = d.ask(200, "/"+i.ID+"/undo", `{}`)
		s, outages = d.standing("login")
		if i.Phase != data.Investigating || s.Level != data.MajorOutage || len(outages) != 1 || !outages[0].Ended.IsZero() {
			t.Errorf("a resolution undone: %+v; login %+v, outages %+v", i, s, outages)
		}

		time.Sleep(time.Minute)
		started := i.Started.Add(-time.Hour)
		d.ask(200, "/"+i.ID+"/amend", `{"started":"`+started.Format(time.RFC3339)+`"}`)
		i = d.ask(200, "/"+i.ID+"/undo", `{}`)
		if _, outages = d.standing("login"); len(outages[0].Corrections) != 0 || i.Started.Equal(started) {
			t.Errorf("an amendment undone: %+v, outages %+v", i, outages)
		}
	})
}

// TestUndoIsOff: without a moment everything goes out at once, and cannot be taken back.
func TestUndoIsOff(t *testing.T) {
	d := newDesk(t)
	i := d.ask(201, "", `{`+login+`}`)
	if _, at := d.toTell(i.ID); at.After(time.Now()) || i.UndoUntil != nil {
		t.Errorf("told at %v, undo until %v", at, i.UndoUntil)
	}
	d.ask(409, "/"+i.ID+"/undo", `{}`)
}

func TestTemplates(t *testing.T) {
	d := newDesk(t)

	d.api.Templates = []api.Template{{
		Name:  "own",
		Title: data.Words{"en": "{components} is down", "nb": "{components} er nede"},
		Body:  data.Words{"en": "Next word at {next_update}. {{.}} {unknown}"},
	}}
	i := d.ask(201, "", `{"template":"own","components":{"login":"major_outage"},"next_update":"2030-01-02T12:00:00Z"}`)
	if i.Title != "login is down" || i.Titles["nb"] != "login er nede" || !strings.Contains(i.Updates[0].Body, "13:00") || !strings.Contains(i.Updates[0].Body, "{{.}} {unknown}") {
		t.Errorf("filled: %+v", i)
	}
	i = d.ask(201, "", `{"template":"own","title":"Mine","components":{"login":"degraded"},"next_update_in":"30m"}`)
	if i.Title != "Mine" || len(i.Titles) != 0 {
		t.Errorf("the report's own title: %+v", i)
	}
	d.ask(422, "", `{"template":"own","components":{"login":"degraded"}}`) // promises no next update
	d.ask(422, "", `{"template":"nothing","components":{"login":"degraded"}}`)
	for _, b := range api.BuiltInTemplates() {
		i := d.ask(201, "", `{"template":"`+b.Name+`","title":"t","components":{"login":"degraded"},"next_update_in":"30m"}`)
		if u := i.Updates[0]; len(u.Bodies) != len(data.Languages)-1 || strings.ContainsAny(u.Body, "{}") {
			t.Errorf("built-in %s: %+v", b.Name, u)
		}
	}
	if len(api.BuiltInTemplates()) < 6 {
		t.Errorf("only %d built-in templates", len(api.BuiltInTemplates()))
	}
}

func TestPaging(t *testing.T) {
	d := newDesk(t)
	for range 7 {
		d.ask(201, "", `{`+login+`}`)
	}
	var ids []string
	before := ""
	for range 5 {
		_, answer := d.do(&root, "GET", "/api/v1/incidents?limit=3"+before, "")
		var list api.Incidents
		if err := json.Unmarshal([]byte(answer), &list); err != nil {
			t.Fatal(answer)
		}
		for _, i := range list.Incidents {
			ids = append(ids, i.ID)
		}
		if list.Next == "" {
			break
		}
		before = "&before=" + list.Next
	}
	seen := map[string]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	if len(ids) != 7 || len(seen) != 7 {
		t.Errorf("paging gives %v", ids)
	}
	for path, want := range map[string]int{"?limit=0": 422, "?limit=x": 422, "?before=abcdefghijkl": 404, "?open=maybe": 422} {
		if status, answer := d.do(&root, "GET", "/api/v1/incidents"+path, ""); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, answer, want)
		}
	}
}

// TestReportedByACustomer opens an incident of which a customer told us before any probe did: the contract counts from there (U9).
func TestReportedByACustomer(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	at := func(ago time.Duration) string { return now.Add(-ago).Format(time.RFC3339) }
	body := `{"title":"x","components":{"login":"major_outage"},"started":"` + at(time.Hour) + `","reported":"` + at(50*time.Minute) + `"}`
	i := d.incident(body)
	d.view(func(tx data.Tx) error {
		outages, err := data.All(tx.Outages().Range("", ""))
		if len(outages) != 1 || !outages[0].Reported.Equal(now.Add(-50*time.Minute)) || !outages[0].Started.Equal(now.Add(-time.Hour)) {
			t.Errorf("outages %+v", outages)
		}
		return err
	})
	for body, want := range map[string]string{
		`{"title":"x","components":{"login":"degraded"},"reported":"` + at(-time.Hour) + `"}`:      "future",
		`{"title":"x","components":{"login":"degraded"},"reported":"` + at(32*24*time.Hour) + `"}`: "31 days",
	} {
		if status, answer := d.do(&root, "POST", "/api/v1/incidents", body); status != 422 || !strings.Contains(answer, want) || !strings.Contains(answer, `"reported"`) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if status, answer := d.do(&root, "POST", "/api/v1/incidents/"+i.ID+"/updates", `{"body":"x","reported":"`+at(time.Minute)+`"}`); status != 422 || !strings.Contains(answer, "statusd outage correct") {
		t.Errorf("an update that says when it was reported: %d %s", status, answer)
	}
}
