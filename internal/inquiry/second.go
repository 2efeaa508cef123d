package inquiry

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Pending is a request for a sensitive type, which a second person of the same
// body has to confirm (rules G4). It holds no word of what is asked and about
// whom, only a mark: who confirms enters both again, from the body's own file.
type Pending struct {
	Inquiry  ref.Inquiry // the number that the inquiry will have
	Body     ref.Body
	Purpose  string
	Question [16]byte // mark of basis, purpose, case and identifier
	By       Hand
	At       time.Time
	Until    time.Time // when it ends by itself, confirmed or not
	Second   Hand      // zero until it is confirmed
}

// Hand is a clerk as a request names them.
type Hand struct {
	Clerk       ref.Clerk
	StaffNumber string
}

// Confirmed reports whether a second person confirmed.
func (p Pending) Confirmed() bool { return !p.Second.Clerk.IsZero() }

// Confirmation is what a second person enters.
type Confirmation struct {
	Inquiry  ref.Inquiry
	Body     ref.Body
	Question [16]byte
	By       Hand
	Now      time.Time
}

// Seconds keeps requests that wait for a second person. What it is given is durable
// on return, with its event in the journal.
type Seconds interface {
	// Await keeps a request where its number is new, and returns what is kept.
	Await(ctx context.Context, p Pending) (Pending, error)
	// Confirm confirms the request of that number where it is the body's, open, of
	// another clerk, not confirmed, and asks the same. It reports whether it did.
	Confirm(ctx context.Context, c Confirmation) (bool, error)
	// Find returns a body's request that has not ended.
	Find(ctx context.Context, body ref.Body, id ref.Inquiry, now time.Time) (Pending, bool, error)
	// Waiting returns at most limit of a body's requests that wait, oldest first.
	Waiting(ctx context.Context, body ref.Body, now time.Time, limit int) ([]Pending, error)
}

// secondWithin is how long a request waits for a second person, and how long its
// answer can be asked for then.
const secondWithin = 24 * time.Hour

// mostWaiting is how many requests of one body are listed.
const mostWaiting = 200

// The refusals of two people's requests. None depends on the person asked about.
var (
	errOver = fault.New(fault.Conflict, "E-SECOND-OVER",
		"This request ended before it was answered. Nothing was looked up. Ask again with a new Idempotency-Key.").By("G4")
	errOther = fault.New(fault.Conflict, "E-SECOND-KEY",
		"This Idempotency-Key was used for another question that waits for a second person. Nothing was looked up. Use a new key.").By("G4")
	errSelf = fault.New(fault.Refused, "E-SECOND-SELF",
		"You asked this yourself. Another person of your body has to confirm it. Nothing was changed.").By("G4")
	errDiffers = fault.New(fault.Invalid, "E-SECOND-DIFFERS",
		"What you entered is not what was asked under this number. Nothing was changed. Check purpose, case and identifier against your file; if they are right, the first question was wrong.").By("G4")
	errNoPending = fault.New(fault.NotFound, "E-SECOND-NONE",
		"Your body has no request of this number that waits. It may have been confirmed or have ended. Nothing was changed.").By("G4")
)

// Awaited is the code of the fault that says that a request waits for a second
// person.
const Awaited = "E-SECOND"

// errWaits says that a request waits, and what for.
func errWaits(p Pending) error {
	return fault.Newf(fault.Conflict, Awaited,
		"Another person of your body has to confirm this request: its number is %s, and it ends on %s. Nothing was looked up yet. When it is confirmed, send it again with the same Idempotency-Key.",
		p.Inquiry, p.Until.UTC().Format(time.RFC3339)).By("G4")
}

func (s *Service) question(ctx context.Context, body ref.Body, r Request) ([16]byte, error) {
	marks, err := s.Marker.MatterMarks(ctx, body, [][]byte{r.digest("question", true)})
	if err != nil {
		return [16]byte{}, err
	}
	return marks[0], nil
}

// second returns who confirmed a request. Where nobody did, it waits from now on,
// and the error says so.
func (s *Service) second(ctx context.Context, clerk party.Clerk, r Request, now time.Time) (Hand, error) {
	asked, err := s.question(ctx, clerk.Body.ID, r)
	if err != nil {
		return Hand{}, err
	}
	p, err := s.Seconds.Await(ctx, Pending{Inquiry: keyed(clerk.ID, r.Key), Body: clerk.Body.ID, Purpose: r.Purpose, Question: asked,
		By: hand(clerk), At: now, Until: now.Add(secondWithin)})
	switch {
	case err != nil:
		return Hand{}, err
	case p.Question != asked:
		return Hand{}, errOther
	case !now.Before(p.Until):
		return Hand{}, errOver
	case !p.Confirmed():
		return Hand{}, errWaits(p)
	}
	return p.Second, nil
}

// NumberOf is the number that an inquiry of a clerk with a key has.
func NumberOf(c ref.Clerk, key string) ref.Inquiry { return keyed(c, key) }

func hand(c party.Clerk) Hand { return Hand{Clerk: c.ID, StaffNumber: c.StaffNumber} }

// Confirm confirms a request of another clerk of the same body: the question is
// entered again and must be the same. Who asked gets the answer when they ask
// once more.
func (s *Service) Confirm(ctx context.Context, clerk party.Clerk, id ref.Inquiry, r Request, now time.Time) error {
	permit, err := Decide(s.Shelf.At(now), clerk.Body.Code, r, now)
	if err != nil {
		return err
	}
	if !permit.Right || !permit.Second {
		return errNoPending
	}
	asked, err := s.question(ctx, clerk.Body.ID, r)
	if err != nil {
		return err
	}
	done, err := s.Seconds.Confirm(ctx, Confirmation{Inquiry: id, Body: clerk.Body.ID, Question: asked, By: hand(clerk), Now: now})
	if done || err != nil {
		return err
	}
	p, found, err := s.Seconds.Find(ctx, clerk.Body.ID, id, now)
	switch {
	case err != nil:
		return err
	case !found:
		return errNoPending
	case p.By.Clerk == clerk.ID:
		return errSelf
	case p.Question != asked:
		return errDiffers
	case p.Second.Clerk == clerk.ID:
		return nil // sent twice
	}
	return errNoPending
}

// Waiting returns the requests of a clerk's body that wait for a second person.
func (s *Service) Waiting(ctx context.Context, clerk party.Clerk, now time.Time) ([]Pending, error) {
	return s.Seconds.Waiting(ctx, clerk.Body.ID, now, mostWaiting)
}

// Pending returns the request of a clerk's body under a number.
func (s *Service) Pending(ctx context.Context, clerk party.Clerk, id ref.Inquiry, now time.Time) (Pending, error) {
	p, found, err := s.Seconds.Find(ctx, clerk.Body.ID, id, now)
	if err == nil && !found {
		err = errNoPending
	}
	return p, err
}
