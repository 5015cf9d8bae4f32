package months_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// shelf is a store with one committed component since New Year, out for an hour on 20 January 2026.
type shelf struct {
	t     *testing.T
	store data.Store
	book  months.Book
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, store)
		store.Close()
	})
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{t, store, months.Book{Zone: oslo, ZoneName: "Europe/Oslo", Target: "0.998"}}
	s.update(func(tx data.Tx) error {
		if err := tx.Components().Put(datatest.Component("crm-read")); err != nil {
			return err
		}
		if err := tx.Marks().Put(datatest.Mark("crm-read", datatest.Start, data.Operational)); err != nil {
			return err
		}
		return tx.Outages().Put(s.outage())
	})
	return s
}

func on(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}

func (s *shelf) outage() data.Outage {
	o := datatest.Outage("crm-read", on(1, 20, 9))
	o.Ended = on(1, 20, 10)
	return o
}

func (s *shelf) update(fn func(data.Tx) error) {
	s.t.Helper()
	if err := s.store.Update(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) settle(now time.Time) (settled []string, next time.Time) {
	s.t.Helper()
	s.update(func(tx data.Tx) error {
		settled = nil
		due, at, err := s.book.Due(tx, now)
		if err != nil {
			return err
		}
		next = at
		for _, month := range due {
			r, err := months.Records(tx, now)
			if err != nil {
				return err
			}
			if _, err := s.book.Settle(tx, r, month, "statusd", now); err != nil {
				return err
			}
			settled = append(settled, month)
		}
		return nil
	})
	return settled, next
}

// correct puts one correction of the outage and makes the revisions.
func (s *shelf) correct(ch data.OutageChange, now time.Time) (revised []data.Month) {
	s.t.Helper()
	s.update(func(tx data.Tx) error {
		o, err := tx.Outages().Get(s.outage().Key())
		if err != nil {
			return err
		}
		if o, err = o.Correct(ch, "operator:it", now); err != nil {
			return err
		}
		if err := tx.Outages().Put(o); err != nil {
			return err
		}
		revised, err = s.book.Revise(tx, o.Started, "operator:it", ch.Why, now)
		return err
	})
	return revised
}

func (s *shelf) report(month string, now time.Time) (r ledger.Report, settled *data.Month) {
	s.t.Helper()
	s.update(func(tx data.Tx) error {
		st, err := s.book.Statement(tx, month, now)
		if err != nil {
			return err
		}
		settled = st.Settled
		r, err = st.Facts.Report(ledger.Selection{})
		return err
	})
	return r, settled
}

func (s *shelf) verify() (n int, err error) {
	s.t.Helper()
	s.update(func(tx data.Tx) error {
		n, err = months.Verify(tx)
		return nil
	})
	return n, err
}

// TestSettling lets months come due: each once, ten days after its end on the clock of its zone, and after a long sleep all
// of them, in order.
func TestSettling(t *testing.T) {
	s := newShelf(t)
	if due, next := s.settle(on(1, 31, 0)); len(due) != 0 || !next.Equal(time.Date(2026, 2, 10, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("in January %v is settled, next at %v", due, next)
	}
	if due, _ := s.settle(time.Date(2026, 2, 10, 22, 59, 59, 0, time.UTC)); len(due) != 0 {
		t.Errorf("a second early %v is settled", due)
	}
	if due, _ := s.settle(time.Date(2026, 2, 10, 23, 0, 0, 0, time.UTC)); strings.Join(due, " ") != "2026-01" {
		t.Errorf("then %v", due)
	}
	if due, next := s.settle(on(5, 20, 0)); strings.Join(due, " ") != "2026-02 2026-03 2026-04" || next.Month() != 6 {
		t.Errorf("after a long sleep %v, next at %v", due, next)
	}
	if due, _ := s.settle(on(5, 20, 0)); len(due) != 0 {
		t.Errorf("twice: %v", due)
	}
	if n, err := s.verify(); n != 4 || err != nil {
		t.Errorf("%d in the chain: %v", n, err)
	}
}

// TestSettledStays changes everything a figure could come from after its month was settled: configuration, target, records.
func TestSettledStays(t *testing.T) {
	s := newShelf(t)
	s.settle(on(2, 20, 0))
	before, settled := s.report("2026-01", on(2, 20, 0))
	if settled == nil || before.Contract.Downtime != 3600 {
		t.Fatalf("%+v, settled %v", before, settled)
	}
	s.update(func(tx data.Tx) error {
		c := datatest.Component("crm-read")
		c.Commitment = data.Informative
		if err := tx.Components().Put(c); err != nil {
			return err
		}
		return tx.Outages().Delete(s.outage().Key())
	})
	s.book.Target = "0.5"
	after, _ := s.report("2026-01", on(3, 1, 0))
	if a, b := shown(t, before), shown(t, after); a != b {
		t.Errorf("it was %s and is %s", a, b)
	}
	if running, settled := s.report("2026-02", on(2, 20, 0)); settled != nil || !running.SoFar {
		t.Errorf("the running month: %+v", running)
	}
}

func shown(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRevision corrects an outage of a settled month: the first stays as it was, the second says who changed what and why.
func TestRevision(t *testing.T) {
	s := newShelf(t)
	s.settle(on(3, 20, 0))
	ended := on(1, 20, 12)
	revised := s.correct(data.OutageChange{Ended: &ended, Why: "the log shows two hours more"}, on(4, 1, 0))
	if len(revised) != 1 || revised[0].Month != "2026-01" || revised[0].Revision != 2 || revised[0].Why != "the log shows two hours more" {
		t.Fatalf("revised %+v", revised)
	}
	if now, settled := s.report("2026-01", on(4, 1, 0)); now.Contract.Downtime != 3*3600 || settled.Revision != 2 {
		t.Errorf("%+v of revision %d", now.Contract, settled.Revision)
	}
	if len(revised[0].Outages) != 1 || revised[0].Outages[0].Corrections[0].Author != "operator:it" {
		t.Errorf("the revision does not say who: %+v", revised[0].Outages)
	}
	s.update(func(tx data.Tx) error {
		all, err := months.Revisions(tx, "2026-01")
		if err != nil || len(all) != 2 {
			t.Errorf("%d revisions: %v", len(all), err)
		}
		facts, err := months.Facts(all[0])
		if err != nil {
			return err
		}
		if r, _ := facts.Report(ledger.Selection{}); r.Contract.Downtime != 3600 {
			t.Errorf("the first revision counts %d s now", r.Contract.Downtime)
		}
		return nil
	})
	if revised := s.correct(data.OutageChange{Cause: data.ByCustomer, Why: "their own line"}, on(4, 2, 0)); len(revised) != 1 {
		t.Errorf("revised %+v", revised)
	}
	if revised := s.correct(data.OutageChange{Void: true, Why: "a test"}, on(4, 3, 0)); len(revised) != 1 || len(revised[0].Outages) != 1 {
		t.Errorf("revised %+v", revised)
	}
	if n, err := s.verify(); n != 5 || err != nil {
		t.Errorf("%d in the chain: %v", n, err)
	}
}

// TestNoRevision has changes that no settled month is concerned by.
func TestNoRevision(t *testing.T) {
	s := newShelf(t)
	s.update(func(tx data.Tx) error { // one that begins in February and goes on beyond its settling
		return tx.Outages().Put(datatest.Outage("crm-read", on(2, 27, 0)))
	})
	s.settle(on(3, 20, 0))
	s.update(func(tx data.Tx) error {
		o, err := tx.Outages().Get(datatest.Outage("crm-read", on(2, 27, 0)).Key())
		if err != nil {
			return err
		}
		o.Ended = on(3, 22, 0)
		if err := tx.Outages().Put(o); err != nil {
			return err
		}
		revised, err := s.book.Revise(tx, o.Started, "probe", "it ended", on(3, 22, 0))
		if len(revised) != 0 {
			t.Errorf("February is revised though nothing in it changed: %+v", revised)
		}
		return err
	})
	s.update(func(tx data.Tx) error { // a component that counts only from now on
		c := datatest.Component("documents")
		if err := tx.Components().Put(c); err != nil {
			return err
		}
		revised, err := s.book.Revise(tx, on(1, 1, 0), "it", "configuration", on(3, 23, 0))
		if len(revised) != 0 {
			t.Errorf("a component that did not count then restates %+v", revised)
		}
		return err
	})
}

// TestTampering changes one thing of each kind in the chain and must be told of it.
func TestTampering(t *testing.T) {
	for name, tamper := range map[string]func(data.Tx, data.Month) error{
		"facts": func(tx data.Tx, m data.Month) error {
			m.Facts = json.RawMessage(strings.Replace(string(m.Facts), `"0.998"`, `"0.997"`, 1))
			return tx.Months().Put(m)
		},
		"facts and hash": func(tx data.Tx, m data.Month) error {
			m.Facts = json.RawMessage(strings.Replace(string(m.Facts), `"0.998"`, `"0.997"`, 1))
			m.Hash = m.Sum()
			return tx.Months().Put(m)
		},
		"author": func(tx data.Tx, m data.Month) error { m.By = "somebody"; return tx.Months().Put(m) },
		"gone":   func(tx data.Tx, m data.Month) error { return tx.Months().Delete(m.Key()) },
	} {
		for _, month := range []string{"2026-01", "2026-02", "2026-03"} {
			if name == "facts and hash" && month == "2026-03" {
				continue // the newest has nobody after it; its hash is in the log and in the exported report
			}
			s := newShelf(t)
			s.settle(on(4, 20, 0))
			s.update(func(tx data.Tx) error {
				m, err := data.LatestMonth(tx, month)
				if err != nil {
					return err
				}
				return tamper(tx, m)
			})
			if _, err := s.verify(); err == nil {
				t.Errorf("%s of %s was tampered with and nobody noticed", name, month)
			}
		}
	}
}

func TestSettleTooEarly(t *testing.T) {
	s := newShelf(t)
	s.update(func(tx data.Tx) error {
		_, err := s.book.Settle(tx, ledger.Records{}, "2026-01", "it", on(1, 31, 22))
		if e, ok := err.(*data.Error); !ok || e.Field != "month" {
			t.Errorf("a running month: %v", err)
		}
		return nil
	})
}
