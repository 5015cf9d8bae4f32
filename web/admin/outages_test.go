package admin_test

import (
	"errors"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// down writes an outage of the month before this one, at noon of a day, and returns the address of its desk.
func (w *world) down(component string, day int, length time.Duration) (desk string, o data.Outage) {
	w.Helper()
	now := time.Now().In(w.zone())
	o = datatest.Outage(component, time.Date(now.Year(), now.Month()-1, day, 12, 0, 0, 0, w.zone()).UTC())
	o.Ended = o.Started.Add(length)
	if err := w.store.Update(w.Context(), func(tx data.Tx) error { return tx.Outages().Put(o) }); err != nil {
		w.Fatal(err)
	}
	return "/outages/" + data.PublicID(pageOfWorld, "outage", string(o.Key())), o
}

func (w *world) outage(key data.OutageKey) (o data.Outage) {
	w.Helper()
	if err := w.store.View(w.Context(), func(tx data.Tx) (err error) { o, err = tx.Outages().Get(key); return err }); err != nil {
		w.Fatal(err)
	}
	return o
}

// settle settles the month before this one.
func (w *world) settle() {
	w.Helper()
	err := w.store.Update(w.Context(), func(tx data.Tx) error {
		now := time.Now()
		records, err := months.Records(tx, now)
		if err == nil {
			_, err = w.pages.API.Settings.Book().Settle(tx, records, ledger.Months(now, w.zone(), 2)[0], "the service", now)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

// form sends what a page's form has, with what is typed into it.
func (w *world) fills(role data.Role, page, action string, typed url.Values) answer {
	w.Helper()
	fields := w.get(role, page).hidden(action)
	maps.Copy(fields, typed)
	return w.post(role, action, fields)
}

// saves sends the form of a preview.
func (w *world) saves(role data.Role, a answer, action string) answer {
	w.Helper()
	return w.post(role, action, a.hidden(action))
}

// TestOutagesByRole: everybody who is signed in sees the desk, and only who may change outages has its forms.
func TestOutagesByRole(t *testing.T) {
	w := newWorld(t)
	desk, _ := w.down("login", 10, time.Hour)
	for _, path := range []string{"/outages", "/outages?month=2026-04&component=login&open=true", "/outages/new", desk} {
		for role, want := range map[data.Role]int{"": 303, data.Viewer: 200, data.Responder: 200, data.Admin: 200} {
			if role == data.Viewer && path == "/outages/new" { // nothing to look at but a form that may not be sent
				want = 403
			}
			if a := w.get(role, path); a.status != want {
				t.Errorf("%q at %s: %d", role, path, a.status)
			}
		}
	}
	for role, forms := range map[data.Role]bool{data.Viewer: false, data.Responder: true, data.Admin: true} {
		a := w.get(role, desk)
		for _, act := range []string{"correct", "split", "void"} {
			if strings.Contains(a.body, `action="`+desk+"/"+act+`"`) != forms {
				t.Errorf("%s: the form of %s", role, act)
			}
		}
		if strings.Contains(w.get(role, "/outages").body, `type="checkbox" name="outage"`) != forms {
			t.Errorf("%s: boxes to tick", role)
		}
	}
	for _, to := range []string{"/outages", "/outages/join", desk + "/correct", desk + "/void"} {
		for role, want := range map[data.Role]int{"": 401, data.Viewer: 403} {
			typed := form("reason", "r", "looked", "yes", "component", "login", "outage", strings.TrimPrefix(desk, "/outages/"), "outage", "abcdefghijkl")
			if a := w.post(role, to, typed); a.status != want {
				t.Errorf("%q sends to %s: %d, want %d", role, to, a.status, want)
			}
		}
	}
	for from, to := range map[string]string{"/outages/join": "/outages", desk + "/correct": desk} {
		if a := w.get(data.Viewer, from); a.status != http.StatusSeeOther || a.header.Get("Location") != to {
			t.Errorf("%s leads to %s", from, a.header.Get("Location"))
		}
	}
	if a := w.get(data.Viewer, "/outages?month=April"); a.status != http.StatusUnprocessableEntity || a.problem() == "" {
		t.Errorf("a month that is none: %d", a.status)
	}
	if a := w.get(data.Viewer, "/outages/abcdefghijkl"); a.status != http.StatusNotFound {
		t.Errorf("an outage that is none: %d", a.status)
	}
}

// TestOutageDesk: what a change makes of the month is shown before it is saved, by a form that works without script.
func TestOutageDesk(t *testing.T) {
	w := newWorld(t)
	desk, o := w.down("login", 10, time.Hour)
	w.settle()
	clock := func(t time.Time) string { return t.In(w.zone()).Format(field) }
	longer := form("ended_at", clock(o.Ended.Add(time.Hour)), "impact", "no_read", "impact_was", "no_read_no_write", "reason", "the log says so")
	a := w.fills(data.Responder, desk, desk+"/correct", longer)
	for _, want := range []string{"gets revision 2", "A month that was settled gets a revision", "2 h", "Correct it</button>", "the log says so"} {
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%d: the preview lacks %q", a.status, want)
		}
	}
	if len(w.outage(o.Key()).Corrections) != 0 {
		t.Fatal("a preview changed it")
	}
	fields := a.hidden(desk + "/correct")
	fields.Set("go", "back")
	if b := w.post(data.Responder, desk+"/correct", fields); b.status != http.StatusOK || !strings.Contains(b.body, `value="`+clock(o.Ended.Add(time.Hour))+`"`) || !strings.Contains(b.body, `value="the log says so"`) {
		t.Errorf("back: %d", b.status)
	}
	for range 2 { // sending it twice does it once
		if b := w.saves(data.Responder, a, desk+"/correct"); b.status != http.StatusSeeOther || b.header.Get("Location") != desk+"?did=correct" {
			t.Fatalf("saved: %d %s %s", b.status, b.header.Get("Location"), b.shown())
		}
	}
	got := w.outage(o.Key())
	if len(got.Corrections) != 1 || !got.Corrected().Ended.Equal(o.Ended.Add(time.Hour)) || got.Corrected().Impact != data.NoRead || got.Corrected().Cause != data.ByProvider || got.Corrections[0].Author != "operator:responder@example.com" {
		t.Errorf("saved: %+v", got)
	}
	page := w.get(data.Viewer, desk).body
	for _, want := range []string{"settled, revision 2", "<s>", "the log says so", "outage.correct", "customers: cannot read"} {
		if !strings.Contains(page, want) {
			t.Errorf("the desk lacks %q", want)
		}
	}

	// What makes it less takes an admin: a responder sees that, and has no button.
	a = w.fills(data.Responder, desk, desk+"/void", form("reason", "none"))
	if a.status != http.StatusOK || !strings.Contains(a.body, "takes the role admin") || strings.Contains(a.body, "Set it aside</button>") {
		t.Errorf("a responder sets it aside: %d", a.status)
	}
	if b := w.saves(data.Responder, a, desk+"/void"); b.status != http.StatusForbidden || !strings.Contains(b.shown(), "role admin") || !strings.Contains(b.body, `value="none"`) {
		t.Errorf("and sends it all the same: %d %s", b.status, b.shown())
	}
	a = w.fills(data.Admin, desk, desk+"/void", form("reason", "none"))
	if b := w.saves(data.Admin, a, desk+"/void"); b.status != http.StatusSeeOther {
		t.Errorf("an admin sets it aside: %d %s", b.status, b.shown())
	}
	if page = w.get(data.Responder, desk).body; !strings.Contains(page, `action="`+desk+`/restore"`) || strings.Contains(page, `action="`+desk+`/correct"`) {
		t.Error("what is set aside can only be restored")
	}
	if b := w.saves(data.Responder, w.fills(data.Responder, desk, desk+"/restore", form("reason", "it was one")), desk+"/restore"); b.status != http.StatusSeeOther {
		t.Errorf("restored: %d %s", b.status, b.shown())
	}
}

// TestOutageDeskFaults: a refusal comes back with what was typed, and names what is wrong.
func TestOutageDeskFaults(t *testing.T) {
	w := newWorld(t)
	desk, o := w.down("login", 11, time.Hour)
	clock := func(t time.Time) string { return t.In(w.zone()).Format(field) }
	for _, tt := range []struct {
		act   string
		typed url.Values
		want  string
	}{
		{"correct", form("reason", "mine"), "nothing is different"},
		{"correct", form("cause", "internet"), "say why"},
		{"correct", form("ended_at", clock(o.Started.Add(-time.Hour)), "reason", "mine"), "it would end before it began"},
		{"correct", form("ended_at", "noon", "reason", "mine"), "write the time as"},
		{"correct", form("started_at", "", "reason", "mine"), "the time is empty"},
		{"split", form("reason", "mine"), "say when the second part begins"},
		{"split", form("at_at", clock(o.Ended.Add(time.Hour)), "reason", "mine"), "this is not within it"},
		{"void", form(), "say why"},
	} {
		a := w.fills(data.Admin, desk, desk+"/"+tt.act, tt.typed)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.shown(), tt.want) || !strings.Contains(a.body, `value="`+tt.typed.Get("reason")+`"`) {
			t.Errorf("%s %v: %d %q, want %q", tt.act, tt.typed, a.status, a.shown(), tt.want)
		}
	}
	old := w.get(data.Admin, desk).hidden(desk + "/correct")
	w.saves(data.Admin, w.fills(data.Admin, desk, desk+"/correct", form("reported_at", clock(o.Started.Add(5*time.Minute)), "reason", "ticket 4711")), desk+"/correct")
	maps.Copy(old, form("cause", "internet", "cause_was", "provider", "reason", "my own"))
	if a := w.post(data.Admin, desk+"/correct", old); a.status != http.StatusConflict || !strings.Contains(a.shown(), "ticket 4711") || !strings.Contains(a.body, `value="my own"`) {
		t.Errorf("changed meanwhile: %d %q", a.status, a.shown())
	}
	if got := w.outage(o.Key()); got.Corrected().Reported.IsZero() {
		t.Errorf("%+v", got.Corrections)
	}
	// An emptied report is none.
	w.saves(data.Admin, w.fills(data.Admin, desk, desk+"/correct", form("reported_at", "", "reason", "another customer's")), desk+"/correct")
	if got := w.outage(o.Key()); !got.Corrected().Reported.IsZero() || len(got.Corrections) != 2 {
		t.Errorf("emptied: %+v", got.Corrections)
	}
	if a := w.post("", desk+"/void", form("reason", "a long <story>")); a.status != http.StatusUnauthorized || !strings.Contains(a.body, "a long &lt;story&gt;</textarea>") {
		t.Errorf("signed out: %d", a.status)
	}
}

// TestOutageAddAndJoin: an outage is added, and several are made one by ticking them.
func TestOutageAddAndJoin(t *testing.T) {
	w := newWorld(t)
	first, o := w.down("login", 12, time.Hour)
	clock := func(t time.Time) string { return t.In(w.zone()).Format(field) }
	added := form("component", "login", "cohort", "all", "impact", "no_read_no_write", "cause", "provider", "started_at", clock(o.Started.Add(2*time.Hour)), "ended_at", clock(o.Started.Add(3*time.Hour)),
		"aware_at", clock(o.Started.Add(2*time.Hour)), "reason", "the log")
	if a := w.fills(data.Responder, "/outages/new", "/outages", form("reason", "the log")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="the log"`) {
		t.Errorf("nothing said: %d %s", a.status, a.shown())
	}
	a := w.fills(data.Responder, "/outages/new", "/outages", added)
	if a.status != http.StatusOK || !strings.Contains(a.body, "Add it</button>") {
		t.Fatalf("looked at: %d %s", a.status, a.shown())
	}
	a = w.saves(data.Responder, a, "/outages")
	second := strings.TrimSuffix(a.header.Get("Location"), "?did=add")
	if a.status != http.StatusSeeOther || !strings.Contains(w.get(data.Viewer, second).body, "the log") {
		t.Fatalf("added: %d %s", a.status, a.shown())
	}
	ids := url.Values{"outage": {strings.TrimPrefix(first, "/outages/"), strings.TrimPrefix(second, "/outages/")}, "reason": {"one fault"}}
	if a = w.fills(data.Responder, "/outages", "/outages/join", form("outage", ids["outage"][0], "reason", "one fault")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "checked") || !strings.Contains(a.body, `value="one fault"`) {
		t.Errorf("one alone: %d", a.status)
	}
	a = w.fills(data.Responder, "/outages", "/outages/join", ids)
	if a.status != http.StatusOK || !strings.Contains(a.body, "3 h<") {
		t.Fatalf("looked at: %d %s", a.status, a.shown())
	}
	if a = w.saves(data.Responder, a, "/outages/join"); a.status != http.StatusSeeOther {
		t.Fatalf("joined: %d %s", a.status, a.shown())
	}
	if got := w.outage(o.Key()).Corrected(); !got.Ended.Equal(o.Started.Add(3 * time.Hour)) {
		t.Errorf("joined: %+v", got)
	}
}

// TestSuspectedLeadsToOutage: the overview leads to the desk of an outage that is measured, which cannot be cut or joined yet.
func TestSuspectedLeadsToOutage(t *testing.T) {
	w := newWorld(t)
	since := time.Now().Add(-7 * time.Minute).UTC().Truncate(time.Second)
	o := datatest.Outage("login", since)
	err := w.store.Update(w.Context(), func(tx data.Tx) error {
		return errors.Join(tx.Outages().Put(o), tx.Marks().Put(datatest.Mark("login", since, data.PartialOutage)))
	})
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`href="(/outages/[^"]+)"`).FindStringSubmatch(w.get(data.Responder, "/").body)
	if m == nil {
		t.Fatal("the overview does not lead to it")
	}
	a := w.get(data.Responder, html.UnescapeString(m[1]))
	if a.status != http.StatusOK || !strings.Contains(a.body, "Sign-in is down") || strings.Contains(a.body, `/split"`) || !strings.Contains(a.body, `/correct"`) {
		t.Errorf("%s: %d", m[1], a.status)
	}
}

// BenchmarkOutages serves the desk with 10,000 outages behind it. The target is 50 ms of the server's time for the list.
func BenchmarkOutages(b *testing.B) {
	w := newWorld(b)
	const many = 10_000
	last := ""
	for n := 0; n < many; n += 500 {
		err := w.store.Update(b.Context(), func(tx data.Tx) error {
			for k := n; k < n+500; k++ {
				o := datatest.Outage([]string{"login", "crm-read"}[k%2], datatest.Start.Add(time.Duration(k)*time.Minute))
				o.By, o.Ended, o.Reason = "login-eu", o.Started.Add(30*time.Second), "timeout"
				last = data.PublicID(pageOfWorld, "outage", string(o.Key()))
				if err := tx.Outages().Put(o); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	w.tenYears()
	for _, path := range []string{"/outages", "/outages?month=" + datatest.Start.Format("2006-01"), "/outages?component=login", "/outages/new", "/outages/" + last} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if a := w.get(data.Admin, path); a.status != http.StatusOK {
					b.Fatalf("%d %s", a.status, a.body)
				}
			}
		})
	}
}
