package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// API holds what the acts need. Its methods are safe for concurrent use.
type API struct {
	Store  data.Store
	Log    *slog.Logger
	URL    string // public origin, for links in answers
	Zone   string // of months (T5)
	Target string // of a month, as a share (U1)
}

// MaxRequest is how much of a body is read.
const MaxRequest = 64 << 10

// An act changes the world inside tx. It is pure but for tx, may run more than once, and answers with a status and a value
// to be written as JSON. before and after go into the audit log.
type act func(tx data.Tx, r *request) (*result, error)

type request struct {
	by   data.Actor
	now  time.Time
	id   string // path member {id}; empty where there is none
	body []byte
}

type result struct {
	status        int
	body          any
	object        string
	before, after any
}

// decode reads the body into v: one document, no unknown member.
func (r *request) decode(v any) error {
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return bodyError(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return data.Invalid("", "the body goes on after its JSON document: send one document")
	}
	return nil
}

func bodyError(err error) error {
	var known *data.Error
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &known):
		if known.Field == "level" { // levels stand under the components they are of
			return data.Invalid("components", known.Message)
		}
		return known
	case errors.As(err, &wrong):
		return data.Invalid(wrong.Field, fmt.Sprintf("a JSON %s does not fit here", wrong.Value))
	case errors.Is(err, io.EOF):
		return data.Invalid("", "the body is empty: send a JSON document")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return data.Invalid(strings.Trim(name, `"`), "this member is unknown here: it may be misspelt")
	}
	return data.Invalid("", "the body is no JSON document: "+strings.TrimPrefix(err.Error(), "json: "))
}

// act makes the handler of one write. name is what the audit log calls it.
func (a *API) act(name string, need data.Role, do act) http.Handler {
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		by, err := a.operator(r)
		if err != nil {
			return err
		}
		if !by.Role.May(need) {
			a.refused(r, by, name)
			return data.Forbidden(fmt.Sprintf("%s has the role %s; this takes %s", by.Name, by.Role, need))
		}
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return &ui.StatusError{Status: http.StatusUnsupportedMediaType, Message: "send the body with Content-Type: application/json"}
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxRequest))
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return &ui.StatusError{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the body is longer than %d bytes", MaxRequest)}
		} else if err != nil {
			return data.Invalid("", "the body could not be read to its end")
		}
		key := r.Header.Get("Idempotency-Key")
		if len(key) > 200 {
			return data.Invalid("Idempotency-Key", "at most 200 characters")
		}
		answer, err := a.run(r.Context(), name, key, digest(r, body), &request{by: by, now: time.Now().UTC(), id: r.PathValue("id"), body: body}, do)
		if err != nil {
			return err
		}
		if answer.Status >= http.StatusBadRequest {
			ui.ProblemJSON(w, r, answer.Status, answer.Body)
			return nil
		}
		ui.JSON(w, r, answer.Status, answer.Body)
		return nil
	})
}

// digest tells one request from another under the same key.
func digest(r *http.Request, body []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n", r.Method, r.URL.Path)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// run does the act once for its key, in one transaction with its audit entry and its answer.
func (a *API) run(ctx context.Context, name, key, digest string, r *request, do act) (data.Answer, error) {
	scope := r.by.Scope
	if scope == "" {
		scope = r.by.Name
	}
	id := scope + "|" + key
	var answer data.Answer
	err := a.Store.Update(ctx, func(tx data.Tx) error {
		answer = data.Answer{}
		if key != "" {
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
		res, err := do(tx, r)
		if err != nil {
			return err
		}
		body, err := json.Marshal(res.body)
		if err != nil {
			return fmt.Errorf("writing the answer of %s: %w", name, err)
		}
		answer = data.Answer{ID: id, Digest: digest, Status: res.status, Body: body, At: r.now}
		if key != "" {
			if err := tx.Answers().Put(answer); err != nil {
				return err
			}
		}
		entry := data.AuditEntry{At: r.now, Actor: r.by.Name, Address: r.by.Address, Action: name, Object: res.object, Outcome: data.Done}
		if entry.Before, err = raw(res.before); err != nil {
			return err
		}
		if entry.After, err = raw(res.after); err != nil {
			return err
		}
		return data.Audit(tx, entry)
	})
	if errors.Is(err, data.ErrUnknown) {
		return answer, &ui.StatusError{
			Status: http.StatusServiceUnavailable, Cause: err,
			Message: "it is not known whether this was saved: ask again with the same Idempotency-Key",
		}
	}
	var told *data.Error
	if key != "" && errors.As(err, &told) { // the same question gets the same refusal (RELIABILITY 1)
		status, body := ui.Refusal(told)
		answer = data.Answer{ID: id, Digest: digest, Status: status, Body: body, At: r.now}
		err = a.Store.Update(ctx, func(tx data.Tx) error { return tx.Answers().Put(answer) })
	}
	return answer, err
}

func raw(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// refused writes down that somebody known asked for what the role does not allow.
func (a *API) refused(r *http.Request, by data.Actor, name string) {
	err := a.Store.Update(r.Context(), func(tx data.Tx) error {
		return data.Audit(tx, data.AuditEntry{
			At: time.Now().UTC(), Actor: by.Name, Address: by.Address, Action: name, Object: r.PathValue("id"), Outcome: data.Refused,
		})
	})
	if err != nil {
		a.Log.Error("a refusal could not be written to the audit log", "error", err, "actor", by.Name, "action", name)
	}
}

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
