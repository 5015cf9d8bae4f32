package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// Op is one thing that operators can do or ask. Pages, API, local socket and command line all go through the same Ops, so
// they cannot behave differently.
type Op struct {
	Name    string // "incident.open": operationId in the OpenAPI file, action in the audit log
	Method  string
	Path    string // a pattern of http.ServeMux
	Summary string // one sentence
	Need    data.Role
	Query   []Param // members of the query that are known; any other is refused
	In      any     // zero value of the body's type; nil takes no body
	Out     any     // zero value of the answer's type
	Status  int     // of success; zero means 200
	Secret  bool    // the answer holds a secret: it is kept nowhere, so there is no idempotency key
	Scoped  bool    // gives what others do not see: a token must name it among its scopes, and everybody else be admin on the host
	Noted   bool    // a read whose first use by each actor, of each object, is written down
	Often   bool    // machines send it again and again: a pace of its own
	Long    bool    // a body as long as a monitoring system's
	Hook    bool    // monitoring systems send it: longer bodies, Basic authentication, a pace of its own; a body that is wrong is a 400

	write   act
	read    query
	attempt attempt
}

// Param is a member of a query.
type Param struct{ Name, Doc string }

// Call is one use of an Op.
type Call struct {
	By    data.Actor
	ID    string            // path member {id}
	Sub   string            // path member {sub}
	Query map[string]string // first value of each
	Key   string            // idempotency key; empty means none
	Body  json.RawMessage   // of a write; empty means {}

	now  time.Time
	live bool // now is that of the clock
	op   string
	seen revisions // before the snapshot; only of what goes over tables that are kept
	past time.Time // earliest instant that the act said something of; zero means none that has passed
	why  string    // what is written beside a settled month that the act restates; empty means the act's name
}

// touches notes that the act says something of an instant that may have passed.
func (c *Call) touches(at time.Time) {
	if at.Before(c.now) && (c.past.IsZero() || at.Before(c.past)) {
		c.past = at
	}
}

// An act changes the world inside tx. It is pure but for tx, and may run more than once.
type act func(a *API, tx data.Tx, c *Call) (*result, error)

// A query answers from a snapshot.
type query func(a *API, tx data.Tx, c *Call) (any, error)

// An attempt asks what a change would do: what it writes is taken back, and then it answers with what it found.
type attempt func(a *API, tx data.Tx, c *Call) (answer func(context.Context) (any, error), err error)

type result struct {
	body          any
	object        string
	also          []string // other objects that were touched: the entry of the audit log stands in their trail too
	before, after any
	same          bool // nothing was changed, so there is nothing for the audit log
}

// ops lists everything, by noun.
func ops() []Op {
	return slices.Concat(incidentOps(), deskOps(), previewOps(), maintenanceOps(), overviewOps(), operatorOps(), tokenOps(), alertOps(), auditOps(), reportOps(), monthOps(), sendingOps(), bannerOps(), beatOps(), probeOps(), placeOps(), outageOps())
}

// Tries says whether the Op only asks what a change would do.
func (op Op) Tries() bool { return op.attempt != nil }

// Ops lists everything that operators can do, in the order of the documentation.
func Ops() []Op { return ops() }

// byName finds an Op.
func byName() map[string]Op {
	m := map[string]Op{}
	for _, op := range ops() {
		m[op.Name] = op
	}
	return m
}

// Do uses the Op of this name: the one door for pages, API, socket and command line. It answers with a status and a JSON body.
// A refusal is a *data.Error or a *ui.StatusError, the same one when the call is repeated with its key.
func (a *API) Do(ctx context.Context, name string, c Call) (int, json.RawMessage, error) {
	op, ok := a.ops()[name]
	if !ok {
		return 0, nil, fmt.Errorf("there is no operation %q", name)
	}
	return a.use(ctx, op, c)
}

func (a *API) ops() map[string]Op {
	a.once.Do(func() { a.named = byName() })
	return a.named
}

func (a *API) use(ctx context.Context, op Op, c Call) (int, json.RawMessage, error) {
	c.op = op.Name
	if c.now.IsZero() {
		c.now, c.live = time.Now().UTC(), true
	}
	if !c.By.Role.May(op.Need) {
		if err := a.pace(op, c); err != nil {
			return 0, nil, err // refusals are written down, so they have their pace too
		}
		a.refused(ctx, op.Name, c)
		return 0, nil, data.Forbidden(fmt.Sprintf("%s has the role %s; this takes %s", c.By.Name, c.By.Role, op.Need))
	}
	if !c.By.Reaches(op.Name) {
		if err := a.pace(op, c); err != nil {
			return 0, nil, err
		}
		a.refused(ctx, op.Name, c)
		return 0, nil, data.Forbidden(fmt.Sprintf("%s is for %s only; this is %s", c.By.Name, strings.Join(c.By.Scopes, ", "), op.Name))
	}
	if op.Scoped && !slices.Contains(c.By.Scopes, op.Name) && (!c.By.Role.May(data.Admin) || c.By.Address != Local) {
		if err := a.pace(op, c); err != nil {
			return 0, nil, err
		}
		a.refused(ctx, op.Name, c)
		return 0, nil, data.Forbidden(fmt.Sprintf("%s gives what is shown to nobody else: it takes a token that names it, by `statusd token create NAME --scope %s`", op.Name, op.Name))
	}
	if op.keeps() {
		c.seen = a.see(ctx)
	}
	if op.read != nil {
		var v any
		if err := a.Store.View(ctx, func(tx data.Tx) (err error) { v, err = op.read(a, tx, &c); return err }); err != nil {
			return 0, nil, err
		}
		if op.Noted {
			if err := a.note(ctx, op, c); err != nil {
				return 0, nil, err
			}
		}
		body, err := ui.MarshalJSON(v)
		return http.StatusOK, body, err
	}
	if err := a.pace(op, c); err != nil {
		return 0, nil, err
	}
	if op.attempt != nil {
		return a.try(ctx, op, c)
	}
	if len(c.Key) > 200 {
		return 0, nil, data.Invalid("Idempotency-Key", "at most 200 characters")
	}
	if op.Secret {
		c.Key = ""
	}
	answer, err := a.run(ctx, op, c)
	if err != nil {
		return 0, nil, err
	}
	if answer.Status >= http.StatusBadRequest { // the same refusal as the first time
		var p ui.Problem
		if err := json.Unmarshal(answer.Body, &p); err != nil {
			return 0, nil, err
		}
		return 0, nil, ui.ErrorOf(p)
	}
	if op.Hook {
		a.count(answer.Body)
	}
	return answer.Status, answer.Body, nil
}

// ZoneHeader names with every answer the zone of the schedule, an IANA name: times in bodies are UTC, and whoever shows them to
// people shows them on that clock.
const ZoneHeader = "Schedule-Zone"

// Handler serves an Op over HTTP.
func (a *API) handler(op Op) http.Handler {
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set(ZoneHeader, a.zone().String())
		by, err := a.Actor(r)
		if err != nil {
			return err
		}
		c := Call{By: by, ID: r.PathValue("id"), Sub: r.PathValue("sub"), Key: r.Header.Get("Idempotency-Key")}
		if c.Query, err = members(r, op); err != nil {
			return err
		}
		if op.Method != http.MethodGet && by.Role.May(op.Need) { // who may not is told that first
			if c.Body, err = body(w, r, op); err != nil {
				return op.refuse(err)
			}
		}
		status, answer, err := a.use(r.Context(), op, c)
		if err != nil {
			return err
		}
		ui.JSON(w, r, status, answer)
		return nil
	})
}

// members reads the query: known members only, each once.
func members(r *http.Request, op Op) (map[string]string, error) {
	q := map[string]string{}
	for name, values := range r.URL.Query() {
		if !slices.ContainsFunc(op.Query, func(p Param) bool { return p.Name == name }) {
			return nil, &ui.StatusError{Status: http.StatusBadRequest, Message: fmt.Sprintf("%q is no member of this query: %s", name, op.knows())}
		}
		if len(values) > 1 {
			return nil, &ui.StatusError{Status: http.StatusBadRequest, Message: fmt.Sprintf("%q is given more than once", name)}
		}
		q[name] = values[0]
	}
	return q, nil
}

func (op Op) knows() string {
	if len(op.Query) == 0 {
		return "there are none here"
	}
	text := "it knows"
	for _, p := range op.Query {
		text += " " + p.Name
	}
	return text
}

// Routes are the operators' routes by pattern. Every listener that serves operators mounts all of them.
func (a *API) Routes() map[string]http.Handler {
	routes := map[string]http.Handler{}
	for _, op := range ops() {
		routes[op.Method+" "+op.Path] = a.handler(op)
	}
	return routes
}

// note writes down that somebody was told something for the first time. What cannot be written down is not told.
func (a *API) note(ctx context.Context, op Op, c Call) error {
	known := false
	err := a.Store.View(ctx, func(tx data.Tx) error {
		known = false
		for e, err := range data.Trail(tx, c.ID) {
			if err != nil {
				return err
			}
			if e.Action == op.Name && e.Actor == c.By.Name && e.Outcome == data.Done {
				known = true
				return nil
			}
		}
		return nil
	})
	if err != nil || known {
		return err
	}
	err = a.Store.Update(ctx, func(tx data.Tx) error {
		return data.Audit(tx, data.AuditEntry{At: c.now, Actor: c.By.Name, Address: c.By.Address, Action: op.Name, Object: c.ID, Outcome: data.Done})
	})
	return a.unsaved(ctx, op, err)
}

// refused writes down that somebody known asked for what the role does not allow.
func (a *API) refused(ctx context.Context, name string, c Call) {
	err := a.Store.Update(ctx, func(tx data.Tx) error {
		return data.Audit(tx, data.AuditEntry{At: c.now, Actor: c.By.Name, Address: c.By.Address, Action: name, Object: c.ID, Outcome: data.Refused})
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		a.Log.Error("a refusal could not be written to the audit log", "error", err, "actor", c.By.Name, "action", name)
	}
}
