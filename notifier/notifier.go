package notifier

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	o       Options
	ticked  atomic.Int64 // unix seconds of the last turn of the loop, or round within it
	size    int          // how many notices the next round claims
	told    *data.Hold   // what operators were last told of; nil means nothing yet
	worries worries      // of the loop alone

	results *prometheus.CounterVec
	twice   prometheus.Counter
	oldest  prometheus.Gauge
	waiting prometheus.Gauge
}

// New returns a Notifier that has registered its metrics.
func New(o Options) *Notifier {
	o.Log = o.Log.With("part", "notifier")
	n := &Notifier{
		o: o, size: firstRound,
		results: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_notifier_requests_total", Help: "Messages handed to the provider, by what came of it.",
		}, []string{"outcome"}),
		twice: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "statusd_notifier_maybe_twice_total", Help: "Messages sent again without certainty that the first was lost.",
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_notifier_oldest_due_seconds", Help: "How long ago the oldest notice that is not out should have been; 0 while a restored store is held.",
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
	loop := n.run
	if n.o.Sender == nil {
		n.o.Log.Warn("no mail is configured: notices are shown on page and banner only")
		loop = n.idle
	}
	err := n.o.Store.Exclusive(ctx, "notifier", loop)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// idle is run where no mail is configured: nothing can be late or refused, and operators still hear that a restored store is
// held, and that it no longer is.
func (n *Notifier) idle(ctx context.Context) error {
	changes := n.o.Store.Watch(ctx, data.SettingsTable)
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-changes:
			if !ok {
				return nil
			}
		case <-again.C:
		}
		now := time.Now()
		_, err := n.held(ctx, now)
		if err == nil && !n.worries.calm {
			err = n.setAlarms(ctx, nil, nil, now)
			n.worries.calm = err == nil
		}
		if err != nil && ctx.Err() == nil {
			n.o.Log.Error("the alarms of mail could not be seen to; it is tried again", "error", err)
			again.Reset(5 * time.Second)
		}
	}
}

func (n *Notifier) run(ctx context.Context) error {
	changes := n.o.Store.Watch(ctx, data.BulletinsTable, data.SubscribersTable, data.SettingsTable)
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
		if err := errors.Join(n.turn(ctx, &due), n.alarm(ctx, time.Now())); ctx.Err() != nil {
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

// turn does everything that is due now, for a minute at most; what is left is due in the next one. So a long queue keeps
// neither a bulletin that has come meanwhile nor the gauges waiting.
func (n *Notifier) turn(ctx context.Context, s *schedule) (err error) {
	now := time.Now()
	if !s.known {
		if held, err := n.held(ctx, now); held || err != nil {
			s.known = err == nil
			return errors.Join(err, n.gauge(ctx))
		}
	}
	if !s.known || !s.bulletin.IsZero() && !now.Before(s.bulletin) {
		s.bulletin, err = FanOut(ctx, n.o.Store, now)
		s.known, s.notice = true, now
	}
	if s.notice.IsZero() || now.Before(s.notice) {
		return err
	}
	// Whoever has a notice is mailed even if another bulletin cannot be fanned out.
	return errors.Join(err, n.deliver(ctx, s, now), n.gauge(ctx))
}

// deliver goes round: claim what can be begun in time, send it, write down what came of it.
func (n *Notifier) deliver(ctx context.Context, s *schedule, began time.Time) error {
	for {
		now := time.Now()
		n.ticked.Store(now.Unix())
		due, next, err := n.claim(ctx, now, n.size)
		if s.notice = next; err != nil || len(due) == 0 && (next.IsZero() || next.After(now)) {
			return err
		}
		if len(due) > 0 {
			if err := n.work(ctx, due, now); err != nil {
				return err
			}
			n.size = nextRound(len(due), time.Since(now))
		}
		if time.Since(began) >= turnAtLeast {
			s.notice = time.Now()
			return nil
		}
	}
}

// gauge counts what is not settled. While a store is held nothing is late: that is an alarm of its own, as in late.
func (n *Notifier) gauge(ctx context.Context) error {
	var b backlog
	now := time.Now()
	var released time.Time
	if n.told != nil {
		released = n.told.Released
	}
	err := n.o.Store.View(ctx, func(tx data.Tx) (err error) { b, err = readBacklog(tx, released, now); return err })
	if err != nil {
		return err
	}
	n.worries.backlog, n.worries.read = b, now
	n.waiting.Set(float64(b.waiting))
	n.oldest.Set(0)
	if held := n.told != nil && n.told.Held(); !held && !b.oldest.IsZero() {
		n.oldest.Set(now.Sub(b.oldest).Seconds())
	}
	return nil
}
