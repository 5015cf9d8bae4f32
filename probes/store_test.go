package probes

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// ill is a store whose writes can be made to fail, or to succeed without saying so.
type ill struct {
	data.Store
	broken, unsure atomic.Bool
}

func (i *ill) Update(ctx context.Context, fn func(data.Tx) error) error {
	if i.broken.Load() {
		time.Sleep(15 * time.Second) // more is found while it tries
		return errors.New("the disk is full")
	}
	err := i.Store.Update(ctx, fn)
	if err == nil && i.unsure.Load() {
		time.Sleep(15 * time.Second)
		err = data.ErrUnknown
	}
	return err
}

// TestStoreFails takes the disk away for a while, and has writes whose outcome is unknown: nothing is lost or doubled.
func TestStoreFails(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		store := &ill{Store: w.store}
		w.options.Store = store
		w.probe("front", "crm", func(p *data.Probe) { p.Interval = 10 * time.Second })
		w.start()
		pass(10 * time.Minute)
		store.broken.Store(true)
		w.set("front", data.MajorOutage, data.ReasonConnect)
		pass(10 * time.Minute)
		w.levels("crm", "operational")
		store.unsure.Store(true)
		store.broken.Store(false)
		pass(10 * time.Minute)
		w.levels("crm", "operational major_outage open")
		w.set("front", data.Operational, "")
		pass(time.Minute)
		w.levels("crm", "operational major_outage operational closed")
		store.unsure.Store(false)
		pass(time.Minute)
		w.levels("crm", "operational major_outage operational closed")
		w.stop()
		if got, want := len(w.samples("front")), len(w.runs("front")); got != want {
			t.Errorf("%d samples are stored, %d were taken", got, want)
		}
	})
}

// TestAgain writes the same outage twice, as after an unknown outcome: what a person said of it meanwhile stays.
func TestAgain(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		o := datatest.Outage("crm", epoch)
		c := change{mark: datatest.Mark("crm", epoch, data.MajorOutage), open: &o}
		w.update(c.apply)
		o.Corrections = []data.Correction{{Author: "socket:root", Why: "it was their network", Cause: data.ByInternet}}
		w.update(func(tx data.Tx) error { return tx.Outages().Put(o) })
		again := datatest.Outage("crm", epoch)
		c.open = &again
		w.update(c.apply)
		if got := w.outage(); len(got.Corrections) != 1 {
			t.Errorf("the outage lost its correction: %+v", got)
		}
	})
}

// TestStoreStaysIll keeps a bounded number of samples, and every mark.
func TestStoreStaysIll(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		store := &ill{Store: w.store}
		w.options.Store = store
		w.probe("front", "crm", func(p *data.Probe) { p.Interval = 10 * time.Second })
		w.start()
		pass(time.Minute)
		store.broken.Store(true)
		pass(24 * time.Hour)
		w.set("front", data.MajorOutage, data.ReasonConnect)
		pass(time.Minute)
		w.set("front", data.Operational, "")
		pass(time.Minute)
		store.broken.Store(false)
		pass(time.Minute)
		w.stop()
		w.levels("crm", "operational major_outage operational no_data closed")
		if n := len(w.samples("front")); n < keepMost || n > keepMost+30 {
			t.Errorf("%d samples are stored after a day without a store, want about %d", n, keepMost)
		}
	})
}

// TestMidnight writes at the end of a day, however long samples may wait.
func TestMidnight(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		pass(12 * time.Hour)
		w.options.Flush = 24 * time.Hour
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(12*time.Hour + 5*time.Second)
		if n := len(w.samples("front")); n < 719 || n > 721 {
			t.Errorf("after midnight %d samples are stored, want those of twelve hours", n)
		}
		w.stop()
	})
}

// TestDamagedBlock leaves a block that cannot be read as it is, and writes what happens all the same.
func TestDamagedBlock(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		damaged := data.Block{Probe: "front", Place: "local", Day: data.BlockDay(epoch), Data: []byte{1, 2, 3}}
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(time.Minute)
		w.update(func(tx data.Tx) error { return tx.Blocks().Put(damaged) })
		w.set("front", data.MajorOutage, data.ReasonConnect)
		pass(3 * time.Minute)
		w.levels("crm", "operational major_outage open")
		w.stop()
		w.start() // which reads it
		w.set("front", data.Operational, "")
		pass(3 * time.Minute)
		w.levels("crm", "operational major_outage no_data operational closed")
		w.stop()
		w.update(func(tx data.Tx) error {
			b, err := tx.Blocks().Get(damaged.Key())
			if len(b.Data) != 3 {
				t.Errorf("the damaged block has become %v", b)
			}
			return errors.Join(err, tx.Blocks().Delete(damaged.Key())) // no invariant holds for it
		})
	})
}
