package api

import (
	_ "embed"
	"net/http"

	"github.com/superoffice/statusd/web/ui"
)

// openAPI describes every route of the operators' API. `go test ./web/api -run TestOpenAPI -update` writes it.
//
//go:embed openapi.json
var openAPI []byte

// OpenAPIPath is where the description is served, to anybody who reaches the listener: it says nothing that is not in the
// source.
const OpenAPIPath = "/api/v1/openapi.json"

// OpenAPI returns the handler of GET /api/v1/openapi.json.
func OpenAPI() http.Handler {
	return ui.NewDoc(openAPI, ui.DocOptions{Type: "application/json; charset=utf-8"})
}
