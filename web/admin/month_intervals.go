package admin

import (
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

// interval makes the row of a stretch of time, with the outages that it joins.
func (p *Pages) interval(n names, s months.Sheet, e ledger.Stretch) intervalRow {
	row := intervalRow{
		Start: p.when(e.Start), End: p.when(e.End), Contract: api.Length(e.Contract), Strict: api.Length(e.Strict), Observed: api.Length(e.Observed), Counts: e.Contract > 0,
	}
	for _, i := range e.Intervals {
		o := s.Intervals[i]
		row.Outages = append(row.Outages, outageRow{
			Start: p.when(o.Start), End: p.when(o.End), Aware: p.when(o.Aware), Reported: p.when(o.Reported), Component: n.component(o.Component), Cohort: n.cohort(o.Cohort),
			Impact: api.ImpactNames[o.Impact], Cause: api.CauseNames[o.Cause],
			Contract: api.Length(o.Contract), Strict: api.Length(o.Strict), Observed: api.Length(o.Observed),
		})
	}
	var why []string
	taken := map[string]int64{}
	for _, u := range e.Uncounted {
		text := uncountedWhy(u)
		if taken[text] == 0 {
			why = append(why, text)
		}
		taken[text] += u.Seconds
	}
	for _, text := range why {
		row.Uncounted = append(row.Uncounted, api.Length(taken[text])+": "+text)
	}
	return row
}

// uncountedWhy says why the contract does not count time of an outage.
func uncountedWhy(u ledger.Uncounted) string {
	switch u.Reason {
	case ledger.InMaintenance:
		return "in maintenance"
	case ledger.NotKnown:
		return "not known yet"
	case ledger.NotProvider:
		return "the cause: " + api.CauseNames[u.Cause]
	case ledger.OnlyDegraded:
		return "only degraded"
	case ledger.NobodyWatched:
	}
	return "nobody watched"
}
