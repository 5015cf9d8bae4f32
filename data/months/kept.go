package months

import (
	"errors"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// Kept is a month with what it said before.
type Kept struct {
	Statement
	Before []Earlier // oldest first

	// Withheld is why a settled month has no figure: a revision of it is not as it was written. Facts then say only which month it is.
	// Nil means that all is well.
	Withheld error
}

// Earlier is a revision that another has taken the place of.
type Earlier struct {
	At    time.Time
	Facts ledger.Facts
}

// Keep reads one month as it counts now, with its earlier revisions.
func (b Book) Keep(tx data.Tx, month string, now time.Time) (Kept, error) {
	all, err := Revisions(tx, month)
	switch {
	case errors.Is(err, data.ErrDamaged):
		return b.withheld(month, withhold(month, unreadable)), nil
	case err != nil:
		return Kept{}, err
	case len(all) == 0:
		s, err := b.Statement(tx, month, now)
		return Kept{Statement: s}, err
	}
	return b.kept(all), nil
}

// withheld is a Kept without a figure.
func (b Book) withheld(month string, why error) Kept {
	return Kept{Statement: Statement{Facts: ledger.Facts{Month: month, Zone: b.ZoneName, Target: b.Target}}, Withheld: why}
}

// Archive reads every settled month. One that is not as it was written is withheld, and the others are there.
func (b Book) Archive(tx data.Tx) (map[string]Kept, error) {
	all, err := Every(tx)
	if err != nil {
		return nil, err
	}
	out := map[string]Kept{}
	for month, revisions := range all.Revisions {
		out[month] = b.kept(revisions)
	}
	for month, why := range all.Damaged {
		out[month] = b.withheld(month, why)
	}
	return out, nil
}

// kept makes a Kept of all revisions of a month, oldest first.
func (b Book) kept(all []data.Month) (k Kept) {
	for i := range all {
		facts, err := Facts(all[i])
		if err != nil {
			return b.withheld(all[i].Month, err)
		}
		if i < len(all)-1 {
			k.Before = append(k.Before, Earlier{all[i].At, facts})
			continue
		}
		k.Statement = Statement{facts, &all[i]}
	}
	return k
}

// Report is what the month comes to for a selection; withheld has no figures. Errors are those of ledger.Facts.Report.
func (k Kept) Report(sel ledger.Selection) (ledger.Report, error) {
	r, err := k.Facts.Report(sel)
	if k.Withheld != nil {
		none := ledger.Result{Verdict: ledger.Withheld}
		r.Contract, r.Strict, r.Observed, r.Coverage = none, none, none, ""
	}
	return r, err
}
