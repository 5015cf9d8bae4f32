package api

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/page"
)

// TestActsOnThePastRestate settles February, and then says something of it by everything that can speak of the past: each makes
// a revision that says who and why, and what is said of March makes none.
func TestActsOnThePastRestate(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	a := &API{Store: store, Log: slog.New(slog.DiscardHandler), Settings: page.Settings{Zone: zone, ZoneName: "Europe/Oslo", Target: "0.998"}}
	err = store.Update(t.Context(), func(tx data.Tx) error {
		for _, err := range []error{
			tx.Components().Put(datatest.Component("login")), tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
		} {
			if err != nil {
				return err
			}
		}
		for _, month := range []string{"2026-01", "2026-02"} {
			r, err := months.Records(tx, now)
			if err != nil {
				return err
			}
			if _, err := a.Settings.Book().Settle(tx, r, month, "statusd", now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(op, id string, in any) map[string]any {
		t.Helper()
		now = now.Add(time.Minute)
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		_, answer, err := a.Do(t.Context(), op, Call{By: data.Actor{Name: "operator:it", Role: data.Admin, Address: Local}, ID: id, Body: body, now: now})
		if err != nil {
			t.Fatalf("%s: %v", op, err)
		}
		var v map[string]any
		if err := json.Unmarshal(answer, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	newest := func(revision int, why string, downtime int64) {
		t.Helper()
		err := store.View(t.Context(), func(tx data.Tx) error {
			s, err := months.Settled(tx, "2026-02")
			if err != nil {
				return err
			}
			r, err := s.Facts.Report(ledger.Selection{})
			if s.Settled.Revision != revision || revision > 1 && (s.Settled.Why != why || s.Settled.By != "operator:it") || r.Contract.Downtime != downtime {
				t.Errorf("February is revision %d by %s (%s) with %d s, want %d (%s) with %d", s.Settled.Revision, s.Settled.By, s.Settled.Why, r.Contract.Downtime, revision, why, downtime)
			}
			_, verr := months.Verify(tx)
			if verr != nil {
				t.Error(verr)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	newest(1, "", 0)
	march := do("incident.open", "", map[string]any{"title": "x", "components": map[string]string{"login": "major_outage"}})
	do("incident.resolve", march["id"].(string), map[string]any{})
	newest(1, "", 0)
	i := do("incident.open", "", map[string]any{"title": "y", "components": map[string]string{"login": "major_outage"}, "started": "2026-02-28T20:00:00Z"})
	// Aware only now: nothing counts for the contract, but the facts are others.
	newest(2, "incident.open", 0)
	do("incident.resolve", i["id"].(string), map[string]any{})
	newest(2, "incident.open", 0) // when it ended in March is nothing to February
	do("maintenance.open", "", map[string]any{
		"category": "emergency", "start": "2026-02-28T20:00:00Z", "end": "2026-02-28T21:00:00Z", "reason": "it was a patch", "afterwards": true,
	})
	newest(3, "it was a patch", 0)
	datatest.Invariants(t, store)
}
