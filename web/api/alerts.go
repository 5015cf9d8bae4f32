package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
)

// Inbound is what the configuration says of alerts from outside. The zero value matches nothing.
type Inbound struct {
	Rules []alerts.Rule
	Hooks []alerts.Hook
}

// AlertsHeard says what became of the alerts of a message. All of them together are as many as the message had.
type AlertsHeard struct {
	Began     int      `json:"began" doc:"They fire, and did not before."`
	Ended     int      `json:"ended" doc:"They fired, and do not any more."`
	Repeated  int      `json:"repeated" doc:"Nothing new, or older than what is known."`
	Unmatched int      `json:"unmatched" doc:"No rule takes them, or their word means neither that they fire nor that they have ended. They are not kept."`
	Refused   int      `json:"refused,omitempty" doc:"Too many fire at once: they are not kept."`
	Truncated int      `json:"truncated,omitempty" doc:"How many the sender left out of its list. What is missing is never taken as ended."`
	Incidents []string `json:"incidents" doc:"IDs of the incidents that were opened or changed."`
}

// Alert is what a monitoring system outside said.
type Alert struct {
	Source   string            `json:"source" doc:"alertmanager, or the name of a hook."`
	Identity string            `json:"identity" doc:"What tells it from others of its source."`
	Rule     string            `json:"rule" doc:"The rule of the configuration that took it."`
	Holds    []data.Affected   `json:"holds" doc:"What it says of components, by its rule."`
	Labels   map[string]string `json:"labels,omitempty" doc:"As the sender gave them, cleaned."`
	Summary  string            `json:"summary,omitempty" doc:"What it is about, in a line."`
	Link     string            `json:"link,omitempty" doc:"Where operators read more."`
	Started  time.Time         `json:"started_at" doc:"As the sender says."`
	Ended    *time.Time        `json:"ended_at" doc:"null while it fires."`
	Received time.Time         `json:"received_at" doc:"When it was first heard of."`
	Incident string            `json:"incident,omitempty" doc:"The incident it opened or belongs to."`
}

// Alerts is a list, newest first.
type Alerts struct {
	Alerts []Alert `json:"alerts" doc:"Newest first."`
	More   bool    `json:"more,omitempty" doc:"There are older ones than those shown."`
}

// MaxHook is the longest body of a message from a monitoring system (RELIABILITY 3.2).
const MaxHook = 256 << 10

func alertOps() []Op {
	return []Op{
		{
			Name: "alert.list", Method: "GET", Path: "/api/v1/alerts", Need: data.Viewer, Out: Alerts{},
			Summary: "List the alerts that came in, newest first.",
			Query:   []Param{{"firing", "true: those that fire only"}, {"incident", "ID: those of one incident only"}, {"limit", "1 to 1000, without it 100"}},
			read:    listAlerts,
		},
		{
			Name: "alert.receive", Method: "POST", Path: "/hooks/alertmanager", Need: data.Responder, In: struct{}{}, Out: AlertsHeard{}, Hook: true,
			Summary: "Take a message of Alertmanager's webhook, version 4. The token may also come as the password of Basic authentication.",
			write: func(a *API, tx data.Tx, c *Call) (*result, error) {
				return a.receive(tx, c, alerts.Alertmanager, alerts.ReadAlertmanager)
			},
		},
		{
			Name: "alert.hook", Method: "POST", Path: "/hooks/in/{id}", Need: data.Responder, In: struct{}{}, Out: AlertsHeard{}, Hook: true,
			Summary: "Take a message of another monitoring system, by the hook of this name in the configuration.",
			write: func(a *API, tx data.Tx, c *Call) (*result, error) {
				n := slices.IndexFunc(a.Alerts.Hooks, func(h alerts.Hook) bool { return h.Name == c.ID })
				if n < 0 {
					return nil, data.NotFound("hook", c.ID)
				}
				return a.receive(tx, c, c.ID, a.Alerts.Hooks[n].Read)
			},
		},
	}
}

func listAlerts(_ *API, tx data.Tx, c *Call) (any, error) {
	limit, err := c.number("limit", 100, 1, 1000)
	if err != nil {
		return nil, err
	}
	firing, err := c.truth("firing")
	if err != nil {
		return nil, err
	}
	all, err := data.All(tx.Alerts().Range("", ""))
	if err != nil {
		return nil, err
	}
	incident := c.Query["incident"]
	all = slices.DeleteFunc(all, func(a data.Alert) bool {
		return firing && !a.Firing() || incident != "" && a.Incident != incident
	})
	slices.SortStableFunc(all, func(a, b data.Alert) int {
		return cmp.Or(b.Received.Compare(a.Received), cmp.Compare(a.Key(), b.Key()))
	})
	out := Alerts{Alerts: []Alert{}, More: len(all) > limit}
	for _, a := range all[:min(limit, len(all))] {
		v := Alert{
			Source: a.Source, Identity: a.Identity, Rule: a.Rule, Holds: a.Holds, Labels: a.Labels, Summary: a.Summary, Link: a.Link,
			Started: a.Started, Received: a.Received, Incident: a.Incident,
		}
		if v.Holds == nil {
			v.Holds = []data.Affected{}
		}
		if !a.Firing() {
			v.Ended = &a.Ended
		}
		out.Alerts = append(out.Alerts, v)
	}
	return out, nil
}
