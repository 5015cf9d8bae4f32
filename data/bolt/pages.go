package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"

	"github.com/superoffice/statusd/data"
)

// The layout of bbolt's pages, in the byte order of the machine: 8 bytes of its own number, 2 of kind, 2 of count, 4 of how many pages
// follow that belong to it. Then as many elements as it counts, then what they point at.
const (
	branchPage   = 0x01
	leafPage     = 0x02
	metaPage     = 0x04
	freelistPage = 0x10

	elementSize      = 16
	bucketFlag       = 0x01
	bucketHeaderSize = 16         // the number of its first page, zero where that is inline, and a sequence
	manyFree         = 0xFFFF     // a list of free pages as long as this has its length in its first entry
	noFreelist       = ^uint64(0) // nobody kept one
)

// checkPages reads every page that the newest header of a file leads to, and the list of free ones: each belongs to one thing and points
// only at what is inside of it. bbolt believes what a page says, and a damaged one makes it read, or write, anywhere in memory, or ask for
// more of it than there is, which no recover survives. Nobody may write to the file meanwhile. The values of records are not looked at.
func checkPages(f *os.File) error {
	c := pages{f: f}
	err := c.open()
	if err == nil {
		err = c.tree(c.root, nil, nil, 0)
	}
	if err == nil {
		err = c.free()
	}
	if disk := (*fs.PathError)(nil); err == nil || errors.As(err, &disk) { // what the disk does not give says nothing of what is on it
		return err
	}
	return fmt.Errorf("%w: %w", data.ErrDamaged, err)
}

// pages is a file of which the pages are being gone through.
type pages struct {
	f        io.ReaderAt
	size     uint64 // of a page
	root     uint64
	freelist uint64
	end      uint64 // the number after the last page
	seen     []bool // by number
}

// open finds the header that bbolt goes by.
func (c *pages) open() error {
	var newest uint64
	at := int64(0)
	for n := range uint64(2) {
		size, ok := readMeta(c.f, at)
		if !ok {
			at = secondMeta(c.f)
			continue
		}
		b := make([]byte, pageHeaderSize+metaSize)
		if _, err := c.f.ReadAt(b, at); err != nil {
			return err
		}
		if u64(b) != n || binary.NativeEndian.Uint16(b[8:]) != metaPage {
			return fmt.Errorf("page %d does not say that it is a header", n)
		}
		if m := b[pageHeaderSize:]; c.size == 0 || u64(m[48:]) > newest {
			newest, c.size, c.root, c.freelist, c.end = u64(m[48:]), uint64(size), u64(m[16:]), u64(m[32:]), u64(m[40:])
		}
		at = size
	}
	switch {
	case c.size == 0:
		return errors.New("none of its headers is sound")
	case c.size < 512, c.end > math.MaxInt64/c.size:
		return fmt.Errorf("its header tells of %d pages of %d bytes", c.end, c.size)
	}
	if info, ok := c.f.(*os.File); ok {
		s, err := info.Stat()
		if err != nil {
			return err
		}
		if uint64(s.Size()) < c.end*c.size {
			return fmt.Errorf("it is cut short: it has %d bytes and should have %d", s.Size(), c.end*c.size)
		}
	}
	c.seen = make([]bool, c.end)
	return nil
}

// read returns a page with all that follows it, and takes its numbers.
func (c *pages) read(id uint64) (kind uint16, count int, b []byte, err error) {
	if id < 2 || id >= c.end {
		return 0, 0, nil, fmt.Errorf("it leads to page %d, and has the pages 2 to %d", id, c.end-1)
	}
	var head [pageHeaderSize]byte
	if _, err := c.f.ReadAt(head[:], int64(id*c.size)); err != nil {
		return 0, 0, nil, err
	}
	own, more := u64(head[:]), uint64(binary.NativeEndian.Uint32(head[12:]))
	if own != id {
		return 0, 0, nil, fmt.Errorf("page %d takes itself for page %d", id, own)
	}
	if more >= c.end-id {
		return 0, 0, nil, fmt.Errorf("page %d is %d pages long, and there are %d", id, more+1, c.end-id)
	}
	for n := id; n <= id+more; n++ {
		if c.seen[n] {
			return 0, 0, nil, fmt.Errorf("page %d belongs to two", n)
		}
		c.seen[n] = true
	}
	b = make([]byte, (more+1)*c.size)
	if _, err := c.f.ReadAt(b, int64(id*c.size)); err != nil {
		return 0, 0, nil, err
	}
	return binary.NativeEndian.Uint16(head[8:]), int(binary.NativeEndian.Uint16(head[10:])), b, nil
}

// tree goes through the page id and what is below it. Its keys are not before low and, unless high is nil, before high.
func (c *pages) tree(id uint64, low, high []byte, depth int) error {
	kind, count, b, err := c.read(id)
	if err != nil {
		return err
	}
	switch {
	case depth > 32:
		return fmt.Errorf("page %d is deeper than any tree", id)
	case kind == leafPage:
		return c.leaf(fmt.Sprintf("page %d", id), b, count, low, high, depth, true)
	case kind != branchPage:
		return fmt.Errorf("page %d is neither branch nor leaf", id)
	case count == 0:
		return fmt.Errorf("page %d is a branch without a leaf", id)
	}
	var keys [][]byte
	var children []uint64
	for i := range count {
		at := pageHeaderSize + i*elementSize
		e := element(b, at, count)
		if e == nil {
			return fmt.Errorf("page %d has no room for its %d elements", id, count)
		}
		key, _, ok := content(b, at, count, u32(e), u32(e[4:]), 0)
		if !ok || !inOrder(keys, key, low, high) {
			return fmt.Errorf("page %d: key %d is not in its place", id, i)
		}
		keys, children = append(keys, key), append(children, u64(e[8:]))
	}
	for i, child := range children {
		below := high
		if i+1 < len(keys) {
			below = keys[i+1]
		}
		if err := c.tree(child, keys[i], below, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// leaf goes through a page of records, and the tables that begin in it where there may be any.
func (c *pages) leaf(name string, b []byte, count int, low, high []byte, depth int, tables bool) error {
	var keys [][]byte
	for i := range count {
		at := pageHeaderSize + i*elementSize
		e := element(b, at, count)
		if e == nil {
			return fmt.Errorf("%s has no room for its %d elements", name, count)
		}
		key, value, ok := content(b, at, count, u32(e[4:]), u32(e[8:]), u32(e[12:]))
		if !ok || !inOrder(keys, key, low, high) {
			return fmt.Errorf("%s: key %d is not in its place", name, i)
		}
		keys = append(keys, key)
		switch flags := u32(e); {
		case flags == 0:
		case flags != bucketFlag || !tables:
			return fmt.Errorf("%s: element %d is of no kind that there is", name, i)
		default:
			if err := c.table(key, value, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// table goes through a table with a value of its own page or, where it is small, with the page in its value.
func (c *pages) table(name, value []byte, depth int) error {
	if len(value) < bucketHeaderSize {
		return fmt.Errorf("the table %q has no beginning", name)
	}
	if root := u64(value); root != 0 {
		return c.tree(root, nil, nil, depth+1)
	}
	b := value[bucketHeaderSize:]
	if len(b) < pageHeaderSize || binary.NativeEndian.Uint16(b[8:]) != leafPage || u64(b) != 0 || u32(b[12:]) != 0 {
		return fmt.Errorf("the table %q has no page", name)
	}
	return c.leaf(fmt.Sprintf("the table %q", name), b, int(binary.NativeEndian.Uint16(b[10:])), nil, nil, depth, false)
}

// free goes through the list of free pages: none of them is in use. A page that is neither is room lost, and nothing else.
func (c *pages) free() error {
	if c.freelist == noFreelist {
		return nil // bbolt finds the free ones itself
	}
	kind, count, b, err := c.read(c.freelist)
	if err != nil {
		return err
	}
	if kind != freelistPage {
		return fmt.Errorf("page %d is no list of free pages", c.freelist)
	}
	ids, n := b[pageHeaderSize:], uint64(count)
	if count == manyFree {
		n, ids = u64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return fmt.Errorf("page %d lists %d free pages and has no room for them", c.freelist, n)
	}
	for ; n > 0; n, ids = n-1, ids[8:] {
		id := u64(ids)
		if id < 2 || id >= c.end || c.seen[id] {
			return fmt.Errorf("page %d is not free, and listed so", id)
		}
		c.seen[id] = true
	}
	return nil
}

// element is the element at an offset of a page with so many, and nil where the page ends before it has them all.
func element(b []byte, at, count int) []byte {
	if pageHeaderSize+count*elementSize > len(b) {
		return nil
	}
	return b[at : at+elementSize]
}

// content is what an element at an offset points at: a key, and a value after it.
func content(b []byte, at, count int, pos, keySize, valueSize uint32) (key, value []byte, ok bool) {
	from := int64(at) + int64(pos)
	mid := from + int64(keySize)
	to := mid + int64(valueSize)
	if keySize == 0 || from < int64(pageHeaderSize+count*elementSize) || to > int64(len(b)) {
		return nil, nil, false
	}
	return b[from:mid], b[mid:to], true
}

func inOrder(before [][]byte, key, low, high []byte) bool {
	if len(before) > 0 && bytes.Compare(before[len(before)-1], key) >= 0 {
		return false
	}
	return bytes.Compare(key, low) >= 0 && (high == nil || bytes.Compare(key, high) < 0)
}

func u32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
func u64(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }
