package months_test

import (
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// component puts one as it is from now on.
func (s *shelf) component(slug string, change func(*data.Component)) {
	s.t.Helper()
	s.update(func(tx data.Tx) error {
		c := datatest.Component(slug)
		change(&c)
		return tx.Components().Put(c)
	})
}

// TestCommitmentsChange settles every month after the last one though what is committed now is younger, and a correction of the
// first still makes its revision.
func TestCommitmentsChange(t *testing.T) {
	s := newShelf(t)
	s.settle(on(3, 15, 0))
	s.component("crm-read", func(c *data.Component) { c.Commitment = data.Informative })
	if due, next := s.settle(on(5, 15, 0)); len(due) != 0 || !next.IsZero() {
		t.Errorf("nothing is committed, and %v is settled, next at %v", due, next)
	}
	s.component("crm-new", func(c *data.Component) { c.Since = on(6, 3, 0) })
	if due, _ := s.settle(on(7, 15, 0)); strings.Join(due, " ") != "2026-03 2026-04 2026-05 2026-06" {
		t.Errorf("settled %v", due)
	}
	if r, _ := s.report("2026-04", on(7, 15, 0)); !r.NoData {
		t.Errorf("nobody watched what counted in April: %+v", r)
	}
	ended := on(1, 20, 11)
	if revised := s.correct(data.OutageChange{Ended: &ended, Why: "it was longer"}, on(7, 16, 0)); len(revised) != 1 || revised[0].Month != "2026-01" {
		t.Errorf("revised %+v, want January", revised)
	}
}

// TestRevisionsOverHoles revises what exists, whatever is missing between.
func TestRevisionsOverHoles(t *testing.T) {
	s := newShelf(t)
	s.update(func(tx data.Tx) error {
		r, err := months.Records(tx, on(7, 1, 0))
		if err != nil {
			return err
		}
		for _, month := range []string{"2026-01", "2026-05"} {
			if _, err := s.book.Settle(tx, r, month, "statusd", on(7, 1, 0)); err != nil {
				return err
			}
		}
		return nil
	})
	ended := on(1, 20, 11)
	if revised := s.correct(data.OutageChange{Ended: &ended, Why: "it was longer"}, on(7, 16, 0)); len(revised) != 1 || revised[0].Month != "2026-01" {
		t.Errorf("revised %+v, want January", revised)
	}
	if due, _ := s.settle(on(7, 16, 0)); strings.Join(due, " ") != "2026-06" {
		t.Errorf("settled %v, want what is after the newest", due)
	}
}

// TestUnwatchedHidesNothing has a breach of one component, and another that nobody watches.
func TestUnwatchedHidesNothing(t *testing.T) {
	s := newShelf(t)
	end := on(1, 20, 13)
	s.correct(data.OutageChange{Ended: &end, Why: "4 hours"}, on(1, 21, 0))
	s.component("quiet", func(*data.Component) {})
	s.settle(on(2, 15, 0))
	s.update(func(tx data.Tx) error {
		k, err := s.book.Keep(tx, "2026-01", on(2, 15, 0))
		if err != nil {
			return err
		}
		sheet, err := k.Sheet(months.View{Components: []string{"crm-read", "quiet"}, Cohorts: []string{"pilot"}})
		if err != nil {
			return err
		}
		if sheet.NoData || sheet.Contract.Met || sheet.Coverage != "0.000000" || len(sheet.ByComponent) != 2 || sheet.ByComponent[0].NoData || !sheet.ByComponent[1].NoData || sheet.ByCohort[0].NoData {
			t.Errorf("%+v", sheet)
		}
		if y := months.YearOf("2026", "Europe/Oslo", []months.Sheet{sheet}); y.Contract != 4*3600 || y.Over != 1 || y.Met != 0 || y.NoData != 0 {
			t.Errorf("the year: %+v", y)
		}
		var b strings.Builder
		if err := months.WriteCSV(&b, true, sheet); err != nil {
			return err
		}
		for line := range strings.Lines(b.String()) {
			if strings.HasPrefix(line, "component,2026-01,quiet") && (strings.Contains(line, "100.") || strings.Contains(line, "true") || !strings.Contains(line, "no_data")) {
				t.Errorf("the row of what nobody watched: %s", line)
			}
		}
		return nil
	})
}

// TestCameLater asks a settled month for a component that did not count in it.
func TestCameLater(t *testing.T) {
	s := newShelf(t)
	s.settle(on(2, 15, 0))
	s.component("crm-new", func(c *data.Component) { c.Since = on(6, 3, 0) })
	s.update(func(tx data.Tx) error {
		k, err := s.book.Keep(tx, "2026-01", on(6, 5, 0))
		if err != nil {
			return err
		}
		sheet, err := k.Sheet(months.View{Selection: ledger.Selection{Component: "crm-new"}, Components: []string{"crm-new"}})
		if err != nil || !sheet.NoData || len(sheet.ByComponent) != 0 {
			t.Errorf("%+v, %v", sheet, err)
		}
		return nil
	})
}

// TestRetiring changes no settled month, however it is written down that the component went, and with it gone for long neither.
func TestRetiring(t *testing.T) {
	for name, retire := range map[string]func(*data.Component){
		"says when":           func(c *data.Component) { c.Retired, c.RetiredAt = true, on(2, 20, 0) },
		"does not say":        func(c *data.Component) { c.Retired = true },
		"within a month":      func(c *data.Component) { c.Retired, c.RetiredAt = true, on(1, 25, 0) },
		"long before January": func(c *data.Component) { c.Retired, c.RetiredAt = true, on(1, 1, 0).AddDate(-1, 0, 0) },
	} {
		for _, marks := range [][]data.Level{nil, {data.NoData}, {data.Operational}} {
			s := newShelf(t)
			then, now := func(*data.Component) {}, retire
			if strings.HasPrefix(name, "within") || strings.HasPrefix(name, "long") {
				then = retire // it had gone before the month was settled
			}
			s.component("quiet", then)
			s.update(func(tx data.Tx) error {
				for _, level := range marks {
					m := datatest.Mark("quiet", on(1, 5, 0), level)
					if err := tx.Marks().Put(m); err != nil {
						return err
					}
				}
				return nil
			})
			s.settle(on(2, 15, 0))
			before, _ := s.report("2026-01", on(2, 15, 0))
			s.component("quiet", now)
			s.correct(data.OutageChange{Cause: data.ByInternet, Why: "line"}, on(3, 1, 0))
			after, m := s.report("2026-01", on(3, 1, 0))
			if before.Unobserved != after.Unobserved || m.Revision != 2 {
				t.Errorf("%s, marks %v: unobserved %d became %d in revision %d", name, marks, before.Unobserved, after.Unobserved, m.Revision)
			}
		}
	}
}

// TestUnreadableMonth settles nothing that could not be read afterwards.
func TestUnreadableMonth(t *testing.T) {
	s := newShelf(t)
	slug := strings.Repeat("a", 201)
	o := datatest.Outage(slug, on(1, 20, 9))
	o.Ended = on(1, 20, 10)
	r := ledger.Records{Components: []data.Component{datatest.Component(slug)}, Outages: []data.Outage{o}}
	s.update(func(tx data.Tx) error {
		_, err := s.book.Settle(tx, r, "2026-01", "statusd", on(2, 15, 0))
		if err == nil || !strings.Contains(err.Error(), "2026-01 is not written down") || !strings.Contains(err.Error(), "outages[0].component") {
			t.Errorf("it says %v", err)
		}
		all, err := data.All(tx.Months().Range("", ""))
		if len(all) != 0 {
			t.Errorf("settled %+v", all)
		}
		return err
	})
}
