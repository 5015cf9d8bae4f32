package api

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

func TestUndeclared(t *testing.T) {
	t.Parallel()
	begin := datatest.Start
	login := datatest.Component("login")
	inside, info, gone := login, login, login
	inside.Audience, info.Commitment, gone.Retired = data.ForOperators, "info", true

	outage := datatest.Outage("login", begin)
	pilots := outage
	pilots.Cohort = "pilot"
	excused := outage
	excused.Corrections = []data.Correction{{At: begin, Author: "socket:root", Why: "their proxy", Cause: data.ByCustomer}}
	judged := outage
	judged.Corrections = []data.Correction{{At: begin, Author: "socket:root", Why: "seen"}}

	told := datatest.Incident("abcdefghijk1", begin)
	draft, other, forPilots, over := told, told, told, told
	draft.Hidden = true
	other.Affected = []data.Affected{{Component: "crm-read", Level: data.MajorOutage}}
	forPilots.Affected = []data.Affected{{Component: "login", Cohort: "pilot", Level: data.MajorOutage}}
	over.Phase = data.Resolved

	window := datatest.Occurrence("system", begin.Add(-5*time.Hour)) // ends an hour after the outage began
	window.Phase = data.InProgress
	done := window
	done.Phase, done.Ended = data.Completed, begin.Add(10*time.Minute)
	verifying := window
	verifying.Phase = data.Verifying
	cancelled := window
	cancelled.Phase = data.Cancelled
	elsewhere := window
	elsewhere.Components = []string{"crm-read"}
	here := window
	here.Components = []string{"login"}
	ofPilots := window
	ofPilots.Cohort = "pilot"

	for _, tt := range []struct {
		name      string
		outages   []data.Outage
		component data.Component
		open      []data.Incident
		windows   []data.Occurrence
		after     time.Duration
		want      string
		next      time.Duration // after the beginning; 0 means never
	}{
		{"just begun", []data.Outage{outage}, login, nil, nil, 2 * time.Minute, "", 3 * time.Minute},
		{"three minutes", []data.Outage{outage}, login, nil, nil, 3 * time.Minute, "login|all", 0},
		{"two probes and a cohort", []data.Outage{outage, outage, pilots}, login, nil, nil, time.Hour, "login|all login|pilot", 0},
		{"of no promise", []data.Outage{outage}, info, nil, nil, time.Hour, "", 0},
		{"not public", []data.Outage{outage}, inside, nil, nil, time.Hour, "", 0},
		{"retired", []data.Outage{outage}, gone, nil, nil, time.Hour, "", 0},
		{"of nothing that is known", []data.Outage{outage}, datatest.Component("x"), nil, nil, time.Hour, "", 0},
		{"attributed", []data.Outage{excused}, login, nil, nil, time.Hour, "", 0},
		{"looked at, and ours", []data.Outage{judged}, login, nil, nil, time.Hour, "login|all", 0},
		{"told", []data.Outage{outage, pilots}, login, []data.Incident{told}, nil, time.Hour, "", 0},
		{"drafted", []data.Outage{outage}, login, []data.Incident{draft}, nil, time.Hour, "login|all", 0},
		{"told to be over", []data.Outage{outage}, login, []data.Incident{over}, nil, time.Hour, "login|all", 0},
		{"told of something else", []data.Outage{outage}, login, []data.Incident{other}, nil, time.Hour, "login|all", 0},
		{"told of pilots", []data.Outage{pilots, outage}, login, []data.Incident{forPilots}, nil, time.Hour, "", 0},
		{"in a window", []data.Outage{outage}, login, nil, []data.Occurrence{window}, 30 * time.Minute, "", time.Hour},
		{"in a window of its own", []data.Outage{outage}, login, nil, []data.Occurrence{here}, 30 * time.Minute, "", time.Hour},
		{"the window has just ended", []data.Outage{outage}, login, nil, []data.Occurrence{window}, time.Hour + 2*time.Minute, "", time.Hour + 3*time.Minute},
		{"the window has ended", []data.Outage{outage}, login, nil, []data.Occurrence{window}, time.Hour + 3*time.Minute, "login|all", 0},
		{"the window ended early", []data.Outage{outage}, login, nil, []data.Occurrence{done}, 14 * time.Minute, "login|all", 0},
		{"the window is being verified", []data.Outage{outage}, login, nil, []data.Occurrence{verifying}, 9 * time.Hour, "", 0},
		{"a cancelled window", []data.Outage{outage}, login, nil, []data.Occurrence{cancelled}, time.Hour, "login|all", 0},
		{"a window of something else", []data.Outage{outage}, login, nil, []data.Occurrence{elsewhere}, 30 * time.Minute, "login|all", 0},
		{"a window of pilots", []data.Outage{outage, pilots}, login, nil, []data.Occurrence{ofPilots}, 30 * time.Minute, "login|all", time.Hour},
	} {
		alarms, next := undeclared(tt.outages, []data.Component{tt.component}, tt.windows, tt.open, begin.Add(tt.after))
		var got []string
		for _, a := range alarms {
			got = append(got, a.Subject)
			if !strings.Contains(a.Detail, "fails since 2026-01-01 12:00 UTC, says probe front (connect)") {
				t.Errorf("%s: %s", tt.name, a.Detail)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		want := time.Time{}
		if tt.next > 0 {
			want = begin.Add(tt.next)
		}
		if !next.Equal(want) && tt.name != "the window is being verified" {
			t.Errorf("%s: next at %v, want %v", tt.name, next, want)
		}
	}
}

// TestWatch lets an outage go untold, an incident go silent and an audit log be changed, and each end.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		put := func(fn func(data.Tx) error) {
			t.Helper()
			if err := s.Update(context.Background(), fn); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		w := &Watch{Store: s, Log: slog.New(slog.DiscardHandler)}
		go func() { done <- w.Run(ctx) }()
		outage := datatest.Outage("login", time.Now().UTC())
		whole := data.AuditEntry{}
		for _, step := range []struct {
			do   func(data.Tx) error
			wait time.Duration
			want string
		}{
			{func(tx data.Tx) error {
				return errors.Join(tx.Components().Put(datatest.Component("login")), tx.Outages().Put(outage))
			}, 3*time.Minute - time.Second, ""},
			{nil, time.Second, "outage_undeclared"},
			{func(tx data.Tx) error { return data.PutIncident(tx, datatest.Incident("abcdefghijk1", time.Now())) }, 0, ""},
			{nil, 30*time.Minute - time.Second, ""},
			{nil, time.Second, "incident_silent"},
			{func(tx data.Tx) error {
				i, err := tx.Incidents().Get("abcdefghijk1")
				if err != nil {
					return err
				}
				i, err = i.Update(data.Report{Next: time.Now().Add(2 * time.Hour)}, "socket:root", time.Now())
				return errors.Join(err, data.PutIncident(tx, i))
			}, 2 * time.Hour, ""},
			{nil, 5 * time.Minute, "incident_silent"},
			{func(tx data.Tx) error {
				i, err := tx.Incidents().Get("abcdefghijk1")
				if err != nil {
					return err
				}
				i, err = i.Update(data.Report{Phase: data.Resolved}, "socket:root", time.Now())
				return errors.Join(err, data.PutIncident(tx, i))
			}, 0, "outage_undeclared"},
			{func(tx data.Tx) error {
				o := outage
				o.Ended = time.Now().UTC()
				return tx.Outages().Put(o)
			}, 0, ""},
			{func(tx data.Tx) error {
				for range 2 {
					if err := data.Audit(tx, data.AuditEntry{At: time.Now(), Actor: "socket:root", Action: "token.create", Outcome: data.Done}); err != nil {
						return err
					}
				}
				var err error
				if whole, err = tx.Audit().Get(data.AuditEntry{Seq: 1}.Key()); err != nil {
					return err
				}
				forged := whole
				forged.Actor = "socket:nobody"
				return tx.Audit().Put(forged)
			}, time.Hour, ""},
			{nil, 24 * time.Hour, "audit_broken"},
			{func(tx data.Tx) error { return tx.Audit().Put(whole) }, 24 * time.Hour, ""},
		} {
			if step.do != nil {
				put(step.do)
			}
			time.Sleep(step.wait)
			synctest.Wait()
			var got []string
			put(func(tx data.Tx) error {
				got = nil
				all, err := data.All(tx.Alarms().Range("", ""))
				for _, a := range all {
					if a.Stands() {
						got = append(got, string(a.Kind))
					}
				}
				return err
			})
			if strings.Join(got, " ") != step.want {
				t.Errorf("at %v: %q, want %q", time.Now(), got, step.want)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		datatest.Invariants(t, s)
	})
}
