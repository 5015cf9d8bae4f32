package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/superoffice/statusd/data"
)

// Apply brings the nouns that come from configuration into the store, in one transaction. A second Apply of the same
// configuration writes nothing.
//
//   - A component that is known keeps its Since; a new one gets now.
//   - What is gone from the configuration is retired in place, never deleted. What people made is left alone.
//   - A plan that has changed becomes a new version (T3), valid from valid_from or from now; see versions.
//   - The page's ID is made once. A configured one that differs from the store's is a data.Conflict.
//
// now is cut to whole seconds. The error of Store.Update is returned as it is.
func (c *Config) Apply(ctx context.Context, store data.Store, now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	fresh := data.NewID()
	return store.Update(ctx, func(tx data.Tx) error {
		if err := c.applyID(tx, fresh); err != nil {
			return err
		}
		if err := c.applyComponents(tx, now); err != nil {
			return err
		}
		if err := data.KeepDivisions(tx, now); err != nil { // nobody moves within a cycle (M16)
			return err
		}
		if err := replace(tx.Cohorts(), c.Cohorts, func(old data.Cohort) (data.Cohort, bool) {
			gone := !old.Retired && old.Origin != ""
			old.Retired = true
			return old, gone
		}); err != nil {
			return err
		}
		if err := data.AdmitPlaces(tx, c.Places); err != nil {
			return err
		}
		if err := replace(tx.Probes(), c.Probes, func(old data.Probe) (data.Probe, bool) {
			gone := !old.Retired && old.Origin != ""
			old.Retired = true
			return old, gone
		}); err != nil {
			return err
		}
		if err := replace(tx.Subscribers(), c.Subscribers, func(old data.Subscriber) (data.Subscriber, bool) {
			gone := !old.Retired && old.Contract && old.Origin != ""
			old.Retired = true
			return old, gone
		}); err != nil {
			return err
		}
		return c.applyPlans(tx, now)
	})
}

func (c *Config) applyID(tx data.Tx, fresh string) error {
	have, err := tx.Settings().Get(data.SettingPageID)
	switch {
	case errors.Is(err, data.ErrNotFound):
		id := c.Page.ID
		if id == "" {
			id = fresh
		}
		return tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: id})
	case err != nil:
		return err
	case c.Page.ID != "" && c.Page.ID != have.Value:
		return data.Conflict(fmt.Sprintf("page.id is %s, and this store has had the page %s since its first start: public IDs and links hang on it. "+
			"Leave page.id out, or set it to %s; for another page use another data directory", c.Page.ID, have.Value, have.Value))
	}
	return nil
}

func (c *Config) applyComponents(tx data.Tx, now time.Time) error {
	list := make([]data.Component, len(c.Components))
	for i, v := range c.Components {
		v.Since = now
		switch old, err := tx.Components().Get(v.Slug); {
		case err == nil:
			v.Since = old.Since
		case !errors.Is(err, data.ErrNotFound):
			return err
		}
		list[i] = v
	}
	return replace(tx.Components(), list, func(old data.Component) (data.Component, bool) {
		gone := !old.Retired && old.Origin != ""
		old.Retired, old.RetiredAt = true, now
		return old, gone
	})
}

// replace puts list and retires what is in the table, came from configuration and is not in list. Put changes nothing where
// the record is the same.
func replace[V data.Keyed[string]](t data.Table[string, V], list []V, retire func(V) (V, bool)) error {
	keep := map[string]bool{}
	for _, v := range list {
		keep[v.Key()] = true
	}
	gone, err := collect(t.Range("", ""), func(v V) (V, bool) {
		if keep[v.Key()] {
			return v, false
		}
		return retire(v)
	})
	if err != nil {
		return err
	}
	for _, v := range append(gone, list...) {
		if err := t.Put(v); err != nil {
			return err
		}
	}
	return nil
}

// collect reads to the end before anything is written.
func collect[V any](all iter.Seq2[V, error], pick func(V) (V, bool)) ([]V, error) {
	var out []V
	for v, err := range all {
		if err != nil {
			return nil, err
		}
		if v, ok := pick(v); ok {
			out = append(out, v)
		}
	}
	return out, nil
}

func (c *Config) applyPlans(tx data.Tx, now time.Time) error {
	all, err := data.All(tx.Maintenances().Range("", ""))
	if err != nil {
		return err
	}
	stored := map[string][]data.Maintenance{} // ascending by ValidFrom, as the table is
	for _, m := range all {
		stored[m.Slug] = append(stored[m.Slug], m)
	}
	var puts []data.Maintenance
	wanted := map[string]bool{}
	for _, m := range c.Maintenances {
		wanted[m.Slug] = true
		puts = append(puts, versions(stored[m.Slug], m, now, len(all) == 0)...)
	}
	for _, m := range all {
		governs := m.ValidFrom.After(now) || m.Key() == governing(stored[m.Slug], now).Key()
		if !wanted[m.Slug] && m.Origin != "" && !m.Retired && governs {
			m.Retired = true
			puts = append(puts, m)
		}
	}
	for _, m := range puts {
		if err := tx.Maintenances().Put(m); err != nil {
			return err
		}
	}
	return nil
}

// governing is the version in force at an instant; the zero value where none is.
func governing(list []data.Maintenance, at time.Time) data.Maintenance {
	var in data.Maintenance
	for _, m := range list {
		if !m.ValidFrom.After(at) {
			in = m
		}
	}
	return in
}

// versions returns what to write so that want governs from its ValidFrom, or from now where that is zero or past (T3).
//
//	stored    first: the store has never had a plan. Then the plan holds always, or from its ValidFrom.
//	in force  if it says the same, nothing happens; if not, a new version begins. Versions of the past stay as they are.
//	to come   has made no window yet, so it takes the new content in place; one that lies before a ValidFrom that was
//	          moved later goes on with what is in force.
//
// A change of place in the file alone (Origin) is written to the version in force, without a new one.
func versions(stored []data.Maintenance, want data.Maintenance, now time.Time, first bool) []data.Maintenance {
	if len(stored) == 0 {
		if !first && !want.ValidFrom.After(now) {
			want.ValidFrom = now
		}
		return []data.Maintenance{want}
	}
	var puts []data.Maintenance
	put := func(content data.Maintenance, from time.Time) {
		content.ValidFrom = from
		puts = append(puts, content)
	}
	later := want.ValidFrom.After(now)
	current := governing(stored, now)
	if later && current.Slug != "" && !current.Retired {
		frozen := current
		if frozen.Avoids = want.Avoids; !sameContent(current, frozen) {
			put(frozen, now)
			frozen.ValidFrom = now
			current = frozen
		}
	}
	last := current // what governs when want begins
	there := false  // a version begins exactly then
	for _, m := range stored {
		switch {
		case !m.ValidFrom.After(now):
		case later && m.ValidFrom.Before(want.ValidFrom) && current.Slug != "":
			put(current, m.ValidFrom)
		case later && m.ValidFrom.Before(want.ValidFrom):
			retired := m
			retired.Retired = true // nothing governed before, and nothing is to
			put(retired, m.ValidFrom)
			last = retired
		default:
			there = there || m.ValidFrom.Equal(want.ValidFrom)
			put(want, m.ValidFrom)
		}
	}
	switch {
	case later && there:
	case later && !sameContent(last, want):
		put(want, want.ValidFrom)
	case later, sameContent(current, want):
		if sameContent(current, want) {
			put(want, current.ValidFrom) // its place in the file may have moved
		}
	default:
		put(want, now)
	}
	return puts
}

// sameContent compares two versions but for when they begin and where they are written.
func sameContent(a, b data.Maintenance) bool {
	text := func(m data.Maintenance) []byte {
		m.ValidFrom, m.Origin = time.Time{}, ""
		j, err := json.Marshal(m)
		if err != nil {
			panic(err) // plain values always marshal
		}
		return j
	}
	return bytes.Equal(text(a), text(b))
}
