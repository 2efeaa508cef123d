// Package consentpg keeps consents in PostgreSQL.
//
// It promises what consent.Store and consent.Requests ask for.
package consentpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/consent"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Store is consent.Store and consent.Requests, on a pool of recourse_app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Put is consent.Store.Put.
func (s *Store) Put(ctx context.Context, g consent.Given, from ref.Request) (kept bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		kept = true
		if err := s.q.LockGate(ctx, tx, pgkit.UUID(g.Person)); err != nil {
			return err
		}
		refs := map[string]string{"consent": g.ID.String(), "body": g.Body.String(), "purpose": g.Purpose}
		if !from.IsZero() {
			arg := EndRequestParams{Person: pgkit.UUID(g.Person), Request: pgkit.UUID(from), Now: g.GivenAt, Ending: string(consent.ByGiving)}
			if _, err := s.q.EndRequest(ctx, tx, arg); errors.Is(err, pgx.ErrNoRows) {
				kept = false
				return nil
			} else if err != nil {
				return err
			}
			refs["request"] = from.String()
		}
		if err := s.q.Put(ctx, tx, PutParams{Person: pgkit.UUID(g.Person), Consent: pgkit.UUID(g.ID), Body: pgkit.UUID(g.Body), Purpose: g.Purpose, Types: g.Types,
			Single: g.Single, Started: g.Started, Crosses: g.Crosses, GivenAt: g.GivenAt, UsableFrom: g.UsableFrom, UntilAt: g.Until}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: g.Person, Kind: "consent.given", At: g.GivenAt, Refs: refs})
	})
	return kept, err
}

// Stop is consent.Store.Stop.
func (s *Store) Stop(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) {
	return s.change(ctx, p, c, "consent.stopped", now, func(tx pgx.Tx) (pgtype.UUID, error) {
		return s.q.Stop(ctx, tx, StopParams{Person: pgkit.UUID(p), Consent: pgkit.UUID(c), Now: now})
	})
}

// EndAll stops every consent of a person whose death is entered (rules F4). It joins the
// transaction of ctx.
func (s *Store) EndAll(ctx context.Context, p ref.Person, now time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
			return err
		}
		rows, err := s.q.StopAll(ctx, tx, StopAllParams{Person: pgkit.UUID(p), Now: now})
		if err != nil {
			return err
		}
		events := make([]pgkit.Event, len(rows))
		for i, r := range rows {
			events[i] = pgkit.Event{Stream: p, Kind: "consent.stopped", At: now, Refs: map[string]string{"consent": ref.Consent(r.Consent.Bytes).String(), "body": ref.Body(r.Body.Bytes).String()}}
		}
		return s.publisher.Publish(ctx, tx, events...)
	})
}

// Confirm is consent.Store.Confirm.
func (s *Store) Confirm(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) {
	return s.change(ctx, p, c, "consent.confirmed", now, func(tx pgx.Tx) (pgtype.UUID, error) {
		return s.q.Confirm(ctx, tx, ConfirmParams{Person: pgkit.UUID(p), Consent: pgkit.UUID(c), Now: now})
	})
}

// Narrow is consent.Store.Narrow.
func (s *Store) Narrow(ctx context.Context, p ref.Person, c ref.Consent, types []string, until, now time.Time) (bool, error) {
	return s.change(ctx, p, c, "consent.narrowed", now, func(tx pgx.Tx) (pgtype.UUID, error) {
		return s.q.Narrow(ctx, tx, NarrowParams{Person: pgkit.UUID(p), Consent: pgkit.UUID(c), Types: types, Until: until, Now: now})
	})
}

// change does something to one consent behind its person's gate, and publishes it where
// there was one to change.
func (s *Store) change(ctx context.Context, p ref.Person, c ref.Consent, kind string, now time.Time, do func(pgx.Tx) (pgtype.UUID, error)) (bool, error) {
	return s.behind(ctx, p, now, func(tx pgx.Tx) (string, map[string]string, error) {
		body, err := do(tx)
		return kind, map[string]string{"consent": c.String(), "body": ref.Body(body.Bytes).String()}, err
	})
}

// List is consent.Store.List.
func (s *Store) List(ctx context.Context, p ref.Person) ([]consent.Given, error) {
	rows, err := s.q.List(ctx, s.pool, pgkit.UUID(p))
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]consent.Given, len(rows))
	for i, r := range rows {
		out[i] = consent.Given{ID: r.Consent.Bytes, Person: p, Body: r.Body.Bytes, Purpose: r.Purpose, Types: r.Types, Single: r.Single, Started: r.Started, Crosses: r.Crosses,
			GivenAt: r.GivenAt, UsableFrom: r.UsableFrom, Until: r.UntilAt, StoppedAt: instant(r.StoppedAt), UsedAt: instant(r.UsedAt)}
	}
	return out, nil
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Uses is consent.Store.Uses.
func (s *Store) Uses(ctx context.Context, p ref.Person, c ref.Consent) ([]consent.Use, error) {
	rows, err := s.q.Uses(ctx, s.pool, UsesParams{Person: pgkit.UUID(p), Consent: pgkit.UUID(c)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]consent.Use, len(rows))
	for i, r := range rows {
		out[i] = consent.Use{Inquiry: r.Access.Bytes, At: r.At}
	}
	return out, nil
}
