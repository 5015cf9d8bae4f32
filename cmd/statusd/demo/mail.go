package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/superoffice/statusd/notifier/mailguntest"
)

// Sink takes every mail and shows it: the stand-in for the mail provider under /v3/, and pages for people. Mails are kept
// in memory. Safe for concurrent use.
type Sink struct {
	*mailguntest.Server
	links atomic.Pointer[Links]
	mux   http.Handler
}

func newSink(key string) *Sink {
	s := &Sink{Server: &mailguntest.Server{Key: key}}
	s.links.Store(&Links{})
	mux := http.NewServeMux()
	mux.Handle("/v3/", s.Server)
	mux.HandleFunc("GET /{$}", s.list)
	mux.HandleFunc("GET /mail/{n}", s.mail)
	mux.HandleFunc("GET /demo.css", asset("demo.css", "text/css; charset=utf-8"))
	s.mux = mux
	return s
}

func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// mailView is one mail as shown. N counts from 1 in the order of arrival.
type mailView struct {
	Links
	N int
	mailguntest.Message
}

// Time is when it was accepted.
func (m mailView) Time() string { return m.Accepted.Local().Format("2006-01-02 15:04:05 MST") }

// list shows what was received, newest first.
func (s *Sink) list(w http.ResponseWriter, _ *http.Request) {
	var mails []mailView
	for i, m := range s.Messages() {
		mails = append(mails, mailView{N: i + 1, Message: m})
	}
	slices.Reverse(mails)
	writePage(w, http.StatusOK, "mails.html", "", struct {
		Links
		Mails []mailView
	}{*s.links.Load(), mails})
}

// mail shows one: /mail/3 with its head and text, /mail/3.html the HTML part alone.
func (s *Sink) mail(w http.ResponseWriter, r *http.Request) {
	number, alone := strings.CutSuffix(r.PathValue("n"), ".html")
	all := s.Messages()
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(all) {
		http.Error(w, fmt.Sprintf("There is no such mail: %d were received. The list is at /.", len(all)), http.StatusNotFound)
		return
	}
	m := mailView{*s.links.Load(), n, all[n-1]}
	if !alone {
		writePage(w, http.StatusOK, "mail.html", "frame-src 'self'", m)
		return
	}
	// Somebody else's HTML, as it came: it may look like something, and do nothing.
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'")
	fmt.Fprint(w, m.HTML)
}
