package web

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Ready answers GET /readyz for operators: 200 when every check passes, else 503 with what does not and why. The reasons
// may name files and addresses: the public gets Public.
type Ready map[string]func() error

func (c Ready) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	state := map[string]string{}
	ready := true
	for name, check := range c {
		state[name] = "ok"
		if err := check(); err != nil {
			state[name], ready = err.Error(), false
		}
	}
	writeReady(w, ready, state)
}

// readyFor is how long the public is given the same answer, so that asking costs the store nothing.
const readyFor = time.Second

// Public answers GET /readyz for everybody: {"ready":true} with 200 or {"ready":false} with 503, and nothing of why. The
// checks are made at most once a second, whoever asks and however often.
func (c Ready) Public() http.Handler {
	var (
		mu    sync.Mutex
		at    time.Time // when ready was found out; zero before the first request
		ready bool
	)
	now := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(at) >= readyFor {
			ready = c.all()
			at = time.Now()
		}
		return ready
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer := now()
		writeReady(w, answer, map[string]bool{"ready": answer})
	})
}

// all says whether every check passes.
func (c Ready) all() bool {
	for _, check := range c {
		if check() != nil {
			return false
		}
	}
	return true
}

func writeReady(w http.ResponseWriter, ready bool, state any) {
	body, err := json.Marshal(state) // in the order of names
	if err != nil {
		panic(err) // a map of text or of one bool
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if ready {
		w.WriteHeader(http.StatusOK)
	} else {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	w.Write(append(body, '\n')) //nolint:errcheck // the client is gone
}
