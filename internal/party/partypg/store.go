// Package partypg keeps parties in PostgreSQL.
//
// It promises what party.Store asks for. It writes to schema party only, and
// reads no sealed content but through the wall.
package partypg

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Store is party.Store on the pool of the app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
	together  *pgkit.Together[asking, asker]
}

// NewStore returns a Store on a pool of recourse_app.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	s := &Store{pool: pool, publisher: publisher}
	s.together = &pgkit.Together[asking, asker]{Call: s.askers, Most: 32}
	return s
}

// Body finds a body of the pack by its code.
func (s *Store) Body(ctx context.Context, code string) (party.Body, error) {
	row, err := s.q.BodyByCode(ctx, s.pool, code)
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Body{}, fault.New(fault.NotFound, "E-BODY", "The pack knows no body of this code. List the bodies with: recourse body list").At("body")
	}
	return party.Body{ID: row.Body.Bytes, Code: row.Code}, pgkit.Clean(err)
}

// BodyCodes returns all bodies ever known.
func (s *Store) BodyCodes(ctx context.Context) (map[ref.Body]string, error) {
	rows, err := s.q.AllBodies(ctx, s.pool)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make(map[ref.Body]string, len(rows))
	for _, r := range rows {
		out[r.Body.Bytes] = r.Code
	}
	return out, nil
}

// PutClerk keeps a clerk with a training record and mandates, and publishes it.
func (s *Store) PutClerk(ctx context.Context, c party.Clerk, from when.Date, now time.Time) (party.Clerk, error) {
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		id, err := s.q.PutClerk(ctx, tx, PutClerkParams{
			Clerk: pgkit.UUID(c.ID), Body: pgkit.UUID(c.Body.ID), StaffNumber: c.StaffNumber, TrainedUntil: pgkit.Day(c.TrainedUntil), MadeAt: now})
		if err != nil {
			return err
		}
		event := ref.Event(c.ID) // fresh for each call, so a repeat is an event of its own
		c.ID = id.Bytes
		if err := s.q.PutTraining(ctx, tx, PutTrainingParams{Clerk: id, NotedAt: now, UntilOn: pgkit.Day(c.TrainedUntil)}); err != nil {
			return err
		}
		if err := s.q.PutMandate(ctx, tx, PutMandateParams{Clerk: id, LentBy: id, Desks: strings.Fields(string(c.Desks)), FromOn: pgkit.Day(from), UntilOn: pgkit.Day(c.TrainedUntil), MadeAt: now}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{ID: event, Stream: c.Body.ID, Kind: "party.clerk-kept", At: now,
			Refs: map[string]string{"clerk": c.ID.String(), "trained_until": c.TrainedUntil.String()}})
	})
	return c, err
}

// PutCredential keeps a token's hash.
func (s *Store) PutCredential(ctx context.Context, hash [32]byte, clerk ref.Clerk, now, expires time.Time) error {
	return pgkit.Clean(s.q.PutCredential(ctx, s.pool, PutCredentialParams{TokenHash: hash[:], Clerk: pgkit.UUID(clerk), MadeAt: now, ExpiresAt: expires}))
}

// RevokeCredentials ends all tokens of a clerk, and then what was signed in with one.
func (s *Store) RevokeCredentials(ctx context.Context, clerk ref.Clerk, now time.Time) (n int64, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if n, err = s.q.RevokeCredentials(ctx, tx, RevokeCredentialsParams{Clerk: pgkit.UUID(clerk), RevokedAt: &now}); err != nil {
			return err
		}
		return s.q.EndClerk(ctx, tx, pgkit.UUID(clerk))
	})
	return n, err
}

// ClerkByCredential finds the clerk of a valid token.
func (s *Store) ClerkByCredential(ctx context.Context, hash [32]byte, now time.Time, today when.Date) (party.Clerk, bool, error) {
	row, err := s.q.ClerkByCredential(ctx, s.pool, ClerkByCredentialParams{TokenHash: hash[:], Now: now, Today: pgkit.Day(today)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Clerk{}, false, nil
	}
	if err != nil {
		return party.Clerk{}, false, pgkit.Clean(err)
	}
	return party.Clerk{ID: row.Clerk.Bytes, Body: party.Body{ID: row.Body.Bytes, Code: row.Code},
		StaffNumber: row.StaffNumber, TrainedUntil: pgkit.Date(row.TrainedUntil), Desks: party.SetOf(desks(row.Desks)...)}, true, nil
}

func desks(words []string) []party.Desk {
	out := make([]party.Desk, len(words))
	for i, w := range words {
		out[i] = party.Desk(w)
	}
	return out
}

func words(desks []party.Desk) []string {
	out := make([]string, len(desks))
	for i, d := range desks {
		out[i] = string(d)
	}
	return out
}

// PersonByToken finds a person under any of the tokens of one identifier.
func (s *Store) PersonByToken(ctx context.Context, tokens []party.Token) (ref.Person, bool, error) {
	if len(tokens) == 0 {
		return ref.Person{}, false, nil
	}
	a, b := tokens[0], tokens[len(tokens)-1]
	id, err := s.q.PersonByToken(ctx, s.pool, PersonByTokenParams{G1: a.Generation, M1: a.MAC[:], G2: b.Generation, M2: b.MAC[:]})
	if errors.Is(err, pgx.ErrNoRows) {
		return ref.Person{}, false, nil
	}
	return id.Bytes, err == nil, pgkit.Clean(err)
}

// LiveUntil returns until when a person's file lives.
func (s *Store) LiveUntil(ctx context.Context, p ref.Person) (when.Date, bool, error) {
	d, err := s.q.LiveUntil(ctx, s.pool, pgkit.UUID(p))
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return pgkit.Date(d), err == nil, pgkit.Clean(err)
}

// PutContact keeps a sealed contact and publishes that it was set.
func (s *Store) PutContact(ctx context.Context, p ref.Person, box seal.Box, now time.Time) error {
	return s.withEvent(ctx, p, "party.contact-set", now, func(tx pgx.Tx) (bool, error) {
		return true, s.q.PutContact(ctx, tx, PutContactParams{Person: pgkit.UUID(p), SetAt: now, Epoch: int64(box.Epoch), Leaf: int64(box.Leaf), Nonce: box.Nonce[:], Box: box.Data})
	})
}

// DropContact removes a contact.
func (s *Store) DropContact(ctx context.Context, p ref.Person, now time.Time) error {
	return s.withEvent(ctx, p, "party.contact-removed", now, func(tx pgx.Tx) (bool, error) {
		n, err := s.q.DropContact(ctx, tx, pgkit.UUID(p))
		return n > 0, err
	})
}

// ContactSetAt returns since when there is a contact.
func (s *Store) ContactSetAt(ctx context.Context, p ref.Person) (time.Time, bool, error) {
	at, err := s.q.ContactSetAt(ctx, s.pool, pgkit.UUID(p))
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return at, err == nil, pgkit.Clean(err)
}

func (s *Store) withEvent(ctx context.Context, p ref.Person, kind string, now time.Time, do func(pgx.Tx) (bool, error)) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		changed, err := do(tx)
		if err != nil || !changed {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: kind, At: now})
	})
}

// PutBodies adds bodies whose code is new. Only the owner may: it runs at start,
// before the listener opens.
func PutBodies(ctx context.Context, owner *pgx.Conn, bodies []party.Body) error {
	var q Queries
	for _, b := range bodies {
		if err := q.PutBody(ctx, owner, PutBodyParams{Body: pgkit.UUID(b.ID), Code: b.Code}); err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}
