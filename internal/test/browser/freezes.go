package browser

import (
	"context"
	"slices"
	"time"

	"recourse/internal/consent"
	"recourse/internal/ref"
)

// Place keeps a freeze where none stands.
func (s *consents) Place(_ context.Context, p ref.Person, f ref.Freeze, now time.Time) (bool, error) {
	return s.held(func() bool {
		if all := s.freezes[p]; len(all) > 0 && all[0].LiftedAt.IsZero() {
			return false
		}
		s.freezes[p] = append([]consent.Freeze{{ID: f, PlacedAt: now}}, s.freezes[p]...)
		return true
	})
}

// LiftAll lifts the freeze that stands.
func (s *consents) LiftAll(_ context.Context, p ref.Person, now time.Time) (bool, error) {
	return s.held(func() bool {
		all := s.freezes[p]
		if len(all) == 0 || !all[0].LiftedAt.IsZero() {
			return false
		}
		all[0].LiftedAt = now
		return true
	})
}

// Undo lets the freeze stand again that was lifted last.
func (s *consents) Undo(_ context.Context, p ref.Person, after, _ time.Time) (bool, error) {
	return s.held(func() bool {
		all := s.freezes[p]
		if len(all) == 0 || !all[0].LiftedAt.After(after) {
			return false
		}
		all[0].LiftedAt = time.Time{}
		return true
	})
}

// LiftFor keeps a lift.
func (s *consents) LiftFor(_ context.Context, p ref.Person, l consent.Lift) error {
	_, err := s.held(func() bool { s.lifts[p] = append([]consent.Lift{l}, s.lifts[p]...); return true })
	return err
}

// StopLift takes a lift back.
func (s *consents) StopLift(_ context.Context, p ref.Person, l ref.Lift, now time.Time) (bool, error) {
	return s.held(func() bool {
		for i, o := range s.lifts[p] {
			if o.ID == l && o.Stands(now) {
				s.lifts[p][i].StoppedAt = now
				return true
			}
		}
		return false
	})
}

// Frozen returns what is kept.
func (s *consents) Frozen(_ context.Context, p ref.Person) (freezes []consent.Freeze, lifts []consent.Lift, err error) {
	_, err = s.held(func() bool { freezes, lifts = slices.Clone(s.freezes[p]), slices.Clone(s.lifts[p]); return true })
	return freezes, lifts, err
}
