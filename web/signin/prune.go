package signin

import (
	"context"
	"iter"
	"time"

	"github.com/superoffice/statusd/data"
)

// Kept this long after their end, sessions and links still tell somebody what became of them.
const keptFor = 24 * time.Hour

// pruneAtOnce is how many records one transaction deletes, so that nobody waits for it.
const pruneAtOnce = 300

// Prune deletes sessions and links that ended more than a day before now, a few hundred in a transaction, and returns how
// many.
func Prune(ctx context.Context, store data.Store, now time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := store.Update(ctx, func(tx data.Tx) error {
			sessions, err := dead(tx.Sessions().Range("", ""), pruneAtOnce, func(s data.Session) bool {
				return now.Sub(s.Seen) > keptFor || now.Sub(s.Created) > data.SessionLife+keptFor
			})
			if err != nil {
				return err
			}
			links, err := dead(tx.Links().Range("", ""), pruneAtOnce-len(sessions), func(l data.Link) bool { return now.Sub(l.Expires) > keptFor })
			if err != nil {
				return err
			}
			for _, hash := range sessions {
				if err := tx.Sessions().Delete(hash); err != nil {
					return err
				}
			}
			for _, hash := range links {
				if err := tx.Links().Delete(hash); err != nil {
					return err
				}
			}
			n = len(sessions) + len(links)
			return nil
		})
		if err != nil {
			return total, err
		}
		if total += n; n < pruneAtOnce {
			return total, nil
		}
	}
}

// dead collects the keys of at most limit records that are to go.
func dead[V data.Keyed[string]](all iter.Seq2[V, error], limit int, gone func(V) bool) ([]string, error) {
	var out []string
	for v, err := range all {
		if err != nil || len(out) == limit {
			return out, err
		}
		if gone(v) {
			out = append(out, v.Key())
		}
	}
	return out, nil
}
