package kind

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// password is what no sample, step or log may hold.
const password = "hush hush & more=1"

// crm is a stand-in for the product: a sign-in form with a token against forgery, a cookie, a record that everybody may know, a
// counter, and notes that are written and deleted. Faults are injected by the path that they are of.
type crm struct {
	t   testing.TB
	url string

	mu      sync.Mutex
	faults  map[string]http.HandlerFunc // by method and path; nil answers hang
	lose    bool                        // writes are answered and not kept
	cookie  bool                        // signing in gives one
	session string
	csrf    string
	counter int
	notes   map[string]bool
	asked   []string // method and path, in order
	conns   map[string]bool
}

func newCRM(t testing.TB) *crm {
	t.Helper()
	c := &crm{t: t, cookie: true, csrf: rand.Text(), counter: 41, faults: map[string]http.HandlerFunc{}, notes: map[string]bool{}, conns: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "form", Value: c.csrf, Path: "/"})
		fmt.Fprintf(w, `<form method="post"><input type="hidden" name="csrf" value="%s"><input name="user"></form>`, c.csrf)
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		form, err := r.Cookie("form")
		if err != nil || form.Value != c.csrf || r.FormValue("csrf") != c.csrf || r.FormValue("user") != "probe" || r.FormValue("password") != password {
			http.Error(w, "who are you, "+r.FormValue("password"), http.StatusForbidden)
			return
		}
		c.session = rand.Text()
		if c.cookie {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: c.session, Path: "/", HttpOnly: true})
		}
		http.Redirect(w, r, "/home", http.StatusSeeOther)
	})
	member := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if s, err := r.Cookie("session"); err != nil || s.Value != c.session {
				http.Error(w, "sign in first", http.StatusUnauthorized)
				return
			}
			h(w, r)
		}
	}
	answer := func(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "welcome") })
	mux.HandleFunc("GET /records/1", member(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"name": "A record that everybody may know", "counter": c.counter})
	}))
	mux.HandleFunc("GET /counter", member(func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]int{"counter": c.counter}) }))
	mux.HandleFunc("PUT /counter", member(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Was int }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Was != c.counter {
			http.Error(w, "changed by another", http.StatusConflict)
			return
		}
		if !c.lose {
			c.counter++
		}
		answer(w, map[string]int{"counter": in.Was + 1})
	}))
	mux.HandleFunc("POST /notes", member(func(w http.ResponseWriter, r *http.Request) {
		c.notes[r.FormValue("id")] = true
		w.WriteHeader(http.StatusCreated)
		answer(w, map[string]string{"id": r.FormValue("id")})
	}))
	mux.HandleFunc("DELETE /notes/{id}", func(_ http.ResponseWriter, r *http.Request) { delete(c.notes, r.PathValue("id")) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Method + " " + r.URL.Path
		if strings.HasPrefix(r.URL.Path, "/notes/") {
			name = r.Method + " /notes/"
		}
		c.mu.Lock()
		c.asked = append(c.asked, name)
		c.conns[r.RemoteAddr] = true
		fault := c.faults[name]
		c.mu.Unlock()
		if fault != nil {
			fault(w, r)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// break injects a fault.
func (c *crm) fail(name string, h http.HandlerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[name] = h
}

func (c *crm) was(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.asked {
		if a == name {
			return true
		}
	}
	return false
}

// left is how many notes were not cleaned up.
func (c *crm) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.notes)
}

// transaction is what looks at the stand-in: reading and writing apart, as people see them.
func (c *crm) transaction() data.Probe {
	file := filepath.Join(c.t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	p := datatest.Probe("crm", "crm-read")
	p.Kind, p.Target, p.Timeout, p.Secrets = data.ProbeTransaction, c.url, 2*time.Second, map[string]string{"password": file}
	p.Steps = []data.ProbeStep{
		{Name: "form", Component: "login", URL: "/login", Capture: map[string]string{"csrf": `between(body, "name=\"csrf\" value=\"", "\"")`}},
		{Name: "sign-in", Component: "login", URL: "/login", Form: map[string]string{"csrf": "{{csrf}}", "user": "probe", "password": "{{password}}"}, Expect: []string{`body contains "welcome"`}},
		{Name: "read", URL: "/records/1?at={{now}}", Expect: []string{`json.name contains "everybody"`}, Capture: map[string]string{"counter": "json.counter"}},
		{Name: "note", Component: "crm-write", URL: "/notes", Form: map[string]string{"id": "{{run}}"}, Status: []int{201}, Needs: []string{"sign-in"}, Capture: map[string]string{"note": "json.id"}},
		{Name: "count", Component: "crm-write", URL: "/counter", Needs: []string{"sign-in"}, Expect: []string{"json.counter >= 0"}, Capture: map[string]string{"old": "json.counter"}},
		{Name: "write", Component: "crm-write", Method: "PUT", URL: "/counter", Body: `{"was": {{old}}}`, Needs: []string{"count", "note"}},
		{Name: "read-back", Component: "crm-write", URL: "/counter", Needs: []string{"write"}, Expect: []string{"int(json.counter) == int(old) + 1"}},
		{Name: "delete", Method: "DELETE", URL: "/notes/{{run}}", Always: true},
	}
	return p
}
