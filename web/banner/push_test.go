package banner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/hook"
	"github.com/superoffice/statusd/web/page"
)

// receiver is a login service.
type receiver struct {
	answer error
	ids    []string
	bodies []pushBody
	at     []time.Time
}

func (r *receiver) post(_ context.Context, id string, body []byte) error {
	var b pushBody
	if err := json.Unmarshal(body, &b); err != nil {
		return err
	}
	r.ids, r.bodies, r.at = append(r.ids, id), append(r.bodies, b), append(r.at, time.Now())
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
		if len(r.ids) != 0 {
			t.Fatal("something was said before there was a page")
		}
		say("")
		say("")
		if len(r.ids) != 1 || len(r.bodies[0].Data.Answers) != 2*len(i18n.Langs) || r.bodies[0].Type != "banners" {
			t.Fatalf("at the start: %d messages, %+v", len(r.ids), r.bodies)
		}
		time.Sleep(time.Minute)
		say("Sign-in fails")
		if len(r.ids) != 2 || r.ids[0] == r.ids[1] {
			t.Fatalf("after a change: %v", r.ids)
		}
		for _, a := range r.bodies[1].Data.Answers {
			if len(a.Banners) != 1 || a.Banners[0].ID != "abcdefghijkl" || a.Banners[0].Lang != string(a.Lang) {
				t.Errorf("%s in %s: %+v", a.Cohort, a.Lang, a.Banners)
			}
		}
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if len(r.ids) != 2 {
			t.Errorf("said again before an hour: %v", r.at)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(r.ids) != 3 || r.ids[2] == r.ids[1] {
			t.Errorf("not said again after an hour: %v %v", r.at, r.ids)
		}
	})
}

func TestPushFails(t *testing.T) {
	pushing(t, func(t *testing.T, r *receiver, say func(string), alarms func() []data.Alarm) {
		r.answer = errors.New("no connection")
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
		for i, at := range r.at {
			seconds = append(seconds, int(at.Sub(begin).Seconds()))
			if want := at.Sub(begin) >= 9*time.Minute; (r.bodies[i].Data.Revision == 2) != want {
				t.Errorf("after %s revision %d was sent", at.Sub(begin), r.bodies[i].Data.Revision)
			}
		}
		if got := fmt.Sprint(seconds); got != "[0 5 15 35 75 155 315 540 840]" {
			t.Errorf("tried after %s seconds", got)
		}
		if r.ids[0] != r.ids[6] || r.ids[6] == r.ids[7] || r.ids[7] != r.ids[8] {
			t.Errorf("a message keeps its ID and a newer one has its own: %v", r.ids)
		}
		r.answer = nil
		n := len(r.ids)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if all := alarms(); len(r.ids) != n+1 || len(all) != 1 || all[0].Cleared.IsZero() {
			t.Errorf("once it is taken: %d messages more, %+v", len(r.ids)-n, all)
		}
	})
}

func TestPushGone(t *testing.T) {
	pushing(t, func(t *testing.T, r *receiver, say func(string), alarms func() []data.Alarm) {
		r.answer = fmt.Errorf("%w: %w", hook.ErrGone, errors.New("410"))
		say("first")
		say("second")
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		if all := alarms(); len(r.ids) != 1 || len(all) != 1 {
			t.Errorf("one who wants no more is told %d times; alarms %+v", len(r.ids), all)
		}
	})
}
