package admin

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// overviewView holds what the overview shows, ready to be shown.
type overviewView struct {
	Alarms    []alarmView
	Incidents []incidentRow
	Drafts    []incidentRow
	Suspected []suspectView
	All       string // address of the form that declares all of them; empty for one
	Groups    []groupView
	Windows   []windowView
	Setup     []componentView
	Warnings  []string
	Mail      mailView
	PageAge   string
	PageOld   bool
	May       bool // declare
	Zone      string
}

type alarmView struct {
	Title, Detail, Do string
	Urgent            bool
	Since, By         at
	For               string
	Window            string // ID of the window it is about
}

type suspectView struct {
	Outage, Name, Cohort, Reason string
	Level                        levelView
	Since                        at
	For                          string
	Public                       bool
}

type groupView struct {
	Name string
	Rows []componentView
}

type componentView struct {
	Name, Slug, Setup, Cohorts    string
	Probes                        string // who measures it; where it is not well, what its level comes from
	Windows                       string // for whom windows run, where not for all
	Level                         levelView
	Declared, Maintenance, Public bool
	Since                         at
}

// levelView is a level: its key, for the symbol and colour, and its word.
type levelView struct{ Key, Text string }

func level(l data.Level) levelView {
	return levelView{l.String(), i18n.T(i18n.EN, "level."+l.String())}
}

type windowView struct {
	ID                 string
	What, Whom, Phase  string
	When               string
	By                 at
	Page, Banner, Mail seenView
	Late, Running      bool
}

// seenView says of one surface since when it shows a notice, or from when it will.
type seenView struct {
	Seen bool
	Late bool
	At   at
}

type mailView struct {
	Waiting int
	Oldest  string
	Held    bool
}

func (p *Pages) overview(v *visit) error {
	var o api.Overview
	if err := p.ask(v, "overview.get", api.Call{}, &o); err != nil {
		return err
	}
	view := overviewView{Warnings: p.Warnings, May: v.by.Role.May(data.Responder), Zone: p.zone().String()}
	for _, a := range o.Alarms {
		view.Alarms = append(view.Alarms, alarmView{a.Title, a.Detail, a.Do, a.Urgent, p.when(a.Since), p.whenOf(a.By), ago(a.Since), a.Window})
	}
	sort.SliceStable(o.Incidents, func(a, b int) bool { return worstHeld(o.Incidents[a]) > worstHeld(o.Incidents[b]) })
	for _, i := range o.Incidents {
		if i.Draft {
			view.Drafts = append(view.Drafts, p.incidentRow(i))
		} else {
			view.Incidents = append(view.Incidents, p.incidentRow(i))
		}
	}
	sort.SliceStable(o.Suspected, func(a, b int) bool { return o.Suspected[a].Level > o.Suspected[b].Level })
	for _, s := range o.Suspected {
		view.Suspected = append(view.Suspected, suspectView{
			string(s.Outage), s.Name, s.Cohort, api.ReasonName(s.Reason), level(s.Level), p.when(s.Started), ago(s.Started), s.Public,
		})
	}
	if len(o.Suspected) > 1 {
		all := url.Values{}
		for _, s := range o.Suspected {
			all.Add("outage", string(s.Outage))
		}
		view.All = "/incidents/new?" + all.Encode()
	}
	for _, c := range o.Components {
		p.addComponent(&view, c)
	}
	for _, w := range o.Windows {
		view.Windows = append(view.Windows, p.windowView(w))
	}
	view.Mail = mailView{Waiting: o.Mail.Waiting, Held: o.Mail.Held}
	if o.Mail.Oldest != nil {
		view.Mail.Oldest = ago(*o.Mail.Oldest)
	}
	if s := p.Pages.Current(); s != nil {
		age := o.AsOf.Sub(s.State.Now)
		view.PageAge, view.PageOld = ago(s.State.Now), age.Minutes() > 5
	}
	return p.render(v.w, v.r, http.StatusOK, "overview", "Overview", view)
}

// worstHeld is the worst level at which an incident holds anything.
func worstHeld(i api.Incident) data.Level {
	worst := data.Operational
	for _, h := range i.Holds {
		worst = max(worst, h.Level)
	}
	return worst
}

func (p *Pages) addComponent(view *overviewView, c api.ComponentNow) {
	row := componentView{
		Name: c.Name, Slug: c.Component, Probes: strings.Join(c.Probes, ", "), Setup: c.Setup, Level: level(c.Level), Declared: c.Declared,
		Maintenance: c.Maintenance, Public: c.Public, Since: p.whenOf(c.Since),
	}
	var apart []string
	for cohort, l := range c.Cohorts {
		if l != c.Level {
			apart = append(apart, cohort+": "+level(l).Text)
		}
	}
	slices.Sort(apart)
	row.Cohorts = strings.Join(apart, ", ")
	if c.Maintenance && !c.Declared {
		row.Level = levelView{"maintenance", i18n.T(i18n.EN, "level.maintenance_"+c.Level.String())}
	}
	if !slices.Contains(c.Windows, data.AllCustomers) {
		row.Windows = strings.Join(c.Windows, ", ")
	}
	if c.Level > data.Operational && !c.Declared {
		row.Probes = c.Rule
	}
	if len(c.Probes) == 0 && !c.Declared {
		if row.Setup == "" {
			row.Setup = "No probe looks at it: add one under probes in the configuration."
		}
		view.Setup = append(view.Setup, row)
		return
	}
	if n := len(view.Groups); n == 0 || view.Groups[n-1].Name != c.Group {
		view.Groups = append(view.Groups, groupView{Name: c.Group})
	}
	g := &view.Groups[len(view.Groups)-1]
	g.Rows = append(g.Rows, row)
}

func (p *Pages) windowView(w api.WindowNext) windowView {
	t := w.Window
	v := windowView{
		ID:   w.ID,
		What: i18n.T(i18n.EN, "category."+string(t.Category)), Whom: t.Cohort, Phase: strings.ReplaceAll(string(w.Phase), "_", " "),
		When: p.span(t.Start, t.End), By: p.dated(t.NoticeBy), Late: w.Late,
		Running: w.Phase == data.InProgress || w.Phase == data.Verifying,
	}
	for _, of := range []struct {
		surface data.Surface
		into    *seenView
	}{{data.OnPage, &v.Page}, {data.OnBanner, &v.Banner}, {data.OnMail, &v.Mail}} {
		seen, ok := w.Seen[string(of.surface)]
		of.into.Seen = ok
		if ok {
			of.into.At = p.when(seen)
			of.into.Late = seen.After(t.NoticeBy)
			continue
		}
		if due, ok := w.Due[string(of.surface)]; ok {
			of.into.At, of.into.Late = p.dated(due), due.Before(w.AsOf)
		}
	}
	return v
}
