package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/superoffice/statusd/web/page"
)

// TestAPIDoc: every address that docs/api.md names answers, and the message of the websocket is the one that is sent.
func TestAPIDoc(t *testing.T) {
	b, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, nil)
	asked := 0
	for _, found := range regexp.MustCompile("(?m)`(/[^`…]+)`").FindAllStringSubmatch(string(b), -1) {
		if strings.HasPrefix(found[1], "/live") {
			continue
		}
		w := httptest.NewRecorder()
		s.public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, found[1], nil))
		if asked++; w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s answers %d with %v", found[1], w.Code, w.Header())
		}
	}
	if asked < 15 {
		t.Errorf("docs/api.md names %d addresses only", asked)
	}
	example := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(b)
	if example == nil {
		t.Fatal("docs/api.md has no message")
	}
	var frame page.LiveFrame
	d := json.NewDecoder(bytes.NewReader(example[1]))
	d.DisallowUnknownFields()
	if err := d.Decode(&frame); err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(frame)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("the message does not show %s", v.Type().Field(i).Name)
		}
	}
}
