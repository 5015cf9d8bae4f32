package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/page"
)

// standIns opens stand-ins on free ports.
func standIns(t *testing.T) *StandIns {
	t.Helper()
	in, err := Open(Options{Dir: t.TempDir(), Product: "127.0.0.1:0", Mail: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.Close)
	return in
}

func demoConfig(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := standIns(t).Config()
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// filled is a store with the past in it.
func filled(t *testing.T, cfg *config.Config, p Past) data.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "statusd.db")
	if fresh, err := Prepare(t.Context(), path, cfg, p); err != nil || !fresh {
		t.Fatalf("Prepare: fresh %v, %v; want a fresh past", fresh, err)
	}
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, store)
		store.Close()
	})
	return store
}

func read(t *testing.T, s data.Store, cfg *config.Config, now time.Time) *page.State {
	t.Helper()
	var state *page.State
	err := s.View(t.Context(), func(tx data.Tx) (err error) {
		state, err = page.Read(tx, page.Settings{
			Name: cfg.Page.Name, ZoneName: cfg.Page.Zone.String(), Zone: cfg.Page.Zone, Target: cfg.Page.Target, Langs: cfg.Page.Languages, Demo: true,
		}, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestMonths checks the figures of the two months before the running one, to the second. Contract and strict are the same
// whenever the past is written; what was observed counts the restarts inside system windows, too, which hang on the date.
func TestMonths(t *testing.T) {
	cfg := demoConfig(t)
	type sums struct{ contract, strict, observed, unobserved int64 }
	for _, c := range []struct {
		now          string
		before, last sums
	}{
		{"2026-11-21T12:34:56Z", sums{7440, 7440, 7560 + 2*720, 0}, sums{4500, 5340, 6060 + 2*720, 3600}},
		{"2027-03-01T00:10:00+01:00", sums{7440, 7440, 7560 + 3*720, 0}, sums{4500, 5340, 6060 + 1*720, 3600}}, // one of February's was cancelled
		{"2026-04-30T23:59:59+02:00", sums{7440, 7440, 7560 + 2*720, 0}, sums{4500, 5340, 6060 + 2*720, 3600}}, // March is an hour short
		{"2026-10-25T02:30:00+01:00", sums{7440, 7440, 7560 + 2*720, 0}, sums{4500, 5340, 6060 + 2*720, 3600}}, // the hour that comes twice
	} {
		t.Run(c.now, func(t *testing.T) {
			t.Parallel()
			now := instant(t, c.now)
			state := read(t, filled(t, cfg, Past{Now: now}), cfg, now)
			n := len(state.Months)
			if n < 3 {
				t.Fatalf("%d months are known, want at least 3", n)
			}
			for i, want := range []sums{c.before, c.last} {
				m := state.Months[n-3+i]
				got := sums{m.Contract.Downtime, m.Strict.Downtime, m.Observed.Downtime, m.Unobserved}
				if got != want || !m.Known {
					t.Errorf("%s (known: %v) comes to %+v, want %+v", m.Month, m.Known, got, want)
				}
			}
			if m := state.Months[n-3]; m.Contract.Met {
				t.Errorf("%s meets the target with %s %%, and should not", m.Month, m.Contract.Uptime)
			}
			if m := state.Months[n-2]; !m.Contract.Met || m.Allowance-m.Contract.Downtime > 900 {
				t.Errorf("%s: met %v with %d s left, want a little", m.Month, m.Contract.Met, m.Allowance-m.Contract.Downtime)
			}
			if m := state.Months[n-1]; m.Contract.Downtime != 0 || m.Unobserved != 0 || !m.SoFar {
				t.Errorf("the running month has %d s of downtime and %d s unobserved, want none", m.Contract.Downtime, m.Unobserved)
			}
		})
	}
}

// TestAnyDay writes the past on many days: it fits into every calendar, and the present is always calm.
func TestAnyDay(t *testing.T) {
	cfg := demoConfig(t)
	days := 20
	if testing.Short() {
		days = 4
	}
	for i := range days {
		now := time.Date(2026, 6, 1, 0, 0, 7, 0, time.UTC).Add(time.Duration(i) * (37*24*time.Hour + 11*time.Hour + 13*time.Minute))
		t.Run(now.Format(time.RFC3339), func(t *testing.T) {
			t.Parallel()
			state := read(t, filled(t, cfg, Past{Now: now}), cfg, now)
			n := len(state.Months)
			if a, b := state.Months[n-3], state.Months[n-2]; a.Contract.Downtime != 7440 || b.Contract.Downtime != 4500 {
				t.Errorf("%s and %s come to %d and %d s, want 7440 and 4500", a.Month, b.Month, a.Contract.Downtime, b.Contract.Downtime)
			}
			for _, c := range state.Components {
				if c.Probed && c.Now.Level != data.Operational {
					t.Errorf("%s is %s, want operational", c.Slug, c.Now.Level)
				}
			}
			if open := state.OpenIncidents(); len(open) > 0 {
				t.Errorf("%q is open, want calm", open[0].Title)
			}
			if newest := state.Incidents[0]; now.Sub(newest.ResolvedAt).Truncate(time.Minute) != 3*time.Hour {
				t.Errorf("the newest incident %q was resolved %s ago, want 3 h", newest.Title, now.Sub(newest.ResolvedAt))
			}
		})
	}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// TestStory checks what the past is to hold, and that all of it was told in time but what should not have been.
func TestStory(t *testing.T) {
	cfg := demoConfig(t)
	store := filled(t, cfg, Past{Now: noon})
	state := read(t, store, cfg, noon)
	if len(state.Incidents) != 6 || !slices.ContainsFunc(state.Incidents, func(i data.Incident) bool { return i.Phase == data.Postmortem }) {
		t.Errorf("there are %d incidents, want 6, one with a postmortem", len(state.Incidents))
	}
	phases := map[data.Phase]int{}
	short, ahead := 0, 0
	for _, o := range state.Occurrences {
		if o.Standing {
			continue
		}
		phases[o.Phase]++
		switch {
		case o.Category == data.Critical:
			ahead++
			if left := o.Deadline().Sub(noon); left != 2*time.Hour || o.Short != "" || !o.Announced.IsZero() {
				t.Errorf("the critical fix: deadline in %s, short %q, announced %s; want 2 h, in time, not yet", left, o.Short, o.Announced)
			}
		case o.Short != "":
			short++
			if o.Announced.IsZero() || !o.Announced.After(o.Deadline()) {
				t.Errorf("%s was announced at %s, want after its deadline %s", o.Key(), o.Announced, o.Deadline())
			}
		case o.Phase == data.Completed && (o.Announced.IsZero() || o.Announced.After(o.Deadline())):
			t.Errorf("%s was announced at %s, want by %s", o.Key(), o.Announced, o.Deadline())
		}
	}
	if short != 1 || ahead != 1 || phases[data.Cancelled] != 1 || phases[data.Completed] < 15 {
		t.Errorf("%d with short notice, %d to come, by phase %v; want 1, 1, one cancelled, most completed", short, ahead, phases)
	}
	err := store.View(t.Context(), func(tx data.Tx) error {
		for b, err := range tx.Bulletins().Range("", "") {
			if err != nil {
				return err
			}
			due := !b.Moment.After(noon) && !b.Void && b.Until.After(noon)
			if critical := b.Subject == "ad-hoc|2026-11-22|all|demo-critical"; due && b.Fanned == critical {
				t.Errorf("%s: mailed %v; only the critical fix is left to be told", b.Key(), b.Fanned)
			}
		}
		if n, err := data.VerifyAudit(tx); err != nil || n != 29 {
			t.Errorf("the audit log has %d entries (%v), want 29: 25 of incidents, 3 of windows, 1 of an outage", n, err)
		}
		for _, p := range sides(cfg.Probes) {
			b, err := tx.Blocks().Get(data.KeyOfBlock(p.Name, "local", data.BlockDay(noon)))
			if err != nil {
				return fmt.Errorf("the samples of %s: %w", p.Name, err)
			}
			if samples, err := b.Samples(); err != nil || !samples[len(samples)-1].At.Equal(noon) {
				t.Errorf("the samples of %s do not reach up to now (%v)", p.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSettled: the months that are due are settled, the month before last has a revision that says why, and the chain holds.
func TestSettled(t *testing.T) {
	cfg := demoConfig(t)
	for now, october := range map[string]bool{"2026-11-21T12:00:00Z": true, "2026-11-03T12:00:00Z": false} { // it is settled on the 11th
		err := filled(t, cfg, Past{Now: instant(t, now)}).View(t.Context(), func(tx data.Tx) error {
			if _, err := months.Verify(tx); err != nil {
				t.Errorf("%s: %v", now, err)
			}
			if _, err := months.Settled(tx, "2026-10"); (err == nil) != october {
				t.Errorf("%s: October is settled: %v, want %t", now, err, october)
			}
			all, err := months.Revisions(tx, "2026-09")
			if err != nil {
				return err
			}
			if len(all) != 2 || all[0].Why != "" || all[1].Why == "" || all[1].By != hand || !all[1].At.After(all[0].At) {
				t.Errorf("%s: the revisions of September: %+v", now, all)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestLookedAt: every day of 90 is sampled, the newest runs are kept whole, and the second place looked at what it may.
func TestLookedAt(t *testing.T) {
	cfg := demoConfig(t)
	err := filled(t, cfg, Past{Now: noon}).View(t.Context(), func(tx data.Tx) error {
		for _, p := range sides(cfg.Probes) {
			for back := range page.DaysShown {
				if _, err := tx.Blocks().Get(data.KeyOfBlock(p.Name, data.Here, data.BlockDay(noon.AddDate(0, 0, -back)))); err != nil {
					return fmt.Errorf("the samples of %s, %d days ago: %w", p.Name, back, err)
				}
			}
			r, err := tx.Recents().Get(data.KeyOfRecent(p.Name, data.Here))
			if err != nil || len(r.Runs) != data.RecentRuns || !r.Runs[data.RecentRuns-1].At.Equal(noon) || r.Runs[0].Phases == (data.Phases{}) && len(r.Runs[0].Steps) == 0 {
				t.Errorf("the newest runs of %s: %+v (%v)", p.Name, r, err)
			}
			_, err = tx.Recents().Get(data.KeyOfRecent(p.Name, Elsewhere))
			if both := len(p.Places) == 0; both != (err == nil) {
				t.Errorf("%s is run from %v; its runs in %s: %v", p.Name, p.Places, Elsewhere, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSamplesAgree compares the samples with the marks: they tell of the same slow hour.
func TestSamplesAgree(t *testing.T) {
	cfg := demoConfig(t)
	store := filled(t, cfg, Past{Now: noon})
	err := store.View(t.Context(), func(tx data.Tx) error {
		marks, err := data.All(tx.Marks().Range(data.MarksOf("crm-sales", data.FromProbe)))
		if err != nil {
			return err
		}
		b, err := tx.Blocks().Get(data.KeyOfBlock("crm-sales", "local", data.BlockDay(noon)))
		if err != nil {
			return err
		}
		samples, err := b.Samples()
		if err != nil {
			return err
		}
		slow := 0
		for _, s := range samples {
			if want := data.Merge(marks, s.At).Level; s.Level != want {
				t.Fatalf("at %s the sample says %s, the marks %s", s.At, s.Level, want)
			}
			if s.Level == data.Degraded {
				slow++
			}
		}
		if slow != 150 {
			t.Errorf("%d samples were slow, want 150", slow)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// everything is a store's records as text, for comparing.
func everything(t *testing.T, s data.Store) string {
	t.Helper()
	var out []any
	err := s.View(t.Context(), func(tx data.Tx) error {
		add := func(v any, err error) error { out = append(out, v); return err }
		list := []error{}
		keep := func(v any, err error) { list = append(list, add(v, err)) }
		incidents, err := data.All(tx.Incidents().Range("", ""))
		keep(incidents, err)
		occurrences, err := data.All(tx.Occurrences().Range("", ""))
		keep(occurrences, err)
		marks, err := data.All(tx.Marks().Range("", ""))
		keep(marks, err)
		outages, err := data.All(tx.Outages().Range("", ""))
		keep(outages, err)
		blocks, err := data.All(tx.Blocks().Range("", ""))
		keep(blocks, err)
		bulletins, err := data.All(tx.Bulletins().Range("", ""))
		keep(bulletins, err)
		proofs, err := data.All(tx.Proofs().Range("", ""))
		keep(proofs, err)
		notices, err := data.All(tx.Notices().Range("", ""))
		keep(notices, err)
		audit, err := data.All(tx.Audit().Range("", ""))
		keep(audit, err)
		return errors.Join(list...)
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSameEachTime(t *testing.T) {
	cfg := demoConfig(t)
	if a, b := everything(t, filled(t, cfg, Past{Now: noon})), everything(t, filled(t, cfg, Past{Now: noon})); a != b {
		t.Error("two pasts of the same instant differ")
	}
}

// TestKept checks that a second start leaves what is there.
func TestKept(t *testing.T) {
	cfg, path := demoConfig(t), filepath.Join(t.TempDir(), "statusd.db")
	for i, want := range []bool{true, false} {
		if fresh, err := Prepare(t.Context(), path, cfg, Past{Now: noon.AddDate(0, 0, i)}); err != nil || fresh != want {
			t.Errorf("start %d: fresh %v, %v; want %v", i+1, fresh, err, want)
		}
	}
}

// TestAnotherPage checks that the past is not written into somebody's real data.
func TestAnotherPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statusd.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	real, err := config.Default(config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(real.Apply(context.Background(), store, noon), store.Close()); err != nil {
		t.Fatal(err)
	}
	var conflict *data.Error
	if _, err := Prepare(t.Context(), path, demoConfig(t), Past{Now: noon}); !errors.As(err, &conflict) || conflict.Kind != data.KindConflict {
		t.Errorf("Prepare of another page's data: %v, want a conflict", err)
	}
}

func TestQuiet(t *testing.T) {
	cfg := demoConfig(t)
	store := filled(t, cfg, Past{Now: noon, Quiet: true})
	state := read(t, store, cfg, noon)
	if len(state.Incidents) > 0 || state.Headline != page.AllOK {
		t.Errorf("a quiet past has %d incidents and the headline %s, want none and all well", len(state.Incidents), state.Headline)
	}
	for _, m := range state.Months[len(state.Months)-3:] {
		if m.Observed.Downtime != 0 || m.Unobserved != 0 {
			t.Errorf("%s: %d s of downtime, %d s unobserved; want none", m.Month, m.Observed.Downtime, m.Unobserved)
		}
	}
	for _, c := range state.Components {
		for _, d := range c.Days {
			if c.Probed && d.State != ledger.DayOperational && d.State != ledger.DayMaintenance {
				t.Errorf("%s on %s: %s, want a good day", c.Slug, d.Date, d.State)
			}
		}
	}
}
