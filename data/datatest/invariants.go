package datatest

import (
	"context"
	"testing"

	"github.com/superoffice/statusd/data"
)

// Invariants checks what must hold in any store at any time. Every test that opens a store ends with it.
func Invariants(t testing.TB, s data.Store) {
	t.Helper()
	err := s.View(context.Background(), func(tx data.Tx) error {
		if _, err := data.VerifyAudit(tx); err != nil {
			t.Errorf("audit: %v", err)
		}
		for o, err := range tx.Outages().Range("", "") {
			if err != nil {
				return err
			}
			c := o.Corrected()
			if !c.Ended.IsZero() && c.Ended.Before(c.Started) {
				t.Errorf("outage %s ends at %s, before it starts", o.Key(), c.Ended)
			}
		}
		for o, err := range tx.Occurrences().Range("", "") {
			if err != nil {
				return err
			}
			if err := o.Validate(); err != nil {
				t.Errorf("occurrence %s: %v", o.Key(), err)
			}
		}
		for i, err := range tx.Incidents().Range("", "") {
			if err != nil {
				return err
			}
			if len(i.Updates) == 0 {
				t.Errorf("incident %s has no update", i.ID)
			} else if last := i.Updates[len(i.Updates)-1]; !last.Internal && last.Phase != i.Phase {
				t.Errorf("incident %s is %s, its last update says %s", i.ID, i.Phase, last.Phase)
			}
			if i.Open() != i.ResolvedAt.IsZero() {
				t.Errorf("incident %s is %s and resolved at %v", i.ID, i.Phase, i.ResolvedAt)
			}
		}
		if err := incidentRefs(t, tx); err != nil {
			return err
		}
		for p, err := range tx.Proofs().Range("", "") {
			if err != nil {
				return err
			}
			if _, err := tx.Bulletins().Get(p.Bulletin); err != nil {
				t.Errorf("proof %s: %v", p.Key(), err)
			}
		}
		for n, err := range tx.Notices().Range("", "") {
			if err != nil {
				return err
			}
			if _, err := tx.Bulletins().Get(n.Bulletin); err != nil {
				t.Errorf("notice %s: %v", n.Key(), err)
			}
			if n.Next.IsZero() {
				continue
			}
			if _, err := tx.Dues().Get(data.Due{At: n.Next, Notice: n.Key()}.Key()); err != nil {
				t.Errorf("notice %s is due at %s without an entry: %v", n.Key(), n.Next, err)
			}
		}
		for d, err := range tx.Dues().Range("", "") {
			if err != nil {
				return err
			}
			if n, err := tx.Notices().Get(d.Notice); err != nil || !n.Next.Equal(d.At) {
				t.Errorf("due entry %s stands for a notice due at %v (%v)", d.Key(), n.Next, err)
			}
		}
		for b, err := range tx.Blocks().Range("", "") {
			if err != nil {
				return err
			}
			if _, err := b.Samples(); err != nil {
				t.Errorf("block: %v", err)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("invariants: %v", err)
	}
}

// incidentRefs checks that every incident is found by its time, every open one in the list of those, and nothing else is.
func incidentRefs(t testing.TB, tx data.Tx) error {
	t.Helper()
	want := 0
	for i, err := range tx.Incidents().Range("", "") {
		if err != nil {
			return err
		}
		ref := data.IncidentRef{Created: i.Created, Incident: i.ID}
		got, err := tx.IncidentRefs().Get(ref.Key())
		if err != nil || got.Version != i.Version {
			t.Errorf("incident %s version %d has the way %+v: %v", i.ID, i.Version, got, err)
		}
		want++
		ref.Open = true
		if _, err := tx.IncidentRefs().Get(ref.Key()); (err == nil) != i.Open() {
			t.Errorf("incident %s is %s; its place among the open ones: %v", i.ID, i.Phase, err)
		}
		if i.Open() {
			want++
		}
	}
	all, err := data.All(tx.IncidentRefs().Range("", ""))
	if len(all) != want {
		t.Errorf("%d ways lead to incidents, want %d", len(all), want)
	}
	return err
}
