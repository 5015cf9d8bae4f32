package notifier

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
)

// side is how many requests run beside one another. A round has between side and atOnce notices, and the very first
// firstRound.
const (
	side       = 8
	firstRound = 2 * side
	atOnce     = 500
)

// beginWithin is how long after its claim a request may still begin: what is left of the lease is enough for it.
const beginWithin = LeaseTime - RequestTimeout

// nextRound is how many notices to claim after a round of some that took so long: as many as could be begun in half of the
// time there is, at the same pace, and at most four times as many as before.
func nextRound(claimed int, took time.Duration) int {
	size := 4 * claimed
	if pace := took / time.Duration(max(1, claimed)); pace > 0 {
		size = min(size, int(beginWithin/2/pace))
	}
	return min(atOnce, max(side, size))
}

// work sends or looks up, a few at a time, and writes the results together.
func (n *Notifier) work(ctx context.Context, due []errand, claimed time.Time) error {
	// Sending has a lease and comes first; a look-up can wait.
	slices.SortStableFunc(due, func(a, b errand) int { return cmp.Compare(rank(a.notice), rank(b.notice)) })
	results := make([]data.Notice, len(due))
	var g errgroup.Group
	g.SetLimit(side)
	for i, e := range due {
		g.Go(func() error {
			switch {
			case e.notice.Phase == data.NoticeSending:
				results[i] = n.send(ctx, e)
			case ctx.Err() == nil && time.Since(claimed) <= beginWithin:
				results[i] = n.lookUp(ctx, e)
			default:
				results[i] = e.notice // it stays due
			}
			return nil
		})
	}
	g.Wait() //nolint:errcheck // the functions return none
	// What was sent is written down also while stopping: a request in flight may finish, nothing new begins.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := n.o.Store.Update(end, func(tx data.Tx) error {
		for _, r := range results {
			if err := data.PutNotice(tx, r); err != nil {
				return err
			}
			if r.Phase != data.NoticeAccepted {
				continue
			}
			p := data.Proof{Bulletin: r.Bulletin, Surface: data.OnMail, At: r.Accepted}
			if _, err := tx.Proofs().Get(p.Key()); errors.Is(err, data.ErrNotFound) {
				err = tx.Proofs().Put(p)
				if err != nil {
					return err
				}
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	for _, r := range results {
		if err == nil && r.Phase == data.NoticeRefused {
			n.worries.refusals = append(n.worries.refusals, refusal{r.Tried, r.Error})
		}
	}
	return err
}

// rank is the place of a claimed notice in its round.
func rank(n data.Notice) int {
	if n.Phase == data.NoticeSending {
		return 0
	}
	return 1
}

// send makes the request of a claimed notice, if what is left of its lease is enough for it.
func (n *Notifier) send(ctx context.Context, e errand) data.Notice {
	now := time.Now()
	if ctx.Err() != nil || e.notice.Lease.Sub(now) < RequestTimeout {
		late := &SendError{Outcome: NotTaken, Reason: "there was no time left to send it"}
		e.notice.Attempts--
		return After(e.notice, Receipt{}, late, e.story.bulletin, now)
	}
	request, cancel := context.WithTimeout(context.WithoutCancel(ctx), RequestTimeout)
	defer cancel()
	receipt, err := n.o.Sender.Send(request, e.batch)
	r := After(e.notice, receipt, err, e.story.bulletin, time.Now())
	n.results.WithLabelValues(string(r.Phase)).Inc()
	if e.notice.Twice {
		n.twice.Inc()
	}
	switch {
	case r.Phase == data.NoticeAccepted && r.Late:
		n.o.Log.Warn("a notice went out after its deadline", "notice", describe(r))
	case r.Phase == data.NoticeRefused:
		n.o.Log.Error("the provider refuses a notice; it is not tried again", "notice", describe(r), "reason", r.Error)
	case err != nil:
		n.o.Log.Warn("a notice is not through yet", "notice", describe(r), "phase", r.Phase, "reason", r.Error)
	}
	return r
}

// lookUp asks the provider's log what became of an unknown notice.
func (n *Notifier) lookUp(ctx context.Context, e errand) data.Notice {
	finder, ok := n.o.Sender.(Finder)
	var receipt Receipt
	var found bool
	err := errors.New("this provider keeps no log")
	if ok {
		request, cancel := context.WithTimeout(ctx, RequestTimeout)
		defer cancel()
		receipt, found, err = finder.Find(request, e.batch, e.notice.Tried)
	}
	r := LookedUpAfter(e.hold, e.notice, receipt, found, err, e.story.bulletin, time.Now())
	if r.Phase == data.NoticePlanned && r.Twice {
		n.o.Log.Warn("a notice is sent once more, maybe twice", "notice", describe(r), "reason", strings.TrimSpace(r.Error+" not found in the log"))
	}
	return r
}
