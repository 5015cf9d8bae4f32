package admin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// follow opens the live channel as a role from an origin.
func (w *world) follow(base string, role data.Role, origin string) (*websocket.Conn, *http.Response, error) {
	w.Helper()
	h := http.Header{}
	if role != "" {
		h.Set("Cookie", "as=op"+string(role))
	}
	if origin != "" {
		h.Set("Origin", origin)
	}
	c, res, err := websocket.DefaultDialer.Dial(strings.Replace(base, "http", "ws", 1)+"/live", h)
	if c != nil {
		w.Cleanup(func() { c.Close() })
		c.SetReadDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // the read says so
	}
	return c, res, err
}

// TestLiveOrigin: nobody listens from a foreign page, even with a cookie (C15), and nobody without one.
func TestLiveOrigin(t *testing.T) {
	w := newWorld(t)
	w.pages.Origin = "https://operators.example.com"
	server := httptest.NewServer(w.mux)
	defer server.Close()
	for _, tt := range []struct {
		role   data.Role
		origin string
		want   int
	}{
		{data.Viewer, server.URL, 101},
		{data.Viewer, "", 101},
		{data.Viewer, "https://operators.example.com", 101},
		{data.Viewer, "https://evil.example", 403},
		{data.Viewer, "null", 403},
		{data.Viewer, "https://operators.example.com.evil.example", 403},
		{data.Viewer, "https://operators.example.com:444", 403},
		{"", server.URL, 401},
	} {
		_, res, err := w.follow(server.URL, tt.role, tt.origin)
		if res == nil {
			t.Fatalf("%s from %q: %v", tt.role, tt.origin, err)
		}
		if res.StatusCode != tt.want {
			t.Errorf("%q from %q: %d, want %d", tt.role, tt.origin, res.StatusCode, tt.want)
		}
	}
}

// TestLiveFollows: a change comes through, and whoever may see nothing any more is cut off at once (C9, C16).
func TestLiveFollows(t *testing.T) {
	for name, end := range map[string]func(tx data.Tx) error{
		"disabled": func(tx data.Tx) error {
			return tx.Operators().Put(data.Operator{ID: "opviewer", Name: "viewer@example.com", Role: data.Viewer, Disabled: time.Now()})
		},
		"another role": func(tx data.Tx) error {
			return tx.Operators().Put(data.Operator{ID: "opviewer", Name: "viewer@example.com", Role: data.Admin})
		},
		"gone": func(tx data.Tx) error { return tx.Operators().Delete("opviewer") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			server := httptest.NewServer(w.mux)
			defer server.Close()
			c, _, err := w.follow(server.URL, data.Viewer, server.URL)
			if err != nil {
				t.Fatal(err)
			}
			if _, frame, err := c.ReadMessage(); err != nil || !strings.HasPrefix(string(frame), `{"revision":`) {
				t.Fatalf("first frame %s: %v", frame, err)
			}
			err = w.store.Update(context.Background(), func(tx data.Tx) error { return data.PutIncident(tx, datatest.Incident("abcdefghijkl", datatest.Start)) })
			if err != nil {
				t.Fatal(err)
			}
			if _, frame, err := c.ReadMessage(); err != nil {
				t.Errorf("after a change: %s %v", frame, err)
			}
			began := time.Now()
			if err := w.store.Update(context.Background(), end); err != nil {
				t.Fatal(err)
			}
			_, _, err = c.ReadMessage()
			var closed *websocket.CloseError
			if !errors.As(err, &closed) || closed.Code != 4401 {
				t.Errorf("afterwards: %v, want to be closed with 4401", err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// TestLiveStops: when the service stops, those who follow are told to come again.
func TestLiveStops(t *testing.T) {
	w := newWorld(t)
	stop := make(chan struct{})
	w.pages.Stopping = stop
	server := httptest.NewServer(w.mux)
	defer server.Close()
	c, _, err := w.follow(server.URL, data.Viewer, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	close(stop)
	if _, _, err = c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
		t.Errorf("stopped: %v", err)
	}
}

// TestLiveWithoutStore: a store that is being closed signs nobody out.
func TestLiveWithoutStore(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.mux)
	defer server.Close()
	c, _, err := w.follow(server.URL, data.Viewer, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	w.broken.Store(true)
	if err := w.store.Update(context.Background(), func(tx data.Tx) error { return data.PutIncident(tx, datatest.Incident("abcdefghijkl", datatest.Start)) }); err != nil {
		t.Fatal(err)
	}
	if _, _, err = c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
		t.Errorf("while nobody can know who it is: %v", err)
	}
}
