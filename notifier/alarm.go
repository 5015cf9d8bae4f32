package notifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// When what is not sent is worth an alarm.
const (
	unsentAfter  = 15 * time.Minute // since the bulletin's moment
	unknownAfter = 45 * time.Minute // for one whose outcome is unknown: by then it was looked up three times
	refusedFor   = 24 * time.Hour   // how long a refusal is remembered
)

// backlog is what is not settled.
type backlog struct {
	waiting int
	oldest  time.Time // moment of the oldest bulletin with a notice that should be out; zero means none
	why     string    // what was last said of such a notice; may be empty
}

// readBacklog goes over everything that is due some time. A notice counts from its bulletin's moment on, however often it was
// put off since; one whose outcome is unknown does once its look-ups are over, which begin at a release (F14).
func readBacklog(tx data.Tx, released, now time.Time) (backlog, error) {
	var out backlog
	moments := map[data.BulletinKey]time.Time{} // of bulletins with nothing that counts so far
	for d, err := range tx.Dues().Range("", "") {
		if err != nil {
			return out, err
		}
		out.waiting++
		cut := strings.LastIndexByte(string(d.Notice), '|')
		key := data.BulletinKey(d.Notice[:max(0, cut)])
		moment, known := moments[key]
		if !known {
			b, err := tx.Bulletins().Get(key)
			if err != nil && !errors.Is(err, data.ErrNotFound) {
				return out, err
			}
			moment = b.Moment // zero where it is gone: the claim takes its notices away
			moments[key] = moment
		}
		if moment.IsZero() || moment.After(now) || !out.oldest.IsZero() && !moment.Before(out.oldest) {
			continue
		}
		n, err := tx.Notices().Get(d.Notice)
		switch {
		case errors.Is(err, data.ErrNotFound):
			continue
		case err != nil:
			return out, err
		case n.Phase == data.NoticeUnknown && (now.Sub(n.Tried) < unknownAfter || now.Sub(released) < unknownAfter):
			continue
		}
		out.oldest, out.why = moment, n.Error
	}
	return out, nil
}

// refusal is one notice that the provider will not take.
type refusal struct {
	at  time.Time
	why string
}

// readRefusals finds those of the last day.
func readRefusals(tx data.Tx, now time.Time) ([]refusal, error) {
	var out []refusal
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			return nil, err
		}
		if b.Moment.After(now) || now.Sub(b.Until) > refusedFor {
			continue
		}
		from, to := data.NoticesOf(b.Key())
		for n, err := range tx.Notices().Range(from, to) {
			if err != nil {
				return nil, err
			}
			if n.Phase == data.NoticeRefused {
				out = append(out, refusal{n.Tried, n.Error})
			}
		}
	}
	return out, nil
}

// worries is what the loop knows for its alarms.
type worries struct {
	known    bool // refusals were read and alarms of the last process were seen to
	calm     bool // no alarm stands
	backlog  backlog
	read     time.Time // when backlog was
	refusals []refusal
}

// alarm raises and clears the alarms of mail that waits and of mail that is refused. While nothing waits and nothing was
// refused it reads nothing.
func (n *Notifier) alarm(ctx context.Context, now time.Time) error {
	w := &n.worries
	if !w.known {
		err := n.o.Store.View(ctx, func(tx data.Tx) (err error) { w.refusals, err = readRefusals(tx, now); return err })
		if err != nil {
			return err
		}
		w.known = true
	}
	if w.backlog.waiting > 0 && now.Sub(w.read).Abs() >= turnAtLeast/2 { // this turn has not
		if err := n.gauge(ctx); err != nil {
			return err
		}
	}
	w.refusals = slices.DeleteFunc(w.refusals, func(r refusal) bool { return now.Sub(r.at) >= refusedFor })
	held := n.told != nil && n.told.Held() // that is an alarm of its own
	unsent, refused := late(w.backlog, held, now), recent(w.refusals)
	calm := len(unsent)+len(refused) == 0
	if calm && w.calm {
		return nil
	}
	err := n.setAlarms(ctx, unsent, refused, now)
	w.calm = calm && err == nil
	return err
}

func (n *Notifier) setAlarms(ctx context.Context, unsent, refused []data.Alarm, now time.Time) error {
	return n.o.Store.Update(ctx, func(tx data.Tx) error {
		return errors.Join(data.SetAlarms(tx, data.AlarmNoticeUnsent, unsent, now), data.SetAlarms(tx, data.AlarmNoticeRefused, refused, now))
	})
}

// late is the alarm of a backlog at now.
func late(b backlog, held bool, now time.Time) []data.Alarm {
	if held || b.oldest.IsZero() || now.Sub(b.oldest) < unsentAfter {
		return nil
	}
	a := data.Alarm{Detail: "The oldest is due since " + stamp(b.oldest) + "."}
	if b.why != "" {
		a.Detail += " Last tried: " + b.why + "."
	}
	return []data.Alarm{a}
}

// recent is the alarm of the refusals of the last day.
func recent(list []refusal) []data.Alarm {
	if len(list) == 0 {
		return nil
	}
	last := slices.MaxFunc(list, func(a, b refusal) int { return a.at.Compare(b.at) })
	notices := "1 notice was"
	if len(list) > 1 {
		notices = fmt.Sprintf("%d notices were", len(list))
	}
	return []data.Alarm{{Detail: fmt.Sprintf("%s refused in 24 hours, the last on %s: %s.", notices, stamp(last.at), last.why)}}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
