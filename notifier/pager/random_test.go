package pager

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
)

// nothingTwice is one history of a hundred processes.
func nothingTwice(t *testing.T, seed uint64) {
	h := newHouse(t)
	random := rand.New(rand.NewPCG(seed, 1))
	kinds := []data.AlarmKind{data.AlarmBlind, data.AlarmUndeclared, data.AlarmNoticeRefused}
	subjects := []string{"a", "b", "c"}
	var deaths atomic.Int64
	for range 100 {
		dying := random.IntN(3) == 0
		for _, name := range []string{"mail", "webhook"} {
			fails := random.IntN(3)
			random := rand.New(rand.NewPCG(seed, random.Uint64())) // of this channel: they are told side by side
			h.answers(name, func(m Message) error {
				switch {
				case fails == 0 && random.IntN(2) == 0:
					return &notifier.SendError{Outcome: notifier.NotTaken, Reason: "no"}
				case fails == 0 && random.IntN(2) == 0:
					h.take(name, m)
					return &notifier.SendError{Outcome: notifier.Unknown, Reason: "who knows"}
				case dying && random.IntN(2) == 0:
					deaths.Add(1)
					h.store.set(true)
				}
				return nil
			})
		}
		stop := h.start(h.channel("mail", KindMail), h.channel("webhook", KindWebhook))
		for range random.IntN(6) {
			var standing []string
			for _, s := range subjects {
				if random.IntN(2) == 0 {
					standing = append(standing, s)
				}
			}
			h.stand(kinds[random.IntN(len(kinds))], standing...)
			time.Sleep(time.Duration(random.IntN(45*60)) * time.Second)
		}
		stop()
		h.store.set(false)
	}
	type fact struct {
		channel string
		word    data.Word
		key     data.AlarmKey
		raise   int
	}
	names := map[fact]string{}
	up := map[string]map[data.AlarmKey]bool{"mail": {}, "webhook": {}}
	last := map[string]string{}
	for _, x := range h.told {
		f := fact{x.channel, x.word, x.key, x.raise}
		repeated := x.message == last[x.channel]
		last[x.channel] = x.message
		if x.word == data.SayReminder {
			continue
		}
		if id, twice := names[f]; twice && id != x.message {
			t.Fatalf("seed %d: %s was told that %s %d is %s in two messages", seed, x.channel, x.key, x.raise, x.word)
		}
		names[f] = x.message
		if x.word == data.SayEnded && !up[x.channel][x.key] && !repeated {
			t.Fatalf("seed %d: %s was told the end of %s, which it was not told of", seed, x.channel, x.key)
		}
		up[x.channel][x.key] = x.word != data.SayEnded
	}
	if len(names) < 20 || deaths.Load() == 0 {
		t.Fatalf("seed %d: only %d facts were told, with %d deaths", seed, len(names), deaths.Load())
	}
}
