package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
)

// outagesPage is the list of outages.
type outagesPage struct {
	May                 bool
	Zone                string
	Months              []link
	Month               string
	Components, Cohorts []option
	Component, Cohort   string
	Open                bool
	Rows                []outageLine
	Total               int
	More                bool // there are older ones
	Key, Reason         string
	Problem, Did        string
}

// outageLine is a row of it.
type outageLine struct {
	ID, Version, Name, Cohort      string
	By, ByHref                     string
	Start, End, Aware, Reported    at
	Lasted, Impact, Cause, Reason  string
	Corrected, InWindow, Void, Off bool
	Contract, Uncounted            string
	On                             bool // ticked
}

func impactOptions() (out []option) {
	for _, i := range data.Impacts {
		out = append(out, option{string(i), api.ImpactNames[i]})
	}
	return out
}

func causeOptions() (out []option) {
	for _, c := range data.Causes {
		out = append(out, option{string(c), api.CauseNames[c]})
	}
	return out
}

// shownMonths is how many months have a tab.
const shownMonths = 6

func (p *Pages) outages(v *visit) error { return p.showOutages(v, http.StatusOK, v.r.URL.Query(), nil) }

// showOutages shows the list that a query asks for, with what came back where joining was refused.
func (p *Pages) showOutages(v *visit, status int, q url.Values, back *typed) error {
	query := map[string]string{}
	for _, name := range []string{"month", "component", "cohort", "open"} {
		if q.Get(name) != "" {
			query[name] = q.Get(name)
		}
	}
	c, err := p.catalogue(v)
	if err != nil {
		return err
	}
	view := outagesPage{
		May: v.by.Role.May(data.Responder), Zone: p.zone().String(), Month: query["month"], Component: query["component"], Cohort: query["cohort"], Open: query["open"] == "true",
		Key: data.NewID(),
	}
	if q.Get("did") == "join" {
		view.Did = "They are one now. The months below are as they count from now on."
	}
	var list api.OutageList
	if err := p.ask(v, "outage.list", api.Call{Query: query}, &list); err != nil {
		s, message, _, ok := refusal(err)
		if !ok {
			return err
		}
		status, view.Problem = s, message
	}
	view.Total, view.More = list.Total, list.Total > len(list.Outages)
	for _, o := range c.components {
		view.Components = append(view.Components, option{o.Slug, o.Name.In("en")})
	}
	for _, o := range c.cohorts {
		view.Cohorts = append(view.Cohorts, option{o.Slug, o.Slug})
	}
	tab := func(name, month string) link {
		to := url.Values{}
		for key, value := range query {
			to.Set(key, value)
		}
		if to.Del("month"); month != "" {
			to.Set("month", month)
		}
		href := "/outages"
		if len(to) > 0 {
			href += "?" + to.Encode()
		}
		return link{name, href, month == view.Month}
	}
	view.Months = append(view.Months, tab("All", ""))
	for _, month := range slices.Backward(ledger.Months(time.Now(), p.zone(), shownMonths)) {
		view.Months = append(view.Months, tab(monthName(month), month))
	}
	for _, o := range list.Outages {
		row := p.outageLine(o)
		row.On = back != nil && slices.Contains(back.values["outage"], o.ID)
		view.Rows = append(view.Rows, row)
	}
	if back != nil {
		view.Problem, view.Reason = back.message, back.values.Get("reason")
	}
	return p.render(v.w, v.r, status, "outages", "Outages", view)
}

func monthName(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.Format("January 2006")
}

func (p *Pages) outageLine(o api.OutageRow) outageLine {
	f := o.Counts
	row := outageLine{
		ID: o.ID, Version: o.Version, Name: o.Name, By: o.By, Start: p.second(&f.Started), End: p.second(f.Ended), Aware: p.second(&f.Aware), Reported: p.second(f.Reported),
		Lasted: lasted(f.Started, f.Ended), Impact: api.ImpactNames[f.Impact], Cause: api.CauseNames[f.Cause], Reason: api.ReasonName(o.Reason), Corrected: len(o.Corrections) > 0, InWindow: o.InWindow,
		Void: f.Void, Off: f.Void || o.Contract == 0, Uncounted: o.Uncounted,
	}
	if f.Cohort != data.AllCustomers {
		row.Cohort = f.Cohort
	}
	if o.Contract > 0 {
		row.Contract = elapsed(o.Contract)
	}
	switch {
	case o.Incident != "":
		row.By, row.ByHref = o.Incident, "/incidents/"+o.By
	case o.By == data.FromDesk:
		row.By = o.Author
	default:
		row.ByHref = probeHref(o.By)
	}
	return row
}

// lasted is how long something went on, or goes on by now.
func lasted(start time.Time, end *time.Time) string {
	if end == nil {
		return elapsed(int64(time.Since(start).Seconds())) + " so far"
	}
	return elapsed(end.Unix() - start.Unix())
}

// elapsed writes seconds exactly, and short enough for a column: 1 min 47 s.
func elapsed(seconds int64) string {
	if seconds <= 0 {
		return "none"
	}
	var parts []string
	for _, unit := range []struct {
		name string
		long int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}} {
		if n := seconds / unit.long; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		seconds %= unit.long
	}
	return strings.Join(parts, " ")
}
