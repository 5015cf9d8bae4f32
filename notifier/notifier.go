package notifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
)

// Options for New.
type Options struct {
	Store    data.Store
	Sender   Sender // nil: no mail is configured, and nothing is fanned out
	Settings Settings
	Domain   string // of message IDs, such as status.example.com
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// Notifier fans out and sends. Make one with New and call Run once.
type Notifier struct {
	o      Options
	ticked atomic.Int64 // unix seconds of the last turn of the loop

	results *prometheus.CounterVec
	twice   prometheus.Counter
	oldest  prometheus.Gauge
	waiting prometheus.Gauge
}

// New returns a Notifier that has registered its metrics.
func New(o Options) *Notifier {
	o.Log = o.Log.With("part", "notifier")
	n := &Notifier{
		o: o,
		results: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_notifier_requests_total", Help: "Messages handed to the provider, by what came of it.",
		}, []string{"outcome"}),
		twice: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "statusd_notifier_maybe_twice_total", Help: "Messages sent again without certainty that the first was lost.",
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_notifier_oldest_due_seconds", Help: "Age of the oldest notice that is due and not accepted.",
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_notifier_waiting", Help: "Notices that are not settled.",
		}),
	}
	for _, p := range []data.Phase{data.NoticeAccepted, data.NoticeRefused, data.NoticeUnknown, data.NoticePlanned} {
		n.results.WithLabelValues(string(p))
	}
	o.Registry.MustRegister(n.results, n.twice, n.oldest, n.waiting)
	return n
}

// ErrStalled is what Ready returns when the loop has not turned lately.
var ErrStalled = errors.New("the sender loop has not turned lately")

// turnAtLeast is how often the loop turns even when nothing is due.
const turnAtLeast = time.Minute

// Ready says whether the loop turns (RELIABILITY 3.3).
func (n *Notifier) Ready() error {
	if at := n.ticked.Load(); at != 0 && time.Since(time.Unix(at, 0)) > 3*turnAtLeast+RequestTimeout {
		return ErrStalled
	}
	return nil
}

// Run fans out and sends until ctx ends. One process at a time does.
func (n *Notifier) Run(ctx context.Context) error {
	if n.o.Sender == nil {
		n.o.Log.Warn("no mail is configured: notices are shown on page and banner only")
		<-ctx.Done()
		return nil
	}
	err := n.o.Store.Exclusive(ctx, "notifier", n.run)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (n *Notifier) run(ctx context.Context) error {
	changes := n.o.Store.Watch(ctx, data.BulletinsTable, data.SubscribersTable)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var due schedule
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-changes:
			if !ok {
				return nil
			}
			due = schedule{}
		case <-timer.C:
		}
		n.ticked.Store(time.Now().Unix())
		wait := turnAtLeast
		if err := n.turn(ctx, &due); ctx.Err() != nil {
			return nil
		} else if err != nil {
			n.o.Log.Error("notices are delayed; it is tried again", "error", err)
			due, wait = schedule{}, 5*time.Second
		}
		for _, at := range []time.Time{due.bulletin, due.notice} {
			if !at.IsZero() {
				wait = min(wait, max(0, time.Until(at)))
			}
		}
		timer.Reset(wait)
	}
}

// schedule is when there is something to do next, as far as the last look into the store told. So a turn that only shows
// that the loop lives reads nothing.
type schedule struct {
	known            bool
	bulletin, notice time.Time // zero means none
}

// turn does everything that is due now.
func (n *Notifier) turn(ctx context.Context, s *schedule) (err error) {
	now := time.Now()
	if !s.known || !s.bulletin.IsZero() && !now.Before(s.bulletin) {
		if s.bulletin, err = FanOut(ctx, n.o.Store, now); err != nil {
			return err
		}
		s.known, s.notice = true, now
	}
	if s.notice.IsZero() || now.Before(s.notice) {
		return nil
	}
	for {
		due, next, err := n.claim(ctx, time.Now())
		if s.notice = next; err != nil || len(due) == 0 {
			return err
		}
		if err := n.work(ctx, due); err != nil {
			return err
		}
	}
}

// atOnce is how many notices are claimed in one transaction, and side is how many requests run beside one another.
const (
	atOnce = 500
	side   = 8
)

// claim takes what is due: notices to be sent are written as being sent, those whose sender died become unknown, and
// unknown ones come back to be looked up. It returns the errands, and when the next notice is due.
func (n *Notifier) claim(ctx context.Context, now time.Time) (due []errand, next time.Time, err error) {
	err = n.o.Store.Update(ctx, func(tx data.Tx) error {
		due, next = nil, time.Time{}
		var keys []data.NoticeKey
		waiting, oldest := 0, time.Duration(0)
		for d, err := range tx.Dues().Range("", "") {
			if err != nil {
				return err
			}
			waiting++
			if d.At.After(now) {
				if next.IsZero() {
					next = d.At
				}
				continue
			}
			oldest = max(oldest, now.Sub(d.At))
			if len(keys) < atOnce {
				keys = append(keys, d.Notice)
			}
		}
		n.waiting.Set(float64(waiting))
		n.oldest.Set(oldest.Seconds())
		for _, key := range keys {
			notice, err := tx.Notices().Get(key)
			if err != nil {
				return err
			}
			e, err := compose(tx, n.o.Settings, notice)
			if err != nil {
				return fmt.Errorf("composing %s: %w", describe(notice), err)
			}
			id := e.batch.Key + "@" + n.o.Domain
			switch notice.Phase {
			case data.NoticePlanned:
				e.notice = Claim(notice, e.bulletin, id, now)
			case data.NoticeSending:
				e.notice = Died(notice)
			}
			e.batch.MessageID = id
			if err := data.PutNotice(tx, e.notice); err != nil {
				return err
			}
			if e.notice.Phase == data.NoticeSending || notice.Phase == data.NoticeUnknown {
				due = append(due, e)
			} else if at := e.notice.Next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		return nil
	})
	return due, next, err
}

// work sends or looks up, a few at a time, and writes the results together.
func (n *Notifier) work(ctx context.Context, due []errand) error {
	results := make([]data.Notice, len(due))
	var g errgroup.Group
	g.SetLimit(side)
	for i, e := range due {
		g.Go(func() error {
			if e.notice.Phase == data.NoticeUnknown {
				results[i] = n.lookUp(ctx, e)
			} else {
				results[i] = n.send(ctx, e)
			}
			return nil
		})
	}
	g.Wait() //nolint:errcheck // the functions return none
	// What was sent is written down also while stopping: a request in flight may finish, nothing new begins.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return n.o.Store.Update(end, func(tx data.Tx) error {
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
}

// send makes the request of a claimed notice, if what is left of its lease is enough for it.
func (n *Notifier) send(ctx context.Context, e errand) data.Notice {
	now := time.Now()
	if ctx.Err() != nil || e.notice.Lease.Sub(now) < RequestTimeout {
		late := &SendError{Outcome: NotTaken, Reason: "there was no time left to send it"}
		e.notice.Attempts--
		return After(e.notice, Receipt{}, late, e.bulletin, now)
	}
	request, cancel := context.WithTimeout(context.WithoutCancel(ctx), RequestTimeout)
	defer cancel()
	receipt, err := n.o.Sender.Send(request, e.batch)
	r := After(e.notice, receipt, err, e.bulletin, time.Now())
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
	r := LookedUp(e.notice, receipt, found, err, e.bulletin, time.Now())
	if r.Phase == data.NoticePlanned {
		n.o.Log.Warn("a notice is sent once more, maybe twice", "notice", describe(r), "reason", strings.TrimSpace(r.Error+" not found in the log"))
	}
	return r
}
