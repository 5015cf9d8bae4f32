package bolt

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"github.com/superoffice/statusd/data"
)

// bbolt keeps two copies of its header, of the last transaction and of the one before. When the newer one is damaged it
// goes back to the older one without a word, and an acknowledged write is gone. A header is 80 bytes in one sector, so no
// power cut tears it: a damaged one means a damaged file.
const (
	pageHeaderSize = 16
	metaSize       = 64 // magic, version, page size, flags, root, freelist, high water, txid, checksum
	metaMagic      = 0xED0CDAED
	metaVersion    = 2
)

// checkMetas refuses a file of which one header is damaged.
func checkMetas(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	defer f.Close()
	size, ok := readMeta(f, 0)
	if !ok {
		size = int64(os.Getpagesize())
	}
	if _, second := readMeta(f, size); ok && second {
		return nil
	}
	return fmt.Errorf("opening %s: %w: one of its two headers does not fit its checksum, so the newest change may be lost: put the newest backup in its place, or remove %s to go on with what is there", path, data.ErrDamaged, MarkerPath(path))
}

// readMeta reads the header in the page at an offset, and says what size pages have and whether it is sound.
func readMeta(f io.ReaderAt, at int64) (pageSize int64, ok bool) {
	b := make([]byte, metaSize)
	if _, err := f.ReadAt(b, at+pageHeaderSize); err != nil && !errors.Is(err, io.EOF) {
		return 0, false
	}
	sum := fnv.New64a()
	sum.Write(b[:metaSize-8]) //nolint:errcheck // a hash takes everything
	// bbolt writes in the byte order of the machine, and so does a file that is its own.
	if u32(b) != metaMagic || u32(b[4:]) != metaVersion || u64(b[metaSize-8:]) != sum.Sum64() {
		return 0, false
	}
	return int64(u32(b[8:])), true
}

// secondMeta is where bbolt finds the second header when the first is damaged, and with it what size pages have.
func secondMeta(f io.ReaderAt) int64 {
	for at := int64(1 << 10); at <= 1<<24; at <<= 1 {
		if _, ok := readMeta(f, at); ok {
			return at
		}
	}
	return int64(os.Getpagesize())
}
