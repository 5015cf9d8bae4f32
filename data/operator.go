package data

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

// Role is what an operator may do.
type Role string

// The roles, each holding those before it.
const (
	Viewer    Role = "viewer"
	Responder Role = "responder"
	Admin     Role = "admin"
)

var roleRank = map[Role]int{Viewer: 1, Responder: 2, Admin: 3}

// May says whether r includes need. The zero Role may nothing.
func (r Role) May(need Role) bool { return roleRank[r] > 0 && roleRank[r] >= roleRank[need] }

// Operator is who does something: a person at the host, a token, later somebody signed in.
type Operator struct {
	Name    string // "socket:root", "token:pager"
	Role    Role
	Address string // where the request came from
	Scope   string // whose idempotency keys these are: the same person's by socket and by file; empty means Name's
}

// Token lets a machine act as an operator. Only the hash of its secret is kept.
type Token struct {
	Hash    string    `json:"hash"` // SHA-256 of the secret, hex; the key
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Revoked time.Time `json:"revoked,omitzero"`
	By      string    `json:"by"`
}

// Key implements Keyed.
func (t Token) Key() string { return t.Hash }

// Valid says whether the token may be used at now.
func (t Token) Valid(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

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

// AuditEntry records one act or one refusal. Each holds the hash of the one before it, so that none can be changed or
// taken out from among the others unseen. That the newest are not cut off is seen by comparing the head with one noted
// elsewhere: the service logs it every day.
type AuditEntry struct {
	Seq     uint64          `json:"seq"` // from 1, without gaps
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Address string          `json:"address,omitempty"`
	Action  string          `json:"action"` // incident.open, token.create, …
	Object  string          `json:"object,omitempty"`
	Outcome string          `json:"outcome"` // done or refused
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Prev    string          `json:"prev"`
	Hash    string          `json:"hash"`
}

// Outcomes of an AuditEntry.
const (
	Done    = "done"
	Refused = "refused"
)

// AuditKey is the sequence number in fixed width.
type AuditKey string

// Key implements Keyed.
func (e AuditEntry) Key() AuditKey { return AuditKey(fmt.Sprintf("%016d", e.Seq)) }

// Sealed returns e with its hash over everything else in it.
func (e AuditEntry) Sealed() AuditEntry {
	e.Hash = ""
	e.At = e.At.UTC()
	b, err := json.Marshal(e)
	if err != nil { // Before and After were made by json.Marshal
		panic(fmt.Sprintf("audit entry %d cannot be written as JSON: %v", e.Seq, err))
	}
	sum := sha256.Sum256(b)
	e.Hash = hex.EncodeToString(sum[:])
	return e
}

// endOfKeys sorts after every key.
const endOfKeys = "\x7f"

// Audit appends e to the chain, in the transaction of the act it records.
func Audit(tx Tx, e AuditEntry) error {
	last, err := tx.Audit().Last(endOfKeys)
	switch {
	case err == nil:
		e.Seq, e.Prev = last.Seq+1, last.Hash
	case isNotFound(err):
		e.Seq, e.Prev = 1, ""
	default:
		return err
	}
	return tx.Audit().Put(e.Sealed())
}

// VerifyAudit reads the whole chain and returns how many entries it has, or an error that names the first bad one.
func VerifyAudit(tx Tx) (int, error) {
	n, prev := 0, ""
	for e, err := range tx.Audit().Range("", endOfKeys) {
		if err != nil {
			return n, err
		}
		n++
		switch {
		case e.Seq != uint64(n):
			return n, fmt.Errorf("audit entry %d is missing: the next one kept is %d", n, e.Seq)
		case e.Prev != prev:
			return n, fmt.Errorf("audit entry %d does not follow the one before it", n)
		case e.Sealed().Hash != e.Hash:
			return n, fmt.Errorf("audit entry %d was changed after it was written", n)
		}
		prev = e.Hash
	}
	return n, nil
}

// Answer is what a write with an idempotency key was answered, kept in the same transaction as the write for seven days.
type Answer struct {
	ID     string          `json:"id"`     // actor | key
	Digest string          `json:"digest"` // of route and body: the same key with another body is refused
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body,omitempty"`
	At     time.Time       `json:"at"`
}

// Key implements Keyed.
func (a Answer) Key() string { return a.ID }

// AnswerLife is how long an Answer is kept.
const AnswerLife = 7 * 24 * time.Hour
