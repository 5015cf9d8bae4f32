package api

import (
	"encoding/json"
	"net/http"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// read makes the handler of one read by operators.
func (a *API) read(need data.Role, get func(data.Tx, *http.Request) (any, error)) http.Handler {
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		by, err := a.operator(r)
		if err != nil {
			return err
		}
		if !by.Role.May(need) {
			return data.Forbidden("this takes the role " + string(need))
		}
		var v any
		if err := a.Store.View(r.Context(), func(tx data.Tx) (err error) { v, err = get(tx, r); return err }); err != nil {
			return err
		}
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		ui.JSON(w, r, http.StatusOK, body)
		return nil
	})
}

// AuditLog handles GET /api/v1/audit: the newest entries, newest first, and whether the chain is whole.
func (a *API) AuditLog() http.Handler {
	return a.read(data.Viewer, func(tx data.Tx, _ *http.Request) (any, error) {
		out := struct {
			Entries  []data.AuditEntry `json:"entries"`
			Count    int               `json:"count"`
			Verified bool              `json:"verified"`
			Problem  string            `json:"problem,omitempty"`
		}{Entries: []data.AuditEntry{}}
		n, err := data.VerifyAudit(tx)
		out.Count, out.Verified = n, err == nil
		if err != nil {
			out.Problem = err.Error()
		}
		before := data.AuditKey("\x7f")
		for len(out.Entries) < 200 {
			e, err := tx.Audit().Last(before)
			if err != nil {
				break // there are no more, or the next is damaged, which Problem says
			}
			out.Entries = append(out.Entries, e)
			before = e.Key()
		}
		return out, nil
	})
}
