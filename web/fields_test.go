package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/ui"
)

// dry is a store that takes back what is written while it is on, and says whether there was something to take back.
type dry struct {
	data.Store
	on    bool
	taken bool
}

var errDry = errors.New("taken back")

func (d *dry) Update(ctx context.Context, fn func(data.Tx) error) error {
	if !d.on {
		return d.Store.Update(ctx, fn)
	}
	return d.Store.Update(ctx, func(tx data.Tx) error {
		err := fn(tx)
		if d.taken = err == nil; d.taken {
			return errDry
		}
		return err
	})
}

// member is one of a body's, with its type.
type member struct {
	name string
	kind reflect.Type
}

// members are those of an operation's body.
func members(in any) []member {
	var out []member
	t := reflect.TypeOf(in)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		kind := t.Field(i).Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		out = append(out, member{name, kind})
	}
	return out
}

const (
	wrong  = "wrong"  // has to be refused, with the member named
	unsure = "unsure" // may be taken or refused
)

// values are what is tried for a member, as JSON; each says what has to come of it.
func (m member) values() map[string]string {
	v := map[string]string{"null": unsure}
	add := func(what string, texts ...string) {
		for _, t := range texts {
			v[t] = what
		}
	}
	quote := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err) // a text
		}
		return string(b)
	}
	switch {
	case m.kind == reflect.TypeFor[time.Time]():
		add(wrong, `"2026-02-30T00:00:00Z"`, `"2026-02-30"`, `"99999-01-01T00:00:00Z"`, `"-0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59-23:59"`, `"0000-01-01T00:00:00+23:59"`,
			`"0001-01-01T00:00:00Z."`, `""`, `"tomorrow"`, `1700000000`, `true`, `{}`, `[]`, `"2026-01-01T25:00:00Z"`, `"2026-01-01T00:00:00 Europe/Oslo"`)
		add(unsure, `"0001-01-01T00:00:01Z"`, `"9999-12-31T23:59:59Z"`)
	case m.kind.Kind() == reflect.Int:
		add(wrong, `-1`, `-9223372036854775808`, `9223372036854775808`, `1e99`, `1.5`, `"1"`, `true`, `{}`, `[]`)
		add(unsure, `0`)
	case m.kind.Kind() == reflect.Bool:
		add(wrong, `1`, `"true"`, `{}`, `[]`)
	case m.kind == reflect.TypeFor[json.RawMessage]():
		add(wrong, `1`, `"x"`, `[]`, `true`, `{"nonsense":1}`)
	case m.kind.Kind() == reflect.String:
		add(wrong, `1`, `true`, `{}`, `[]`, `["x"]`, quote(strings.Repeat("x", 50<<10)), `"a\u0000b"`, `"a\u001b[31mb"`, `"a\u007fb"`, `"a\u0085b"`)
		add(unsure, `""`, `" "`, `"\ud800"`, `"../x"`, `"-1"`, `"2026-02-30"`, `"\u2028"`, `"\u202e"`, `"{{1337*1337}}"`, `"Europe/Oslo"`, `"a\r\nBcc: x@example.com"`)
	case m.kind.Kind() == reflect.Map:
		add(wrong, `1`, `"x"`, `[]`, `true`, `{"nb":1}`, `{"":"x"}`, `{"../x":"y"}`, `{"nb\u0000":"x"}`, `{"login":"worst"}`, `{"`+strings.Repeat("x", 50<<10)+`":"x"}`)
		add(unsure, `{}`)
	case m.kind.Kind() == reflect.Slice:
		add(wrong, `1`, `"x"`, `{}`, `true`, `[1]`, `[""]`, `["\u0000"]`, `["../x"]`, `[["x"]]`, `["`+strings.Repeat("x", 50<<10)+`"]`)
		add(unsure, `[]`)
	default:
		panic("no values for " + m.kind.String())
	}
	return v
}

// TestEveryFieldOfEveryBody gives every member of every operation's body what does not belong there: a refusal that names the
// member, never an error of ours, and nothing is written (C31). What may be taken is written and taken back again.
func TestEveryFieldOfEveryBody(t *testing.T) {
	d := &dry{}
	s := newSite(t, func(store data.Store) data.Store { d.Store = store; return d })
	s.session("kari", data.Responder)
	s.token(data.Responder)
	root := data.Actor{Name: "socket:root", Role: data.Admin, Address: api.Local, Scope: "local:root"}
	draft, err := data.NewIncident(data.Report{Title: "Draft", Draft: true, Affected: []data.Affected{{Component: "login", Level: data.Degraded}}}, "x", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.update(func(tx data.Tx) error {
		sync := data.Probe{Name: "sync", Component: "login", Cohort: data.AllCustomers, Kind: data.ProbeHeartbeat, Interval: time.Minute}
		return errors.Join(data.PutIncident(tx, draft), tx.Probes().Put(sync), tx.Probes().Put(datatest.Probe("front", "login")), data.AdmitPlaces(tx, []string{"bergen"}))
	})
	var update, operator, token string
	s.view(func(tx data.Tx) error {
		i, err := tx.Incidents().Get(s.incident)
		update = i.Latest().ID
		operators, err2 := data.All(tx.Operators().Range("", ""))
		tokens, err3 := data.All(tx.Tokens().Range("", ""))
		if err := errors.Join(err, err2, err3); err != nil {
			return err
		}
		operator, token = operators[0].ID, tokens[0].ID
		return nil
	})
	hoursAgo := func(n int) string {
		return time.Now().UTC().Add(-time.Duration(n) * time.Hour).Truncate(time.Second).Format(time.RFC3339)
	}
	var down []string // three outages of two hours, the last one set aside
	for n, before := range []int{30, 20, 10} {
		o := datatest.Outage("login", time.Now().UTC().Add(-time.Duration(before)*time.Hour).Truncate(time.Second))
		o.Ended = o.Started.Add(2 * time.Hour)
		if n == 2 {
			if o, err = o.Correct(data.OutageChange{Void: true, Why: "x"}, "x", time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		s.update(func(tx data.Tx) error { return tx.Outages().Put(o) })
		down = append(down, string(o.Key()))
	}
	// What is right, and what it is about.
	right := map[string]struct{ id, sub, body string }{
		"incident.open":        {"", "", `{"title":"x","components":{"login":"degraded"}}`},
		"incident.update":      {s.incident, "", `{"body":"x"}`},
		"incident.resolve":     {s.incident, "", `{"body":"x"}`},
		"incident.publish":     {draft.ID, "", `{}`},
		"incident.discard":     {draft.ID, "", `{}`},
		"incident.note":        {s.incident, "", `{"body":"x"}`},
		"incident.amend":       {s.incident, "", `{"title":"y"}`},
		"incident.undo":        {s.incident, "", `{}`},
		"incident.reword":      {s.incident, update, `{"body":"y"}`},
		"incident.preview":     {"", "", `{"operation":"incident.reword","id":"` + s.incident + `","update":"` + update + `","body":{"body":"y"}}`},
		"maintenance.open":     {"", "", `{"category":"emergency","lasts":"1h","reason":"x"}`},
		"maintenance.confirm":  {s.window(data.Reserved), "", `{"reason":"x"}`},
		"maintenance.cancel":   {s.window(data.Scheduled), "", `{"reason":"x"}`},
		"maintenance.move":     {s.window(data.Scheduled), "", `{"start":"` + time.Now().AddDate(0, 0, 9).UTC().Format(time.RFC3339) + `","reason":"x"}`},
		"maintenance.extend":   {s.window(data.Scheduled), "", `{"by":"1h","reason":"x"}`},
		"maintenance.shorten":  {s.window(data.Scheduled), "", `{"by":"1h","reason":"x"}`},
		"maintenance.hold":     {s.window(data.Scheduled), "", `{"reason":"x"}`},
		"maintenance.release":  {s.window(data.Held), "", `{"reason":"x"}`},
		"maintenance.verify":   {s.window(data.InProgress), "", `{"reason":"x"}`},
		"maintenance.complete": {s.window(data.InProgress), "", `{"reason":"x"}`},
		"maintenance.update":   {s.window(data.Scheduled), "", `{"body":"x"}`},
		"maintenance.note":     {s.window(data.Scheduled), "", `{"body":"x"}`},
		"maintenance.preview":  {"", "", `{"operation":"maintenance.cancel","id":"` + s.window(data.Scheduled) + `","body":{"reason":"x"}}`},
		"maintenance.rule":     {"", "", `{"rule":"FREQ=DAILY","anchor":"2026-01-01","start":"02:00","length":"3s"}`},
		"outage.add":           {"", "", `{"component":"login","started":"` + hoursAgo(9) + `","ended":"` + hoursAgo(8) + `","why":"x"}`},
		"outage.correct":       {down[0], "", `{"cause":"internet","why":"x"}`},
		"outage.split":         {down[0], "", `{"at":"` + hoursAgo(29) + `","why":"x"}`},
		"outage.join":          {down[0], "", `{"with":[{"id":"` + down[1] + `"}],"why":"x"}`},
		"outage.void":          {down[0], "", `{"why":"x"}`},
		"outage.restore":       {down[2], "", `{"why":"x"}`},
		"outage.preview":       {"", "", `{"operation":"outage.void","id":"` + down[0] + `","body":{"why":"x"}}`},
		"operator.role":        {operator, "", `{"role":"viewer"}`},
		"operator.disable":     {operator, "", `{}`},
		"operator.enable":      {operator, "", `{}`},
		"operator.link":        {"", "", `{"name":"ola"}`},
		"token.create":         {"", "", `{"name":"pager"}`},
		"token.revoke":         {token, "", `{}`},
		"sending.release":      {"", "", `{}`},
		"banner.silence":       {"", "", `{"why":"It covers the password field."}`},
		"banner.speak":         {"", "", `{}`},
		"probe.beat":           {"sync", "", `{"level":"degraded"}`},
		"probe.now":            {"front", "", `{}`},
		"place.report":         {"bergen", "", `{"number":1,"sent_at":"` + time.Now().UTC().Format(time.RFC3339) + `","samples":[{"side":"front","at":"` + time.Now().UTC().Format(time.RFC3339) + `","level":"operational"}]}`},
	}
	tried, taken := 0, 0
	d.on = true
	for _, op := range api.Ops() {
		if op.In == nil || op.Hook {
			continue // hooks take the messages of others: web/alerts
		}
		base, ok := right[op.Name]
		if !ok {
			if len(members(op.In)) > 0 {
				t.Errorf("%s: say here what a right body of it is", op.Name)
			}
			continue
		}
		send := func(body string) error {
			d.taken = false
			_, _, err := s.desk.Do(t.Context(), op.Name, api.Call{By: root, ID: base.id, Sub: base.sub, Body: json.RawMessage(body)})
			if d.taken {
				return nil
			}
			return err
		}
		if err := send(base.body); err != nil && op.Name != "incident.undo" && op.Name != "sending.release" && op.Name != "banner.speak" {
			t.Errorf("%s refuses %s: %v", op.Name, base.body, err)
		}
		for _, m := range members(op.In) {
			values := m.values()
			for _, value := range slices.Sorted(maps.Keys(values)) {
				var whole map[string]json.RawMessage
				if err := json.Unmarshal([]byte(base.body), &whole); err != nil {
					t.Fatal(err)
				}
				whole[m.name] = json.RawMessage(value)
				body, err := json.Marshal(whole)
				if err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("%s {%q: %.60s}", op.Name, m.name, value)
				before := s.revision()
				err = send(string(body))
				tried++
				var known *data.Error
				var own *ui.StatusError
				switch {
				case err == nil && values[value] == wrong:
					t.Errorf("%s is taken", what)
				case err == nil:
					taken++
				case errors.As(err, &known):
					if values[value] == wrong && !strings.HasPrefix(known.Field, strings.TrimSuffix(m.name, "_ago")) && m.kind != reflect.TypeFor[json.RawMessage]() && known.Kind == data.KindInvalid {
						t.Errorf("%s: the field is called %q: %v", what, known.Field, known)
					}
				case errors.As(err, &own) && own.Status < 500 && own.Cause == nil:
				default:
					t.Errorf("%s is an error of ours: %v", what, err)
				}
				if after := s.revision(); after != before {
					t.Errorf("%s wrote something", what)
				}
			}
		}
		for _, body := range []string{
			``, ` `, `null`, `1`, `"x"`, `[]`, `{`, `{}{}`, `{"nonsense":1}`, `{"title":"x",}`, "{\"title\":\"\xff\"}", `{"title":"x"} x`,
			strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40), strings.Repeat(`[`, 30000),
		} {
			before := s.revision()
			err := send(body)
			var known *data.Error
			if after := s.revision(); after != before || err != nil && !errors.As(err, &known) {
				t.Errorf("%s with the body %.60q: %v", op.Name, body, err)
			}
		}
	}
	for body, field := range map[string]string{
		`{"title":"a","title":"b","components":{"login":"degraded"}}`:                          "title",
		`{"title":"a","Title":"b","components":{"login":"degraded"}}`:                          "Title",
		`{"title":"a","components":{"login":"degraded","crm-read":"degraded","login":"none"}}`: "login",
		`{"titles":{"nb":"x","nb":"y"},"title":"a"}`:                                           "nb",
		`{"title":"a","draft":true,"body":"title","draft":false}`:                              "draft",
	} {
		_, _, err := s.desk.Do(t.Context(), "incident.open", api.Call{By: root, Body: json.RawMessage(body)})
		var known *data.Error
		if !errors.As(err, &known) || known.Field != field || !strings.Contains(known.Message, "twice") {
			t.Errorf("%s: %v, want that %s is there twice", body, err, field)
		}
	}
	t.Logf("%d values tried, %d taken", tried, taken)
	if tried < 500 || taken == 0 {
		t.Errorf("%d values tried, %d taken: is that all?", tried, taken)
	}
}

// window puts one of a phase into the store, in five days or running, and returns its name.
func (s *site) window(phase data.Phase) string {
	start := time.Now().UTC().AddDate(0, 0, 5)
	if phase == data.InProgress {
		start = time.Now().UTC().Add(-time.Hour)
	}
	o := datatest.Occurrence("fields-"+strings.ReplaceAll(string(phase), "_", "-"), start)
	if o.Phase = phase; o.CarriedOut() {
		o.Began = start
	}
	s.update(func(tx data.Tx) error { return data.PutOccurrence(tx, o, time.Now()) })
	return string(o.Key())
}
