package data

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Token lets a machine act as an operator. Only the hash of its secret is kept.
type Token struct {
	Hash    string    `json:"hash"` // SHA-256 of the secret, hex; the key
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Revoked time.Time `json:"revoked,omitzero"`
	Used    time.Time `json:"used,omitzero"`    // last use, to the minute
	Scopes  []string  `json:"scopes,omitempty"` // operations or nouns; empty means all that the role may
	From    []string  `json:"from,omitempty"`   // networks it is taken from, as CIDR; empty means anywhere
	By      string    `json:"by"`
	Owner   string    `json:"owner,omitempty"` // ID of the operator who made it: it may no more than the owner may; empty: made on the host, or by another token
}

// Key implements Keyed.
func (t Token) Key() string { return t.Hash }

// Valid says whether the token may be used at now.
func (t Token) Valid(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

// Takes says whether the token may be used from an address. What cannot be read as an address is outside every network.
func (t Token) Takes(address string) bool {
	if len(t.From) == 0 {
		return true
	}
	a, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(t.From, func(network string) bool {
		p, err := netip.ParsePrefix(network)
		return err == nil && p.Contains(a.Unmap())
	})
}

// NewSecret returns a fresh token secret, sp_ + 256 random bits + checksum, and the hash to keep.
func NewSecret() (secret, hash string) {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // never fails since Go 1.24
	body := base64.RawURLEncoding.EncodeToString(b)
	secret = fmt.Sprintf("sp_%s%08x", body, crc32.ChecksumIEEE([]byte(body)))
	return secret, HashSecret(secret)
}

// HashSecret is what is stored and looked up for a secret.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// WellFormedSecret says whether s has the form and checksum of a secret, so that a mistyped one is told from a revoked one
// without a look into the store.
func WellFormedSecret(s string) bool {
	body, ok := strings.CutPrefix(s, "sp_")
	if !ok || len(body) != 43+8 {
		return false
	}
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body[:43]))) == body[43:]
}
