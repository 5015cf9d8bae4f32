package banner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/hook"
	"github.com/superoffice/statusd/web/page"
)

// receiver is a login service. It is safe for concurrent use: of what happens after a sleep of the test nothing else says that it
// comes after what the test did before.
type receiver struct {
	mu     sync.Mutex
	answer error
	heard  heard
}

// heard is what it was sent, one after the other.
type heard struct {
	ids    []string
	bodies []pushBody
	at     []time.Time
}

// answers makes it answer so from now on.
func (r *receiver) answers(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = err
}

// so is what it has heard so far.
func (r *receiver) so() heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return heard{slices.Clone(r.heard.ids), slices.Clone(r.heard.bodies), slices.Clone(r.heard.at)}
}

func (r *receiver) post(_ context.Context, id string, body []byte) error {
	var b pushBody
	if err := json.Unmarshal(body, &b); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	h := &r.heard
	h.ids, h.bodies, h.at = append(h.ids, id), append(h.bodies, b), append(h.at, time.Now())
	return r.answer
}

// pushing runs a Push in a bubble. say makes a snapshot with an incident of this title, or without one.
func pushing(t *testing.T, test func(t *testing.T, r *receiver, say func(title string), alarms func() []data.Alarm)) {
	synctest.Test(t, func(t *testing.T) {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		var revision data.Revision
		pages, r := &page.Publisher{}, &receiver{}
		say := func(title string) {
			revision++
			s := &page.State{Settings: page.Settings{URL: "https://status.example.com", Zone: time.UTC, Langs: i18n.Langs[:]}, Now: time.Now(), Revision: revision}
			if title != "" {
				s.Incidents = []data.Incident{{ID: "abcdefghijkl", Title: title, Phase: data.Investigating, Started: time.Now(), Affected: []data.Affected{{Component: "login", Level: data.MajorOutage}}, Updates: []data.Update{{At: time.Now(), Body: "x"}}}}
			}
			pages.Swap(&page.Snapshot{State: s})
			synctest.Wait()
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		p := &Push{Pages: pages, Store: store, Post: r.post, Log: slog.New(slog.DiscardHandler)}
		go func() { done <- p.Run(ctx) }()
		test(t, r, say, func() []data.Alarm {
			var all []data.Alarm
			err := store.View(t.Context(), func(tx data.Tx) (err error) {
				all, err = data.All(tx.Alarms().Range(data.AlarmsOf(data.AlarmBannerPush)))
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return all
		})
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestPush(t *testing.T) {
	pushing(t, func(t *testing.T, r *receiver, say func(string), _ func() []data.Alarm) {
		synctest.Wait()
		h := r.so()
		if len(h.ids) != 0 {
			t.Fatal("something was said before there was a page")
		}
		say("")
		say("")
		h = r.so()
		if len(h.ids) != 1 || len(h.bodies[0].Data.Answers) != 2*len(i18n.Langs) || h.bodies[0].Type != "banners" {
			t.Fatalf("at the start: %d messages, %+v", len(h.ids), h.bodies)
		}
		time.Sleep(time.Minute)
		say("Sign-in fails")
		h = r.so()
		if len(h.ids) != 2 || h.ids[0] == h.ids[1] {
			t.Fatalf("after a change: %v", h.ids)
		}
		for _, a := range h.bodies[1].Data.Answers {
			if len(a.Banners) != 1 || a.Banners[0].ID != "abcdefghijkl" || a.Banners[0].Lang != string(a.Lang) {
				t.Errorf("%s in %s: %+v", a.Cohort, a.Lang, a.Banners)
			}
		}
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		h = r.so()
		if len(h.ids) != 2 {
			t.Errorf("said again before an hour: %v", h.at)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		h = r.so()
		if len(h.ids) != 3 || h.ids[2] == h.ids[1] {
			t.Errorf("not said again after an hour: %v %v", h.at, h.ids)
		}
	})
}

func TestPushFails(t *testing.T) {
	pushing(t, func(t *testing.T, r *receiver, say func(string), alarms func() []data.Alarm) {
		r.answers(errors.New("no connection"))
		begin := time.Now()
		say("first")
		time.Sleep(9 * time.Minute)
		if len(alarms()) != 0 {
			t.Error("an alarm before its time")
		}
		say("second")
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if all := alarms(); len(all) != 1 || !all[0].Cleared.IsZero() {
			t.Errorf("alarms: %+v", all)
		}
		var seconds []int
		h := r.so()
		for i, at := range h.at {
			seconds = append(seconds, int(at.Sub(begin).Seconds()))
			if want := at.Sub(begin) >= 9*time.Minute; (h.bodies[i].Data.Revision == 2) != want {
				t.Errorf("after %s revision %d was sent", at.Sub(begin), h.bodies[i].Data.Revision)
			}
		}
		if got := fmt.Sprint(seconds); got != "[0 5 15 35 75 155 315 540 840]" {
			t.Errorf("tried after %s seconds", got)
		}
		if h.ids[0] != h.ids[6] || h.ids[6] == h.ids[7] || h.ids[7] != h.ids[8] {
			t.Errorf("a message keeps its ID and a newer one has its own: %v", h.ids)
		}
		r.answers(nil)
		n := len(h.ids)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		h = r.so()
		if all := alarms(); len(h.ids) != n+1 || len(all) != 1 || all[0].Cleared.IsZero() {
			t.Errorf("once it is taken: %d messages more, %+v", len(h.ids)-n, all)
		}
	})
}

func TestPushGone(t *testing.T) {
	pushing(t, func(t *testing.T, r *receiver, say func(string), alarms func() []data.Alarm) {
		r.answers(fmt.Errorf("%w: %w", hook.ErrGone, errors.New("410")))
		say("first")
		say("second")
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		h := r.so()
		if all := alarms(); len(h.ids) != 1 || len(all) != 1 {
			t.Errorf("one who wants no more is told %d times; alarms %+v", len(h.ids), all)
		}
	})
}
