// Package dossier keeps a person's records: their versions, states and who may
// see them.
//
// It promises that whether a body may see a record is a function of the record
// and the instant, never of a worker; that a record's ends are fixed from its
// start event at first entry and only ever move earlier; and that an erased
// record has no content left. It does not decide who asks lawfully.
package dossier

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// State is where a record stands.
type State string

// The states of a record. The database's CHECK constraints repeat them.
const (
	Noticed   State = "noticed"   // negative, the person is being told; nobody else sees it
	InForce   State = "in force"  // may be shown from EffectAt until DisplayEnd
	Withdrawn State = "withdrawn" // taken back by its source
	Expired   State = "expired"   // its time to be shown is over
	Erased    State = "erased"    // its content cannot be recovered
)

// Standing is what a record's visibility depends on.
type Standing struct {
	State      State
	EffectAt   time.Time // zero while noticed
	DisplayEnd when.Date
}

// Visible reports whether a record may be shown to a body at now, today being the
// legal day of that instant. It is the model of the SQL function
// dossier.visible, which alone decides.
func (s Standing) Visible(now time.Time, today when.Date) bool {
	return s.State == InForce && !s.EffectAt.IsZero() && !s.EffectAt.After(now) && s.DisplayEnd >= today
}

// Shown is one record as its person sees it.
type Shown struct {
	Record     ref.Record
	Version    int32
	Type       string
	Source     ref.Body
	Pack       string // version of the pack it came under
	Negative   bool
	Visible    bool // whether a body with a right could see it now
	ReceivedAt time.Time
	Start      when.Date
	RetainEnd  when.Date
	ErasedAt   time.Time
	Fields     map[string]string // empty once erased
	Standing
}

// File is a person's own file: their name and their records.
type File struct {
	Name    string // empty where there is no file
	Records []Shown
}

// Opener opens boxes; see seal.Sealed. An error means the vault could not be
// reached, and nothing was read.
type Opener interface {
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

// SealedRecord is a record as the wall gives it out. A zero Record is the
// identity of the person.
type SealedRecord struct {
	Shown
	Box seal.Box
}

// Store reads and moves records. Show writes the access row in the transaction
// that reads, and returns only after its commit was confirmed.
type Store interface {
	Show(ctx context.Context, v View) ([]SealedRecord, error)
	// TakeEffect moves a noticed record into force at effect and publishes it;
	// false where that version is not noticed any more.
	TakeEffect(ctx context.Context, t Told, effect, now time.Time) (bool, error)
}

// View is one look of a person at their own file.
type View struct {
	Person ref.Person
	Record ref.Record  // zero for all
	Access ref.Inquiry // number of the access row this look leaves
	Pack   string
	Now    time.Time
}

// ErrNotFound is the answer for a record that is not there or not the caller's:
// alike.
var ErrNotFound = fault.New(fault.NotFound, "E-RECORD", "There is no such record on your file. Check the number.")

// IdentityPlain is the sealed content of an identity.
type IdentityPlain struct {
	IDType string `json:"id_type"`
	Number string `json:"id_number"`
	Name   string `json:"name"`
	Birth  string `json:"birth"`
}
