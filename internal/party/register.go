package party

import (
	"context"
	"errors"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Held is what the registry has of a person who was looked up by token: until
// when their file lives, the slot their identity is sealed in and the fingerprint
// of their name. Person is zero where there is none.
type Held struct {
	Person    ref.Person
	LiveUntil when.Date
	Slot      seal.Slot
	NameMark  [16]byte
}

// NewPerson is a person to be written.
type NewPerson struct {
	Person    ref.Person
	Token     Token // of the newest generation
	LiveUntil when.Date
	NameMark  [16]byte
	Box       seal.Box
}

// ErrTaken is returned where somebody else was faster: an identifier has its
// person by now, or a person has ended. Nothing of the unit may be kept; look up
// anew.
var ErrTaken = errors.New("somebody else was faster")

// Registrar makes persons. The protocol is: Find, mint a key for whom there is
// none, seal, then Register in the transaction that writes what the person is
// needed for. One identifier has one person, however many register it at once.
type Registrar interface {
	// Find finds the person of each identifier.
	Find(ctx context.Context, tokens [][]Token) ([]Held, error)
	// Register writes persons with their tokens and gates, and lets the files of
	// others live at least until a day. It joins the unit of ctx. Two units take
	// persons in one order.
	Register(ctx context.Context, persons []NewPerson, prolong map[ref.Person]when.Date, now time.Time) error
}
