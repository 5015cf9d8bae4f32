package notifier

import (
	"context"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// KeepNotices is how long single notices are kept after what they told of was over. The bulletin stays, with how many it
// reached.
const KeepNotices = 90 * 24 * time.Hour

// Prune deletes notices whose time is over, a few hundred in a transaction, counts them in their bulletin, and returns how
// many it deleted.
func Prune(ctx context.Context, store data.Store, now time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := store.Update(ctx, func(tx data.Tx) error {
			n = 0
			old, err := oldNotices(tx, now)
			if err != nil {
				return err
			}
			for _, notice := range old {
				if notice.Phase == data.NoticeAccepted {
					b, err := tx.Bulletins().Get(notice.Bulletin)
					if err != nil {
						return err
					}
					b.Reached++
					if err := tx.Bulletins().Put(b); err != nil {
						return err
					}
				}
				if !notice.Next.IsZero() {
					if err := tx.Dues().Delete(data.Due{At: notice.Next, Notice: notice.Key()}.Key()); err != nil {
						return err
					}
				}
				if err := tx.Notices().Delete(notice.Key()); err != nil {
					return err
				}
			}
			n = len(old)
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("deleting old notices: %w", err)
		}
		if total += n; n < page {
			return total, nil
		}
	}
}

// oldNotices finds the first few notices whose bulletin was over long ago.
func oldNotices(tx data.Tx, now time.Time) ([]data.Notice, error) {
	var old []data.Notice
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			return nil, err
		}
		if now.Sub(b.Until) < KeepNotices {
			continue
		}
		from, to := data.NoticesOf(b.Key())
		for n, err := range tx.Notices().Range(from, to) {
			if err != nil {
				return nil, err
			}
			if old = append(old, n); len(old) == page {
				return old, nil
			}
		}
	}
	return old, nil
}
