package api

import (
	"errors"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
)

// StillSeen is a component that an incident named and that probes see not well, although the incident is said to be over.
type StillSeen struct {
	Component string     `json:"component"`
	Name      string     `json:"name" doc:"In English."`
	Cohort    string     `json:"cohort,omitempty" doc:"Empty means all customers."`
	Level     data.Level `json:"level" doc:"What probes say, and the page with them."`
}

// measuredAt is what the probes among marks say of a cohort at an instant, and of everybody where they do not tell it apart.
// NoData means that none sees it.
func measuredAt(marks []data.Mark, cohort string, c *Call) data.Level {
	probed := slices.DeleteFunc(slices.Clone(marks), func(m data.Mark) bool { return m.Source != data.FromProbe })
	at := data.Merge(probed, c.now)
	if l, apart := at.Cohorts[cohort]; apart {
		return l
	}
	return at.Cohorts[data.AllCustomers]
}

// stillSeen lists what an incident that is over named and probes had not seen well again when that was written. Components that
// nobody outside sees, and those under a window, of which the page says something else, are left out.
func stillSeen(tx data.Tx, i data.Incident, c *Call) ([]StillSeen, error) {
	if i.Open() || i.Hidden || len(i.Affected) == 0 {
		return nil, nil
	}
	held, err := data.HeldMarks(tx)
	if err != nil {
		return nil, err
	}
	var out []StillSeen
	for _, a := range i.Affected {
		marks := slices.DeleteFunc(slices.Clone(held[a.Component]), func(m data.Mark) bool { return m.At.After(i.Latest().Created) })
		level := measuredAt(held[a.Component], cohortOf(a), c)
		if level <= data.Operational || measuredAt(marks, cohortOf(a), c) <= data.Operational || data.Merge(held[a.Component], c.now).Maintenance {
			continue
		}
		component, err := tx.Components().Get(a.Component)
		if errors.Is(err, data.ErrNotFound) || err == nil && !component.Public() {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, StillSeen{Component: a.Component, Name: component.Name.In("en"), Cohort: a.Cohort, Level: level})
	}
	return out, nil
}

// StillWords warns of what probes still see, with each component called as name has it; empty where they see nothing.
func StillWords(all []StillSeen, name func(StillSeen) string) string {
	var each []string
	for _, s := range all {
		each = append(each, name(s)+" ("+strings.ReplaceAll(s.Level.String(), "_", " ")+")")
	}
	if len(each) == 0 {
		return ""
	}
	return "Probes still see " + strings.Join(each, ", ") + ": the page goes on saying so."
}

// withMeasured notes in the newest update what probes said of each component that it names for the first time, where that was not
// well: to say of it that it was operational would be untrue. before is the zero value where after is opened, and a draft
// where that is made public; own are the measured outages that it was opened with.
func withMeasured(tx data.Tx, before, after data.Incident, own map[string]data.Outage, c *Call) (data.Incident, error) {
	named := func(ch data.Change) bool {
		return before.Hidden == after.Hidden && slices.ContainsFunc(before.Affected, func(a data.Affected) bool {
			return a.Component == ch.Component && (a.Cohort == ch.Cohort || a.Cohort == "")
		})
	}
	n := len(after.Updates) - 1
	if n < 0 || !slices.ContainsFunc(after.Updates[n].Changes, func(ch data.Change) bool { return !named(ch) }) {
		return after, nil
	}
	held, err := data.HeldMarks(tx)
	if err != nil {
		return after, err
	}
	after.Updates = slices.Clone(after.Updates)
	u := &after.Updates[n]
	u.Changes = slices.Clone(u.Changes)
	for k, ch := range u.Changes {
		if named(ch) || ch.Old != data.Operational {
			continue
		}
		cohort := cohortOf(data.Affected{Cohort: ch.Cohort})
		l := measuredAt(held[ch.Component], cohort, c)
		if _, measured := own[ch.Component+"@"+cohort]; measured {
			l = max(l, data.PartialOutage)
		}
		for _, u := range before.Updates { // of the draft
			for _, said := range u.Changes {
				if said.Component == ch.Component && said.Cohort == ch.Cohort {
					l = max(l, said.Measured)
				}
			}
		}
		if l > data.Operational {
			u.Changes[k].Measured = l
		}
	}
	return after, nil
}
