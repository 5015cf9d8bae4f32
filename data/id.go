package data

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"time"
)

// keyLayout writes an instant in fixed width, so that text order is time order.
const keyLayout = "2006-01-02T15:04:05.000000000Z"

func keyTime(t time.Time) string {
	if t.IsZero() {
		return "0000"
	}
	return t.UTC().Format(keyLayout)
}

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// PublicID derives the 12 characters a-z0-9 by which the world knows a thing (STATUSPAGE-V2 1) from the page's ID and the
// thing's own key. The same page and key give the same ID for ever.
func PublicID(page, kind, key string) string {
	sum := sha256.Sum256([]byte(page + "\x00" + kind + "\x00" + key))
	return idFrom(sum[:])
}

// NewID returns a fresh random public ID.
func NewID() string {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // never fails since Go 1.24
	return idFrom(b)
}

// idFrom takes 32 bytes; 36^12 is small against 256^32, so the bias of the division is nil.
func idFrom(b []byte) string {
	var number [4]uint64 // b as one number, big end first
	for i := range number {
		number[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	var id [12]byte
	for i := range id {
		rest := uint64(0)
		for j := range number { // divide by 36
			number[j], rest = bits.Div64(rest, number[j], uint64(len(idAlphabet)))
		}
		id[i] = idAlphabet[rest]
	}
	return string(id[:])
}

// ValidID says whether s has the form of a public ID.
func ValidID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
