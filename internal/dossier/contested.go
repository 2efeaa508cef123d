package dossier

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/when"
)

// Contested is what the room that decides contests may know of a record and do
// with it. Each method joins the unit of ctx, in which the caller holds the
// person's gate.
type Contested interface {
	// Summary returns what is known of a record without its content; false where
	// there is none of that person.
	Summary(ctx context.Context, k Key) (Summary, bool, error)
	// Shade writes what a contest makes of the record; false where it was
	// withdrawn or erased, and nothing is left to be marked.
	Shade(ctx context.Context, k Key, s Shade) (bool, error)
	// Stated notes whether the person says something about the record; false where its
	// content is gone.
	Stated(ctx context.Context, k Key, stated bool) (bool, error)
	// Readmit lets a record that was refuted come back until a day, as its source
	// certified; false where it was not, or its time is over.
	Readmit(ctx context.Context, k Key, until when.Date) (bool, error)
}

// What became of records that were given to somebody: the refs of "dossier.changed".
const (
	ChangeCorrected = "corrected"
	ChangeWithdrawn = "withdrawn"
	ChangeEnded     = "ended"           // before its day
	ChangeForeign   = "not this person" // it was somebody else's (rules E4)
)

// Summary is a record without its content.
type Summary struct {
	Key
	Version    int32
	Source     ref.Body
	Type       string
	Pack       string
	Negative   bool
	State      State
	ReceivedAt time.Time
	Start      when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
}
