package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/ui"
)

const schemas = "#/components/schemas/"

// describe makes the OpenAPI file out of the list of operations.
func describe() ([]byte, error) {
	huma.DefaultArrayNullable = false
	r := huma.NewMapRegistry(schemas, huma.DefaultSchemaNamer)
	for from, to := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[data.Level](): reflect.TypeFor[levelSchema](), reflect.TypeFor[data.Role](): reflect.TypeFor[roleSchema](),
		reflect.TypeFor[data.Words](): reflect.TypeFor[map[string]string](), reflect.TypeFor[struct{}](): reflect.TypeFor[Nothing](),
		reflect.TypeFor[ledger.Facts](): reflect.TypeFor[Facts](),
	} {
		r.RegisterTypeAlias(from, to)
	}
	o := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "statusd, the operators' API", Version: "1",
			Description: "What the operators' pages and the command line do, too. On the operators' listener and on the local socket. " +
				"Times are RFC 3339. Members may be added to answers; nothing is taken away within a version. Refusals are problem documents (RFC 9457).",
			License: &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"},
		},
		Paths:    map[string]*huma.PathItem{},
		Security: []map[string][]string{{"token": {}}, {"session": {}}},
		Components: &huma.Components{
			Schemas: r, Responses: refusalResponses(),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", BearerFormat: "sp_…", Description: "A token, made by `statusd token create` or token.create. Its role and scopes are those of x-role and x-scope."},
				"session": {Type: "apiKey", In: "cookie", Name: "__Host-sp", Description: "A browser's session, from /sign-in. Requests of pages of other origins are refused."},
			},
		},
	}
	r.Schema(reflect.TypeFor[ui.Problem](), true, "")
	for _, op := range api.Ops() {
		add(o, op.Method, op.Path, operation(r, op))
	}
	add(o, "GET", "/api/v1/backup", backupOperation())
	add(o, "GET", api.OpenAPIPath, &huma.Operation{
		OperationID: "openapi", Tags: []string{"openapi"}, Summary: "This file.", Security: []map[string][]string{{}},
		Responses: map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object"}}}}},
	})
	if err := words(r); err != nil {
		return nil, err
	}
	open(r, o)
	b, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var tidy any // members in the order of the alphabet
	if err := json.Unmarshal(b, &tidy); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(tidy)
	return out.Bytes(), err
}

func add(o *huma.OpenAPI, method, path string, op *huma.Operation) {
	item := o.Paths[path]
	if item == nil {
		item = &huma.PathItem{}
		o.Paths[path] = item
	}
	switch method {
	case http.MethodGet:
		item.Get = op
	case http.MethodPost:
		item.Post = op
	default:
		panic("no operation uses " + method)
	}
}

func operation(r huma.Registry, op api.Op) *huma.Operation {
	noun, _, _ := strings.Cut(op.Name, ".")
	v := &huma.Operation{
		OperationID: op.Name, Summary: op.Summary, Tags: []string{noun}, Responses: map[string]*huma.Response{},
		Extensions: map[string]any{"x-role": string(op.Need), "x-scope": op.Name},
	}
	for _, m := range regexp.MustCompile(`{(\w+)}`).FindAllStringSubmatch(op.Path, -1) {
		v.Parameters = append(v.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Description: pathWords[noun+"."+m[1]], Schema: text()})
	}
	for _, p := range op.Query {
		v.Parameters = append(v.Parameters, &huma.Param{Name: p.Name, In: "query", Description: p.Doc, Schema: text()})
	}
	if keyed(op) {
		v.Parameters = append(v.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string", MaxLength: ptr(200)},
			Description: "A word of your own. The same request with the same key is done once, and answered alike each time.",
		})
	}
	if op.In != nil {
		in := &huma.Schema{Description: "The message, as its sender writes it."}
		if !op.Hook {
			in = r.Schema(reflect.TypeOf(op.In), true, "")
		}
		v.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: in}}}
	}
	status := op.Status
	if status == 0 {
		status = http.StatusOK
	}
	v.Responses[strconv.Itoa(status)] = &huma.Response{Description: "Done.", Content: map[string]*huma.MediaType{
		"application/json": {Schema: r.Schema(reflect.TypeOf(op.Out), true, "")},
	}}
	refusals(v, refusedBy(op)...)
	return v
}

func backupOperation() *huma.Operation {
	v := &huma.Operation{
		OperationID: "backup.make", Tags: []string{"backup"}, Summary: "Give a copy of the database, of one moment.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The file, with its length and its digest (RFC 9530).",
			Headers:     map[string]*huma.Header{"Repr-Digest": {Description: "sha-256 of the file.", Schema: text()}},
			Content:     map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
		}},
		Extensions: map[string]any{"x-role": string(data.Admin), "x-scope": "backup.make"},
	}
	refusals(v, 401, 403, 409, 429, 500)
	return v
}

// keyed says whether an idempotency key counts.
func keyed(op api.Op) bool { return op.Method != http.MethodGet && !op.Secret && !asks[op.Name] }

// asks are the operations that change nothing though they take a body.
var asks = map[string]bool{"incident.preview": true, "maintenance.preview": true, "maintenance.rule": true, "outage.preview": true}

// refusedBy lists the statuses by which an operation can refuse. TestOpenAPIRefusals meets each of them.
func refusedBy(op api.Op) []int {
	statuses := []int{400, 401, 403, 500}
	if strings.Contains(op.Path, "{") && !ofMonth(op) || op.Name == "incident.list" || asks[op.Name] && op.Name != "maintenance.rule" {
		statuses = append(statuses, 404)
	}
	if conflicts(op) {
		statuses = append(statuses, 409)
	}
	if op.Method != http.MethodGet {
		statuses = append(statuses, 413, 415, 422)
		if !op.Hook { // senders of alerts give up after a 429, and try again after a 503
			statuses = append(statuses, 429)
		}
	} else if len(op.Query) > 0 || ofMonth(op) || ofPlace(op) {
		statuses = append(statuses, 422)
	}
	if op.Method != http.MethodGet && !asks[op.Name] {
		statuses = append(statuses, 503)
	}
	return statuses
}

// ofPlace says whether an observer uses the operation: what can be no name of a place is told apart from one that is none.
func ofPlace(op api.Op) bool { return op.Name == "place.orders" || op.Name == "place.report" }

// conflicts says whether an operation depends on how things stand.
func conflicts(op api.Op) bool {
	switch op.Name {
	case "incident.get", "token.create", "operator.link", "sending.release", "banner.speak", "probe.beat", "probe.now", "place.orders", "place.report":
		return true // - stands for the only open incident, and there may be none or more; a heartbeat cannot be asked
	case "incident.list", "incident.templates", "incident.open":
		return false
	}
	return strings.HasPrefix(op.Name, "incident.") || op.Name == "maintenance.preview" || strings.HasPrefix(op.Name, "outage.") && op.Method == http.MethodPost ||
		strings.HasPrefix(op.Name, "maintenance.") && strings.Contains(op.Path, "{id}/")
}

var refusalWords = map[int]string{
	400: "The query has a member that is unknown, or one twice; of a hook: this is no message that it takes.",
	401: "Nobody is signed in, or the token is not taken.",
	403: "The role or the scope does not allow it.",
	404: "There is no such thing.",
	409: "It does not fit how things stand; somebody may have changed them.",
	413: "The body is longer than 64 KiB; of a hook: than 256 KiB.",
	415: "The body is not sent as application/json.",
	422: "Something in it is wrong; field names it.",
	429: "Too many writes a minute; Retry-After says how long to wait.",
	500: "A fault of the service; request names it in the log.",
	503: "It is not known whether this was done: ask again with the same Idempotency-Key. Of a hook also: too many messages at once; Retry-After says how long to wait.",
}

func refusals(op *huma.Operation, statuses ...int) {
	for _, s := range statuses {
		op.Responses[strconv.Itoa(s)] = &huma.Response{Ref: fmt.Sprintf("#/components/responses/Refusal%d", s)}
	}
}

// refusalResponses are what operations refer to.
func refusalResponses() map[string]*huma.Response {
	all := map[string]*huma.Response{}
	for s, text := range refusalWords {
		res := &huma.Response{Description: text, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: schemas + "Problem"}}}}
		if s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable {
			res.Headers = map[string]*huma.Header{"Retry-After": {Description: "Seconds.", Schema: &huma.Schema{Type: "integer"}}}
		}
		all[fmt.Sprintf("Refusal%d", s)] = res
	}
	return all
}

func text() *huma.Schema { return &huma.Schema{Type: "string"} }

func ptr[T any](v T) *T { return &v }

// Nothing is a body without members.
type Nothing struct{}

// Facts is how ledger.Facts writes itself.
type Facts struct {
	Month       string               `json:"month"`
	Zone        string               `json:"zone"`
	Target      string               `json:"target"`
	AsOf        time.Time            `json:"as_of,omitzero"`
	Components  []string             `json:"components,omitzero"`
	Outages     []ledger.Outage      `json:"outages"`
	Maintenance []ledger.Maintenance `json:"maintenance"`
	Unobserved  []ledger.Gap         `json:"unobserved"`
	Revision    int                  `json:"revision,omitempty" doc:"Which revision of a settled month this is; absent while it is not settled."`
	Hash        string               `json:"hash,omitempty" doc:"Of the month's record, as it stands in the chain of months."`
	Fingerprint string               `json:"fingerprint,omitempty" doc:"SHA-256 over the members before revision, as compact JSON in this order and with instants in UTC: what the month's page prints."`
}

type levelSchema string

// Schema implements huma.SchemaProvider.
func (levelSchema) Schema(huma.Registry) *huma.Schema {
	s := text()
	for _, l := range []data.Level{data.NoData, data.Operational, data.Degraded, data.PartialOutage, data.MajorOutage} {
		s.Enum = append(s.Enum, l.String())
	}
	return s
}

type roleSchema string

// Schema implements huma.SchemaProvider.
func (roleSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Enum: []any{string(data.Viewer), string(data.Responder), string(data.Admin)}}
}

// words gives every member that has no doc tag its description, and complains of those that have neither, and of descriptions
// of nothing.
func words(r huma.Registry) error {
	used := map[string]bool{}
	var missing []string
	for name, s := range r.Map() {
		for member, p := range s.Properties {
			for _, key := range []string{name + "." + member, member} {
				if text, ok := memberWords[key]; ok && p.Description == "" {
					p.Description, used[key] = text, true
				}
			}
			if p.Description == "" {
				missing = append(missing, name+"."+member)
			}
		}
	}
	for key := range memberWords {
		if !used[key] {
			missing = append(missing, "nothing called "+key)
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		return fmt.Errorf("these lack a doc tag or an entry in memberWords:\n%s", strings.Join(missing, "\n"))
	}
	return nil
}

// open allows answers to have more members than today. Bodies of requests may not: a misspelt member is refused.
func open(r huma.Registry, o *huma.OpenAPI) {
	strict := map[string]bool{}
	var mark func(s *huma.Schema)
	mark = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if name, ok := strings.CutPrefix(s.Ref, schemas); ok && !strict[name] {
			strict[name] = true
			mark(r.Map()[name])
		}
		mark(s.Items)
		for _, p := range s.Properties {
			mark(p)
		}
	}
	for item := range maps.Values(o.Paths) {
		if item.Post != nil && item.Post.RequestBody != nil {
			mark(item.Post.RequestBody.Content["application/json"].Schema)
		}
	}
	for name, s := range r.Map() {
		if !strict[name] && s.AdditionalProperties == false {
			s.AdditionalProperties = nil
		}
	}
}

// ofMonth says whether an operation answers for a month: what is no month is not missing, it is wrong.
func ofMonth(op api.Op) bool {
	return strings.HasPrefix(op.Name, "report.") || op.Name == "notices.kept" || op.Name == "months.show"
}
