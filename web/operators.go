package web

import (
	"log/slog"
	"net/http"

	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/signin"
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
	mux.Handle("GET "+api.OpenAPIPath, api.OpenAPI())
	if o.Backup != nil {
		mux.Handle("GET /api/v1/backup", o.Backup)
	}
	for _, route := range []struct {
		pattern string
		handler http.Handler
	}{
		{"GET /metrics", o.Metrics},
		{"GET /healthz", http.HandlerFunc(Healthy)},
		{"GET /readyz", o.Ready},
	} {
		mux.Handle(route.pattern, route.handler)
	}
	return http.NewCrossOriginProtection().Handler(mux)
}
