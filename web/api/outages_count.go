package api

import (
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// windowsAround are the entries of maintenance that may touch any of the outages.
func (a *API) windowsAround(tx data.Tx, c *Call, components []data.Component, outages []data.Outage) ([]ledger.Maintenance, error) {
	now := c.now
	from, to := now, time.Time{}
	for _, o := range outages {
		is := o.Corrected()
		if is.Started.Before(from) {
			from = is.Started
		}
		end := is.Ended
		if end.IsZero() {
			end = now
		}
		if end.After(to) {
			to = end
		}
	}
	windows, err := a.occurrencesIn(tx, c, from, to)
	if err != nil {
		return nil, err
	}
	return ledger.Records{Components: components, Occurrences: windows}.Rows(from, to, now).Maintenance, nil
}

// ledgerRow is an outage as the ledger reckons with it.
func ledgerRow(o data.Outage) ledger.Outage {
	return ledger.Outage{
		Start: o.Started, End: o.Ended, Aware: o.Aware, Reported: o.Reported, Impact: o.Impact, Cause: o.Cause, Component: o.Component, Cohort: o.Cohort,
	}
}

// count says how long an outage as it stands counts by the contract, and why not for longer.
func (row *OutageRow) count(is data.Outage, c data.Component, windows []ledger.Maintenance, now time.Time) {
	end := is.Ended
	if end.IsZero() {
		end = now
	}
	var near []ledger.Maintenance
	for _, w := range windows {
		if !w.Start.Before(end) {
			break // they are in order
		}
		if !w.End.After(is.Started) || !concerns(w, is) {
			continue
		}
		near = append(near, w)
		row.InWindow = row.InWindow || w.Phase == data.Completed || w.Phase == data.InProgress || w.Phase == data.Verifying
	}
	f := row.Counts
	switch {
	case f.Void:
		row.Uncounted = "set aside"
		return
	case c.Commitment != data.Committed:
		row.Uncounted = "the component is under no commitment"
		return
	case f.Impact == data.Degradation:
		row.Uncounted = "degraded is no downtime"
		return
	case f.Cause != data.ByProvider:
		row.Uncounted = "cause: " + CauseNames[f.Cause]
		return
	}
	rows := ledger.Rows{Outages: []ledger.Outage{ledgerRow(is)}, Maintenance: near}
	row.Contract = ledger.Uptime(rows.Spans(is.Started, end, ledger.Selection{}), ledger.Contract).Downtime
	known := f.Aware
	if f.Reported != nil && f.Reported.Before(known) {
		known = *f.Reported
	}
	switch late := known.After(is.Started); {
	case row.Contract >= end.Unix()-is.Started.Unix():
	case row.InWindow && late:
		row.Uncounted = "maintenance, and nobody knew at first"
	case row.InWindow:
		row.Uncounted = "maintenance"
	case late:
		row.Uncounted = "nobody knew at first"
	}
}

// concerns says whether an entry of maintenance is about an outage's component and customers.
func concerns(w ledger.Maintenance, o data.Outage) bool {
	if w.Cohort != "" && !data.Meets(w.Cohort, o.Cohort) {
		return false
	}
	for _, slug := range w.Components {
		if slug == o.Component || slug == data.AllCustomers {
			return true
		}
	}
	return len(w.Components) == 0
}
