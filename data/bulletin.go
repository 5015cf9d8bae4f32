package data

import (
	"fmt"
	"time"
)

// BulletinKind says what a bulletin tells.
type BulletinKind string

// The kinds of bulletin.
const (
	TellPlanned   BulletinKind = "planned"
	TellChanged   BulletinKind = "changed"
	TellCancelled BulletinKind = "cancelled"
	TellIncident  BulletinKind = "incident" // an incident was opened or updated
	TellResolved  BulletinKind = "resolved"
)

// SubjectKind is what a bulletin is about.
type SubjectKind string

// The subjects.
const (
	AboutOccurrence SubjectKind = "occurrence"
	AboutIncident   SubjectKind = "incident"
)

// Surface is a place where people see a bulletin.
type Surface string

// The surfaces.
const (
	OnPage   Surface = "page"
	OnBanner Surface = "banner"
	OnMail   Surface = "mail"
)

// BulletinKey is subject kind | subject | kind | version.
type BulletinKey string

// Bulletin is an obligation: something to be told, from when, and by when at the latest (N1). It is written in the same
// transaction as the fact it tells of.
type Bulletin struct {
	About   SubjectKind  `json:"about"`
	Subject string       `json:"subject"` // occurrence key or incident ID
	Kind    BulletinKind `json:"kind"`
	Version int          `json:"version"` // the subject's Revised, or the number of the incident's update

	First    time.Time `json:"first,omitzero"`    // when the first word that this one speaks for was to be sent; zero means Moment
	Moment   time.Time `json:"moment"`            // page, mail and feeds tell it from here on
	Banner   time.Time `json:"banner,omitzero"`   // the login banner from here on; zero means not on the banner
	Deadline time.Time `json:"deadline,omitzero"` // what was promised; zero means nothing was
	Until    time.Time `json:"until"`             // telling it after this would be news of the past
	Short    bool      `json:"short,omitempty"`   // it could not be told in time from the beginning (M13)
	Void     bool      `json:"void,omitempty"`    // overtaken: a newer version or a cancellation says more

	Cursor string `json:"cursor,omitempty"` // subscriber up to which notices were made
	Fanned bool   `json:"fanned,omitempty"` // every subscriber has a notice, of this one or of one that speaks for it

	With []BulletinKey `json:"with,omitempty"` // those whose notices spoke for this one, being of the same span and audience (M15)

	Reached int `json:"reached,omitempty"` // accepted notices that were deleted since, when their time was over
}

// Key implements Keyed.
func (b Bulletin) Key() BulletinKey {
	return BulletinKey(fmt.Sprintf("%s|%s|%s|%04d", b.About, b.Subject, b.Kind, b.Version))
}

// BulletinsOf is the range [from, to) of keys of all bulletins about one subject.
func BulletinsOf(about SubjectKind, subject string) (from, to BulletinKey) {
	p := string(about) + "|" + subject
	return BulletinKey(p + "|"), BulletinKey(p + "}")
}

// ProofKey is bulletin | surface.
type ProofKey string

// Proof says from when a surface really showed a bulletin, as seen by the service's own look at its public listener, or
// by a provider's acceptance (N4). The first look wins; it is never overwritten.
type Proof struct {
	Bulletin BulletinKey `json:"bulletin"`
	Surface  Surface     `json:"surface"`
	At       time.Time   `json:"at"`
}

// Key implements Keyed.
func (p Proof) Key() ProofKey { return KeyOfProof(p.Bulletin, p.Surface) }

// KeyOfProof is the key under which a surface's proof of a bulletin is kept.
func KeyOfProof(b BulletinKey, s Surface) ProofKey { return ProofKey(string(b) + "|" + string(s)) }

// Phases of a notice (RELIABILITY 1, the send protocol).
const (
	NoticePlanned  Phase = "planned"
	NoticeSending  Phase = "sending"
	NoticeAccepted Phase = "accepted"
	NoticeRefused  Phase = "refused"
	NoticeUnknown  Phase = "unknown"
	NoticeVoid     Phase = "void" // overtaken before it was sent
)

// NoticeKey is bulletin | subscriber.
type NoticeKey string

// Notice is one copy of a bulletin for one subscriber. Making it twice makes it once.
type Notice struct {
	Bulletin   BulletinKey `json:"bulletin"`
	Subscriber string      `json:"subscriber"`
	Phase      Phase       `json:"phase"`

	Attempts  int       `json:"attempts,omitempty"`
	Lookups   int       `json:"lookups,omitempty"`    // times the provider's log was asked since the last attempt
	Next      time.Time `json:"next,omitzero"`        // when it is to be looked at again; zero means never
	Tried     time.Time `json:"tried,omitzero"`       // start of the last attempt
	Lease     time.Time `json:"lease,omitzero"`       // while sending: the claim ends here
	MessageID string    `json:"message_id,omitempty"` // ours, the same at every attempt
	Receipt   string    `json:"receipt,omitempty"`    // the provider's
	Accepted  time.Time `json:"accepted,omitzero"`
	Late      bool      `json:"late,omitempty"`        // accepted after the bulletin's deadline
	Twice     bool      `json:"maybe_twice,omitempty"` // sent again without certainty that the first was lost
	Error     string    `json:"error,omitempty"`       // of the last attempt, for operators; holds no secret and no address
}

// Key implements Keyed.
func (n Notice) Key() NoticeKey { return KeyOfNotice(n.Bulletin, n.Subscriber) }

// KeyOfNotice is the key of the copy of b for one subscriber.
func KeyOfNotice(b BulletinKey, subscriber string) NoticeKey {
	return NoticeKey(string(b) + "|" + subscriber)
}

// NoticesOf is the range [from, to) of keys of all notices of one bulletin.
func NoticesOf(b BulletinKey) (from, to NoticeKey) {
	return NoticeKey(string(b) + "|"), NoticeKey(string(b) + "}")
}

// DueKey is instant | notice.
type DueKey string

// Due is the second way to a notice: by the time it is to be looked at. It is written and deleted in the transactions
// that change Notice.Next.
type Due struct {
	At     time.Time `json:"at"`
	Notice NoticeKey `json:"notice"`
}

// Key implements Keyed.
func (d Due) Key() DueKey { return DueKey(keyTime(d.At) + "|" + string(d.Notice)) }

// PutNotice writes n and moves its Due entry along, in one transaction.
func PutNotice(tx Tx, n Notice) error {
	if old, err := tx.Notices().Get(n.Key()); err == nil && !old.Next.IsZero() && !old.Next.Equal(n.Next) {
		if err := tx.Dues().Delete(Due{At: old.Next, Notice: n.Key()}.Key()); err != nil {
			return err
		}
	}
	if !n.Next.IsZero() {
		if err := tx.Dues().Put(Due{At: n.Next, Notice: n.Key()}); err != nil {
			return err
		}
	}
	return tx.Notices().Put(n)
}
