package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
)

// HandlerFunc answers a request, or returns why it could not before it has written anything. A *data.Error is for whoever
// asked; of anything else they learn only that it happened.
type HandlerFunc func(http.ResponseWriter, *http.Request) error

// StatusError is an error whose HTTP status is its own. Message is for the client; Cause is logged and never sent.
type StatusError struct {
	Status  int
	Message string
	Header  http.Header
	Cause   error
}

func (e *StatusError) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *StatusError) Unwrap() error { return e.Cause }

// Handler makes an http.Handler of h: an error becomes a problem document (RFC 9457). Kinds of data.Error have their
// status; everything else is internal: it is logged once with the request's ID, and the client learns only that and the ID.
// A panic in h is an error like any other. Where h had begun to answer, the connection is cut, so that nobody takes a part
// for the whole.
func Handler(log *slog.Logger, h HandlerFunc) http.Handler { return Pages(log, nil, h) }

// Pages is Handler for browsers: where page has a document for the status, whoever accepts HTML gets that.
func Pages(log *slog.Logger, page func(r *http.Request, status int) *Doc, h HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracked{ResponseWriter: w}
		err := call(h, t, r)
		if err == nil || errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return // done, or there is nobody left to answer
		}
		p := problemOf(log, r, err)
		if t.began {
			panic(http.ErrAbortHandler)
		}
		if page != nil && strings.Contains(r.Header.Get("Accept"), "text/html") {
			if d := page(r, p.Status); d != nil {
				d.ServeStatus(w, r, p.Status)
				return
			}
		}
		answer(w, r, p, err)
	})
}

// statusOf maps the kinds of errors to HTTP.
var statusOf = map[data.Kind]int{
	data.KindInvalid:   http.StatusUnprocessableEntity,
	data.KindNotFound:  http.StatusNotFound,
	data.KindConflict:  http.StatusConflict,
	data.KindForbidden: http.StatusForbidden,
}

// StatusOf is the HTTP status of an error that is for whoever asked.
func StatusOf(e *data.Error) int { return statusOf[e.Kind] }

// Problem is a problem document (RFC 9457). Request is the ID under which the log tells more.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Field   string `json:"field,omitempty"`
	Request string `json:"request,omitempty"`
}

// WriteProblem answers with err as a problem document, for a handler that is no HandlerFunc.
func WriteProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	answer(w, r, problemOf(log, r, err), err)
}

// problemOf says of err what may be said, and logs what may not.
func problemOf(log *slog.Logger, r *http.Request, err error) Problem {
	p := Problem{Type: "about:blank", Status: http.StatusInternalServerError, Detail: "Something went wrong here. The log says more under this request's ID."}
	cause := err
	var known *data.Error
	var own *StatusError
	switch {
	case errors.As(err, &known):
		p.Status, p.Detail, p.Field, cause = statusOf[known.Kind], known.Message, known.Field, nil
	case errors.As(err, &own):
		p.Status, p.Detail, cause = own.Status, own.Message, own.Cause
	}
	if cause != nil {
		p.Request = data.NewID()
		log.Error("answering a request", "method", r.Method, "path", r.URL.Path, "request", p.Request, "error", cause)
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func answer(w http.ResponseWriter, r *http.Request, p Problem, err error) {
	h := w.Header()
	h.Del("Content-Encoding")
	var own *StatusError
	if errors.As(err, &own) {
		for k, v := range own.Header {
			h[k] = v
		}
	}
	body, merr := json.Marshal(p)
	if merr != nil {
		panic(merr) // a Problem is made of texts and a number
	}
	write(w, r, p.Status, "application/problem+json", body)
}

// Refusal is the problem document of an error that is for whoever asked, and its status.
func Refusal(e *data.Error) (status int, body []byte) {
	status = statusOf[e.Kind]
	body, err := json.Marshal(Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Message, Field: e.Field})
	if err != nil {
		panic(err) // texts and a number
	}
	return status, body
}

// ErrorOf is the error that a problem document was made of, as far as it says.
func ErrorOf(p Problem) error {
	for kind, status := range statusOf {
		if status == p.Status {
			return &data.Error{Kind: kind, Field: p.Field, Message: p.Detail}
		}
	}
	return &StatusError{Status: p.Status, Message: p.Detail}
}

// ProblemJSON writes a body that is a problem document already.
func ProblemJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	write(w, r, status, "application/problem+json", body)
}

// JSON writes a body that is JSON already, never to be cached.
func JSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	write(w, r, status, "application/json; charset=utf-8", body)
}

func write(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	h := w.Header()
	set(h, Security)
	h["Cache-Control"] = noStore
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // the client is gone; there is nobody to tell
	}
}

// MarshalJSON is json.Marshal that leaves markup readable: < > & as they are, which some clients need (STATUSPAGE-V2 1).
func MarshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func call(h HandlerFunc, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler: //nolint:errorlint // panicked with as it is
			panic(p)
		default:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(w, r)
}

// tracked remembers whether an answer has begun.
type tracked struct {
	http.ResponseWriter
	began bool
}

func (t *tracked) WriteHeader(status int) {
	t.began = t.began || status >= 200
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(b []byte) (int, error) {
	t.began = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }
