package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/superoffice/statusd/data"
)

// HandlerFunc is a handler that returns its error instead of writing it.
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
func Handler(log *slog.Logger, h HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			WriteProblem(w, r, log, err)
		}
	})
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

// Problem is a problem document (RFC 9457). Request is the ID under which the log tells more.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Field   string `json:"field,omitempty"`
	Request string `json:"request,omitempty"`
}

// WriteProblem writes err as a problem document.
func WriteProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	p := Problem{Type: "about:blank", Status: http.StatusInternalServerError, Detail: "Something went wrong here. The log says more under this request's ID."}
	var known *data.Error
	var status *StatusError
	switch {
	case errors.As(err, &known):
		p.Status, p.Detail, p.Field = statusOf[known.Kind], known.Message, known.Field
	case errors.As(err, &status):
		p.Status, p.Detail = status.Status, status.Message
		for k, v := range status.Header {
			w.Header()[k] = v
		}
	}
	if r.Context().Err() == nil && (p.Status >= 500 || status != nil && status.Cause != nil) {
		p.Request = data.NewID()
		log.Error("a request failed", "error", errors.Join(err, cause(status)), "request", p.Request, "method", r.Method, "path", r.URL.Path)
	}
	p.Title = http.StatusText(p.Status)
	body, merr := json.Marshal(p)
	if merr != nil {
		panic(merr) // Problem holds text and a number
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	write(w, p.Status, body)
}

func cause(e *StatusError) error {
	if e == nil {
		return nil
	}
	return e.Cause
}

// JSON writes a body that is JSON already, never to be cached.
func JSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body []byte) {
	set(w.Header(), Security)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // the client is gone; there is nobody to tell
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
