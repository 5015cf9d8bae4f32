package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// TestBackupOverTheNetwork takes a copy from the handler that the service mounts, and from ones that cheat.
func TestBackupOverTheNetwork(t *testing.T) {
	path := databaseOf(t, t.TempDir(), "old")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	handler := (&api.API{Store: store, Log: slog.New(slog.DiscardHandler)}).Backup(store.Spool)
	good := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := data.Actor{Name: "token:copies", Role: data.Admin, Address: "192.0.2.1"}
		handler.ServeHTTP(w, r.WithContext(api.WithActor(r.Context(), who)))
	})
	alter := func(change func(http.Header, []byte) []byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			good.ServeHTTP(rec, r)
			b := change(rec.Header(), rec.Body.Bytes())
			for k, v := range rec.Header() {
				w.Header()[k] = v
			}
			w.Write(b) //nolint:errcheck // the client may have gone
		})
	}
	for _, tt := range []struct {
		name    string
		handler http.Handler
		want    string // empty means that all is well
	}{
		{"the service", good, ""},
		{"a changed byte", alter(func(_ http.Header, b []byte) []byte { b[len(b)/2] ^= 1; return b }), "its checksum does not fit"},
		{"cut short", alter(func(h http.Header, b []byte) []byte { return b[:len(b)/2] }), "receiving the copy"},
		{"cut short and sure of it", alter(func(h http.Header, b []byte) []byte { h.Del("Content-Length"); return b[:len(b)/2] }), "its checksum does not fit"},
		{"no checksum", alter(func(h http.Header, b []byte) []byte { h.Del("Repr-Digest"); return b }), "its checksum does not fit"},
		{"not there", http.NotFoundHandler(), "404"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/api/v1/backup" || r.Header.Get("Authorization") != "Bearer sp_secret" {
					t.Errorf("asked for %s with %q", r.URL.Path, r.Header.Get("Authorization"))
				}
				tt.handler.ServeHTTP(w, r)
			}))
			defer server.Close()
			t.Setenv("STATUSD_TOKEN", "sp_secret")
			to := filepath.Join(t.TempDir(), "copy.db")
			var out, errs bytes.Buffer
			status := run([]string{"backup", to, "--server", server.URL}, nil, &out, &errs)
			_, stat := os.Stat(to)
			_, part := os.Stat(to + ".part")
			if (status == exitDone) != (tt.want == "") || (stat == nil) != (tt.want == "") || part == nil || !strings.Contains(errs.String(), tt.want) {
				t.Errorf("status %d, file %v, part %v\n%s%s\nwant %q", status, stat, part, &out, &errs, tt.want)
			}
			if tt.want != "" {
				return
			}
			if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			var lines bytes.Buffer
			if status := run([]string{"export", "--server", server.URL}, nil, &lines, &errs); status != exitDone || strings.Count(lines.String(), `{"table":"settings"`) != 4001 {
				t.Errorf("export: status %d, %d bytes\n%s", status, lines.Len(), &errs)
			}
		})
	}
	datatest.Invariants(t, store)
}

func TestBackupsExcludeEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "copy.db")
	write := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	none := func(string) error { return nil }
	err := saveWhole(path, false, func(w io.Writer) error {
		if err := saveWhole(path, false, write("second"), none); err == nil || !strings.Contains(err.Error(), "by another command") {
			t.Errorf("while it is written: %v", err)
		}
		return write("first")(w)
	}, func(string) error {
		if err := saveWhole(path, false, write("third"), none); err == nil || !strings.Contains(err.Error(), "by another command") {
			t.Errorf("while it is checked: %v", err)
		}
		return nil
	})
	if b, rerr := os.ReadFile(path); err != nil || string(b) != "first" {
		t.Errorf("%q, %v, %v", b, err, rerr)
	}
	bad := errors.New("it is bad")
	if err := saveWhole(path, true, write("bad"), func(string) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("saveWhole = %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "first" {
		t.Errorf("after one that was bad: %q, %v", b, err)
	}
}

// TestGenerations lives through a month of nightly copies, with a full disk in the middle.
func TestGenerations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := bolt.Open(databaseOf(t, t.TempDir(), "old"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		dir := filepath.Join(t.TempDir(), "copies")
		var log bytes.Buffer
		live := func(d time.Duration) *keeper {
			k := newKeeper(&config.Backup{Dir: dir, Every: 24 * time.Hour, Keep: 5}, store, slog.New(slog.NewTextHandler(&log, nil)), prometheus.NewRegistry())
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			if err := k.run(ctx); err != nil {
				t.Fatal(err)
			}
			return k
		}
		names := func() []string {
			found, _, err := copies(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		k := live(time.Minute) // the bubble begins at midnight
		if got := names(); len(got) != 1 || got[0] != "statusd-20000101T000000Z.db" {
			t.Fatalf("at the start: %q", got)
		}
		if sum, err := bolt.Check(filepath.Join(dir, names()[0])); err != nil || testutil.ToFloat64(k.bytes) != float64(sum.Bytes) || testutil.ToFloat64(k.success) != float64(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()) {
			t.Errorf("%d bytes, %v; metrics %v and %v", sum.Bytes, err, testutil.ToFloat64(k.bytes), testutil.ToFloat64(k.success))
		}
		k = live(10 * time.Hour) // a restart makes none before its time, and knows of the last
		if got := names(); len(got) != 1 || testutil.ToFloat64(k.success) == 0 || testutil.ToFloat64(k.bytes) == 0 {
			t.Errorf("after a restart: %q, metrics %v and %v", got, testutil.ToFloat64(k.bytes), testutil.ToFloat64(k.success))
		}
		live(30 * 24 * time.Hour)
		if got := names(); len(got) != 5 || got[0] != "statusd-20000131T000000Z.db" || got[4] != "statusd-20000127T000000Z.db" {
			t.Errorf("after a month: %q", got)
		}
		// A file stands where the directory should be.
		if err := errors.Join(os.Rename(dir, dir+".away"), os.WriteFile(dir, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		log.Reset()
		live(25 * time.Minute)
		if got := strings.Count(log.String(), "no copy of the database was made"); got != 3 {
			t.Errorf("said %d times that it failed, want at once and every ten minutes:\n%s", got, &log)
		}
		if err := errors.Join(os.Remove(dir), os.Rename(dir+".away", dir)); err != nil {
			t.Fatal(err)
		}
		live(25 * time.Hour)
		if got := names(); len(got) != 5 || !strings.HasPrefix(got[0], "statusd-20000201T") {
			t.Errorf("after that: %q", got)
		}
		datatest.Invariants(t, store)
	})
}

// TestGenerationsOfAnotherTime makes copies beside files that are named like copies and are none, or that lie ahead.
func TestGenerationsOfAnotherTime(t *testing.T) {
	from := t.TempDir()
	path := databaseOf(t, from, "old")
	strangers := map[string]func(to string){
		"statusd-20990101T000000Z.db": func(to string) { duplicate(t, path, to) },
		"statusd-20990102T000000Z.db": func(to string) { writeFiles(t, filepath.Dir(to), map[string]string{filepath.Base(to): ""}) },
		"statusd-20200101T000000Z.db": func(to string) { writeFiles(t, filepath.Dir(to), map[string]string{filepath.Base(to): "rubble"}) },
	}
	fill := func() (dir string) {
		dir = t.TempDir()
		for name, write := range strangers {
			write(filepath.Join(dir, name))
		}
		duplicate(t, path, filepath.Join(dir, "statusd-20210101T000000Z.db"))
		return dir
	}
	// after is what must be there: the strangers, and one copy that was not there before.
	after := func(dir string) {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var fresh []string
		for _, e := range entries {
			if strangers[e.Name()] == nil {
				fresh = append(fresh, e.Name())
			}
		}
		if len(entries) != len(strangers)+1 || len(fresh) != 1 || fresh[0] <= "statusd-20210101T000000Z.db" {
			t.Errorf("there are %v; want the strangers and the copy just made", entries)
		}
	}
	dir := fill()
	var out, errs bytes.Buffer
	if status := run([]string{"backup", dir, "--keep", "1", "--data", from}, nil, &out, &errs); status != exitDone {
		t.Fatalf("backup: %d\n%s%s", status, &out, &errs)
	}
	for name := range strangers {
		if !strings.Contains(errs.String(), name) {
			t.Errorf("it does not say that it left %s alone:\n%s", name, &errs)
		}
	}
	after(dir)

	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	dir = fill()
	var log bytes.Buffer
	k := newKeeper(&config.Backup{Dir: dir, Every: 24 * time.Hour, Keep: 1}, store, slog.New(slog.NewTextHandler(&log, nil)), prometheus.NewRegistry())
	if wait := k.first(time.Date(2021, 1, 1, 1, 0, 0, 0, time.UTC)); wait != 23*time.Hour {
		t.Errorf("the first copy is made after %v, want it a day after the newest there is", wait)
	}
	if err := k.save(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	after(dir)
	for name := range strangers {
		if !strings.Contains(log.String(), name) {
			t.Errorf("the log does not have %s:\n%s", name, &log)
		}
	}
	datatest.Invariants(t, store)
}

// TestKeeperDoesNotHoldTheStore asks for the store's write lock while a copy is written to where nothing moves.
func TestKeeperDoesNotHoldTheStore(t *testing.T) {
	store, err := bolt.Open(databaseOf(t, t.TempDir(), "old"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	err = spoolTo(t.Context(), store, writerFunc(func(b []byte) (int, error) {
		if !asked { // Close waits for everybody who reads
			asked = true
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}
		return len(b), nil
	}))
	if err != nil || !asked {
		t.Errorf("spoolTo = %v, written: %t", err, asked)
	}
}

func TestNoGenerations(t *testing.T) {
	if err := newKeeper(nil, nil, slog.New(slog.DiscardHandler), prometheus.NewRegistry()).run(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestServeKeepsCopies runs a real service that is told to make copies, restores one elsewhere, and starts that.
func TestServeKeepsCopies(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	file := filepath.Join(t.TempDir(), "statusd.yaml")
	if err := os.WriteFile(file, []byte("backup: {dir: copies}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, dir, "--config", file)
	if id, ok := p.open("key"); !ok {
		t.Fatalf("no incident (%q)", id)
	}
	var made []string
	until(t, "the first copy", func() bool {
		made, _, _ = copies(filepath.Join(filepath.Dir(file), "copies"), time.Now())
		return len(made) == 1
	})
	res, err := http.Get(p.at.Admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err != nil || !bytes.Contains(b, []byte("statusd_backup_bytes")) || !bytes.Contains(b, []byte("statusd_backup_last_success_timestamp_seconds")) {
		t.Errorf("the metrics lack the copy (%v)", err)
	}
	p.kill()
	var out, errs bytes.Buffer
	if status := run([]string{"restore", filepath.Join(filepath.Dir(file), "copies", made[0]), "--data", other}, nil, &out, &errs); status != exitDone {
		t.Fatalf("restore: %d\n%s%s", status, &out, &errs)
	}
	second := start(t, other)
	second.kill()
	store, err := bolt.Open(filepath.Join(other, storeName), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	datatest.Invariants(t, store)
	err = store.View(t.Context(), func(tx data.Tx) error {
		h, err := data.SendingHold(tx)
		if !h.Held() || h.Copied.After(h.Restored) {
			t.Errorf("hold %+v", h)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
