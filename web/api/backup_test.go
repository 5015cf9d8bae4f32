package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superoffice/statusd/web/api"
)

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
	server := httptest.NewServer(api.Backup(slog.New(slog.DiscardHandler), spool))
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
	if _, err := last().Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the spooled copy is still open (%v)", err)
	}
}

func TestBackupOneAtATime(t *testing.T) {
	spool, _ := spoolOf(t, []byte("x"))
	begun, finish := make(chan struct{}), make(chan struct{})
	h := api.Backup(slog.New(slog.DiscardHandler), func(ctx context.Context) (*os.File, error) {
		close(begun)
		<-finish
		return spool(ctx)
	})
	first := httptest.NewRecorder()
	done := make(chan struct{})
	go func() { h.ServeHTTP(first, httptest.NewRequest("GET", "/", nil)); close(done) }()
	<-begun
	second := httptest.NewRecorder()
	h.ServeHTTP(second, httptest.NewRequest("GET", "/", nil))
	if second.Code != 409 || !strings.Contains(second.Body.String(), "try again") {
		t.Errorf("the second answers %d %s", second.Code, second.Body)
	}
	close(finish)
	<-done
	if first.Code != 200 || first.Body.String() != "x" {
		t.Errorf("the first answers %d %s", first.Code, first.Body)
	}
}

func TestBackupFails(t *testing.T) {
	w := httptest.NewRecorder()
	api.Backup(slog.New(slog.DiscardHandler), func(context.Context) (*os.File, error) {
		return nil, errors.New("no space left on the marked disk")
	}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "marked") || w.Header().Get("Repr-Digest") != "" {
		t.Errorf("answers %d %s %v", w.Code, w.Body, w.Header())
	}
}
