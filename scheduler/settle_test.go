package scheduler_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/scheduler"
)

// TestSettlerWaitsForTheProbes starts a service that was away over a month's end: what its probes say in the first moments is in the
// month, which is settled two minutes later and not before.
func TestSettlerWaitsForTheProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := open(t)
		begin := time.Now().UTC() // midnight of the first of January 2000
		opened := begin.AddDate(0, 0, 27)
		put(t, store, func(tx data.Tx) error {
			c := datatest.Component("crm-read")
			c.Since = begin
			if err := tx.Components().Put(c); err != nil {
				return err
			}
			return tx.Outages().Put(datatest.Outage("crm-read", opened))
		})
		time.Sleep(45 * 24 * time.Hour)
		var log strings.Builder
		settler := &scheduler.Settler{Store: store, Log: slog.New(slog.NewTextHandler(&log, nil)), Book: months.Book{Zone: time.UTC, ZoneName: "UTC", Target: "0.998"}}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := settler.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		settled := func() (n int, contract int64) {
			t.Helper()
			err := store.View(t.Context(), func(tx data.Tx) error {
				all, err := data.All(tx.Months().Range("", ""))
				if err != nil || len(all) == 0 {
					return err
				}
				facts, err := months.Facts(all[0])
				if err != nil {
					return err
				}
				n = len(all)
				for _, o := range facts.Outages {
					contract += int64(o.End.Sub(o.Start) / time.Second)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return n, contract
		}
		time.Sleep(2*time.Minute - time.Second)
		synctest.Wait()
		if n, _ := settled(); n != 0 {
			t.Errorf("%d months are settled a second early", n)
		}
		put(t, store, func(tx data.Tx) error { // what the probe's record says once it has looked
			o, err := tx.Outages().Get(datatest.Outage("crm-read", opened).Key())
			if err != nil {
				return err
			}
			o.Ended = opened.Add(5 * time.Minute)
			return tx.Outages().Put(o)
		})
		time.Sleep(time.Second)
		synctest.Wait()
		if n, down := settled(); n != 1 || down != 300 {
			t.Errorf("%d months are settled, with %d seconds of outages: %s", n, down, log.String())
		}
		cancel()
		wg.Wait()
	})
}
