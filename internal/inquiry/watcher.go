package inquiry

import (
	"context"
	"time"

	"recourse/internal/party"
	"recourse/internal/ref"
)

// StaffLook is an answer to a member of staff that nobody signed for, before it leaves.
type StaffLook struct {
	Person  ref.Person // a key that names nobody where the identifier has no file
	Access  ref.Inquiry
	Clerk   party.Clerk
	Purpose string  // as the access row has it
	Outcome Outcome // as the body is told
	At      time.Time
}

// Watcher looks after how staff asks (rules H4).
type Watcher interface {
	// Looked is told of every answer that leaves without a signature of the body under
	// its question, repeats too. Where it fails the answer stays: a look that could not be
	// watched is not given away. It tells nobody about it and changes no answer.
	Looked(ctx context.Context, l StaffLook) error
}

// watched tells who watches of an answer that is about to leave. What a body signed it
// answers for itself.
func (s *Service) watched(ctx context.Context, clerk party.Clerk, r Request, ask Ask, a Answer) error {
	if s.Watcher == nil || r.Proof != nil {
		return nil
	}
	return s.Watcher.Looked(ctx, StaffLook{Person: ask.Person, Access: ask.Access, Clerk: clerk, Purpose: ask.Purpose, Outcome: a.Outcome, At: ask.Now})
}
