package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/superoffice/statusd/data"
)

// TestDamageFoundByACommit: a page that was damaged since the file was opened may be read by a commit first, which puts small pages
// together. Nothing more is written then, nobody waits for ever, and what is whole is read.
func TestDamageFoundByACommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statusd.db")
	s, err := Open(path, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	name := func(n int) string { return fmt.Sprintf("setting-%03d", n) }
	err = s.Update(t.Context(), func(tx data.Tx) error {
		for n := range 400 {
			if err := tx.Settings().Put(data.Setting{Name: name(n), Value: "x"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := os.Getpagesize()
	var leaves [][]byte // of the settings, by their first one
	for page := range slices.Chunk(b, size) {
		if page[8] == leafPage && bytes.Contains(page, []byte("setting-")) {
			leaves = append(leaves, page)
		}
	}
	first := func(page []byte) []byte { return page[bytes.Index(page, []byte("setting-")):][:len(name(0))] }
	slices.SortFunc(leaves, func(a, b []byte) int { return bytes.Compare(first(a), first(b)) })
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{0xFF}, int64(u64(leaves[1]))*int64(size)+8); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx data.Tx) error {
		for n := 1; name(n) < string(first(leaves[1])); n++ {
			if err := tx.Settings().Delete(name(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, data.ErrDamaged) {
		t.Errorf("the commit says %v", err)
	}
	for range 2 {
		err := s.Update(t.Context(), func(tx data.Tx) error { return tx.Settings().Put(data.Setting{Name: "after", Value: "x"}) })
		if !errors.Is(err, data.ErrReadOnly) || !errors.Is(err, data.ErrDamaged) {
			t.Errorf("then writing says %v", err)
		}
	}
	err = s.View(t.Context(), func(tx data.Tx) error { _, err := tx.Settings().Get(name(1)); return err })
	if err != nil {
		t.Errorf("reading what is whole says %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
