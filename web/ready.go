package web

import (
	"encoding/json"
	"net/http"
)

// Ready answers GET /readyz: 200 when every check passes, else 503 with what does not.
type Ready map[string]func() error

func (c Ready) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	state := map[string]string{}
	status := http.StatusOK
	for name, check := range c {
		state[name] = "ok"
		if err := check(); err != nil {
			state[name], status = err.Error(), http.StatusServiceUnavailable
		}
	}
	body, err := json.Marshal(state) // in the order of names
	if err != nil {
		panic(err) // a map of text
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) //nolint:errcheck // the client is gone
}
