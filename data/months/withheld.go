package months

import (
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// withheld is the error of a settled month whose record is not as it was written. Whoever asked for it learns the way out; the
// watch tells operators every day.
type withheld struct{ of *data.Error }

func (w withheld) Error() string { return w.of.Message }

// Unwrap makes it a conflict for whoever asked, and data.ErrDamaged for the program.
func (w withheld) Unwrap() []error { return []error{w.of, data.ErrDamaged} }

func withhold(month, what string) error {
	return withheld{&data.Error{Kind: data.KindConflict, Message: fmt.Sprintf(
		"%s is withheld: %s. See what is wrong with `statusd month verify`, and put a backup from before that in place with `statusd restore`", month, what)}}
}

// unreadable is what is wrong where the store itself cannot make sense of a record.
const unreadable = "a record of it cannot be read"

// intact says whether a revision is as it was written. It is asked wherever one is read (Facts), since a figure that somebody changed
// is worse than none; that takes less time than reading the record did.
func intact(m data.Month) error {
	if m.Hash != m.Sum() {
		return withhold(m.Month, fmt.Sprintf("revision %d was changed after it was settled", m.Revision))
	}
	return nil
}

// Settlements are the revisions of every settled month, oldest first. A month of which a record cannot be read is in Damaged instead.
type Settlements struct {
	Revisions map[string][]data.Month
	Damaged   map[string]error
}

// Every reads them. One that cannot be read hides no other: a store ends a range at it, so the months after it are asked for anew.
func Every(tx data.Tx) (Settlements, error) {
	s := Settlements{map[string][]data.Month{}, map[string]error{}}
	for from := ""; ; {
		last, err := "", error(nil)
		for m, e := range tx.Months().Range(data.MonthKey(from), "") {
			if err = e; err != nil {
				break
			}
			last = m.Month
			s.Revisions[m.Month] = append(s.Revisions[m.Month], m)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, data.ErrDamaged) {
			return s, err
		}
		month, err := firstDamaged(tx, max(last, from))
		if err != nil {
			return s, err
		}
		s.Damaged[month] = withhold(month, unreadable)
		from = string(data.KeyOfMonth(after(month), 0))
	}
	for month := range s.Damaged {
		delete(s.Revisions, month)
	}
	return s, nil
}

// firstDamaged is the first month from one on, or from the first there can be, that has a record that cannot be read: the key of
// such a record is not to be had.
func firstDamaged(tx data.Tx, month string) (string, error) {
	if month = month[:min(len(month), len("2006-01"))]; month == "" {
		month = time.Unix(0, 0).UTC().Format("2006-01")
	}
	for ; month < "3000"; month = after(month) {
		for _, err := range tx.Months().Range(data.KeyOfMonth(month, 0), data.MonthKey(month+"}")) {
			if errors.Is(err, data.ErrDamaged) {
				return month, nil
			}
			if err != nil {
				return "", err
			}
		}
	}
	return "", fmt.Errorf("the settled months: %w", data.ErrDamaged)
}
