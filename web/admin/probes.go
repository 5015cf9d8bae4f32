package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// probesView lists the probes.
type probesView struct {
	Rows       []probeRow
	Components []judgedView
	Places     []observerView
	Origin     string // of this listener, for the command that adds a place
	Zone       string
}

// judgedView is where a component stands, and what that comes from.
type judgedView struct {
	Name, Rule string
	Level      levelView
}

// observerView is a place from where an observer reports.
type observerView struct {
	Name, State, Lost, Version, By string
	Bad                            bool // it does not see, or is not heard
	Mute                           bool // it is not heard, so that nobody knows what it keeps
	Seen                           at
	For                            string
	Behind                         int
}

// probeRow is how one side of a probe stands, ready to be shown.
type probeRow struct {
	Side, Href, Component, Cohort, Kind, Every, Origin string

	Level       levelView
	Flapping    bool
	Since       at
	For         string
	Last        at
	LastLevel   levelView
	Latency     string
	Reason      string
	Next, Asked at
	Late        bool // it should have run by now
}

// probeView is the debug view of one side of a probe.
type probeView struct {
	probeRow
	Settings []api.ProbeSetting
	Places   []placeView
	Votes    bool     // several places look, and vote
	Fresh    string   // how far a place may lie behind and still vote
	Network  string   // which places see it down while others do not
	Legend   []string // names of the phases
	May      bool     // ask for a run
	Beats    bool     // it is told, and cannot be asked
	Asked    at
	Today    string // the address of today in detail
	Date     string
	Zone     string
	Problem  string
	Said     bool // a run was asked for just now; whoever runs the probe may have taken the wish already
}

type placeView struct {
	Name, Why string
	Says      levelView
	Votes     bool
	Last      at
	Runs, Bad []runView
}

// runView is one run, ready to be shown.
type runView struct {
	At                      at
	Level                   levelView
	Reason, Detail, Latency string
	Code                    string
	Bar                     []phaseView
	Words                   string // the phases, for who does not see the bar
	Steps                   []stepRunView
}

// phaseView is a part of a bar of 1,000 units.
type phaseView struct {
	Name, Text  string
	From, Width int
}

type stepRunView struct {
	Name, Reason, Detail, Latency, Code string
	Level                               levelView
}

// phases are the parts of an HTTP run, in their order.
var phases = []string{"resolve", "connect", "tls", "processing", "transfer"}

func (p *Pages) probes(v *visit) error {
	var list api.Probes
	if err := p.ask(v, "probe.list", api.Call{}, &list); err != nil {
		return err
	}
	var places api.Places
	if err := p.ask(v, "place.list", api.Call{}, &places); err != nil {
		return err
	}
	view := probesView{Zone: p.clockNow(), Origin: cmp.Or(p.Origin, "https://"+v.r.Host)}
	for _, n := range list.Probes {
		view.Rows = append(view.Rows, p.probeRow(n))
	}
	for _, c := range list.Components {
		view.Components = append(view.Components, judgedView{c.Name, c.Rule, level(c.Level)})
	}
	for _, o := range places.Places {
		view.Places = append(view.Places, p.observerView(o))
	}
	return p.render(v.w, v.r, http.StatusOK, "probes", "Probes", view)
}

func (p *Pages) observerView(o api.Place) observerView {
	v := observerView{Name: o.Name, State: "sees", Lost: o.Lost, Version: o.Version, By: o.By, Seen: p.second(&o.Seen), For: ago(o.Seen), Behind: o.Behind}
	switch {
	case o.Seen.IsZero():
		v.State, v.Bad, v.Mute, v.For, v.Seen = "silent", true, true, "", p.second(nil)
	case o.Silent:
		v.State, v.Bad, v.Mute = "silent", true, true
	case o.Lost != "":
		v.State, v.Bad = "blind", true
	}
	return v
}

// clockNow names the clock that times are of, with its offset.
func (p *Pages) clockNow() string {
	return p.zone().String() + " (" + i18n.Zone(i18n.EN, time.Now(), p.zone()) + ")"
}

func probeHref(side string) string { return "/probes/" + url.PathEscape(side) }

func (p *Pages) probeRow(n api.ProbeNow) probeRow {
	row := probeRow{
		Side: n.Side, Href: probeHref(n.Side), Component: n.Name, Kind: string(n.Kind), Origin: n.Origin, Every: i18n.Duration(i18n.EN, time.Duration(n.Interval*float64(time.Second))),
		Level: level(n.Level), Flapping: n.Reason == data.ReasonFlapping, Since: p.whenOf(n.Since), Asked: p.second(n.Asked),
	}
	if n.Cohort != data.AllCustomers {
		row.Cohort = n.Cohort
	}
	if n.Since != nil {
		row.For = ago(*n.Since)
	}
	if n.Last != nil {
		row.Last, row.LastLevel, row.Latency, row.Reason = p.second(&n.Last.At), level(n.Last.Level), latency(n.Last.Latency), api.ReasonName(n.Last.Reason)
	}
	if n.Next != nil {
		row.Next = p.second(n.Next)
		row.Late = time.Since(*n.Next) > time.Duration(n.Interval*float64(time.Second))+time.Minute // samples are stored once a minute
	}
	return row
}

// second writes an instant in the schedule's zone to the second.
func (p *Pages) second(t *time.Time) at {
	if t == nil {
		return at{}
	}
	v := p.when(*t)
	v.Text = strings.TrimSuffix(v.Text, t.In(p.zone()).Format("15:04")) + t.In(p.zone()).Format("15:04:05")
	return v
}

// latency writes milliseconds as people read them; nothing where there is none.
func latency(ms float64) string {
	switch {
	case ms <= 0:
		return ""
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(ms/1000, 'f', 2, 64) + " s"
}

func (p *Pages) probe(v *visit) error {
	if date := v.r.URL.Query().Get("date"); date != "" { // the form that chooses a day, without script
		to := probeHref(v.r.PathValue("id")) + "/" + url.PathEscape(date)
		if place := v.r.URL.Query().Get("place"); place != "" {
			to += "?place=" + url.QueryEscape(place)
		}
		return v.see(to)
	}
	return p.showProbe(v, http.StatusOK, "")
}

func (p *Pages) showProbe(v *visit, status int, problem string) error {
	var whole api.ProbeWhole
	if err := p.ask(v, "probe.get", api.Call{ID: v.r.PathValue("id")}, &whole); err != nil {
		return err
	}
	view := probeView{
		probeRow: p.probeRow(whole.Now), Settings: whole.Settings, May: v.by.Role.May(data.Responder), Beats: whole.Now.Kind == data.ProbeHeartbeat, Zone: p.clockNow(),
		Date: time.Now().In(p.zone()).Format(time.DateOnly), Problem: problem, Said: v.r.URL.Query().Has("asked"),
	}
	view.Network, view.Fresh = whole.Network, i18n.Duration(i18n.EN, time.Duration(whole.Fresh*float64(time.Second)))
	view.Votes = len(whole.Places) > 1
	view.Asked, view.Today = view.probeRow.Asked, view.Href+"/"+view.Date
	for _, place := range whole.Places {
		longest := 0.0
		for _, r := range append(place.Runs, place.Bad...) {
			longest = max(longest, r.Latency)
			if len(r.Phases) > 0 {
				view.Legend = phases
			}
		}
		one := placeView{Name: place.Place, Why: place.Why, Says: level(place.Says), Votes: place.Votes}
		if len(place.Runs) > 0 {
			one.Last = p.second(&place.Runs[0].At)
		}
		for _, r := range place.Runs {
			one.Runs = append(one.Runs, p.runView(r, longest))
		}
		for _, r := range place.Bad {
			if n := len(place.Runs); n > 0 && r.At.Before(place.Runs[n-1].At) { // the others are among the newest
				one.Bad = append(one.Bad, p.runView(r, longest))
			}
		}
		view.Places = append(view.Places, one)
	}
	return p.render(v.w, v.r, status, "probe", whole.Now.Side, view)
}

func (p *Pages) runView(r api.ProbeRun, longest float64) runView {
	v := runView{At: p.second(&r.At), Level: level(r.Level), Reason: api.ReasonName(r.Reason), Detail: r.Detail, Latency: latency(r.Latency), Code: code(r.Code)}
	from := 0.0
	var words []string
	for _, part := range r.Phases {
		text := part.Name + " " + latency(part.Latency)
		words = append(words, text)
		if longest <= 0 {
			continue
		}
		x, end := min(1000, 1000*from/longest), min(1000, 1000*(from+part.Latency)/longest)
		v.Bar = append(v.Bar, phaseView{part.Name, text, int(x), max(1, int(end)-int(x))})
		from += part.Latency
	}
	v.Words = strings.Join(words, ", ")
	for _, s := range r.Steps {
		v.Steps = append(v.Steps, stepRunView{s.Name, api.ReasonName(s.Reason), s.Detail, latency(s.Latency), code(s.Code), level(s.Level)})
	}
	return v
}

func code(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// probeNow takes the wish for a run at once.
func (p *Pages) probeNow(v *visit) error {
	var asked api.ProbeAsked
	err := p.send(v, "probe.now", api.Call{ID: v.r.PathValue("id")}, struct{}{}, &asked)
	if status, message, _, ok := refusal(err); ok && status != http.StatusNotFound {
		return p.showProbe(v, status, message)
	} else if err != nil {
		return err
	}
	return v.see(probeHref(v.r.PathValue("id")) + "?asked=yes")
}
