package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
)

// pagesOf makes a file with a large table, one with long values, one in a page of another and an empty one, by transactions of random
// writes and removals.
func pagesOf(t *rapid.T, path string) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		t.Fatal(err)
	}
	wide := rapid.SampledFrom([]int{4, 30, 300}).Draw(t, "key's width") // wide ones make branches of branches
	for range rapid.IntRange(1, 6).Draw(t, "transactions") {
		err := db.Update(func(tx *bbolt.Tx) error {
			for _, name := range []string{"empty", "large", "long", "small"} {
				if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
					return err
				}
			}
			for range rapid.IntRange(1, 300).Draw(t, "puts") {
				key := fmt.Appendf(nil, "%0*d", wide, rapid.IntRange(0, 2000).Draw(t, "key"))
				if err := tx.Bucket([]byte("large")).Put(key, make([]byte, rapid.IntRange(0, 300).Draw(t, "length"))); err != nil {
					return err
				}
			}
			for range rapid.IntRange(0, 3).Draw(t, "long puts") {
				key := []byte{byte(rapid.IntRange('a', 'd').Draw(t, "long key"))}
				if err := tx.Bucket([]byte("long")).Put(key, make([]byte, rapid.IntRange(0, 20000).Draw(t, "long length"))); err != nil {
					return err
				}
			}
			for range rapid.IntRange(0, 200).Draw(t, "removals") {
				key := fmt.Appendf(nil, "%0*d", wide, rapid.IntRange(0, 2000).Draw(t, "key"))
				if err := tx.Bucket([]byte("large")).Delete(key); err != nil {
					return err
				}
			}
			return tx.Bucket([]byte("small")).Put([]byte("key"), []byte("value"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func pagesError(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return checkPages(f)
}

// TestPages: what bbolt writes is sound, and what is damaged and still taken for sound is so by bbolt's own check too.
func TestPages(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "statusd.db")
		os.Remove(path) //nolint:errcheck // it may not be there yet
		pagesOf(t, path)
		if err := pagesError(path); err != nil {
			t.Fatalf("as bbolt wrote it: %v", err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		size := os.Getpagesize()
		for range rapid.IntRange(1, 3).Draw(t, "damages") {
			// Where a page tells of itself and of its elements, more than where its records are.
			at := rapid.IntRange(0, len(b)/size-1).Draw(t, "page")*size + rapid.IntRange(0, 200).Draw(t, "byte")
			if in := at % size; at < 2*size && in >= pageHeaderSize && in < pageHeaderSize+8 {
				continue // a header with another program's mark is not looked at further, and bbolt's check does
			}
			b[at] ^= rapid.Byte().Draw(t, "xor")
			if at < 2*size {
				reseal(b[at/size*size:])
			}
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := pagesError(path); err != nil {
			if !errors.Is(err, data.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		db, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
		if err != nil {
			return // it says itself what is wrong
		}
		defer db.Close()
		err = db.View(func(tx *bbolt.Tx) error {
			for err := range tx.Check() {
				if !strings.Contains(err.Error(), "unreachable unfreed") { // room lost, and nothing else
					t.Errorf("taken for sound, and bbolt says: %v", err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// reseal puts the checksum of a header right after it was changed.
func reseal(page []byte) {
	sum := fnv.New64a()
	sum.Write(page[pageHeaderSize : pageHeaderSize+metaSize-8]) //nolint:errcheck // a hash takes everything
	binary.NativeEndian.PutUint64(page[pageHeaderSize+metaSize-8:], sum.Sum64())
}

// TestPagesDamaged damages each thing that bbolt would follow, and wants to be told what it was.
func TestPagesDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statusd.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		small, err := tx.CreateBucket([]byte("small"))
		if err != nil {
			return err
		}
		large, err := tx.CreateBucket([]byte("large"))
		if err != nil {
			return err
		}
		for i := range 200 {
			if err := large.Put(fmt.Appendf(nil, "%03d", i), make([]byte, 100)); err != nil {
				return err
			}
		}
		return small.Put([]byte("key"), []byte("value"))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := os.Getpagesize()
	head := func() []byte { // the newest
		if u64(good[16+48:]) > u64(good[size+16+48:]) {
			return good[:size]
		}
		return good[size:]
	}()
	root, freelist, end := int(u64(head[16+16:])), int(u64(head[16+32:])), int(u64(head[16+40:]))
	elements := func(page int) int { return page*size + pageHeaderSize }
	// In the first page "large" comes before "small", whose page is in its value.
	large := elements(root)
	branch := int(u64(good[large+int(u32(good[large+4:]))+5:]))
	small := elements(root) + elementSize
	inline := small + int(u32(good[small+4:])) + 5 + bucketHeaderSize
	firstLeaf := int(u64(good[elements(branch)+8:]))
	put := func(at int, b ...byte) func([]byte) { return func(file []byte) { copy(file[at:], b) } }
	for _, tt := range []struct {
		name   string
		damage func([]byte)
		words  string
	}{
		{"number", put(branch*size, 99), "takes itself for page 99"},
		{"kind", put(branch*size+8, 3), "neither branch nor leaf"},
		{"count", put(branch*size+10, 0xFF, 0xFF), "no room for its 65535 elements"},
		{"no leaf", put(branch*size+10, 0, 0), "a branch without a leaf"},
		{"length", put(branch*size+12, 0xFF, 0xFF), "65536 pages long, and there are"},
		{"longer by one", put(branch*size+12, 1), "belongs to two"},
		{"key's place", put(elements(firstLeaf)+4, 0xFF, 0xFF, 0xFF, 0xFF), "key 0 is not in its place"},
		{"key's place in elements", put(elements(firstLeaf)+4, 0), "key 0 is not in its place"},
		{"key's length", put(elements(firstLeaf)+8, 0xFF, 0xFF, 0xFF, 0xFF), "key 0 is not in its place"},
		{"no key", put(elements(firstLeaf)+8, 0), "key 0 is not in its place"},
		{"value's length", put(elements(firstLeaf)+12, 0xFF, 0xFF, 0xFF, 0x7F), "key 0 is not in its place"},
		{"kind of element", put(elements(firstLeaf), 2), "element 0 is of no kind"},
		{"branch's key's place", put(elements(branch)+16+3, 0x80), "key 1 is not in its place"},
		{"child outside", put(elements(branch)+8, 0xFF, 0xFF), "leads to page 65535"},
		{"child a header", put(elements(branch)+8, 1), "leads to page 1"},
		{"child twice", func(b []byte) { copy(b[elements(branch)+16+8:], b[elements(branch)+8:][:8]) }, "belongs to two"},
		{"child itself", put(elements(branch)+8, byte(branch)), "belongs to two"},
		{"children swapped", func(b []byte) {
			for i := range 8 {
				b[elements(branch)+8+i], b[elements(branch)+16+8+i] = b[elements(branch)+16+8+i], b[elements(branch)+8+i]
			}
		}, "is not in its place"},
		{"table's page", put(inline+8, 1), `the table "small" has no page`},
		{"table's count", put(inline+10, 200), `the table "small" has no room`},
		{"table's key", put(inline+pageHeaderSize+4, 0xFF, 0xFF), `the table "small": key 0`},
		{"table in a table's page", put(inline+pageHeaderSize, 1), `the table "small": element 0 is of no kind`},
		{"no beginning", put(small+12, 7, 0), `the table "small" has no beginning`},
		{"list's kind", put(freelist*size+8, 2), "no list of free pages"},
		{"list's length", put(freelist*size+10, 0xFE, 0xFF), "lists 65534 free pages"},
		{"list's long length", put(freelist*size+10, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF), "free pages and has no room"},
		{"free is used", put(elements(freelist), byte(branch)), "is not free, and listed so"},
		{"free outside", put(elements(freelist)+1, 1), "is not free, and listed so"},
		{"header's end", func(b []byte) {
			for at := 0; at <= size; at += size {
				b[at+16+40+2] = 1
				reseal(b[at:])
			}
		}, "cut short"},
		{"header's page size", func(b []byte) {
			for at := 0; at <= size; at += size {
				copy(b[at+16+8:], []byte{1, 0})
				reseal(b[at:])
			}
		}, "pages of 1 bytes"},
		{"no header", func(b []byte) { b[16], b[size+16] = 0, 0 }, "none of its headers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := append([]byte(nil), good...)
			tt.damage(b)
			path := filepath.Join(t.TempDir(), "statusd.db")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := pagesError(path); !errors.Is(err, data.ErrDamaged) || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("of %d pages, branch %d: %v, want it to say %q", end, branch, err, tt.words)
			}
		})
	}
}

// TestPagesOfAnotherMachine: pages have the size that they had where the file was made, also where only the second header tells of it.
func TestPagesOfAnotherMachine(t *testing.T) {
	for _, size := range []int{1024, 4096, 16384, 65536} {
		path := filepath.Join(t.TempDir(), "statusd.db")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: size})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("table"))
			return err
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if err := pagesError(path); err != nil {
			t.Errorf("pages of %d bytes: %v", size, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[pageHeaderSize]++
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := pagesError(path); err != nil {
			t.Errorf("pages of %d bytes without the first header: %v", size, err)
		}
	}
}

// BenchmarkPages goes through a file of 100 MB, 400 days of 25 probes; the floor reads it from its beginning to its end.
func BenchmarkPages(b *testing.B) {
	path := filepath.Join(b.TempDir(), "statusd.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	for day := range 400 {
		err := db.Update(func(tx *bbolt.Tx) error {
			blocks, err := tx.CreateBucketIfNotExists([]byte("blocks"))
			if err != nil {
				return err
			}
			for probe := range 25 {
				if err := blocks.Put(fmt.Appendf(nil, "%03d/%03d", probe, day), make([]byte, 5800)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			if err := pagesError(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		buffer := make([]byte, 4096)
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			for {
				if _, err := io.ReadFull(f, buffer); err != nil {
					break
				}
			}
			f.Close()
		}
	})
}
