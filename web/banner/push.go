package banner

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/hook"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// Push tells a login service what its banners say, so that it need not ask: at the start, at every change, and again every hour.
// Only the newest counts: what was not taken before a change is never sent again. Make it whole, then call Run once.
type Push struct {
	Pages *page.Publisher
	Store data.Store // for the alarm
	Post  func(ctx context.Context, id string, body []byte) error
	Log   *slog.Logger
}

const (
	pushAgain  = time.Hour        // although nothing changed: the receiver may have lost it
	pushSoon   = 5 * time.Second  // after a first failure; twice that after each further one
	pushLatest = 5 * time.Minute  // the longest of those waits
	pushAlarm  = 10 * time.Minute // of failing, until operators are told
)

// What the login service is sent; docs/banner.md describes it.
type (
	pushBody struct {
		Type      string    `json:"type"` // always "banners"
		Timestamp time.Time `json:"timestamp"`
		Data      pushData  `json:"data"`
	}
	pushData struct {
		Revision data.Revision `json:"revision"`
		AsOf     time.Time     `json:"as_of"`
		Answers  []pushAnswer  `json:"answers"`
	}
	pushAnswer struct {
		Cohort  string        `json:"cohort"` // empty for a visitor who is not known, "all" for a customer in no cohort
		Lang    i18n.Lang     `json:"lang"`
		Banners []data.Banner `json:"banners"`
	}
)

// answersOf are the answers of a snapshot, and a sum of what they say.
func answersOf(s *page.State) ([]pushAnswer, [32]byte, error) {
	var all []pushAnswer
	for _, cohort := range Audiences(s) {
		for _, lang := range s.Langs {
			all = append(all, pushAnswer{cohort, lang, For(s, cohort, lang)})
		}
	}
	b, err := json.Marshal(all)
	return all, sha256.Sum256(b), err
}

// Run posts until ctx ends. A receiver that answers 410 is not posted to again before the next start.
func (p *Push) Run(ctx context.Context) error {
	var (
		said   [32]byte // what id and body say
		id     string
		body   []byte
		due    time.Time // when to post next
		fails  int
		since  time.Time // when it first failed; zero while all is well
		timer  = time.NewTimer(0)
		unlike = func(sum [32]byte, now time.Time) bool { return sum != said || fails == 0 && !now.Before(due) }
	)
	defer timer.Stop()
	p.alarm(ctx, "", time.Now()) // of an earlier process
	for {
		swapped, wait := p.Pages.Swapped(), pushAgain
		if s := p.Pages.Current(); s != nil {
			now := time.Now()
			answers, sum, err := answersOf(s.State)
			if err != nil {
				return err
			}
			if unlike(sum, now) {
				said, id, due = sum, data.NewID(), now
				if body, err = ui.MarshalJSON(pushBody{"banners", now.UTC(), pushData{s.State.Revision, s.State.Now.Truncate(time.Second), answers}}); err != nil {
					return err
				}
			}
			if !now.Before(due) {
				err := p.Post(ctx, id, body)
				switch now = time.Now(); {
				case ctx.Err() != nil:
					return nil
				case err == nil:
					if fails > 0 {
						p.Log.Info("the login service takes what the banners say again")
						p.alarm(ctx, "", now)
					}
					fails, since, due = 0, time.Time{}, now.Add(pushAgain)
				default:
					if fails++; fails == 1 {
						since = now
						p.Log.Warn("the login service does not take what the banners say", "error", err)
					}
					if errors.Is(err, hook.ErrGone) {
						p.alarm(ctx, "It answered 410, which asks not to be told again: change banner.webhook, and start anew.", now)
						<-ctx.Done()
						return nil
					}
					if now.Sub(since) >= pushAlarm {
						p.alarm(ctx, fmt.Sprintf("Since %s: %v", since.UTC().Format(time.RFC3339), err), now)
					}
					due = now.Add(min(pushLatest, pushSoon<<min(fails-1, 10)))
				}
			}
			wait = time.Until(due)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return nil
		case <-swapped:
		case <-timer.C:
		}
	}
}

// alarm says that the login service is not told, or with no detail that all is well.
func (p *Push) alarm(ctx context.Context, detail string, now time.Time) {
	var standing []data.Alarm
	if detail != "" {
		standing = []data.Alarm{{Since: now, Detail: detail}}
	}
	err := p.Store.Update(ctx, func(tx data.Tx) error { return data.SetAlarms(tx, data.AlarmBannerPush, standing, now) })
	if err != nil && ctx.Err() == nil {
		p.Log.Error("an alarm is not written down", "kind", data.AlarmBannerPush, "error", err)
	}
}
