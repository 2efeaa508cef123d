package party

import (
	"context"
	"time"

	"recourse/internal/ref"
)

// Knock is a way to a door and back: who sets out comes back once, in the same
// browser, within ten minutes.
type Knock struct {
	Door    string      // code of a provider
	Session ref.Session // whose holder proves anew who they are; zero for a sign-in
	Until   time.Time
}

// knocking is how long a way may take.
const knocking = 10 * time.Minute

// KnockStore keeps the ways that are under way. Every write is durable on return.
type KnockStore interface {
	PutKnock(ctx context.Context, hash [32]byte, k Knock) error
	// TakeKnock returns a way and forgets it, so that of two who come back one is let in.
	TakeKnock(ctx context.Context, hash [32]byte) (Knock, bool, error)
}

// SetOut notes that a browser that holds a secret goes to a door.
func (s *Service) SetOut(ctx context.Context, secret string, k Knock, now time.Time) error {
	k.Until = now.Add(knocking)
	return s.Knocks.PutKnock(ctx, hashOf(secret), k)
}

// ComeBack returns the way on which a browser with a secret is, once, from the door
// where it set out for. ErrKnock where there is none.
func (s *Service) ComeBack(ctx context.Context, secret, door string, now time.Time) (Knock, error) {
	k, found, err := s.Knocks.TakeKnock(ctx, hashOf(secret))
	if err == nil && (!found || k.Door != door || !now.Before(k.Until)) {
		err = ErrKnock
	}
	return k, err
}

// drafting is how long what somebody wrote waits for them.
const drafting = 30 * time.Minute

// DraftStore keeps sealed drafts. Every write is durable on return.
type DraftStore interface {
	PutDraft(ctx context.Context, id [32]byte, h Holder, sealed []byte, until time.Time) error
	// Draft returns a holder's draft that is not over; false where there is none.
	Draft(ctx context.Context, id [32]byte, h Holder, now time.Time) ([]byte, bool, error)
}

// KeepDraft keeps a sealed draft of whose the sign-in of a secret is, or was until a
// limit ended it. False where nobody is known by it, or they have no file.
func (s *Service) KeepDraft(ctx context.Context, secret string, id [32]byte, sealed []byte, now time.Time) (bool, error) {
	h, found, err := s.Held(ctx, secret, now)
	if err != nil || !found || h.IsZero() {
		return false, err
	}
	return true, s.Drafts.PutDraft(ctx, id, h, sealed, now.Add(drafting))
}
