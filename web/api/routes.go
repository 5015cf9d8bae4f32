package api

import "net/http"

// Routes are the operators' routes by pattern. Every listener that serves operators mounts all of them.
func (a *API) Routes() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /api/v1/incidents":               a.ListIncidents(),
		"POST /api/v1/incidents":              a.OpenIncident(),
		"GET /api/v1/incidents/{id}":          a.GetIncident(),
		"POST /api/v1/incidents/{id}/updates": a.UpdateIncident(),
		"POST /api/v1/incidents/{id}/resolve": a.ResolveIncident(),
		"GET /api/v1/tokens":                  a.ListTokens(),
		"POST /api/v1/tokens":                 a.CreateToken(),
		"POST /api/v1/tokens/{id}/revoke":     a.RevokeToken(),
		"GET /api/v1/report/{month}":          a.Report(),
		"GET /api/v1/facts/{month}":           a.Facts(),
		"GET /api/v1/audit":                   a.AuditLog(),
	}
}
