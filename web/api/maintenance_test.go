package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

var duty = data.Actor{Name: "duty", Role: data.Responder, Address: "local"}

// window asks for something about a window, or does something to it.
func (d *desk) window(who data.Actor, want int, method, path, body string) (w api.MaintenanceWindow) {
	d.t.Helper()
	status, answer := d.do(&who, method, "/api/v1/maintenance"+path, body)
	if status != want {
		d.t.Fatalf("%s %s %s: %d %s, want %d", method, path, body, status, answer, want)
	}
	if want < 300 {
		if err := json.Unmarshal([]byte(answer), &w); err != nil {
			d.t.Fatal(err)
		}
	}
	return w
}

func (d *desk) put(fn func(data.Tx) error) {
	d.t.Helper()
	if err := d.store.Update(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// TestSteering lets a window live by what people ask of it, and looks at what is written down.
func TestSteering(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	o := datatest.Occurrence("system", now.Add(50*time.Hour))
	d.put(func(tx data.Tx) error { return data.PutOccurrence(tx, o, now) })
	one := "/" + data.PublicID("", "occurrence", string(o.Key()))

	w := d.window(duty, 200, "GET", one, "")
	if w.Version != 1 || !w.Told || !slices.Equal(w.Can, []string{"move", "extend", "shorten", "hold", "cancel"}) || len(w.Notices) != 3 || w.Notices[0].State != data.NoticeDue {
		t.Errorf("as laid out: %+v", w)
	}
	d.window(duty, 422, "POST", one+"/cancel", `{}`) // no reason
	later := now.Add(60 * time.Hour)
	w = d.window(duty, 200, "POST", one+"/move", `{"start":"`+later.Format(time.RFC3339)+`","reason":"the supplier is late","version":1}`)
	if !w.Start.Equal(later) || !w.End.Equal(later.Add(6*time.Hour)) || w.Version != 2 || w.Was == nil || !w.Was.Start.Equal(o.Window.Start) ||
		w.Steps[0].By != "duty" || w.Steps[0].Why != "the supplier is late" || !w.Steps[0].Told {
		t.Errorf("moved: %+v", w)
	}
	status, answer := d.do(&duty, "POST", "/api/v1/maintenance"+one+"/cancel", `{"reason":"x","version":1}`)
	if status != http.StatusConflict || !strings.Contains(answer, "duty: move, the supplier is late") {
		t.Errorf("a change written for an earlier version: %d %s", status, answer)
	}
	w = d.window(duty, 200, "POST", one+"/updates", `{"body":"It is moved by a day."}`)
	w = d.window(duty, 200, "POST", one+"/notes", `{"body":"Ask the supplier."}`)
	if w.Version != 4 || len(w.Updates) != 2 || !w.Updates[0].Internal || w.Updates[1].Internal {
		t.Errorf("said: %+v", w.Updates)
	}
	w = d.window(duty, 200, "GET", one, "")
	var did []string
	for _, a := range w.Trail {
		did = append(did, a.Action+" "+a.Actor)
	}
	if got := strings.Join(did, ", "); got != "maintenance.note duty, maintenance.update duty, maintenance.move duty" {
		t.Errorf("the audit log says %q", got)
	}
	d.view(func(tx data.Tx) error {
		stored, err := tx.Occurrences().Get(o.Key())
		if err != nil || !stored.Steered || stored.Revised != 1 {
			t.Errorf("stored: %+v, %v", stored, err)
		}
		b, err := tx.Bulletins().Get(data.Bulletin{About: data.AboutOccurrence, Subject: string(o.Key()), Kind: data.TellChanged, Version: 1}.Key())
		if err != nil || b.Void {
			t.Errorf("what is to be told: %+v, %v", b, err)
		}
		return nil
	})
}

// TestSteerFarAhead changes a window of a year and a half from now, which is not laid out yet.
func TestSteerFarAhead(t *testing.T) {
	d := newDesk(t)
	d.put(func(tx data.Tx) error { return tx.Maintenances().Put(datatest.Maintenance("system")) })
	from := time.Now().AddDate(0, 18, 0)
	status, answer := d.do(&duty, "GET", fmt.Sprintf("/api/v1/maintenance?from=%s&to=%s", from.Format(time.DateOnly), from.AddDate(0, 1, 0).Format(time.DateOnly)), "")
	var list api.Maintenances
	if err := json.Unmarshal([]byte(answer), &list); status != 200 || err != nil || len(list.Maintenance) < 2 || list.Maintenance[0].Laid {
		t.Fatalf("far ahead: %d %s", status, answer)
	}
	w := d.window(duty, 200, "POST", "/"+list.Maintenance[0].ID+"/cancel", `{"reason":"holiday"}`)
	if w.Phase != data.Cancelled || !w.Laid || w.Told {
		t.Errorf("cancelled: %+v", w)
	}
	again := d.window(duty, 200, "GET", "/"+w.ID, "")
	if again.Phase != data.Cancelled || again.Key != list.Maintenance[0].Key {
		t.Errorf("found again: %+v", again)
	}
}

// TestAfterwards: only an admin makes time that has passed maintenance, and it takes a reason.
func TestAfterwards(t *testing.T) {
	d := newDesk(t)
	at := func(hours int) string {
		return time.Now().UTC().Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
	}
	body := `{"category":"system","start":"` + at(-5) + `","end":"` + at(-4) + `","reason":"a disk was changed"`
	d.window(duty, 422, "POST", "", body+`}`)
	d.window(duty, 403, "POST", "", body+`,"afterwards":true}`)
	w := d.window(root, 201, "POST", "", body+`,"afterwards":true}`)
	if w.Phase != data.Completed || w.Declared == nil || w.Short == "" || !w.Steps[0].Past {
		t.Errorf("declared: %+v", w)
	}
	d.window(root, 422, "POST", "", `{"category":"system","start":"`+at(5)+`","lasts":"1h","reason":"r"}`)
	w = d.window(duty, 201, "POST", "", `{"category":"system","start":"`+at(5)+`","lasts":"1h","reason":"r","short_notice":true}`)
	if w.Short != "r" || w.Expected != "30m0s" {
		t.Errorf("short notice: %+v", w)
	}
	for body, field := range map[string]string{
		`{"category":"system","lasts":"1h","reason":"r","cohort":"nobody","short_notice":true}`:         "cohort",
		`{"category":"system","lasts":"1h","reason":"r","components":["nothing"],"short_notice":true}`:  "components",
		`{"category":"system","lasts":"soon","reason":"r"}`:                                             "lasts",
		`{"category":"recycle","lasts":"1h","reason":"r"}`:                                              "category",
		`{"category":"system","lasts":"1h","expected":"2h","reason":"r","short_notice":true}`:           "expected",
		`{"category":"system","lasts":"1h","end":"` + at(9) + `","reason":"r","short_notice":true}`:     "end",
		`{"category":"system","lasts":"1h","reason":"` + strings.Repeat("r", 501) + `","cohort":"all"}`: "reason",
	} {
		status, answer := d.do(&duty, "POST", "/api/v1/maintenance", body)
		if status != 422 || !strings.Contains(answer, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s, want a fault of %s", body, status, answer, field)
		}
	}
}

// TestWindowPreview says what would be told and changes nothing.
func TestWindowPreview(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	o := datatest.Occurrence("system", now.Add(40*time.Hour))
	d.put(func(tx data.Tx) error {
		return errors.Join(tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}), tx.Subscribers().Put(datatest.Subscriber("s1")),
			data.PutOccurrence(tx, o, now))
	})
	id := data.PublicID("abcdefghijkl", "occurrence", string(o.Key()))
	status, answer := d.do(&duty, "POST", "/api/v1/maintenance-preview", `{"operation":"maintenance.cancel","id":"`+id+`","body":{"reason":"r","body":"Not needed."}}`)
	var p api.WindowPreview
	if err := json.Unmarshal([]byte(answer), &p); status != 200 || err != nil {
		t.Fatalf("%d %s", status, answer)
	}
	if p.Window.Phase != data.Cancelled || !p.Told || len(p.Page) != 3 || p.Page[0].Phase == "" || !strings.Contains(p.Page[0].Body, "Not needed.") ||
		len(p.Banners) != 1 || p.Mail.Recipients != 1 || len(p.Mail.Letters) != 1 || !strings.Contains(strings.ToLower(p.Mail.Letters[0].Subject), "cancelled") {
		t.Errorf("the preview is %s", answer)
	}
	if w := d.window(duty, 200, "GET", "/"+id, ""); w.Phase != data.Scheduled || w.Version != 1 {
		t.Errorf("the preview changed something: %+v", w)
	}
	if status, _ := d.do(&duty, "POST", "/api/v1/maintenance-preview", `{"operation":"incident.open"}`); status != 422 {
		t.Errorf("a preview of another operation: %d", status)
	}
}

// TestRulePreview shows a rule's windows, those that clocks change among them, and what they meet.
func TestRulePreview(t *testing.T) {
	d := newDesk(t)
	status, answer := d.do(&duty, "POST", "/api/v1/maintenance-rule", `{"rule":"FREQ=WEEKLY;BYDAY=SA","anchor":"2026-01-03","start":"20:00","end":"06:00","count":60}`)
	var p api.RulePreview
	if err := json.Unmarshal([]byte(answer), &p); status != 200 || err != nil || len(p.Windows) != 60 || p.Reads == "" {
		t.Fatalf("%d %s", status, answer)
	}
	changes := 0
	for _, w := range p.Windows {
		if (w.ClockChange != "") != (w.End.Sub(w.Start) != 10*time.Hour) {
			t.Errorf("%+v", w)
		}
		if w.ClockChange != "" {
			changes++
		}
	}
	if changes < 2 {
		t.Errorf("%d windows of sixty weeks meet a change of clocks", changes)
	}
	for body, field := range map[string]string{
		`{"rule":"FREQ=WEEKLY;BYDAY=SA","anchor":"2026-01-02","start":"20:00","end":"06:00"}`:                        "anchor",
		`{"rule":"FREQ=WEEKLY;BYDAY=SA","anchor":"2026-01-03","start":"20:00","end":"25:00"}`:                        "end",
		`{"rule":"FREQ=WEEKLY;BYDAY=SA","anchor":"2026-01-03","start":"20:00","end":"06:00","zone":"Berlin"}`:        "zone",
		`{"rule":"FREQ=WEEKLY;BYDAY=SA","anchor":"2026-01-03","start":"20:00","end":"06:00","count":501}`:            "count",
		`{"cron":"0 2 31 2 *","anchor":"2026-01-03","length":"3s"}`:                                                  "cron",
		`{"rule":"FREQ=SECONDLY","anchor":"2026-01-03","start":"20:00","length":"` + strings.Repeat("9", 40) + `h"}`: "length",
	} {
		if status, answer := d.do(&duty, "POST", "/api/v1/maintenance-rule", body); status != 422 || !strings.Contains(answer, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s, want a fault of %s", body, status, answer, field)
		}
	}
}

// TestNoticesKept counts what was seen, what was known to be short, and what was missed.
func TestNoticesKept(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	start := time.Date(now.Year(), now.Month(), 1, 12, 0, 0, 0, time.UTC).AddDate(0, -1, 9)
	kept, short, missed, off := datatest.Occurrence("kept", start), datatest.Occurrence("short", start), datatest.Occurrence("missed", start), datatest.Occurrence("off", start)
	short.Short, off.Phase = "a hole", data.Cancelled
	d.put(func(tx data.Tx) error {
		var errs []error
		for _, o := range []data.Occurrence{kept, short, missed, off} {
			errs = append(errs, data.PutOccurrence(tx, o, start.Add(-100*time.Hour)))
		}
		prove := func(o data.Occurrence, on data.Surface, lead time.Duration) {
			b := o.Owed(now)[0]
			errs = append(errs, tx.Proofs().Put(data.Proof{Bulletin: b.Key(), Surface: on, At: start.Add(-lead)}))
		}
		prove(kept, data.OnPage, 72*time.Hour)
		prove(kept, data.OnBanner, 48*time.Hour)
		prove(kept, data.OnMail, 71*time.Hour)
		prove(short, data.OnPage, 2*time.Hour)
		prove(short, data.OnBanner, 2*time.Hour)
		prove(missed, data.OnPage, 72*time.Hour)
		prove(missed, data.OnBanner, 23*time.Hour)
		return errors.Join(errs...)
	})
	status, answer := d.do(&duty, "GET", "/api/v1/notices/"+start.Format("2006-01"), "")
	var v api.NoticesKept
	if err := json.Unmarshal([]byte(answer), &v); status != 200 || err != nil {
		t.Fatalf("%d %s", status, answer)
	}
	var got []string
	for _, n := range v.Notices {
		got = append(got, fmt.Sprintf("%s %s %d %d %d %d %dh", n.Category, n.Surface, n.Windows, n.Kept, n.Short, n.Missed, *n.Shortest/3600))
	}
	want := "system page 3 2 1 0 2h, system banner 3 1 1 1 2h, system mail 1 1 0 0 71h"
	if strings.Join(got, ", ") != want || v.SoFar {
		t.Errorf("kept: %s, want %s", strings.Join(got, ", "), want)
	}
}

// TestSteerAsDue: a window whose time has come is under way for who steers it, also where nobody has written that down yet; one
// under review that nobody decided by its deadline is cancelled.
func TestSteerAsDue(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	running, held := datatest.Occurrence("running", now.Add(-time.Hour)), datatest.Occurrence("held", now.Add(5*time.Hour))
	held.Phase = data.Held
	d.put(func(tx data.Tx) error {
		return errors.Join(data.PutOccurrence(tx, running, now.Add(-100*time.Hour)), data.PutOccurrence(tx, held, now.Add(-100*time.Hour)))
	})
	one := "/" + data.PublicID("", "occurrence", string(running.Key()))
	if w := d.window(duty, 200, "POST", one+"/updates", `{"body":"It goes well."}`); w.Updates[0].Phase != data.InProgress {
		t.Errorf("said: %+v", w.Updates[0])
	}
	if w := d.window(duty, 200, "POST", one+"/verify", `{"reason":"done"}`); w.Phase != data.Verifying {
		t.Errorf("verified: %+v", w)
	}
	if w := d.window(duty, 200, "POST", one+"/complete", `{"reason":"all is well"}`); w.Phase != data.Completed || w.Steps[0].Phase != data.Verifying {
		t.Errorf("completed: %+v", w)
	}
	d.window(duty, 409, "POST", "/"+data.PublicID("", "occurrence", string(held.Key()))+"/release", `{"reason":"too late"}`)
	d.view(func(tx data.Tx) error {
		o, err := tx.Occurrences().Get(running.Key())
		if err != nil || !o.Began.Equal(running.Window.Start) || o.Ended.IsZero() {
			t.Errorf("stored: %+v, %v", o, err)
		}
		return err
	})
}
