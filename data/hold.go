package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Settings of a store that was restored from a copy (F14). The first is there while nothing may be sent; the second is what
// it became, and says since when sending goes on.
const (
	SettingSendingHeld     = "sending_held"
	SettingSendingReleased = "sending_released"
)

// Hold says that a store was restored from a copy, so that somebody else may have sent what it believes unsent: the service
// that lived on after the copy was taken. The zero Hold is that of a store that never was.
type Hold struct {
	Copied   time.Time `json:"copied"`            // not after the copy was taken: whatever was sent before is written in it
	Restored time.Time `json:"restored"`          // when the copy was put in place
	Released time.Time `json:"released,omitzero"` // zero while nothing may be sent
}

// Held says that nothing may be sent.
func (h Hold) Held() bool { return !h.Restored.IsZero() && h.Released.IsZero() }

// SendingHold returns the hold that counts: the one that stands, else the last that was released, else the zero Hold. One
// that cannot be read is an error, so that nobody takes it for none.
func SendingHold(tx Tx) (Hold, error) {
	for _, name := range []string{SettingSendingHeld, SettingSendingReleased} {
		s, err := tx.Settings().Get(name)
		if isNotFound(err) {
			continue
		} else if err != nil {
			return Hold{}, err
		}
		var h Hold
		if err := json.Unmarshal([]byte(s.Value), &h); err != nil || h.Restored.IsZero() {
			return Hold{}, fmt.Errorf("the setting %s cannot be read (%q): hold again with `statusd restore --hold`", name, s.Value)
		}
		return h, nil
	}
	return Hold{}, nil
}

// searchBack is how far back the provider's log is searched where a copy does not tell when it was taken: longer than
// providers keep one.
const searchBack = 30 * 24 * time.Hour

// doubtLasts is how long after a release it is settled what the other service had sent.
const doubtLasts = 24 * time.Hour

// HoldSending lets nothing be sent from now on, until ReleaseSending. copied is not after the copy was taken; zero means that
// nobody knows. Where an earlier hold stood when the copy was taken, or had just been released, its copy's time counts: what
// was in doubt then is so still.
func HoldSending(tx Tx, copied, now time.Time) (Hold, error) {
	now = now.UTC()
	if copied.IsZero() || copied.After(now) {
		copied = now.Add(-searchBack)
	}
	h := Hold{Copied: copied.UTC(), Restored: now}
	old, err := SendingHold(tx)
	open := err == nil && (old.Held() || !old.Released.IsZero() && h.Copied.Before(old.Released.Add(doubtLasts)))
	if open && old.Copied.Before(h.Copied) {
		h.Copied = old.Copied
	}
	return h, putHold(tx, SettingSendingHeld, h)
}

// ReleaseSending ends the hold. The notifier then looks up in the provider's log whatever somebody else may have sent, before
// it sends it. Where nothing is held, that is a conflict.
func ReleaseSending(tx Tx, now time.Time) (Hold, error) {
	h, err := SendingHold(tx)
	if err != nil {
		return h, err
	}
	if !h.Held() {
		return h, Conflict("nothing is held back: mail goes out as it falls due")
	}
	if h.Released = now.UTC(); h.Released.Before(h.Restored) { // the clock was set back
		h.Released = h.Restored
	}
	if err := tx.Settings().Delete(SettingSendingHeld); err != nil {
		return h, err
	}
	return h, putHold(tx, SettingSendingReleased, h)
}

func putHold(tx Tx, name string, h Hold) error {
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("writing the setting %s: %w", name, err)
	}
	return tx.Settings().Put(Setting{Name: name, Value: string(b)})
}

// NewestTrace is the newest instant at which the store says that the service did something: wrote into its audit log, tried
// to send, saw a notice, took a sample. A copy was taken then or later. Instants after now do not count; zero means that there
// is none.
func NewestTrace(tx Tx, now time.Time) (time.Time, error) {
	var newest time.Time
	see := func(at time.Time) {
		if at.After(newest) && !at.After(now) {
			newest = at
		}
	}
	switch last, err := tx.Audit().Last(endOfKeys); {
	case err == nil:
		see(last.At)
	case !errors.Is(err, ErrNotFound):
		return newest, err
	}
	for n, err := range tx.Notices().Range("", "") {
		if err != nil {
			return newest, err
		}
		see(n.Tried)
	}
	for p, err := range tx.Proofs().Range("", "") {
		if err != nil {
			return newest, err
		}
		see(p.At)
	}
	return newest, seeSamples(tx, see)
}

// seeSamples shows see the samples of the newest day there is.
func seeSamples(tx Tx, see func(time.Time)) error {
	var last []Block
	for b, err := range tx.Blocks().Range("", "") {
		switch {
		case err != nil:
			return err
		case len(last) == 0 || b.Day == last[0].Day:
			last = append(last, b)
		case b.Day > last[0].Day:
			last = []Block{b}
		}
	}
	for _, b := range last {
		samples, err := b.Samples()
		if err != nil {
			return err
		}
		for _, s := range samples {
			see(s.At)
		}
	}
	return nil
}
