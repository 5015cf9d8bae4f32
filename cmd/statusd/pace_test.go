package main

import (
	"net/http"
	"path/filepath"
	"testing"
)

// A network that asks the public API too fast is told to wait, by its address as a trusted proxy gives it; its front page and
// banner go on.
func TestPaceOfTheAPI(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"statusd.yaml": "maintenance: []\ntrusted_proxies: [127.0.0.0/8]\n"})
	p := start(t, filepath.Join(dir, "data"), "--config", filepath.Join(dir, "statusd.yaml"))
	asked := func(path, from string) map[int]int {
		got := map[int]int{}
		for range 300 {
			r, err := http.NewRequest(http.MethodGet, p.at.Listen+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Forwarded-For", from)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			got[res.StatusCode]++
		}
		return got
	}
	if got := asked("/api/v2/status.json", "192.0.2.9"); got[http.StatusOK] < 60 || got[http.StatusTooManyRequests] == 0 {
		t.Errorf("of 300 at once: %v", got)
	}
	for path, from := range map[string]string{"/": "192.0.2.9", "/api/v1/banner": "192.0.2.9", "/api/v2/status.json": "127.0.0.1"} {
		if got := asked(path, from); got[http.StatusOK] != 300 {
			t.Errorf("%s from %s: %v", path, from, got)
		}
	}
}
