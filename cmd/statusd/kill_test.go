package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/wire"
)

// open declares an incident; ok says that the service has answered that it did.
func (p *process) open(key string) (id string, ok bool) {
	body := fmt.Sprintf(`{"title":"Incident %s","components":{"login":"major_outage"}}`, key)
	r, err := http.NewRequest("POST", "http://socket/api/v1/incidents", strings.NewReader(body))
	if err != nil {
		return "", false
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	res, err := p.http.Do(r)
	if err != nil {
		return "", false
	}
	defer res.Body.Close()
	var i wire.Incident
	if res.StatusCode != http.StatusCreated || json.NewDecoder(res.Body).Decode(&i) != nil {
		return "", false
	}
	return i.ID, true
}

// TestKill kills the service again and again in the middle of writes, right after the answer to one of them: whatever was
// acknowledged is there, a repeated key gives the first answer, and nothing is there twice. Set STATUSD_KILLS for more
// cycles.
func TestKill(t *testing.T) {
	cycles := 15
	if n := os.Getenv("STATUSD_KILLS"); n != "" {
		fmt.Sscan(n, &cycles) //nolint:errcheck // a wrong number leaves the default
	}
	dir := t.TempDir()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	acknowledged := map[string]string{} // key → incident
	asked := map[string]bool{}
	var mu sync.Mutex
	for cycle := range cycles {
		p := start(t, dir)
		for key, want := range acknowledged { // the first of all of them again
			if id, ok := p.open(key); !ok || id != want {
				t.Fatalf("cycle %d: key %s answers %q, %t; it was acknowledged as %s", cycle, key, id, ok, want)
			}
			break
		}
		last := 1 + rnd.IntN(6)
		answers := make(chan struct{}, 64)
		var wg sync.WaitGroup
		for w := range 3 {
			wg.Go(func() {
				for n := range 4 {
					key := fmt.Sprintf("%d-%d-%d", cycle, w, n)
					mu.Lock()
					asked[key] = true
					mu.Unlock()
					id, ok := p.open(key)
					if !ok {
						return // the service is gone
					}
					mu.Lock()
					acknowledged[key] = id
					mu.Unlock()
					answers <- struct{}{}
				}
			})
		}
		for range last {
			<-answers
		}
		p.kill()
		wg.Wait()
	}
	store, err := bolt.Open(filepath.Join(dir, storeName), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	datatest.Invariants(t, store)
	err = store.View(t.Context(), func(tx data.Tx) error {
		titles := map[string]int{}
		for i, err := range tx.Incidents().Range("", "") {
			if err != nil {
				return err
			}
			titles[strings.TrimPrefix(i.Title, "Incident ")]++
		}
		for key, id := range acknowledged {
			if _, err := tx.Incidents().Get(id); err != nil {
				t.Errorf("key %s was acknowledged as %s: %v", key, id, err)
			}
		}
		for key, n := range titles {
			if n > 1 || !asked[key] {
				t.Errorf("%d incidents for key %s", n, key)
			}
		}
		t.Logf("%d acknowledged of %d asked, %d there, none lost in %d kills", len(acknowledged), len(asked), len(titles), cycles)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
