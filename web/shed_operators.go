package web

import (
	"net/http"
	"strings"

	"github.com/superoffice/statusd/web/ui"
)

// operatorsRank is the rank of a request to the operators' listener. Signing in and declaring an incident take a few pages to look at:
// they stay as long as writes do.
func operatorsRank(r *http.Request) rank {
	path := r.URL.Path
	switch {
	case path == "/healthz", path == "/readyz", path == "/metrics":
		return rankKept
	case r.Method != http.MethodGet && r.Method != http.MethodHead,
		path == "/signin", path == "/signin/callback", strings.HasPrefix(path, "/signin/link/"), path == "/incidents/new", strings.HasPrefix(path, "/assets/"):
		return rankWrites
	}
	return rankReads
}

const tooMuchForOperators = "there is more to do than this service can just now: ask again in a moment, or use the command line on its host, such as statusd incident open, which is answered whatever comes"

var overloaded = ui.NewDoc([]byte("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"+
	"<title>Too much to do</title><h1>There is more to do than this service can just now</h1><p>Load this page again in a moment. On the service's host the command line is answered whatever comes: "+
	"<code>statusd incident open</code>. <a href=\"/incidents/new\">Declare an incident</a> is given up last.</p></html>\n"),
	ui.DocOptions{Type: "text/html; charset=utf-8", Cache: "no-store"})

// Operators puts s before the handler of the operators' listener. It does not belong before that of the local socket.
func (s *Shed) Operators(next http.Handler) http.Handler {
	refuse := guarded(ui.Pages(nil, func(*http.Request, int) *ui.Doc { return overloaded }, func(w http.ResponseWriter, _ *http.Request) error {
		again(w.Header())
		return &ui.StatusError{Status: http.StatusServiceUnavailable, Message: tooMuchForOperators}
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.refuses(operatorsRank(r)) {
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
