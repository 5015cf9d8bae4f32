package api

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/superoffice/statusd/web/ui"
)

// openAPI is openapi.json, which describes every route of the operators' API, compressed: it is a hundredth of the program
// otherwise. `go test ./web/api -run TestOpenAPI -update` writes both files.
//
//go:embed openapi.json.gz
var openAPI []byte

// OpenAPIPath is where the description is served, to anybody who reaches the listener: it says nothing that is not in the
// source.
const OpenAPIPath = "/api/v1/openapi.json"

// OpenAPI returns the handler of GET /api/v1/openapi.json.
func OpenAPI() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { description().ServeHTTP(w, r) })
}

// description is made when first asked for.
var description = sync.OnceValue(func() *ui.Doc {
	r, err := gzip.NewReader(bytes.NewReader(openAPI))
	if err != nil {
		panic(fmt.Errorf("openapi.json.gz: %w", err)) // it is embedded
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic(fmt.Errorf("openapi.json.gz: %w", err))
	}
	return ui.NewDoc(text, ui.DocOptions{Type: "application/json; charset=utf-8"})
})
