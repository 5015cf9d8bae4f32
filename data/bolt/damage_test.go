package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// filled makes a database with some of everything worth losing, closed, and returns its path.
func filled(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "statusd.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(context.Background(), func(tx data.Tx) error {
		for i := range 40 {
			if err := data.PutIncident(tx, datatest.Incident(fmt.Sprintf("abcdefghij%02d", i), datatest.Start)); err != nil {
				return err
			}
			if err := tx.Components().Put(datatest.Component(fmt.Sprintf("component-%02d", i))); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// readAll reads every record of the filled tables and returns how many were right.
func readAll(path string) (int, error) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	n := 0
	err = s.View(context.Background(), func(tx data.Tx) error {
		n = 0
		for i, err := range tx.Incidents().Range("", "") {
			if err != nil {
				return err
			}
			want := datatest.Incident(i.ID, datatest.Start)
			if want.Version = 1; fmt.Sprint(want) != fmt.Sprint(i) {
				return fmt.Errorf("WRONG VALUE served: %v", i)
			}
			n++
		}
		for _, err := range tx.Components().Range("", "") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// used returns the file's content without the empty space bbolt keeps behind it.
func used(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := len(bytes.TrimRight(b, "\x00"))
	return b[:min(len(b), (n/4096+1)*4096)]
}

func wantError(t *testing.T, path string, is error, words ...string) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err == nil {
		s.Close()
		t.Fatalf("Open(%s) succeeded, want an error about %q", filepath.Base(path), words)
	}
	if is != nil && !errors.Is(err, is) {
		t.Errorf("Open: %v, want it to be %v", err, is)
	}
	for _, w := range append(words, path) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("Open: %q does not say %q", err, w)
		}
	}
}

func TestEmptyFileIsNotANewBeginning(t *testing.T) {
	path := filled(t)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	wantError(t, path, nil, "there was data here", "empty", "backup", bolt.MarkerPath(path))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantError(t, path, nil, "there was data here", "gone")
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a refused Open left a file behind: %v", err)
	}
	if err := os.Remove(bolt.MarkerPath(path)); err != nil { // the way out that the error names
		t.Fatal(err)
	}
	if n, err := readAll(path); n != 0 || err != nil {
		t.Errorf("after removing the marker: %d records, %v; want a new beginning", n, err)
	}
}

func TestTruncated(t *testing.T) {
	path := filled(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for size := int64(len(used(t, path))); size > 0; size -= 4096 {
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		n, err := readAll(path)
		if err == nil && n != 80 {
			t.Fatalf("a file cut to %d of %d bytes reads %d of 80 records without an error", size, info.Size(), n)
		}
		if err != nil {
			refused++
		}
	}
	if refused < 3 {
		t.Errorf("only %d of the cut files were refused", refused)
	}
}

// TestOneHeader damages either header: bbolt would go on with the other one, maybe without the newest transaction.
func TestOneHeader(t *testing.T) {
	for page := range 2 {
		path := filled(t)
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 1)
		at := int64(page*os.Getpagesize() + 16 + 48) // in the transaction's number
		if _, err := f.ReadAt(b, at); err != nil {
			t.Fatal(err)
		}
		b[0] ^= 4
		_, err = f.WriteAt(b, at)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		wantError(t, path, data.ErrDamaged, "newest change may be lost", "backup", bolt.MarkerPath(path))
		if err := os.Remove(bolt.MarkerPath(path)); err != nil { // the way out that the error names
			t.Fatal(err)
		}
		if n, err := readAll(path); n != 80 && n != 0 || err != nil {
			t.Errorf("going on with the other header: %d records, %v", n, err)
		}
	}
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statusd.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("not a database\n"), 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	wantError(t, path, data.ErrDamaged, "not a database of statusd")

	path = filepath.Join(t.TempDir(), "statusd.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("somebody else's")); return err })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	wantError(t, path, nil, "of another program")
}

// raw changes the file below the store.
func raw(t *testing.T, path string, fn func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestNewerSchema(t *testing.T) {
	path := filled(t)
	raw(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte{0, 0, 0, 99})
	})
	wantError(t, path, nil, "newer statusd", "schema 99")
}

func TestNewerRecord(t *testing.T) {
	path := filled(t)
	raw(t, path, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("incidents"))
		key := []byte("abcdefghij07")
		v := bytes.Clone(b.Get(key))
		binary.BigEndian.PutUint16(v[1:], 99)
		sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
		fmt.Fprintf(sum, "incidents\x00%s\x00%s%s", key, v[:3], v[7:])
		binary.BigEndian.PutUint32(v[3:], sum.Sum32())
		return b.Put(key, v)
	})
	if _, err := readAll(path); err == nil || !strings.Contains(err.Error(), "newer statusd") {
		t.Errorf("a record of a newer schema reads with %v", err)
	}
}

func TestRecordUnderAnotherKey(t *testing.T) {
	path := filled(t)
	raw(t, path, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("incidents"))
		return b.Put([]byte("abcdefghij08"), bytes.Clone(b.Get([]byte("abcdefghij07"))))
	})
	if _, err := readAll(path); !errors.Is(err, data.ErrDamaged) {
		t.Errorf("a record under another's key reads with %v", err)
	}
}

func TestSecondProcess(t *testing.T) {
	path := filled(t)
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = bolt.Open(path, bolt.Options{Wait: 1}) // flock is by open file, so one process can play both
	if err == nil || !strings.Contains(err.Error(), "another process is using it") || !strings.Contains(err.Error(), path) {
		t.Errorf("second Open: %v", err)
	}
}

// TestFlippedBits turns over single bits all over a file: each is harmless or detected, and never a panic or a wrong value
// served as right. STATUSD_SEED takes other bits than the ordinary run.
func TestFlippedBits(t *testing.T) {
	path := filled(t)
	whole := used(t, path)
	seed := uint64(1)
	if text := os.Getenv("STATUSD_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &seed); err != nil {
			t.Fatalf("STATUSD_SEED=%s: %v", text, err)
		}
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	flips, detected := 500, 0
	if testing.Short() {
		flips = 100
	}
	for i := range flips {
		at, bit := rnd.IntN(len(whole)), byte(1)<<rnd.IntN(8)
		damaged := bytes.Clone(whole)
		damaged[at] ^= bit
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		n, err := readAll(path)
		switch {
		case err != nil && strings.Contains(err.Error(), "WRONG VALUE"):
			t.Fatalf("seed %d flip %d, byte %d: %v", seed, i, at, err)
		case err != nil:
			detected++
		case n != 80:
			t.Fatalf("seed %d flip %d, byte %d bit %d: %d of 80 records and no error", seed, i, at, bit, n)
		}
	}
	if detected == 0 {
		t.Errorf("seed %d: none of %d flips was detected", seed, flips)
	}
	t.Logf("seed %d: %d of %d flips hit something and were detected", seed, detected, flips)
}
