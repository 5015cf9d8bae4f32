package page

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// longHistory is a store with many resolved incidents, each with the marks and the outage that it left.
func longHistory(tb testing.TB, many int) data.Store {
	tb.Helper()
	store, err := bolt.Open(filepath.Join(tb.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { store.Close() })
	update := func(fn func(data.Tx) error) {
		tb.Helper()
		if err := store.Update(context.Background(), fn); err != nil {
			tb.Fatal(err)
		}
	}
	update(func(tx data.Tx) error {
		return errors.Join(tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}), tx.Components().Put(datatest.Component("login")))
	})
	for n := 0; n < many; n += 500 {
		update(func(tx data.Tx) error {
			for k := n; k < min(n+500, many); k++ {
				at := datatest.Start.Add(time.Duration(k-many) * time.Hour)
				i := datatest.Incident(fmt.Sprintf("i%011d", k), at)
				i, err := i.Update(data.Report{Phase: data.Identified, Body: "We have found the cause and are working on it. It takes a while."}, "operator:it@example.com", at.Add(time.Minute))
				if err != nil {
					return err
				}
				if i, err = i.Update(data.Report{Phase: data.Resolved}, "operator:it@example.com", at.Add(20*time.Minute)); err != nil {
					return err
				}
				o := datatest.Outage("login", at)
				o.By, o.Ended = i.ID, at.Add(20*time.Minute)
				on := data.Mark{Component: "login", Cohort: data.AllCustomers, Source: data.FromPerson, By: i.ID, At: at, Level: data.MajorOutage}
				off := on
				off.At, off.Off, off.Level = o.Ended, true, data.NoData
				if err := errors.Join(data.PutIncident(tx, i), tx.Outages().Put(o), tx.Marks().Put(on), tx.Marks().Put(off)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return store
}

// BenchmarkRead reads the state with 10,000 incidents behind it, anew as at a start, and on from the state before as after each
// change.
func BenchmarkRead(b *testing.B) {
	store := longHistory(b, 10_000)
	settings := Settings{Zone: oslo(b), ZoneName: "Europe/Oslo", Target: "0.998"}
	var before *State
	for _, name := range []string{"anew", "on"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var s *State
				err := store.View(context.Background(), func(tx data.Tx) (err error) { s, err = ReadAfter(tx, settings, datatest.Start, before); return err })
				if err != nil {
					b.Fatal(err)
				}
				if name == "anew" {
					continue
				}
				before = s
			}
		})
		err := store.View(context.Background(), func(tx data.Tx) (err error) { before, err = Read(tx, settings, datatest.Start); return err })
		if err != nil {
			b.Fatal(err)
		}
	}
}
