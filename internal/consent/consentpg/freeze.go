package consentpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/consent"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// behind does something behind a person's gate, and publishes it where it did
// something.
func (s *Store) behind(ctx context.Context, p ref.Person, now time.Time, do func(pgx.Tx) (kind string, refs map[string]string, err error)) (changed bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
			return err
		}
		kind, refs, err := do(tx)
		if changed = err == nil && kind != ""; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil || !changed {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: kind, At: now, Refs: refs})
	})
	return changed, err
}

// Place is consent.Freezes.Place.
func (s *Store) Place(ctx context.Context, p ref.Person, f ref.Freeze, now time.Time) (bool, error) {
	return s.behind(ctx, p, now, func(tx pgx.Tx) (string, map[string]string, error) {
		n, err := s.q.Place(ctx, tx, PlaceParams{Person: pgkit.UUID(p), Number: pgkit.UUID(f), PlacedAt: now})
		if n == 0 {
			return "", nil, err
		}
		return "consent.frozen", map[string]string{"freeze": f.String()}, err
	})
}

// LiftAll is consent.Freezes.LiftAll.
func (s *Store) LiftAll(ctx context.Context, p ref.Person, now time.Time) (bool, error) {
	return s.behind(ctx, p, now, func(tx pgx.Tx) (string, map[string]string, error) {
		id, err := s.q.LiftAll(ctx, tx, LiftAllParams{Person: pgkit.UUID(p), Now: now})
		return "consent.unfrozen", freezeRef(id), err
	})
}

// Undo is consent.Freezes.Undo.
func (s *Store) Undo(ctx context.Context, p ref.Person, after, now time.Time) (bool, error) {
	return s.behind(ctx, p, now, func(tx pgx.Tx) (string, map[string]string, error) {
		id, err := s.q.UndoLift(ctx, tx, UndoLiftParams{Person: pgkit.UUID(p), After: after})
		return "consent.frozen-again", freezeRef(id), err
	})
}

func freezeRef(id pgtype.UUID) map[string]string {
	return map[string]string{"freeze": ref.Freeze(id.Bytes).String()}
}

// LiftFor is consent.Freezes.LiftFor.
func (s *Store) LiftFor(ctx context.Context, p ref.Person, l consent.Lift) error {
	_, err := s.behind(ctx, p, l.GivenAt, func(tx pgx.Tx) (string, map[string]string, error) {
		err := s.q.LiftFor(ctx, tx, LiftForParams{Person: pgkit.UUID(p), Lift: pgkit.UUID(l.ID), Body: pgkit.UUID(l.Body), GivenAt: l.GivenAt, UntilAt: l.Until})
		return "consent.lifted-for", map[string]string{"lift": l.ID.String(), "body": l.Body.String()}, err
	})
	return err
}

// StopLift is consent.Freezes.StopLift.
func (s *Store) StopLift(ctx context.Context, p ref.Person, l ref.Lift, now time.Time) (bool, error) {
	return s.behind(ctx, p, now, func(tx pgx.Tx) (string, map[string]string, error) {
		body, err := s.q.StopLift(ctx, tx, StopLiftParams{Person: pgkit.UUID(p), Lift: pgkit.UUID(l), Now: now})
		return "consent.lift-stopped", map[string]string{"lift": l.String(), "body": ref.Body(body.Bytes).String()}, err
	})
}

// Frozen is consent.Freezes.Frozen.
func (s *Store) Frozen(ctx context.Context, p ref.Person) (freezes []consent.Freeze, lifts []consent.Lift, err error) {
	rows, err := s.q.Freezes(ctx, s.pool, pgkit.UUID(p))
	if err != nil {
		return nil, nil, pgkit.Clean(err)
	}
	for _, r := range rows {
		freezes = append(freezes, consent.Freeze{ID: r.Number.Bytes, PlacedAt: r.PlacedAt, LiftedAt: pgkit.Instant(r.LiftedAt)})
	}
	given, err := s.q.Lifts(ctx, s.pool, pgkit.UUID(p))
	for _, r := range given {
		lifts = append(lifts, consent.Lift{ID: r.Lift.Bytes, Body: r.Body.Bytes, GivenAt: r.GivenAt, Until: r.UntilAt, StoppedAt: pgkit.Instant(r.StoppedAt)})
	}
	return freezes, lifts, pgkit.Clean(err)
}
