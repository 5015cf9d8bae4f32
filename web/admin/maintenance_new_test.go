package admin_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestOpenWindow: what is filled in, office hours, short notice, and what only an admin may say.
func TestOpenWindow(t *testing.T) {
	w := newWorld(t)
	if a := w.get(data.Responder, "/maintenance/new?kind=emergency"); !strings.Contains(a.body, "Start, about") || strings.Contains(a.body, `name="past"`) {
		t.Error("the form of an emergency")
	}
	if a := w.get(data.Admin, "/maintenance/new"); !strings.Contains(a.body, `value="infrastructure"`) || !strings.Contains(a.body, `name="past"`) {
		t.Error("the form of other work, for an admin")
	}
	open := func(fields url.Values) answer { return w.post(data.Responder, "/maintenance", fields) }
	monday := w.away(9, 10)
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, 1)
	}
	fields := form("kind", "other", "category", "infrastructure", "start_at", monday.Format(field), "lasts", "2h", "reason", "the electrician comes", "component", "login", "cohort", "pilot", "key", "k1")
	a := open(fields)
	if a.status != 422 || !strings.Contains(a.problem(), "office hours") || !strings.Contains(a.body, `name="office" value="yes" checked`) ||
		!strings.Contains(a.body, `value="the electrician comes"`) || !strings.Contains(a.body, `value="login" checked`) || !strings.Contains(a.body, `<option value="pilot" selected>`) ||
		!strings.Contains(a.body, "Why can it not be outside office hours?") {
		t.Fatalf("in office hours: %d %q", a.status, a.problem())
	}
	fields.Set("office", "yes")
	if a = open(fields); a.status != http.StatusSeeOther || !strings.HasSuffix(a.header.Get("Location"), "?did=open") {
		t.Fatalf("opened: %d %q", a.status, a.problem())
	}
	if a = w.get(data.Responder, a.header.Get("Location")); !strings.Contains(a.body, "The window is there, and announced as far ahead as can be.") || !strings.Contains(a.body, "Infrastructure upgrade") {
		t.Errorf("its desk: %d", a.status)
	}
	soon := time.Now().In(w.zone()).Add(3 * time.Hour).Format(field)
	critical := form("kind", "critical", "start_at", soon, "lasts", "1h", "reason", "r", "key", "k2", "office", "yes")
	if a = open(critical); a.status != 422 || !strings.Contains(a.body, `name="short" value="yes" checked`) {
		t.Errorf("too late: %d %q", a.status, a.shown())
	}
	critical.Set("kind", "emergency")
	critical.Set("key", "k2b")
	if a = open(critical); a.status != http.StatusSeeOther {
		t.Errorf("an emergency: %d %q", a.status, a.shown())
	}
	past := form("kind", "other", "category", "system", "start_at", w.away(-2, 20).Format(field), "lasts", "1h", "reason", "r", "key", "k3")
	if a = open(past); a.status != 422 {
		t.Errorf("in the past: %d", a.status)
	}
	past.Set("past", "yes")
	past.Set("key", "k3b")
	if a = open(past); a.status != 403 {
		t.Errorf("in the past, by a responder: %d", a.status)
	}
	if a = w.post(data.Admin, "/maintenance", past); a.status != http.StatusSeeOther {
		t.Errorf("in the past, by an admin: %d %q", a.status, a.shown())
	}
	for name, fields := range map[string]url.Values{
		"no start": form("kind", "critical", "lasts", "1h", "reason", "r"), "no time": form("kind", "critical", "start_at", "tomorrow", "lasts", "1h", "reason", "r"),
		"no end": form("kind", "critical", "start_at", w.away(9, 20).Format(field), "lasts", "", "reason", "r"),
	} {
		if a = open(fields); a.status != 422 || a.problem() == "" {
			t.Errorf("%s: %d %q", name, a.status, a.problem())
		}
	}
}

// TestOverrun: where a window is past its end and the service is still out, the page asks for an update before anything else.
func TestOverrun(t *testing.T) {
	w := newWorld(t)
	o := datatest.Occurrence("system", time.Now().Add(-7*time.Hour).Truncate(time.Second))
	o.Phase, o.Began, o.Ended, o.Overran = data.Completed, o.Window.Start, o.Window.End, o.Window.End
	desk := w.lay(o)
	a := w.get(data.Responder, desk)
	say, facts := strings.Index(a.body, "Tell readers why it takes longer"), strings.Index(a.body, `id="facts"`)
	if say < 0 || say > facts || strings.Count(a.body, `id="say"`) != 1 {
		t.Fatalf("the update form is at %d, the facts at %d", say, facts)
	}
	if a = w.act(desk, "update", "body", "We restore a copy.", "body:sv", "Vi återställer."); a.status != http.StatusSeeOther {
		t.Fatalf("%d %q", a.status, a.problem())
	}
	if a = w.get(data.Responder, desk); strings.Contains(a.body, "Tell readers why it takes longer") {
		t.Error("readers were told, and it still asks for a word")
	}
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		return data.SetAlarms(tx, data.AlarmWindowOverrun, []data.Alarm{{Subject: string(o.Key()), Detail: "Still out."}}, time.Now())
	})
	if a = w.get(data.Responder, desk); err != nil || !strings.Contains(a.body, "Still out.") || !strings.Contains(a.body, "Tell readers why it takes longer") {
		t.Errorf("an alarm about it does not show: %v", err)
	}
	if got := w.occurrence(o.Key()).Updates; len(got) != 1 || got[0].Bodies["sv"] != "Vi återställer." {
		t.Errorf("updates: %+v", got)
	}
	if a = w.act(desk, "update", "body", "", "template", "works-again"); a.status != http.StatusSeeOther {
		t.Fatalf("a text that is there: %d %q", a.status, a.shown())
	}
	if got := w.occurrence(o.Key()).Updates; len(got) != 2 || !strings.HasPrefix(got[1].Body, "It works again.") || len(got[1].Bodies) != 6 {
		t.Errorf("a text that is there: %+v", got)
	}
	if a = w.act(desk, "update", "body", "", "template", "cause-found"); a.status != 422 || !strings.Contains(a.shown(), "does not fit a window") {
		t.Errorf("a text of incidents: %d %q", a.status, a.shown())
	}
	if a = w.act(desk, "note", "body", ""); a.status != 422 || a.problem() == "" {
		t.Errorf("an empty note: %d", a.status)
	}
}

// TestRulePage: the windows of a rule, a clock change among them, and what to paste; what is wrong is named at its field.
func TestRulePage(t *testing.T) {
	w := newWorld(t)
	q := url.Values{"rule": {"FREQ=WEEKLY;BYDAY=SU"}, "anchor": {"2026-01-04"}, "start": {"02:30"}, "end": {"04:00"}, "count": {"60"}, "plan": {"sunday"}}
	a := w.get(data.Viewer, "/maintenance/rule?"+q.Encode())
	body := html.UnescapeString(a.body)
	for _, want := range []string{"does not exist on this day", "comes twice on this day", "- id: \"sunday\"", "rule: \"FREQ=WEEKLY;BYDAY=SU\"", "zone: \"Europe/Oslo\""} {
		if !strings.Contains(body, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	q.Set("anchor", "2026-01-05")
	if a = w.get(data.Viewer, "/maintenance/rule?"+q.Encode()); a.status != 422 || !strings.Contains(a.body, `name="anchor" value="2026-01-05" aria-invalid="true"`) {
		t.Errorf("an anchor on a Monday: %d %q", a.status, a.problem())
	}
	q.Set("count", "many")
	if a = w.get(data.Viewer, "/maintenance/rule?"+q.Encode()); a.status != 422 || !strings.Contains(a.problem(), "whole number") {
		t.Errorf("no number: %d %q", a.status, a.problem())
	}
}
