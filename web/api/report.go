package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

func reportOps() []Op {
	return []Op{
		{
			Name: "report.month", Method: "GET", Path: "/api/v1/report/{id}", Need: data.Viewer, Out: ledger.Report{},
			Summary: "Work out a month's figure (such as 2026-04) under all policies.",
			Query:   []Param{{"component", "one component; without it the headline"}, {"cohort", "one cohort; without it all customers"}},
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				selection := ledger.Selection{Component: c.Query["component"], Cohort: c.Query["cohort"]}
				if err := a.exists(tx, selection); err != nil {
					return nil, err
				}
				facts, err := a.facts(tx, c.ID)
				if err != nil {
					return nil, err
				}
				return facts.Report(selection)
			},
		},
		{
			Name: "report.facts", Method: "GET", Path: "/api/v1/facts/{id}", Need: data.Viewer, Out: ledger.Facts{},
			Summary: "Give everything that a month's figure rests on.",
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				s, err := a.Settings.Book().Statement(tx, c.ID, time.Now())
				if err != nil || s.Settled == nil {
					return s.Facts, err
				}
				return s.Settled.Facts, nil // as they were written
			},
		},
	}
}

func (a *API) facts(tx data.Tx, month string) (ledger.Facts, error) {
	s, err := a.Settings.Book().Statement(tx, month, time.Now())
	return s.Facts, err
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
