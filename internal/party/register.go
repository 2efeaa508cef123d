package party

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Held is what the registry has of a person who was looked up by token: the slot
// their identity is sealed in and the fingerprint of their name. Known is false
// while no identity is written yet: the token was reserved just now, or by a
// delivery that did not end.
type Held struct {
	Person   ref.Person
	Known    bool
	Slot     seal.Slot
	NameMark [16]byte
}

// NewPerson is an identity to be written.
type NewPerson struct {
	Person    ref.Person
	LiveUntil when.Date
	NameMark  [16]byte
	Box       seal.Box
}

// Registrar makes persons. The protocol is: Reserve in the directory, seal,
// then Register. Each step is idempotent, so that one that was cut short is taken
// up by the next delivery that names the person.
type Registrar interface {
	// Reserve finds the person of each identifier, or gives it the fresh key
	// offered. The same identifier offered by several callers at once gets one
	// person. Durable on return.
	Reserve(ctx context.Context, tokens [][]Token, fresh []ref.Person) ([]Held, error)
	// Register writes identities that are not there yet, and prolongs the others.
	Register(ctx context.Context, persons []NewPerson, prolong map[ref.Person]when.Date, now time.Time) error
}
