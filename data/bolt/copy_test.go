package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// TestCopyWhileWriting takes copies in the middle of writes that keep two records equal: in every copy they are.
func TestCopyWhileWriting(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "statusd.db")
	s, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	both := func(value string) error {
		return s.Update(t.Context(), func(tx data.Tx) error {
			return errors.Join(tx.Settings().Put(data.Setting{Name: "a", Value: value}), tx.Settings().Put(data.Setting{Name: "z", Value: value}),
				data.Audit(tx, data.AuditEntry{At: time.Now(), Actor: "file:test", Action: "test", Outcome: data.Done}))
		})
	}
	if err := both("first"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	writers.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			if err := both(fmt.Sprint(n)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	var last uint64
	for i := range 30 {
		f, err := s.Spool(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(dir, fmt.Sprint("copy", i))
		if err := os.WriteFile(copied, b, 0o600); err != nil {
			t.Fatal(err)
		}
		sum, err := bolt.Check(copied)
		if err != nil {
			t.Fatalf("copy %d: %v", i, err)
		}
		if sum.Bytes != int64(len(b)) || sum.Records[data.SettingsTable] != 2 || sum.Records[data.AuditTable] != int(sum.Audit.Seq) || sum.Audit.Seq < last {
			t.Errorf("copy %d of %d bytes: %+v", i, len(b), sum)
		}
		last = sum.Audit.Seq
		err = bolt.Inspect(copied, func(tx data.Tx) error {
			a, aerr := tx.Settings().Get("a")
			z, zerr := tx.Settings().Get("z")
			if a.Value != z.Value {
				t.Errorf("copy %d holds half a transaction: %q and %q", i, a.Value, z.Value)
			}
			return errors.Join(aerr, zerr)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	writers.Wait()
	if left, _ := filepath.Glob(path + ".copy-*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	datatest.Invariants(t, s)
}

func TestCopyStops(t *testing.T) {
	s, err := bolt.Open(filled(t), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	var n int
	_, err = s.Copy(ctx, writer(func(b []byte) (int, error) { n++; stop(); return len(b), nil }))
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("Copy = %v after %d writes, want it canceled after the first", err, n)
	}
	full := errors.New("no space left")
	if _, err := s.Copy(t.Context(), writer(func([]byte) (int, error) { return 0, full })); err == nil || !strings.Contains(err.Error(), full.Error()) {
		t.Errorf("Copy to a full disk = %v", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestCheck(t *testing.T) {
	whole, err := os.ReadFile(filled(t))
	if err != nil {
		t.Fatal(err)
	}
	foreign := func(t *testing.T) []byte {
		path := filepath.Join(t.TempDir(), "foreign")
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
		b, rerr := os.ReadFile(path)
		if err := errors.Join(err, db.Close(), rerr); err != nil {
			t.Fatal(err)
		}
		return b
	}
	changed := func(change func(*bbolt.Tx) error) func(*testing.T) []byte {
		return func(t *testing.T) []byte {
			path := filled(t)
			raw(t, path, change)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	for _, tt := range []struct {
		name string
		make func(*testing.T) []byte
		want string // empty means sound
	}{
		{"whole", func(*testing.T) []byte { return whole }, ""},
		{"empty", func(*testing.T) []byte { return nil }, "it is empty: take another copy"},
		{"text", func(*testing.T) []byte { return bytes.Repeat([]byte("no database\n"), 9000) }, "no database of statusd"},
		{"short text", func(*testing.T) []byte { return []byte("no database\n") }, "no database of statusd"},
		{"cut in the first page", func(*testing.T) []byte { return whole[:1000] }, "cut short: it has only 1000 bytes"},
		{"cut later", func(*testing.T) []byte { return whole[:3*4096] }, "cut short: it has 12288 bytes"},
		{"foreign", foreign, "of another program: name a copy that `statusd backup` made"},
		{"newer", changed(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte("schema"), binary.BigEndian.AppendUint32(nil, 99))
		}), "written by a newer statusd (schema 99"},
		{"a header", func(*testing.T) []byte {
			b := bytes.Clone(whole)
			b[4096+16+48] ^= 4
			return b
		}, "one of its two headers"},
		{"a changed record", func(*testing.T) []byte {
			return bytes.Replace(whole, []byte("Sign-in fails"), []byte("Sign-in works"), 1)
		}, "its checksum does not fit: take an older copy"},
		{"a missing record", changed(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("components")).Delete([]byte("component-07"))
		}), "components has 39 records and should have 40"},
		{"a held one that is unreadable", changed(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("settings")).Put([]byte("sending_held"), []byte("x"))
		}), "damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.db")
			b := tt.make(t)
			if err := os.WriteFile(path, b, 0o400); err != nil {
				t.Fatal(err)
			}
			sum, err := bolt.Check(path)
			if tt.want == "" {
				if err != nil || sum.Records[data.IncidentsTable] != 40 || sum.Records[data.ComponentsTable] != 40 || sum.Records[data.AuditTable] != 0 || sum.Revision == 0 {
					t.Errorf("Check = %+v, %v", sum, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("Check = %v, want it to name the file and to say %q", err, tt.want)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(b, after) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
	if _, err := bolt.Check(t.TempDir()); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("Check of a directory = %v", err)
	}
}

func TestCheckOfARunningOne(t *testing.T) {
	path := filled(t)
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := bolt.Check(path); err == nil || !strings.Contains(err.Error(), "a service is using it") {
		t.Errorf("Check = %v", err)
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestRenew(t *testing.T) {
	from := filled(t)
	before, err := bolt.Check(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "new.db")
	bad := errors.New("no")
	if err := bolt.Renew(from, to, func(data.Tx) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("Renew = %v, want the function's error", err)
	}
	if _, err := os.Stat(to); !os.IsNotExist(err) {
		t.Errorf("after an error there is something (%v)", err)
	}
	err = bolt.Renew(from, to, func(tx data.Tx) error { _, err := data.HoldSending(tx, time.Time{}, datatest.Start); return err })
	if err != nil {
		t.Fatal(err)
	}
	after, err := bolt.Check(to)
	if err != nil {
		t.Fatal(err)
	}
	if !after.Held || before.Held || after.Revision < before.Revision+1<<20 || after.Records[data.SettingsTable] != before.Records[data.SettingsTable]+1 || after.Records[data.IncidentsTable] != 40 {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if err := bolt.Renew(from, to, func(data.Tx) error { return nil }); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("Renew over something = %v", err)
	}
	s, err := bolt.Open(to, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	datatest.Invariants(t, s)
	if err := s.Update(t.Context(), func(tx data.Tx) error { return tx.Settings().Put(data.Setting{Name: "b", Value: "c"}) }); err != nil {
		t.Fatal(err)
	}
	if r := <-s.Watch(t.Context()); r <= after.Revision {
		t.Errorf("the next revision is %d, after %d", r, after.Revision)
	}
}
