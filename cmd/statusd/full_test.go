package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// smallDisk mounts a disk of its own, which takes root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no disk of its own can be mounted here, which takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes into a file until the disk is full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		err = nil
	}
}

// TestDiskFull: on a full disk a write is answered with 507, at once and every time; page and reading go on; and when there is
// room again the same request is done, without a restart (F4). What was acknowledged is there.
func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "16m")
	p := start(t, dir)
	acknowledged := map[string]string{}
	write := func(key string) (status int, answer string) {
		t.Helper()
		body := fmt.Sprintf(`{"title":"Incident %s","body":%q,"components":{"login":"degraded"}}`, key, strings.Repeat("word ", 1500))
		r, err := http.NewRequest("POST", "http://socket/api/v1/incidents", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		res, err := p.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b := make([]byte, 64<<10)
		n, _ := res.Body.Read(b)
		if res.StatusCode == http.StatusCreated {
			acknowledged[key] = "Incident " + key
		}
		return res.StatusCode, string(b[:n])
	}
	if status, answer := write("first"); status != http.StatusCreated {
		t.Fatalf("with room: %d %s", status, answer)
	}
	room := filepath.Join(dir, "room")
	fill(t, room)
	refused := []string{}
	for n := range 400 {
		key := fmt.Sprint("key-", n)
		switch status, answer := write(key); {
		case status == http.StatusInsufficientStorage && strings.Contains(answer, "is full"):
			refused = append(refused, key)
		case status != http.StatusCreated: // what fits into free pages is taken
			t.Fatalf("on a full disk, write %d: %d %s", n, status, answer)
		}
		if len(refused) == 10 {
			break
		}
	}
	if len(refused) < 10 {
		t.Fatalf("only %d writes were refused: is the disk full?", len(refused))
	}
	until(t, "the page to go on", func() bool {
		status, b := get(t, p.at.Listen+"/")
		return status == 200 && strings.Contains(b, "Incident first")
	})
	res, err := p.http.Get("http://socket/api/v1/incidents")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("reading: %d", res.StatusCode)
	}
	if err := os.Remove(room); err != nil {
		t.Fatal(err)
	}
	for _, key := range refused {
		if status, answer := write(key); status != http.StatusCreated {
			t.Fatalf("with room again: %d %s\n%s", status, answer, p.out)
		}
	}
	p.kill()
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
			titles[i.Title]++
		}
		for key, title := range acknowledged {
			if titles[title] != 1 {
				t.Errorf("key %s was acknowledged and is there %d times", key, titles[title])
			}
		}
		_, err := data.VerifyAudit(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
