// Package retentionpg keeps in PostgreSQL what is ahead of records: shortened
// retentions that wait, and how far copies were offered.
package retentionpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/retention"
	"recourse/internal/when"
)

// Store is retention.Store on a pool of recourse_keeper.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Put is retention.Store.Put.
func (s *Store) Put(ctx context.Context, one retention.Shortening) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Put(ctx, tx, PutParams{Shortening: pgkit.UUID(one.ID), Pack: one.Pack, MadeAt: one.MadeAt, DueAt: one.DueAt, Records: one.Records})
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "E-SHORTEN-WAITS", "A shortening waits already. Nothing was changed; stop it first, or wait for its day.")
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, one.ID, "retention.shortening", one.Pack, one.MadeAt)
	})
}

// note writes that something was done about a shortening. It concerns nobody.
func (s *Store) note(ctx context.Context, tx pgx.Tx, id ref.Shortening, kind, pack string, now time.Time) error {
	return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: id, Kind: kind, At: now, Refs: map[string]string{"shortening": id.String(), "pack": pack}})
}

// Change is retention.Store.Change.
func (s *Store) Change(ctx context.Context, id ref.Shortening, state string, now time.Time) (changed bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		packs, err := s.q.Change(ctx, tx, ChangeParams{Shortening: pgkit.UUID(id), State: state, Now: now})
		if changed = len(packs) > 0; err != nil || !changed {
			return err
		}
		kind := "retention.stopped"
		if state == retention.Done {
			kind = "retention.shortened"
		}
		return s.note(ctx, tx, id, kind, packs[0], now)
	})
	return changed, err
}

// Due is retention.Store.Due.
func (s *Store) Due(ctx context.Context, now time.Time) ([]retention.Shortening, error) {
	rows, err := s.q.Due(ctx, s.pool, now)
	out := make([]retention.Shortening, len(rows))
	for i, r := range rows {
		out[i] = retention.Shortening{ID: r.Shortening.Bytes, Pack: r.Pack, MadeAt: r.MadeAt, DueAt: r.DueAt, Records: r.Records, State: r.State}
	}
	return out, pgkit.Clean(err)
}

// OfferedUntil is retention.Store.OfferedUntil.
func (s *Store) OfferedUntil(ctx context.Context) (when.Date, error) {
	day, err := s.q.OfferedUntil(ctx, s.pool)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return pgkit.Date(day), pgkit.Clean(err)
}

// Offer is retention.Store.Offer. The event stands for many persons, so it belongs to
// none: its stream is the key of its first record. Each letter is a row with its person
// when it is owed.
func (s *Store) Offer(ctx context.Context, list []dossier.Told, day when.Date, now time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if len(list) > 0 {
			e := pgkit.Event{Stream: list[0].Record, Kind: "retention.offered", At: now, Covered: true, Refs: map[string]string{"records": dossier.WriteTold(list)}}
			if err := s.publisher.Publish(ctx, tx, e); err != nil {
				return err
			}
		}
		if day == 0 {
			return nil
		}
		return s.q.PutOffered(ctx, tx, pgkit.Day(day))
	})
}
