// Package mailguntest is a stand-in for Mailgun that behaves as its documentation says, faults included. It keeps every
// message it accepts before it answers, and shows it in its events after a delay, as the real one does. It is used by
// tests, and by the demonstration as its mail sink.
package mailguntest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Fault is what goes wrong with one request for a message.
type Fault int

// The faults.
const (
	None           Fault = iota
	TooMany              // 429 with X-RateLimit-Reset
	ServerError          // 500 with a page of HTML, nothing accepted
	AcceptThenCut        // accepted, and the connection is cut before the answer
	CutUnaccepted        // the connection is cut, nothing accepted
	Garbage              // accepted, and 200 with something that is no JSON
	NoID                 // accepted, and 200 without an ID
	Unauthorized         // 401: the key was revoked
	Suppressed           // 400: the address is on the suppression list
	RedirectFault        // 302 to somewhere else
	AcceptThenHang       // accepted, and no answer until the client gives up
)

// Message is one that was accepted.
type Message struct {
	ID        string // as answered, without angle brackets
	MessageID string // as chosen by the sender
	From      string
	To        string
	Subject   string
	Text      string
	HTML      string
	Tags      []string
	Variables map[string]string
	Headers   map[string]string
	Accepted  time.Time
}

// Server is the stand-in, as an http.Handler. The zero value accepts everything for key "key".
type Server struct {
	Key      string        // API key; empty means "key"
	LogDelay time.Duration // how late events appear
	LogDown  bool          // the events cannot be asked
	Heard    func(Message) // told of each accepted message, if set

	mu       sync.Mutex
	faults   []Fault
	messages []Message
	requests int
}

// Next lets the following requests for messages fail in this order; afterwards all is well again.
func (s *Server) Next(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Messages returns what was accepted, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Requests is how often somebody wanted to send.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v3/{domain}/messages", s.send)
	mux.HandleFunc("GET /v3/{domain}/events", s.events)
	mux.HandleFunc("GET /v3/{domain}/events/{page}", s.events)
	mux.ServeHTTP(w, r)
}

func (s *Server) authorized(w http.ResponseWriter, r *http.Request) bool {
	want := s.Key
	if want == "" {
		want = "key"
	}
	user, key, _ := r.BasicAuth()
	if user == "api" && key == want {
		return true
	}
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, "Forbidden")
	return false
}

func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(8 << 20); err != nil && r.ParseForm() != nil {
		answer(w, http.StatusBadRequest, map[string]string{"message": "the body cannot be read"})
		return
	}
	s.mu.Lock()
	s.requests++
	fault := None
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	switch fault {
	case TooMany:
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(30*time.Second).UnixMilli(), 10))
		answer(w, http.StatusTooManyRequests, map[string]string{"message": "Domain is sending too fast"})
		return
	case ServerError:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "<html><h1>500 Internal Server Error</h1></html>")
		return
	case CutUnaccepted:
		panic(http.ErrAbortHandler)
	case Unauthorized:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, "Forbidden")
		return
	case Suppressed:
		answer(w, http.StatusBadRequest, map[string]string{"message": "'to' parameter is on the suppression list"})
		return
	case RedirectFault:
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
		return
	}
	if !s.authorized(w, r) {
		return
	}
	m, err := s.accept(r)
	if err != "" {
		answer(w, http.StatusBadRequest, map[string]string{"message": err})
		return
	}
	switch fault {
	case AcceptThenCut:
		panic(http.ErrAbortHandler)
	case AcceptThenHang:
		<-r.Context().Done()
	case Garbage:
		fmt.Fprint(w, "<html>queued</html>")
	case NoID:
		answer(w, http.StatusOK, map[string]string{"message": "Queued. Thank you."})
	default:
		answer(w, http.StatusOK, map[string]string{"id": "<" + m.ID + ">", "message": "Queued. Thank you."})
	}
}

// accept keeps the message, or says what is missing in the words of the API.
func (s *Server) accept(r *http.Request) (Message, string) {
	f := r.Form
	for _, name := range []string{"from", "to", "subject"} {
		if f.Get(name) == "" {
			return Message{}, name + " parameter is missing"
		}
	}
	if len(f["o:tag"]) > 3 {
		return Message{}, "too many tags"
	}
	m := Message{
		From: f.Get("from"), To: f.Get("to"), Subject: f.Get("subject"), Text: f.Get("text"), HTML: f.Get("html"), Tags: f["o:tag"],
		Variables: map[string]string{}, Headers: map[string]string{}, Accepted: time.Now(),
	}
	for k := range f {
		switch {
		case len(k) > 2 && k[:2] == "v:":
			m.Variables[k[2:]] = f.Get(k)
		case len(k) > 2 && k[:2] == "h:":
			m.Headers[k[2:]] = f.Get(k)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.MessageID = trim(m.Headers["Message-Id"])
	if m.ID = m.MessageID; m.ID == "" {
		m.ID = fmt.Sprintf("%d.stand-in@%s", len(s.messages)+1, r.PathValue("domain"))
	}
	s.messages = append(s.messages, m)
	if s.Heard != nil {
		s.Heard(m)
	}
	return m, ""
}

func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	if !s.authorized(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.LogDown {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	items := []any{}
	q := r.URL.Query()
	if r.PathValue("page") == "" { // the second page is empty, which ends the listing
		for _, m := range s.messages {
			if time.Since(m.Accepted) < s.LogDelay || q.Get("recipient") != "" && q.Get("recipient") != m.To || q.Get("event") != "" && q.Get("event") != "accepted" {
				continue
			}
			items = append(items, map[string]any{
				"event": "accepted", "id": m.ID, "timestamp": float64(m.Accepted.UnixNano()) / 1e9, "recipient": m.To, "tags": m.Tags,
				"user-variables": m.Variables, "message": map[string]any{"headers": map[string]string{"message-id": m.ID, "to": m.To, "subject": m.Subject}},
			})
		}
	}
	next := "http://" + r.Host + "/v3/" + r.PathValue("domain") + "/events/end"
	answer(w, http.StatusOK, map[string]any{"items": items, "paging": map[string]string{"next": next, "last": next, "first": next, "previous": next}})
}

func trim(id string) string {
	if len(id) > 1 && id[0] == '<' {
		return id[1 : len(id)-1]
	}
	return id
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the client is gone
}
