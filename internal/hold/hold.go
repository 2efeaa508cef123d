// Package hold is how the content of one record is kept for a court beyond its erasure.
//
// It promises what rules E1 ask for:
//   - a hold rests on a ground of the pack, names one record, one court and its
//     reference, and ends by itself within twelve months, whether anybody works or not;
//   - two people place it, and two end it before its day; none of them is of the source
//     or of the court;
//   - the content is copied and sealed apart until the last day. The record itself comes
//     off and is erased as if there were no hold, so a hold shows nobody anything;
//   - the copy is opened by staff of the court that is named and by nobody else, and
//     each time stands in the person's list of who looked;
//   - the person is told when it is placed.
//
// There is no hold of several records, and none of what is erased already.
package hold

import (
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// State is where a hold stands.
type State string

// The states. CHECK constraints of the database repeat them.
const (
	Proposed State = "proposed" // by one person: nothing is held
	Dropped  State = "dropped"  // nobody confirmed it
	Held     State = "held"
	Lifted   State = "lifted" // by two people, before its day
	Ended    State = "ended"  // its day is over, or the record was somebody else's
)

// Hold is one hold, without what is sealed of it.
type Hold struct {
	ID          ref.Hold
	Person      ref.Person
	Record      ref.Record
	Source      ref.Body
	Type        string
	Ground      string // of the pack
	Court       ref.Body
	Pack        string    // version under which it was proposed
	Until       when.Date // last day
	KeepUntil   when.Date // last day on which its person sees that there was one
	State       State
	ProposedBy  ref.Clerk
	ProposedAt  time.Time
	ConfirmedBy ref.Clerk // zero until a second person said so
	ConfirmedAt time.Time
	Version     int32     // of the record, as it was taken
	LiftBy      ref.Clerk // who proposed that it ends before its day; zero for nobody
	LiftedBy    ref.Clerk
	EndedAt     time.Time
}

// On returns the state that holds on a legal day: no worker has to come for its end.
func (h Hold) On(today when.Date) State {
	if (h.State == Proposed || h.State == Held) && h.Until < today {
		return Ended
	}
	return h.State
}

// LastDay is the last day on which a copy of the content could be opened; zero where
// none was ever taken.
func (h Hold) LastDay(zone *time.Location) when.Date {
	switch {
	case h.ConfirmedAt.IsZero():
		return 0
	case h.EndedAt.IsZero():
		return h.Until
	}
	return min(h.Until, when.In(h.EndedAt, zone))
}

// Confirm is the word of the second person: from now on the content is held.
func (h Hold) Confirm(by party.Clerk, version int32, now time.Time, today when.Date) (Hold, error) {
	if err := h.may(by, Proposed, h.ProposedBy, today); err != nil {
		return h, err
	}
	h.State, h.ConfirmedBy, h.ConfirmedAt, h.Version = Held, by.ID, now, version
	return h, nil
}

// Drop ends a proposal that nobody confirmed. One person is enough: nothing is held.
func (h Hold) Drop(by party.Clerk, now time.Time, today when.Date) (Hold, error) {
	if err := h.may(by, Proposed, ref.Clerk{}, today); err != nil {
		return h, err
	}
	h.State, h.EndedAt = Dropped, now
	return h, nil
}

// Lift ends a hold before its day: on the word of a second person after the first.
func (h Hold) Lift(by party.Clerk, now time.Time, today when.Date) (Hold, error) {
	if err := h.may(by, Held, h.LiftBy, today); err != nil {
		return h, err
	}
	if h.LiftBy.IsZero() {
		h.LiftBy = by.ID
		return h, nil
	}
	h.State, h.LiftedBy, h.EndedAt = Lifted, by.ID, now
	return h, nil
}

// may says whether somebody may take a step from a state, after another took the first.
func (h Hold) may(by party.Clerk, from State, first ref.Clerk, today when.Date) error {
	switch {
	case by.Body.ID == h.Source || by.Body.ID == h.Court:
		return ErrNotFound
	case h.On(today) != from:
		return ErrState
	case by.ID == first:
		return errAlone
	}
	return nil
}

// The faults of the room.
var (
	ErrNotFound  = fault.New(fault.NotFound, "E-HOLD", "There is no such hold. Check the number.")
	ErrRuns      = fault.New(fault.Conflict, "E-HOLD-RUNS", "There is a hold on this record already, or one is proposed. Nothing was changed.").By("E1")
	ErrState     = fault.New(fault.Conflict, "E-HOLD-STATE", "The hold has moved on, and this cannot be done any more. Nothing was changed; look at it anew.")
	errAlone     = fault.New(fault.Forbidden, "E-HOLD-ALONE", "You took the first step yourself. Nothing was changed; leave the second to another person.").By("E1")
	errDesk      = fault.New(fault.Forbidden, "E-HOLD-DESK", "You have no mandate for this desk, or it has ended. Nothing was opened; ask the registry for one.").By("D5")
	errRecord    = fault.New(fault.Invalid, "E-HOLD-RECORD", "The source has filed no record of this kind under this number that still has a content, or you may not decide on it. Nothing was changed; check source, kind and number.").By("E1").At("number")
	errCourt     = fault.New(fault.Invalid, "E-HOLD-COURT", "This body cannot be named on this ground, or it filed the record itself. Nothing was changed; choose a court that the rules name.").By("E1").At("court")
	errReference = fault.New(fault.Invalid, "E-HOLD-REFERENCE", "This is no reference of a court as the rules write it. Nothing was changed; copy it from the order.").By("E1").At("reference")
	errUntil     = fault.New(fault.Invalid, "E-HOLD-UNTIL", "A hold ends on a day from today on, within the time that the rules give. Nothing was changed; choose such a day.").By("E1").At("until")
)
