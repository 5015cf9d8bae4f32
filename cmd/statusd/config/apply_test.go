package config

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

var day = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// keeper is a store and what a test asks of it.
type keeper struct {
	t     testing.TB
	store data.Store
}

func keep(t testing.TB) keeper {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return keeper{t, s}
}

// apply reads src and applies it; it returns the revision afterwards.
func (k keeper) apply(src string, now time.Time) data.Revision {
	k.t.Helper()
	c, err := Parse("x.yaml", []byte(src), options())
	if err != nil {
		k.t.Fatal(err)
	}
	if err := c.Apply(context.Background(), k.store, now); err != nil {
		k.t.Fatalf("Apply: %v", err)
	}
	return k.revision()
}

func (k keeper) revision() data.Revision {
	k.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return <-k.store.Watch(ctx)
}

func (k keeper) view(fn func(data.Tx) error) {
	k.t.Helper()
	if err := k.store.View(context.Background(), fn); err != nil {
		k.t.Fatal(err)
	}
}

// plans shows the versions of a plan: when each begins, its start, and "retired".
func (k keeper) plans(slug string) string {
	k.t.Helper()
	var out []string
	k.view(func(tx data.Tx) error {
		out = nil
		for m, err := range tx.Maintenances().Range(data.MaintenanceKey(slug+"|"), data.MaintenanceKey(slug+"}")) {
			if err != nil {
				return err
			}
			s := "always"
			if !m.ValidFrom.IsZero() {
				s = m.ValidFrom.Format("2006-01-02T15:04:05")
			}
			s += " " + m.Recurrence.Start
			if m.Retired {
				s += " retired"
			}
			out = append(out, s)
		}
		return nil
	})
	return strings.Join(out, ", ")
}

func planned(start, more string) string {
	return "maintenance:\n  - {id: p, category: system, rule: FREQ=DAILY, anchor: 2026-01-01, start: \"" + start + "\", length: 1h" + more + "}\n"
}

func TestApplyTwiceWritesOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*Config{"default": defaults(t), "full": load(t, "testdata/good/full.yaml")} {
		k := keep(t)
		var first data.Revision
		for i := range 4 {
			if err := c.Apply(context.Background(), k.store, day.AddDate(0, 0, i*100).Add(time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			switch r := k.revision(); {
			case i == 0:
				first = r
			case r != first:
				t.Errorf("%s: applied again, revision %d became %d", name, first, r)
			}
		}
	}
}

func TestApplyWritesTheNouns(t *testing.T) {
	t.Parallel()
	k := keep(t)
	c := load(t, "testdata/good/full.yaml")
	if err := c.Apply(context.Background(), k.store, day.Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	k.view(func(tx data.Tx) error {
		id, err := tx.Settings().Get(data.SettingPageID)
		if err != nil || id.Value != "abc123def456" {
			t.Errorf("page ID %v, %v", id, err)
		}
		api, err := tx.Components().Get("api")
		if err != nil || !api.Since.Equal(day) || api.Position != 2 {
			t.Errorf("api: %+v, %v", api, err)
		}
		for what, get := range map[string]func() error{
			"cohort":     func() error { _, err := tx.Cohorts().Get("others"); return err },
			"probe":      func() error { _, err := tx.Probes().Get("cert"); return err },
			"subscriber": func() error { _, err := tx.Subscribers().Get(subscriberID("it@example.com")); return err },
		} {
			if err := get(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		return nil
	})
}

func TestWhatIsGoneIsRetiredAndComesBack(t *testing.T) {
	t.Parallel()
	k := keep(t)
	both := `
components: [{id: a, name: A, commitment: yes}, {id: b, name: B, commitment: info}]
probes: [{name: pa, component: a, kind: tcp, target: "192.0.2.1:1"}, {name: pb, component: b, kind: tcp, target: "192.0.2.1:2"}]
cohorts: [{id: x, percent: 10}, {id: y, rest: true}]
contacts: [{address: a@example.com}, {address: b@example.com}]
maintenance: []
`
	one := `
components: [{id: a, name: A, commitment: yes}]
probes: [{name: pa, component: a, kind: tcp, target: "192.0.2.1:1"}]
cohorts: [{id: y, rest: true}]
contacts: [{address: a@example.com}]
maintenance: []
`
	k.apply(both, day)
	own := data.Subscriber{ID: "own", Channel: data.ByMail, Address: "own@example.com", Lang: "en", Confirmed: day}
	person := datatest.Maintenance("by-hand")
	if err := k.store.Update(context.Background(), func(tx data.Tx) error {
		if err := tx.Maintenances().Put(person); err != nil {
			return err
		}
		return tx.Subscribers().Put(own)
	}); err != nil {
		t.Fatal(err)
	}
	retired := func(want bool, since time.Time) {
		t.Helper()
		k.view(func(tx data.Tx) error {
			b, err1 := tx.Components().Get("b")
			p, err2 := tx.Probes().Get("pb")
			x, err3 := tx.Cohorts().Get("x")
			s, err4 := tx.Subscribers().Get(subscriberID("b@example.com"))
			if err := errors.Join(err1, err2, err3, err4); err != nil {
				t.Fatal(err)
			}
			if b.Retired != want || p.Retired != want || x.Retired != want || s.Retired != want {
				t.Errorf("retired: %t %t %t %t, want %t", b.Retired, p.Retired, x.Retired, s.Retired, want)
			}
			if at := day.AddDate(0, 0, 1); want != b.RetiredAt.Equal(at) || !want && !b.RetiredAt.IsZero() {
				t.Errorf("b is retired since %s", b.RetiredAt)
			}
			if !b.Since.Equal(since) {
				t.Errorf("b is known since %s, want %s", b.Since, since)
			}
			a, err := tx.Components().Get("a")
			if err != nil || a.Retired {
				t.Errorf("a: %+v, %v", a, err)
			}
			if s, err := tx.Subscribers().Get("own"); err != nil || s.Retired {
				t.Errorf("somebody who subscribed: %+v, %v", s, err)
			}
			if m, err := tx.Maintenances().Get(person.Key()); err != nil || m.Retired {
				t.Errorf("a plan made by a person: %+v, %v", m, err)
			}
			return nil
		})
	}
	retired(false, day)
	k.apply(one, day.AddDate(0, 0, 1))
	retired(true, day)
	k.apply(one, day.AddDate(0, 0, 2)) // it stays retired since then
	retired(true, day)
	k.apply(both, day.AddDate(0, 0, 2))
	retired(false, day)
}

// TestPlacesAreAdmitted: the store knows the places of the newest configuration, and the same ones write nothing.
func TestPlacesAreAdmitted(t *testing.T) {
	t.Parallel()
	k := keep(t)
	none := k.apply("", day)
	for _, c := range []struct {
		src, want string
		same      bool
	}{
		{"places: []", "", true},
		{"places: [cork, bergen]", "bergen cork", false},
		{"places: [bergen, cork]", "bergen cork", true},
		{"places: [oslo]", "oslo", false},
		{"", "", false},
	} {
		revision := k.apply(c.src, day)
		if (revision == none) != c.same {
			t.Errorf("%q: revision %d after %d", c.src, revision, none)
		}
		none = revision
		err := k.store.View(t.Context(), func(tx data.Tx) error {
			got, err := data.AdmittedPlaces(tx)
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q admits %v, want %s", c.src, got, c.want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPageIDStays(t *testing.T) {
	t.Parallel()
	id := func(k keeper) (out string) {
		k.view(func(tx data.Tx) error {
			s, err := tx.Settings().Get(data.SettingPageID)
			out = s.Value
			return err
		})
		return out
	}
	k := keep(t)
	k.apply("", day)
	made := id(k)
	if !data.ValidID(made) {
		t.Fatalf("made %q", made)
	}
	k.apply("page: {id: "+made+"}", day)
	c, err := Parse("x.yaml", []byte("page: {id: zzzzzzzzzzzz}"), options())
	if err != nil {
		t.Fatal(err)
	}
	before := k.revision()
	err = c.Apply(context.Background(), k.store, day)
	var conflict *data.Error
	if !errors.As(err, &conflict) || conflict.Kind != data.KindConflict || !strings.Contains(err.Error(), "Leave page.id out, or set it to "+made) {
		t.Errorf("another ID: %v", err)
	}
	if id(k) != made || k.revision() != before {
		t.Error("a refused ID changed something")
	}

	k = keep(t)
	k.apply("page: {id: zzzzzzzzzzzz}", day)
	k.apply("", day)
	if got := id(k); got != "zzzzzzzzzzzz" {
		t.Errorf("the configured ID became %q", got)
	}
}

func TestVersionsOfAPlan(t *testing.T) {
	t.Parallel()
	type step struct {
		days float64 // since the first step
		src  string
		want string
	}
	for name, steps := range map[string][]step{
		"changed": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ""), "always 01:00, 2026-01-06T09:00:00 02:00"},
			{2, planned("02:00", ""), "always 01:00, 2026-01-06T09:00:00 02:00"},
			{3, "\n\n" + planned("02:00", ""), "always 01:00, 2026-01-06T09:00:00 02:00"}, // moved in the file
			{4, planned("01:00", ""), "always 01:00, 2026-01-06T09:00:00 02:00, 2026-01-09T09:00:00 01:00"},
		},
		"a new plan beside others": {
			{0, "", ""},
			{1, planned("01:00", ""), "2026-01-06T09:00:00 01:00"},
		},
		"from a date": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{2, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{60, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{61, planned("03:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00, 2026-03-07T09:00:00 03:00"},
		},
		"from a date, then taken back": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{2, planned("01:00", ""), "always 01:00, 2026-01-31T23:00:00 01:00"},
		},
		"from a date, then changed before": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{2, planned("03:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 03:00"},
		},
		"the date moves later": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{2, planned("02:00", ", valid_from: 2026-03-01"), "always 01:00, 2026-01-31T23:00:00 01:00, 2026-02-28T23:00:00 02:00"},
		},
		"the date moves earlier": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ", valid_from: 2026-03-01"), "always 01:00, 2026-02-28T23:00:00 02:00"},
			{2, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00, 2026-02-28T23:00:00 02:00"},
		},
		"retired and back": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ", valid_from: 2026-02-01"), "always 01:00, 2026-01-31T23:00:00 02:00"},
			{2, "maintenance: []", "always 01:00 retired, 2026-01-31T23:00:00 02:00 retired"},
			{3, planned("01:00", ""), "always 01:00 retired, 2026-01-08T09:00:00 01:00, 2026-01-31T23:00:00 01:00"},
		},
		"first from a date": {
			{0, planned("01:00", ", valid_from: 2026-02-01"), "2026-01-31T23:00:00 01:00"},
			{1, planned("01:00", ", valid_from: 2026-03-01"), "2026-01-31T23:00:00 01:00 retired, 2026-02-28T23:00:00 01:00"},
			{2, planned("01:00", ""), "2026-01-07T09:00:00 01:00, 2026-01-31T23:00:00 01:00, 2026-02-28T23:00:00 01:00"},
		},
		"twice within a second": {
			{0, planned("01:00", ""), "always 01:00"},
			{1, planned("02:00", ""), "always 01:00, 2026-01-06T09:00:00 02:00"},
			{1 + 0.5/86400, planned("03:00", ""), "always 01:00, 2026-01-06T09:00:00 03:00"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := keep(t)
			for i, s := range steps {
				now := day.Add(time.Duration(s.days * 24 * float64(time.Hour)))
				r := k.apply(s.src, now)
				if got := k.plans("p"); got != s.want {
					t.Fatalf("step %d: %s\nwant %s", i, got, s.want)
				}
				if again := k.apply(s.src, now.Add(time.Hour)); again != r {
					t.Fatalf("step %d: applied again, revision %d became %d", i, r, again)
				}
			}
		})
	}
}

// However plans are edited: the past stays, the file governs from when it says, and saying it again changes nothing.
func TestVersionsKeepThePast(t *testing.T) {
	t.Parallel()
	at := func(n int) time.Time { return day.Add(time.Duration(n) * time.Hour) }
	content := func(n int) data.Maintenance {
		m := datatest.Maintenance("p")
		m.Recurrence.Start = string(rune('a' + n))
		return m
	}
	merge := func(list, puts []data.Maintenance) []data.Maintenance {
		out := append([]data.Maintenance(nil), list...)
		for _, p := range puts {
			found := false
			for i, m := range out {
				if m.Key() == p.Key() {
					out[i], found = p, true
				}
			}
			if !found {
				out = append(out, p)
			}
		}
		for i := range out { // as a table is
			for j := i; j > 0 && out[j].Key() < out[j-1].Key(); j-- {
				out[j], out[j-1] = out[j-1], out[j]
			}
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		var stored []data.Maintenance
		now := 0
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			now += rapid.IntRange(1, 5).Draw(t, "later")
			want := content(rapid.IntRange(0, 2).Draw(t, "content"))
			if from := rapid.IntRange(-3, 12).Draw(t, "from"); from != 0 {
				want.ValidFrom = at(now + from)
			}
			before := stored
			stored = merge(stored, versions(stored, want, at(now), len(stored) == 0))
			if again := merge(stored, versions(stored, want, at(now), false)); len(again) != len(stored) {
				t.Fatalf("said again: %v became %v", stored, again)
			} else {
				for i := range again {
					if !sameContent(again[i], stored[i]) {
						t.Fatalf("said again: %v became %v", stored[i], again[i])
					}
				}
			}
			for h := -5; h < now+20; h++ {
				is, was := governing(stored, at(h)), governing(before, at(h))
				switch {
				case h < now && len(before) > 0 && !sameContent(is, was):
					t.Fatalf("at %d, before %d: %v became %v", h, now, was, is)
				case h >= now && !at(h).Before(want.ValidFrom) && !sameContent(is, want):
					t.Fatalf("at %d: %v governs, want %v", h, is, want)
				case h >= now && at(h).Before(want.ValidFrom) && !is.Retired && !sameContent(is, governing(before, at(now))):
					t.Fatalf("at %d, before valid_from: %v governs, want %v", h, is, governing(before, at(now)))
				}
			}
		}
	})
}

// TestFreezeHoldsAtOnce: a freeze that is added holds on its days also where the plan has a new rule from a later date.
func TestFreezeHoldsAtOnce(t *testing.T) {
	t.Parallel()
	at := func(days int) time.Time { return day.AddDate(0, 0, days) }
	quiet := []data.Avoid{{Effect: data.EffectWithhold, Freeze: "quiet", From: "2026-03-01", Until: "2026-03-09"}}
	old, changed := datatest.Maintenance("p"), datatest.Maintenance("p")
	changed.Recurrence.Until, changed.ValidFrom = "04:00", at(100)
	frozen := changed
	frozen.Avoids = quiet
	got := versions([]data.Maintenance{old, changed}, frozen, at(10), false)
	inForce := old
	inForce.Avoids, inForce.ValidFrom = quiet, at(10)
	if diff := cmp.Diff([]data.Maintenance{inForce, frozen}, got); diff != "" {
		t.Errorf("with a freeze (-want +got):\n%s", diff)
	}
	if again := versions([]data.Maintenance{old, inForce, frozen}, frozen, at(11), false); len(again) != 1 || !sameContent(again[0], frozen) {
		t.Errorf("said again: %+v", again)
	}
}
