package admin

import (
	"net/http"
	"strings"

	"github.com/superoffice/statusd/web/api"
)

// alertsView lists what monitoring systems said.
type alertsView struct {
	Rows   []alertRow
	More   bool
	Firing bool
}

type alertRow struct {
	Source, Rule, Summary, Holds, Incident string
	Link                                   string // http or https only
	Started, Ended                         at
	For                                    string
}

func (p *Pages) alertRows(v *visit, query map[string]string) ([]alertRow, bool, error) {
	var list api.Alerts
	if err := p.ask(v, "alert.list", api.Call{Query: query}, &list); err != nil {
		return nil, false, err
	}
	var rows []alertRow
	for _, a := range list.Alerts {
		row := alertRow{
			Source: a.Source, Rule: a.Rule, Summary: a.Summary, Incident: a.Incident, Started: p.when(a.Started), Ended: p.whenOf(a.Ended), For: ago(a.Started),
		}
		var holds []string
		for _, h := range a.Holds {
			holds = append(holds, h.Component+": "+level(h.Level).Text)
		}
		row.Holds = strings.Join(holds, ", ")
		if strings.HasPrefix(a.Link, "https://") || strings.HasPrefix(a.Link, "http://") {
			row.Link = a.Link
		}
		rows = append(rows, row)
	}
	return rows, list.More, nil
}

func (p *Pages) alerts(v *visit) error {
	view := alertsView{Firing: v.r.URL.Query().Get("firing") == "true"}
	query := map[string]string{"limit": "200"}
	if view.Firing {
		query["firing"] = "true"
	}
	var err error
	if view.Rows, view.More, err = p.alertRows(v, query); err != nil {
		return err
	}
	return p.render(v.w, v.r, http.StatusOK, "alerts", "Alerts", view)
}
