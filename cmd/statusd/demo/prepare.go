package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

// PageID is the public ID of the demonstration's page: the same everywhere, so that its addresses are too, and so that no
// other page's data is ever taken for it.
const PageID = "statusdemo01"

// settingHistory is kept when the past has been written.
const settingHistory = "demo_history"

// How far back the past reaches, and how long the catalogue has been there.
const (
	past      = 95 * 24 * time.Hour // two whole months before the running one, whatever the day
	catalogue = 100 * 24 * time.Hour
)

// Past says what to write into an empty store.
type Past struct {
	Now   time.Time
	Quiet bool // a quarter in which nothing went wrong: the schedule, its notices and good samples only
}

// Prepare writes the past into the database at path, if it has none, and says whether it did. A database of another page
// is a data.Conflict and stays as it is.
func Prepare(ctx context.Context, path string, cfg *config.Config, p Past) (fresh bool, err error) {
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return fill(ctx, store, cfg, p)
}

func fill(ctx context.Context, store data.Store, cfg *config.Config, p Past) (fresh bool, err error) {
	now := p.Now.UTC().Truncate(time.Second)
	err = store.View(ctx, func(tx data.Tx) error {
		id, err := tx.Settings().Get(data.SettingPageID)
		if err == nil && id.Value != PageID {
			return data.Conflict(fmt.Sprintf("the data directory holds the data of another page (%s): give the demonstration a directory of its own with --data", id.Value))
		} else if err != nil && !errors.Is(err, data.ErrNotFound) {
			return err
		}
		_, err = tx.Settings().Get(settingHistory)
		if fresh = errors.Is(err, data.ErrNotFound); fresh {
			return nil
		}
		return err
	})
	if err != nil || !fresh {
		return false, err
	}
	if err := cfg.Apply(ctx, store, now.Add(-catalogue)); err != nil {
		return false, fmt.Errorf("writing the configuration: %w", err)
	}
	err = store.Update(ctx, func(tx data.Tx) error {
		if err := write(tx, cfg, now, p.Quiet); err != nil {
			return err
		}
		return tx.Settings().Put(data.Setting{Name: settingHistory, Value: now.Format(time.RFC3339)})
	})
	if err != nil {
		return false, fmt.Errorf("writing the invented past: %w", err)
	}
	return true, nil
}
