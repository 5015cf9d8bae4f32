package months

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// Rules is the version of the definition of doc.go in package ledger. It is raised when the same facts would give another figure,
// which should never be; a settled month says by which it was computed.
const Rules = 1

// DefaultSettling is how long after its end a month is settled: reports of customers and corrections come in that time.
const DefaultSettling = 10 * 24 * time.Hour

// Book says how the months of a service are kept. Zone and Target are those of its page.
type Book struct {
	Zone     *time.Location
	ZoneName string
	Target   string        // as a share, such as "0.998"
	Settling time.Duration // zero means DefaultSettling
}

// Statement is one month's facts as they count now.
type Statement struct {
	Facts   ledger.Facts
	Settled *data.Month // the newest revision that the facts come from; nil while the month is not settled
}

// Statement returns what a month's figure rests on: the newest revision of a settled month, else what the records say at now.
// Everything that shows a figure takes it from here. Errors are those of ledger.FromRecords.
func (b Book) Statement(tx data.Tx, month string, now time.Time) (Statement, error) {
	s, err := Settled(tx, month)
	if err == nil || !errors.Is(err, data.ErrNotFound) {
		return s, err
	}
	if _, _, err := ledger.Bounds(month, b.Zone); err != nil {
		return Statement{}, err
	}
	records, err := Records(tx, now)
	if err != nil {
		return Statement{}, err
	}
	return b.StatementFrom(tx, records, month, now)
}

// StatementFrom is Statement for one who has read the records already.
func (b Book) StatementFrom(tx data.Tx, r ledger.Records, month string, now time.Time) (Statement, error) {
	s, err := Settled(tx, month)
	if err == nil || !errors.Is(err, data.ErrNotFound) {
		return s, err
	}
	facts, err := ledger.FromRecords(month, b.ZoneName, b.Target, r, now)
	return Statement{Facts: facts}, err
}

// Settled returns the newest revision of a settled month, or data.ErrNotFound. Where one of its revisions is not as it was written there is
// no figure: the error is data.ErrDamaged, and names the way out.
func Settled(tx data.Tx, month string) (Statement, error) {
	all, err := Revisions(tx, month)
	switch {
	case errors.Is(err, data.ErrDamaged):
		return Statement{}, withhold(month, unreadable)
	case err != nil:
		return Statement{}, err
	case len(all) == 0:
		return Statement{}, fmt.Errorf("month %s: %w", month, data.ErrNotFound)
	}
	newest := all[len(all)-1]
	for _, m := range all[:len(all)-1] {
		if err := intact(m); err != nil {
			return Statement{}, err
		}
	}
	facts, err := Facts(newest)
	return Statement{facts, &newest}, err
}

// Facts reads what a settled month rests on, if it is as it was written.
func Facts(m data.Month) (ledger.Facts, error) {
	if err := intact(m); err != nil {
		return ledger.Facts{}, err
	}
	facts, err := ledger.ParseFacts(m.Facts)
	if facts.Counted = m.Components; m.Components == nil {
		facts.Counted = []string{}
	}
	if err != nil {
		return facts, fmt.Errorf("the facts of %s, revision %d: %w: %w", m.Month, m.Revision, data.ErrDamaged, err)
	}
	return facts, nil
}

// Revisions lists every revision of one month, oldest first; none where it is not settled.
func Revisions(tx data.Tx, month string) ([]data.Month, error) {
	return data.All(tx.Months().Range(data.KeyOfMonth(month, 0), data.MonthKey(month+"}")))
}

// settling is b.Settling, or its default.
func (b Book) settling() time.Duration {
	if b.Settling > 0 {
		return b.Settling
	}
	return DefaultSettling
}

// SettlesAt is when a month is settled.
func (b Book) SettlesAt(month string) (time.Time, error) {
	_, end, err := ledger.Bounds(month, b.Zone)
	return end.Add(b.settling()), err
}

// Due lists the months that are to be settled at now, oldest first, and when the next one will be: all after the newest that is
// settled, whatever counted since; where none is, from when the first component that is committed was there. While none is
// committed no month is due, and next is zero.
func (b Book) Due(tx data.Tx, now time.Time) (due []string, next time.Time, err error) {
	var first time.Time
	for c, err := range tx.Components().Range("", "") {
		if err != nil {
			return nil, next, err
		}
		if c.Commitment == data.Committed && (first.IsZero() || c.Since.Before(first)) {
			first = c.Since
		}
	}
	if first.IsZero() {
		return nil, next, nil
	}
	var month string
	switch last, err := newest(tx); {
	case err == nil:
		month = after(last.Month)
	case errors.Is(err, data.ErrDamaged):
		s, err := Every(tx)
		if err != nil {
			return nil, next, err
		}
		for m := range s.Revisions {
			month = max(month, after(m))
		}
		for m := range s.Damaged {
			month = max(month, after(m))
		}
	case !errors.Is(err, data.ErrNotFound):
		return nil, next, err
	case first.After(now):
		return nil, next, nil
	default:
		month = ledger.Months(first, b.Zone, 1)[0]
	}
	for ; ; month = after(month) {
		at, err := b.SettlesAt(month)
		if err != nil || at.After(now) {
			return due, at, err
		}
		due = append(due, month)
	}
}

// Will is when a month that is not settled will be; zero where it never is: there are no records of it, or a later one is settled.
func (b Book) Will(tx data.Tx, month string, now time.Time) (time.Time, error) {
	due, next, err := b.Due(tx, now)
	if err != nil {
		return time.Time{}, err
	}
	at, err := b.SettlesAt(month)
	if err != nil || len(due) > 0 && month >= due[0] || !next.IsZero() && !at.Before(next) {
		return at, err
	}
	return time.Time{}, nil
}

// newest is the newest revision of the newest month that is settled, or data.ErrNotFound.
func newest(tx data.Tx) (data.Month, error) { return tx.Months().Last("9999|") }

// first is the first of a range, if there is one.
func first(all iter.Seq2[data.Month, error]) (m data.Month, there bool, err error) {
	for m, err := range all {
		return m, err == nil, err
	}
	return m, false, nil
}

// after is the month after one.
func after(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.AddDate(0, 1, 0).Format("2006-01")
}

// Settle settles a month as the records have it at now. A month that is settled already is a *data.Error.
func (b Book) Settle(tx data.Tx, r ledger.Records, month, by string, now time.Time) (data.Month, error) {
	switch _, err := data.LatestMonth(tx, month); {
	case err == nil:
		return data.Month{}, data.Conflict(fmt.Sprintf("%s is settled: a correction makes a revision by itself", month))
	case !errors.Is(err, data.ErrNotFound):
		return data.Month{}, err
	}
	_, end, err := ledger.Bounds(month, b.Zone)
	if err != nil {
		return data.Month{}, err
	}
	if now.Before(end) {
		return data.Month{}, data.Invalid("month", fmt.Sprintf("%s is not over: it can be settled from %s", month, end.UTC().Format(time.RFC3339)))
	}
	facts, err := ledger.FromRecords(month, b.ZoneName, b.Target, r, now)
	if err != nil {
		return data.Month{}, err
	}
	m := data.Month{Month: month, At: now.UTC(), By: by, Rules: Rules, Components: committed(r), Outages: concerned(r, facts)}
	return write(tx, m, facts)
}

// Revise makes a revision of every settled month that ends after from and whose facts the records no longer bear out, and
// returns those. What counted as committed when a month was settled is what counts in its revisions. Where nothing after from is
// settled it costs one look.
func (b Book) Revise(tx data.Tx, from time.Time, by, why string, now time.Time) ([]data.Month, error) {
	var out []data.Month
	var records *ledger.Records
	late := data.KeyOfMonth(from.AddDate(0, 0, -2).UTC().Format("2006-01"), 0) // no zone is two days off
	if _, more, err := first(tx.Months().Range(late, "")); !more || err != nil {
		return nil, err // what lies before may be damaged, and is no concern of this
	}
	for m, err := newest(tx); !errors.Is(err, data.ErrNotFound); m, err = tx.Months().Last(data.MonthKey(m.Month)) { // there may be holes
		if err != nil {
			return out, err
		}
		was, err := Facts(m)
		if err != nil {
			return out, err
		}
		zone, err := time.LoadLocation(was.Zone)
		if err != nil {
			return out, fmt.Errorf("the zone of %s: %w", m.Month, err)
		}
		_, end, err := ledger.Bounds(m.Month, zone)
		if err != nil || !end.After(from) {
			return out, err
		}
		if records == nil {
			r, err := Records(tx, now)
			if err != nil {
				return out, err
			}
			records = &r
		}
		is, err := ledger.FromRecords(m.Month, was.Zone, was.Target, countedThen(*records, m.Components, was, end), now)
		if err != nil {
			return out, err
		}
		if same, err := equal(was, is, end); err != nil || same {
			if err != nil {
				return out, err
			}
			continue
		}
		revised, err := write(tx, data.Month{
			Month: m.Month, At: now.UTC(), By: by, Why: why, Rules: Rules, Components: m.Components, Outages: concerned(*records, is),
		}, is)
		if err != nil {
			return out, err
		}
		out = append(out, revised)
	}
	return out, nil
}

func write(tx data.Tx, m data.Month, facts ledger.Facts) (data.Month, error) {
	b, err := json.Marshal(facts)
	if err != nil {
		return m, err
	}
	m.Facts = b
	if _, err := ledger.ParseFacts(b); err != nil { // it would stand in the chain for ever, and nobody could read it
		return m, fmt.Errorf("%s is not written down, for its facts could not be read back; put right the record that this names: %w", m.Month, err)
	}
	return data.PutMonth(tx, m)
}

// committed are the slugs of what counts.
func committed(r ledger.Records) (slugs []string) {
	for _, c := range r.Components {
		if c.Commitment == data.Committed {
			slugs = append(slugs, c.Slug)
		}
	}
	slices.Sort(slugs)
	return slugs
}

// countedThen makes exactly these components committed ones. One that was retired since is not made out to have been so then: of
// those that do not say when, a gap that lasted to the end of the month shows that it was still to be watched.
func countedThen(r ledger.Records, slugs []string, was ledger.Facts, end time.Time) ledger.Records {
	r.Components = slices.Clone(r.Components)
	for i, c := range r.Components {
		if c.Retired && c.RetiredAt.IsZero() && slices.ContainsFunc(was.Unobserved, func(g ledger.Gap) bool {
			return g.Component == c.Slug && (g.End.IsZero() || !g.End.Before(end))
		}) {
			r.Components[i].Retired = false
		}
		if r.Components[i].Commitment = data.Committed; !slices.Contains(slugs, c.Slug) {
			r.Components[i].Commitment = data.Informative
		}
	}
	return r
}

// concerned are the outages that facts speak of, and those that were set aside in their month, as recorded: with the author
// and reason of every correction.
func concerned(r ledger.Records, facts ledger.Facts) []data.Outage {
	out := []data.Outage{}
	loc, err := time.LoadLocation(facts.Zone)
	if err != nil {
		return out
	}
	from, to, err := ledger.Bounds(facts.Month, loc)
	if err != nil {
		return out
	}
	slugs := committed(r)
	for _, o := range r.Outages {
		is := o.Corrected()
		if is.Started.Before(to) && (is.Ended.IsZero() || is.Ended.After(from)) && slices.Contains(slugs, o.Component) {
			out = append(out, o)
		}
	}
	return out
}

// equal says whether two versions of a month's facts count the same: what ends after the month may end whenever it likes.
func equal(a, b ledger.Facts, end time.Time) (bool, error) {
	x, err := json.Marshal(cut(a, end))
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(cut(b, end))
	return bytes.Equal(x, y), err
}

func cut(f ledger.Facts, end time.Time) ledger.Facts {
	until := func(t *time.Time) {
		if t.IsZero() || t.After(end) {
			*t = end.UTC()
		}
	}
	f.Outages, f.Maintenance, f.Unobserved = slices.Clone(f.Outages), slices.Clone(f.Maintenance), slices.Clone(f.Unobserved)
	for i := range f.Outages {
		until(&f.Outages[i].End)
	}
	for i := range f.Maintenance {
		until(&f.Maintenance[i].End)
		f.Maintenance[i].Category, f.Maintenance[i].ID = "", "" // they count for nothing
	}
	for i := range f.Unobserved {
		until(&f.Unobserved[i].End)
	}
	return f
}

// Verify reads the whole chain and checks every hash, every link, and that each month's facts can be read. It returns how many
// there are; the error names the first that is not as it was written.
func Verify(tx data.Tx) (int, error) {
	all, err := data.All(tx.Months().Range("", ""))
	if err != nil {
		return 0, err
	}
	slices.SortFunc(all, func(a, b data.Month) int { return a.Seq - b.Seq })
	prev, head := "", data.MonthKey("")
	for i, m := range all {
		switch {
		case m.Seq != i+1:
			return i, fmt.Errorf("number %d of the months' chain is missing: %w", i+1, data.ErrDamaged)
		case m.Hash != m.Sum():
			return i, fmt.Errorf("%s, revision %d, was changed after it was settled: %w", m.Month, m.Revision, data.ErrDamaged)
		case m.Prev != prev:
			return i, fmt.Errorf("%s, revision %d, does not follow what is there before it, so that was changed after it was settled: %w", m.Month, m.Revision, data.ErrDamaged)
		}
		if _, err := Facts(m); err != nil {
			return i, err
		}
		prev, head = m.Hash, m.Key()
	}
	s, err := tx.Settings().Get(data.SettingMonthsHead)
	if errors.Is(err, data.ErrNotFound) && len(all) == 0 {
		return 0, nil
	}
	if err == nil && data.MonthKey(s.Value) != head {
		err = fmt.Errorf("the end of the months' chain is missing, after %s: %w", head, data.ErrDamaged)
	}
	return len(all), err
}
