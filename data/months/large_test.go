//go:build !race

package months_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
)

// flicker is a month of marks of one component, half a minute apart.
func flicker(slug string) (out []data.Mark) {
	for at, level := on(1, 1, 0), data.Operational; at.Before(on(2, 1, 0)); at, level = at.Add(30*time.Second), data.Operational-level {
		out = append(out, datatest.Mark(slug, at, level))
	}
	return out
}

// TestLargeMonth reads back a month with more gaps than one would take from a file. One goroutine does it, which the race detector
// would watch for half a minute in vain.
func TestLargeMonth(t *testing.T) {
	s := newShelf(t)
	r := ledger.Records{Components: []data.Component{datatest.Component("a"), datatest.Component("b"), datatest.Component("c")}}
	for _, c := range r.Components {
		r.Marks = append(r.Marks, flicker(c.Slug)...)
	}
	s.update(func(tx data.Tx) error {
		m, err := s.book.Settle(tx, r, "2026-01", "statusd", on(2, 15, 0))
		if err == nil && len(m.Facts) <= ledger.MaxFacts {
			err = fmt.Errorf("%d bytes are not many", len(m.Facts))
		}
		return err
	})
	if r, m := s.report("2026-01", on(2, 16, 0)); m == nil || r.NoData || r.Unobserved == 0 {
		t.Errorf("%+v", r)
	}
	if n, err := s.verify(); n != 1 || err != nil {
		t.Errorf("%d in the chain: %v", n, err)
	}
}
