package page

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// What was said in the same second counts at once, not from the next second's page on.
func TestReadSeesTheSameSecond(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	said := testNow.Add(300 * time.Millisecond)
	err = store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}),
			tx.Components().Put(datatest.Component("login")),
			tx.Marks().Put(data.Mark{Component: "login", Cohort: data.AllCustomers, Source: data.FromPerson, By: "i", At: said, Level: data.MajorOutage}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at   time.Duration
		want data.Level
	}{{-time.Millisecond, data.NoData}, {0, data.MajorOutage}, {time.Millisecond, data.MajorOutage}} {
		var s *State
		err := store.View(context.Background(), func(tx data.Tx) (err error) {
			s, err = Read(tx, Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998"}, said.Add(tt.at))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Components[0].Now.Level; got != tt.want {
			t.Errorf("%s from what was said: %s, want %s", tt.at, got, tt.want)
		}
	}
}
