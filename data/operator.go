package data

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Operator is a person who may sign in. Everything a session may do follows from this record at the moment of the request,
// so a changed role or a disabled operator takes effect at once, everywhere.
type Operator struct {
	ID       string    `json:"id"`       // OperatorID of how the person is known
	Name     string    `json:"name"`     // shown, and in the audit log
	Provider string    `json:"provider"` // issuer of the identity; empty for one who comes by links from the host
	Role     Role      `json:"role"`
	Created  time.Time `json:"created"`
	Disabled time.Time `json:"disabled,omitzero"` // since when; zero means may sign in
	SignedIn time.Time `json:"signed_in,omitzero"`
}

// Key implements Keyed.
func (o Operator) Key() string { return o.ID }

// Called says whether people may mean this operator by name: upper and lower case are one, and so are a name and the same
// with the ID in parentheses, which tells two of one name apart.
func (o Operator) Called(name string) bool {
	return strings.EqualFold(o.Name, name) || strings.EqualFold(strings.TrimSuffix(o.Name, " ("+o.ID+")"), name)
}

// OperatorID derives an operator's ID: from the provider's issuer and subject, which never change, or from the name that the
// host gave, with no provider.
func OperatorID(provider, subject string) string { return PublicID(provider, "operator", subject) }

// Times of sign-in (RELIABILITY 3.2).
const (
	SessionIdle = 60 * time.Minute
	SessionLife = 12 * time.Hour
	LinkLife    = 10 * time.Minute
	// SessionTouch is how often it is written down that a session was used, so that reading pages costs the disk little.
	SessionTouch = time.Minute
)

// Session is one browser that is signed in. Only the hash of its reference is kept.
type Session struct {
	Hash     string    `json:"hash"` // SHA-256 of the cookie's value, hex; the key
	Operator string    `json:"operator"`
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen"` // last use, to SessionTouch
	Address  string    `json:"address"`
	Via      string    `json:"via"` // oidc or link
}

// Key implements Keyed.
func (s Session) Key() string { return s.Hash }

// Valid says whether the session may be used at now. A clock that was set back more than SessionTouch ends it too.
func (s Session) Valid(now time.Time) bool {
	return now.Before(s.Created.Add(SessionLife)) && now.Before(s.Seen.Add(SessionIdle)) && !now.Before(s.Seen.Add(-SessionTouch))
}

// Link signs an operator in once, for the day the provider is down. It is issued on the host. Only the hash of its secret is
// kept; a used one stays until it is pruned, so that a second use is told from an invented one.
type Link struct {
	Hash     string    `json:"hash"` // the key
	Operator string    `json:"operator"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires"`
	Used     time.Time `json:"used,omitzero"`
	By       string    `json:"by"`
}

// Key implements Keyed.
func (l Link) Key() string { return l.Hash }

// Valid says whether the link still signs somebody in.
func (l Link) Valid(now time.Time) bool { return l.Used.IsZero() && now.Before(l.Expires) }

// NewReference returns 256 random bits as text, for a cookie or a link, and the hash to keep.
func NewReference() (secret, hash string) {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // never fails since Go 1.24
	secret = base64.RawURLEncoding.EncodeToString(b)
	return secret, HashSecret(secret)
}

// WellFormedReference says whether s has the form of a reference.
func WellFormedReference(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

// EndSessions ends every session of an operator, in the transaction of what made it necessary: a role that was changed, an
// operator who was disabled, a wish to sign out everywhere. It returns how many there were.
func EndSessions(tx Tx, operator string) (int, error) {
	all, err := All(tx.Sessions().Range("", ""))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, s := range all {
		if s.Operator != operator {
			continue
		}
		if err := tx.Sessions().Delete(s.Hash); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// SessionActor returns who is behind the session with this hash at now, or ErrNotFound: it never was, it is over, or its
// operator may not sign in any more.
func SessionActor(tx Tx, hash string, now time.Time) (Actor, Session, error) {
	s, err := tx.Sessions().Get(hash)
	if err != nil {
		return Actor{}, s, err
	}
	o, err := tx.Operators().Get(s.Operator)
	if err != nil {
		return Actor{}, s, err
	}
	if !s.Valid(now) || !o.Disabled.IsZero() {
		return Actor{}, s, fmt.Errorf("the session is over: %w", ErrNotFound)
	}
	return Actor{Name: "operator:" + o.Name, Role: o.Role, Scope: "operator:" + o.ID, Session: hash}, s, nil
}

// TouchSession writes down that a session was used, at most once in SessionTouch.
func TouchSession(tx Tx, hash string, now time.Time) error {
	s, err := tx.Sessions().Get(hash)
	if errors.Is(err, ErrNotFound) || err == nil && now.Sub(s.Seen) < SessionTouch {
		return nil
	} else if err != nil {
		return err
	}
	s.Seen = now
	return tx.Sessions().Put(s)
}
