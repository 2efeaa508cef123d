// Package consentpg keeps consents in PostgreSQL.
//
// It promises what consent.Store asks for: whoever gives or stops holds the
// person's gate FOR UPDATE until the commit.
package consentpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/consent"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Store is consent.Store on the pool of the app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store on a pool of recourse_app.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Put keeps a consent.
func (s *Store) Put(ctx context.Context, g consent.Given) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.LockGate(ctx, tx, pgkit.UUID(g.Person)); err != nil {
			return err
		}
		if err := s.q.Put(ctx, tx, PutParams{Person: pgkit.UUID(g.Person), Consent: pgkit.UUID(g.ID), Body: pgkit.UUID(g.Body),
			Purpose: g.Purpose, GivenAt: g.GivenAt, UsableFrom: g.UsableFrom, UntilAt: g.Until}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: g.Person, Kind: "consent.given", At: g.GivenAt,
			Refs: map[string]string{"consent": g.ID.String(), "body": g.Body.String(), "purpose": g.Purpose}})
	})
}

// Stop ends a consent.
func (s *Store) Stop(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) {
	stopped := false
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
			return err
		}
		body, err := s.q.Stop(ctx, tx, StopParams{Person: pgkit.UUID(p), Consent: pgkit.UUID(c), Now: now})
		if errors.Is(err, pgx.ErrNoRows) {
			stopped = false
			return nil
		}
		if err != nil {
			return err
		}
		stopped = true
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: "consent.stopped", At: now,
			Refs: map[string]string{"consent": c.String(), "body": ref.Body(body.Bytes).String()}})
	})
	return stopped, err
}

// List returns a person's consents, newest first.
func (s *Store) List(ctx context.Context, p ref.Person) ([]consent.Given, error) {
	rows, err := s.q.List(ctx, s.pool, pgkit.UUID(p))
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]consent.Given, len(rows))
	for i, r := range rows {
		out[i] = consent.Given{ID: r.Consent.Bytes, Person: p, Body: r.Body.Bytes, Purpose: r.Purpose,
			GivenAt: r.GivenAt, UsableFrom: r.UsableFrom, Until: r.UntilAt}
		if r.StoppedAt != nil {
			out[i].StoppedAt = *r.StoppedAt
		}
	}
	return out, nil
}
