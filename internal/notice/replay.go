package notice

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
)

// MostReplayable is how many of a body's changes can be asked for again: those that it was
// told of last.
const MostReplayable = 20

// ErrChangeWaits is the answer for a change that is on its way by itself.
var ErrChangeWaits = fault.New(fault.Conflict, "E-CHANGE-WAITS", "This change is still being sent, or was given up and is sent again with all that was never taken. Nothing was sent.")

// Replayable reports whether a change can be sent again for whoever tries a receiver: it
// is neither on its way nor given up.
func (c Change) Replayable() bool { return c.NextAt.IsZero() && c.DeadAt.IsZero() }

// Latest returns what a body was told last, newest first.
func (s *Inbox) Latest(ctx context.Context, body ref.Body) ([]Change, error) {
	return s.Changes.Latest(ctx, body, MostReplayable)
}

// Replay sends one of a body's own changes to its webhook once more, for who tries a
// receiver: the same message under the same id, by which a receiver knows that it had it,
// signed as the webhook's messages are. It changes nothing of what the person sees. A
// receiver that does not take it is an error of the Poster; nobody tries it again.
func (s *Inbox) Replay(ctx context.Context, body ref.Body, id ref.Change, by ref.Clerk, now time.Time) error {
	hook, err := s.HookOf(ctx, body)
	if err != nil {
		return err
	}
	c, found, err := s.Changes.Replayed(ctx, body, id, by, now)
	switch {
	case err != nil:
		return err
	case !found:
		return ErrNoChange
	}
	c.Hook = hook.ID
	message, err := s.message(ctx, Push{Change: c, URL: hook.URL}, now)
	if err != nil {
		return err
	}
	return s.Poster.Post(ctx, message)
}
