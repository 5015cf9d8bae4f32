package months

import (
	"errors"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// Records reads what the ledger works from. Each occurrence counts as announced from when both surfaces that were
// promised were seen to show it (N1, N4), not from when that was planned.
func Records(tx data.Tx, now time.Time) (ledger.Records, error) {
	var r ledger.Records
	var errs [4]error
	r.Components, errs[0] = data.All(tx.Components().Range("", ""))
	r.Outages, errs[1] = data.All(tx.Outages().Range("", ""))
	r.Occurrences, errs[2] = data.All(tx.Occurrences().Range("", ""))
	r.Marks, errs[3] = data.All(tx.Marks().Range("", ""))
	err := errors.Join(errs[:]...)
	if err != nil {
		return r, err
	}
	for i, o := range r.Occurrences {
		if o.Standing || o.Revised == 0 && o.Window.Start.Add(-o.Notice.WithDefaults().Page).After(now) {
			continue // not told of yet
		}
		if r.Occurrences[i], err = o.WithProofs(tx); err != nil {
			return r, err
		}
	}
	return r, nil
}
