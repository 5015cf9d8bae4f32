package notifier

import (
	"context"
	"time"

	"github.com/superoffice/statusd/notifier/letter"
)

// Batch is one message to one address.
type Batch struct {
	Key       string // of the notice; the provider keeps it with the message
	Tag       string // of the bulletin
	MessageID string // without angle brackets; the same at every attempt
	To        string
	Letter    letter.Letter
}

// Receipt is the provider's word that it has taken a message.
type Receipt struct {
	ID string
	At time.Time
}

// Sender hands messages to a provider. It makes one request and never tries again itself; an error is a *SendError.
type Sender interface {
	Send(ctx context.Context, b Batch) (Receipt, error)
}

// Finder is a Sender whose provider keeps a log of what it took.
type Finder interface {
	// Find says whether the provider has taken the message since about since. An error means that it cannot be asked.
	Find(ctx context.Context, b Batch, since time.Time) (Receipt, bool, error)
}

// Outcome is what a failed request means for the message.
type Outcome int

// The outcomes. The zero value is Unknown: nothing else may be assumed.
const (
	Unknown  Outcome = iota // it may have been taken
	NotTaken                // it was certainly not taken, and trying later can help
	Refused                 // it was refused, and trying again cannot help
)

// SendError says what a failed request means, and when trying again can help. Reason is for operators and holds neither
// secret nor address.
type SendError struct {
	Outcome Outcome
	After   time.Duration // for NotTaken: not before this; zero leaves it to us
	Reason  string
}

func (e *SendError) Error() string { return e.Reason }
