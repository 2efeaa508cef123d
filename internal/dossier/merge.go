package dossier

import (
	"context"
	"errors"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Head is what is known of a record without its content.
type Head struct {
	Person  ref.Person
	Record  ref.Record
	Version int32
	Order   int64
	State   State
	Slot    seal.Slot
	Mark    [16]byte // fingerprint of the content
	Retain  when.Date
}

// Written is one version of a record to be merged.
type Written struct {
	Person     ref.Person
	Record     ref.Record
	MAC        [16]byte // of the source's ref; for a new record
	OldVersion int32    // 0 for a new record
	Order      int64
	Start      when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
	Decision   [16]byte // keyed mark of the decision it rests on; zero where the type names none
	Mark       [16]byte
	Box        seal.Box
}

// Batch is what one delivery writes at once. All of it has one type and source.
type Batch struct {
	Delivery  ref.Delivery
	Source    ref.Body
	Type      string
	Pack      string
	Negative  bool
	Now       time.Time
	New       []Written
	Changed   []Written
	Advance   []Written // content unchanged, the source's version is newer
	Withdrawn []Written // taken back by their source: the content goes, the ref stays blocked
}

// Decided asks whether a decision about a person is on their file under another
// type.
type Decided struct {
	Person ref.Person
	Mark   [16]byte
}

// ErrTaken is returned where somebody else wrote one of the records first.
// Nothing of the unit may be kept; look at the heads anew.
var ErrTaken = errors.New("somebody else was faster")

// Merger writes records for furnishing.
type Merger interface {
	// Heads returns the heads of the refs that are known, by MAC of the ref.
	Heads(ctx context.Context, source ref.Body, macs [][16]byte) (map[[16]byte]Head, error)
	// Elsewhere returns those of the decisions that records of other types of the
	// same person rest on, with those types, unless they were withdrawn or erased.
	Elsewhere(ctx context.Context, typ string, ds []Decided) (map[Decided][]string, error)
	// Merge writes a batch; it joins the unit of ctx. It publishes "dossier.noticed"
	// for what is negative: the letters are owed from then on, whatever happens.
	Merge(ctx context.Context, b Batch) error
}
