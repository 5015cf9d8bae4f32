package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// WindowChange is what a request says of a window. A reason is needed for every change; the times for those that need them.
type WindowChange struct {
	Start      time.Time  `json:"start,omitzero" doc:"Move: the new start. Extend: an earlier one. Shorten: a later one."`
	End        time.Time  `json:"end,omitzero" doc:"Move: the new end; left out, the window keeps its length. Extend: a later one. Shorten: an earlier one."`
	By         string     `json:"by,omitempty" doc:"Extend and shorten: the end moved by a length instead, such as 30m."`
	Reason     string     `json:"reason" doc:"Why, in a line. It stands in the record beside your name and is never public."`
	Body       string     `json:"body,omitempty" doc:"What readers see beside the new facts."`
	Bodies     data.Words `json:"bodies,omitempty" doc:"The same in other languages, by language."`
	Short      bool       `json:"short_notice,omitempty" doc:"People get less notice than was promised, and reason says why."`
	Afterwards bool       `json:"afterwards,omitempty" doc:"Time that has passed becomes maintenance, which takes it out of the uptime figure. Takes the role admin; the report lists it."`
	Version    int        `json:"version,omitempty" doc:"The version this was written for. If it is not the newest, nothing is changed."`
}

// WindowOpening is what a request says of a window that no plan makes.
type WindowOpening struct {
	Category   data.Category `json:"category" enum:"emergency,critical,system,application,microsoft,infrastructure" doc:"emergency: a patch that cannot wait, told of as short notice. critical: a fix with the promised notice."`
	Start      time.Time     `json:"start,omitzero" doc:"Without it now."`
	End        time.Time     `json:"end,omitzero"`
	Lasts      string        `json:"lasts,omitempty" doc:"Instead of the end: a length, such as 1h."`
	Cohort     string        `json:"cohort,omitempty" doc:"Without it all customers."`
	Components []string      `json:"components,omitempty" doc:"Without them every committed component."`
	Expected   string        `json:"expected,omitempty" doc:"Expected interruption, such as 10m. Without it 30m, or the whole of a shorter window."`
	Reason     string        `json:"reason" doc:"Why, in a line. It stands in the record beside your name and is never public."`
	Body       string        `json:"body,omitempty" doc:"What readers see beside the facts."`
	Bodies     data.Words    `json:"bodies,omitempty" doc:"The same in other languages, by language."`
	Short      bool          `json:"short_notice,omitempty" doc:"People get less notice than was promised, and reason says why."`
	Afterwards bool          `json:"afterwards,omitempty" doc:"The window, or a part of it, has passed. Takes the role admin; the report lists it."`
}

// WindowWord is something to say of a window.
type WindowWord struct {
	Body    string     `json:"body"`
	Bodies  data.Words `json:"bodies,omitempty" doc:"The same in other languages, by language."`
	Version int        `json:"version,omitempty"`
}

// changing is how an act changes a window.
type changing func(o data.Occurrence, p WindowChange, s data.Steering) (data.Occurrence, error)

// plain is an act that needs no times.
func plain(act func(data.Occurrence, data.Steering) (data.Occurrence, error)) changing {
	return func(o data.Occurrence, p WindowChange, s data.Steering) (data.Occurrence, error) {
		for field, given := range map[string]bool{"start": !p.Start.IsZero(), "end": !p.End.IsZero(), "by": p.By != ""} {
			if given {
				return o, data.Invalid(field, "this changes no times: leave it out")
			}
		}
		return act(o, s)
	}
}

func maintenanceActs() []Op {
	acts := []struct {
		act     data.Act
		summary string
		change  changing
	}{
		{data.ActConfirm, "Use a reserved slot: it is announced like any other window.", plain(data.Occurrence.Confirm)},
		{data.ActCancel, "Call a window off. People who know of it are told.", plain(data.Occurrence.Cancel)},
		{data.ActMove, "Give a window another time. People who know of it are told.", movedWindow},
		{data.ActExtend, "Give a window more time. What is added needs the promised notice, or is short notice with a reason.", extended},
		{data.ActShorten, "Take time away from a window.", shortened},
		{data.ActHold, "Put a window under review. Undecided at the deadline of its notice it is cancelled.", plain(data.Occurrence.Hold)},
		{data.ActRelease, "Decide that a window under review takes place.", plain(data.Occurrence.Release)},
		{data.ActVerify, "Say that the work is done and its result is being checked.", plain(data.Occurrence.Verify)},
		{data.ActComplete, "End a window now, before its time.", plain(data.Occurrence.Complete)},
	}
	ops := []Op{{
		Name: "maintenance.open", Method: http.MethodPost, Path: "/api/v1/maintenance", Need: data.Responder, In: WindowOpening{}, Out: MaintenanceWindow{}, Status: http.StatusCreated,
		Summary: "Open a window that no plan makes: an emergency patch, a critical fix, or work of any kind, also afterwards.",
		write:   openMaintenance,
	}}
	for _, act := range acts {
		ops = append(ops, Op{
			Name: "maintenance." + string(act.act), Method: http.MethodPost, Path: maintenancePath + "/" + string(act.act), Need: data.Responder,
			In: WindowChange{}, Out: MaintenanceWindow{}, Summary: act.summary,
			write: func(a *API, tx data.Tx, c *Call) (*result, error) { return a.steer(tx, c, act.change) },
		})
	}
	return append(ops, Op{
		Name: "maintenance.update", Method: http.MethodPost, Path: maintenancePath + "/updates", Need: data.Responder, In: WindowWord{}, Out: MaintenanceWindow{},
		Summary: "Say something to readers of a window's page: how the work goes, why it takes longer.",
		write:   func(a *API, tx data.Tx, c *Call) (*result, error) { return a.sayOf(tx, c, false) },
	}, Op{
		Name: "maintenance.note", Method: http.MethodPost, Path: maintenancePath + "/notes", Need: data.Responder, In: WindowWord{}, Out: MaintenanceWindow{},
		Summary: "Write a note on a window that only operators see.",
		write:   func(a *API, tx data.Tx, c *Call) (*result, error) { return a.sayOf(tx, c, true) },
	})
}

// farthestWindow is how far from now a window may be: there is no year 10000 in JSON, and nobody plans that far.
const farthestWindow = 20 * 366 * 24 * time.Hour

// reachable checks that instants of a request are of this time; zero ones were left out.
func reachable(now, start, end time.Time) error {
	for field, t := range map[string]time.Time{"start": start, "end": end} {
		if d := t.Sub(now); !t.IsZero() && (d > farthestWindow || d < -farthestWindow) {
			return data.Invalid(field, fmt.Sprintf("the year %d is too far away: at most 20 years from now", t.UTC().Year()))
		}
	}
	return nil
}

// steering is who asks, with the right to do what is asked.
func steering(c *Call, why, body string, words data.Words, short, afterwards bool) (data.Steering, error) {
	if afterwards && !c.By.Role.May(data.Admin) {
		return data.Steering{}, data.Forbidden("time that has passed can be declared maintenance by an admin only: it takes that time out of the uptime figure")
	}
	return data.Steering{By: c.By.Name, Why: why, Body: body, Words: words, Short: short, Past: afterwards, Now: c.now}, nil
}

func (a *API) steer(tx data.Tx, c *Call, change changing) (*result, error) {
	var p WindowChange
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s, err := steering(c, p.Reason, p.Body, p.Bodies, p.Short, p.Afterwards)
	if err != nil {
		return nil, err
	}
	if err := reachable(c.now, p.Start, p.End); err != nil {
		return nil, err
	}
	before, err := a.windowVersion(tx, c, p.Version)
	if err != nil {
		return nil, err
	}
	due, _, err := data.AsDue(tx, before, c.now)
	if err != nil {
		return nil, err
	}
	after, err := change(due, p, s)
	if err != nil {
		return nil, err
	}
	if after.Phase == data.Completed && due.Phase != data.Completed { // ended early, with the service still out (M11)
		_, out, err := data.Interruption(tx, after, c.now)
		if err != nil {
			return nil, err
		}
		if out {
			after.Overran = after.Ended
		}
	}
	return a.steered(tx, c, &before, after)
}

// windowVersion finds the window that a change is about, as it stands at this instant, and refuses one that has changed since.
func (a *API) windowVersion(tx data.Tx, c *Call, version int) (data.Occurrence, error) {
	o, _, err := a.window(tx, c.ID, c.now)
	if err != nil {
		return o, err
	}
	if version != 0 && version != versionOf(o) {
		last := "somebody else changed it"
		if n := len(o.Steps); n > 0 && o.Steps[n-1].By != "" {
			last = fmt.Sprintf("%s: %s, %s", o.Steps[n-1].By, o.Steps[n-1].Act, o.Steps[n-1].Why)
		}
		return o, data.Conflict(fmt.Sprintf("the window has version %d now, and this was written for %d (%s): look at it again", versionOf(o), version, last))
	}
	return o, nil
}

func (a *API) steered(tx data.Tx, c *Call, before *data.Occurrence, after data.Occurrence) (*result, error) {
	if err := data.PutOccurrence(tx, after, c.now); err != nil {
		return nil, err
	}
	body, err := a.maintenanceWhole(tx, after, c)
	if err != nil {
		return nil, err
	}
	if body.Holds, err = a.holds(tx, after, c.now); err != nil {
		return nil, err
	}
	c.touches(after.Window.Start)
	if n := len(after.Steps); n > 0 {
		c.why = after.Steps[n-1].Why
	}
	r := &result{body: body, object: string(after.Key()), after: after}
	if before != nil {
		c.touches(before.Window.Start)
		r.before = *before
	}
	return r, nil
}

func movedWindow(o data.Occurrence, p WindowChange, s data.Steering) (data.Occurrence, error) {
	w := data.Window{Start: p.Start, End: p.End}
	switch {
	case p.By != "":
		return o, data.Invalid("by", "a move needs its new start: give start")
	case w.Start.IsZero():
		return o, data.Invalid("start", "say when it starts now")
	case w.End.IsZero():
		w.End = w.Start.Add(o.Window.Duration())
	}
	return o.Move(w, s)
}

func extended(o data.Occurrence, p WindowChange, s data.Steering) (data.Occurrence, error) {
	w, err := resized(o, p, 1)
	if err != nil {
		return o, err
	}
	return o.Extend(w, s)
}

func shortened(o data.Occurrence, p WindowChange, s data.Steering) (data.Occurrence, error) {
	w, err := resized(o, p, -1)
	if err != nil {
		return o, err
	}
	return o.Shorten(w, s)
}

// resized is the window that is asked for, its end moved by a length in the given direction where that is what was said.
func resized(o data.Occurrence, p WindowChange, way time.Duration) (data.Window, error) {
	w := data.Window{Start: p.Start, End: p.End}
	if p.By == "" {
		return w, nil
	}
	if !p.End.IsZero() {
		return w, data.Invalid("end", "both end and by are given: keep one")
	}
	if strings.HasPrefix(strings.TrimSpace(p.By), "-") {
		return w, data.Invalid("by", fmt.Sprintf("%q goes the other way: extend adds time and shorten takes it away, each by a length such as 30m", p.By))
	}
	d, err := lengthOf("by", p.By)
	if end := o.Window.End.Add(way * d); err == nil && !end.After(o.Window.Start) {
		return w, data.Invalid("by", fmt.Sprintf("the window lasts %s: shorten it by less, or cancel it", i18n.Duration(i18n.EN, o.Window.Duration())))
	}
	w.End = o.Window.End.Add(way * d)
	return w, err
}

// lengthOf reads a length of time above zero.
func lengthOf(field, text string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || d < time.Second || d > data.LongestWindow {
		return 0, data.Invalid(field, fmt.Sprintf("%q is no length of time: use one such as 30m or 1h30m, at most 168h", text))
	}
	return d.Truncate(time.Second), nil
}

func openMaintenance(a *API, tx data.Tx, c *Call) (*result, error) {
	var p WindowOpening
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	s, err := steering(c, p.Reason, p.Body, p.Bodies, p.Short, p.Afterwards)
	if err != nil {
		return nil, err
	}
	if err := reachable(c.now, p.Start, p.End); err != nil {
		return nil, err
	}
	r := data.Opening{
		Category: p.Category, Window: data.Window{Start: p.Start, End: p.End}, Cohort: p.Cohort, Components: p.Components,
		Zone: a.zone().String(), Notice: a.Notice,
	}
	if p.Lasts != "" {
		if !p.End.IsZero() {
			return nil, data.Invalid("end", "both end and lasts are given: keep one")
		}
		d, err := lengthOf("lasts", p.Lasts)
		if err != nil {
			return nil, err
		}
		begin := p.Start
		if begin.IsZero() {
			begin = c.now.Truncate(time.Second)
		}
		r.Window.Start, r.Window.End = begin, begin.Add(d)
	}
	if p.Expected != "" {
		if r.Expected, err = lengthOf("expected", p.Expected); err != nil {
			return nil, err
		}
	}
	if err := knownPlaces(tx, p.Cohort, p.Components); err != nil {
		return nil, err
	}
	o, err := data.OpenOccurrence(r, s)
	if err != nil {
		return nil, err
	}
	return a.steered(tx, c, nil, o)
}

// knownPlaces checks that there are such customers and components.
func knownPlaces(tx data.Tx, cohort string, components []string) error {
	if cohort != "" && cohort != data.AllCustomers {
		if v, err := tx.Cohorts().Get(cohort); err != nil || v.Retired {
			names := []string{data.AllCustomers}
			for v, err := range tx.Cohorts().Range("", "") {
				if err != nil {
					return err
				}
				if !v.Retired {
					names = append(names, v.Slug)
				}
			}
			return data.Invalid("cohort", fmt.Sprintf("there is no cohort %q: use %s", cohort, strings.Join(names, ", ")))
		}
	}
	for _, slug := range components {
		if v, err := tx.Components().Get(slug); err != nil || v.Retired {
			return data.Invalid("components", fmt.Sprintf("there is no component %q: use one such as crm-read; the overview lists them", slug))
		}
	}
	return nil
}

func (a *API) sayOf(tx data.Tx, c *Call, internal bool) (*result, error) {
	var p WindowWord
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	before, err := a.windowVersion(tx, c, p.Version)
	if err != nil {
		return nil, err
	}
	due := before
	if phase, _ := before.Due(c.now); phase == data.InProgress {
		if due, _, err = data.AsDue(tx, before, c.now); err != nil {
			return nil, err
		}
	}
	after, err := due.Say(p.Body, p.Bodies, internal, c.By.Name, c.now)
	if err != nil {
		return nil, err
	}
	return a.steered(tx, c, &before, after)
}
