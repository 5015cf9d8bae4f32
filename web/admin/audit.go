package admin

import (
	"net/http"
	"net/url"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type auditView struct {
	Rows   []auditRow
	Object string
	Next   string
	State  api.Verification
}

type auditRow struct {
	Seq                                uint64
	At                                 at
	Who, Address, Action, Object, Link string
	Refused                            bool
	Before, After                      string
}

func (p *Pages) audit(v *visit) error {
	q := v.r.URL.Query()
	c := api.Call{Query: map[string]string{"limit": "100"}}
	view := auditView{Object: q.Get("object")}
	if view.Object != "" {
		c.Query["object"] = view.Object
	}
	if before := q.Get("before"); before != "" {
		c.Query["before"] = before
	}
	var log api.AuditLog
	if err := p.ask(v, "audit.list", c, &log); err != nil {
		return err
	}
	for _, e := range log.Entries {
		row := auditRow{
			Seq: e.Seq, At: p.when(e.At), Who: e.Actor, Address: e.Address, Action: e.Action, Object: e.Object,
			Refused: e.Outcome == data.Refused, Before: string(e.Before), After: string(e.After),
		}
		view.Rows = append(view.Rows, row)
	}
	if log.Next != "" {
		next := url.Values{"before": {log.Next}}
		if view.Object != "" {
			next.Set("object", view.Object)
		}
		view.Next = "/audit?" + next.Encode()
	}
	return p.render(v.w, v.r, http.StatusOK, "audit", "Audit log", view)
}
