package consentpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/consent"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Ask is consent.Requests.Ask.
func (s *Store) Ask(ctx context.Context, hash [32]byte, a consent.Asked, expires time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		fresh, err := s.q.PutCode(ctx, tx, PutCodeParams{Hash: hash[:], Request: pgkit.UUID(a.ID), Body: pgkit.UUID(a.Body), Purpose: a.Purpose, Types: a.Types,
			Single: a.Single, UntilOn: pgkit.Day(a.Until), AskedAt: a.AskedAt, ExpiresAt: expires})
		if err != nil || fresh == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: a.ID, Kind: "consent.asked", At: a.AskedAt,
			Refs: map[string]string{"request": a.ID.String(), "body": a.Body.String(), "purpose": a.Purpose}})
	})
}

// Enter is consent.Requests.Enter.
func (s *Store) Enter(ctx context.Context, hash [32]byte, p ref.Person, now time.Time) (a consent.Asked, found bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		r, err := s.q.Enter(ctx, tx, EnterParams{Hash: hash[:], Person: pgkit.UUID(p), Now: now})
		if found = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		a = consent.Asked{ID: r.Request.Bytes, Person: p, Body: r.Body.Bytes, AskedAt: r.AskedAt, OpenedAt: now,
			Terms: consent.Terms{Purpose: r.Purpose, Types: r.Types, Single: r.Single, Until: pgkit.Date(r.UntilOn)}}
		fresh, err := s.q.PutRequest(ctx, tx, PutRequestParams{Person: pgkit.UUID(p), Request: r.Request, Body: r.Body, Purpose: r.Purpose, Types: r.Types,
			Single: r.Single, UntilOn: r.UntilOn, AskedAt: r.AskedAt, OpenedAt: now})
		if err != nil || fresh == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: "consent.requested", At: now,
			Refs: map[string]string{"request": a.ID.String(), "body": a.Body.String(), "purpose": a.Purpose}})
	})
	return a, found, err
}

// End is consent.Requests.End.
func (s *Store) End(ctx context.Context, p ref.Person, r ref.Request, how consent.Ending, now time.Time) (ended bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		body, err := s.q.EndRequest(ctx, tx, EndRequestParams{Person: pgkit.UUID(p), Request: pgkit.UUID(r), Now: now, Ending: string(how)})
		if ended = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: "consent.refused", At: now,
			Refs: map[string]string{"request": r.String(), "body": ref.Body(body.Bytes).String(), "how": string(how)}})
	})
	return ended, err
}

// OfPerson is consent.Requests.OfPerson.
func (s *Store) OfPerson(ctx context.Context, p ref.Person) ([]consent.Asked, error) {
	rows, err := s.q.Requests(ctx, s.pool, pgkit.UUID(p))
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]consent.Asked, len(rows))
	for i, r := range rows {
		out[i] = consent.Asked{ID: r.Request.Bytes, Person: p, Body: r.Body.Bytes, AskedAt: r.AskedAt, OpenedAt: r.OpenedAt, EndedAt: instant(r.EndedAt),
			Terms: consent.Terms{Purpose: r.Purpose, Types: r.Types, Single: r.Single, Until: pgkit.Date(r.UntilOn)}}
		if r.Ending != nil {
			out[i].Ending = consent.Ending(*r.Ending)
		}
	}
	return out, nil
}
