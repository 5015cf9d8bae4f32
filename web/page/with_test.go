package page

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// TestWith compares a state with one change in it with what is read after the change was made, and reading on from the state
// before with reading anew, also when a component is hidden or shown meanwhile.
func TestWith(t *testing.T) {
	const seed = 3
	rnd := rand.New(rand.NewPCG(seed, 1))
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	slugs := []string{"login", "crm-read", "hidden"}
	err = store.Update(context.Background(), func(tx data.Tx) error {
		errs := []error{tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"})}
		for _, slug := range slugs {
			c := datatest.Component(slug)
			if slug == "hidden" {
				c.Audience = data.ForOperators
			}
			m := datatest.Mark(slug, datatest.Start, data.Operational)
			p := datatest.Probe(slug, slug)
			m.By = p.Name
			errs = append(errs, tx.Components().Put(c), tx.Probes().Put(p), tx.Marks().Put(m))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	settings := Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998"}
	at := datatest.Start.AddDate(0, 0, 10)
	read := func() (s *State) {
		t.Helper()
		err := store.View(context.Background(), func(tx data.Tx) (err error) { s, err = Read(tx, settings, at); return err })
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var all []data.Incident
	for n := range 200 {
		at = at.Add(time.Duration(1+rnd.IntN(100)) * time.Minute)
		before := read()
		r := data.Report{Affected: []data.Affected{{Component: slugs[rnd.IntN(3)], Level: data.Level(1 + rnd.IntN(4))}}, Draft: rnd.IntN(5) == 0}
		k := len(all)
		if k > 0 && rnd.IntN(2) == 0 {
			k = rnd.IntN(k)
		}
		var i data.Incident
		if k == len(all) {
			r.Title = "x"
			i, err = data.NewIncident(r, "test", at)
			all = append(all, i)
		} else {
			r.Draft = false
			if rnd.IntN(3) == 0 {
				r = data.Report{Phase: data.Resolved}
			}
			i, err = all[k].Update(r, "test", at)
		}
		if err != nil { // such as a second end: nothing changes
			continue
		}
		all[k] = i
		var held map[string][]data.Mark
		err = store.Update(context.Background(), func(tx data.Tx) (err error) {
			for _, a := range i.Affected {
				m := data.Mark{Component: a.Component, Cohort: data.AllCustomers, Source: data.FromPerson, By: i.ID, At: at, Level: a.Level}
				if m.Off = i.Hidden || !i.Open() || a.Level <= data.Operational; m.Off {
					m.Level = data.NoData
				}
				if err := tx.Marks().Put(m); err != nil {
					return err
				}
			}
			if err := data.PutIncident(tx, i); err != nil {
				return err
			}
			if i, err = tx.Incidents().Get(i.ID); err != nil {
				return err
			}
			held, err = data.HeldMarks(tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want, got := read(), before.With(i, held)
		if n%20 == 19 {
			err := store.Update(context.Background(), func(tx data.Tx) error {
				c, err := tx.Components().Get(slugs[n/20%3])
				if err != nil {
					return err
				}
				c.Audience = map[data.Audience]data.Audience{data.ForAll: data.ForOperators, data.ForOperators: data.ForAll}[c.Audience]
				return tx.Components().Put(c)
			})
			if err != nil {
				t.Fatal(err)
			}
			want, got = read(), nil
		}
		var on *State
		err = store.View(context.Background(), func(tx data.Tx) (err error) { on, err = ReadAfter(tx, settings, at, before); return err })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Incidents, on.Incidents); diff != "" {
			t.Fatalf("seed %d, step %d: reading on differs (-want +got):\n%s", seed, n, diff)
		}
		if got == nil {
			continue
		}
		if diff := cmp.Diff(want.Incidents, got.Incidents); diff != "" || want.Headline != got.Headline {
			t.Fatalf("seed %d, step %d: %s, want %s (-want +got):\n%s", seed, n, got.Headline, want.Headline, diff)
		}
		for c := range want.Components {
			if w, g := want.Components[c].Now, got.Components[c].Now; w.Level != g.Level || w.Declared != g.Declared || w.Maintenance != g.Maintenance {
				t.Fatalf("seed %d, step %d: %s stands at %+v, want %+v", seed, n, want.Components[c].Slug, g, w)
			}
		}
	}
}
