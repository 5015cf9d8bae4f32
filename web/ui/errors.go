package ui

import (
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

// HandlerFunc answers a request, or returns why it could not. A *data.Error or *StatusError is for whoever asked; of
// anything else they learn only that it happened.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Errors turns what a HandlerFunc returns into an answer. Nothing else does.
type Errors struct {
	Log *slog.Logger

	// Page returns what a browser is shown for a status. Nil, or a nil Doc, means a problem document for everybody.
	Page func(r *http.Request, status int) *Doc
}

// Problem is a problem document (RFC 9457). Request is the ID under which the log tells more.
type Problem struct {
	Type    string `json:"type"` // always about:blank: the title says what the status says
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Field   string `json:"field,omitempty"` // of the request that is wrong
	Request string `json:"request,omitempty"`
}

// statusOf maps the kinds of errors to HTTP.
var statusOf = map[data.Kind]int{
	data.KindInvalid:   http.StatusUnprocessableEntity,
	data.KindNotFound:  http.StatusNotFound,
	data.KindConflict:  http.StatusConflict,
	data.KindForbidden: http.StatusForbidden,
}

// KindOf is statusOf the other way, for a client of this API; 0 for a status that is no kind.
func KindOf(status int) data.Kind {
	for kind, s := range statusOf {
		if s == status {
			return kind
		}
	}
	return 0
}

// Handle makes an http.Handler of h. A panic is an error like any other. Where h had begun to answer, the connection is
// cut, so that nobody takes a part for the whole.
func (e *Errors) Handle(h HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracked{ResponseWriter: w}
		err := call(h, t, r)
		switch {
		case err == nil:
		case t.began:
			e.problem(r, err)
			panic(http.ErrAbortHandler)
		default:
			e.fail(w, r, err)
		}
	})
}

// fail answers with err: a browser, which says that it takes text/html, with a page if there is one, everybody else with a
// problem document.
func (e *Errors) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := e.problem(r, err)
	h := w.Header()
	h.Del("Content-Encoding")
	var status *StatusError
	if errors.As(err, &status) {
		for k, v := range status.Header {
			h[k] = v
		}
	}
	if e.Page != nil && strings.Contains(r.Header.Get("Accept"), "text/html") {
		if d := e.Page(r, p.Status); d != nil {
			d.ServeStatus(w, r, p.Status)
			return
		}
	}
	body, merr := json.Marshal(p)
	if merr != nil {
		panic(merr) // Problem holds text and a number
	}
	set(h, Security)
	h["Cache-Control"] = noStore
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // the client is gone; there is nobody to tell
	}
}

// problem says of err what its asker may know, and logs once what they may not.
func (e *Errors) problem(r *http.Request, err error) Problem {
	p := Problem{Type: "about:blank", Status: http.StatusInternalServerError, Detail: "Something went wrong here. The log says more under this request's ID."}
	var known *data.Error
	var status *StatusError
	cause := error(nil)
	switch {
	case errors.As(err, &known):
		p.Status, p.Detail, p.Field = statusOf[known.Kind], known.Message, known.Field
	case errors.As(err, &status):
		p.Status, p.Detail, cause = status.Status, status.Message, status.Cause
	}
	p.Title = http.StatusText(p.Status)
	if r.Context().Err() == nil && (p.Status >= http.StatusInternalServerError || cause != nil) {
		p.Request = data.NewID()
		e.Log.Error("a request failed", "error", errors.Join(err, cause), "request", p.Request, "method", r.Method, "path", r.URL.Path)
	}
	return p
}

// call turns a panic into an error with its stack. http.ErrAbortHandler goes on: it is meant for the server.
func call(h HandlerFunc, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
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
	t.began = t.began || status >= http.StatusOK
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(b []byte) (int, error) {
	t.began = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }
