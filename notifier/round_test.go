package notifier_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
)

// steady is a Sender that takes its time, and looks around meanwhile, one look at a time.
type steady struct {
	scripted
	takes time.Duration
	look  func()
}

func (s *steady) Send(ctx context.Context, b notifier.Batch) (notifier.Receipt, error) {
	time.Sleep(s.takes)
	s.mu.Lock()
	s.look()
	s.mu.Unlock()
	return s.scripted.Send(ctx, b)
}

// atMoment lets a week's occurrence be told at once, by a store with so many subscribers.
func atMoment(t *testing.T, subscribers int) data.Store {
	t.Helper()
	s := open(t)
	prepare(t, s, subscribers, week("system"))
	time.Sleep(96 * time.Hour)
	if _, err := notifier.FanOut(t.Context(), s, time.Now()); err != nil {
		t.Fatal(err)
	}
	return s
}

// run lets n work for d.
func run(t *testing.T, n *notifier.Notifier, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := n.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestReadyThroughALongQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := atMoment(t, 2500)
		sender := &steady{takes: time.Second}
		n := newNotifier(s, sender)
		stalled := 0
		sender.look = func() {
			if n.Ready() != nil {
				stalled++
			}
		}
		run(t, n, 10*time.Minute)
		if len(sender.sent) != 2500 || stalled != 0 {
			t.Errorf("%d of 2500 are sent, and the loop seemed to stand still %d times", len(sender.sent), stalled)
		}
	})
}

func TestClaimsWhatCanBeSentInTime(t *testing.T) {
	for _, takes := range []time.Duration{0, 3 * time.Second, 15 * time.Second} {
		t.Run(takes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := atMoment(t, 100)
				late := map[data.NoticeKey]bool{}
				sender := &steady{takes: takes}
				sender.look = func() {
					for _, n := range notices(t, s) {
						if strings.Contains(n.Error, "no time left") {
							late[n.Key()] = true
						}
					}
				}
				run(t, newNotifier(s, sender), 10*time.Minute)
				if len(sender.sent) != 100 || len(late) > 8 { // a first guess may be wrong, once
					t.Errorf("%d of 100 are sent, and %d were claimed too early", len(sender.sent), len(late))
				}
			})
		})
	}
}

// broken is a bulletin whose occurrence is missing, with a notice for subscriber.
func broken(tx data.Tx, subscriber string) error {
	b := data.Bulletin{
		About: data.AboutOccurrence, Subject: string(week("lost").Key()), Kind: data.TellPlanned,
		Moment: time.Now(), Until: week("lost").Window.End, Fanned: true,
	}
	return errors.Join(tx.Bulletins().Put(b),
		data.PutNotice(tx, data.Notice{Bulletin: b.Key(), Subscriber: subscriber, Phase: data.NoticePlanned, Next: time.Now().Add(-time.Hour)}))
}

func TestOneThatCannotBeWrittenKeepsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := atMoment(t, 3), &scripted{}
		put(t, s, func(tx data.Tx) error {
			odd := datatest.Subscriber("s00001")
			odd.Zone = "Nowhere/At_All"
			orphan := data.Notice{Bulletin: "occurrence|none|planned|0000", Subscriber: "s00002", Phase: data.NoticePlanned, Next: time.Now().Add(-time.Hour)}
			nowhere := data.Due{At: time.Now().Add(-time.Hour), Notice: "a|b"}
			return errors.Join(tx.Subscribers().Put(odd), broken(tx, "s00000"), data.PutNotice(tx, orphan), tx.Dues().Put(nowhere))
		})
		var log bytes.Buffer
		n := notifier.New(notifier.Options{
			Store: s, Sender: sender, Domain: "status.example.com", Log: slog.New(slog.NewTextHandler(&log, nil)), Registry: prometheus.NewRegistry(),
			Settings: notifier.Settings{Product: "SuperOffice CRM", URL: "https://status.example.com", Zone: time.UTC},
		})
		run(t, n, time.Hour)
		if len(sender.sent) != 3 {
			t.Errorf("%d messages, want those of the three who have a letter:\n%s", len(sender.sent), &log)
		}
		if got := strings.Count(log.String(), "a notice is not sent"); got != 2 {
			t.Errorf("logged %d times, want once for each of two:\n%s", got, &log)
		}
		for _, n := range notices(t, s) {
			switch {
			case strings.Contains(string(n.Bulletin), "lost"):
				if n.Phase != data.NoticePlanned || n.Error == "" || time.Until(n.Next) <= 0 || time.Until(n.Next) > 10*time.Minute {
					t.Errorf("the notice is %+v, want it put off", n)
				}
			case strings.Contains(string(n.Bulletin), "none"):
				if n.Phase != data.NoticeVoid {
					t.Errorf("the notice without a bulletin is %+v", n)
				}
			}
		}
		run(t, n, 8*24*time.Hour)
		for _, n := range notices(t, s) {
			if !n.Next.IsZero() {
				t.Errorf("after the bulletin's time: %+v", n)
			}
		}
		put(t, s, func(tx data.Tx) error { return tx.Notices().Delete("occurrence|none|planned|0000|s00002") })
	})
}

func TestOneThatCannotBeFannedOutKeepsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		prepare(t, s, 2, week("system"))
		put(t, s, func(tx data.Tx) error {
			return tx.Bulletins().Put(data.Bulletin{About: data.AboutOccurrence, Subject: "lost", Kind: data.TellPlanned, Moment: time.Now(), Until: time.Now().AddDate(1, 0, 0)})
		})
		time.Sleep(96 * time.Hour)
		live(t, s, sender, time.Minute)
		if len(sender.sent) != 2 {
			t.Errorf("%d messages, want two", len(sender.sent))
		}
	})
}

func TestWhoHasLeftIsNotMailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := atMoment(t, 3), &scripted{}
		put(t, s, func(tx data.Tx) error {
			left := datatest.Subscriber("s00000")
			left.Retired = true
			return errors.Join(tx.Subscribers().Put(left), tx.Subscribers().Delete("s00001"))
		})
		live(t, s, sender, time.Hour)
		var phases []data.Phase
		for _, n := range notices(t, s) {
			phases = append(phases, n.Phase)
		}
		if want := []data.Phase{data.NoticeVoid, data.NoticeVoid, data.NoticeAccepted}; fmt.Sprint(phases) != fmt.Sprint(want) || len(sender.sent) != 1 {
			t.Errorf("%d messages, phases %v; want %v", len(sender.sent), phases, want)
		}
	})
}

// counting is a store that counts what is read of occurrences while writing, and of dues.
type counting struct {
	data.Store
	locked, dues int
}

type countingTx struct {
	data.Tx
	of      *counting
	writing bool
}

type countingTable[K ~string, V data.Keyed[K]] struct {
	data.Table[K, V]
	n *int
}

func (t countingTable[K, V]) Range(from, to K) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		t.Table.Range(from, to)(func(v V, err error) bool { *t.n++; return yield(v, err) })
	}
}

func (t countingTx) Dues() data.Table[data.DueKey, data.Due] {
	return countingTable[data.DueKey, data.Due]{t.Tx.Dues(), &t.of.dues}
}

func (t countingTx) Occurrences() data.Table[data.OccurrenceKey, data.Occurrence] {
	if !t.writing {
		return t.Tx.Occurrences()
	}
	return countingTable[data.OccurrenceKey, data.Occurrence]{t.Tx.Occurrences(), &t.of.locked}
}

func (s *counting) View(ctx context.Context, fn func(data.Tx) error) error {
	return s.Store.View(ctx, func(tx data.Tx) error { return fn(countingTx{tx, s, false}) })
}

func (s *counting) Update(ctx context.Context, fn func(data.Tx) error) error {
	return s.Store.Update(ctx, func(tx data.Tx) error { return fn(countingTx{tx, s, true}) })
}

func TestClaimReadsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := &counting{Store: atMoment(t, 3000)}, &scripted{}
		put(t, s.Store, func(tx data.Tx) error { // 2,000 of them are for tomorrow
			all, err := data.All(tx.Notices().Range("", ""))
			for _, n := range all[:2000] {
				n.Next = time.Now().AddDate(0, 0, 1)
				err = errors.Join(err, data.PutNotice(tx, n))
			}
			return err
		})
		live(t, s, sender, 30*time.Second)
		if len(sender.sent) != 1000 || s.locked != 0 || s.dues > 5500 {
			t.Errorf("%d messages; read %d occurrences while writing, want none, and %d dues, want those of tomorrow once for each of two turns",
				len(sender.sent), s.locked, s.dues)
		}
	})
}
