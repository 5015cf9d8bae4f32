package wire

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Incident is an incident in our own JSON.
type Incident struct {
	ID         string                `json:"id"`
	Title      string                `json:"title"`
	Phase      data.Phase            `json:"phase"`
	Impact     string                `json:"impact"`
	Started    time.Time             `json:"started_at"`
	Created    time.Time             `json:"created_at"`
	Monitoring *time.Time            `json:"monitoring_at"`
	Resolved   *time.Time            `json:"resolved_at"`
	NextUpdate *time.Time            `json:"next_update_at"`
	Components map[string]data.Level `json:"components"` // by slug, as the incident holds them
	Updates    []Update              `json:"updates"`    // newest first
	URL        string                `json:"url"`
}

// Update is one entry of an incident.
type Update struct {
	ID    string     `json:"id"`
	Phase data.Phase `json:"phase"`
	Body  string     `json:"body"`
	At    time.Time  `json:"at"`
}

// IncidentOf writes i. Internal updates are left out. origin is the public origin, for the link.
func IncidentOf(i data.Incident, origin string) Incident {
	w := Incident{
		ID: i.ID, Title: i.Title, Phase: i.Phase, Impact: ImpactOf(i), Started: i.Started, Created: i.Created,
		Monitoring: instant(i.MonitoringAt), Resolved: instant(i.ResolvedAt), NextUpdate: instant(i.NextUpdate),
		Components: map[string]data.Level{}, Updates: []Update{}, URL: origin + "/incidents/" + i.ID,
	}
	for _, a := range i.Affected {
		w.Components[a.Component] = max(a.Level, w.Components[a.Component])
	}
	for _, u := range slices.Backward(i.Updates) {
		if !u.Internal {
			w.Updates = append(w.Updates, Update{ID: u.ID, Phase: u.Phase, Body: u.Body, At: u.At})
		}
	}
	return w
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// ImpactOf is the incident's impact: what a person said, else derived from the worst its updates ever said of its
// components, by the rules for the page (STATUSPAGE-V2 5).
func ImpactOf(i data.Incident) string {
	if i.Impact != "" {
		return i.Impact
	}
	worst := map[string]data.Level{}
	for _, u := range i.Updates {
		for _, c := range u.Changes {
			worst[c.Component] = max(worst[c.Component], c.New)
		}
	}
	major, partial := 0, 0
	top := data.NoData
	for _, l := range worst {
		top = max(top, l)
		switch l {
		case data.MajorOutage:
			major++
		case data.PartialOutage:
			partial++
		}
	}
	switch {
	case major > 0 && major == len(worst):
		return "critical"
	case major > 0, partial > 0 && partial == len(worst):
		return "major"
	case top >= data.Degraded:
		return "minor"
	}
	return "none"
}
