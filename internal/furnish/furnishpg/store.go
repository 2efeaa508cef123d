// Package furnishpg keeps deliveries in PostgreSQL.
//
// It promises what furnish.Store asks for: the counts of a delivery move in the
// transaction that writes its rows, so each row is counted once.
package furnishpg

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/furnish"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Store is furnish.Store and furnish.Unit on the pool of the app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store on a pool of recourse_app.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Do is furnish.Unit.Do.
func (s *Store) Do(ctx context.Context, do func(context.Context) error) error {
	return pgkit.Unit(ctx, s.pool, do)
}

// Begin is furnish.Store.Begin.
func (s *Store) Begin(ctx context.Context, d furnish.Delivery) (furnish.Delivery, bool, error) {
	_, err := s.q.Begin(ctx, s.pool, BeginParams{Delivery: pgkit.UUID(d.ID), Body: pgkit.UUID(d.Body), Clerk: pgkit.UUID(d.Clerk),
		IdempotencyKey: d.Key, Type: d.Type, Pack: d.Pack, BegunAt: d.BegunAt})
	if err == nil {
		return d, true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return furnish.Delivery{}, false, pgkit.Clean(err)
	}
	row, err := s.q.ByKey(ctx, s.pool, ByKeyParams{Body: pgkit.UUID(d.Body), IdempotencyKey: d.Key})
	if err != nil {
		return furnish.Delivery{}, false, pgkit.Clean(err)
	}
	got := delivery(row)
	got.Key = d.Key
	return got, false, nil
}

// Progress is furnish.Store.Progress.
func (s *Store) Progress(ctx context.Context, id ref.Delivery, before int64, add furnish.Counts, findings []furnish.Finding) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Progress(ctx, tx, ProgressParams{Delivery: pgkit.UUID(id), Before: before, RowsDone: add.Done, RowsNew: add.New, RowsChanged: add.Changed,
			RowsUnchanged: add.Unchanged, RowsStale: add.Stale, RowsQuarantined: add.Quarantined, RowsRefused: add.Refused})
		if err != nil {
			return err
		}
		if n != 1 {
			return fmt.Errorf("delivery %s went on elsewhere", id)
		}
		return s.q.PutFindings(ctx, tx, columns(id, findings))
	})
}

func columns(id ref.Delivery, findings []furnish.Finding) PutFindingsParams {
	arg := PutFindingsParams{Delivery: pgkit.UUID(id)}
	var row, nth int64
	for _, f := range findings {
		if nth++; f.Row != row {
			row, nth = f.Row, 1
		}
		arg.RowNumbers = append(arg.RowNumbers, f.Row)
		arg.Nths = append(arg.Nths, int32(nth))
		arg.Outcomes = append(arg.Outcomes, string(f.Outcome))
		arg.Fields = append(arg.Fields, f.Field)
		arg.Codes = append(arg.Codes, f.Code)
		arg.Rules = append(arg.Rules, f.Rule)
		arg.Texts = append(arg.Texts, f.Text)
		arg.Fixes = append(arg.Fixes, f.Fix)
	}
	return arg
}

// End is furnish.Store.End.
func (s *Store) End(ctx context.Context, d furnish.Delivery, state furnish.State, fileHash [32]byte, now time.Time) error {
	arg := EndParams{Delivery: pgkit.UUID(d.ID), State: string(state), Now: now}
	kind := "furnish.failed"
	if fileHash != [32]byte{} {
		arg.FileHash, kind = fileHash[:], "furnish.delivered"
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.End(ctx, tx, arg)
		if err != nil || n == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: d.ID, Kind: kind, At: now, Refs: map[string]string{
			"body": d.Body.String(), "type": d.Type, "rows": strconv.FormatInt(d.Counts.Done, 10)}})
	})
}

// ByID is furnish.Store.ByID.
func (s *Store) ByID(ctx context.Context, body ref.Body, id ref.Delivery) (furnish.Delivery, bool, error) {
	row, err := s.q.ByID(ctx, s.pool, ByIDParams{Body: pgkit.UUID(body), Delivery: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return furnish.Delivery{}, false, nil
	}
	if err != nil {
		return furnish.Delivery{}, false, pgkit.Clean(err)
	}
	return delivery(ByKeyRow(row)), true, nil
}

func delivery(r ByKeyRow) furnish.Delivery {
	d := furnish.Delivery{ID: r.Delivery.Bytes, Body: r.Body.Bytes, Clerk: r.Clerk.Bytes, Type: r.Type, Pack: r.Pack, State: furnish.State(r.State), BegunAt: r.BegunAt,
		Counts: furnish.Counts{Done: r.RowsDone, New: r.RowsNew, Changed: r.RowsChanged, Unchanged: r.RowsUnchanged, Stale: r.RowsStale,
			Quarantined: r.RowsQuarantined, Refused: r.RowsRefused}}
	copy(d.FileHash[:], r.FileHash)
	if r.EndedAt != nil {
		d.EndedAt = *r.EndedAt
	}
	return d
}

// Findings is furnish.Store.Findings.
func (s *Store) Findings(ctx context.Context, id ref.Delivery, after int64, limit int32) ([]furnish.Finding, error) {
	rows, err := s.q.Findings(ctx, s.pool, FindingsParams{Delivery: pgkit.UUID(id), RowNumber: after, Limit: limit})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]furnish.Finding, len(rows))
	for i, r := range rows {
		out[i] = furnish.Finding{Row: r.RowNumber, Outcome: furnish.Outcome(r.Outcome), Field: r.Field, Code: r.Code, Rule: r.Rule, Text: r.Text, Fix: r.Fix}
	}
	return out, nil
}
