package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// OutageList is a list of outages.
type OutageList struct {
	From    *time.Time  `json:"from" doc:"Outages that end after this; null lists from the first."`
	To      *time.Time  `json:"to" doc:"Outages that begin before this; null lists to the last."`
	Zone    string      `json:"zone" doc:"Of the months."`
	Total   int         `json:"total" doc:"How many there are; the newest of them are listed."`
	Outages []OutageRow `json:"outages" doc:"Newest first."`
}

// OutageRow is one outage: as it was recorded, and as it counts now.
type OutageRow struct {
	ID          string       `json:"id" doc:"Derived from its key, so that it stays."`
	Key         string       `json:"key" doc:"Component, cohort, beginning and who opened it, as recorded."`
	Version     string       `json:"version" doc:"A fingerprint: it is another one after every change."`
	Component   string       `json:"component"`
	Name        string       `json:"name" doc:"The component's name, in English."`
	By          string       `json:"by" doc:"Who opened it: a probe, an incident by its ID, or desk for a person here."`
	Incident    string       `json:"incident,omitempty" doc:"Title of the incident that opened it."`
	Recorded    OutageFacts  `json:"recorded" doc:"As it was recorded. This never changes, but for the end of what goes on."`
	Counts      OutageFacts  `json:"counts" doc:"As it counts after its corrections."`
	Reason      string       `json:"reason,omitempty" doc:"Of the samples, from a closed set."`
	Why         string       `json:"why,omitempty" doc:"What was said by who added it, or cut it off another."`
	Added       *time.Time   `json:"added,omitempty" doc:"When that was."`
	Author      string       `json:"author,omitempty" doc:"Who it was."`
	Of          string       `json:"of,omitempty" doc:"ID of the outage that it was cut off."`
	Corrections []OutageStep `json:"corrections" doc:"Oldest first; the last one that sets something wins."`
	InWindow    bool         `json:"in_window" doc:"Maintenance that was carried out, or is, touches it."`
	Contract    int64        `json:"contract_seconds" doc:"How long it alone counts by the contract."`
	Uncounted   string       `json:"uncounted,omitempty" doc:"Why not all of it counts by the contract; absent where it does."`
}

// OutageFacts are what a contract asks of an outage.
type OutageFacts struct {
	Started  time.Time   `json:"started" doc:"When it began."`
	Ended    *time.Time  `json:"ended" doc:"When it ended; null while it goes on."`
	Aware    time.Time   `json:"aware" doc:"From when the provider knew of it."`
	Reported *time.Time  `json:"reported" doc:"When a customer reported it; null where nobody did."`
	Impact   data.Impact `json:"impact" doc:"no_read, no_write, no_read_no_write or degraded."`
	Cause    data.Cause  `json:"cause" doc:"provider, internet, external, customer, third_party or excluded_service."`
	Cohort   string      `json:"cohort" doc:"Whom it concerned; all for everybody."`
	Void     bool        `json:"void,omitempty" doc:"It is set aside, and counts nowhere."`
}

// OutageStep is one correction. What is absent was left as it was.
type OutageStep struct {
	At       time.Time   `json:"at" doc:"When it was made."`
	Author   string      `json:"author" doc:"Who made it."`
	Why      string      `json:"why" doc:"What was said."`
	Started  *time.Time  `json:"started,omitempty" doc:"When it really began."`
	Ended    *time.Time  `json:"ended,omitempty" doc:"When it really ended."`
	Aware    *time.Time  `json:"aware,omitempty" doc:"From when the provider really knew."`
	Reported *time.Time  `json:"reported,omitempty" doc:"When a customer reported it; year 1 where nobody did after all."`
	Impact   data.Impact `json:"impact,omitempty" doc:"What customers really could not do."`
	Cause    data.Cause  `json:"cause,omitempty" doc:"In whose hands it really lay."`
	Cohort   string      `json:"cohort,omitempty" doc:"Whom it really concerned."`
	Void     bool        `json:"void,omitempty" doc:"It was set aside."`
	Restored bool        `json:"restored,omitempty" doc:"It counts again."`
}

const outagePath = "/api/v1/outages/{id}"

// How many outages are listed.
const (
	outagesListed = 200
	mostOutages   = 1000
)

func outageOps() []Op {
	return slices.Concat([]Op{
		{
			Name: "outage.list", Method: http.MethodGet, Path: "/api/v1/outages", Need: data.Viewer, Out: OutageList{},
			Summary: "List outages, as recorded and as they count now.",
			Query: []Param{
				{"month", "those of a month, such as 2026-04"},
				{"from", "those that end after this instant"},
				{"to", "those that begin before this instant"},
				{"component", "one component"},
				{"cohort", "those that concern these customers"},
				{"open", "true lists what goes on"},
				{"incident", "ID of the incident that opened them"},
				{"limit", "how many at most, 1 to 1000; without it 200"},
			},
			read: func(a *API, tx data.Tx, c *Call) (any, error) { return a.listOutages(tx, c) },
		},
		{
			Name: "outage.get", Method: http.MethodGet, Path: outagePath, Need: data.Viewer, Out: OutageWhole{},
			Summary: "Show an outage with the samples around it, and what each month would be without it.",
			read:    func(a *API, tx data.Tx, c *Call) (any, error) { return a.wholeOutage(tx, c) },
		},
	}, outageActs())
}

// outage finds one by its ID or its key.
func (a *API) outage(tx data.Tx, id string) (data.Outage, error) {
	o, err := tx.Outages().Get(data.OutageKey(id))
	if !errors.Is(err, data.ErrNotFound) {
		return o, err
	}
	if data.ValidID(id) {
		page, err := pageID(tx)
		if err != nil {
			return o, err
		}
		if key, known := a.outageKeys.find(page, id, a.keptOutages.newest()); known {
			if o, err = tx.Outages().Get(key); !errors.Is(err, data.ErrNotFound) {
				return o, err
			}
		}
		for o, err := range tx.Outages().Range("", "") {
			if err != nil || outageID(page, o.Key()) == id {
				return o, err
			}
		}
	}
	return data.Outage{}, &data.Error{Kind: data.KindNotFound, Message: fmt.Sprintf("there is no outage %.80q: `statusd outage list` names them", id)}
}

func outageID(page string, key data.OutageKey) string {
	return data.PublicID(page, "outage", string(key))
}

// outageVersion is a fingerprint of everything that people see of an outage.
func outageVersion(o data.Outage) string {
	o.LastBad = time.Time{} // every bad sample moves it
	b, err := json.Marshal(o)
	if err != nil {
		return "" // a time beyond all years, which no store holds
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// outagesAsked says which outages a list is to have.
type outagesAsked struct {
	from, to          time.Time // zero is without bound
	component, cohort string
	incident          string
	open              bool
	limit             int
}

func (a *API) outagesAsked(tx data.Tx, c *Call) (q outagesAsked, err error) {
	q.component, q.cohort, q.incident = c.Query["component"], c.Query["cohort"], c.Query["incident"]
	if q.open, err = c.truth("open"); err != nil {
		return q, err
	}
	if q.limit, err = c.number("limit", outagesListed, 1, mostOutages); err != nil {
		return q, err
	}
	for _, t := range []struct {
		name string
		at   *time.Time
	}{{"from", &q.from}, {"to", &q.to}} {
		if text := c.Query[t.name]; text != "" {
			if *t.at, err = time.Parse(time.RFC3339, text); err != nil {
				return q, data.Invalid(t.name, fmt.Sprintf("%.40q is no time: write it as 2026-01-31T03:10:00Z", text))
			}
		}
	}
	if month := c.Query["month"]; month != "" {
		if !q.from.IsZero() || !q.to.IsZero() {
			return q, data.Invalid("month", "give a month, or from and to, not both")
		}
		if q.from, q.to, err = ledger.Bounds(month, a.zone()); err != nil {
			return q, err
		}
	}
	if !q.from.IsZero() && !q.to.IsZero() && !q.to.After(q.from) {
		return q, data.Invalid("to", "this is not after from: use a later time")
	}
	if q.component != "" {
		if _, err := tx.Components().Get(q.component); errors.Is(err, data.ErrNotFound) {
			return q, data.Invalid("component", fmt.Sprintf("there is no component %.80q: %s", q.component, known(tx)))
		} else if err != nil {
			return q, err
		}
	}
	if q.cohort != "" && q.cohort != data.AllCustomers {
		if _, err := tx.Cohorts().Get(q.cohort); errors.Is(err, data.ErrNotFound) {
			return q, data.Invalid("cohort", fmt.Sprintf("there is no cohort %.80q: leave it out for all customers", q.cohort))
		} else if err != nil {
			return q, err
		}
	}
	return q, nil
}

// takes says whether an outage is asked for. What was recorded elsewhere than it counts is found in both places.
func (q outagesAsked) takes(o, is data.Outage) bool {
	within := func(o data.Outage) bool {
		return (q.to.IsZero() || o.Started.Before(q.to)) && (q.from.IsZero() || o.Ended.IsZero() || o.Ended.After(q.from))
	}
	return (q.component == "" || o.Component == q.component) && (q.incident == "" || o.By == q.incident) && (within(is) || within(o)) && (!q.open || is.Ended.IsZero() && !is.Void) &&
		(q.cohort == "" || data.Meets(is.Cohort, q.cohort) || data.Meets(o.Cohort, q.cohort))
}

func (a *API) listOutages(tx data.Tx, c *Call) (OutageList, error) {
	v := OutageList{Zone: a.zone().String(), Outages: []OutageRow{}}
	q, err := a.outagesAsked(tx, c)
	if err != nil {
		return v, err
	}
	v.From, v.To = timeOrNull(q.from), timeOrNull(q.to)
	kept, err := a.allOutages(tx, c)
	if err != nil {
		return v, err
	}
	type start struct {
		n  int // in kept
		at time.Time
	}
	var all []start
	for n, o := range kept {
		if is := o.Corrected(); q.takes(o, is) {
			all = append(all, start{n, is.Started})
		}
	}
	slices.SortFunc(all, func(a, b start) int { return cmp.Or(b.at.Compare(a.at), a.n-b.n) })
	v.Total = len(all)
	all = all[:min(len(all), q.limit)]
	outages := make([]data.Outage, len(all))
	for i, one := range all {
		outages[i] = kept[one.n]
	}
	v.Outages, err = a.outageRows(tx, c, outages)
	return v, err
}

// outageRows tells of outages, in their order.
func (a *API) outageRows(tx data.Tx, c *Call, outages []data.Outage) ([]OutageRow, error) {
	rows := make([]OutageRow, 0, len(outages))
	if len(outages) == 0 {
		return rows, nil
	}
	page, err := pageID(tx)
	if err != nil {
		return nil, err
	}
	components, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, err
	}
	named := map[string]data.Component{}
	for _, one := range components {
		named[one.Slug] = one
	}
	windows, err := a.windowsAround(tx, c, components, outages)
	if err != nil {
		return nil, err
	}
	for _, o := range outages {
		row := outageRow(page, o)
		of := named[o.Component]
		if row.Name = of.Name.In("en"); row.Name == "" {
			row.Name = o.Component
		}
		if data.ValidID(o.By) {
			if i, err := tx.Incidents().Get(o.By); err == nil {
				row.Incident = i.Title
			} else if !errors.Is(err, data.ErrNotFound) {
				return nil, err
			}
		}
		row.count(o.Corrected(), of, windows, c.now)
		rows = append(rows, row)
	}
	return rows, nil
}

func outageRow(page string, o data.Outage) OutageRow {
	row := OutageRow{
		ID: outageID(page, o.Key()), Key: string(o.Key()), Version: outageVersion(o), Component: o.Component, By: o.By, Recorded: outageFacts(o), Counts: outageFacts(o.Corrected()),
		Reason: o.Reason, Why: o.Why, Added: timeOrNull(o.Added), Author: o.Author, Corrections: make([]OutageStep, 0, len(o.Corrections)),
	}
	if o.Of != "" {
		row.Of = outageID(page, o.Of)
	}
	for _, c := range o.Corrections {
		row.Corrections = append(row.Corrections, OutageStep{
			At: c.At, Author: c.Author, Why: c.Why, Started: c.Started, Ended: c.Ended, Aware: c.Aware, Reported: c.Report, Impact: c.Impact, Cause: c.Cause, Cohort: c.Cohort,
			Void: c.Void, Restored: c.Restored,
		})
	}
	return row
}

func outageFacts(o data.Outage) OutageFacts {
	f := OutageFacts{
		Started: o.Started.UTC(), Ended: timeOrNull(o.Ended), Aware: o.Aware.UTC(), Reported: timeOrNull(o.Reported), Impact: cmp.Or(o.Impact, data.NoReadNoWrite),
		Cause: cmp.Or(o.Cause, data.ByProvider), Cohort: cmp.Or(o.Cohort, data.AllCustomers), Void: o.Void,
	}
	if o.Aware.IsZero() {
		f.Aware = f.Started
	}
	return f
}
