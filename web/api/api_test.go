package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/page"
)

// desk is the operators' side over a real store.
type desk struct {
	t     *testing.T
	store data.Store
	mux   *http.ServeMux
	api   *api.API
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	err = s.Update(context.Background(), func(tx data.Tx) error {
		read, login := datatest.Component("crm-read"), datatest.Component("login")
		read.Impact = data.NoRead
		return errors.Join(tx.Components().Put(read), tx.Components().Put(login), tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10}))
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, store: s, mux: http.NewServeMux()}
	d.api = &api.API{Store: s, Log: slog.New(slog.DiscardHandler), Settings: settings}
	for pattern, h := range d.api.Routes() {
		d.mux.Handle(pattern, h)
	}
	return d
}

var root = data.Actor{Name: "socket:root", Role: data.Admin, Address: "local"}

// do sends a request as who (nil means over the network) and returns the status and the body.
func (d *desk) do(who *data.Actor, method, path, body string, header ...string) (int, string) {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if who != nil {
		r = r.WithContext(api.WithActor(r.Context(), *who))
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (d *desk) incident(body string) wire.Incident {
	d.t.Helper()
	status, answer := d.do(&root, "POST", "/api/v1/incidents", body)
	var i wire.Incident
	if err := json.Unmarshal([]byte(answer), &i); status != 201 || err != nil {
		d.t.Fatalf("opening %s: %d %s %v", body, status, answer, err)
	}
	return i
}

func (d *desk) view(fn func(data.Tx) error) {
	d.t.Helper()
	if err := d.store.View(context.Background(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// standing returns how a component stands and its outages.
func (d *desk) standing(component string) (data.Standing, []data.Outage) {
	d.t.Helper()
	var s data.Standing
	var outages []data.Outage
	d.view(func(tx data.Tx) (err error) {
		marks, err := data.All(tx.Marks().Range(data.MarksOf(component, "")))
		if err != nil {
			return err
		}
		s = data.Merge(marks, time.Now().Add(time.Second))
		outages, err = data.All(tx.Outages().Range(data.OutageKey(component+"|"), data.OutageKey(component+"}")))
		return err
	})
	return s, outages
}

func TestIncident(t *testing.T) {
	d := newDesk(t)
	i := d.incident(`{"title":"Sign-in fails","components":{"login":"major_outage","crm-read":"degraded"}}`)
	if !data.ValidID(i.ID) || i.Phase != data.Investigating || i.Impact != "major" || len(i.Updates) != 1 || i.Updates[0].Body == "" {
		t.Errorf("opened: %+v", i)
	}
	if i.URL != "https://status.example.com/incidents/"+i.ID {
		t.Errorf("its address is %s", i.URL)
	}
	s, outages := d.standing("login")
	if s.Level != data.MajorOutage || !s.Declared || len(outages) != 1 || outages[0].Impact != data.NoReadNoWrite || !outages[0].Ended.IsZero() {
		t.Errorf("login stands at %+v with outages %+v", s, outages)
	}
	if s, outages := d.standing("crm-read"); s.Level != data.Degraded || len(outages) != 0 {
		t.Errorf("a degraded component has outages: %+v, %+v", s, outages)
	}

	status, answer := d.do(&root, "POST", "/api/v1/incidents/"+i.ID+"/updates", `{"phase":"identified","body":"A disk is full.","components":{"crm-read":"partial_outage"}}`)
	if status != 200 || !strings.Contains(answer, "A disk is full.") {
		t.Fatalf("update: %d %s", status, answer)
	}
	if s, outages := d.standing("crm-read"); s.Level != data.PartialOutage || len(outages) != 1 || outages[0].Impact != data.NoRead || outages[0].Started.Equal(i.Started) {
		t.Errorf("crm-read, out since the update: %+v, %+v", s, outages)
	}

	status, answer = d.do(&root, "POST", "/api/v1/incidents/"+i.ID+"/resolve", `{}`)
	if status != 200 {
		t.Fatalf("resolve: %d %s", status, answer)
	}
	for _, c := range []string{"login", "crm-read"} {
		if s, outages := d.standing(c); s.Declared || s.Level != data.NoData || len(outages) != 1 || outages[0].Ended.IsZero() {
			t.Errorf("%s after the end: %+v, %+v", c, s, outages)
		}
	}
	if status, answer = d.do(&root, "POST", "/api/v1/incidents/"+i.ID+"/resolve", `{}`); status != 409 {
		t.Errorf("resolving twice: %d %s", status, answer)
	}
	if status, answer = d.do(&root, "POST", "/api/v1/incidents/"+i.ID+"/updates", `{"phase":"investigating","body":"It is back.","components":{"login":"major_outage"}}`); status != 200 {
		t.Errorf("reopening: %d %s", status, answer)
	}
	if s, outages := d.standing("login"); s.Level != data.MajorOutage || len(outages) != 2 {
		t.Errorf("login after reopening: %+v, %+v", s, outages)
	}

	d.view(func(tx data.Tx) error {
		n, err := data.VerifyAudit(tx)
		if n != 4 || err != nil {
			t.Errorf("audit has %d entries, %v; want one for each of four acts", n, err)
		}
		live := 0
		from, to := data.BulletinsOf(data.AboutIncident, i.ID)
		for b, err := range tx.Bulletins().Range(from, to) {
			if err != nil {
				return err
			}
			if !b.Void {
				live++
			}
		}
		if live != 1 {
			t.Errorf("%d bulletins are to be told, want only the newest", live)
		}
		return nil
	})
}

func TestIdempotency(t *testing.T) {
	d := newDesk(t)
	const body = `{"title":"Sign-in fails","components":{"login":"major_outage"}}`
	s1, first := d.do(&root, "POST", "/api/v1/incidents", body, "Idempotency-Key", "k1")
	before := <-d.store.Watch(t.Context())
	s2, second := d.do(&root, "POST", "/api/v1/incidents", body, "Idempotency-Key", "k1")
	if s1 != 201 || s2 != 201 || first != second {
		t.Errorf("the same key answers %d %s, then %d %s", s1, first, s2, second)
	}
	if after := <-d.store.Watch(t.Context()); after != before {
		t.Errorf("repeating raised the revision from %d to %d", before, after)
	}
	if status, answer := d.do(&root, "POST", "/api/v1/incidents", strings.Replace(body, "fails", "is slow", 1), "Idempotency-Key", "k1"); status != 422 || !strings.Contains(answer, "take a new one") {
		t.Errorf("the same key with another body: %d %s", status, answer)
	}
	other := data.Actor{Name: "token:pager", Role: data.Responder}
	if status, third := d.do(&other, "POST", "/api/v1/incidents", body, "Idempotency-Key", "k1"); status != 201 || third == first {
		t.Errorf("another operator's key of the same text: %d %s", status, third)
	}
	a := &api.API{Store: d.store, Log: slog.New(slog.DiscardHandler)}
	if n, err := a.Forget(t.Context(), time.Now()); n != 0 || err != nil {
		t.Errorf("Forget now = %d, %v; want none", n, err)
	}
	if n, err := a.Forget(t.Context(), time.Now().Add(data.AnswerLife+time.Minute)); n != 2 || err != nil {
		t.Errorf("Forget a week later = %d, %v; want both", n, err)
	}
}

func TestTokens(t *testing.T) {
	d := newDesk(t)
	status, made := d.do(&root, "POST", "/api/v1/tokens", `{"name":"pager","role":"responder","days":1}`, "Idempotency-Key", "k")
	var token api.Token
	if err := json.Unmarshal([]byte(made), &token); status != 201 || err != nil || !data.WellFormedSecret(token.Secret) {
		t.Fatalf("create: %d %s", status, made)
	}
	status, answer := d.do(nil, "POST", "/api/v1/incidents", `{"title":"x","components":{"login":"degraded"}}`, "Authorization", "Bearer "+token.Secret)
	if status != 201 {
		t.Errorf("with its secret: %d %s", status, answer)
	}
	for _, path := range []string{"/api/v1/tokens", "/api/v1/audit"} {
		if _, answer := d.do(&root, "GET", path, ""); strings.Contains(answer, token.Secret) || strings.Contains(answer, data.HashSecret(token.Secret)) {
			t.Errorf("GET %s shows the secret or its hash", path)
		}
	}
	d.view(func(tx data.Tx) error {
		for a, err := range tx.Answers().Range("", "") {
			if err != nil {
				return err
			}
			if bytes.Contains(a.Body, []byte(token.Secret)) {
				t.Error("the secret is kept in an answer")
			}
		}
		return nil
	})
}

func TestBadRequests(t *testing.T) {
	d := newDesk(t)
	const ok = `"title":"x","components":{"login":"degraded"}`
	for _, tt := range []struct {
		body string
		want int
		word string
	}{
		{``, 415, "application/json"},
		{`{`, 422, "no JSON"},
		{`[]`, 422, "does not fit"},
		{`{} {}`, 422, "title"},
		{`{` + ok + `} {}`, 422, "goes on after"},
		{`{"title":"x"}`, 422, "at least one component"},
		{`{"components":{"login":"degraded"}}`, 422, "say in one line"},
		{`{"title":"a\nb","components":{"login":"degraded"}}`, 422, "one line"},
		{`{"title":"a\u0000b","components":{"login":"degraded"}}`, 422, "control character"},
		{`{"title":"` + strings.Repeat("x", 201) + `","components":{"login":"degraded"}}`, 422, "at most 200"},
		{`{` + ok + `,"body":"` + strings.Repeat("x", 17000) + `"}`, 422, "at most 16384"},
		{`{` + ok + `,"body":"` + strings.Repeat("x", 70000) + `"}`, 413, "longer than"},
		{`{` + ok + `,"severity":1}`, 422, "unknown"},
		{`{` + ok + `,"phase":"resolved"}`, 422, "open it first"},
		{`{` + ok + `,"phase":"done"}`, 422, "no phase"},
		{`{` + ok + `,"impact":"bad"}`, 422, "no impact"},
		{`{` + ok + `,"started":"2999-01-01T00:00:00Z"}`, 422, "future"},
		{`{` + ok + `,"started":"yesterday"}`, 422, "is no time"},
		{`{` + ok + `,"next_update":"2001-01-01T00:00:00Z"}`, 422, "time to come"},
		{`{` + ok + `,"cohort":"nobody"}`, 422, "no cohort"},
		{`{"title":"x","components":{"nothing":"degraded"}}`, 422, "there are crm-read login"},
		{`{"title":"x","components":{"login":"red"}}`, 422, "is no level"},
		{`{"title":"x","components":{"login":"no_data"}}`, 422, "operational, degraded"},
	} {
		status, answer := d.do(&root, "POST", "/api/v1/incidents", tt.body)
		if status != tt.want || !strings.Contains(answer, tt.word) {
			t.Errorf("%.60s: %d %s; want %d and %q", tt.body, status, answer, tt.want, tt.word)
		}
	}
	for _, id := range []string{"undefined", "null", "abcdefghijkl", "%2e%2e"} {
		if status, answer := d.do(&root, "POST", "/api/v1/incidents/"+id+"/updates", `{"body":"x"}`); status != 404 {
			t.Errorf("update of %s: %d %s", id, status, answer)
		}
	}
	d.view(func(tx data.Tx) error {
		for i, err := range tx.Incidents().Range("", "") {
			if err == nil {
				err = fmt.Errorf("a bad request made incident %+v", i)
			}
			return err
		}
		return nil
	})
}

// TestSameKeyByAnotherWay repeats an act that was done over the socket by opening the file, as after a crash.
func TestSameKeyByAnotherWay(t *testing.T) {
	d := newDesk(t)
	socket := data.Actor{Name: "socket:root", Role: data.Admin, Scope: "local:root"}
	file := data.Actor{Name: "file:root", Role: data.Admin, Scope: "local:root"}
	const body = `{"title":"Sign-in fails","components":{"login":"major_outage"},"next_update_in":"30m","started_ago":"10m"}`
	_, first := d.do(&socket, "POST", "/api/v1/incidents", body, "Idempotency-Key", "k")
	if _, second := d.do(&file, "POST", "/api/v1/incidents", body, "Idempotency-Key", "k"); second != first {
		t.Errorf("by the file: %s, by the socket: %s", second, first)
	}
	// Resolving the only open one, twice with one key and once with another.
	_, first = d.do(&socket, "POST", "/api/v1/incidents/-/resolve", `{}`, "Idempotency-Key", "r")
	if status, second := d.do(&file, "POST", "/api/v1/incidents/-/resolve", `{}`, "Idempotency-Key", "r"); status != 200 || second != first {
		t.Errorf("resolving again: %d %s, first %s", status, second, first)
	}
	for range 2 { // a refusal is repeated too
		if status, answer := d.do(&file, "POST", "/api/v1/incidents/-/resolve", `{}`, "Idempotency-Key", "s"); status != 409 || !strings.Contains(answer, "no incident is open") {
			t.Errorf("with none open: %d %s", status, answer)
		}
	}
	d.do(&socket, "POST", "/api/v1/incidents", body)
	if status, answer := d.do(&file, "POST", "/api/v1/incidents/-/resolve", `{}`, "Idempotency-Key", "s"); status != 409 {
		t.Errorf("the refused key later: %d %s", status, answer)
	}
	d.do(&socket, "POST", "/api/v1/incidents", body)
	if status, answer := d.do(&file, "POST", "/api/v1/incidents/-/resolve", `{}`); status != 409 || !strings.Contains(answer, "2 incidents are open") {
		t.Errorf("with two open: %d %s", status, answer)
	}
}

func TestIncidentTimes(t *testing.T) {
	d := newDesk(t)
	i := d.incident(`{"title":"x","components":{"login":"degraded"},"started_ago":"10m","next_update_in":"30m"}`)
	if ago, in := i.Created.Sub(i.Started), i.NextUpdate.Sub(i.Created); ago < 10*time.Minute || ago > 11*time.Minute || in > 30*time.Minute || in < 29*time.Minute {
		t.Errorf("started %v ago, next update in %v", ago, in)
	}
	for _, tt := range []struct{ body, word string }{
		{`"started":"0002-01-01T00:00:00Z"`, "31 days"},
		{`"started_ago":"900h"`, "31 days"},
		{`"started_ago":"soon"`, "30m"},
		{`"next_update_in":"-5m"`, "30m"},
	} {
		status, answer := d.do(&root, "POST", "/api/v1/incidents", `{"title":"x","components":{"login":"degraded"},`+tt.body+`}`)
		if status != 422 || !strings.Contains(answer, tt.word) {
			t.Errorf("%s: %d %s", tt.body, status, answer)
		}
	}
}

func TestTokenNamesAreUnique(t *testing.T) {
	d := newDesk(t)
	_, made := d.do(&root, "POST", "/api/v1/tokens", `{"name":"pager"}`)
	var token api.Token
	if err := json.Unmarshal([]byte(made), &token); err != nil {
		t.Fatal(err)
	}
	if status, answer := d.do(&root, "POST", "/api/v1/tokens", `{"name":"pager"}`); status != 409 || !strings.Contains(answer, token.ID) {
		t.Errorf("the same name again: %d %s", status, answer)
	}
	d.do(&root, "POST", "/api/v1/tokens/"+token.ID+"/revoke", `{}`)
	if status, answer := d.do(&root, "POST", "/api/v1/tokens", `{"name":"pager"}`); status != 201 {
		t.Errorf("after it was revoked: %d %s", status, answer)
	}
}

// settings are those of the page that previews are made with.
var settings = page.Settings{
	Name: "CRM status", Product: "CRM Online", URL: "https://status.example.com", ZoneName: "Europe/Oslo", Zone: oslo(), Target: "0.998",
	Langs: []i18n.Lang{i18n.EN, i18n.NB, i18n.FI},
}

func oslo() *time.Location {
	l, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	return l
}
