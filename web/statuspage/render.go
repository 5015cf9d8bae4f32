package statuspage

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

const (
	most   = 50  // entries of a list that is not bounded by itself
	single = 200 // incidents with a document of their own, as many as the page's history shows
)

var _ page.Renderer = Render

// Render makes every document under /api/v2 (STATUSPAGE-V2 2). They are in no language. Of single incidents it makes
// the latest, and every one that goes on.
func Render(s *page.State) (page.Docs, error) {
	v := read(s)
	docs := page.Docs{}
	for path, body := range v.documents() {
		text, err := ui.MarshalJSON(body)
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", path, err)
		}
		docs[page.Place{Path: "/api/v2/" + path}] = ui.NewDoc(text, ui.DocOptions{Type: "application/json; charset=utf-8", Header: anyOrigin})
	}
	return docs, nil
}

// anyOrigin lets widgets read across origins; it stands on the 304 as well.
var anyOrigin = http.Header{"Access-Control-Allow-Origin": {"*"}}

// view is everything the documents are put together from, each thing once, so that it reads the same in all of them.
type view struct {
	page         wire.StatuspagePage
	status       wire.StatuspageStatus
	components   []wire.StatuspageComponent
	incidents    []wire.StatuspageIncident    // newest first: the latest, and every one that goes on
	maintenances []wire.StatuspageMaintenance // by start
}

func read(s *page.State) view {
	w := wire.Statuspage{PageID: s.PageID, Name: s.Name, URL: s.URL, ZoneName: s.ZoneName, Zone: s.Zone}
	var leaves []wire.StatuspageLeaf
	changes := newest{time.Unix(0, 0).UTC()}
	for _, c := range s.Components {
		changes.add(c.Since, c.Updated)
		if level, ok := level(c); ok {
			leaves = append(leaves, wire.StatuspageLeaf{Component: c.Component, ID: c.ID, Status: level, Updated: c.Updated})
		}
	}
	catalogue := w.Catalogue(leaves)
	v := view{
		status: wire.StatuspageStatusOf(catalogue.Levels()), components: catalogue.List,
		incidents: []wire.StatuspageIncident{}, maintenances: []wire.StatuspageMaintenance{},
	}
	for n, i := range s.Incidents {
		if n >= single && !i.Open() {
			continue
		}
		i = incident(s, i)
		changes.add(i.Created, i.ResolvedAt)
		changes.addAll(i.Updates)
		v.incidents = append(v.incidents, w.Incident(i, catalogue))
	}
	for _, o := range s.Occurrences {
		if listed(s, o) {
			m := window(s, o)
			changes.add(m.Created, m.Ended)
			changes.addAll(m.Updates)
			v.maintenances = append(v.maintenances, w.Maintenance(m, catalogue))
		}
	}
	v.page = w.Page(changes.at)
	return v
}

// level is what the API says of a component, and whether it says anything.
func level(c page.Component) (wire.StatuspageLevel, bool) {
	switch {
	case !c.Sampled && !c.Now.Declared:
		return "", false
	case c.Maintenance():
		return wire.StatuspageMaintained, true
	case c.Now.Level == data.NoData: // after a person's word that was taken back and no other, that it works
		return wire.StatuspageLevelOf(c.Now.LastKnown), true
	}
	return wire.StatuspageLevelOf(c.Now.Level), true
}

// newest is the time of the newest change.
type newest struct{ at time.Time }

func (n *newest) add(ts ...time.Time) {
	for _, t := range ts {
		if t.After(n.at) {
			n.at = t
		}
	}
}

func (n *newest) addAll(us []data.Update) {
	for _, u := range us {
		n.add(u.At, u.Created)
	}
}

// documents are the bodies by address under /api/v2/. Their members stand in the order of the captures.
func (v view) documents() map[string]any {
	type incidents struct {
		Page      wire.StatuspagePage       `json:"page"`
		Incidents []wire.StatuspageIncident `json:"incidents"`
	}
	type maintenances struct {
		Page         wire.StatuspagePage          `json:"page"`
		Maintenances []wire.StatuspageMaintenance `json:"scheduled_maintenances"`
	}
	unresolved := pick(v.incidents, func(i wire.StatuspageIncident) bool { return i.Resolved == nil })
	phase := func(want ...data.Phase) []wire.StatuspageMaintenance {
		return pick(v.maintenances, func(m wire.StatuspageMaintenance) bool { return slices.Contains(want, m.Status) })
	}
	latest := slices.Clone(v.maintenances)
	slices.Reverse(latest)
	docs := map[string]any{
		"summary.json": struct {
			Page         wire.StatuspagePage          `json:"page"`
			Components   []wire.StatuspageComponent   `json:"components"`
			Incidents    []wire.StatuspageIncident    `json:"incidents"`
			Maintenances []wire.StatuspageMaintenance `json:"scheduled_maintenances"`
			Status       wire.StatuspageStatus        `json:"status"`
		}{v.page, v.components, unresolved, phase(data.Scheduled, data.InProgress, data.Verifying), v.status},
		"status.json": struct {
			Page   wire.StatuspagePage   `json:"page"`
			Status wire.StatuspageStatus `json:"status"`
		}{v.page, v.status},
		"components.json": struct {
			Page       wire.StatuspagePage        `json:"page"`
			Components []wire.StatuspageComponent `json:"components"`
		}{v.page, v.components},
		"incidents.json":                       incidents{v.page, v.incidents[:min(most, len(v.incidents))]},
		"incidents/unresolved.json":            incidents{v.page, unresolved},
		"scheduled-maintenances.json":          maintenances{v.page, latest[:min(most, len(latest))]},
		"scheduled-maintenances/upcoming.json": maintenances{v.page, phase(data.Scheduled)},
		"scheduled-maintenances/active.json":   maintenances{v.page, phase(data.InProgress, data.Verifying)},
	}
	for _, i := range v.incidents {
		docs["incidents/"+i.ID+".json"] = struct {
			Page     wire.StatuspagePage     `json:"page"`
			Incident wire.StatuspageIncident `json:"incident"`
		}{v.page, i}
	}
	return docs
}

// pick keeps what want says yes to; never nil.
func pick[T any](all []T, want func(T) bool) []T {
	out := []T{}
	for _, one := range all {
		if want(one) {
			out = append(out, one)
		}
	}
	return out
}
