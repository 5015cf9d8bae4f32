package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// desk of a store of its own, and requests by somebody of a role.
func backupDesk(t *testing.T) *api.API {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	return &api.API{Store: s, Log: slog.New(slog.DiscardHandler)}
}

func askedBy(by data.Actor) *http.Request {
	r := httptest.NewRequest("GET", "/api/v1/backup", nil)
	return r.WithContext(api.WithActor(r.Context(), by))
}

var admin = data.Actor{Name: "token:copies", Role: data.Admin, Address: "192.0.2.1"}

// spoolOf spools fixed bytes, and tells when the file was closed.
func spoolOf(t *testing.T, content []byte) (spool func(context.Context) (*os.File, error), last func() *os.File) {
	var f *os.File
	return func(context.Context) (*os.File, error) {
		path := filepath.Join(t.TempDir(), "spool")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
		var err error
		f, err = os.Open(path)
		return f, err
	}, func() *os.File { return f }
}

func TestBackup(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 100_000) // several chunks, the last one not whole
	spool, last := spoolOf(t, content)
	h := backupDesk(t).Backup(spool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(api.WithActor(r.Context(), admin)))
	}))
	defer server.Close()
	res, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	sum := sha256.Sum256(content)
	if err != nil || !bytes.Equal(got, content) || res.ContentLength != int64(len(content)) ||
		res.Header.Get("Repr-Digest") != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d bytes of %d with %v: %v", len(got), len(content), res.Header, err)
	}
	server.Close() // once the handler has ended
	if _, err := last().Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the spooled copy is still open (%v)", err)
	}
}

func TestBackupOneAtATime(t *testing.T) {
	spool, _ := spoolOf(t, []byte("x"))
	begun, finish := make(chan struct{}), make(chan struct{})
	h := backupDesk(t).Backup(func(ctx context.Context) (*os.File, error) {
		close(begun)
		<-finish
		return spool(ctx)
	})
	first := httptest.NewRecorder()
	done := make(chan struct{})
	go func() { h.ServeHTTP(first, askedBy(admin)); close(done) }()
	<-begun
	second := httptest.NewRecorder()
	h.ServeHTTP(second, askedBy(admin))
	if second.Code != 409 || !strings.Contains(second.Body.String(), "try again") {
		t.Errorf("the second answers %d %s", second.Code, second.Body)
	}
	close(finish)
	<-done
	if first.Code != 200 || first.Body.String() != "x" {
		t.Errorf("the first answers %d %s", first.Code, first.Body)
	}
}

// stuck is an answer whose reader stands still after the first byte.
type stuck struct {
	*httptest.ResponseRecorder
	began, goOn chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	s.began <- struct{}{}
	<-s.goOn
	return s.ResponseRecorder.Write(b)
}

// TestBackupsOnTheirWay asks for copies while others are being sent to somebody slow: each takes room on the disk.
func TestBackupsOnTheirWay(t *testing.T) {
	made := 0
	spool, _ := spoolOf(t, []byte("x"))
	h := backupDesk(t).Backup(func(ctx context.Context) (*os.File, error) { made++; return spool(ctx) })
	began, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	for range 2 {
		slow := &stuck{httptest.NewRecorder(), began, goOn}
		go func() { h.ServeHTTP(slow, askedBy(admin)); done <- struct{}{} }()
		<-began
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, askedBy(admin))
	if w.Code != 409 || !strings.Contains(w.Body.String(), "try again when one has arrived") || made != 2 {
		t.Errorf("the third answers %d %s, and %d copies were made", w.Code, w.Body, made)
	}
	goOn <- struct{}{}
	<-done
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, askedBy(admin)); w.Code != 200 {
		t.Errorf("after one has arrived: %d %s", w.Code, w.Body)
	}
	goOn <- struct{}{}
	<-done
}

// actions is what the audit log has, as action and outcome.
func actions(t *testing.T, a *api.API) (all []string) {
	t.Helper()
	err := a.Store.View(t.Context(), func(tx data.Tx) error {
		for e, err := range tx.Audit().Range("", "") {
			if err != nil {
				return err
			}
			all = append(all, strings.TrimSpace(e.Action+" "+e.Object)+" "+e.Outcome)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBackupIsAuditedWhenItIsMade looks into the audit log before and after, and where none could be made.
func TestBackupIsAuditedWhenItIsMade(t *testing.T) {
	a := backupDesk(t)
	spool, _ := spoolOf(t, []byte("x"))
	begun := []string{"backup.begin database done"}
	a.Backup(func(ctx context.Context) (*os.File, error) {
		if got := actions(t, a); !slices.Equal(got, begun) {
			t.Errorf("while it is made: %q, want %q", got, begun)
		}
		return spool(ctx)
	}).ServeHTTP(httptest.NewRecorder(), askedBy(admin))
	made := append(begun, "backup.make database done")
	if got := actions(t, a); !slices.Equal(got, made) {
		t.Errorf("when it is made: %q, want %q", got, made)
	}
	a.Backup(func(context.Context) (*os.File, error) { return nil, errors.New("the disk is full") }).ServeHTTP(httptest.NewRecorder(), askedBy(admin))
	if got, want := actions(t, a), append(made, begun...); !slices.Equal(got, want) {
		t.Errorf("when none could be made: %q, want %q", got, want)
	}
}

func TestBackupFails(t *testing.T) {
	w := httptest.NewRecorder()
	backupDesk(t).Backup(func(context.Context) (*os.File, error) {
		return nil, errors.New("no space left on the marked disk")
	}).ServeHTTP(w, askedBy(admin))
	if w.Code != 500 || strings.Contains(w.Body.String(), "marked") || w.Header().Get("Repr-Digest") != "" {
		t.Errorf("answers %d %s %v", w.Code, w.Body, w.Header())
	}
}

// patient is an answer that notes how its deadlines are moved.
type patient struct {
	*httptest.ResponseRecorder
	calls []string
}

func (p *patient) note(what string) {
	if n := len(p.calls); n == 0 || p.calls[n-1] != what {
		p.calls = append(p.calls, what)
	}
}

func (p *patient) SetReadDeadline(at time.Time) error {
	p.note(fmt.Sprintf("read limit none: %t", at.IsZero()))
	return nil
}

func (p *patient) SetWriteDeadline(at time.Time) error {
	p.note(fmt.Sprintf("write limit ahead: %t", time.Until(at) > time.Second))
	return nil
}

func (p *patient) Write(b []byte) (int, error) {
	p.note("write")
	return p.ResponseRecorder.Write(b)
}

// TestBackupMayTakeLong sees to it that the server's limits for small requests do not cut a copy off.
func TestBackupMayTakeLong(t *testing.T) {
	spool, _ := spoolOf(t, bytes.Repeat([]byte("x"), 2*256<<10))
	w := &patient{ResponseRecorder: httptest.NewRecorder()}
	backupDesk(t).Backup(func(ctx context.Context) (*os.File, error) { w.note("spool"); return spool(ctx) }).ServeHTTP(w, askedBy(admin))
	want := []string{"read limit none: true", "spool", "write limit ahead: true", "write", "write limit ahead: true", "write"}
	if !slices.Equal(w.calls, want) {
		t.Errorf("calls: %q\nwant   %q", w.calls, want)
	}
}

// TestBackupIsForAdmins asks for a copy by everybody: who may not gets none, and the audit log has every one who is known.
func TestBackupIsForAdmins(t *testing.T) {
	a := backupDesk(t)
	spool, _ := spoolOf(t, []byte("x"))
	h := a.Backup(spool)
	for _, tt := range []struct {
		name    string
		by      data.Actor
		status  int
		outcome string // in the audit log; empty means nothing
	}{
		{"viewer", data.Actor{Name: "token:v", Role: data.Viewer}, 403, data.Refused},
		{"responder", data.Actor{Name: "token:r", Role: data.Responder}, 403, data.Refused},
		{"nobody", data.Actor{Name: "nobody"}, 403, data.Refused},
		{"admin for other things", data.Actor{Name: "token:i", Role: data.Admin, Scopes: []string{"incident"}}, 403, data.Refused},
		{"admin for backups", data.Actor{Name: "token:b", Role: data.Admin, Scopes: []string{"backup"}}, 200, data.Done},
		{"admin", admin, 200, data.Done},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, askedBy(tt.by))
		var last data.AuditEntry
		err := a.Store.View(t.Context(), func(tx data.Tx) (err error) { last, err = tx.Audit().Last("\x7f"); return err })
		if err != nil || w.Code != tt.status || last.Outcome != tt.outcome || last.Actor != tt.by.Name || last.Action != "backup.make" || (w.Body.String() == "x") != (tt.status == 200) {
			t.Errorf("%s: %d %s, audit %+v, %v", tt.name, w.Code, w.Body, last, err)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/backup", nil))
	if w.Code != 401 {
		t.Errorf("without a token: %d", w.Code)
	}
}
