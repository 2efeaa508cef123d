// Package inquiry answers bodies: who may see what for which purpose, and the
// answer given.
//
// It promises that an answer exists only together with its access row; that what
// is not answered is not answered in the same bytes whatever the cause, decided
// without looking whether the person exists; that "nothing to show" is the
// same for an unknown person and for a hidden record (rules B1); and that a
// person sees every look at their file when the answer leaves.
package inquiry

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Basis is what an inquiry rests on.
type Basis string

// The bases. Self is a person's look at their own file.
const (
	Consent Basis = "consent"
	Statute Basis = "statute"
	Self    Basis = "self"
)

// Request is what a clerk asks.
type Request struct {
	Key     string // Idempotency-Key: the same key, clerk and person is the same inquiry
	Purpose string
	Basis   Basis
	Case    string // case reference in the purpose's format
	Reason  string // in the clerk's words, at most 500 characters; sealed
	Person  party.Identity
}

// Outcome is one of the three that exist (rules B1).
type Outcome int16

// The outcomes.
const (
	NotAnswered   Outcome = 0
	Records       Outcome = 1
	NothingToShow Outcome = 2
)

// String names the outcome as it is written in answers.
func (o Outcome) String() string {
	switch o {
	case Records:
		return "records"
	case NothingToShow:
		return "nothing to show"
	}
	return "not answered"
}

// Answer is what the asking body gets.
type Answer struct {
	Inquiry   ref.Inquiry
	At        time.Time
	Purpose   string
	Basis     Basis
	Pack      string
	Outcome   Outcome
	Replayed  bool
	Subject   string // the person's pseudonym for this body; only with records
	Records   []Disclosed
	UseBefore when.Date // last day on which the answer may be relied on
}

// Disclosed is one record, reduced to the fields that the purpose allows.
type Disclosed struct {
	Type       string
	Source     ref.Body
	Start      when.Date
	DisplayEnd when.Date
	Fields     map[string]string
}

// NoPurpose stands in the access row of an inquiry for a purpose that the pack
// does not have.
const NoPurpose = "none"

// Trace is the sealed part of an access row.
type Trace struct {
	Clerk       string `json:"clerk"`
	StaffNumber string `json:"staff_number"`
	Case        string `json:"case,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// Ask is what the read wall needs to answer.
type Ask struct {
	Person  ref.Person
	Access  ref.Inquiry // made from the idempotency key
	Spare   ref.Inquiry // used where Access exists already
	Now     time.Time
	Body    ref.Body
	Purpose string
	Basis   Basis
	Right   bool // what the law says of this body and purpose; false is never answered
	Pack    string
	Types   []string
	Trace   seal.Box
}

// Told is what the read wall gives back.
type Told struct {
	Outcome  Outcome
	Replayed bool
	Records  []SealedRecord
}

// SealedRecord is one record as it leaves the wall.
type SealedRecord struct {
	Record     ref.Record
	Version    int32
	Type       string
	Source     ref.Body
	Start      when.Date
	DisplayEnd when.Date
	Box        seal.Box
}

// Look is one line of a person's list of who looked.
type Look struct {
	Access   ref.Inquiry
	At       time.Time
	Body     ref.Body
	Purpose  string
	Basis    Basis
	Pack     string
	Outcome  Outcome
	Records  []ref.Record
	ReplayOf ref.Inquiry
	Case     string // from the sealed part; empty in lists that do not open it
	Reason   string
}

// Page is a part of a list: at most Limit looks older than Before.
type Page struct {
	Before time.Time // zero: from the newest
	Limit  int
}

// SealedLook is a look as it leaves the wall.
type SealedLook struct {
	Look
	Box seal.Box
}

// Store is the read wall and the plain list. Disclose and Lookups return only
// after the commit of their access row was confirmed without a warning.
type Store interface {
	Disclose(ctx context.Context, a Ask) (Told, error)
	Lookups(ctx context.Context, p ref.Person, access ref.Inquiry, pack string, page Page, now time.Time) ([]SealedLook, error)
	Recent(ctx context.Context, p ref.Person, page Page) ([]Look, error) // without the sealed part; leaves no access row
	Count(ctx context.Context, p ref.Person, since time.Time) (answered, refused int64, err error)
}

// Statement is what stands in an answer without records (rules B1), the same
// for every cause.
const Statement = "There is nothing that may be shown to you for this purpose today. This does not say that nothing exists."

// ErrKey is returned where an inquiry has no usable Idempotency-Key.
var ErrKey = fault.New(fault.Invalid, "E-KEY",
	"Send an Idempotency-Key of 1 to 255 characters with the inquiry, so that a repeat is known as one. Nothing was looked up.").At("Idempotency-Key")
