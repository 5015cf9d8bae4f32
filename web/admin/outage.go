package admin

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/chart"
)

// outagePage is the desk of one outage.
type outagePage struct {
	outageLine
	Title, Zone    string
	Component      string
	Why, Author    string
	Added          at
	Of             string
	Facts          []factRow
	Steps          []correctionView
	Chart          template.HTML
	Text           string
	Damaged        bool
	Lanes          []laneView
	Places         []samplesView
	Months         []monthView
	Trail          []trailView
	May            bool
	Can            map[string]bool
	Acts           []outageForm
	Did, Problem   string
	Kept           string // words of a form that is there no more
	Day            string // address of the day of its probe
	Incident       string // address of the incident that opened it
	Whom           string
	RecordedDiffer bool
}

// factRow is one thing that a contract asks of an outage.
type factRow struct {
	Name, Recorded, Counts string
	Differs                bool
}

type correctionView struct {
	At       at
	By, Why  string
	What     []string
	Restored bool
}

type samplesView struct {
	Name    string
	Rows    []sampleView
	LeftOut int
}

type sampleView struct {
	At              at
	Level           levelView
	Reason, Latency string
}

// monthView is what becomes of one month.
type monthView struct {
	Name              string
	SoFar             bool
	Settled, Revision int
	Rows              []figureRow
}

type figureRow struct {
	Of, Policy            string
	Before, After         figureCell
	Differs               bool
	BeforeLeft, AfterLeft string
}

type figureCell struct {
	Downtime, Uptime, Said string
	Bad                    bool
}

func (p *Pages) outage(v *visit) error { return p.showOutage(v, http.StatusOK, nil) }

func (p *Pages) showOutage(v *visit, status int, back *typed) error {
	var o api.OutageWhole
	if err := p.ask(v, "outage.get", api.Call{ID: v.r.PathValue("id")}, &o); err != nil {
		return err
	}
	c, err := p.catalogue(v)
	if err != nil {
		return err
	}
	view := outagePage{
		outageLine: p.outageLine(o.Outage), Zone: p.zone().String(), Component: o.Outage.Component, Why: o.Outage.Why, Author: o.Outage.Author, Added: p.whenOf(o.Outage.Added), Of: o.Outage.Of,
		Months: monthViews(o.Months), Damaged: o.Damaged, Can: map[string]bool{}, May: v.by.Role.May(data.Responder), Did: outageDid[v.r.URL.Query().Get("did")],
	}
	view.Title, view.Whom = o.Outage.Name+" was down", cmp.Or(view.Cohort, "all customers")
	if o.Outage.Counts.Ended == nil {
		view.Title = o.Outage.Name + " is down"
	}
	switch {
	case o.Outage.Incident != "":
		view.Incident = view.ByHref
	case view.ByHref != "":
		view.Day = view.ByHref + "/" + o.Outage.Counts.Started.In(p.zone()).Format(time.DateOnly)
	}
	view.Facts = p.factRows(o.Outage)
	view.RecordedDiffer = slices.ContainsFunc(view.Facts, func(f factRow) bool { return f.Differs })
	for _, s := range slices.Backward(o.Outage.Corrections) {
		view.Steps = append(view.Steps, p.correctionView(s))
	}
	for _, place := range o.Places {
		s := samplesView{Name: place.Side + " from " + place.Place, LeftOut: place.LeftOut}
		for _, one := range place.Samples {
			s.Rows = append(s.Rows, sampleView{p.second(&one.At), level(one.Level), api.ReasonName(one.Reason), latency(one.Latency)})
		}
		view.Places = append(view.Places, s)
	}
	view.Lanes = p.lanes(api.ProbeDay{Marks: o.Marks, Outages: o.Outages, Windows: o.Windows, Incidents: o.Incidents})
	view.Text = samplesWords(o)
	view.Chart = p.outageChart(o, view.Text)
	for _, a := range o.Trail {
		view.Trail = append(view.Trail, trailView{p.when(a.At), a.Actor, a.Address, a.Action, a.Outcome, a.Seq})
	}
	for _, act := range o.Can {
		view.Can[act] = true
		if view.May && act != "join" {
			view.Acts = append(view.Acts, p.outageForm(act, o.Outage, c))
		}
	}
	if back != nil {
		view.takeBack(back)
	}
	return p.render(v.w, v.r, status, "outage", view.Title, view)
}

// factRows are what was recorded and what counts, side by side.
func (p *Pages) factRows(o api.OutageRow) []factRow {
	a, b := o.Recorded, o.Counts
	clock := func(t *time.Time, none string) string {
		if t == nil {
			return none
		}
		return t.In(p.zone()).Format("Mon 2 Jan 2006 15:04:05 MST")
	}
	whom := func(cohort string) string {
		if cohort == data.AllCustomers {
			return "all customers"
		}
		return cohort
	}
	rows := []factRow{
		{Name: "Began", Recorded: clock(&a.Started, ""), Counts: clock(&b.Started, "")},
		{Name: "Ended", Recorded: clock(a.Ended, "goes on"), Counts: clock(b.Ended, "goes on")},
		{Name: "Lasted", Recorded: lasted(a.Started, a.Ended), Counts: lasted(b.Started, b.Ended)},
		{Name: "Known from", Recorded: clock(&a.Aware, ""), Counts: clock(&b.Aware, "")},
		{Name: "Reported", Recorded: clock(a.Reported, "by nobody"), Counts: clock(b.Reported, "by nobody")},
		{Name: "Customers", Recorded: api.ImpactNames[a.Impact], Counts: api.ImpactNames[b.Impact]},
		{Name: "Cause", Recorded: api.CauseNames[a.Cause], Counts: api.CauseNames[b.Cause]},
		{Name: "Concerned", Recorded: whom(a.Cohort), Counts: whom(b.Cohort)},
	}
	for i := range rows {
		rows[i].Differs = rows[i].Recorded != rows[i].Counts
	}
	return rows
}

func (p *Pages) correctionView(s api.OutageStep) correctionView {
	v := correctionView{At: p.when(s.At), By: s.Author, Why: s.Why}
	clock := func(what string, t *time.Time) {
		switch {
		case t == nil:
		case t.IsZero():
			v.What = append(v.What, what+": nobody")
		default:
			v.What = append(v.What, what+": "+t.In(p.zone()).Format("2 Jan 2006 15:04:05"))
		}
	}
	clock("began", s.Started)
	clock("ended", s.Ended)
	clock("known from", s.Aware)
	clock("reported", s.Reported)
	for _, is := range []struct{ what, value string }{{"customers", api.ImpactNames[s.Impact]}, {"cause", api.CauseNames[s.Cause]}, {"concerned", s.Cohort}} {
		if is.value != "" {
			v.What = append(v.What, is.what+": "+is.value)
		}
	}
	if s.Void {
		v.What = append(v.What, "set aside")
	}
	if s.Restored {
		v.What = append(v.What, "restored")
	}
	return v
}

func samplesWords(o api.OutageWhole) string {
	if len(o.Places) == 0 {
		return "No sample is kept of this time."
	}
	var sum api.SampleSum
	for _, s := range o.Columns {
		sum.Count, sum.Good, sum.Degraded, sum.Bad, sum.NoData = sum.Count+s.Count, sum.Good+s.Good, sum.Degraded+s.Degraded, sum.Bad+s.Bad, sum.NoData+s.NoData
	}
	return sumWords(sum)
}

// outageChart draws the samples around an outage, with what else fell into that time.
func (p *Pages) outageChart(o api.OutageWhole, text string) template.HTML {
	c := chart.Timeline{Title: o.Outage.Name + " around the outage", Text: text, Levels: "samples", From: o.From, To: o.To}
	for _, s := range o.Columns {
		c.Columns = append(c.Columns, chart.Column{Min: millis(s.Min), Median: millis(s.P50), Max: millis(s.Max), Key: worst(s)})
	}
	length := o.To.Sub(o.From)
	layout := "15:04"
	if length > 24*time.Hour {
		layout = "2 Jan"
	}
	for n := range 4 {
		at := o.From.Add(length * time.Duration(n) / 3)
		c.Ticks = append(c.Ticks, chart.Tick{At: at, Text: at.In(p.zone()).Format(layout)})
	}
	for _, lane := range []struct {
		name    string
		moments []api.ProbeMoment
		key     string
	}{{"marks", o.Marks, ""}, {"outages", o.Outages, ""}, {"windows", o.Windows, "maintenance"}, {"incidents", o.Incidents, ""}} {
		l := chart.Lane{Name: lane.name}
		for _, m := range lane.moments {
			s := chart.Span{From: m.Start, Key: cmp.Or(lane.key, m.Level.String()), Text: m.Text + ", " + p.momentOf(m.Start, m.End)}
			if m.End != nil {
				s.To = *m.End
			}
			l.Spans = append(l.Spans, s)
		}
		c.Lanes = append(c.Lanes, l)
	}
	return c.HTML()
}

// monthViews show months before and after.
func monthViews(months []api.OutageMonth) (out []monthView) {
	for _, m := range months {
		v := monthView{Name: monthName(m.Month), SoFar: m.SoFar, Settled: m.Settled, Revision: m.Revision}
		for _, f := range m.Figures {
			of := "all together"
			if f.Component != "" {
				of = "the component"
			}
			if f.Cohort != "" {
				of += ", " + f.Cohort
			}
			for _, policy := range []struct {
				name          string
				before, after api.MonthFigure
			}{{"contract", f.Before.Contract, f.After.Contract}, {"strict", f.Before.Strict, f.After.Strict}, {"observed", f.Before.Observed, f.After.Observed}} {
				v.Rows = append(v.Rows, figureRow{
					Of: of, Policy: policy.name, Before: figureCellOf(policy.before), After: figureCellOf(policy.after), Differs: policy.before != policy.after,
					BeforeLeft: leftWords(policy.before.Left), AfterLeft: leftWords(policy.after.Left),
				})
			}
		}
		out = append(out, v)
	}
	return out
}

func figureCellOf(f api.MonthFigure) figureCell {
	c := figureCell{Downtime: elapsed(f.Downtime), Said: verdictWords(f.Verdict), Bad: f.Verdict == ledger.NotMet}
	if f.Verdict.Known() {
		c.Uptime = f.Uptime + " %"
	}
	return c
}

func leftWords(seconds int64) string {
	if seconds < 0 {
		return "missed by " + elapsed(-seconds)
	}
	return elapsed(seconds)
}

// outageForm is the form of one act on an outage.
type outageForm struct {
	Act, ID, Key, Version, Name, Hint string
	Open, Danger                      bool
	Times                             []clockField
	Impacts, Causes, Cohorts          []option
	Impact, Cause, Cohort             string
	Reason, Problem, Field, Zone      string
}

var outageWords = map[string][2]string{
	"correct": {"Correct it", "What was recorded stays beside it."},
	"split":   {"Cut it in two", "The parts can then be told apart: their cause, whom they concerned. Together they count what it counted."},
	"void":    {"Set it aside", "It was no outage. It counts nowhere, and can be restored."},
	"restore": {"Restore it", "It was an outage after all, and counts again."},
}

var outageDid = map[string]string{
	"correct": "The correction is saved.", "split": "It is cut in two; this is the first part.", "void": "It is set aside.", "restore": "It counts again.", "add": "The outage is added.",
}

func (p *Pages) outageForm(act string, o api.OutageRow, c *catalogue) outageForm {
	f := outageForm{
		Act: act, ID: o.ID, Key: data.NewID(), Version: o.Version, Name: outageWords[act][0], Hint: outageWords[act][1], Danger: act == "void", Open: act == "restore", Zone: p.zone().String(),
	}
	is := o.Counts
	switch act {
	case "correct":
		f.Times = []clockField{p.clockField("started", "Began", "", is.Started)}
		if is.Ended != nil {
			f.Times = append(f.Times, p.clockField("ended", "Ended", "", *is.Ended))
		}
		var reported time.Time
		if is.Reported != nil {
			reported = *is.Reported
		}
		f.Times = append(f.Times, p.clockField("aware", "Known from", "when we came to know of it", is.Aware), p.clockField("reported", "Reported", "by a customer; empty where nobody did", reported))
		f.Impact, f.Cause, f.Cohort = string(is.Impact), string(is.Cause), is.Cohort
		f.choices(c)
	case "split":
		f.Times = []clockField{p.clockField("at", "The second part begins", "", time.Time{})}
	}
	for i := range f.Times {
		f.Times[i].Seconds = true
	}
	return f
}

func (f *outageForm) choices(c *catalogue) {
	f.Impacts, f.Causes, f.Cohorts = impactOptions(), causeOptions(), []option{{data.AllCustomers, "all customers"}}
	for _, o := range c.cohorts {
		f.Cohorts = append(f.Cohorts, option{o.Slug, o.Slug})
	}
}

// fill puts back what was typed, and what is wrong with it.
func (f *outageForm) fill(back *typed) {
	v := back.values
	f.Open, f.Problem, f.Field, f.Reason = true, back.message, back.field, v.Get("reason")
	f.Impact, f.Cause, f.Cohort = cmp.Or(v.Get("impact"), f.Impact), cmp.Or(v.Get("cause"), f.Cause), cmp.Or(v.Get("cohort"), f.Cohort)
	fillTimes(f.Times, back)
}

func (view *outagePage) takeBack(back *typed) {
	n := slices.IndexFunc(view.Acts, func(f outageForm) bool { return f.Act == back.form })
	if n < 0 { // it cannot be done any more: the words are kept
		view.Problem, view.Kept = back.message, back.values.Get("reason")
		return
	}
	for other := range view.Acts {
		view.Acts[other].Open = false
	}
	view.Acts[n].fill(back)
}

// outageAddress is where an outage is shown.
func outageAddress(id string) string { return "/outages/" + url.PathEscape(id) }

// timesOf reads the clock fields of a form. notes say what clock changes did to them.
func timesOf(v url.Values, zone *time.Location, fields map[string]**time.Time) (notes []string, err error) {
	for _, name := range []string{"started", "at", "ended", "aware", "reported"} {
		into, asked := fields[name]
		if !asked || !v.Has(name+"_at") {
			continue
		}
		e, err := enteredIn(v, name, name == "ended", zone)
		if err != nil {
			return nil, err
		}
		switch {
		case !e.Changed:
			continue
		case e.At.IsZero() && name != "reported":
			return nil, data.Invalid(name, fmt.Sprintf("the time is empty: write it as %s", "2026-01-31T22:00:00"))
		}
		*into = &e.At
		if e.Note != "" {
			notes = append(notes, e.Note)
		}
	}
	return notes, nil
}
