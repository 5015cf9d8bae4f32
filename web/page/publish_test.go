package page_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
)

// Settings that change while other tables move on make a new page, and the page's revision stays that of its own tables.
func TestOneBuilder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		put := func(fn func(data.Tx) error) {
			t.Helper()
			if err := store.Update(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		put(func(tx data.Tx) error {
			return tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"})
		})
		settings := page.Settings{Name: "First", URL: "https://status.example.com", Zone: time.UTC, ZoneName: "UTC", Target: "0.998", Langs: []i18n.Lang{i18n.EN}}
		var revisions []data.Revision
		var names []string
		pages := &page.Publisher{Store: store, Settings: settings, Log: slog.New(slog.DiscardHandler), OnSwap: []func(*page.Snapshot){func(s *page.Snapshot) {
			revisions, names = append(revisions, s.State.Revision), append(names, s.State.Name)
		}}}
		own := <-store.Watch(t.Context())
		put(func(tx data.Tx) error { return tx.Subscribers().Put(datatest.Subscriber("s")) }) // nothing the page watches
		if err := pages.First(t.Context()); err != nil {
			t.Fatal(err)
		}
		settings.Name = "Second"
		pages.Use(settings) // before Run: it counts all the same
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- pages.Run(ctx) }()
		synctest.Wait()
		put(func(tx data.Tx) error { return tx.Subscribers().Put(datatest.Subscriber("other")) })
		settings.Name = "Third"
		for range 3 {
			pages.Use(settings) // never waits
		}
		synctest.Wait()
		if last := names[len(names)-1]; last != "Third" {
			t.Errorf("new settings did not wake it: the page is still called %s", last)
		}
		put(func(tx data.Tx) error { return tx.Components().Put(datatest.Component("login")) })
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if names[0] != "First" || names[len(names)-1] != "Third" || !slices.Contains(names, "Second") {
			t.Errorf("the pages were called %q", names)
		}
		if !slices.IsSorted(revisions) || revisions[0] != own || revisions[len(revisions)-2] != own || revisions[len(revisions)-1] <= own {
			t.Errorf("the revisions were %d: want %d, and a greater one last", revisions, own)
		}
	})
}

// A start that is given up is an error and not a page of nothing.
func TestFirstOfAClosedStore(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	if err := (&page.Publisher{Store: store}).First(t.Context()); err == nil {
		t.Error("it made a page of a closed store")
	}
}
