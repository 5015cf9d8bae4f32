package api

import (
	"context"
	"sync"

	"github.com/superoffice/statusd/data"
)

// outageCache keeps the outages as they were read last, since a list goes over all of them and reading them takes far longer than
// that. It holds only what is no older than the revision that a call has seen before its own snapshot.
type outageCache struct {
	mu   sync.Mutex
	rev  data.Revision
	list []data.Outage // in the order of keys; read only; nil where nothing is kept
}

// mostCached is how many outages are kept; more are read each time.
const mostCached = 50_000

// outageRevision is the newest revision of the outages. It is asked for before a snapshot is taken: what is read then is no older.
func (a *API) outageRevision(ctx context.Context) data.Revision {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return <-a.Store.Watch(ctx, data.OutagesTable)
}

// allOutages are all of them, in the order of their keys. They are not to be changed.
func (a *API) allOutages(tx data.Tx, c *Call) ([]data.Outage, error) {
	k := &a.outagesRead
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list != nil && k.rev == c.seen {
		return k.list, nil
	}
	list, err := data.All(tx.Outages().Range("", ""))
	if err != nil {
		return nil, err
	}
	if k.rev, k.list = c.seen, list; len(list) > mostCached {
		k.list = nil
	}
	return list, nil
}
