package pager

import (
	"context"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// KeepAlarms is how long an alarm is kept after it ended.
const KeepAlarms = 7 * 24 * time.Hour

// Prune deletes alarms that ended long ago, and returns how many. Whoever has not been told of such an end by then is not told
// any more.
func Prune(ctx context.Context, store data.Store, now time.Time) (n int, err error) {
	err = store.Update(ctx, func(tx data.Tx) error {
		n = 0
		all, err := data.All(tx.Alarms().Range("", ""))
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Stands() || now.Sub(a.Cleared) < KeepAlarms {
				continue
			}
			if err := tx.Alarms().Delete(a.Key()); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("deleting old alarms: %w", err)
	}
	return n, nil
}
