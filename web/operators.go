package web

import (
	"log/slog"
	"net/http"

	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/signin"
	"github.com/superoffice/statusd/web/ui"
)

// OperatorsOptions are what the operators' listener and the local socket are made of.
type OperatorsOptions struct {
	API     *api.API
	SignIn  *signin.SignIn
	Backup  http.Handler            // GET /api/v1/backup; nil where there is nothing to copy
	Metrics http.Handler            // GET /metrics
	Ready   http.Handler            // GET /readyz
	Pages   map[string]http.Handler // by pattern: what people see
	Log     *slog.Logger
	HTTPS   bool // operators reach it over https: say so for two years (HSTS)
}

// Operators returns the handler of the operators' listener and of the local socket. No write gets past it without the
// socket, a token or a session, and none from a page of another origin.
func Operators(o OperatorsOptions) http.Handler {
	mux := http.NewServeMux()
	for pattern, handler := range o.API.Routes() {
		mux.Handle(pattern, handler)
	}
	for pattern, handler := range o.SignIn.Routes() {
		mux.Handle(pattern, handler)
	}
	for pattern, handler := range o.Pages {
		mux.Handle(pattern, handler)
	}
	if o.Backup != nil {
		mux.Handle("GET /api/v1/backup", o.Backup)
	}
	for _, route := range []struct {
		pattern string
		handler http.Handler
	}{
		{"GET /metrics", o.Metrics},
		{"GET /healthz", http.HandlerFunc(Healthy)},
		{"GET " + api.OpenAPIPath, api.OpenAPI()},
		{"GET /readyz", o.Ready},
	} {
		mux.Handle(route.pattern, route.handler)
	}
	origins := http.NewCrossOriginProtection()
	origins.SetDenyHandler(ui.Handler(o.Log, func(http.ResponseWriter, *http.Request) error {
		return &ui.StatusError{Status: http.StatusForbidden, Message: "this comes from a page of another site: open the operators' pages themselves"}
	}))
	h := guarded(origins.Handler(known(mux, o.Log)))
	if o.HTTPS {
		h = strictTransport(h)
	}
	return h
}

// guards stand on every answer of the operators' listener (RELIABILITY 3.2). Handlers may put their own in their place, as
// pages do with the policy; what says nothing of itself is kept by nobody and may do nothing.
var guards = http.Header{
	"Cache-Control":                {"no-store"},
	"Content-Security-Policy":      {"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy": {"accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), " +
		"gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"},
	"Referrer-Policy":        {"no-referrer"},
	"X-Content-Type-Options": {"nosniff"},
}

// guarded sets the guards before anybody answers. It hands the writer on as it is: the live channel takes it over.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for k, v := range guards {
			h[k] = v
		}
		next.ServeHTTP(w, r)
	})
}

// nowhere is what a browser shows of an address that nothing is at.
var nowhere = ui.NewDoc([]byte("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"+
	"<title>Not here</title><h1>There is nothing at this address</h1><p><a href=\"/\">To the overview</a></p></html>\n"),
	ui.DocOptions{Type: "text/html; charset=utf-8", Cache: "no-store"})

// known answers what no route takes with a problem document, in the mux's words of which methods there are; browsers get a page.
func known(mux *http.ServeMux, log *slog.Logger) http.Handler {
	page := func(_ *http.Request, status int) *ui.Doc {
		if status == http.StatusNotFound {
			return nowhere
		}
		return nil
	}
	unknown := ui.Pages(log, page, func(w http.ResponseWriter, r *http.Request) error {
		said := heard{header: http.Header{}, status: http.StatusOK}
		mux.ServeHTTP(&said, r)
		why := &ui.StatusError{Status: said.status, Message: "this cannot be answered"}
		switch said.status {
		case http.StatusNotFound:
			why.Message = "there is nothing at this address"
		case http.StatusMethodNotAllowed:
			why.Message = "this address takes " + said.header.Get("Allow") + " only"
			why.Header = http.Header{"Allow": said.header["Allow"]}
		case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect: // to the path without dots
			w.Header()["Location"] = said.header["Location"]
			w.WriteHeader(said.status)
			return nil
		}
		return why
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			unknown.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// heard takes an answer's head and nothing else.
type heard struct {
	header http.Header
	status int
}

func (h *heard) Header() http.Header         { return h.header }
func (h *heard) WriteHeader(status int)      { h.status = status }
func (h *heard) Write(b []byte) (int, error) { return len(b), nil }
