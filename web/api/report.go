package api

import (
	"errors"
	"fmt"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

func reportOps() []Op {
	return []Op{
		{
			Name: "report.month", Method: "GET", Path: "/api/v1/report/{id}", Need: data.Viewer, Out: ledger.Report{},
			Summary: "Work out a month's figure (such as 2026-04) under all policies.",
			Query:   []Param{{"component", "one component; without it the headline"}, {"cohort", "one cohort; without it all customers"}},
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				selection := ledger.Selection{Component: c.Query["component"], Cohort: c.Query["cohort"]}
				s, err := a.statement(tx, c, c.ID)
				if err != nil {
					return nil, err
				}
				if err := exists(tx, s, selection); err != nil {
					return nil, err
				}
				return s.Facts.Report(selection)
			},
		},
		{
			Name: "report.facts", Method: "GET", Path: "/api/v1/facts/{id}", Need: data.Viewer, Out: ledger.Facts{},
			Summary: "Give everything that a month's figure rests on.",
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				s, err := a.statement(tx, c, c.ID)
				if m := s.Settled; m != nil {
					s.Facts.Settled = ledger.Settled{Revision: m.Revision, Hash: m.Hash, Fingerprint: s.Facts.Fingerprint()}
				}
				return s.Facts, err
			},
		},
	}
}

// exists refuses names that nothing has, and components that a month does not count: they would otherwise have been up all month.
func exists(tx data.Tx, m months.Statement, s ledger.Selection) error {
	if s.Component != "" && s.Component != data.AllCustomers {
		c, err := tx.Components().Get(s.Component)
		switch {
		case errors.Is(err, data.ErrNotFound):
			return data.Invalid("component", fmt.Sprintf("there is no component %q: %s", s.Component, known(tx)))
		case err != nil:
			return err
		case m.Settled != nil && !m.Facts.Counts(s.Component):
			return data.Invalid("component", fmt.Sprintf("%s did not count when %s was settled, so it has no figure in it: leave component out, or ask for one of %s",
				s.Component, m.Facts.Month, strings.Join(m.Settled.Components, ", ")))
		case m.Settled == nil && c.Commitment != data.Committed:
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
