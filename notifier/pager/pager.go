package pager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/hook"
)

// Options for New. Store, Log and Registry are needed.
type Options struct {
	Store    data.Store
	Channels []Channel // none: alarms are only counted
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// Channel is one way to operators.
type Channel struct {
	Name string // by which alarms remember what it said; it holds no address
	Kind string // mail or webhook, for metrics and the log
	// Deliver makes one attempt within ctx's deadline. An error is a *notifier.SendError, which holds no secret and no address,
	// or ErrGone.
	Deliver func(ctx context.Context, m Message) error
}

// The kinds of channels.
const (
	KindMail    = "mail"
	KindWebhook = "webhook"
)

// ErrGone is what a channel answers that does not want to be told any more. It is not used again until the next start.
var ErrGone = hook.ErrGone

// Pager tells operators of alarms. Make one with New and call Run once.
type Pager struct {
	o        Options
	standing *prometheus.GaugeVec
	messages *prometheus.CounterVec
}

// What became of an attempt, as the metric says it.
const (
	outcomeSent     = "sent"
	outcomeNotTaken = "not_taken"
	outcomeUnknown  = "unknown"
	outcomeRefused  = "refused"
)

// New returns a Pager that has registered its metrics.
func New(o Options) *Pager {
	o.Log = o.Log.With("part", "pager")
	p := &Pager{
		o: o,
		standing: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "statusd_alarm_standing", Help: "Alarms that stand, by kind.",
		}, []string{"kind"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_pager_messages_total", Help: "Attempts to tell operators of alarms, by what became of them.",
		}, []string{"channel", "outcome"}),
	}
	for kind := range data.Alarms {
		p.standing.WithLabelValues(string(kind))
	}
	for _, kind := range []string{KindMail, KindWebhook} {
		for _, outcome := range []string{outcomeSent, outcomeNotTaken, outcomeUnknown, outcomeRefused} {
			p.messages.WithLabelValues(kind, outcome)
		}
	}
	o.Registry.MustRegister(p.standing, p.messages)
	return p
}

// Run tells operators until ctx ends; a message under way may finish. One process at a time does.
func (p *Pager) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.count(ctx) })
	group.Go(func() error {
		err := p.o.Store.Exclusive(ctx, "pager", func(ctx context.Context) error {
			channels, ctx := errgroup.WithContext(ctx)
			for _, c := range p.o.Channels {
				channels.Go(func() error { return p.serve(ctx, c) })
			}
			return channels.Wait()
		})
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	return group.Wait()
}

// retryStore is how long to wait after an error of the store.
const retryStore = 5 * time.Second

// count keeps the metric.
func (p *Pager) count(ctx context.Context) error {
	for range p.o.Store.Watch(ctx, data.AlarmsTable) {
		for {
			alarms, err := p.read(ctx)
			if err == nil {
				n := map[data.AlarmKind]int{}
				for _, a := range alarms {
					if a.Stands() {
						n[a.Kind]++
					}
				}
				for kind := range data.Alarms {
					p.standing.WithLabelValues(string(kind)).Set(float64(n[kind]))
				}
				break
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(retryStore):
			}
		}
	}
	return nil
}

func (p *Pager) read(ctx context.Context) (alarms []data.Alarm, err error) {
	err = p.o.Store.View(ctx, func(tx data.Tx) (err error) { alarms, err = data.All(tx.Alarms().Range("", "")); return err })
	if err != nil {
		return nil, fmt.Errorf("reading the alarms: %w", err)
	}
	return alarms, nil
}

// When a channel is tried again: after 10 s, 20 s, 40 s, 80 s and so on up to a quarter of an hour, give or take a fifth, for
// ever; after a refusal at the longest wait at once, because somebody has to mend something first. A receiver that names a time
// is obeyed up to an hour.
const (
	firstWait = 10 * time.Second
	longWait  = 15 * time.Minute
	mostAsked = time.Hour
)

// line is one channel at work. It belongs to its goroutine.
type line struct {
	Channel
	tries int       // attempts that failed in a row
	until time.Time // nothing is tried before this
	doubt bool      // what is claimed may have been taken, by an attempt of ours or of a process before
	anew  bool      // what is claimed was surely not taken
	taken *Message  // said, and not written down yet
}

// Bounds of one attempt, and of one that is under way when the process stops.
const (
	deliverWithin = 30 * time.Second
	lastWords     = 5 * time.Second
)

// atLeast is how often a channel looks whatever the clock does.
const atLeast = time.Minute

// serve says what one channel owes until ctx ends.
func (p *Pager) serve(ctx context.Context, c Channel) error {
	l := &line{Channel: c, doubt: true}
	changes := p.o.Store.Watch(ctx, data.AlarmsTable)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-changes:
			if !ok {
				return nil
			}
			if time.Until(l.until) > 0 {
				continue // the timer stands at that
			}
		case <-timer.C:
		}
		wait, err := p.turn(ctx, l)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrGone):
			p.o.Log.Error("the receiver of alarms says that it is gone (410): it is told nothing more until the service is started again", "channel", c.Kind)
			<-ctx.Done()
			return nil
		}
		timer.Reset(wait)
	}
}

// turn says one message, if one is owed, and returns how long there is nothing to do unless an alarm changes.
func (p *Pager) turn(ctx context.Context, l *line) (time.Duration, error) {
	m, next, err := p.claim(ctx, l)
	switch {
	case err != nil:
		p.o.Log.Error("alarms cannot be read or written; it is tried again", "channel", l.Kind, "error", err)
		l.until = time.Now().Add(retryStore)
		return retryStore, nil
	case len(m.Items) == 0 && next.IsZero():
		return atLeast, nil
	case len(m.Items) == 0:
		return min(atLeast, max(0, time.Until(next))), nil
	}
	if err = deliver(ctx, l.Channel, m); err == nil {
		p.messages.WithLabelValues(l.Kind, outcomeSent).Inc()
		if l.tries > 0 {
			p.o.Log.Info("operators are told of alarms again", "channel", l.Kind)
		}
		l.tries, l.anew, l.taken = 0, false, &m
		if err = p.written(ctx, l); err != nil {
			p.o.Log.Error("what operators were told cannot be written down; it is tried again", "channel", l.Kind, "error", err)
			l.until = time.Now().Add(retryStore)
			return retryStore, nil
		}
		return 0, nil // there may be more
	}
	return p.failed(l, err), err
}

// deliver makes one attempt. One that does not come back in time is given up, and nobody knows what became of it.
func deliver(ctx context.Context, c Channel, m Message) error {
	attempt, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverWithin)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-attempt.Done():
		case <-time.After(lastWords):
			cancel()
		}
	})()
	back := make(chan error, 1)
	go func() { back <- c.Deliver(attempt, m) }()
	select {
	case err := <-back:
		return err
	case <-attempt.Done():
		return &notifier.SendError{Outcome: notifier.Unknown, Reason: "no answer in time"}
	}
}

// claim returns what is to be said now, written down as being said.
func (p *Pager) claim(ctx context.Context, l *line) (m Message, next time.Time, err error) {
	if err := p.written(ctx, l); err != nil {
		return m, next, err
	}
	alarms, err := p.read(ctx)
	if err != nil {
		return m, next, err
	}
	now := time.Now()
	if m, next = compose(alarms, l.Name, l.anew, now); len(m.Items) == 0 && !l.anew {
		return m, next, nil
	}
	fresh := false // nobody has tried to say it before
	err = p.o.Store.Update(ctx, func(tx data.Tx) error {
		alarms, err := data.All(tx.Alarms().Range("", ""))
		if err != nil {
			return err
		}
		fresh = l.anew || len(claimed(alarms, l.Name).Items) == 0
		m, next = compose(alarms, l.Name, l.anew, now)
		for _, a := range claim(alarms, l.Name, m) {
			if err := tx.Alarms().Put(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Message{}, next, fmt.Errorf("claiming alarms: %w", err)
	}
	l.anew, l.doubt = false, l.doubt && !fresh
	return m, next, nil
}

// written writes down what was taken, also while stopping.
func (p *Pager) written(ctx context.Context, l *line) error {
	if l.taken == nil {
		return nil
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	now := time.Now()
	err := p.o.Store.Update(end, func(tx data.Tx) error {
		for _, i := range l.taken.Items {
			a, err := tx.Alarms().Get(i.Key())
			if errors.Is(err, data.ErrNotFound) {
				continue // pruned meanwhile
			} else if err != nil {
				return err
			}
			if err := tx.Alarms().Put(settle(a, l.Name, i, now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing down what was said of alarms: %w", err)
	}
	l.taken = nil
	return nil
}

// failed says when to try again. It logs the first failure of a row, and what it means.
func (p *Pager) failed(l *line, err error) time.Duration {
	failure := &notifier.SendError{Outcome: notifier.Unknown, Reason: "an error of no known kind"}
	errors.As(err, &failure)
	wait := min(longWait, firstWait<<min(l.tries, 10))
	outcome := outcomeUnknown
	switch failure.Outcome {
	case notifier.NotTaken:
		outcome = outcomeNotTaken
	case notifier.Refused:
		outcome, wait = outcomeRefused, longWait
	default:
		l.doubt = true
	}
	l.anew = !l.doubt
	p.messages.WithLabelValues(l.Kind, outcome).Inc()
	wait += time.Duration((rand.Float64() - 0.5) * 0.4 * float64(wait)) //nolint:gosec // jitter
	wait = max(wait, min(failure.After, mostAsked))
	if l.tries++; l.tries == 1 && !errors.Is(err, ErrGone) {
		p.o.Log.Error("operators cannot be told of alarms; it is tried again until they can", "channel", l.Kind, "outcome", outcome, "reason", failure.Reason, "next_try", wait.Round(time.Second))
	}
	l.until = time.Now().Add(wait)
	return wait
}
