package api

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// kept is a table as it was read last, since what lists it goes over all of it and reading it takes far longer than that. It holds
// only what is no older than the revision that a call has seen before its own snapshot.
type kept[V any] struct {
	mu   sync.Mutex
	rev  data.Revision
	list []V // in the order of keys; read only; nil where nothing is kept
}

// mostKept is how many records of a table are kept; more are read each time.
const mostKept = 50_000

// all are the records of the table, in the order of their keys. They are not to be changed. A call that has seen no revision reads
// them anew, as one that writes has to.
func (k *kept[V]) all(seen data.Revision, read func() ([]V, error)) ([]V, error) {
	if seen == 0 {
		return read()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list != nil && k.rev == seen {
		return k.list, nil
	}
	list, err := read()
	if err != nil {
		return nil, err
	}
	if k.rev, k.list = seen, list; len(list) > mostKept {
		k.list = nil
	}
	return list, nil
}

// newest is what is kept, however old.
func (k *kept[V]) newest() []V {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list
}

// revisions are the newest ones of the tables that are kept; zero where they were not asked for.
type revisions struct{ outages, occurrences data.Revision }

// keeps says whether an operation goes over tables that are kept. One that writes never does: what it writes rests on its own
// transaction.
func (op Op) keeps() bool {
	noun, _, _ := strings.Cut(op.Name, ".")
	return (op.read != nil || op.Tries()) && (noun == "outage" || noun == "report" || noun == "months" || op.Name == "probe.day")
}

// see asks for the newest revisions, before a snapshot is taken: what is read in that is no older.
func (a *API) see(ctx context.Context) revisions {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return revisions{<-a.Store.Watch(ctx, data.OutagesTable), <-a.Store.Watch(ctx, data.OccurrencesTable)}
}

// allOutages are all of them, in the order of their keys. They are not to be changed.
func (a *API) allOutages(tx data.Tx, c *Call) ([]data.Outage, error) {
	return a.keptOutages.all(c.seen.outages, func() ([]data.Outage, error) { return data.All(tx.Outages().Range("", "")) })
}

// allOccurrences are all of them, in the order of their keys. They are not to be changed.
func (a *API) allOccurrences(tx data.Tx, c *Call) ([]data.Occurrence, error) {
	return a.keptOccurrences.all(c.seen.occurrences, func() ([]data.Occurrence, error) { return data.All(tx.Occurrences().Range("", "")) })
}

// occurrencesIn are those of which some part may fall into [from, to).
func (a *API) occurrencesIn(tx data.Tx, c *Call, from, to time.Time) (in []data.Occurrence, err error) {
	all, err := a.allOccurrences(tx, c)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		for _, p := range o.Parts() {
			if p.Window.Start.Before(to) && p.Window.End.After(from) {
				in = append(in, o)
				break
			}
		}
	}
	return in, nil
}

// records are what the ledger works from (months.Records), of as much as touches [from, to).
func (a *API) records(tx data.Tx, c *Call, from, to time.Time) (r ledger.Records, err error) {
	if r.Components, err = data.All(tx.Components().Range("", "")); err != nil {
		return r, err
	}
	if r.Outages, err = a.allOutages(tx, c); err != nil {
		return r, err
	}
	if r.Occurrences, err = a.occurrencesIn(tx, c, from, to); err != nil {
		return r, err
	}
	for i, o := range r.Occurrences {
		if o.Standing {
			continue // its notice was there all along
		}
		if r.Occurrences[i], err = o.WithProofs(tx); err != nil {
			return r, err
		}
	}
	for _, one := range r.Components {
		marks, err := marksAround(tx, one.Slug, from, to)
		if err != nil {
			return r, err
		}
		r.Marks = append(r.Marks, marks...)
	}
	return r, nil
}

// marksAround are the marks that the probes of a component made in [from, to), and of each probe the last one before and the first
// one after. It goes from probe to probe, and reads no others.
func marksAround(tx data.Tx, component string, from, to time.Time) (out []data.Mark, err error) {
	next, end := data.MarksOf(component, data.FromProbe)
	for {
		first, found := data.Mark{}, false
		for m, err := range tx.Marks().Range(next, end) {
			if err != nil {
				return nil, err
			}
			first, found = m, true
			break
		}
		if !found {
			return out, nil
		}
		at := func(t time.Time) data.MarkKey {
			first.At = t
			return first.Key()
		}
		if first.At.Before(from) {
			before, err := tx.Marks().Last(at(from))
			if err != nil {
				return nil, err
			}
			out = append(out, before)
		}
		for m, err := range tx.Marks().Range(at(from), at(endOfTime)) {
			if err != nil {
				return nil, err
			}
			out = append(out, m)
			if !m.At.Before(to) {
				break
			}
		}
		next = at(endOfTime)
	}
}

// endOfTime is after every mark.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// statement is what a month's figure rests on, as months.Book.Statement says it.
func (a *API) statement(tx data.Tx, c *Call, month string) (months.Statement, error) {
	s, err := months.Settled(tx, month)
	if err == nil || !errors.Is(err, data.ErrNotFound) {
		return s, err
	}
	from, to, err := ledger.Bounds(month, a.zone())
	if err != nil {
		return s, err
	}
	r, err := a.records(tx, c, from, to)
	if err != nil {
		return s, err
	}
	return a.Settings.Book().StatementFrom(tx, r, month, c.now)
}

// recordsOf are the records of months, which are in order.
func (a *API) recordsOf(tx data.Tx, c *Call, all []string) (ledger.Records, error) {
	if len(all) == 0 {
		return a.records(tx, c, c.now, c.now)
	}
	from, _, err := ledger.Bounds(all[0], a.zone())
	if err != nil {
		return ledger.Records{}, err
	}
	_, to, err := ledger.Bounds(all[len(all)-1], a.zone())
	if err != nil {
		return ledger.Records{}, err
	}
	return a.records(tx, c, from, to)
}

// outageKeys finds outages by their ID, which is made from the page's and the key, and so never changes.
type outageKeys struct {
	mu   sync.Mutex
	page string
	ids  map[data.OutageKey]string // of those that were looked at
	keys map[string]data.OutageKey
}

// find looks among those that it has seen before and those in list.
func (k *outageKeys) find(page, id string, list []data.Outage) (key data.OutageKey, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil || k.page != page || len(k.ids) > 2*mostKept {
		k.page, k.ids, k.keys = page, map[data.OutageKey]string{}, map[string]data.OutageKey{}
	}
	if key, known = k.keys[id]; known {
		return key, true
	}
	for _, o := range list {
		key := o.Key()
		if _, known := k.ids[key]; !known {
			k.ids[key] = outageID(page, key)
			k.keys[k.ids[key]] = key
		}
	}
	key, known = k.keys[id]
	return key, known
}
