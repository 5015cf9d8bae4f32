package datatest

import (
	"time"

	"github.com/superoffice/statusd/data"
)

// Start is the instant that builders and tests count from: Thursday 2026-01-01 12:00 UTC.
var Start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// Component is a committed, public component.
func Component(slug string) data.Component {
	return data.Component{
		Slug: slug, Name: data.Words{"en": slug}, Position: 1,
		Commitment: data.Committed, Audience: data.ForAll, Since: Start,
	}
}

// Probe is an HTTP probe of component, every minute.
func Probe(name, component string) data.Probe {
	return data.Probe{
		Name: name, Component: component, Cohort: data.AllCustomers, Kind: data.ProbeHTTP,
		Target: "http://127.0.0.1:1/", Interval: time.Minute,
	}
}

// Maintenance is the fortnightly system maintenance of the default schedule (M1).
func Maintenance(slug string) data.Maintenance {
	return data.Maintenance{
		Slug: slug, Category: data.System, Cohort: data.AllCustomers, Expected: 30 * time.Minute,
		Recurrence: data.Recurrence{
			Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", Anchor: "2026-01-02", Start: "00:00", Until: "06:00",
		},
	}
}

// Occurrence is a scheduled window of six hours for all customers.
func Occurrence(maintenance string, start time.Time) data.Occurrence {
	return data.Occurrence{
		Maintenance: maintenance, Date: start.Format(time.DateOnly), Cohort: data.AllCustomers, Ordinal: "0",
		Category: data.System, Window: data.Window{Start: start, End: start.Add(6 * time.Hour)}, Zone: "Europe/Oslo",
		Expected: 30 * time.Minute, Phase: data.Scheduled,
	}
}

// Mark is what the probe "front" says of a component from at on.
func Mark(component string, at time.Time, level data.Level) data.Mark {
	return data.Mark{Component: component, Cohort: data.AllCustomers, Source: data.FromProbe, By: "front", At: at, Level: level}
}

// Outage is one that goes on.
func Outage(component string, at time.Time) data.Outage {
	return data.Outage{
		Component: component, Cohort: data.AllCustomers, By: "front", Started: at, Aware: at,
		Impact: data.NoReadNoWrite, Cause: data.ByProvider, Reason: "connect",
	}
}

// Incident is one that is being investigated.
func Incident(id string, at time.Time) data.Incident {
	return data.Incident{
		ID: id, Revised: 1, Title: "Sign-in fails", Phase: data.Investigating, Started: at, Created: at, By: "socket:root",
		Affected: []data.Affected{{Component: "login", Level: data.MajorOutage}},
		Updates: []data.Update{{
			ID: "u" + id[1:], Phase: data.Investigating, Body: "We are looking into it.", At: at, Created: at, By: "socket:root",
			Changes: []data.Change{{Component: "login", Old: data.Operational, New: data.MajorOutage}},
		}},
	}
}

// Bulletin is the planned notice of Occurrence("system", start).
func Bulletin(start time.Time) data.Bulletin {
	return data.Bulletin{
		About: data.AboutOccurrence, Subject: string(Occurrence("system", start).Key()), Kind: data.TellPlanned,
		Moment: start.Add(-data.DefaultPageLead), Banner: start.Add(-data.DefaultBannerLead),
		Deadline: start.Add(-data.DefaultDeadlineLead), Until: start,
	}
}

// Subscriber is a contract contact who reads English.
func Subscriber(id string) data.Subscriber {
	return data.Subscriber{ID: id, Channel: data.ByMail, Address: id + "@example.com", Lang: "en", Contract: true, Confirmed: Start}
}

// Block holds one sample.
func Block(s data.Sample) data.Block {
	b := data.Block{Probe: s.Probe, Place: s.Place, Day: data.BlockDay(s.At)}
	if err := b.Append(s); err != nil {
		panic(err)
	}
	return b
}
