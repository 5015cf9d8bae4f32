package data

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

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

// Audit appends e to the chain, in the transaction of the act it records. It stands in the trail of its object, and of those that the
// act touched besides (also).
func Audit(tx Tx, e AuditEntry, also ...string) error {
	last, err := tx.Audit().Last(endOfKeys)
	switch {
	case err == nil:
		e.Seq, e.Prev = last.Seq+1, last.Hash
	case isNotFound(err):
		e.Seq, e.Prev = 1, ""
	default:
		return err
	}
	for _, text := range []*string{&e.Actor, &e.Address, &e.Action, &e.Object} {
		*text = strings.ToValidUTF8(*text, "\uFFFD") // as it will be read again, or its hash would not fit
	}
	for _, object := range append([]string{e.Object}, also...) {
		if object == "" {
			continue
		}
		if err := tx.AuditRefs().Put(AuditRef{Object: object, Seq: e.Seq}); err != nil {
			return err
		}
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
