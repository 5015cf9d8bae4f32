package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/alerts"
	"github.com/superoffice/statusd/web/api"
)

// contract holds real requests and answers against the OpenAPI file.
type contract struct {
	t        *testing.T
	doc      map[string]any
	compiler *jsonschema.Compiler
	met      map[string]map[int]bool // statuses, by operation
}

func newContract(t *testing.T) *contract {
	t.Helper()
	made, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(made))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{t: t, doc: doc.(map[string]any), compiler: jsonschema.NewCompiler(), met: map[string]map[int]bool{}}
	for _, s := range c.at("components", "schemas") { // answers have no member that is not described
		if s := s.(map[string]any); s["additionalProperties"] == nil {
			s["additionalProperties"] = false
		}
	}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// at is a part of the file; nil where there is none.
func (c *contract) at(path ...string) map[string]any {
	v := c.doc
	for _, p := range path {
		v, _ = v[p].(map[string]any)
	}
	if ref, ok := v["$ref"].(string); ok {
		return c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return v
}

// valid holds a body against the schema at path.
func (c *contract) valid(body []byte, what string, path ...string) {
	c.t.Helper()
	for n, p := range path {
		path[n] = strings.ReplaceAll(strings.ReplaceAll(p, "~", "~0"), "/", "~1")
	}
	s, err := c.compiler.Compile("openapi.json#/" + strings.Join(path, "/"))
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		c.t.Errorf("%s: %v\n%s", what, err, body)
	}
}

// watch compares what goes through mux.
func (c *contract) watch(mux *http.ServeMux) *http.ServeMux {
	outer := http.NewServeMux()
	outer.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		sent, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		c.compare(pattern, sent, rec)
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes()) //nolint:errcheck // it is a recorder
	})
	return outer
}

func (c *contract) compare(pattern string, sent []byte, rec *httptest.ResponseRecorder) {
	c.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	method = strings.ToLower(method)
	op := c.at("paths", path, method)
	name, _ := op["operationId"].(string)
	if name == "" {
		c.t.Errorf("%s is not in the file", pattern)
		return
	}
	if c.met[name] == nil {
		c.met[name] = map[int]bool{}
	}
	c.met[name][rec.Code] = true
	status := strconv.Itoa(rec.Code)
	answer := c.at("paths", path, method, "responses", status)
	if answer == nil {
		c.t.Errorf("%s answers %s, which is not in the file: %s", name, status, rec.Body)
		return
	}
	kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
	if content, _ := answer["content"].(map[string]any); content[kind] == nil {
		c.t.Errorf("%s answers %s as %s, which is not in the file", name, status, kind)
		return
	}
	what := name + " answers " + status
	if rec.Code >= 400 {
		c.valid(rec.Body.Bytes(), what, "components", "schemas", "Problem")
		return
	}
	c.valid(rec.Body.Bytes(), what, "paths", path, method, "responses", status, "content", kind, "schema")
	if op["requestBody"] != nil {
		c.valid(sent, name+" takes", "paths", path, method, "requestBody", "content", "application/json", "schema")
	}
}

// complete checks that everything the file promises was met, but for a fault of the service.
func (c *contract) complete() {
	c.t.Helper()
	for path, item := range c.at("paths") {
		for method := range item.(map[string]any) {
			op := c.at("paths", path, method)
			name := op["operationId"].(string)
			if name == "backup.make" || name == "openapi" {
				continue // their own tests have them
			}
			for text := range op["responses"].(map[string]any) {
				if status, _ := strconv.Atoi(text); status != 500 && !c.met[name][status] {
					c.t.Errorf("%s is said to answer %d, which it was not made to", name, status)
				}
			}
		}
	}
}

// unsure is a store that does not know whether anything was saved.
type unsure struct{ data.Store }

func (unsure) Update(context.Context, func(data.Tx) error) error { return data.ErrUnknown }

// bodies are right ones, of operations that take more than {}.
var bodies = map[string]string{
	"incident.open": `{"title":"x","components":{"login":"degraded"}}`, "incident.update": `{"body":"x"}`, "incident.note": `{"body":"x"}`,
	"incident.amend": `{"title":"x"}`, "incident.reword": `{"body":"x"}`, "operator.role": `{"role":"viewer"}`, "operator.link": `{"name":"Kari"}`,
	"token.create": `{"name":"n"}`, "maintenance.update": `{"body":"x"}`, "maintenance.note": `{"body":"x"}`,
	"maintenance.open": `{"category":"emergency","lasts":"1h","reason":"x"}`, "place.report": `{"number":1,"sent_at":"2026-01-01T00:00:00Z"}`, "outage.join": `{"with":[{"id":"abcdefghijkl"}],"why":"x"}`,
}

func bodyOf(op api.Op, id string) string {
	switch {
	case op.Method == http.MethodGet:
		return ""
	case op.Name == "maintenance.preview":
		return `{"operation":"maintenance.cancel","id":"` + id + `","body":{"reason":"x"}}`
	case op.Name == "outage.preview":
		return `{"operation":"outage.void","id":"` + id + `","body":{"why":"x"}}`
	case op.Name == "incident.preview":
		return `{"operation":"incident.update","id":"` + id + `","body":{"body":"x"}}`
	case bodies[op.Name] != "":
		return bodies[op.Name]
	}
	return `{}`
}

func pathOf(op api.Op, id string) string {
	if ofPlace(op) {
		id = data.Here // which is none of theirs
	}
	return strings.ReplaceAll(strings.ReplaceAll(op.Path, "{id}", id), "{sub}", "abcdefghijkl")
}

// TestOpenAPIAnswers uses every operation, well and badly, and compares each answer with the file.
func TestOpenAPIAnswers(t *testing.T) {
	d := newDesk(t)
	c := newContract(t)
	d.refuse(c)
	d.mux = c.watch(d.mux)
	d.use()
	c.complete()
}

// refuse makes every operation refuse in every way.
func (d *desk) refuse(c *contract) {
	d.t.Helper()
	d.probed(time.Now().UTC()) // first, since buckets fill again while it writes
	spent := d.token(`{"name":"spent","role":"admin"}`).Secret
	for range 61 {
		d.do(nil, "POST", "/api/v1/incidents/abcdefghijkl/notes", `{"body":"x"}`, "Authorization", "Bearer "+spent)
	}
	for range 101 {
		d.do(nil, "POST", "/hooks/alertmanager", `{}`, "Authorization", "Bearer "+spent)
	}
	if err := d.store.Update(d.t.Context(), func(tx data.Tx) error {
		return errors.Join(data.AdmitPlaces(tx, []string{"taken"}), tx.Places().Put(data.Place{Name: "taken", By: "token:other", Seen: time.Now().UTC()}))
	}); err != nil {
		d.t.Fatal(err)
	}
	elsewhere := d.token(`{"name":"elsewhere","role":"admin","scopes":["audit.verify"]}`).Secret
	another := d.token(`{"name":"another","role":"admin","scopes":["operator.me"]}`).Secret
	mux := d.mux
	lost := http.NewServeMux()
	for pattern, h := range (&api.API{Store: unsure{d.store}, Log: slog.New(slog.DiscardHandler), Settings: settings}).Routes() {
		lost.Handle(pattern, h)
	}
	lost, d.mux = c.watch(lost), c.watch(mux)
	good := d.mux
	ask := func(who *data.Actor, op api.Op, path, body string, header ...string) {
		d.t.Helper()
		if status, answer := d.do(who, op.Method, path, body, header...); status < 400 {
			d.t.Errorf("%s %s %s: %d %s, want a refusal", op.Method, path, body, status, answer)
		}
	}
	for k, op := range api.Ops() {
		if k%40 == 39 { // sixty calls a minute are enough for anybody
			elsewhere = d.token(`{"name":"elsewhere` + strconv.Itoa(k) + `","role":"admin","scopes":["audit.verify"]}`).Secret
		}
		for n := 0; op.Often && n < 150; n++ { // here, since the bucket fills again within moments
			d.do(nil, op.Method, pathOf(op, "front"), `{}`, "Authorization", "Bearer "+spent)
		}
		scoped := elsewhere
		if op.Name == "audit.verify" {
			scoped = another
		}
		for _, id := range []string{"abcdefghijkl", api.TheOpenOne} {
			if strings.Contains(op.Path, "{id}") || strings.HasSuffix(op.Name, ".preview") {
				ask(&root, op, pathOf(op, id), bodyOf(op, id)) // 404 or 409; a month is none: 422
			}
		}
		path := pathOf(op, "abcdefghijkl")
		ask(&root, op, path+"?nonsense=1", bodyOf(op, "-"))
		ask(nil, op, path, bodyOf(op, "-"))
		ask(nil, op, path, bodyOf(op, "-"), "Authorization", "Bearer "+scoped)
		if op.Method == http.MethodGet {
			continue
		}
		ask(&root, op, path, `{"nonsense":1}`)
		ask(&root, op, path, `{}`, "Content-Type", "text/plain")
		ask(&root, op, path, strings.Repeat(" ", api.MaxHook+1))
		ask(&root, op, path, bodyOf(op, "-"), "Idempotency-Key", strings.Repeat("k", 201))
		ask(nil, op, path, bodyOf(op, "-"), "Authorization", "Bearer "+spent)
		if !op.Tries() {
			d.mux = lost
			ask(&root, op, path, bodyOf(op, "-"))
			d.mux = good
		}
	}
	for _, path := range []string{"/api/v1/incidents?limit=0", "/api/v1/incidents?before=abcdefghijkl", "/api/v1/audit?limit=0", "/api/v1/alerts?limit=0", "/api/v1/maintenance?from=x", "/api/v1/outages?limit=0", "/api/v1/banners?lang=xx", "/api/v1/probes/front/day?date=x", "/api/v1/probes/front/samples?date=x", "/api/v1/places/taken/probes", "/api/v1/places/nowhere/probes"} {
		ask(&root, api.Op{Method: "GET"}, path, "")
	}
	for path, body := range map[string]string{"/api/v1/tokens": `{"name":"spent"}`, "/api/v1/operators/link": `{"name":"Kari"}`, "/api/v1/sending/release": `{}`, "/api/v1/banners/speak": `{}`, "/api/v1/probes/front/beat": `{}`, "/api/v1/places/taken/parcels": `{}`, "/api/v1/places/nowhere/parcels": `{}`} {
		ask(&root, api.Op{Method: "POST"}, path, body)
	}
	d.mux = mux
}

// use makes every operation succeed.
func (d *desk) use() {
	d.t.Helper()
	d.api.Undo = data.UndoTime
	d.api.IssueLink = func(data.Tx, string, data.Role, data.Actor, time.Time) (api.IssuedLink, error) {
		return api.IssuedLink{Operator: "kari", URL: "http://127.0.0.1/sign-in/link/x", Expires: time.Now()}, nil
	}
	id, err := alerts.ParsePointer("/id")
	if err != nil {
		d.t.Fatal(err)
	}
	d.api.Alerts = api.Inbound{
		Hooks: []alerts.Hook{{Name: "uptime", Identity: id, Firing: id, FiringWords: []string{"down"}}},
		Rules: []alerts.Rule{{Name: "all", Components: []string{"login"}, Draft: true}},
	}
	now := time.Now().UTC()
	err = d.store.Update(d.t.Context(), func(tx data.Tx) error {
		_, err := data.HoldSending(tx, now, now)
		return errors.Join(
			err,
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Operators().Put(data.Operator{ID: "kari", Name: "Kari", Provider: "https://id.example.com", Role: data.Viewer, Created: now, SignedIn: now}),
			tx.Subscribers().Put(datatest.Subscriber("s1")),
			data.AdmitPlaces(tx, []string{"bergen", "cork"}),
			tx.Probes().Put(data.Probe{Name: "sync", Component: "login", Cohort: data.AllCustomers, Kind: data.ProbeHeartbeat, Interval: time.Minute}),
			data.SetAlarms(tx, data.AlarmCertificate, []data.Alarm{{Subject: "login", Detail: "It ends.", By: now}}, now),
			tx.Outages().Put(datatest.Outage("crm-read", now.Add(-time.Hour))), tx.Marks().Put(datatest.Mark("crm-read", now.Add(-time.Hour), data.PartialOutage)),
			tx.Occurrences().Put(datatest.Occurrence("m", now.Add(30*time.Hour))),
		)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	ask := func(method, path, body string) map[string]any {
		d.t.Helper()
		if !strings.HasPrefix(path, "/hooks/") {
			path = "/api/v1" + path
		}
		status, answer := d.do(&root, method, path, body)
		var v map[string]any
		if err := json.Unmarshal([]byte(answer), &v); status >= 300 || err != nil {
			d.t.Fatalf("%s %s %s: %d %s", method, path, body, status, answer)
		}
		return v
	}
	i := ask("POST", "/incidents", `{"template":"login-fails","components":{"login":"major_outage","crm-read@pilot":"degraded"},"draft":true,"next_update_in":"30m","started_ago":"10m"}`)
	one := "/incidents/" + i["id"].(string)
	ask("POST", one+"/publish", `{}`)
	ask("POST", one+"/undo", `{}`)
	ask("POST", one+"/publish", `{}`)
	ask("POST", one+"/notes", `{"body":"It is the disk."}`)
	i = ask("POST", one+"/updates", `{"body":"A disk is full.","bodies":{"nb":"x"},"phase":"identified","components":{"login":"degraded"}}`)
	word := i["updates"].([]any)[0].(map[string]any)["id"].(string)
	ask("POST", one+"/updates/"+word+"/reword", `{"body":"The disk is full.","bodies":{"nb":"y"}}`)
	ask("POST", one+"/amend", `{"title":"Sign-in failed","impact":"major"}`)
	ask("POST", "/preview", `{"operation":"incident.resolve","id":"`+i["id"].(string)+`","body":{}}`)
	ask("GET", "/overview", "")
	ask("POST", one+"/resolve", `{}`)
	draft := ask("POST", "/incidents", `{"title":"x","components":{"login":"degraded"},"draft":true}`)
	ask("POST", "/incidents/"+draft["id"].(string)+"/discard", `{}`)
	ask("POST", "/hooks/in/uptime", `{"id":"down"}`)
	ask("POST", "/hooks/alertmanager", `{"version":"4","groupKey":"g","alerts":[{"status":"firing","labels":{"a":"b"},"startsAt":"`+now.Format(time.RFC3339)+`","fingerprint":"abc123"}]}`)
	for _, path := range []string{one, "/alerts", "/incidents?limit=1", "/templates", "/me", "/operators", "/audit", "/audit/verify", "/report/" + now.Format("2006-01"), "/facts/" + now.Format("2006-01"), "/months", "/months/verify", "/months/" + now.Format("2006-01"), "/years/" + now.Format("2006"), "/overview"} {
		ask("GET", path, "")
	}
	d.steer(ask)
	for _, path := range []string{"/probes", "/probes/front", "/probes/front:crm-read", "/probes/front/day?columns=48", "/probes/front/samples?place=local"} {
		ask("GET", path, "")
	}
	ask("POST", "/probes/front/now", `{}`)
	d.conflict("/probes/nightly/now", `{}`)
	ask("POST", "/places/bergen/parcels", `{"number":1,"sent_at":"`+now.Format(time.RFC3339)+`","lost":"no references","samples":[{"side":"front","at":"`+now.Format(time.RFC3339)+`","level":"degraded","reason":"slow","phases":[{"name":"tls","latency_ms":3}],"steps":[{"name":"read","level":"operational","latency_ms":3}]},{"side":"nobody","at":"`+now.Format(time.RFC3339)+`","level":"operational"}]}`)
	ask("GET", "/places/bergen/probes", "")
	ask("GET", "/places", "")
	ask("POST", "/places/bergen/forget", `{}`)
	d.correct(ask)
	t := ask("POST", "/tokens", `{"name":"pager","role":"viewer","days":1,"scopes":["incident"],"from":["192.0.2.0/24"]}`)
	ask("POST", "/tokens/"+t["id"].(string)+"/revoke", `{}`)
	ask("GET", "/tokens", "")
	ask("POST", "/operators/link", `{"name":"Kari"}`)
	ask("POST", "/operators/kari/role", `{"role":"admin"}`)
	ask("POST", "/operators/kari/disable", `{}`)
	ask("POST", "/operators/kari/enable", `{}`)
	ask("POST", "/sending/release", `{}`)
	ask("POST", "/banners/silence", `{"why":"It covers the password field."}`)
	ask("GET", "/banners", "")
	ask("POST", "/banners/speak", `{}`)
	ask("GET", "/banners?lang=sv", "")
	ask("POST", "/probes/sync/beat", `{"level":"degraded","detail":"The queue is long.","latency_ms":1500}`)
}

// steer does everything with windows that can be done.
func (d *desk) steer(ask func(method, path, body string) map[string]any) {
	far := func(hours int) string {
		return time.Now().UTC().Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
	}
	open := func(body string) string {
		v := ask("POST", "/maintenance", body)
		return "/maintenance/" + v["id"].(string)
	}
	one := open(`{"category":"critical","start":"` + far(40) + `","lasts":"2h","expected":"10m","cohort":"all","components":["login"],"reason":"a leak","body":"A fix.","bodies":{"nb":"En feil rettes."}}`)
	for _, act := range []string{
		`move {"start":"` + far(50) + `","end":"` + far(53) + `","reason":"r","version":2}`,
		`extend {"by":"30m","reason":"r"}`, `shorten {"end":"` + far(52) + `","reason":"r"}`, `hold {"reason":"r"}`, `release {"reason":"r"}`,
	} {
		verb, body, _ := strings.Cut(act, " ")
		if verb == "move" {
			body = strings.Replace(body, `,"version":2`, "", 1)
		}
		ask("POST", one+"/"+verb, body)
	}
	ask("POST", one+"/updates", `{"body":"It will be quick.","bodies":{"nb":"Det gaar fort."}}`)
	ask("POST", one+"/notes", `{"body":"Ask the supplier."}`)
	for _, what := range []string{
		`{"operation":"maintenance.cancel","id":"` + strings.TrimPrefix(one, "/maintenance/") + `","body":{"reason":"r"}}`,
		`{"operation":"maintenance.open","body":{"category":"emergency","lasts":"1h","reason":"r","body":"Now.","bodies":{"nb":"Straks."}}}`,
	} {
		ask("POST", "/maintenance-preview", what)
	}
	ask("POST", one+"/cancel", `{"reason":"r"}`)
	for _, verb := range []string{"confirm", "cancel", "move", "extend", "shorten", "hold", "release", "verify", "complete"} {
		body := `{"reason":"r"}`
		if verb == "move" {
			body = `{"start":"` + far(60) + `","reason":"r"}`
		}
		d.conflict(one+"/"+verb, body)
	}
	d.conflict(one+"/updates", `{"body":"x","version":1}`)
	d.conflict(one+"/notes", `{"body":"x","version":1}`)
	d.conflict("/maintenance-preview", `{"operation":"maintenance.hold","id":"`+strings.TrimPrefix(one, "/maintenance/")+`","body":{"reason":"r"}}`)
	ask("GET", one, "")
	ask("GET", "/maintenance?from=2026-01-01&to=2026-12-31&standing=true", "")
	ask("POST", "/maintenance-rule", `{"rule":"FREQ=DAILY","anchor":"2026-01-01","start":"02:00","length":"3s","count":2}`)
	past := open(`{"category":"system","start":"` + far(-4) + `","end":"` + far(-3) + `","reason":"r","afterwards":true}`)
	ask("GET", past, "")
	now := time.Now().UTC()
	running, slot := datatest.Occurrence("running", now.Add(-time.Hour)), datatest.Occurrence("slot", now.Add(72*time.Hour))
	running.Phase, running.Began, slot.Phase = data.InProgress, running.Window.Start, data.Reserved
	followed := datatest.Occurrence("followed", now.Add(90*time.Hour))
	followed.Follows, followed.Warning, followed.Clock, followed.Components = slot.Key(), "a holiday", "clocks go forward", []string{"login"}
	slot.OldWindow = data.Window{Start: slot.Window.Start.Add(-time.Hour), End: slot.Window.End}
	running.Missed, running.Overran = "banner", now
	if err := d.store.Update(d.t.Context(), func(tx data.Tx) error {
		return errors.Join(data.PutOccurrence(tx, running, now), data.PutOccurrence(tx, slot, now), data.PutOccurrence(tx, followed, now))
	}); err != nil {
		d.t.Fatal(err)
	}
	id := func(o data.Occurrence) string {
		return "/maintenance/" + data.PublicID("abcdefghijkl", "occurrence", string(o.Key()))
	}
	ask("GET", id(followed), "")
	ask("POST", id(slot)+"/confirm", `{"reason":"r"}`)
	ask("POST", id(running)+"/verify", `{"reason":"r"}`)
	ask("POST", id(running)+"/complete", `{"reason":"r"}`)
	ask("GET", "/notices/"+now.Format("2006-01"), "")
	ask("GET", "/maintenance", "")
}

// correct does everything with outages that can be done.
func (d *desk) correct(ask func(method, path, body string) map[string]any) {
	d.t.Helper()
	at := func(minutes int) string {
		return time.Now().UTC().Add(time.Duration(minutes-300) * time.Minute).Truncate(time.Minute).Format(time.RFC3339)
	}
	v := ask("POST", "/outages", `{"component":"login","cohort":"pilot","started":"`+at(0)+`","ended":"`+at(60)+`","aware":"`+at(5)+`","reported":"`+at(9)+`","impact":"no_read","cause":"provider","why":"w"}`)
	one := func(n int, v map[string]any) string { return v["outages"].([]any)[n].(map[string]any)["id"].(string) }
	first := one(0, v)
	path := "/outages/" + first
	d.conflict("/outages", `{"component":"login","cohort":"pilot","started":"`+v["outages"].([]any)[0].(map[string]any)["recorded"].(map[string]any)["started"].(string)+`","ended":"`+at(60)+`","why":"w"}`)
	ask("POST", path+"/correct", `{"started":"`+at(1)+`","ended":"`+at(61)+`","aware":"`+at(6)+`","reported":"`+at(8)+`","impact":"no_write","cause":"third_party","cohort":"all","why":"w"}`)
	ask("POST", path+"/correct", `{"unreported":true,"why":"w"}`)
	second := one(1, ask("POST", path+"/split", `{"at":"`+at(30)+`","why":"w"}`))
	d.conflict(path+"/restore", `{"why":"w"}`)
	for _, act := range []string{`correct {"cause":"provider"`, `split {"at":"` + at(20) + `"`, `join {"with":[{"id":"` + second + `"}]`, `void {`} {
		verb, body, _ := strings.Cut(act, " ")
		if body != "{" {
			body += ","
		}
		d.conflict(path+"/"+verb, body+`"why":"w","version":"000000000000"}`)
	}
	ask("POST", path+"/join", `{"with":[{"id":"`+second+`"}],"why":"w"}`)
	ask("POST", "/outage-preview", `{"operation":"outage.void","id":"`+first+`","body":{"why":"w"}}`)
	d.conflict("/outage-preview", `{"operation":"outage.restore","id":"`+first+`","body":{"why":"w"}}`)
	ask("POST", path+"/void", `{"why":"w"}`)
	ask("POST", path+"/restore", `{"why":"w"}`)
	ask("GET", "/outages?component=login", "")
	ask("GET", path, "")
	ask("GET", "/outages/"+second, "")
}

func (d *desk) conflict(path, body string) {
	d.t.Helper()
	if status, answer := d.do(&root, "POST", "/api/v1"+path, body); status != http.StatusConflict {
		d.t.Errorf("%s %s: %d %s, want a conflict", path, body, status, answer)
	}
}
