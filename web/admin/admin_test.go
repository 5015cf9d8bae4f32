package admin_test

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestPagesByRole asks for every page by every role and by nobody.
func TestPagesByRole(t *testing.T) {
	w := newWorld(t)
	id := w.open(form("title", "Sign-in fails", "component", "login", "level", "major_outage"))
	desk := w.lay(datatest.Occurrence("system", w.away(9, 22)))
	for path, need := range map[string]data.Role{
		"/": data.Viewer, "/incidents": data.Viewer, "/incidents?open=true": data.Viewer, "/incidents/new": data.Viewer,
		"/incidents/" + id: data.Viewer, "/audit": data.Viewer, "/audit?object=" + id: data.Viewer, "/alerts": data.Viewer, "/alerts?firing=true": data.Viewer,
		"/maintenance": data.Viewer, "/maintenance/rule": data.Viewer, "/maintenance/new": data.Viewer, desk: data.Viewer,
		"/operators": data.Admin, "/tokens": data.Admin,
	} {
		for _, role := range []data.Role{"", data.Viewer, data.Responder, data.Admin} {
			a := w.get(role, path)
			want := http.StatusOK
			switch {
			case role == "":
				want = http.StatusSeeOther
			case !role.May(need):
				want = http.StatusForbidden
			}
			if a.status != want {
				t.Errorf("%s by %q: %d, want %d", path, role, a.status, want)
			}
			if role == "" {
				if to := a.header.Get("Location"); !strings.HasPrefix(to, "/signin?return=%2F") || strings.Contains(a.body, "Sign-in fails") {
					t.Errorf("%s by nobody leads to %s and says %q", path, to, a.body)
				}
				continue
			}
			csp := a.header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
				if !strings.Contains(csp, part) {
					t.Errorf("%s: the policy %q lacks %s", path, csp, part)
				}
			}
			if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: headers %v", path, a.header)
			}
			if strings.Contains(a.body, "style=") || strings.Contains(a.body, "onclick") {
				t.Errorf("%s has style or script in line", path)
			}
			if role == data.Viewer && path != "/incidents/new" && path != "/maintenance/new" && strings.Count(a.body, `method="post"`) > 1 {
				t.Errorf("%s offers a viewer more forms than signing out", path)
			}
		}
	}
}

// TestCrossSiteVisit: the first request that a link in a mail makes has no session's cookie and is made again from here.
func TestCrossSiteVisit(t *testing.T) {
	w := newWorld(t)
	a := w.get("", "/incidents?open=true", "Sec-Fetch-Site", "cross-site")
	if a.status != 200 || !strings.Contains(a.body, `content="0;url=/incidents?open=true"`) {
		t.Errorf("from elsewhere: %d %s", a.status, a.body)
	}
	if a = w.get("", "/incidents", "Sec-Fetch-Site", "same-origin"); a.status != http.StatusSeeOther {
		t.Errorf("from here: %d", a.status)
	}
}

// TestDesk goes through an incident's life by forms alone.
func TestDesk(t *testing.T) {
	w := newWorld(t)
	a := w.get(data.Responder, "/incidents/new")
	if a.hidden("/incidents").Get("key") == "" || !strings.Contains(a.body, `value="login"`) || !strings.Contains(a.body, "db3") {
		t.Fatalf("the form: %s", a.body)
	}
	fields := a.hidden("/incidents")
	for k, v := range form("title", "Sign-in fails", "component", "login", "component", "crm-read", "level", "partial_outage", "next", "30m", "started", "10m") {
		fields[k] = v
	}
	id := w.open(fields)
	if again := w.open(fields); again != id {
		t.Errorf("the same form sent twice opens %s and %s", id, again)
	}
	i := w.incident(id)
	own := w.incident(w.open(form("title", "T", "body", "B", "title:fi", "Otsikko", "body:fi", "Teksti", "component", "login", "level", "degraded")))
	if own.Titles["fi"] != "Otsikko" || own.Updates[0].Bodies["fi"] != "Teksti" || len(own.Titles) != 1 {
		t.Errorf("in other languages: %+v", own)
	}
	if i.Title != "Sign-in fails" || len(i.Affected) != 2 || i.NextUpdate.IsZero() || !i.Started.Before(i.Created) || i.Updates[0].Bodies["nb"] == "" {
		t.Errorf("opened: %+v", i)
	}
	desk := "/incidents/" + id
	a = w.get(data.Responder, desk+"?did=open")
	if !strings.Contains(a.body, "The incident is open.") || !strings.Contains(a.body, "data-left=\"") || !strings.Contains(a.body, "https://status.example.com/incidents/"+id) {
		t.Errorf("its desk: %s", a.body)
	}
	say := func(pairs ...string) answer {
		t.Helper()
		fields := w.get(data.Responder, desk).hidden(desk + "/update")
		for k, v := range form(pairs...) {
			fields[k] = v
		}
		return w.post(data.Responder, desk+"/update", fields)
	}
	if a = say("body", "A disk is full.", "phase", "identified", "held:login", "major_outage", "held:crm-read", "operational"); a.status != http.StatusSeeOther {
		t.Fatalf("update: %d %s", a.status, a.problem())
	}
	i = w.incident(id)
	if i.Phase != data.Identified || i.Latest().Body != "A disk is full." || len(i.Latest().Changes) != 2 {
		t.Errorf("updated: %+v", i.Latest())
	}
	if a = say("phase", "resolved", "held:login", "major_outage"); a.status != http.StatusSeeOther || !strings.HasSuffix(a.header.Get("Location"), "did=resolve") {
		t.Fatalf("resolve: %d %s", a.status, a.problem())
	}
	if i = w.incident(id); i.Open() || i.Worst() > data.Operational {
		t.Errorf("resolved: %+v", i)
	}
	undo := w.get(data.Responder, desk).hidden(desk + "/undo")
	if a = w.post(data.Responder, desk+"/undo", undo); a.status != http.StatusSeeOther {
		t.Fatalf("undo: %d %s", a.status, a.problem())
	}
	if i = w.incident(id); !i.Open() || i.Worst() != data.MajorOutage {
		t.Errorf("undone: %+v", i)
	}
	if a = w.post(data.Responder, desk+"/note", form("body", "It is db3.")); a.status != http.StatusSeeOther || !w.incident(id).Updates[len(w.incident(id).Updates)-1].Internal {
		t.Errorf("note: %d %s", a.status, a.problem())
	}
	amend := w.get(data.Responder, desk).hidden(desk + "/amend")
	amend.Set("title", "Sign-in is down")
	amend.Set("impact", "critical")
	amend.Set("started_at", amend.Get("started_was"))
	if a = w.post(data.Responder, desk+"/amend", amend); a.status != http.StatusSeeOther || w.incident(id).Title != "Sign-in is down" || w.incident(id).Impact != "critical" {
		t.Errorf("amend: %d %s %+v", a.status, a.problem(), w.incident(id))
	}
	word := w.incident(id).Updates[0].ID
	a = w.get(data.Responder, desk+"?reword="+word)
	fields = a.hidden(desk + "/updates/" + word + "/reword")
	fields.Set("body", "Nobody can sign in.")
	if a = w.post(data.Responder, desk+"/updates/"+word+"/reword", fields); a.status != http.StatusSeeOther || len(w.incident(id).Updates[0].Edits) != 1 {
		t.Errorf("reword: %d %s", a.status, a.problem())
	}
	for _, act := range []string{"undefined", "delete", "..", "open"} {
		if a = w.post(data.Responder, desk+"/"+act, form()); a.status != http.StatusNotFound && a.status != http.StatusMovedPermanently && a.status != http.StatusTemporaryRedirect {
			t.Errorf("act %s: %d", act, a.status)
		}
	}
}

// TestWhatWasTypedStays sends forms that cannot be taken: the answer has everything that was typed, and what is wrong.
func TestWhatWasTypedStays(t *testing.T) {
	w := newWorld(t)
	began := time.Now().Add(-26 * time.Hour).Format("2006-01-02T15:04")
	fields := form("title", "Only a title", "body", "Many\nwords <here>", "level", "degraded", "started_at", began, "cohort", "pilot", "next", "2h", "key", "k", "title:nb", "Tittel", "body:nb", "Tekst")
	a := w.post(data.Responder, "/incidents", fields)
	if a.status != 422 || !strings.Contains(a.problem(), "at least one component") {
		t.Errorf("without components: %d %q", a.status, a.problem())
	}
	for _, kept := range []string{`value="Only a title"`, "Many\nwords &lt;here&gt;", `value="` + began + `"`, `value="degraded" checked`, `value="pilot" selected`, `value="2h" selected`, `value="Tittel"`, ">Tekst</textarea>"} {
		if !strings.Contains(a.body, kept) {
			t.Errorf("the form lost %s", kept)
		}
	}
	if key := a.hidden("/incidents").Get("key"); key == "" || key == "k" {
		t.Errorf("the form comes back with the key %q: it was used for a refusal", key)
	}
	fields.Set("component", "login")
	fields.Set("started_at", "yesterday")
	if a = w.post(data.Responder, "/incidents", fields); a.status != 422 || !strings.Contains(a.problem(), "2026-01-31T03:10") {
		t.Errorf("with a wrong time: %d %q", a.status, a.problem())
	}

	// Two people at once: the second learns of the first, and loses nothing.
	id := w.open(form("title", "x", "component", "login", "level", "major_outage"))
	desk := "/incidents/" + id
	stale := w.get(data.Responder, desk).hidden(desk + "/update")
	first := w.get(data.Admin, desk).hidden(desk + "/update")
	first.Set("body", "From the first.")
	first.Set("phase", "identified")
	first.Set("held:login", "degraded")
	if a = w.post(data.Admin, desk+"/update", first); a.status != http.StatusSeeOther {
		t.Fatalf("the first: %d %s", a.status, a.problem())
	}
	for k, v := range form("body", "From the second.", "phase", "investigating", "held:login", "major_outage", "next", "30m", "body:nb", "Fra den andre.", "component", "crm-read", "level", "degraded") {
		stale[k] = v
	}
	a = w.post(data.Responder, desk+"/update", stale)
	if a.status != http.StatusConflict || !strings.Contains(a.problem(), "admin@example.com") || !strings.Contains(a.body, "From the first.") || !strings.Contains(a.body, ">From the second.</textarea>") {
		t.Errorf("the second: %d %q", a.status, a.problem())
	}
	for _, want := range []string{"You had sent: Investigating; Sign-in: major outage; crm-read: degraded", `value="identified" checked`, `value="degraded" selected`, ">Fra den andre.</textarea>"} {
		if !strings.Contains(strings.ToLower(a.body), strings.ToLower(want)) {
			t.Errorf("after a conflict the form lacks %s", want)
		}
	}
	if strings.Contains(a.body, `value="crm-read" checked`) {
		t.Error("after a conflict the form still ticks what was ticked for the older version")
	}
	again := a.hidden(desk + "/update")
	for k, v := range form("body", "From the second.", "phase", checked(a.body, "phase"), "held:login", "degraded") {
		again[k] = v
	}
	if a = w.post(data.Responder, desk+"/update", again); a.status != http.StatusSeeOther {
		t.Errorf("sent again after looking: %d %s", a.status, a.problem())
	}
	if i := w.incident(id); i.Phase != data.Identified || i.Worst() != data.Degraded {
		t.Errorf("sending again took back what the first did: %s, %s", i.Phase, i.Worst())
	}

	// What an amendment leaves alone is not put back either.
	stale = w.get(data.Responder, desk).hidden(desk + "/amend")
	first = w.get(data.Admin, desk).hidden(desk + "/amend")
	for k, v := range form("title", "The first's", "impact", first.Get("impact_was"), "started_at", first.Get("started_was")) {
		first[k] = v
	}
	w.post(data.Admin, desk+"/amend", first)
	for k, v := range form("title", "x", "impact", "critical", "started_at", stale.Get("started_was")) {
		stale[k] = v
	}
	a = w.post(data.Responder, desk+"/amend", stale)
	if a.status != http.StatusConflict || !strings.Contains(a.body, `name="title" value="The first&#39;s"`) || !strings.Contains(a.body, `value="critical" selected`) {
		t.Errorf("a stale amendment: %d %q", a.status, a.problem())
	}

	// A button that is refused does not empty the form beside it.
	a = w.post(data.Responder, desk+"/publish", form("version", "1"))
	if a.status != http.StatusConflict || checked(a.body, "phase") != "identified" {
		t.Errorf("a refused button: %d %q", a.status, checked(a.body, "phase"))
	}
}

// TestLostSession: a form whose sender is signed out comes back whole, and can be sent as it is after signing in.
func TestLostSession(t *testing.T) {
	w := newWorld(t)
	fields := form("title", "T <b>", "body", "B", "component", "login", "component", "crm-read", "level", "degraded", "key", "k1")
	a := w.post("", "/incidents", fields)
	if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "T &lt;b&gt;") || strings.Contains(a.body, "Sign-in</") {
		t.Fatalf("held: %d %s", a.status, a.body)
	}
	kept := a.hidden("/incidents")
	kept.Set("title", "T <b>") // these two are shown, to be changed
	kept.Set("body", "B")
	if len(kept["component"]) != 2 || kept.Get("key") != "k1" {
		t.Errorf("held: %v", kept)
	}
	if id := w.open(kept); w.incident(id).Title != "T <b>" {
		t.Errorf("sent again: %+v", w.incident(id))
	}
}

// TestPreviewPage shows what will be told, changes nothing, and leads on or back with everything that was typed.
func TestPreviewPage(t *testing.T) {
	w := newWorld(t)
	fields := form("title", "Sign-in fails", "component", "login", "level", "major_outage", "go", "preview", "key", "k")
	before := <-w.store.Watch(t.Context())
	a := w.post(data.Responder, "/incidents", fields)
	if a.status != 200 || !strings.Contains(a.body, "What people will be told") || !strings.Contains(a.body, "<b>1</b>") || !strings.Contains(a.body, "English is shown") {
		t.Fatalf("preview: %d %s", a.status, a.body)
	}
	if after := <-w.store.Watch(t.Context()); after != before {
		t.Error("the preview wrote something")
	}
	kept := a.hidden("/incidents")
	if kept.Get("go") != "" || kept.Get("title") != "Sign-in fails" || kept.Get("key") != "k" {
		t.Errorf("kept: %v", kept)
	}
	back := form("go", "back")
	for k, v := range kept {
		back[k] = v
	}
	if a = w.post(data.Responder, "/incidents", back); a.status != 200 || !strings.Contains(a.body, `value="Sign-in fails"`) || !strings.Contains(a.body, `value="login" checked`) {
		t.Errorf("back: %d %s", a.status, a.body)
	}
	id := w.open(kept)
	desk := "/incidents/" + id
	fields = w.get(data.Responder, desk).hidden(desk + "/update")
	fields.Set("body", "News.")
	fields.Set("go", "preview")
	if a = w.post(data.Responder, desk+"/update", fields); a.status != 200 || !strings.Contains(a.body, "News.") {
		t.Errorf("preview of an update: %d %s", a.status, a.body)
	}
}

// TestDeclare leads from measured outages to one incident of them all, with its times.
func TestDeclare(t *testing.T) {
	w := newWorld(t)
	began := time.Now().Add(-7 * time.Minute).UTC().Truncate(time.Second)
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		var errs []error
		for n, slug := range []string{"login", "crm-read"} {
			at := began.Add(time.Duration(n) * time.Minute)
			p := datatest.Probe(slug, slug)
			o, m := datatest.Outage(slug, at), datatest.Mark(slug, at, data.Level(3+n))
			o.By, m.By = p.Name, p.Name
			errs = append(errs, tx.Probes().Put(p), tx.Outages().Put(o), tx.Marks().Put(m))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	a := w.get(data.Responder, "/")
	_, link, found := strings.Cut(a.body, `href="/incidents/new?outage=`)
	link, _, _ = strings.Cut(link, `"`)
	if !found || !strings.Contains(a.body, "Declare all 2 as one incident") || strings.Contains(w.get(data.Viewer, "/").body, "Declare") {
		t.Fatalf("the overview: %s", a.body)
	}
	a = w.get(data.Responder, "/incidents/new?outage="+html.UnescapeString(link))
	fields := a.hidden("/incidents")
	for _, want := range []string{`value="login" checked`, `value="crm-read" checked`, `value="major_outage" checked`, `value="Several services do not work"`, `<option value="exact" selected>`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	for k, v := range form("title", "Several services do not work", "component", "login", "component", "crm-read", "level", "major_outage",
		"started", "exact", "started_at", began.In(w.zone()).Format("2006-01-02T15:04:05")) {
		fields[k] = v
	}
	i := w.incident(w.open(fields))
	if !i.Started.Equal(began) || len(i.Affected) != 2 {
		t.Errorf("declared: %+v", i)
	}
	err = w.store.View(t.Context(), func(tx data.Tx) error {
		for o, err := range tx.Outages().Range("", "") {
			if err != nil {
				return err
			}
			if want := began.Add(map[string]time.Duration{"login": 0, "crm-read": time.Minute}[o.Component]); !o.Started.Equal(want) {
				t.Errorf("the outage of %s by %s began at %v, want %v", o.Component, o.By, o.Started, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if a = w.get(data.Responder, "/"); strings.Contains(a.body, "Declare") {
		t.Error("what was declared is still suspected")
	}
	if a = w.get(data.Responder, "/incidents/new?outage="+html.UnescapeString(link)); a.status != 404 {
		t.Errorf("declared once more: %d", a.status)
	}
}

// TestManyReaders: where many will be mailed, a form leads to its preview first, and a second press sends it.
func TestManyReaders(t *testing.T) {
	w := newWorld(t)
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		for n := range 1001 {
			if err := tx.Subscribers().Put(datatest.Subscriber(fmt.Sprintf("r%04d", n))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fields := form("title", "x", "component", "login", "level", "degraded")
	a := w.post(data.Responder, "/incidents", fields)
	if a.status != 200 || !strings.Contains(a.problem(), "look once") || !strings.Contains(a.body, "<b>1002</b>") {
		t.Fatalf("the first press: %d %q", a.status, a.problem())
	}
	id := w.open(a.hidden("/incidents"))
	desk := "/incidents/" + id
	fields = w.get(data.Responder, desk).hidden(desk + "/update")
	fields.Set("body", "More.")
	if a = w.post(data.Responder, desk+"/update", fields); a.status != 200 || len(w.incident(id).Updates) != 1 {
		t.Fatalf("the first press of an update: %d", a.status)
	}
	if a = w.post(data.Responder, desk+"/update", a.hidden(desk+"/update")); a.status != http.StatusSeeOther {
		t.Errorf("the second: %d %q", a.status, a.problem())
	}
}

// TestTextIsInert writes what has hurt others into every field that people fill (C4, C11, C13).
func TestTextIsInert(t *testing.T) {
	w := newWorld(t)
	for _, evil := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{1337*1337}}{{.}}`, `javascript:alert(1)`, `</textarea><script>`,
		`${7*7} <%= 7*7 %>`, `]]><x>`, `' onmouseover='alert(1)`,
	} {
		id := w.open(form("title", evil, "body", evil, "component", "login", "level", "degraded", "title:nb", evil, "body:nb", evil))
		w.post(data.Responder, "/incidents/"+id+"/note", form("body", evil))
		for _, path := range []string{"/", "/incidents", "/incidents/" + id, "/audit?object=" + id} {
			a := w.get(data.Admin, path)
			if a.status != 200 || strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "1787569") || strings.Contains(a.body, "onmouseover='") {
				t.Errorf("%s with %s: %d", path, evil, a.status)
			}
			if path == "/incidents/"+id && !strings.Contains(html.UnescapeString(a.body), evil) {
				t.Errorf("%s lost %s", path, evil)
			}
		}
	}
}

// TestFormsOnly: a form comes from our own pages, in its own type and size; nothing is changed by GET.
func TestFormsOnly(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest(http.MethodPost, "/incidents", strings.NewReader(`{"title":"x"}`))
	if a := w.do(data.Responder, r, "Content-Type", "application/json"); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON to a page: %d", a.status)
	}
	if a := w.post(data.Responder, "/incidents", form("body", strings.Repeat("x", 200<<10))); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a giant form: %d", a.status)
	}
	if a := w.post(data.Viewer, "/incidents", form("title", "x", "component", "login")); a.status != http.StatusForbidden {
		t.Errorf("a viewer: %d", a.status)
	}
	for _, path := range []string{"/operators/opviewer/role", "/operators/opviewer/disable", "/tokens", "/tokens/abcdefghijkl/revoke"} {
		if a := w.post(data.Responder, path, form("role", "admin", "name", "n")); a.status != http.StatusForbidden {
			t.Errorf("%s by a responder: %d", path, a.status)
		}
	}
}

func TestPeople(t *testing.T) {
	w := newWorld(t)
	if a := w.post(data.Admin, "/operators/opviewer/role", form("role", "responder", "key", "a")); a.status != http.StatusSeeOther {
		t.Errorf("role: %d %s", a.status, a.problem())
	}
	if a := w.get(data.Viewer, "/incidents/new"); a.status != 200 {
		t.Errorf("after the change of role: %d", a.status)
	}
	if a := w.post(data.Admin, "/operators/opviewer/disable", form("key", "b")); a.status != http.StatusSeeOther {
		t.Errorf("disable: %d %s", a.status, a.problem())
	}
	if a := w.get(data.Viewer, "/"); a.status != http.StatusSeeOther {
		t.Errorf("a disabled operator: %d", a.status)
	}
	if a := w.get(data.Admin, "/operators"); !strings.Contains(a.body, "disabled") {
		t.Error("the list does not say who is disabled")
	}
	a := w.post(data.Admin, "/tokens", form("name", "pager", "role", "responder", "days", "90", "scopes", "incident, audit", "from", "10.0.0.0/8"))
	if a.status != http.StatusCreated || strings.Count(a.body, "sp_") != 1 {
		t.Errorf("token: %d %s", a.status, a.problem())
	}
	a = w.post(data.Admin, "/tokens", form("name", "other", "role", "viewer", "days", "x"))
	if a.status != 422 || !strings.Contains(a.problem(), "3650") || !strings.Contains(a.body, `value="other"`) {
		t.Errorf("a token for x days: %d %q", a.status, a.problem())
	}
	a = w.post(data.Admin, "/tokens", form("name", "third", "role", "viewer", "days", "7"))
	if a.status != http.StatusCreated || strings.Count(a.body, "sp_") != 1 {
		t.Errorf("a token: %d %q", a.status, a.problem())
	}
	if a = w.get(data.Admin, "/tokens"); strings.Contains(a.body, "sp_") || !strings.Contains(a.body, "third") {
		t.Error("the list shows a secret, or no token")
	}
}
