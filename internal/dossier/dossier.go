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

	"recourse/internal/catalogue"
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
	Withdrawn State = "withdrawn" // taken back by its source, or on a decision
	Repaired  State = "repaired"  // the person met what ends it early; the row that is left counts nowhere (rules E3)
	Expired   State = "expired"   // its time to be shown is over
	Erased    State = "erased"    // its content cannot be recovered
)

// Standing is what a record's visibility depends on.
type Standing struct {
	State      State
	EffectAt   time.Time // zero while noticed
	DisplayEnd when.Date
	Shade

	// An application to end it early that nobody decided in time hides it from and
	// until instants, as a contest does.
	LateFrom, LateUntil time.Time

	// A stay of the ombudsman does too (rules H1).
	StayFrom, StayUntil time.Time

	AtOnce AtOnce
}

// AtOnce is the effect that a status decision has for danger to life or health before
// the time to answer has run (rules C3): towards the bodies that the statute names,
// and nobody else. It ends by itself when the record takes effect like any other, or
// where the person was not heard in time.
type AtOnce struct {
	There        bool
	UnheardUntil when.Date // last day of it without a hearing; zero where the person was heard
	Extended     bool      // that day was put off, which is done once
}

// Runs reports whether it has not ended by itself on a day.
func (was AtOnce) Runs(today when.Date) bool {
	return was.There && (was.UnheardUntil == 0 || was.UnheardUntil >= today)
}

// Next says what of it a later version has, or the first where the zero value is
// asked: said is what the version says, nil where it has no such effect. What comes
// after the last day changes nothing any more: the effect has ended, and the decision
// has to wait for its letter like any other.
func (was AtOnce) Next(said *catalogue.AtOnce, today when.Date) AtOnce {
	if said == nil {
		return AtOnce{}
	}
	until := said.Until
	if was.There && was.UnheardUntil != 0 {
		until = min(until, was.UnheardUntil)
		if was.Extended {
			until = was.UnheardUntil
		}
	}
	if said.Heard {
		if lasts := was.There && was.UnheardUntil == 0; lasts || today <= until {
			return AtOnce{There: true, Extended: was.Extended}
		}
		return AtOnce{}
	}
	next := AtOnce{There: true, UnheardUntil: until, Extended: was.Extended}
	switch {
	case said.Extended == nil:
	case was.Extended:
		next.UnheardUntil = min(until, *said.Extended)
	case today <= until:
		next.UnheardUntil, next.Extended = *said.Extended, true
	}
	return next
}

// VisibleAtOnce reports whether a record is shown for its effect at once at now to a
// body that the statute names. It is the model of the SQL function dossier.at_once,
// which alone decides.
func (s Standing) VisibleAtOnce(now time.Time, today when.Date) bool {
	in := s
	in.State, in.EffectAt, in.DisplayEnd = InForce, now, s.lastDay()
	return s.AtOnce.There && (s.State == Noticed || s.State == InForce) && in.Visible(now, today)
}

// lastDay is the last day of all that a record does.
func (s Standing) lastDay() when.Date {
	if s.AtOnce.UnheardUntil != 0 {
		return min(s.DisplayEnd, s.AtOnce.UnheardUntil)
	}
	return s.DisplayEnd
}

// Shade is what a contest makes of a record: marked as disputed for a time, and
// hidden for a time. A zero from is never, a zero until is for ever. It is written
// when the contest moves, with instants that may lie ahead: what a clock does when
// it runs out needs nobody to do it.
type Shade struct {
	DisputedFrom, DisputedUntil time.Time
	HideFrom, HideUntil         time.Time
	Why                         HideWhy // empty where HideFrom is zero
}

// HideWhy is why a record is hidden.
type HideWhy string

// The reasons.
const (
	Overdue      HideWhy = "overdue"      // its contest was not decided in time (rules D1)
	WrongPerson  HideWhy = "wrong person" // it is said to be another's (rules E4)
	Correction   HideWhy = "correction"   // it was found wrong and waits for its source's new version
	Unverifiable HideWhy = "unverifiable" // nobody can show whether it is right
)

// Hidden reports whether the record is hidden at now.
func (s Shade) Hidden(now time.Time) bool { return within(s.HideFrom, s.HideUntil, now) }

// within reports whether now lies from an instant on and before another; a zero from
// is never, a zero until is for ever.
func within(from, until, now time.Time) bool {
	return !from.IsZero() && !from.After(now) && (until.IsZero() || until.After(now))
}

// Disputed reports whether an answer at now marks the record as disputed. It is the
// model of the SQL function dossier.disputed.
func (s Shade) Disputed(now time.Time) bool { return within(s.DisputedFrom, s.DisputedUntil, now) }

// Visible reports whether a record may be shown to a body at now, today being the
// legal day of that instant. It is the model of the SQL function
// dossier.visible, which alone decides.
func (s Standing) Visible(now time.Time, today when.Date) bool {
	return s.State == InForce && !s.EffectAt.IsZero() && !s.EffectAt.After(now) && s.DisplayEnd >= today && !s.Hidden(now) &&
		!within(s.LateFrom, s.LateUntil, now) && !within(s.StayFrom, s.StayUntil, now)
}

// Stands reports whether a record has not ended at now, whether or not it may be
// shown: what takes a licence away counts while it stands (rules B2). It is the
// model of the SQL function dossier.stands, which alone decides.
func (s Standing) Stands(now time.Time, today when.Date) bool {
	return (s.State == Noticed || s.State == InForce) && s.lastDay() >= today && !(s.Why == Unverifiable && s.Hidden(now))
}

// Shown is one record as its person sees it.
type Shown struct {
	Record   ref.Record
	Version  int32
	Type     string
	Source   ref.Body
	Pack     string // version of the pack it came under
	Negative bool
	Visible  bool // whether a body with a right could see it now
	// Provisional: only bodies that the statute names could, for its effect at once
	Provisional bool
	ReceivedAt  time.Time
	Start       when.Date
	RetainEnd   when.Date
	ErasedAt    time.Time
	Fields      map[string]string // empty once erased
	Standing
}

// File is a part of a person's own file: their name and records, newest first.
type File struct {
	Name    string // empty where there is no file
	Records []Shown
}

// Outline is what can be said of all records of a person without opening any.
type Outline struct {
	Records int // on the file, whatever became of them
	Others  int // that a body with a right could see
	Erased  int // of which no content is left
	Ahead   []Turn
}

// Turn is a day on which a record comes off, or takes effect.
type Turn struct {
	Record ref.Record
	Type   string
	Pack   string    // version of the pack that the record came under
	Day    when.Date // the last on which it is shown, or the first
	Begins bool
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
	// Outline leaves no access row. It names the turns that come soonest, at most so many.
	Outline(ctx context.Context, p ref.Person, most int, now time.Time) (Outline, error)
	// TakeEffect lets what was told take effect at an instant, or earlier than it would
	// have, and publishes it: one event for all that moved. It returns how many did. One
	// that goes back to another letter does not.
	TakeEffect(ctx context.Context, told []Told, effect, now time.Time) (int, error)
	// TakeEffects does the same for what has an instant each, with an event for each person.
	TakeEffects(ctx context.Context, effects []Effect, now time.Time) (int, error)
	// TakeBack lets what would take effect wait again, and publishes it; false where it
	// waits, or goes back to another letter.
	TakeBack(ctx context.Context, t Told, now time.Time) (bool, error)
}

// View is one look of a person at their own file.
type View struct {
	Person ref.Person
	Record ref.Record  // zero for all
	Part   Part        // of the records
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
