package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// OutageCorrection corrects an outage. What is absent stays as it is.
type OutageCorrection struct {
	Started    *time.Time  `json:"started,omitempty" doc:"When it really began."`
	Ended      *time.Time  `json:"ended,omitempty" doc:"When it really ended."`
	Aware      *time.Time  `json:"aware,omitempty" doc:"From when the provider really knew of it."`
	Reported   *time.Time  `json:"reported,omitempty" doc:"When a customer reported it."`
	Unreported bool        `json:"unreported,omitempty" doc:"Nobody reported it after all."`
	Impact     data.Impact `json:"impact,omitempty" doc:"no_read, no_write, no_read_no_write or degraded."`
	Cause      data.Cause  `json:"cause,omitempty" doc:"provider, internet, external, customer, third_party or excluded_service."`
	Cohort     string      `json:"cohort,omitempty" doc:"Whom it really concerned; all for everybody."`
	Why        string      `json:"why" doc:"Why. It stands beside the figure for ever, with your name, and is never public."`
	Version    string      `json:"version,omitempty" doc:"The fingerprint of what you have seen. If it is another one by now, nothing is changed."`
}

// OutageCut cuts an outage in two.
type OutageCut struct {
	At      time.Time `json:"at" doc:"Where the second part begins."`
	Why     string    `json:"why" doc:"Why. It stands beside the figure for ever, with your name, and is never public."`
	Version string    `json:"version,omitempty" doc:"The fingerprint of what you have seen. If it is another one by now, nothing is changed."`
}

// OutageRef names an outage to be joined.
type OutageRef struct {
	ID      string `json:"id" doc:"Its ID or its key."`
	Version string `json:"version,omitempty" doc:"The fingerprint of what you have seen."`
}

// OutageJoining makes one outage of several.
type OutageJoining struct {
	With    []OutageRef `json:"with" doc:"The others, at most 49, of the same component, customers, impact and cause."`
	Why     string      `json:"why" doc:"Why. It stands beside the figure for ever, with your name, and is never public."`
	Version string      `json:"version,omitempty" doc:"The fingerprint of what you have seen. If it is another one by now, nothing is changed."`
}

// OutageWord sets an outage aside, or restores it.
type OutageWord struct {
	Why     string `json:"why" doc:"Why. It stands beside the figure for ever, with your name, and is never public."`
	Version string `json:"version,omitempty" doc:"The fingerprint of what you have seen. If it is another one by now, nothing is changed."`
}

// OutageAddition is an outage that nothing measured.
type OutageAddition struct {
	Component string      `json:"component" doc:"Slug of the component that was out."`
	Cohort    string      `json:"cohort,omitempty" doc:"Whom it concerned; without it everybody."`
	Started   time.Time   `json:"started" doc:"When it began."`
	Ended     time.Time   `json:"ended" doc:"When it ended."`
	Aware     *time.Time  `json:"aware,omitempty" doc:"From when the provider knew of it; without it from its beginning."`
	Reported  *time.Time  `json:"reported,omitempty" doc:"When a customer reported it."`
	Impact    data.Impact `json:"impact,omitempty" doc:"no_read, no_write, no_read_no_write or degraded; without it that of the component."`
	Cause     data.Cause  `json:"cause,omitempty" doc:"provider, internet, external, customer, third_party or excluded_service; without it that of the component."`
	Why       string      `json:"why" doc:"Why. It stands beside the figure for ever, with your name, and is never public."`
}

// OutageWish names a change of outages that is to be looked at before it is made.
type OutageWish struct {
	Operation string          `json:"operation" doc:"Such as outage.correct."`
	ID        string          `json:"id,omitempty" doc:"The outage; adding has none."`
	Body      json.RawMessage `json:"body,omitempty" doc:"What would be sent as the body."`
}

// OutageOutcome is what a change of outages makes, or would make.
type OutageOutcome struct {
	Zone    string        `json:"zone" doc:"Of the months."`
	Outages []OutageRow   `json:"outages" doc:"Those that are concerned, as they are afterwards; the first is the one to look at."`
	Months  []OutageMonth `json:"months" doc:"Every month that is touched, oldest first."`
	Lowered []string      `json:"lowered" doc:"Where the contract's downtime becomes less, in words."`
	Needs   data.Role     `json:"needs" doc:"The role that may do it: what lowers the contract's downtime takes an admin."`
}

// farthestOutage is how far back an outage may lie, and longestOutage how long one may last that a person says: beyond it the year
// is likely a slip.
const (
	farthestOutage = 20 * 366 * 24 * time.Hour
	longestOutage  = 366 * 24 * time.Hour
	mostJoined     = 50
)

// A proposal works out what outages would be. It reads, and writes nothing: before are those that are there, after those that are
// to be written.
type proposal func(a *API, tx data.Tx, c *Call) (before, after []data.Outage, err error)

var outageProposals = map[string]proposal{
	"outage.add": proposeAddition, "outage.correct": proposeCorrection, "outage.split": proposeCut, "outage.join": proposeJoining,
	"outage.void": proposeWord(data.OutageChange{Void: true}), "outage.restore": proposeWord(data.OutageChange{Restore: true}),
}

func outageActs() []Op {
	act := func(name, path, summary string, in any, status int) Op {
		return Op{
			Name: name, Method: http.MethodPost, Path: path, Need: data.Responder, In: in, Out: OutageOutcome{}, Summary: summary, Status: status,
			write: func(a *API, tx data.Tx, c *Call) (*result, error) {
				return a.actOnOutages(tx, c, outageProposals[name])
			},
		}
	}
	return []Op{
		act("outage.add", "/api/v1/outages", "Add an outage that nothing measured.", OutageAddition{}, http.StatusCreated),
		act("outage.correct", outagePath+"/correct", "Correct an outage. What was recorded stays beside it.", OutageCorrection{}, 0),
		act("outage.split", outagePath+"/split", "Cut an outage in two, so that the parts can be told apart.", OutageCut{}, 0),
		act("outage.join", outagePath+"/join", "Make one outage of several: it was down in between as well.", OutageJoining{}, 0),
		act("outage.void", outagePath+"/void", "Set an outage aside: it was none.", OutageWord{}, 0),
		act("outage.restore", outagePath+"/restore", "Let an outage that was set aside count again.", OutageWord{}, 0),
		{
			Name: "outage.preview", Method: http.MethodPost, Path: "/api/v1/outage-preview", Need: data.Responder, In: OutageWish{}, Out: OutageOutcome{},
			Summary: "Say what a change of outages would make of every month it touches. Nothing is changed.",
			attempt: previewOutage,
		},
	}
}

func (a *API) actOnOutages(tx data.Tx, c *Call, propose proposal) (*result, error) {
	before, after, err := propose(a, tx, c)
	if err != nil {
		return nil, err
	}
	e, err := a.change(tx, c, before, after)
	if err != nil {
		return nil, err
	}
	if err := e.allowed(c.By); err != nil {
		return nil, err
	}
	body, err := a.outcome(tx, c, after, e)
	if err != nil {
		return nil, err
	}
	r := &result{body: body, object: string(after[0].Key()), after: after}
	for _, o := range append(slices.Clone(before), after...) {
		if key := string(o.Key()); key != r.object {
			r.also = append(r.also, key)
		}
	}
	if len(before) > 0 {
		r.before = before
	}
	return r, nil
}

func (a *API) outcome(tx data.Tx, c *Call, after []data.Outage, e outageEffect) (v OutageOutcome, err error) {
	v = OutageOutcome{Zone: a.zone().String(), Months: e.months, Lowered: e.lowered, Needs: data.Responder}
	if len(e.lowered) > 0 {
		v.Needs = data.Admin
	} else {
		v.Lowered = []string{}
	}
	v.Outages, err = a.outageRows(tx, c, after)
	return v, err
}

func previewOutage(a *API, tx data.Tx, c *Call) (func(context.Context) (any, error), error) {
	var p OutageWish
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	propose, ok := outageProposals[p.Operation]
	if !ok {
		return nil, data.Invalid("operation", fmt.Sprintf("%.40q is no change of outages: use outage.add, outage.correct, outage.split, outage.join, outage.void or outage.restore", p.Operation))
	}
	inner := Call{By: c.By, ID: p.ID, Body: p.Body, now: c.now, op: p.Operation, seen: c.seen}
	before, after, err := propose(a, tx, &inner)
	if err != nil {
		return nil, err
	}
	e, err := a.change(tx, &inner, before, after)
	if err != nil {
		return nil, err
	}
	v, err := a.outcome(tx, &inner, after, e)
	return func(context.Context) (any, error) { return v, nil }, err
}

// outageAt finds an outage that is to be changed, and refuses one that has changed since somebody looked at it.
func (a *API) outageAt(tx data.Tx, id, version string) (data.Outage, error) {
	o, err := a.outage(tx, id)
	if err != nil {
		return o, err
	}
	if is := outageVersion(o); version != "" && version != is {
		last := "it went on, or ended"
		if n := len(o.Corrections); n > 0 {
			last = fmt.Sprintf("%s: %s", o.Corrections[n-1].Author, o.Corrections[n-1].Why)
		}
		return o, data.Conflict(fmt.Sprintf("the outage has the fingerprint %s now, and this was written for %.20s (%s): look at it again", is, version, last))
	}
	return o, nil
}

// sane refuses times that are likely slips.
func sane(now time.Time, times map[string]*time.Time) error {
	for _, field := range []string{"started", "ended", "aware", "reported", "at"} {
		t := times[field]
		if t == nil || t.IsZero() {
			continue
		}
		if d := now.Sub(*t); d > farthestOutage || d < -farthestOutage {
			return data.Invalid(field, fmt.Sprintf("the year %d is too far away: at most 20 years from now", t.UTC().Year()))
		}
	}
	return nil
}

// bounded refuses an outage that a person makes longer than any is.
func bounded(was, is data.Outage) error {
	if is.Ended.IsZero() || is.Ended.Sub(is.Started) <= longestOutage || !was.Started.IsZero() && is.Ended.Sub(is.Started) <= was.Ended.Sub(was.Started) {
		return nil
	}
	field := "started"
	if !was.Started.IsZero() && !was.Ended.Equal(is.Ended) {
		field = "ended"
	}
	return data.Invalid(field, "it would last more than a year: is the year right?")
}

func proposeCorrection(a *API, tx data.Tx, c *Call) (before, after []data.Outage, err error) {
	var p OutageCorrection
	if err = c.decode(&p); err != nil {
		return nil, nil, err
	}
	o, err := a.outageAt(tx, c.ID, p.Version)
	if err != nil {
		return nil, nil, err
	}
	if err = sane(c.now, map[string]*time.Time{"started": p.Started, "ended": p.Ended, "aware": p.Aware, "reported": p.Reported}); err != nil {
		return nil, nil, err
	}
	ch := data.OutageChange{Started: inUTC(p.Started), Ended: inUTC(p.Ended), Aware: inUTC(p.Aware), Reported: inUTC(p.Reported), Impact: p.Impact, Cause: p.Cause, Cohort: p.Cohort, Why: p.Why}
	for field, t := range map[string]*time.Time{"started": p.Started, "aware": p.Aware, "reported": p.Reported} {
		if t != nil && t.IsZero() {
			return nil, nil, data.Invalid(field, "this is no time that anything was: say when, or leave it out")
		}
	}
	if p.Unreported {
		if p.Reported != nil {
			return nil, nil, data.Invalid("unreported", "both reported and unreported are given: keep one")
		}
		ch.Reported = new(time.Time)
	}
	if err = knownCohort(tx, o, p.Cohort); err != nil {
		return nil, nil, err
	}
	is, err := o.Correct(ch, c.By.Name, c.now.In(a.zone()))
	if err == nil {
		err = bounded(o.Corrected(), is.Corrected())
	}
	return []data.Outage{o}, []data.Outage{is}, err
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// knownCohort checks whom an outage is said to have concerned: there are such customers, and the same outage is not recorded for
// them already.
func knownCohort(tx data.Tx, o data.Outage, cohort string) error {
	if err := knownPlaces(tx, cohort, nil); err != nil || cohort == "" || cohort == o.Cohort {
		return err
	}
	same := o
	same.Cohort = cohort
	other, err := tx.Outages().Get(same.Key())
	if errors.Is(err, data.ErrNotFound) || err == nil && other.Corrected().Void {
		return nil
	} else if err != nil {
		return err
	}
	page, err := pageID(tx)
	if err != nil {
		return err
	}
	return data.Conflict(fmt.Sprintf("the same outage is recorded for %s already, as %s: set this one aside instead", cohort, outageID(page, other.Key())))
}

func proposeWord(ch data.OutageChange) proposal {
	return func(a *API, tx data.Tx, c *Call) (before, after []data.Outage, err error) {
		var p OutageWord
		if err = c.decode(&p); err != nil {
			return nil, nil, err
		}
		o, err := a.outageAt(tx, c.ID, p.Version)
		if err != nil {
			return nil, nil, err
		}
		ch := ch
		ch.Why = p.Why
		is, err := o.Correct(ch, c.By.Name, c.now.In(a.zone()))
		return []data.Outage{o}, []data.Outage{is}, err
	}
}

func proposeCut(a *API, tx data.Tx, c *Call) (before, after []data.Outage, err error) {
	var p OutageCut
	if err = c.decode(&p); err != nil {
		return nil, nil, err
	}
	o, err := a.outageAt(tx, c.ID, p.Version)
	if err != nil {
		return nil, nil, err
	}
	if err = sane(c.now, map[string]*time.Time{"at": &p.At}); err != nil {
		return nil, nil, err
	}
	first, second, err := o.Split(p.At, p.Why, c.By.Name, c.now.In(a.zone()))
	if err == nil {
		err = free(tx, "at", second)
	}
	return []data.Outage{o}, []data.Outage{first, second}, err
}

// free refuses an outage of the desk where there is one with the same key.
func free(tx data.Tx, field string, o data.Outage) error {
	old, err := tx.Outages().Get(o.Key())
	if errors.Is(err, data.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	page, err := pageID(tx)
	if err != nil {
		return err
	}
	how := "correct that one"
	if old.Corrected().Void {
		how = "that one is set aside: restore it, and correct it"
	}
	return &data.Error{Kind: data.KindConflict, Field: field, Message: fmt.Sprintf("an outage with this beginning was made here already, %s: %s, or take another second", outageID(page, old.Key()), how)}
}

func proposeJoining(a *API, tx data.Tx, c *Call) (before, after []data.Outage, err error) {
	var p OutageJoining
	if err = c.decode(&p); err != nil {
		return nil, nil, err
	}
	if len(p.With) == 0 || len(p.With) >= mostJoined {
		return nil, nil, data.Invalid("with", fmt.Sprintf("name 1 to %d others", mostJoined-1))
	}
	for _, ref := range append([]OutageRef{{c.ID, p.Version}}, p.With...) {
		o, err := a.outageAt(tx, ref.ID, ref.Version)
		if err != nil {
			return nil, nil, err
		}
		before = append(before, o)
	}
	after, err = data.JoinOutages(before, p.Why, c.By.Name, c.now.In(a.zone()))
	if wrong := (*data.Error)(nil); errors.As(err, &wrong) && wrong.Field == "outages" {
		err = data.Invalid("with", wrong.Message)
	}
	if err == nil && bounded(data.Outage{}, after[0].Corrected()) != nil {
		err = data.Invalid("with", "the whole would last more than a year: are these the right ones?")
	}
	return before, after, err
}

func proposeAddition(_ *API, tx data.Tx, c *Call) (before, after []data.Outage, err error) {
	var p OutageAddition
	if err = c.decode(&p); err != nil {
		return nil, nil, err
	}
	if err = sane(c.now, map[string]*time.Time{"started": &p.Started, "ended": &p.Ended, "aware": p.Aware, "reported": p.Reported}); err != nil {
		return nil, nil, err
	}
	o := data.Outage{Component: p.Component, Cohort: p.Cohort, Started: p.Started.UTC(), Ended: p.Ended.UTC(), Impact: p.Impact, Cause: p.Cause, Why: p.Why}
	for _, t := range []struct{ from, to *time.Time }{{p.Aware, &o.Aware}, {p.Reported, &o.Reported}} {
		if t.from != nil {
			*t.to = t.from.UTC()
		}
	}
	if p.Component != "" {
		v, err := tx.Components().Get(p.Component)
		if errors.Is(err, data.ErrNotFound) || err == nil && v.Retired {
			return nil, nil, data.Invalid("component", fmt.Sprintf("there is no component %.80q: %s", p.Component, known(tx)))
		} else if err != nil {
			return nil, nil, err
		}
		if o.Impact == "" {
			o.Impact = v.Impact
		}
		if o.Cause == "" {
			o.Cause = v.Cause
		}
	}
	if err = knownPlaces(tx, p.Cohort, nil); err != nil {
		return nil, nil, err
	}
	if o, err = data.AddOutage(o, c.By.Name, c.now); err != nil {
		return nil, nil, err
	}
	if err = bounded(data.Outage{}, o); err != nil {
		return nil, nil, err
	}
	return nil, []data.Outage{o}, free(tx, "started", o)
}
