package admin

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/chart"
)

// dayView is one day of a probe in detail.
type dayView struct {
	Side, Href, Date, Day, Zone string
	Component                   string
	Place                       string
	Places                      []string
	Previous, Next              string // addresses; empty where there is no such day
	Text                        string
	Damaged                     bool
	Empty                       bool
	Chart                       template.HTML
	Hours                       []hourView
	Lanes                       []laneView
	Samples                     string // address of every sample
}

type hourView struct {
	Clock                              string
	Count, Good, Degraded, Bad, NoData int
	Answered, P50, P95, P99, Max       string
}

// laneView is what fell into the day, of one kind.
type laneView struct {
	Name string
	Rows []momentView
}

type momentView struct {
	Start, End at
	Level      levelView
	Text, Href string
}

func (p *Pages) probeDay(v *visit) error {
	side, date, place := v.r.PathValue("id"), v.r.PathValue("date"), v.r.URL.Query().Get("place")
	query := map[string]string{"date": date, "columns": fmt.Sprint(chart.MostColumns)}
	if place != "" {
		query["place"] = place
	}
	var d api.ProbeDay
	if err := p.ask(v, "probe.day", api.Call{ID: side, Query: query}, &d); err != nil {
		return err
	}
	start := d.Start.In(p.zone())
	view := dayView{
		Side: d.Side, Component: d.Component, Href: probeHref(d.Side), Date: d.Date, Day: start.Format("Monday 2 January 2006"), Place: d.Place, Places: d.Places, Damaged: d.Damaged, Empty: d.Sum.Count == 0,
		Zone: p.zoneOf(d), Text: sumWords(d.Sum),
	}
	with := func(date string) string {
		if d.Place == "" {
			return view.Href + "/" + date
		}
		return view.Href + "/" + date + "?place=" + url.QueryEscape(d.Place)
	}
	view.Previous = with(start.AddDate(0, 0, -1).Format(time.DateOnly))
	if d.End.Before(time.Now()) {
		view.Next = with(d.End.In(p.zone()).Format(time.DateOnly))
	}
	samples := url.Values{"date": {d.Date}}
	if d.Place != "" {
		samples.Set("place", d.Place)
	}
	view.Samples = "/api/v1/probes/" + url.PathEscape(d.Side) + "/samples?" + samples.Encode()
	for _, h := range d.Hours {
		if h.Count > 0 {
			view.Hours = append(view.Hours, hourView{
				h.Start.In(p.zone()).Format("15:04"), h.Count, h.Good, h.Degraded, h.Bad, h.NoData, h.Answered, latency(h.P50), latency(h.P95), latency(h.P99), latency(h.Max),
			})
		}
	}
	view.Lanes = p.lanes(d)
	view.Chart = p.timeline(d, view)
	return p.render(v.w, v.r, http.StatusOK, "probe-day", d.Side+", "+d.Date, view)
}

// zoneOf names the clock of a day, with its offsets: two where clocks change in it.
func (p *Pages) zoneOf(d api.ProbeDay) string {
	a, b := d.Start.In(p.zone()).Format("UTC-07:00"), d.End.Add(-time.Second).In(p.zone()).Format("UTC-07:00")
	if a != b {
		a += ", then " + b
	}
	return d.Zone + " (" + a + ")"
}

// sumWords says in words what a span of samples says.
func sumWords(s api.SampleSum) string {
	if s.Count == 0 {
		return "No sample is kept of this day."
	}
	parts := []string{fmt.Sprintf("%d samples: %d good", s.Count, s.Good)}
	for _, of := range []struct {
		n    int
		what string
	}{{s.Degraded, "degraded"}, {s.Bad, "bad"}, {s.NoData, "without data"}} {
		if of.n > 0 {
			parts[0] += fmt.Sprintf(", %d %s", of.n, of.what)
		}
	}
	if s.Answered != "" {
		parts = append(parts, s.Answered+" % were answered")
	}
	if s.Max > 0 {
		parts = append(parts, fmt.Sprintf("half of the answers came within %s, 95 of 100 within %s, 99 within %s, the last within %s", latency(s.P50), latency(s.P95), latency(s.P99), latency(s.Max)))
	}
	return strings.Join(parts, "; ") + "."
}

// worst is the state a column is drawn in.
func worst(s api.SampleSum) string {
	switch {
	case s.Bad > 0:
		return data.MajorOutage.String()
	case s.Degraded > 0:
		return data.Degraded.String()
	case s.Good > 0:
		return data.Operational.String()
	case s.NoData > 0:
		return data.NoData.String()
	}
	return ""
}

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func (p *Pages) timeline(d api.ProbeDay, view dayView) template.HTML {
	start := d.Start.In(p.zone())
	c := chart.Timeline{Title: d.Side + ", " + view.Day, Text: view.Text, Levels: "samples", From: d.Start, To: d.End}
	for _, s := range d.Columns {
		c.Columns = append(c.Columns, chart.Column{Min: millis(s.Min), Median: millis(s.P50), Max: millis(s.Max), Key: worst(s)})
	}
	for h := 0; h <= 24; h += 6 {
		at := time.Date(start.Year(), start.Month(), start.Day(), h, 0, 0, 0, p.zone())
		c.Ticks = append(c.Ticks, chart.Tick{At: at, Text: fmt.Sprintf("%02d:00", h)})
	}
	for _, lane := range []struct {
		name    string
		moments []api.ProbeMoment
		key     string
	}{{"marks", d.Marks, ""}, {"outages", d.Outages, ""}, {"windows", d.Windows, "maintenance"}, {"incidents", d.Incidents, ""}} {
		l := chart.Lane{Name: lane.name}
		for _, m := range lane.moments {
			s := chart.Span{From: m.Start, Key: lane.key, Text: m.Text + ", " + p.momentOf(m.Start, m.End)}
			if s.Key == "" {
				s.Key = m.Level.String()
			}
			if m.End != nil {
				s.To = *m.End
			} else if now := time.Now(); now.Before(d.End) {
				s.To = now // what is to come is not drawn
			}
			l.Spans = append(l.Spans, s)
		}
		c.Lanes = append(c.Lanes, l)
	}
	return c.HTML()
}

func (p *Pages) momentOf(start time.Time, end *time.Time) string {
	if end == nil {
		return "from " + start.In(p.zone()).Format("2 Jan 15:04:05")
	}
	return start.In(p.zone()).Format("2 Jan 15:04:05") + " to " + end.In(p.zone()).Format("2 Jan 15:04:05")
}

// lanes are the same in words.
func (p *Pages) lanes(d api.ProbeDay) []laneView {
	var out []laneView
	for _, lane := range []struct {
		name, path string
		moments    []api.ProbeMoment
	}{{"What the probe said", "", d.Marks}, {"Outages", "", d.Outages}, {"Windows", "/maintenance/", d.Windows}, {"Incidents", "/incidents/", d.Incidents}} {
		l := laneView{Name: lane.name}
		for _, m := range lane.moments {
			row := momentView{Start: p.second(&m.Start), End: p.second(m.End), Level: level(m.Level), Text: m.Text}
			if lane.path == "/maintenance/" {
				row.Level = levelView{"maintenance", "Maintenance"}
			}
			if m.ID != "" {
				row.Href = lane.path + m.ID
			}
			l.Rows = append(l.Rows, row)
		}
		if len(l.Rows) > 0 {
			out = append(out, l)
		}
	}
	return out
}
