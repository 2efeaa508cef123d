package dossier

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Head is what is known of a record without its content.
type Head struct {
	Person  ref.Person
	Record  ref.Record
	Written bool // false: the ref is reserved, no version is written yet
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
	OldVersion int32 // 0 for a new record
	Order      int64
	Start      when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
	Mark       [16]byte
	Box        seal.Box
}

// Batch is what one delivery writes at once. All of it has one type and source.
type Batch struct {
	Source   ref.Body
	Type     string
	Pack     string
	Negative bool
	Now      time.Time
	New      []Written
	Changed  []Written
	Advance  []Written // content unchanged, the source's version is newer
}

// Merger writes records for furnishing.
type Merger interface {
	// Heads returns the heads of the refs that are known, by MAC of the ref.
	Heads(ctx context.Context, source ref.Body, macs [][16]byte) (map[[16]byte]Head, error)
	// Reserve gives each ref that is not known its record; durable on return.
	Reserve(ctx context.Context, source ref.Body, refs []Reservation) error
	// Merge writes a batch and publishes "dossier.noticed" for each negative
	// record. It returns the records that somebody else wrote first; nothing of
	// those is changed.
	Merge(ctx context.Context, b Batch) (lost []ref.Record, err error)
}

// Reservation ties a source's ref to a person and a record.
type Reservation struct {
	MAC    [16]byte
	Person ref.Person
	Record ref.Record
}
