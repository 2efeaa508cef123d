// Package repair is how a lawful record ends early: by what was performed, by more
// time that was given, by an explanation, or by itself when time has run.
//
// It promises that
//   - there is no way but those of the pack, and none costs money or labour;
//   - the person sees what is asked for and what of it is met before they apply;
//   - nobody decides alone, and nobody about what they filed themselves;
//   - what is not decided in time is not shown from the instant on at which the clock
//     runs out, whether anybody works or not (rules D1);
//   - a record that ends early is erased at once; what is left of it is an entry without
//     content that counts nowhere and goes when the record would have gone (rules E3);
//   - a class of records ends for everybody only on the word of two people and wholly in
//     each person's favour, without an application (rules D4, D8).
//
// It does not say that a record was wrong: that is a contest.
package repair

import (
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// State is where an application stands.
type State string

// The states. CHECK constraints of the database repeat them and the moves between
// them.
const (
	Draft     State = "draft"      // being written by the person
	Open      State = "open"       // being decided; a clock runs
	TakenBack State = "taken back" // by the person; for some minutes it can be taken up again
	Granted   State = "granted"    // the record has ended
	Refused   State = "refused"    // the record stays; the person may ask for a review
	InReview  State = "in review"  // being decided by others; a clock runs
	Confirmed State = "confirmed"  // refused by others too
	Lapsed    State = "lapsed"     // nobody decided within twice the clock: the record has ended
)

// Outcome is what was found.
type Outcome string

// The outcomes.
const (
	Grant  Outcome = "granted"
	Refuse Outcome = "refused"
)

// Stage is a round of deciding.
type Stage int16

// The stages.
const (
	First  Stage = 1
	Review Stage = 2
)

// How says what ended a record early.
type How string

// The ways of ending.
const (
	ByDecision How = "decided"
	ByLapse    How = "lapsed" // nobody decided within twice the clock
	ByTime     How = "time"   // by itself
	ByRelief   How = "relief" // with its whole class
)

// Application is one application to end one record early, without its papers.
type Application struct {
	ID       ref.Repair
	Person   ref.Person
	Record   ref.Record
	Source   ref.Body
	Type     string
	Route    string
	Decides  law.Decider
	Pack     string // version under which its clock began
	State    State
	Was      State // before its last move; empty for a draft
	MadeAt   time.Time
	OpenedAt time.Time // zero while it is a draft
	Clock    law.Clock // of the stage that runs or ran last

	BackAt      time.Time // taken back at
	FinalAt     time.Time // from then on it cannot be taken up again
	DecidedAt   time.Time // of the stage that was decided last
	LateFrom    time.Time // since when the record was hidden as overdue, at any stage; zero where it never was
	LetterAt    time.Time // the last decision was opened
	ReviewUntil time.Time // a review may be asked for
	ReviewAt    time.Time // a review was asked for
	KeepUntil   when.Date // last day on which its papers can be read

	Findings []Finding
}

// Finding is what one person found at one stage.
type Finding struct {
	Stage   Stage
	Clerk   ref.Clerk
	Body    ref.Body
	Outcome Outcome
	At      time.Time
}

// Entry is what is left of a record that ended early: no content.
type Entry struct {
	Record ref.Record
	Type   string
	Source ref.Body
	Route  string // or the relief
	How    How
	At     time.Time
	EndsOn when.Date // when it goes: the record would have been erased then
	Event  ref.Event // its row in the journal, of which the log gives a receipt
}

// Stage returns the stage that is being decided or was decided last.
func (a Application) Stage() Stage {
	if a.ReviewAt.IsZero() {
		return First
	}
	return Review
}

// Runs reports whether a clock runs.
func (a Application) Runs() bool { return a.State == Open || a.State == InReview }

// Final reports whether an application that was taken back can be taken up no more.
func (a Application) Final(now time.Time) bool {
	return a.State == TakenBack && !now.Before(a.FinalAt)
}

// Overdue reports whether the clock has run out undecided.
func (a Application) Overdue(now time.Time, zone *time.Location) bool {
	return a.Runs() && !now.Before(a.Clock.DueAt(zone))
}

// Ends reports whether the record has ended by it, and how.
func (a Application) Ends() (How, bool) {
	switch a.State {
	case Granted:
		return ByDecision, true
	case Lapsed:
		return ByLapse, true
	}
	return "", false
}

// Latest returns the last finding of each person at a stage, in the order in which
// they first found something.
func (a Application) Latest(s Stage) []Finding {
	var out []Finding
	for _, f := range a.Findings {
		if f.Stage != s {
			continue
		}
		if i := slices.IndexFunc(out, func(o Finding) bool { return o.Clerk == f.Clerk }); i >= 0 {
			out[i] = f
		} else {
			out = append(out, f)
		}
	}
	return out
}

// Outcome returns what two people agree on at a stage; false where no two do.
func (a Application) Outcome(s Stage) (Outcome, bool) {
	all := a.Latest(s)
	for i, f := range all {
		for _, g := range all[i+1:] {
			if f.Outcome == g.Outcome {
				return f.Outcome, true
			}
		}
	}
	return "", false
}

// Sees reports whether somebody who decides may see what another found: only after
// they found something themselves.
func (a Application) Sees(clerk ref.Clerk) bool {
	return slices.ContainsFunc(a.Latest(a.Stage()), func(f Finding) bool { return f.Clerk == clerk })
}

// Late returns from when to when the record is hidden because nobody decided, as
// instants that need nobody to come for them; a zero from is never, a zero until is
// for ever.
func (a Application) Late(zone *time.Location) (from, until time.Time) {
	switch a.State {
	case Open, InReview:
		from = a.Clock.DueAt(zone)
	case TakenBack:
		from, until = a.Clock.DueAt(zone), a.FinalAt
	case Refused:
		until = a.ReviewUntil // late and refused: shown again when the person was told and the time to go on has run
	case Confirmed:
		until = a.LetterAt
	default:
		return time.Time{}, time.Time{}
	}
	if !a.LateFrom.IsZero() && (from.IsZero() || a.LateFrom.Before(from)) {
		from = a.LateFrom
	}
	if from.IsZero() || !until.IsZero() && !until.After(from) {
		return time.Time{}, time.Time{}
	}
	return from, until
}

// The faults of the room that faces need to know.
var (
	ErrNotFound = fault.New(fault.NotFound, "E-REPAIR", "There is no such application. Check the number.")
	ErrState    = fault.New(fault.Conflict, "E-REPAIR-STATE", "The application has moved on, and this cannot be done any more. Nothing was changed; look at it anew.")
	ErrConflict = fault.New(fault.Forbidden, "E-REPAIR-INTEREST", "You cannot decide here: you filed the record, or had a part in the first decision. Nothing was changed; leave it to others.").By("D4")
	ErrUnseen   = fault.New(fault.Conflict, "E-REPAIR-UNSEEN", "You have not looked at the papers yet. Nothing was changed; open the case, then decide.").By("D4")
	errMissing  = fault.New(fault.Invalid, "E-REPAIR-MISSING", "Not every condition has what shows it. Nothing was sent; add what is missing.").At("condition")
	errEarly    = fault.New(fault.Refused, "E-REPAIR-EARLY", "This way is not open yet. Nothing was sent; what you wrote is kept as a draft. The page says from when on you can send it.").By("D8")
	errNoRoute  = fault.New(fault.Refused, "E-REPAIR-ROUTE", "This record cannot end early in this way. Nothing was changed; choose one of the ways that its page lists.").By("D8")
)
