// Package estate is how the death of a person is entered, and taken back.
//
// It promises what rules F4 ask for:
//   - two officers of one body enter a death, the second after seeing the proof; what one
//     alone proposes does nothing;
//   - from then on the file shows nothing to anybody and opens to nobody, by the row alone:
//     no worker has to do anything. Consents end with it;
//   - what is kept of the person ends with their file, within twelve months at the latest;
//   - the person is told at once, for a death that is false has to be noticed, and two people,
//     not those two alone who entered it, take it back within a day;
//   - contests go on, and letters go to where the estate is written to.
package estate

import (
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// State is where a death stands.
type State string

// The states. CHECK constraints of the database repeat them.
const (
	Proposed State = "proposed" // by one officer: nothing is changed
	Dropped  State = "dropped"  // nobody confirmed it
	Entered  State = "entered"  // the file is closed
	Reversed State = "reversed" // it was false: two people took it back
)

// The times of rules F4.
const (
	Reversible = 24 * time.Hour // within which it can be taken back
	keysMonths = 12             // after which nothing of the person can be read
	waitDays   = 30             // for the second officer
)

// Death is the death of a person, without what is sealed of it.
type Death struct {
	ID          ref.Death
	Person      ref.Person
	Body        ref.Body // whose officers enter it
	DiedOn      when.Date
	Pack        string    // version under which it was proposed
	Until       when.Date // last day to confirm it
	KeepUntil   when.Date // last day on which its person sees that there was one
	State       State
	ProposedBy  ref.Clerk
	ProposedAt  time.Time
	Seen        []ref.Clerk // who opened the proof
	ConfirmedBy ref.Clerk
	ConfirmedAt time.Time
	EndsOn      when.Date // last day of the person's keys; zero until it is confirmed
	WasUntil    when.Date // what the file would have lived to
	ReverseBy   ref.Clerk // who proposed to take it back; zero for nobody
	ReversedBy  ref.Clerk
	EndedAt     time.Time
}

// On returns the state that holds on a legal day: no worker has to come for a proposal
// that nobody confirmed.
func (d Death) On(today when.Date) State {
	if d.State == Proposed && d.Until < today {
		return Dropped
	}
	return d.State
}

// ReverseUntil is when the time is over in which it can be taken back.
func (d Death) ReverseUntil() time.Time { return d.ConfirmedAt.Add(Reversible) }

// Confirm is the word of the second officer, who saw the proof: the file is closed.
func (d Death) Confirm(by party.Clerk, now time.Time, today when.Date) (Death, error) {
	switch {
	case by.Body.ID != d.Body:
		return d, ErrNotFound
	case d.On(today) != Proposed:
		return d, ErrState
	case by.ID == d.ProposedBy:
		return d, errAlone
	case !slices.Contains(d.Seen, by.ID):
		return d, errUnseen
	}
	d.State, d.ConfirmedBy, d.ConfirmedAt = Entered, by.ID, now
	return d, nil
}

// Drop ends a proposal that nobody confirmed. One officer is enough: nothing was done.
func (d Death) Drop(by party.Clerk, now time.Time, today when.Date) (Death, error) {
	switch {
	case by.Body.ID != d.Body:
		return d, ErrNotFound
	case d.On(today) != Proposed:
		return d, ErrState
	}
	d.State, d.EndedAt = Dropped, now
	return d, nil
}

// Reverse takes a false death back, on the word of a second person after the first, within
// a day. The two who entered it cannot take it back alone: one of those two may be who
// made it up.
func (d Death) Reverse(by party.Clerk, now time.Time) (Death, error) {
	switch {
	case by.Body.ID != d.Body:
		return d, ErrNotFound
	case d.State != Entered:
		return d, ErrState
	case !now.Before(d.ReverseUntil()):
		return d, errLate
	case d.ReverseBy.IsZero():
		d.ReverseBy = by.ID
		return d, nil
	case d.ReverseBy == by.ID:
		return d, errAlone
	case d.enteredIt(by.ID) && d.enteredIt(d.ReverseBy):
		return d, errSame
	}
	d.State, d.ReversedBy, d.EndedAt = Reversed, by.ID, now
	return d, nil
}

func (d Death) enteredIt(c ref.Clerk) bool { return c == d.ProposedBy || c == d.ConfirmedBy }

// The faults of the room.
var (
	ErrNotFound = fault.New(fault.NotFound, "E-DEATH", "There is no such entry of a death. Check the number.")
	ErrRuns     = fault.New(fault.Conflict, "E-DEATH-RUNS", "A death of this person is entered or proposed already. Nothing was changed; look at the list.").By("F4")
	ErrState    = fault.New(fault.Conflict, "E-DEATH-STATE", "The entry has moved on, and this cannot be done any more. Nothing was changed; look at it anew.")
	errAlone    = fault.New(fault.Forbidden, "E-DEATH-ALONE", "You took the first step yourself. Nothing was changed; leave the second to another person.").By("F4")
	errSame     = fault.New(fault.Forbidden, "E-DEATH-SAME", "The two who entered a death cannot take it back alone. Nothing was changed; one of you has to be another person.").By("F4")
	errLate     = fault.New(fault.Conflict, "E-DEATH-LATE", "A death can be taken back within a day of its entry, and that day is over. Nothing was changed; turn to the supervisor or to a court.").By("F4")
	errUnseen   = fault.New(fault.Forbidden, "E-DEATH-UNSEEN", "You have not opened the proof. Nothing was changed; open it, and compare the number in it.").By("F4")
	errDesk     = fault.New(fault.Forbidden, "E-DEATH-DESK", "You have no mandate for this desk, or it has ended. Nothing was opened; ask the registry for one.").By("D5")
	errPerson   = fault.New(fault.Invalid, "E-DEATH-PERSON", "No file is kept under this type and number. Nothing was changed; write them as the proof does.").By("F4").At("id_number")
	errOther    = fault.New(fault.Invalid, "E-DEATH-OTHER", "This is not the number under which the death was proposed. Nothing was changed; compare it with the proof, and drop the proposal where it is wrong.").By("F4").At("id_number")
	errDiedOn   = fault.New(fault.Invalid, "E-DEATH-DAY", "The day of death is today or before, as the proof says it. Nothing was changed; copy it from the proof.").By("F4").At("died_on")
)
