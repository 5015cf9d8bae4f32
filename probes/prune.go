package probes

import (
	"context"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// KeepSamples is how long packed samples are kept. Marks and outages stay.
const KeepSamples = 400 * 24 * time.Hour

// pruneAtOnce is how many blocks one transaction deletes, so that nobody waits for it.
const pruneAtOnce = 200

// Prune deletes blocks of samples that are older than KeepSamples, and returns how many it deleted. It skips from probe to
// probe and reads only what it deletes.
func Prune(ctx context.Context, store data.Store, now time.Time) (int, error) {
	last := data.BlockDay(now.Add(-KeepSamples))
	total := 0
	for {
		var old []data.BlockKey
		err := store.Update(ctx, func(tx data.Tx) error {
			var err error
			if old, err = oldBlocks(tx, last); err != nil {
				return err
			}
			for _, key := range old {
				if err := tx.Blocks().Delete(key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("deleting old samples: %w", err)
		}
		if total += len(old); len(old) < pruneAtOnce {
			return total, nil
		}
	}
}

// oldBlocks finds the first few blocks of days before last.
func oldBlocks(tx data.Tx, last string) ([]data.BlockKey, error) {
	var old []data.BlockKey
	from := data.BlockKey("")
	for {
		first, found := data.Block{}, false
		for b, err := range tx.Blocks().Range(from, "") {
			if err != nil {
				return nil, err
			}
			first, found = b, true
			break
		}
		if !found {
			return old, nil
		}
		for b, err := range tx.Blocks().Range(first.Key(), data.KeyOfBlock(first.Probe, first.Place, last)) {
			if err != nil {
				return nil, err
			}
			if old = append(old, b.Key()); len(old) == pruneAtOnce {
				return old, nil
			}
		}
		from = data.KeyOfBlock(first.Probe, first.Place, "}") // behind all its days
	}
}
