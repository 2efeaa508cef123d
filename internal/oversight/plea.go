package oversight

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Plea is one record that the ombudsman looks into: because its person asks, or on a
// number under which the ombudsman logged that they begin by themselves (rules H1). They
// may order a stay: the record is hidden at once, asked of whom answers for it by a day,
// and comes back when they lift it. It comes back by itself on its last day only where
// the answer was given in time: silence counts for the person. Nobody else lifts it.
type Plea struct {
	ID        ref.Plea
	Person    ref.Person
	Record    ref.Record
	Source    ref.Body // that filed the record
	Type      string
	Ombudsman ref.Body
	Why       Cause  // why the person asks; OwnAccord where the ombudsman began
	Number    string // of the ombudsman's log, where they began; empty else
	OpenedBy  ref.Clerk
	OpenedAt  time.Time
	Due       when.Date // last day to close it, or to order a stay

	StayedAt  time.Time // zero where there is no stay
	StayUntil when.Date // its last day, where it is answered in time
	StayEnds  time.Time // when that day is over
	Answers   ref.Body  // who has to answer: the source, or who runs the registry
	AnswerBy  when.Date
	AnswerEnd time.Time // when that day is over
	Answer    Reply     // empty while it waits
	Answered  time.Time
	Replied   ref.Clerk

	Outcome  Outcome // empty while it is open
	ClosedAt time.Time
	ClosedBy ref.Clerk
}

// Cause is why a person asks the ombudsman. The set is closed: nothing has to be proved.
type Cause string

// The causes.
const (
	NotHeard  Cause = "not heard"  // I said that it is wrong, and nobody dealt with it rightly
	NotTold   Cause = "not told"   // I was not told of it in time
	NoLaw     Cause = "no law"     // it should not be kept at all
	Harm      Cause = "harm"       // it does me harm that it should not
	OwnAccord Cause = "own accord" // the ombudsman began
)

// Causes returns every cause that a person may name, in the order in which people read
// them.
func Causes() []Cause { return []Cause{NotHeard, NotTold, NoLaw, Harm} }

// Reply is what who answers for a record says to a stay.
type Reply string

// The replies.
const (
	Stands  Reply = "stands"  // it is right, and the file shows it
	Mended  Reply = "mended"  // it was corrected or taken back
	Unknown Reply = "unknown" // it cannot be said yet
)

// Replies returns every reply, in the order in which people read them.
func Replies() []Reply { return []Reply{Stands, Mended, Unknown} }

// Outcome is what the ombudsman found.
type Outcome string

// The outcomes.
const (
	Founded   Outcome = "founded"   // something was wrong, and was put right
	Unfounded Outcome = "unfounded" // nothing was wrong
	Referred  Outcome = "referred"  // it belongs before a court or somebody else
)

// Outcomes returns every outcome, in the order in which people read them.
func Outcomes() []Outcome { return []Outcome{Founded, Unfounded, Referred} }

// Stayed reports whether the record is hidden by the plea at now, and until when as far
// as that is known; zero for until it is lifted.
func (p Plea) Stayed(now time.Time) (until time.Time, stayed bool) {
	until = p.Until()
	return until, !p.StayedAt.IsZero() && (until.IsZero() || now.Before(until))
}

// Until is when the stay ends: when it was lifted; on its last day where it was answered
// in time; else not before it is lifted.
func (p Plea) Until() time.Time {
	switch {
	case !p.ClosedAt.IsZero():
		return p.ClosedAt
	case !p.Answered.IsZero() && p.Answered.Before(p.AnswerEnd):
		return p.StayEnds
	}
	return time.Time{}
}

// Stay orders a stay until a day, asked of a body by another.
func (p Plea) Stay(by party.Clerk, o Order, now time.Time) (Plea, error) {
	switch {
	case by.Body.ID != p.Ombudsman:
		return p, ErrNoPlea
	case p.Outcome != "" || !p.StayedAt.IsZero():
		return p, errPleaState
	}
	p.StayedAt, p.StayUntil, p.StayEnds, p.Answers, p.AnswerBy, p.AnswerEnd = now, o.until, o.ends, o.Answers, o.answerBy, o.answerEnd
	return p, nil
}

// Reply is how who has to answer does; late too, which changes nothing of the stay.
func (p Plea) Reply(by party.Clerk, r Reply, now time.Time) (Plea, error) {
	switch {
	case p.StayedAt.IsZero() || by.Body.ID != p.Answers:
		return p, ErrNoPlea
	case p.Outcome != "" || p.Answer != "":
		return p, errPleaState
	case !known(r, Replies()):
		return p, errReply
	}
	p.Answer, p.Answered, p.Replied = r, now, by.ID
	return p, nil
}

// Close ends a plea, and its stay at once.
func (p Plea) Close(by party.Clerk, o Outcome, now time.Time) (Plea, error) {
	switch {
	case by.Body.ID != p.Ombudsman:
		return p, ErrNoPlea
	case p.Outcome != "":
		return p, errPleaState
	case !known(o, Outcomes()):
		return p, errOutcome
	}
	p.Outcome, p.ClosedAt, p.ClosedBy = o, now, by.ID
	return p, nil
}

// Order is what a stay orders.
type Order struct {
	Answers ref.Body // who has to answer
	Until   when.Date

	until     when.Date
	ends      time.Time
	answerBy  when.Date
	answerEnd time.Time
}

// Beginning is how the ombudsman begins by themselves: one record, by the number that
// its source has for it.
type Beginning struct {
	Source, Type, Number string // of the record
	Logged               string // number of the ombudsman's own log
}

// PleaStore keeps pleas. Each write takes the person's gate FOR UPDATE and is durable on
// return, with its event in the journal.
type PleaStore interface {
	// Plead keeps a plea, or returns the one that is open about its record.
	Plead(ctx context.Context, p Plea) (Plea, error)
	// Change reads a plea behind the gate and writes what do returns, and with it until
	// when the record is hidden; it may call do again. kind is that of its event.
	Change(ctx context.Context, id ref.Plea, kind string, do func(Plea) (Plea, error)) (Plea, error)
	Plea(ctx context.Context, id ref.Plea) (Plea, bool, error)
	// About returns the newest pleas about a record of a person, at most 20.
	About(ctx context.Context, p ref.Person, r ref.Record) ([]Plea, error)
	// Open returns what an ombudsman has not closed, those due first, at most limit.
	Open(ctx context.Context, ombudsman ref.Body, limit int) ([]Plea, error)
	// Asked returns the stays that wait for an answer of a body, those due first.
	Asked(ctx context.Context, answers ref.Body, limit int) ([]Plea, error)
	// ReadRecord gives the record of a plea, and writes the look to the person's list.
	ReadRecord(ctx context.Context, l PleaLook) (seal.Box, int32, error)
}

// PleaLook is a look of the ombudsman at a record, which leaves an access row.
type PleaLook struct {
	Plea   Plea
	Access ref.Inquiry
	Pack   string
	Clerk  ref.Clerk
	Body   ref.Body
	Trace  seal.Box
	Now    time.Time
}

// The faults of pleas. Nothing was changed where one of them is answered.
var (
	ErrNoPlea      = fault.New(fault.NotFound, "E-PLEA-NONE", "No such plea lies before you. Nothing was changed. Check the number.").By("H1")
	ErrNoOmbudsman = fault.New(fault.NotFound, "E-PLEA-NOBODY", "The rules name no ombudsman. Nothing was sent. Turn to the supervisor or to a court.").By("H1")
	errPleaRecord  = fault.New(fault.NotFound, "E-PLEA-RECORD", "There is no such record with a content that could be brought before the ombudsman. Nothing was sent. Check source, kind and number.").At("number").By("H1")
	errCause       = fault.New(fault.Invalid, "E-PLEA-WHY", "Choose why you turn to the ombudsman. Nothing was sent.").At("why").By("H1")
	errLogged      = fault.New(fault.Invalid, "E-PLEA-LOGGED", "Give the number under which you logged that you begin: 3 to 40 letters, digits, dashes or slashes. Nothing was changed.").At("logged").By("H1")
	errStayUntil   = fault.New(fault.Invalid, "E-PLEA-UNTIL", "A stay ends after the day for the answer and within the time that the rules give. Nothing was changed; choose such a day.").At("until").By("H1")
	errAnswers     = fault.New(fault.Invalid, "E-PLEA-ANSWERS", "Who has to answer is the source of the record or who runs the registry. Nothing was changed; choose one.").At("answers").By("H1")
	errReply       = fault.New(fault.Invalid, "E-PLEA-REPLY", "Say that the record stands, was mended, or that it cannot be said yet. Nothing was changed; choose one.").At("reply").By("H1")
	errOutcome     = fault.New(fault.Invalid, "E-PLEA-OUTCOME", "Say that it is founded, unfounded, or belongs elsewhere. Nothing was changed; choose one.").At("outcome").By("H1")
	errPleaState   = fault.New(fault.Conflict, "E-PLEA-STATE", "The plea has moved on, and this cannot be done any more. Nothing was changed; look at it anew.").By("H1")
)
