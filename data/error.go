package data

import (
	"errors"
	"fmt"
)

// Kind sorts the errors that are for people. Anything that is not an *Error is internal.
type Kind int

// The kinds.
const (
	KindInvalid Kind = iota + 1
	KindNotFound
	KindConflict
	KindForbidden
)

// Error is for the person who asked: Message names the way out. Field is the member of the request that is wrong; empty
// means the request as a whole.
type Error struct {
	Kind    Kind
	Field   string
	Message string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Invalid is an error about one field.
func Invalid(field, message string) error {
	return &Error{Kind: KindInvalid, Field: field, Message: message}
}

// NotFound says that there is no such thing, in the same words whether it is hidden or does not exist.
func NotFound(what, name string) error {
	return &Error{Kind: KindNotFound, Message: fmt.Sprintf("there is no %s %q", what, name)}
}

// Conflict says that the world has moved on since the caller looked.
func Conflict(message string) error { return &Error{Kind: KindConflict, Message: message} }

// Forbidden says that the caller may not do this.
func Forbidden(message string) error { return &Error{Kind: KindForbidden, Message: message} }

// Errors of a Store. They are compared with errors.Is.
var (
	ErrNotFound = errors.New("no such record")
	ErrFenced   = errors.New("another process has taken over; nothing was written")
	// ErrUnknown wraps an error from commit: what was asked may or may not have happened. Never repeat it as new work;
	// decide by its idempotency key after opening the store again.
	ErrUnknown = errors.New("outcome unknown")
	// ErrReadOnly wraps an error of Update when nothing can be written any more: nothing was.
	ErrReadOnly = errors.New("nothing can be written")
	ErrDamaged  = errors.New("record is damaged")
)
