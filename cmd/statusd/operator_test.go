package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestWhichOperator: by ID, or by a name, also one that looks like an ID or that two people have.
func TestWhichOperator(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"operators":[{"id":"aaaaaaaaaaa2","name":"johansvensen"},{"id":"aaaaaaaaaaa3","name":"kari"},` + //nolint:errcheck // the client sees what comes
			`{"id":"aaaaaaaaaaa4","name":"kari (aaaaaaaaaaa4)"},{"id":"aaaaaaaaaaa5","name":"aaaaaaaaaaa2"}]}`))
	}))
	defer s.Close()
	t.Setenv("STATUSD_TOKEN", "sp_marked")
	for _, tt := range []struct{ given, id, err string }{
		{"johansvensen", "aaaaaaaaaaa2", ""},
		{"JohanSvensen", "aaaaaaaaaaa2", ""},
		{"aaaaaaaaaaa3", "aaaaaaaaaaa3", ""},
		{"aaaaaaaaaaa2", "aaaaaaaaaaa2", ""}, // and not the one who is called that
		{"kari (aaaaaaaaaaa4)", "aaaaaaaaaaa4", ""},
		{"kari", "", "name one by ID: aaaaaaaaaaa3, aaaaaaaaaaa4"},
		{"olanordmann2", "", "there is no operator \"olanordmann2\""},
	} {
		id, err := whichOperator{Operator: tt.given, reach: reach{Server: s.URL}}.id(t.Context())
		if id != tt.id || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q is %q, %v; want %q, %q", tt.given, id, err, tt.id, tt.err)
		}
	}
}
