package api

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// tellWithin is how long an outage may go on before somebody should have told of it.
const tellWithin = 3 * time.Minute

// untold reads what undeclared needs.
func untold(tx data.Tx, open []data.Incident, now time.Time) ([]data.Alarm, time.Time, error) {
	var outages []data.Outage
	for o, err := range tx.Outages().Range("", "") {
		if err != nil {
			return nil, time.Time{}, err
		}
		if is := o.Corrected(); !is.Ended.IsZero() || is.Void {
			continue
		}
		if _, err := tx.Incidents().Get(o.By); err == nil {
			continue // a person opened it
		} else if !errors.Is(err, data.ErrNotFound) {
			return nil, time.Time{}, err
		}
		outages = append(outages, o)
	}
	if len(outages) == 0 {
		return nil, time.Time{}, nil
	}
	components, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, time.Time{}, err
	}
	windows, err := data.All(tx.Occurrences().Range("", ""))
	if err != nil {
		return nil, time.Time{}, err
	}
	alarms, next := undeclared(outages, components, windows, open, now)
	return alarms, next, nil
}

// undeclared lists the outages that go on at now and that customers should have been told of, one alarm for each component and
// cohort, and when the next one will be; zero means none.
//
// An outage counts when its component is committed and public and its cause is ours, or nobody has judged that yet; when no
// open and published incident names the component for the same customers; and when it has gone on for three minutes outside of
// every maintenance window for the component: what still fails three minutes after a window is no maintenance any more.
func undeclared(outages []data.Outage, components []data.Component, windows []data.Occurrence, open []data.Incident, now time.Time) (alarms []data.Alarm, next time.Time) {
	for _, o := range outages {
		if o = o.Corrected(); len(o.Corrections) > 0 && o.Cause != data.ByProvider {
			continue
		}
		n := slices.IndexFunc(components, func(c data.Component) bool { return c.Slug == o.Component })
		if n < 0 || !promisedInPublic(components[n]) || slices.ContainsFunc(open, func(i data.Incident) bool { return names(i, o) }) {
			continue
		}
		since, covered := o.Started, false
		for _, w := range windows {
			from, to, ok := span(w)
			switch {
			case !ok || !covers(w, o) || from.After(now) || to.Before(o.Started):
			case to.After(now):
				covered = true
				next = first(next, to)
			case to.After(since):
				since = to
			}
		}
		if covered {
			continue
		}
		if due := since.Add(tellWithin); now.Before(due) {
			next = first(next, due)
			continue
		}
		a := data.Alarm{Subject: o.Component + "|" + o.Cohort, Detail: fmt.Sprintf("%s fails since %s, says probe %s (%s).", whose(o), stamp(now, o.Started), o.By, reason(o))}
		if !slices.ContainsFunc(alarms, func(b data.Alarm) bool { return a.Subject == b.Subject }) { // the oldest says it
			alarms = append(alarms, a)
		}
	}
	return alarms, next
}

func promisedInPublic(c data.Component) bool {
	return c.Commitment == data.Committed && c.Audience != data.ForOperators && !c.Retired
}

// names says whether the public can read of o in i.
func names(i data.Incident, o data.Outage) bool {
	return i.Open() && !i.Hidden && slices.ContainsFunc(i.Affected, func(a data.Affected) bool {
		return a.Component == o.Component && (a.Cohort == "" || a.Cohort == o.Cohort || o.Cohort == data.AllCustomers)
	})
}

// span is when a window is or was really used, as far as that has happened or is about to.
func span(w data.Occurrence) (from, to time.Time, ok bool) {
	if !w.CarriedOut() && w.Phase != data.Scheduled {
		return from, to, false
	}
	from, to = w.Window.Start, w.Window.End
	if !w.Began.IsZero() && w.Began.Before(from) {
		from = w.Began
	}
	switch {
	case w.Phase == data.Verifying:
		to = to.AddDate(100, 0, 0) // until a person says that it is completed
	case !w.Ended.IsZero():
		to = w.Ended
	}
	return from, to, true
}

// covers says whether a window is for the component and the customers of o, which is of a committed component.
func covers(w data.Occurrence, o data.Outage) bool {
	return (len(w.Components) == 0 || slices.Contains(w.Components, o.Component)) && (w.Cohort == data.AllCustomers || w.Cohort == o.Cohort)
}

func whose(o data.Outage) string {
	if o.Cohort == data.AllCustomers {
		return o.Component
	}
	return o.Component + " of cohort " + o.Cohort
}

func reason(o data.Outage) string {
	if o.Reason == "" {
		return "no reason given"
	}
	return o.Reason
}
