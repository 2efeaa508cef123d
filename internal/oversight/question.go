package oversight

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Question is a look at a file that its person questions. A supervisor of the body that
// looked answers it by a day; what is left lying goes to another who is independent of
// who runs the registry, without anybody doing anything.
type Question struct {
	ID         ref.Question
	Person     ref.Person
	Access     ref.Inquiry // of the look; there is one question about each
	Body       ref.Body    // that looked
	Purpose    string
	LookedAt   time.Time
	Why        Doubt
	AskedAt    time.Time
	Due        when.Date // last day for the answer
	DueAt      time.Time // when that day is over
	Supervisor ref.Body
	Beyond     ref.Body  // who may answer too once it is overdue
	Finding    Finding   // empty while it waits
	FoundBy    ref.Clerk // zero while it waits
	FoundFor   ref.Body  // the supervisor that answered
	FoundAt    time.Time
}

// Doubt is why a person questions a look. The set is closed: a person needs to prove
// nothing.
type Doubt string

// The doubts.
const (
	UnknownBody  Doubt = "unknown body"  // I have nothing to do with this body
	NothingAsked Doubt = "nothing asked" // I did not apply for anything, nothing was decided
	NoConsent    Doubt = "no consent"    // I did not allow it
	TooMuch      Doubt = "too much"      // they had no need to see this
	OtherPerson  Doubt = "somebody else" // it may be meant for somebody else
	NoReason     Doubt = "for no reason" // I want to know why
)

// Doubts returns every doubt, in the order in which people read them.
func Doubts() []Doubt {
	return []Doubt{NoReason, UnknownBody, NothingAsked, NoConsent, TooMuch, OtherPerson}
}

// Finding is what a supervisor found about a look.
type Finding string

// The findings.
const (
	Lawful   Finding = "lawful"   // the body showed why, and it was allowed to
	Mistaken Finding = "mistaken" // it looked by mistake, and says so
	Unshown  Finding = "unshown"  // it could not show why
	Unlawful Finding = "unlawful" // it was not allowed to
)

// Findings returns every finding, in the order in which people read them.
func Findings() []Finding { return []Finding{Lawful, Mistaken, Unshown, Unlawful} }

// FindingYears is how long a finding is kept at most: it is about somebody on staff too
// (rules H4).
const FindingYears = 2

func known[T ~string](one T, all []T) bool {
	for _, o := range all {
		if o == one {
			return true
		}
	}
	return false
}

// Overdue reports whether nobody answered in time.
func (q Question) Overdue(now time.Time) bool { return q.Finding == "" && !now.Before(q.DueAt) }

// Before reports whether a question lies before a supervisor: its own, and once it is
// overdue the one beyond it.
func (q Question) Before(body ref.Body, now time.Time) bool {
	if q.Finding != "" {
		return body == q.FoundFor
	}
	return body == q.Supervisor || body == q.Beyond && q.Overdue(now)
}

// Answer is what a supervisor found. Who answers is of a supervisor before which it
// lies, and never of the body that looked.
func (q Question) Answer(by party.Clerk, f Finding, now time.Time) (Question, error) {
	switch {
	case !q.Before(by.Body.ID, now) || by.Body.ID == q.Body:
		return q, ErrNoQuestion
	case q.Finding != "":
		return q, errAnswered
	case !known(f, Findings()):
		return q, errFinding
	}
	q.Finding, q.FoundBy, q.FoundFor, q.FoundAt = f, by.ID, by.Body.ID, now
	return q, nil
}

// Look is a look at a person's file as far as a question is about it.
type Look struct {
	Access  ref.Inquiry
	Body    ref.Body // zero where the person looked
	Purpose string
	At      time.Time
}

// OwnLooks knows who looked at a person's file.
type OwnLooks interface {
	Look(ctx context.Context, p ref.Person, access ref.Inquiry) (Look, bool, error)
}

// QuestionStore keeps questions. Every write is durable on return, with its event in
// the journal.
type QuestionStore interface {
	// Ask keeps a question, or returns the one that there is about its look.
	Ask(ctx context.Context, q Question) (Question, error)
	// About returns the question about a look of a person; false where there is none.
	About(ctx context.Context, p ref.Person, access ref.Inquiry) (Question, bool, error)
	// Question finds a question by its number.
	Question(ctx context.Context, id ref.Question) (Question, bool, error)
	// Waiting returns what lies before a supervisor unanswered, those due first.
	Waiting(ctx context.Context, supervisor ref.Body, now time.Time, limit int) ([]Question, error)
	// Answer keeps a finding; false where there is one already.
	Answer(ctx context.Context, q Question) (bool, error)
}

// Watch is how persons question looks, and supervisors answer.
type Watch struct {
	Store  QuestionStore
	Looks  OwnLooks
	Shelf  law.Shelf
	Chance ref.Minter
	Bodies func(ref.Body) (code string, ok bool)
	Body   func(ctx context.Context, code string) (party.Body, error)
}

// mostWaiting is how many questions a supervisor is shown at once.
const mostWaiting = 200

// Ask questions a look at the person's own file. Asking again is no second question.
func (w *Watch) Ask(ctx context.Context, p ref.Person, access ref.Inquiry, why Doubt, now time.Time) (Question, error) {
	if !known(why, Doubts()) {
		return Question{}, errDoubt
	}
	if p.IsZero() {
		return Question{}, errNoLook
	}
	look, found, err := w.Looks.Look(ctx, p, access)
	switch {
	case err != nil:
		return Question{}, err
	case !found || look.Body.IsZero():
		return Question{}, errNoLook
	}
	q := Question{Person: p, Access: access, Body: look.Body, Purpose: look.Purpose, LookedAt: look.At, Why: why, AskedAt: now}
	pack := w.Shelf.At(now)
	if q.Due, err = pack.QuestionBy(pack.Today(now)); err != nil {
		return Question{}, err
	}
	q.DueAt = q.Due.AddDays(1).Start(pack.Zone).UTC()
	code, _ := w.Bodies(look.Body)
	first, beyond := pack.SupervisorOf(code)
	for of, to := range map[*ref.Body]string{&q.Supervisor: first, &q.Beyond: beyond} {
		body, err := w.Body(ctx, to)
		if err != nil {
			return Question{}, errNoSupervisor.Because(err)
		}
		*of = body.ID
	}
	if q.ID, err = ref.Mint[ref.Question](w.Chance); err != nil {
		return Question{}, err
	}
	return w.Store.Ask(ctx, q)
}

// About returns the question of a person about a look; false where there is none.
func (w *Watch) About(ctx context.Context, p ref.Person, access ref.Inquiry) (Question, bool, error) {
	if p.IsZero() {
		return Question{}, false, nil
	}
	return w.Store.About(ctx, p, access)
}

// Waiting returns what lies before the body of a supervisor's clerk.
func (w *Watch) Waiting(ctx context.Context, by party.Clerk, now time.Time) ([]Question, error) {
	if !by.Desks.Has(party.Supervises) {
		return nil, party.ErrMandate
	}
	return w.Store.Waiting(ctx, by.Body.ID, now, mostWaiting)
}

// Find returns a question that lies before the body of a supervisor's clerk, or that it
// answered. Every other is not there.
func (w *Watch) Find(ctx context.Context, by party.Clerk, id ref.Question, now time.Time) (Question, error) {
	q, found, err := w.Store.Question(ctx, id)
	if err == nil && (!found || !by.Desks.Has(party.Supervises) || !q.Before(by.Body.ID, now)) {
		return Question{}, ErrNoQuestion
	}
	return q, err
}

// Answer answers a question as a supervisor. The person is told.
func (w *Watch) Answer(ctx context.Context, by party.Clerk, id ref.Question, f Finding, now time.Time) (Question, error) {
	q, err := w.Find(ctx, by, id, now)
	if err != nil {
		return Question{}, err
	}
	if q, err = q.Answer(by, f, now); err != nil {
		return Question{}, err
	}
	done, err := w.Store.Answer(ctx, q)
	if err == nil && !done {
		err = errAnswered
	}
	return q, err
}

// The faults of questions. Nothing was changed where one of them is answered.
var (
	ErrNoQuestion   = fault.New(fault.NotFound, "E-QUESTION-NONE", "No such question lies before your body. Nothing was changed. Check the number.")
	errAnswered     = fault.New(fault.Conflict, "E-QUESTION-ANSWERED", "This question was answered already. Nothing was changed. Open it to read what was found.")
	errFinding      = fault.New(fault.Invalid, "E-QUESTION-FINDING", "What was found is lawful, mistaken, unshown or unlawful. Nothing was changed; choose one.").At("finding")
	errDoubt        = fault.New(fault.Invalid, "E-QUESTION-WHY", "Choose what you doubt about this look-up. Nothing was sent.").At("why")
	errNoLook       = fault.New(fault.NotFound, "E-QUESTION-LOOK", "There is no such look-up in your list that you can question. Nothing was sent. Check the number.")
	errNoSupervisor = fault.New(fault.Unavailable, "E-QUESTION-NOBODY", "The rules name no supervisor that is independent of the registry. Nothing was sent. Tell the operator.")
)
