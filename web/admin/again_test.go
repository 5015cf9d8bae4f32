package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestSentBefore: a form that is sent again with other words, as after going back in the browser, comes back whole under a fresh key.
func TestSentBefore(t *testing.T) {
	w := newWorld(t)
	fields := form("title", "First", "component", "login", "level", "degraded", "key", "k1")
	id := w.open(fields)
	fields.Set("title", "Second")
	a := w.post(data.Responder, "/incidents", fields)
	if a.status != 422 || !strings.HasPrefix(a.problem(), "This form was sent before.") || !strings.Contains(a.body, `value="Second"`) {
		t.Fatalf("%d %q", a.status, a.problem())
	}
	fields.Set("key", a.hidden("/incidents").Get("key"))
	if other := w.open(fields); other == id {
		t.Error("it was not sent again")
	}
	desk := "/incidents/" + id
	w.post(data.Responder, desk+"/note", form("body", "One.", "key", "k2"))
	a = w.post(data.Responder, desk+"/note", form("body", "Two.", "key", "k2"))
	if !strings.HasPrefix(a.problem(), "This form was sent before.") || !strings.Contains(a.body, ">Two.</textarea>") || a.hidden(desk+"/note").Get("key") == "k2" {
		t.Errorf("a note: %d %q", a.status, a.problem())
	}
}

// TestRewordKeepsTranslations: who changes the words of an update changes its translations beside them, and loses none.
func TestRewordKeepsTranslations(t *testing.T) {
	w := newWorld(t)
	id := w.open(form("title", "x", "body", "One.", "body:nb", "En.", "body:fi", "Yksi.", "component", "login", "level", "degraded"))
	word := w.incident(id).Updates[0].ID
	desk := "/incidents/" + id
	to := desk + "/updates/" + word + "/reword"
	a := w.get(data.Responder, desk+"?reword="+word)
	_, sheet, _ := strings.Cut(a.body, `id="reword"`)
	sheet, _, _ = strings.Cut(sheet, "</form>")
	if !strings.Contains(sheet, `name="body:nb" lang="nb" rows="2">En.</textarea>`) || !strings.Contains(sheet, `name="body:fi"`) || strings.Contains(sheet, `name="body:sv"`) {
		t.Fatalf("the form: %s", sheet)
	}
	fields := a.hidden(to)
	for k, v := range form("body", "Two.", "body:nb", "To.", "body:fi", "") {
		fields[k] = v
	}
	refused := form("version", "77", "body", "Two.", "body:nb", "To.", "body:fi", "")
	if a = w.post(data.Responder, to, refused); a.status != http.StatusConflict || !strings.Contains(a.body, ">To.</textarea>") || !strings.Contains(a.body, ">Two.</textarea>") {
		t.Errorf("refused: %d %q", a.status, a.problem())
	}
	if a = w.post(data.Responder, to, fields); a.status != http.StatusSeeOther {
		t.Fatalf("reword: %d %q", a.status, a.problem())
	}
	if u := w.incident(id).Updates[0]; u.Body != "Two." || u.Bodies["nb"] != "To." || len(u.Bodies) != 1 {
		t.Errorf("reworded: %+v", u)
	}
}

// TestReopen: the form of an incident that is over holds again what it held at its worst, unless it is a postmortem.
func TestReopen(t *testing.T) {
	w := newWorld(t)
	id := w.open(form("title", "x", "component", "login", "level", "major_outage"))
	desk := "/incidents/" + id
	send := func(pairs ...string) {
		t.Helper()
		fields := w.get(data.Responder, desk).hidden(desk + "/update")
		for k, v := range form(pairs...) {
			fields[k] = v
		}
		if a := w.post(data.Responder, desk+"/update", fields); a.status != http.StatusSeeOther {
			t.Fatalf("%v: %d %q", pairs, a.status, a.problem())
		}
	}
	send("phase", "monitoring", "held:login", "degraded")
	send("phase", "resolved", "held:login", "degraded")
	_, held, _ := strings.Cut(w.get(data.Responder, desk).body, `name="held:login"`)
	held, _, _ = strings.Cut(held, "</select>")
	if !strings.Contains(held, `value="major_outage" selected`) {
		t.Fatalf("the form of an incident that is over: %s", held)
	}
	send("phase", "postmortem", "held:login", "major_outage", "body", "It was a disk.")
	if i := w.incident(id); i.Open() || i.Worst() > data.Operational {
		t.Errorf("a postmortem holds %s", i.Worst())
	}
	send("phase", "investigating", "held:login", "major_outage")
	if i := w.incident(id); !i.Open() || i.Worst() != data.MajorOutage {
		t.Errorf("reopened at %s", i.Worst())
	}
}

// TestManyReadersOfADraft: publishing, and the end, lead to the preview first where many will be mailed.
func TestManyReadersOfADraft(t *testing.T) {
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
	id := w.open(form("title", "x", "component", "login", "level", "degraded", "draft", "yes"))
	desk := "/incidents/" + id
	to := desk + "/publish"
	a := w.post(data.Responder, to, w.get(data.Responder, desk).hidden(to))
	if a.status != 200 || !strings.Contains(a.problem(), "look once") || !strings.Contains(a.body, "<b>1002</b>") || !w.incident(id).Hidden {
		t.Fatalf("publish, the first press: %d %q", a.status, a.problem())
	}
	kept := a.hidden(to)
	kept.Set("go", "back")
	if back := w.post(data.Responder, to, kept); back.status != 200 || !strings.Contains(back.body, "Publish the draft") {
		t.Errorf("publish, back: %d", back.status)
	}
	if a = w.post(data.Responder, to, a.hidden(to)); a.status != http.StatusSeeOther || w.incident(id).Hidden {
		t.Fatalf("publish, the second press: %d %q", a.status, a.problem())
	}
	to = desk + "/resolve"
	a = w.post(data.Responder, to, form("version", fmt.Sprint(w.incident(id).Version)))
	if a.status != 200 || !w.incident(id).Open() || !strings.Contains(a.body, "Say that it is over") {
		t.Fatalf("resolve, the first press: %d %q", a.status, a.problem())
	}
	if a = w.post(data.Responder, to, a.hidden(to)); a.status != http.StatusSeeOther || w.incident(id).Open() {
		t.Errorf("resolve, the second press: %d %q", a.status, a.problem())
	}
}
