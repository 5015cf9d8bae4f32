package notifier_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/mailguntest"
)

// post is a Sender over the stand-in, without a network, so that it lives in a bubble's time.
type post struct {
	server *mailguntest.Server
	mu     sync.Mutex
	rnd    *rand.Rand
}

func (p *post) pause() {
	p.mu.Lock()
	d := time.Duration(p.rnd.IntN(4000)) * time.Millisecond
	p.mu.Unlock()
	time.Sleep(d)
}

func (p *post) Send(_ context.Context, b notifier.Batch) (_ notifier.Receipt, err error) {
	p.pause()
	form := url.Values{
		"from": {"Status <status@example.com>"}, "to": {b.To}, "subject": {b.Letter.Subject}, "text": {b.Letter.Text},
		"o:tag": {b.Tag}, "v:outbox": {b.Key}, "h:Message-Id": {"<" + b.MessageID + ">"},
	}
	r := httptest.NewRequest("POST", "/v3/example.com/messages", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("api", "key")
	w := httptest.NewRecorder()
	defer func() {
		if recover() != nil { // the connection was cut
			err = &notifier.SendError{Outcome: notifier.Unknown, Reason: "cut"}
		}
	}()
	p.server.ServeHTTP(w, r)
	var answer struct{ ID string }
	switch {
	case w.Code == http.StatusTooManyRequests:
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.NotTaken, After: 30 * time.Second, Reason: "429"}
	case w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &answer) != nil || answer.ID == "":
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.Unknown, Reason: fmt.Sprint(w.Code)}
	}
	return notifier.Receipt{ID: answer.ID, At: time.Now()}, nil
}

// Find asks the stand-in's events, and passes over those from before since, as the real ones do.
func (p *post) Find(_ context.Context, b notifier.Batch, since time.Time) (notifier.Receipt, bool, error) {
	p.pause()
	r := httptest.NewRequest("GET", "/v3/example.com/events?event=accepted&recipient="+url.QueryEscape(b.To), nil)
	r.SetBasicAuth("api", "key")
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return notifier.Receipt{}, false, fmt.Errorf("the log answered %d", w.Code)
	}
	var list struct {
		Items []struct {
			ID        string
			Timestamp float64
			Variables map[string]string `json:"user-variables"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
		return notifier.Receipt{}, false, err
	}
	for _, i := range list.Items {
		at := time.UnixMicro(int64(i.Timestamp * 1e6))
		if i.Variables["outbox"] == b.Key && !at.Before(since.Add(-time.Minute)) {
			return notifier.Receipt{ID: i.ID, At: at}, true, nil
		}
	}
	return notifier.Receipt{}, false, nil
}

// blindPost is a provider without a log.
type blindPost struct{ notifier.Sender }

// restoreRun is one random history: a service sends, a copy is taken in the middle, the service lives on and dies, the copy is
// restored elsewhere and released, maybe several times over, and the last one runs to the end. It returns how often each notice reached the provider, and the notices
// in the end.
func restoreRun(t *testing.T, seed uint64, hold, log bool) (times map[string]int, end []data.Notice) {
	rnd := rand.New(rand.NewPCG(seed, 14))
	within := func(d time.Duration) time.Duration { return time.Duration(rnd.Int64N(int64(d))) }
	server := &mailguntest.Server{LogDelay: within(30 * time.Minute)}
	faults := []mailguntest.Fault{mailguntest.None, mailguntest.None, mailguntest.None, mailguntest.TooMany, mailguntest.ServerError, mailguntest.AcceptThenCut, mailguntest.CutUnaccepted, mailguntest.Garbage}
	for range 60 {
		server.Next(faults[rnd.IntN(len(faults))])
	}
	var sender notifier.Sender = &post{server: server, rnd: rand.New(rand.NewPCG(seed, 15))}
	if !log {
		sender = blindPost{sender}
	}
	first, dir := open(t).(*bolt.Store), t.TempDir()
	const readers = 20
	prepare(t, first, readers, week("system"))
	other := datatest.Occurrence("application", week("").Window.Start.Add(within(3*time.Hour)+time.Minute))
	put(t, first, func(tx data.Tx) error {
		i := datatest.Incident("abcdefghijkl", time.Now().Add(95*time.Hour+within(2*time.Hour)))
		i.Affected = nil
		return errors.Join(tell(tx, other), data.PutIncident(tx, i), tx.Bulletins().Put(data.Bulletin{
			About: data.AboutIncident, Subject: i.ID, Kind: data.TellIncident, Moment: i.Started, Until: i.Started.Add(72 * time.Hour),
		}))
	})
	time.Sleep(95 * time.Hour)

	last := data.Store(first)
	for n := range 1 + rnd.IntN(3) { // a copy of a copy's successor knows even less
		last = succeed(t, rnd, last.(*bolt.Store), sender, filepath.Join(dir, fmt.Sprint(n)), hold)
		before := len(server.Messages())
		if rnd.IntN(4) > 0 {
			live(t, last, sender, within(2*time.Hour))
		}
		if n := len(server.Messages()) - before; hold && n != 0 {
			t.Errorf("seed %d: %d messages while held", seed, n)
		}
		if hold && rnd.IntN(4) > 0 { // the others are restored again before anybody released them
			put(t, last, func(tx data.Tx) error { _, err := data.ReleaseSending(tx, time.Now()); return err })
		}
	}
	put(t, last, func(tx data.Tx) error {
		h, err := data.SendingHold(tx)
		if err == nil && h.Held() {
			_, err = data.ReleaseSending(tx, time.Now())
		}
		return err
	})
	live(t, last, sender, 5*24*time.Hour)
	datatest.Invariants(t, last)
	times = map[string]int{}
	for _, m := range server.Messages() {
		times[m.Variables["outbox"]]++
	}
	for _, b := range []data.Bulletin{
		{About: data.AboutOccurrence, Subject: string(week("system").Key()), Kind: data.TellPlanned},
		{About: data.AboutOccurrence, Subject: string(other.Key()), Kind: data.TellPlanned},
		{About: data.AboutIncident, Subject: "abcdefghijkl", Kind: data.TellIncident},
	} {
		for i := range readers {
			key := data.PublicID("abcdefghijkl", "notice", string(data.KeyOfNotice(b.Key(), fmt.Sprintf("s%05d", i))))
			times[key] += 0 // whoever was never told is in it too
		}
	}
	return times, notices(t, last)
}

// succeed lets a service run on a store, takes a copy from under it, lets it live on and die, and returns the store that was
// restored from the copy.
func succeed(t *testing.T, rnd *rand.Rand, from *bolt.Store, sender notifier.Sender, path string, hold bool) data.Store {
	ctx, die := context.WithCancel(t.Context())
	var running sync.WaitGroup
	if rnd.IntN(8) > 0 { // else the copy is of one that nobody started
		running.Go(func() {
			if err := newNotifier(from, sender).Run(ctx); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Duration(rnd.Int64N(int64(4 * time.Hour))))
	}
	f, err := os.Create(path + ".copy")
	if err == nil {
		_, err = from.Copy(t.Context(), f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Duration(rnd.Int64N(int64(4 * time.Hour))))
	die()
	running.Wait()
	if rnd.IntN(2) == 0 { // somebody started it once more
		live(t, from, sender, time.Duration(rnd.Int64N(int64(time.Hour))))
	}
	sum, err := bolt.Check(path + ".copy")
	if err != nil {
		t.Fatal(err)
	}
	err = bolt.Renew(path+".copy", path, func(tx data.Tx) error {
		if !hold {
			return nil
		}
		now := time.Now()
		_, err := data.HoldSending(tx, sum.Newest, now)
		return errors.Join(err, data.Audit(tx, data.AuditEntry{At: now, Actor: "file:test", Action: "sending.hold", Outcome: data.Done}))
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) //nolint:errcheck // it was read to the end
	return s
}

// TestRestoredCopySendsNothingTwice is F14: whatever the moment of the copy, everybody is told of everything exactly once.
func TestRestoredCopySendsNothingTwice(t *testing.T) {
	seeds := uint64(40)
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			times, _ := restoreRun(t, seed, true, true)
			if len(times) != 60 {
				t.Errorf("seed %d: %d different notices, want 60", seed, len(times))
			}
			for key, n := range times {
				if n != 1 {
					t.Errorf("seed %d: notice %s reached the provider %d times", seed, key, n)
				}
			}
		})
	}
}

// TestRestoreControls takes away what prevents doubles, so that the test above is known to see them: without the hold they
// come unmarked, without a log they come, and every one of them is marked.
func TestRestoreControls(t *testing.T) {
	doubles, flagged, lost := map[string]int{}, 0, 0
	seeds := uint64(5)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		for name, hold := range map[string]bool{"no hold": false, "no log": true} {
			synctest.Test(t, func(t *testing.T) {
				times, end := restoreRun(t, seed, hold, name != "no log")
				marked := map[string]bool{}
				for _, n := range end {
					if n.Twice {
						marked[data.PublicID("abcdefghijkl", "notice", string(n.Key()))] = true
						flagged++
					}
				}
				for key, n := range times {
					if n == 0 {
						lost++
					}
					if n < 2 {
						continue
					}
					doubles[name]++
					if name == "no log" && !marked[key] {
						t.Errorf("seed %d: notice %s reached the provider %d times, and is not marked", seed, key, n)
					}
				}
			})
		}
	}
	t.Logf("doubles: %v; %d notices marked, %d lost", doubles, flagged, lost)
	if doubles["no hold"] == 0 || doubles["no log"] == 0 || lost > 0 {
		t.Errorf("doubles: %v, lost: %d; want doubles without hold and without log, and nothing lost", doubles, lost)
	}
}
