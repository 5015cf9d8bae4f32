package admin_test

import (
	"html"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

const pageOfWorld = "abcdefghijkl"

// lay puts a window into the store and returns the address of its desk.
func (w *world) lay(o data.Occurrence) string {
	w.Helper()
	err := w.store.Update(w.Context(), func(tx data.Tx) error { return data.PutOccurrence(tx, o, time.Now()) })
	if err != nil {
		w.Fatal(err)
	}
	return "/maintenance/" + data.PublicID(pageOfWorld, "occurrence", string(o.Key()))
}

func (w *world) occurrence(key data.OccurrenceKey) (o data.Occurrence) {
	w.Helper()
	if err := w.store.View(w.Context(), func(tx data.Tx) (err error) { o, err = tx.Occurrences().Get(key); return err }); err != nil {
		w.Fatal(err)
	}
	return o
}

// act sends the form of an act as the desk shows it, with what is typed into it.
func (w *world) act(desk, act string, pairs ...string) answer {
	w.Helper()
	to := desk + "/" + act
	fields := w.get(data.Responder, desk).hidden(to)
	maps.Copy(fields, form(pairs...))
	return w.post(data.Responder, to, fields)
}

// away is an hour of the day so many days ahead, in the schedule's zone.
func (w *world) away(days, hour int) time.Time {
	n := time.Now().In(w.zone())
	return time.Date(n.Year(), n.Month(), n.Day()+days, hour, 0, 0, 0, w.zone())
}

const field = "2006-01-02T15:04"

// shown is what the page says is wrong, as people read it.
func (a answer) shown() string { return html.UnescapeString(a.problem()) }

// TestMaintenanceByRole: everybody who is signed in sees the desk, and only who may change windows has its forms.
func TestMaintenanceByRole(t *testing.T) {
	w := newWorld(t)
	o := datatest.Occurrence("system", w.away(9, 22))
	desk := w.lay(o)
	for _, path := range []string{"/maintenance", "/maintenance?from=2031-05-01", "/maintenance/new", "/maintenance/rule", desk} {
		for role, want := range map[data.Role]int{"": 303, data.Viewer: 200, data.Responder: 200, data.Admin: 200} {
			if a := w.get(role, path); a.status != want {
				t.Errorf("%q at %s: %d", role, path, a.status)
			}
		}
	}
	for role, forms := range map[data.Role]bool{data.Viewer: false, data.Responder: true, data.Admin: true} {
		a := w.get(role, desk)
		for _, act := range []string{"cancel", "move", "extend", "shorten", "hold", "update", "note"} {
			if strings.Contains(a.body, `action="`+desk+"/"+act+`"`) != forms {
				t.Errorf("%s: the form of %s", role, act)
			}
		}
		if past := strings.Contains(a.body, `name="past"`); past != (role == data.Admin) {
			t.Errorf("%s: time that has passed is offered: %t", role, past)
		}
	}
	for _, to := range []string{"/maintenance", desk + "/cancel", desk + "/note"} {
		for role, want := range map[data.Role]int{"": 401, data.Viewer: 403} {
			if a := w.post(role, to, form("reason", "r", "body", "b", "start_at", w.away(40, 20).Format(field), "lasts", "1h", "kind", "critical")); a.status != want {
				t.Errorf("%q to %s: %d, want %d", role, to, a.status, want)
			}
		}
	}
	if got := w.occurrence(o.Key()); len(got.Steps) != 0 {
		t.Errorf("it was changed: %+v", got.Steps)
	}
	if a := w.get(data.Viewer, "/maintenance/aaaaaaaaaaaa"); a.status != http.StatusNotFound {
		t.Errorf("a window that there is not: %d", a.status)
	}
	if a := w.get(data.Viewer, desk+"/cancel"); a.header.Get("Location") != desk {
		t.Errorf("the address of a form leads to %q", a.header.Get("Location"))
	}
}

// TestCalendar: a window is on each day that it touches, with its phase and its notice in words, and what needs somebody is on top.
func TestCalendar(t *testing.T) {
	w := newWorld(t)
	night := datatest.Occurrence("application", w.away(3, 22))
	night.Category, night.Cohort, night.Window.End = data.Application, "pilot", w.away(4, 5)
	slot := datatest.Occurrence("infrastructure", w.away(5, 20))
	slot.Category, slot.Phase = data.Infrastructure, data.Reserved
	held := datatest.Occurrence("microsoft", w.away(10, 1))
	held.Phase, held.Warning = data.Held, "1 May is a public holiday in Norway"
	w.lay(night)
	w.lay(held)
	w.lay(slot)
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		return data.SetAlarms(tx, data.AlarmWindowHeld, []data.Alarm{{Subject: string(held.Key()), Detail: "The pilot was moved.", By: held.Deadline()}}, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	body := w.get(data.Viewer, "/maintenance").body
	for _, want := range []string{
		`<span class="t">22:00–05:00</span> <span class="n">Application upgrade</span> <span class="co">pilot</span>`,
		`<span class="t">… until 05:00</span>`,
		`<span aria-hidden="true">◇</span> if needed`, `<span aria-hidden="true">?</span> under review`, `<span aria-hidden="true">●</span> planned`,
		`1 May is a public holiday in Norway`, `Is this slot used?`, `The pilot was moved.`, `<b>today</b>`, `notice to come`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the calendar lacks %s", want)
		}
	}
	if n := strings.Count(body, `<section class="week`); n != 8 {
		t.Errorf("%d weeks", n)
	}
	if first := w.away(0, 12); !strings.Contains(body, `datetime="`+first.AddDate(0, 0, -int(first.Weekday()+6)%7).Format(time.DateOnly)+`"`) {
		t.Error("it does not begin with this week's Monday")
	}
	if a := w.get(data.Viewer, "/maintenance?from=31.1.2027"); a.status != 200 || !strings.Contains(a.problem(), "2027-01-31") {
		t.Errorf("no date: %d %q", a.status, a.problem())
	}
	far := w.get(data.Viewer, "/maintenance?from=2039-02-10")
	if far.status != 200 || !strings.Contains(far.body, `datetime="2039-02-07"`) || !strings.Contains(far.body, `href="/maintenance?from=2039-04-04"`) {
		t.Errorf("far ahead: %d", far.status)
	}
	if kept := w.get(data.Viewer, "/maintenance?month=2026-01").body; !strings.Contains(kept, "January 2026") || !strings.Contains(kept, "December 2025") {
		t.Error("an earlier month's notices")
	}
}

// TestSteerByForm: move, refused short notice that is then said to be so, preview, and the history of it.
func TestSteerByForm(t *testing.T) {
	w := newWorld(t)
	o := datatest.Occurrence("system", w.away(9, 22))
	desk := w.lay(o)
	a := w.get(data.Responder, desk)
	for _, want := range []string{"Expected interruption", "Announced span", "30 minutes", "6 h, within", "https://status.example.com" + desk} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the desk lacks %q", want)
		}
	}
	if a = w.act(desk, "move", "start_at", w.away(10, 22).Format(field)); a.status != 422 || !strings.Contains(a.problem(), "say in a line why") {
		t.Errorf("without a reason: %d %q", a.status, a.problem())
	}
	soon := time.Now().In(w.zone()).Add(5 * time.Hour).Truncate(time.Minute)
	a = w.act(desk, "move", "start_at", soon.Format(field), "end_at", soon.Add(2*time.Hour).Format(field), "reason", "the disk is dying", "body:nb", "Disken ryker")
	if a.status != 422 || !strings.Contains(a.shown(), "people would learn of it") || !strings.Contains(a.body, `name="short" value="yes" checked`) ||
		!strings.Contains(a.body, `value="the disk is dying"`) || !strings.Contains(a.body, ">Disken ryker</textarea>") || !strings.Contains(a.body, soon.Format(field)) {
		t.Fatalf("too late: %d %q", a.status, a.shown())
	}
	if strings.Contains(w.get(data.Responder, desk).body, `name="short"`) {
		t.Error("short notice is offered where nothing was refused")
	}
	fields := a.hidden(desk + "/move")
	maps.Copy(fields, form("start_at", soon.Format(field), "end_at", soon.Add(2*time.Hour).Format(field), "reason", "the disk is dying", "short", "yes", "go", "preview"))
	a = w.post(data.Responder, desk+"/move", fields)
	if a.status != 200 || !strings.Contains(a.body, "What people will be told") || !strings.Contains(a.body, "short notice") || len(w.occurrence(o.Key()).Steps) != 0 {
		t.Fatalf("the preview: %d %q", a.status, a.shown())
	}
	sent := a.hidden(desk + "/move")
	if sent.Get("version") != "1" || sent.Get("looked") != "yes" {
		t.Errorf("the preview carries %v", sent)
	}
	sent.Set("go", "back")
	if back := w.post(data.Responder, desk+"/move", sent); back.status != 200 || !strings.Contains(back.body, `value="the disk is dying"`) || !strings.Contains(back.body, `name="short" value="yes" checked`) {
		t.Errorf("back from the preview: %d", back.status)
	}
	sent.Del("go")
	if a = w.post(data.Responder, desk+"/move", sent); a.status != http.StatusSeeOther || a.header.Get("Location") != desk+"?did=move" {
		t.Fatalf("moved: %d %q", a.status, a.shown())
	}
	got := w.occurrence(o.Key())
	if !got.Window.Start.Equal(soon) || got.Window.Duration() != 2*time.Hour || got.Short != "the disk is dying" {
		t.Errorf("moved: %+v", got.Window)
	}
	a = w.get(data.Viewer, desk+"?did=move")
	for _, want := range []string{"The window is moved.", "<b>moved</b>", "operator:responder@example.com", "the disk is dying", "maintenance.move"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("afterwards the desk lacks %q", want)
		}
	}
}

// TestLengthMovesAlong: an end that is left alone keeps the length of a window that is moved.
func TestLengthMovesAlong(t *testing.T) {
	w := newWorld(t)
	o := datatest.Occurrence("system", w.away(9, 22))
	desk := w.lay(o)
	fields := []string{"reason", "r"}
	a := w.get(data.Responder, desk)
	for _, name := range []string{"start_at", "end_at"} {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(a.body)
		if m == nil {
			t.Fatalf("%s is not filled in", name)
		}
		fields = append(fields, name, m[1])
	}
	fields[3] = w.away(12, 20).Format(field)
	if a = w.act(desk, "move", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("%d %q", a.status, a.shown())
	}
	if got := w.occurrence(o.Key()).Window; !got.Start.Equal(w.away(12, 20)) || got.Duration() != 6*time.Hour {
		t.Errorf("moved to %v", got)
	}
	if a = w.act(desk, "extend", "by", "30m", "reason", "r"); a.status != http.StatusSeeOther || w.occurrence(o.Key()).Window.Duration() != 390*time.Minute {
		t.Errorf("extended by a length: %d %q %v", a.status, a.shown(), w.occurrence(o.Key()).Window)
	}
}

// TestClockChangeIsShownFirst: a reading that clocks skip or show twice leads to the preview, which says what is meant by it.
func TestClockChangeIsShownFirst(t *testing.T) {
	w := newWorld(t)
	year := time.Now().Year() + 1
	last := time.Date(year, 3, 31, 0, 0, 0, 0, time.UTC)
	spring := last.AddDate(0, 0, -int(last.Weekday()))
	last = time.Date(year, 10, 31, 0, 0, 0, 0, time.UTC)
	autumn := last.AddDate(0, 0, -int(last.Weekday()))
	for _, tt := range []struct {
		day   time.Time
		says  string
		start string // in UTC
	}{{spring, "does not exist", "01:30"}, {autumn, "comes twice", "00:30"}} {
		fields := form("kind", "critical", "start_at", tt.day.Format(time.DateOnly)+"T02:30", "lasts", "1h", "reason", "r", "key", "k"+tt.says)
		a := w.post(data.Responder, "/maintenance", fields)
		if a.status != 200 || !strings.Contains(a.shown(), tt.says) || !strings.Contains(a.body, "What people will be told") {
			t.Fatalf("%s: %d %q", tt.says, a.status, a.shown())
		}
		if a = w.post(data.Responder, "/maintenance", a.hidden("/maintenance")); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %q", tt.says, a.status, a.shown())
		}
		found := ""
		err := w.store.View(t.Context(), func(tx data.Tx) error {
			for o, err := range tx.Occurrences().Range("", "") {
				if err != nil {
					return err
				}
				if o.Date == tt.day.Format(time.DateOnly) {
					found = o.Window.Start.UTC().Format("15:04")
				}
			}
			return nil
		})
		if err != nil || found != tt.start {
			t.Errorf("%s: it starts at %q UTC, want %s; %v", tt.says, found, tt.start, err)
		}
	}
}

// TestWindowConflict: what somebody else did meanwhile is told, what was typed is kept, and a time left alone is the one that holds.
func TestWindowConflict(t *testing.T) {
	w := newWorld(t)
	o := datatest.Occurrence("system", w.away(9, 22))
	desk := w.lay(o)
	old := w.get(data.Responder, desk).hidden(desk + "/extend")
	if a := w.act(desk, "move", "start_at", w.away(11, 21).Format(field), "reason", "the supplier is late"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %q", a.status, a.shown())
	}
	maps.Copy(old, form("by", "30m", "end_at", old.Get("end_was"), "start_at", old.Get("start_was"), "reason", "my own reason", "body", "My words."))
	a := w.post(data.Responder, desk+"/extend", old)
	for _, want := range []string{
		"moved by operator:responder@example.com: the supplier is late", `value="my own reason"`, ">My words.</textarea>", `name="version" value="2"`,
		`<option value="30m" selected>`, `name="start_at" value="` + w.away(11, 21).Format(field) + `"`,
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	if a.status != http.StatusConflict || len(w.occurrence(o.Key()).Steps) != 1 {
		t.Errorf("%d, %d steps", a.status, len(w.occurrence(o.Key()).Steps))
	}
	// What cannot be done any more keeps its words as well.
	hold := w.get(data.Responder, desk).hidden(desk + "/hold")
	w.act(desk, "cancel", "reason", "not needed")
	maps.Copy(hold, form("reason", "let us wait"))
	if a = w.post(data.Responder, desk+"/hold", hold); a.status != http.StatusConflict || !strings.Contains(a.body, "cancelled by") || !strings.Contains(a.body, ">let us wait</textarea>") {
		t.Errorf("too late to hold: %d %q", a.status, a.shown())
	}
}

// TestLostSessionOfWindow: what was typed for a window survives the end of the session.
func TestLostSessionOfWindow(t *testing.T) {
	w := newWorld(t)
	o := datatest.Occurrence("system", w.away(9, 22))
	desk := w.lay(o)
	fields := w.get(data.Responder, desk).hidden(desk + "/cancel")
	maps.Copy(fields, form("reason", "the <release> is not ready", "body", "Words"))
	a := w.post("", desk+"/cancel", fields)
	if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "the &lt;release&gt; is not ready</textarea>") {
		t.Fatalf("%d", a.status)
	}
	again := a.hidden(desk + "/cancel")
	maps.Copy(again, form("reason", "the <release> is not ready", "body", "Words"))
	for range 2 { // sending it twice does it once
		if a = w.post(data.Responder, desk+"/cancel", again); a.status != http.StatusSeeOther {
			t.Fatalf("after signing in: %d %q", a.status, a.shown())
		}
	}
	if got := w.occurrence(o.Key()); got.Phase != data.Cancelled || len(got.Steps) != 1 {
		t.Errorf("%s, %d steps", got.Phase, len(got.Steps))
	}
}
