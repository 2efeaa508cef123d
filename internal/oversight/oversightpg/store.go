// Package oversightpg keeps incidents, questions and figures in PostgreSQL.
package oversightpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/oversight"
	"recourse/internal/ref"
)

// Store is oversight.Store: on a pool of recourse_keeper for opening, on one of
// recourse_app for showing.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Open is oversight.Store.Open.
func (s *Store) Open(ctx context.Context, i oversight.Incident, list []oversight.Affected) (opened bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Open(ctx, tx, OpenParams{Incident: pgkit.UUID(i.ID), Kind: string(i.Kind), Person: pgkit.UUID(i.Person), Record: pgkit.UUID(i.Record), AwareAt: i.AwareAt, OpenAt: i.OpenAt})
		if opened = n == 1; err != nil || !opened {
			return err
		}
		arg := AddAffectedParams{Incident: pgkit.UUID(i.ID)}
		for _, a := range list {
			arg.Accesses, arg.Bodies, arg.Ats = append(arg.Accesses, pgkit.UUID(a.Access)), append(arg.Bodies, pgkit.UUID(a.Body)), append(arg.Ats, a.At)
		}
		if err := s.q.AddAffected(ctx, tx, arg); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: i.Person, Kind: "oversight.opened", At: i.OpenAt,
			Refs: map[string]string{"incident": i.ID.String(), "kind": string(i.Kind), "record": i.Record.String(), "aware_at": i.AwareAt.UTC().Format(time.RFC3339Nano)}})
	})
	return opened, err
}

// Refiled is oversight.Store.Refiled.
func (s *Store) Refiled(ctx context.Context, was ref.Record, p ref.Person, record ref.Record) (shown int, found bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		of, err := s.q.Refile(ctx, tx, RefileParams{Person: pgkit.UUID(p), Record: pgkit.UUID(record), Was: pgkit.UUID(was)})
		if found = len(of) > 0; err != nil || !found {
			return err
		}
		n, err := s.q.CountAffected(ctx, tx, of[0])
		shown = int(n)
		return err
	})
	return shown, found, err
}

// Shown is oversight.Store.Shown.
func (s *Store) Shown(ctx context.Context, p ref.Person, record ref.Record) ([]oversight.Affected, error) {
	rows, err := s.q.ShownElsewhere(ctx, s.pool, ShownElsewhereParams{Person: pgkit.UUID(p), Record: pgkit.UUID(record)})
	out := make([]oversight.Affected, len(rows))
	for i, r := range rows {
		out[i] = affected(r.Access, r.Body, r.At)
	}
	return out, pgkit.Clean(err)
}

// Affected is oversight.Store.Affected.
func (s *Store) Affected(ctx context.Context, record ref.Record) ([]oversight.Affected, error) {
	rows, err := s.q.ListAffected(ctx, s.pool, pgkit.UUID(record))
	out := make([]oversight.Affected, len(rows))
	for i, r := range rows {
		out[i] = affected(r.Access, r.Body, r.At)
	}
	return out, pgkit.Clean(err)
}

func affected(access, body pgtype.UUID, at time.Time) oversight.Affected {
	return oversight.Affected{Access: access.Bytes, Body: body.Bytes, At: at}
}
