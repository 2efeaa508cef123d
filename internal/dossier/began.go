package dossier

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/when"
)

// Restorable is what the room that ends lawful records early may know of a record and
// write on it. Each method joins the unit of ctx, in which who writes holds the
// person's gate.
type Restorable interface {
	// Summary returns what is known of a record without its content; false where
	// there is none of that person.
	Summary(ctx context.Context, k Key) (Summary, bool, error)
	// Late writes from when to when the record is hidden because nobody decided on an
	// application about it; a zero from is never, a zero until is for ever.
	Late(ctx context.Context, k Key, from, until time.Time) error
}

// Began finds records by their types and start events.
type Began interface {
	// Began returns up to limit negative records that are noticed or in force and began
	// within days, behind one in the order of (start, person, record); the zero
	// Summary comes before all.
	Began(ctx context.Context, s Span, after Summary, limit int) ([]Summary, error)
	// Favourable reports whether one of them is not negative.
	Favourable(ctx context.Context, s Span) (bool, error)
	// Of returns all records of a person.
	Of(ctx context.Context, p ref.Person) ([]Summary, error)
}

// Span is records of some types that began within days.
type Span struct {
	Types    []string
	From, To when.Date
}
