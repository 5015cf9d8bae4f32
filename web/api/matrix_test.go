package api_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// token makes one and returns its secret.
func (d *desk) token(body string) api.Token {
	d.t.Helper()
	status, answer := d.do(&root, "POST", "/api/v1/tokens", body)
	var t api.Token
	if err := json.Unmarshal([]byte(answer), &t); status != 201 || err != nil {
		d.t.Fatalf("making a token of %s: %d %s", body, status, answer)
	}
	return t
}

// TestMatrix asks for every operation there is, by every role and by nobody, about what there is and what there is not: only
// who may is let through, and every refusal of somebody known is in the audit log (C8, C9).
func TestMatrix(t *testing.T) {
	d := newDesk(t)
	i := d.incident(`{"title":"x","components":{"login":"degraded"}}`)
	if err := d.store.Update(t.Context(), func(tx data.Tx) error {
		return tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"})
	}); err != nil {
		t.Fatal(err)
	}
	gone := d.token(`{"name":"old","role":"admin"}`)
	if status, answer := d.do(&root, "POST", "/api/v1/tokens/"+gone.ID+"/revoke", `{}`); status != 200 {
		t.Fatalf("revoke: %d %s", status, answer)
	}
	fresh, _ := data.NewSecret()
	roles := []data.Role{data.Viewer, data.Responder, data.Admin}
	watched := []data.TableName{data.IncidentsTable, data.MarksTable, data.OutagesTable, data.BulletinsTable, data.OperatorsTable, data.SessionsTable}
	reads, writes := 0, 0
	for n, op := range api.Ops() {
		var secrets []api.Token // fresh ones for each operation: sixty writes a minute are enough for anybody else
		for _, r := range roles {
			secrets = append(secrets, d.token(`{"name":"`+string(r)+strconv.Itoa(n)+`","role":"`+string(r)+`"}`))
		}
		if op.Method == "GET" {
			reads++
		} else {
			writes++
		}
		for _, id := range []string{i.ID, "abcdefghijkl", "undefined"} {
			path := strings.ReplaceAll(strings.ReplaceAll(op.Path, "{id}", id), "{sub}", "abcdefghijkl")
			ask := func(auth string) (int, string) {
				body := ""
				if op.Method == "POST" {
					body = `{"nonsense":1}` // who may is told that this is wrong, and nothing happens
				}
				return d.do(nil, op.Method, path, body, "Authorization", auth)
			}
			for name, auth := range map[string]string{
				"nothing": "", "a word": "Bearer letmein", "a wrong scheme": "Basic cm9vdDpyb290", "a token nobody made": "Bearer " + fresh,
				"a revoked token": "Bearer " + gone.Secret,
			} {
				before := <-d.store.Watch(t.Context(), watched...)
				if status, answer := ask(auth); status != 401 || strings.Contains(answer, fresh) || strings.Contains(answer, gone.Secret) {
					t.Errorf("%s %s with %s: %d %s, want 401", op.Method, path, name, status, answer)
				}
				if after := <-d.store.Watch(t.Context(), watched...); after != before {
					t.Errorf("%s %s with %s changed something", op.Method, path, name)
				}
			}
			for k, r := range roles {
				refusals := d.refusals()
				before := <-d.store.Watch(t.Context(), watched...)
				status, answer := ask("Bearer " + secrets[k].Secret)
				switch may := r.May(op.Need); {
				case !may && (status != 403 || d.refusals() != refusals+1):
					t.Errorf("%s %s by a %s: %d %s, %d refusals written; want 403 and one", op.Method, path, r, status, answer, d.refusals()-refusals)
				case may && op.Scoped && (status != 403 || d.refusals() != refusals+1): // it takes a token that names it
					t.Errorf("%s %s by a %s without the scope: %d %s", op.Method, path, r, status, answer)
				case op.Name == "operator.link" && status == 403 && d.refusals() == refusals: // from the host only, and that is written down
					t.Errorf("%s %s by a %s: refused without an entry", op.Method, path, r)
				case may && (status == 401 || status == 403 && op.Name != "operator.link" && !op.Scoped || status >= 500):
					t.Errorf("%s %s by a %s: %d %s", op.Method, path, r, status, answer)
				}
				if after := <-d.store.Watch(t.Context(), watched...); after != before {
					t.Errorf("%s %s by a %s changed something", op.Method, path, r)
				}
				if op.Name != "token.create" && strings.Contains(answer, data.HashSecret(secrets[k].Secret)) || strings.Contains(answer, secrets[k].Secret) {
					t.Errorf("%s %s by a %s gives the secret back: %s", op.Method, path, r, answer)
				}
			}
		}
	}
	if reads < 8 || writes < 15 {
		t.Errorf("%d operations read and %d write: is this the whole list?", reads, writes)
	}
}

func (d *desk) refusals() int {
	d.t.Helper()
	n := 0
	d.view(func(tx data.Tx) error {
		n = 0
		for e, err := range tx.Audit().Range("", "") {
			if err != nil {
				return err
			}
			if e.Outcome == data.Refused {
				n++
			}
		}
		return nil
	})
	return n
}

// TestScopes: a token with scopes reaches those operations and no other.
func TestScopes(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct {
		scopes   string
		open     int
		list     int
		template int
	}{
		{`[]`, 201, 200, 200},
		{`["incident"]`, 201, 200, 200},
		{`["incident.open"]`, 201, 403, 403},
		{`["audit","report.month"]`, 403, 403, 403},
	} {
		name := data.NewID()
		secret := d.token(`{"name":"` + name + `","scopes":` + tt.scopes + `}`).Secret
		for _, ask := range []struct {
			method, path, body string
			want               int
		}{
			{"POST", "/api/v1/incidents", `{"title":"x","components":{"login":"degraded"}}`, tt.open},
			{"GET", "/api/v1/incidents", "", tt.list},
			{"GET", "/api/v1/templates", "", tt.template},
		} {
			if status, answer := d.do(nil, ask.method, ask.path, ask.body, "Authorization", "Bearer "+secret); status != ask.want {
				t.Errorf("scopes %s: %s %s: %d %s, want %d", tt.scopes, ask.method, ask.path, status, answer, ask.want)
			}
		}
	}
	if status, answer := d.do(&root, "POST", "/api/v1/tokens", `{"name":"n","scopes":["incidents"]}`); status != 422 || !strings.Contains(answer, "incident.open") {
		t.Errorf("a misspelt scope: %d %s", status, answer)
	}
}

// TestTokenFrom: a token with networks is taken from there only. Requests of these tests come from 192.0.2.1.
func TestTokenFrom(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct {
		from string
		want int
	}{
		{`["192.0.2.0/24"]`, 200},
		{`["10.0.0.0/8","192.0.2.1/32"]`, 200},
		{`["10.0.0.0/8"]`, 401},
		{`["2001:db8::/32"]`, 401},
	} {
		secret := d.token(`{"name":"` + data.NewID() + `","from":` + tt.from + `}`).Secret
		if status, answer := d.do(nil, "GET", "/api/v1/me", "", "Authorization", "Bearer "+secret); status != tt.want {
			t.Errorf("from %s: %d %s, want %d", tt.from, status, answer, tt.want)
		}
	}
	for _, bad := range []string{"192.0.2.1", "192.0.2.1/24", "here"} {
		if status, answer := d.do(&root, "POST", "/api/v1/tokens", `{"name":"n","from":["`+bad+`"]}`); status != 422 || !strings.Contains(answer, "192.0.2.0/24") {
			t.Errorf("network %s: %d %s", bad, status, answer)
		}
	}
}

// TestPace: sixty writes at once, then a pause with the time to wait; reading goes on, and so do others.
func TestPace(t *testing.T) {
	d := newDesk(t)
	fast, other := d.token(`{"name":"fast"}`).Secret, d.token(`{"name":"other"}`).Secret
	i := d.incident(`{"title":"x","components":{"login":"degraded"}}`)
	write := func(secret string) (int, string) {
		return d.do(nil, "POST", "/api/v1/incidents/"+i.ID+"/notes", `{"body":"n"}`, "Authorization", "Bearer "+secret)
	}
	limited := 0
	for range 70 {
		if status, _ := write(fast); status == 429 {
			limited++
		}
	}
	if limited < 5 || limited > 10 {
		t.Errorf("%d of 70 writes at once were put off, want about 10", limited)
	}
	if status, answer := write(other); status != 201 {
		t.Errorf("another token meanwhile: %d %s", status, answer)
	}
	if status, _ := d.do(nil, "GET", "/api/v1/incidents", "", "Authorization", "Bearer "+fast); status != 200 {
		t.Errorf("reading meanwhile: %d", status)
	}
	for range 100 { // whoever is on the host is not put off
		if status, answer := d.do(&root, "POST", "/api/v1/incidents/"+i.ID+"/notes", `{"body":"n"}`); status != 201 {
			t.Fatalf("on the host: %d %s", status, answer)
		}
	}
}

func TestUnknownMembersOfTheQuery(t *testing.T) {
	d := newDesk(t)
	for path, word := range map[string]string{
		"/api/v1/incidents?name=1&1[0]=":         "no member",
		"/api/v1/incidents?sort=created":         "it knows open",
		"/api/v1/incidents?open=true&open=false": "more than once",
		"/api/v1/audit/verify?x=1":               "there are none",
	} {
		if status, answer := d.do(&root, "GET", path, ""); status != 400 || !strings.Contains(answer, word) {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
}

// TestTokenOfOneWhoIsOut: a token may no more than who made it may, at each request (C9, C16).
func TestTokenOfOneWhoIsOut(t *testing.T) {
	d := newDesk(t)
	eve := data.Operator{ID: "evesoperator", Name: "eve", Role: data.Admin}
	put := func() {
		t.Helper()
		if err := d.store.Update(t.Context(), func(tx data.Tx) error { return tx.Operators().Put(eve) }); err != nil {
			t.Fatal(err)
		}
	}
	put()
	by := data.Actor{Name: "operator:eve", Role: data.Admin, Scope: "operator:" + eve.ID}
	_, answer := d.do(&by, "POST", "/api/v1/tokens", `{"name":"mine","role":"admin","days":3650}`)
	var token api.Token
	if err := json.Unmarshal([]byte(answer), &token); err != nil {
		t.Fatal(answer)
	}
	for _, tt := range []struct {
		role     data.Role
		disabled time.Time
		want     int
	}{{data.Admin, time.Time{}, 200}, {data.Responder, time.Time{}, 403}, {data.Admin, time.Now(), 401}, {data.Admin, time.Time{}, 200}} {
		eve.Role, eve.Disabled = tt.role, tt.disabled
		put()
		if status, answer := d.do(nil, "GET", "/api/v1/operators", "", "Authorization", "Bearer "+token.Secret); status != tt.want {
			t.Errorf("with its maker a %s, disabled %v: %d %s, want %d", tt.role, tt.disabled, status, answer, tt.want)
		}
	}
}

// TestDenialsAreWrittenDown: also those that an operation makes itself, and those of tokens that are none; and never without end.
func TestDenialsAreWrittenDown(t *testing.T) {
	d := newDesk(t)
	d.api.Undo = data.UndoTime
	i := d.incident(`{"title":"x","components":{"login":"degraded"}}`)
	secret := d.token(`{"name":"boss","role":"admin"}`).Secret
	other := d.token(`{"name":"other","role":"responder"}`).Secret
	unknown, _ := data.NewSecret()
	for _, ask := range []struct{ secret, path, body string }{
		{secret, "/api/v1/operators/link", `{"name":"kari"}`},
		{other, "/api/v1/incidents/" + i.ID + "/undo", `{}`},
	} {
		before := d.refusals()
		if status, answer := d.do(nil, "POST", ask.path, ask.body, "Authorization", "Bearer "+ask.secret); status != 403 || d.refusals() != before+1 {
			t.Errorf("%s: %d %s, %d entries", ask.path, status, answer, d.refusals()-before)
		}
	}
	before := d.refusals()
	for range 200 {
		d.do(nil, "GET", "/api/v1/me", "", "Authorization", "Bearer "+unknown)
	}
	if n := d.refusals() - before; n < 1 || n > 70 {
		t.Errorf("200 visits with a token that nobody made left %d entries", n)
	}
	viewer := d.token(`{"name":"viewer","role":"viewer"}`).Secret
	before = d.refusals()
	for range 200 {
		d.do(nil, "POST", "/api/v1/incidents", `{}`, "Authorization", "Bearer "+viewer)
	}
	if n := d.refusals() - before; n < 1 || n > 70 {
		t.Errorf("200 writes by a viewer left %d entries", n)
	}
}
