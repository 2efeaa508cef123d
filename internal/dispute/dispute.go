// Package dispute is how a person contests a record: on grounds in their own
// words, with evidence, answered by the source, decided by two people, reviewed
// by others.
//
// It promises that
//   - while a contest runs the record is marked as disputed in every answer;
//   - what is not decided in time is not shown from the instant on at which the
//     clock runs out, whether anybody works or not (rules D1): the instant stands
//     on the record from the opening;
//   - nobody decides alone, nobody decides about what they answered or their body
//     filed, and the second person looks at the evidence before they see what the
//     first one found;
//   - a review is decided by people of a body that had no part in the decision;
//   - what a person wrote is sealed and never squeezed into codes.
//
// It does not decide what is true: people do.
package dispute

import (
	"crypto/sha256"
	"slices"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// State is where a contest stands.
type State string

// The states. CHECK constraints of the database repeat them and the moves
// between them.
const (
	Draft     State = "draft"      // being written by the person
	Open      State = "open"       // being decided; a clock runs
	TakenBack State = "taken back" // by the person; for some minutes it can be taken up again
	Decided   State = "decided"    // by two people; the person may ask for a review
	InReview  State = "in review"  // being decided by others; a clock runs
	Reviewed  State = "reviewed"
	Lapsed    State = "lapsed" // nobody decided within twice the clock: the record was withdrawn
)

// Ground is why a person contests a record.
type Ground string

// The grounds.
const (
	WrongPerson  Ground = "wrong-person"
	WrongFact    Ground = "wrong-fact"
	Settled      Ground = "settled"
	NeverTold    Ground = "never-told"
	ShouldEnd    Ground = "should-have-ended"
	Annulled     Ground = "decision-annulled"
	NoLegalBasis Ground = "no-legal-basis"
)

// Grounds returns all grounds in the order in which they are offered.
func Grounds() []Ground {
	return []Ground{WrongPerson, WrongFact, Settled, NeverTold, ShouldEnd, Annulled, NoLegalBasis}
}

// Outcome is what was found on one ground.
type Outcome string

// The outcomes.
const (
	Corrected    Outcome = "corrected"    // the source has to send what is right; not shown until it does
	Withdrawn    Outcome = "withdrawn"    // the record goes
	Upheld       Outcome = "upheld"       // the record is right
	Unverifiable Outcome = "unverifiable" // nobody can show whether it is right; never shown
	ByReference  Outcome = "by reference" // a repeat without new evidence: as it was decided before (rules D3)
)

// Outcomes returns what two people may find, in the order in which it is offered.
func Outcomes() []Outcome { return []Outcome{Corrected, Withdrawn, Upheld, Unverifiable, ByReference} }

// Position is what a source says on one ground.
type Position string

// The positions of a source.
const (
	Stands     Position = "stands"      // it holds that the record is right
	WillMend   Position = "will mend"   // it will send what is right
	TakesBack  Position = "takes back"  // it gives the record up
	CannotShow Position = "cannot show" // it has nothing left that shows it
)

// Positions returns all positions.
func Positions() []Position { return []Position{Stands, WillMend, TakesBack, CannotShow} }

// Stage is a round of deciding.
type Stage int16

// The stages.
const (
	First  Stage = 1
	Review Stage = 2
)

// Contest is one contest of one record, without its papers.
type Contest struct {
	ID       ref.Contest
	Person   ref.Person
	Record   ref.Record
	Version  int32 // of the record when it was contested
	Source   ref.Body
	Type     string
	Pack     string // version under which its clock began
	State    State
	Was      State // before its last move; empty for a draft
	Grounds  []Ground
	MadeAt   time.Time
	OpenedAt time.Time // zero while it is a draft
	Clock    law.Clock // of the stage that runs or ran last

	AnswerBy    when.Date // last day for the source's answer
	RepeatUntil time.Time // until then a repeat may be answered by reference; zero where it is none
	BackAt      time.Time // taken back at
	FinalAt     time.Time // from then on it cannot be taken up again
	DecidedAt   time.Time // of the stage that was decided last
	LateFrom    time.Time // since when it was hidden as overdue, at any stage; zero where it never was
	LetterAt    time.Time // the letter of the last decision was opened
	ReviewUntil time.Time // a review may be asked for
	ReviewAt    time.Time // a review was asked for
	KeepUntil   when.Date // last day on which its papers can be read

	Answers   []Answer
	Findings  []Finding
	Certified []Certificate // oldest first
}

// CallKey names a call of a program, so that one that comes again is known.
type CallKey [16]byte

// KeyOf is the key of a call that a clerk makes under a key of repeats.
func KeyOf(by ref.Clerk, key string) (k CallKey) {
	if key == "" {
		return k
	}
	h := sha256.New()
	h.Write([]byte("recourse/contest-call/v1"))
	h.Write(by[:])
	h.Write([]byte(key))
	copy(k[:], h.Sum(nil))
	return k
}

// Answer is what the source says on one ground.
type Answer struct {
	Ground   Ground
	Clerk    ref.Clerk
	Position Position
	At       time.Time
	Key      CallKey // of the call that said so; zero where no program did
}

// Certificate is that a source stands by a record that was refuted: it is right and whole,
// one officer says with reasons and a document, and another confirms. Then it may come
// back, sent until a day; the person is told before anybody sees it.
type Certificate struct {
	Clerk    ref.Clerk
	At       time.Time
	Second   ref.Clerk // zero until another officer confirmed
	SecondAt time.Time
	Until    when.Date
}

// Finding is what one person found on one ground at one stage.
type Finding struct {
	Stage   Stage
	Ground  Ground
	Clerk   ref.Clerk
	Body    ref.Body
	Outcome Outcome
	At      time.Time
}

// Stage returns the stage that is being decided or was decided last.
func (c Contest) Stage() Stage {
	if c.ReviewAt.IsZero() {
		return First
	}
	return Review
}

// Runs reports whether a clock runs.
func (c Contest) Runs() bool { return c.State == Open || c.State == InReview }

// Final reports whether a contest that was taken back can be taken up no more.
func (c Contest) Final(now time.Time) bool { return c.State == TakenBack && !now.Before(c.FinalAt) }

// Overdue reports whether the clock has run out undecided.
func (c Contest) Overdue(now time.Time, zone *time.Location) bool {
	return c.Runs() && !now.Before(c.Clock.DueAt(zone))
}

// Latest returns the last finding of each person on a ground at a stage, in the
// order in which they first found something.
func (c Contest) Latest(s Stage, ground Ground) []Finding {
	var out []Finding
	for _, f := range c.Findings {
		if f.Stage != s || f.Ground != ground {
			continue
		}
		at := -1
		for i := range out {
			if out[i].Clerk == f.Clerk {
				at = i
			}
		}
		if at < 0 {
			out = append(out, f)
		} else {
			out[at] = f
		}
	}
	return out
}

// Outcome returns what two people agree on for a ground at a stage; false where
// no two do.
func (c Contest) Outcome(s Stage, ground Ground) (Outcome, bool) {
	all := c.Latest(s, ground)
	for i, f := range all {
		for _, g := range all[i+1:] {
			if f.Outcome == g.Outcome {
				return f.Outcome, true
			}
		}
	}
	return "", false
}

// Shade returns what the contest makes of its record, as instants that need nobody
// to come for them.
func (c Contest) Shade(p *law.Pack) dossier.Shade {
	s := dossier.Shade{DisputedFrom: c.OpenedAt}
	hide := func(from, until time.Time, why dossier.HideWhy) {
		if from.IsZero() || !until.IsZero() && !until.After(from) {
			return
		}
		s.HideFrom, s.HideUntil, s.Why = from, until, why
	}
	running := func(until time.Time) {
		from, why := c.Clock.DueAt(p.Zone), dossier.Overdue
		if !c.LateFrom.IsZero() && c.LateFrom.Before(from) {
			from = c.LateFrom
		}
		if slices.Contains(c.Grounds, WrongPerson) && c.State != InReview {
			from, why = c.OpenedAt, dossier.WrongPerson
			if !c.RepeatUntil.IsZero() {
				from = c.RepeatUntil
			}
		}
		hide(from, until, why)
	}
	switch c.State {
	case Open, TakenBack:
		if !c.RepeatUntil.IsZero() {
			s.DisputedFrom = c.RepeatUntil
		}
		if s.DisputedUntil = c.FinalAt; !c.FinalAt.IsZero() && c.FinalAt.Before(s.DisputedFrom) {
			s.DisputedFrom, s.DisputedUntil = time.Time{}, time.Time{}
		}
		running(c.FinalAt)
	case InReview:
		s.DisputedFrom = c.ReviewAt
		switch c.Result(First) {
		case Corrected:
			hide(c.ReviewAt, time.Time{}, dossier.Correction)
		case Unverifiable:
			hide(c.ReviewAt, time.Time{}, dossier.Unverifiable)
		default:
			running(time.Time{})
		}
	case Decided, Reviewed:
		s.DisputedFrom = time.Time{}
		c.settled(p, hide)
	default:
		return dossier.Shade{}
	}
	return s
}

// settled is what a decision makes of a record that it leaves.
func (c Contest) settled(p *law.Pack, hide func(from, until time.Time, why dossier.HideWhy)) {
	from := c.DecidedAt
	if !c.LateFrom.IsZero() {
		from = c.LateFrom
	}
	switch c.Result(c.Stage()) {
	case Corrected:
		hide(from, time.Time{}, dossier.Correction)
	case Unverifiable:
		hide(from, time.Time{}, dossier.Unverifiable)
	case Upheld:
		// Late and upheld: shown again when the person has the letter and the time
		// to ask for a review has run (rules D1).
		until := c.ReviewUntil
		if c.Stage() == Review {
			until = c.LetterAt
		}
		if !c.LateFrom.IsZero() {
			hide(c.LateFrom, until, dossier.Overdue)
		}
	}
}

// Result is what the decision of a stage makes of the record as a whole: the
// outcome that gives the person most. Empty while there is none.
func (c Contest) Result(s Stage) Outcome {
	var best Outcome
	for _, g := range c.Grounds {
		o, ok := c.Outcome(s, g)
		if !ok {
			return ""
		}
		if rank(o) > rank(best) {
			best = o
		}
	}
	if best == ByReference {
		return Upheld // only what was upheld is repeated
	}
	return best
}

func rank(o Outcome) int {
	switch o {
	case Withdrawn:
		return 4
	case Corrected:
		return 3
	case Unverifiable:
		return 2
	case Upheld, ByReference:
		return 1
	}
	return 0
}

// Partly reports whether the last decision gave the person some grounds and not
// others.
func (c Contest) Partly() bool {
	seen := map[bool]bool{}
	for _, g := range c.Grounds {
		if o, ok := c.Outcome(c.Stage(), g); ok {
			seen[rank(o) > 1] = true
		}
	}
	return len(seen) == 2
}

// The faults of the room that faces need to know.
var (
	ErrNotFound = fault.New(fault.NotFound, "E-CONTEST", "There is no such contest. Check the number.")
	ErrState    = fault.New(fault.Conflict, "E-CONTEST-STATE", "The contest has moved on, and this cannot be done any more. Nothing was changed; look at it anew.")
	ErrConflict = fault.New(fault.Forbidden, "E-CONTEST-INTEREST", "You cannot decide here: you, or the body that you act for, had a part in the matter. Nothing was changed; leave it to others.").By("D5")
	ErrUnseen   = fault.New(fault.Conflict, "E-CONTEST-UNSEEN", "You have not looked at the evidence yet. Nothing was changed; open the case, then decide.").By("D4")
)
