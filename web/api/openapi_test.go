package api_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/superoffice/statusd/web/api"
)

var update = flag.Bool("update", false, "write the files that are compared")

// TestOpenAPI compares the committed file with the operations there are.
func TestOpenAPI(t *testing.T) {
	want, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		var small bytes.Buffer
		w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(want); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{"openapi.json": want, "openapi.json.gz": small.Bytes()} {
			if err := os.WriteFile(name, b, 0o644); err != nil { //nolint:gosec // it is public
				t.Fatal(err)
			}
		}
	}
	got, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("openapi.json is not what the operations are: run go test ./web/api -run TestOpenAPI -update, and read the difference")
	}
}

// TestOpenAPIRoutes: the file has every route and no other, and every reference in it leads somewhere.
func TestOpenAPIRoutes(t *testing.T) {
	d := newDesk(t)
	c := newContract(t)
	routes := map[string]bool{"GET /api/v1/backup": true, "GET " + api.OpenAPIPath: true}
	for pattern := range d.api.Routes() {
		routes[pattern] = true
	}
	ids := map[string]bool{}
	for path, item := range c.at("paths") {
		for method, op := range item.(map[string]any) {
			pattern := strings.ToUpper(method) + " " + path
			if !routes[pattern] {
				t.Errorf("%s is described and does not exist", pattern)
			}
			delete(routes, pattern)
			op := op.(map[string]any)
			id, _ := op["operationId"].(string)
			if id == "" || ids[id] {
				t.Errorf("%s has the operationId %q, which is not its own", pattern, id)
			}
			ids[id] = true
			if id != "openapi" && (op["x-role"] == nil || op["x-scope"] != id || op["security"] != nil) {
				t.Errorf("%s does not say who may use it, or says that anybody may", id)
			}
			named := map[string]bool{}
			params, _ := op["parameters"].([]any)
			for _, p := range params {
				p := p.(map[string]any)
				named["{"+p["name"].(string)+"}"] = p["in"] == "path"
				if p["description"] == nil || p["description"] == "" {
					t.Errorf("%s does not say what %s is", id, p["name"])
				}
			}
			for _, name := range regexp.MustCompile(`{\w+}`).FindAllString(path, -1) {
				if !named[name] {
					t.Errorf("%s does not describe %s of its path", id, name)
				}
			}
		}
	}
	for pattern := range routes {
		t.Errorf("%s is not described", pattern)
	}
	c.references(c.doc)
}

// references checks that every $ref in v leads somewhere.
func (c *contract) references(v any) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) == nil {
			c.t.Errorf("%s leads nowhere", ref)
		}
		for _, part := range v {
			c.references(part)
		}
	case []any:
		for _, part := range v {
			c.references(part)
		}
	}
}

// TestServesOpenAPI: the file is there for anybody, and the compressed one is the same.
func TestServesOpenAPI(t *testing.T) {
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	api.OpenAPI().ServeHTTP(w, httptest.NewRequest(http.MethodGet, api.OpenAPIPath, nil))
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), want) || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("served: %d, %d bytes, %s", w.Code, w.Body.Len(), w.Header())
	}
}
