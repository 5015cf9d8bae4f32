package data

import (
	"encoding/json"
	"time"
)

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
