package data

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// MonthKey is month | revision.
type MonthKey string

// Month is a calendar month whose figure was settled, with everything it rests on, for ever (C4). What is found later makes
// another revision beside it. All of them form one chain of hashes, in the order in which they were settled.
type Month struct {
	Month      string          `json:"month"`    // YYYY-MM
	Revision   int             `json:"revision"` // 1 when it was settled; each correction afterwards one more
	Seq        int             `json:"seq"`      // place in the chain, from 1
	At         time.Time       `json:"at"`
	By         string          `json:"by"`
	Why        string          `json:"why,omitempty"` // what made the revision; empty for the first
	Rules      int             `json:"rules"`         // version of the definition it was computed by
	Components []string        `json:"components"`    // slugs of what counted, sorted
	Facts      json.RawMessage `json:"facts"`         // in the shape of DESIGN.md 12
	Outages    []Outage        `json:"outages"`       // as recorded, with authors and reasons of every correction
	Prev       string          `json:"prev"`          // Hash of the one before in the chain; empty for the first
	Hash       string          `json:"hash"`
}

// Key implements Keyed.
func (m Month) Key() MonthKey { return KeyOfMonth(m.Month, m.Revision) }

// KeyOfMonth joins the parts.
func KeyOfMonth(month string, revision int) MonthKey {
	return MonthKey(fmt.Sprintf("%s|%06d", month, revision))
}

// SettingMonthsHead is the key of the newest Month of the chain.
const SettingMonthsHead = "months_head"

// Sum is what Hash must be: SHA-256 in hex over everything else, as JSON.
func (m Month) Sum() string {
	m.Hash = ""
	b, err := json.Marshal(m)
	if err != nil {
		return "" // Facts is no JSON: nothing is the sum of that
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// LatestMonth returns the newest revision of a month, or ErrNotFound where it is not settled.
func LatestMonth(tx Tx, month string) (Month, error) {
	m, err := tx.Months().Last(MonthKey(month + "}"))
	if err == nil && m.Month != month {
		return Month{}, fmt.Errorf("month %s: %w", month, ErrNotFound)
	}
	return m, err
}

// PutMonth appends m to the chain: it fills in Revision, Seq, Prev and Hash, and returns what was written.
func PutMonth(tx Tx, m Month) (Month, error) {
	old, err := LatestMonth(tx, m.Month)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return m, err
	}
	m.Revision, m.Seq, m.Prev = old.Revision+1, 1, ""
	head, err := tx.Settings().Get(SettingMonthsHead)
	if err == nil {
		newest, err := tx.Months().Get(MonthKey(head.Value))
		if err != nil {
			return m, fmt.Errorf("the head of the months' chain: %w", err)
		}
		m.Seq, m.Prev = newest.Seq+1, newest.Hash
	} else if !errors.Is(err, ErrNotFound) {
		return m, err
	}
	m.Hash = m.Sum()
	if err := tx.Months().Put(m); err != nil {
		return m, err
	}
	return m, tx.Settings().Put(Setting{Name: SettingMonthsHead, Value: string(m.Key())})
}
