package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// API holds what the operations need. Its methods are safe for concurrent use; its fields are set before the first.
type API struct {
	Store      data.Store
	Log        *slog.Logger
	Public     *page.Publisher  // its newest snapshot saves a preview from reading everything; nil reads
	References []string         // of observers elsewhere, unless they have their own
	Settings   page.Settings    // what the public surfaces are made with: previews, links and figures are made with the same
	Notice     data.NoticeTimes // how long before a window people are told, for those that operators open
	Undo       time.Duration    // how long a change of an incident can be taken back before anything is sent; zero sends at once

	Templates []Template // configured, besides the built-in ones
	Alerts    Inbound    // what alerts from outside may do

	// Say is what a place says of a probe, by its newest runs there, oldest first; nil takes the newest alone.
	Say func(interval time.Duration, runs []data.Sample) data.Level

	// IssueLink writes a single-use sign-in link; nil means that nobody can sign in.
	IssueLink func(tx data.Tx, name string, role data.Role, by data.Actor, now time.Time) (IssuedLink, error)
	// SignedIn finds out who a browser's session belongs to; nil means that nobody can sign in.
	SignedIn func(*http.Request) (data.Actor, bool, error)

	once  sync.Once
	named map[string]Op

	mu    sync.Mutex
	paces map[string]*rate.Limiter

	strangers *rate.Limiter // of entries about tokens that are none

	heard heardMetrics

	keptOutages     kept[data.Outage]
	outageKeys      outageKeys
	keptOccurrences kept[data.Occurrence]
}

// digest tells one call from another under the same key.
func (c *Call) digest(op Op) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", op.Name, c.ID, c.Sub)
	h.Write(c.Body)
	return hex.EncodeToString(h.Sum(nil))
}

// run does the act once for its key, in one transaction with its audit entry and its answer.
func (a *API) run(ctx context.Context, op Op, c Call) (data.Answer, error) {
	id := c.scope() + "|" + c.Key
	digest := c.digest(op)
	var answer data.Answer
	err := a.Store.Update(ctx, func(tx data.Tx) error {
		answer = data.Answer{}
		if c.live {
			c.now = time.Now().UTC() // not when the writers before this one began
		}
		if c.Key != "" {
			old, err := tx.Answers().Get(id)
			switch {
			case err == nil && old.Digest != digest:
				return &ui.StatusError{Status: http.StatusUnprocessableEntity, Message: "this Idempotency-Key was used for another request: take a new one"}
			case err == nil:
				answer = old
				return nil
			case !errors.Is(err, data.ErrNotFound):
				return err
			}
		}
		c.past, c.why = time.Time{}, ""
		res, err := op.write(a, tx, &c)
		if err != nil {
			return err
		}
		if err := a.restate(tx, &c); err != nil {
			return err
		}
		body, err := ui.MarshalJSON(res.body)
		if err != nil {
			return fmt.Errorf("writing the answer of %s: %w", op.Name, err)
		}
		answer = data.Answer{ID: id, Digest: digest, Status: op.status(), Body: body, At: c.now}
		if res.same {
			return nil
		}
		if c.Key != "" {
			if err := tx.Answers().Put(answer); err != nil {
				return err
			}
		}
		entry := data.AuditEntry{At: c.now, Actor: c.By.Name, Address: c.By.Address, Action: op.Name, Object: res.object, Outcome: data.Done}
		if entry.Before, err = raw(res.before); err != nil {
			return err
		}
		if entry.After, err = raw(res.after); err != nil {
			return err
		}
		return data.Audit(tx, entry, res.also...)
	})
	var told *data.Error
	if errors.As(err, &told) && c.Key != "" { // the same question gets the same refusal (RELIABILITY 1)
		status, body := ui.Refusal(told)
		answer = data.Answer{ID: id, Digest: digest, Status: status, Body: body, At: c.now}
		err = a.Store.Update(ctx, func(tx data.Tx) error {
			if was, err := tx.Answers().Get(id); err == nil { // the same call came twice at once, and the other was answered
				answer = was
				return nil
			}
			return tx.Answers().Put(answer)
		})
	}
	if told != nil && told.Kind == data.KindForbidden {
		a.refused(ctx, op.Name, c)
	}
	return answer, a.unsaved(ctx, op, err)
}

// restate makes the revisions of settled months that an act calls for (C4): an act that speaks of the past says so by touches.
func (a *API) restate(tx data.Tx, c *Call) error {
	if c.past.IsZero() {
		return nil
	}
	if c.why == "" {
		c.why = c.op
	}
	_, err := a.Settings.Book().Revise(tx, c.past, c.By.Name, c.why, c.now)
	return err
}

// unsaved is what is said of a change that the store did not take: what is known of it, and what to do. The cause is logged here.
func (a *API) unsaved(ctx context.Context, op Op, err error) error {
	var told *data.Error
	var own *ui.StatusError
	if err == nil || errors.As(err, &told) || errors.As(err, &own) || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return err
	}
	id := data.NewID()
	a.Log.Error("a change could not be saved", "operation", op.Name, "request", id, "error", err)
	said := &ui.StatusError{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"5"}}}
	again := "Send it again with the same Idempotency-Key: it is done once at most"
	switch {
	case errors.Is(err, syscall.ENOSPC):
		said.Status = http.StatusInsufficientStorage
		said.Message = "the disk of the database is full, so this was probably not saved; the public page goes on. Make room. " + again
	case errors.Is(err, data.ErrUnknown):
		said.Message = "it is not known whether this was saved. " + again
	case errors.Is(err, data.ErrReadOnly), errors.Is(err, syscall.EROFS):
		said.Message = "this was not saved: the database takes no writes now; the public page goes on. Look at the disk, then start the service again"
	default:
		said.Status, said.Header = http.StatusInternalServerError, nil
		said.Message = "this was not saved: something went wrong here"
	}
	said.Message += ". The log says more under " + id
	return said
}

func (op Op) status() int {
	if op.Status == 0 {
		return http.StatusOK
	}
	return op.Status
}

func (c *Call) scope() string {
	if c.By.Scope != "" {
		return c.By.Scope
	}
	return c.By.Name
}

func raw(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// Writes of one actor: as many a minute, and so many at once (RELIABILITY 3.2). Who is on the host has no limit: whoever can
// open the socket can do more harm than by writing fast.
const writesPerMinute = 60

// Messages of one monitoring system have a bucket of their own, since a storm of alerts comes all at once; and so have
// heartbeats, since many devices may share a token.
const (
	hooksPerMinute = 600
	hooksAtOnce    = 100
)

func (a *API) pace(op Op, c Call) error {
	key, perMinute, burst := c.scope(), writesPerMinute, writesPerMinute
	switch {
	case op.Hook:
		key, perMinute, burst = key+"|hook", hooksPerMinute, hooksAtOnce
	case op.Often:
		key, perMinute, burst = key+"|often", hooksPerMinute, hooksAtOnce
	}
	if c.By.Address == Local {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.paces == nil {
		a.paces = map[string]*rate.Limiter{}
	}
	if len(a.paces) > 10_000 { // those who have been quiet lose nothing
		maps.DeleteFunc(a.paces, func(_ string, l *rate.Limiter) bool { return l.TokensAt(c.now) >= float64(l.Burst()) })
	}
	l := a.paces[key]
	if l == nil {
		l = rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), burst)
		a.paces[key] = l
	}
	if r := l.ReserveN(c.now, 1); r.DelayFrom(c.now) > 0 {
		wait := r.DelayFrom(c.now)
		r.CancelAt(c.now)
		status := http.StatusTooManyRequests
		if op.Hook { // Alertmanager gives up after a 429 until the group comes again, and tries a 5xx again at once (STATUSPAGE-V2 10)
			status = http.StatusServiceUnavailable
		}
		return &ui.StatusError{
			Status: status, Message: fmt.Sprintf("%s writes more than %d times a minute: wait a little", c.By.Name, perMinute),
			Header: http.Header{"Retry-After": {strconv.Itoa(int(wait.Seconds()) + 1)}},
		}
	}
	return nil
}

// Local is the Address of an actor on the host itself.
const Local = "local"

// Forget deletes answers that are older than data.AnswerLife, a few hundred in a transaction, and returns how many.
func (a *API) Forget(ctx context.Context, now time.Time) (int, error) {
	total := 0
	for {
		n, err := a.forget(ctx, now)
		if total += n; err != nil || n < forgetAtOnce {
			return total, err
		}
	}
}

const forgetAtOnce = 500

func (a *API) forget(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := a.Store.Update(ctx, func(tx data.Tx) error {
		n = 0
		var old []string
		for v, err := range tx.Answers().Range("", "") {
			if err != nil {
				return err
			}
			if now.Sub(v.At) > data.AnswerLife {
				if old = append(old, v.ID); len(old) == forgetAtOnce {
					break
				}
			}
		}
		for _, id := range old {
			if err := tx.Answers().Delete(id); err != nil {
				return err
			}
		}
		n = len(old)
		return nil
	})
	return n, err
}
