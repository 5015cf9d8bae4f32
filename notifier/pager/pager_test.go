package pager

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
)

func TestOnceRemindedAndEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmBlind, "b")
		h.stand(data.AlarmNoticeRefused, "r")
		time.Sleep(25 * time.Hour)
		h.stand(data.AlarmBlind)
		h.stand(data.AlarmNoticeRefused)
		time.Sleep(25 * time.Hour)
		stop()
		h.want("webhook", "1m0s raised b, 10m0s raised r, 4h1m0s reminder b, 8h1m0s reminder b, 12h1m0s reminder b, 16h1m0s reminder b, "+
			"20h1m0s reminder b, 24h1m0s reminder b, 24h10m0s reminder r, 25h0m30s ended b + ended r")
	})
}

func TestTooShortToTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmBlind, "b")
		h.stand(data.AlarmNoticeRefused, "r")
		time.Sleep(59 * time.Second)
		h.stand(data.AlarmBlind)
		time.Sleep(9 * time.Minute)
		h.stand(data.AlarmNoticeRefused)
		time.Sleep(24 * time.Hour)
		stop()
		h.want("webhook", "")
	})
}

func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmUndeclared, "a", "b")
		time.Sleep(10 * time.Second)
		h.stand(data.AlarmSilent, "c")
		time.Sleep(20 * time.Second)
		h.stand(data.AlarmAuditBroken, "d")
		time.Sleep(10 * time.Minute)
		h.stand(data.AlarmUndeclared)
		time.Sleep(time.Minute)
		stop()
		h.want("webhook", "1m0s raised a + raised b + raised c, 1m30s raised d, 11m0s ended a + ended b")
	})
}

// Many at once are told in messages of a bearable size.
func TestMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		var subjects []string
		for n := range 3*most - 10 {
			subjects = append(subjects, fmt.Sprintf("s%03d", n))
		}
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmUndeclared, subjects...)
		time.Sleep(2 * time.Minute)
		stop()
		sizes := map[string]int{}
		for _, x := range h.told {
			sizes[x.message]++
		}
		if len(h.told) != len(subjects) || len(sizes) != 3 {
			t.Errorf("%d alarms in messages of %v", len(h.told), sizes)
		}
	})
}

func TestFlapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := h.start(h.channel("webhook", KindWebhook))
		for range 30 { // five minutes there, five minutes gone, for five hours
			h.stand(data.AlarmBlind, "b")
			time.Sleep(5 * time.Minute)
			h.stand(data.AlarmBlind)
			time.Sleep(5 * time.Minute)
		}
		stop()
		last := -time.Hour
		raised, ended := 0, 0
		for _, x := range h.told {
			switch x.word {
			case data.SayRaised:
				if x.at-last < data.FlapSpan {
					t.Errorf("told anew at %v, after %v", x.at, last)
				}
				if raised > 0 && x.back == 0 {
					t.Errorf("at %v it does not say that the alarm comes and goes", x.at)
				}
				last = x.at
				raised++
			case data.SayEnded:
				ended++
			default:
				t.Errorf("%v: %s", x.at, x.word)
			}
		}
		if raised < 8 || raised > 10 || ended != raised {
			t.Errorf("%d raised and %d ended in five hours: %s", raised, ended, h.story("webhook"))
		}
	})
}

// A channel that fails is tried again, ever less often, and holds no other back.
func TestOneChannelFails(t *testing.T) {
	// What the waits add up to in two hours where every jitter is at one end, or at the other; the last try succeeds.
	for outcome, bound := range map[notifier.Outcome]struct{ least, most int }{
		notifier.NotTaken: {14, 17}, notifier.Unknown: {14, 17}, notifier.Refused: {8, 11},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			tries, ids := 0, map[string]bool{}
			h.answers("mail", func(m Message) error {
				tries++
				ids[m.ID] = true
				if time.Since(h.begin) < 2*time.Hour {
					return &notifier.SendError{Outcome: outcome, Reason: "it fails"}
				}
				return nil
			})
			stop := h.start(h.channel("mail", KindMail), h.channel("webhook", KindWebhook))
			h.stand(data.AlarmBlind, "b")
			time.Sleep(3 * time.Hour)
			stop()
			h.want("webhook", "1m0s raised b")
			if got := h.story("mail"); strings.Count(got, "raised") != 1 || strings.Contains(got, ",") || len(ids) != 1 {
				t.Errorf("mail was told %q under %d names", got, len(ids))
			}
			if tries > bound.most || tries < bound.least {
				t.Errorf("%d tries in two hours, want %d to %d", tries, bound.least, bound.most)
			}
			text := h.log.String()
			if n := strings.Count(text, "level=ERROR"); n != 1 || strings.Count(text, "level=INFO") != 1 {
				t.Errorf("the log says\n%s", text)
			}
		})
	}
}

// Who was cut off while an alarm came and went is not told of it; who may have been told is told its end.
func TestEndedMeanwhile(t *testing.T) {
	for outcome, want := range map[notifier.Outcome]string{notifier.NotTaken: "", notifier.Unknown: "raised b, ended b"} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			h.answers("mail", func(Message) error {
				if time.Since(h.begin) < time.Hour {
					return &notifier.SendError{Outcome: outcome, Reason: "it fails"}
				}
				return nil
			})
			stop := h.start(h.channel("mail", KindMail))
			h.stand(data.AlarmBlind, "b")
			time.Sleep(30 * time.Minute)
			h.stand(data.AlarmBlind)
			time.Sleep(2 * time.Hour)
			stop()
			var words []string
			for _, x := range h.told {
				words = append(words, string(x.word)+" b")
			}
			if got := strings.Join(words, ", "); got != want {
				t.Errorf("%v: told %q, want %q", outcome, got, want)
			}
		})
	}
}

func TestRetryAfterAndGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		var at []time.Duration
		h.answers("webhook", func(Message) error {
			if at = append(at, time.Since(h.begin).Round(time.Second)); len(at) == 1 {
				return &notifier.SendError{Outcome: notifier.NotTaken, Reason: "slower", After: 20 * time.Minute}
			}
			return fmt.Errorf("%w: %w", ErrGone, &notifier.SendError{Outcome: notifier.Refused, Reason: "410"})
		})
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmBlind, "b")
		time.Sleep(48 * time.Hour)
		stop()
		if want := []time.Duration{time.Minute, 21 * time.Minute}; !slices.Equal(at, want) {
			t.Errorf("tried at %v, want %v", at, want)
		}
		if n := strings.Count(h.log.String(), "it is told nothing more"); n != 1 {
			t.Errorf("said %d times that it is gone:\n%s", n, h.log.String())
		}
		h.answers("webhook", nil)
		stop = h.start(h.channel("webhook", KindWebhook)) // until the next start
		time.Sleep(time.Minute)
		stop()
		h.want("webhook", "48h0m0s raised b")
	})
}

// TestDeathBeforeWriting kills the process between the receiver's yes and the writing of it: the same is said again by the
// same name, and nothing after that.
func TestDeathBeforeWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.answers("webhook", func(Message) error { h.store.set(true); return nil })
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmBlind, "a")
		time.Sleep(61 * time.Second)
		stop()
		h.stand(data.AlarmBlind, "a", "b")
		time.Sleep(time.Hour)
		h.answers("webhook", nil)
		h.store.set(false)
		stop = h.start(h.channel("webhook", KindWebhook))
		time.Sleep(time.Hour)
		stop()
		var ids []string
		for _, x := range h.told {
			ids = append(ids, x.message)
		}
		if len(ids) != 3 || ids[0] != ids[1] || ids[1] == ids[2] || h.told[1].key != "blind|a" || h.told[2].key != "blind|b" {
			t.Errorf("told %+v", h.told)
		}
	})
}

// A disk that takes no writes while the receiver takes the message repeats nothing within the process.
func TestUnwritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.answers("webhook", func(Message) error { h.store.set(true); return nil })
		stop := h.start(h.channel("webhook", KindWebhook))
		h.stand(data.AlarmBlind, "a")
		time.Sleep(time.Hour)
		h.answers("webhook", nil)
		h.store.set(false)
		time.Sleep(time.Hour)
		stop()
		h.want("webhook", "1m0s raised a")
	})
}

// TestClock jumps: moving everything written into the future is the clock being set back, and the other way round.
func TestClock(t *testing.T) {
	for jump, want := range map[time.Duration]string{
		year:        "1m0s raised a, 2h0m0s reminder a", // back: one reminder too many
		-year:       "1m0s raised a, 2h0m0s reminder a", // on: it is long ago
		time.Minute: "1m0s raised a",
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			channel := h.channel("webhook", KindWebhook)
			stop := h.start(channel)
			h.stand(data.AlarmBlind, "a")
			time.Sleep(2 * time.Hour)
			stop()
			h.update(func(tx data.Tx) error {
				all, err := data.All(tx.Alarms().Range("", ""))
				for _, a := range all {
					a.Since = a.Since.Add(jump)
					for name, s := range a.Said {
						s.At = s.At.Add(jump)
						a = with(a, name, s)
					}
					if err := tx.Alarms().Put(a); err != nil {
						return err
					}
				}
				return err
			})
			stop = h.start(channel)
			time.Sleep(time.Hour)
			stop()
			h.want("webhook", want)
		})
	}
}

func TestMetricsAndPrune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		stop := h.start(h.channel("webhook", KindWebhook))
		synctest.Wait()
		if n := testutil.CollectAndCount(h.registry, "statusd_alarm_standing"); n != len(data.Alarms) {
			t.Errorf("%d kinds have a series, want %d", n, len(data.Alarms))
		}
		h.stand(data.AlarmUndeclared, "a", "b")
		h.stand(data.AlarmBlind, "")
		time.Sleep(2 * time.Minute)
		h.stand(data.AlarmBlind)
		time.Sleep(data.GraceEnded)
		synctest.Wait()
		for want, series := range map[float64]string{2: "outage_undeclared", 0: "blind"} {
			if got := gauge(t, h.registry, "statusd_alarm_standing", series); got != want {
				t.Errorf("%s: %v stand, want %v", series, got, want)
			}
		}
		if got := gauge(t, h.registry, "statusd_pager_messages_total", KindWebhook, outcomeSent); got != 2 {
			t.Errorf("%v messages", got)
		}
		stop()
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{KeepAlarms - data.GraceEnded - time.Second, 0}, {time.Second, 1}, {year, 0}} {
			time.Sleep(step.wait)
			if n, err := Prune(t.Context(), h.store, time.Now()); n != step.want || err != nil {
				t.Errorf("%d pruned, %v; want %d", n, err, step.want)
			}
		}
	})
}

// TestNothingTwice lets alarms come and go at random over a hundred processes, some of which die between a receiver's yes and
// its writing, with receivers that fail in every way. A beginning and an end are each told once, by one name; what is told
// again after a death has the same name.
func TestNothingTwice(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) { nothingTwice(t, seed) })
	}
}
