package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/page"
)

// Report handles GET /api/v1/report/{month}?component=&cohort=: the month's figure in its fixed shape, all policies.
func (a *API) Report() http.Handler {
	return a.read(data.Viewer, func(tx data.Tx, r *http.Request) (any, error) {
		q := r.URL.Query()
		selection := ledger.Selection{Component: q.Get("component"), Cohort: q.Get("cohort")}
		if err := a.exists(tx, selection); err != nil {
			return nil, err
		}
		facts, err := a.facts(tx, r.PathValue("month"))
		if err != nil {
			return nil, err
		}
		return facts.Report(selection)
	})
}

// Facts handles GET /api/v1/facts/{month}: everything the month's figure rests on.
func (a *API) Facts() http.Handler {
	return a.read(data.Viewer, func(tx data.Tx, r *http.Request) (any, error) { return a.facts(tx, r.PathValue("month")) })
}

func (a *API) facts(tx data.Tx, month string) (ledger.Facts, error) {
	now := time.Now()
	records, err := page.Records(tx, now)
	if err != nil {
		return ledger.Facts{}, err
	}
	return ledger.FromRecords(month, a.Zone, a.Target, records, now)
}

// exists refuses names that nothing has: a misspelt component would otherwise have been up all month.
func (a *API) exists(tx data.Tx, s ledger.Selection) error {
	if s.Component != "" && s.Component != data.AllCustomers {
		c, err := tx.Components().Get(s.Component)
		switch {
		case errors.Is(err, data.ErrNotFound):
			return data.Invalid("component", fmt.Sprintf("there is no component %q: %s", s.Component, known(tx)))
		case err != nil:
			return err
		case c.Commitment != data.Committed:
			return data.Invalid("component", fmt.Sprintf("%s is under no commitment, so it has no figure", s.Component))
		}
	}
	if s.Cohort != "" && s.Cohort != data.AllCustomers {
		if _, err := tx.Cohorts().Get(s.Cohort); errors.Is(err, data.ErrNotFound) {
			return data.Invalid("cohort", fmt.Sprintf("there is no cohort %q: leave it out for all customers", s.Cohort))
		} else if err != nil {
			return err
		}
	}
	return nil
}
