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
	"bytes"
	"cmp"
	"context"
	"strings"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Basis is what an inquiry rests on.
type Basis string

// The bases. Self is a person's look at their own file, Case that of somebody who
// works on a contest of theirs.
const (
	Consent Basis = "consent"
	Statute Basis = "statute"
	Self    Basis = "self"
	Case    Basis = "case"
)

// Request is what a clerk asks.
type Request struct {
	Key     string // Idempotency-Key: the same key, clerk and person is the same inquiry
	Purpose string
	Basis   Basis
	Case    string // case reference in the purpose's format; on consent the body's number of the application, or empty
	Reason  string // in the clerk's words, at most 500 characters; sealed
	Person  party.Identity
	Proof   *Proof // of a signed request; nil where a token was sent
}

// Proof is the signature of a body under its question: nobody but who holds the key
// can have made it. Base is what was signed (RFC 9421, 2.5); the SHA-256 of Question
// stands in it.
type Proof struct {
	Key       string `json:"key"` // its id
	Base      []byte `json:"base"`
	Signature []byte `json:"signature"`
	Question  []byte `json:"question"` // as it came; blanks where the identifier has no file: of nobody else it is kept
}

// about is what is kept of a proof: the question only where it is about somebody who
// has a file, as long in any case.
func (p *Proof) about(there bool) *Proof {
	if p == nil || there {
		return p
	}
	kept := *p
	kept.Question = bytes.Repeat([]byte{' '}, len(p.Question))
	return &kept
}

// Outcome is one of the three that exist (rules B1), or the one that a safety
// licence may have instead (rules B2).
type Outcome int16

// The outcomes.
const (
	NotAnswered   Outcome = 0
	Records       Outcome = 1
	NothingToShow Outcome = 2
	Refer         Outcome = 3 // ask the issuing authority; nothing else may be shown
	Stopped       Outcome = 4 // by the person's freeze (rules F2); only in their own list: the asker is told one of the others
)

// String names the outcome as it is written in answers.
func (o Outcome) String() string {
	switch o {
	case Records:
		return "records"
	case NothingToShow:
		return "nothing to show"
	case Refer:
		return "ask the issuing authority"
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
	Refer     []Referral // licences that only the issuing authority can tell about today
	UseBefore when.Date  // last day on which the answer may be relied on
	Stub      string     // what the body gets the receipt of its answer for; of one length whatever was answered
}

// Referral is a licence marked for safety that is not shown as in force, because
// something stands against it that this answer does not show (rules B2). It says
// nothing of what that is.
type Referral struct {
	Type   string
	Source ref.Body // that filed the licence: the one to ask
}

// Disclosed is one record, reduced to the fields that the purpose allows.
type Disclosed struct {
	Type       string
	Source     ref.Body
	Start      when.Date
	DisplayEnd when.Date
	Disputed   bool // the person contests it, and nobody has decided
	// Provisional: it has effect at once, before the time to answer has run and perhaps
	// before the hearing; shown to who asks because the statute names them (rules C3).
	Provisional bool
	Statement   string // what the person says about it, in their own words; empty where they say nothing
	Fields      map[string]string
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
	Second      string `json:"second,omitempty"`       // the clerk who confirmed (rules G4)
	SecondStaff string `json:"second_staff,omitempty"` // and their number
	Proof       *Proof `json:"proof,omitempty"`        // where the question was signed
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
	Pass    []string // of these, under a statute, those that a freeze by the person does not stop (rules F2)
	Against []Pair
	Late    []Referral // licences, by whom they were filed, whose source is late (rules B2)
	Matter  Matter     // zero where there is no right
	Trace   seal.Box
}

// Told is what the read wall gives back.
type Told struct {
	Outcome  Outcome
	Replayed bool
	Records  []SealedRecord
	Refer    []Referral // each once
}

// SealedRecord is one record as it leaves the wall.
type SealedRecord struct {
	Record      ref.Record
	Version     int32
	Type        string
	Source      ref.Body
	Start       when.Date
	DisplayEnd  when.Date
	Disputed    bool
	Provisional bool
	Box         seal.Box
	Words       seal.Sealed // what the person says about it, as others are given it; no data where they say nothing
}

// before is the order of an answer: newest first, then by type, so that the place of
// a record tells nothing of when it came or of what is not shown.
func (a SealedRecord) before(b SealedRecord) int {
	return cmp.Or(cmp.Compare(b.Start, a.Start), strings.Compare(a.Type, b.Type), cmp.Compare(b.DisplayEnd, a.DisplayEnd), bytes.Compare(a.Record[:], b.Record[:]))
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
	Referred []ref.Record // licences about which the body was told to ask the issuing authority
	ReplayOf ref.Inquiry
	Case     string // from the sealed part; empty in lists that do not open it
	Reason   string
	Two      bool   // a second person of the body confirmed the request; from the sealed part
	Proof    *Proof // where the body signed its question; from the sealed part
	Used     *Use   // what the body did with the answer; nil where it noted nothing, or the seal has ended
}

// Page is a part of a list: at most Limit looks older than Before.
type Page struct {
	Before time.Time // zero: from the newest
	Limit  int
}

// Recipient is a body that was given a record, and the inquiries in which it was.
type Recipient struct {
	dossier.Key
	Body      ref.Body
	Inquiries []ref.Inquiry
}

// Lately is who looked last, and how often somebody did since an instant.
type Lately struct {
	Looks             []Look // newest first, without their sealed part
	Answered, Refused int
}

// SealedLook is a look as it leaves the wall.
type SealedLook struct {
	Look
	Box seal.Box
	Use seal.Box // what was done with the answer; no data where nothing was noted
}

// Store is the read wall and the plain list. Disclose and Lookups return only
// after the commit of their access row was confirmed without a warning.
type Store interface {
	Disclose(ctx context.Context, a Ask) (Told, error)
	Lookups(ctx context.Context, p ref.Person, access ref.Inquiry, pack string, page Page, now time.Time) ([]SealedLook, error)
	Recent(ctx context.Context, p ref.Person, page Page) ([]Look, error) // without the sealed part; leaves no access row
	// Lately returns the newest looks, as Recent, and counts those since an instant.
	Lately(ctx context.Context, p ref.Person, most int, since time.Time) (Lately, error)
}

// Stubs writes stubs: what a body exchanges for the receipt of its answer once its row
// is in the public log.
type Stubs interface {
	// Stub returns the stub of a row, for that body alone.
	Stub(b ref.Body, p ref.Person, row ref.Inquiry, now time.Time) (string, error)
	// Row returns the row that a stub stands for; an error where it is none of the body's,
	// or too old.
	Row(b ref.Body, stub string, now time.Time) (ref.Person, ref.Inquiry, error)
}

// Statement is what stands in an answer without records (rules B1), the same
// for every cause.
const Statement = "There is nothing that may be shown to you for this purpose today. This does not say that nothing exists."

// ReferStatement is what stands in an answer that refers to the issuing
// authority (rules B2), the same for every cause.
const ReferStatement = "For what is named here, ask the issuing authority. This registry does not say today whether it is in force. Take it neither as in force nor as not in force."

// ErrNotSigned is returned where a purpose is asked for by signed requests only. It
// depends on the pack and on how the request came, and on nobody else.
var ErrNotSigned = fault.New(fault.Forbidden, "E-SIGNATURE-NEEDED",
	"For this purpose a question has to be signed with a key of your body; a token is not enough, and neither is the page. Nothing was looked up. Sign the request; a head of your body registers keys.").At("purpose")

// ErrKey is returned where an inquiry has no usable Idempotency-Key.
var ErrKey = fault.New(fault.Invalid, "E-KEY",
	"Send an Idempotency-Key of 1 to 255 characters with the inquiry, so that a repeat is known as one. Nothing was looked up.").At("Idempotency-Key")
